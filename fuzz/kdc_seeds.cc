// Requests to a KDC, as what is to be encrypted in them; and those that come of
// it, with the KDC's answers, as messages.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/kdc.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/times.h"
#include "core/world.h"
#include "fuzz/input_parts.h"
#include "fuzz/kdc_requests.h"
#include "fuzz/kerberos_world.h"
#include "fuzz/seeds.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {
namespace {

using namespace kerberos;  // NOLINT(google-build-using-namespace)

using Buffer = std::vector<uint8_t>;

// 2024-01-01, when Worlds begin, and ten hours later.
constexpr KerberosTime kNow{1'704'067'200};
constexpr KerberosTime kEnd{1'704'103'200};
constexpr KerberosTime kDayLater{1'704'153'600};

PrincipalName Alice() { return {.name_type = 1, .name_string = {"alice"}}; }
PrincipalName Bob() { return {.name_type = 1, .name_string = {"bob"}}; }
PrincipalName Service(std::string_view kind, std::string_view host) {
  return {.name_type = 2, .name_string = {kind, host}};
}

KdcReqBody BodyFor(PrincipalName sname) {
  return {.kdc_options = {kdc_option::kForwardable | kdc_option::kRenewable |
                          kdc_option::kCanonicalize},
          .realm = kRealm,
          .sname = std::move(sname),
          .till = {2'136'422'885},
          .rtime = KerberosTime{2'136'422'885},
          .nonce = 0x12345678,
          .etype = {18, 17, 20, 19, 23}};
}

Authenticator ProofOf(PrincipalName client) {
  return {.crealm = kRealm,
          .cname = std::move(client),
          .cksum = ChecksumField{},
          .cusec = 5,
          .ctime = kNow};
}

}  // namespace

void RecordKdc(Seeds& seeds) {
  const Buffer key_bytes(32, 0x11);
  const auto add = [&](std::string_view name, KdcSettings settings,
                       const std::vector<Buffer>& parts) {
    const auto bytes = settings.bytes();
    Buffer seed(bytes.begin(), bytes.end());
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) seed.insert(seed.end(), kNextPart.begin(), kNextPart.end());
      seed.insert(seed.end(), parts[i].begin(), parts[i].end());
    }
    const Buffer request = RequestOf(
        settings, absl::MakeConstSpan(seed).subspan(sizeof(settings)));
    Entropy entropy(2, 2);
    Kdc kdc(KdcRealms(settings.realm), FromFileTime(kFileTimeGenesis), entropy);
    seeds[absl::StrCat("kerberos_message/kdc_", name)] = request;
    seeds[absl::StrCat("kerberos_message/kdc_", name, "_answer")] =
        kdc.Answer(kRealm, request);
    seeds[absl::StrCat("kerberos_kdc/", name)] = std::move(seed);
  };

  constexpr auto kAs = static_cast<uint8_t>(RequestForm::kAs);
  constexpr auto kTgs = static_cast<uint8_t>(RequestForm::kTgs);
  const Buffer stamp = Encode(PaEncTsEnc{.patimestamp = kNow, .pausec = 1});
  const Buffer late = Encode(PaEncTsEnc{.patimestamp = kEnd});
  KdcReqBody logon = BodyFor(Service("krbtgt", kRealm));
  logon.cname = Alice();
  add("as", {.form = kAs}, {stamp, Encode(logon)});
  add("as_without_proof", {.form = kAs}, {{}, Encode(logon)});
  add("as_needs_no_proof", {.form = kAs, .realm = kAliceNeedsNoProof},
      {{}, Encode(logon)});
  add("as_skew", {.form = kAs}, {late, Encode(logon)});
  const KerberosTime little_ago{kNow.seconds - 60},
      hour_ago{kNow.seconds - 3600};
  add("as_little_skew", {.form = kAs},
      {Encode(PaEncTsEnc{.patimestamp = little_ago}), Encode(logon)});
  add("as_old_stamp", {.form = kAs},
      {Encode(PaEncTsEnc{.patimestamp = hour_ago}), Encode(logon)});
  add("as_other_key", {.form = kAs, .faults = kProofOfOtherKey},
      {stamp, Encode(logon)});
  add("as_rc4", {.form = kAs, .realm = kWithRc4, .keys = 4},
      {stamp, Encode(logon)});
  add("as_rc4_unknown", {.form = kAs, .keys = 4}, {stamp, Encode(logon)});
  add("as_says_other_type", {.form = kAs, .keys = 0x10},
      {stamp, Encode(logon)});
  add("as_says_unknown_type", {.form = kAs, .keys = 0xF0},
      {stamp, Encode(logon)});
  add("as_disabled", {.form = kAs, .realm = kAliceIsDisabled},
      {stamp, Encode(logon)});
  add("as_sensitive", {.form = kAs, .realm = kAliceIsSensitive},
      {stamp, Encode(logon)});
  add("as_short", {.form = kAs, .realm = kTicketsAreShort},
      {stamp, Encode(logon)});
  KdcReqBody enterprise = logon;
  enterprise.cname =
      PrincipalName{.name_type = 10, .name_string = {"alice@ex"}};
  add("as_enterprise", {.form = kAs}, {stamp, Encode(enterprise)});
  KdcReqBody other_realm = logon;
  other_realm.realm = "OTHER";
  add("as_other_realm", {.form = kAs}, {stamp, Encode(other_realm)});

  const EncTicketPart tgt = {
      .flags = {ticket_flag::kForwardable | ticket_flag::kRenewable |
                ticket_flag::kInitial | ticket_flag::kPreAuthent},
      .key = {.keytype = 18, .keyvalue = key_bytes},
      .crealm = kRealm,
      .cname = Alice(),
      .transited = {.tr_type = 1, .contents = {}},
      .authtime = kNow,
      .starttime = kNow,
      .endtime = kEnd,
      .renew_till = kDayLater};
  const Buffer tgt_part = Encode(tgt);
  const Buffer proof = Encode(ProofOf(Alice()));
  const Buffer service = Encode(BodyFor(Service("HTTP", "lab.ex")));
  add("tgs", {.form = kTgs}, {tgt_part, proof, service});
  add("tgs_trusted", {.form = kTgs, .realm = kServiceIsTrusted},
      {tgt_part, proof, service});
  add("tgs_unknown", {.form = kTgs},
      {tgt_part, proof, Encode(BodyFor(Service("HTTP", "no.ex")))});
  add("tgs_referral", {.form = kTgs},
      {tgt_part, proof, Encode(BodyFor(Service("HTTP", "web.other")))});
  Authenticator with_subkey = ProofOf(Alice());
  const Buffer subkey(16, 0x22);
  with_subkey.subkey = EncryptionKey{.keytype = 17, .keyvalue = subkey};
  add("tgs_subkey", {.form = kTgs}, {tgt_part, Encode(with_subkey), service});
  KdcReqBody forwarded = BodyFor(Service("krbtgt", kRealm));
  forwarded.kdc_options.bits |= kdc_option::kForwarded;
  add("tgs_forwarded", {.form = kTgs}, {tgt_part, proof, Encode(forwarded)});
  KdcReqBody renewed = BodyFor(Service("krbtgt", kRealm));
  renewed.kdc_options.bits |= kdc_option::kRenew;
  add("tgs_renewed", {.form = kTgs}, {tgt_part, proof, Encode(renewed)});
  KdcReqBody renewed_as_another = BodyFor(Service("HTTP", "lab.ex"));
  renewed_as_another.kdc_options.bits |= kdc_option::kRenew;
  add("tgs_renewed_as_another", {.form = kTgs},
      {tgt_part, proof, Encode(renewed_as_another)});
  EncTicketPart bobs = tgt;
  bobs.cname = Bob();
  KdcReqBody to_user = BodyFor(Bob());
  to_user.kdc_options.bits |= kdc_option::kEncTktInSkey;
  add("tgs_user_to_user", {.form = kTgs},
      {tgt_part, proof, Encode(to_user), Encode(bobs)});
  add("tgs_user", {.form = kTgs}, {tgt_part, proof, Encode(BodyFor(Bob()))});
  EncTicketPart from_other = tgt;
  from_other.crealm = "OTHER";
  Authenticator others_proof = ProofOf(Alice());
  others_proof.crealm = "OTHER";
  add("tgs_other_realm", {.form = kTgs, .faults = kTicketOfOtherRealm},
      {Encode(from_other), Encode(others_proof), service});
  add("tgs_other_realm_trusted",
      {.form = kTgs, .realm = kServiceIsTrusted, .faults = kTicketOfOtherRealm},
      {Encode(from_other), Encode(others_proof), service});
  for (unsigned bit = 0; bit < 8; ++bit) {
    add(absl::StrCat("tgs_fault_", bit),
        {.form = kTgs, .faults = static_cast<uint8_t>(1U << bit)},
        {tgt_part, proof, service});
  }
  EncTicketPart over = tgt;
  over.endtime = {kNow.seconds - 3600};
  add("tgs_expired", {.form = kTgs}, {Encode(over), proof, service});
  EncTicketPart over_soon = tgt;
  over_soon.endtime = {kNow.seconds + 600};
  add("tgs_over_soon", {.form = kTgs}, {Encode(over_soon), proof, service});
  Authenticator old_proof = ProofOf(Alice());
  old_proof.ctime = hour_ago;
  add("tgs_old_proof", {.form = kTgs}, {tgt_part, Encode(old_proof), service});
  EncTicketPart not_forwardable = tgt;
  not_forwardable.flags.bits &= ~ticket_flag::kForwardable;
  add("tgs_not_forwardable", {.form = kTgs},
      {Encode(not_forwardable), proof, service});
  EncTicketPart to_come = tgt;
  to_come.starttime = kEnd;
  to_come.endtime = kDayLater;
  add("tgs_not_yet", {.form = kTgs}, {Encode(to_come), proof, service});

  add("tgs_of_another", {.form = kTgs},
      {tgt_part, Encode(ProofOf(Bob())), service});
  KdcReqBody for_other_realm = BodyFor(Service("HTTP", "lab.ex"));
  for_other_realm.realm = "OTHER";
  add("tgs_for_other_realm", {.form = kTgs},
      {tgt_part, proof, Encode(for_other_realm)});
  add("tgs_forwarded_not_forwardable", {.form = kTgs},
      {Encode(not_forwardable), proof, Encode(forwarded)});
  // An older library's kinit asks for a ticket that may be proxied.
  KdcReqBody proxiable_logon = logon,
             proxiable = BodyFor(Service("HTTP", "lab.ex"));
  proxiable_logon.kdc_options.bits |= kdc_option::kProxiable;
  proxiable.kdc_options.bits |= kdc_option::kProxiable;
  add("as_proxiable", {.form = kAs}, {stamp, Encode(proxiable_logon)});
  EncTicketPart may_be_proxied = tgt;
  may_be_proxied.flags.bits |= ticket_flag::kProxiable;
  add("tgs_proxiable", {.form = kTgs},
      {Encode(may_be_proxied), proof, Encode(proxiable)});
  // Straight for a service, without a ticket-granting ticket.
  KdcReqBody straight = logon;
  straight.sname = Service("HTTP", "lab.ex");
  add("as_service_trusted", {.form = kAs, .realm = kServiceIsTrusted},
      {stamp, Encode(straight)});
  // What alice has a key of, and the realm's own account has not.
  KdcReqBody rc4_alone = logon;
  rc4_alone.etype = {23};
  add("as_rc4_alone", {.form = kAs, .realm = kWithRc4, .keys = 4},
      {stamp, Encode(rc4_alone)});
  add("an_answer", {},
      {Encode(KrbError{.stime = kNow,
                       .error_code = 25,
                       .realm = kRealm,
                       .sname = Service("krbtgt", kRealm)})});

  // What is encrypted in an AP-REQ, after settings that are all zeros.
  const auto shows = [&](std::string_view name, const EncTicketPart& part,
                         Authenticator authenticator, uint32_t flags,
                         std::optional<absl::Span<const uint8_t>> delegation =
                             std::nullopt) {
    const GssChecksum gss = {.flags = flags, .delegation = delegation};
    Buffer checksum(gss.size());
    gss.WriteTo(absl::MakeSpan(checksum));
    authenticator.cksum =
        ChecksumField{.cksumtype = kGssChecksumType, .checksum = checksum};
    Buffer seed(sizeof(sim::Settings));
    const Buffer first = Encode(part), second = Encode(authenticator);
    seed.insert(seed.end(), first.begin(), first.end());
    seed.insert(seed.end(), kNextPart.begin(), kNextPart.end());
    seed.insert(seed.end(), second.begin(), second.end());
    seeds[absl::StrCat("kerberos_ap_req/", name)] = std::move(seed);
  };
  constexpr uint32_t kAll = gss_flag::kMutual | gss_flag::kReplay |
                            gss_flag::kSequence | gss_flag::kConfidentiality |
                            gss_flag::kIntegrity;
  with_subkey.seq_number = 0x12345678;
  shows("mutual", tgt, ProofOf(Alice()), kAll);
  shows("subkey", tgt, with_subkey, kAll);
  shows("one_token", tgt, with_subkey, kAll & ~gss_flag::kMutual);
  shows("dce", tgt, with_subkey, kAll | gss_flag::kDceStyle);
  for (const KerberosTime time : {hour_ago, little_ago, kEnd}) {
    Authenticator at = with_subkey;
    at.ctime = time;
    shows(absl::StrCat("skew_", time.seconds - kNow.seconds), tgt, at, kAll);
  }
  Authenticator odd_subkey = with_subkey;
  odd_subkey.subkey->keytype = 99;
  shows("odd_subkey", tgt, odd_subkey, kAll);
  shows("odd_subkey_one_token", tgt, odd_subkey, kAll & ~gss_flag::kMutual);
  shows("expired", over, with_subkey, kAll);
  shows("not_yet", to_come, with_subkey, kAll);
  shows("another", bobs, with_subkey, kAll);
  shows("other_realm", from_other, others_proof, kAll);
  // A name that is no UTF-8, and one beyond the first plane of Unicode.
  for (const std::string_view name : {"\xE2\x28", "\xF0\x9F\x98\x80"}) {
    EncTicketPart odd = tgt;
    odd.cname.name_string = {name};
    shows(absl::StrCat("odd_name_", name.size()), odd, ProofOf(odd.cname),
          kAll);
  }
  // Tickets handed on: none, one that lacks nearly everything, and two.
  const auto delegates = [&](std::string_view name, size_t infos,
                             size_t tickets) {
    const KrbCredInfo info = {.key = tgt.key};
    const Buffer part = Encode(EncKrbCredPart{.ticket_info = {infos, info}});
    const Buffer ticket =
        Encode(Ticket{.realm = kRealm,
                      .sname = Service("krbtgt", kRealm),
                      .enc_part = {.etype = 18, .cipher = key_bytes}});
    const Buffer cred =
        Encode(KrbCred{.tickets = {tickets, Element{ticket}},
                       .enc_part = {.etype = 0, .cipher = part}});
    shows(absl::StrCat("delegates_", name), tgt, with_subkey,
          kAll | gss_flag::kDelegation, cred);
  };
  delegates("nothing", 0, 1);
  delegates("a_key", 1, 1);
  delegates("two", 2, 2);

  // The same, as they go over the wire.
  for (const std::string_view name : {"as", "tgs"}) {
    Buffer raw(sizeof(KdcSettings));
    const Buffer& request = seeds[absl::StrCat("kerberos_message/kdc_", name)];
    raw.insert(raw.end(), request.begin(), request.end());
    seeds[absl::StrCat("kerberos_kdc/raw_", name)] = raw;
    // The first name in a TGS-REQ is that of the ticket.
    constexpr std::string_view kTgt = "krbtgt", kOther = "kadmin";
    const auto found =
        std::search(raw.begin(), raw.end(), kTgt.begin(), kTgt.end());
    if (found == raw.end()) continue;
    std::copy(kOther.begin(), kOther.end(), found);
    seeds[absl::StrCat("kerberos_kdc/raw_", name, "_other_name")] =
        std::move(raw);
  }
}

}  // namespace sspilab::fuzz

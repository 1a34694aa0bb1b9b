#include "fuzz/kdc_proof.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/account_state.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "fuzz/ablations.h"
#include "fuzz/kerberos_proof.h"
#include "fuzz/rules.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;
using kerberos::EncTicketPart;
using kerberos::KdcReqBody;
using kerberos::Key;
using kerberos::KeyUsage;
using kerberos::Principal;
using kerberos::Realm;

namespace kdc_option = kerberos::kdc_option;
namespace ticket_flag = kerberos::ticket_flag;

void RequireAnswer(bool holds, std::string_view what) {
  if (!holds) Fail(Rule::kKdcAnswers, what);
}
void RequireEarned(bool holds, std::string_view what) {
  if (!holds) Fail(Rule::kGrantIsEarned, what);
}

// What a ticket says, decrypted; the bytes that it points into beside it.
struct OpenedTicket {
  kerberos::Ticket ticket;
  std::vector<uint8_t> plain;
  EncTicketPart part;
  Key session_key;
};

// False where it is none of the key's.
bool Open(const kerberos::Ticket& ticket,
          std::optional<std::vector<uint8_t>> plain, OpenedTicket* opened) {
  if (!plain.has_value()) return false;
  opened->ticket = ticket;
  opened->plain = *std::move(plain);
  const auto part = kerberos::Parse<EncTicketPart>(opened->plain);
  if (!part.ok()) return false;
  opened->part = *part;
  const auto key = Key::Of(part->key.keytype, part->key.keyvalue);
  if (!key.has_value()) return false;
  opened->session_key = *key;
  return true;
}

std::optional<Bytes> Find(const kerberos::List<kerberos::PaData>& list,
                          kerberos::PaType type) {
  for (const kerberos::PaData& data : list) {
    if (data.padata_type == static_cast<int32_t>(type)) {
      return data.padata_value;
    }
  }
  return std::nullopt;
}

class Judge {
 public:
  Judge(const Realm& realm, int64_t now) : realm_(realm), now_(now) {}

  // RFC 4120 3.1.
  void JudgeAs(const kerberos::AsReq& request, const KdcReqBody& body,
               const kerberos::AsRep& reply) const {
    const Principal* const client =
        body.cname.has_value() ? realm_.Find(*body.cname) : nullptr;
    const Principal* const server =
        body.sname.has_value() ? realm_.Find(*body.sname) : nullptr;
    RequireEarned(client != nullptr && server != nullptr, "to nobody known");
    RequireEarned(client->state == AccountState::kEnabled,
                  "to an account that is not in use");
    const bool proved =
        request.padata.has_value() && ProvesPassword(*request.padata, *client);
    RequireEarned(proved || !client->requires_preauthentication,
                  "without pre-authentication");

    OpenedTicket ticket;
    const auto outer = kerberos::Parse<kerberos::Ticket>(reply.ticket.der);
    RequireAnswer(
        outer.ok() &&
            Open(*outer, Opened(outer->enc_part, *server, KeyUsage::kTicket),
                 &ticket),
        "a ticket that the service cannot open");
    const auto plain = Opened(reply.enc_part, *client, KeyUsage::kAsRepPart);
    RequireEarned(plain.has_value(), "not for the client's key");
    const auto part = kerberos::Parse<kerberos::EncAsRepPart>(*plain);
    RequireAnswer(part.ok(), "an AS-REP with nothing in it");
    JudgeReply(body, reply, *part, ticket, /*lets_delegate=*/true);

    RequireEarned(realm_.Find(ticket.part.cname) == client &&
                      ticket.part.crealm == realm_.name(),
                  "for another client");
    const uint32_t flags = ticket.part.flags.bits;
    const bool forwardable = body.kdc_options.Has(kdc_option::kForwardable) &&
                             client->may_be_delegated;
    RequireEarned((flags & ticket_flag::kForwardable) == 0 || forwardable,
                  "forwardable");
    RequireEarned(((flags & ticket_flag::kPreAuthent) != 0) == proved,
                  "PRE-AUTHENT");
    RequireEarned((flags & ticket_flag::kForwarded) == 0, "forwarded");
    RequireEarned(ticket.part.authtime.seconds == now_, "at another time");
    JudgeTimes(ticket.part);
  }

  // RFC 4120 3.3.
  void JudgeTgs(const kerberos::TgsReq& request, const KdcReqBody& body,
                const kerberos::TgsRep& reply) const {
    const auto pa = Find(request.padata, kerberos::PaType::kTgsReq);
    RequireEarned(pa.has_value(), "without an AP-REQ");
    const auto ap_req = kerberos::Parse<kerberos::ApReq>(*pa);
    RequireEarned(ap_req.ok(), "without an AP-REQ");
    OpenedTicket tgt;
    RequireEarned(OpenTgt(ap_req->ticket.der, &tgt), "without a TGT");
    const EncTicketPart& had = tgt.part;
    const auto plain = Opened(ap_req->authenticator, tgt.session_key,
                              KeyUsage::kTgsReqAuthenticator);
    RequireEarned(plain.has_value(), "without an authenticator");
    const auto proof = kerberos::Parse<kerberos::Authenticator>(*plain);
    RequireEarned(proof.ok() &&
                      proof->cname.name_string == had.cname.name_string &&
                      absl::EqualsIgnoreCase(proof->crealm, had.crealm),
                  "with an authenticator of another");
    RequireEarned(std::abs(proof->ctime.seconds - now_) <= skew(),
                  "with an authenticator of another time");
    RequireEarned(had.endtime.seconds + skew() >= now_,
                  "for a ticket that has ended");
    RequireEarned(had.starttime.value_or(had.authtime).seconds <= now_ + skew(),
                  "for a ticket that has not begun");
    const kerberos::Checksum sum = MakeChecksum(
        tgt.session_key, KeyUsage::kTgsReqChecksum, {request.req_body.der});
    RequireEarned(proof->cksum.has_value() &&
                      proof->cksum->cksumtype == sum.type &&
                      proof->cksum->checksum == sum.bytes(),
                  "for a body that nobody vouches for");

    OpenedTicket ticket;
    const auto outer = kerberos::Parse<kerberos::Ticket>(reply.ticket.der);
    RequireAnswer(outer.ok(), "a TGS-REP without a ticket");
    const Principal* const server = realm_.Find(outer->sname);
    RequireEarned(server != nullptr && server->state == AccountState::kEnabled,
                  "for no service that is in use");
    RequireAnswer(OpenGranted(*outer, *server, body, &ticket),
                  "a ticket that the service cannot open");
    const auto subkey =
        proof->subkey.has_value()
            ? Key::Of(proof->subkey->keytype, proof->subkey->keyvalue)
            : std::nullopt;
    const auto reply_plain =
        subkey.has_value()
            ? Opened(reply.enc_part, *subkey, KeyUsage::kTgsRepPartSubkey)
            : Opened(reply.enc_part, tgt.session_key,
                     KeyUsage::kTgsRepPartSessionKey);
    RequireEarned(reply_plain.has_value(), "not for the client's key");
    const auto part = kerberos::Parse<kerberos::EncTgsRepPart>(*reply_plain);
    RequireAnswer(part.ok(), "a TGS-REP with nothing in it");
    // MS-KILE 3.3.5.7.5: a trust on the way may not let it.
    const bool lets_delegate =
        absl::EqualsIgnoreCase(tgt.ticket.realm, realm_.name()) ||
        had.flags.Has(ticket_flag::kOkAsDelegate);
    JudgeReply(body, reply, *part, ticket, lets_delegate);
    JudgeInherited(body, tgt, *server, ticket.part);
  }

 private:
  int64_t skew() const { return realm_.policy().max_clock_skew; }

  // RFC 4120 5.2.7.2.
  bool ProvesPassword(const kerberos::List<kerberos::PaData>& padata,
                      const Principal& client) const {
    const auto value = Find(padata, kerberos::PaType::kEncTimestamp);
    if (!value.has_value()) return false;
    const auto data = kerberos::Parse<kerberos::EncryptedData>(*value);
    if (!data.ok()) return false;
    const auto plain = Opened(*data, client, KeyUsage::kAsReqTimestamp);
    if (!plain.has_value()) return false;
    const auto stamp = kerberos::Parse<kerberos::PaEncTsEnc>(*plain);
    return stamp.ok() && std::abs(stamp->patimestamp.seconds - now_) <= skew();
  }

  // One of this realm, or of one that has a key with it.
  bool OpenTgt(Bytes der, OpenedTicket* tgt) const {
    const auto ticket = kerberos::Parse<kerberos::Ticket>(der);
    if (!ticket.ok()) return false;
    const std::string own = absl::StrCat("krbtgt/", realm_.name());
    if (!absl::EqualsIgnoreCase(kerberos::JoinName(ticket->sname), own)) {
      return false;
    }
    const bool is_own = absl::EqualsIgnoreCase(ticket->realm, realm_.name());
    const Principal* const issuer =
        realm_.Find(is_own ? own : absl::StrCat(own, "@", ticket->realm));
    return issuer != nullptr &&
           Open(*ticket, Opened(ticket->enc_part, *issuer, KeyUsage::kTicket),
                tgt);
  }

  // For the service's key or, user-to-user, for its TGT's session key.
  bool OpenGranted(const kerberos::Ticket& ticket, const Principal& server,
                   const KdcReqBody& body, OpenedTicket* opened) const {
    // Of a referral, the KDC that it is to asks for the other's ticket.
    const bool is_referral = realm_.Find(*body.sname) == nullptr;
    const bool user_to_user =
        body.kdc_options.Has(kdc_option::kEncTktInSkey) && !is_referral;
    if (!user_to_user) {
      RequireEarned(
          server.name.find('/') != std::string::npos || !server.aliases.empty(),
          "for a user's password to be guessed");
      return Open(ticket, Opened(ticket.enc_part, server, KeyUsage::kTicket),
                  opened);
    }
    if (!body.additional_tickets.has_value() ||
        body.additional_tickets->empty()) {
      return false;
    }
    OpenedTicket theirs;
    const std::vector<uint8_t> der = Encode(body.additional_tickets->front());
    if (!OpenTgt(der, &theirs)) return false;
    RequireEarned(realm_.Find(theirs.part.cname) == &server,
                  "for another user's key");
    return Open(ticket,
                Opened(ticket.enc_part, theirs.session_key, KeyUsage::kTicket),
                opened);
  }

  // What the client is told is what the ticket says.
  void JudgeReply(const KdcReqBody& body, const kerberos::KdcRep& reply,
                  const kerberos::EncKdcRepPart& told,
                  const OpenedTicket& ticket, bool lets_delegate) const {
    const EncTicketPart& part = ticket.part;
    RequireAnswer(told.nonce == body.nonce, "another nonce");
    RequireAnswer(told.key.keytype == part.key.keytype &&
                      told.key.keyvalue == part.key.keyvalue,
                  "another session key than the ticket's");
    RequireAnswer(
        told.flags.bits == part.flags.bits && told.authtime == part.authtime &&
            told.starttime == part.starttime && told.endtime == part.endtime &&
            told.renew_till == part.renew_till,
        "other times or flags than the ticket's");
    RequireAnswer(told.sname.name_string == ticket.ticket.sname.name_string &&
                      told.srealm == realm_.name() &&
                      ticket.ticket.realm == realm_.name(),
                  "another service than the ticket's");
    RequireAnswer(reply.cname.name_string == part.cname.name_string &&
                      reply.crealm == part.crealm,
                  "another client than the ticket's");
    RequireEarned(std::find(body.etype.begin(), body.etype.end(),
                            part.key.keytype) != body.etype.end(),
                  "with a key of a type that was not asked for");
    const Principal* const server = realm_.Find(ticket.ticket.sname);
    RequireEarned((part.flags.Has(ticket_flag::kOkAsDelegate)) ==
                      (lets_delegate && server != nullptr &&
                       server->trusted_for_delegation),
                  "OK-AS-DELEGATE");
    RequireEarned(part.endtime > part.starttime.value_or(part.authtime),
                  "for no time at all");
  }

  void JudgeTimes(const EncTicketPart& part) const {
    const kerberos::RealmPolicy& policy = realm_.policy();
    RequireEarned(part.endtime.seconds <= now_ + policy.max_ticket_life,
                  "for longer than the realm's policy");
    RequireEarned(
        !part.renew_till.has_value() ||
            part.renew_till->seconds <= now_ + policy.max_renewable_life,
        "renewable for longer than the realm's policy");
    RequireEarned(
        part.flags.Has(ticket_flag::kRenewable) == part.renew_till.has_value(),
        "RENEWABLE");
  }

  // 3.3.3: no ticket has more than the one that it was got with.
  void JudgeInherited(const KdcReqBody& body, const OpenedTicket& tgt,
                      const Principal& server,
                      const EncTicketPart& part) const {
    const EncTicketPart& had = tgt.part;
    RequireEarned(part.crealm == had.crealm &&
                      part.cname.name_string == had.cname.name_string,
                  "for another client");
    RequireEarned(part.authtime == had.authtime, "with another authtime");
    const bool renews = body.kdc_options.Has(kdc_option::kRenew);
    RequireEarned(!renews || (realm_.Find(tgt.ticket.sname) == &server &&
                              had.flags.Has(ticket_flag::kRenewable)),
                  "renewed, and is another");
    RequireEarned(renews || part.endtime <= had.endtime,
                  "for longer than its TGT");
    RequireEarned(
        !part.renew_till.has_value() ||
            (had.renew_till.has_value() && *part.renew_till <= *had.renew_till),
        "renewable for longer than its TGT");
    RequireEarned(!renews || (had.renew_till.has_value() &&
                              part.endtime <= *had.renew_till),
                  "renewed for too long");
    for (const uint32_t flag :
         {ticket_flag::kForwardable, ticket_flag::kProxiable,
          ticket_flag::kRenewable, ticket_flag::kPreAuthent}) {
      RequireEarned(!part.flags.Has(flag) || had.flags.Has(flag),
                    "with a flag that its TGT lacks");
    }
    RequireEarned(!part.flags.Has(ticket_flag::kInitial) ||
                      (renews && had.flags.Has(ticket_flag::kInitial)),
                  "as if it were of an AS exchange");
    RequireEarned(!part.flags.Has(ticket_flag::kForwarded) ||
                      had.flags.Has(ticket_flag::kForwarded) ||
                      (had.flags.Has(ticket_flag::kForwardable) &&
                       body.kdc_options.Has(kdc_option::kForwarded)),
                  "forwarded");
  }

  const Realm& realm_;
  const int64_t now_;
};

void RequireRightError(const Realm& realm, const kerberos::KrbError& error) {
  const auto code = static_cast<kerberos::ErrorCode>(error.error_code);
  RequireAnswer(
      code != kerberos::ErrorCode::kNone && !kerberos::NameOf(code).empty(),
      "an error that is none");
  RequireAnswer(error.realm == realm.name(), "an error of another realm");
  if (code == kerberos::ErrorCode::kPreauthRequired) {
    RequireAnswer(error.e_data.has_value() &&
                      kerberos::ParseList<kerberos::PaData>(*error.e_data).ok(),
                  "PREAUTH_REQUIRED that does not say how");
  }
}

}  // namespace

void RequireRightAnswer(const kerberos::Realms& realms,
                        std::string_view realm_name, kerberos::PreciseTime now,
                        Bytes request, Bytes answer) {
  // What follows goes on from what holds so far.
  if (!Has(Part::kOracles)) return;
  const Realm& realm = *realms.Find(realm_name);
  if (const auto error = kerberos::Parse<kerberos::KrbError>(answer);
      error.ok()) {
    return RequireRightError(realm, *error);
  }
  const Judge judge(realm, now.time.seconds);
  if (const auto reply = kerberos::Parse<kerberos::AsRep>(answer); reply.ok()) {
    const auto asked = kerberos::Parse<kerberos::AsReq>(request);
    RequireAnswer(asked.ok(), "an AS-REP to what is no AS-REQ");
    const auto body = kerberos::Parse<KdcReqBody>(asked->req_body.der);
    RequireAnswer(body.ok(), "an AS-REP to no body");
    return judge.JudgeAs(*asked, *body, *reply);
  }
  const auto reply = kerberos::Parse<kerberos::TgsRep>(answer);
  RequireAnswer(reply.ok(), "neither a reply nor an error");
  const auto asked = kerberos::Parse<kerberos::TgsReq>(request);
  RequireAnswer(asked.ok(), "a TGS-REP to what is no TGS-REQ");
  const auto body = kerberos::Parse<KdcReqBody>(asked->req_body.der);
  RequireAnswer(body.ok(), "a TGS-REP to no body");
  judge.JudgeTgs(*asked, *body, *reply);
}

}  // namespace sspilab::fuzz

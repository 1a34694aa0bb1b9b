#include "fuzz/kdc_requests.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/account_state.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "fuzz/input_parts.h"
#include "fuzz/kerberos_world.h"
#include "fuzz/uncounted.h"

namespace sspilab::fuzz {
namespace {

using Buffer = std::vector<uint8_t>;
using Bytes = absl::Span<const uint8_t>;
using kerberos::EncryptedData;
using kerberos::Key;
using kerberos::KeyUsage;
using kerberos::Principal;
using kerberos::Realm;
using kerberos::Realms;

Principal& Add(std::string_view name, Realm& realm, Entropy& entropy) {
  return realm.Add(
      {.name = std::string(name),
       .keys = kerberos::AccountKeys::Random(realm.policy().etypes, entropy),
       .salt = absl::StrCat(realm.name(), name)});
}

// As all of them begin.
std::unique_ptr<Realms> Prototype(bool with_rc4) {
  auto realms = std::make_unique<Realms>();
  const auto all = EtypeList(0);
  const auto etypes = with_rc4 ? all : all.first(all.size() - 1);
  const kerberos::RealmPolicy policy = {
      .etypes = {etypes.begin(), etypes.end()}};
  Entropy entropy(1, 1);
  Realm& realm = realms->Add(kRealm, entropy, policy);
  Add("alice", realm, entropy);
  Add("bob", realm, entropy);
  Add(kMachine, realm, entropy).aliases = {"HTTP/lab.ex"};
  Realm& other = realms->Add("OTHER", entropy, policy);
  Add(kMachine, other, entropy).aliases = {"HTTP/web.other"};
  Trust(realm, other, entropy);
  Trust(other, realm, entropy);
  return realms;
}

std::unique_ptr<Realms> MakeRealms(uint8_t bits) {
  const auto has = [bits](uint8_t bit) { return (bits & bit) != 0; };
  std::unique_ptr<Realms> realms = Prototype(has(kWithRc4));
  Realm& realm = *realms->Find(kRealm);
  if (has(kTicketsAreShort)) {
    realm.policy().max_ticket_life = 60;
    realm.policy().max_renewable_life = 120;
  }
  Principal& alice = *realm.Find("alice");
  alice.requires_preauthentication = !has(kAliceNeedsNoProof);
  alice.may_be_delegated = !has(kAliceIsSensitive);
  if (has(kAliceIsDisabled)) alice.state = AccountState::kDisabled;
  if (has(kAlicesPasswordIsOld)) alice.state = AccountState::kPasswordExpired;
  Principal& machine = *realm.Find(kMachine);
  machine.trusted_for_delegation = has(kServiceIsTrusted);
  if (has(kServiceIsDisabled)) machine.state = AccountState::kDisabled;
  return realms;
}

const Key& Choose(const Principal& principal, unsigned choice) {
  return principal.keys[choice % principal.keys.size()];
}

void AlterLast(Buffer& bytes) {
  if (!bytes.empty()) bytes.back() ^= 0x01;
}

kerberos::PrincipalName TicketGranting() {
  return {.name_type = 2, .name_string = {"krbtgt", kRealm}};
}

class Sealer {
 public:
  explicit Sealer(const KdcSettings& settings)
      : settings_(settings), realm_(*KdcRealms(settings.realm).Find(kRealm)) {}

  Buffer As(Bytes rest) {
    const Bytes stamp = TakePart(&rest);
    Buffer body = BodyFrom(rest);
    const Key& key = Choose(
        *realm_.Find(has(kProofOfOtherKey) ? "bob" : "alice"), settings_.keys);
    kerberos::AsReq request{.req_body = {body}};
    Buffer padata;
    if (!stamp.empty()) {
      const Buffer proof = Proof(key, KeyUsage::kAsReqTimestamp, stamp);
      EncryptedData said = SealedView(key, proof);
      const int other_etype = settings_.keys >> 4;
      if (other_etype != 0) said.etype = kNoEtype + other_etype;
      padata = Encode(said);
      request.padata = kerberos::List<kerberos::PaData>{
          {.padata_type = static_cast<int32_t>(kerberos::PaType::kEncTimestamp),
           .padata_value = padata}};
    }
    return Encode(request);
  }

  Buffer Tgs(Bytes rest) {
    const Bytes part = TakePart(&rest);
    const Bytes authenticator = TakePart(&rest);
    const Bytes plain_body = TakePart(&rest);
    const Bytes additional = TakePart(&rest);
    Buffer body = BodyFrom(plain_body);
    Buffer other_ticket;
    if (!additional.empty()) AddTicket(additional, &other_ticket, &body);

    const std::string issuer = has(kTicketOfOtherRealm)
                                   ? absl::StrCat("krbtgt/", kRealm, "@OTHER")
                                   : absl::StrCat("krbtgt/", kRealm);
    const Principal& account =
        *realm_.Find(has(kTicketOfOtherKey) ? kMachine : issuer);
    const Key& key = Choose(account, settings_.keys);
    Buffer cipher = Sealed(key, KeyUsage::kTicket, part);
    if (has(kTicketAltered)) AlterLast(cipher);
    const Buffer ticket = Encode(kerberos::Ticket{
        .realm = has(kTicketOfOtherRealm) ? std::string_view("OTHER") : kRealm,
        .sname = TicketGranting(),
        .enc_part = SealedView(key, cipher)});

    const Key& other = Choose(*realm_.Find("bob"), 0);
    const Key session_key =
        has(kProofOfOtherKey) ? other : SessionKeyIn(part, other);
    Buffer vouching(authenticator.begin(), authenticator.end());
    Vouch(session_key, body, &vouching);
    const Buffer proof =
        Proof(session_key, KeyUsage::kTgsReqAuthenticator, vouching);
    const Buffer ap_req = Encode(kerberos::ApReq{
        .ticket = {ticket}, .authenticator = SealedView(session_key, proof)});
    if (has(kBodyAltered)) AlterLast(body);
    return Encode(kerberos::TgsReq{
        .padata = {{.padata_type =
                        static_cast<int32_t>(kerberos::PaType::kTgsReq),
                    .padata_value = ap_req}},
        .req_body = {body}});
  }

 private:
  bool has(uint8_t fault) const { return (settings_.faults & fault) != 0; }

  // A KDC-REQ-BODY is an element, so that the request around it is one.
  static Buffer BodyFrom(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

  Buffer Proof(const Key& key, KeyUsage usage, Bytes plain) const {
    Buffer cipher = Sealed(
        key, has(kProofOfOtherUsage) ? KeyUsage::kApReqAuthenticator : usage,
        plain);
    if (has(kProofAltered)) AlterLast(cipher);
    return cipher;
  }

  // Puts the checksum of the body into an authenticator, or where its own is to
  // stay the type that it should have, unless it has one.
  void Vouch(const Key& key, Bytes body, Buffer* authenticator) const {
    auto parsed = kerberos::Parse<kerberos::Authenticator>(*authenticator);
    if (!parsed.ok()) return;
    const kerberos::Checksum sum =
        MakeChecksum(key, KeyUsage::kTgsReqChecksum, {body});
    if (!has(kChecksumAsItIs)) {
      parsed->cksum = kerberos::ChecksumField{.cksumtype = sum.type,
                                              .checksum = sum.bytes()};
    } else if (parsed->cksum.has_value() && parsed->cksum->cksumtype == 0) {
      parsed->cksum->cksumtype = sum.type;
    }
    Buffer vouched = Encode(*parsed);
    *authenticator = std::move(vouched);
  }

  // A ticket-granting ticket for user-to-user.
  void AddTicket(Bytes part, Buffer* cipher, Buffer* body) const {
    auto parsed = kerberos::Parse<kerberos::KdcReqBody>(*body);
    if (!parsed.ok()) return;
    const Key& key = Choose(*realm_.Find(absl::StrCat("krbtgt/", kRealm)),
                            settings_.keys >> 4);
    *cipher = Sealed(key, KeyUsage::kTicket, part);
    parsed->additional_tickets = kerberos::List<kerberos::Ticket>{
        {.realm = kRealm,
         .sname = TicketGranting(),
         .enc_part = SealedView(key, *cipher)}};
    Buffer with_ticket = Encode(*parsed);
    *body = std::move(with_ticket);
  }

  const KdcSettings& settings_;
  const Realm& realm_;
};

}  // namespace

Buffer Sealed(const Key& key, KeyUsage usage, Bytes plain) {
  const kerberos::Cipher cipher(key, usage);
  Buffer message(cipher.SizeOf(plain.size()));
  std::copy(
      plain.begin(), plain.end(),
      message.begin() + static_cast<std::ptrdiff_t>(key.type().header_size));
  std::array<uint8_t, kerberos::kMaxConfounderSize> confounder{};
  cipher.Encrypt(
      absl::MakeConstSpan(confounder).first(key.type().confounder_size),
      absl::MakeSpan(message));
  return message;
}

EncryptedData SealedView(const Key& key, Bytes cipher) {
  return {.etype = static_cast<int32_t>(key.type().etype), .cipher = cipher};
}

Key SessionKeyIn(Bytes ticket_part, const Key& otherwise) {
  const auto parsed = kerberos::Parse<kerberos::EncTicketPart>(ticket_part);
  if (!parsed.ok()) return otherwise;
  return Key::Of(parsed->key.keytype, parsed->key.keyvalue).value_or(otherwise);
}

KdcSettings KdcSettings::TakeFrom(Bytes* input) {
  KdcSettings settings = {};
  const size_t size = std::min(input->size(), sizeof(settings));
  if (size != 0) std::memcpy(&settings, input->data(), size);
  input->remove_prefix(size);
  return settings;
}

const Realms& KdcRealms(uint8_t realm) {
  static auto& made = *new std::array<std::unique_ptr<Realms>, 256>;
  if (made[realm] == nullptr) {
    const Uncounted once;
    made[realm] = MakeRealms(realm);
    TakeUpKeys(*made[realm]);
  }
  return *made[realm];
}

Buffer RequestOf(const KdcSettings& settings, Bytes rest) {
  switch (static_cast<RequestForm>(settings.form % kRequestForms)) {
    case RequestForm::kRaw:
      break;
    case RequestForm::kAs:
      return Sealer(settings).As(rest);
    case RequestForm::kTgs:
      return Sealer(settings).Tgs(rest);
  }
  return {rest.begin(), rest.end()};
}

}  // namespace sspilab::fuzz

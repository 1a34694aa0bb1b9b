#include "fuzz/kerberos_proof.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/times.h"
#include "core/wire/utf.h"
#include "fuzz/kerberos_world.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;
using kerberos::Key;
using kerberos::KeyUsage;

std::optional<Key> KeyOf(const kerberos::EncryptionKey& key) {
  return Key::Of(key.keytype, key.keyvalue);
}

int64_t Distance(int64_t a, int64_t b) { return std::max(a - b, b - a); }

// The acceptor's long-term key of the type that the ticket is encrypted with.
const Key* ServiceKeyFor(const kerberos::Ticket& ticket, const World& world,
                         absl::Span<const Key> given) {
  const int32_t etype = ticket.enc_part.etype;
  if (!given.empty()) {
    const auto found =
        std::find_if(given.begin(), given.end(), [etype](const Key& key) {
          return static_cast<int32_t>(key.type().etype) == etype;
        });
    return found != given.end() ? &*found : nullptr;
  }
  const kerberos::Realm* const realm = world.realms().Find(ticket.realm);
  if (realm == nullptr) return nullptr;
  const kerberos::Principal* const account = realm->Find(kMachine);
  return account != nullptr ? account->keys.Find(etype) : nullptr;
}

// The ticket-granting ticket in what an acceptor says for user-to-user:
// TGT-REP, or the error that has one with it (RFC 4120 5.9.1). Its bytes are
// those of `token`.
std::optional<kerberos::Ticket> ShownTgt(Bytes token) {
  Bytes message = MessageOf(token);
  if (const auto error = kerberos::Parse<kerberos::KrbError>(message);
      error.ok()) {
    message = error->e_data.value_or(Bytes());
  }
  const auto reply = kerberos::Parse<kerberos::TgtReply>(message);
  if (!reply.ok()) return std::nullopt;
  const auto ticket = kerberos::Parse<kerberos::Ticket>(reply->ticket.der);
  return ticket.ok() ? std::optional(*ticket) : std::nullopt;
}

// RFC 4120 3.7: the session key of the ticket-granting ticket that the acceptor
// showed last before the AP-REQ at `place`. Only the KDC's key opens that.
std::optional<Key> ShownTgtKey(const World& world, Tokens tokens,
                               size_t place) {
  // The acceptor's tokens are every other one.
  for (size_t i = place; i > 0; i -= std::min<size_t>(i, 2)) {
    const auto tgt = ShownTgt(tokens[i - 1]);
    if (!tgt.has_value()) continue;
    const kerberos::Realm* const realm = world.realms().Find(tgt->realm);
    if (realm == nullptr) return std::nullopt;
    const kerberos::Principal* const kdc =
        realm->Find(absl::StrCat("krbtgt/", realm->name()));
    if (kdc == nullptr) return std::nullopt;
    const auto plain = Opened(tgt->enc_part, *kdc, KeyUsage::kTicket);
    if (!plain.has_value()) return std::nullopt;
    const auto part = kerberos::Parse<kerberos::EncTicketPart>(*plain);
    return part.ok() ? KeyOf(part->key) : std::nullopt;
  }
  return std::nullopt;
}

// What is encrypted in a message: its places, in order.
std::vector<Bytes> CiphersOf(Bytes token) {
  const Bytes message = MessageOf(token);
  if (const auto ap_req = kerberos::Parse<kerberos::ApReq>(message);
      ap_req.ok()) {
    const auto ticket = kerberos::Parse<kerberos::Ticket>(ap_req->ticket.der);
    return {ticket.ok() ? ticket->enc_part.cipher : Bytes(),
            ap_req->authenticator.cipher};
  }
  if (const auto ap_rep = kerberos::Parse<kerberos::ApRep>(message);
      ap_rep.ok()) {
    return {ap_rep->enc_part.cipher};
  }
  return {};
}

}  // namespace

Bytes MessageOf(Bytes token) {
  const auto framed = kerberos::GssToken::Parse(token);
  return framed.ok() ? framed->message : token;
}

std::optional<std::vector<uint8_t>> Opened(const kerberos::EncryptedData& data,
                                           const Key& key, KeyUsage usage) {
  if (data.etype != static_cast<int32_t>(key.type().etype)) return std::nullopt;
  std::vector<uint8_t> cipher(data.cipher.begin(), data.cipher.end());
  const auto plain =
      kerberos::Cipher(key, usage).Decrypt(absl::MakeSpan(cipher));
  if (!plain.has_value()) return std::nullopt;
  return std::vector<uint8_t>(plain->begin(), plain->end());
}

std::optional<std::vector<uint8_t>> Opened(const kerberos::EncryptedData& data,
                                           const kerberos::Principal& principal,
                                           KeyUsage usage) {
  const Key* const key = principal.keys.Find(data.etype);
  return key != nullptr ? Opened(data, *key, usage) : std::nullopt;
}

bool HasApReq(Tokens tokens) {
  return LastIn<kerberos::ApReq>(tokens).has_value();
}

void RequireKerberosProof(Caller& acceptor, absl::Span<const Key> given,
                          Tokens tokens) {
  Watch& watch = acceptor.watch();
  World& world = acceptor.world();
  const auto require = [&watch](bool holds, std::string_view what) {
    watch.Require(holds, Rule::kNoForgery, what);
  };
  size_t place = 0;
  const auto ap_req = LastIn<kerberos::ApReq>(tokens, &place);
  require(ap_req.has_value(), "without an AP-REQ");
  const auto ticket = kerberos::Parse<kerberos::Ticket>(ap_req->ticket.der);
  require(ticket.ok(), "without a ticket");
  std::optional<std::vector<uint8_t>> ticket_plain;
  if (ap_req->ap_options.Has(kerberos::ap_option::kUseSessionKey)) {
    const std::optional<Key> tgt_key = ShownTgtKey(world, tokens, place);
    require(tgt_key.has_value(), "user-to-user without a TGT");
    ticket_plain = Opened(ticket->enc_part, *tgt_key, KeyUsage::kTicket);
  } else {
    const Key* const key = ServiceKeyFor(*ticket, world, given);
    require(key != nullptr, "a ticket for nobody");
    ticket_plain = Opened(ticket->enc_part, *key, KeyUsage::kTicket);
  }
  require(ticket_plain.has_value(), "a ticket for another key");
  const auto part = kerberos::Parse<kerberos::EncTicketPart>(*ticket_plain);
  require(part.ok(), "a ticket with nothing in it");
  const std::optional<Key> session_key = KeyOf(part->key);
  require(session_key.has_value(), "a ticket without a key");
  const auto plain = Opened(ap_req->authenticator, *session_key,
                            KeyUsage::kApReqAuthenticator);
  require(plain.has_value(), "an authenticator of another key");
  const auto theirs = kerberos::Parse<kerberos::Authenticator>(*plain);
  require(theirs.ok(), "an authenticator with nothing in it");
  require(theirs->crealm == part->crealm &&
              theirs->cname.name_string == part->cname.name_string,
          "an authenticator of another client");
  const int64_t now = kerberos::FromFileTime(world.now()).time.seconds;
  const int64_t skew = world.options().kerberos.max_clock_skew;
  require(Distance(now, theirs->ctime.seconds) <= skew,
          "an authenticator of another time");
  require(part->starttime.value_or(part->authtime).seconds <= now + skew &&
              part->endtime.seconds + skew >= now,
          "a ticket of another time");

  // The key: the acceptor's own where it proves itself, else the client's.
  std::optional<Key> key = session_key;
  if (theirs->subkey.has_value()) key = KeyOf(*theirs->subkey);
  for (size_t i = place + 1; i < tokens.size(); i += 2) {
    const auto ap_rep = MessageIn<kerberos::ApRep>(tokens[i]);
    if (!ap_rep.has_value()) continue;
    const auto reply =
        Opened(ap_rep->enc_part, *session_key, KeyUsage::kApRepPart);
    require(reply.has_value(), "an AP-REP of another key");
    const auto reply_part = kerberos::Parse<kerberos::EncApRepPart>(*reply);
    require(reply_part.ok() && reply_part->ctime == theirs->ctime &&
                reply_part->cusec == theirs->cusec,
            "an AP-REP for another authenticator");
    if (reply_part->subkey.has_value()) key = KeyOf(*reply_part->subkey);
    break;
  }
  if (const auto told = acceptor.SessionKey(); told.has_value()) {
    require(key.has_value() && Bytes(*told) == key->bytes(),
            "another session key");
  }
  if (const auto name = acceptor.ClientName(); name.has_value()) {
    const kerberos::Realm* const realm = world.realms().Find(part->crealm);
    const std::u16string expected = wire::Utf8ToUtf16Lossy(
        absl::StrCat(realm != nullptr ? realm->netbios_name() : part->crealm,
                     "\\", kerberos::JoinName(part->cname)));
    require(std::equal(name->begin(), name->end(), expected.begin(),
                       expected.end()),
            "another client");
  }
}

// RFC 4120 3.2.3.
void RequireTakenOnce(Caller& acceptor, const sim::Settings& settings,
                      Tokens tokens) {
  size_t place = 0;
  if (!LastIn<kerberos::ApReq>(tokens, &place).has_value()) return;
  // With room: without it, nothing is said about the token.
  sim::Settings with_room = settings;
  with_room.acceptor.output = static_cast<uint8_t>(sim::OutputShape::kAmple);
  Caller second(Role::kAcceptor, acceptor.world(), KerberosProfile(), with_room,
                acceptor.watch());
  if (!second.Acquire()) return;
  acceptor.watch().Require(second.Advance(tokens[place]) < 0, Rule::kNoForgery,
                           "the same AP-REQ twice");
}

void RequireKerberosNoticed(Watch& watch, const Passage& passage) {
  // An acceptor that demands user-to-user opens nothing of the AP-REQ that it
  // answers so, but of the next one.
  size_t last = 0;
  LastIn<kerberos::ApReq>(passage.sent, &last);
  for (size_t i = 0; i < passage.sent.size(); ++i) {
    if (passage.sent[i] == passage.arrived[i]) continue;
    if (i < last && MessageIn<kerberos::ApReq>(passage.sent[i])) continue;
    const std::vector<Bytes> sent = CiphersOf(passage.sent[i]);
    if (sent.empty()) continue;
    watch.Require(sent == CiphersOf(passage.arrived[i]), Rule::kNoForgery,
                  "what is encrypted was changed");
  }
}

}  // namespace sspilab::fuzz

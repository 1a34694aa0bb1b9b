#include "fuzz/kerberos_prover.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "fuzz/kdc_requests.h"
#include "fuzz/kerberos_proof.h"
#include "fuzz/kerberos_world.h"

namespace sspilab::fuzz {
namespace {

using Buffer = std::vector<uint8_t>;
using Bytes = absl::Span<const uint8_t>;
using kerberos::EncryptedData;
using kerberos::Key;
using kerberos::KeyUsage;
using kerberos::MessageProtection;

std::optional<kerberos::Ticket> TicketIn(const kerberos::ApReq& ap_req) {
  const auto ticket = kerberos::Parse<kerberos::Ticket>(ap_req.ticket.der);
  return ticket.ok() ? std::optional(*ticket) : std::nullopt;
}

// Null where the machine has no key of the ticket's type.
const Key* MachineKey(const World& world, const kerberos::Ticket& ticket) {
  const kerberos::Realm* const realm = world.realms().Find(ticket.realm);
  const kerberos::Principal* const machine =
      realm != nullptr ? realm->Find(kMachine) : nullptr;
  return machine != nullptr ? machine->keys.Find(ticket.enc_part.etype)
                            : nullptr;
}

// `changed` stands in `token`, which gets what `sent`, with the changes, is
// encrypted. Returns the plaintext; nothing, and nothing done, where `key` does
// not open `sent` or the sizes are not the same.
std::optional<Buffer> Reseal(const EncryptedData& sent, const Key& key,
                             Bytes changed, const Key& new_key, KeyUsage usage,
                             absl::Span<uint8_t> token) {
  std::optional<Buffer> plain = Opened(sent, key, usage);
  if (!plain.has_value() || changed.size() != sent.cipher.size()) {
    return std::nullopt;
  }
  if (changed == sent.cipher && new_key.bytes() == key.bytes()) return plain;
  const size_t header = key.type().header_size;
  for (size_t i = 0; i < plain->size(); ++i) {
    (*plain)[i] ^= sent.cipher[header + i] ^ changed[header + i];
  }
  const Buffer sealed = Sealed(new_key, usage, *plain);
  if (sealed.size() != changed.size()) return std::nullopt;
  std::copy(sealed.begin(), sealed.end(),
            token.begin() + (changed.data() - token.data()));
  return plain;
}

void ProveApReq(const World& world, const kerberos::ApReq& sent,
                const kerberos::ApReq& changed, absl::Span<uint8_t> token) {
  const auto sent_ticket = TicketIn(sent), ticket = TicketIn(changed);
  if (!sent_ticket.has_value() || !ticket.has_value()) return;
  const Key* const key = MachineKey(world, *sent_ticket);
  if (key == nullptr) return;
  const auto sent_part = Opened(sent_ticket->enc_part, *key, KeyUsage::kTicket);
  if (!sent_part.has_value()) return;
  const auto part = Reseal(sent_ticket->enc_part, *key, ticket->enc_part.cipher,
                           *key, KeyUsage::kTicket, token);
  if (!part.has_value()) return;
  const Key session_key = SessionKeyIn(*sent_part, *key);
  Reseal(sent.authenticator, session_key, changed.authenticator.cipher,
         SessionKeyIn(*part, session_key), KeyUsage::kApReqAuthenticator,
         token);
}

// The session key of a ticket for the machine; nothing where it has no key of
// it.
std::optional<Key> SessionKeyOf(const World& world,
                                const kerberos::ApReq& ap_req) {
  const auto ticket = TicketIn(ap_req);
  const Key* const key =
      ticket.has_value() ? MachineKey(world, *ticket) : nullptr;
  if (key == nullptr) return std::nullopt;
  const auto part = Opened(ticket->enc_part, *key, KeyUsage::kTicket);
  if (!part.has_value()) return std::nullopt;
  return SessionKeyIn(*part, *key);
}

void ProveApRep(const World& world, Tokens before, const kerberos::ApRep& sent,
                const kerberos::ApRep& changed, absl::Span<uint8_t> token) {
  const auto ap_req = LastIn<kerberos::ApReq>(before);
  if (!ap_req.has_value()) return;
  const auto session_key = SessionKeyOf(world, *ap_req);
  if (!session_key.has_value()) return;
  Reseal(sent.enc_part, *session_key, changed.enc_part.cipher, *session_key,
         KeyUsage::kApRepPart, token);
}

}  // namespace

void ProveKerberos(const World& world, Tokens before, Bytes sent,
                   absl::Span<uint8_t> token) {
  const auto sent_request = MessageIn<kerberos::ApReq>(sent);
  const auto request = MessageIn<kerberos::ApReq>(token);
  if (sent_request.has_value() && request.has_value()) {
    return ProveApReq(world, *sent_request, *request, token);
  }
  const auto sent_reply = MessageIn<kerberos::ApRep>(sent);
  const auto reply = MessageIn<kerberos::ApRep>(token);
  if (sent_reply.has_value() && reply.has_value()) {
    ProveApRep(world, before, *sent_reply, *reply, token);
  }
}

std::optional<MessageProtection> KerberosProtection(const World& world,
                                                    Tokens tokens,
                                                    Role sender) {
  const auto ap_req = LastIn<kerberos::ApReq>(tokens);
  if (!ap_req.has_value()) return std::nullopt;
  const auto session_key = SessionKeyOf(world, *ap_req);
  if (!session_key.has_value()) return std::nullopt;
  const auto opened = Opened(ap_req->authenticator, *session_key,
                             KeyUsage::kApReqAuthenticator);
  if (!opened.has_value()) return std::nullopt;
  const auto authenticator = kerberos::Parse<kerberos::Authenticator>(*opened);
  if (!authenticator.ok()) return std::nullopt;
  MessageProtection::Terms terms = {.role = sender, .key = *session_key};
  if (authenticator->subkey.has_value()) {
    terms.key =
        Key::Of(authenticator->subkey->keytype, authenticator->subkey->keyvalue)
            .value_or(*session_key);
  }
  terms.send_number = authenticator->seq_number.value_or(0);
  const auto ap_rep = LastIn<kerberos::ApRep>(tokens);
  if (ap_rep.has_value()) {
    const auto reply =
        Opened(ap_rep->enc_part, *session_key, KeyUsage::kApRepPart);
    if (!reply.has_value()) return std::nullopt;
    const auto part = kerberos::Parse<kerberos::EncApRepPart>(*reply);
    if (!part.ok()) return std::nullopt;
    if (sender == Role::kAcceptor) {
      terms.send_number = part->seq_number.value_or(0);
    }
    // As the initiator takes it: RC4's tokens have no acceptor's subkey.
    std::optional<Key> subkey;
    if (part->subkey.has_value()) {
      subkey = Key::Of(part->subkey->keytype, part->subkey->keyvalue);
    }
    if (subkey.has_value() &&
        subkey->type().tokens == kerberos::TokenFormat::kRfc4121) {
      terms.key = *subkey;
      terms.acceptor_subkey = true;
    }
  }
  return MessageProtection(terms);
}

}  // namespace sspilab::fuzz

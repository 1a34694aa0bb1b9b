#ifndef SSPILAB_FUZZ_KERBEROS_PROOF_H_
#define SSPILAB_FUZZ_KERBEROS_PROOF_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "fuzz/caller.h"
#include "fuzz/oracles.h"
#include "fuzz/profile.h"
#include "sim/input/settings.h"

// Judges what passed between a client and a service without the packages' own
// code: with the messages' parsers, the encryption types, and all keys.
namespace sspilab::fuzz {

// Kerberos' own message, of a token with or without framing.
absl::Span<const uint8_t> MessageOf(absl::Span<const uint8_t> token);

// That message, if it is a Message. Its bytes are those of `token`.
template <typename Message>
std::optional<Message> MessageIn(absl::Span<const uint8_t> token) {
  const auto message = kerberos::Parse<Message>(MessageOf(token));
  return message.ok() ? std::optional(*message) : std::nullopt;
}

// The last of the tokens that is one, and which one that is.
template <typename Message>
std::optional<Message> LastIn(Tokens tokens, size_t* index = nullptr) {
  for (size_t i = tokens.size(); i-- > 0;) {
    auto message = MessageIn<Message>(tokens[i]);
    if (!message.has_value()) continue;
    if (index != nullptr) *index = i;
    return message;
  }
  return std::nullopt;
}

// What `key` decrypts; nothing where it is not authentic.
std::optional<std::vector<uint8_t>> Opened(const kerberos::EncryptedData& data,
                                           const kerberos::Key& key,
                                           kerberos::KeyUsage usage);
// The same with the one of a principal's keys that is of the type.
std::optional<std::vector<uint8_t>> Opened(const kerberos::EncryptedData& data,
                                           const kerberos::Principal& principal,
                                           kerberos::KeyUsage usage);

// Whether one of the tokens is an AP-REQ, in its framing or without.
bool HasApReq(Tokens tokens);

// Requires that a strict acceptor that is done was shown a ticket for its own
// key, or in user-to-user for the key of the ticket-granting ticket that it
// sent, and an authenticator of the ticket's client, both of this time, and has
// the session key that only those two can have, and the client's name
// (NoForgery). Its keys are those that its caller gave, or where it gave none
// those of its machine's account. The tokens are Kerberos' own, in turn.
void RequireKerberosProof(Caller& acceptor,
                          absl::Span<const kerberos::Key> given, Tokens tokens);

// Requires that the acceptor's machine takes the same AP-REQ from nobody again
// (NoForgery).
void RequireTakenOnce(Caller& acceptor, const sim::Settings& settings,
                      Tokens tokens);

// Requires that nothing that is encrypted was changed on its way, though both
// are done (NoForgery).
void RequireKerberosNoticed(Watch& watch, const Passage& passage);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_KERBEROS_PROOF_H_

#include "core/credssp/key_binding.h"

#include <string_view>

#include "core/credssp/messages.h"
#include "core/crypto/sha256.h"

namespace sspilab::credssp {
namespace {

// With the zero that ends a string in C (3.1.5, note to step 3).
constexpr char kClientToServer[] = "CredSSP Client-To-Server Binding Hash";
constexpr char kServerToClient[] = "CredSSP Server-To-Client Binding Hash";

Bytes MagicOf(Role sender) {
  static_assert(sizeof(kClientToServer) == sizeof(kServerToClient));
  const char* magic =
      sender == Role::kInitiator ? kClientToServer : kServerToClient;
  return {reinterpret_cast<const uint8_t*>(magic), sizeof(kClientToServer)};
}

}  // namespace

KeyBinding BindKey(uint32_t version, Role sender, Bytes nonce, Bytes key) {
  if (version >= kVersionWithNonce) {
    const crypto::Digest32 hash = crypto::Sha256({MagicOf(sender), nonce, key});
    return KeyBinding(hash.begin(), hash.end());
  }
  KeyBinding binding(key.begin(), key.end());
  // So that nobody can send the client back what it sent.
  if (sender == Role::kAcceptor && !binding.empty()) ++binding[0];
  return binding;
}

}  // namespace sspilab::credssp

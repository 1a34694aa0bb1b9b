#include "sim/explore/judge.h"

namespace sspilab::sim {
namespace {

// What says that messages are protected, by both sides' bits.
struct SameFlag {
  uint32_t client;
  uint32_t server;
};
constexpr SameFlag kProtects[] = {
    {ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
    {ISC_RET_INTEGRITY, ASC_RET_INTEGRITY},
    {ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
    {ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT},
};

// What two sides of a stream choose together.
bool SameProtocol(const Agreed& a, const Agreed& b) {
  return a.protocol == b.protocol && a.cipher_suite == b.cipher_suite &&
         a.application_protocol == b.application_protocol;
}

}  // namespace

std::vector<Invariant> BrokenBy(const BothAgreed& both,
                                const BothAgreed& undisturbed) {
  const auto& [client, server] = both;
  const auto& [client_was, server_was] = undisturbed;
  bool same_flags = client->key_bits == server->key_bits;
  bool weaker = client->key_bits < client_was->key_bits ||
                server->key_bits < server_was->key_bits ||
                client->package != client_was->package ||
                // An attacker has no say in what is chosen, better or worse.
                !SameProtocol(*client, *client_was) ||
                !SameProtocol(*server, *server_was);
  for (const SameFlag& flag : kProtects) {
    same_flags = same_flags && ((client->attributes & flag.client) != 0) ==
                                   ((server->attributes & flag.server) != 0);
    weaker =
        weaker ||
        (client_was->attributes & ~client->attributes & flag.client) != 0 ||
        (server_was->attributes & ~server->attributes & flag.server) != 0;
  }
  std::vector<Invariant> broken;
  const auto require = [&](bool holds, Invariant invariant) {
    if (!holds) {
      broken.push_back(invariant);
    }
  };
  require(client->session_key == server->session_key, Invariant::kSameKey);
  // Of a stream, the server is whom its certificate names, and the client may
  // have let it act as somebody.
  require(client->identity == server->identity &&
              client->peer_certificate == client_was->peer_certificate &&
              server->peer_certificate == server_was->peer_certificate &&
              server->delegated == server_was->delegated,
          Invariant::kSameIdentity);
  require(client->package == server->package, Invariant::kSamePackage);
  require(same_flags, Invariant::kSameFlags);
  require(SameProtocol(*client, *server), Invariant::kSameProtocol);
  require(!weaker, Invariant::kNoDowngrade);
  return broken;
}

}  // namespace sspilab::sim

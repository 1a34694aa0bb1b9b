// What the Referee does to the calls of others where there is a domain.

#include <array>
#include <cstdint>
#include <utility>

#include "core/account_state.h"
#include "core/kerberos/realm.h"
#include "core/world.h"
#include "sim/swarm/referee.h"

namespace sspilab::sim {

SECURITY_STATUS Referee::NoAuthority(Turn& turn) {
  bool& reachable = turn.side.world->options().authority_reachable;
  const bool before = reachable;
  reachable = false;
  const SECURITY_STATUS status = Proceed(turn);
  reachable = before;
  return status;
}

// By what tickets last, or clocks may differ; sometimes for this call only.
SECURITY_STATUS Referee::ClockJumps(Turn& turn) {
  constexpr std::array<uint64_t, 4> kSeconds = {59, 361, 36'301, 700'000};
  World& world = *turn.side.world;
  const FileTime before = world.now();
  world.Advance(turn.dice.Of(kSeconds) * kFileTimeSecond);
  const SECURITY_STATUS status = Proceed(turn);
  if (turn.dice.Once(2)) {
    world.set_now(before);
  }
  return status;
}

SECURITY_STATUS Referee::DomainChanges(Turn& turn) {
  kerberos::Realm* const realm = turn.side.world->realms().Find("EXAMPLE.TEST");
  if (realm == nullptr) {
    return Proceed(turn);
  }
  kerberos::Principal* const server = realm->Find("SERVER$");
  kerberos::Principal* const client = realm->Find("alice");
  switch (turn.dice.Below(6)) {
    case 0:
      realm->set_reachable(false);
      break;
    case 1:
      realm->policy().etypes = {kerberos::Etype::kAes128CtsHmacSha256};
      break;
    case 2:
      realm->policy().max_ticket_life = 0;
      break;
    case 3:
      if (server != nullptr) {
        server->aliases.clear();
      }
      break;
    case 4:
      // And what tickets they have may have ended.
      for (kerberos::Principal* account : {server, client}) {
        if (account != nullptr) {
          account->state = AccountState::kDisabled;
        }
      }
      return ClockJumps(turn);
    default:
      if (server != nullptr && client != nullptr) {
        std::swap(server->aliases, client->aliases);
      }
      break;
  }
  return Proceed(turn);
}

}  // namespace sspilab::sim

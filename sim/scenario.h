#ifndef SSPILAB_SIM_SCENARIO_H_
#define SSPILAB_SIM_SCENARIO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/accounts.h"
#include "core/world.h"
#include "sim/exchange.h"

namespace sspilab::sim {

// An account of the server's authority.
struct ScenarioAccount {
  std::u16string user;
  std::u16string domain;
  std::u16string password;
  AccountState state = AccountState::kEnabled;
};

// One run, wholly described: the same Scenario is the same bytes.
struct Scenario {
  uint64_t seed = 0;
  // Their seeds come from the one above.
  WorldOptions client;
  WorldOptions server;
  std::vector<ScenarioAccount> accounts;
  ExchangeOptions exchange;
};

// The reference exchange: alice of EXAMPLE, at the machine CLIENT, logs on to
// SERVER over NTLM, asks for everything that protects messages, and each side
// sends one.
Scenario ReferenceScenario();

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SCENARIO_H_

#include "sim/swarm/random_scenario.h"

#include <array>
#include <string>

#include "core/entropy.h"
#include "core/sspi.h"

namespace sspilab::sim {
namespace {

// MS-NLMP 2.2.2.5.
constexpr uint32_t kUnicode = 0x00000001;
constexpr uint32_t kExtendedSessionSecurity = 0x00080000;
constexpr uint32_t k128 = 0x20000000;
constexpr uint32_t kKeyExchange = 0x40000000;
constexpr uint32_t k56 = 0x80000000;

class Dice {
 public:
  explicit Dice(uint64_t seed) : entropy_(seed, kStream) {}

  // Once in `n` times.
  bool Once(uint64_t n) { return entropy_.Below(n) == 0; }
  uint64_t Below(uint64_t bound) { return entropy_.Below(bound); }
  template <typename T, size_t N>
  const T& Of(const std::array<T, N>& values) {
    return values[entropy_.Below(N)];
  }
  Entropy* entropy() { return &entropy_; }

 private:
  // Not one of those that Worlds take.
  static constexpr uint64_t kStream = UINT64_MAX;
  Entropy entropy_;
};

void RollPolicy(Dice& dice, NtlmPolicy* policy) {
  constexpr std::array<uint32_t, 4> kMinimum = {
      k128, 0, kExtendedSessionSecurity, k128 | kKeyExchange};
  constexpr std::array<uint32_t, 6> kUnsupported = {
      kUnicode,     kExtendedSessionSecurity,           k128, k128 | k56,
      kKeyExchange, kUnicode | kExtendedSessionSecurity};
  if (dice.Once(3)) {
    policy->lm_compatibility_level = static_cast<int>(dice.Below(6));
  }
  if (dice.Once(4)) {
    policy->minimum_client_security = dice.Of(kMinimum);
    policy->minimum_server_security = dice.Of(kMinimum);
  }
  if (dice.Once(6)) {
    policy->unsupported_flags = dice.Of(kUnsupported);
  }
  policy->send_timestamp = !dice.Once(6);
  policy->complete_auth_token = dice.Once(4);
}

void RollNames(Dice& dice, MachineNames* names) {
  if (dice.Once(10)) {
    names->domain.clear();
  }
  if (dice.Once(16)) {
    names->computer.clear();
  }
  if (dice.Once(10)) {
    names->dns_domain.clear();
    names->dns_forest.clear();
  }
}

void RollPeople(Dice& dice, Scenario* scenario) {
  constexpr std::array<AccountState, 4> kStates = {
      AccountState::kDisabled, AccountState::kLocked, AccountState::kExpired,
      AccountState::kPasswordExpired};
  std::optional<Identity>& identity = scenario->exchange.client.identity;
  switch (dice.Below(16)) {
    case 0:
      identity->password = u"wrong";
      break;
    case 1:
      identity->user = u"nobody";
      break;
    case 2:
      identity.reset();  // And nobody is logged on.
      break;
    case 3:
      scenario->client.logon = {identity->user, identity->domain,
                                identity->password};
      identity.reset();
      break;
    case 4:
      identity = Identity();  // Anonymous.
      break;
    case 5:
      identity->domain.clear();
      break;
    case 6:
      scenario->accounts.front().state = dice.Of(kStates);
      break;
    case 7:
      scenario->server.authority_reachable = false;
      break;
    default:
      break;
  }
}

struct Wish {
  uint32_t client;
  uint32_t server;
};
constexpr std::array<Wish, 6> kWishes = {{
    {ISC_REQ_CONFIDENTIALITY, ASC_REQ_CONFIDENTIALITY},
    {ISC_REQ_INTEGRITY, ASC_REQ_INTEGRITY},
    {ISC_REQ_REPLAY_DETECT, ASC_REQ_REPLAY_DETECT},
    {ISC_REQ_SEQUENCE_DETECT, ASC_REQ_SEQUENCE_DETECT},
    {ISC_REQ_IDENTIFY, ASC_REQ_IDENTIFY},
    {ISC_REQ_NULL_SESSION, ASC_REQ_ALLOW_NULL_SESSION},
}};

void RollCallers(Dice& dice, ExchangeOptions* exchange) {
  CallerOptions& client = exchange->client.caller;
  CallerOptions& server = exchange->server;
  if (dice.Once(3)) {
    client.requirements = ISC_REQ_CONNECTION;
    server.requirements = ASC_REQ_CONNECTION;
    for (const Wish& wish : kWishes) {
      client.requirements |= dice.Once(2) ? wish.client : 0;
      server.requirements |= dice.Once(2) ? wish.server : 0;
    }
    client.insists_on = 0;
    server.insists_on = 0;
  }
  if (dice.Once(8)) {
    client.requirements &= ~uint32_t{ISC_REQ_CONNECTION};
    client.requirements |= ISC_REQ_DATAGRAM;
    server.requirements &= ~uint32_t{ASC_REQ_CONNECTION};
    server.requirements |= ASC_REQ_DATAGRAM;
  }
  client.requirements ^= dice.Once(2) ? ISC_REQ_ALLOCATE_MEMORY : 0;
  server.requirements ^= dice.Once(2) ? ASC_REQ_ALLOCATE_MEMORY : 0;
  client.requirements |= dice.Once(16) ? ISC_REQ_UNVERIFIED_TARGET_NAME : 0;
  client.full_view = dice.Once(2);
  server.full_view = dice.Once(2);
  if (dice.Once(8)) {
    exchange->client.target.clear();
  }
  if (dice.Once(4)) {
    exchange->form = WireForm::kStream;
  }
}

}  // namespace

absl::Span<const SwarmPackage> SwarmPackages() {
  static constexpr SwarmPackage kPackages[] = {{Package::kNtlm, u"NTLM"}};
  return kPackages;
}

Scenario RandomScenario(const SwarmPackage& package, uint64_t seed) {
  Dice dice(seed);
  Scenario scenario = ReferenceScenario(package.package);
  scenario.seed = seed;
  scenario.exchange.client.caller.package = package.name;
  scenario.exchange.server.package = package.name;
  for (WorldOptions* world : {&scenario.client, &scenario.server}) {
    RollPolicy(dice, &world->ntlm);
    RollNames(dice, &world->names);
  }
  RollPeople(dice, &scenario);
  RollCallers(dice, &scenario.exchange);
  if (!dice.Once(3)) {
    for (uint64_t i = 1 + dice.Below(2); i > 0; --i) {
      scenario.exchange.faults.push_back(RandomFault(dice.entropy()));
    }
  }
  return scenario;
}

}  // namespace sspilab::sim

#include "sim/swarm/random_scenario.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "core/sspi.h"
#include "sim/swarm/dice.h"
#include "sim/swarm/random_realms.h"
#include "sim/swarm/random_streams.h"

namespace sspilab::sim {
namespace {

// MS-NLMP 2.2.2.5.
constexpr uint32_t kUnicode = 0x00000001;
constexpr uint32_t kExtendedSessionSecurity = 0x00080000;
constexpr uint32_t k128 = 0x20000000;
constexpr uint32_t kKeyExchange = 0x40000000;
constexpr uint32_t k56 = 0x80000000;

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

void RollNtlmWorld(Dice& dice, WorldOptions* world) {
  RollPolicy(dice, &world->ntlm);
  RollNames(dice, &world->names);
}

void RollPeople(Dice& dice, Scenario* scenario) {
  constexpr std::array<AccountState, 4> kStates = {
      AccountState::kDisabled, AccountState::kLocked, AccountState::kExpired,
      AccountState::kPasswordExpired};
  std::optional<Identity>& identity = scenario->exchange.client.identity;
  switch (dice.Below(20)) {
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

// There is enough else that does not let them log on.
void RollPeopleOfDomain(Dice& dice, Scenario* scenario) {
  if (dice.Once(3)) {
    RollPeople(dice, scenario);
  }
  std::optional<Identity>& identity = scenario->exchange.client.identity;
  if (dice.Once(12) && identity.has_value()) {
    // alice@EXAMPLE of no domain.
    identity->user += u"@" + std::exchange(identity->domain, u"");
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

void RollTokenCallers(Dice& dice, Scenario* scenario) {
  ExchangeOptions* const exchange = &scenario->exchange;
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
  if (dice.Once(12)) {
    // Negotiate's acceptor takes NTLM without SPNEGO, too.
    client.package = u"NTLM";
  }
  if (dice.Once(4)) {
    exchange->form = WireForm::kStream;
  }
}

// What Negotiate has of its own.
void RollNegotiateWorld(Dice& dice, WorldOptions* world) {
  RollNtlmWorld(dice, world);
  world->negotiate.request_mic = dice.Once(3);
}

void RollNegotiateCallers(Dice& dice, Scenario* scenario) {
  RollTokenCallers(dice, scenario);
  if (!scenario->realms.empty()) {
    RollCallersInDomain(dice, scenario);
  }
}

// How the sessions of a package are made up; null where a part of them is left
// as the reference exchange has it.
struct Recipe {
  SwarmPackage package;
  void (*roll_world)(Dice& dice, WorldOptions* world);
  void (*roll_callers)(Dice& dice, Scenario* scenario);
  // Null where nobody logs on.
  void (*roll_people)(Dice& dice, Scenario* scenario);
  // One session in so many is in a domain; 0 for none.
  uint64_t domain_in;
};
constexpr Recipe kRecipes[] = {
    {{Package::kNtlm, u"NTLM", 100'000},
     RollNtlmWorld,
     RollTokenCallers,
     RollPeople,
     0},
    {{Package::kNegotiate, u"Negotiate", 50'000},
     RollNegotiateWorld,
     RollNegotiateCallers,
     RollPeople,
     16},
    {{Package::kKerberos, u"Kerberos", 5'000},
     RollKerberosWorld,
     RollKerberosCallers,
     RollPeopleOfDomain,
     1},
    {{Package::kSchannel, u"Schannel", 2'000},
     RollSchannelWorld,
     RollSchannelCallers,
     nullptr,
     0},
    {{Package::kCredSsp, u"CREDSSP", 2'000},
     RollCredSspWorld,
     RollCredSspCallers,
     RollPeople,
     3},
};

}  // namespace

absl::Span<const SwarmPackage> SwarmPackages() {
  static constexpr auto kPackages = [] {
    std::array<SwarmPackage, std::size(kRecipes)> packages{};
    for (size_t i = 0; i < packages.size(); ++i) {
      packages[i] = kRecipes[i].package;
    }
    return packages;
  }();
  return kPackages;
}

Scenario RandomScenario(const SwarmPackage& package, uint64_t seed,
                        const Omissions& without) {
  const Recipe& recipe = *std::find_if(
      std::begin(kRecipes), std::end(kRecipes),
      [&](const Recipe& r) { return r.package.package == package.package; });
  Scenario scenario = ReferenceScenario(package.package);
  scenario.seed = seed;
  const auto roll = [&](Part part, const auto& make) {
    if (!without.Has(part)) {
      Dice dice(seed, static_cast<uint64_t>(part));
      make(dice);
    }
  };
  roll(Part::kClientWorld,
       [&](Dice& dice) { recipe.roll_world(dice, &scenario.client); });
  roll(Part::kServerWorld,
       [&](Dice& dice) { recipe.roll_world(dice, &scenario.server); });
  if (recipe.domain_in > 0) {
    roll(Part::kRealms, [&](Dice& dice) {
      if (dice.Once(recipe.domain_in)) {
        RollRealms(dice, &scenario);
      }
    });
  }
  if (recipe.roll_people != nullptr) {
    roll(Part::kPeople,
         [&](Dice& dice) { recipe.roll_people(dice, &scenario); });
  }
  roll(Part::kCallers,
       [&](Dice& dice) { recipe.roll_callers(dice, &scenario); });
  Dice dice(seed, static_cast<uint64_t>(Part::kFirstFault));
  const uint64_t faults = dice.Once(3) ? 0 : 1 + dice.Below(kMaxFaults);
  for (uint64_t i = 0; i < faults; ++i) {
    const Fault fault = RandomFault(dice.entropy());
    if (!without.Has(Part::kFirstFault, i)) {
      scenario.exchange.faults.push_back(fault);
    }
  }
  return scenario;
}

}  // namespace sspilab::sim

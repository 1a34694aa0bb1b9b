// One seed is one run: whatever compiler, whatever optimization. A change of
// what is sent changes these numbers, and then traces that people have kept do
// not replay any more: say so where the change is told.

#include <map>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/coverage.h"
#include "sim/digest.h"
#include "sim/explore/explorer.h"
#include "sim/fault.h"
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/swarm/swarm.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// Of what happens. The header is not in it: it says what options there are.
std::string HashOfRun(const Scenario& scenario) {
  Recorder recorder;
  RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  const absl::StatusOr<std::string> json =
      TraceToJson({scenario, recorder.TakeEvents()});
  EXPECT_TRUE(json.ok()) << json.status();
  const std::string text = json.value_or("");
  const std::string events = text.substr(text.find('\n') + 1);
  return Sha256Hex(absl::MakeConstSpan(
      reinterpret_cast<const uint8_t*>(events.data()), events.size()));
}

TEST(DeterminismTest, TheReferenceExchange) {
  Scenario scenario = ReferenceScenario();
  scenario.seed = 7;
  EXPECT_EQ(HashOfRun(scenario),
            "0833e0d30b16773b55de4e9cb5c0d3c6a4fa182c72646751de1cd47e302ced67");
}

TEST(DeterminismTest, WithFaultsAndEarlierSessions) {
  Scenario scenario = ReferenceScenario();
  scenario.seed = 7;
  scenario.exchange.form = WireForm::kStream;
  for (const char* text :
       {"split:to-server:1:random7", "coalesce:to-client:1",
        "splice:to-server:2:AUTHENTICATE.NtChallengeResponse+random3",
        "delay:to-server:2:60"}) {
    const absl::StatusOr<Fault> fault = ParseFault(text);
    ASSERT_TRUE(fault.ok()) << fault.status();
    scenario.exchange.faults.push_back(*fault);
  }
  EXPECT_EQ(HashOfRun(scenario),
            "6f2bf50850621ea31d19b4426358417277eddf0101aa8755073667847e0a5932");
}

TEST(DeterminismTest, TheReferenceExchangeOverEachOtherPackage) {
  struct Golden {
    Package package;
    std::string_view hash;
  };
  constexpr Golden kGoldens[] = {
      {Package::kNegotiate,
       "01bf8c113ecd066a1c0d4b5a9655184bbf7f41c77b5201c7ba4298b2a818813e"},
      {Package::kKerberos,
       "c5f71c903b4a834f72c457a7f509098fcc3c7fe49ea38f5b012d72a542b2d5ab"},
      {Package::kSchannel,
       "db4d887aaa7cbf9decdcebd8d4572712bd8f1e4f5f9747c950ed8923317e3c1b"},
      {Package::kCredSsp,
       "9158c6f923fec564be0f26aac3713584b321d7db8617d83974e3665c7f185b1d"},
  };
  for (const Golden& golden : kGoldens) {
    Scenario scenario = ReferenceScenario(golden.package);
    scenario.seed = 7;
    EXPECT_EQ(HashOfRun(scenario), golden.hash) << PackageName(golden.package);
  }
}

// Without TLS: which alert answers a bent record is for OpenSSL to say, and its
// patches change that.
TEST(DeterminismTest, SwarmsWithoutTls) {
  std::map<Package, std::string> digests;
  for (const SwarmPackage& package : SwarmPackages()) {
    if (package.package != Package::kSchannel &&
        package.package != Package::kCredSsp) {
      // Keys from passwords are dear.
      const uint64_t last = package.package == Package::kKerberos ? 299 : 999;
      const SwarmResult result =
          RunSwarm(package, 0, last, 2, InitSecurityInterfaceW());
      digests[package.package] = absl::StrFormat("%016x", result.digest);
    }
  }
  EXPECT_THAT(digests,
              ElementsAre(Pair(Package::kNegotiate, "3529d660cca9ead6"),
                          Pair(Package::kNtlm, "f7a3030666b4de01"),
                          Pair(Package::kKerberos, "150ebb7630e7307c")));
}

TEST(DeterminismTest, Explorations) {
  std::map<Package, std::string> numbers;
  for (const Explorable& row : Explorables()) {
    if (row.package == Package::kNtlm || row.package == Package::kKerberos) {
      Coverage coverage(row.package);
      const Exploration found =
          Explore(row, ReferenceScenario(row.package),
                  row.package == Package::kNtlm ? 2 : row.depth,
                  InitSecurityInterfaceW(), &coverage);
      numbers[row.package] = absl::StrFormat(
          "%d states, %d transitions, %d histories, %d left", found.states,
          found.transitions, found.histories, found.left);
    }
  }
  EXPECT_THAT(
      numbers,
      ElementsAre(
          Pair(Package::kNtlm,
               "6919 states, 6923 transitions, 1954 histories, 2665 left"),
          Pair(Package::kKerberos,
               "1413 states, 2931 transitions, 811 histories, 0 left")));
}

}  // namespace
}  // namespace sspilab::sim

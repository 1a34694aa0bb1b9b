#include "sim/swarm/swarm.h"

#include <algorithm>
#include <set>
#include <string>

#include "core/kerberos/crypto/encryption_type.h"
#include "core/machines.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/interceptor.h"
#include "sim/scenario.h"
#include "sim/swarm/parts.h"
#include "sim/swarm/random_scenario.h"
#include "sim/trace_json.h"
#include "sim/unreached.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const SwarmPackage& Ntlm() { return SwarmPackages().front(); }

const SwarmPackage& RowOf(Package package) {
  return *std::find_if(
      SwarmPackages().begin(), SwarmPackages().end(),
      [package](const SwarmPackage& row) { return row.package == package; });
}

std::string JsonOf(const Scenario& scenario) {
  return TraceToJson({scenario, {}}).value_or("");
}

TEST(RandomScenarioTest, OneSeedIsOneScenario) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const std::string json = JsonOf(RandomScenario(Ntlm(), seed));
    EXPECT_EQ(json, JsonOf(RandomScenario(Ntlm(), seed)));
    seen.insert(json);
  }
  EXPECT_EQ(seen.size(), 200u);
}

TEST(SwarmTest, NtlmHoldsUpAndMuchHappens) {
  const SwarmResult result =
      RunSwarm(Ntlm(), 0, 3999, 1, InitSecurityInterfaceW());
  EXPECT_EQ(result.sessions, 4000u);
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_GT(result.authenticated, 400u);
  EXPECT_LT(result.authenticated, 3600u);
  EXPECT_GT(result.coverage.refused(), 100u);
  EXPECT_EQ(result.coverage.undeclared(), 0u);
}

// A realm has all that its sessions need more often than not.
TEST(RandomScenarioTest, DomainsAreOfManyKinds) {
  std::set<std::string> etypes;
  size_t ordinary = 0;
  size_t two_realms = 0;
  size_t user_to_user = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const Scenario scenario = RandomScenario(RowOf(Package::kKerberos), seed);
    ASSERT_FALSE(scenario.realms.empty());
    const ScenarioRealm& realm = scenario.realms.front();
    ordinary += realm.reachable && realm.principals.size() == 2 ? 1 : 0;
    two_realms += scenario.realms.size() > 1 ? 1 : 0;
    user_to_user += (scenario.exchange.client.caller.requirements &
                     ISC_REQ_USE_SESSION_KEY) != 0
                        ? 1
                        : 0;
    std::string types;
    for (const kerberos::Etype etype : realm.policy.etypes) {
      types += std::string(kerberos::Find(etype).name) + " ";
    }
    etypes.insert(types);
  }
  EXPECT_GT(ordinary, 400u);
  EXPECT_GT(two_realms, 30u);
  EXPECT_GT(user_to_user, 30u);
  EXPECT_GE(etypes.size(), 5u);
  // Without that part of them they are in the reference realm.
  const Omissions without_realms =
      Omissions().With(static_cast<uint8_t>(Part::kRealms));
  EXPECT_EQ(RandomScenario(RowOf(Package::kKerberos), 7, without_realms).realms,
            ReferenceScenario(Package::kKerberos).realms);
  EXPECT_THAT(
      RandomScenario(RowOf(Package::kCredSsp), 7, without_realms).realms,
      IsEmpty());
}

// Of TLS few, for it costs more; tests/sim/determinism_test.cc and the command
// run more.
TEST(SwarmTest, EveryPackageHoldsUp) {
  for (const SwarmPackage& package : SwarmPackages()) {
    const SwarmResult result =
        RunSwarm(package, 0, 127, 2, InitSecurityInterfaceW());
    EXPECT_THAT(result.failures, IsEmpty()) << PackageName(package.package);
    EXPECT_GT(result.authenticated + result.established, 3u)
        << PackageName(package.package);
    EXPECT_GT(result.coverage.refused(), 2u) << PackageName(package.package);
    EXPECT_EQ(result.coverage.undeclared(), 0u);
  }
}

TEST(SwarmTest, ThreadsChangeNothing) {
  SecurityFunctionTableW* table = InitSecurityInterfaceW();
  struct Range {
    const SwarmPackage& package;
    uint64_t last;
  };
  const Range kRanges[] = {{Ntlm(), 3006},
                           {RowOf(Package::kKerberos), 140},
                           {RowOf(Package::kSchannel), 140}};
  for (const Range& range : kRanges) {
    const SwarmResult one = RunSwarm(range.package, 7, range.last, 1, table);
    for (const int threads : {2, 5}) {
      const SwarmResult many =
          RunSwarm(range.package, 7, range.last, threads, table);
      EXPECT_EQ(many.digest, one.digest);
      EXPECT_EQ(many.sessions, one.sessions);
      EXPECT_EQ(many.endings, one.endings);
      EXPECT_EQ(many.authenticated, one.authenticated);
      EXPECT_EQ(many.established, one.established);
      EXPECT_EQ(many.coverage.refused(), one.coverage.refused());
    }
  }
  EXPECT_NE(RunSwarm(Ntlm(), 8, 3007, 1, table).digest,
            RunSwarm(Ntlm(), 7, 3006, 1, table).digest);
}

// A package that now and then returns what it may not.
class Illegal final : public Interceptor {
 public:
  Illegal() : Interceptor(InitSecurityInterfaceW()) {}

 protected:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    const SECURITY_STATUS status = proceed();
    return call.call == Call::kAcceptSecurityContext &&
                   status == SEC_E_LOGON_DENIED
               ? SEC_E_WRONG_PRINCIPAL + 0x1000
               : status;
  }
};

TEST(SwarmTest, AFailureIsASeedThatFailsAloneToo) {
  Illegal illegal;
  const SwarmResult result = RunSwarm(Ntlm(), 0, 499, 2, illegal.table());
  ASSERT_GT(result.failed, 0u);
  const SwarmFailure first = result.failures.front();
  EXPECT_EQ(first.invariant, Invariant::kLegalStatus);
  const SwarmResult alone =
      RunSwarm(Ntlm(), first.seed, first.seed, 1, illegal.table());
  EXPECT_THAT(alone.failures, ElementsAre(first));
  EXPECT_THAT(
      DescribeSession(Ntlm(), first.seed, first.without, illegal.table()),
      HasSubstr("broken: LegalStatus"));
}

// Everything that a failure does not need can go, and then it is still one.
TEST(SwarmTest, AFailureIsMadeSmall) {
  Illegal illegal;
  const SwarmResult result = RunSwarm(Ntlm(), 0, 1999, 1, illegal.table());
  ASSERT_GT(result.failed, 5u);
  size_t smaller = 0;
  for (const SwarmFailure& failure : result.failures) {
    const SwarmResult small = RunSwarm(Ntlm(), failure.seed, failure.seed, 1,
                                       illegal.table(), failure.without);
    EXPECT_THAT(small.failures, ElementsAre(failure));
    smaller += failure.without != Omissions() ? 1 : 0;
  }
  EXPECT_EQ(smaller, result.failures.size());
}

// A typing mistake would excuse nothing, or too much.
TEST(UnreachedTest, EachReasonIsForSomeTransitions) {
  for (const UnreachedReason& reason : UnreachedReasons()) {
    size_t rows = 0;
    for (int i = 0; i < kPackageCount; ++i) {
      for (const MachineDescription* machine :
           MachinesOf(static_cast<Package>(i))) {
        for (const MachineDescription::Row& row : machine->rows) {
          rows += reason.Covers(*machine, row) ? 1 : 0;
        }
      }
    }
    EXPECT_GT(rows, 0u) << reason.machine << " " << reason.state << " "
                        << reason.event;
    EXPECT_LT(rows, 16u) << reason.machine << " " << reason.state << " "
                         << reason.event;
  }
}

}  // namespace
}  // namespace sspilab::sim

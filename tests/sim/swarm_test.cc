#include "sim/swarm/swarm.h"

#include <set>
#include <string>

#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/interceptor.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const SwarmPackage& Ntlm() { return SwarmPackages().front(); }

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

TEST(SwarmTest, ThreadsChangeNothing) {
  SecurityFunctionTableW* table = InitSecurityInterfaceW();
  const SwarmResult one = RunSwarm(Ntlm(), 7, 3006, 1, table);
  for (const int threads : {2, 5}) {
    const SwarmResult many = RunSwarm(Ntlm(), 7, 3006, threads, table);
    EXPECT_EQ(many.digest, one.digest);
    EXPECT_EQ(many.sessions, one.sessions);
    EXPECT_EQ(many.endings, one.endings);
    EXPECT_EQ(many.authenticated, one.authenticated);
    EXPECT_EQ(many.coverage.refused(), one.coverage.refused());
  }
  EXPECT_NE(RunSwarm(Ntlm(), 8, 3007, 1, table).digest, one.digest);
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
  EXPECT_THAT(
      RunSwarm(Ntlm(), first.seed, first.seed, 1, illegal.table()).failures,
      ElementsAre(first));
  EXPECT_THAT(DescribeSession(Ntlm(), first.seed, illegal.table()),
              HasSubstr("broken: LegalStatus"));
}

}  // namespace
}  // namespace sspilab::sim

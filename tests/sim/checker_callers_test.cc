// Every rule for callers is broken once, by a caller that breaks no other.

#include <functional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sim/interceptor.h"
#include "tests/sim/checker_cases.h"

namespace sspilab::sim {
namespace {

TEST(CheckerCallersTest, HandlesAndMemory) {
  for (const RuleCase& test : HandleCases()) ExpectOnly(test);
}

TEST(CheckerCallersTest, Handshake) {
  for (const RuleCase& test : HandshakeCases()) ExpectOnly(test);
}

TEST(CheckerCallersTest, Outcome) {
  for (const RuleCase& test : OutcomeCases()) ExpectOnly(test);
}

// A second thread comes in while the first one is in the package.
class Rendezvous final : public Interceptor {
 public:
  using Interceptor::Interceptor;
  std::function<void()> meanwhile;

 private:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    if (call.call == Call::kMakeSignature && meanwhile) {
      std::exchange(meanwhile, nullptr)();
    }
    return proceed();
  }
};

TEST(CheckerCallersTest, AHandleIsShared) {
  Rendezvous inner(InitSecurityInterfaceW());
  Checker checker(inner.table(), InitSecurityInterfaceW());
  World world;
  world.accounts().Add(u"alice", u"EXAMPLE", u"secret");
  Party client{Side::kClient, checker.table(Side::kClient), &world};
  Party server{Side::kServer, checker.table(Side::kServer), &world};
  client.Acquire();
  server.Acquire();
  const LegOptions options = {.requirements = kProtectsMessages};
  client.Leg({}, options);
  server.Leg(client.token, options);
  client.Leg(server.token, options);
  server.Leg(client.token, options);
  Token signature;
  const auto sign = [&] {
    client.Protect(Call::kMakeSignature, "text", 0, &signature);
  };
  inner.meanwhile = [&] { std::thread(sign).join(); };
  sign();
  client.Close();
  server.Close();
  checker.Finish();
  const std::vector<RuleBroken> broken = checker.broken();
  ASSERT_EQ(broken.size(), 1u);
  EXPECT_EQ(broken[0].rule, RuleId::kHandleShared);
  EXPECT_EQ(broken[0].call, Call::kMakeSignature);
}

// kHangs is the test bench's to see: tests/sim/testing_test.cc.
TEST(CheckerCallersTest, EveryRuleIsBrokenHere) {
  std::set<RuleId> broken = {RuleId::kHandleShared, RuleId::kHangs};
  for (const auto cases : {HandleCases(), HandshakeCases(), OutcomeCases()}) {
    for (const RuleCase& test : cases) broken.insert(test.rule);
  }
  for (const Rule& rule : Rules()) {
    EXPECT_EQ(broken.contains(rule.id), rule.party == RuleParty::kCaller)
        << rule.name;
  }
}

}  // namespace
}  // namespace sspilab::sim

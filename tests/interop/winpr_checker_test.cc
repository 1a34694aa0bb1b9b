// The checker around another implementation's function table.

#include <set>
#include <string>

#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "sim/checker.h"
#include "sim/peers/winpr.h"
#include "tests/sim/checker_lab.h"

namespace sspilab::interop {
namespace {

using sim::Checker;
using sim::LegOptions;
using sim::Party;
using sim::RuleBroken;
using sim::RuleOf;
using sim::RuleParty;
using sim::Side;
using sim::Token;

// WinPR does by the rules what a handshake needs, and its callers are judged
// as ours are. That its acceptor ends in SEC_I_COMPLETE_NEEDED, where Windows'
// says SEC_E_OK, is documented for the call.
TEST(WinPrCheckerTest, AHandshakeIsJudged) {
  const absl::StatusOr<sim::WinPr> winpr = sim::WinPr::Load();
  ASSERT_TRUE(winpr.ok()) << winpr.status();
  World world;
  Checker checker(&winpr->table(), &winpr->table());
  Party client{Side::kClient, checker.table(Side::kClient), &world};
  Party server{Side::kServer, checker.table(Side::kServer), &world};
  client.Acquire();
  server.Acquire();
  const LegOptions options = {.requirements = ISC_REQ_CONFIDENTIALITY};
  ASSERT_GE(client.Leg({}, options), 0);
  ASSERT_GE(server.Leg(client.token, options), 0);
  ASSERT_EQ(winpr->SetHash(&server.context, winpr->Hash(u"secret")), SEC_E_OK);
  ASSERT_GE(client.Leg(server.token, options), 0);
  ASSERT_EQ(server.Leg(client.token, options), SEC_I_COMPLETE_NEEDED);
  ASSERT_GE(server.Complete(), 0);
  // One mistake, so that a silent checker would be seen.
  server.Delete();
  client.Close();
  checker.Finish();
  std::set<std::string> callers;
  for (const RuleBroken& broken : checker.broken()) {
    if (RuleOf(broken.rule).party == RuleParty::kCaller) {
      callers.insert(std::string(RuleOf(broken.rule).name));
    } else {
      ADD_FAILURE() << broken;
    }
  }
  EXPECT_EQ(callers, std::set<std::string>{"credential-leaked"});
  server.Free();
}

}  // namespace
}  // namespace sspilab::interop

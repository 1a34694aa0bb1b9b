#include "sim/scripted.h"

#include <vector>

#include "gtest/gtest.h"
#include "tests/sim/checker_lab.h"

namespace sspilab::sim {
namespace {

// A client over `script`; its World is there for as long.
struct ScriptedClient {
  explicit ScriptedClient(std::vector<ScriptStep> script)
      : package(InitSecurityInterfaceW(), std::move(script)),
        party{Side::kClient, package.table(), &world} {}

  World world;
  Scripted package;
  Party party;
};

TEST(ScriptedTest, WithoutAStepItIsTheRealThing) {
  ScriptedClient client({});
  client.party.Acquire();
  EXPECT_EQ(client.party.Leg({}), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(
      std::string(client.party.token.begin(), client.party.token.begin() + 7),
      "NTLMSSP");
  client.party.Close();
  EXPECT_EQ(client.world.memory().live_allocations(), 0u);
}

TEST(ScriptedTest, TheNthCallIsAnsweredInsteadAndTheNextIsReal) {
  ScriptedClient client({Plays(1, SEC_E_NO_CREDENTIALS)});
  client.party.Acquire();
  EXPECT_EQ(client.party.Leg({}), SEC_E_NO_CREDENTIALS);
  EXPECT_EQ(client.party.Leg({}), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(client.package.count(Call::kInitializeSecurityContext), 2u);
  EXPECT_TRUE(client.package.used_up());
  client.party.Close();
}

TEST(ScriptedTest, AStepOverTheRealThingKeepsWhatItDoesNotName) {
  ScriptedClient client({{.call = Call::kInitializeSecurityContext,
                          .real = true,
                          .status = SEC_I_COMPLETE_AND_CONTINUE,
                          .withheld = ISC_RET_INTEGRITY,
                          .expiry = 5}});
  client.party.Acquire();
  const LegOptions options = {.requirements =
                                  ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY};
  EXPECT_EQ(client.party.Leg({}, options), SEC_I_COMPLETE_AND_CONTINUE);
  EXPECT_GT(client.party.token.size(), 8u);
  EXPECT_EQ(client.party.attributes & ISC_RET_INTEGRITY, 0u);
  EXPECT_NE(client.party.attributes & ISC_RET_CONFIDENTIALITY, 0u);
  client.party.Close();
  EXPECT_EQ(client.world.memory().live_allocations(), 0u);
}

TEST(ScriptedTest, AScriptPlaysAPackageAlone) {
  ScriptStep leg = Plays(1, SEC_E_OK, {1, 2, 3});
  leg.extra = 2;
  leg.attributes = ISC_RET_STREAM;
  ScriptedClient client({PlaysAcquire(), leg});
  client.party.Acquire(u"Nothing that exists");
  EXPECT_EQ(client.party.Leg({9, 9, 9, 9}), SEC_E_OK);
  EXPECT_EQ(client.party.token, (Token{1, 2, 3}));
  EXPECT_EQ(client.party.extra, 2u);
  EXPECT_EQ(client.party.attributes, ULONG{ISC_RET_STREAM});
  EXPECT_EQ(client.party.Leg({9}), SEC_E_UNSUPPORTED_FUNCTION);
  EXPECT_EQ(client.party.table->DeleteSecurityContext(&client.party.context),
            SEC_E_OK);
  EXPECT_EQ(client.party.table->FreeCredentialsHandle(&client.party.credential),
            SEC_E_OK);
}

TEST(ScriptedTest, TokensNeedRoomOrAreAllocated) {
  ScriptedClient client({PlaysAcquire(), Plays(0, SEC_E_OK, {1, 2, 3})});
  client.party.Acquire();
  EXPECT_EQ(client.party.Leg({}, {.room = 2}), SEC_E_BUFFER_TOO_SMALL);
  EXPECT_EQ(client.party.Leg({}, {.requirements = ISC_REQ_ALLOCATE_MEMORY}),
            SEC_E_OK);
  EXPECT_EQ(client.party.token, (Token{1, 2, 3}));
  EXPECT_EQ(client.party.table->FreeContextBuffer(client.party.output.pvBuffer),
            SEC_E_OK);
  client.party.Close();
}

TEST(ScriptedTest, AnAllocationOfACallFails) {
  World world;
  Scripted failing(InitSecurityInterfaceW(),
                   {{.call = Call::kInitializeSecurityContext,
                     .real = true,
                     .world = &world,
                     .failing_allocation = 1}});
  Party party{Side::kClient, failing.table(), &world};
  party.Acquire();
  EXPECT_EQ(party.Leg({}), SEC_E_INSUFFICIENT_MEMORY);
  EXPECT_EQ(party.Leg({}), SEC_I_CONTINUE_NEEDED);
  party.Close();
  EXPECT_EQ(world.memory().live_allocations(), 0u);
}

}  // namespace
}  // namespace sspilab::sim

// The checker around another implementation's function table: what WinPR does
// otherwise than the SSPI's contract says.

#include <cstdio>
#include <cstring>
#include <map>
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
using sim::kProtectsMessages;
using sim::LegOptions;
using sim::Party;
using sim::RuleBroken;
using sim::RuleOf;
using sim::RuleParty;
using sim::Side;
using sim::Token;

// Two parties that speak WinPR's NTLM, with a checker before them.
struct WinPrLab {
  explicit WinPrLab(const sim::WinPr& implementation)
      : winpr(implementation),
        checker(&winpr.table(), &winpr.table()),
        client{Side::kClient, checker.table(Side::kClient), &world},
        server{Side::kServer, checker.table(Side::kServer), &world} {
    client.Acquire();
    server.Acquire();
  }

  // Up to the server's last leg, whose token is the client's.
  void Begin(const LegOptions& forth, const LegOptions& back,
             std::u16string_view password = u"secret") {
    // WinPR takes no input in a first leg, bindings neither.
    ASSERT_GE(client.Leg({}, {.requirements = forth.requirements}), 0);
    ASSERT_GE(server.Leg(client.token, back), 0);
    ASSERT_EQ(winpr.SetHash(&server.context, winpr.Hash(password)), SEC_E_OK);
    ASSERT_GE(client.Leg(server.token, forth), 0);
  }
  // What a caller does with the last leg's status.
  void End(Token token, const LegOptions& options) {
    server.Leg(std::move(token), options);
    if (server.status == SEC_I_COMPLETE_NEEDED) {
      server.status = server.Complete();
    }
  }

  const sim::WinPr& winpr;
  World world;
  Checker checker;
  Party client;
  Party server;
};

using Findings = std::set<std::string>;

// The rules that `act` saw broken, by party.
std::map<RuleParty, Findings> Judge(const sim::WinPr& winpr,
                                    const std::string& situation,
                                    void (*act)(WinPrLab& lab)) {
  WinPrLab lab(winpr);
  act(lab);
  // Tokens that are left unsent where a side gives up are no matter here.
  lab.checker.OnReceive(Side::kClient, {});
  lab.checker.OnReceive(Side::kServer, {});
  lab.client.Close();
  lab.server.Close();
  lab.checker.Finish();
  std::map<RuleParty, Findings> findings;
  for (const RuleBroken& broken : lab.checker.broken()) {
    std::printf("%s: %s\n", situation.c_str(), ToString(broken).c_str());
    findings[RuleOf(broken.rule).party].insert(
        std::string(RuleOf(broken.rule).name));
  }
  return findings;
}

constexpr LegOptions kOptions = {.requirements = 0};

LegOptions Protected() {
  return {.requirements =
              kProtectsMessages | ISC_REQ_INTEGRITY | ASC_REQ_INTEGRITY};
}

Token Bindings(uint8_t last) {
  Token bindings(sizeof(SEC_CHANNEL_BINDINGS) + 1);
  SEC_CHANNEL_BINDINGS header = {};
  header.cbApplicationDataLength = 1;
  header.dwApplicationDataOffset = sizeof(header);
  std::memcpy(bindings.data(), &header, sizeof(header));
  bindings.back() = last;
  return bindings;
}

struct Situation {
  const char* name;
  void (*act)(WinPrLab& lab);
  Findings of_package;
  // Either because WinPR leaves the caller no other way, or since the situation
  // needs a caller with a mistake.
  Findings of_caller;
};

const Situation kSituations[] = {
    {"all is well",
     [](WinPrLab& lab) {
       constexpr ULONG kUntouched = 0x40000000;
       lab.client.attributes = kUntouched;
       lab.Begin(Protected(), Protected());
       EXPECT_EQ(lab.client.attributes, kUntouched);
       lab.End(lab.client.token, Protected());
       EXPECT_GE(lab.server.status, 0);
       Token signature;
       EXPECT_EQ(
           lab.client.Protect(Call::kEncryptMessage, "text", 0, &signature),
           SEC_E_OK);
     },
     // Its initiator leaves *pfContextAttr alone.
     {},
     {"attribute-ignored"}},
    {"wrong password",
     [](WinPrLab& lab) {
       lab.Begin(kOptions, kOptions, u"another");
       lab.End(lab.client.token, kOptions);
       EXPECT_LT(lab.server.status, 0);
     },
     {},
     {}},
    {"a NEGOTIATE that is cut off",
     [](WinPrLab& lab) {
       lab.client.Leg({}, kOptions);
       lab.server.Leg(
           Token(lab.client.token.begin(), lab.client.token.begin() + 9),
           kOptions);
     },
     // A first leg that failed leaves a handle.
     {},
     {"context-leaked"}},
    {"an AUTHENTICATE that is cut off",
     [](WinPrLab& lab) {
       lab.Begin(kOptions, kOptions);
       lab.End(Token(lab.client.token.begin(), lab.client.token.begin() + 70),
               kOptions);
       EXPECT_LT(lab.server.status, 0);
     },
     {},
     {}},
    {"a leg after one that failed",
     [](WinPrLab& lab) {
       lab.Begin(kOptions, kOptions);
       Token hurt = lab.client.token;
       hurt.resize(70);
       lab.server.Leg(hurt, kOptions);
       EXPECT_LT(lab.server.status, 0);
       lab.End(lab.client.token, kOptions);
     },
     {"failure-forgotten"},
     {"failed-context-used", "input-twice"}},
    {"other channel bindings",
     [](WinPrLab& lab) {
       LegOptions forth = kOptions, back = kOptions;
       forth.bindings = Bindings(1);
       back.bindings = Bindings(2);
       lab.Begin(forth, back);
       lab.End(lab.client.token, back);
     },
     {"bindings-differ"},
     {}},
    {"no room for a token",
     [](WinPrLab& lab) { EXPECT_LT(lab.client.Leg({}, {.room = 8}), 0); },
     {},
     {"context-leaked"}},
    {"a message before the handshake is done",
     [](WinPrLab& lab) {
       lab.client.Leg({}, Protected());
       Token signature;
       lab.client.Protect(Call::kMakeSignature, "text", 0, &signature);
     },
     {},
     {"message-before-done", "token-not-sent"}},
    {"a leg after the last",
     [](WinPrLab& lab) {
       lab.Begin(kOptions, kOptions);
       lab.End(lab.client.token, kOptions);
       lab.server.Leg(lab.client.token, kOptions);
     },
     {},
     {"input-twice"}},
};

TEST(WinPrCheckerTest, WhatTheCheckerFinds) {
  const absl::StatusOr<sim::WinPr> winpr = sim::WinPr::Load();
  ASSERT_TRUE(winpr.ok()) << winpr.status();
  for (const Situation& situation : kSituations) {
    std::map<RuleParty, Findings> found =
        Judge(*winpr, situation.name, situation.act);
    EXPECT_EQ(found[RuleParty::kPackage], situation.of_package)
        << situation.name;
    EXPECT_EQ(found[RuleParty::kCaller], situation.of_caller) << situation.name;
  }
}

// One mistake of a caller's, so that a silent checker would be seen.
TEST(WinPrCheckerTest, ItsCallersAreJudgedAsOursAre) {
  const absl::StatusOr<sim::WinPr> winpr = sim::WinPr::Load();
  ASSERT_TRUE(winpr.ok()) << winpr.status();
  World world;
  Checker checker(&winpr->table(), &winpr->table());
  Party client{Side::kClient, checker.table(Side::kClient), &world};
  client.Acquire();
  checker.Finish();
  ASSERT_EQ(checker.broken().size(), 1u);
  EXPECT_EQ(RuleOf(checker.broken()[0].rule).name, "credential-leaked");
  client.Free();
}

}  // namespace
}  // namespace sspilab::interop

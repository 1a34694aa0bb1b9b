// Every rule for callers is broken once, by a caller that breaks no other.

#include <functional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/sim/checker_lab.h"

namespace sspilab::sim {
namespace {

const Token kHello = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
const Token kAnswer = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

ScriptStep PlaysDecrypt(size_t nth, SECURITY_STATUS status) {
  return {.call = Call::kDecryptMessage, .nth = nth, .status = status};
}

ScriptStep With(ScriptStep step, ULONG extra) {
  step.extra = extra;
  return step;
}

// The script of a TLS client: a hello, then what the case says.
std::vector<ScriptStep> Tls(std::vector<ScriptStep> rest) {
  rest.insert(rest.begin(),
              {PlaysAcquire(), Plays(1, SEC_I_CONTINUE_NEEDED, kHello)});
  return rest;
}

// The client's hello; it is seen to leave.
void SayHello(CheckerLab& lab) {
  lab.client.Acquire(u"Schannel");
  lab.client.Leg({});
  lab.checker.OnSend(Side::kClient, lab.client.token);
}

Token Joined(Token first, const Token& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// What they open.
const RuleCase kHandles[] = {
    {RuleId::kContextLeaked,
     "the client closes only its credential",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       lab.client.Free();
       lab.server.Close();
     }},
    {RuleId::kCredentialLeaked,
     "the server keeps its credential",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       lab.client.Close();
       lab.server.Delete();
     }},
    {RuleId::kBufferLeaked,
     "an allocated token is sent and kept",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.client.Leg({}, {.requirements = ISC_REQ_ALLOCATE_MEMORY});
       lab.kept = {lab.client.output.pvBuffer};
       lab.server.Leg(lab.client.token);
       lab.client.Leg(lab.server.token);
       lab.server.Leg(lab.client.token);
       lab.Close();
     }},
    {RuleId::kBufferLeaked,
     "the session key is asked for and kept",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       SecPkgContext_SessionKey key = {};
       ASSERT_EQ(lab.client.table->QueryContextAttributesW(
                     &lab.client.context, SECPKG_ATTR_SESSION_KEY, &key),
                 SEC_E_OK);
       lab.kept = {key.SessionKey};
       lab.Close();
     }},
    {RuleId::kBufferFreedWrongly,
     "memory of the caller's own",
     {},
     {},
     [](CheckerLab& lab) {
       int mine = 0;
       EXPECT_EQ(lab.client.table->FreeContextBuffer(&mine),
                 SEC_E_INVALID_HANDLE);
     }},
    {RuleId::kBufferFreedWrongly,
     "twice",
     {},
     {},
     [](CheckerLab& lab) {
       PSecPkgInfoW info = nullptr;
       SEC_WCHAR name[] = u"NTLM";
       ASSERT_EQ(lab.client.table->QuerySecurityPackageInfoW(name, &info),
                 SEC_E_OK);
       lab.client.table->FreeContextBuffer(info);
       lab.client.table->FreeContextBuffer(info);
     }},
    {RuleId::kUsedAfterDelete,
     "a context",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       const CtxtHandle context = lab.client.context;
       lab.Close();
       lab.client.context = context;
       Token signature;
       EXPECT_EQ(
           lab.client.Protect(Call::kMakeSignature, "text", 0, &signature),
           SEC_E_INVALID_HANDLE);
     }},
    {RuleId::kUsedAfterDelete,
     "a credential",
     {},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Free();
       EXPECT_EQ(lab.client.Leg({}), SEC_E_INVALID_HANDLE);
     }},
    {RuleId::kDeletedTwice,
     "a context",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       lab.client.Delete();
       lab.client.has_context = true;
       lab.Close();
     }},
    {RuleId::kDeletedTwice,
     "a credential",
     {},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Free();
       lab.client.Free();
     }},
    {RuleId::kHandleNeverOpened,
     "what a failed first leg did not give",
     {},
     {},
     [](CheckerLab& lab) {
       lab.server.Acquire();
       EXPECT_EQ(lab.server.Leg(Token(20)), SEC_E_INVALID_TOKEN);
       lab.server.Delete();
       lab.server.Free();
     }},
    {RuleId::kCredentialFreedEarly,
     "after the first leg",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.client.Leg({});
       lab.server.Leg(lab.client.token);
       lab.checker.OnSend(Side::kServer, lab.server.token);
       lab.client.Close();
       lab.server.Free();
       lab.server.Delete();
     }},
    {RuleId::kReservedNotZero,
     "Reserved1",
     {},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({}, {.reserved = 1});
       lab.client.Free();
     }},
    {RuleId::kReservedNotZero,
     "ulVersion",
     {{.call = Call::kInitializeSecurityContext,
       .nth = 2,
       .status = SEC_E_INVALID_TOKEN}},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({});
       lab.checker.OnSend(Side::kClient, lab.client.token);
       lab.client.Leg(kAnswer, {.version = 1});
       lab.client.Close();
     }},
};

// The handshake.
const RuleCase kHandshake[] = {
    {RuleId::kFailedContextUsed,
     "another leg",
     Tls({Plays(2, SEC_E_INVALID_TOKEN), Plays(3, SEC_E_INVALID_TOKEN)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Leg(kHello);
       lab.client.Close();
     }},
    {RuleId::kTokenNotSent,
     "the last, with SEC_E_OK",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.client.Leg({});
       lab.server.Leg(lab.client.token);
       ASSERT_EQ(lab.client.Leg(lab.server.token), SEC_E_OK);
       lab.Close();
     }},
    {RuleId::kTokenNotSent,
     "something else is sent",
     Tls({Plays(2, SEC_E_OK, kAnswer)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.checker.OnSend(Side::kClient, kHello);
       lab.client.Close();
     }},
    {RuleId::kEmptyTokenSent,
     "after the last leg",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       lab.checker.OnSend(Side::kServer, lab.server.token);
       lab.Close();
     }},
    {RuleId::kCompleteSkipped,
     "never called",
     {PlaysAcquire(), Plays(1, SEC_I_COMPLETE_NEEDED)},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({});
       lab.client.Close();
     }},
    {RuleId::kCompleteSkipped,
     "the token is sent before",
     {PlaysAcquire(), Plays(1, SEC_I_COMPLETE_AND_CONTINUE, kHello)},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({});
       lab.checker.OnSend(Side::kClient, kHello);
       lab.client.Close();
     }},
    {RuleId::kCompleteUncalledFor,
     "after SEC_I_CONTINUE_NEEDED",
     {PlaysAcquire(),
      Plays(1, SEC_I_CONTINUE_NEEDED, kHello),
      {.call = Call::kCompleteAuthToken, .status = SEC_E_OK}},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({});
       lab.client.Complete();
       lab.checker.OnSend(Side::kClient, kHello);
       lab.client.Close();
     }},
    {RuleId::kIncompleteTakenForFatal,
     "of the handshake",
     Tls({Plays(2, SEC_E_INCOMPLETE_MESSAGE)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Close();
     }},
    {RuleId::kIncompleteBytesLost,
     "only the new bytes are given",
     Tls({Plays(2, SEC_E_INCOMPLETE_MESSAGE), Plays(3, SEC_E_OK)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Leg({21, 22});
       lab.client.Close();
     }},
    {RuleId::kIncompleteBytesLost,
     "of a message",
     Tls({Plays(2, SEC_E_OK), PlaysDecrypt(1, SEC_E_INCOMPLETE_MESSAGE),
          PlaysDecrypt(2, SEC_E_OK)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Decrypt({31, 32});
       lab.client.Decrypt({33, 34});
       lab.client.Close();
     }},
    {RuleId::kNoRoomForExtra,
     "one input buffer",
     Tls({Plays(2, SEC_E_OK)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer, {.room_for_extra = false});
       lab.client.Close();
     }},
    {RuleId::kExtraLost,
     "to the next leg",
     Tls({With(Plays(2, SEC_I_CONTINUE_NEEDED), 3), Plays(3, SEC_E_OK)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Leg({41, 42, 43, 44});
       lab.client.Close();
     }},
    {RuleId::kExtraLost,
     "to the first message",
     Tls({With(Plays(2, SEC_E_OK), 3), PlaysDecrypt(1, SEC_E_OK)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Decrypt({41, 42, 43, 44});
       lab.client.Close();
     }},
    {RuleId::kExtraKept,
     "and other bytes waited for",
     Tls({With(Plays(2, SEC_E_OK), 3)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.checker.OnReceive(Side::kClient, kHello);
       lab.client.Close();
     }},
    {RuleId::kExtraToWrongCall,
     "another leg",
     Tls({With(Plays(2, SEC_E_OK), 3), Plays(3, SEC_E_OK)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Leg(Token(kAnswer.end() - 3, kAnswer.end()));
       lab.client.Close();
     }},
    {RuleId::kInputTwice,
     "the buffer is not emptied",
     Tls({Plays(2, SEC_I_CONTINUE_NEEDED), Plays(3, SEC_E_OK)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Leg(Joined(kAnswer, {51}));
       lab.client.Close();
     }},
    {RuleId::kIncompleteCredentialsIgnored,
     "more is waited for",
     Tls({Plays(2, SEC_I_INCOMPLETE_CREDENTIALS)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.checker.OnReceive(Side::kClient, {});
       lab.client.Close();
     }},
    {RuleId::kIncompleteCredentialsIgnored,
     "called with other input",
     Tls({Plays(2, SEC_I_INCOMPLETE_CREDENTIALS), Plays(3, SEC_E_OK)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Leg({61});
       lab.client.Close();
     }},
    {RuleId::kOutputBufferTooSmall,
     "of 8 bytes",
     {},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       EXPECT_EQ(lab.client.Leg({}, {.room = 8}), SEC_E_BUFFER_TOO_SMALL);
       lab.client.Close();
     }},
    {RuleId::kUnlimitedLegs,
     "65 of them",
     {PlaysAcquire(), Plays(0, SEC_I_CONTINUE_NEEDED)},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       for (uint32_t i = 0; i <= Checker::kMaxLegs; ++i) {
         lab.client.Leg(Token(1, static_cast<uint8_t>(i)));
       }
       lab.client.Close();
     }},
};

void PlaysAttributes(std::vector<ScriptStep>* steps, ULONG attributes) {
  for (ScriptStep& step : *steps) {
    step.attributes = attributes;
  }
}

std::vector<ScriptStep> Granting(ULONG attributes,
                                 std::vector<ScriptStep> steps) {
  PlaysAttributes(&steps, attributes);
  return steps;
}

// What comes of it.
const RuleCase kOutcome[] = {
    {RuleId::kAttributesTrustedEarly,
     "given up after the first leg",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.checker.OnReceive(Side::kServer, kHello);
       lab.client.Leg({});
       lab.checker.OnSend(Side::kClient, lab.client.token);
       lab.server.Leg(lab.client.token, {.requirements = ASC_REQ_MUTUAL_AUTH});
       lab.checker.OnSend(Side::kServer, lab.server.token);
       EXPECT_EQ(lab.server.attributes & ASC_RET_MUTUAL_AUTH, 0u);
       lab.Close();
     }},
    {RuleId::kAttributeIgnored,
     "sealed without CONFIDENTIALITY",
     Granting(0, {PlaysAcquire(),
                  Plays(1, SEC_E_OK),
                  {.call = Call::kEncryptMessage, .status = SEC_E_OK}}),
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({}, {.requirements = ISC_REQ_CONFIDENTIALITY});
       Token signature;
       lab.client.Protect(Call::kEncryptMessage, "secret", 0, &signature);
       lab.client.Close();
     }},
    {RuleId::kAttributeIgnored,
     "content without MUTUAL_AUTH",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake(ISC_REQ_MUTUAL_AUTH);
       lab.checker.OnClaim(Side::kClient, true);
       lab.Close();
     }},
    {RuleId::kMessageBeforeDone,
     "signed after the first leg",
     {{.call = Call::kMakeSignature, .status = SEC_E_OUT_OF_SEQUENCE}},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({});
       lab.checker.OnSend(Side::kClient, lab.client.token);
       Token signature;
       lab.client.Protect(Call::kMakeSignature, "text", 0, &signature);
       lab.client.Close();
     }},
    {RuleId::kSequenceOutOfStep,
     "sent: one is left out",
     {},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       Token signature;
       for (const ULONG number : {0, 1, 3}) {
         EXPECT_EQ(lab.client.Protect(Call::kMakeSignature, "text", number,
                                      &signature),
                   SEC_E_OK);
       }
       lab.Close();
     }},
    {RuleId::kSequenceOutOfStep,
     "received: one comes again",
     {{.call = Call::kVerifySignature, .nth = 0, .status = SEC_E_OK}},
     {},
     [](CheckerLab& lab) {
       lab.Acquire();
       lab.Handshake();
       for (const ULONG number : {1, 5, 5}) {
         lab.client.Verify("text", number, Token(16));
       }
       lab.Close();
     }},
    {RuleId::kRenegotiationUnfinished,
     "the next message is decrypted",
     Tls({Plays(2, SEC_E_OK), PlaysDecrypt(1, SEC_I_RENEGOTIATE),
          PlaysDecrypt(2, SEC_E_OK)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Decrypt({71, 72});
       lab.client.Decrypt({73, 74});
       lab.client.Close();
     }},
    {RuleId::kClaimedUndone,
     "after the first leg",
     {},
     {},
     [](CheckerLab& lab) {
       lab.client.Acquire();
       lab.client.Leg({});
       lab.checker.OnSend(Side::kClient, lab.client.token);
       lab.checker.OnClaim(Side::kClient, true);
       lab.client.Close();
     }},
    {RuleId::kClaimedUndone,
     "without a context",
     {},
     {},
     [](CheckerLab& lab) { lab.checker.OnClaim(Side::kServer, true); }},
    {RuleId::kSuccessTakenForFailure,
     "with SECBUFFER_EXTRA",
     Tls({With(Plays(2, SEC_E_OK), 3)}),
     {},
     [](CheckerLab& lab) {
       SayHello(lab);
       lab.client.Leg(kAnswer);
       lab.client.Close();
       lab.checker.OnClaim(Side::kClient, false);
     }},
};

TEST(CheckerCallersTest, HandlesAndMemory) {
  for (const RuleCase& test : kHandles) ExpectOnly(test);
}

TEST(CheckerCallersTest, Handshake) {
  for (const RuleCase& test : kHandshake) ExpectOnly(test);
}

TEST(CheckerCallersTest, Outcome) {
  for (const RuleCase& test : kOutcome) ExpectOnly(test);
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
  for (const auto& cases :
       {absl::MakeSpan(kHandles), absl::MakeSpan(kHandshake),
        absl::MakeSpan(kOutcome)}) {
    for (const RuleCase& test : cases) broken.insert(test.rule);
  }
  for (const Rule& rule : Rules()) {
    EXPECT_EQ(broken.contains(rule.id), rule.party == RuleParty::kCaller)
        << rule.name;
  }
}

}  // namespace
}  // namespace sspilab::sim

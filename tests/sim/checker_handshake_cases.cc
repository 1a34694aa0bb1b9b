// What callers do wrong between the legs of a handshake.

#include "tests/sim/checker_cases.h"

namespace sspilab::sim {
namespace {

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

}  // namespace

absl::Span<const RuleCase> HandshakeCases() { return kHandshake; }

}  // namespace sspilab::sim

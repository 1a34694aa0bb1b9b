// What callers make of a handshake: attributes, messages, claims.

#include "tests/sim/checker_cases.h"

namespace sspilab::sim {
namespace {

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

}  // namespace

absl::Span<const RuleCase> OutcomeCases() { return kOutcome; }

}  // namespace sspilab::sim

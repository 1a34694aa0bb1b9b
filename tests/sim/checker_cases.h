#ifndef SSPILAB_TESTS_SIM_CHECKER_CASES_H_
#define SSPILAB_TESTS_SIM_CHECKER_CASES_H_

#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "tests/sim/checker_lab.h"

namespace sspilab::sim {

// Every rule for callers is broken in one of these, by a caller that breaks no
// other.
absl::Span<const RuleCase> HandleCases();
absl::Span<const RuleCase> HandshakeCases();
absl::Span<const RuleCase> OutcomeCases();

// What the cases have in common.

inline const Token kHello = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
inline const Token kAnswer = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

inline ScriptStep PlaysDecrypt(size_t nth, SECURITY_STATUS status) {
  return {.call = Call::kDecryptMessage, .nth = nth, .status = status};
}

inline ScriptStep With(ScriptStep step, ULONG extra) {
  step.extra = extra;
  return step;
}

// The script of a TLS client: a hello, then what the case says.
inline std::vector<ScriptStep> Tls(std::vector<ScriptStep> rest) {
  rest.insert(rest.begin(),
              {PlaysAcquire(), Plays(1, SEC_I_CONTINUE_NEEDED, kHello)});
  return rest;
}

// The client's hello; it is seen to leave.
inline void SayHello(CheckerLab& lab) {
  lab.client.Acquire(u"Schannel");
  lab.client.Leg({});
  lab.checker.OnSend(Side::kClient, lab.client.token);
}

inline Token Joined(Token first, const Token& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace sspilab::sim

#endif  // SSPILAB_TESTS_SIM_CHECKER_CASES_H_

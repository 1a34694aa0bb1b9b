#ifndef SSPILAB_SIM_EXPECTATION_H_
#define SSPILAB_SIM_EXPECTATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "sim/archive.h"
#include "sim/caller.h"
#include "sim/run_scenario.h"
#include "sim/trace.h"

namespace sspilab::sim {

// What is expected of one call.
struct ExpectedCall {
  // Where it begins in the file.
  uint32_t line = 0;
  Side side = Side::kClient;
  // Without A or W: "QueryContextAttributes".
  std::string function;
  // Which of the side's calls of that function, from 1.
  uint32_t nth = 1;
  std::optional<Placed<SECURITY_STATUS>> status;
  // ISC_RET_* or ASC_RET_* that the call grants, and that it does not.
  Placed<uint32_t> has;
  Placed<uint32_t> lacks;
};

// What is expected of one side.
struct ExpectedSide {
  // What its calls of InitializeSecurityContext or AcceptSecurityContext
  // return, in order.
  std::optional<std::vector<Placed<SECURITY_STATUS>>> legs;
  // Where `legs` stands.
  uint32_t line = 0;
  std::optional<Placed<Ending>> ends;
};

// What is expected of a run.
struct Expectation {
  // By Side.
  std::array<ExpectedSide, 2> sides;
  // Outcome::ok.
  std::optional<Placed<bool>> ok = Placed<bool>{.value = true};
  std::optional<Placed<bool>> same_key;
  // Who the client is, as the server learns it.
  std::optional<Placed<std::u16string>> identity;
  // How many calls both sides make.
  std::optional<Placed<uint32_t>> calls;
  // Names of rules (rules.h) that are broken. All others are to hold.
  std::vector<Placed<std::string>> broken_rules;
  std::vector<ExpectedCall> call;
  // Where each of the scenario's deviations begins: what it says that its call
  // returns is expected, too.
  std::vector<uint32_t> deviation_lines;
};

// Something that went otherwise.
struct Difference {
  // Where the file says what is expected; 0 where it does not.
  uint32_t line = 0;
  // "client, leg 2 (call 9)".
  std::string where;
  std::string expected;
  std::string got;

  friend bool operator==(const Difference&, const Difference&) = default;
};

// How a run differs from what was expected; empty where it does not. In the
// order of the Expectation's members.
std::vector<Difference> Compare(const Expectation& expectation,
                                const Trace& trace, const Outcome& outcome);

// Lines with expected under got, aligned:
//   FILE:12  client, leg 2 (call 9)  expected SEC_E_OK
//                                    got      SEC_E_LOGON_DENIED
std::string DifferencesToText(absl::Span<const Difference> differences,
                              std::string_view file);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPECTATION_H_

#ifndef SSPILAB_SIM_EXAMPLES_CALLERS_REPORTS_H_
#define SSPILAB_SIM_EXAMPLES_CALLERS_REPORTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "core/sspi.h"
#include "core/world.h"
#include "sim/examples/callers/stream_client.h"
#include "sim/rules.h"
#include "sim/testing.h"

namespace sspilab::sim {

// A report of a real program that got a status wrong, and what of it can be had
// here: the same mistake in a small loop, and a server that brings it out. The
// statuses are the packages' own.
struct FieldReport {
  // "curl 9431".
  std::string_view where;
  std::string_view what;
  Mistake mistake;
  RuleId rule;
  // What makes the package say what the loop gets wrong.
  std::u16string_view package;
  ULONG server_requirements = 0;
  std::string_view server_says = "";
  bool server_renegotiates = false;
  void (*prepare)(World& client, World& server) = nullptr;
};

std::vector<FieldReport> FieldReports();

// The report's situation, for a loop that makes this mistake or none.
LoopUnderTest LoopOf(const FieldReport& report, Mistake mistake);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXAMPLES_CALLERS_REPORTS_H_

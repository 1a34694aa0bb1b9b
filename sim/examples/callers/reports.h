#ifndef SSPILAB_SIM_EXAMPLES_CALLERS_REPORTS_H_
#define SSPILAB_SIM_EXAMPLES_CALLERS_REPORTS_H_

#include <string_view>
#include <vector>

#include "sim/examples/callers/stream_client.h"
#include "sim/rules.h"
#include "sim/scripted.h"

namespace sspilab::sim {

// A report of a real program that got a status wrong, and what of it can be had
// here: the same mistake in a small loop, and a package and a peer that bring
// it out.
struct FieldReport {
  // "curl 9431".
  std::string_view where;
  std::string_view what;
  Mistake mistake;
  RuleId rule;
  std::vector<ScriptStep> package;
  std::vector<std::vector<uint8_t>> peer;
};

std::vector<FieldReport> FieldReports();

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXAMPLES_CALLERS_REPORTS_H_

#ifndef SSPILAB_SIM_RENDER_REPORT_H_
#define SSPILAB_SIM_RENDER_REPORT_H_

#include <string>
#include <vector>

#include "core/sspi.h"
#include "sim/caller.h"
#include "sim/render/ladder.h"
#include "sim/run_scenario.h"
#include "sim/trace.h"

namespace sspilab::sim {

// What is to be said about a run besides its ladder; report_text.h and
// html_run.h show it. All text is UTF-8 without control characters.

// What each side knows of one thing when all is over.
struct ReportRow {
  std::string label;
  std::string client;
  std::string server;
  Tone client_tone = Tone::kPlain;
  Tone server_tone = Tone::kPlain;
};
std::vector<ReportRow> PartyRows(const Outcome& outcome);

// A call that put a message under protection, or took it out.
struct ProtectedCall {
  struct Line {
    std::string label;
    std::string value;
    Tone tone = Tone::kPlain;
  };

  Side side = Side::kClient;
  std::string function;
  SECURITY_STATUS status = SEC_E_OK;
  std::vector<Line> lines;
};
std::vector<ProtectedCall> ProtectedCalls(const Trace& trace);

// One sentence: how it ended, and why.
std::string Verdict(const Outcome& outcome);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_REPORT_H_

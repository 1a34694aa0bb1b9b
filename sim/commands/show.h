#ifndef SSPILAB_SIM_COMMANDS_SHOW_H_
#define SSPILAB_SIM_COMMANDS_SHOW_H_

#include "sim/commands/console.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/trace.h"

namespace sspilab::sim {

// A scenario that was run.
struct RecordedRun {
  Outcome outcome;
  Trace trace;
};

// Runs `scenario` with our own SSPI, and records it.
RecordedRun RunAndRecord(const Scenario& scenario);
// The same with a Checker in between, whose findings are in the outcome.
RecordedRun RunChecked(const Scenario& scenario);

// Prints the ladder, what both sides know, and the protected messages.
void Show(const RecordedRun& run, const Console& console);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_SHOW_H_

#ifndef SSPILAB_SIM_RENDER_REPORT_TEXT_H_
#define SSPILAB_SIM_RENDER_REPORT_TEXT_H_

#include <string>

#include "sim/render/ladder_text.h"
#include "sim/run_scenario.h"
#include "sim/trace.h"

namespace sspilab::sim {

// What both sides know of the context when all is over, side by side.
std::string ViewsToText(const Outcome& outcome, const TextStyle& style);

// What was sent under protection: plaintext, ciphertext and signature, and
// what the other side made of it. Empty where nothing was.
std::string ProtectedMessagesToText(const Trace& trace, const TextStyle& style);

// One sentence: how it ended, and why.
std::string VerdictToText(const Outcome& outcome, const TextStyle& style);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_REPORT_TEXT_H_

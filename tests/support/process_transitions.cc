#include "tests/support/process_transitions.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace sspilab::testing {
namespace {

struct Process {
  const char* const file = std::getenv("SSPILAB_TRANSITIONS");
  const char* const source = std::getenv("SSPILAB_TRANSITIONS_OF");
  sim::TransitionCounts counts;
};

Process& ThisProcess() {
  static Process& process = *new Process;
  return process;
}

void WriteAtExit() {
  const Process& process = ThisProcess();
  const std::string text =
      process.counts.ToText(process.source != nullptr ? process.source : "?");
  std::FILE* const file = std::fopen(process.file, "a");
  if (file == nullptr ||
      std::fwrite(text.data(), 1, text.size(), file) != text.size() ||
      std::fclose(file) != 0) {
    std::perror(process.file);
    std::_Exit(1);
  }
}

}  // namespace

sim::TransitionCounts* ProcessTransitions() {
  Process& process = ThisProcess();
  if (process.file == nullptr) return nullptr;
  [[maybe_unused]] static const bool once = std::atexit(WriteAtExit) == 0;
  return &process.counts;
}

}  // namespace sspilab::testing

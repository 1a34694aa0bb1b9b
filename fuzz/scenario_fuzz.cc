// The texts that sspilab reads: a scenario, a trace, or what stands on one
// line.

#include <string_view>

#include "fuzz/text_inputs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab::fuzz;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  TakeLine(text);
  // No TOML begins with a brace, and every trace does.
  if (!text.empty() && text[0] == '{') {
    TakeTrace(text);
  } else {
    TakeScenario(text);
  }
  return 0;
}

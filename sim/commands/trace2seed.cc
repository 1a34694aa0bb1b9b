// sspilab trace2seed: an input of a fuzz target, of its text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/commands/command.h"
#include "sim/input/input_text.h"

namespace sspilab::sim {
namespace {

int Run(const ParsedOptions& options, const Console& console) {
  if (options.arguments().size() < 2) {
    console.PrintError("which text? Give the target and the file");
    return kExitBadInput;
  }
  const std::string_view target = options.arguments()[0];
  if (const absl::Status status = CheckInputTarget(target); !status.ok()) {
    console.PrintError(status.message());
    return kExitBadInput;
  }
  const std::string file(options.arguments()[1]);
  const absl::StatusOr<std::string> text = console.ReadFile(file);
  if (!text.ok()) {
    console.PrintError(text.status().message());
    return kExitBadInput;
  }
  const absl::StatusOr<std::vector<uint8_t>> seed =
      SeedFromText(*text, file, target);
  if (!seed.ok()) {
    console.PrintError(seed.status().message());
    return kExitBadInput;
  }
  console.Print({reinterpret_cast<const char*>(seed->data()), seed->size()});
  return kExitOk;
}

}  // namespace

constinit const Command kTrace2seedCommand = {
    .name = "trace2seed",
    .usage = "TARGET FILE",
    .summary = "make an input of a fuzz target of its text",
    .description =
        "Writes to standard output the input that a text says, as sspilab "
        "seed2trace prints it. What the first line does not say is zero, or "
        "the first of its names; so is what an operation does not say. FILE "
        "may be - for standard input.",
    .examples =
        "sspilab seed2trace ntlm_session crash-0123abcd > crash.jsonl\n"
        "sspilab trace2seed ntlm_session crash.jsonl > changed",
    .options = {},
    .max_arguments = 2,
    .run = Run,
};

}  // namespace sspilab::sim

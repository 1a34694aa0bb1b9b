// sspilab seed2trace: an input of a fuzz target, as text.

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "sim/commands/command.h"
#include "sim/input/input_text.h"

namespace sspilab::sim {
namespace {

int Run(const ParsedOptions& options, const Console& console) {
  if (options.arguments().size() < 2) {
    console.PrintError("which input? Give the target and the file");
    return kExitBadInput;
  }
  const std::string_view target = options.arguments()[0];
  if (const absl::Status status = CheckInputTarget(target); !status.ok()) {
    console.PrintError(status.message());
    return kExitBadInput;
  }
  const absl::StatusOr<std::string> seed =
      console.ReadFile(std::string(options.arguments()[1]));
  if (!seed.ok()) {
    console.PrintError(seed.status().message());
    return kExitBadInput;
  }
  const absl::StatusOr<std::string> text = SeedToText(
      absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(seed->data()),
                          seed->size()),
      target);
  if (!text.ok()) {
    console.PrintError(text.status().message());
    return kExitBadInput;
  }
  console.Print(*text);
  return kExitOk;
}

}  // namespace

constinit const Command kSeed2traceCommand = {
    .name = "seed2trace",
    .usage = "TARGET FILE",
    .summary = "print an input of a fuzz target as text",
    .description =
        "Prints what an input of a fuzz target says that runs contexts "
        "(ntlm_session, schannel_framing...) or makes calls (api, sealing); "
        "fuzz/run --list has all targets: "
        "JSON Lines, the settings on the first one, and an operation on each "
        "of the others, in the order in which they happen. Any bytes are an "
        "input. FILE is a seed, a regression, or what a fuzzer found; - is "
        "standard input.\n"
        "sspilab trace2seed makes an input of the text again.",
    .examples =
        "sspilab seed2trace ntlm_session fuzz/corpus/ntlm_session/flipped\n"
        "sspilab seed2trace ntlm_session crash-0123abcd > crash.jsonl",
    .options = {},
    .max_arguments = 2,
    .run = Run,
};

}  // namespace sspilab::sim

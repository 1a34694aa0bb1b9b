#ifndef SSPILAB_SIM_COMMANDS_OPTIONS_H_
#define SSPILAB_SIM_COMMANDS_OPTIONS_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace sspilab::sim {

// One option of a command, "--name" or "--name VALUE".
struct OptionSpec {
  std::string_view name;
  // What stands for the value in the help; empty for a switch, which has none.
  std::string_view value;
  std::string_view help;
  // Whether it may be given more than once.
  bool repeats = false;
};

// What was given on a command line. Views into it.
class ParsedOptions {
 public:
  bool Has(std::string_view name) const { return Get(name).has_value(); }
  // The value; of a switch that is there, "".
  std::optional<std::string_view> Get(std::string_view name) const;
  std::string_view GetOr(std::string_view name,
                         std::string_view otherwise) const;
  // Of a repeating option, in order.
  std::vector<std::string_view> All(std::string_view name) const;
  // A number, in decimal or with 0x. InvalidArgument names the option.
  absl::StatusOr<uint64_t> Number(std::string_view name,
                                  uint64_t otherwise) const;

  const std::vector<std::string_view>& arguments() const { return arguments_; }
  // Name and value of each option that was given, in order. The value of a
  // switch has no data.
  const std::vector<std::pair<std::string_view, std::string_view>>& given()
      const {
    return given_;
  }

 private:
  friend absl::StatusOr<ParsedOptions> ParseOptions(
      absl::Span<const OptionSpec> specs, size_t max_arguments,
      absl::Span<const std::string_view> line);

  std::vector<std::pair<std::string_view, std::string_view>> given_;
  std::vector<std::string_view> arguments_;
};

// Takes "--name VALUE" and "--name=VALUE"; "--" ends the options, "-" and
// negative numbers are arguments. InvalidArgument says what is wrong and what
// would be right.
absl::StatusOr<ParsedOptions> ParseOptions(
    absl::Span<const OptionSpec> specs, size_t max_arguments,
    absl::Span<const std::string_view> line);

// A line or more for each option, for the help.
std::string OptionsToText(absl::Span<const OptionSpec> specs);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_OPTIONS_H_

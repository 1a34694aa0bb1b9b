#include "sim/commands/command_line.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kFilesToWrite[] = {"html", "pcap", "svg", "trace"};

bool IsPlain(char c) {
  constexpr std::string_view kPlain = "_-./:,=+@%";
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         kPlain.find(c) != std::string_view::npos;
}

}  // namespace

std::string ShellWord(std::string_view word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), IsPlain)) {
    return std::string(word);
  }
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

std::string CommandLine(std::string_view command,
                        const ParsedOptions& options) {
  std::string line = absl::StrCat("sspilab ", command);
  for (const auto& [name, value] : options.given()) {
    if (std::find(std::begin(kFilesToWrite), std::end(kFilesToWrite), name) !=
        std::end(kFilesToWrite)) {
      continue;
    }
    absl::StrAppend(&line, " --", name, value.data() == nullptr ? "" : " ",
                    value.data() == nullptr ? "" : ShellWord(value));
  }
  for (const std::string_view argument : options.arguments()) {
    absl::StrAppend(&line, " ", ShellWord(argument));
  }
  return line;
}

}  // namespace sspilab::sim

#include "sim/commands/command.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/render/text.h"

namespace sspilab::sim {

std::string CommandHelp(const Command& command) {
  constexpr size_t kColumns = 90;
  std::string text =
      absl::StrCat("Usage: sspilab ", command.name,
                   command.usage.empty() ? "" : " ", command.usage, "\n\n");
  for (const std::string_view paragraph :
       absl::StrSplit(command.description, '\n')) {
    for (const std::string& line : WrapWords(paragraph, kColumns)) {
      absl::StrAppend(&text, line, "\n");
    }
  }
  if (!command.options.empty()) {
    absl::StrAppend(&text, "\nOptions:\n", OptionsToText(command.options));
  }
  absl::StrAppend(&text, "\nExamples:\n");
  for (const std::string_view example :
       absl::StrSplit(command.examples, '\n')) {
    absl::StrAppend(&text, "  ", example, "\n");
  }
  return text;
}

}  // namespace sspilab::sim

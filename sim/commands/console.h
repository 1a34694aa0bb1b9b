#ifndef SSPILAB_SIM_COMMANDS_CONSOLE_H_
#define SSPILAB_SIM_COMMANDS_CONSOLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/render/ladder_text.h"

namespace sspilab::sim {

// Where commands meet the outside: the terminal and files. Nothing else in
// sim/ knows either.
class Console {
 public:
  // Colours where a terminal watches and NO_COLOR does not forbid them.
  static Console OfProcess();

  explicit Console(const TextStyle& style, bool watched = false)
      : style_(style), watched_(watched) {}

  const TextStyle& style() const { return style_; }

  void Print(std::string_view text) const;
  // How far a long command is: one line at the terminal, which the next one
  // replaces and "" takes away. Nothing where nobody watches.
  void ShowProgress(std::string_view line) const;
  // To standard error, "sspilab: MESSAGE".
  void PrintError(std::string_view message) const;

  // "-" is standard input. The error names the file and the reason.
  absl::StatusOr<std::string> ReadFile(const std::string& path) const;
  // Whether there is a file or a folder; "-" is one.
  bool Exists(const std::string& path) const;
  // The file itself or, of a folder, the paths of all files in it and below
  // that end in `suffix`, sorted.
  absl::StatusOr<std::vector<std::string>> FilesAt(
      const std::string& path, std::string_view suffix) const;
  absl::Status WriteFile(const std::string& path,
                         std::string_view contents) const;

 private:
  TextStyle style_;
  bool watched_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_CONSOLE_H_

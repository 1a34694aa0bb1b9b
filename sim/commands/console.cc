#include "sim/commands/console.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace sspilab::sim {
namespace {

absl::Status FileError(std::string_view doing, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", doing, " ", path, ": ", std::strerror(errno)));
}

void WriteAll(std::string_view text, FILE* file) {
  std::fwrite(text.data(), 1, text.size(), file);
}

struct CloseFile {
  void operator()(FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

}  // namespace

Console Console::OfProcess() {
  const char* no_colour = std::getenv("NO_COLOR");
  TextStyle style;
  style.colours = isatty(STDOUT_FILENO) != 0 &&
                  (no_colour == nullptr || *no_colour == '\0');
  return Console(style, isatty(STDERR_FILENO) != 0);
}

void Console::Print(std::string_view text) const { WriteAll(text, stdout); }

void Console::ShowProgress(std::string_view line) const {
  if (watched_) {
    constexpr std::string_view kEraseLine = "\r\x1b[K";
    WriteAll(absl::StrCat(kEraseLine, line), stderr);
    std::fflush(stderr);
  }
}

void Console::PrintError(std::string_view message) const {
  std::fflush(stdout);
  WriteAll(absl::StrCat("sspilab: ", message, "\n"), stderr);
}

absl::StatusOr<std::string> Console::ReadFile(const std::string& path) const {
  File opened;
  FILE* file = stdin;
  if (path != "-") {
    opened.reset(std::fopen(path.c_str(), "rb"));
    file = opened.get();
    if (file == nullptr) {
      return FileError("open", path);
    }
  }
  std::string contents;
  std::array<char, 65536> block;
  while (const size_t got = std::fread(block.data(), 1, block.size(), file)) {
    contents.append(block.data(), got);
  }
  if (std::ferror(file) != 0) {
    return FileError("read", path);
  }
  return contents;
}

bool Console::Exists(const std::string& path) const {
  std::error_code error;
  return path == "-" || std::filesystem::exists(path, error);
}

absl::StatusOr<std::vector<std::string>> Console::FilesAt(
    const std::string& path, std::string_view suffix) const {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return std::vector<std::string>{path};
  }
  std::vector<std::string> files;
  auto it = fs::recursive_directory_iterator(path, error);
  for (; !error && it != fs::recursive_directory_iterator();
       it.increment(error)) {
    const std::string file = it->path().string();
    if (absl::EndsWith(file, suffix)) {
      files.push_back(file);
    }
  }
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot read ", path, ": ", error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::Status Console::WriteFile(const std::string& path,
                                std::string_view contents) const {
  File file(std::fopen(path.c_str(), "wb"));
  if (file == nullptr) {
    return FileError("create", path);
  }
  if (std::fwrite(contents.data(), 1, contents.size(), file.get()) !=
          contents.size() ||
      std::fflush(file.get()) != 0) {
    return FileError("write", path);
  }
  return absl::OkStatus();
}

}  // namespace sspilab::sim

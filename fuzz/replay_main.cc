// Runs inputs through a fuzz target once each, without libFuzzer: the main() of
// the tests that cc_fuzz_test makes.
//
//   X [--shuffle=SEED] FILE-OR-FOLDER...
//
// They run in the order of their names, or in another. With the number of
// inputs it tells the digest of all runs, which order does not change. Fails
// where a folder holds no input, since a replay of nothing proves nothing. If
// an input ends the process, its name is the last line written.

#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

// libFuzzer's interface. The weak ones a target may leave out.
extern "C" {
int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
[[gnu::weak]] int LLVMFuzzerInitialize(int* argc, char*** argv);
size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);
// NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizers named it.
[[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());
}

// oracles.h; what only parses has no digest.
namespace sspilab::fuzz {
[[gnu::weak]] uint64_t DigestOfRuns();
}  // namespace sspilab::fuzz

// A target's own mutator refers to it; a replay mutates nothing.
extern "C" size_t LLVMFuzzerMutate(uint8_t*, size_t, size_t) {
  std::fputs("replay: LLVMFuzzerMutate needs libFuzzer\n", stderr);
  std::abort();
}

namespace {

// The line that tells which input is running; written by signal handlers, so
// it is ready beforehand.
constinit char current_line[4096] = "";

void WriteCurrentLine() {
  // Nothing is left to do if this fails: the process is dying already.
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, current_line, std::strlen(current_line));
}

void OnSignal(int signal_number) {
  WriteCurrentLine();
  raise(signal_number);  // SA_RESETHAND: ends the process as the signal would.
}

void WatchForDeath() {
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(WriteCurrentLine);
  }
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal_number : {SIGABRT, SIGALRM, SIGILL, SIGTERM, SIGTRAP}) {
    sigaction(signal_number, &action, nullptr);
  }
  // These a sanitizer reports better, and then calls back.
  if (__sanitizer_set_death_callback == nullptr) {
    for (const int signal_number : {SIGSEGV, SIGBUS, SIGFPE}) {
      sigaction(signal_number, &action, nullptr);
    }
  }
}

// The files at or below `path`, sorted by name; nothing if it can't be read.
std::optional<std::vector<std::filesystem::path>> FilesBelow(
    const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error)) return {{path}};
  std::vector<std::filesystem::path> files;
  std::filesystem::recursive_directory_iterator entry(path, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    std::error_code ignored_for_dangling_links;
    if (entry->is_regular_file(ignored_for_dangling_links)) {
      files.push_back(entry->path());
    }
  }
  if (error) return std::nullopt;
  std::sort(files.begin(), files.end());
  return files;
}

// Runs one input. False if the file can't be read.
bool Replay(const std::filesystem::path& file) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  // Exactly as long as the input, so that a sanitizer sees one byte too far.
  const std::unique_ptr<uint8_t[]> data =
      std::make_unique_for_overwrite<uint8_t[]>(error ? 0 : size);
  if (error || !stream.read(reinterpret_cast<char*>(data.get()),
                            static_cast<std::streamsize>(size))) {
    return false;
  }
  std::snprintf(current_line, sizeof(current_line), "replay: died in %s\n",
                file.c_str());
  LLVMFuzzerTestOneInput(data.get(), size);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FILE-OR-FOLDER...\n", argv[0]);
    return 2;
  }
  WatchForDeath();
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);

  std::optional<unsigned long> seed;
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (constexpr std::string_view kShuffle = "--shuffle=";
        argument.substr(0, kShuffle.size()) == kShuffle) {
      seed = std::strtoul(argv[i] + kShuffle.size(), nullptr, 10);
      continue;
    }
    const auto below = FilesBelow(argv[i]);
    if (!below.has_value() || below->empty()) {
      std::fprintf(stderr, "replay: no input in %s\n", argv[i]);
      return 1;
    }
    files.insert(files.end(), below->begin(), below->end());
  }
  if (seed.has_value()) {
    std::shuffle(files.begin(), files.end(), std::mt19937_64(*seed));
  }
  for (const std::filesystem::path& file : files) {
    if (!Replay(file)) {
      std::fprintf(stderr, "replay: cannot read %s\n", file.c_str());
      return 1;
    }
  }
  current_line[0] = '\0';
  std::printf("replayed %zu inputs\n", files.size());
  if (sspilab::fuzz::DigestOfRuns != nullptr) {
    std::printf("digest %016" PRIx64 "\n", sspilab::fuzz::DigestOfRuns());
  }
  return 0;
}

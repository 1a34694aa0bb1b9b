// Writes the seeds of the targets to fuzz/corpus of the checkout, or to
// the folder given: bazel run //fuzz:record_seeds

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "fuzz/seeds.h"

int main(int argc, char** argv) {
  const char* const checkout = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (argc != 2 && checkout == nullptr) {
    std::fprintf(stderr, "usage: bazel run //fuzz:record_seeds [-- FOLDER]\n");
    return 2;
  }
  const std::filesystem::path corpus =
      argc == 2 ? std::filesystem::path(argv[1])
                : std::filesystem::path(checkout) / "fuzz" / "corpus";
  const auto seeds = sspilab::fuzz::RecordSeeds();
  for (const auto& [name, bytes] : seeds) {
    const std::filesystem::path path = corpus / name;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    std::ofstream file(path, std::ios::binary);
    if (!file.write(reinterpret_cast<const char*>(bytes.data()),
                    static_cast<std::streamsize>(bytes.size()))) {
      std::fprintf(stderr, "record_seeds: cannot write %s\n", path.c_str());
      return 1;
    }
  }
  std::printf("wrote %zu seeds to %s\n", seeds.size(), corpus.c_str());
  return 0;
}

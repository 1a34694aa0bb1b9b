// Writes all seeds of the targets to a folder; fuzz/record chooses from them.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "fuzz/seeds.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  const std::filesystem::path corpus = argv[1];
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

#include "tests/sim/render/tshark.h"

#include <array>
#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace sspilab::testing {

std::string Tshark(const std::string& capture, std::string_view arguments) {
  const std::string path =
      absl::StrCat(::testing::TempDir(), "/capture.pcapng");
  std::ofstream(path, std::ios::binary) << capture;
  const std::string command =
      absl::StrCat("HOME=", ::testing::TempDir(), " tshark -r ", path,
                   " -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE ",
                   arguments, " 2>&1");
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string output;
  std::array<char, 4096> block;
  while (const size_t got = fread(block.data(), 1, block.size(), pipe)) {
    output.append(block.data(), got);
  }
  EXPECT_EQ(pclose(pipe), 0) << command << "\n" << output;
  return output;
}

std::string WithoutRootWarning(std::string text) {
  constexpr std::string_view kWarning =
      "Running as user \"root\" and group \"root\". This could be dangerous.\n";
  if (const size_t at = text.find(kWarning); at != std::string::npos) {
    text.erase(at, kWarning.size());
  }
  return text;
}

}  // namespace sspilab::testing

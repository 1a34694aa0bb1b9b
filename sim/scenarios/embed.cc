// Writes a C++ file with the contents of files: embed PREFIX FILE...
// A file's name in it is its path behind PREFIX, without the ending. To
// standard output. Runs while the project is built, so it uses nothing of it.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

// A string literal a line, so that none is too long for a compiler.
void PrintLiteral(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    std::cout << "\n     \"";
    for (const char c : text.substr(0, end)) {
      char octal[8];
      std::snprintf(octal, sizeof(octal), "\\%03o",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      const bool plain =
          c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '?';
      std::cout << (c == '\n' ? "\\n" : plain ? std::string(1, c) : octal);
    }
    std::cout << '"';
    text.remove_prefix(end);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view prefix = argc > 1 ? argv[1] : "";
  std::vector<std::string> paths(argv + std::min(argc, 2), argv + argc);
  std::sort(paths.begin(), paths.end());
  std::cout << "#include \"sim/scenarios/embedded.h\"\n\n"
               "namespace sspilab::sim {\n"
               "namespace {\n\n"
               "constexpr EmbeddedScenario kScenarios[] = {\n";
  for (const std::string& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.good() || path.rfind(prefix, 0) != 0 || text.empty()) {
      std::cerr << "embed: cannot read " << path << "\n";
      return 1;
    }
    std::cout << "    {\""
              << path.substr(prefix.size(), path.rfind('.') - prefix.size())
              << "\",";
    PrintLiteral(text);
    std::cout << "},\n";
  }
  std::cout << "};\n\n"
               "}  // namespace\n\n"
               "absl::Span<const EmbeddedScenario> Scenarios() {\n"
               "  return kScenarios;\n"
               "}\n\n"
               "}  // namespace sspilab::sim\n";
  return std::cout.good() ? 0 : 1;
}

#include "tests/support/hex.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/types/span.h"

namespace sspilab::testing {

std::vector<uint8_t> FromHex(std::string_view hex) {
  std::string digits;
  for (const char c : hex) {
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      continue;
    }
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
      std::fprintf(stderr, "FromHex: '%c' is no digit\n", c);
      std::abort();
    }
    digits.push_back(c);
  }
  if (digits.size() % 2 != 0) {
    std::fprintf(stderr, "FromHex: odd number of digits\n");
    std::abort();
  }
  const std::string bytes = absl::HexStringToBytes(digits);
  return std::vector<uint8_t>(bytes.begin(), bytes.end());
}

std::string ToHex(absl::Span<const uint8_t> bytes) {
  return absl::BytesToHexString(std::string_view(
      reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace sspilab::testing

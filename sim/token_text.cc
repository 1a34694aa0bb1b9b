#include "sim/token_text.h"

#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "sim/render/token_fields.h"

namespace sspilab::sim {
namespace {

bool IsToken(std::string_view bytes) {
  return IsKnownToken(
      {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

// Base64, perhaps with the words of an HTTP header before it.
std::optional<std::string> FromBase64(std::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  for (const std::string_view prefix :
       {"Authorization:", "WWW-Authenticate:", "Proxy-Authorization:",
        "Proxy-Authenticate:"}) {
    if (absl::StartsWithIgnoreCase(text, prefix)) {
      text.remove_prefix(prefix.size());
      text = absl::StripLeadingAsciiWhitespace(text);
    }
  }
  for (const std::string_view prefix : {"NTLM ", "Negotiate ", "Kerberos "}) {
    if (absl::StartsWithIgnoreCase(text, prefix)) {
      text.remove_prefix(prefix.size());
    }
  }
  std::string bytes;
  if (text.empty() || !absl::Base64Unescape(text, &bytes)) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace

std::optional<std::string> BytesFromHex(std::string_view text) {
  std::string digits = absl::StrReplaceAll(
      text, {{"0x", ""}, {",", ""}, {":", ""}, {"\\x", ""}});
  std::erase_if(digits, [](unsigned char c) { return absl::ascii_isspace(c); });
  if (digits.empty() || digits.size() % 2 != 0) {
    return std::nullopt;
  }
  for (const unsigned char c : digits) {
    if (!absl::ascii_isxdigit(c)) {
      return std::nullopt;
    }
  }
  return absl::HexStringToBytes(digits);
}

std::optional<std::string> RecognizeToken(std::string_view input) {
  // Text first: "0" begins a TSRequest too, but what is hexadecimal throughout
  // is hexadecimal.
  for (const auto& token : {BytesFromHex(input), FromBase64(input)}) {
    if (token.has_value() && IsToken(*token)) {
      return token;
    }
  }
  if (IsToken(input)) {
    return std::string(input);
  }
  // Not a token of ours, but one can still look at it.
  return BytesFromHex(input);
}

}  // namespace sspilab::sim

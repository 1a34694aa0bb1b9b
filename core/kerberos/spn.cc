#include "core/kerberos/spn.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace sspilab::kerberos {
namespace {

// Four numbers of up to three digits.
bool IsIpv4(std::string_view host) {
  int parts = 0;
  for (const std::string_view part : absl::StrSplit(host, '.')) {
    uint32_t number;
    if (part.size() > 3 ||
        !std::all_of(part.begin(), part.end(), absl::ascii_isdigit) ||
        !absl::SimpleAtoi(part, &number) || number > 255) {
      return false;
    }
    ++parts;
  }
  return parts == 4;
}

// No host's name has two colons: nothing else need be told from an address.
bool IsIpv6(std::string_view host) {
  return std::count(host.begin(), host.end(), ':') >= 2 &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return absl::ascii_isxdigit(c) || c == ':' || c == '.';
         });
}

}  // namespace

bool NamesAddress(std::string_view spn) {
  const size_t slash = spn.find('/');
  std::string_view host = slash == spn.npos ? spn : spn.substr(slash + 1);
  host = host.substr(0, host.find('/'));
  if (absl::ConsumePrefix(&host, "[")) {
    return IsIpv6(host.substr(0, host.find(']')));
  }
  return IsIpv6(host) || IsIpv4(host.substr(0, host.find(':')));
}

}  // namespace sspilab::kerberos

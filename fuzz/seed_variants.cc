// Variants of recorded seeds: messages that are damaged, for what a parser says
// of each field, and exchanges in which one allocation is refused.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "fuzz/seeds.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {
namespace {

// Messages that have all fields of their kind between them.
constexpr std::string_view kMessages[] = {
    "credssp_tscredentials/password",
    "credssp_tscredentials/remote_guard",
    "credssp_tscredentials/smart_card",
    "credssp_tsrequest/error",
    "credssp_tsrequest/everything",
    "decode/ntlm_authenticate_bindings",
    "kerberos_gss/checksum_delegation",
    "negotiate_init/hint",
    "negotiate_init/plain",
    "negotiate_resp/plain_1",
    "negotiate_resp/request_mic_2",
    "ntlm_authenticate/bindings",
    "ntlm_authenticate/v1_lm",
    "ntlm_challenge/plain",
    "ntlm_challenge/v1_lm",
    "ntlm_negotiate/oem",
    "ntlm_negotiate/plain",
};

// Exchanges, and how many allocations of a side may be refused.
constexpr std::pair<std::string_view, uint8_t> kExchanges[] = {
    {"credssp_session/plain", 40},   {"credssp_session/kerberos", 60},
    {"kerberos_session/mutual", 30}, {"kerberos_session/others", 30},
    {"negotiate_session/plain", 30}, {"negotiate_session/kerberos_mutual", 40},
    {"ntlm_session/others", 30},     {"ntlm_session/bindings", 20},
    {"schannel_session/tls12", 30},  {"schannel_session/others13", 30},
};

void AddDamaged(std::string_view name, Seeds& seeds) {
  const std::vector<uint8_t> whole = seeds.at(std::string(name));
  for (size_t at = 0; at < whole.size(); ++at) {
    seeds.emplace(absl::StrCat(name, kVariant, "cut_", at),
                  std::vector<uint8_t>(whole.begin(), whole.begin() + at));
    for (const uint8_t bit : {0x01, 0x80}) {
      std::vector<uint8_t> changed = whole;
      changed[at] ^= bit;
      seeds.emplace(absl::StrCat(name, kVariant, "byte_", at, "_", bit),
                    std::move(changed));
    }
  }
}

void AddRefused(std::string_view name, uint8_t allocations, Seeds& seeds) {
  const std::vector<uint8_t> whole = seeds.at(std::string(name));
  for (uint8_t nth = 1; nth <= allocations; ++nth) {
    for (const bool of_initiator : {true, false}) {
      absl::Span<const uint8_t> operations = whole;
      sim::Settings settings = sim::Settings::TakeFrom(&operations);
      (of_initiator ? settings.initiator : settings.acceptor)
          .refused_allocation = nth;
      std::vector<uint8_t> bytes(settings.bytes().begin(),
                                 settings.bytes().end());
      bytes.insert(bytes.end(), operations.begin(), operations.end());
      seeds.emplace(
          absl::StrCat(name, kVariant, of_initiator ? "client" : "server",
                       "_refused_", nth),
          std::move(bytes));
    }
  }
}

}  // namespace

void AddVariants(Seeds& seeds) {
  for (const std::string_view name : kMessages) AddDamaged(name, seeds);
  for (const auto& [name, allocations] : kExchanges) {
    AddRefused(name, allocations, seeds);
  }
}

}  // namespace sspilab::fuzz

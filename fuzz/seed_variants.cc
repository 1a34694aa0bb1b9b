// Variants of recorded seeds: messages that are damaged, for what a parser says
// of each field, and exchanges in which one choice is another or the wire does
// one thing. fuzz/record keeps few of them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/world.h"
#include "fuzz/profile.h"
#include "fuzz/runs.h"
#include "fuzz/seeds.h"
#include "sim/input/input.h"
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

struct Exchanged {
  std::string_view name;
  // It takes long.
  bool of_tls = false;
};
constexpr Exchanged kExchanges[] = {
    {"credssp_session/kerberos", true},
    {"credssp_session/plain", true},
    {"kerberos_session/dce"},
    {"kerberos_session/mutual"},
    {"kerberos_session/others"},
    {"kerberos_session/user_to_user"},
    {"negotiate_session/hint"},
    {"negotiate_session/kerberos_mutual"},
    {"negotiate_session/plain"},
    {"negotiate_session/request_mic"},
    {"ntlm_session/bindings"},
    {"ntlm_session/complete"},
    {"ntlm_session/others"},
    {"schannel_session/others13", true},
    {"schannel_session/tls12", true},
};

// Bits, and small numbers, since a byte is one or the other.
constexpr uint8_t kChoices[] = {1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x20, 0x40, 0x80};
constexpr uint8_t kFewChoices[] = {1, 2, 4, 8, 0x80};

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

void AddOtherChoices(const Exchanged& exchange, Seeds& seeds) {
  const std::vector<uint8_t> whole = seeds.at(std::string(exchange.name));
  const absl::Span<const uint8_t> choices =
      exchange.of_tls ? absl::MakeConstSpan(kFewChoices)
                      : absl::MakeConstSpan(kChoices);
  for (size_t at = 1; at < sizeof(sim::Settings); ++at) {
    for (const uint8_t choice : choices) {
      std::vector<uint8_t> changed = whole;
      changed[at] ^= choice;
      seeds.emplace(
          absl::StrCat(exchange.name, kVariant, "setting_", at, "_", choice),
          std::move(changed));
    }
  }
}

void AddFaults(const Exchanged& exchange, Seeds& seeds) {
  using Kind = sim::OperationKind;
  const sim::Input whole =
      sim::Input::Decode(seeds.at(std::string(exchange.name)));
  for (uint8_t token = 0; token < 5; ++token) {
    const sim::Operation faults[] = {
        {Kind::kDrop, token},           {Kind::kTruncate, token, 1},
        {Kind::kTruncate, token, 30},   {Kind::kExtend, token, 0, 7},
        {Kind::kFlip, token, 0, 0x01},  {Kind::kFlip, token, 6, 0x40},
        {Kind::kFlip, token, 8, 0x07},  {Kind::kFlip, token, 20, 0x80},
        {Kind::kFlip, token, 40, 0x01}, {Kind::kFlip, token, 70, 0xFF},
        {Kind::kReplace, token, 0, 0},  {Kind::kReplace, token, 0, 1},
        {Kind::kReplace, token, 0, 2},
    };
    int number = 0;
    for (const sim::Operation& fault : faults) {
      sim::Input input = whole;
      input.operations.insert(input.operations.begin(), fault);
      seeds.emplace(
          absl::StrCat(exchange.name, kVariant, "token_", token, "_", ++number),
          input.Encode());
    }
  }
}

// Exchanges whose tokens are changed at one place after the other.
struct Torn {
  std::string_view name;
  const Profile& (*profile)();
};
constexpr Torn kTorn[] = {
    {"kerberos_session/user_to_user", KerberosProfile},
    {"kerberos_session/user_to_user_demanded", KerberosProfile},
    {"negotiate_session/hint", NegotiateProfile},
    {"negotiate_session/kerberos_request_mic", NegotiateProfile},
    {"negotiate_session/plain", NegotiateProfile},
    {"negotiate_session/request_mic", NegotiateProfile},
};

void AddTorn(const Torn& torn, Seeds& seeds) {
  using Kind = sim::OperationKind;
  // Of flips; truncations are seldom another than those beside them.
  constexpr size_t kStep = 5, kTruncations = 4;
  const sim::Input whole = sim::Input::Decode(seeds.at(std::string(torn.name)));
  Outcome sent;
  RunSession(torn.profile(), whole.Encode(), Verification::kStrict, &sent);
  const auto add = [&](const sim::Operation& operation, std::string_view what) {
    sim::Input input = whole;
    input.operations.insert(input.operations.begin(), operation);
    seeds.emplace(absl::StrCat(torn.name, kVariant, "token_", operation.target,
                               what, operation.place),
                  input.Encode());
  };
  for (size_t i = 0; i < sent.tokens.size(); ++i) {
    const auto token = static_cast<uint8_t>(i);
    const auto size = static_cast<uint16_t>(sent.tokens[i].size());
    for (uint16_t at = 0; at < size; at += kStep) {
      add({Kind::kFlip, token, at, 0x01}, "_flip_");
      if (at % (kStep * kTruncations) == 0) {
        add({Kind::kTruncate, token, at}, "_cut_");
      }
    }
    if (size > 0) {
      add({Kind::kFlip, token, static_cast<uint16_t>(size - 1), 0x01},
          "_flip_");
    }
  }
}

}  // namespace

void AddVariants(Seeds& seeds) {
  for (const std::string_view name : kMessages) AddDamaged(name, seeds);
  for (const Exchanged& exchange : kExchanges) {
    AddOtherChoices(exchange, seeds);
    AddFaults(exchange, seeds);
  }
  for (const Torn& torn : kTorn) AddTorn(torn, seeds);
}

}  // namespace sspilab::fuzz

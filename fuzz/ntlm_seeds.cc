// NTLM's exchanges.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fuzz/profile.h"
#include "fuzz/seeds.h"
#include "fuzz/settings.h"
#include "fuzz/wire_edit.h"

namespace sspilab::fuzz {
namespace {

constexpr uint8_t kIntegrity = 0x01, kConfidentiality = 0x02, kDatagram = 0x10,
                  kNullSession = 0x20;
constexpr uint8_t kAllowNullSession = 0x01, kAcceptDatagram = 0x10;
constexpr uint8_t kNoUnicode = 0x01, kNoExtendedSecurity = 0x02, kNo128 = 0x04,
                  kNo56 = 0x08, kNoKeyExchange = 0x10;
constexpr uint8_t kAnyKeyLength = 1;
constexpr uint8_t kAfter = 3;

std::vector<Step> Messages() { return SealedMessagesAfter(kAfter); }

uint8_t Index(auto value) { return static_cast<uint8_t>(value); }

std::vector<Exchange> Exchanges() {
  const SideSettings plain = {};
  SideSettings sealing = {};
  sealing.requirements[0] = kIntegrity | kConfidentiality;
  const auto with = [](SideSettings side, auto change) {
    change(side);
    return side;
  };
  std::vector<Exchange> list;
  const auto add = [&](std::string_view name, uint8_t credential,
                       const SideSettings& initiator,
                       const SideSettings& acceptor,
                       std::vector<Step> steps = {}) {
    list.push_back({std::string(name),
                    {.credential = credential,
                     .initiator = initiator,
                     .acceptor = acceptor},
                    std::move(steps)});
  };
  // LmCompatibilityLevel 0.
  const auto v1 = [](SideSettings& side) { side.policy[0] = 3; };

  const SideSettings client = sealing;
  const SideSettings server = plain;
  add("plain", 0, plain, server);
  add("seal", 0, client, server, Messages());
  add("sign", 0, with(client, [](auto& s) { s.requirements[0] = kIntegrity; }),
      server, Messages());
  add("move", 0, client, server,
      {{kAfter, 0, {9, 0}, 0},
       {kAfter, 6, {0, 0}, 0},
       {kAfter, 0, {9, 0}, 0},
       {kAfter, 6, {2, 0}, 1},
       {kAfter, 0, {9, 0}, 1}});
  add("lost_and_repeated", 0, client, server,
      {{kAfter, 0, {8, 0}, 0},
       {kAfter, 5, {0, 0}, 0},
       {kAfter, 4, {8, 0}, 1},
       {kAfter, 0, {8, 20}, 3}});
  add("others", 0, client, server,
      {{kAfter, 7, {9, 0}, 0},
       {kAfter, 7, {0x4D, 0}, 1},
       {kAfter, 7, {0xC5, 0}, 1},
       {kAfter, 8, {1, 0}, 0},
       {kAfter, 8, {2, 0}, 1}});
  add("no_timestamp", 0, client,
      with(server, [](auto& s) { s.options = kNoTimestamp; }), Messages());
  add("v1_extended", 0, with(client, v1), server, Messages());
  const auto old = [](SideSettings& side) {
    side.policy[2] = kNoExtendedSecurity;
  };
  add("v1_lm", 0, with(client, v1), with(server, old), Messages());
  add("v1_40_bits", 0,
      with(with(client, v1), [](auto& s) { s.policy[1] = kAnyKeyLength; }),
      with(server,
           [](auto& s) {
             s.policy[1] = kAnyKeyLength;
             s.policy[2] = kNoExtendedSecurity | kNo128 | kNo56;
           }),
      Messages());
  add("56_bits", 0, with(client, [](auto& s) { s.policy[1] = kAnyKeyLength; }),
      with(server,
           [](auto& s) {
             s.policy[1] = kAnyKeyLength;
             s.policy[2] = kNo128;
           }),
      Messages());
  add("no_key_exchange", 0, client,
      with(server, [](auto& s) { s.policy[2] = kNoKeyExchange; }), Messages());
  add("oem", 9, client, with(server, [](auto& s) { s.policy[2] = kNoUnicode; }),
      Messages());
  add("datagram", 0,
      with(client, [](auto& s) { s.requirements[0] |= kDatagram; }),
      with(server, [](auto& s) { s.requirements[0] = kAcceptDatagram; }),
      Messages());
  add("bindings", 0,
      with(client, [](auto& s) { s.bindings = Index(Bindings::kUnique); }),
      with(server, [](auto& s) { s.bindings = Index(Bindings::kUnique); }));
  add("bindings_differ", 0,
      with(client, [](auto& s) { s.bindings = Index(Bindings::kUnique); }),
      with(server, [](auto& s) { s.bindings = Index(Bindings::kEndpoint); }));
  add("anonymous", 3,
      with(client, [](auto& s) { s.requirements[0] |= kNullSession; }),
      with(server, [](auto& s) { s.requirements[0] = kAllowNullSession; }),
      Messages());
  add("wrong_password", 1, client, server);
  add("unknown_user", 2, client, server);
  add("user_at_domain", 4, client, server);
  add("other_case", 5, client, server);
  add("local_account", 6, client,
      with(server, [](auto& s) { s.options = kNoDomain; }));
  add("disabled", 7, client, server);
  add("japanese", 10, client, server);
  add("logged_on", 12, client, server);
  add("ansi", 13, client, server);
  add("long_name", 15, client, server);
  const auto completes = [](SideSettings& side) {
    side.options = kCompletesTokens;
  };
  add("complete", 0, with(client, completes), with(server, completes),
      Messages());
  add("complete_wrongly", 0,
      with(with(client, completes),
           [](auto& s) { s.completing = Index(Completing::kWrongTokenFirst); }),
      with(with(server, completes),
           [](auto& s) { s.completing = Index(Completing::kNever); }));
  add("too_small", 0,
      with(client, [](auto& s) { s.output = Index(OutputShape::kTooSmall); }),
      with(server, [](auto& s) { s.output = Index(OutputShape::kTooSmall); }));
  add("allocated", 0,
      with(client, [](auto& s) { s.output = Index(OutputShape::kAllocated); }),
      with(server, [](auto& s) { s.output = Index(OutputShape::kAllocated); }));
  add("persistent", 1, with(client, [](auto& s) { s.options = kPersists; }),
      with(server, [](auto& s) { s.options = kPersists; }));
  add("flipped", 0, client, server,
      {{1, Index(WireEdit::kFlip), {20, 0}, 0x10}});
  add("truncated", 0, client, server,
      {{2, Index(WireEdit::kTruncate), {100, 0}, 0}});
  add("reflected", 0, client, server,
      {{1, Index(WireEdit::kReplace), {0, 0}, 0}});
  return list;
}

}  // namespace

void RecordNtlm(Seeds& seeds) {
  constexpr std::string_view kMessages[] = {"ntlm_negotiate", "ntlm_challenge",
                                            "ntlm_authenticate"};
  for (const Exchange& exchange : Exchanges()) {
    const auto tokens = RecordExchange(NtlmProfile(), "ntlm", exchange,
                                       /*permissive=*/true, seeds);
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].empty()) continue;
      seeds.emplace(absl::StrCat(kMessages[i], "/", exchange.name), tokens[i]);
    }
  }
}

}  // namespace sspilab::fuzz

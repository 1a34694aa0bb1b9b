// What one cannot think of one by one: each allocation refused, each room too
// little by a few bytes, each variation of the other calls, each operation
// behind each other one.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/world.h"
#include "fuzz/runs.h"
#include "fuzz/seeds.h"

namespace sspilab::fuzz {
namespace {

using Kind = sim::OperationKind;

// So many refusals in a row that change nothing were of allocations that the
// exchange does not make.
constexpr int kUnnoticed = 3;
constexpr unsigned kMostAllocations = 0xFF;

uint64_t DigestOf(const Profile& profile, const sim::Input& input) {
  return RunSession(profile, input.Encode());
}

}  // namespace

void RecordSweeps(const Profile& profile, std::string_view prefix,
                  const Exchange& exchange, Seeds& seeds) {
  const sim::Input plain = {exchange.settings, exchange.operations};
  const auto add = [&](std::string_view name, const sim::Input& input) {
    seeds[absl::StrCat(prefix, "_session/", exchange.name, "_", name)] =
        input.Encode();
  };
  const uint64_t digest = DigestOf(profile, plain);
  for (const auto& [name, side] :
       {std::pair("initiator", &sim::Settings::initiator),
        std::pair("acceptor", &sim::Settings::acceptor)}) {
    int unnoticed = 0;
    for (unsigned i = 1; i <= kMostAllocations && unnoticed < kUnnoticed; ++i) {
      sim::Input input = plain;
      (input.settings.*side).refused_allocation = static_cast<uint8_t>(i);
      if (DigestOf(profile, input) == digest) {
        ++unnoticed;
        continue;
      }
      unnoticed = 0;
      add(absl::StrFormat("%s_refused_%03u", name, i), input);
    }
  }

  Outcome sent;
  RunSession(profile, plain.Encode(), Verification::kStrict, &sent);
  for (const auto& token : sent.tokens) {
    if (token.empty()) continue;
    sim::Input input = plain;
    for (auto* const side :
         {&input.settings.initiator, &input.settings.acceptor}) {
      side->output = static_cast<uint8_t>(sim::OutputShape::kTooSmall);
      side->small_room = static_cast<uint8_t>(
          std::min<size_t>((token.size() - 1) / sim::kSmallRoomUnit, 0xFF));
    }
    add(absl::StrCat("room_below_", token.size()), input);
  }

  constexpr size_t kAtOnce = sim::Input::kMostOperations / 2;
  for (size_t first = 0; first < 0x100; first += kAtOnce) {
    sim::Input input = {exchange.settings, {}};
    for (size_t i = first; i < first + kAtOnce; ++i) {
      for (const uint8_t end : {kInitiator, kAcceptor}) {
        input.operations.push_back(
            {Kind::kOthers, end, 0, static_cast<uint8_t>(i)});
      }
    }
    add(absl::StrFormat("others_%02x", first), input);
  }
  RecordSequences(prefix, exchange, seeds);
}

void RecordSequences(std::string_view prefix, const Exchange& exchange,
                     Seeds& seeds) {
  constexpr Kind kAfterwards[] = {
      Kind::kSeal,   Kind::kSealAsStream, Kind::kSign,        Kind::kWrap,
      Kind::kHold,   Kind::kRepeat,       Kind::kMove,        Kind::kArrive,
      Kind::kDamage, Kind::kShutdown,     Kind::kRenegotiate, Kind::kOthers,
      Kind::kLate};
  constexpr uint16_t kSize = 8;
  for (const Kind first : kAfterwards) {
    for (const Kind second : kAfterwards) {
      sim::Input input = {exchange.settings, {}};
      for (const auto& [kind, end] :
           {std::pair(Kind::kSeal, kInitiator), std::pair(first, kInitiator),
            std::pair(second, kAcceptor), std::pair(first, kAcceptor),
            std::pair(second, kInitiator), std::pair(Kind::kRepeat, kInitiator),
            std::pair(Kind::kSeal, kAcceptor)}) {
        const bool has_size = IsMessage(kind) || kind == Kind::kHold;
        input.operations.push_back({.kind = kind,
                                    .target = end,
                                    .place = has_size ? kSize : uint16_t{0}});
      }
      seeds[absl::StrCat(prefix, "_session/", exchange.name, "_",
                         sim::kOperationNames[static_cast<size_t>(first)], "_",
                         sim::kOperationNames[static_cast<size_t>(second)])] =
          input.Encode();
    }
  }
}

}  // namespace sspilab::fuzz

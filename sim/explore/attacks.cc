#include "sim/explore/attacks.h"

#include <algorithm>
#include <array>
#include <set>

#include "sim/render/field_tree.h"
#include "sim/render/token_fields.h"

namespace sspilab::sim {
namespace {

// Fields whose every bit is flipped.
constexpr size_t kShort = 4;

// In Attack::Kind's order; kPass stands for nothing.
constexpr std::array<FaultKind, 9> kFaults = {
    FaultKind::kDelay,   FaultKind::kDrop,     FaultKind::kDuplicate,
    FaultKind::kReorder, FaultKind::kReflect,  FaultKind::kReplay,
    FaultKind::kSwap,    FaultKind::kTruncate, FaultKind::kFlip};

// The places of the fields that have no fields of their own, in bytes.
void Leaves(const Field& field, std::set<std::pair<size_t, size_t>>* places) {
  bool leaf = true;
  for (const Field& child : field.children) {
    if (child.size > 0) {
      leaf = false;
      Leaves(child, places);
    }
  }
  if (leaf && field.size > 0) {
    places->insert({field.offset, field.size});
  }
}

}  // namespace

std::vector<Attack> AttacksOnFields(absl::Span<const uint8_t> token) {
  std::set<std::pair<size_t, size_t>> places;
  Leaves(TokenFields(token).root, &places);
  std::vector<Attack> attacks;
  const auto add = [&](Attack::Kind kind, size_t offset, int mask) {
    if (offset < token.size()) {
      attacks.push_back(
          {kind, static_cast<uint8_t>(mask), static_cast<uint32_t>(offset)});
    }
  };
  for (const auto& [offset, size] : places) {
    add(Attack::Kind::kTruncate, offset, 0);
    if (size > kShort) {
      add(Attack::Kind::kFlip, offset, 0x01);
      add(Attack::Kind::kFlip, offset, 0x10);
      add(Attack::Kind::kFlip, offset + size - 1, 0x01);
      continue;
    }
    for (size_t byte = offset; byte < offset + size; ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        add(Attack::Kind::kFlip, byte, 1 << bit);
      }
    }
  }
  return attacks;
}

Fault FaultOf(const Attack& attack, Direction direction, uint32_t leg) {
  return {.kind = kFaults[static_cast<size_t>(attack.kind)],
          .direction = direction,
          .leg = leg,
          .offset = attack.offset,
          .value = attack.mask};
}

}  // namespace sspilab::sim

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

// Bytes that are one thing to somebody who attacks them.
struct Place {
  enum class Kind : uint8_t {
    kField,   // Has no fields of its own.
    kSealed,  // Encrypted, or a MIC.
    kBetween  // Tags, lengths, headers: what is in no field.
  };

  size_t offset;
  size_t size;
  Kind kind;

  friend auto operator<=>(const Place&, const Place&) = default;
};

// Of SPNEGO, and of Kerberos' EncryptedData (RFC 4120 5.2.9). NTLM's own MIC is
// not here: it may stand where nobody is to look at it.
bool IsSealed(const Field& field) {
  return field.name == "mechListMIC" || field.name == "cipher";
}

void Leaves(const Field& field, std::set<Place>* places) {
  bool leaf = true;
  for (const Field& child : field.children) {
    if (child.size > 0) {
      leaf = false;
      Leaves(child, places);
    }
  }
  if (leaf && field.size > 0) {
    places->insert(
        {field.offset, field.size,
         IsSealed(field) ? Place::Kind::kSealed : Place::Kind::kField});
  }
}

// A record in which nothing can be told apart is encrypted: to whoever sees it
// on the wire it is its header, which says how long it is, and the rest.
void RecordLeaves(const Field& record, std::set<Place>* places) {
  constexpr size_t kHeader = 5;
  if (!record.children.empty() || record.name == "ChangeCipherSpec" ||
      record.size <= kHeader) {
    return Leaves(record, places);
  }
  places->insert(
      {record.offset + kHeader, record.size - kHeader, Place::Kind::kSealed});
}

// In the order of the bytes, and inside them. Two fields may share some: then
// each is a place.
std::vector<Place> PlacesOf(absl::Span<const uint8_t> token) {
  std::set<Place> leaves;
  const Field root = TokenFields(token).root;
  if (root.name == "TLS") {
    for (const Field& record : root.children) {
      RecordLeaves(record, &leaves);
    }
  } else {
    Leaves(root, &leaves);
  }
  std::vector<Place> places;
  // Where what was seen so far ends.
  size_t seen = 0;
  const auto add_up_to = [&](size_t begin) {
    if (begin > seen) {
      places.push_back({seen, begin - seen, Place::Kind::kBetween});
    }
  };
  for (Place leaf : leaves) {
    if (leaf.offset >= token.size()) {
      break;
    }
    leaf.size = std::min(leaf.size, token.size() - leaf.offset);
    add_up_to(leaf.offset);
    places.push_back(leaf);
    seen = std::max(seen, leaf.offset + leaf.size);
  }
  add_up_to(token.size());
  return places;
}

Attack Flip(const Place& place, size_t byte, int mask) {
  return {Attack::Kind::kFlip, static_cast<uint8_t>(mask),
          place.kind == Place::Kind::kSealed,
          static_cast<uint32_t>(place.offset + byte)};
}

// `masks` are the bits of each byte of a number.
std::vector<Attack> AttacksWith(absl::Span<const int> masks,
                                absl::Span<const uint8_t> token) {
  std::vector<Attack> attacks;
  for (const Place& place : PlacesOf(token)) {
    const bool numbers = place.kind == Place::Kind::kBetween;
    if (!numbers) {
      attacks.push_back({Attack::Kind::kTruncate, 0, false,
                         static_cast<uint32_t>(place.offset)});
    }
    if (place.size > kShort && !numbers) {
      attacks.push_back(Flip(place, 0, 0x01));
      attacks.push_back(Flip(place, 0, 0x10));
      attacks.push_back(Flip(place, place.size - 1, 0x01));
      continue;
    }
    for (size_t byte = 0; byte < place.size; ++byte) {
      for (const int mask : masks) {
        attacks.push_back(Flip(place, byte, mask));
      }
    }
  }
  return attacks;
}

}  // namespace

std::vector<Attack> AttacksOnFields(absl::Span<const uint8_t> token) {
  constexpr int kMasks[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80};
  return AttacksWith(kMasks, token);
}

std::vector<Attack> FewerAttacksOnFields(absl::Span<const uint8_t> token) {
  constexpr int kMasks[] = {0x01, 0x80};
  return AttacksWith(kMasks, token);
}

std::vector<Attack> OneBitOfEachField(absl::Span<const uint8_t> token) {
  std::vector<Attack> attacks;
  for (const Place& place : PlacesOf(token)) {
    attacks.push_back(Flip(place, place.size - 1, 0x01));
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

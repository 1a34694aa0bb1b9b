#include "fuzz/kerberos_round_trip.h"

#include <algorithm>
#include <cstdint>

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;
using wire::DerReader;
using wire::DerRules;
using wire::DerTag;

// RFC 4120 5.2.8: the first 32 of them, what is missing being zero.
bool ReadFlags(DerReader reader, uint32_t* flags) {
  Bytes bits;
  unsigned unused;
  if (!reader.ReadBitString(&bits, &unused)) return false;
  *flags = 0;
  for (size_t i = 0; i < std::min<size_t>(bits.size(), 4); ++i) {
    *flags |= uint32_t{bits[i]} << (24 - 8 * i);
  }
  return true;
}

bool AreSameNumbers(DerReader ber, DerReader der) {
  int64_t ours, theirs;
  return ber.ReadInteger(&ours) && der.ReadInteger(&theirs) &&
         (ours == theirs || (ours < 0 && ours + (int64_t{1} << 32) == theirs));
}

// Of EncKDCRepPart, either is read as either.
bool IsKdcRepPart(DerTag tag) {
  return tag == wire::ApplicationTag(25) || tag == wire::ApplicationTag(26);
}

bool AreSame(DerReader ber, DerReader der) {
  while (!ber.AtEnd()) {
    const DerReader ber_element = ber, der_element = der;
    DerTag tag, other_tag;
    Bytes contents, other_contents;
    if (!ber.ReadAny(&tag, &contents) ||
        !der.ReadAny(&other_tag, &other_contents)) {
      return false;
    }
    if (tag != other_tag && !(IsKdcRepPart(tag) && IsKdcRepPart(other_tag))) {
      return false;
    }
    if (contents == other_contents) continue;
    DerReader ber_inside = ber_element, der_inside = der_element;
    if (IsConstructed(tag)) {
      if (!DerReader(ber_element).Enter(tag, &ber_inside) ||
          !DerReader(der_element).Enter(other_tag, &der_inside) ||
          !AreSame(ber_inside, der_inside)) {
        return false;
      }
    } else if (tag == DerTag::kInteger) {
      if (!AreSameNumbers(ber_element, der_element)) return false;
    } else {
      uint32_t ours, theirs;
      if (tag != DerTag::kBitString || !ReadFlags(ber_element, &ours) ||
          !ReadFlags(der_element, &theirs) || ours != theirs) {
        return false;
      }
    }
  }
  return der.AtEnd();
}

bool IsCanonical(DerReader reader) {
  while (!reader.AtEnd()) {
    DerReader element = reader;
    DerTag tag;
    Bytes contents;
    if (!reader.ReadAny(&tag, &contents)) return false;
    DerReader inside;
    int64_t number;
    if (IsConstructed(tag)) {
      if (!element.Enter(tag, &inside) || !IsCanonical(inside)) return false;
    } else if (tag == DerTag::kInteger) {
      if (!element.ReadInteger(&number) || number < 0) return false;
    } else if (tag == DerTag::kBitString) {
      // With the byte that says how many bits are unused.
      if (contents.size() != 5 || contents[0] != 0) return false;
    }
  }
  return true;
}

}  // namespace

bool SaysTheSame(Bytes ber, Bytes der) {
  return AreSame(DerReader(ber, DerRules::kBer),
                 DerReader(der, DerRules::kBer));
}

bool IsCanonical(Bytes bytes) {
  return IsCanonical(DerReader(bytes, DerRules::kDer));
}

void TryKinds(absl::Span<const MessageKind> kinds,
              absl::Span<const uint8_t> bytes) {
  bool is_known = false;
  for (const MessageKind& kind : kinds) {
    if (bytes.empty() || bytes[0] != static_cast<uint8_t>(kind.tag)) continue;
    is_known = true;
    kind.try_as(bytes);
  }
  if (!is_known) kinds[bytes.size() % kinds.size()].try_as(bytes);
}

}  // namespace sspilab::fuzz

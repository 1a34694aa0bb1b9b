#include "core/wire/der.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace sspilab::wire {
namespace {

using Bytes = absl::Span<const uint8_t>;

constexpr size_t kMaxLengthOctets = 4;

// X.690 8.19.2: each arc ends with the first byte below 80, and has no leading
// 80. DER and BER do not differ here.
bool IsOid(Bytes oid) {
  if (oid.empty() || (oid.back() & 0x80) != 0) return false;
  bool begins = true;
  for (const uint8_t byte : oid) {
    if (begins && byte == 0x80) return false;
    begins = (byte & 0x80) == 0;
  }
  return true;
}

// Whether the first byte says no more than the second's sign (X.690 8.3.2).
bool IsPadded(Bytes integer) {
  return integer.size() > 1 &&
         ((integer[0] == 0x00 && (integer[1] & 0x80) == 0) ||
          (integer[0] == 0xFF && (integer[1] & 0x80) != 0));
}

}  // namespace

// X.690 8.1.3.5; no octets at all are the indefinite form.
bool DerReader::PeekLongLength(Header* header) const {
  const Bytes rest(next_ + 2, static_cast<size_t>(end_ - next_ - 2));
  const size_t octets = next_[1] & 0x7FU;
  if (octets == 0 || octets > kMaxLengthOctets || octets > rest.size()) {
    return false;
  }
  uint64_t size = 0;
  for (const uint8_t octet : rest.first(octets)) size = size << 8 | octet;
  if (rules_ == DerRules::kDer &&
      (size < 0x80 || size >> (8 * (octets - 1)) == 0)) {
    return false;
  }
  if (size > rest.size() - octets) return false;
  header->contents = rest.subspan(octets, static_cast<size_t>(size));
  return true;
}

bool DerReader::ReadAny(DerTag* tag, Bytes* contents) {
  Header header;
  if (!PeekHeader(&header)) return false;
  *tag = header.tag;
  *contents = header.contents;
  Pass(header);
  return true;
}

bool DerReader::ReadWhole(Bytes* element) {
  Header header;
  if (!PeekHeader(&header)) return false;
  const uint8_t* const begin = next_;
  Pass(header);
  *element = {begin, static_cast<size_t>(next_ - begin)};
  return true;
}

bool DerReader::ReadBoolean(bool* value, DerTag tag) {
  Header header;
  if (!PeekHeader(tag, &header) || header.contents.size() != 1) {
    return false;
  }
  const uint8_t byte = header.contents[0];
  if (rules_ == DerRules::kDer && byte != 0x00 && byte != 0xFF) return false;
  *value = byte != 0;
  Pass(header);
  return true;
}

bool DerReader::ReadInteger(int64_t* value, DerTag tag) {
  Header header;
  if (!PeekHeader(tag, &header)) return false;
  Bytes bytes = header.contents;
  if (bytes.empty()) return false;
  if (rules_ == DerRules::kDer && IsPadded(bytes)) return false;
  while (IsPadded(bytes)) bytes.remove_prefix(1);
  if (bytes.size() > sizeof(*value)) return false;
  uint64_t bits = (bytes[0] & 0x80) != 0 ? ~uint64_t{0} : 0;
  for (const uint8_t byte : bytes) bits = bits << 8 | byte;
  *value = static_cast<int64_t>(bits);
  Pass(header);
  return true;
}

bool DerReader::ReadOid(Bytes* oid) {
  Header header;
  if (!PeekHeader(DerTag::kOid, &header) || !IsOid(header.contents)) {
    return false;
  }
  *oid = header.contents;
  Pass(header);
  return true;
}

bool DerReader::ReadBitString(Bytes* bits, unsigned* unused, DerTag tag) {
  Header header;
  if (!PeekHeader(tag, &header) || header.contents.empty()) return false;
  const Bytes contents = header.contents;
  const unsigned count = contents[0];
  // X.690 8.6.2.2 and 8.6.2.3; 11.2.1.
  if (count > 7 || (count != 0 && contents.size() == 1)) return false;
  const unsigned mask = (1U << count) - 1;
  if (rules_ == DerRules::kDer && (contents.back() & mask) != 0 &&
      contents.size() > 1) {
    return false;
  }
  *bits = contents.subspan(1);
  *unused = count;
  Pass(header);
  return true;
}

bool DerReader::ReadNull() {
  Header header;
  if (!PeekHeader(DerTag::kNull, &header) || !header.contents.empty()) {
    return false;
  }
  Pass(header);
  return true;
}

void DerWriter::CloseLong(DerTag tag, size_t size) {
  uint8_t header[1 + 1 + sizeof(uint64_t)];
  uint8_t* begin = std::end(header);
  uint8_t octets = 0;
  for (uint64_t rest = size; rest != 0; rest >>= 8, ++octets) {
    *--begin = static_cast<uint8_t>(rest);
  }
  *--begin = 0x80 | octets;
  *--begin = static_cast<uint8_t>(tag);
  WriteBytes({begin, static_cast<size_t>(std::end(header) - begin)});
}

void DerWriter::WriteBoolean(bool value, DerTag tag) {
  const uint8_t byte = value ? 0xFF : 0x00;
  WriteElement(tag, {&byte, 1});
}

void DerWriter::WriteBitString(Bytes bits, unsigned unused, DerTag tag) {
  const size_t end = size_;
  WriteBytes(bits);
  WriteByte(static_cast<uint8_t>(unused));
  Close(tag, end);
}

std::string OidToString(Bytes oid) {
  std::string text;
  if (!IsOid(oid)) return text;
  uint64_t arc = 0;
  for (const uint8_t byte : oid) {
    // No arc that is in use comes near this.
    if (arc >> (64 - 7) != 0) return std::string();
    arc = arc << 7 | (byte & 0x7F);
    if ((byte & 0x80) != 0) continue;
    if (text.empty()) {
      // X.690 8.19.4: the first two arcs are one number.
      const uint64_t first = std::min<uint64_t>(arc / 40, 2);
      text = absl::StrCat(first, ".", arc - first * 40);
    } else {
      absl::StrAppend(&text, ".", arc);
    }
    arc = 0;
  }
  return text;
}

}  // namespace sspilab::wire

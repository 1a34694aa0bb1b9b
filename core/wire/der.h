#ifndef SSPILAB_CORE_WIRE_DER_H_
#define SSPILAB_CORE_WIRE_DER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "absl/types/span.h"

// ASN.1's encodings (X.690), as far as SPNEGO, CredSSP, Kerberos and
// certificates use them: definite lengths below 2^32, tag numbers below 31,
// strings in one piece.
namespace sspilab::wire {

// The identifier octet of an element (X.690 8.1.2): class, constructed or not,
// number.
enum class DerTag : uint8_t {
  kBoolean = 0x01,
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kNull = 0x05,
  kOid = 0x06,
  kEnumerated = 0x0A,
  kUtf8String = 0x0C,
  kIa5String = 0x16,
  kGeneralizedTime = 0x18,
  kGeneralString = 0x1B,
  kSequence = 0x30,
  kSet = 0x31,
};

enum class DerClass : uint8_t {
  kUniversal = 0x00,
  kApplication = 0x40,
  kContext = 0x80,
  kPrivate = 0xC0,
};

constexpr DerClass ClassOf(DerTag tag) {
  return static_cast<DerClass>(static_cast<uint8_t>(tag) & 0xC0);
}
constexpr bool IsConstructed(DerTag tag) {
  return (static_cast<uint8_t>(tag) & 0x20) != 0;
}
constexpr unsigned NumberOf(DerTag tag) {
  return static_cast<uint8_t>(tag) & 0x1F;
}

// [number] around another element (EXPLICIT), or in place of a constructed
// one's tag (IMPLICIT). `number` is below 31.
constexpr DerTag ContextTag(unsigned number) {
  return static_cast<DerTag>(0xA0 | number);
}
// [number] IMPLICIT in place of a primitive element's tag.
constexpr DerTag PrimitiveContextTag(unsigned number) {
  return static_cast<DerTag>(0x80 | number);
}
// [APPLICATION number], constructed.
constexpr DerTag ApplicationTag(unsigned number) {
  return static_cast<DerTag>(0x60 | number);
}

// How much is demanded of an encoding. The caller chooses, message by message:
// what its protocol says, and what Windows takes.
enum class DerRules : uint8_t {
  // X.690 10 and 11: lengths and integers in their shortest form, BOOLEAN is 00
  // or FF, unused bits are zero.
  kDer,
  // Lengths and integers may be longer than they need, any BOOLEAN but 00 is
  // true, unused bits may be anything. What has no definite length or comes in
  // pieces is refused here, too.
  kBer,
};

// Reads elements, one after the other, from bytes that it does not own and that
// must outlive it and all views that it gives.
//
// Contract: no call reads past the end. Each read says whether it succeeded;
// one that failed leaves the cursor where it was, at the element that is not
// what was asked for, and its outputs mean nothing.
class DerReader {
 public:
  // How many elements can be entered, one inside the other.
  static constexpr int kMaxDepth = 32;

  DerReader() : DerReader({}, DerRules::kDer) {}
  DerReader(absl::Span<const uint8_t> bytes, DerRules rules)
      : outermost_(bytes.data()),
        next_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        rules_(rules) {}

  bool AtEnd() const { return next_ == end_; }
  // Where the cursor is, counted from the first byte of the outermost reader.
  size_t position() const { return static_cast<size_t>(next_ - outermost_); }

  // Whether an element with this tag is next, whatever follows the tag.
  [[nodiscard]] bool NextIs(DerTag tag) const {
    return !AtEnd() && *next_ == static_cast<uint8_t>(tag);
  }

  // The next element, of whatever type: its tag, and a view of its contents.
  [[nodiscard]] bool ReadAny(DerTag* tag, absl::Span<const uint8_t>* contents);
  // A view of the whole next element, tag and length included.
  [[nodiscard]] bool ReadWhole(absl::Span<const uint8_t>* element);
  // The contents of the next element, which must have this tag.
  [[nodiscard]] bool Read(DerTag tag, absl::Span<const uint8_t>* contents) {
    Header header;
    if (!PeekHeader(tag, &header)) return false;
    *contents = header.contents;
    Pass(header);
    return true;
  }
  // `inside` reads what the next element, which must have this constructed tag,
  // is made of. Its end is the caller's to check.
  [[nodiscard]] bool Enter(DerTag tag, DerReader* inside) {
    Header header;
    if (depth_ == 0 || !IsConstructed(tag) || !PeekHeader(tag, &header)) {
      return false;
    }
    Pass(header);
    // `inside` may be this reader.
    inside->outermost_ = outermost_;
    inside->next_ = header.contents.data();
    inside->end_ = inside->next_ + header.contents.size();
    inside->rules_ = rules_;
    inside->depth_ = depth_ - 1;
    return true;
  }

  // Those that take a tag do so for [n] IMPLICIT.
  [[nodiscard]] bool ReadBoolean(bool* value, DerTag tag = DerTag::kBoolean);
  // An INTEGER that 64 bits hold.
  [[nodiscard]] bool ReadInteger(int64_t* value, DerTag tag = DerTag::kInteger);
  [[nodiscard]] bool ReadEnumerated(int64_t* value) {
    return ReadInteger(value, DerTag::kEnumerated);
  }
  [[nodiscard]] bool ReadOctetString(absl::Span<const uint8_t>* bytes) {
    return Read(DerTag::kOctetString, bytes);
  }
  // The contents, which OidToString understands.
  [[nodiscard]] bool ReadOid(absl::Span<const uint8_t>* oid);
  // The first bit is the highest of the first byte; the last `unused` (0 to 7)
  // of the last byte do not count.
  [[nodiscard]] bool ReadBitString(absl::Span<const uint8_t>* bits,
                                   unsigned* unused,
                                   DerTag tag = DerTag::kBitString);
  [[nodiscard]] bool ReadNull();

 private:
  struct Header {
    DerTag tag;
    absl::Span<const uint8_t> contents;
  };
  // Of the next element, which is there with all of its contents.
  [[nodiscard]] bool PeekHeader(Header* header) const {
    const size_t rest = static_cast<size_t>(end_ - next_);
    if (rest < 2) return false;
    header->tag = static_cast<DerTag>(next_[0]);
    if (NumberOf(header->tag) == kLongTagNumber) return false;
    const size_t size = next_[1];
    if (size >= 0x80) return PeekLongLength(header);
    header->contents = {next_ + 2, size};
    return size <= rest - 2;
  }
  [[nodiscard]] bool PeekHeader(DerTag tag, Header* header) const {
    return PeekHeader(header) && header->tag == tag;
  }
  // Contents whose length takes more than one octet.
  [[nodiscard]] bool PeekLongLength(Header* header) const;
  void Pass(const Header& header) {
    next_ = header.contents.data() + header.contents.size();
  }

  // 31 in its place says that the tag's number follows (X.690 8.1.2.4).
  static constexpr unsigned kLongTagNumber = 0x1F;

  const uint8_t* outermost_;
  const uint8_t* next_;
  const uint8_t* end_;
  DerRules rules_;
  int depth_ = kMaxDepth;
};

// Writes DER from the last byte to the first: an element's length is known when
// its header's turn comes, so nothing is measured, moved or allocated.
//
// Contract: what is written last stands first. A write that does not fit writes
// nothing and makes ok() false for good. A writer made without memory writes
// nothing and counts: run the same code on it first to learn the size.
//
//   const size_t end = writer.size();           // SEQUENCE { INTEGER, OID }
//   writer.WriteOid(oid);
//   writer.WriteInteger(5);
//   writer.Close(DerTag::kSequence, end);
class DerWriter {
 public:
  // Counts.
  DerWriter() : end_(nullptr), room_(std::numeric_limits<size_t>::max()) {}
  // What is written ends where `out` ends.
  explicit DerWriter(absl::Span<uint8_t> out)
      : end_(out.data() + out.size()), room_(out.size()) {}

  bool ok() const { return ok_; }
  // Bytes written (or counted) so far.
  size_t size() const { return size_; }
  // What is written so far: the last size() bytes of the memory given.
  absl::Span<const uint8_t> written() const {
    if (end_ == nullptr) return {};
    return {end_ - size_, size_};
  }

  // As they are: contents, or elements that are encoded already. They may stand
  // already where they are to be written.
  void WriteBytes(absl::Span<const uint8_t> bytes) {
    uint8_t* const at = Take(bytes.size());
    // An empty view may have a null address, which memcpy does not allow.
    if (at != nullptr && !bytes.empty() && at != bytes.data()) {
      std::memcpy(at, bytes.data(), bytes.size());
    }
  }

  // The header of an element whose contents are all that was written since
  // size() was `end`.
  void Close(DerTag tag, size_t end) {
    const size_t size = size_ - end;
    if (size >= 0x80) {
      CloseLong(tag, size);
    } else if (uint8_t* const header = Take(2); header != nullptr) {
      header[0] = static_cast<uint8_t>(tag);
      header[1] = static_cast<uint8_t>(size);
    }
  }
  // An element whose contents `write` writes.
  template <typename Function>
  void Write(DerTag tag, Function write) {
    const size_t end = size_;
    std::move(write)();
    Close(tag, end);
  }

  // A primitive element with these contents.
  void WriteElement(DerTag tag, absl::Span<const uint8_t> contents) {
    const size_t end = size_;
    WriteBytes(contents);
    Close(tag, end);
  }
  // One whose `size` bytes of contents `fill` puts where they belong; it is not
  // called where they are counted or do not fit.
  template <typename Function>
  void WriteElement(DerTag tag, size_t size, Function fill) {
    const size_t end = size_;
    uint8_t* const contents = Take(size);
    if (contents != nullptr) std::move(fill)(absl::MakeSpan(contents, size));
    Close(tag, end);
  }
  void WriteBoolean(bool value, DerTag tag = DerTag::kBoolean);
  void WriteInteger(int64_t value, DerTag tag = DerTag::kInteger) {
    // As many bytes as hold the value and a bit for its sign.
    const auto magnitude = static_cast<uint64_t>(value ^ (value >> 63));
    const size_t size = static_cast<size_t>(std::bit_width(magnitude)) / 8 + 1;
    WriteElement(tag, size, [value](absl::Span<uint8_t> out) {
      int64_t rest = value;
      for (size_t i = out.size(); i-- > 0; rest >>= 8) {
        out[i] = static_cast<uint8_t>(rest);
      }
    });
  }
  void WriteEnumerated(int64_t value) {
    WriteInteger(value, DerTag::kEnumerated);
  }
  void WriteOctetString(absl::Span<const uint8_t> bytes) {
    WriteElement(DerTag::kOctetString, bytes);
  }
  // `oid` is the contents, as DerReader gives them.
  void WriteOid(absl::Span<const uint8_t> oid) {
    WriteElement(DerTag::kOid, oid);
  }
  // `unused` as for DerReader::ReadBitString; these bits of `bits` are zero.
  void WriteBitString(absl::Span<const uint8_t> bits, unsigned unused,
                      DerTag tag = DerTag::kBitString);
  void WriteNull() { WriteElement(DerTag::kNull, {}); }

 private:
  void WriteByte(uint8_t byte) { WriteBytes({&byte, 1}); }
  // Takes `size` bytes before those that are written already. Null where they
  // do not fit, or are only counted.
  uint8_t* Take(size_t size) {
    if (size > room_ - size_) {
      ok_ = false;
      room_ = size_;
      return nullptr;
    }
    size_ += size;
    return end_ != nullptr ? end_ - size_ : nullptr;
  }
  void CloseLong(DerTag tag, size_t size);

  // Null where bytes are only counted.
  uint8_t* end_;
  size_t room_;
  size_t size_ = 0;
  bool ok_ = true;
};

// "1.3.6.1.5.5.2" for an OID's contents. Empty where they are none, or have a
// number that 64 bits do not hold.
std::string OidToString(absl::Span<const uint8_t> oid);

}  // namespace sspilab::wire

#endif  // SSPILAB_CORE_WIRE_DER_H_

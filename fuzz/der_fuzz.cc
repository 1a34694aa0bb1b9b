// What DER's reader takes, its writer writes again: to the byte, and BER as the
// DER of it.

#include <vector>

#include "fuzz/der_round_trip.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;
using wire::ClassOf;
using wire::DerClass;
using wire::DerReader;
using wire::DerRules;
using wire::DerTag;
using wire::DerWriter;

// An element as it was read: by its type if that is a known one's and the
// contents are right, as it is else.
struct Element {
  enum class Kind : uint8_t {
    kAsItIs,
    kOfElements,
    kBoolean,
    kNumber,
    kBits,
    kOid,
    kNull,
  };

  Kind kind = Kind::kAsItIs;
  DerTag tag = DerTag::kNull;
  Bytes contents;
  bool boolean = false;
  unsigned unused = 0;
  int64_t number = 0;
  // How many elements it is of.
  size_t inside = 0;
};
using Kind = Element::Kind;
// Each behind all that it is of.
using Elements = std::vector<Element>;

Kind ReadByType(DerReader reader, Element& element) {
  Bytes& contents = element.contents;
  if (element.tag == DerTag::kBoolean && reader.ReadBoolean(&element.boolean)) {
    return Kind::kBoolean;
  }
  if ((element.tag == DerTag::kInteger || element.tag == DerTag::kEnumerated) &&
      reader.ReadInteger(&element.number, element.tag)) {
    return Kind::kNumber;
  }
  Bytes bits;
  if (element.tag == DerTag::kBitString &&
      reader.ReadBitString(&bits, &element.unused) &&
      (bits.empty() || (bits.back() & ((1U << element.unused) - 1)) == 0)) {
    contents = bits;
    return Kind::kBits;
  }
  if (element.tag == DerTag::kOid && reader.ReadOid(&contents)) {
    // A longer one may have a number of more than 64 bits.
    RequireDer(!wire::OidToString(contents).empty() || contents.size() > 9,
               "an OID without a text");
    return Kind::kOid;
  }
  if (element.tag == DerTag::kNull && reader.ReadNull()) return Kind::kNull;
  return Kind::kAsItIs;
}

// Reads all elements to the end, whose number is `count` then. False, and none
// is there, where they are not well-formed.
bool ReadAll(DerReader reader, Elements& elements, size_t* count) {
  const size_t first = elements.size();
  *count = 0;
  while (!reader.AtEnd()) {
    DerReader at = reader;
    Element element;
    if (!reader.ReadAny(&element.tag, &element.contents)) {
      elements.resize(first);
      return false;
    }
    DerReader inside;
    if (IsConstructed(element.tag) && at.Enter(element.tag, &inside) &&
        ReadAll(inside, elements, &element.inside)) {
      element.kind = Kind::kOfElements;
    } else {
      element.kind = ReadByType(at, element);
    }
    elements.push_back(element);
    ++*count;
  }
  return true;
}

// Writes the one before `end`, and what it is of.
void WriteBefore(const Elements& elements, size_t* end, DerWriter& writer) {
  const Element& element = elements[--*end];
  switch (element.kind) {
    case Kind::kAsItIs:
      return writer.WriteElement(element.tag, element.contents);
    case Kind::kOfElements:
      return writer.Write(element.tag, [&] {
        for (size_t i = 0; i < element.inside; ++i) {
          WriteBefore(elements, end, writer);
        }
      });
    case Kind::kBoolean:
      return writer.WriteBoolean(element.boolean);
    case Kind::kNumber:
      return writer.WriteInteger(element.number, element.tag);
    case Kind::kBits:
      return writer.WriteBitString(element.contents, element.unused);
    case Kind::kOid:
      return writer.WriteOid(element.contents);
    case Kind::kNull:
      return writer.WriteNull();
  }
}

// Reads `bytes` to the end. Null where they are not well-formed; good until the
// next call.
const Elements* ReadAs(DerRules rules, Bytes bytes) {
  static Elements& elements = *new Elements;
  elements.clear();
  size_t count;
  return ReadAll(DerReader(bytes, rules), elements, &count) ? &elements
                                                            : nullptr;
}

// At most `longest` bytes, in memory that the next call takes.
Bytes WriteAll(const Elements& elements, size_t longest) {
  return Written(
      [&](DerWriter& writer) {
        // What is written last stands first.
        for (size_t end = elements.size(); end > 0;) {
          WriteBefore(elements, &end, writer);
        }
      },
      longest);
}

}  // namespace
}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab::fuzz;
  const Bytes input(data, size);
  if (size > kLongestDer) return 0;
  const Elements* elements = ReadAs(DerRules::kDer, input);
  const bool is_der = elements != nullptr;
  if (is_der) {
    RequireDer(WriteAll(*elements, size) == input, "DER is written otherwise");
  }
  elements = ReadAs(DerRules::kBer, input);
  if (elements == nullptr) {
    RequireDer(!is_der, "DER that is no BER");
    return 0;
  }
  const Bytes written = WriteAll(*elements, size);
  // As DER, that was just read and written.
  if (written == input && is_der) return 0;
  const std::vector<uint8_t> der(written.begin(), written.end());
  RequireDer(ReadAs(DerRules::kDer, der) != nullptr,
             "what was written is no DER");
  elements = ReadAs(DerRules::kBer, der);
  RequireDer(
      elements != nullptr && WriteAll(*elements, der.size()) == Bytes(der),
      "BER has two DERs");
  return 0;
}

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

bool IsWellFormed(DerReader reader) {
  DerTag tag;
  Bytes contents;
  while (!reader.AtEnd()) {
    if (!reader.ReadAny(&tag, &contents)) return false;
  }
  return true;
}

// Writes the next element by its type if it is a known one's and right, and as
// it is else.
void Rewrite(DerReader element, DerWriter& writer);

void RewriteAll(DerReader reader, DerWriter& writer) {
  // Those of all levels that are being written.
  static std::vector<DerReader>& elements = *new std::vector<DerReader>;
  const size_t first = elements.size();
  DerTag tag;
  Bytes contents;
  while (!reader.AtEnd()) {
    elements.push_back(reader);
    RequireDer(reader.ReadAny(&tag, &contents), "it cannot be read again");
  }
  // What is written last stands first.
  while (elements.size() > first) {
    const DerReader last = elements.back();
    elements.pop_back();
    Rewrite(last, writer);
  }
}

void Rewrite(DerReader element, DerWriter& writer) {
  DerReader whole = element;
  DerTag tag;
  Bytes contents;
  RequireDer(whole.ReadAny(&tag, &contents), "it cannot be read again");
  DerReader inside;
  bool boolean;
  int64_t number;
  unsigned unused;
  Bytes bytes;
  if (IsConstructed(tag) && element.Enter(tag, &inside) &&
      IsWellFormed(inside)) {
    writer.Write(tag, [&] { RewriteAll(inside, writer); });
  } else if (tag == DerTag::kBoolean && element.ReadBoolean(&boolean)) {
    writer.WriteBoolean(boolean);
  } else if ((tag == DerTag::kInteger || tag == DerTag::kEnumerated) &&
             element.ReadInteger(&number, tag)) {
    writer.WriteInteger(number, tag);
  } else if (tag == DerTag::kBitString &&
             element.ReadBitString(&bytes, &unused) &&
             (bytes.empty() || (bytes.back() & ((1U << unused) - 1)) == 0)) {
    writer.WriteBitString(bytes, unused);
  } else if (tag == DerTag::kOid && element.ReadOid(&bytes)) {
    // A longer one may have a number of more than 64 bits.
    RequireDer(!wire::OidToString(bytes).empty() || bytes.size() > 9,
               "an OID without a text");
    writer.WriteOid(bytes);
  } else if (tag == DerTag::kNull && element.ReadNull()) {
    writer.WriteNull();
  } else {
    writer.WriteElement(tag, contents);
  }
}

// `input` as it is written again, in memory that the next call takes.
Bytes RewriteAs(DerRules rules, Bytes input) {
  return Written(
      [&](DerWriter& writer) { RewriteAll(DerReader(input, rules), writer); },
      input.size());
}

}  // namespace
}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab::fuzz;
  const Bytes input(data, size);
  if (size > kLongestDer) return 0;
  const bool is_der = IsWellFormed(DerReader(input, DerRules::kDer));
  if (is_der) {
    RequireDer(RewriteAs(DerRules::kDer, input) == input,
               "DER is written otherwise");
  }
  if (!IsWellFormed(DerReader(input, DerRules::kBer))) {
    RequireDer(!is_der, "DER that is no BER");
    return 0;
  }
  const Bytes written = RewriteAs(DerRules::kBer, input);
  // As DER, that was just read and written.
  if (written == input && is_der) return 0;
  const std::vector<uint8_t> der(written.begin(), written.end());
  RequireDer(IsWellFormed(DerReader(der, DerRules::kDer)),
             "what was written is no DER");
  RequireDer(RewriteAs(DerRules::kBer, der) == Bytes(der), "BER has two DERs");
  return 0;
}

#include "core/credssp/subject_public_key.h"

#include "core/wire/der.h"

namespace sspilab::credssp {

std::optional<absl::Span<const uint8_t>> SubjectPublicKey(
    absl::Span<const uint8_t> certificate) {
  using wire::DerTag;
  wire::DerReader reader(certificate, wire::DerRules::kBer);
  wire::DerReader to_be_signed;
  absl::Span<const uint8_t> ignored;
  if (!reader.Enter(DerTag::kSequence, &reader) ||
      !reader.Enter(DerTag::kSequence, &to_be_signed)) {
    return std::nullopt;
  }
  // version has a default; serialNumber follows.
  if (to_be_signed.NextIs(wire::ContextTag(0)) &&
      !to_be_signed.ReadWhole(&ignored)) {
    return std::nullopt;
  }
  if (!to_be_signed.Read(DerTag::kInteger, &ignored)) return std::nullopt;
  // signature, issuer, validity, subject.
  for (int i = 0; i < 4; ++i) {
    if (!to_be_signed.Read(DerTag::kSequence, &ignored)) return std::nullopt;
  }
  wire::DerReader info;
  absl::Span<const uint8_t> key;
  unsigned unused = 0;
  if (!to_be_signed.Enter(DerTag::kSequence, &info) ||
      !info.Read(DerTag::kSequence, &ignored) ||
      !info.ReadBitString(&key, &unused) || unused != 0) {
    return std::nullopt;
  }
  return key;
}

}  // namespace sspilab::credssp

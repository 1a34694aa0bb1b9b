#include "core/kerberos/gss.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/wire/der.h"
#include "core/wire/reader.h"
#include "core/wire/writer.h"

namespace sspilab::kerberos {
namespace {

// RFC 2743 3.1.
constexpr wire::DerTag kInitialContextToken = wire::ApplicationTag(0);
constexpr uint32_t kBindingsSize = 16;
constexpr uint16_t kDelegationOption = 1;

Bytes OidOf(bool user_to_user) {
  return user_to_user ? Bytes(kUserToUserOid) : Bytes(kMechanismOid);
}

// From the last byte to the first: what comes before the message.
void WriteHeader(TokenId id, bool user_to_user, size_t end,
                 wire::DerWriter* writer) {
  const uint8_t number[] = {
      static_cast<uint8_t>(static_cast<unsigned>(id) >> 8),
      static_cast<uint8_t>(id)};
  writer->WriteBytes(number);
  writer->WriteOid(OidOf(user_to_user));
  writer->Close(kInitialContextToken, end);
}

}  // namespace

absl::StatusOr<GssToken> GssToken::Parse(Bytes token) {
  wire::DerReader outside(token, wire::DerRules::kBer);
  wire::DerReader framing;
  if (!outside.Enter(kInitialContextToken, &framing)) {
    return absl::InvalidArgumentError("InitialContextToken at byte 0");
  }
  if (!outside.AtEnd()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the token ends at byte ", outside.position(), " of ", token.size()));
  }
  GssToken result;
  Bytes oid;
  if (!framing.ReadOid(&oid)) {
    return absl::InvalidArgumentError(
        absl::StrCat("thisMech at byte ", framing.position()));
  }
  result.user_to_user = oid == OidOf(true);
  if (!result.user_to_user && oid != OidOf(false)) {
    return absl::InvalidArgumentError("thisMech is not Kerberos");
  }
  // What follows is no ASN.1 any more.
  const Bytes rest = token.subspan(framing.position());
  if (rest.size() < 2) {
    return absl::InvalidArgumentError("the token has no TOK_ID");
  }
  result.id = static_cast<TokenId>(rest[0] << 8 | rest[1]);
  result.message = rest.subspan(2);
  return result;
}

size_t FramedSize(size_t size, bool user_to_user) {
  // The message itself need not be there to be counted, but for the lengths.
  const size_t inner = 2 + 2 + OidOf(user_to_user).size() + size;
  size_t header = 2;
  if (inner >= 0x80) {
    for (size_t rest = inner; rest != 0; rest >>= 8) ++header;
  }
  return header + inner;
}

absl::Span<uint8_t> WriteFraming(TokenId id, bool user_to_user, size_t size,
                                 absl::Span<uint8_t> token) {
  wire::DerWriter writer(token);
  // The place that is left to the message is written with what is there.
  writer.WriteBytes(token.last(size));
  WriteHeader(id, user_to_user, 0, &writer);
  return token.last(size);
}

absl::StatusOr<GssChecksum> GssChecksum::Parse(Bytes bytes) {
  GssChecksum result;
  wire::Reader reader(bytes);
  uint32_t bindings_size;
  if (!reader.ReadU32(&bindings_size) || bindings_size != kBindingsSize ||
      !reader.CopyBytes(absl::MakeSpan(result.bindings)) ||
      !reader.ReadU32(&result.flags)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the authenticator's checksum at byte ", reader.position(),
                     " of ", bytes.size()));
  }
  if ((result.flags & gss_flag::kDelegation) != 0) {
    uint16_t option;
    uint16_t size;
    if (!reader.ReadU16(&option) || option != kDelegationOption ||
        !reader.ReadU16(&size) ||
        !reader.ReadBytes(size, &result.delegation.emplace())) {
      return absl::InvalidArgumentError(
          absl::StrCat("the delegated credentials at byte ", reader.position(),
                       " of ", bytes.size()));
    }
  }
  // Extensions may follow (4.1.1); none is known here.
  return result;
}

void GssChecksum::WriteTo(absl::Span<uint8_t> out) const {
  wire::Writer writer(out);
  writer.WriteU32(kBindingsSize);
  writer.WriteBytes(bindings);
  writer.WriteU32(flags);
  if (delegation.has_value()) {
    writer.WriteU16(kDelegationOption);
    writer.WriteU16(static_cast<uint16_t>(delegation->size()));
    writer.WriteBytes(*delegation);
  }
}

}  // namespace sspilab::kerberos

#include "core/ntlm/ntlmv2_response.h"

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/wire/reader.h"
#include "core/wire/writer.h"

namespace sspilab::ntlm {
namespace {

// RespType and HiRespType: the only version there is.
constexpr uint8_t kResponseType = 1;

}  // namespace

absl::StatusOr<NtlmV2ClientChallenge> NtlmV2ClientChallenge::Parse(
    absl::Span<const uint8_t> bytes) {
  NtlmV2ClientChallenge result;
  uint8_t type = 0;
  uint8_t highest_type = 0;
  wire::Reader reader(bytes);
  // Reserved fields are skipped.
  if (!reader.ReadU8(&type) || !reader.ReadU8(&highest_type) ||
      !reader.Skip(6) || !reader.ReadU64(&result.timestamp) ||
      !reader.CopyBytes(absl::MakeSpan(result.client_challenge)) ||
      !reader.Skip(4)) {
    return absl::InvalidArgumentError(
        absl::StrCat("NTLMv2 client challenge: ", bytes.size(),
                     " bytes are fewer than ", kHeaderSize));
  }
  if (type != kResponseType || highest_type < kResponseType) {
    return absl::InvalidArgumentError(
        absl::StrCat("NTLMv2 client challenge: RespType ", type,
                     ", HiRespType ", highest_type, " at byte 0, not 1"));
  }
  absl::StatusOr<AvPairs> pairs = AvPairs::Parse(bytes.subspan(kHeaderSize));
  if (!pairs.ok()) {
    return pairs.status();
  }
  result.av_pairs = *pairs;
  return result;
}

absl::StatusOr<size_t> NtlmV2ClientChallenge::Serialize(
    absl::Span<uint8_t> out) const {
  wire::Writer writer(out);
  writer.WriteU8(kResponseType);
  writer.WriteU8(kResponseType);
  writer.WriteZeros(6);
  writer.WriteU64(timestamp);
  writer.WriteBytes(client_challenge);
  writer.WriteZeros(4);
  writer.WriteBytes(av_pairs.bytes());
  writer.WriteZeros(kTrailerSize);
  if (!writer.ok()) {
    return absl::OutOfRangeError(absl::StrCat("NTLMv2 client challenge: needs ",
                                              SerializedSize(), " bytes, got ",
                                              out.size()));
  }
  return writer.size();
}

absl::StatusOr<NtlmV2Response> NtlmV2Response::Parse(
    absl::Span<const uint8_t> bytes) {
  if (bytes.size() < kProofSize) {
    return absl::InvalidArgumentError(absl::StrCat(
        "NTLMv2 response: ", bytes.size(), " bytes are fewer than a proof"));
  }
  absl::StatusOr<NtlmV2ClientChallenge> challenge =
      NtlmV2ClientChallenge::Parse(bytes.subspan(kProofSize));
  if (!challenge.ok()) {
    return challenge.status();
  }
  return NtlmV2Response{.proof = bytes.subspan(0, kProofSize),
                        .temp = bytes.subspan(kProofSize),
                        .client_challenge = *challenge};
}

}  // namespace sspilab::ntlm

#include "fuzz/stream_records.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

#include "fuzz/oracles.h"
#include "fuzz/records.h"

namespace sspilab::fuzz {

Records::Sealed Records::Seal(Caller& sender, absl::Span<const uint8_t> text,
                              Stream& wire) {
  Watch& watch = sender.watch();
  SecPkgContext_StreamSizes sizes = {};
  const SECURITY_STATUS asked =
      watch.Run(sender.role(), Call::kQueryContextAttributes, [&] {
        return QueryContextAttributesW(sender.context(),
                                       SECPKG_ATTR_STREAM_SIZES, &sizes);
      });
  if (asked != SEC_E_OK) return Sealed::kNot;
  const absl::Span<uint8_t> bytes =
      memory_.Lay(sizes.cbHeader + text.size() + sizes.cbTrailer);
  uint8_t* const data = bytes.data() + sizes.cbHeader;
  std::copy(text.begin(), text.end(), data);
  SecBuffer buffers[] = {
      {sizes.cbHeader, SECBUFFER_STREAM_HEADER, bytes.data()},
      {static_cast<ULONG>(text.size()), SECBUFFER_DATA, data},
      {sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, data + text.size()},
      {0, SECBUFFER_EMPTY, nullptr}};
  SecBufferDesc list = {SECBUFFER_VERSION, 4, buffers};
  const SECURITY_STATUS status =
      watch.Run(sender.role(), Call::kEncryptMessage,
                [&] { return EncryptMessage(sender.context(), 0, &list, 0); });
  sender.SawTransition();
  watch.Require(memory_.intact(), Rule::kOnlyItsOwnBytes, "a message");
  if (status != SEC_E_OK) return Sealed::kNot;
  watch.Require(buffers[0].cbBuffer <= sizes.cbHeader &&
                    buffers[1].cbBuffer == text.size() &&
                    buffers[2].cbBuffer <= sizes.cbTrailer,
                Rule::kMessagesArrive, "its parts grew");
  bool whole = true;
  for (int i = 0; i < 3; ++i) {
    const absl::Span<const uint8_t> part(
        static_cast<const uint8_t*>(buffers[i].pvBuffer), buffers[i].cbBuffer);
    watch.Digest(part);
    whole = wire.Append(part) && whole;
  }
  return whole ? Sealed::kWhole : Sealed::kLost;
}

Records::Opened Records::Open(Caller& receiver,
                              absl::Span<const uint8_t> stream) {
  Watch& watch = receiver.watch();
  const absl::Span<uint8_t> bytes = memory_.Lay(stream.size());
  std::copy(stream.begin(), stream.end(), bytes.begin());
  SecBuffer buffers[] = {
      {static_cast<ULONG>(bytes.size()), SECBUFFER_DATA, bytes.data()},
      {0, SECBUFFER_EMPTY, nullptr},
      {0, SECBUFFER_EMPTY, nullptr},
      {0, SECBUFFER_EMPTY, nullptr}};
  SecBufferDesc list = {SECBUFFER_VERSION, 4, buffers};
  const SECURITY_STATUS status = watch.Run(
      receiver.role(), Call::kDecryptMessage,
      [&] { return DecryptMessage(receiver.context(), &list, 0, nullptr); });
  receiver.SawTransition();
  watch.Require(memory_.intact(), Rule::kOnlyItsOwnBytes, "a message");
  const auto find = [&](ULONG type) -> const SecBuffer* {
    const SecBuffer* const found = std::find_if(
        std::begin(buffers), std::end(buffers),
        [type](const SecBuffer& buffer) { return buffer.BufferType == type; });
    return found == std::end(buffers) ? nullptr : found;
  };
  const SecBuffer* const extra = find(SECBUFFER_EXTRA);
  const size_t rest = extra == nullptr ? 0 : extra->cbBuffer;
  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    const SecBuffer* const missing = find(SECBUFFER_MISSING);
    watch.Require(missing != nullptr && extra == nullptr &&
                      missing->cbBuffer == MissingFrom(stream),
                  Rule::kMissingIsRight, "of DecryptMessage");
    watch.Require(absl::Span<const uint8_t>(bytes) == stream,
                  Rule::kMissingIsRight, "the input was touched");
    return {status, {}, stream.size()};
  }
  if (status < 0) return {status, {}, 0};
  // The handshake wants the record itself.
  const size_t taken = status == SEC_I_RENEGOTIATE ? 0 : RecordSize(stream);
  watch.Require(rest == stream.size() - taken, Rule::kExtraIsExact,
                "of DecryptMessage");
  watch.Require(extra == nullptr || extra->pvBuffer == bytes.data() + taken,
                Rule::kExtraIsExact, "it points elsewhere");
  if (status != SEC_E_OK) return {status, {}, rest};
  const SecBuffer* const data = find(SECBUFFER_DATA);
  watch.Require(data != nullptr, Rule::kMessagesArrive, "it is not shown");
  return {status,
          {static_cast<const uint8_t*>(data->pvBuffer), data->cbBuffer},
          rest};
}

SECURITY_STATUS ApplyControl(Caller& caller, ULONG token_type) {
  std::array<uint8_t, sizeof(token_type)> bytes;
  std::memcpy(bytes.data(), &token_type, sizeof(token_type));
  SecBuffer buffer = {sizeof(token_type), SECBUFFER_TOKEN, bytes.data()};
  SecBufferDesc list = {SECBUFFER_VERSION, 1, &buffer};
  const SECURITY_STATUS status = caller.watch().Run(
      caller.role(), Call::kApplyControlToken,
      [&] { return ApplyControlToken(caller.context(), &list); });
  caller.SawTransition();
  return status;
}

}  // namespace sspilab::fuzz

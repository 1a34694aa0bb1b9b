#ifndef SSPILAB_SIM_STREAM_MESSAGE_H_
#define SSPILAB_SIM_STREAM_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"

namespace sspilab::sim {

// Messages of a stream package (Schannel, CredSSP): what is encrypted is a run
// of bytes that finds its own borders, whatever they arrive in.

// `text` in as many records as `sizes` makes necessary, into `*message`. The
// status is that of EncryptMessage.
[[nodiscard]] SECURITY_STATUS ProtectStream(
    SecurityFunctionTableW& table, CtxtHandle* context,
    const SecPkgContext_StreamSizes& sizes, std::string_view text,
    std::vector<uint8_t>* message);

// What DecryptMessage made of the front of a stream.
struct StreamRead {
  // SEC_E_OK and data, which may be none; SEC_E_INCOMPLETE_MESSAGE and nothing;
  // SEC_I_RENEGOTIATE; SEC_I_CONTEXT_EXPIRED; or an error.
  SECURITY_STATUS status = SEC_E_OK;
  // Where it stands in the stream.
  absl::Span<const uint8_t> data;
  // Bytes at the stream's end that it did not take (SECBUFFER_EXTRA).
  size_t extra = 0;
};

// Decrypts where the bytes stand.
[[nodiscard]] StreamRead UnprotectStream(SecurityFunctionTableW& table,
                                         CtxtHandle* context,
                                         absl::Span<uint8_t> stream);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_STREAM_MESSAGE_H_

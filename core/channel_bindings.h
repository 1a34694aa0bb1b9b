#ifndef SSPILAB_CORE_CHANNEL_BINDINGS_H_
#define SSPILAB_CORE_CHANNEL_BINDINGS_H_

#include <string_view>

#include "absl/types/span.h"
#include "core/buffers.h"
#include "core/crypto/digest.h"
#include "core/memory.h"

namespace sspilab {

// The channel that the caller runs over, as its SECBUFFER_CHANNEL_BINDINGS
// says.
class ChannelBindings {
 public:
  enum class Result {
    // The caller passed none: what was known before stays.
    kNone,
    kRead,
    // The buffer is too short for what its SEC_CHANNEL_BINDINGS says.
    kMalformed,
    kOutOfMemory,
  };

  static bool IsFine(Result result) {
    return result == Result::kNone || result == Result::kRead;
  }

  [[nodiscard]] Result ReadFrom(const BufferList& input, MemoryBudget& memory);

  bool present() const { return !bytes_.empty(); }
  // What NTLM's MsvAvChannelBindings and Kerberos' authenticator hold: MD5 over
  // the gss_channel_bindings_struct as RFC 4121 4.1.1.2 encodes it
  // (MS-NLMP 2.2.2.1); zeros for none.
  const crypto::Digest16& hash() const { return hash_; }
  // SEC_CHANNEL_BINDINGS and what it points at, as the caller gave it.
  absl::Span<const uint8_t> bytes() const { return bytes_.span(); }
  // Whether the application data begin with this (RFC 5929: "tls-unique:").
  bool HasPrefix(std::string_view prefix) const;

 private:
  BudgetBytes bytes_;
  // Of bytes_.
  absl::Span<const uint8_t> application_;
  crypto::Digest16 hash_{};
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_CHANNEL_BINDINGS_H_

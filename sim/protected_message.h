#ifndef SSPILAB_SIM_PROTECTED_MESSAGE_H_
#define SSPILAB_SIM_PROTECTED_MESSAGE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"

namespace sspilab::sim {

// How a message is protected: whatever the context grants, sealing first.
enum class Protection : uint8_t { kNone, kSigned, kSealed };

// The function that protects, and the one that takes the protection off.
// Neither is there for kNone.
std::string_view ProtectingCall(Protection protection);
std::string_view UnprotectingCall(Protection protection);

// On the wire a protected message is the length of its token (4 bytes,
// little-endian), the token that EncryptMessage or MakeSignature gave, and the
// data. Makes one of `text` in `*message`; the status is that of the call.
[[nodiscard]] SECURITY_STATUS Protect(SecurityFunctionTableW& table,
                                      CtxtHandle* context,
                                      Protection protection,
                                      const SecPkgContext_Sizes& sizes,
                                      std::string_view text,
                                      std::vector<uint8_t>* message);

// Finds the parts of such a message. False when its length makes no sense.
[[nodiscard]] bool SplitProtected(absl::Span<uint8_t> message,
                                  absl::Span<uint8_t>* token,
                                  absl::Span<uint8_t>* data);

// Checks `*data`, and decrypts it where it stands. The status is that of the
// call; `*data` is then what the call says is the plaintext.
[[nodiscard]] SECURITY_STATUS Unprotect(SecurityFunctionTableW& table,
                                        CtxtHandle* context,
                                        Protection protection,
                                        absl::Span<uint8_t> token,
                                        absl::Span<uint8_t>* data);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_PROTECTED_MESSAGE_H_

#ifndef SSPILAB_SIM_PARTY_VIEW_H_
#define SSPILAB_SIM_PARTY_VIEW_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "core/sspi.h"
#include "core/world.h"

namespace sspilab::sim {

// How it ended for one side.
enum class Ending : uint8_t {
  kUnfinished,
  kAuthenticated,    // And every message that was wanted went well.
  kCallFailed,       // A call returned an error: `status` and `call` say which.
  kLacksAttributes,  // Authenticated, but not with what the caller insists on.
  kExpired,          // Authenticated, but the context is not valid any more.
  kRefusedByPeer,    // The other side said that it gave up.
  kConnectionLost,   // The wire ended before the exchange did.
  kNotUnderstood,    // What came is not what can come now.
  kTooManyLegs,
};
inline constexpr std::array<std::string_view, 9> kEndingNames = {
    "unfinished",       "authenticated",  "call failed",
    "lacks attributes", "expired",        "refused by the peer",
    "connection lost",  "not understood", "too many legs"};

// One side's view of the context, as it learned it from the SSPI.
struct PartyView {
  Ending ending = Ending::kUnfinished;
  // What the last call of the handshake or, when `ending` is kCallFailed, the
  // failing call returned, and its name.
  SECURITY_STATUS status = SEC_E_OK;
  std::string_view call;
  // Calls of InitializeSecurityContext or AcceptSecurityContext.
  uint32_t legs = 0;
  // ISC_RET_* or ASC_RET_* of the last of them.
  uint32_t attributes = 0;
  FileTime expiry = 0;
  SecPkgContext_Sizes sizes = {};
  // Empty where QueryContextAttributes does not tell.
  absl::InlinedVector<uint8_t, 32> session_key;
  std::u16string package;
  // SECPKG_ATTR_NAMES: who the client is.
  std::u16string identity;
  bool sent_message = false;
  // What DecryptMessage or VerifySignature gave.
  std::vector<uint8_t> received;

  bool authenticated() const { return ending == Ending::kAuthenticated; }
};

// Asks a finished context for one of SECPKG_ATTR_SESSION_KEY, _SIZES,
// _PACKAGE_INFO and _NAMES, writes the answer into `*view`, and gives back what
// the package allocated for it. SEC_E_OK or what a call says.
[[nodiscard]] SECURITY_STATUS QueryInto(SecurityFunctionTableW& table,
                                        CtxtHandle* context, ULONG attribute,
                                        PartyView* view);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_PARTY_VIEW_H_

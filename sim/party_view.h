#ifndef SSPILAB_SIM_PARTY_VIEW_H_
#define SSPILAB_SIM_PARTY_VIEW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
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

// What a stream package tells besides.
struct StreamView {
  SecPkgContext_StreamSizes sizes = {};
  // TLS's number, 0x0304 for TLS 1.3; 0 where it is not told.
  uint32_t protocol = 0;
  std::u16string cipher_suite;
  // X.509; empty where the peer showed none.
  std::vector<uint8_t> peer_certificate;
  std::string application_protocol;
  // Whose credentials the client delegated, "DOMAIN\\user"; the server's view.
  std::u16string delegated;
};

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
  // What nobody but the two sides can know: the session key or, of a stream
  // package, keying material (RFC 5705). Empty where it is not told.
  absl::InlinedVector<uint8_t, 32> session_key;
  // Of a stream package only.
  std::optional<StreamView> stream;
  std::u16string package;
  // SECPKG_ATTR_NAMES: who the client is.
  std::u16string identity;
  bool sent_message = false;
  // What DecryptMessage or VerifySignature gave.
  std::vector<uint8_t> received;

  bool authenticated() const { return ending == Ending::kAuthenticated; }
};

// What a finished context is asked for, one attribute a query.
struct PartyQueries {
  absl::Span<const ULONG> attributes;
  // How many of them always, not only for a full view.
  size_t always = 0;
};
// Of a context that protects messages with tokens, and of one that is a stream.
const PartyQueries& TokenQueries();
const PartyQueries& StreamQueries();

// Asks a finished context for one of those attributes, writes the answer into
// `*view`, and gives back what the package allocated for it. SEC_E_OK or what a
// call says.
[[nodiscard]] SECURITY_STATUS QueryInto(SecurityFunctionTableW& table,
                                        CtxtHandle* context, ULONG attribute,
                                        PartyView* view);

// Whether `status` only says that there is nothing to tell: no such attribute
// here, or a peer that showed nothing.
bool IsNotTold(SECURITY_STATUS status);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_PARTY_VIEW_H_

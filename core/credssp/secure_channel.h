#ifndef SSPILAB_CORE_CREDSSP_SECURE_CHANNEL_H_
#define SSPILAB_CORE_CREDSSP_SECURE_CHANNEL_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/credssp/flight.h"
#include "core/credssp/inner_leg.h"
#include "core/security_package.h"

namespace sspilab::credssp {

// Step 1 of MS-CSSP 3.1.5 and what follows from it: a context of Schannel, by
// whose records all else goes.
class SecureChannel {
 public:
  explicit SecureChannel(World& world) : world_(world) {}

  // `credential` is Schannel's and must outlive this.
  [[nodiscard]] SECURITY_STATUS Open(Role role, Credential& credential);
  // Once it is open.
  Context& context() const { return *context_; }
  bool is_open() const { return context_ != nullptr; }

  // Goes on with a handshake, with `record` (null where none is due); its
  // answer is added to `flight`. SEC_E_OK when the handshake is over.
  [[nodiscard]] SECURITY_STATUS Handshake(const absl::Span<uint8_t>* record,
                                          const InnerLeg::Arguments& arguments,
                                          Flight* flight);

  // Once a handshake is over: what `record` holds. `data` is a view of it, and
  // empty where the record was TLS's own: its answer, if any, is in `flight`.
  [[nodiscard]] SECURITY_STATUS Receive(absl::Span<uint8_t> record,
                                        const InnerLeg::Arguments& arguments,
                                        Flight* flight,
                                        absl::Span<uint8_t>* data);

  // Adds `message` in as few records as may be to `flight`.
  [[nodiscard]] SECURITY_STATUS Send(absl::Span<const uint8_t> message,
                                     Flight* flight);

  // After the caller's own DecryptMessage said SEC_I_RENEGOTIATE.
  void ExpectLeg() { leg_expected_ = true; }
  // TLS is in the middle of another handshake.
  bool expects_leg() const { return leg_expected_; }

  // Of the last leg: ISC_RET_* or ASC_RET_*.
  uint32_t attributes() const { return attributes_; }
  FileTime expiry() const { return expiry_; }

 private:
  World& world_;
  BudgetPtr<Context> context_;
  // The next record goes to a leg and not to DecryptMessage.
  bool leg_expected_ = false;
  uint32_t attributes_ = 0;
  FileTime expiry_ = kFileTimeNever;
};

// The certificate that `attribute` (SECPKG_ATTR_REMOTE_CERT_CONTEXT or
// ..._LOCAL _CERT_CONTEXT) of a Schannel context gives, as DER.
// SEC_E_NO_CREDENTIALS where there is none.
[[nodiscard]] SECURITY_STATUS QueryCertificate(const Context& schannel,
                                               ULONG attribute,
                                               BudgetBytes* certificate);

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_SECURE_CHANNEL_H_

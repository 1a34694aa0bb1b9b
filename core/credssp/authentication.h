#ifndef SSPILAB_CORE_CREDSSP_AUTHENTICATION_H_
#define SSPILAB_CORE_CREDSSP_AUTHENTICATION_H_

#include <cstdint>

#include "absl/types/span.h"
#include "core/credssp/inner_leg.h"
#include "core/security_package.h"

namespace sspilab::credssp {

// Step 2 of MS-CSSP 3.1.5 and the keys that come of it: a context of Negotiate.
class Authentication {
 public:
  explicit Authentication(World& world) : world_(world) {}

  // Begins anew. `credential` is Negotiate's and must outlive this.
  [[nodiscard]] SECURITY_STATUS Open(Role role, Credential& credential);
  Context& context() const { return *context_; }
  bool is_open() const { return context_ != nullptr; }

  // SEC_E_OK, SEC_I_CONTINUE_NEEDED or an error. Without `token` (null) it is
  // the initiator's first. Of an error, `answer` is what tells the peer of it;
  // mostly nothing.
  [[nodiscard]] SECURITY_STATUS Step(const absl::Span<uint8_t>* token,
                                     const InnerLeg::Arguments& arguments,
                                     BudgetBytes* answer);
  bool done() const { return done_; }
  // ISC_RET_* or ASC_RET_*.
  uint32_t attributes() const { return attributes_; }

  // Once it is done. The signature and then the data, encrypted (MS-CSSP
  // 2.2.1, pubKeyAuth and authInfo).
  [[nodiscard]] SECURITY_STATUS Seal(absl::Span<const uint8_t> data,
                                     BudgetBytes* sealed);
  // In place: `data` is a view of `sealed`.
  [[nodiscard]] SECURITY_STATUS Unseal(absl::Span<uint8_t> sealed,
                                       absl::Span<uint8_t>* data);

 private:
  World& world_;
  BudgetPtr<Context> context_;
  bool done_ = false;
  uint32_t attributes_ = 0;
  ULONG sent_ = 0;
  ULONG received_ = 0;
};

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_AUTHENTICATION_H_

#ifndef SSPILAB_CORE_NEGOTIATE_PACKAGE_H_
#define SSPILAB_CORE_NEGOTIATE_PACKAGE_H_

#include "absl/types/span.h"
#include "core/negotiate/mechanisms.h"
#include "core/security_package.h"

namespace sspilab::negotiate {

// Negotiate over a list of mechanisms, first choice first. The list must
// outlive it and what is made by it.
class Negotiate : public SecurityPackage {
 public:
  explicit Negotiate(absl::Span<const Mechanism> mechanisms)
      : mechanisms_(mechanisms) {}

  const PackageInfo& info() const override;
  SECURITY_STATUS AcquireCredential(
      const CredentialRequest& request,
      BudgetPtr<Credential>* credential) const override;
  SECURITY_STATUS NewContext(Role role, CredentialTable::Pin credential,
                             BudgetPtr<Context>* context) const override;
  SECURITY_STATUS Import(World& world, absl::Span<const uint8_t> packed,
                         BudgetPtr<Context>* context) const override;

 private:
  const absl::Span<const Mechanism> mechanisms_;
};

// The one over Mechanisms().
const SecurityPackage& NegotiatePackage();

}  // namespace sspilab::negotiate

#endif  // SSPILAB_CORE_NEGOTIATE_PACKAGE_H_

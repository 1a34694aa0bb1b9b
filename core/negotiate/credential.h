#ifndef SSPILAB_CORE_NEGOTIATE_CREDENTIAL_H_
#define SSPILAB_CORE_NEGOTIATE_CREDENTIAL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/negotiate/mechanisms.h"
#include "core/security_package.h"
#include "core/wire/der.h"

namespace sspilab::negotiate {

// A credential of each mechanism that the caller may use.
class NegotiateCredential : public Credential {
 public:
  // What the credential is good for.
  struct Choice {
    const Mechanism* mechanism;
    // Owned by this object. Mechanisms of one package share it.
    Credential* credential;
  };

  using Credential::Credential;

  // Acquires a credential of each of `mechanisms` that is in the caller's list.
  // A mechanism that has none for the caller is left out;
  // SEC_E_NO_CREDENTIALS when that leaves nothing.
  [[nodiscard]] SECURITY_STATUS Acquire(absl::Span<const Mechanism> mechanisms,
                                        const CredentialRequest& request);

  // The user is a member of Protected Users, and a mechanism was left out for
  // that: it must not take the place of another.
  bool is_protected() const { return is_protected_; }
  // First choice first.
  absl::Span<const Choice> choices() const { return {choices_.data(), size_}; }
  // Null where the credential is not good for the mechanism.
  const Choice* Find(absl::Span<const uint8_t> oid) const;

  // The MechTypeList of all choices from `first` on.
  static void WriteMechTypes(absl::Span<const Choice> choices,
                             wire::DerWriter* writer);

  SECURITY_STATUS QueryAttribute(ULONG attribute,
                                 AttributeWriter& out) const override;

 private:
  std::array<Choice, kMaxMechanisms> choices_{};
  std::array<BudgetPtr<Credential>, kMaxMechanisms> owned_;
  size_t size_ = 0;
  bool is_protected_ = false;
};

// Whether PackageList of SEC_WINNT_AUTH_IDENTITY_EX lets Negotiate use the
// package: one that the list names, or, where it names none, one that it does
// not exclude ("!ntlm"). An empty list lets it use all. Names are compared
// without regard to case.
bool IsListed(std::u16string_view package_list, std::u16string_view package);

}  // namespace sspilab::negotiate

#endif  // SSPILAB_CORE_NEGOTIATE_CREDENTIAL_H_

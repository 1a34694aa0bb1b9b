#ifndef SSPILAB_CORE_NTLM_CREDENTIAL_H_
#define SSPILAB_CORE_NTLM_CREDENTIAL_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/auth_identity.h"
#include "core/crypto/digest.h"
#include "core/memory.h"
#include "core/ntlm/keys.h"
#include "core/security_package.h"

namespace sspilab::ntlm {

// Who an initiator logs on as. What follows from the password alone is
// computed once, here, and not for each context.
class NtlmCredential : public Credential {
 public:
  using Credential::Credential;
  ~NtlmCredential() override;

  // False when the World's memory budget refuses.
  [[nodiscard]] bool SetIdentity(const AuthIdentity& identity);

  SECURITY_STATUS QueryAttribute(ULONG attribute,
                                 AttributeWriter& out) const override;

  // False for a credential that can only accept, and for one of a machine at
  // which nobody is logged on.
  bool has_identity() const { return has_identity_; }
  // An identity without any name or password: nobody (MS-NLMP 3.1.5.1.2).
  bool anonymous() const {
    return has_identity_ && user_size_ == 0 && password_empty_;
  }
  std::u16string_view user() const;
  std::u16string_view domain() const;

  const Key& nt_hash() const { return nt_hash_; }
  const std::optional<Key>& lm_hash() const { return lm_hash_; }
  // NTOWFv2, ready for messages.
  const crypto::HmacMd5& nt_owf_v2() const { return nt_owf_v2_; }

 private:
  bool has_identity_ = false;
  bool password_empty_ = true;
  // The user's name and then the domain's, UTF-16.
  BudgetBytes names_;
  size_t user_size_ = 0;
  Key nt_hash_{};
  std::optional<Key> lm_hash_;
  crypto::HmacMd5 nt_owf_v2_;
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_CREDENTIAL_H_

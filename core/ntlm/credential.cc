#include "core/ntlm/credential.h"

#include <cstring>

#include "core/crypto/bytes.h"
#include "core/ntlm/names.h"
#include "core/wire/utf.h"

namespace sspilab::ntlm {

NtlmCredential::~NtlmCredential() {
  crypto::Wipe(absl::MakeSpan(nt_hash_));
  if (lm_hash_.has_value()) crypto::Wipe(absl::MakeSpan(*lm_hash_));
}

bool NtlmCredential::SetIdentity(const AuthIdentity& identity) {
  const auto user = wire::Utf16LeBytes(identity.user);
  const auto domain = wire::Utf16LeBytes(identity.domain);
  if (!names_.Allocate(world().memory(), user.size() + domain.size())) {
    return false;
  }
  if (!user.empty()) {
    std::memcpy(names_.span().data(), user.data(), user.size());
  }
  if (!domain.empty()) {
    std::memcpy(names_.span().data() + user.size(), domain.data(),
                domain.size());
  }
  user_size_ = identity.user.size();
  password_empty_ = identity.password.empty();
  nt_hash_ = NtOwfV1(identity.password);
  // An LM hash is a liability; only machines that still send one have one.
  if (world().options().ntlm.lm_compatibility_level <= 1) {
    lm_hash_ = LmOwfV1(identity.password);
  }
  nt_owf_v2_ = crypto::HmacMd5(NtOwfV2(nt_hash_, user, domain));
  has_identity_ = true;
  return true;
}

std::u16string_view NtlmCredential::user() const {
  return {reinterpret_cast<const char16_t*>(names_.span().data()), user_size_};
}

std::u16string_view NtlmCredential::domain() const {
  return {reinterpret_cast<const char16_t*>(names_.span().data()) + user_size_,
          names_.size() / sizeof(char16_t) - user_size_};
}

SECURITY_STATUS NtlmCredential::QueryAttribute(ULONG attribute,
                                               AttributeWriter& out) const {
  if (attribute != SECPKG_CRED_ATTR_NAMES) return SEC_E_UNSUPPORTED_FUNCTION;
  if (!has_identity()) return SEC_E_NO_CREDENTIALS;
  void* name = out.NewString(QualifiedName(domain(), user()));
  if (name == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  return out.PutText<SecPkgCredentials_NamesW, SecPkgCredentials_NamesA>(
      [name](auto& names) {
        names.sUserName = static_cast<decltype(names.sUserName)>(name);
      });
}

}  // namespace sspilab::ntlm

#ifndef SSPILAB_CORE_AUTH_IDENTITY_H_
#define SSPILAB_CORE_AUTH_IDENTITY_H_

#include <optional>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "core/sspi.h"

namespace sspilab {

// SEC_WINNT_AUTH_IDENTITY in one form, strings not owned.
struct AuthIdentity {
  std::u16string_view user;
  std::u16string_view domain;
  std::u16string_view password;
};

// The SEC_WINNT_AUTH_IDENTITY or SEC_WINNT_AUTH_IDENTITY_EX that a caller
// passes as pAuthData, brought to one form.
class CallerIdentity {
 public:
  CallerIdentity() = default;
  CallerIdentity(const CallerIdentity&) = delete;
  CallerIdentity& operator=(const CallerIdentity&) = delete;
  ~CallerIdentity();

  // Null `auth_data` is no identity. SEC_E_INVALID_PARAMETER for a structure
  // that contradicts itself, SEC_E_UNKNOWN_CREDENTIALS for a form that is not
  // known here (..._EX2, encrypted ones).
  [[nodiscard]] SECURITY_STATUS Read(const void* auth_data);

  // Nothing where the caller gave none, or null for all of its parts. The
  // strings live in this object.
  std::optional<AuthIdentity> get() const;
  // Which packages Negotiate may take, as the caller wrote them:
  // "kerberos,!ntlm". Empty where it did not say.
  std::u16string_view package_list() const {
    return {package_list_.data(), package_list_.size()};
  }

 private:
  // Longest string accepted, in characters: what an NTLM field can still hold.
  static constexpr ULONG kMaxLength = 0x7FFF;

  using Text = absl::InlinedVector<char16_t, 64>;

  [[nodiscard]] static bool ReadText(const void* text, ULONG length, bool wide,
                                     Text* out);

  bool present_ = false;
  Text user_, domain_, password_, package_list_;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_AUTH_IDENTITY_H_

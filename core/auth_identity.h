#ifndef SSPILAB_CORE_AUTH_IDENTITY_H_
#define SSPILAB_CORE_AUTH_IDENTITY_H_

#include <optional>

#include "absl/container/inlined_vector.h"
#include "core/security_package.h"

namespace sspilab {

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

  // Nothing where the caller gave none. The strings live in this object.
  std::optional<AuthIdentity> get() const;

 private:
  // Longest string accepted, in characters: what an NTLM field can still hold.
  static constexpr ULONG kMaxLength = 0x7FFF;

  using Text = absl::InlinedVector<char16_t, 64>;

  [[nodiscard]] static bool ReadText(const void* text, ULONG length, bool wide,
                                     Text* out);

  bool present_ = false;
  Text user_, domain_, password_;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_AUTH_IDENTITY_H_

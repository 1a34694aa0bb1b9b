#ifndef SSPILAB_CORE_CREDSSP_IDENTITY_H_
#define SSPILAB_CORE_CREDSSP_IDENTITY_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "core/auth_identity.h"
#include "core/credssp/delegation.h"
#include "core/credssp/messages.h"
#include "core/memory.h"
#include "core/security_package.h"

namespace sspilab::credssp {

// Who a client logs on as, and what it delegates.
class ClientIdentity {
 public:
  ClientIdentity() = default;
  ~ClientIdentity();
  ClientIdentity(const ClientIdentity&) = delete;
  ClientIdentity& operator=(const ClientIdentity&) = delete;

  // Reads `auth_data`, what Negotiate takes; where it is null, the logon
  // session's credentials count.
  [[nodiscard]] SECURITY_STATUS Acquire(World& world, uint32_t use,
                                        const void* auth_data);

  // Negotiate's.
  Credential& credential() const { return *negotiate_; }
  // False for a machine at which nobody is logged on.
  bool present() const { return present_; }
  Source source() const { return source_; }
  // Views of this object.
  TsPasswordCreds credentials() const;

 private:
  [[nodiscard]] bool Keep(World& world, const AuthIdentity& identity);

  BudgetPtr<Credential> negotiate_;
  bool present_ = false;
  Source source_ = Source::kDefault;
  // Domain, user, password: UTF-16, one after the other.
  BudgetBytes text_;
  std::array<size_t, 3> sizes_{};
};

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_IDENTITY_H_

#include "core/ntlm/package.h"

#include <utility>

#include "core/auth_identity.h"
#include "core/impersonation.h"
#include "core/ntlm/acceptor.h"
#include "core/ntlm/credential.h"
#include "core/ntlm/export.h"
#include "core/ntlm/initiator.h"

namespace sspilab::ntlm {
namespace {

// The numbers are those of Windows 10 and Server 2016 on.
constexpr PackageInfo kInfo = {
    .id = Package::kNtlm,
    .capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY |
                    SECPKG_FLAG_TOKEN_ONLY | SECPKG_FLAG_CONNECTION |
                    SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_IMPERSONATION |
                    SECPKG_FLAG_ACCEPT_WIN32_NAME | SECPKG_FLAG_NEGOTIABLE |
                    SECPKG_FLAG_LOGON | SECPKG_FLAG_RESTRICTED_TOKENS,
    .version = 1,
    .rpc_id = 10,  // RPC_C_AUTHN_WINNT
    .max_token = 2888,
    .name = u"NTLM",
    .comment = u"NTLM Security Package",
};

class Ntlm : public SecurityPackage {
 public:
  const PackageInfo& info() const override { return kInfo; }

  SECURITY_STATUS AcquireCredential(
      const CredentialRequest& request,
      BudgetPtr<Credential>* credential) const override {
    World& world = request.world;
    CallerIdentity caller;
    const SECURITY_STATUS status = caller.Read(request.auth_data);
    if (status != SEC_E_OK) return status;
    auto made =
        NewIn<NtlmCredential>(world.memory(), world, *this, request.use);
    if (made == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
    std::optional<AuthIdentity> identity = caller.get();
    const std::optional<Logon>& logon = world.options().logon;
    // A client that is impersonated left no password here.
    if (!identity.has_value() && logon.has_value() &&
        !ImpersonatedIdentity().has_value()) {
      identity = {logon->user, logon->domain, logon->password};
    }
    if (made->outbound() && identity.has_value() &&
        !made->SetIdentity(*identity)) {
      return SEC_E_INSUFFICIENT_MEMORY;
    }
    *credential = std::move(made);
    return SEC_E_OK;
  }

  SECURITY_STATUS NewContext(Role role, CredentialTable::Pin credential,
                             BudgetPtr<Context>* context) const override {
    World& world = credential->world();
    if (role == Role::kInitiator) {
      *context =
          NewIn<Initiator>(world.memory(), world, *this, std::move(credential));
    } else {
      *context =
          NewIn<Acceptor>(world.memory(), world, *this, std::move(credential));
    }
    return *context != nullptr ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
  }

  SECURITY_STATUS Import(World& world, absl::Span<const uint8_t> packed,
                         BudgetPtr<Context>* context) const override {
    return ImportContext(world, *this, packed, context);
  }
};

}  // namespace

const SecurityPackage& NtlmPackage() {
  static const Ntlm& package = *new Ntlm;
  return package;
}

}  // namespace sspilab::ntlm

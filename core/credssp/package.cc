#include "core/credssp/package.h"

#include <utility>

#include "core/credssp/acceptor.h"
#include "core/credssp/credential.h"
#include "core/credssp/initiator.h"

namespace sspilab::credssp {
namespace {

// The numbers are those of Windows 8 on.
constexpr PackageInfo kInfo = {
    .id = Package::kCredSsp,
    .capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY |
                    SECPKG_FLAG_CONNECTION | SECPKG_FLAG_MULTI_REQUIRED |
                    SECPKG_FLAG_EXTENDED_ERROR | SECPKG_FLAG_IMPERSONATION |
                    SECPKG_FLAG_ACCEPT_WIN32_NAME | SECPKG_FLAG_STREAM |
                    SECPKG_FLAG_MUTUAL_AUTH,
    .version = 1,
    .rpc_id = 0xFFFF,  // SECPKG_ID_NONE: RPC does not know it.
    .max_token = 90'567,
    .name = u"CREDSSP",
    .comment = u"Microsoft CredSSP Security Provider",
};

class CredSsp : public SecurityPackage {
 public:
  const PackageInfo& info() const override { return kInfo; }

  SECURITY_STATUS AcquireCredential(
      const CredentialRequest& request,
      BudgetPtr<Credential>* credential) const override {
    World& world = request.world;
    auto made =
        NewIn<CredSspCredential>(world.memory(), world, *this, request.use);
    if (made == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
    const SECURITY_STATUS status = made->Acquire(request);
    if (status == SEC_E_OK) *credential = std::move(made);
    return status;
  }

  SECURITY_STATUS NewContext(Role role, CredentialTable::Pin credential,
                             BudgetPtr<Context>* context) const override {
    World& world = credential->world();
    if (role == Role::kInitiator) {
      *context = NewIn<Initiator>(world.memory(), world, *this, role,
                                  std::move(credential));
    } else {
      *context = NewIn<Acceptor>(world.memory(), world, *this, role,
                                 std::move(credential));
    }
    return *context != nullptr ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
  }
};

}  // namespace

const SecurityPackage& CredSspPackage() {
  static const CredSsp& package = *new CredSsp;
  return package;
}

}  // namespace sspilab::credssp

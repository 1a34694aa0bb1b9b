#include "core/schannel/package.h"

#include <utility>

#include "core/schannel/acceptor.h"
#include "core/schannel/credential.h"
#include "core/schannel/initiator.h"

namespace sspilab::schannel {
namespace {

// The numbers are those of Windows 8 on.
constexpr PackageInfo kInfo = {
    .id = Package::kSchannel,
    .capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY |
                    SECPKG_FLAG_CONNECTION | SECPKG_FLAG_MULTI_REQUIRED |
                    SECPKG_FLAG_EXTENDED_ERROR | SECPKG_FLAG_IMPERSONATION |
                    SECPKG_FLAG_ACCEPT_WIN32_NAME | SECPKG_FLAG_STREAM |
                    SECPKG_FLAG_MUTUAL_AUTH |
                    SECPKG_FLAG_APPCONTAINER_PASSTHROUGH,
    .version = 1,
    .rpc_id = UNISP_RPC_ID,
    .max_token = 0x6000,
    .name = u"Schannel",
    .comment = u"Schannel Security Package",
};

class Schannel : public SecurityPackage {
 public:
  const PackageInfo& info() const override { return kInfo; }

  SECURITY_STATUS AcquireCredential(
      const CredentialRequest& request,
      BudgetPtr<Credential>* credential) const override {
    World& world = request.world;
    auto made =
        NewIn<SchannelCredential>(world.memory(), world, *this, request.use);
    if (made == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
    const SECURITY_STATUS status = made->Configure(request);
    if (status == SEC_E_OK) *credential = std::move(made);
    return status;
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
};

}  // namespace

const SecurityPackage& SchannelPackage() {
  static const Schannel& package = *new Schannel;
  return package;
}

}  // namespace sspilab::schannel

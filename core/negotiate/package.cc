#include "core/negotiate/package.h"

#include <utility>

#include "core/negotiate/acceptor.h"
#include "core/negotiate/context.h"
#include "core/negotiate/credential.h"
#include "core/negotiate/initiator.h"

namespace sspilab::negotiate {
namespace {

// The numbers are those of Windows 10 and Server 2016 on.
constexpr PackageInfo kInfo = {
    .id = Package::kNegotiate,
    .capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY |
                    SECPKG_FLAG_CONNECTION | SECPKG_FLAG_MULTI_REQUIRED |
                    SECPKG_FLAG_EXTENDED_ERROR | SECPKG_FLAG_IMPERSONATION |
                    SECPKG_FLAG_ACCEPT_WIN32_NAME | SECPKG_FLAG_NEGOTIABLE |
                    SECPKG_FLAG_GSS_COMPATIBLE | SECPKG_FLAG_LOGON |
                    SECPKG_FLAG_RESTRICTED_TOKENS |
                    SECPKG_FLAG_APPCONTAINER_CHECKS,
    .version = 1,
    .rpc_id = 9,  // RPC_C_AUTHN_GSS_NEGOTIATE
    .max_token = 48256,
    .name = u"Negotiate",
    .comment = u"Microsoft Package Negotiator",
};

}  // namespace

const PackageInfo& Negotiate::info() const { return kInfo; }

SECURITY_STATUS Negotiate::AcquireCredential(
    const CredentialRequest& request, BudgetPtr<Credential>* credential) const {
  World& world = request.world;
  auto made =
      NewIn<NegotiateCredential>(world.memory(), world, *this, request.use);
  if (made == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  const SECURITY_STATUS status = made->Acquire(mechanisms_, request);
  if (status != SEC_E_OK) return status;
  *credential = std::move(made);
  return SEC_E_OK;
}

SECURITY_STATUS Negotiate::NewContext(Role role,
                                      CredentialTable::Pin credential,
                                      BudgetPtr<Context>* context) const {
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

SECURITY_STATUS Negotiate::Import(World& world,
                                  absl::Span<const uint8_t> packed,
                                  BudgetPtr<Context>* context) const {
  return ImportContext(world, *this, mechanisms_, packed, context);
}

const SecurityPackage& NegotiatePackage() {
  static const Negotiate& package = *new Negotiate(Mechanisms());
  return package;
}

}  // namespace sspilab::negotiate

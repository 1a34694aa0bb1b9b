#include "core/kerberos/package.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "core/auth_identity.h"
#include "core/impersonation.h"
#include "core/kerberos/acceptor.h"
#include "core/kerberos/credential.h"
#include "core/kerberos/export.h"
#include "core/kerberos/initiator.h"
#include "core/kerberos/names.h"

namespace sspilab::kerberos {
namespace {

// The numbers are those of Windows 10 and Server 2016 on.
constexpr PackageInfo kInfo = {
    .id = Package::kKerberos,
    .capabilities = SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY |
                    SECPKG_FLAG_TOKEN_ONLY | SECPKG_FLAG_CONNECTION |
                    SECPKG_FLAG_MULTI_REQUIRED | SECPKG_FLAG_EXTENDED_ERROR |
                    SECPKG_FLAG_IMPERSONATION | SECPKG_FLAG_ACCEPT_WIN32_NAME |
                    SECPKG_FLAG_NEGOTIABLE | SECPKG_FLAG_GSS_COMPATIBLE |
                    SECPKG_FLAG_LOGON | SECPKG_FLAG_MUTUAL_AUTH |
                    SECPKG_FLAG_RESTRICTED_TOKENS,
    .version = 1,
    .rpc_id = 16,  // RPC_C_AUTHN_GSS_KERBEROS
    .max_token = 48000,
    .name = u"Kerberos",
    .comment = u"Microsoft Kerberos V1.0",
};

class Kerberos : public SecurityPackage {
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
        NewIn<KerberosCredential>(world.memory(), world, *this, request.use);
    if (made == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
    std::optional<AuthIdentity> identity = caller.get();
    const std::optional<Logon>& logon = world.options().logon;
    // Who accepts without a name does so as the machine. Who acts as a client
    // has what this one delegated, and nothing of the machine's own.
    if (!identity.has_value() && made->outbound()) {
      if (ImpersonatedIdentity().has_value()) {
        if (ImpersonatedTicket() != nullptr) {
          made->SetDelegated(*ImpersonatedTicket());
        }
      } else if (logon.has_value()) {
        identity = {logon->user, logon->domain, logon->password};
      }
    }
    if (identity.has_value()) made->SetIdentity(*identity);
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

const SecurityPackage& KerberosPackage() {
  static const Kerberos& package = *new Kerberos;
  return package;
}

bool HasMachineAccount(const World& world) {
  const std::string machine = MachineAccount(world);
  const std::deque<Realm>& realms = world.realms().all();
  return std::any_of(realms.begin(), realms.end(), [&](const Realm& realm) {
    return realm.Find(machine) != nullptr;
  });
}

}  // namespace sspilab::kerberos

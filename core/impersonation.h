#ifndef SSPILAB_CORE_IMPERSONATION_H_
#define SSPILAB_CORE_IMPERSONATION_H_

#include <memory>
#include <optional>
#include <string>

namespace sspilab {

namespace kerberos {
struct HeldTicket;
}

// Whom the calling thread acts as since ImpersonateSecurityContext,
// "DOMAIN\\user"; nothing after RevertSecurityContext. Stands for the thread
// token that Windows would set.
const std::optional<std::u16string>& ImpersonatedIdentity();

// The ticket-granting ticket that this client delegated: what it acts with
// towards others. Null for none, and where nobody is impersonated.
const std::shared_ptr<const kerberos::HeldTicket>& ImpersonatedTicket();

// For ImpersonateSecurityContext and RevertSecurityContext.
void Impersonate(std::u16string client,
                 std::shared_ptr<const kerberos::HeldTicket> ticket);
void StopImpersonating();

}  // namespace sspilab

#endif  // SSPILAB_CORE_IMPERSONATION_H_

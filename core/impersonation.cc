#include "core/impersonation.h"

#include <utility>

namespace sspilab {
namespace {

thread_local std::optional<std::u16string> identity;
thread_local std::shared_ptr<const kerberos::HeldTicket> delegated;

}  // namespace

const std::optional<std::u16string>& ImpersonatedIdentity() { return identity; }

const std::shared_ptr<const kerberos::HeldTicket>& ImpersonatedTicket() {
  return delegated;
}

void Impersonate(std::u16string client,
                 std::shared_ptr<const kerberos::HeldTicket> ticket) {
  identity = std::move(client);
  delegated = std::move(ticket);
}

void StopImpersonating() {
  identity.reset();
  delegated.reset();
}

}  // namespace sspilab

#ifndef SSPILAB_CORE_IMPERSONATION_H_
#define SSPILAB_CORE_IMPERSONATION_H_

#include <optional>
#include <string>

namespace sspilab {

// Whom the calling thread acts as since ImpersonateSecurityContext,
// "DOMAIN\\user"; nothing after RevertSecurityContext. Stands for the thread
// token that Windows would set.
const std::optional<std::u16string>& ImpersonatedIdentity();

}  // namespace sspilab

#endif  // SSPILAB_CORE_IMPERSONATION_H_

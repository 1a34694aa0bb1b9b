#ifndef SSPILAB_CORE_PACKAGES_H_
#define SSPILAB_CORE_PACKAGES_H_

#include <string_view>

#include "absl/types/span.h"
#include "core/security_package.h"

namespace sspilab {

// The packages that there are, in the order in which EnumerateSecurityPackages
// gives them.
absl::Span<const SecurityPackage* const> Packages();

// By name, without regard to case. Null when there is none.
const SecurityPackage* FindPackage(std::u16string_view name);

}  // namespace sspilab

#endif  // SSPILAB_CORE_PACKAGES_H_

#include "core/packages.h"

#include "core/negotiate/package.h"
#include "core/ntlm/package.h"
#include "core/wire/upcase.h"

namespace sspilab {

absl::Span<const SecurityPackage* const> Packages() {
  static const SecurityPackage* const packages[] = {
      &negotiate::NegotiatePackage(), &ntlm::NtlmPackage()};
  return packages;
}

const SecurityPackage* FindPackage(std::u16string_view name) {
  for (const SecurityPackage* package : Packages()) {
    if (wire::EqualIgnoringCase(package->info().name, name)) {
      return package;
    }
  }
  return nullptr;
}

}  // namespace sspilab

#include "core/packages.h"

#include "core/credssp/package.h"
#include "core/kerberos/package.h"
#include "core/negotiate/package.h"
#include "core/ntlm/package.h"
#include "core/schannel/package.h"
#include "core/wire/upcase.h"

namespace sspilab {

absl::Span<const SecurityPackage* const> Packages() {
  static const SecurityPackage* const packages[] = {
      &negotiate::NegotiatePackage(), &kerberos::KerberosPackage(),
      &ntlm::NtlmPackage(), &schannel::SchannelPackage(),
      &credssp::CredSspPackage()};
  return packages;
}

const SecurityPackage* FindPackage(std::u16string_view name) {
  // What schannel.h calls it, Windows' own list has under a shorter name.
  if (wire::EqualIgnoringCase(name, UNISP_NAME_W)) name = SCHANNEL_NAME_W;
  for (const SecurityPackage* package : Packages()) {
    if (wire::EqualIgnoringCase(package->info().name, name)) {
      return package;
    }
  }
  return nullptr;
}

}  // namespace sspilab

#ifndef SSPILAB_CORE_KERBEROS_NAMES_H_
#define SSPILAB_CORE_KERBEROS_NAMES_H_

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/kerberos/realm.h"
#include "core/wire/utf.h"
#include "core/world.h"

namespace sspilab::kerberos {

// "EXAMPLE\alice", as Windows names a client; the realm itself where its domain
// is not known.
inline std::string DomainName(const World& world, std::string_view user,
                              std::string_view realm_name) {
  const Realm* const realm = world.realms().Find(realm_name);
  return absl::StrCat(realm != nullptr ? realm->netbios_name() : realm_name,
                      "\\", user);
}

// "LAB$": the account as which the machine's services accept.
inline std::string MachineAccount(const World& world) {
  return absl::StrCat(wire::Utf16ToUtf8Lossy(world.options().names.computer),
                      "$");
}

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_NAMES_H_

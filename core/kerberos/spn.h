#ifndef SSPILAB_CORE_KERBEROS_SPN_H_
#define SSPILAB_CORE_KERBEROS_SPN_H_

#include <string_view>

namespace sspilab::kerberos {

// Whether the host in a service principal name ("cifs/192.0.2.1:445",
// "cifs/[2001:db8::1]") is an address, which no service is registered under.
[[nodiscard]] bool NamesAddress(std::string_view spn);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_SPN_H_

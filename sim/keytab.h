#ifndef SSPILAB_SIM_KEYTAB_H_
#define SSPILAB_SIM_KEYTAB_H_

#include <string>
#include <string_view>

#include "core/kerberos/realm.h"

// The keys of realms as a keytab file, version 0x502 (MIT Kerberos, "Keytab
// file format"): what Wireshark decrypts captures with, and what other
// implementations' acceptors run with.
namespace sspilab::sim {

// Every key of every principal, under each of its names.
std::string RealmsToKeytab(const kerberos::Realms& realms);

// Those of one principal of `realm`. A trust's key, "krbtgt/TO@FROM", belongs
// to the realm that its name tells.
std::string PrincipalToKeytab(const kerberos::Principal& principal,
                              std::string_view realm);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_KEYTAB_H_

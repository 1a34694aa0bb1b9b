#ifndef SSPILAB_FUZZ_READY_CONTEXTS_H_
#define SSPILAB_FUZZ_READY_CONTEXTS_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/sspi.h"
#include "fuzz/profile.h"

namespace sspilab::fuzz {

// Both ends of an exchange that is done, so that a run which is about what
// comes after it need not pay for it.
struct ReadyPair {
  std::string_view name;
  const Profile* profile;
  // As ExportSecurityContext packed them: the initiator's and the acceptor's.
  std::array<std::vector<uint8_t>, 2> packed;
  // ISC_RET_* and ASC_RET_*.
  std::array<ULONG, 2> attributes;
  // The same at both ends.
  SecPkgContext_Sizes sizes;
};

// Of NTLM, Kerberos and Negotiate, by what protects their messages.
inline constexpr int kReadyPairs = 18;

// Any number is one's. Made when first asked, of constants: the same in every
// process.
const ReadyPair& ReadyPairOf(uint8_t number);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_READY_CONTEXTS_H_

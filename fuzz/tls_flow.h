#ifndef SSPILAB_FUZZ_TLS_FLOW_H_
#define SSPILAB_FUZZ_TLS_FLOW_H_

#include "fuzz/profile.h"

namespace sspilab::fuzz {

// Profile::require_noticed of packages that speak TLS: both are done, so what
// each took was what the other had sent, but for what TLS leaves unprotected.
void RequireTlsNoticed(Watch& watch, const Passage& passage);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_TLS_FLOW_H_

#ifndef SSPILAB_FUZZ_KDC_PROOF_H_
#define SSPILAB_FUZZ_KDC_PROOF_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"

namespace sspilab::fuzz {

// Judges what the KDC of `realm`, which is one of `realms`, said to a request
// without the KDC's code, with all keys: that it is an answer to it at all
// (KdcAnswers) and, where it is a ticket, that its client has shown the key
// that it takes and got no more than it may have (GrantIsEarned).
void RequireRightAnswer(const kerberos::Realms& realms, std::string_view realm,
                        kerberos::PreciseTime now,
                        absl::Span<const uint8_t> request,
                        absl::Span<const uint8_t> answer);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_KDC_PROOF_H_

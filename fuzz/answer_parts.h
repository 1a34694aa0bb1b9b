#ifndef SSPILAB_FUZZ_ANSWER_PARTS_H_
#define SSPILAB_FUZZ_ANSWER_PARTS_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/sspi.h"

namespace sspilab::fuzz {

// Calls `take` with each piece of memory that an answer of
// QueryContextAttributes holds and its caller must free.
void ForEachPart(ULONG attribute, absl::Span<const uint8_t> answer,
                 absl::FunctionRef<void(void* part)> take);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_ANSWER_PARTS_H_

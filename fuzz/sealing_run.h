#ifndef SSPILAB_FUZZ_SEALING_RUN_H_
#define SSPILAB_FUZZ_SEALING_RUN_H_

#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::fuzz {

// Messages between two ready contexts (ready_contexts.h), and what becomes of
// them (sim::kSealingFormat). What arrives is judged with a model of its own of
// what each end has taken (MessagesArrive, MessagesAreAuthentic). Returns a
// digest.
uint64_t RunSealing(absl::Span<const uint8_t> input);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_SEALING_RUN_H_

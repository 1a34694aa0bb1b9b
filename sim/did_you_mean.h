#ifndef SSPILAB_SIM_DID_YOU_MEAN_H_
#define SSPILAB_SIM_DID_YOU_MEAN_H_

#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace sspilab::sim {

// Which of `known` is near to `word`; empty where none is.
std::string_view NearestWord(std::string_view word,
                             absl::Span<const std::string_view> known);

// The end of a message about an unknown word: "did you mean 'seed'?" where one
// of `known` is near, else "it is one of ...".
std::string DidYouMean(std::string_view word,
                       absl::Span<const std::string_view> known);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_DID_YOU_MEAN_H_

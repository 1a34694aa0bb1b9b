#ifndef SSPILAB_FUZZ_TEXT_INPUTS_H_
#define SSPILAB_FUZZ_TEXT_INPUTS_H_

#include <cstddef>
#include <string_view>

// The texts that sspilab reads, as people write them. What is refused must say
// where and why (SaysWhere), what is taken must be the same when it was written
// and read again (RoundTrip), and what can be run must end, with all memory
// given back (Balance) and the packages as good as their word
// (PackageKeepsRules).
namespace sspilab::fuzz {

// A longer text is passed over: what it could say takes too long to run.
inline constexpr size_t kMaxTextInput = 8192;

// A scenario: TOML.
void TakeScenario(std::string_view text);
// A trace, as `sspilab replay` reads it: JSON Lines.
void TakeTrace(std::string_view text);
// Texts of a line: a token as `sspilab decode` gets it, a fault, the place of a
// deviation, a key.
void TakeLine(std::string_view text);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_TEXT_INPUTS_H_

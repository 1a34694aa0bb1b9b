#ifndef SSPILAB_SIM_RENDER_TEXT_H_
#define SSPILAB_SIM_RENDER_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

// Text for a terminal. A column is one Unicode code point here: what the
// renderers draw with, and Western names, take one cell each.
namespace sspilab::sim {

// Columns of UTF-8 `text`.
size_t Columns(std::string_view text);

// `text` in at most `columns`, the last one an ellipsis where it was cut.
std::string Fit(std::string_view text, size_t columns);

// `text` filled with spaces to `columns`; longer text stays as it is.
std::string PadRight(std::string_view text, size_t columns);
std::string PadLeft(std::string_view text, size_t columns);
std::string Centre(std::string_view text, size_t columns);

// `text` `times` times.
std::string Repeat(std::string_view text, size_t times);

// The words of `text` in lines of at most `columns`; a word that is longer is
// cut. At least one line.
std::vector<std::string> WrapWords(std::string_view text, size_t columns);

// Control characters, which would act on the terminal, as "\x1b".
std::string Printable(std::string_view text);

// Lower-case hexadecimal, at most `most` bytes and then an ellipsis.
std::string Hex(absl::Span<const uint8_t> bytes, size_t most = SIZE_MAX);

// A FILETIME (100 ns since 1601-01-01 UTC): "2024-01-01 00:00:00.0000000 UTC",
// "never" for Windows' largest, and the bare number beyond that.
std::string FileTimeToText(uint64_t time);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_TEXT_H_

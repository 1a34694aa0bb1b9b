#ifndef SSPILAB_SIM_TOKEN_TEXT_H_
#define SSPILAB_SIM_TOKEN_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

namespace sspilab::sim {

// Hexadecimal, however it was copied: spaces, line ends, colons, 0x. Nothing
// for what is none.
std::optional<std::string> BytesFromHex(std::string_view text);

// The token in `input`, which is binary, hexadecimal, or base64, as HTTP
// carries it or alone. What is hexadecimal may be any bytes; else they are a
// token that IsKnownToken knows.
std::optional<std::string> RecognizeToken(std::string_view input);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TOKEN_TEXT_H_

#ifndef SSPILAB_SIM_RENDER_HTML_TOKEN_H_
#define SSPILAB_SIM_RENDER_HTML_TOKEN_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/render/kerberos_opened.h"
#include "sim/render/ladder.h"
#include "sim/trace.h"

namespace sspilab::sim {

// A message for the page's script, which shows its fields beside its bytes: an
// array of its parts, what is on the wire first, then what that holds
// encrypted. A part is
//   title    text
//   bytes    in hexadecimal
//   fields   arrays [depth, name, value, offset, size, is it a bit], each below
//            its parent. A bit has the place of the number that it is in.
//   error    why it is malformed, or ""
//   changed  offsets of bytes that the wire changed
//
// `row` is a message or an arrival in the ladder of `trace`. Of an arrival,
// `sent` are the bytes that set out. `*keys` open what Kerberos encrypted, and
// become more by it.
nlohmann::json HtmlToken(const Trace& trace, const LadderRow& row,
                         std::optional<absl::Span<const uint8_t>> sent,
                         KerberosKeys* keys);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_HTML_TOKEN_H_

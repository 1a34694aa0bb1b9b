#ifndef SSPILAB_FUZZ_TOKEN_MUTATOR_H_
#define SSPILAB_FUZZ_TOKEN_MUTATOR_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/entropy.h"

// Mutations that know how tokens are built: NTLM's messages, DER (SPNEGO,
// GSS-API's framing, Kerberos, TSRequest) and TLS records, one inside another.
// All take any bytes: what is none of these has no fields.
namespace sspilab::fuzz {

using Token = std::vector<uint8_t>;

// Mutates the first `size` bytes at `data` in place, to at most `max_size`, and
// returns their number: LLVMFuzzerMutate.
using MutateBytes =
    absl::FunctionRef<size_t(uint8_t* data, size_t size, size_t max_size)>;

// A part of a token that says its own length.
struct TokenField {
  // Its contents, which may end behind the token's end.
  size_t begin = 0;
  size_t size = 0;
  // Where the length stands, in how many bytes.
  size_t length_at = 0;
  uint8_t length_bytes = 0;
  bool big_endian = false;
  // NTLM's fields have it: where the place of the contents stands, four bytes,
  // little-endian. 0 for none.
  size_t place_at = 0;
};

// The outer before the inner, else as they stand in the token. Endless bytes
// have a limited number of them.
std::vector<TokenField> FieldsOf(absl::Span<const uint8_t> token);

// Where something begins or ends: the token, a header, a length, contents; each
// once, in order, none behind the token's end.
std::vector<size_t> EdgesOf(absl::Span<const uint8_t> token);

// Makes lengths and places right: what would end behind the token's end or
// behind what it is in ends there, and what is around all ends with all.
void Mend(Token& token);

// Makes one length or place wrong: by one, by much, zero, or to what the whole
// token has. False where it has none.
bool BreakOneLength(Token& token, Entropy& entropy);

// Mutates the contents of one field, and makes the lengths right that have it
// inside. False where there is no field.
bool MutateField(Token& token, size_t max_size, Entropy& entropy,
                 MutateBytes bytes);

// Takes all or the end of one field's contents away, and makes the lengths
// right. False where there is nothing in it.
bool CutField(Token& token, Entropy& entropy);

// Cuts the token at an edge, a byte before one or a byte behind.
bool TruncateAtEdge(Token& token, Entropy& entropy);

// One of these, or plain bytes, with lengths made right or not.
void MutateToken(Token& token, size_t max_size, Entropy& entropy,
                 MutateBytes bytes);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_TOKEN_MUTATOR_H_

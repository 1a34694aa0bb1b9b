#ifndef SSPILAB_FUZZ_TOKEN_FIELDS_H_
#define SSPILAB_FUZZ_TOKEN_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

// How tokens are built: NTLM's messages, DER (SPNEGO, GSS-API's framing,
// Kerberos, TSRequest) and TLS records, one inside another. All of this takes
// any bytes: what is none of these has no fields.
namespace sspilab::fuzz {

using Token = std::vector<uint8_t>;

// A part of a token that says its own length.
struct TokenField {
  // Its contents, which may end behind the token's end.
  size_t begin = 0;
  size_t size = 0;
  // Where the length stands, in how many bytes.
  size_t length_at = 0;
  uint8_t length_bytes = 0;
  bool big_endian = false;
  // Where all of it begins, with the type before its length. NTLM's fields are
  // not in one piece: where their contents begin.
  size_t element_at = 0;
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

// The number in `bytes` bytes at `at`.
size_t NumberAt(absl::Span<const uint8_t> token, size_t at, size_t bytes,
                bool big_endian);
// The number modulo what `bytes` bytes can say.
void SetNumberAt(absl::Span<uint8_t> token, size_t at, size_t bytes,
                 bool big_endian, size_t number);
size_t LargestIn(size_t bytes);

// As much of a field's contents as the token has.
Token ContentsOf(const Token& token, const TokenField& field);

// Puts `bytes` in the place of `size` others at `begin`, which are the contents
// or the whole of `field`, one of `fields`, and makes right what tells of
// lengths and places.
void Replace(Token& token, const std::vector<TokenField>& fields,
             const TokenField& field, size_t begin, size_t size,
             absl::Span<const uint8_t> bytes);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_TOKEN_FIELDS_H_

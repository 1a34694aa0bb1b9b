#ifndef SSPILAB_FUZZ_TOKEN_MUTATOR_H_
#define SSPILAB_FUZZ_TOKEN_MUTATOR_H_

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "core/entropy.h"
#include "fuzz/token_fields.h"

// Mutations that know how tokens are built (token_fields.h). All take any
// bytes: what has no fields is mutated as bytes.
namespace sspilab::fuzz {

// Mutates the first `size` bytes at `data` in place, to at most `max_size`, and
// returns their number: LLVMFuzzerMutate.
using MutateBytes =
    absl::FunctionRef<size_t(uint8_t* data, size_t size, size_t max_size)>;

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

#include "fuzz/token_mutator.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/types/span.h"

namespace sspilab::fuzz {
namespace {

template <typename T>
const T& OneOf(const std::vector<T>& values, Entropy& entropy) {
  return values[entropy.Below(values.size())];
}

void SetContents(Token& token, const std::vector<TokenField>& fields,
                 const TokenField& field, const Token& contents) {
  Replace(token, fields, field, field.begin,
          std::min(field.size, token.size() - field.begin), contents);
}

}  // namespace

bool BreakOneLength(Token& token, Entropy& entropy) {
  const std::vector<TokenField> fields = FieldsOf(token);
  if (fields.empty()) return false;
  const TokenField& field = OneOf(fields, entropy);
  const bool is_place = field.place_at != 0 && entropy.Below(2) == 0;
  const size_t at = is_place ? field.place_at : field.length_at;
  const size_t bytes = is_place ? 4 : field.length_bytes;
  const bool big_endian = !is_place && field.big_endian;
  const size_t number = NumberAt(token, at, bytes, big_endian);
  const size_t wrong[] = {number + 1,
                          number - 1,
                          0,
                          LargestIn(bytes),
                          token.size(),
                          token.size() - 1,
                          number + 0x100,
                          size_t{1} << (8 * bytes - 1)};
  SetNumberAt(absl::MakeSpan(token), at, bytes, big_endian,
              wrong[entropy.Below(std::size(wrong))]);
  return true;
}

bool MutateField(Token& token, size_t max_size, Entropy& entropy,
                 MutateBytes bytes) {
  const std::vector<TokenField> fields = FieldsOf(token);
  if (fields.empty()) return false;
  const TokenField field = OneOf(fields, entropy);
  if (field.begin > token.size() || token.size() > max_size) return false;
  Token contents = ContentsOf(token, field);
  const size_t size = contents.size();
  const size_t most = max_size - (token.size() - size);
  if (most == 0) return false;
  contents.resize(std::min(most, std::max<size_t>(2 * size, size + 64)));
  contents.resize(
      bytes(contents.data(), std::min(size, contents.size()), contents.size()));
  SetContents(token, fields, field, contents);
  return true;
}

bool CutField(Token& token, Entropy& entropy) {
  const std::vector<TokenField> fields = FieldsOf(token);
  if (fields.empty()) return false;
  const TokenField field = OneOf(fields, entropy);
  if (field.begin > token.size()) return false;
  Token contents = ContentsOf(token, field);
  if (contents.empty()) return false;
  contents.resize(entropy.Below(2) == 0 ? 0 : entropy.Below(contents.size()));
  SetContents(token, fields, field, contents);
  return true;
}

bool TruncateAtEdge(Token& token, Entropy& entropy) {
  if (token.empty()) return false;
  const size_t edge = OneOf(EdgesOf(token), entropy);
  const size_t beside = edge + entropy.Below(3);
  // One before, there, or one behind.
  token.resize(std::min(token.size(), beside == 0 ? 0 : beside - 1));
  return true;
}

void MutateToken(Token& token, size_t max_size, Entropy& entropy,
                 MutateBytes bytes) {
  token.resize(std::min(token.size(), max_size));
  const uint64_t choice = entropy.Below(9);
  if (choice < 3 && MutateField(token, max_size, entropy, bytes)) {
    // Whole, but for one length now and then.
    if (choice == 0) BreakOneLength(token, entropy);
    return;
  }
  if (choice == 3 && BreakOneLength(token, entropy)) return;
  if (choice == 4 && TruncateAtEdge(token, entropy)) {
    if (entropy.Below(2) == 0) Mend(token);
    return;
  }
  if (choice == 8 && CutField(token, entropy)) return;
  const size_t size = token.size();
  token.resize(std::min(max_size, std::max<size_t>(2 * size, size + 64)));
  if (token.empty()) return;
  token.resize(bytes(token.data(), size, token.size()));
  if (choice == 5) Mend(token);
}

}  // namespace sspilab::fuzz

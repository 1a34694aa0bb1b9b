#include "fuzz/token_fields.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

constexpr size_t kMostFields = 128;
constexpr int kDeepest = 16;

// MS-NLMP 2.2.1: where the fields of a message's header are, by its type.
constexpr std::string_view kNtlmSignature("NTLMSSP\0", 8);
constexpr size_t kNtlmTypeAt = 8;
constexpr size_t kNtlmFieldSize = 8;
constexpr size_t kNegotiateFields[] = {16, 24};
constexpr size_t kChallengeFields[] = {12, 40};
constexpr size_t kAuthenticateFields[] = {12, 20, 28, 36, 44, 52};
// 2.2.2.1: AV pairs, in a CHALLENGE's target info, and behind what an NTLMv2
// response begins with (2.2.2.7, 2.2.2.8).
constexpr size_t kTargetInfo = 40;
constexpr size_t kNtResponse = 20;
constexpr size_t kBeforeAvPairs = 44;
constexpr size_t kAvPairHeader = 4;
constexpr size_t kAvEol = 0;

// X.690 8.1.2 and 8.1.3.
constexpr uint8_t kConstructed = 0x20;
constexpr uint8_t kOctetString = 0x04;
constexpr uint8_t kLongForm = 0x80;

// RFC 8446 5.1 and 4.
constexpr size_t kRecordHeader = 5;
constexpr size_t kHandshakeHeader = 4;
constexpr uint8_t kHandshake = 22;

// A field's length cannot say more than this.
void SetLength(Token& token, const TokenField& field, size_t length) {
  size_t most = LargestIn(field.length_bytes);
  // A byte that says a short length itself.
  const bool is_short = field.length_bytes == 1 && field.big_endian &&
                        token[field.length_at] < kLongForm &&
                        field.begin == field.length_at + 1;
  if (is_short) most = kLongForm - 1;
  SetNumberAt(absl::MakeSpan(token), field.length_at, field.length_bytes,
              field.big_endian, std::min(length, most));
}

// Finds fields; tells each to `visit`, which may change the field's length or
// place in the bytes and says, in the field, what they are now.
class Walk {
 public:
  using Visit = absl::FunctionRef<void(TokenField& field, size_t end)>;

  Walk(const uint8_t* token, Visit visit) : token_(token), visit_(visit) {}

  // What is from `begin` to `end` and, where it can be known, ends there.
  void Any(size_t begin, size_t end, int depth) {
    const Bytes bytes(token_ + begin, end - begin);
    if (depth > kDeepest || bytes.size() < 2) return;
    if (bytes.size() > kNtlmTypeAt &&
        std::equal(kNtlmSignature.begin(), kNtlmSignature.end(),
                   bytes.begin())) {
      return Ntlm(begin, end);
    }
    if (bytes.size() >= kRecordHeader && bytes[0] >= 20 && bytes[0] <= 23 &&
        bytes[1] == 3) {
      return Tls(begin, end);
    }
    const uint8_t tag = bytes[0];
    // APPLICATION and context tags, SEQUENCE: what a token of DER begins with.
    if ((tag & kConstructed) != 0) Der(begin, end, depth, /*fills=*/true);
  }

 private:
  bool Visited(TokenField field, size_t end, TokenField* now) {
    if (++count_ > kMostFields) return false;
    visit_(field, end);
    *now = field;
    return true;
  }

  void Ntlm(size_t begin, size_t end) {
    absl::Span<const size_t> places;
    // Which of them has AV pairs, and behind how many bytes.
    size_t with_pairs = 0, before_pairs = 0;
    switch (token_[begin + kNtlmTypeAt]) {
      case 1:
        places = kNegotiateFields;
        break;
      case 2:
        places = kChallengeFields;
        with_pairs = kTargetInfo;
        break;
      case 3:
        places = kAuthenticateFields;
        with_pairs = kNtResponse;
        before_pairs = kBeforeAvPairs;
        break;
      default:
        return;
    }
    const Bytes bytes(token_, end);
    for (const size_t place : places) {
      const size_t at = begin + place;
      if (at + kNtlmFieldSize > end) return;
      TokenField now;
      if (!Visited({.begin = begin + NumberAt(bytes, at + 4, 4, false),
                    .size = NumberAt(bytes, at, 2, false),
                    .length_at = at,
                    .length_bytes = 2,
                    .big_endian = false,
                    .element_at = begin + NumberAt(bytes, at + 4, 4, false),
                    .place_at = at + 4},
                   end, &now)) {
        return;
      }
      if (place == with_pairs && now.begin < end) {
        AvPairs(now.begin + before_pairs,
                now.begin + std::min(now.size, end - now.begin));
      }
    }
  }

  void AvPairs(size_t begin, size_t end) {
    const Bytes bytes(token_, end);
    while (begin < end && end - begin >= kAvPairHeader) {
      const bool is_last = NumberAt(bytes, begin, 2, false) == kAvEol;
      TokenField now;
      if (!Visited({.begin = begin + kAvPairHeader,
                    .size = NumberAt(bytes, begin + 2, 2, false),
                    .length_at = begin + 2,
                    .length_bytes = 2,
                    .big_endian = false,
                    .element_at = begin},
                   end, &now) ||
          is_last) {
        return;
      }
      begin = now.begin + now.size;
    }
  }

  void Tls(size_t begin, size_t end) {
    const Bytes bytes(token_, end);
    while (end - begin >= kRecordHeader) {
      TokenField now;
      if (!Visited({.begin = begin + kRecordHeader,
                    .size = NumberAt(bytes, begin + 3, 2, true),
                    .length_at = begin + 3,
                    .length_bytes = 2,
                    .big_endian = true,
                    .element_at = begin},
                   end, &now)) {
        return;
      }
      const size_t record_end = std::min(end, now.begin + now.size);
      if (bytes[begin] == kHandshake &&
          record_end - now.begin >= kHandshakeHeader) {
        TokenField message;
        if (!Visited({.begin = now.begin + kHandshakeHeader,
                      .size = NumberAt(bytes, now.begin + 1, 3, true),
                      .length_at = now.begin + 1,
                      .length_bytes = 3,
                      .big_endian = true,
                      .element_at = now.begin},
                     record_end, &message)) {
          return;
        }
      }
      begin = record_end;
    }
  }

  // One element, or as many as there are.
  void Der(size_t begin, size_t end, int depth, bool fills) {
    const Bytes bytes(token_, end);
    while (end - begin >= 2) {
      const uint8_t tag = bytes[begin];
      const uint8_t first = bytes[begin + 1];
      const size_t more = first < kLongForm ? 0 : first - kLongForm;
      // Indefinite, or longer than any token.
      if (first == kLongForm || more > 3 || begin + 2 + more > end) return;
      TokenField now;
      if (!Visited({.begin = begin + 2 + more,
                    .size = more == 0 ? first
                                      : NumberAt(bytes, begin + 2, more, true),
                    .length_at = more == 0 ? begin + 1 : begin + 2,
                    .length_bytes = static_cast<uint8_t>(more == 0 ? 1 : more),
                    .big_endian = true,
                    .element_at = begin},
                   end, &now)) {
        return;
      }
      const size_t inner_end = std::min(end, now.begin + now.size);
      if (depth < kDeepest) {
        if ((tag & kConstructed) != 0) {
          Der(now.begin, inner_end, depth + 1, /*fills=*/false);
        } else if (tag == kOctetString) {
          Any(now.begin, inner_end, depth + 1);
        }
      }
      begin = inner_end;
      if (fills) return;
    }
  }

  const uint8_t* const token_;
  Visit visit_;
  size_t count_ = 0;
};

}  // namespace

size_t NumberAt(Bytes token, size_t at, size_t bytes, bool big_endian) {
  size_t number = 0;
  for (size_t i = 0; i < bytes; ++i) {
    const size_t byte = token[at + (big_endian ? i : bytes - 1 - i)];
    number = number << 8 | byte;
  }
  return number;
}

void SetNumberAt(absl::Span<uint8_t> token, size_t at, size_t bytes,
                 bool big_endian, size_t number) {
  for (size_t i = 0; i < bytes; ++i, number >>= 8) {
    token[at + (big_endian ? bytes - 1 - i : i)] = static_cast<uint8_t>(number);
  }
}

size_t LargestIn(size_t bytes) { return (size_t{1} << (8 * bytes)) - 1; }

std::vector<TokenField> FieldsOf(Bytes token) {
  std::vector<TokenField> fields;
  const auto visit = [&](TokenField& field, size_t) {
    fields.push_back(field);
  };
  Walk(token.data(), visit).Any(0, token.size(), 0);
  return fields;
}

std::vector<size_t> EdgesOf(Bytes token) {
  std::vector<size_t> edges = {0, token.size()};
  for (const TokenField& field : FieldsOf(token)) {
    for (const size_t edge :
         {field.length_at, field.length_at + field.length_bytes, field.begin,
          field.begin + field.size}) {
      if (edge < token.size()) edges.push_back(edge);
    }
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

void Mend(Token& token) {
  // The outermost one is around all.
  bool is_first = true;
  const auto visit = [&](TokenField& field, size_t end) {
    if (field.place_at != 0 && field.begin > end) {
      // Where the last byte ends: there is nothing.
      const size_t begin = end;
      const size_t base =
          field.begin - NumberAt(token, field.place_at, 4, false);
      SetNumberAt(absl::MakeSpan(token), field.place_at, 4, false,
                  begin - base);
      field.begin = begin;
    }
    const size_t room = field.begin > end ? 0 : end - field.begin;
    const bool is_around = is_first && field.place_at == 0 &&
                           field.length_bytes != 3 && token[0] >= kConstructed;
    is_first = false;
    if (field.size <= room && !is_around) return;
    SetLength(token, field, room);
    field.size = std::min(room, NumberAt(token, field.length_at,
                                         field.length_bytes, field.big_endian));
  };
  Walk(token.data(), visit).Any(0, token.size(), 0);
}

Token ContentsOf(const Token& token, const TokenField& field) {
  const Bytes contents = Bytes(token).subspan(field.begin);
  return Token(contents.begin(),
               contents.begin() + static_cast<ptrdiff_t>(
                                      std::min(field.size, contents.size())));
}

void Replace(Token& token, const std::vector<TokenField>& fields,
             const TokenField& field, size_t begin, size_t size, Bytes bytes) {
  const auto at = token.begin() + static_cast<ptrdiff_t>(begin);
  token.erase(at, at + static_cast<ptrdiff_t>(size));
  token.insert(token.begin() + static_cast<ptrdiff_t>(begin), bytes.begin(),
               bytes.end());
  // Modulo 2^64, as all that is added to it.
  const size_t grown = bytes.size() - size;
  // Where a number is now that stood at `at`; nothing where it was overwritten.
  const auto moved = [&](size_t number, size_t width) -> std::optional<size_t> {
    if (number >= begin + size)
      number += grown;
    else if (number + width > begin)
      return std::nullopt;
    if (number + width > token.size()) return std::nullopt;
    return number;
  };
  for (TokenField other : fields) {
    const bool is_around = other.length_at == field.length_at ||
                           (field.length_at >= other.begin &&
                            field.length_at - other.begin < other.size);
    const auto length_at = moved(other.length_at, other.length_bytes);
    if (is_around && length_at.has_value()) {
      other.begin += *length_at - other.length_at;
      other.length_at = *length_at;
      SetLength(token, other, other.size + grown);
    }
    if (other.place_at == 0 || other.begin <= begin) continue;
    // Places are counted from where the message begins.
    const auto place_at = moved(other.place_at, 4);
    if (!place_at.has_value()) continue;
    const size_t place = NumberAt(token, *place_at, 4, false);
    if (other.begin - place <= begin) {
      SetNumberAt(absl::MakeSpan(token), *place_at, 4, false, place + grown);
    }
  }
  Mend(token);
}

}  // namespace sspilab::fuzz

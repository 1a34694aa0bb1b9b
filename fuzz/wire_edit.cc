#include "fuzz/wire_edit.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "fuzz/token_fields.h"

namespace sspilab::fuzz {

using Kind = sim::OperationKind;

void WireToken::Assign(absl::Span<const uint8_t> bytes) {
  size_ = std::min(bytes.size(), kCapacity);
  if (size_ != 0) std::memmove(bytes_.data(), bytes.data(), size_);
}

void WireToken::Insert(size_t at, size_t count) {
  count = std::min(count, kCapacity - size_);
  std::memmove(bytes_.data() + at + count, bytes_.data() + at, size_ - at);
  size_ += count;
}

void WireToken::Erase(size_t at, size_t count) {
  count = std::min(count, size_ - at);
  std::memmove(bytes_.data() + at, bytes_.data() + at + count,
               size_ - at - count);
  size_ -= count;
}

void WireToken::Alter(size_t which, uint8_t how) {
  const std::vector<TokenField> fields = FieldsOf(bytes());
  if (fields.empty()) return;
  const TokenField& field = fields[which % fields.size()];
  if (field.begin > size_) return;
  Token token(bytes_.data(), bytes_.data() + size_);
  const Token contents = ContentsOf(token, field);
  const size_t end = field.begin + contents.size();
  const auto bit = static_cast<uint8_t>(1u << (how >> 4 & 7));
  const auto set_contents = [&](absl::Span<const uint8_t> with) {
    Replace(token, fields, field, field.begin, contents.size(), with);
  };
  const auto add_to_length = [&](size_t number) {
    SetNumberAt(absl::MakeSpan(token), field.length_at, field.length_bytes,
                field.big_endian, field.size + number);
  };
  const auto add_to_place = [&](size_t number) {
    if (field.place_at == 0) return;
    const size_t place = NumberAt(token, field.place_at, 4, false);
    SetNumberAt(absl::MakeSpan(token), field.place_at, 4, false,
                place + number);
  };
  switch (static_cast<sim::FieldChange>((how & 0xF) % sim::kFieldChanges)) {
    case sim::FieldChange::kEmptied:
      set_contents({});
      break;
    case sim::FieldChange::kLastByteGoes:
      if (contents.empty()) break;
      set_contents(absl::MakeConstSpan(contents).first(contents.size() - 1));
      break;
    case sim::FieldChange::kZeroComes: {
      Token longer = contents;
      longer.push_back(0);
      set_contents(longer);
      break;
    }
    case sim::FieldChange::kFirstByte:
      if (!contents.empty()) token[field.begin] ^= bit;
      break;
    case sim::FieldChange::kLastByte:
      if (!contents.empty()) token[end - 1] ^= bit;
      break;
    case sim::FieldChange::kType:
      if (field.element_at < field.begin) token[field.element_at] ^= bit;
      break;
    case sim::FieldChange::kLengthOneMore:
      add_to_length(1);
      break;
    case sim::FieldChange::kLengthOneLess:
      add_to_length(size_t{0} - 1);
      break;
    case sim::FieldChange::kGoes:
      Replace(token, fields, field, field.element_at, end - field.element_at,
              {});
      break;
    case sim::FieldChange::kTwice: {
      const Token whole(token.data() + field.element_at, token.data() + end);
      Token twice = whole;
      twice.insert(twice.end(), whole.begin(), whole.end());
      Replace(token, fields, field, field.element_at, whole.size(), twice);
      break;
    }
    case sim::FieldChange::kEndsBefore:
      token.resize(field.element_at);
      break;
    case sim::FieldChange::kEndsWithIt:
      token.resize(end);
      break;
    case sim::FieldChange::kPlaceEarlier:
      add_to_place(size_t{0} - bit);
      break;
    case sim::FieldChange::kPlaceLater:
      add_to_place(bit);
      break;
    case sim::FieldChange::kPlaceAtEnd:
      add_to_place(size_ - field.begin);
      break;
  }
  Assign(token);
}

void WireToken::Edit(const sim::Operation& operation,
                     absl::Span<const WireToken> sent) {
  const size_t at = size_ == 0 ? 0 : operation.place % size_;
  const absl::Span<const uint8_t> other =
      sent.empty() ? bytes() : sent[operation.value % sent.size()].bytes();
  switch (operation.kind) {
    case Kind::kFlip:
      if (size_ != 0) bytes_[at] ^= operation.value;
      break;
    case Kind::kSet:
      if (size_ != 0) bytes_[at] = operation.value;
      break;
    case Kind::kAddToU16:
      if (at + 1 < size_) {
        const unsigned number =
            (bytes_[at] | bytes_[at + 1] << 8) +
            static_cast<unsigned>(static_cast<int8_t>(operation.value));
        bytes_[at] = static_cast<uint8_t>(number);
        bytes_[at + 1] = static_cast<uint8_t>(number >> 8);
      }
      break;
    case Kind::kTruncate:
      size_ = at;
      break;
    case Kind::kExtend: {
      const size_t end = size_;
      Insert(end, operation.value);
      std::fill(bytes_.begin() + end, bytes_.begin() + size_, uint8_t{0});
      break;
    }
    case Kind::kErase:
      Erase(at, operation.value);
      break;
    case Kind::kDuplicate:
      // Making room moves the bytes and leaves them where they were.
      Insert(at, std::min<size_t>(operation.value, size_ - at));
      break;
    case Kind::kReplace:
      Assign(other);
      break;
    case Kind::kSplice:
      if (at < other.size()) {
        size_ = other.size();
        std::memmove(bytes_.data() + at, other.data() + at, size_ - at);
      }
      break;
    case Kind::kDrop:
      size_ = 0;
      break;
    case Kind::kDeliver:
      Assign(operation.bytes);
      break;
    case Kind::kAlter:
      Alter(operation.place, operation.value);
      break;
    default:
      break;
  }
}

}  // namespace sspilab::fuzz

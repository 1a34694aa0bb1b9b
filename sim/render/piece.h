#ifndef SSPILAB_SIM_RENDER_PIECE_H_
#define SSPILAB_SIM_RENDER_PIECE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// Some bytes of a token, and where they stand in it. Dissectors cut pieces off
// its front.
struct Piece {
  absl::Span<const uint8_t> bytes;
  size_t offset = 0;

  size_t size() const { return bytes.size(); }
  bool empty() const { return bytes.empty(); }
  size_t end() const { return offset + bytes.size(); }

  // The first `count` bytes, or as many as there are.
  Piece Cut(size_t count) {
    const Piece front = {bytes.subspan(0, count), offset};
    bytes.remove_prefix(front.size());
    offset += front.size();
    return front;
  }

  // An unsigned number, highest byte first, of the first `count` bytes (at most
  // four), which must be there.
  uint32_t CutNumber(size_t count) {
    uint32_t number = 0;
    for (const uint8_t byte : Cut(count).bytes) {
      number = number << 8 | byte;
    }
    return number;
  }
};

// The first place where a token makes no sense. Nothing is said about what
// comes after it: that would be a guess.
class FirstError {
 public:
  void Stop(size_t offset, std::string_view what) {
    if (text_.empty()) {
      text_ = absl::StrCat("at byte ", offset, ": ", what);
    }
  }
  // Empty where all is well.
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// A field that is the whole piece.
inline Field FieldOf(std::string name, std::string value, const Piece& piece) {
  return {std::move(name), std::move(value), piece.offset, piece.size(), {}};
}

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_PIECE_H_

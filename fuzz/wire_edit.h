#ifndef SSPILAB_FUZZ_WIRE_EDIT_H_
#define SSPILAB_FUZZ_WIRE_EDIT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::fuzz {

// One thing that happens in a session, as an input has it. Any bytes are a
// step.
struct Step {
  // To which token, counted from 0, or after them: modulo the number of tokens
  // of the package, and one.
  uint8_t when;
  // A WireEdit, or what session.cc and the messages know.
  uint8_t what;
  uint8_t where[2];
  uint8_t value;

  size_t place() const { return where[0] | where[1] << 8; }
};
static_assert(sizeof(Step) == 5 && alignof(Step) == 1);

// What a wire may do to a token. Places are taken modulo the token's size.
enum class WireEdit : uint8_t {
  kFlip,       // the byte at `where` is XORed with `value`
  kSet,        // ... is set
  kAddToU16,   // the number at `where` gets the signed `value` added
  kTruncate,   // at `where`
  kExtend,     // by `value` zeros
  kErase,      // `value` bytes at `where`
  kDuplicate,  // `value` bytes at `where`, behind themselves
  kReplace,    // by the token that was sent as number `value`: repetition,
               // reflection, exchange
  kSplice,     // from `where` on by what that token has there
  kDrop,       // nothing arrives
};
inline constexpr int kWireEdits = 10;

// A token on its way, in memory of its own. Longer than kCapacity it does not
// get.
class WireToken {
 public:
  static constexpr size_t kCapacity = 4096;

  WireToken() = default;
  WireToken(const WireToken&) = delete;
  WireToken& operator=(const WireToken&) = delete;

  void Assign(absl::Span<const uint8_t> bytes);
  // `sent` are the tokens that were sent so far, in order.
  void Edit(const Step& step, absl::Span<const WireToken> sent);

  absl::Span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }

 private:
  // Makes room for, or takes away, bytes at `at`.
  void Insert(size_t at, size_t count);
  void Erase(size_t at, size_t count);

  std::array<uint8_t, kCapacity> bytes_;
  size_t size_ = 0;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_WIRE_EDIT_H_

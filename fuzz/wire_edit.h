#ifndef SSPILAB_FUZZ_WIRE_EDIT_H_
#define SSPILAB_FUZZ_WIRE_EDIT_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "sim/input/operation.h"

namespace sspilab::fuzz {

// A token on its way, in memory of its own. Longer than kCapacity it does not
// get.
class WireToken {
 public:
  static constexpr size_t kCapacity = 4096;

  WireToken() = default;
  WireToken(const WireToken&) = delete;
  WireToken& operator=(const WireToken&) = delete;

  void Assign(absl::Span<const uint8_t> bytes);
  // What a wire does to it, and nothing where the operation is another. `sent`
  // are the tokens that were sent so far, in order.
  void Edit(const sim::Operation& operation, absl::Span<const WireToken> sent);

  absl::Span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }
  absl::Span<uint8_t> mutable_bytes() { return {bytes_.data(), size_}; }

 private:
  // OperationKind::kAlter.
  void Alter(size_t which, uint8_t how);
  // Makes room for, or takes away, bytes at `at`.
  void Insert(size_t at, size_t count);
  void Erase(size_t at, size_t count);

  std::array<uint8_t, kCapacity> bytes_;
  size_t size_ = 0;
};

// Whether it happens to token number `number` of an exchange of `tokens` at
// most.
constexpr bool IsTo(size_t number, const sim::Operation& operation,
                    size_t tokens) {
  return IsOfToken(operation.kind) && operation.target % tokens == number;
}

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_WIRE_EDIT_H_

#ifndef SSPILAB_CORE_SCHANNEL_BUFFERS_H_
#define SSPILAB_CORE_SCHANNEL_BUFFERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/buffers.h"

namespace sspilab::schannel {

// How Schannel says things in the buffers of the caller's input.

// Legs: the first EMPTY buffer becomes MISSING or EXTRA, of so many bytes.
// Nothing can be said to callers who gave no such buffer.
void TellMissing(const BufferList& input, size_t missing);
// Does nothing for 0. The caller's pvBuffer stays as it is: on Windows, too, it
// is for the caller to find the end of its token.
void TellExtra(const BufferList& input, size_t extra);

// The four buffers of DecryptMessage: one DATA and three EMPTY, in any order,
// among any others. (A fifth or later buffer cannot be the DATA.)
class DecryptBuffers {
 public:
  // Nothing where they are not there (SEC_E_INVALID_TOKEN on Windows).
  [[nodiscard]] static std::optional<DecryptBuffers> Find(
      const BufferList& message);

  // The caller's ciphertext.
  absl::Span<uint8_t> input() const { return input_; }

  // The DATA buffer itself says what is missing, on Windows.
  void TellMissing(size_t missing) const;
  // They become STREAM_HEADER, DATA, STREAM_TRAILER, and EXTRA where `extra` is
  // not empty: all parts of the input.
  void TellParts(absl::Span<uint8_t> header, absl::Span<uint8_t> data,
                 absl::Span<uint8_t> trailer, absl::Span<uint8_t> extra) const;

 private:
  static constexpr size_t kCount = 4;

  std::array<SecBuffer*, kCount> buffers_{};
  SecBuffer* data_ = nullptr;
  absl::Span<uint8_t> input_;
};

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_BUFFERS_H_

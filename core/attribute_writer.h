#ifndef SSPILAB_CORE_ATTRIBUTE_WRITER_H_
#define SSPILAB_CORE_ATTRIBUTE_WRITER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/sspi.h"

namespace sspilab {

class World;

// The two halves of the C interface: functions in ...A and in ...W.
enum class CharSet : uint8_t { kAnsi, kWide };

// Writes the answer to Query...Attributes into the caller's structure, in the
// caller's character set. What it allocates is the caller's once Commit was
// called, and is freed with the writer otherwise.
class AttributeWriter {
 public:
  // For callers who do not say how large their structure is.
  static constexpr size_t kEnough = SIZE_MAX;

  // `value` is the caller's, `size` bytes of the structure that its attribute
  // documents.
  AttributeWriter(World& world, CharSet charset, void* value, size_t size)
      : world_(world), charset_(charset), value_(value), size_(size) {}
  AttributeWriter(const AttributeWriter&) = delete;
  AttributeWriter& operator=(const AttributeWriter&) = delete;
  ~AttributeWriter();

  World& world() const { return world_; }
  CharSet charset() const { return charset_; }

  // A writer of the same answer in another character set, for structures that
  // have only one form.
  AttributeWriter As(CharSet charset) const {
    return AttributeWriter(world_, charset, value_, size_);
  }

  // A structure that is the same in both character sets.
  // SEC_E_BUFFER_TOO_SMALL where the caller's is too small for it.
  template <typename T>
  SECURITY_STATUS Put(const T& value) {
    if (size_ < sizeof(T)) return SEC_E_BUFFER_TOO_SMALL;
    *static_cast<T*>(value_) = value;
    return Commit();
  }

  // A structure with strings: `fill` takes a W& or an A& and sets its members.
  template <typename W, typename A, typename Fill>
  SECURITY_STATUS PutText(Fill fill) {
    static_assert(sizeof(W) == sizeof(A));
    if (size_ < sizeof(W)) return SEC_E_BUFFER_TOO_SMALL;
    if (charset_ == CharSet::kWide) {
      fill(*static_cast<W*>(value_));
    } else {
      fill(*static_cast<A*>(value_));
    }
    return Commit();
  }

  // Memory that the caller gives back with FreeContextBuffer; null when the
  // World refuses. At most kMaxParts for one answer.
  [[nodiscard]] void* NewBytes(absl::Span<const uint8_t> bytes);
  // Takes a context buffer over as one of the answer's parts. Null passes
  // through.
  [[nodiscard]] void* Adopt(void* part);
  // Terminated, in the caller's character set.
  [[nodiscard]] void* NewString(std::u16string_view text);

 private:
  static constexpr size_t kMaxParts = 4;

  SECURITY_STATUS Commit() {
    parts_ = 0;
    return SEC_E_OK;
  }

  World& world_;
  CharSet charset_;
  void* value_;
  size_t size_;
  std::array<void*, kMaxParts> allocated_{};
  size_t parts_ = 0;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_ATTRIBUTE_WRITER_H_

#ifndef SSPILAB_CORE_BUFFERS_H_
#define SSPILAB_CORE_BUFFERS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/sspi.h"

namespace sspilab {

class World;

// A SecBufferDesc that has been checked: every buffer in it can be read, and
// written where it is not marked read-only. A view: the caller's memory must
// outlive it.
class BufferList {
 public:
  // Descriptors with more buffers than this are taken for garbage.
  static constexpr ULONG kMaxBuffers = 1024;

  BufferList() = default;

  // False for a descriptor that no package can work with: wrong ulVersion, too
  // many buffers, buffers or bytes that are missing. A null `descriptor` is an
  // empty list.
  [[nodiscard]] static bool View(SecBufferDesc* descriptor, BufferList* list);

  absl::Span<SecBuffer> buffers() const { return buffers_; }

  // The first buffer of the type (SECBUFFER_TOKEN...), whatever its attribute
  // bits; null when there is none.
  [[nodiscard]] SecBuffer* Find(ULONG type) const;

 private:
  absl::Span<SecBuffer> buffers_;
};

[[nodiscard]] inline ULONG TypeOf(const SecBuffer& buffer) {
  return buffer.BufferType & ~static_cast<ULONG>(SECBUFFER_ATTRMASK);
}

[[nodiscard]] inline bool IsReadOnly(const SecBuffer& buffer) {
  return (buffer.BufferType &
          (SECBUFFER_READONLY | SECBUFFER_READONLY_WITH_CHECKSUM)) != 0;
}

// Empty where there is no memory, whatever length the caller noted.
[[nodiscard]] inline absl::Span<uint8_t> BytesOf(const SecBuffer& buffer) {
  if (buffer.pvBuffer == nullptr) return {};
  return {static_cast<uint8_t*>(buffer.pvBuffer), buffer.cbBuffer};
}

// Where a leg's output token goes: into the caller's SECBUFFER_TOKEN, or into
// memory of the World when the caller asked for ALLOCATE_MEMORY. The caller's
// buffers change at Commit and not before.
class OutputToken {
 public:
  OutputToken(World& world, SecBuffer* buffer, bool allocate)
      : world_(world), buffer_(buffer), allocate_(allocate) {}
  // A token that will stand inside another one: what is reserved here is
  // reserved in `outer`, with `before` and `after` bytes around it. `outer` is
  // the one to commit.
  OutputToken(OutputToken& outer, size_t before, size_t after)
      : world_(outer.world_),
        buffer_(nullptr),
        allocate_(false),
        outer_(&outer),
        before_(before),
        after_(after) {}
  OutputToken(const OutputToken&) = delete;
  OutputToken& operator=(const OutputToken&) = delete;
  ~OutputToken();

  // Room for `size` bytes in `token`. SEC_E_BUFFER_TOO_SMALL also where the
  // caller gave no token buffer at all, as on Windows; SEC_E_INVALID_TOKEN
  // where it gave one that cannot be written; or SEC_E_INSUFFICIENT_MEMORY.
  // What was reserved before is given back.
  [[nodiscard]] SECURITY_STATUS Reserve(size_t size,
                                        absl::Span<uint8_t>* token);

  // What Reserve(size) would say, memory apart.
  [[nodiscard]] SECURITY_STATUS Check(size_t size) const;

  // What is reserved. Empty where nothing is.
  absl::Span<uint8_t> reserved() const {
    return {static_cast<uint8_t*>(reserved_), size_};
  }
  // Gives back what is reserved after the first `size` bytes.
  void Trim(size_t size) { size_ = size; }

  // Hands what was reserved to the caller; an empty token where nothing was.
  void Commit();

 private:
  void Release();

  World& world_;
  SecBuffer* buffer_;
  bool allocate_;
  OutputToken* outer_ = nullptr;
  size_t before_ = 0;
  size_t after_ = 0;
  void* reserved_ = nullptr;
  size_t size_ = 0;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_BUFFERS_H_

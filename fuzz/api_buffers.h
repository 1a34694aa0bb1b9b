#ifndef SSPILAB_FUZZ_API_BUFFERS_H_
#define SSPILAB_FUZZ_API_BUFFERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "fuzz/guarded_buffer.h"
#include "fuzz/oracles.h"

namespace sspilab::fuzz {

// What the buffers of a descriptor are, by ApiOperation::list.
struct ApiList {
  static constexpr size_t kMaxBuffers = 4;
  // A bit beside a type, which no type has: there is no memory.
  static constexpr ULONG kNoMemory = 0x08000000;

  size_t count;
  std::array<ULONG, kMaxBuffers> types;
  // More than there are, or none though some are said to be.
  enum class Descriptor : uint8_t { kRight, kNull, kTooMany, kNoBuffers };
  Descriptor descriptor = Descriptor::kRight;
  // Buffers for application protocols offer one.
  bool offers_protocol = false;
};
const ApiList& ApiListOf(uint8_t number);

// One descriptor of a call, each buffer in memory of its own, and afterwards
// what the call made of it (OnlyItsOwnBytes).
class ApiBuffers {
 public:
  static constexpr size_t kRoom = 4096;

  // What a call may do to a buffer's bytes: nothing; write to those of tokens
  // and the like; write to all that are not read-only.
  enum class Writes : uint8_t { kNothing, kOutput, kAny };

  // `first` are the bytes of the first buffer that can have some, kRoom at
  // most; the others, or all where there is room to be filled, have `room`.
  void Lay(const ApiList& list, bool wrong_version,
           absl::Span<const uint8_t> first, size_t room);
  // For ALLOCATE_MEMORY: no buffer has memory.
  void OfferNothing();
  // As the call gets it.
  SecBufferDesc* descriptor() {
    return list_->descriptor == ApiList::Descriptor::kNull ? nullptr
                                                           : &descriptor_;
  }
  absl::Span<const SecBuffer> buffers() const {
    return absl::MakeConstSpan(buffers_).first(list_->count);
  }
  // The buffer of the type, null where there is none.
  const SecBuffer* Find(ULONG type) const;
  // What it was before the call.
  const SecBuffer& before(const SecBuffer& buffer) const {
    return before_[static_cast<size_t>(&buffer - buffers_.data())];
  }

  // Judges what the call did. `may_redescribe`: buffers may become others (of
  // streams), or views of the others' memory. `allocates`: tokens come in
  // memory of the package's.
  void Judge(Watch& watch, Writes writes, bool may_redescribe, bool allocates);

 private:
  bool OffersProtocol(size_t i) const {
    return list_->offers_protocol &&
           list_->types[i] == SECBUFFER_APPLICATION_PROTOCOLS;
  }
  bool IsRewritten(size_t i) const;
  bool IsWithin(const SecBuffer& buffer) const;

  const ApiList* list_ = nullptr;
  SecBufferDesc descriptor_;
  std::array<SecBuffer, ApiList::kMaxBuffers> buffers_;
  std::array<SecBuffer, ApiList::kMaxBuffers> before_;
  // Of the first that has some; zeros are in the others.
  absl::Span<const uint8_t> first_;
  size_t first_at_ = 0;
  // Not initialized: what is read is written first.
  std::array<GuardedBuffer<kRoom>, ApiList::kMaxBuffers> memory_;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_API_BUFFERS_H_

#include "fuzz/api_buffers.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "fuzz/message_buffers.h"

namespace sspilab::fuzz {
namespace {

constexpr ULONG kEmpty = SECBUFFER_EMPTY, kToken = SECBUFFER_TOKEN,
                kData = SECBUFFER_DATA, kStream = SECBUFFER_STREAM,
                kPadding = SECBUFFER_PADDING, kAlert = SECBUFFER_ALERT,
                kHeader = SECBUFFER_STREAM_HEADER,
                kTrailer = SECBUFFER_STREAM_TRAILER,
                kBindings = SECBUFFER_CHANNEL_BINDINGS,
                kProtocols = SECBUFFER_APPLICATION_PROTOCOLS,
                kReadOnly = SECBUFFER_READONLY,
                kCheckedOnly = SECBUFFER_READONLY_WITH_CHECKSUM,
                kNoMemory = ApiList::kNoMemory;

constexpr ApiList kLists[] = {
    {2, {kToken, kEmpty}},
    {1, {kToken}},
    {2, {kEmpty, kToken}},
    {2, {kToken, kData}},
    {2, {kData, kToken}},
    {3, {kToken, kData, kPadding}},
    {2, {kStream, kData}},
    {4, {kData, kEmpty, kEmpty, kEmpty}},
    {4, {kHeader, kData, kTrailer, kEmpty}},
    {2, {kToken, kBindings}},
    {1, {kBindings}},
    {2, {kToken, kAlert}},
    {0, {}},
    {0, {}, ApiList::Descriptor::kNull},
    {1, {kToken | kReadOnly}},
    {3, {kToken, kData | kReadOnly, kData | kCheckedOnly}},
    {2, {kToken, kToken}},
    {1, {kToken | kNoMemory}},
    {2, {kData | kNoMemory, kToken}},
    {2, {kStream | kReadOnly, kData}},
    {2, {kStream | kNoMemory, kData}},
    {2, {kProtocols, kToken}},
    {2, {SECBUFFER_PKG_PARAMS, kToken}},
    {2, {SECBUFFER_EXTRA, kToken}},
    {2, {0x07FFFFFF, kToken}},
    {1, {kToken}, ApiList::Descriptor::kTooMany},
    {0, {}, ApiList::Descriptor::kNoBuffers},
    {1, {kData}},
    {4, {kToken, kData, kData, kPadding}},
    {1, {kEmpty}},
    {2, {kToken | kCheckedOnly, kData}},
    {4, {kToken, kEmpty, kAlert, kEmpty}},
    {3, {kToken, kEmpty, kProtocols}},
    {1, {kProtocols}, ApiList::Descriptor::kRight, true},
    {3, {kToken, kEmpty, kProtocols}, ApiList::Descriptor::kRight, true},
    {3, {kToken, kEmpty, kProtocols | kNoMemory}},
};

// SEC_APPLICATION_PROTOCOLS of ALPN: the sizes of all lists, the kind of the
// first and its size, h2.
constexpr uint8_t kOneProtocol[] = {9, 0, 0, 0, 2, 0, 0, 0, 3, 0, 2, 'h', '2'};
static_assert(SecApplicationProtocolNegotiationExt_ALPN == 2);

// How many bytes at a buffer's beginning are looked at where all are zeros: a
// call that writes begins there.
constexpr size_t kLookedAt = 64;
// How many are: no message that is to be protected is longer.
constexpr size_t kCleared = 256;

bool IsOutput(ULONG type) {
  return type == SECBUFFER_TOKEN || type == SECBUFFER_ALERT;
}

}  // namespace

const ApiList& ApiListOf(uint8_t number) {
  return kLists[number % std::size(kLists)];
}

void ApiBuffers::Lay(const ApiList& list, bool wrong_version,
                     absl::Span<const uint8_t> first, size_t room) {
  list_ = &list;
  first_at_ = list.count;
  first_ = first;
  for (size_t i = 0; i < list.count; ++i) {
    const ULONG type = list.types[i] & ~kNoMemory;
    const bool offers_protocol = OffersProtocol(i);
    const bool is_first = first_at_ == list.count && type != kEmpty &&
                          !first.empty() && !offers_protocol;
    if (is_first) first_at_ = i;
    const size_t size = type == kEmpty    ? 0
                        : is_first        ? first.size()
                        : offers_protocol ? std::size(kOneProtocol)
                                          : room;
    const absl::Span<uint8_t> memory = memory_[i].Lay(size);
    if (is_first) {
      std::copy_n(first.begin(), memory.size(), memory.begin());
    } else if (offers_protocol) {
      std::copy_n(kOneProtocol, memory.size(), memory.begin());
    } else {
      std::fill_n(memory.begin(), std::min(memory.size(), kCleared),
                  uint8_t{0});
    }
    buffers_[i] = {static_cast<ULONG>(memory.size()), type, memory.data()};
    if (type == kEmpty || (list.types[i] & kNoMemory) != 0) {
      buffers_[i].pvBuffer = nullptr;
    }
  }
  before_ = buffers_;
  const ULONG version = wrong_version ? 7 : SECBUFFER_VERSION;
  switch (list.descriptor) {
    case ApiList::Descriptor::kTooMany:
      descriptor_ = {version, 1025, buffers_.data()};
      break;
    case ApiList::Descriptor::kNoBuffers:
      descriptor_ = {version, 2, nullptr};
      break;
    default:
      descriptor_ = {version, static_cast<ULONG>(list.count), buffers_.data()};
  }
}

void ApiBuffers::OfferNothing() {
  for (size_t i = 0; i < list_->count; ++i) {
    buffers_[i].cbBuffer = 0;
    buffers_[i].pvBuffer = nullptr;
  }
  before_ = buffers_;
}

const SecBuffer* ApiBuffers::Find(ULONG type) const {
  for (const SecBuffer& buffer : buffers()) {
    if (BareType(buffer) == type) return &buffer;
  }
  return nullptr;
}

bool ApiBuffers::IsRewritten(size_t i) const {
  const auto* const memory = static_cast<const uint8_t*>(before_[i].pvBuffer);
  const size_t size = before_[i].cbBuffer;
  if (memory == nullptr || size == 0) return false;
  if (i == first_at_) return std::memcmp(memory, first_.data(), size) != 0;
  if (OffersProtocol(i)) return std::memcmp(memory, kOneProtocol, size) != 0;
  return std::any_of(memory, memory + std::min(size, kLookedAt),
                     [](uint8_t byte) { return byte != 0; });
}

bool ApiBuffers::IsWithin(const SecBuffer& buffer) const {
  const auto* const begin = static_cast<const uint8_t*>(buffer.pvBuffer);
  if (begin == nullptr) return true;
  return std::any_of(
      before_.begin(), before_.begin() + list_->count,
      [&](const SecBuffer& before) {
        const auto* const memory = static_cast<const uint8_t*>(before.pvBuffer);
        return memory != nullptr && begin >= memory &&
               buffer.cbBuffer <= before.cbBuffer &&
               begin <= memory + (before.cbBuffer - buffer.cbBuffer);
      });
}

void ApiBuffers::Judge(Watch& watch, Writes writes, bool may_redescribe,
                       bool allocates) {
  for (size_t i = 0; i < list_->count; ++i) {
    const SecBuffer& now = buffers_[i];
    const SecBuffer& before = before_[i];
    const ULONG type = BareType(before);
    watch.Require(memory_[i].intact(), Rule::kOnlyItsOwnBytes,
                  "around a buffer");
    const bool is_writable = (before.BufferType & SECBUFFER_ATTRMASK) == 0 &&
                             (writes == Writes::kAny ||
                              (writes == Writes::kOutput && IsOutput(type)));
    watch.Require(is_writable || !IsRewritten(i), Rule::kOnlyItsOwnBytes,
                  "a buffer that is only to be read");
    if (now.cbBuffer == before.cbBuffer &&
        now.BufferType == before.BufferType &&
        now.pvBuffer == before.pvBuffer) {
      continue;
    }
    if (may_redescribe) {
      // The number of what is missing is no size.
      watch.Require(now.BufferType == SECBUFFER_MISSING || IsWithin(now),
                    Rule::kOnlyItsOwnBytes, "a buffer is elsewhere");
      continue;
    }
    // A length that is taken back, of a token that cannot be written.
    const bool is_cleared =
        writes == Writes::kOutput && IsOutput(type) && now.cbBuffer == 0 &&
        now.pvBuffer == before.pvBuffer && now.BufferType == before.BufferType;
    if (is_cleared) continue;
    watch.Require(is_writable && now.BufferType == before.BufferType,
                  Rule::kOnlyItsOwnBytes, "a buffer became another");
    watch.Require(
        (allocates && IsOutput(type)) || (now.pvBuffer == before.pvBuffer &&
                                          now.cbBuffer <= before.cbBuffer),
        Rule::kOnlyItsOwnBytes, "a buffer has more than there was");
  }
}

}  // namespace sspilab::fuzz

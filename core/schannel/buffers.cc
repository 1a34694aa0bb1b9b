#include "core/schannel/buffers.h"

namespace sspilab::schannel {
namespace {

void Tell(const BufferList& input, ULONG type, size_t size) {
  SecBuffer* buffer = input.Find(SECBUFFER_EMPTY);
  if (buffer == nullptr) return;
  buffer->BufferType = type;
  buffer->cbBuffer = static_cast<ULONG>(size);
}

void Become(SecBuffer* buffer, ULONG type, absl::Span<uint8_t> bytes) {
  buffer->BufferType = type;
  buffer->cbBuffer = static_cast<ULONG>(bytes.size());
  buffer->pvBuffer = bytes.data();
}

}  // namespace

void TellMissing(const BufferList& input, size_t missing) {
  Tell(input, SECBUFFER_MISSING, missing);
}

void TellExtra(const BufferList& input, size_t extra) {
  if (extra != 0) Tell(input, SECBUFFER_EXTRA, extra);
}

std::optional<DecryptBuffers> DecryptBuffers::Find(const BufferList& message) {
  DecryptBuffers found;
  size_t count = 0;
  for (SecBuffer& buffer : message.buffers()) {
    const ULONG type = TypeOf(buffer);
    if (type == SECBUFFER_DATA) {
      if (found.data_ != nullptr || IsReadOnly(buffer)) return std::nullopt;
      found.data_ = &buffer;
    } else if (type != SECBUFFER_EMPTY) {
      continue;
    }
    if (count == kCount && type == SECBUFFER_DATA) return std::nullopt;
    if (count < kCount) found.buffers_[count++] = &buffer;
  }
  if (count < kCount || found.data_ == nullptr) return std::nullopt;
  found.input_ = BytesOf(*found.data_);
  return found;
}

void DecryptBuffers::TellMissing(size_t missing) const {
  data_->BufferType = SECBUFFER_MISSING;
  data_->cbBuffer = static_cast<ULONG>(missing);
}

void DecryptBuffers::TellParts(absl::Span<uint8_t> header,
                               absl::Span<uint8_t> data,
                               absl::Span<uint8_t> trailer,
                               absl::Span<uint8_t> extra) const {
  Become(buffers_[0], SECBUFFER_STREAM_HEADER, header);
  Become(buffers_[1], SECBUFFER_DATA, data);
  Become(buffers_[2], SECBUFFER_STREAM_TRAILER, trailer);
  if (extra.empty()) {
    Become(buffers_[3], SECBUFFER_EMPTY, {});
  } else {
    Become(buffers_[3], SECBUFFER_EXTRA, extra);
  }
}

}  // namespace sspilab::schannel

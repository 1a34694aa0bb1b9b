#include "core/buffers.h"

#include "core/context_buffer.h"
#include "core/world.h"

namespace sspilab {

bool BufferList::View(SecBufferDesc* descriptor, BufferList* list) {
  *list = BufferList();
  if (descriptor == nullptr) return true;
  if (descriptor->ulVersion != SECBUFFER_VERSION ||
      descriptor->cBuffers > kMaxBuffers ||
      (descriptor->cBuffers != 0 && descriptor->pBuffers == nullptr)) {
    return false;
  }
  list->buffers_ = absl::MakeSpan(descriptor->pBuffers, descriptor->cBuffers);
  for (const SecBuffer& buffer : list->buffers_) {
    // An empty slot, or one for ALLOCATE_MEMORY, may have any length noted.
    const bool is_data = TypeOf(buffer) == SECBUFFER_DATA || IsReadOnly(buffer);
    if (is_data && buffer.pvBuffer == nullptr && buffer.cbBuffer != 0) {
      return false;
    }
  }
  return true;
}

SecBuffer* BufferList::Find(ULONG type) const {
  for (SecBuffer& buffer : buffers_) {
    if (TypeOf(buffer) == type) return &buffer;
  }
  return nullptr;
}

OutputToken::~OutputToken() { Release(); }

void OutputToken::Release() {
  if (allocate_ && reserved_ != nullptr) {
    (void)FreeContextBufferMemory(reserved_);
  }
  reserved_ = nullptr;
  size_ = 0;
}

SECURITY_STATUS OutputToken::Check(size_t size) const {
  if (outer_ != nullptr) return outer_->Check(before_ + size + after_);
  if (buffer_ == nullptr) return SEC_E_BUFFER_TOO_SMALL;
  if (IsReadOnly(*buffer_)) return SEC_E_INVALID_TOKEN;
  if (allocate_) return SEC_E_OK;
  if (buffer_->cbBuffer < size) return SEC_E_BUFFER_TOO_SMALL;
  return buffer_->pvBuffer != nullptr ? SEC_E_OK : SEC_E_INVALID_TOKEN;
}

SECURITY_STATUS OutputToken::Reserve(size_t size, absl::Span<uint8_t>* token) {
  Release();
  if (outer_ != nullptr) {
    absl::Span<uint8_t> whole;
    const SECURITY_STATUS status =
        outer_->Reserve(before_ + size + after_, &whole);
    if (status != SEC_E_OK) return status;
    reserved_ = whole.data() + before_;
  } else {
    const SECURITY_STATUS status = Check(size);
    if (status != SEC_E_OK) return status;
    reserved_ = allocate_ ? NewContextBuffer(world_, size) : buffer_->pvBuffer;
    if (reserved_ == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  }
  size_ = size;
  *token = absl::MakeSpan(static_cast<uint8_t*>(reserved_), size);
  return SEC_E_OK;
}

void OutputToken::Commit() {
  if (buffer_ == nullptr) return;
  buffer_->cbBuffer = static_cast<ULONG>(size_);
  if (allocate_) buffer_->pvBuffer = reserved_;
  reserved_ = nullptr;
}

}  // namespace sspilab

#include "core/attribute_writer.h"

#include <cassert>
#include <cstring>
#include <string>

#include "core/context_buffer.h"
#include "core/wire/utf.h"
#include "core/world.h"

namespace sspilab {

AttributeWriter::~AttributeWriter() {
  for (size_t i = 0; i < parts_; ++i) {
    (void)FreeContextBufferMemory(allocated_[i]);
  }
}

void* AttributeWriter::Adopt(void* part) {
  assert(parts_ < kMaxParts);
  if (part != nullptr) allocated_[parts_++] = part;
  return part;
}

void* AttributeWriter::NewBytes(absl::Span<const uint8_t> bytes) {
  void* part = Adopt(NewContextBuffer(world_, bytes.size()));
  if (part != nullptr && !bytes.empty()) {
    std::memcpy(part, bytes.data(), bytes.size());
  }
  return part;
}

void* AttributeWriter::NewString(std::u16string_view text) {
  if (charset_ == CharSet::kWide) {
    const size_t size = text.size() * sizeof(char16_t);
    auto* part = static_cast<char16_t*>(
        Adopt(NewContextBuffer(world_, size + sizeof(char16_t))));
    if (part == nullptr) return nullptr;
    if (!text.empty()) std::memcpy(part, text.data(), size);
    part[text.size()] = 0;
    return part;
  }
  const std::string narrow = wire::Utf16ToUtf8Lossy(text);
  auto* part =
      static_cast<char*>(Adopt(NewContextBuffer(world_, narrow.size() + 1)));
  if (part == nullptr) return nullptr;
  std::memcpy(part, narrow.c_str(), narrow.size() + 1);
  return part;
}

}  // namespace sspilab

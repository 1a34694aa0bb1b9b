#ifndef SSPILAB_TESTS_CORE_BINDINGS_H_
#define SSPILAB_TESTS_CORE_BINDINGS_H_

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/sspi.h"

namespace sspilab::testing {

// SEC_CHANNEL_BINDINGS to a channel of the given name.
class Bindings {
 public:
  explicit Bindings(std::string_view channel)
      : bytes_(sizeof(SEC_CHANNEL_BINDINGS)) {
    SEC_CHANNEL_BINDINGS header = {};
    header.cbApplicationDataLength = static_cast<ULONG>(channel.size());
    header.dwApplicationDataOffset = sizeof(header);
    std::memcpy(bytes_.data(), &header, sizeof(header));
    bytes_.insert(bytes_.end(), channel.begin(), channel.end());
  }
  SecBuffer buffer() {
    return {static_cast<ULONG>(bytes_.size()), SECBUFFER_CHANNEL_BINDINGS,
            bytes_.data()};
  }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

inline SecBuffer MalformedBindings() {
  static uint8_t bytes[8] = {};
  return {sizeof(bytes), SECBUFFER_CHANNEL_BINDINGS, bytes};
}

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_BINDINGS_H_

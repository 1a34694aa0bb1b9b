#ifndef SSPILAB_CORE_NTLM_TEXT_H_
#define SSPILAB_CORE_NTLM_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/wire/oem.h"
#include "core/wire/utf.h"

namespace sspilab::ntlm {

// A name as a token has it: UTF-16LE without a copy, or in the OEM code page.
class TokenText {
 public:
  // `text` outlives this.
  TokenText(std::u16string_view text, bool unicode) {
    if (unicode) {
      bytes_ = wire::Utf16LeBytes(text);
      return;
    }
    oem_ = wire::Utf16ToOemLossy(text);
    bytes_ = {reinterpret_cast<const uint8_t*>(oem_.data()), oem_.size()};
  }
  TokenText(const TokenText&) = delete;
  TokenText& operator=(const TokenText&) = delete;

  absl::Span<const uint8_t> bytes() const { return bytes_; }

 private:
  std::string oem_;
  absl::Span<const uint8_t> bytes_;
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_TEXT_H_

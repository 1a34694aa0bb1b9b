#ifndef SSPILAB_CORE_INTERFACE_INTERNAL_H_
#define SSPILAB_CORE_INTERFACE_INTERNAL_H_

#include <cstdint>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "core/attribute_writer.h"
#include "core/handles.h"
#include "core/sspi.h"
#include "core/wire/utf.h"
#include "core/world.h"

// What the functions of the C interface share. Each of them checks its
// arguments, finds its handle and calls the package: nothing else.
namespace sspilab {

// A string argument of an ...A or ...W function as UTF-16. A wide one is not
// copied; an 8-bit one is taken for UTF-8. Null is empty.
class TextArgument {
 public:
  explicit TextArgument(const SEC_WCHAR* text) {
    if (text != nullptr) view_ = text;
  }
  explicit TextArgument(const SEC_CHAR* text) {
    if (text == nullptr) return;
    const std::string_view utf8(text);
    converted_.resize(utf8.size());
    const auto bytes = wire::Utf8ToUtf16LeLossy(
        utf8, absl::MakeSpan(reinterpret_cast<uint8_t*>(converted_.data()),
                             converted_.size() * sizeof(char16_t)));
    view_ = {converted_.data(), bytes.value_or(0) / sizeof(char16_t)};
  }
  TextArgument(const TextArgument&) = delete;
  TextArgument& operator=(const TextArgument&) = delete;

  std::u16string_view view() const { return view_; }

 private:
  absl::InlinedVector<char16_t, 64> converted_;
  std::u16string_view view_;
};

template <typename Char>
inline constexpr CharSet kCharSetOf = sizeof(Char) == 1 ? CharSet::kAnsi
                                                        : CharSet::kWide;

[[nodiscard]] inline bool IsError(SECURITY_STATUS status) { return status < 0; }

// Errors after which the caller may come again with the same context.
[[nodiscard]] inline bool IsRetryable(SECURITY_STATUS status) {
  return status == SEC_E_INCOMPLETE_MESSAGE || status == SEC_E_BUFFER_TOO_SMALL;
}

// What to answer for a handle that could not be pinned.
[[nodiscard]] inline SECURITY_STATUS HandleStatus(HandleError error) {
  return error == HandleError::kBusy ? SEC_E_INTERNAL_ERROR
                                     : SEC_E_INVALID_HANDLE;
}

// Tells the context's World that a second call came into it.
void ReportConcurrentUse(const CtxtHandle& handle);

[[nodiscard]] inline CredentialTable::Pin FindCredential(PCredHandle handle) {
  if (handle == nullptr) return CredentialTable::Pin(HandleError::kInvalid);
  return Credentials().Find(*handle, CredentialTable::Access::kShared);
}

[[nodiscard]] inline ContextTable::Pin FindContext(PCtxtHandle handle) {
  if (handle == nullptr) return ContextTable::Pin(HandleError::kInvalid);
  ContextTable::Pin pin =
      Contexts().Find(*handle, ContextTable::Access::kExclusive);
  if (!pin.ok() && pin.error() == HandleError::kBusy) {
    ReportConcurrentUse(*handle);
  }
  return pin;
}

inline void StoreTime(FileTime time, PTimeStamp out) {
  if (out != nullptr) out->QuadPart = static_cast<LONGLONG>(time);
}

}  // namespace sspilab

#endif  // SSPILAB_CORE_INTERFACE_INTERNAL_H_

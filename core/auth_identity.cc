#include "core/auth_identity.h"

#include <cstring>
#include <string_view>

#include "core/crypto/bytes.h"
#include "core/wire/utf.h"

namespace sspilab {
namespace {

std::u16string_view View(const absl::InlinedVector<char16_t, 64>& text) {
  return {text.data(), text.size()};
}

constexpr ULONG kEncrypted = SEC_WINNT_AUTH_IDENTITY_FLAGS_PROCESS_ENCRYPTED |
                             SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_PROTECTED |
                             SEC_WINNT_AUTH_IDENTITY_FLAGS_USER_PROTECTED |
                             SEC_WINNT_AUTH_IDENTITY_FLAGS_SYSTEM_ENCRYPTED;

}  // namespace

CallerIdentity::~CallerIdentity() {
  crypto::Wipe(absl::MakeSpan(reinterpret_cast<uint8_t*>(password_.data()),
                              password_.size() * sizeof(char16_t)));
}

bool CallerIdentity::ReadText(const void* text, ULONG length, bool wide,
                              Text* out) {
  if (text == nullptr) return length == 0;
  if (length > kMaxLength) return false;
  out->resize(length);
  if (wide) {
    // Copied: the caller's pointer is to unsigned short, of any alignment.
    std::memcpy(out->data(), text, length * sizeof(char16_t));
    return true;
  }
  // UTF-8 never has fewer bytes than UTF-16 has units.
  const std::string_view utf8(static_cast<const char*>(text), length);
  const auto bytes = wire::Utf8ToUtf16LeLossy(
      utf8, absl::MakeSpan(reinterpret_cast<uint8_t*>(out->data()),
                           length * sizeof(char16_t)));
  if (!bytes.has_value()) return false;
  out->resize(*bytes / sizeof(char16_t));
  return true;
}

SECURITY_STATUS CallerIdentity::Read(const void* auth_data) {
  if (auth_data == nullptr) return SEC_E_OK;
  // A version in the newer forms; in the oldest, a pointer's lower half.
  ULONG first_word;
  std::memcpy(&first_word, auth_data, sizeof(first_word));
  if (first_word == SEC_WINNT_AUTH_IDENTITY_VERSION_2) {
    return SEC_E_UNKNOWN_CREDENTIALS;
  }
  // The ...A and ...W forms differ in nothing but what the strings hold, which
  // Flags tells.
  SEC_WINNT_AUTH_IDENTITY_W plain;
  const void* packages = nullptr;
  ULONG packages_length = 0;
  if (first_word == SEC_WINNT_AUTH_IDENTITY_VERSION) {
    SEC_WINNT_AUTH_IDENTITY_EXW extended;
    std::memcpy(&extended, auth_data, sizeof(extended));
    if (extended.Length < sizeof(extended)) return SEC_E_INVALID_PARAMETER;
    plain = {extended.User,     extended.UserLength,
             extended.Domain,   extended.DomainLength,
             extended.Password, extended.PasswordLength,
             extended.Flags};
    packages = extended.PackageList;
    packages_length = extended.PackageListLength;
  } else {
    std::memcpy(&plain, auth_data, sizeof(plain));
  }
  if ((plain.Flags & kEncrypted) != 0) return SEC_E_UNKNOWN_CREDENTIALS;
  const bool ansi = (plain.Flags & SEC_WINNT_AUTH_IDENTITY_ANSI) != 0;
  const bool wide = (plain.Flags & SEC_WINNT_AUTH_IDENTITY_UNICODE) != 0;
  if (ansi == wide || !ReadText(plain.User, plain.UserLength, wide, &user_) ||
      !ReadText(plain.Domain, plain.DomainLength, wide, &domain_) ||
      !ReadText(plain.Password, plain.PasswordLength, wide, &password_) ||
      !ReadText(packages, packages_length, wide, &package_list_)) {
    return SEC_E_INVALID_PARAMETER;
  }
  // Windows takes three null pointers for the logged-on user: a caller may have
  // nothing to say but a package list. Nobody is three empty strings.
  present_ = plain.User != nullptr || plain.Domain != nullptr ||
             plain.Password != nullptr;
  return SEC_E_OK;
}

std::optional<AuthIdentity> CallerIdentity::get() const {
  if (!present_) return std::nullopt;
  return AuthIdentity{View(user_), View(domain_), View(password_)};
}

}  // namespace sspilab

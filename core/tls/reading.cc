#include "core/tls/reading.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/tls/library.h"

namespace sspilab::tls {
namespace {

using Bytes = absl::Span<const uint8_t>;

X509Ptr ParseCertificate(Bytes der) {
  X509* x509 = X509_new_ex(Library(), nullptr);
  const unsigned char* at = der.data();
  // Frees what it was given where it fails.
  if (x509 == nullptr ||
      d2i_X509(&x509, &at, static_cast<long>(der.size())) == nullptr) {
    return nullptr;
  }
  // OpenSSL keeps with a certificate what it has read of its extensions: now,
  // and not by the first of the threads that share it.
  X509_check_purpose(x509, -1, 0);
  return X509Ptr(x509);
}

KeyPtr ParsePrivateKey(Bytes der) {
  const unsigned char* at = der.data();
  return KeyPtr(d2i_AutoPrivateKey_ex(
      nullptr, &at, static_cast<long>(der.size()), Library(), nullptr));
}

// What was read, by its bytes.
template <typename Ptr, Ptr (*Parse)(Bytes), auto Share>
class Kept {
 public:
  Ptr Read(Bytes der) {
    const std::string_view bytes(reinterpret_cast<const char*>(der.data()),
                                 der.size());
    absl::MutexLock lock(&mutex_);
    auto found = kept_.find(bytes);
    if (found == kept_.end()) {
      Ptr read = Parse(der);
      ERR_clear_error();
      if (read == nullptr) return nullptr;
      if (kept_.size() == kMost) kept_.clear();
      found = kept_.emplace(bytes, std::move(read)).first;
    }
    if (Share(found->second.get()) != 1) return nullptr;
    return Ptr(found->second.get());
  }

 private:
  // More than the machines of a run have.
  static constexpr size_t kMost = 64;

  absl::Mutex mutex_;
  std::map<std::string, Ptr, std::less<>> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

X509Ptr ReadCertificate(Bytes der) {
  static auto& kept = *new Kept<X509Ptr, ParseCertificate, X509_up_ref>;
  return kept.Read(der);
}

KeyPtr ReadPrivateKey(Bytes der) {
  static auto& kept = *new Kept<KeyPtr, ParsePrivateKey, EVP_PKEY_up_ref>;
  return kept.Read(der);
}

}  // namespace sspilab::tls

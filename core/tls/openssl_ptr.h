#ifndef SSPILAB_CORE_TLS_OPENSSL_PTR_H_
#define SSPILAB_CORE_TLS_OPENSSL_PTR_H_

#include <memory>

namespace sspilab::tls {

// Owns one of OpenSSL's objects: OpenSslPtr<X509, X509_free>.
template <auto Free>
struct OpenSslDeleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <typename T, auto Free>
using OpenSslPtr = std::unique_ptr<T, OpenSslDeleter<Free>>;

}  // namespace sspilab::tls

#endif  // SSPILAB_CORE_TLS_OPENSSL_PTR_H_

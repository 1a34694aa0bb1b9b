#ifndef SSPILAB_CORE_TLS_LIBRARY_H_
#define SSPILAB_CORE_TLS_LIBRARY_H_

#include <openssl/types.h>

#include "core/entropy.h"

namespace sspilab::tls {

// OpenSSL's library context of SSPI Lab: the default algorithms, and a random
// generator that draws from the calling thread's EntropyScope. Everything that
// OpenSSL does for us is done in it, so that it is the same for the same
// entropy; the process' own default library context is left alone, except that
// OpenSSL's configuration file, which would reach into ours, is not read by
// itself any more once this was called.
//
// Made at the first call, by any thread, and never freed. Null where OpenSSL
// lacks its default provider or memory for it.
OSSL_LIB_CTX* Library();

// While it lives, what OpenSSL draws on this thread within Library() comes from
// `entropy`, which must outlive it. The innermost scope counts. Without a scope
// whatever needs randomness fails: the system's is never taken.
class [[nodiscard]] EntropyScope {
 public:
  explicit EntropyScope(Entropy* entropy);
  ~EntropyScope();
  EntropyScope(const EntropyScope&) = delete;
  EntropyScope& operator=(const EntropyScope&) = delete;

 private:
  Entropy* previous_;
};

}  // namespace sspilab::tls

#endif  // SSPILAB_CORE_TLS_LIBRARY_H_

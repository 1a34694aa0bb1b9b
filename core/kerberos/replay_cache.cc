#include "core/kerberos/replay_cache.h"

#include <map>

#include "core/crypto/sha256.h"

namespace sspilab::kerberos {

bool ReplayCache::Add(Bytes authenticator, KerberosTime ctime,
                      KerberosTime oldest) {
  const absl::MutexLock lock(&mutex_);
  std::erase_if(seen_,
                [oldest](const auto& entry) { return entry.second < oldest; });
  return seen_.emplace(crypto::Sha256({authenticator}), ctime).second;
}

}  // namespace sspilab::kerberos

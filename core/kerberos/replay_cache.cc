#include "core/kerberos/replay_cache.h"

#include <algorithm>
#include <cstddef>

namespace sspilab::kerberos {

bool ReplayCache::Add(Bytes authenticator, KerberosTime ctime,
                      KerberosTime oldest) {
  Tag tag{};
  const Bytes end =
      authenticator.last(std::min(authenticator.size(), tag.size()));
  std::copy(end.begin(), end.end(), tag.begin());

  const absl::MutexLock lock(&mutex_);
  while (!seen_.empty() && seen_.begin()->first < oldest) {
    seen_.erase(seen_.begin());
  }
  // Most come in the order of their time.
  const size_t before = seen_.size();
  seen_.emplace_hint(seen_.end(), ctime, tag);
  return seen_.size() > before;
}

}  // namespace sspilab::kerberos

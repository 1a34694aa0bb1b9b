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
  while (!by_time_.empty() && by_time_.begin()->first < oldest) {
    seen_.erase(by_time_.begin()->second);
    by_time_.erase(by_time_.begin());
  }
  if (!seen_.insert(tag).second) return false;
  // Most come in the order of their time.
  by_time_.emplace_hint(by_time_.end(), ctime, tag);
  return true;
}

}  // namespace sspilab::kerberos

#include "core/kerberos/replay_cache.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace sspilab::kerberos {

bool ReplayCache::Add(Bytes authenticator, KerberosTime ctime,
                      KerberosTime oldest) {
  Tag tag{};
  const Bytes end =
      authenticator.last(std::min(authenticator.size(), tag.size()));
  std::copy(end.begin(), end.end(), tag.begin());

  const absl::MutexLock lock(&mutex_);
  while (!by_time_.empty() && by_time_.front().ctime < oldest) {
    seen_.erase(by_time_.front().tag);
    by_time_.pop_front();
  }
  if (!seen_.insert(tag).second) return false;
  // Most come in the order of their time: the place is looked for from the end.
  auto place = by_time_.end();
  while (place != by_time_.begin() && ctime < std::prev(place)->ctime) --place;
  by_time_.insert(place, {ctime, tag});
  return true;
}

}  // namespace sspilab::kerberos

#include "core/schannel/session_cache.h"

#include <iterator>
#include <utility>

namespace sspilab::schannel {

void SessionCache::Put(SessionKey key, Session session, uint64_t expires,
                       size_t capacity) {
  absl::MutexLock lock(&mutex_);
  const auto old = entries_.find(key);
  if (old != entries_.end()) Remove(old);
  const uint64_t number = next_number_++;
  const auto made =
      entries_
          .emplace(std::move(key), Entry{std::move(session), expires, number})
          .first;
  by_number_.emplace(number, made);
  while (entries_.size() > capacity) Remove(by_number_.begin()->second);
}

SessionCache::Session SessionCache::Find(const SessionKey& key, uint64_t now) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  if (found->second.expires <= now) {
    Remove(found);
    return nullptr;
  }
  return found->second.session;
}

void SessionCache::Erase(const SessionKey& key) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(key);
  if (found != entries_.end()) Remove(found);
}

void SessionCache::EraseCredential(uint64_t credential) {
  absl::MutexLock lock(&mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (entry->first.credential == credential) Remove(entry);
    entry = next;
  }
}

size_t SessionCache::size() const {
  absl::MutexLock lock(&mutex_);
  return entries_.size();
}

void SessionCache::Remove(Map::iterator entry) {
  by_number_.erase(entry->second.number);
  entries_.erase(entry);
}

}  // namespace sspilab::schannel

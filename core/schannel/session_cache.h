#ifndef SSPILAB_CORE_SCHANNEL_SESSION_CACHE_H_
#define SSPILAB_CORE_SCHANNEL_SESSION_CACHE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace sspilab::schannel {

// What must be the same for a session to be taken up again by an initiator
// (page "InitializeSecurityContext (Schannel)", pszTargetName). The fifth
// condition, that the entry has not expired, is Find's.
struct SessionKey {
  // Lower case.
  std::u16string target;
  uint32_t process_id = 0;
  uint64_t logon_session = 0;
  // Credential::cache_id.
  uint64_t credential = 0;
  // Of an acceptor's session; an initiator's has none.
  std::string session_id;

  auto AsTuple() const {
    return std::tie(target, process_id, logon_session, credential, session_id);
  }
  bool operator<(const SessionKey& other) const {
    return AsTuple() < other.AsTuple();
  }
};

// TLS sessions of a World, by what they may be found under. The oldest goes
// where there are too many. Safe to use from several threads; it is asked once
// in a handshake.
class SessionCache {
 public:
  // An SSL_SESSION that nobody changes any more: who takes it up works on a
  // copy. Not as bytes, for OpenSSL 3.0 can read those in its default library
  // context only.
  using Session = std::shared_ptr<const void>;

  // A number of its own for each credential: handles come again.
  uint64_t NewCredentialId() {
    return credentials_.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  // Replaces what is there. At most `capacity` entries remain.
  void Put(SessionKey key, Session session, uint64_t expires, size_t capacity);
  // Null where there is none, or it has expired by `now`.
  [[nodiscard]] Session Find(const SessionKey& key, uint64_t now);
  void Erase(const SessionKey& key);
  // When a credential goes, its sessions go.
  void EraseCredential(uint64_t credential);
  size_t size() const;

 private:
  struct Entry {
    Session session;
    uint64_t expires;  // FileTime.
    uint64_t number;
  };
  using Map = std::map<SessionKey, Entry>;

  void Remove(Map::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<uint64_t> credentials_{0};
  mutable absl::Mutex mutex_;
  Map entries_ ABSL_GUARDED_BY(mutex_);
  // By age.
  std::map<uint64_t, Map::iterator> by_number_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_SESSION_CACHE_H_

#ifndef SSPILAB_CORE_KERBEROS_REPLAY_CACHE_H_
#define SSPILAB_CORE_KERBEROS_REPLAY_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "core/kerberos/messages.h"

namespace sspilab::kerberos {

// The authenticators that acceptors of a machine have taken, for as long as
// their time would let them be taken again (RFC 4120 3.2.3). Safe to use from
// several threads.
class ReplayCache {
 public:
  // False where it was added before. `authenticator` is its ciphertext; those
  // whose `ctime` is before `oldest` are forgotten.
  [[nodiscard]] bool Add(Bytes authenticator, KerberosTime ctime,
                         KerberosTime oldest);

 private:
  // The end of the ciphertext, which nobody can choose: the MAC, or what is
  // encrypted under a key that is made from it.
  using Tag = std::array<uint8_t, 16>;

  // A MAC is as good as a hash of it.
  struct Hash {
    size_t operator()(const Tag& tag) const {
      size_t value;
      std::memcpy(&value, tag.data(), sizeof(value));
      return value;
    }
  };
  struct Entry {
    KerberosTime ctime;
    Tag tag;
  };

  absl::Mutex mutex_;
  absl::flat_hash_set<Tag, Hash> seen_ ABSL_GUARDED_BY(mutex_);
  // The same, the oldest first.
  std::deque<Entry> by_time_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_REPLAY_CACHE_H_

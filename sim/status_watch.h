#ifndef SSPILAB_SIM_STATUS_WATCH_H_
#define SSPILAB_SIM_STATUS_WATCH_H_

#include <cstddef>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "core/sspi_status.h"
#include "core/status.h"
#include "sim/interceptor.h"

namespace sspilab::sim {

// What a table answered: each pair of call and status once, in order.
using AnsweredStatuses = std::set<std::pair<Call, SECURITY_STATUS>>;

// A table that changes nothing and notes which statuses the one below returns.
//
// Thread-safe.
class StatusWatch final : public Interceptor {
 public:
  explicit StatusWatch(SecurityFunctionTableW* inner) : Interceptor(inner) {}

  AnsweredStatuses answered() const ABSL_LOCKS_EXCLUDED(mutex_);
  // How often it was called.
  size_t calls() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  SECURITY_STATUS OnCall(const SspiCall& call,
                         absl::FunctionRef<SECURITY_STATUS()> proceed) override;

  mutable absl::Mutex mutex_;
  AnsweredStatuses answered_ ABSL_GUARDED_BY(mutex_);
  size_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_STATUS_WATCH_H_

#ifndef SSPILAB_SIM_STATUS_WATCH_H_
#define SSPILAB_SIM_STATUS_WATCH_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/interceptor.h"

namespace sspilab::sim {

// By name, without regard to case.
[[nodiscard]] std::optional<Package> FindPackageByName(
    std::u16string_view name);

// What a table answered: each once, in order.
using AnsweredStatuses = std::set<std::tuple<Call, Package, SECURITY_STATUS>>;

// A table that changes nothing and notes which statuses the one below returns.
// A call belongs to the package that it names, or that its context or
// credential is of; one that says none of these, to `package`.
//
// Thread-safe.
class StatusWatch final : public Interceptor {
 public:
  StatusWatch(SecurityFunctionTableW* inner, Package package)
      : Interceptor(inner), package_(package) {}

  AnsweredStatuses answered() const ABSL_LOCKS_EXCLUDED(mutex_);
  // How often it was called.
  size_t calls() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  SECURITY_STATUS OnCall(const SspiCall& call,
                         absl::FunctionRef<SECURITY_STATUS()> proceed) override;

  using Handle = std::pair<ULONG_PTR, ULONG_PTR>;
  Package OwnerOf(const SspiCall& call) ABSL_LOCKS_EXCLUDED(mutex_);

  const Package package_;
  mutable absl::Mutex mutex_;
  // Of handles, also after they were closed: their values do not come again.
  std::map<Handle, Package> credentials_ ABSL_GUARDED_BY(mutex_);
  std::map<Handle, Package> contexts_ ABSL_GUARDED_BY(mutex_);
  AnsweredStatuses answered_ ABSL_GUARDED_BY(mutex_);
  size_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_STATUS_WATCH_H_

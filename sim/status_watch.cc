#include "sim/status_watch.h"

namespace sspilab::sim {

AnsweredStatuses StatusWatch::answered() const {
  const absl::MutexLock lock(&mutex_);
  return answered_;
}

size_t StatusWatch::calls() const {
  const absl::MutexLock lock(&mutex_);
  return calls_;
}

SECURITY_STATUS StatusWatch::OnCall(
    const SspiCall& call, absl::FunctionRef<SECURITY_STATUS()> proceed) {
  const SECURITY_STATUS status = proceed();
  const absl::MutexLock lock(&mutex_);
  answered_.emplace(call.call, status);
  ++calls_;
  return status;
}

}  // namespace sspilab::sim

#include "sim/status_watch.h"

#include "absl/strings/match.h"
#include "core/wire/utf.h"

namespace sspilab::sim {
namespace {

// Whether `name` is a package's; of a leg it is the target's.
bool NamesPackage(const SspiCall& call) {
  return call.name != nullptr && call.call != Call::kInitializeSecurityContext;
}

template <typename Owners>
std::optional<Package> Find(const Owners& owners, const SecHandle* handle) {
  if (handle == nullptr) {
    return std::nullopt;
  }
  const auto it = owners.find({handle->dwLower, handle->dwUpper});
  return it == owners.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace

std::optional<Package> FindPackageByName(std::u16string_view name) {
  const std::string utf8 = wire::Utf16ToUtf8Lossy(name);
  for (int i = 0; i < kPackageCount; ++i) {
    const auto package = static_cast<Package>(i);
    if (absl::EqualsIgnoreCase(PackageName(package), utf8)) {
      return package;
    }
  }
  return std::nullopt;
}

AnsweredStatuses StatusWatch::answered() const {
  const absl::MutexLock lock(&mutex_);
  return answered_;
}

size_t StatusWatch::calls() const {
  const absl::MutexLock lock(&mutex_);
  return calls_;
}

Package StatusWatch::OwnerOf(const SspiCall& call) {
  if (NamesPackage(call)) {
    return FindPackageByName(call.name).value_or(package_);
  }
  const absl::MutexLock lock(&mutex_);
  if (const auto owner = Find(contexts_, call.context)) {
    return *owner;
  }
  return Find(credentials_, call.credential).value_or(package_);
}

SECURITY_STATUS StatusWatch::OnCall(
    const SspiCall& call, absl::FunctionRef<SECURITY_STATUS()> proceed) {
  // Before the call, which may take the handle away.
  const Package owner = OwnerOf(call);
  const SECURITY_STATUS status = proceed();
  const absl::MutexLock lock(&mutex_);
  answered_.emplace(call.call, owner, status);
  ++calls_;
  if (status >= 0 && call.call == Call::kAcquireCredentialsHandle) {
    credentials_[{call.credential->dwLower, call.credential->dwUpper}] = owner;
  }
  if (status >= 0 && call.new_context != nullptr) {
    contexts_[{call.new_context->dwLower, call.new_context->dwUpper}] = owner;
  }
  return status;
}

}  // namespace sspilab::sim

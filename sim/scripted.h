#ifndef SSPILAB_SIM_SCRIPTED_H_
#define SSPILAB_SIM_SCRIPTED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "sim/interceptor.h"

namespace sspilab::sim {

// What happens to a call besides, or instead of, the real thing.
struct ScriptStep {
  Call call = Call::kInitializeSecurityContext;
  // Which call of that function, counted from 1; 0 is every one.
  size_t nth = 1;

  // Whether the inner table is called, before what follows is laid over what
  // it answered. Otherwise it does not hear of the call.
  bool real = false;
  // Needed where `real` is false.
  std::optional<SECURITY_STATUS> status;
  // The token that comes out, into the caller's buffer or, with
  // ALLOCATE_MEMORY, into memory for FreeContextBuffer. Where the caller's is
  // too small the call returns SEC_E_BUFFER_TOO_SMALL.
  std::optional<std::vector<uint8_t>> token;
  // What the first empty buffer of the input becomes; nothing where there is
  // none. Of a message's EXTRA, pvBuffer is set too.
  std::optional<ULONG> extra;
  std::optional<ULONG> missing;
  // ISC_RET_* or ASC_RET_*.
  std::optional<ULONG> attributes;
  // Bits that are taken away from what is answered.
  ULONG withheld = 0;
  std::optional<LONGLONG> expiry;

  // The n-th allocation of `world` within the call fails, if not 0.
  World* world = nullptr;
  uint64_t failing_allocation = 0;
};

// A function table that follows a script, and where that says nothing does the
// real thing. A script can also play a package alone: contexts and credentials
// that it opens instead of the inner table exist here only. Of these a call
// that no step is for is SEC_E_OK where it closes them, and
// SEC_E_UNSUPPORTED_FUNCTION otherwise.
//
// Not thread-safe.
class Scripted final : public Interceptor {
 public:
  // Where several steps are for one call the first counts.
  Scripted(SecurityFunctionTableW* inner, std::vector<ScriptStep> script)
      : Interceptor(inner), script_(std::move(script)) {}

  // Calls of that function so far.
  size_t count(Call call) const { return counts_[static_cast<size_t>(call)]; }
  // Whether every step with a number was reached.
  bool used_up() const;

 private:
  SECURITY_STATUS OnCall(const SspiCall& call,
                         absl::FunctionRef<SECURITY_STATUS()> proceed) override;
  SECURITY_STATUS Follow(const ScriptStep& step, const SspiCall& call,
                         absl::FunctionRef<SECURITY_STATUS()> proceed);
  // False where the caller's buffer has no room for it.
  bool PutToken(const ScriptStep& step, const SspiCall& call);
  void Open(SecHandle* handle);
  bool IsOurs(const SecHandle* handle) const;

  const std::vector<ScriptStep> script_;
  std::array<size_t, kCallCount> counts_ = {};
  ULONG_PTR last_handle_ = 0;
  std::map<const void*, std::unique_ptr<std::vector<uint8_t>>> memory_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SCRIPTED_H_

#ifndef SSPILAB_SIM_INTERCEPTOR_H_
#define SSPILAB_SIM_INTERCEPTOR_H_

#include <cstddef>
#include <optional>

#include "absl/functional/function_ref.h"
#include "core/sspi.h"
#include "core/status.h"

namespace sspilab::sim {

// One call of a function table, whatever the function: what it was given, by
// the name that it has in most of them. What a function does not take is null
// or zero. Everything belongs to the caller.
struct SspiCall {
  Call call;
  PCredHandle credential = nullptr;
  // The context that the call is about; null in a first leg.
  PCtxtHandle context = nullptr;
  // Where a leg, or an import, puts the handle.
  PCtxtHandle new_context = nullptr;
  // Package or target.
  const SEC_WCHAR* name = nullptr;
  // Requirements, use, attribute, quality of protection, export flags.
  ULONG number = 0;
  ULONG reserved[2] = {0, 0};
  // A leg's input; the token or message of the calls that have one descriptor.
  SecBufferDesc* input = nullptr;
  SecBufferDesc* output = nullptr;
  ULONG* attributes = nullptr;
  TimeStamp* expiry = nullptr;
  ULONG sequence = 0;
  // What QueryContextAttributes and its like fill, what FreeContextBuffer
  // frees, pAuthData.
  void* memory = nullptr;
  // Of a QueryContextAttributes: where the call itself has that pointer, for
  // who wants the answer elsewhere.
  void** memory_place = nullptr;
  // Of `memory`, where the function is told.
  std::optional<ULONG> size = std::nullopt;
  // AcquireCredentialsHandle's.
  void* logon_id = nullptr;
};

// A function table that stands in front of another one and sees every call.
// What it does with a call is a subclass's to say, in one place for all of
// them.
//
// Thread-safe as far as OnCall is. The inner table must outlive it; nobody may
// be in a call, or come into one, when it goes.
class Interceptor {
 public:
  // As many can live at a time: the functions of a table have nowhere to keep a
  // pointer, so each needs functions of its own.
  static constexpr size_t kMaxAlive = 32;

  explicit Interceptor(SecurityFunctionTableW* inner);
  virtual ~Interceptor();
  Interceptor(const Interceptor&) = delete;
  Interceptor& operator=(const Interceptor&) = delete;

  // Functions that the inner table lacks, it lacks too.
  SecurityFunctionTableW* table() { return &table_; }
  SecurityFunctionTableW& inner() const { return *inner_; }

 protected:
  // `proceed()` makes the call. Returns what the caller is to get.
  virtual SECURITY_STATUS OnCall(
      const SspiCall& call, absl::FunctionRef<SECURITY_STATUS()> proceed) = 0;

 private:
  struct Functions;

  SecurityFunctionTableW* const inner_;
  SecurityFunctionTableW table_;
  size_t slot_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INTERCEPTOR_H_

#ifndef SSPILAB_SIM_DEVIANT_CALL_H_
#define SSPILAB_SIM_DEVIANT_CALL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "sim/deviation.h"
#include "sim/deviator.h"
#include "sim/interceptor.h"

namespace sspilab::sim {

// A call that deviates, with the memory for its arguments.
class DeviantCall {
 public:
  // The caller's own call, to be changed. Its buffers stay the caller's.
  static DeviantCall Own(const SspiCall& call, const DeviationMemory& memory,
                         Side side) {
    return DeviantCall(call, memory, side, nullptr);
  }
  // One more. `call` has the arguments that it begins with; what it writes to
  // is replaced by memory of this object, what it reads by copies. A context
  // that it begins goes to `*new_context`: who tells callers' variables apart
  // by their address sees one.
  static DeviantCall More(const SspiCall& call, const DeviationMemory& memory,
                          Side side, SecHandle* new_context) {
    return DeviantCall(call, memory, side, new_context);
  }
  DeviantCall(const DeviantCall&) = delete;
  DeviantCall& operator=(const DeviantCall&) = delete;

  // Lays the deviation's arguments over those that are there.
  void Change(const Deviation& deviation);

  const SspiCall& call() const { return call_; }

  // After the call, if it was the caller's own: tells the caller's buffers what
  // became of them.
  void TellCaller();
  // After the call: what a later deviation may want of it.
  DeviationMemory::Saved ToSave() const;
  // After the call, if it was one more and went well: what the package
  // allocated for it, to be freed.
  std::vector<void*> Allocated() const;

 private:
  // One descriptor.
  struct List {
    std::vector<SecBuffer> buffers;
    std::vector<SecBuffer> given;     // As they were before the call.
    std::vector<SecBuffer*> callers;  // Whose each is; null for ours.
    SecBufferDesc descriptor = {};
  };

  // `new_context` is null for the caller's own call.
  DeviantCall(const SspiCall& call, const DeviationMemory& memory, Side side,
              SecHandle* new_context);

  uint8_t* NewRoom(std::vector<uint8_t> contents);
  SecHandle* NewHandle(const SecHandle& handle);
  SecHandle* FindHandle(const std::string& name,
                        SecHandle DeviationMemory::Saved::*saved,
                        SecHandle DeviationMemory::Handles::*known);
  SecBufferDesc* Describe(List* list);
  void CopyList(const SecBufferDesc* from, List* to);
  void ChangeList(const std::vector<DeviantBuffer>& wanted,
                  const SecBufferDesc* callers, List* list);
  SecBuffer MakeBuffer(const DeviantBuffer& wanted, SecBuffer* callers);
  void ChangeMemory(const Deviation& deviation);
  void SetNull(NullableArgument argument);

  const DeviationMemory& memory_;
  const Side side_;
  const bool own_;
  // What the caller gave, and what is going to be given.
  const SspiCall base_;
  SspiCall call_;

  List input_;
  List output_;
  // Of stable addresses.
  std::deque<std::vector<uint8_t>> rooms_;
  std::deque<SecHandle> handles_;
  std::u16string name_;
  ULONG attributes_ = 0;
  TimeStamp expiry_ = {};
  PSecPkgInfoW info_ = nullptr;
  SecBuffer packed_ = {};
  HANDLE token_ = nullptr;
  // For an attribute; more than any of the structures has.
  alignas(std::max_align_t) std::array<uint8_t, 4096> value_ = {};
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_DEVIANT_CALL_H_

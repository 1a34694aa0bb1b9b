#ifndef SSPILAB_FUZZ_API_RUN_H_
#define SSPILAB_FUZZ_API_RUN_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/status.h"
#include "core/world.h"
#include "fuzz/api_buffers.h"
#include "fuzz/api_handles.h"
#include "fuzz/oracles.h"
#include "fuzz/profile.h"
#include "sim/input/api_operation.h"
#include "sim/input/record.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {

// Schannel's and CredSSP's contexts take a hundred times as long as the others:
// they are there in one of so many inputs, which are those whose bytes add up
// to a multiple of it.
inline constexpr unsigned kApiSeldom = 64;
bool HasAllPackages(const sim::RecordInput& input);

// Calls of the interface (sim::kApiFormat), in a World, one after the other.
// Returns a digest.
uint64_t RunApi(absl::Span<const uint8_t> input);

// A second thread, as far as that can be had the same every time: whenever a
// context takes a transition, it comes into the one that is in a call, to which
// it must be nothing (ClosedIsClosed).
class SecondThread : public WorldObserver {
 public:
  explicit SecondThread(Watch& watch) : watch_(watch) {}

  // Makes the call with the context.
  template <typename Function>
  SECURITY_STATUS During(const CtxtHandle& context, Function function) {
    context_ = &context;
    const SECURITY_STATUS status = function();
    context_ = nullptr;
    return status;
  }

  void OnTransition(const TransitionTaken& transition) override;
  void OnConcurrentUse() override { ++reports_; }

 private:
  Watch& watch_;
  const CtxtHandle* context_ = nullptr;
  int reports_ = 0;
};

// The calls of one run, each judged by what it may do whatever came before.
class ApiRun {
 public:
  ApiRun(const sim::Settings& settings, bool two_threads, bool all_packages,
         World& world, Watch& watch);
  ~ApiRun();
  ApiRun(const ApiRun&) = delete;
  ApiRun& operator=(const ApiRun&) = delete;

  void Take(const sim::ApiOperation& operation);

  // Contexts and credentials that are left to the World, which is to go.
  struct Left {
    OpenedHandles contexts;
    OpenedHandles credentials;
  };
  Left Leave();

 private:
  using Bytes = absl::Span<const uint8_t>;
  // A package as a call names it; the profile is null where there is none of
  // that name.
  struct Named {
    const Profile* profile;
    SEC_WCHAR* wide;
    SEC_CHAR* narrow;
  };
  static constexpr size_t kKept = 8;

  // api_run.cc: handles and memory.
  void Acquire(const sim::ApiOperation& operation);
  void AddToCredential(const sim::ApiOperation& operation);
  void UseCredential(const sim::ApiOperation& operation);
  void Close(const sim::ApiOperation& operation);
  void Free(const sim::ApiOperation& operation);
  void ShowPackages(const sim::ApiOperation& operation);
  void ChangePassword(const sim::ApiOperation& operation);

  // api_contexts.cc: what is done with a context.
  void Legs(Role role, bool first, const sim::ApiOperation& operation);
  SECURITY_STATUS Leg(Role role, bool first, const sim::ApiOperation& operation,
                      Bytes input);
  void JudgeFailedLeg(SECURITY_STATUS status, const Profile& profile,
                      ULONG requirements);
  void Complete(const sim::ApiOperation& operation);
  void Control(const sim::ApiOperation& operation);
  void Message(Call call, const sim::ApiOperation& operation);
  void Query(const sim::ApiOperation& operation);
  void Set(const sim::ApiOperation& operation);
  void ActAs(Call call, const sim::ApiOperation& operation);
  void Export(const sim::ApiOperation& operation);
  void Import(const sim::ApiOperation& operation);

  // Makes a call to what was picked. What is closed, or never was, must say so
  // (ClosedIsClosed).
  template <typename Function>
  SECURITY_STATUS Run(const PickedHandle& picked, Call call,
                      Function function) {
    if (picked.opened != nullptr) {
      watch_.set_package(picked.opened->profile->package);
    }
    const Role side =
        picked.opened != nullptr ? picked.opened->role : Role::kInitiator;
    const SECURITY_STATUS status = watch_.Run(side, call, function);
    RequireClosed(picked, status);
    return status;
  }
  void RequireClosed(const PickedHandle& picked, SECURITY_STATUS status) {
    watch_.Require(picked.is_open() || status == SEC_E_INVALID_HANDLE ||
                       status == SEC_E_INVALID_PARAMETER,
                   Rule::kClosedIsClosed, "a handle that is none");
  }
  PickedHandle PickContext(uint8_t choice) {
    return PickHandle(choice, contexts_, credentials_);
  }
  PickedHandle PickCredential(uint8_t choice) {
    return PickHandle(choice, credentials_, contexts_);
  }
  Named NameOf(uint8_t choice) const;

  // In memory of the run's, until the next call of it.
  Bytes BytesFor(const sim::ApiOperation& operation);
  void Keep(Bytes bytes);
  // Makes one of the last two, which are of one flight.
  void JoinKept();
  void Own(void* memory);
  void FreeOwned(void* memory);

  const sim::Settings& settings_;
  const bool all_packages_;
  World& world_;
  Watch& watch_;
  SecondThread second_thread_;
  OpenedHandles credentials_;
  OpenedHandles contexts_;
  OwnedBuffers owned_;
  ApiBuffers in_;
  ApiBuffers out_;
  // Not initialized: what is read is written first.
  std::array<std::array<uint8_t, ApiBuffers::kRoom>, kKept> kept_;
  std::array<size_t, kKept> kept_sizes_;
  size_t kept_count_ = 0;
  std::array<uint8_t, ApiBuffers::kRoom> scratch_;
  // What the last leg left of its input.
  std::array<uint8_t, ApiBuffers::kRoom> rest_;
  size_t rest_size_ = 0;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_API_RUN_H_

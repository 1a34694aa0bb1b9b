#include "sim/deviator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "sim/call_maker.h"
#include "sim/deviant_call.h"

namespace sspilab::sim {
namespace {

using When = DeviationPlace::When;

bool IsLeg(Call call) {
  return call == Call::kInitializeSecurityContext ||
         call == Call::kAcceptSecurityContext;
}

// Passes on what it sees, and at the first transition does something else.
class FirstTransition final : public WorldObserver {
 public:
  FirstTransition(World* world, absl::FunctionRef<void()> act)
      : world_(world), before_(world->observer()), act_(act) {
    world_->set_observer(this);
  }
  ~FirstTransition() override { world_->set_observer(before_); }
  FirstTransition(const FirstTransition&) = delete;
  FirstTransition& operator=(const FirstTransition&) = delete;

  void OnTransition(const TransitionTaken& transition) override {
    if (!acted_) {
      acted_ = true;
      act_();
    }
    if (before_ != nullptr) {
      before_->OnTransition(transition);
    }
  }
  void OnConcurrentUse() override {
    if (before_ != nullptr) {
      before_->OnConcurrentUse();
    }
  }
  void OnTlsKeyLogLine(std::string_view line) override {
    if (before_ != nullptr) {
      before_->OnTlsKeyLogLine(line);
    }
  }
  void OnInnerMessage(InnerMessage kind,
                      absl::Span<const uint8_t> message) override {
    if (before_ != nullptr) {
      before_->OnInnerMessage(kind, message);
    }
  }
  void OnKdcExchange(std::string_view realm, absl::Span<const uint8_t> request,
                     absl::Span<const uint8_t> answer) override {
    if (before_ != nullptr) {
      before_->OnKdcExchange(realm, request, answer);
    }
  }

 private:
  World* const world_;
  WorldObserver* const before_;
  const absl::FunctionRef<void()> act_;
  bool acted_ = false;
};

}  // namespace

class DeviatingCallers::Deviator final : public Interceptor {
 public:
  Deviator(DeviatingCallers* both, const Scenario& scenario, Side side,
           const Endpoint& endpoint)
      : Interceptor(endpoint.table),
        both_(*both),
        options_(side == Side::kClient ? scenario.exchange.client.caller
                                       : scenario.exchange.server),
        target_(scenario.exchange.client.target),
        side_(side),
        world_(endpoint.world) {}

  void CloseAll() {
    for (SecHandle& context : std::exchange(contexts_, {})) {
      inner().DeleteSecurityContext(&context);
    }
    for (SecHandle& credential : std::exchange(credentials_, {})) {
      inner().FreeCredentialsHandle(&credential);
    }
  }

 private:
  SECURITY_STATUS OnCall(const SspiCall& call,
                         absl::FunctionRef<SECURITY_STATUS()> proceed) override;

  // Calls `act(deviation)` for each at this place; it returns what the
  // deviation's call did.
  void ForEach(When when, const SspiCall& call,
               absl::FunctionRef<SECURITY_STATUS(const Deviation&)> act);
  bool Has(When when, const SspiCall& call) const;
  bool IsAt(const Deviation& deviation, When when, const SspiCall& call) const {
    return deviation.side == side_ && deviation.at.when == when &&
           deviation.at.call == call.call &&
           deviation.at.nth == counts_[static_cast<size_t>(call.call)];
  }

  SECURITY_STATUS CallOwn(const SspiCall& call,
                          absl::FunctionRef<SECURITY_STATUS()> proceed);
  SECURITY_STATUS CallMore(const Deviation& deviation, const SspiCall& at);
  SspiCall BeginWith(Call function, const SspiCall& at);
  // Changes the World, and makes the call in it.
  SECURITY_STATUS CallIn(const Deviation& deviation, const SspiCall& call);
  void Surround(const Deviation& deviation);
  void NoteOwn(const SspiCall& call, SECURITY_STATUS status);
  void NoteMore(const SspiCall& call, SECURITY_STATUS status);

  DeviationMemory::Handles& handles() {
    return both_.memory_.handles[static_cast<size_t>(side_)];
  }

  DeviatingCallers& both_;
  const CallerOptions& options_;
  const std::u16string& target_;
  const Side side_;
  World* const world_;
  std::array<uint32_t, kCallCount> counts_ = {};
  // Where added calls put the handle of a context that they begin.
  SecHandle begun_ = {};
  // What added calls opened.
  std::vector<SecHandle> credentials_;
  std::vector<SecHandle> contexts_;
};

void DeviatingCallers::Deviator::ForEach(
    When when, const SspiCall& call,
    absl::FunctionRef<SECURITY_STATUS(const Deviation&)> act) {
  for (size_t i = 0; i < both_.deviations_.size(); ++i) {
    if (IsAt(both_.deviations_[i], when, call)) {
      both_.returned_[i] = act(both_.deviations_[i]);
    }
  }
}

bool DeviatingCallers::Deviator::Has(When when, const SspiCall& call) const {
  return std::any_of(
      both_.deviations_.begin(), both_.deviations_.end(),
      [&](const Deviation& deviation) { return IsAt(deviation, when, call); });
}

SECURITY_STATUS DeviatingCallers::Deviator::OnCall(
    const SspiCall& call, absl::FunctionRef<SECURITY_STATUS()> proceed) {
  ++counts_[static_cast<size_t>(call.call)];
  const auto more = [&](const Deviation& deviation) {
    return CallMore(deviation, call);
  };
  ForEach(When::kBefore, call, more);
  SECURITY_STATUS status = SEC_E_OK;
  if (Has(When::kInstead, call)) {
    ForEach(When::kInstead, call, [&](const Deviation& deviation) {
      return status = CallMore(deviation, call);
    });
  } else if (Has(When::kDuring, call)) {
    const auto during = [&] { ForEach(When::kDuring, call, more); };
    const FirstTransition watch(world_, during);
    status = CallOwn(call, proceed);
    NoteOwn(call, status);
  } else {
    status = CallOwn(call, proceed);
    NoteOwn(call, status);
  }
  ForEach(When::kAfter, call, more);
  return status;
}

SECURITY_STATUS DeviatingCallers::Deviator::CallOwn(
    const SspiCall& call, absl::FunctionRef<SECURITY_STATUS()> proceed) {
  if (!Has(When::kIn, call)) {
    return proceed();
  }
  DeviantCall own = DeviantCall::Own(call, both_.memory_, side_);
  const Deviation* last = nullptr;
  ForEach(When::kIn, call, [&](const Deviation& deviation) {
    own.Change(deviation);
    Surround(deviation);
    last = &deviation;
    return SEC_E_OK;  // Not called yet.
  });
  const SECURITY_STATUS status = CallIn(*last, own.call());
  own.TellCaller();
  ForEach(When::kIn, call, [&](const Deviation& deviation) {
    if (!deviation.save.empty() && status >= 0) {
      both_.memory_.saved[deviation.save] = own.ToSave();
    }
    return status;
  });
  return status;
}

// The arguments of a call more, where its deviation says nothing.
SspiCall DeviatingCallers::Deviator::BeginWith(Call function,
                                               const SspiCall& at) {
  DeviationMemory::Handles& known = handles();
  if (function == at.call) {
    SspiCall call = at;
    if (IsLeg(function) && call.context == nullptr && known.has_context) {
      call.context = &known.context;
    }
    return call;
  }
  SspiCall call = {.call = function, .name = options_.package.c_str()};
  call.credential = &known.credential;
  if (known.has_context) {
    call.context = &known.context;
  }
  switch (function) {
    case Call::kAcquireCredentialsHandle:
    case Call::kAddCredentials:
      call.number =
          side_ == Side::kClient ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND;
      break;
    case Call::kInitializeSecurityContext:
    case Call::kAcceptSecurityContext:
      call.name = target_.c_str();
      call.number = options_.requirements;
      break;
    default:
      break;
  }
  return call;
}

SECURITY_STATUS DeviatingCallers::Deviator::CallMore(const Deviation& deviation,
                                                     const SspiCall& at) {
  Surround(deviation);
  if (!deviation.call.has_value()) {
    return SEC_E_OK;
  }
  DeviantCall more = DeviantCall::More(BeginWith(*deviation.call, at),
                                       both_.memory_, side_, &begun_);
  more.Change(deviation);
  const SECURITY_STATUS status = CallIn(deviation, more.call());
  NoteMore(more.call(), status);
  if (status < 0) {
    return status;
  }
  if (!deviation.save.empty()) {
    both_.memory_.saved[deviation.save] = more.ToSave();
  }
  for (void* const memory : more.Allocated()) {
    inner().FreeContextBuffer(memory);
  }
  return status;
}

void DeviatingCallers::Deviator::Surround(const Deviation& deviation) {
  world_->Advance(deviation.advance * kFileTimeSecond);
  if (deviation.authority_reachable.has_value()) {
    world_->options().authority_reachable = *deviation.authority_reachable;
  }
}

SECURITY_STATUS DeviatingCallers::Deviator::CallIn(const Deviation& deviation,
                                                   const SspiCall& call) {
  const ScopedWorld bound(world_);
  world_->memory().FailAt(deviation.failing_allocation);
  const SECURITY_STATUS status = MakeCall(inner(), call);
  world_->memory().FailAt(0);
  return status;
}

void DeviatingCallers::Deviator::NoteOwn(const SspiCall& call,
                                         SECURITY_STATUS status) {
  if (status < 0) {
    return;
  }
  if (call.call == Call::kAcquireCredentialsHandle) {
    handles().credential = *call.credential;
  } else if (IsLeg(call.call)) {
    handles().context =
        call.context != nullptr ? *call.context : *call.new_context;
    handles().has_context = true;
  }
}

void DeviatingCallers::Deviator::NoteMore(const SspiCall& call,
                                          SECURITY_STATUS status) {
  if (status < 0) {
    return;
  }
  const auto forget = [](const SecHandle& handle,
                         std::vector<SecHandle>* handles) {
    std::erase_if(*handles, [&](const SecHandle& opened) {
      return opened.dwLower == handle.dwLower &&
             opened.dwUpper == handle.dwUpper;
    });
  };
  switch (call.call) {
    case Call::kAcquireCredentialsHandle:
      credentials_.push_back(*call.credential);
      break;
    case Call::kInitializeSecurityContext:
    case Call::kAcceptSecurityContext:
      if (call.context == nullptr) {
        contexts_.push_back(*call.new_context);
      }
      break;
    case Call::kImportSecurityContext:
      contexts_.push_back(*call.new_context);
      break;
    case Call::kDeleteSecurityContext:
      forget(*call.context, &contexts_);
      break;
    case Call::kFreeCredentialsHandle:
      forget(*call.credential, &credentials_);
      break;
    default:
      break;
  }
}

DeviatingCallers::DeviatingCallers(const Scenario& scenario,
                                   const Endpoint& client,
                                   const Endpoint& server)
    : deviations_(scenario.deviations),
      returned_(scenario.deviations.size()),
      deviators_{
          std::make_unique<Deviator>(this, scenario, Side::kClient, client),
          std::make_unique<Deviator>(this, scenario, Side::kServer, server)} {}

DeviatingCallers::~DeviatingCallers() = default;

SecurityFunctionTableW* DeviatingCallers::table(Side side) {
  return deviators_[static_cast<size_t>(side)]->table();
}

void DeviatingCallers::CloseAll() {
  for (const std::unique_ptr<Deviator>& deviator : deviators_) {
    deviator->CloseAll();
  }
}

std::vector<DeviationSurprise> DeviatingCallers::Surprises() const {
  std::vector<DeviationSurprise> surprises;
  for (size_t i = 0; i < deviations_.size(); ++i) {
    const Deviation& deviation = deviations_[i];
    const std::optional<StatusValue>& wanted = deviation.returns;
    if (returned_[i].has_value() &&
        (!wanted.has_value() || wanted->value == *returned_[i])) {
      continue;
    }
    surprises.push_back(
        {.deviation = i,
         .where = DeviationToString(deviation),
         .expected = wanted.has_value() ? StatusName(wanted->value)
                                        : "a call that it is about",
         .got = returned_[i].has_value() ? StatusName(*returned_[i])
                                         : "no such call"});
  }
  return surprises;
}

}  // namespace sspilab::sim

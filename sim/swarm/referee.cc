#include "sim/swarm/referee.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace sspilab::sim {
namespace {

// FNV-1a's offset basis.
constexpr uint64_t kDigestStart = 0xCBF29CE484222325;
// One call in so many gets company.
constexpr uint64_t kRarity = 16;
// Dice of their own, behind those of all parts.
constexpr uint64_t kStream = 1 << 16;

}  // namespace

void Referee::Begin(Package package, uint64_t seed, const Omissions& without,
                    Coverage* coverage) {
  package_ = package;
  is_stream_ = package == Package::kSchannel || package == Package::kCredSsp;
  seed_ = seed;
  without_ = without;
  mischiefs_ = 0;
  entropy_ = Entropy(seed, UINT64_MAX - kStream);
  coverage_ = coverage;
  sides_ = {};
  sides_[1].leg = Call::kAcceptSecurityContext;
  broken_.reset();
  digest_ = kDigestStart;
  log_.clear();
}

SECURITY_STATUS Referee::Judge(Call call, SECURITY_STATUS status) {
  if (!MayReturn(call, package_, status) && !broken_.has_value()) {
    broken_ = Invariant::kLegalStatus;
  }
  MixIn(static_cast<uint64_t>(call));
  MixIn(static_cast<uint32_t>(status));
  if (logging_) {
    absl::StrAppend(&log_, "  ", CallName(call), " ", StatusName(status), "\n");
  }
  return status;
}

void Referee::MixInOutput(const SecBufferDesc* output) {
  for (ULONG i = 0; output != nullptr && i < output->cBuffers; ++i) {
    const SecBuffer& buffer = output->pBuffers[i];
    const auto* bytes = static_cast<const uint8_t*>(buffer.pvBuffer);
    for (ULONG j = 0; bytes != nullptr && j < buffer.cbBuffer; ++j) {
      MixIn(bytes[j]);
    }
  }
}

Referee::Side* Referee::SideOf(const SspiCall& call) {
  for (Side& side : sides_) {
    if (call.call == side.leg ||
        (call.context != nullptr && call.context == side.context)) {
      return &side;
    }
  }
  return nullptr;
}

SECURITY_STATUS Referee::OnCall(const SspiCall& call,
                                absl::FunctionRef<SECURITY_STATUS()> proceed) {
  if (call.call == Call::kAcquireCredentialsHandle) {
    // The only calls that are made while their World is bound.
    World& world = World::Current();
    world.set_observer(coverage_);
    sides_[(call.number & SECPKG_CRED_OUTBOUND) != 0 ? 0 : 1].world = &world;
    return Judge(call.call, proceed());
  }
  Side* const side = SideOf(call);
  if (side == nullptr) {
    return Judge(call.call, proceed());
  }
  if (call.call == side->leg) {
    side->credential = call.credential;
    side->target = call.name;
    side->requirements = call.number;
    side->context = call.context;
  }
  if (entropy_.Below(kRarity) == 0) {
    const uint32_t number = mischiefs_++;
    if (!without_.Has(Part::kFirstMischief, number)) {
      return Play(
          {call, *side, proceed,
           Dice(seed_, static_cast<uint64_t>(Part::kFirstMischief) + number)});
    }
  }
  return Proceed({call, *side, proceed, Dice(0, 0)});
}

SECURITY_STATUS Referee::Proceed(const Turn& turn) {
  const SspiCall& call = turn.call;
  if (call.call == Call::kDeleteSecurityContext) {
    turn.side.context = nullptr;
  }
  const SECURITY_STATUS status = Judge(call.call, turn.proceed());
  if (turn.is_leg() && status >= 0) {
    turn.side.context = call.new_context;
    MixInOutput(call.output);
  }
  return status;
}

}  // namespace sspilab::sim

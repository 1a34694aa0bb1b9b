#include "sim/swarm/referee.h"

#include <cstring>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"

namespace sspilab::sim {
namespace {

// FNV-1a's offset basis.
constexpr uint64_t kDigestStart = 0xCBF29CE484222325;
// Not one of those that Worlds take.
constexpr uint64_t kStream = UINT64_MAX - 1;
// One call in so many gets company.
constexpr uint64_t kRarity = 8;

bool IsInitiators(const SspiCall& call) {
  return call.call == Call::kInitializeSecurityContext;
}

SecBufferDesc Describe(absl::Span<SecBuffer> buffers) {
  return {SECBUFFER_VERSION, static_cast<ULONG>(buffers.size()),
          buffers.data()};
}

}  // namespace

void Referee::Begin(Package package, uint64_t seed, Coverage* coverage) {
  package_ = package;
  entropy_ = Entropy(seed, kStream);
  coverage_ = coverage;
  worlds_ = {};
  broken_.reset();
  digest_ = kDigestStart;
  log_.clear();
}

Referee::Mischief Referee::Choose() {
  if (entropy_.Below(kRarity) != 0) {
    return Mischief::kNone;
  }
  return static_cast<Mischief>(entropy_.Below(kMischiefs));
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

SECURITY_STATUS Referee::OnCall(const SspiCall& call,
                                absl::FunctionRef<SECURITY_STATUS()> proceed) {
  switch (call.call) {
    case Call::kAcquireCredentialsHandle:
      return OnAcquire(call, proceed);
    case Call::kInitializeSecurityContext:
    case Call::kAcceptSecurityContext:
      return OnLeg(call, proceed);
    case Call::kCompleteAuthToken:
      return OnComplete(call, proceed);
    default:
      return Judge(call.call, proceed());
  }
}

// The only calls that are made while their World is bound.
SECURITY_STATUS Referee::OnAcquire(
    const SspiCall& call, absl::FunctionRef<SECURITY_STATUS()> proceed) {
  World& world = World::Current();
  world.set_observer(coverage_);
  worlds_[(call.number & SECPKG_CRED_OUTBOUND) != 0 ? 0 : 1] = &world;
  return Judge(call.call, proceed());
}

SECURITY_STATUS Referee::CallLeg(const SspiCall& call, CtxtHandle* context,
                                 SecBufferDesc* input, SecBufferDesc* output,
                                 CtxtHandle* new_context) {
  ULONG attributes = 0;
  TimeStamp expiry;
  // Where there is room, or not, is ours to say.
  const uint32_t allocates =
      IsInitiators(call) ? ISC_REQ_ALLOCATE_MEMORY : ASC_REQ_ALLOCATE_MEMORY;
  const ULONG requirements = call.number & ~allocates;
  return Judge(
      call.call,
      IsInitiators(call)
          ? inner().InitializeSecurityContextW(
                call.credential, context, const_cast<SEC_WCHAR*>(call.name),
                requirements, 0, SECURITY_NATIVE_DREP, input, 0, new_context,
                output, &attributes, &expiry)
          : inner().AcceptSecurityContext(call.credential, context, input,
                                          requirements, SECURITY_NATIVE_DREP,
                                          new_context, output, &attributes,
                                          &expiry));
}

void Referee::TryLeg(const SspiCall& call, SecBufferDesc* input,
                     SecBufferDesc* output) {
  CtxtHandle begun = {};
  const SECURITY_STATUS status =
      CallLeg(call, call.context, input, output,
              call.context != nullptr ? call.new_context : &begun);
  if (call.context == nullptr && status >= 0) {
    Judge(Call::kDeleteSecurityContext, inner().DeleteSecurityContext(&begun));
  }
}

// In the place of the caller's own call.
SECURITY_STATUS Referee::LegWithBindings(const SspiCall& call, bool malformed) {
  struct {
    SEC_CHANNEL_BINDINGS header;
    uint8_t data[4];
  } bindings = {};
  bindings.header.cbApplicationDataLength = sizeof(bindings.data);
  bindings.header.dwApplicationDataOffset = sizeof(bindings.header);
  absl::InlinedVector<SecBuffer, 4> buffers;
  for (ULONG i = 0; call.input != nullptr && i < call.input->cBuffers; ++i) {
    buffers.push_back(call.input->pBuffers[i]);
  }
  buffers.push_back({malformed ? 3U : static_cast<ULONG>(sizeof(bindings)),
                     SECBUFFER_CHANNEL_BINDINGS, &bindings});
  SecBufferDesc input = Describe(absl::MakeSpan(buffers));
  return Judge(call.call,
               IsInitiators(call)
                   ? inner().InitializeSecurityContextW(
                         call.credential, call.context,
                         const_cast<SEC_WCHAR*>(call.name), call.number, 0,
                         SECURITY_NATIVE_DREP, &input, 0, call.new_context,
                         call.output, call.attributes, call.expiry)
                   : inner().AcceptSecurityContext(
                         call.credential, call.context, &input, call.number,
                         SECURITY_NATIVE_DREP, call.new_context, call.output,
                         call.attributes, call.expiry));
}

SECURITY_STATUS Referee::OnLeg(const SspiCall& call,
                               absl::FunctionRef<SECURITY_STATUS()> proceed) {
  constexpr size_t kRoom = 4096;
  constexpr uint64_t kAllocations = 4;
  std::array<uint8_t, kRoom> room;
  SecBuffer token = {1, SECBUFFER_TOKEN, room.data()};
  SecBufferDesc output = Describe(absl::MakeSpan(&token, 1));
  const Mischief mischief = Choose();
  switch (mischief) {
    case Mischief::kLittleRoom:
      TryLeg(call, call.input, &output);
      break;
    case Mischief::kNoRoom:
      token = {kRoom, SECBUFFER_TOKEN, nullptr};
      TryLeg(call, call.input, &output);
      break;
    case Mischief::kMalformedBindings:
      return LegWithBindings(call, true);
    case Mischief::kOwnBindings:
      return LegWithBindings(call, false);
    case Mischief::kNoMemory:
      if (World* world = worlds_[IsInitiators(call) ? 0 : 1];
          world != nullptr) {
        world->memory().FailAt(1 + entropy_.Below(kAllocations));
        const SECURITY_STATUS status = Judge(call.call, proceed());
        world->memory().FailAt(0);
        return status;
      }
      break;
    case Mischief::kCompleteUncalledFor:
      if (call.context != nullptr) {
        Judge(Call::kCompleteAuthToken,
              inner().CompleteAuthToken(call.context, &output));
      }
      break;
    default:
      break;
  }
  const SECURITY_STATUS status = Judge(call.call, proceed());
  if (call.output != nullptr && status >= 0) {
    for (ULONG i = 0; i < call.output->cBuffers; ++i) {
      const SecBuffer& buffer = call.output->pBuffers[i];
      const auto* bytes = static_cast<const uint8_t*>(buffer.pvBuffer);
      for (ULONG j = 0; bytes != nullptr && j < buffer.cbBuffer; ++j) {
        MixIn(bytes[j]);
      }
    }
  }
  CtxtHandle* const context = call.context != nullptr ? call.context
                              : status >= 0           ? call.new_context
                                                      : nullptr;
  if (context != nullptr && (mischief == Mischief::kAgain ||
                             mischief == Mischief::kCompleteUncalledFor)) {
    token = {kRoom, SECBUFFER_TOKEN, room.data()};
    if (mischief == Mischief::kAgain) {
      CtxtHandle same = *context;
      CallLeg(call, context, call.input, &output, &same);
    } else if (status != SEC_I_COMPLETE_NEEDED &&
               status != SEC_I_COMPLETE_AND_CONTINUE) {
      Judge(Call::kCompleteAuthToken,
            inner().CompleteAuthToken(context, &output));
    }
  }
  return status;
}

SECURITY_STATUS Referee::OnComplete(
    const SspiCall& call, absl::FunctionRef<SECURITY_STATUS()> proceed) {
  if (entropy_.Below(kRarity) == 0) {
    uint8_t another[] = {'a', 'n', 'o', 't', 'h', 'e', 'r'};
    SecBuffer token = {sizeof(another), SECBUFFER_TOKEN, another};
    SecBufferDesc descriptor = Describe(absl::MakeSpan(&token, 1));
    const SECURITY_STATUS status =
        Judge(call.call, inner().CompleteAuthToken(call.context, &descriptor));
    if (status >= 0) {
      return status;  // There was no token to complete, and it is done.
    }
  }
  return Judge(call.call, proceed());
}

}  // namespace sspilab::sim

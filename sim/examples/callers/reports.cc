#include "sim/examples/callers/reports.h"

#include <utility>

namespace sspilab::sim {
namespace {

using Bytes = std::vector<uint8_t>;

// What stands for records here: their sizes matter, and that they differ.
const Bytes kHello = {22, 3, 1, 0, 3, 1, 0, 0};
const Bytes kFlight = {22, 3, 3, 0, 5, 2, 0, 0, 1, 9};
const Bytes kFinished = {22, 3, 3, 0, 4, 20, 0, 0, 0};
const Bytes kMessage = {23, 3, 3, 0, 4, 7, 7, 7, 7};

constexpr ULONG kGranted = ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY |
                           ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT |
                           ISC_RET_STREAM;

Bytes operator+(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

ScriptStep Leg(size_t nth, SECURITY_STATUS status, Bytes token = {}) {
  return {.call = Call::kInitializeSecurityContext,
          .nth = nth,
          .status = status,
          .token = std::move(token),
          .attributes = kGranted};
}

ScriptStep Leaving(size_t extra, ScriptStep step) {
  step.extra = static_cast<ULONG>(extra);
  return step;
}

ScriptStep Lacking(size_t missing, ScriptStep step) {
  step.missing = static_cast<ULONG>(missing);
  return step;
}

ScriptStep Decrypts(size_t nth, SECURITY_STATUS status) {
  return {.call = Call::kDecryptMessage, .nth = nth, .status = status};
}

// A TLS package: credentials, the first hello, and what follows.
std::vector<ScriptStep> Tls(std::vector<ScriptStep> rest) {
  std::vector<ScriptStep> script = {
      {.call = Call::kAcquireCredentialsHandle, .status = SEC_E_OK},
      Leg(1, SEC_I_CONTINUE_NEEDED, kHello)};
  script.insert(script.end(), rest.begin(), rest.end());
  return script;
}

}  // namespace

std::vector<FieldReport> FieldReports() {
  return {
      {"curl 9431",
       "SEC_E_OK with SECBUFFER_EXTRA is taken for a failure",
       Mistake::kExtraIsFailure,
       RuleId::kSuccessTakenForFailure,
       Tls({Leaving(kMessage.size(), Leg(2, SEC_E_OK)), Decrypts(1, SEC_E_OK)}),
       {kFinished + kMessage}},
      {"curl 18029",
       "a renegotiation is begun and not gone through",
       Mistake::kRenegotiationUnfinished,
       RuleId::kRenegotiationUnfinished,
       Tls({Leg(2, SEC_E_OK), Decrypts(1, SEC_I_RENEGOTIATE),
            Leg(3, SEC_I_CONTINUE_NEEDED, kHello), Leg(4, SEC_E_OK, kFinished),
            Decrypts(2, SEC_E_OK)}),
       {kFinished, kHello, kFlight, kMessage, kMessage}},
      {"dotnet/runtime 42427",
       "without a second buffer nobody learns of the bytes behind the token",
       Mistake::kNoRoomForExtra,
       RuleId::kNoRoomForExtra,
       Tls({Leaving(kFinished.size(), Leg(2, SEC_I_CONTINUE_NEEDED, kFlight)),
            Leg(3, SEC_E_OK), Decrypts(1, SEC_E_OK)}),
       {kFlight + kFinished, kMessage}},
      {"dotnet/runtime 103419",
       "what is left after the handshake goes to InitializeSecurityContext",
       Mistake::kExtraToHandshake,
       RuleId::kExtraToWrongCall,
       Tls({Leaving(kMessage.size(), Leg(2, SEC_E_OK)), Leg(3, SEC_E_OK),
            Decrypts(1, SEC_E_OK)}),
       {kFinished + kMessage}},
      {"poco 4275",
       "SEC_I_INCOMPLETE_CREDENTIALS is not known, and more is waited for",
       Mistake::kMoreCredentialsUnknown,
       RuleId::kIncompleteCredentialsIgnored,
       Tls({Leg(2, SEC_I_INCOMPLETE_CREDENTIALS),
            Leg(3, SEC_I_CONTINUE_NEEDED, kFlight), Leg(4, SEC_E_OK),
            Decrypts(1, SEC_E_OK)}),
       {kFlight, kFinished, kMessage}},
      {"tinymux 1850",
       "SEC_I_COMPLETE_NEEDED is seen, and nothing completed",
       Mistake::kCompleteNeverCalled,
       RuleId::kCompleteSkipped,
       Tls({Leg(2, SEC_I_COMPLETE_NEEDED, kFinished),
            {.call = Call::kCompleteAuthToken, .status = SEC_E_OK},
            Decrypts(1, SEC_E_OK)}),
       {kFlight, kMessage}},
      {"tinymux 1851",
       "what is left after SEC_E_OK stays where it is",
       Mistake::kExtraKept,
       RuleId::kExtraKept,
       Tls({Leaving(kMessage.size(), Leg(2, SEC_E_OK)), Decrypts(1, SEC_E_OK)}),
       {kFinished + kMessage}},
      {"libstrophe 91",
       "SEC_E_INCOMPLETE_MESSAGE is taken for fatal",
       Mistake::kIncompleteIsFatal,
       RuleId::kIncompleteTakenForFatal,
       Tls({Lacking(4, Leg(2, SEC_E_INCOMPLETE_MESSAGE)), Leg(3, SEC_E_OK),
            Decrypts(1, SEC_E_OK)}),
       {Bytes(kFinished.begin(), kFinished.end() - 4),
        Bytes(kFinished.end() - 4, kFinished.end()), kMessage}},
      {"waffle 128",
       "the output buffer is smaller than the package's tokens",
       Mistake::kSmallBuffer,
       RuleId::kOutputBufferTooSmall,
       Tls({Leg(2, SEC_E_OK, kFlight + kFlight), Decrypts(1, SEC_E_OK)}),
       {kFlight, kMessage}},
  };
}

}  // namespace sspilab::sim

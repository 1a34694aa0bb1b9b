#include "sim/caller.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

SecBufferDesc Describe(absl::Span<SecBuffer> buffers) {
  return {SECBUFFER_VERSION, static_cast<ULONG>(buffers.size()),
          buffers.data()};
}

SecBuffer MakeBuffer(ULONG type, absl::Span<uint8_t> bytes) {
  return {static_cast<ULONG>(bytes.size()), type, bytes.data()};
}

Bytes BytesOf(const SecBuffer& buffer) {
  return {static_cast<const uint8_t*>(buffer.pvBuffer), buffer.cbBuffer};
}

bool NeedsCompletion(SECURITY_STATUS status) {
  return status == SEC_I_COMPLETE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

// Others that are no failures say something, but not that the peer is who it
// says (the sample's mistake 15, see service.h).
bool SaysDone(SECURITY_STATUS status) {
  return status == SEC_E_OK || status == SEC_I_COMPLETE_NEEDED ||
         status == SEC_I_LOCAL_LOGON;
}

bool Continues(SECURITY_STATUS status) {
  return status == SEC_I_CONTINUE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

}  // namespace

SECURITY_STATUS AcquireIn(const Endpoint& endpoint,
                          const std::u16string& package, ULONG use,
                          void* auth_data, CredHandle* credential,
                          TimeStamp* expiry) {
  std::optional<ScopedWorld> bound;
  if (endpoint.world != nullptr) {
    bound.emplace(endpoint.world);
  }
  // The interface takes the name without const, and does not change it.
  return endpoint.table->AcquireCredentialsHandleW(
      nullptr, const_cast<SEC_WCHAR*>(package.c_str()), use, nullptr, auth_data,
      nullptr, nullptr, credential, expiry);
}

const OwnedCertificate* CertificateOf(const Endpoint& endpoint) {
  return endpoint.world == nullptr ? nullptr
                                   : endpoint.world->certificates().Default();
}

Caller::Caller(const Role& role, const Endpoint& endpoint, Wire* wire)
    : role_(role), endpoint_(endpoint), wire_(wire) {}

void Caller::Begin(const CallerOptions* options, Phase first) {
  options_ = options;
  first_ = first;
  phase_ = Phase::kAskPackage;
  inbox_.Reset(wire_->form());
  context_ = {};
  has_context_ = false;
  expiry_ = {};
  handshake_status_ = SEC_E_OK;
  established_ = false;
  input_.clear();
  has_input_ = false;
  protocols_ = ApplicationProtocols(options->tls.application_protocols);
  shutting_down_ = false;
  token_ = {};
  query_ = 0;
  view_.ending = Ending::kUnfinished;
  view_.status = SEC_E_OK;
  view_.call = "";
  view_.legs = 0;
  view_.attributes = 0;
  view_.expiry = 0;
  view_.sizes = {};
  view_.session_key.clear();
  view_.stream.reset();
  view_.package.clear();
  view_.identity.clear();
  view_.sent_message = false;
  view_.received.clear();
}

Progress Caller::Step() {
  switch (phase_) {
    case Phase::kAskPackage:
      return StepAskPackage();
    case Phase::kAcquire:
      return StepAcquire();
    case Phase::kCallPackage:
      return StepCallPackage();
    case Phase::kAcquireMore:
      return StepAcquireMore();
    case Phase::kComplete:
      return StepComplete();
    case Phase::kSendToken:
      return StepSendToken();
    case Phase::kFreeToken:
      return StepFreeToken();
    case Phase::kReceiveToken:
      return StepReceiveToken();
    case Phase::kReceiveVerdict:
      return StepReceiveVerdict();
    case Phase::kQuery:
      return StepQuery();
    case Phase::kSendVerdict:
      return StepSendVerdict();
    case Phase::kProtect:
      return StepProtect();
    case Phase::kSendMessage:
      return StepSendMessage();
    case Phase::kReceiveMessage:
      return StepReceiveMessage();
    case Phase::kUnprotect:
      return StepUnprotect();
    case Phase::kReadStream:
      return StepReadStream();
    case Phase::kShutDown:
      return StepShutDown();
    case Phase::kReceiveShutdown:
      return StepReceiveShutdown();
    case Phase::kDelete:
      return StepDelete();
    case Phase::kFreeCredentials:
      return StepFreeCredentials();
    case Phase::kClose:
      return StepClose();
    case Phase::kFinished:
      break;
  }
  return Progress::kFinished;
}

SECURITY_STATUS Caller::FreeCredentials() { return SEC_E_OK; }

// Whoever gives up says so, or its peer would wait for ever (mistake 5).
Progress Caller::Fail(Ending ending) {
  view_.ending = ending;
  const bool peer_knows =
      ending == Ending::kRefusedByPeer || ending == Ending::kConnectionLost;
  return Go(peer_knows ? Phase::kDelete : Phase::kSendVerdict);
}

Progress Caller::FailCall(std::string_view call, SECURITY_STATUS status) {
  view_.call = call;
  view_.status = status;
  return Fail(Ending::kCallFailed);
}

// A buffer of ours must hold the package's largest token, and only the package
// knows how large that is (the sample's mistake 10, see service.h).
Progress Caller::StepAskPackage() {
  if (allocates() || max_token_ != 0) {
    return Go(Phase::kAcquire);
  }
  SecPkgInfoW* info = nullptr;
  SECURITY_STATUS status = table().QuerySecurityPackageInfoW(
      const_cast<SEC_WCHAR*>(options_->package.c_str()), &info);
  if (status == SEC_E_OK) {
    max_token_ = info->cbMaxToken;
    status = table().FreeContextBuffer(info);
  }
  if (status < 0) {
    return FailCall("QuerySecurityPackageInfoW", status);
  }
  output_.resize(max_token_);
  return Go(Phase::kAcquire);
}

Progress Caller::StepAcquire() {
  const SECURITY_STATUS status = AcquireCredentials();
  if (status < 0) {
    return FailCall("AcquireCredentialsHandleW", status);
  }
  return Go(first_);
}

// SEC_E_INCOMPLETE_MESSAGE is no failure: the bytes stay, and more are added.
// SECBUFFER_MISSING says how many would help; a wire that is drained whenever
// something arrives has no use for the number. (Mistakes 9 and 11.)
Progress Caller::StepCallPackage() {
  if (++view_.legs > kMaxLegs) {
    return Fail(Ending::kTooManyLegs);
  }
  token_ = MakeBuffer(SECBUFFER_TOKEN, allocates() ? absl::Span<uint8_t>()
                                                   : absl::MakeSpan(output_));
  SecBufferDesc output = Describe(absl::MakeSpan(&token_, 1));
  // The second buffer is where the package says SECBUFFER_EXTRA or _MISSING;
  // without it there is no place to say so. The third is for the first leg.
  SecBuffer in[] = {
      MakeBuffer(SECBUFFER_TOKEN, absl::MakeSpan(input_)),
      MakeBuffer(SECBUFFER_EMPTY, {}),
      MakeBuffer(SECBUFFER_APPLICATION_PROTOCOLS, absl::MakeSpan(protocols_)),
  };
  const bool offers = !protocols_.empty() && !has_context_;
  const size_t first = has_input_ ? 0 : 2;
  const size_t last = offers ? 3 : 2;
  SecBufferDesc input =
      Describe(absl::MakeSpan(in).subspan(first, last - first));

  handshake_status_ = CallPackage(first < last ? &input : nullptr, &output);
  if (handshake_status_ == SEC_E_INCOMPLETE_MESSAGE) {
    --view_.legs;  // Nothing happened.
    return Go(established_ ? reads_for_ : Phase::kReceiveToken);
  }
  // A peer that ends its stream here is an error, whatever the sign.
  if (handshake_status_ < 0 || handshake_status_ == SEC_I_CONTEXT_EXPIRED) {
    // The output means something only where the package was asked for error
    // tokens and says that it made one.
    if ((view_.attributes & role_.ret_extended_error) != 0 &&
        token_.pvBuffer != nullptr && token_.cbBuffer > 0) {
      return Go(Phase::kSendToken);
    }
    return FailCall(role_.call, handshake_status_);
  }
  if (handshake_status_ == SEC_I_INCOMPLETE_CREDENTIALS) {
    has_context_ = true;
    return Go(Phase::kAcquireMore);
  }
  has_context_ = true;
  KeepExtra(in[1]);
  if (NeedsCompletion(handshake_status_)) {
    return Go(Phase::kComplete);
  }
  return DeliverToken();
}

// What the package did not take stays at the front of the input: it belongs to
// the next leg, or to the first protected message (mistake 9).
void Caller::KeepExtra(const SecBuffer& second) {
  const size_t extra = second.BufferType == SECBUFFER_EXTRA
                           ? std::min<size_t>(second.cbBuffer, input_.size())
                           : 0;
  input_.erase(input_.begin(), input_.end() - static_cast<ptrdiff_t>(extra));
  has_input_ = extra > 0;
}

// The leg is made again with the same input.
Progress Caller::StepAcquireMore() {
  const SECURITY_STATUS status = AcquireMoreCredentials();
  if (status < 0) {
    return FailCall("AcquireCredentialsHandleW", status);
  }
  return Go(Phase::kCallPackage);
}

// What CompleteAuthToken returns does not touch handshake_status_: that alone
// says whether more legs follow (mistake 3).
Progress Caller::StepComplete() {
  SecBufferDesc output = Describe(absl::MakeSpan(&token_, 1));
  if (table().CompleteAuthToken == nullptr) {
    return FailCall("CompleteAuthToken", SEC_E_UNSUPPORTED_FUNCTION);
  }
  const SECURITY_STATUS status = table().CompleteAuthToken(&context_, &output);
  if (status < 0) {
    return FailCall("CompleteAuthToken", status);
  }
  return DeliverToken();
}

// Only a token that is there is sent: the last leg of an acceptor may have
// none, and SEC_E_OK does not mean that there is none (mistake 4).
Progress Caller::DeliverToken() {
  if (token_.pvBuffer != nullptr && token_.cbBuffer > 0) {
    return Go(Phase::kSendToken);
  }
  return AfterToken();
}

Progress Caller::StepSendToken() {
  wire_->Send(role_.sends, MessageKind::kToken, BytesOf(token_));
  if (allocates()) {
    return Go(Phase::kFreeToken);
  }
  return AfterToken();
}

Progress Caller::StepFreeToken() {
  const SECURITY_STATUS status = table().FreeContextBuffer(token_.pvBuffer);
  token_ = {};
  if (status < 0) {
    return FailCall("FreeContextBuffer", status);
  }
  return AfterToken();
}

Progress Caller::AfterToken() {
  if (handshake_status_ < 0 || handshake_status_ == SEC_I_CONTEXT_EXPIRED) {
    return FailCall(role_.call, handshake_status_);
  }
  if (Continues(handshake_status_)) {
    return Go(has_input_ ? Phase::kCallPackage : Phase::kReceiveToken);
  }
  if (shutting_down_) {
    return Go(role_.after_sent_shutdown);
  }
  if (established_) {
    return Go(has_input_ ? Phase::kReadStream : reads_for_);
  }
  return FinishHandshake();
}

// The attributes are looked at here and not before: until the last leg the
// package may still change those that matter for security. Each bit wanted is
// compared, and a missing one, or a context that has expired already, is a
// failure (mistakes 1, 2 and 12).
Progress Caller::FinishHandshake() {
  if (!SaysDone(handshake_status_)) {
    return FailCall(role_.call, handshake_status_);
  }
  view_.call = role_.call;
  view_.status = handshake_status_;
  view_.expiry = static_cast<FileTime>(expiry_.QuadPart);
  if ((view_.attributes & options_->insists_on) != options_->insists_on) {
    return Fail(Ending::kLacksAttributes);
  }
  if (endpoint_.world != nullptr && view_.expiry <= endpoint_.world->now()) {
    return Fail(Ending::kExpired);
  }
  established_ = true;
  if ((view_.attributes & role_.ret_stream) != 0) {
    view_.stream.emplace();
  }
  return Go(role_.after_handshake);
}

bool Caller::Receive(Inbox::Message* message, Progress* progress) {
  *progress = Progress::kMoved;
  std::optional<Inbox::Message> next = inbox_.Next();
  if (!next.has_value()) {
    const std::optional<Delivery> delivery = wire_->Receive(role_.receives);
    if (delivery.has_value()) {
      inbox_.Add(*delivery);
      next = inbox_.Next();
    } else if (wire_->AtEnd(role_.receives)) {
      *progress = Fail(Ending::kConnectionLost);
      return false;
    } else {
      *progress = Progress::kWaiting;
      return false;
    }
  }
  if (!next.has_value()) {
    if (inbox_.broken()) {
      *progress = Fail(Ending::kNotUnderstood);
    }
    return false;
  }
  *message = *next;
  return true;
}

Progress Caller::StepReceiveToken() {
  Inbox::Message message;
  Progress progress;
  if (!Receive(&message, &progress)) {
    return progress;
  }
  switch (message.kind) {
    case MessageKind::kToken:
      input_.insert(input_.end(), message.payload.begin(),
                    message.payload.end());
      has_input_ = true;
      return Go(Phase::kCallPackage);
    case MessageKind::kVerdict:
      if (message.payload.size() == 1 &&
          message.payload[0] == kVerdictRefused) {
        return Fail(Ending::kRefusedByPeer);
      }
      return Fail(Ending::kNotUnderstood);
    case MessageKind::kProtected:
      break;
  }
  return Fail(Ending::kNotUnderstood);
}

Progress Caller::StepDelete() {
  if (view_.ending == Ending::kUnfinished) {
    view_.ending = Ending::kAuthenticated;
  }
  // Also a context that never got finished is a context (mistake 7).
  if (has_context_) {
    has_context_ = false;
    const SECURITY_STATUS status = table().DeleteSecurityContext(&context_);
    if (status < 0 && view_.authenticated()) {
      view_.call = "DeleteSecurityContext";
      view_.status = status;
      view_.ending = Ending::kCallFailed;
    }
  }
  return Go(role_.after_delete);
}

Progress Caller::StepFreeCredentials() {
  const SECURITY_STATUS status = FreeCredentials();
  if (status < 0 && view_.authenticated()) {
    view_.call = "FreeCredentialsHandle";
    view_.status = status;
    view_.ending = Ending::kCallFailed;
  }
  return Go(Phase::kClose);
}

Progress Caller::StepClose() {
  wire_->Close(role_.sends);
  return Go(Phase::kFinished);
}

}  // namespace sspilab::sim

#include "sim/caller.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

// What the finished context is asked for; the first of them always.
constexpr ULONG kQueries[] = {SECPKG_ATTR_SESSION_KEY, SECPKG_ATTR_SIZES,
                              SECPKG_ATTR_PACKAGE_INFO, SECPKG_ATTR_NAMES};
constexpr size_t kQueriesAlways = 2;

// The one byte of a verdict. It says no more than that: why a logon failed is
// not the peer's to know.
constexpr uint8_t kAccepted = 1;
constexpr uint8_t kRefused = 0;

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

bool Continues(SECURITY_STATUS status) {
  return status == SEC_I_CONTINUE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

}  // namespace

SECURITY_STATUS AcquireIn(const Endpoint& endpoint,
                          const std::u16string& package, ULONG use,
                          SEC_WINNT_AUTH_IDENTITY_W* identity,
                          CredHandle* credential, TimeStamp* expiry) {
  std::optional<ScopedWorld> bound;
  if (endpoint.world != nullptr) {
    bound.emplace(endpoint.world);
  }
  // The interface takes the name without const, and does not change it.
  return endpoint.table->AcquireCredentialsHandleW(
      nullptr, const_cast<SEC_WCHAR*>(package.c_str()), use, nullptr, identity,
      nullptr, nullptr, credential, expiry);
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
  input_.clear();
  has_input_ = false;
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
  // without it there is no place to say so.
  SecBuffer in[] = {
      MakeBuffer(SECBUFFER_TOKEN, absl::MakeSpan(input_)),
      MakeBuffer(SECBUFFER_EMPTY, {}),
  };
  SecBufferDesc input = Describe(in);

  handshake_status_ = CallPackage(has_input_ ? &input : nullptr, &output);
  if (handshake_status_ == SEC_E_INCOMPLETE_MESSAGE) {
    return Go(Phase::kReceiveToken);
  }
  if (handshake_status_ < 0) {
    // The output means something only where the package was asked for error
    // tokens and says that it made one.
    if ((view_.attributes & role_.ret_extended_error) != 0 &&
        token_.pvBuffer != nullptr && token_.cbBuffer > 0) {
      return Go(Phase::kSendToken);
    }
    return FailCall(role_.call, handshake_status_);
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
  if (handshake_status_ < 0) {
    return FailCall(role_.call, handshake_status_);
  }
  if (Continues(handshake_status_)) {
    return Go(has_input_ ? Phase::kCallPackage : Phase::kReceiveToken);
  }
  return FinishHandshake();
}

// The attributes are looked at here and not before: until the last leg the
// package may still change those that matter for security. Each bit wanted is
// compared, and a missing one, or a context that has expired already, is a
// failure (mistakes 1, 2 and 12).
Progress Caller::FinishHandshake() {
  view_.call = role_.call;
  view_.status = handshake_status_;
  view_.expiry = static_cast<FileTime>(expiry_.QuadPart);
  if ((view_.attributes & options_->insists_on) != options_->insists_on) {
    return Fail(Ending::kLacksAttributes);
  }
  if (endpoint_.world != nullptr && view_.expiry <= endpoint_.world->now()) {
    return Fail(Ending::kExpired);
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
      if (message.payload.size() == 1 && message.payload[0] == kRefused) {
        return Fail(Ending::kRefusedByPeer);
      }
      return Fail(Ending::kNotUnderstood);
    case MessageKind::kProtected:
      break;
  }
  return Fail(Ending::kNotUnderstood);
}

Progress Caller::StepReceiveVerdict() {
  Inbox::Message message;
  Progress progress;
  if (!Receive(&message, &progress)) {
    return progress;
  }
  if (message.kind != MessageKind::kVerdict || message.payload.size() != 1) {
    return Fail(Ending::kNotUnderstood);
  }
  if (message.payload[0] != kAccepted) {
    return Fail(Ending::kRefusedByPeer);
  }
  return Go(role_.after_received_verdict);
}

// An attribute that a package does not tell is no failure: that part of the
// view stays empty.
Progress Caller::StepQuery() {
  const SECURITY_STATUS status =
      QueryInto(table(), &context_, kQueries[query_++], &view_);
  if (status < 0 && status != SEC_E_UNSUPPORTED_FUNCTION &&
      status != SEC_E_NOT_SUPPORTED) {
    return FailCall("QueryContextAttributesW", status);
  }
  const size_t wanted =
      options_->full_view ? std::size(kQueries) : kQueriesAlways;
  if (query_ < wanted) {
    return Progress::kMoved;
  }
  return Go(role_.after_query);
}

// Good news is told, too: a client whose own token was the last cannot know it
// otherwise (mistakes 5 and 6).
Progress Caller::StepSendVerdict() {
  const bool accepts = view_.ending == Ending::kUnfinished;
  const uint8_t verdict = accepts ? kAccepted : kRefused;
  wire_->Send(role_.sends, MessageKind::kVerdict, absl::MakeSpan(&verdict, 1));
  return Go(accepts ? Phase::kReceiveMessage : Phase::kDelete);
}

Protection Caller::protection() const {
  if ((view_.attributes & role_.ret_confidentiality) != 0) {
    return Protection::kSealed;
  }
  if ((view_.attributes & role_.ret_integrity) != 0) {
    return Protection::kSigned;
  }
  return Protection::kNone;
}

Progress Caller::StepProtect() {
  if (!exchanges_messages()) {
    return Go(role_.after_sent_message);
  }
  const SECURITY_STATUS status =
      Protect(table(), &context_, protection(), view_.sizes, options_->message,
              &message_);
  if (status < 0) {
    return FailCall(ProtectingCall(protection()), status);
  }
  return Go(Phase::kSendMessage);
}

Progress Caller::StepSendMessage() {
  wire_->Send(role_.sends, MessageKind::kProtected, message_);
  view_.sent_message = true;
  return Go(role_.after_sent_message);
}

Progress Caller::StepReceiveMessage() {
  if (!exchanges_messages()) {
    return Go(role_.after_received_message);
  }
  if (has_input_) {
    has_input_ = false;
    message_.swap(input_);
    return Go(Phase::kUnprotect);
  }
  Inbox::Message message;
  Progress progress;
  if (!Receive(&message, &progress)) {
    return progress;
  }
  if (message.kind == MessageKind::kVerdict) {
    return Fail(Ending::kRefusedByPeer);
  }
  if (message.kind != MessageKind::kProtected) {
    return Fail(Ending::kNotUnderstood);
  }
  message_.assign(message.payload.begin(), message.payload.end());
  return Go(Phase::kUnprotect);
}

Progress Caller::StepUnprotect() {
  absl::Span<uint8_t> token;
  absl::Span<uint8_t> data;
  if (!SplitProtected(absl::MakeSpan(message_), &token, &data)) {
    return Fail(Ending::kNotUnderstood);
  }
  const SECURITY_STATUS status =
      Unprotect(table(), &context_, protection(), token, &data);
  if (status != SEC_E_OK) {
    return FailCall(UnprotectingCall(protection()), status);
  }
  view_.received.assign(data.begin(), data.end());
  return Go(role_.after_received_message);
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

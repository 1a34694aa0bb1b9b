// What a caller does once the handshake is over: attributes, messages, the end
// of a stream.

#include <algorithm>

#include "sim/caller.h"
#include "sim/stream_message.h"

namespace sspilab::sim {

Progress Caller::StepReceiveVerdict() {
  Inbox::Message message;
  Progress progress;
  if (!Receive(&message, &progress)) {
    return progress;
  }
  if (message.kind == MessageKind::kToken && view_.stream.has_value()) {
    return TakeStream(message.payload, Phase::kReceiveVerdict);
  }
  if (message.kind != MessageKind::kVerdict || message.payload.size() != 1) {
    return Fail(Ending::kNotUnderstood);
  }
  if (message.payload[0] != kVerdictAccepted) {
    return Fail(Ending::kRefusedByPeer);
  }
  return Go(role_.after_received_verdict);
}

// An attribute that a package does not tell is no failure: that part of the
// view stays empty.
Progress Caller::StepQuery() {
  const PartyQueries& queries =
      view_.stream.has_value() ? StreamQueries() : TokenQueries();
  const SECURITY_STATUS status =
      QueryInto(table(), &context_, queries.attributes[query_++], &view_);
  if (status < 0 && !IsNotTold(status)) {
    return FailCall("QueryContextAttributesW", status);
  }
  const size_t wanted =
      options_->full_view ? queries.attributes.size() : queries.always;
  if (query_ < wanted) {
    return Progress::kMoved;
  }
  return Go(role_.after_query);
}

// Good news is told, too: a client whose own token was the last cannot know it
// otherwise (mistakes 5 and 6).
Progress Caller::StepSendVerdict() {
  const bool accepts = view_.ending == Ending::kUnfinished;
  const uint8_t verdict = accepts ? kVerdictAccepted : kVerdictRefused;
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
      view_.stream.has_value()
          ? ProtectStream(table(), &context_, view_.stream->sizes,
                          options_->message, &message_)
          : Protect(table(), &context_, protection(), view_.sizes,
                    options_->message, &message_);
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
  if (view_.stream.has_value()) {
    return ReceiveStream(Phase::kReceiveMessage);
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

// Streams.

Progress Caller::ReceiveStream(Phase phase) {
  if (has_input_) {
    reads_for_ = phase;
    return Go(Phase::kReadStream);
  }
  Inbox::Message message;
  Progress progress;
  if (!Receive(&message, &progress)) {
    return progress;
  }
  if (message.kind == MessageKind::kVerdict) {
    return Fail(Ending::kRefusedByPeer);
  }
  return TakeStream(message.payload, phase);
}

Progress Caller::TakeStream(absl::Span<const uint8_t> bytes, Phase phase) {
  input_.insert(input_.end(), bytes.begin(), bytes.end());
  has_input_ = true;
  reads_for_ = phase;
  return Go(Phase::kReadStream);
}

// One record, or what is there of it. Whatever it was, what stood behind it
// comes next.
Progress Caller::StepReadStream() {
  const StreamRead read =
      UnprotectStream(table(), &context_, absl::MakeSpan(input_));
  switch (read.status) {
    case SEC_E_INCOMPLETE_MESSAGE:
      has_input_ = false;
      return Go(reads_for_);
    case SEC_E_OK:
    case SEC_I_RENEGOTIATE:
    case SEC_I_CONTEXT_EXPIRED:
      break;
    default:
      return FailCall("DecryptMessage", read.status);
  }
  view_.received.insert(view_.received.end(), read.data.begin(),
                        read.data.end());
  input_.erase(input_.begin(),
               input_.end() - static_cast<ptrdiff_t>(read.extra));
  has_input_ = !input_.empty();
  // A record of the handshake came, and wants a leg: a TLS 1.3 ticket, say.
  if (read.status == SEC_I_RENEGOTIATE) {
    return Go(Phase::kCallPackage);
  }
  if (read.status == SEC_I_CONTEXT_EXPIRED) {
    has_input_ = false;
    return reads_for_ == Phase::kReceiveShutdown
               ? Go(role_.after_received_shutdown)
               : Fail(Ending::kConnectionLost);
  }
  // A message has come when nothing of it is left over.
  if (has_input_) {
    return Progress::kMoved;
  }
  return Go(reads_for_ == Phase::kReceiveMessage && !view_.received.empty()
                ? role_.after_received_message
                : reads_for_);
}

// Microsoft's page "Shutting Down an Schannel Connection": a control token, and
// a leg without input that makes the close_notify. Without it the peer could
// not tell the end from a connection that was cut.
Progress Caller::StepShutDown() {
  if (!view_.stream.has_value()) {
    return Go(Phase::kDelete);
  }
  DWORD token = SCHANNEL_SHUTDOWN;
  SecBuffer buffer = {sizeof(token), SECBUFFER_TOKEN, &token};
  SecBufferDesc description = {SECBUFFER_VERSION, 1, &buffer};
  const SECURITY_STATUS status =
      table().ApplyControlToken(&context_, &description);
  if (status < 0) {
    return FailCall("ApplyControlToken", status);
  }
  shutting_down_ = true;
  has_input_ = false;
  return Go(Phase::kCallPackage);
}

Progress Caller::StepReceiveShutdown() {
  if (!view_.stream.has_value()) {
    return Go(Phase::kDelete);
  }
  return ReceiveStream(Phase::kReceiveShutdown);
}

}  // namespace sspilab::sim

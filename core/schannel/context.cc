#include "core/schannel/context.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/schannel/alert_record.h"
#include "core/schannel/alerts.h"
#include "core/schannel/application_protocols.h"
#include "core/schannel/attributes.h"
#include "core/schannel/buffers.h"
#include "core/schannel/certificate_check.h"
#include "core/schannel/record.h"
#include "core/schannel/sessions.h"
#include "core/tls/library.h"

namespace sspilab::schannel {

SchannelContext::SchannelContext(World& world, const SecurityPackage& package,
                                 Role role, CredentialTable::Pin credential)
    : Context(world, package, role, std::move(credential)),
      channel_(world.memory(), *this) {}

SchannelCredential& SchannelContext::schannel_credential() const {
  return static_cast<SchannelCredential&>(*credential());
}

void SchannelContext::LogKey(std::string_view line) {
  if (WorldObserver* observer = world().observer()) {
    observer->OnTlsKeyLogLine(line);
  }
}

void SchannelContext::TellHandshake(absl::Span<const uint8_t> message) {
  if (WorldObserver* observer = world().observer()) {
    observer->OnInnerMessage(InnerMessage::kTlsHandshake, message);
  }
}

Entropy SchannelContext::NextEntropy() { return {entropy_->Next(), 0}; }

// Legs.

SECURITY_STATUS SchannelContext::Advance(Leg& leg) {
  requirements_ = leg.requirements;
  const SECURITY_STATUS status = Take(Step(leg));
  leg.attributes = Granted(requirements_);
  leg.expiry = expiry_;
  if (state() == State::kFailed) DeliverErrorToken(leg);
  return status;
}

Event SchannelContext::Step(Leg& leg) {
  const SecBuffer* token = leg.input.Find(SECBUFFER_TOKEN);
  const absl::Span<const uint8_t> input =
      token == nullptr ? absl::Span<const uint8_t>() : BytesOf(*token);
  if (state() == State::kFailed) return Event::kNotForThisCall;
  if (state() == State::kStart && !held_.has_value()) {
    if ((requirements_ & datagram()) != 0) return Event::kDatagramRequested;
    return Begin(leg, input);
  }
  if (control_.has_value()) return SendAlert(leg, input);
  if (held_.has_value()) return ContinueHeld(leg, input);
  switch (state()) {
    case State::kNegotiating:
      return TakeRecord(leg, input);
    case State::kRenegotiating:
      // Data are for DecryptMessage; the type of a record is not hidden before
      // TLS 1.3.
      return !input.empty() && input[0] == static_cast<uint8_t>(
                                               ContentType::kApplicationData)
                 ? Event::kNotForThisCall
                 : TakeRecord(leg, input);
    case State::kWaitingForCredentials:
      TakeCredential(leg.credential);
      return Handshake(leg, {}, input, TakenAlready(input));
    case State::kDone:
      return input.empty() ? Renegotiate(leg, input) : Event::kNotForThisCall;
    default:
      return Event::kContextExpired;
  }
}

std::optional<Event> SchannelContext::Open(const Leg& leg) {
  entropy_ = world().ForkEntropy();
  schannel_credential().RefreshRoots();
  Entropy entropy = NextEntropy();
  const tls::EntropyScope scope(&entropy);
  if (!channel_.Open(schannel_credential().ssl_ctx(), role())) {
    return Event::kOutOfMemory;
  }
  if (std::optional<Event> failure = ReadProtocols(leg.input)) return failure;
  return Prepare(leg);
}

Event SchannelContext::TakeRecord(Leg& leg, absl::Span<const uint8_t> input) {
  const Frame frame = FrameRecord(input);
  switch (frame.framing) {
    case Framing::kIncomplete:
      TellMissing(leg.input, frame.missing);
      return Event::kIncompleteMessage;
    case Framing::kNotTls:
      return Event::kNotTls;
    case Framing::kTooLong:
      return Event::kUnexpectedMessage;
    case Framing::kWhole:
      break;
  }
  if (!channel_.is_open()) {
    if (std::optional<Event> failure = Open(leg)) return *failure;
  }
  const absl::Span<const uint8_t> record = input.subspan(0, frame.size);
  if (SSL_is_init_finished(ssl()) == 0) {
    return Handshake(leg, record, input, frame.size);
  }
  // The answer to our HelloRequest.
  Entropy entropy = NextEntropy();
  const tls::EntropyScope scope(&entropy);
  uint8_t data;
  size_t size = 0;
  const TlsChannel::Progress progress =
      channel_.Read(record, absl::MakeSpan(&data, 1), &size);
  if (progress == TlsChannel::Progress::kData) return Event::kUnexpectedMessage;
  return Proceed(leg, progress, input, frame.size);
}

Event SchannelContext::Handshake(Leg& leg, absl::Span<const uint8_t> record,
                                 absl::Span<const uint8_t> input,
                                 size_t consumed) {
  Entropy entropy = NextEntropy();
  const tls::EntropyScope scope(&entropy);
  return Proceed(leg, channel_.Handshake(record), input, consumed);
}

// What TLS made of the first `consumed` bytes of `input`.
Event SchannelContext::Proceed(Leg& leg, TlsChannel::Progress progress,
                               absl::Span<const uint8_t> input,
                               size_t consumed) {
  switch (progress) {
    case TlsChannel::Progress::kWantsInput:
      return Deliver(leg, Event::kContinued, input, consumed);
    case TlsChannel::Progress::kHandshakeDone:
      OnHandshakeDone();
      return Deliver(leg, Event::kEstablished, input, consumed);
    case TlsChannel::Progress::kWantsCertificate:
      return taken_.Assign(world().memory(), input.subspan(0, consumed))
                 ? Event::kCredentialsWanted
                 : Event::kOutOfMemory;
    case TlsChannel::Progress::kPeerClosed:
      peer_closed_ = true;
      return Deliver(leg, Event::kPeerClosed, input, consumed);
    case TlsChannel::Progress::kData:
    case TlsChannel::Progress::kFailed:
      break;
  }
  return FailureEvent();
}

// Gives the caller what there is to send, then says `event`; or keeps both
// until there is room.
Event SchannelContext::Deliver(Leg& leg, Event event,
                               absl::Span<const uint8_t> input,
                               size_t consumed) {
  const absl::Span<const uint8_t> pending = channel_.pending();
  if (!pending.empty()) {
    absl::Span<uint8_t> token;
    switch (leg.output.Reserve(pending.size(), &token)) {
      case SEC_E_OK:
        std::memcpy(token.data(), pending.data(), pending.size());
        break;
      case SEC_E_BUFFER_TOO_SMALL:
        held_ = event;
        // A leg that is itself a repetition has its record there already.
        return !taken_.empty() || taken_.Assign(world().memory(),
                                                input.subspan(0, consumed))
                   ? Event::kOutputTooSmall
                   : Event::kOutOfMemory;
      case SEC_E_INSUFFICIENT_MEMORY:
        return Event::kOutOfMemory;
      default:
        return Event::kNoOutputToken;
    }
  }
  if (event == Event::kContinued) {
    channel_.ClearPending();
  } else {
    channel_.ReleasePending();
  }
  held_.reset();
  taken_.Clear();
  TellExtra(leg.input, input.size() - consumed);
  return event;
}

size_t SchannelContext::TakenAlready(absl::Span<const uint8_t> input) const {
  const absl::Span<const uint8_t> taken = taken_.span();
  return input.size() >= taken.size() &&
                 std::equal(taken.begin(), taken.end(), input.begin())
             ? taken.size()
             : 0;
}

Event SchannelContext::ContinueHeld(Leg& leg, absl::Span<const uint8_t> input) {
  const size_t consumed = TakenAlready(input);
  if (state() == State::kPostHandshake && consumed == 0) {
    const Frame frame = FrameRecord(input);
    if (frame.framing != Framing::kIncomplete) return Event::kNotForThisCall;
    TellMissing(leg.input, frame.missing);
    return Event::kIncompleteMessage;
  }
  return Deliver(leg, *held_, input, consumed);
}

// Another handshake at this end's wish: an initiator begins one, an acceptor
// asks for one (RFC 5246 7.4.1.1). TLS 1.3 has none.
Event SchannelContext::Renegotiate(Leg& leg, absl::Span<const uint8_t> input) {
  if (SSL_version(ssl()) != TLS1_2_VERSION) {
    return Event::kRenegotiationImpossible;
  }
  Entropy entropy = NextEntropy();
  const tls::EntropyScope scope(&entropy);
  if (!PrepareAgain(leg)) return Event::kOutOfMemory;
  if (!channel_.Renegotiate()) {
    return channel_.out_of_memory() ? Event::kOutOfMemory
                                    : Event::kRenegotiationImpossible;
  }
  return Deliver(leg, Event::kRenegotiationAsked, input, 0);
}

void SchannelContext::OnHandshakeDone() {
  established_ = true;
  shape_ = RecordShapeOf(ssl());
  channel_.CountSealedRecords();
  const X509* peer = SSL_get0_peer_certificate(ssl());
  const X509* shown = peer != nullptr ? peer : own_certificate();
  if (shown != nullptr) expiry_ = FileTimeOf(X509_get0_notAfter(shown));
}

Event SchannelContext::FailureEvent() const {
  if (channel_.out_of_memory()) return Event::kOutOfMemory;
  if (problem_.has_value()) return *problem_;
  if (channel_.alert_received().has_value()) {
    return EventOfAlertReceived(*channel_.alert_received());
  }
  if (channel_.alert_sent().has_value()) {
    return EventOfAlertSent(*channel_.alert_sent());
  }
  return Event::kUnexpectedMessage;
}

bool SchannelContext::Judge(std::optional<Event> problem) {
  problem_ = problem;
  return !problem.has_value();
}

// The alert that says why, where the caller wants to tell the peer: into a
// buffer of its own, or in place of a token.
void SchannelContext::DeliverErrorToken(Leg& leg) {
  if ((requirements_ & extended_error()) != 0 &&
      channel_.alert_sent().has_value() && !channel_.pending().empty()) {
    OutputToken& out = leg.alert != nullptr ? *leg.alert : leg.output;
    absl::Span<uint8_t> token;
    // Where it does not fit, the caller has at least the status.
    if (out.Reserve(channel_.pending().size(), &token) == SEC_E_OK) {
      std::memcpy(token.data(), channel_.pending().data(), token.size());
      leg.error_token = true;
    }
  }
  channel_.ReleasePending();
}

// Control tokens.

SECURITY_STATUS SchannelContext::ApplyControl(const BufferList& input) {
  // Behind an alert that OpenSSL does not know of it can seal nothing.
  if (state() == State::kFailed || !channel_.is_open() || own_alert_sent_) {
    return SEC_E_INVALID_HANDLE;
  }
  const SecBuffer* token = input.Find(SECBUFFER_TOKEN);
  DWORD type;
  if (token == nullptr || BytesOf(*token).size() < sizeof(type)) {
    return SEC_E_INVALID_TOKEN;
  }
  const absl::Span<const uint8_t> bytes = BytesOf(*token);
  std::memcpy(&type, bytes.data(), sizeof(type));
  switch (type) {
    case SCHANNEL_RENEGOTIATE:
      // The next leg without input does it anyway.
      return SSL_version(ssl()) == TLS1_2_VERSION ? SEC_E_OK
                                                  : SEC_E_UNSUPPORTED_FUNCTION;
    case SCHANNEL_SHUTDOWN:
      control_ = {TLS1_ALERT_WARNING, TLS1_ALERT_CLOSE_NOTIFY};
      return SEC_E_OK;
    case SCHANNEL_ALERT: {
      SCHANNEL_ALERT_TOKEN alert;
      if (bytes.size() < sizeof(alert)) return SEC_E_INVALID_TOKEN;
      std::memcpy(&alert, bytes.data(), sizeof(alert));
      if (alert.dwAlertNumber > UINT8_MAX ||
          (alert.dwAlertType != TLS1_ALERT_WARNING &&
           alert.dwAlertType != TLS1_ALERT_FATAL)) {
        return SEC_E_INVALID_TOKEN;
      }
      if (SSL_is_init_finished(ssl()) == 1 &&
          alert.dwAlertNumber != TLS1_ALERT_CLOSE_NOTIFY &&
          !CanSealAlert(ssl())) {
        return SEC_E_UNSUPPORTED_FUNCTION;
      }
      control_ = {static_cast<uint8_t>(alert.dwAlertType),
                  static_cast<uint8_t>(alert.dwAlertNumber)};
      return SEC_E_OK;
    }
    case SCHANNEL_SESSION: {
      SCHANNEL_SESSION_TOKEN session;
      if (bytes.size() < sizeof(session)) return SEC_E_INVALID_TOKEN;
      std::memcpy(&session, bytes.data(), sizeof(session));
      if (session.dwFlags != SSL_SESSION_ENABLE_RECONNECTS &&
          session.dwFlags != SSL_SESSION_DISABLE_RECONNECTS) {
        return SEC_E_INVALID_TOKEN;
      }
      reconnects_ = session.dwFlags == SSL_SESSION_ENABLE_RECONNECTS;
      if (!reconnects_) ForgetSession();
      return SEC_E_OK;
    }
    default:
      return SEC_E_INVALID_TOKEN;
  }
}

// What ApplyControlToken asked for.
Event SchannelContext::SendAlert(Leg& leg, absl::Span<const uint8_t> input) {
  const Alert alert = *std::exchange(control_, std::nullopt);
  Entropy entropy = NextEntropy();
  const tls::EntropyScope scope(&entropy);
  // RFC 5246 6.2.1: in the clear, as long as the handshake is.
  std::optional<AlertRecord> record = PlainAlert(alert.level, alert.number);
  if (SSL_is_init_finished(ssl()) == 1) {
    if (alert.number == TLS1_ALERT_CLOSE_NOTIFY) {
      channel_.Shutdown();
      return Deliver(leg, Event::kAlertSent, input, input.size());
    }
    record = SealAlert(ssl(), role(), channel_.sealed_records(), entropy.Next(),
                       alert.level, alert.number);
    if (!record.has_value()) return Event::kOutOfMemory;
  }
  own_alert_sent_ = true;
  if (!channel_.Queue(*record)) return Event::kOutOfMemory;
  return Deliver(leg, Event::kAlertSent, input, input.size());
}

// Messages.

SECURITY_STATUS SchannelContext::Usable() const {
  switch (state()) {
    case State::kDone:
    case State::kRenegotiating:
      return SEC_E_OK;
    case State::kShutDown:
      return SEC_E_CONTEXT_EXPIRED;
    case State::kFailed:
      return SEC_E_INVALID_HANDLE;
    default:
      return established_ ? SEC_E_OUT_OF_SEQUENCE : SEC_E_INVALID_HANDLE;
  }
}

SECURITY_STATUS SchannelContext::Encrypt(ULONG qop, const BufferList& message,
                                         ULONG /*sequence*/) {
  const SECURITY_STATUS usable = Usable();
  if (usable != SEC_E_OK) return usable;
  if (qop != 0) return SEC_E_QOP_NOT_SUPPORTED;
  SecBuffer* header = message.Find(SECBUFFER_STREAM_HEADER);
  SecBuffer* data = message.Find(SECBUFFER_DATA);
  SecBuffer* trailer = message.Find(SECBUFFER_STREAM_TRAILER);
  if (header == nullptr || data == nullptr || trailer == nullptr ||
      IsReadOnly(*header) || IsReadOnly(*data) || IsReadOnly(*trailer)) {
    return SEC_E_INVALID_TOKEN;
  }
  if (data->cbBuffer > kMaxPlaintext) return SEC_E_INVALID_PARAMETER;
  if (BytesOf(*header).size() < shape_.header ||
      BytesOf(*trailer).size() < shape_.trailer) {
    return SEC_E_BUFFER_TOO_SMALL;
  }
  if (data->cbBuffer == 0) {
    // Windows makes a record of it that says nothing; OpenSSL makes none.
    header->cbBuffer = trailer->cbBuffer = 0;
    return SEC_E_OK;
  }
  TlsChannel::Scatter scatter{
      .header = BytesOf(*header).subspan(0, shape_.header),
      .body = BytesOf(*data),
      .trailer = BytesOf(*trailer)};
  Entropy entropy = NextEntropy();
  const tls::EntropyScope scope(&entropy);
  if (!channel_.Write(scatter.body, &scatter)) return SEC_E_ENCRYPT_FAILURE;
  header->cbBuffer = shape_.header;
  trailer->cbBuffer = static_cast<ULONG>(scatter.trailer_used);
  return SEC_E_OK;
}

SECURITY_STATUS SchannelContext::Decrypt(const BufferList& message,
                                         ULONG /*sequence*/, ULONG* qop) {
  // Who has sent a close_notify may still read what the peer sends.
  if (state() == State::kShutDown) {
    if (peer_closed_ || !established_) return Take(Event::kContextExpired);
  } else if (const SECURITY_STATUS usable = Usable(); usable != SEC_E_OK) {
    return usable;
  }
  const std::optional<DecryptBuffers> buffers = DecryptBuffers::Find(message);
  if (!buffers.has_value()) return SEC_E_INVALID_TOKEN;
  const absl::Span<uint8_t> input = buffers->input();
  const Frame frame = FrameRecord(input);
  switch (frame.framing) {
    case Framing::kIncomplete:
      buffers->TellMissing(frame.missing);
      return Take(Event::kIncompleteMessage);
    case Framing::kNotTls:
      return Take(Event::kNotTls);
    case Framing::kTooLong:
      return Take(Event::kUnexpectedMessage);
    case Framing::kWhole:
      break;
  }
  const absl::Span<uint8_t> record = input.subspan(0, frame.size);
  const absl::Span<uint8_t> extra = input.subspan(frame.size);
  const size_t header = std::min<size_t>(shape_.header, record.size());
  const absl::Span<uint8_t> body = record.subspan(header);
  size_t size = 0;
  Entropy entropy = NextEntropy();
  const tls::EntropyScope scope(&entropy);
  if (qop != nullptr) *qop = 0;
  // OpenSSL has a copy of the record by the time it writes to it.
  switch (channel_.Read(record, body, &size)) {
    case TlsChannel::Progress::kData:
      buffers->TellParts(record.subspan(0, header), body.subspan(0, size),
                         body.subspan(size), extra);
      return SEC_E_OK;
    case TlsChannel::Progress::kWantsInput:
      // Who has sent a close_notify has nothing to say to a handshake.
      if (channel_.handshake() && state() != State::kShutDown) {
        const SECURITY_STATUS status = OnPostHandshake(record);
        // The leg that is due wants it, and all that came behind it.
        if (status == SEC_I_RENEGOTIATE) {
          buffers->TellParts({}, {}, {}, input);
        }
        return status;
      }
      // A record without data, or a warning.
      buffers->TellParts(record.subspan(0, header), {}, body, extra);
      return SEC_E_OK;
    case TlsChannel::Progress::kPeerClosed:
      peer_closed_ = true;
      // What was held for want of room goes out with our own close_notify, if
      // at all; nothing follows from it any more.
      held_.reset();
      taken_.Clear();
      buffers->TellParts({}, {}, {}, extra);
      return Take(Event::kPeerClosed);
    case TlsChannel::Progress::kHandshakeDone:
    case TlsChannel::Progress::kWantsCertificate:
    case TlsChannel::Progress::kFailed:
      break;
  }
  return Take(FailureEvent());
}

// A record of TLS itself came among the data: a ticket, new keys, another
// handshake. It has been dealt with; a leg fetches what is to be sent.
SECURITY_STATUS SchannelContext::OnPostHandshake(
    absl::Span<const uint8_t> record) {
  if (!taken_.Assign(world().memory(), record)) {
    return Take(Event::kOutOfMemory);
  }
  held_ = SSL_is_init_finished(ssl()) == 1 ? Event::kEstablished
                                           : Event::kContinued;
  return Take(Event::kLegNeeded);
}

SECURITY_STATUS SchannelContext::PeerIdentity(std::u16string* /*name*/) const {
  // Nobody maps certificates to accounts here.
  return SEC_E_NO_IMPERSONATION;
}

SECURITY_STATUS SchannelContext::QueryAttribute(ULONG attribute,
                                                AttributeWriter& out) const {
  return schannel::QueryAttribute(*this, attribute, out);
}

// SECPKG_ATTR_KEYING_MATERIAL_INFO says what ..._KEYING_MATERIAL answers.
SECURITY_STATUS SchannelContext::SetAttribute(ULONG attribute,
                                              absl::Span<const uint8_t> value) {
  if (attribute != SECPKG_ATTR_KEYING_MATERIAL_INFO) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  SecPkgContext_KeyingMaterialInfo info;
  if (value.size() < sizeof(info)) return SEC_E_BUFFER_TOO_SMALL;
  std::memcpy(&info, value.data(), sizeof(info));
  if (info.pszLabel == nullptr || info.cbKeyingMaterial == 0 ||
      info.cbKeyingMaterial > kMaxPlaintext) {
    return SEC_E_INVALID_PARAMETER;
  }
  // cbLabel counts the terminator, which is not part of the label.
  const std::string_view label(info.pszLabel, info.cbLabel);
  KeyingMaterial wanted{.label = std::string(label.substr(0, label.find('\0'))),
                        .size = info.cbKeyingMaterial};
  if (info.pbContextValue != nullptr) {
    wanted.context.emplace(reinterpret_cast<const char*>(info.pbContextValue),
                           info.cbContextValue);
  }
  keying_material_ = std::move(wanted);
  return SEC_E_OK;
}

void SchannelContext::KeepSession(SessionKey key, const SSL_SESSION* session) {
  if (!reconnects_) return;
  StoreSession(world(), std::move(key), session,
               schannel_credential().session_lifespan());
}

std::optional<Event> SchannelContext::ReadProtocols(const BufferList& input) {
  const SecBuffer* buffer = input.Find(SECBUFFER_APPLICATION_PROTOCOLS);
  if (buffer == nullptr) return std::nullopt;
  const std::optional<absl::Span<const uint8_t>> list =
      AlpnListOf(BytesOf(*buffer));
  if (!list.has_value()) return Event::kNotForThisCall;
  if (!application_protocols_.Assign(world().memory(), *list)) {
    return Event::kOutOfMemory;
  }
  return std::nullopt;
}

}  // namespace sspilab::schannel

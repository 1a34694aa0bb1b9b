#include "core/credssp/context.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/credssp/attributes.h"
#include "core/credssp/key_binding.h"
#include "core/credssp/subject_public_key.h"
#include "core/crypto/bytes.h"
#include "core/schannel/buffers.h"
#include "core/schannel/record.h"

namespace sspilab::credssp {
namespace {

// Longer TSRequests are nobody's: tokens are 48,000 bytes at most on Windows.
constexpr size_t kMaxRequest = 1 << 18;

const SecBuffer* TokenOf(const Leg& leg) {
  return leg.input.Find(SECBUFFER_TOKEN);
}

absl::Span<uint8_t> InputOf(const Leg& leg) {
  const SecBuffer* token = TokenOf(leg);
  return token == nullptr ? absl::Span<uint8_t>() : BytesOf(*token);
}

// Which event it is if CompleteAuthToken has to follow.
Event Unfinished(Event event) {
  switch (event) {
    case Event::kTokenSent:
      return Event::kTokenSentUnfinished;
    case Event::kAuthenticated:
      return Event::kAuthenticatedUnfinished;
    case Event::kKeySent:
      return Event::kKeySentUnfinished;
    case Event::kCredentialsSent:
      return Event::kCredentialsSentUnfinished;
    default:
      return event;
  }
}

bool HoldsRequest(Event event) { return Unfinished(event) != event; }

}  // namespace

CredSspContext::CredSspContext(World& world, const SecurityPackage& package,
                               Role role, CredentialTable::Pin credential)
    : Context(world, package, role, std::move(credential)),
      channel_(world),
      authentication_(world),
      flight_(world.memory()) {}

// The failures are the same at both ends, so that either table has their
// statuses.
Event CredSspContext::EventOf(SECURITY_STATUS status) {
  if (status == SEC_I_CONTEXT_EXPIRED) return Event::kPeerClosed;
  const auto find = [status](const auto& rows) -> std::optional<Event> {
    for (const auto& row : rows) {
      if (row.status == status && IsFailure(row.event)) return row.event;
    }
    return std::nullopt;
  };
  return find(InitiatorSpec::kTransitions)
      .value_or(
          find(AcceptorSpec::kTransitions).value_or(Event::kInternalError));
}

const Context* CredSspContext::schannel() const {
  return channel_.is_open() ? &channel_.context() : nullptr;
}

const Context* CredSspContext::negotiate() const {
  return authentication_.is_open() ? &authentication_.context() : nullptr;
}

SECURITY_STATUS CredSspContext::QueryAttribute(ULONG attribute,
                                               AttributeWriter& out) const {
  return credssp::QueryAttribute(*this, attribute, out);
}

SECURITY_STATUS CredSspContext::SetAttribute(ULONG attribute,
                                             absl::Span<const uint8_t> value) {
  if (!channel_.is_open()) return SEC_E_INVALID_HANDLE;
  return channel_.context().SetAttribute(attribute, value);
}

SECURITY_STATUS CredSspContext::ApplyControl(const BufferList& input) {
  if (!channel_.is_open()) return SEC_E_INVALID_HANDLE;
  const SecBuffer* token = input.Find(SECBUFFER_TOKEN);
  DWORD type;
  if (token == nullptr || BytesOf(*token).size() < sizeof(type)) {
    return SEC_E_INVALID_TOKEN;
  }
  std::memcpy(&type, BytesOf(*token).data(), sizeof(type));
  // A leg without input authenticates once more: there is none that would
  // begin another TLS handshake.
  if (type == SCHANNEL_RENEGOTIATE) return SEC_E_UNSUPPORTED_FUNCTION;
  const SECURITY_STATUS status = channel_.context().ApplyControl(input);
  if (status == SEC_E_OK) {
    alert_due_ |= type == SCHANNEL_SHUTDOWN || type == SCHANNEL_ALERT;
  }
  return status;
}

SECURITY_STATUS CredSspContext::Encrypt(ULONG qop, const BufferList& message,
                                        ULONG sequence) {
  if (!established_) return SEC_E_INVALID_HANDLE;
  return channel_.context().Encrypt(qop, message, sequence);
}

SECURITY_STATUS CredSspContext::Decrypt(const BufferList& message,
                                        ULONG sequence, ULONG* qop) {
  if (!established_) return SEC_E_INVALID_HANDLE;
  const SECURITY_STATUS status =
      channel_.context().Decrypt(message, sequence, qop);
  if (status == SEC_I_RENEGOTIATE) channel_.ExpectLeg();
  return status;
}

SECURITY_STATUS CredSspContext::PeerIdentity(std::u16string* name) const {
  if (role() != Role::kAcceptor || !established_) return SEC_E_NO_IMPERSONATION;
  return authentication_.context().PeerIdentity(name);
}

bool CredSspContext::HasInput(const Leg& leg) { return !InputOf(leg).empty(); }

std::optional<Event> CredSspContext::TakeRecord(Leg& leg) {
  const absl::Span<uint8_t> input = InputOf(leg);
  const schannel::Frame frame = schannel::FrameRecord(input);
  switch (frame.framing) {
    case schannel::Framing::kWhole:
      break;
    case schannel::Framing::kIncomplete:
      schannel::TellMissing(leg.input, frame.missing);
      return Event::kIncompleteMessage;
    case schannel::Framing::kNotTls:
    case schannel::Framing::kTooLong:
      return Event::kInvalidToken;
  }
  if (!record_.Assign(world().memory(), input.first(frame.size))) {
    return Event::kOutOfMemory;
  }
  taken_ = frame.size;
  return std::nullopt;
}

std::optional<Event> CredSspContext::ReceiveRequest(
    Leg& leg, const InnerLeg::Arguments& of_schannel, TsRequest* request) {
  if (const std::optional<Event> event = TakeRecord(leg)) return event;
  absl::Span<uint8_t> data;
  const SECURITY_STATUS status =
      channel_.Receive(record(), of_schannel, &flight_, &data);
  if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) {
    return EventOf(status);
  }
  if (data.empty()) return Event::kContinued;
  return Assemble(data, request);
}

// MS-CSSP <8>: a TSRequest's first record has its tag and length at least, and
// nothing follows the message in its last one.
std::optional<Event> CredSspContext::Assemble(absl::Span<uint8_t> data,
                                              TsRequest* request) {
  if (assembled_.empty()) {
    const std::optional<size_t> size = TsRequestSize(data);
    if (!size.has_value() || *size > kMaxRequest || data.size() > *size) {
      return Event::kInvalidToken;
    }
    request_ = data;
    if (data.size() < *size) {
      if (!assembled_.Allocate(world().memory(), *size)) {
        return Event::kOutOfMemory;
      }
      assembled_size_ = 0;
    }
  }
  if (!assembled_.empty()) {
    const absl::Span<uint8_t> rest = assembled_.span().subspan(assembled_size_);
    if (data.size() > rest.size()) return Event::kInvalidToken;
    std::copy(data.begin(), data.end(), rest.begin());
    assembled_size_ += data.size();
    if (data.size() < rest.size()) return Event::kContinued;
    request_ = assembled_.span();
    // In the record's place, so that the next one begins anew.
    std::swap(record_, assembled_);
    assembled_.Clear();
  }
  absl::StatusOr<TsRequest> parsed = TsRequest::Parse(request_);
  if (!parsed.ok()) return Event::kInvalidToken;
  *request = *std::move(parsed);
  return std::nullopt;
}

absl::Span<uint8_t> CredSspContext::PartOf(Bytes part) {
  return request_.subspan(static_cast<size_t>(part.data() - request_.data()),
                          part.size());
}

SECURITY_STATUS CredSspContext::SendRequest(const TsRequest& request,
                                            Bytes credentials) {
  BudgetBytes message;
  if (!message.Allocate(world().memory(), SerializedSize(request))) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  wire::DerWriter writer(message.span());
  request.WriteTo(writer);
  if (WorldObserver* observer = world().observer()) {
    observer->OnInnerMessage(InnerMessage::kTsRequest,
                             std::as_const(message).span());
    if (!credentials.empty()) {
      observer->OnInnerMessage(InnerMessage::kTsCredentials, credentials);
    }
  }
  return channel_.Send(std::as_const(message).span(), &flight_);
}

uint32_t CredSspContext::version() const {
  return peer_version_ == 0 ? policy().version
                            : std::min(policy().version, peer_version_);
}

// MS-CSSP 2.2.1 (version) and 3.1.5 (note to step 4). What the policy does not
// tolerate, only machines that know better can refuse.
std::optional<Event> CredSspContext::CheckVersion(const TsRequest& request,
                                                  EncryptionOracle tolerated) {
  if (peer_version_ != 0) {
    return request.version == peer_version_
               ? std::nullopt
               : std::optional(Event::kInvalidToken);
  }
  const bool needs_nonce = policy().version >= kVersionWithNonce &&
                           policy().encryption_oracle < tolerated;
  if (request.version < (needs_nonce ? kVersionWithNonce : kLowestVersion)) {
    return Event::kUnsupported;
  }
  peer_version_ = request.version;
  return std::nullopt;
}

std::optional<Event> CredSspContext::ReceiveAfterwards(
    Leg& leg, const InnerLeg::Arguments& of_schannel, TsRequest* request) {
  const std::optional<Event> event = ReceiveRequest(leg, of_schannel, request);
  // It was TLS's own, and what there is to say about it is said.
  const bool was_tls = !channel_.expects_leg() && assembled_.empty();
  return event == Event::kContinued && was_tls ? Event::kPostHandshake : event;
}

Event CredSspContext::SendAlert(const InnerLeg::Arguments& of_schannel) {
  alert_due_ = false;
  const SECURITY_STATUS status =
      channel_.Handshake(nullptr, of_schannel, &flight_);
  return status == SEC_E_OK ? Event::kAlertSent : EventOf(status);
}

void CredSspContext::SayGoodbye() {
  if (!channel_.is_open()) return;
  DWORD type = SCHANNEL_SHUTDOWN;
  SecBuffer token = {sizeof(type), SECBUFFER_TOKEN, &type};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 1, &token};
  BufferList control;
  // There is nobody to tell where this fails: the context has failed already.
  if (!BufferList::View(&descriptor, &control) ||
      channel_.context().ApplyControl(control) != SEC_E_OK) {
    return;
  }
  (void)channel_.Handshake(nullptr, {}, &flight_);
}

SECURITY_STATUS CredSspContext::KeepKey(ULONG attribute) {
  const SECURITY_STATUS status =
      QueryCertificate(channel_.context(), attribute, &certificate_);
  if (status != SEC_E_OK) return status;
  const auto key = SubjectPublicKey(std::as_const(certificate_).span());
  if (!key.has_value()) return SEC_E_CERT_UNKNOWN;
  key_ = *key;
  return SEC_E_OK;
}

SECURITY_STATUS CredSspContext::SealBinding(Bytes nonce, BudgetBytes* sealed) {
  return authentication_.Seal(BindKey(version(), role(), nonce, key_), sealed);
}

SECURITY_STATUS CredSspContext::CheckBinding(Bytes nonce, Bytes sealed) {
  absl::Span<uint8_t> claimed;
  const SECURITY_STATUS status =
      authentication_.Unseal(PartOf(sealed), &claimed);
  if (status != SEC_E_OK) return status;
  const Role sender =
      role() == Role::kInitiator ? Role::kAcceptor : Role::kInitiator;
  const KeyBinding expected = BindKey(version(), sender, nonce, key_);
  return crypto::ConstantTimeEqual(claimed, expected) ||
                 world().options().verification == Verification::kPermissive
             ? SEC_E_OK
             : SEC_E_MESSAGE_ALTERED;
}

template <typename Spec>
SECURITY_STATUS Endpoint<Spec>::Advance(Leg& leg) {
  Event event;
  if (due_.has_value()) {
    event = *std::exchange(due_, std::nullopt);
  } else {
    taken_ = 0;
    event = Step(machine_.state(), leg);
  }
  if (event == Event::kIncompleteMessage || event == Event::kOutOfSequence) {
    return Take(event);
  }
  if (IsFailure(event)) return Fail(event, leg);
  absl::Span<uint8_t> token;
  const SECURITY_STATUS delivered = Deliver(leg.output, &token);
  if (delivered == SEC_E_BUFFER_TOO_SMALL) {
    due_ = event;
    return Take(Event::kOutputTooSmall);
  }
  if (delivered != SEC_E_OK) return Fail(EventOf(delivered), leg);
  if (policy().complete_auth_token && HoldsRequest(event)) {
    event = Unfinished(event);
    unfinished_size_ = token.size();
    std::copy_n(token.begin(), kHeaderSize, withheld_.begin());
    std::fill_n(token.begin(), kHeaderSize, uint8_t{0});
  }
  // The caller comes again with the same input if a certificate is wanted.
  const size_t given = InputOf(leg).size();
  if (event != Event::kCertificateWanted && given > taken_) {
    schannel::TellExtra(leg.input, given - taken_);
  }
  const SECURITY_STATUS status = Take(event);
  attributes_ = Granted(leg);
  leg.attributes = attributes_;
  leg.expiry = channel_.expiry();
  return status;
}

template <typename Spec>
SECURITY_STATUS Endpoint<Spec>::Fail(Event failure, Leg& leg) {
  if ((leg.requirements & kExtendedError) != 0) {
    TellPeer(failure);
    absl::Span<uint8_t> token;
    // Where it does not fit, the caller has at least the status.
    leg.error_token = Deliver(leg.alert != nullptr ? *leg.alert : leg.output,
                              &token) == SEC_E_OK &&
                      !token.empty();
    leg.attributes = Granted(leg);
  }
  flight_.Clear();
  return Take(failure);
}

template <typename Spec>
SECURITY_STATUS Endpoint<Spec>::Take(Event event) {
  const SECURITY_STATUS status = machine_.Take(event, world().observer());
  // Who has sent a close_notify may still read what the peer sends.
  established_ = machine_.state() == State::kDone ||
                 (established_ && machine_.state() == State::kShutDown);
  return status;
}

template <typename Spec>
SECURITY_STATUS Endpoint<Spec>::Deliver(OutputToken& out,
                                        absl::Span<uint8_t>* token) {
  if (flight_.empty()) return SEC_E_OK;
  const absl::Span<const uint8_t> bytes = flight_.bytes();
  const SECURITY_STATUS status = out.Reserve(bytes.size(), token);
  if (status != SEC_E_OK) return status;
  std::copy(bytes.begin(), bytes.end(), token->begin());
  flight_.Clear();
  return SEC_E_OK;
}

template <typename Spec>
SECURITY_STATUS Endpoint<Spec>::Complete(const BufferList& buffers) {
  switch (machine_.state()) {
    case State::kNegotiatingUnfinished:
    case State::kBindingUnfinished:
    case State::kLastUnfinished:
      break;
    default:
      return Take(Event::kNothingToComplete);
  }
  const SecBuffer* token = buffers.Find(SECBUFFER_TOKEN);
  if (token == nullptr || IsReadOnly(*token) ||
      BytesOf(*token).size() != unfinished_size_) {
    return Take(Event::kTokenDoesNotMatch);
  }
  std::copy(withheld_.begin(), withheld_.end(), BytesOf(*token).begin());
  return Take(Event::kCompleted);
}

template class Endpoint<InitiatorSpec>;
template class Endpoint<AcceptorSpec>;

}  // namespace sspilab::credssp

#include "core/credssp/initiator.h"

#include <algorithm>
#include <utility>

#include "core/credssp/delegation.h"
#include "core/credssp/error_codes.h"
#include "core/crypto/bytes.h"
#include "core/entropy.h"
#include "core/schannel/server_certificate.h"
#include "core/wire/utf.h"

namespace sspilab::credssp {
namespace {

// What has no meaning over a stream, or would need somebody to talk to.
constexpr uint32_t kUnsupportedRequirements =
    ISC_REQ_PROMPT_FOR_CREDS | ISC_REQ_USE_DCE_STYLE | ISC_REQ_DATAGRAM |
    ISC_REQ_NULL_SESSION | ISC_REQ_FRAGMENT_TO_FIT | ISC_REQ_NO_INTEGRITY |
    ISC_REQ_USE_HTTP_STYLE;

// What Schannel is asked for, whatever the caller asks for: that the server's
// certificate is not for Schannel to judge, for one (page: "always set").
constexpr uint32_t kOfSchannel =
    ISC_REQ_STREAM | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT |
    ISC_REQ_CONFIDENTIALITY | ISC_REQ_MANUAL_CRED_VALIDATION;
// What Negotiate is.
constexpr uint32_t kOfNegotiate = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY;

// What is granted because it was asked for.
static_assert(ISC_REQ_CONNECTION == ISC_RET_CONNECTION &&
              ISC_REQ_EXTENDED_ERROR == ISC_RET_EXTENDED_ERROR &&
              ISC_REQ_USE_SUPPLIED_CREDS == ISC_RET_USED_SUPPLIED_CREDS &&
              ISC_REQ_DELEGATE == ISC_RET_DELEGATE);
constexpr uint32_t kEchoed =
    ISC_REQ_CONNECTION | ISC_REQ_EXTENDED_ERROR | ISC_REQ_USE_SUPPLIED_CREDS;

}  // namespace

const ClientIdentity& Initiator::identity() const {
  if (supplied_.has_value()) return *supplied_;
  if (second_credential_.has_value()) {
    return static_cast<const CredSspCredential&>(**second_credential_)
        .identity();
  }
  return own().identity();
}

std::u16string_view Initiator::target() const {
  return {reinterpret_cast<const char16_t*>(target_.span().data()),
          target_.size() / sizeof(char16_t)};
}

InnerLeg::Arguments Initiator::OfSchannel(const Leg& leg) const {
  const std::optional<Target> parsed = Target::Parse(target());
  return {.requirements =
              kOfSchannel | (leg.requirements & (ISC_REQ_EXTENDED_ERROR |
                                                 ISC_REQ_USE_SUPPLIED_CREDS)),
          .target = parsed.has_value() ? parsed->host : std::u16string_view()};
}

Event Initiator::Step(State state, Leg& leg) {
  switch (state) {
    case State::kStart:
      return Begin(leg);
    case State::kHandshake:
      return alert_due() ? SendAlert(OfSchannel(leg)) : ContinueHandshake(leg);
    case State::kCertificateWanted:
      return alert_due() ? SendAlert(OfSchannel(leg))
                         : ContinueWithCertificate(leg);
    case State::kNegotiating:
      return alert_due() ? SendAlert(OfSchannel(leg)) : ReceiveToken(leg);
    case State::kBinding:
      return alert_due() ? SendAlert(OfSchannel(leg)) : ReceiveKey(leg);
    case State::kDone: {
      if (alert_due()) return SendAlert(OfSchannel(leg));
      if (!HasInput(leg)) return Authenticate();
      TsRequest request;
      // The server has nothing to say by itself.
      return ReceiveAfterwards(leg, OfSchannel(leg), &request)
          .value_or(Event::kInvalidToken);
    }
    default:
      return Event::kOutOfSequence;
  }
}

uint32_t Initiator::Granted(const Leg& leg) const {
  uint32_t granted = (channel_.attributes() & ~ISC_RET_MUTUAL_AUTH) |
                     ISC_RET_MANUAL_CRED_VALIDATION |
                     (leg.requirements & kEchoed);
  if (state() == State::kDone || state() == State::kLastUnfinished) {
    granted |= requirements_ & ISC_REQ_DELEGATE;
    if (server_auth_flags_ != 0) granted |= ISC_RET_MUTUAL_AUTH;
  }
  if (state() == State::kShutDown) {
    granted |= attributes() & (ISC_RET_DELEGATE | ISC_RET_MUTUAL_AUTH);
  }
  return granted;
}

void Initiator::TellPeer(Event /*failure*/) {
  // Clients have no errorCode to send (MS-CSSP 2.2.1), and OpenSSL seals no
  // alert but this.
  SayGoodbye();
}

std::optional<Event> Initiator::ChooseIdentity(Leg& leg) {
  const SecBuffer* parameters = leg.input.Find(SECBUFFER_PKG_PARAMS);
  if (asks_for(ISC_REQ_USE_SUPPLIED_CREDS) && parameters != nullptr) {
    if (BytesOf(*parameters).size() < sizeof(SEC_WINNT_AUTH_IDENTITY_W)) {
      return Event::kInvalidToken;
    }
    supplied_.emplace();
    const SECURITY_STATUS status =
        supplied_->Acquire(world(), SECPKG_CRED_OUTBOUND, parameters->pvBuffer);
    if (status != SEC_E_OK) {
      return status == SEC_E_INSUFFICIENT_MEMORY ? Event::kOutOfMemory
                                                 : Event::kInvalidToken;
    }
  }
  if (!identity().present() || (asks_for(ISC_REQ_USE_SUPPLIED_CREDS) &&
                                identity().source() == Source::kDefault)) {
    return Event::kNoCredentials;
  }
  return std::nullopt;
}

Event Initiator::Begin(Leg& leg) {
  requirements_ = leg.requirements;
  if (policy().as_in_windows_vista) requirements_ &= ~ISC_REQ_MUTUAL_AUTH;
  if (asks_for(kUnsupportedRequirements) ||
      (policy().as_in_windows_vista && !asks_for(ISC_REQ_DELEGATE))) {
    return Event::kUnsupported;
  }
  if (const std::optional<Event> event = ChooseIdentity(leg)) return *event;
  if (!leg.target.empty() && !Target::Parse(leg.target).has_value()) {
    return Event::kTargetUnknown;
  }
  if (!target_.Assign(world().memory(), wire::Utf16LeBytes(leg.target))) {
    return Event::kOutOfMemory;
  }
  if (asks_for(ISC_REQ_DELEGATE) &&
      !MayEverDelegate(policy(), identity().source(), target())) {
    return Event::kDelegationPolicy;
  }
  SECURITY_STATUS status = channel_.Open(Role::kInitiator, own().schannel());
  if (status != SEC_E_OK) return EventOf(status);
  status = channel_.Handshake(nullptr, OfSchannel(leg), &flight_);
  if (status != SEC_I_CONTINUE_NEEDED) return EventOf(status);
  world().ForkEntropy().Fill(absl::MakeSpan(nonce_));
  return Event::kContinued;
}

Event Initiator::ContinueHandshake(Leg& leg) {
  if (const std::optional<Event> event = TakeRecord(leg)) return *event;
  const absl::Span<uint8_t> input = record();
  return AfterHandshake(channel_.Handshake(&input, OfSchannel(leg), &flight_));
}

// The caller comes with the same input once more, and perhaps with another
// credential.
Event Initiator::ContinueWithCertificate(Leg& leg) {
  InnerLeg::Arguments arguments = OfSchannel(leg);
  std::optional<CredentialTable::Pin> of_schannel;
  if (leg.credential != nullptr) {
    second_credential_.emplace(std::move(*leg.credential));
    of_schannel.emplace(CredentialTable::Pin::Borrow(
        &static_cast<CredSspCredential&>(**second_credential_).schannel()));
    arguments.credential = &*of_schannel;
  }
  const absl::Span<uint8_t> input = record();
  taken_ = input.size();
  return AfterHandshake(channel_.Handshake(&input, arguments, &flight_));
}

Event Initiator::AfterHandshake(SECURITY_STATUS status) {
  switch (status) {
    case SEC_I_CONTINUE_NEEDED:
      return Event::kContinued;
    case SEC_I_INCOMPLETE_CREDENTIALS:
      return Event::kCertificateWanted;
    case SEC_E_OK:
      break;
    default:
      return EventOf(status);
  }
  status = KeepKey(SECPKG_ATTR_REMOTE_CERT_CONTEXT);
  if (status != SEC_E_OK) return EventOf(status);
  const std::optional<Target> parsed = Target::Parse(target());
  certificate_status_ = schannel::CheckServerCertificate(
      channel_.context(),
      parsed.has_value() ? parsed->host : std::u16string_view());
  return Authenticate();
}

// Steps 2 to 5, for the first time or once more.
Event Initiator::Authenticate() {
  const SECURITY_STATUS status =
      authentication_.Open(Role::kInitiator, identity().credential());
  if (status != SEC_E_OK) return EventOf(status);
  return SendToken(nullptr);
}

TsRequest Initiator::NewRequest() const {
  TsRequest request;
  request.version = policy().version;
  if (version() >= kVersionWithNonce) request.client_nonce = nonce_;
  return request;
}

Event Initiator::SendToken(const absl::Span<uint8_t>* received) {
  BudgetBytes token;
  SECURITY_STATUS status = authentication_.Step(
      received, {.requirements = kOfNegotiate, .target = target()}, &token);
  if (status < 0) return EventOf(status);
  TsRequest request = NewRequest();
  const Bytes bytes = std::as_const(token).span();
  if (!bytes.empty()) request.nego_tokens.push_back(bytes);
  if (!authentication_.done()) {
    if (bytes.empty()) return Event::kInvalidToken;
    status = SendRequest(request);
    return status == SEC_E_OK ? Event::kTokenSent : EventOf(status);
  }
  if (const std::optional<Event> event = JudgeServer()) return *event;
  BudgetBytes binding;
  status = SealBinding(nonce_, &binding);
  if (status != SEC_E_OK) return EventOf(status);
  request.pub_key_auth = std::as_const(binding).span();
  status = SendRequest(request);
  return status == SEC_E_OK ? Event::kKeySent : EventOf(status);
}

// MS-CSSP 3.1.1, and what the Group Policy says about its lists: a server is
// authenticated by Kerberos, or by a certificate that is believed and is for
// the target.
std::optional<Event> Initiator::JudgeServer() {
  server_auth_flags_ = 0;
  if ((authentication_.attributes() & ISC_RET_MUTUAL_AUTH) != 0) {
    server_auth_flags_ |= CREDSSP_SERVER_AUTH_NEGOTIATE;
  }
  if (certificate_status_ == SEC_E_OK && !target().empty()) {
    server_auth_flags_ |= CREDSSP_SERVER_AUTH_CERTIFICATE;
  }
  const bool mutual = server_auth_flags_ != 0;
  if (!mutual && asks_for(ISC_REQ_MUTUAL_AUTH)) {
    return certificate_status_ == SEC_E_WRONG_PRINCIPAL
               ? Event::kWrongPrincipal
               : Event::kMutualAuthFailed;
  }
  if (!asks_for(ISC_REQ_DELEGATE)) return std::nullopt;
  switch (MayDelegate(policy(), identity().source(), target(), mutual)) {
    case Delegation::kAllowed:
      return std::nullopt;
    case Delegation::kNotWhenNtlmOnly:
      return Event::kPolicyNtlmOnly;
    case Delegation::kForbidden:
      break;
  }
  return Event::kDelegationPolicy;
}

Event Initiator::ReceiveToken(Leg& leg) {
  TsRequest request;
  if (const auto event = ReceiveRequest(leg, OfSchannel(leg), &request)) {
    return *event;
  }
  if (const auto event = CheckVersion(request, EncryptionOracle::kVulnerable)) {
    return *event;
  }
  if (request.error_code.has_value()) {
    return EventOf(StatusOf(*request.error_code));
  }
  if (request.nego_tokens.size() != 1) return Event::kInvalidToken;
  const absl::Span<uint8_t> token = PartOf(request.nego_tokens[0]);
  return SendToken(&token);
}

Event Initiator::ReceiveKey(Leg& leg) {
  TsRequest request;
  if (const auto event = ReceiveRequest(leg, OfSchannel(leg), &request)) {
    return *event;
  }
  if (const auto event = CheckVersion(request, EncryptionOracle::kVulnerable)) {
    return *event;
  }
  if (request.error_code.has_value()) {
    return EventOf(StatusOf(*request.error_code));
  }
  if (!request.pub_key_auth.has_value()) return Event::kInvalidToken;
  const SECURITY_STATUS status = CheckBinding(nonce_, *request.pub_key_auth);
  if (status != SEC_E_OK) return EventOf(status);
  return SendCredentials();
}

// Step 5. Without ISC_REQ_DELEGATE it is an empty set of credentials.
Event Initiator::SendCredentials() {
  const TsPasswordCreds creds =
      asks_for(ISC_REQ_DELEGATE) ? identity().credentials() : TsPasswordCreds();
  const WrappedCredentials<TsPasswordCreds> wrapped{creds};
  BudgetBytes plain;
  if (!plain.Allocate(world().memory(), SerializedSize(wrapped))) {
    return Event::kOutOfMemory;
  }
  wire::DerWriter writer(plain.span());
  wrapped.WriteTo(writer);
  BudgetBytes sealed;
  SECURITY_STATUS status =
      authentication_.Seal(std::as_const(plain).span(), &sealed);
  if (status == SEC_E_OK) {
    TsRequest request = NewRequest();
    request.auth_info = std::as_const(sealed).span();
    status = SendRequest(request, std::as_const(plain).span());
  }
  crypto::Wipe(plain.span());
  return status == SEC_E_OK ? Event::kCredentialsSent : EventOf(status);
}

}  // namespace sspilab::credssp

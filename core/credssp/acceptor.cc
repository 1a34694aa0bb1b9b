#include "core/credssp/acceptor.h"

#include <utility>

#include "core/credssp/error_codes.h"
#include "core/crypto/bytes.h"
#include "core/negotiate/messages.h"

namespace sspilab::credssp {
namespace {

// What has no meaning over a stream, or for a package that knows its clients.
constexpr uint32_t kUnsupportedRequirements =
    ASC_REQ_USE_DCE_STYLE | ASC_REQ_DATAGRAM | ASC_REQ_ALLOW_NULL_SESSION |
    ASC_REQ_FRAGMENT_TO_FIT;

constexpr uint32_t kOfSchannel = ASC_REQ_STREAM | ASC_REQ_SEQUENCE_DETECT |
                                 ASC_REQ_REPLAY_DETECT |
                                 ASC_REQ_CONFIDENTIALITY;
constexpr uint32_t kOfNegotiate =
    ASC_REQ_MUTUAL_AUTH | ASC_REQ_CONFIDENTIALITY | ASC_REQ_EXTENDED_ERROR;

static_assert(ASC_REQ_CONNECTION == ASC_RET_CONNECTION &&
              ASC_REQ_EXTENDED_ERROR == ASC_RET_EXTENDED_ERROR);
constexpr uint32_t kEchoed = ASC_REQ_CONNECTION | ASC_REQ_EXTENDED_ERROR;

SECURITY_STATUS StatusOfFailure(Event failure) {
  for (const auto& row : AcceptorSpec::kTransitions) {
    if (row.event == failure) return row.status;
  }
  return SEC_E_INTERNAL_ERROR;
}

// Whether a SPNEGO token has what Kerberos says of its failure (KRB-ERROR). A
// mere reject says less than errorCode.
bool ExplainsItself(Bytes token) {
  const absl::StatusOr<negotiate::NegTokenResp> resp =
      negotiate::NegTokenResp::Parse(token);
  return resp.ok() && resp->response_token.has_value();
}

// Why the credentials are not taken; nothing where they are. There are neither
// cards nor Kerberos tickets here, but what is malformed is told from what is
// not supported.
std::optional<Event> Refuse(const TsCredentials& credentials) {
  const auto is = [&](CredentialType type) {
    return credentials.type == static_cast<int64_t>(type);
  };
  const Bytes inside = credentials.credentials;
  if (is(CredentialType::kPassword) && TsPasswordCreds::Parse(inside).ok()) {
    return std::nullopt;
  }
  const bool known = (is(CredentialType::kSmartCard) &&
                      TsSmartCardCreds::Parse(inside).ok()) ||
                     (is(CredentialType::kRemoteGuard) &&
                      TsRemoteGuardCreds::Parse(inside).ok());
  return known ? Event::kUnsupported : Event::kInvalidToken;
}

}  // namespace

Acceptor::~Acceptor() { crypto::Wipe(delegated_.span()); }

std::optional<TsPasswordCreds> Acceptor::delegated() const {
  if (!established()) return std::nullopt;
  const absl::StatusOr<TsPasswordCreds> creds =
      TsPasswordCreds::Parse(delegated_.span());
  if (!creds.ok()) return std::nullopt;
  return *creds;
}

// A caller that wants mutual authentication wants a certificate of the client
// (page "AcceptSecurityContext (Schannel)"). Windows' own callers do not
// (MS-CSSP 3.1.5, step 1).
InnerLeg::Arguments Acceptor::OfSchannel(const Leg& leg) const {
  return {.requirements =
              kOfSchannel | (leg.requirements &
                             (ASC_REQ_EXTENDED_ERROR | ASC_REQ_MUTUAL_AUTH)),
          .target = {}};
}

Event Acceptor::Step(State state, Leg& leg) {
  switch (state) {
    case State::kStart:
      if ((leg.requirements & kUnsupportedRequirements) != 0) {
        return Event::kUnsupported;
      }
      return ContinueHandshake(leg);
    case State::kHandshake:
      return alert_due() ? SendAlert(OfSchannel(leg)) : ContinueHandshake(leg);
    case State::kNegotiating:
      return alert_due() ? SendAlert(OfSchannel(leg)) : ReceiveToken(leg);
    case State::kBinding:
      return alert_due() ? SendAlert(OfSchannel(leg)) : ReceiveKey(leg);
    case State::kDelegating:
      return alert_due() ? SendAlert(OfSchannel(leg)) : ReceiveCredentials(leg);
    case State::kDone: {
      if (alert_due()) return SendAlert(OfSchannel(leg));
      TsRequest request;
      if (const auto event =
              ReceiveAfterwards(leg, OfSchannel(leg), &request)) {
        return *event;
      }
      // The client authenticates once more.
      if (const auto event =
              CheckVersion(request, EncryptionOracle::kMitigated)) {
        return *event;
      }
      const SECURITY_STATUS status =
          authentication_.Open(Role::kAcceptor, own().identity().credential());
      return status == SEC_E_OK ? AnswerToken(request) : EventOf(status);
    }
    default:
      return Event::kOutOfSequence;
  }
}

uint32_t Acceptor::Granted(const Leg& leg) const {
  uint32_t granted = channel_.attributes() | (leg.requirements & kEchoed);
  if (const std::optional<TsPasswordCreds> creds = delegated()) {
    if (!creds->user_name.empty()) granted |= ASC_RET_DELEGATE;
  }
  return granted;
}

// MS-CSSP 3.1.5, second note to step 2: what Kerberos has to say reaches the
// client's Kerberos, which knows it better than any errorCode tells. Those who
// have no such field are left with the end of TLS.
void Acceptor::TellPeer(Event failure) {
  if (knows_peer_version() && !error_token_.empty()) {
    TsRequest request;
    request.version = policy().version;
    request.nego_tokens.push_back(std::as_const(error_token_).span());
    if (SendRequest(request) == SEC_E_OK) return;
  }
  if (knows_peer_version() && HasErrorCode(version())) {
    TsRequest request;
    request.version = policy().version;
    request.error_code = ErrorCodeOf(StatusOfFailure(failure));
    if (SendRequest(request) == SEC_E_OK) return;
  }
  SayGoodbye();
}

Event Acceptor::ContinueHandshake(Leg& leg) {
  if (const std::optional<Event> event = TakeRecord(leg)) return *event;
  SECURITY_STATUS status = SEC_E_OK;
  if (!channel_.is_open()) {
    status = channel_.Open(Role::kAcceptor, own().schannel());
    if (status != SEC_E_OK) return EventOf(status);
  }
  const absl::Span<uint8_t> input = record();
  status = channel_.Handshake(&input, OfSchannel(leg), &flight_);
  if (status == SEC_I_CONTINUE_NEEDED) return Event::kContinued;
  if (status == SEC_E_OK) status = KeepKey(SECPKG_ATTR_LOCAL_CERT_CONTEXT);
  if (status == SEC_E_OK) {
    status =
        authentication_.Open(Role::kAcceptor, own().identity().credential());
  }
  return status == SEC_E_OK ? Event::kSecured : EventOf(status);
}

Event Acceptor::ReceiveToken(Leg& leg) {
  TsRequest request;
  if (const auto event = ReceiveRequest(leg, OfSchannel(leg), &request)) {
    return *event;
  }
  if (const auto event = CheckVersion(request, EncryptionOracle::kMitigated)) {
    return *event;
  }
  return AnswerToken(request);
}

Event Acceptor::AnswerToken(const TsRequest& request) {
  if (request.nego_tokens.size() != 1) return Event::kInvalidToken;
  const absl::Span<uint8_t> received = PartOf(request.nego_tokens[0]);
  BudgetBytes token;
  SECURITY_STATUS status = authentication_.Step(
      &received, {.requirements = kOfNegotiate, .target = {}}, &token);
  if (status < 0) {
    if (ExplainsItself(std::as_const(token).span())) {
      error_token_ = std::move(token);
    }
    return EventOf(status);
  }
  const Bytes bytes = std::as_const(token).span();
  if (authentication_.done() && request.pub_key_auth.has_value()) {
    return AnswerKey(request, bytes);
  }
  // Somebody has to speak next.
  if (bytes.empty()) return Event::kInvalidToken;
  TsRequest answer;
  answer.version = policy().version;
  answer.nego_tokens.push_back(bytes);
  status = SendRequest(answer);
  if (status != SEC_E_OK) return EventOf(status);
  return authentication_.done() ? Event::kAuthenticated : Event::kTokenSent;
}

Event Acceptor::ReceiveKey(Leg& leg) {
  TsRequest request;
  if (const auto event = ReceiveRequest(leg, OfSchannel(leg), &request)) {
    return *event;
  }
  if (const auto event = CheckVersion(request, EncryptionOracle::kMitigated)) {
    return *event;
  }
  if (!request.pub_key_auth.has_value()) return Event::kInvalidToken;
  return AnswerKey(request, {});
}

// Step 4.
Event Acceptor::AnswerKey(const TsRequest& request, Bytes token) {
  Bytes nonce;
  if (version() >= kVersionWithNonce) {
    nonce = request.client_nonce.value_or(Bytes());
    if (nonce.size() != kNonceSize) return Event::kInvalidToken;
  }
  SECURITY_STATUS status = CheckBinding(nonce, *request.pub_key_auth);
  if (status != SEC_E_OK) return EventOf(status);
  BudgetBytes binding;
  status = SealBinding(nonce, &binding);
  if (status != SEC_E_OK) return EventOf(status);
  TsRequest answer;
  answer.version = policy().version;
  if (!token.empty()) answer.nego_tokens.push_back(token);
  answer.pub_key_auth = std::as_const(binding).span();
  status = SendRequest(answer);
  return status == SEC_E_OK ? Event::kKeySent : EventOf(status);
}

// Step 5.
Event Acceptor::ReceiveCredentials(Leg& leg) {
  TsRequest request;
  if (const auto event = ReceiveRequest(leg, OfSchannel(leg), &request)) {
    return *event;
  }
  if (const auto event = CheckVersion(request, EncryptionOracle::kMitigated)) {
    return *event;
  }
  if (!request.auth_info.has_value()) return Event::kInvalidToken;
  absl::Span<uint8_t> plain;
  const SECURITY_STATUS status =
      authentication_.Unseal(PartOf(*request.auth_info), &plain);
  if (status != SEC_E_OK) return EventOf(status);
  const absl::StatusOr<TsCredentials> credentials = TsCredentials::Parse(plain);
  if (!credentials.ok()) return Event::kInvalidToken;
  if (const auto refusal = Refuse(*credentials)) return *refusal;
  crypto::Wipe(delegated_.span());
  const bool kept =
      delegated_.Assign(world().memory(), credentials->credentials);
  crypto::Wipe(plain);
  return kept ? Event::kCredentialsReceived : Event::kOutOfMemory;
}

}  // namespace sspilab::credssp

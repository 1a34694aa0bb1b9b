#include "sim/explore/one_side.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "sim/party_view.h"
#include "sim/stream_message.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

// Enough for a token of any package.
constexpr size_t kOutputSize = 65536;
// Calls that one token leads to, a record each. More is no end.
constexpr int kMaxCalls = 64;

bool NeedsCompletion(SECURITY_STATUS status) {
  return status == SEC_I_COMPLETE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

bool Continues(SECURITY_STATUS status) {
  return status == SEC_I_CONTINUE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

// A peer that ends its stream in the handshake is an error, whatever the sign.
bool Fails(SECURITY_STATUS status) {
  return status < 0 || status == SEC_I_CONTEXT_EXPIRED;
}

}  // namespace

// One World, one context.
class OneSide::Conversation {
 public:
  Conversation(OneSide& side, Reply* reply)
      : side_(side), reply_(*reply), world_(side.options_) {
    world_.accounts() = side_.accounts_;
    world_.realms() = side_.realms_;
    if (!side_.certificates_.owned().empty() ||
        !side_.certificates_.roots().empty()) {
      world_.certificates() = side_.certificates_;
    }
    world_.set_observer(&side_.coverage_);
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  bool Acquire();
  // One token of the peer's, or a client's beginning, and all calls that follow
  // from it.
  Standing Take(std::optional<Bytes> token);
  // Whatever has ended has ended for good.
  void TryAgain(Bytes undisturbed);
  void Ask();
  bool took_all() const { return rest_.empty(); }
  bool is_stream() const {
    return (attributes_ & (is_client() ? ISC_RET_STREAM : ASC_RET_STREAM)) != 0;
  }
  // Closes all; nothing may be left.
  void Close();

  void Require(bool holds, Invariant invariant) {
    if (!holds && !reply_.broken.has_value()) {
      reply_.broken = invariant;
    }
  }

 private:
  bool is_client() const { return side_.side_ == Side::kClient; }
  Bytes token() const {
    return absl::MakeConstSpan(side_.output_).subspan(0, out_.cbBuffer);
  }

  // One call, and CompleteAuthToken where it is needed. `*extra` becomes the
  // number of bytes at the end of `input` that it did not take.
  SECURITY_STATUS Call(std::optional<Bytes> input, size_t* extra);
  // The token that a call gave, if any, is for the peer.
  void Send();
  void Keep(Bytes input);
  // What comes to a stream whose handshake is done, as far as there is all of a
  // record.
  Standing Read();

  OneSide& side_;
  Reply& reply_;
  World world_;
  CredHandle credential_ = {};
  CtxtHandle context_ = {};
  bool has_context_ = false;
  ULONG attributes_ = 0;
  SecBuffer out_ = {};
  Standing standing_ = Standing::kOpen;
  // Whether the handshake was done, whatever came then.
  bool established_ = false;
  // What waits for the rest of a record.
  std::vector<uint8_t> rest_;
};

bool OneSide::Conversation::Acquire() {
  const ClientOptions& options = side_.exchange_.client;
  const CallerOptions& caller =
      is_client() ? options.caller : side_.exchange_.server;
  const Endpoint endpoint = {&side_.table_, &world_};
  const bool shows = caller.tls.shows_certificate == ShowsCertificate::kAlways;
  AuthData data(caller.package,
                is_client() && options.identity.has_value() ? &*options.identity
                                                            : nullptr,
                caller.tls, shows ? CertificateOf(endpoint) : nullptr);
  TimeStamp expiry;
  return AcquireIn(endpoint, caller.package,
                   is_client() ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND,
                   data.get(), &credential_, &expiry) == SEC_E_OK;
}

SECURITY_STATUS OneSide::Conversation::Call(std::optional<Bytes> input,
                                            size_t* extra) {
  // The interface has no const, and the packages write to no token.
  SecBuffer in[] = {
      {0, SECBUFFER_TOKEN, nullptr},
      {0, SECBUFFER_EMPTY, nullptr},
      {static_cast<ULONG>(side_.application_protocols_.size()),
       SECBUFFER_APPLICATION_PROTOCOLS, side_.application_protocols_.data()}};
  if (input.has_value()) {
    in[0].pvBuffer = const_cast<uint8_t*>(input->data());
    in[0].cbBuffer = static_cast<ULONG>(input->size());
  }
  const bool offers = !has_context_ && in[2].cbBuffer > 0;
  SecBufferDesc description = {SECBUFFER_VERSION, offers ? 3U : 2U, in};
  if (!input.has_value()) {
    description = {SECBUFFER_VERSION, 1, in + 2};
  }
  out_ = {static_cast<ULONG>(side_.output_.size()), SECBUFFER_TOKEN,
          side_.output_.data()};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &out_};
  TimeStamp expiry;
  SECURITY_STATUS status = SEC_E_OK;
  if (is_client()) {
    const ClientOptions& options = side_.exchange_.client;
    status = side_.table_.InitializeSecurityContextW(
        &credential_, has_context_ ? &context_ : nullptr,
        const_cast<SEC_WCHAR*>(options.target.c_str()),
        options.caller.requirements & ~uint32_t{ISC_REQ_ALLOCATE_MEMORY}, 0,
        SECURITY_NATIVE_DREP,
        input.has_value() || offers ? &description : nullptr, 0, &context_,
        &output, &attributes_, &expiry);
  } else {
    status = side_.table_.AcceptSecurityContext(
        &credential_, has_context_ ? &context_ : nullptr, &description,
        side_.exchange_.server.requirements &
            ~uint32_t{ASC_REQ_ALLOCATE_MEMORY},
        SECURITY_NATIVE_DREP, &context_, &output, &attributes_, &expiry);
  }
  has_context_ = has_context_ || status >= 0;
  *extra = input.has_value() && in[1].BufferType == SECBUFFER_EXTRA
               ? std::min<size_t>(in[1].cbBuffer, input->size())
               : 0;
  if (NeedsCompletion(status)) {
    const SECURITY_STATUS completed =
        side_.table_.CompleteAuthToken(&context_, &output);
    if (completed < 0) {
      return completed;
    }
  }
  Require(MayReturn(is_client() ? Call::kInitializeSecurityContext
                                : Call::kAcceptSecurityContext,
                    side_.package_, status),
          Invariant::kLegalStatus);
  return status;
}

void OneSide::Conversation::Send() {
  if (out_.cbBuffer > 0) {
    reply_.tokens.emplace_back(token().begin(), token().end());
  }
}

// `input` may be a part of what is kept already.
void OneSide::Conversation::Keep(Bytes input) {
  rest_ = std::vector<uint8_t>(input.begin(), input.end());
}

Standing OneSide::Conversation::Take(std::optional<Bytes> token) {
  reply_.tokens.clear();
  if (!rest_.empty() || standing_ == Standing::kDone) {
    rest_.insert(rest_.end(), token->begin(), token->end());
    token = rest_;
  }
  if (standing_ == Standing::kDone) {
    return standing_ = Read();
  }
  for (int i = 0; i < kMaxCalls; ++i) {
    size_t extra = 0;
    const SECURITY_STATUS status = Call(token, &extra);
    if (status == SEC_E_INCOMPLETE_MESSAGE) {
      Require(out_.cbBuffer == side_.output_.size() || out_.cbBuffer == 0,
              Invariant::kFailureIsSilent);
      Keep(*token);
      return standing_ = Standing::kOpen;
    }
    if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
      continue;  // The leg is made again, with the credentials that there are.
    }
    Send();
    if (Fails(status)) {
      const bool says_so =
          (attributes_ & (is_client() ? ISC_RET_EXTENDED_ERROR
                                      : ASC_RET_EXTENDED_ERROR)) != 0;
      Require(out_.cbBuffer == 0 || says_so, Invariant::kFailureIsSilent);
      return standing_ = Standing::kFailed;
    }
    if (extra == 0) {
      rest_.clear();
    } else {
      token = token->last(extra);
    }
    if (!Continues(status)) {
      established_ = true;
      Keep(extra == 0 ? Bytes() : *token);
      return standing_ = rest_.empty() ? Standing::kDone : Read();
    }
    if (extra == 0) {
      return standing_ = Standing::kOpen;
    }
  }
  Require(false, Invariant::kAlwaysAnEnd);
  return standing_ = Standing::kFailed;
}

Standing OneSide::Conversation::Read() {
  for (int i = 0; i < kMaxCalls && !rest_.empty(); ++i) {
    const StreamRead read =
        UnprotectStream(side_.table_, &context_, absl::MakeSpan(rest_));
    Require(MayReturn(Call::kDecryptMessage, side_.package_, read.status),
            Invariant::kLegalStatus);
    if (read.status == SEC_E_INCOMPLETE_MESSAGE) {
      return Standing::kDone;
    }
    if (Fails(read.status)) {
      return Standing::kFailed;
    }
    Keep(absl::MakeConstSpan(rest_).last(read.extra));
    if (read.status == SEC_I_RENEGOTIATE) {
      // A record of the handshake, which wants a leg: a ticket, say.
      size_t extra = 0;
      const SECURITY_STATUS status = Call(rest_, &extra);
      if (status == SEC_E_INCOMPLETE_MESSAGE) {
        return Standing::kDone;
      }
      Send();
      if (Fails(status)) {
        return Standing::kFailed;
      }
      Keep(absl::MakeConstSpan(rest_).last(extra));
    }
  }
  Require(rest_.empty(), Invariant::kAlwaysAnEnd);
  return Standing::kDone;
}

void OneSide::Conversation::TryAgain(Bytes undisturbed) {
  if (!has_context_ || standing_ == Standing::kOpen ||
      (standing_ == Standing::kDone && is_stream())) {
    return;
  }
  if (standing_ == Standing::kFailed && established_) {
    std::vector<uint8_t> copy(undisturbed.begin(), undisturbed.end());
    const StreamRead read =
        UnprotectStream(side_.table_, &context_, absl::MakeSpan(copy));
    Require(Fails(read.status), Invariant::kFailureIsFinal);
    return;
  }
  size_t extra = 0;
  const SECURITY_STATUS again = Call(undisturbed, &extra);
  Require(again < 0 && out_.cbBuffer == 0, Invariant::kFailureIsFinal);
}

void OneSide::Conversation::Ask() {
  Agreed* agreed = &reply_.agreed;
  *agreed = {};
  agreed->attributes = attributes_;
  PartyView view;
  if (is_stream()) {
    view.stream.emplace();
  }
  const PartyQueries& queries = is_stream() ? StreamQueries() : TokenQueries();
  for (const ULONG attribute : queries.attributes) {
    const SECURITY_STATUS status =
        QueryInto(side_.table_, &context_, attribute, &view);
    Require(status == SEC_E_OK || (is_stream() && IsNotTold(status)),
            Invariant::kLegalStatus);
  }
  agreed->session_key.assign(view.session_key.begin(), view.session_key.end());
  agreed->identity = std::move(view.identity);
  agreed->package = std::move(view.package);
  if (is_stream()) {
    agreed->protocol = view.stream->protocol;
    agreed->cipher_suite = std::move(view.stream->cipher_suite);
    agreed->application_protocol = std::move(view.stream->application_protocol);
    agreed->peer_certificate = std::move(view.stream->peer_certificate);
    agreed->delegated = std::move(view.stream->delegated);
    return;
  }
  SecPkgContext_KeyInfoW info = {};
  const SECURITY_STATUS status = side_.table_.QueryContextAttributesW(
      &context_, SECPKG_ATTR_KEY_INFO, &info);
  Require(status == SEC_E_OK, Invariant::kLegalStatus);
  if (status == SEC_E_OK) {
    agreed->key_bits = info.KeySize;
    side_.table_.FreeContextBuffer(info.sSignatureAlgorithmName);
    side_.table_.FreeContextBuffer(info.sEncryptAlgorithmName);
  }
}

void OneSide::Conversation::Close() {
  if (has_context_) {
    side_.table_.DeleteSecurityContext(&context_);
  }
  side_.table_.FreeCredentialsHandle(&credential_);
  Require(world_.memory().live_allocations() == 0, Invariant::kNothingLeaked);
}

OneSide::OneSide(Side side, const Scenario& scenario, const World& machine,
                 Package package, SecurityFunctionTableW* table,
                 Coverage* coverage)
    : side_(side),
      package_(package),
      table_(*table),
      coverage_(*coverage),
      exchange_(scenario.exchange),
      options_(machine.options()),
      accounts_(machine.accounts()),
      certificates_(machine.certificates()),
      realms_(machine.realms()),
      application_protocols_(ApplicationProtocols(
          (side == Side::kClient ? exchange_.client.caller : exchange_.server)
              .tls.application_protocols)),
      output_(kOutputSize) {}

void OneSide::Run(absl::Span<const Bytes> tokens, Bytes undisturbed,
                  Reply* reply) {
  reply->standing = Standing::kFailed;
  reply->took_all = false;
  reply->tokens.clear();
  reply->broken.reset();
  const uint64_t undeclared = coverage_.undeclared();

  Conversation conversation(*this, reply);
  if (!conversation.Acquire()) {
    conversation.Require(false, Invariant::kRepeatable);
    return;
  }
  Standing standing = Standing::kOpen;
  if (side_ == Side::kClient) {
    standing = conversation.Take(std::nullopt);
  }
  for (const Bytes token : tokens) {
    if (standing == Standing::kFailed) {
      conversation.Require(false, Invariant::kRepeatable);
      break;
    }
    standing = conversation.Take(token);
  }
  reply->standing = standing;
  reply->took_all = conversation.took_all();
  reply->is_stream = conversation.is_stream();
  if (standing == Standing::kDone) {
    conversation.Ask();
  }
  conversation.TryAgain(undisturbed);
  conversation.Close();
  conversation.Require(coverage_.undeclared() == undeclared,
                       Invariant::kDeclaredTransition);
}

}  // namespace sspilab::sim

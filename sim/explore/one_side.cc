#include "sim/explore/one_side.h"

#include <optional>
#include <utility>

#include "sim/party_view.h"

namespace sspilab::sim {
namespace {

// Enough for a token of any package.
constexpr size_t kOutputSize = 65536;

bool NeedsCompletion(SECURITY_STATUS status) {
  return status == SEC_I_COMPLETE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

bool Continues(SECURITY_STATUS status) {
  return status == SEC_I_CONTINUE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

}  // namespace

// One World, one context.
class OneSide::Conversation {
 public:
  explicit Conversation(OneSide& side) : side_(side), world_(side.options_) {
    for (const Account& account : side_.accounts_) {
      world_.accounts().Add(account);
    }
    world_.set_observer(&side_.coverage_);
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  bool Acquire() {
    const bool client = side_.side_ == Side::kClient;
    const ClientOptions& options = side_.exchange_.client;
    const CallerOptions& caller =
        client ? options.caller : side_.exchange_.server;
    const Endpoint endpoint = {&side_.table_, &world_};
    AuthData data(
        caller.package,
        client && options.identity.has_value() ? &*options.identity : nullptr,
        caller.tls, CertificateOf(endpoint));
    TimeStamp expiry;
    return AcquireIn(endpoint, caller.package,
                     client ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND,
                     data.get(), &credential_, &expiry) == SEC_E_OK;
  }

  // One call, and CompleteAuthToken where it is needed.
  SECURITY_STATUS Call(std::optional<absl::Span<const uint8_t>> token) {
    SecBuffer in[] = {{0, SECBUFFER_TOKEN, nullptr},
                      {0, SECBUFFER_EMPTY, nullptr}};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, in};
    if (token.has_value()) {
      // The interface has no const, and the packages write to no token.
      in[0].pvBuffer = const_cast<uint8_t*>(token->data());
      in[0].cbBuffer = static_cast<ULONG>(token->size());
    }
    out_ = {static_cast<ULONG>(side_.output_.size()), SECBUFFER_TOKEN,
            side_.output_.data()};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out_};
    TimeStamp expiry;
    SECURITY_STATUS status = SEC_E_OK;
    if (side_.side_ == Side::kClient) {
      const ClientOptions& options = side_.exchange_.client;
      status = side_.table_.InitializeSecurityContextW(
          &credential_, has_context_ ? &context_ : nullptr,
          const_cast<SEC_WCHAR*>(options.target.c_str()),
          options.caller.requirements & ~uint32_t{ISC_REQ_ALLOCATE_MEMORY}, 0,
          SECURITY_NATIVE_DREP, token.has_value() ? &input : nullptr, 0,
          &context_, &output, &attributes_, &expiry);
    } else {
      status = side_.table_.AcceptSecurityContext(
          &credential_, has_context_ ? &context_ : nullptr, &input,
          side_.exchange_.server.requirements &
              ~uint32_t{ASC_REQ_ALLOCATE_MEMORY},
          SECURITY_NATIVE_DREP, &context_, &output, &attributes_, &expiry);
    }
    has_context_ = has_context_ || status >= 0;
    if (NeedsCompletion(status)) {
      const SECURITY_STATUS completed =
          side_.table_.CompleteAuthToken(&context_, &output);
      if (completed < 0) {
        return completed;
      }
    }
    return status;
  }

  absl::Span<const uint8_t> token() const {
    return absl::MakeConstSpan(side_.output_).subspan(0, out_.cbBuffer);
  }
  bool says_extended_error() const {
    return (attributes_ &
            (side_.side_ == Side::kClient ? ISC_RET_EXTENDED_ERROR
                                          : ASC_RET_EXTENDED_ERROR)) != 0;
  }

  bool has_context() const { return has_context_; }

  bool Ask(Agreed* agreed) {
    agreed->attributes = attributes_;
    PartyView view;
    for (const ULONG attribute : {SECPKG_ATTR_SESSION_KEY, SECPKG_ATTR_NAMES,
                                  SECPKG_ATTR_PACKAGE_INFO}) {
      if (QueryInto(side_.table_, &context_, attribute, &view) != SEC_E_OK) {
        return false;
      }
    }
    agreed->session_key.assign(view.session_key.begin(),
                               view.session_key.end());
    agreed->identity = std::move(view.identity);
    agreed->package = std::move(view.package);
    SecPkgContext_KeyInfoW info = {};
    if (side_.table_.QueryContextAttributesW(&context_, SECPKG_ATTR_KEY_INFO,
                                             &info) != SEC_E_OK) {
      return false;
    }
    agreed->key_bits = info.KeySize;
    side_.table_.FreeContextBuffer(info.sSignatureAlgorithmName);
    side_.table_.FreeContextBuffer(info.sEncryptAlgorithmName);
    return true;
  }

  // Closes all; whether nothing is left.
  bool Close() {
    if (has_context_) {
      side_.table_.DeleteSecurityContext(&context_);
    }
    side_.table_.FreeCredentialsHandle(&credential_);
    return world_.memory().live_allocations() == 0;
  }

 private:
  OneSide& side_;
  World world_;
  CredHandle credential_ = {};
  CtxtHandle context_ = {};
  bool has_context_ = false;
  ULONG attributes_ = 0;
  SecBuffer out_ = {};
};

OneSide::OneSide(Side side, const Scenario& scenario, Package package,
                 SecurityFunctionTableW* table, Coverage* coverage)
    : side_(side),
      package_(package),
      table_(*table),
      coverage_(*coverage),
      exchange_(scenario.exchange),
      options_(side == Side::kClient ? scenario.client : scenario.server),
      output_(kOutputSize) {
  options_.seed = 2 * scenario.seed + (side == Side::kServer ? 1 : 0);
  if (side == Side::kServer) {
    // Digested once.
    AccountDatabase accounts;
    for (const ScenarioAccount& account : scenario.accounts) {
      accounts.Add(account.user, account.domain, account.password);
      Account* added = accounts.Find(account.user, account.domain);
      added->state = account.state;
      accounts_.push_back(*added);
    }
  }
}

void OneSide::Run(absl::Span<const absl::Span<const uint8_t>> tokens,
                  absl::Span<const uint8_t> undisturbed, Reply* reply) {
  reply->standing = Standing::kFailed;
  reply->token.clear();
  reply->broken.reset();
  const auto require = [reply](bool holds, Invariant invariant) {
    if (!holds && !reply->broken.has_value()) {
      reply->broken = invariant;
    }
  };
  const uint64_t undeclared = coverage_.undeclared();

  Conversation conversation(*this);
  if (!conversation.Acquire()) {
    require(false, Invariant::kRepeatable);
    return;
  }
  const size_t calls = tokens.size() + (side_ == Side::kClient ? 1 : 0);
  for (size_t i = 0; i < calls; ++i) {
    const bool first_of_client = side_ == Side::kClient && i == 0;
    reply->status = conversation.Call(
        first_of_client ? std::nullopt
                        : std::optional<absl::Span<const uint8_t>>(
                              tokens[i - (calls - tokens.size())]));
    if (i + 1 < calls && !Continues(reply->status)) {
      require(false, Invariant::kRepeatable);
      return;
    }
  }

  const Call call = side_ == Side::kClient ? Call::kInitializeSecurityContext
                                           : Call::kAcceptSecurityContext;
  require(MayReturn(call, package_, reply->status), Invariant::kLegalStatus);
  if (reply->status >= 0) {
    reply->standing =
        Continues(reply->status) ? Standing::kOpen : Standing::kDone;
    reply->token.assign(conversation.token().begin(),
                        conversation.token().end());
  } else {
    require(conversation.token().empty() || conversation.says_extended_error(),
            Invariant::kFailureIsSilent);
  }
  if (reply->standing == Standing::kDone) {
    require(conversation.Ask(&reply->agreed), Invariant::kLegalStatus);
  }
  // Whatever has ended has ended for good.
  if (reply->standing != Standing::kOpen && conversation.has_context()) {
    const SECURITY_STATUS again = conversation.Call(undisturbed);
    require(again < 0 && conversation.token().empty(),
            Invariant::kFailureIsFinal);
    require(MayReturn(call, package_, again), Invariant::kLegalStatus);
  }
  require(conversation.Close(), Invariant::kNothingLeaked);
  require(coverage_.undeclared() == undeclared, Invariant::kDeclaredTransition);
}

}  // namespace sspilab::sim

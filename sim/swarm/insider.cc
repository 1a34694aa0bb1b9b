#include "sim/swarm/insider.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/statusor.h"
#include "core/credssp/key_binding.h"
#include "core/role.h"
#include "core/wire/der.h"
#include "sim/caller.h"

namespace sspilab::sim {
namespace {

using credssp::TsRequest;

template <typename Message>
std::vector<uint8_t> Written(const Message& message) {
  std::vector<uint8_t> bytes(credssp::SerializedSize(message));
  wire::DerWriter writer(absl::MakeSpan(bytes));
  message.WriteTo(writer);
  return bytes;
}

constexpr uint8_t kName[] = {'a', 0};

// NTLM's and no other mechanism's.
constexpr size_t kSignature = 16;

}  // namespace

Insider::Insider(SecurityFunctionTableW* table, World* world, bool initiates,
                 std::u16string mechanism, const Identity* identity,
                 absl::Span<const uint8_t> key, Dice* dice)
    : table_(*table),
      initiates_(initiates),
      key_(key),
      dice_(*dice),
      version_(dice->Once(3) ? static_cast<uint32_t>(2 + dice->Below(5))
                             : credssp::kHighestVersion),
      nonce_(credssp::kNonceSize, 7) {
  AuthData auth_data(mechanism, identity, TlsOptions(), nullptr);
  TimeStamp expiry = {};
  has_credential_ =
      AcquireIn({table, world}, mechanism,
                initiates ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND,
                auth_data.get(), &credential_, &expiry) >= 0;
}

Insider::~Insider() {
  if (has_context_) {
    table_.DeleteSecurityContext(&context_);
  }
  if (has_credential_) {
    table_.FreeCredentialsHandle(&credential_);
  }
}

void Insider::BeginAgain() {
  if (status_ != SEC_E_OK) {
    return;
  }
  table_.DeleteSecurityContext(&context_);
  has_context_ = false;
  context_ = {};
  status_ = SEC_I_CONTINUE_NEEDED;
  sealed_ = 0;
  key_sent_ = false;
}

std::vector<uint8_t> Insider::Answer(absl::Span<const uint8_t> data) {
  if (!has_credential_) {
    return {};
  }
  if (data.empty()) {
    return initiates_ && !has_context_ ? AsClient(nullptr)
                                       : std::vector<uint8_t>();
  }
  const absl::StatusOr<TsRequest> received = TsRequest::Parse(data);
  if (!received.ok()) {
    return {};
  }
  return initiates_ ? AsClient(&*received) : AsServer(*received);
}

std::vector<uint8_t> Insider::AsClient(const TsRequest* received) {
  TsRequest request;
  request.version = version_;
  request.client_nonce = nonce_;
  std::vector<uint8_t> token;
  std::vector<uint8_t> binding;
  if (status_ != SEC_E_OK) {
    token = Step(received == nullptr || received->nego_tokens.empty()
                     ? absl::Span<const uint8_t>()
                     : received->nego_tokens[0]);
    if (!token.empty()) {
      request.nego_tokens.push_back(token);
    }
  }
  if (status_ == SEC_E_OK && !key_sent_) {
    key_sent_ = true;
    binding = Bind(nonce_);
    request.pub_key_auth = binding;
  } else if (received != nullptr && received->pub_key_auth.has_value()) {
    const credssp::TsPasswordCreds creds{kName, kName, kName};
    binding = Seal(
        Written(credssp::WrappedCredentials<credssp::TsPasswordCreds>{creds}));
    request.auth_info = binding;
  } else if (token.empty()) {
    return {};
  }
  return Written(request);
}

std::vector<uint8_t> Insider::AsServer(const TsRequest& received) {
  TsRequest request;
  request.version = version_;
  std::vector<uint8_t> token;
  std::vector<uint8_t> binding;
  if (!received.nego_tokens.empty() && status_ != SEC_E_OK) {
    token = Step(received.nego_tokens[0]);
    if (!token.empty()) {
      request.nego_tokens.push_back(token);
    }
  }
  if (received.pub_key_auth.has_value() && status_ == SEC_E_OK) {
    binding = Bind(received.client_nonce.value_or(nonce_));
    request.pub_key_auth = binding;
  } else if (token.empty()) {
    return {};
  }
  return Written(request);
}

std::vector<uint8_t> Insider::Nonsense() {
  // NTSTATUSes that mean something to a client, and one that does not.
  constexpr std::array<uint32_t, 10> kErrors = {
      0xC000006D, 0xC000005E, 0xC00000BB, 0xC00000BE, 0xC00002C3,
      0xC000005F, 0xC000009A, 0xC000000D, 0xC00000E5, 0xC000007F};
  TsRequest request;
  request.version = version_;
  std::vector<uint8_t> part;
  switch (dice_.Below(8)) {
    case 0:
      return {0x30, 0x20};  // The rest does not come.
    case 1:
      return {'G', 'E', 'T', ' ', '/'};
    case 2:
      request.version = static_cast<uint32_t>(1 + dice_.Below(7));
      break;
    case 3: {
      const credssp::TsSmartCardCreds creds{.pin = kName, .csp_data = {}};
      part = Seal(Written(
          credssp::WrappedCredentials<credssp::TsSmartCardCreds>{creds}));
      request.auth_info = part;
      break;
    }
    case 4:
      part = Seal(kName);
      request.auth_info = part;
      request.pub_key_auth = part;
      break;
    case 5:
      part = {1, 2, 3};
      request.nego_tokens.push_back(part);
      break;
    default:
      request.error_code = dice_.Of(kErrors);
      break;
  }
  return Written(request);
}

std::vector<uint8_t> Insider::Step(absl::Span<const uint8_t> received) {
  std::vector<uint8_t> in(received.begin(), received.end());
  std::vector<uint8_t> room(0x1000);
  SecBuffer given = {static_cast<ULONG>(in.size()), SECBUFFER_TOKEN, in.data()};
  SecBufferDesc input = {SECBUFFER_VERSION, 1, &given};
  SecBuffer made = {static_cast<ULONG>(room.size()), SECBUFFER_TOKEN,
                    room.data()};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &made};
  CtxtHandle* const old = has_context_ ? &context_ : nullptr;
  ULONG attributes = 0;
  TimeStamp expiry = {};
  status_ = initiates_
                ? table_.InitializeSecurityContextW(
                      &credential_, old, nullptr,
                      ISC_REQ_CONFIDENTIALITY | ISC_REQ_MUTUAL_AUTH, 0,
                      SECURITY_NATIVE_DREP, old == nullptr ? nullptr : &input,
                      0, &context_, &output, &attributes, &expiry)
                : table_.AcceptSecurityContext(&credential_, old, &input,
                                               ASC_REQ_CONFIDENTIALITY,
                                               SECURITY_NATIVE_DREP, &context_,
                                               &output, &attributes, &expiry);
  if (status_ < 0) {
    return {};
  }
  has_context_ = true;
  if (status_ == SEC_I_COMPLETE_NEEDED ||
      status_ == SEC_I_COMPLETE_AND_CONTINUE) {
    table_.CompleteAuthToken(&context_, &output);
    status_ =
        status_ == SEC_I_COMPLETE_NEEDED ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
  }
  room.resize(made.cbBuffer);
  return room;
}

// Empty where there is no key yet.
std::vector<uint8_t> Insider::Seal(absl::Span<const uint8_t> data) {
  std::vector<uint8_t> sealed(kSignature + data.size());
  std::copy(data.begin(), data.end(), sealed.begin() + kSignature);
  if (status_ != SEC_E_OK) {
    return sealed;
  }
  SecBuffer buffers[] = {{kSignature, SECBUFFER_TOKEN, sealed.data()},
                         {static_cast<ULONG>(data.size()), SECBUFFER_DATA,
                          sealed.data() + kSignature}};
  SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
  // Where it fails, what is sent is in the clear: that is nonsense, too.
  (void)table_.EncryptMessage(&context_, 0, &message, sealed_++);
  return sealed;
}

std::vector<uint8_t> Insider::Bind(absl::Span<const uint8_t> nonce) {
  const credssp::KeyBinding binding = credssp::BindKey(
      version_, initiates_ ? Role::kInitiator : Role::kAcceptor, nonce, key_);
  return Seal(binding);
}

}  // namespace sspilab::sim

#include "tests/core/credssp/scripted_peer.h"

#include <algorithm>

#include "core/credssp/subject_public_key.h"
#include "tests/support/hex.h"

namespace sspilab::testing {

using credssp::TsRequest;

ScriptedPeer::ScriptedPeer(CredSspLab& lab, Plays plays,
                           const char16_t* mechanism)
    : tls(plays == Plays::kServer ? lab.server_world : lab.client_world,
          u"Schannel", plays == Plays::kClient),
      spnego(plays == Plays::kServer ? lab.server_world : lab.client_world,
             mechanism, plays == Plays::kClient),
      other(plays == Plays::kServer ? lab.client : lab.server),
      lab_(lab),
      server_(plays == Plays::kServer) {
  if (server_) {
    lab.AcquireClient();
    EXPECT_EQ(tls.Acquire(), SEC_E_OK);
    EXPECT_EQ(spnego.Acquire(), SEC_E_OK);
  } else {
    lab.AcquireServer();
    EXPECT_EQ(tls.Acquire(), SEC_E_OK);
    Identity identity(u"alice", u"EXAMPLE", u"Sesame1!");
    EXPECT_EQ(spnego.Acquire(&identity.auth), SEC_E_OK);
    tls.target = u"lab.example.test";
    tls.requirements = ISC_REQ_STREAM;
    spnego.requirements = ISC_REQ_CONFIDENTIALITY | ISC_REQ_MUTUAL_AUTH;
  }
  StreamEnd& client = server_ ? other : tls;
  StreamEnd& acceptor = server_ ? tls : other;
  for (int calls = 0; calls < 100 && tls.status >= 0; ++calls) {
    if (tls.calls > 0 && tls.status == SEC_E_OK) break;
    const bool by_client = client.wants_call();
    StreamEnd& from = by_client ? client : acceptor;
    StreamEnd& to = by_client ? acceptor : client;
    Bytes token;
    (void)from.Call(&token);
    to.inbox.insert(to.inbox.end(), token.begin(), token.end());
  }
  EXPECT_EQ(tls.status, SEC_E_OK) << StatusName(tls.status);
  // What was sent with the end of the handshake.
  while (other.wants_call()) {
    Bytes token;
    (void)other.Call(&token);
    tls.inbox.insert(tls.inbox.end(), token.begin(), token.end());
  }
}

std::optional<TsRequest> ScriptedPeer::Receive() {
  received_.clear();
  while (!tls.inbox.empty()) {
    std::string text;
    const SECURITY_STATUS status = tls.Open(&text);
    if (status == SEC_I_RENEGOTIATE) {
      Bytes token;
      (void)tls.Call(&token);
      continue;
    }
    if (status != SEC_E_OK) return std::nullopt;
    received_ += text;
  }
  const auto request = TsRequest::Parse(BytesOf(received_));
  if (!request.ok()) return std::nullopt;
  last = *request;
  return last;
}

SECURITY_STATUS ScriptedPeer::Send(const TsRequest& request) {
  std::string text(SerializedSize(request), '\0');
  wire::DerWriter writer(
      absl::MakeSpan(reinterpret_cast<uint8_t*>(text.data()), text.size()));
  request.WriteTo(writer);
  return SendRecords({text});
}

SECURITY_STATUS ScriptedPeer::SendRecords(
    const std::vector<std::string>& records) {
  for (const std::string& record : records) {
    const Bytes sealed = tls.Seal(record);
    other.inbox.insert(other.inbox.end(), sealed.begin(), sealed.end());
  }
  while (other.wants_call()) {
    Bytes token;
    (void)other.Call(&token);
    tls.inbox.insert(tls.inbox.end(), token.begin(), token.end());
  }
  return other.status;
}

Bytes ScriptedPeer::Step(credssp::Bytes received) {
  spnego.inbox.assign(received.begin(), received.end());
  Bytes token;
  (void)spnego.Call(&token);
  spnego.inbox.clear();
  return token;
}

bool ScriptedPeer::Authenticate(uint32_t version) {
  for (int legs = 0; legs < 10; ++legs) {
    credssp::Bytes received;
    if (server_ || legs > 0) {
      if (!Receive().has_value()) return false;
      if (last->nego_tokens.empty()) return authenticated();
      received = last->nego_tokens[0];
    }
    const Bytes token = Step(received);
    if (spnego.status < 0) return false;
    if (!token.empty()) {
      TsRequest request;
      request.version = version;
      request.nego_tokens = {token};
      if (Send(request) < 0) return false;
    }
    if (!server_ && authenticated()) return true;
  }
  return false;
}

Bytes ScriptedPeer::Seal(credssp::Bytes data) {
  Bytes sealed(16 + data.size());
  std::copy(data.begin(), data.end(), sealed.begin() + 16);
  SecBuffer buffers[2] = {
      {16, SECBUFFER_TOKEN, sealed.data()},
      {static_cast<ULONG>(data.size()), SECBUFFER_DATA, sealed.data() + 16}};
  SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
  EXPECT_EQ(EncryptMessage(&spnego.context, 0, &message, sealed_++), SEC_E_OK);
  return sealed;
}

std::optional<Bytes> ScriptedPeer::Unseal(credssp::Bytes sealed) {
  Bytes copy(sealed.begin(), sealed.end());
  SecBuffer buffers[2] = {
      {static_cast<ULONG>(copy.size()), SECBUFFER_STREAM, copy.data()},
      {0, SECBUFFER_DATA, nullptr}};
  SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
  if (DecryptMessage(&spnego.context, &message, unsealed_++, nullptr) !=
      SEC_E_OK) {
    return std::nullopt;
  }
  const auto* bytes = static_cast<const uint8_t*>(buffers[1].pvBuffer);
  return Bytes(bytes, bytes + buffers[1].cbBuffer);
}

Bytes ScriptedPeer::Key() {
  const auto key = credssp::SubjectPublicKey(
      lab_.server_world.certificates().Default()->certificate);
  EXPECT_TRUE(key.has_value());
  return {key->begin(), key->end()};
}

}  // namespace sspilab::testing

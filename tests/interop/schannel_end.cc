#include "tests/interop/schannel_end.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/status.h"

namespace sspilab::interop {
namespace {

constexpr size_t kRoom = 64 * 1024;

SecBuffer Buffer(uint32_t type, absl::Span<uint8_t> bytes) {
  return {static_cast<ULONG>(bytes.size()), type, bytes.data()};
}

SecBuffer Empty() { return {0, SECBUFFER_EMPTY, nullptr}; }

SecBufferDesc Describe(absl::Span<SecBuffer> buffers) {
  return {SECBUFFER_VERSION, static_cast<ULONG>(buffers.size()),
          buffers.data()};
}

const SecBuffer* Find(absl::Span<const SecBuffer> buffers, uint32_t type) {
  for (const SecBuffer& buffer : buffers) {
    if (buffer.BufferType == type) return &buffer;
  }
  return nullptr;
}

// How many bytes `have` lacks of its first record (RFC 8446 5.1).
size_t MissingOf(absl::Span<const uint8_t> have) {
  constexpr size_t kHeader = 5;
  if (have.size() < kHeader) return kHeader - have.size();
  return kHeader + (size_t{have[3]} << 8 | have[4]) - have.size();
}

// SEC_APPLICATION_PROTOCOLS with one list.
TlsBytes ApplicationProtocols(std::string_view wire) {
  const size_t list_size =
      offsetof(SEC_APPLICATION_PROTOCOL_LIST, ProtocolList) + wire.size();
  TlsBytes bytes(offsetof(SEC_APPLICATION_PROTOCOLS, ProtocolLists) +
                 list_size);
  const auto total = static_cast<ULONG>(list_size);
  const auto extension = SecApplicationProtocolNegotiationExt_ALPN;
  const auto size = static_cast<unsigned short>(wire.size());
  uint8_t* list =
      bytes.data() + offsetof(SEC_APPLICATION_PROTOCOLS, ProtocolLists);
  std::memcpy(bytes.data(), &total, sizeof(total));
  std::memcpy(list, &extension, sizeof(extension));
  std::memcpy(list + offsetof(SEC_APPLICATION_PROTOCOL_LIST, ProtocolListSize),
              &size, sizeof(size));
  std::memcpy(list + offsetof(SEC_APPLICATION_PROTOCOL_LIST, ProtocolList),
              wire.data(), wire.size());
  return bytes;
}

}  // namespace

SchannelMachine::SchannelMachine(World& world, SchannelSettings settings)
    : world_(world), settings_(std::move(settings)) {
  const ScopedWorld bind(&world_);
  const bool initiator = settings_.role == Role::kInitiator;
  DerBytes der;
  if (settings_.certificate != nullptr)
    der = settings_.certificate->certificate;
  const CERT_CONTEXT certificate = {
      .dwCertEncodingType = X509_ASN_ENCODING,
      .pbCertEncoded = der.data(),
      .cbCertEncoded = static_cast<DWORD>(der.size())};
  PCCERT_CONTEXT certificates[] = {&certificate};
  const DWORD count = der.empty() ? 0 : 1;
  const DWORD flags = settings_.credential_flags | SCH_CRED_NO_DEFAULT_CREDS;

  SCHANNEL_CRED older = {};
  older.dwVersion = SCHANNEL_CRED_VERSION;
  older.cCreds = count;
  older.paCred = certificates;
  older.dwFlags = flags;
  older.grbitEnabledProtocols = settings_.protocol;
  TLS_PARAMETERS parameters = {};
  parameters.grbitDisabledProtocols = ~settings_.protocol;
  SCH_CREDENTIALS newer = {};
  newer.dwVersion = SCH_CREDENTIALS_VERSION;
  newer.cCreds = count;
  newer.paCred = certificates;
  newer.dwFlags = flags;
  newer.cTlsParameters = 1;
  newer.pTlsParameters = &parameters;
  // TLS 1.3 is for callers that know SCH_CREDENTIALS.
  void* auth_data = settings_.protocol == SP_PROT_TLS1_3
                        ? static_cast<void*>(&newer)
                        : static_cast<void*>(&older);

  std::u16string package = UNISP_NAME_W;
  status_ = AcquireCredentialsHandleW(
      nullptr, package.data(),
      initiator ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND, nullptr,
      auth_data, nullptr, nullptr, &credential_, nullptr);
}

SchannelMachine::~SchannelMachine() {
  if (status_ == SEC_E_OK) FreeCredentialsHandle(&credential_);
}

std::unique_ptr<SchannelEnd> SchannelMachine::Connect() {
  return std::make_unique<SchannelEnd>(*this);
}

SchannelEnd::SchannelEnd(SchannelMachine& machine) : machine_(machine) {
  if (machine_.status_ != SEC_E_OK) {
    status_ = machine_.status_;
    Complain("AcquireCredentialsHandle");
  }
}

SchannelEnd::~SchannelEnd() {
  if (has_context_) DeleteSecurityContext(&context_);
}

void SchannelEnd::Feed(absl::Span<const uint8_t> bytes) {
  inbox_.insert(inbox_.end(), bytes.begin(), bytes.end());
}

TlsBytes SchannelEnd::Take() { return std::exchange(outbox_, {}); }

void SchannelEnd::Complain(std::string_view what) {
  if (error_.empty()) {
    error_ = absl::StrCat(what, ": ", StatusName(status_));
  }
}

void SchannelEnd::Expect(std::string_view call,
                         std::initializer_list<SECURITY_STATUS> any) {
  if (std::find(any.begin(), any.end(), status_) == any.end()) Complain(call);
}

void SchannelEnd::CheckMissing(const TlsBytes& before,
                               absl::Span<const SecBuffer> buffers) {
  const SecBuffer* missing = Find(buffers, SECBUFFER_MISSING);
  if (missing == nullptr) {
    Complain("no SECBUFFER_MISSING");
  } else if (missing->cbBuffer != MissingOf(before)) {
    Complain(absl::StrCat("SECBUFFER_MISSING is ", missing->cbBuffer, ", not ",
                          MissingOf(before)));
  }
  if (before != inbox_) Complain("input was changed");
}

void SchannelEnd::KeepExtra(absl::Span<const SecBuffer> buffers) {
  const SecBuffer* extra = Find(buffers, SECBUFFER_EXTRA);
  const size_t kept = extra == nullptr ? 0 : extra->cbBuffer;
  if (kept > inbox_.size()) {
    Complain("SECBUFFER_EXTRA is more than was given");
    return;
  }
  inbox_.erase(inbox_.begin(), inbox_.end() - static_cast<ptrdiff_t>(kept));
}

SECURITY_STATUS SchannelEnd::Leg(SecBufferDesc* input) {
  const ScopedWorld bind(&machine_.world_);
  const SchannelSettings& settings = machine_.settings_;
  TlsBytes room(kRoom);
  SecBuffer out[] = {Buffer(SECBUFFER_TOKEN, absl::MakeSpan(room)), Empty()};
  SecBufferDesc output = Describe(out);
  ULONG attributes = 0;
  CtxtHandle* current = has_context_ ? &context_ : nullptr;
  std::u16string target = settings.target;
  status_ =
      settings.role == Role::kInitiator
          ? InitializeSecurityContextW(
                &machine_.credential_, current,
                target.empty() ? nullptr : target.data(),
                settings.requirements | ISC_REQ_CONFIDENTIALITY |
                    ISC_REQ_STREAM,
                0, 0, input, 0, &context_, &output, &attributes, nullptr)
          : AcceptSecurityContext(&machine_.credential_, current, input,
                                  settings.requirements |
                                      ASC_REQ_CONFIDENTIALITY | ASC_REQ_STREAM,
                                  0, &context_, &output, &attributes, nullptr);
  if (status_ >= 0) has_context_ = true;
  // With EXTENDED_ERROR there is an alert to send after a failure.
  const uint32_t extended = settings.role == Role::kInitiator
                                ? ISC_RET_EXTENDED_ERROR
                                : ASC_RET_EXTENDED_ERROR;
  const bool has_token = status_ >= 0 || (status_ != SEC_E_INCOMPLETE_MESSAGE &&
                                          (attributes & extended) != 0);
  if (has_token) {
    outbox_.insert(outbox_.end(), room.begin(), room.begin() + out[0].cbBuffer);
  }
  return status_;
}

void SchannelEnd::Handshake() {
  TlsBytes protocols = ApplicationProtocols(machine_.settings_.protocols);
  const bool first = !has_context_;
  std::vector<SecBuffer> alpn;
  if (first && !machine_.settings_.protocols.empty()) {
    alpn.push_back(
        Buffer(SECBUFFER_APPLICATION_PROTOCOLS, absl::MakeSpan(protocols)));
  }
  if (first && machine_.settings_.role == Role::kInitiator) {
    SecBufferDesc input = Describe(absl::MakeSpan(alpn));
    Leg(alpn.empty() ? nullptr : &input);
    Expect("InitializeSecurityContext", {SEC_I_CONTINUE_NEEDED});
    return;
  }
  while (error_.empty() && !done_ && !inbox_.empty()) {
    const TlsBytes before = inbox_;
    std::vector<SecBuffer> in = {
        Buffer(SECBUFFER_TOKEN, absl::MakeSpan(inbox_)), Empty()};
    in.insert(in.end(), alpn.begin(), alpn.end());
    SecBufferDesc input = Describe(absl::MakeSpan(in));
    ++calls_;
    Leg(&input);
    if (status_ == SEC_E_INCOMPLETE_MESSAGE) {
      CheckMissing(before, in);
      return;
    }
    Expect("leg", {SEC_E_OK, SEC_I_CONTINUE_NEEDED});
    KeepExtra(in);
    done_ = status_ == SEC_E_OK;
  }
}

void SchannelEnd::Write(std::string_view message) {
  const auto sizes = Query<SecPkgContext_StreamSizes>(SECPKG_ATTR_STREAM_SIZES);
  do {
    const std::string_view part = message.substr(0, sizes.cbMaximumMessage);
    message.remove_prefix(part.size());
    TlsBytes record(sizes.cbHeader + part.size() + sizes.cbTrailer);
    std::copy(part.begin(), part.end(), record.begin() + sizes.cbHeader);
    const absl::Span<uint8_t> all = absl::MakeSpan(record);
    SecBuffer buffers[] = {
        Buffer(SECBUFFER_STREAM_HEADER, all.first(sizes.cbHeader)),
        Buffer(SECBUFFER_DATA, all.subspan(sizes.cbHeader, part.size())),
        Buffer(SECBUFFER_STREAM_TRAILER, all.last(sizes.cbTrailer)), Empty()};
    SecBufferDesc descriptor = Describe(buffers);
    status_ = EncryptMessage(&context_, 0, &descriptor, 0);
    Expect("EncryptMessage", {SEC_E_OK});
    for (const SecBuffer& buffer : buffers) {
      const auto* bytes = static_cast<const uint8_t*>(buffer.pvBuffer);
      outbox_.insert(outbox_.end(), bytes, bytes + buffer.cbBuffer);
    }
  } while (!message.empty() && error_.empty());
}

std::vector<std::string> SchannelEnd::Read() {
  std::vector<std::string> messages;
  while (error_.empty() && !peer_closed_ && !inbox_.empty()) {
    if (!done_) {  // The peer wanted another handshake.
      Handshake();
      if (!done_) return messages;
      continue;
    }
    const TlsBytes before = inbox_;
    SecBuffer buffers[] = {Buffer(SECBUFFER_DATA, absl::MakeSpan(inbox_)),
                           Empty(), Empty(), Empty()};
    SecBufferDesc descriptor = Describe(buffers);
    ++calls_;
    status_ = DecryptMessage(&context_, &descriptor, 0, nullptr);
    if (status_ == SEC_E_INCOMPLETE_MESSAGE) {
      CheckMissing(before, buffers);
      return messages;
    }
    Expect("DecryptMessage",
           {SEC_E_OK, SEC_I_RENEGOTIATE, SEC_I_CONTEXT_EXPIRED});
    if (status_ == SEC_E_OK) {
      const SecBuffer* data = Find(buffers, SECBUFFER_DATA);
      if (data == nullptr) {
        Complain("no SECBUFFER_DATA");
      } else {
        messages.emplace_back(static_cast<const char*>(data->pvBuffer),
                              data->cbBuffer);
      }
    }
    peer_closed_ = status_ == SEC_I_CONTEXT_EXPIRED;
    done_ = status_ != SEC_I_RENEGOTIATE;
    KeepExtra(buffers);
  }
  return messages;
}

void SchannelEnd::ControlToken(absl::Span<const uint8_t> token) {
  TlsBytes bytes(token.begin(), token.end());
  SecBuffer buffers[] = {Buffer(SECBUFFER_TOKEN, absl::MakeSpan(bytes))};
  SecBufferDesc descriptor = Describe(buffers);
  status_ = ApplyControlToken(&context_, &descriptor);
  Expect("ApplyControlToken", {SEC_E_OK});
  if (error_.empty()) Leg(nullptr);
}

void SchannelEnd::Close() {
  const DWORD token = SCHANNEL_SHUTDOWN;
  ControlToken(absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(&token),
                                   sizeof(token)));
  Expect("leg after SCHANNEL_SHUTDOWN", {SEC_E_OK});
}

void SchannelEnd::Alert(uint32_t number) {
  const SCHANNEL_ALERT_TOKEN token = {SCHANNEL_ALERT, TLS1_ALERT_FATAL, number};
  ControlToken(absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(&token),
                                   sizeof(token)));
  Expect("leg after SCHANNEL_ALERT", {SEC_E_OK});
}

void SchannelEnd::Renegotiate() {
  const DWORD token = SCHANNEL_RENEGOTIATE;
  ControlToken(absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(&token),
                                   sizeof(token)));
  Expect("leg after SCHANNEL_RENEGOTIATE", {SEC_I_CONTINUE_NEEDED});
  done_ = false;
}

template <typename Attribute>
Attribute SchannelEnd::Query(uint32_t number) {
  Attribute attribute = {};
  status_ = QueryContextAttributesW(&context_, number, &attribute);
  Expect(absl::StrCat("QueryContextAttributes(", number, ")"), {SEC_E_OK});
  return attribute;
}

bool SchannelEnd::resumed() {
  const auto info = Query<SecPkgContext_SessionInfo>(SECPKG_ATTR_SESSION_INFO);
  return (info.dwFlags & SSL_SESSION_RECONNECT) != 0;
}

std::string SchannelEnd::protocol() {
  const auto answer = Query<SecPkgContext_ApplicationProtocol>(
      SECPKG_ATTR_APPLICATION_PROTOCOL);
  if (answer.ProtoNegoStatus !=
      SecApplicationProtocolNegotiationStatus_Success) {
    return "";
  }
  return std::string(answer.ProtocolId,
                     answer.ProtocolId + answer.ProtocolIdSize);
}

DerBytes SchannelEnd::peer_certificate() {
  const auto* certificate =
      Query<PCCERT_CONTEXT>(SECPKG_ATTR_REMOTE_CERT_CONTEXT);
  if (certificate == nullptr) return {};
  DerBytes bytes(certificate->pbCertEncoded,
                 certificate->pbCertEncoded + certificate->cbCertEncoded);
  FreeContextBuffer(const_cast<CERT_CONTEXT*>(certificate));
  return bytes;
}

std::string SchannelEnd::Bindings(uint32_t attribute) {
  const auto bindings = Query<SecPkgContext_Bindings>(attribute);
  if (bindings.Bindings == nullptr) return "";
  const auto* start = reinterpret_cast<const char*>(bindings.Bindings);
  std::string data(start + bindings.Bindings->dwApplicationDataOffset,
                   bindings.Bindings->cbApplicationDataLength);
  FreeContextBuffer(bindings.Bindings);
  return data.substr(data.find(':') + 1);
}

SecPkgContext_ConnectionInfo SchannelEnd::ConnectionInfo() {
  return Query<SecPkgContext_ConnectionInfo>(SECPKG_ATTR_CONNECTION_INFO);
}

}  // namespace sspilab::interop

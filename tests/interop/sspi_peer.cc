#include "tests/interop/sspi_peer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/status.h"

namespace sspilab::interop {
namespace {

constexpr ULONG kSignature = 16;

char16_t kNtlm[] = u"NTLM";
char16_t kNegotiate[] = u"Negotiate";
char16_t kTarget[] = u"HTTP/lab.example.test";

constexpr ULONG kInitiatorWants =
    ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;
constexpr ULONG kAcceptorWants =
    ASC_REQ_INTEGRITY | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT;

unsigned short* Units(const std::u16string& text) {
  return reinterpret_cast<unsigned short*>(const_cast<char16_t*>(text.data()));
}

void* Data(ByteView bytes) { return const_cast<uint8_t*>(bytes.data()); }

// A context's message functions take a TOKEN (the signature) and a DATA.
struct Message {
  Message(Bytes* signature, Bytes* data)
      : buffers{SecBuffer{static_cast<ULONG>(signature->size()),
                          SECBUFFER_TOKEN, signature->data()},
                SecBuffer{static_cast<ULONG>(data->size()), SECBUFFER_DATA,
                          data->data()}} {}
  std::array<SecBuffer, 2> buffers;
  SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers.data()};
};

}  // namespace

Bytes MarshalBindings(const std::string& application_data) {
  if (application_data.empty()) return {};
  SEC_CHANNEL_BINDINGS header = {};
  header.cbApplicationDataLength = static_cast<ULONG>(application_data.size());
  header.dwApplicationDataOffset = sizeof(header);
  Bytes bytes(sizeof(header) + application_data.size());
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + sizeof(header), application_data.data(),
              application_data.size());
  return bytes;
}

absl::Status SspiError(absl::string_view what, SECURITY_STATUS status) {
  return absl::UnknownError(absl::StrCat(what, ": ", StatusName(status)));
}

absl::Status SspiContext::AcquireCredentials() {
  SEC_WINNT_AUTH_IDENTITY_W identity = {};
  identity.User = Units(terms_.user);
  identity.UserLength = static_cast<ULONG>(terms_.user.size());
  identity.Domain = Units(terms_.domain);
  identity.DomainLength = static_cast<ULONG>(terms_.domain.size());
  identity.Password = Units(terms_.password);
  identity.PasswordLength = static_cast<ULONG>(terms_.password.size());
  identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;

  char16_t* const package = terms_.negotiate ? kNegotiate : kNtlm;
  PSecPkgInfoW info = nullptr;
  SECURITY_STATUS status = table_->QuerySecurityPackageInfoW(package, &info);
  if (status != SEC_E_OK) return SspiError("QuerySecurityPackageInfo", status);
  max_token_ = info->cbMaxToken;
  table_->FreeContextBuffer(info);

  TimeStamp expiry = {};
  status = table_->AcquireCredentialsHandleW(
      nullptr, package, initiator_ ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND,
      nullptr, initiator_ ? &identity : nullptr, nullptr, nullptr,
      &credentials_, &expiry);
  if (status != SEC_E_OK) return SspiError("AcquireCredentialsHandle", status);
  has_credentials_ = true;
  bindings_ = MarshalBindings(initiator_ ? terms_.initiator_bindings
                                         : terms_.acceptor_bindings);
  return absl::OkStatus();
}

void SspiContext::Close() {
  if (std::exchange(has_context_, false)) {
    table_->DeleteSecurityContext(&context_);
  }
  if (std::exchange(has_credentials_, false)) {
    table_->FreeCredentialsHandle(&credentials_);
  }
}

absl::StatusOr<Bytes> SspiContext::Step(ByteView token) {
  std::array<SecBuffer, 2> in = {
      SecBuffer{static_cast<ULONG>(token.size()), SECBUFFER_TOKEN, Data(token)},
      SecBuffer{static_cast<ULONG>(bindings_.size()),
                SECBUFFER_CHANNEL_BINDINGS, bindings_.data()}};
  SecBufferDesc in_desc = {SECBUFFER_VERSION, bindings_.empty() ? 1U : 2U,
                           in.data()};
  Bytes output(max_token_);
  SecBuffer out = {max_token_, SECBUFFER_TOKEN, output.data()};
  SecBufferDesc out_desc = {SECBUFFER_VERSION, 1, &out};
  ULONG attributes = 0;
  TimeStamp expiry = {};

  CtxtHandle* const old = has_context_ ? &context_ : nullptr;
  SECURITY_STATUS status;
  if (initiator_) {
    const ULONG wants = kInitiatorWants |
                        (terms_.seal ? ISC_REQ_CONFIDENTIALITY : 0) |
                        (terms_.connectionless ? ISC_REQ_DATAGRAM : 0);
    status = table_->InitializeSecurityContextW(
        &credentials_, old, kTarget, wants, 0, SECURITY_NATIVE_DREP,
        token.empty() ? nullptr : &in_desc, 0, &context_, &out_desc,
        &attributes, &expiry);
  } else {
    const ULONG wants = kAcceptorWants |
                        (terms_.seal ? ASC_REQ_CONFIDENTIALITY : 0) |
                        (terms_.connectionless ? ASC_REQ_DATAGRAM : 0);
    status = table_->AcceptSecurityContext(&credentials_, old, &in_desc, wants,
                                           SECURITY_NATIVE_DREP, &context_,
                                           &out_desc, &attributes, &expiry);
  }
  if (status < 0) {
    return SspiError(
        initiator_ ? "InitializeSecurityContext" : "AcceptSecurityContext",
        status);
  }
  has_context_ = true;
  if (const absl::Status ready = ContextExists(); !ready.ok()) return ready;
  if (status == SEC_I_COMPLETE_NEEDED ||
      status == SEC_I_COMPLETE_AND_CONTINUE) {
    const SECURITY_STATUS completed =
        table_->CompleteAuthToken(&context_, &out_desc);
    if (completed != SEC_E_OK) return SspiError("CompleteAuthToken", completed);
  }
  done_ = status == SEC_E_OK || status == SEC_I_COMPLETE_NEEDED;
  output.resize(out.cbBuffer);
  return output;
}

absl::StatusOr<Bytes> SspiContext::Protect(ByteView message, bool encrypt) {
  Bytes signature(kSignature);
  Bytes data(message.begin(), message.end());
  Message buffers(&signature, &data);
  const SECURITY_STATUS status =
      encrypt ? table_->EncryptMessage(&context_, 0, &buffers.desc, sent_++)
              : table_->MakeSignature(&context_, 0, &buffers.desc, sent_++);
  if (status != SEC_E_OK) {
    return SspiError(encrypt ? "EncryptMessage" : "MakeSignature", status);
  }
  if (encrypt) signature.insert(signature.end(), data.begin(), data.end());
  return signature;
}

absl::StatusOr<Bytes> SspiContext::Seal(ByteView message) {
  return Protect(message, true);
}

absl::StatusOr<Bytes> SspiContext::Sign(ByteView message) {
  return Protect(message, false);
}

absl::StatusOr<Bytes> SspiContext::Unseal(ByteView sealed) {
  if (sealed.size() < kSignature) {
    return absl::InvalidArgumentError("no signature");
  }
  Bytes signature(sealed.begin(), sealed.begin() + kSignature);
  Bytes data(sealed.begin() + kSignature, sealed.end());
  Message buffers(&signature, &data);
  ULONG qop = 0;
  const SECURITY_STATUS status =
      table_->DecryptMessage(&context_, &buffers.desc, received_++, &qop);
  if (status != SEC_E_OK) return SspiError("DecryptMessage", status);
  return data;
}

absl::Status SspiContext::Verify(ByteView message, ByteView signature) {
  Bytes token(signature.begin(), signature.end());
  Bytes data(message.begin(), message.end());
  Message buffers(&token, &data);
  ULONG qop = 0;
  const SECURITY_STATUS status =
      table_->VerifySignature(&context_, &buffers.desc, received_++, &qop);
  if (status != SEC_E_OK) return SspiError("VerifySignature", status);
  return absl::OkStatus();
}

std::optional<Bytes> SspiContext::SessionKey() {
  SecPkgContext_SessionKey key = {};
  if (table_->QueryContextAttributesW(&context_, SECPKG_ATTR_SESSION_KEY,
                                      &key) != SEC_E_OK) {
    return std::nullopt;
  }
  Bytes bytes(key.SessionKey, key.SessionKey + key.SessionKeyLength);
  table_->FreeContextBuffer(key.SessionKey);
  return bytes;
}

absl::StatusOr<Name> SspiContext::Initiator() {
  SecPkgContext_NamesW names = {};
  const SECURITY_STATUS status =
      table_->QueryContextAttributesW(&context_, SECPKG_ATTR_NAMES, &names);
  if (status != SEC_E_OK) return SspiError("QueryContextAttributes", status);
  // DOMAIN\user
  const std::u16string text = names.sUserName;
  table_->FreeContextBuffer(names.sUserName);
  const size_t slash = text.find(u'\\');
  if (slash == text.npos) return Name{text, u""};
  return Name{text.substr(slash + 1), text.substr(0, slash)};
}

}  // namespace sspilab::interop

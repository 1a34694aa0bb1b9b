#include "sim/bench/handshake.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"

namespace sspilab::sim {
namespace {

SEC_WCHAR target_name[] = u"cifs/lab.example.test";

absl::Status Unexpected(std::string_view call, SECURITY_STATUS status) {
  return absl::InternalError(
      absl::StrFormat("%s: 0x%08X", call, static_cast<uint32_t>(status)));
}

// Identities have their text as numbers, and not const.
using Units = decltype(SEC_WINNT_AUTH_IDENTITY_W::User);
Units UnitsOf(std::u16string_view text) {
  return reinterpret_cast<Units>(const_cast<char16_t*>(text.data()));
}

SecBuffer TokenBuffer(absl::Span<uint8_t> bytes) {
  return {static_cast<ULONG>(bytes.size()), SECBUFFER_TOKEN, bytes.data()};
}

}  // namespace

BenchIdentity::BenchIdentity() {
  windows.User = UnitsOf(kBenchUser);
  windows.UserLength = kBenchUser.size();
  windows.Domain = UnitsOf(kBenchDomain);
  windows.DomainLength = kBenchDomain.size();
  windows.Password = UnitsOf(kBenchPassword);
  windows.PasswordLength = kBenchPassword.size();
  windows.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
}

absl::Status Handshake::AcquireCredentials() {
  BenchIdentity identity;
  // The call takes its text as if it would change it.
  auto* package = const_cast<SEC_WCHAR*>(package_.data());
  TimeStamp expiry;
  SECURITY_STATUS status = table_.AcquireCredentialsHandleW(
      nullptr, package, SECPKG_CRED_OUTBOUND, nullptr, &identity.windows,
      nullptr, nullptr, &initiator_.credential, &expiry);
  if (status != SEC_E_OK) {
    return Unexpected("AcquireCredentialsHandle(outbound)", status);
  }
  initiator_.has_credential = true;
  status = table_.AcquireCredentialsHandleW(
      nullptr, package, SECPKG_CRED_INBOUND, nullptr, nullptr, nullptr, nullptr,
      &acceptor_.credential, &expiry);
  if (status != SEC_E_OK) {
    return Unexpected("AcquireCredentialsHandle(inbound)", status);
  }
  acceptor_.has_credential = true;
  return absl::OkStatus();
}

SECURITY_STATUS Handshake::Initialize(size_t leg) {
  SecBuffer in = {};
  if (leg > 0) in = TokenBuffer({tokens_[leg - 1].data(), sizes_[leg - 1]});
  SecBuffer out = TokenBuffer(absl::MakeSpan(tokens_[leg]));
  SecBufferDesc input = {SECBUFFER_VERSION, 1, &in};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
  ULONG attributes;
  TimeStamp expiry;
  const SECURITY_STATUS status = table_.InitializeSecurityContextW(
      &initiator_.credential,
      initiator_.has_context ? &initiator_.context : nullptr, target_name,
      requirements_, 0, SECURITY_NATIVE_DREP, leg > 0 ? &input : nullptr, 0,
      &initiator_.context, &output, &attributes, &expiry);
  sizes_[leg] = out.cbBuffer;
  initiator_.has_context |= status >= 0;
  return status;
}

SECURITY_STATUS Handshake::Accept(size_t leg) {
  SecBuffer in = TokenBuffer({tokens_[leg - 1].data(), sizes_[leg - 1]});
  SecBuffer out = TokenBuffer(absl::MakeSpan(tokens_[leg]));
  SecBufferDesc input = {SECBUFFER_VERSION, 1, &in};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
  ULONG attributes;
  TimeStamp expiry;
  const SECURITY_STATUS status = table_.AcceptSecurityContext(
      &acceptor_.credential,
      acceptor_.has_context ? &acceptor_.context : nullptr, &input,
      ASC_REQ_CONFIDENTIALITY, SECURITY_NATIVE_DREP, &acceptor_.context,
      &output, &attributes, &expiry);
  sizes_[leg] = out.cbBuffer;
  acceptor_.has_context |= status >= 0;
  return status == SEC_I_COMPLETE_NEEDED
             ? table_.CompleteAuthToken(&acceptor_.context, &output)
             : status;
}

absl::Status Handshake::Authenticate() {
  bool initiator_done = false;
  bool acceptor_done = false;
  for (size_t leg = 0; !initiator_done || !acceptor_done; ++leg) {
    if (leg == kMaxLegs) return absl::InternalError("too many legs");
    const bool initiators = leg % 2 == 0;
    const SECURITY_STATUS status = initiators ? Initialize(leg) : Accept(leg);
    if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) {
      return Unexpected(
          initiators ? "InitializeSecurityContext" : "AcceptSecurityContext",
          status);
    }
    (initiators ? initiator_done : acceptor_done) = status == SEC_E_OK;
    if (leg == 1 && on_accepting_) {
      const SECURITY_STATUS set_up = on_accepting_(&acceptor_.context);
      if (set_up != SEC_E_OK) {
        return Unexpected("the acceptor's set-up", set_up);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Handshake::Send(End& from, End& to) {
  std::array<uint8_t, kMaxSignature> signature;
  std::array<uint8_t, kMessageSize> data{};
  SecBuffer buffers[] = {TokenBuffer(absl::MakeSpan(signature)),
                         {kMessageSize, SECBUFFER_DATA, data.data()}};
  SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
  SECURITY_STATUS status = table_.EncryptMessage(&from.context, 0, &message, 0);
  if (status != SEC_E_OK) return Unexpected("EncryptMessage", status);
  ULONG qop;
  status = table_.DecryptMessage(&to.context, &message, 0, &qop);
  if (status != SEC_E_OK) return Unexpected("DecryptMessage", status);
  return absl::OkStatus();
}

absl::Status Handshake::ExchangeMessages() {
  const absl::Status status = Send(initiator_, acceptor_);
  return status.ok() ? Send(acceptor_, initiator_) : status;
}

absl::Status Handshake::Sign(End& from, End& to) {
  // NTLM alone, as SPNEGO lists it: SEQUENCE OF OBJECT IDENTIFIER.
  uint8_t list[] = {0x30, 0x0C, 0x06, 0x0A, 0x2B, 0x06, 0x01,
                    0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A};
  std::array<uint8_t, 16> signature;
  SecBuffer buffers[] = {{sizeof(list), SECBUFFER_DATA, list},
                         TokenBuffer(absl::MakeSpan(signature))};
  SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
  SECURITY_STATUS status = table_.MakeSignature(&from.context, 0, &message, 0);
  if (status != SEC_E_OK) return Unexpected("MakeSignature", status);
  ULONG qop;
  status = table_.VerifySignature(&to.context, &message, 0, &qop);
  if (status != SEC_E_OK) return Unexpected("VerifySignature", status);
  return absl::OkStatus();
}

absl::Status Handshake::ExchangeSignatures() {
  const absl::Status status = Sign(initiator_, acceptor_);
  return status.ok() ? Sign(acceptor_, initiator_) : status;
}

absl::Status Handshake::DeleteContexts() {
  for (End* end : {&initiator_, &acceptor_}) {
    if (!std::exchange(end->has_context, false)) continue;
    const SECURITY_STATUS status = table_.DeleteSecurityContext(&end->context);
    if (status != SEC_E_OK) return Unexpected("DeleteSecurityContext", status);
  }
  return absl::OkStatus();
}

absl::Status Handshake::FreeCredentials() {
  for (End* end : {&initiator_, &acceptor_}) {
    if (!std::exchange(end->has_credential, false)) continue;
    const SECURITY_STATUS status =
        table_.FreeCredentialsHandle(&end->credential);
    if (status != SEC_E_OK) return Unexpected("FreeCredentialsHandle", status);
  }
  return absl::OkStatus();
}

void Handshake::Close() {
  // After an error there may be something open, and nobody to tell of another.
  static_cast<void>(DeleteContexts());
  static_cast<void>(FreeCredentials());
}

}  // namespace sspilab::sim

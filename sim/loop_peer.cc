#include "sim/loop_peer.h"

#include <utility>

#include "sim/auth_data.h"
#include "sim/stream_message.h"

namespace sspilab::sim {
namespace {

// By what name a client asks for the server, where the package wants another
// one than an SPN.
std::u16string TargetFor(const std::u16string& package) {
  constexpr std::u16string_view kServer = u"server.example.test";
  const std::u16string_view prefix = package == SCHANNEL_NAME_W ? u""
                                     : package == CREDSSP_NAME  ? u"TERMSRV/"
                                                                : u"host/";
  return std::u16string(prefix).append(kServer);
}

}  // namespace

LoopPeer::LoopPeer(const LoopUnderTest& loop, World* world)
    : is_client_(loop.side == Side::kServer),
      world_(world),
      package_(loop.package),
      target_(TargetFor(loop.package)),
      requirements_(loop.peer_requirements),
      message_(loop.peer_message),
      renegotiates_(loop.peer_renegotiates) {
  ScopedWorld bind(world_);
  AuthData auth_data(package_, nullptr, {}, world_->certificates().Default());
  TimeStamp expiry = {};
  has_credential_ =
      table_->AcquireCredentialsHandleW(
          nullptr, package_.data(),
          is_client_ ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND, nullptr,
          auth_data.get(), nullptr, nullptr, &credential_, &expiry) >= 0;
  if (has_credential_ && is_client_) {
    Leg();
  }
}

LoopPeer::~LoopPeer() {
  if (has_context_) {
    table_->DeleteSecurityContext(&context_);
  }
  if (has_credential_) {
    table_->FreeCredentialsHandle(&credential_);
  }
}

void LoopPeer::Take(absl::Span<const uint8_t> bytes) {
  if (failed_ || done_ || !has_credential_) {
    return;
  }
  input_.insert(input_.end(), bytes.begin(), bytes.end());
  while (!input_.empty() && Leg()) {
  }
}

std::vector<std::vector<uint8_t>> LoopPeer::TakeMessages() {
  return std::exchange(messages_, {});
}

bool LoopPeer::Leg() {
  std::vector<uint8_t> room(size_t{1} << 17);
  SecBuffer token = {static_cast<ULONG>(room.size()), SECBUFFER_TOKEN,
                     room.data()};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &token};
  SecBuffer in[] = {
      {static_cast<ULONG>(input_.size()), SECBUFFER_TOKEN, input_.data()},
      {0, SECBUFFER_EMPTY, nullptr}};
  SecBufferDesc input = {SECBUFFER_VERSION, 2, in};
  CtxtHandle* const old = has_context_ ? &context_ : nullptr;
  ULONG attributes = 0;
  TimeStamp expiry = {};
  const SECURITY_STATUS status =
      is_client_
          ? table_->InitializeSecurityContextW(
                &credential_, old, target_.data(), requirements_, 0,
                SECURITY_NATIVE_DREP, input_.empty() ? nullptr : &input, 0,
                &context_, &output, &attributes, &expiry)
          : table_->AcceptSecurityContext(
                &credential_, old, &input, requirements_, SECURITY_NATIVE_DREP,
                &context_, &output, &attributes, &expiry);
  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    return false;
  }
  if (status < 0) {
    failed_ = true;
    return false;
  }
  has_context_ = true;
  if (status == SEC_I_INCOMPLETE_CREDENTIALS) {
    return true;  // The same again, without a certificate.
  }
  if (token.cbBuffer > 0) {
    room.resize(token.cbBuffer);
    messages_.push_back(std::move(room));
  }
  const size_t left = in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;
  input_.erase(input_.begin(), input_.end() - static_cast<ptrdiff_t>(left));
  if (status != SEC_E_OK) {
    return true;
  }
  done_ = true;
  stream_ = (attributes & (is_client_ ? ISC_RET_STREAM : ASC_RET_STREAM)) != 0;
  GoOn();
  return !done_;
}

void LoopPeer::GoOn() {
  if (std::exchange(renegotiates_, false)) {
    done_ = false;
    input_.clear();
    Leg();  // A HelloRequest comes out.
  } else if (stream_ && !message_.empty()) {
    SendMessage();
  }
}

void LoopPeer::SendMessage() {
  SecPkgContext_StreamSizes sizes = {};
  std::vector<uint8_t> bytes;
  if (table_->QueryContextAttributesW(&context_, SECPKG_ATTR_STREAM_SIZES,
                                      &sizes) != SEC_E_OK ||
      ProtectStream(*table_, &context_, sizes, message_, &bytes) != SEC_E_OK) {
    failed_ = true;
    return;
  }
  // Behind its last token, as one send of a program's buffer has it.
  if (messages_.empty()) {
    messages_.emplace_back();
  }
  messages_.back().insert(messages_.back().end(), bytes.begin(), bytes.end());
}

}  // namespace sspilab::sim

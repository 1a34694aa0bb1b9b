#include "sim/swarm/stream_end.h"

#include <algorithm>
#include <utility>

#include "sim/stream_message.h"

namespace sspilab::sim {
namespace {

bool NeedsCompletion(SECURITY_STATUS status) {
  return status == SEC_I_COMPLETE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

}  // namespace

StreamEnd::StreamEnd(SecurityFunctionTableW* table, World* world,
                     std::u16string package, bool initiates, ULONG requirements,
                     std::u16string target)
    : table_(*table),
      world_(world),
      package_(std::move(package)),
      initiates_(initiates),
      requirements_(requirements & ~(initiates ? ISC_REQ_ALLOCATE_MEMORY
                                               : ASC_REQ_ALLOCATE_MEMORY)),
      target_(std::move(target)),
      room_(kRoom) {}

StreamEnd::~StreamEnd() {
  Hang();
  if (has_credential_) {
    table_.FreeCredentialsHandle(&credential_);
  }
}

SECURITY_STATUS StreamEnd::Acquire(const Identity* identity,
                                   const TlsOptions& tls,
                                   const OwnedCertificate* certificate) {
  AuthData auth_data(package_, identity, tls, certificate);
  TimeStamp expiry = {};
  const SECURITY_STATUS status =
      AcquireIn({&table_, world_}, package_,
                initiates_ ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND,
                auth_data.get(), &credential_, &expiry);
  has_credential_ = status >= 0;
  return status;
}

bool StreamEnd::Advance() {
  if (over_ || !has_credential_) {
    return false;
  }
  const bool speaks_first = !has_context_ && initiates_;
  if (!speaks_first && inbox.size() <= too_little_) {
    return false;
  }
  if (leg_due_) {
    Leg(!speaks_first);
  } else {
    Open();
  }
  return true;
}

SECURITY_STATUS StreamEnd::Leg(bool with_input, size_t room) {
  std::vector<uint8_t> in;
  if (with_input) {
    in = inbox;
  }
  SecBuffer buffers[] = {
      {static_cast<ULONG>(in.size()), SECBUFFER_TOKEN, in.data()},
      {0, SECBUFFER_EMPTY, nullptr}};
  SecBufferDesc input = {SECBUFFER_VERSION, 2, buffers};
  const bool allocated = room == kAllocated;
  const ULONG type =
      room == 0 ? SECBUFFER_TOKEN | SECBUFFER_READONLY : SECBUFFER_TOKEN;
  SecBuffer token = {allocated ? 0 : static_cast<ULONG>(room), type,
                     allocated ? nullptr : room_.data()};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &token};
  CtxtHandle* const old = has_context_ ? &context_ : nullptr;
  SecBufferDesc* const given = with_input ? &input : nullptr;
  const ULONG requirements =
      requirements_ | (!allocated   ? 0
                       : initiates_ ? ISC_REQ_ALLOCATE_MEMORY
                                    : ASC_REQ_ALLOCATE_MEMORY);
  ULONG attributes = 0;
  TimeStamp expiry = {};
  const SECURITY_STATUS status =
      initiates_
          ? table_.InitializeSecurityContextW(
                &credential_, old, const_cast<SEC_WCHAR*>(target_.c_str()),
                requirements, 0, SECURITY_NATIVE_DREP, given, 0, &context_,
                &output, &attributes, &expiry)
          : table_.AcceptSecurityContext(&credential_, old, given, requirements,
                                         SECURITY_NATIVE_DREP, &context_,
                                         &output, &attributes, &expiry);
  too_little_ = 0;
  wants_credentials_ = status == SEC_I_INCOMPLETE_CREDENTIALS;
  switch (status) {
    case SEC_E_INCOMPLETE_MESSAGE:
      too_little_ = inbox.size();
      return status;
    case SEC_E_BUFFER_TOO_SMALL:
      return status;
    case SEC_I_INCOMPLETE_CREDENTIALS:
      return status;  // The same leg again, without a certificate.
    default:
      break;
  }
  const ULONG tells =
      initiates_ ? ISC_RET_EXTENDED_ERROR : ASC_RET_EXTENDED_ERROR;
  if (status >= 0 || (attributes & tells) != 0) {
    has_context_ = has_context_ || status >= 0;
    if (NeedsCompletion(status)) {
      Complete(&output);
    }
    const auto* bytes = static_cast<const uint8_t*>(token.pvBuffer);
    if (bytes != nullptr) {
      outbox.insert(outbox.end(), bytes, bytes + token.cbBuffer);
    }
  }
  if (allocated && token.pvBuffer != nullptr) {
    table_.FreeContextBuffer(token.pvBuffer);
  }
  over_ = status < 0 || status == SEC_I_CONTEXT_EXPIRED;
  Take(buffers[1], with_input);
  leg_due_ = status != SEC_E_OK && status != SEC_I_COMPLETE_NEEDED;
  established_ = !over_ && (established_ || !leg_due_);
  return status;
}

// First another token, which must change nothing.
void StreamEnd::Complete(SecBufferDesc* token) {
  uint8_t byte = 0;
  SecBuffer another = {sizeof(byte), SECBUFFER_TOKEN, &byte};
  SecBufferDesc wrong = {SECBUFFER_VERSION, 1, &another};
  table_.CompleteAuthToken(&context_, &wrong);
  table_.CompleteAuthToken(&context_, token);
}

void StreamEnd::Take(const SecBuffer& second, bool with_input) {
  if (!with_input) {
    return;
  }
  const size_t extra = second.BufferType == SECBUFFER_EXTRA
                           ? std::min<size_t>(second.cbBuffer, inbox.size())
                           : 0;
  inbox.erase(inbox.begin(), inbox.end() - static_cast<ptrdiff_t>(extra));
}

SECURITY_STATUS StreamEnd::Open() {
  std::vector<uint8_t> copy = inbox;
  const StreamRead read =
      UnprotectStream(table_, &context_, absl::MakeSpan(copy));
  too_little_ = 0;
  switch (read.status) {
    case SEC_E_OK:
      data.insert(data.end(), read.data.begin(), read.data.end());
      break;
    case SEC_I_RENEGOTIATE:
      leg_due_ = true;
      return read.status;
    case SEC_E_INCOMPLETE_MESSAGE:
      too_little_ = inbox.size();
      return read.status;
    default:
      over_ = true;
      break;
  }
  inbox.erase(inbox.begin(),
              inbox.end() - static_cast<ptrdiff_t>(
                                std::min<size_t>(read.extra, inbox.size())));
  return read.status;
}

SECURITY_STATUS StreamEnd::Seal(absl::Span<const uint8_t> text) {
  SecPkgContext_StreamSizes sizes = {};
  SECURITY_STATUS status = table_.QueryContextAttributesW(
      &context_, SECPKG_ATTR_STREAM_SIZES, &sizes);
  if (status != SEC_E_OK) {
    return status;
  }
  std::vector<uint8_t> message;
  status = ProtectStream(
      table_, &context_, sizes,
      {reinterpret_cast<const char*>(text.data()), text.size()}, &message);
  if (status == SEC_E_OK) {
    outbox.insert(outbox.end(), message.begin(), message.end());
  }
  return status;
}

SECURITY_STATUS StreamEnd::Control(std::vector<uint32_t> words) {
  SecBuffer token = {static_cast<ULONG>(words.size() * sizeof(words[0])),
                     SECBUFFER_TOKEN, words.data()};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 1, &token};
  return table_.ApplyControlToken(&context_, &descriptor);
}

void StreamEnd::Hang() {
  if (has_context_) {
    table_.DeleteSecurityContext(&context_);
  }
  has_context_ = false;
  context_ = {};
  established_ = false;
  over_ = false;
  wants_credentials_ = false;
  leg_due_ = true;
  too_little_ = 0;
  inbox.clear();
  outbox.clear();
  data.clear();
}

}  // namespace sspilab::sim

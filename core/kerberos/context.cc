#include "core/kerberos/context.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "core/kerberos/attributes.h"
#include "core/kerberos/export.h"
#include "core/kerberos/gss.h"

namespace sspilab::kerberos {
namespace {

using Segments = absl::InlinedVector<absl::Span<uint8_t>, 4>;

// The buffers that a message is in, in their order. Windows leaves those that
// are marked SECBUFFER_READONLY alone; a Wrap token cannot have any that are
// checked and not encrypted.
Segments SegmentsOf(const BufferList& message) {
  Segments segments;
  for (const SecBuffer& buffer : message.buffers()) {
    if (TypeOf(buffer) != SECBUFFER_DATA ||
        (buffer.BufferType & SECBUFFER_READONLY) != 0) {
      continue;
    }
    segments.push_back(BytesOf(buffer));
  }
  return segments;
}

bool HasCheckedOnly(const BufferList& message) {
  return std::any_of(
      message.buffers().begin(), message.buffers().end(),
      [](const SecBuffer& buffer) {
        return TypeOf(buffer) == SECBUFFER_DATA &&
               (buffer.BufferType & SECBUFFER_READONLY_WITH_CHECKSUM) != 0;
      });
}

size_t TotalSize(const Segments& segments) {
  size_t size = 0;
  for (const absl::Span<uint8_t> segment : segments) size += segment.size();
  return size;
}

// What is in the segments, one after the other, and back.
void Gather(const Segments& segments, absl::Span<uint8_t> out) {
  for (const absl::Span<uint8_t> segment : segments) {
    std::copy(segment.begin(), segment.end(), out.begin());
    out.remove_prefix(segment.size());
  }
}
void Scatter(absl::Span<const uint8_t> bytes, const Segments& segments) {
  for (const absl::Span<uint8_t> segment : segments) {
    std::copy_n(bytes.begin(), segment.size(), segment.begin());
    bytes.remove_prefix(segment.size());
  }
}

absl::InlinedVector<absl::Span<const uint8_t>, 4> AsParts(
    const Segments& segments) {
  return {segments.begin(), segments.end()};
}

// The flags and what they are called at each end.
struct Grant {
  uint32_t flag;
  uint32_t initiator;
  uint32_t acceptor;
};
constexpr Grant kGrants[] = {
    {gss_flag::kDelegation, ISC_RET_DELEGATE, ASC_RET_DELEGATE},
    {gss_flag::kMutual, ISC_RET_MUTUAL_AUTH, ASC_RET_MUTUAL_AUTH},
    {gss_flag::kReplay, ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT},
    {gss_flag::kSequence, ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
    {gss_flag::kConfidentiality, ISC_RET_CONFIDENTIALITY,
     ASC_RET_CONFIDENTIALITY},
    {gss_flag::kIntegrity, ISC_RET_INTEGRITY, ASC_RET_INTEGRITY},
    {gss_flag::kDceStyle, ISC_RET_USED_DCE_STYLE, ASC_RET_USED_DCE_STYLE},
    {gss_flag::kIdentify, ISC_RET_IDENTIFY, ASC_RET_IDENTIFY},
};

}  // namespace

uint32_t GrantedAttributes(Role role, uint32_t flags, bool user_to_user) {
  static_assert(ISC_RET_USE_SESSION_KEY == ASC_RET_USE_SESSION_KEY);
  uint32_t granted = user_to_user ? ISC_RET_USE_SESSION_KEY : 0;
  for (const Grant& row : kGrants) {
    if ((flags & row.flag) != 0) {
      granted |= role == Role::kInitiator ? row.initiator : row.acceptor;
    }
  }
  return granted;
}

void KerberosContext::Agree(Agreement agreement,
                            const MessageProtection& protection) {
  agreement_ = std::move(agreement);
  protection_ = protection;
}

SECURITY_STATUS KerberosContext::QueryAttribute(ULONG attribute,
                                                AttributeWriter& out) const {
  return kerberos::QueryAttribute(*this, attribute, out);
}

SECURITY_STATUS KerberosContext::PeerIdentity(std::u16string* name) const {
  if (role() != Role::kAcceptor || !established_) return SEC_E_NO_IMPERSONATION;
  *name = names().client;
  return SEC_E_OK;
}

SECURITY_STATUS KerberosContext::Export(bool fresh,
                                        absl::Span<uint8_t>* packed) const {
  if (!established_) return SEC_E_INVALID_HANDLE;
  return ExportContext(*this, fresh, packed);
}

SECURITY_STATUS KerberosContext::StatusOf(OpenResult result) const {
  switch (result) {
    case OpenResult::kOk:
      return SEC_E_OK;
    case OpenResult::kMalformed:
      return SEC_E_INVALID_TOKEN;
    case OpenResult::kAltered:
      return SEC_E_MESSAGE_ALTERED;
    case OpenResult::kOutOfSequence:
      return SEC_E_OUT_OF_SEQUENCE;
  }
  return SEC_E_INTERNAL_ERROR;
}

SECURITY_STATUS KerberosContext::CheckUsable(uint32_t flag) const {
  if (!established_) return SEC_E_INVALID_HANDLE;
  if ((agreement_.flags & flag) == 0) return SEC_E_UNSUPPORTED_FUNCTION;
  const uint64_t now = world().now();
  return now < ToFileTime(agreement_.endtime) ? SEC_E_OK
                                              : SEC_E_CONTEXT_EXPIRED;
}

SECURITY_STATUS KerberosContext::MakeSignature(ULONG qop,
                                               const BufferList& message,
                                               ULONG /*sequence*/) {
  if (qop != 0) return SEC_E_QOP_NOT_SUPPORTED;
  const SECURITY_STATUS usable = CheckUsable(gss_flag::kIntegrity);
  if (usable != SEC_E_OK) return usable;
  SecBuffer* const token = message.Find(SECBUFFER_TOKEN);
  if (token == nullptr || IsReadOnly(*token) || token->pvBuffer == nullptr) {
    return SEC_E_INVALID_TOKEN;
  }
  const size_t size = protection_->mic_size();
  if (token->cbBuffer < size) return SEC_E_BUFFER_TOO_SMALL;
  protection_->Sign(AsParts(SegmentsOf(message)), BytesOf(*token).first(size));
  token->cbBuffer = static_cast<ULONG>(size);
  return SEC_E_OK;
}

SECURITY_STATUS KerberosContext::VerifySignature(const BufferList& message,
                                                 ULONG /*sequence*/,
                                                 ULONG* /*qop*/) {
  const SECURITY_STATUS usable = CheckUsable(gss_flag::kIntegrity);
  if (usable != SEC_E_OK) return usable;
  const SecBuffer* const token = message.Find(SECBUFFER_TOKEN);
  if (token == nullptr) return SEC_E_INVALID_TOKEN;
  return StatusOf(
      protection_->Verify(AsParts(SegmentsOf(message)), BytesOf(*token)));
}

SECURITY_STATUS KerberosContext::Encrypt(ULONG qop, const BufferList& message,
                                         ULONG /*sequence*/) {
  if (qop != 0 && qop != SECQOP_WRAP_NO_ENCRYPT) return SEC_E_QOP_NOT_SUPPORTED;
  const bool encrypt = qop == 0;
  const SECURITY_STATUS usable =
      CheckUsable(encrypt ? gss_flag::kConfidentiality : gss_flag::kIntegrity);
  return usable == SEC_E_OK ? WrapInto(encrypt, message) : usable;
}

// The token and the data are worked on in one piece, and one in the caller's
// own memory where they stand together there.
SECURITY_STATUS KerberosContext::WrapInto(bool encrypt,
                                          const BufferList& message) {
  SecBuffer* const token = message.Find(SECBUFFER_TOKEN);
  if (token == nullptr || IsReadOnly(*token) || token->pvBuffer == nullptr) {
    return SEC_E_INVALID_TOKEN;
  }
  if (HasCheckedOnly(message)) return SEC_E_UNSUPPORTED_FUNCTION;
  const Segments segments = SegmentsOf(message);
  const size_t size = TotalSize(segments);
  const size_t room = protection_->wrap_size(encrypt, size);
  if (token->cbBuffer < room) return SEC_E_BUFFER_TOO_SMALL;
  // RC4 has padding without DCE style; AES never has.
  const size_t padded = protection_->padding_size();
  SecBuffer* const padding = message.Find(SECBUFFER_PADDING);
  if (padded != 0) {
    if (padding == nullptr || IsReadOnly(*padding) ||
        padding->pvBuffer == nullptr) {
      return SEC_E_INVALID_TOKEN;
    }
    if (padding->cbBuffer < padded) return SEC_E_BUFFER_TOO_SMALL;
  }
  BudgetBytes whole;
  if (!whole.Allocate(world().memory(), room + size + padded)) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  Gather(segments, whole.span().subspan(room));
  protection_->Wrap(encrypt, *entropy_, size, whole.span());
  std::copy_n(whole.span().begin(), room, BytesOf(*token).begin());
  token->cbBuffer = static_cast<ULONG>(room);
  Scatter(whole.span().subspan(room), segments);
  if (padding != nullptr) {
    std::copy_n(whole.span().end() - static_cast<std::ptrdiff_t>(padded),
                padded, BytesOf(*padding).begin());
    padding->cbBuffer = static_cast<ULONG>(padded);
  }
  return SEC_E_OK;
}

// A token as our own Encrypt gives it, with the message in buffers of its size;
// or a whole one in a STREAM buffer, as GSS-API's peers send it, in which the
// message is found.
SECURITY_STATUS KerberosContext::Decrypt(const BufferList& message,
                                         ULONG /*sequence*/, ULONG* qop) {
  const SECURITY_STATUS usable = CheckUsable(gss_flag::kIntegrity);
  if (usable != SEC_E_OK) return usable;
  const auto open = [&](absl::Span<uint8_t> whole) {
    const OpenedToken opened = protection_->Unwrap(whole);
    if (opened.result == OpenResult::kOk && qop != nullptr) {
      *qop = opened.encrypted ? 0 : SECQOP_WRAP_NO_ENCRYPT;
    }
    return opened;
  };
  if (const SecBuffer* const stream = message.Find(SECBUFFER_STREAM);
      stream != nullptr) {
    SecBuffer* const data = message.Find(SECBUFFER_DATA);
    if (data == nullptr || IsReadOnly(*stream)) return SEC_E_INVALID_TOKEN;
    const OpenedToken opened = open(BytesOf(*stream));
    if (opened.result != OpenResult::kOk) return StatusOf(opened.result);
    data->pvBuffer = opened.message.data();
    data->cbBuffer = static_cast<ULONG>(opened.message.size());
    return SEC_E_OK;
  }
  const SecBuffer* const token = message.Find(SECBUFFER_TOKEN);
  if (token == nullptr) return SEC_E_INVALID_TOKEN;
  if (HasCheckedOnly(message)) return SEC_E_UNSUPPORTED_FUNCTION;
  const absl::Span<const uint8_t> header = BytesOf(*token);
  const Segments segments = SegmentsOf(message);
  const size_t size = TotalSize(segments);
  absl::Span<const uint8_t> behind;
  if (protection_->padding_size() != 0) {
    const SecBuffer* const padding = message.Find(SECBUFFER_PADDING);
    if (padding == nullptr) return SEC_E_INVALID_TOKEN;
    behind = BytesOf(*padding);
  }
  BudgetBytes whole;
  if (!whole.Allocate(world().memory(), header.size() + size + behind.size())) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  std::copy(header.begin(), header.end(), whole.span().begin());
  Gather(segments, whole.span().subspan(header.size()));
  std::copy(behind.begin(), behind.end(),
            whole.span().last(behind.size()).begin());
  const OpenedToken opened = open(whole.span());
  if (opened.result != OpenResult::kOk) return StatusOf(opened.result);
  if (opened.message.size() != size) return SEC_E_INVALID_TOKEN;
  Scatter(opened.message, segments);
  return SEC_E_OK;
}

}  // namespace sspilab::kerberos

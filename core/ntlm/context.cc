#include "core/ntlm/context.h"

#include <cstring>

#include "absl/container/inlined_vector.h"
#include "core/crypto/bytes.h"
#include "core/ntlm/attributes.h"
#include "core/ntlm/export.h"
#include "core/ntlm/names.h"
#include "core/ntlm/negotiate_flags.h"

namespace sspilab::ntlm {
namespace {

using Segments = absl::InlinedVector<Segment, 4>;

// The buffers that a signature is over, in their order. Those marked
// SECBUFFER_READONLY are neither signed nor encrypted, those marked
// ..._WITH_CHECKSUM are signed only.
Segments SegmentsOf(const BufferList& message) {
  Segments segments;
  for (const SecBuffer& buffer : message.buffers()) {
    if (TypeOf(buffer) != SECBUFFER_DATA ||
        (buffer.BufferType & SECBUFFER_READONLY) != 0) {
      continue;
    }
    segments.push_back({BytesOf(buffer), /*encrypt=*/!IsReadOnly(buffer)});
  }
  return segments;
}

SECURITY_STATUS StatusOf(VerifyResult result, const World& world) {
  if (world.options().verification == Verification::kPermissive) {
    return SEC_E_OK;
  }
  switch (result) {
    case VerifyResult::kOk:
      return SEC_E_OK;
    case VerifyResult::kAltered:
      return SEC_E_MESSAGE_ALTERED;
    case VerifyResult::kOutOfSequence:
      return SEC_E_OUT_OF_SEQUENCE;
  }
  return SEC_E_INTERNAL_ERROR;
}

}  // namespace

NtlmContext::~NtlmContext() {
  crypto::Wipe(absl::MakeSpan(agreement_.session_key));
}

void NtlmContext::Agree(const Agreement& agreement, const Parties& parties,
                        uint8_t peer_revision) {
  agreement_ = agreement;
  parties_ = parties;
  protection_.emplace(agreement.session_key, agreement.flags, role(),
                      peer_revision);
}

void NtlmContext::Agree(const Agreement& agreement, const Parties& parties,
                        const MessageProtection& protection) {
  agreement_ = agreement;
  parties_ = parties;
  protection_ = protection;
}

SECURITY_STATUS NtlmContext::QueryAttribute(ULONG attribute,
                                            AttributeWriter& out) const {
  return ntlm::QueryAttribute(*this, attribute, out);
}

SECURITY_STATUS NtlmContext::PeerIdentity(std::u16string* name) const {
  if (role() != Role::kAcceptor || !established_) return SEC_E_NO_IMPERSONATION;
  *name = QualifiedName(parties_.domain, parties_.user);
  return SEC_E_OK;
}

SECURITY_STATUS NtlmContext::Export(bool fresh,
                                    absl::Span<uint8_t>* packed) const {
  if (!established_) return SEC_E_INVALID_HANDLE;
  return ExportContext(*this, fresh, packed);
}

// `protect(segments)` makes the signature, which goes into the TOKEN buffer.
template <typename Protect>
SECURITY_STATUS NtlmContext::Outgoing(const BufferList& message,
                                      Protect protect) {
  if (!established_) return SEC_E_INVALID_HANDLE;
  SecBuffer* token = message.Find(SECBUFFER_TOKEN);
  if (token == nullptr || IsReadOnly(*token) || token->pvBuffer == nullptr) {
    return SEC_E_INVALID_TOKEN;
  }
  if (token->cbBuffer < MessageProtection::kSignatureSize) {
    return SEC_E_BUFFER_TOO_SMALL;
  }
  const MessageProtection::Signature signature = protect(SegmentsOf(message));
  std::memcpy(token->pvBuffer, signature.data(), signature.size());
  token->cbBuffer = static_cast<ULONG>(signature.size());
  return SEC_E_OK;
}

// `open(segments, signature)` judges the signature, which comes from the TOKEN
// buffer, or stands before the data in a STREAM buffer; the data then go to the
// first DATA buffer, as a view of the stream. There is only one quality of
// protection: Windows does not write it to the caller's *pfQOP.
template <typename Open>
SECURITY_STATUS NtlmContext::Incoming(const BufferList& message, bool encrypted,
                                      Open open) {
  if (!established_) return SEC_E_INVALID_HANDLE;
  constexpr size_t kSignatureSize = MessageProtection::kSignatureSize;
  const SecBuffer* stream = message.Find(SECBUFFER_STREAM);
  const SecBuffer* token =
      stream != nullptr ? stream : message.Find(SECBUFFER_TOKEN);
  if (token == nullptr || token->pvBuffer == nullptr ||
      token->cbBuffer < kSignatureSize) {
    return SEC_E_INVALID_TOKEN;
  }
  const absl::Span<const uint8_t> signature =
      BytesOf(*token).first(kSignatureSize);
  if (stream == nullptr) {
    return StatusOf(open(SegmentsOf(message), signature), world());
  }
  SecBuffer* data = message.Find(SECBUFFER_DATA);
  if (data == nullptr || IsReadOnly(*stream)) return SEC_E_INVALID_TOKEN;
  const absl::Span<uint8_t> rest = BytesOf(*stream).subspan(kSignatureSize);
  const SECURITY_STATUS status =
      StatusOf(open(Segments{{rest, encrypted}}, signature), world());
  if (status != SEC_E_OK) return status;
  data->pvBuffer = rest.data();
  data->cbBuffer = static_cast<ULONG>(rest.size());
  return SEC_E_OK;
}

SECURITY_STATUS NtlmContext::MakeSignature(ULONG qop, const BufferList& message,
                                           ULONG sequence) {
  if (qop != 0) return SEC_E_QOP_NOT_SUPPORTED;
  return Outgoing(message, [&](const Segments& segments) {
    return protection_->Sign(segments, sequence);
  });
}

SECURITY_STATUS NtlmContext::VerifySignature(const BufferList& message,
                                             ULONG sequence, ULONG* /*qop*/) {
  return Incoming(
      message, /*encrypted=*/false,
      [&](const Segments& segments, absl::Span<const uint8_t> signature) {
        return protection_->Verify(segments, signature, sequence);
      });
}

SECURITY_STATUS NtlmContext::Encrypt(ULONG qop, const BufferList& message,
                                     ULONG sequence) {
  if (qop == SECQOP_WRAP_NO_ENCRYPT) return MakeSignature(0, message, sequence);
  if (qop != 0) return SEC_E_QOP_NOT_SUPPORTED;
  if (established_ && (agreement_.flags & kNegotiateSeal) == 0) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  return Outgoing(message, [&](const Segments& segments) {
    return protection_->Seal(segments, sequence);
  });
}

SECURITY_STATUS NtlmContext::Decrypt(const BufferList& message, ULONG sequence,
                                     ULONG* /*qop*/) {
  if (established_ && (agreement_.flags & kNegotiateSeal) == 0) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  return Incoming(
      message, /*encrypted=*/true,
      [&](const Segments& segments, absl::Span<const uint8_t> signature) {
        return protection_->Unseal(segments, signature, sequence);
      });
}

}  // namespace sspilab::ntlm

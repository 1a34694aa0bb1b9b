#include "core/credssp/secure_channel.h"

#include <algorithm>
#include <utility>

#include "core/context_buffer.h"
#include "core/schannel/package.h"

namespace sspilab::credssp {

SECURITY_STATUS SecureChannel::Open(Role role, Credential& credential) {
  return schannel::SchannelPackage().NewContext(
      role, CredentialTable::Pin::Borrow(&credential), &context_);
}

SECURITY_STATUS SecureChannel::Handshake(const absl::Span<uint8_t>* record,
                                         const InnerLeg::Arguments& arguments,
                                         Flight* flight) {
  InnerLeg leg(world_);
  const SECURITY_STATUS status = leg.Advance(*context_, record, arguments);
  attributes_ = leg.attributes();
  expiry_ = leg.expiry();
  leg_expected_ = status == SEC_I_CONTINUE_NEEDED;
  // An alert, where it failed.
  if (!flight->Append(leg.output())) return SEC_E_INSUFFICIENT_MEMORY;
  return status;
}

SECURITY_STATUS SecureChannel::Receive(absl::Span<uint8_t> record,
                                       const InnerLeg::Arguments& arguments,
                                       Flight* flight,
                                       absl::Span<uint8_t>* data) {
  *data = {};
  if (leg_expected_) return Handshake(&record, arguments, flight);
  SecBuffer buffers[4] = {
      {static_cast<ULONG>(record.size()), SECBUFFER_DATA, record.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 4, buffers};
  BufferList message;
  if (!BufferList::View(&descriptor, &message)) return SEC_E_INTERNAL_ERROR;
  const SECURITY_STATUS status = context_->Decrypt(message, 0, nullptr);
  // A session ticket, a key update, another handshake: TLS is to see it again.
  if (status == SEC_I_RENEGOTIATE) {
    return Handshake(&record, arguments, flight);
  }
  if (status == SEC_E_OK) {
    const SecBuffer* plaintext = message.Find(SECBUFFER_DATA);
    if (plaintext != nullptr) *data = BytesOf(*plaintext);
  }
  return status;
}

SECURITY_STATUS SecureChannel::Send(absl::Span<const uint8_t> message,
                                    Flight* flight) {
  SecPkgContext_StreamSizes sizes;
  AttributeWriter writer(world_, CharSet::kWide, &sizes, sizeof(sizes));
  const SECURITY_STATUS queried =
      context_->QueryAttribute(SECPKG_ATTR_STREAM_SIZES, writer);
  if (queried != SEC_E_OK) return queried;
  while (!message.empty()) {
    const absl::Span<const uint8_t> part =
        message.first(std::min<size_t>(message.size(), sizes.cbMaximumMessage));
    message.remove_prefix(part.size());
    absl::Span<uint8_t> record;
    if (!flight->Extend(sizes.cbHeader + part.size() + sizes.cbTrailer,
                        &record)) {
      return SEC_E_INSUFFICIENT_MEMORY;
    }
    const absl::Span<uint8_t> body =
        record.subspan(sizes.cbHeader, part.size());
    std::copy(part.begin(), part.end(), body.begin());
    SecBuffer buffers[4] = {
        {sizes.cbHeader, SECBUFFER_STREAM_HEADER, record.data()},
        {static_cast<ULONG>(body.size()), SECBUFFER_DATA, body.data()},
        {sizes.cbTrailer, SECBUFFER_STREAM_TRAILER,
         record.subspan(sizes.cbHeader + body.size()).data()},
        {0, SECBUFFER_EMPTY, nullptr}};
    SecBufferDesc descriptor = {SECBUFFER_VERSION, 4, buffers};
    BufferList list;
    if (!BufferList::View(&descriptor, &list)) return SEC_E_INTERNAL_ERROR;
    const SECURITY_STATUS status = context_->Encrypt(0, list, 0);
    if (status != SEC_E_OK) {
      // What is not sealed must not go out, and its header was never written.
      flight->Shrink(record.size());
      return status;
    }
    // The trailer may need less than it may need at most.
    flight->Shrink(sizes.cbTrailer - buffers[2].cbBuffer);
  }
  return SEC_E_OK;
}

SECURITY_STATUS QueryCertificate(const Context& schannel, ULONG attribute,
                                 BudgetBytes* certificate) {
  PCCERT_CONTEXT context = nullptr;
  AttributeWriter writer(schannel.world(), CharSet::kWide, &context,
                         sizeof(context));
  const SECURITY_STATUS status = schannel.QueryAttribute(attribute, writer);
  if (status != SEC_E_OK) return status;
  const bool kept = certificate->Assign(
      schannel.world().memory(),
      absl::MakeConstSpan(context->pbCertEncoded, context->cbCertEncoded));
  // It is known to be such memory.
  (void)FreeContextBufferMemory(const_cast<CERT_CONTEXT*>(context));
  return kept ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

}  // namespace sspilab::credssp

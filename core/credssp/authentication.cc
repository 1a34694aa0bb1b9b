#include "core/credssp/authentication.h"

#include <algorithm>

#include "core/negotiate/package.h"

namespace sspilab::credssp {

SECURITY_STATUS Authentication::Open(Role role, Credential& credential) {
  done_ = false;
  attributes_ = 0;
  sent_ = 0;
  received_ = 0;
  return negotiate::NegotiatePackage().NewContext(
      role, CredentialTable::Pin::Borrow(&credential), &context_);
}

SECURITY_STATUS Authentication::Step(const absl::Span<uint8_t>* token,
                                     const InnerLeg::Arguments& arguments,
                                     BudgetBytes* answer) {
  InnerLeg leg(world_);
  const SECURITY_STATUS status = leg.Advance(*context_, token, arguments);
  attributes_ = leg.attributes();
  done_ = status == SEC_E_OK;
  if (status < 0) {
    // Without memory the peer has to do without.
    (void)answer->Assign(world_.memory(), leg.output());
    return status;
  }
  return answer->Assign(world_.memory(), leg.output())
             ? status
             : SEC_E_INSUFFICIENT_MEMORY;
}

SECURITY_STATUS Authentication::Seal(absl::Span<const uint8_t> data,
                                     BudgetBytes* sealed) {
  SecPkgContext_Sizes sizes;
  AttributeWriter writer(world_, CharSet::kWide, &sizes, sizeof(sizes));
  SECURITY_STATUS status = context_->QueryAttribute(SECPKG_ATTR_SIZES, writer);
  if (status != SEC_E_OK) return status;
  const size_t trailer = sizes.cbSecurityTrailer;
  if (!sealed->Allocate(world_.memory(), trailer + data.size())) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  const absl::Span<uint8_t> room = sealed->span();
  std::copy(data.begin(), data.end(), room.begin() + trailer);
  SecBuffer buffers[2] = {
      {sizes.cbSecurityTrailer, SECBUFFER_TOKEN, room.data()},
      {static_cast<ULONG>(data.size()), SECBUFFER_DATA,
       room.subspan(trailer).data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  BufferList message;
  if (!BufferList::View(&descriptor, &message)) return SEC_E_INTERNAL_ERROR;
  status = context_->Encrypt(0, message, sent_++);
  // A signature shorter than it may be at most would leave a gap.
  if (status == SEC_E_OK && buffers[0].cbBuffer != trailer) {
    return SEC_E_INTERNAL_ERROR;
  }
  return status;
}

SECURITY_STATUS Authentication::Unseal(absl::Span<uint8_t> sealed,
                                       absl::Span<uint8_t>* data) {
  SecBuffer buffers[2] = {
      {static_cast<ULONG>(sealed.size()), SECBUFFER_STREAM, sealed.data()},
      {0, SECBUFFER_DATA, nullptr}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  BufferList message;
  if (!BufferList::View(&descriptor, &message)) return SEC_E_INTERNAL_ERROR;
  const SECURITY_STATUS status =
      context_->Decrypt(message, received_++, nullptr);
  if (status == SEC_E_OK) *data = BytesOf(buffers[1]);
  // Each side counts for itself here: what has another number is not what was
  // sent.
  return status == SEC_E_OUT_OF_SEQUENCE ? SEC_E_MESSAGE_ALTERED : status;
}

}  // namespace sspilab::credssp

#include "sim/protected_message.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace sspilab::sim {
namespace {

constexpr size_t kLengthSize = 4;

SecBuffer MakeBuffer(ULONG type, absl::Span<uint8_t> bytes) {
  return {static_cast<ULONG>(bytes.size()), type, bytes.data()};
}

}  // namespace

std::string_view ProtectingCall(Protection protection) {
  return protection == Protection::kSealed ? "EncryptMessage" : "MakeSignature";
}

std::string_view UnprotectingCall(Protection protection) {
  return protection == Protection::kSealed ? "DecryptMessage"
                                           : "VerifySignature";
}

SECURITY_STATUS Protect(SecurityFunctionTableW& table, CtxtHandle* context,
                        Protection protection, const SecPkgContext_Sizes& sizes,
                        std::string_view text, std::vector<uint8_t>* message) {
  const bool seals = protection == Protection::kSealed;
  const size_t room = seals ? sizes.cbSecurityTrailer : sizes.cbMaxSignature;
  message->assign(kLengthSize + room, 0);
  message->insert(message->end(), text.begin(), text.end());
  const absl::Span<uint8_t> all = absl::MakeSpan(*message);
  SecBuffer buffers[] = {
      MakeBuffer(SECBUFFER_TOKEN, all.subspan(kLengthSize, room)),
      MakeBuffer(SECBUFFER_DATA, all.subspan(kLengthSize + room)),
  };
  SecBufferDesc description = {SECBUFFER_VERSION, std::size(buffers), buffers};
  const SECURITY_STATUS status =
      seals ? table.EncryptMessage(context, 0, &description, 0)
            : table.MakeSignature(context, 0, &description, 0);
  if (status < 0) {
    return status;
  }
  // The token may be shorter than its room: close the gap.
  const size_t size = std::min<size_t>(buffers[0].cbBuffer, room);
  message->erase(message->begin() + static_cast<ptrdiff_t>(kLengthSize + size),
                 message->begin() + static_cast<ptrdiff_t>(kLengthSize + room));
  for (size_t i = 0; i < kLengthSize; ++i) {
    (*message)[i] = static_cast<uint8_t>(size >> (8 * i));
  }
  return status;
}

bool SplitProtected(absl::Span<uint8_t> message, absl::Span<uint8_t>* token,
                    absl::Span<uint8_t>* data) {
  if (message.size() < kLengthSize) {
    return false;
  }
  size_t size = 0;
  for (size_t i = 0; i < kLengthSize; ++i) {
    size |= size_t{message[i]} << (8 * i);
  }
  message.remove_prefix(kLengthSize);
  if (size > message.size()) {
    return false;
  }
  *token = message.subspan(0, size);
  *data = message.subspan(size);
  return true;
}

SECURITY_STATUS Unprotect(SecurityFunctionTableW& table, CtxtHandle* context,
                          Protection protection, absl::Span<uint8_t> token,
                          absl::Span<uint8_t>* data) {
  SecBuffer buffers[] = {
      MakeBuffer(SECBUFFER_TOKEN, token),
      MakeBuffer(SECBUFFER_DATA, *data),
  };
  SecBufferDesc description = {SECBUFFER_VERSION, std::size(buffers), buffers};
  ULONG quality = 0;
  const SECURITY_STATUS status =
      protection == Protection::kSealed
          ? table.DecryptMessage(context, &description, 0, &quality)
          : table.VerifySignature(context, &description, 0, &quality);
  if (status == SEC_E_OK) {
    *data = {static_cast<uint8_t*>(buffers[1].pvBuffer), buffers[1].cbBuffer};
  }
  return status;
}

}  // namespace sspilab::sim

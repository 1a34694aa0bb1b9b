#include "core/crypto/digest.h"

#include <nettle/md4.h>

#include <cstdint>
#include <initializer_list>

#include "absl/types/span.h"

namespace sspilab::crypto {

Digest16 Md4(absl::Span<const uint8_t> bytes) {
  md4_ctx context;
  md4_init(&context);
  md4_update(&context, bytes.size(), bytes.data());
  Digest16 digest;
  md4_digest(&context, digest.size(), digest.data());
  return digest;
}

Md5Stream::Md5Stream() { md5_init(&context_); }

void Md5Stream::Update(absl::Span<const uint8_t> bytes) {
  md5_update(&context_, bytes.size(), bytes.data());
}

Digest16 Md5Stream::Finish() {
  Digest16 digest;
  md5_digest(&context_, digest.size(), digest.data());
  return digest;
}

Digest16 Md5(std::initializer_list<absl::Span<const uint8_t>> parts) {
  Md5Stream message;
  for (absl::Span<const uint8_t> part : parts) {
    message.Update(part);
  }
  return message.Finish();
}

HmacMd5::HmacMd5(absl::Span<const uint8_t> key) {
  hmac_md5_set_key(&context_, key.size(), key.data());
}

void HmacMd5::Update(absl::Span<const uint8_t> bytes) {
  hmac_md5_update(&context_, bytes.size(), bytes.data());
}

Digest16 HmacMd5::Finish() {
  Digest16 digest;
  hmac_md5_digest(&context_, digest.size(), digest.data());
  return digest;
}

Digest16 HmacMd5::Of(
    std::initializer_list<absl::Span<const uint8_t>> parts) const {
  HmacMd5 message = *this;
  for (absl::Span<const uint8_t> part : parts) {
    message.Update(part);
  }
  return message.Finish();
}

}  // namespace sspilab::crypto

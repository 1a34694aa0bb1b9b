#include "core/schannel/record_shape.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>

#include "core/schannel/record.h"

namespace sspilab::schannel {
namespace {

// Every AEAD here has a tag of 16 bytes, every CBC cipher blocks of as many.
constexpr uint32_t kTag = 16;
constexpr uint32_t kBlock = 16;
// RFC 5288 3: the part of GCM's nonce that is sent along.
constexpr uint32_t kExplicitNonce = 8;
// RFC 8446 5.2: TLSInnerPlaintext.type.
constexpr uint32_t kInnerType = 1;

uint32_t MacSize(int digest) {
  switch (digest) {
    case NID_sha1:
      return 20;
    case NID_sha256:
      return 32;
    case NID_sha384:
      return 48;
    default:
      return EVP_MAX_MD_SIZE;
  }
}

}  // namespace

RecordShape RecordShapeOf(const SSL* ssl) {
  if (SSL_version(ssl) == TLS1_3_VERSION) {
    return {.header = kRecordHeaderSize,
            .trailer = kTag + kInnerType,
            .block = kBlock};
  }
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  if (SSL_CIPHER_is_aead(cipher) == 1) {
    return {.header = kRecordHeaderSize + kExplicitNonce,
            .trailer = kTag,
            .block = kBlock};
  }
  // The initialization vector goes ahead, MAC and padding behind.
  return {.header = kRecordHeaderSize + kBlock,
          .trailer = MacSize(SSL_CIPHER_get_digest_nid(cipher)) + kBlock,
          .block = kBlock};
}

}  // namespace sspilab::schannel

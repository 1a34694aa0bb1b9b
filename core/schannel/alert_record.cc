#include "core/schannel/alert_record.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/ssl.h>

#include <array>
#include <cstddef>

#include "absl/types/span.h"
#include "core/crypto/bytes.h"
#include "core/schannel/record.h"
#include "core/tls/library.h"
#include "core/tls/openssl_ptr.h"

namespace sspilab::schannel {
namespace {

constexpr size_t kAlertSize = 2;
constexpr size_t kTagSize = 16;
constexpr size_t kExplicitNonceSize = 8;
constexpr size_t kSaltSize = 4;
constexpr size_t kMaxKeySize = 32;
// Two keys and two salts (RFC 5246 6.3; there is no MAC key).
constexpr size_t kMaxKeyBlockSize = 2 * (kMaxKeySize + kSaltSize);
constexpr uint8_t kType = static_cast<uint8_t>(ContentType::kAlert);

using KeyBlock = std::array<uint8_t, kMaxKeyBlockSize>;

bool DeriveKeyBlock(SSL* ssl, absl::Span<uint8_t> out) {
  std::array<uint8_t, SSL_MAX_MASTER_KEY_LENGTH> master;
  std::array<uint8_t, 2 * SSL3_RANDOM_SIZE> randoms;
  const size_t size = SSL_SESSION_get_master_key(SSL_get0_session(ssl),
                                                 master.data(), master.size());
  SSL_get_server_random(ssl, randoms.data(), SSL3_RANDOM_SIZE);
  SSL_get_client_random(ssl, randoms.data() + SSL3_RANDOM_SIZE,
                        SSL3_RANDOM_SIZE);
  const EVP_MD* digest =
      SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl));
  const tls::OpenSslPtr<EVP_KDF, EVP_KDF_free> kdf(
      EVP_KDF_fetch(tls::Library(), OSSL_KDF_NAME_TLS1_PRF, nullptr));
  const tls::OpenSslPtr<EVP_KDF_CTX, EVP_KDF_CTX_free> context(
      kdf == nullptr ? nullptr : EVP_KDF_CTX_new(kdf.get()));
  if (context == nullptr || digest == nullptr) return false;
  std::array<char, 32> name{};
  OPENSSL_strlcpy(name.data(), EVP_MD_get0_name(digest), name.size());
  char label[] = "key expansion";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master.data(),
                                        size),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label,
                                        sizeof(label) - 1),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, randoms.data(),
                                        randoms.size()),
      OSSL_PARAM_construct_end()};
  const bool derived =
      EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) == 1;
  crypto::Wipe(absl::MakeSpan(master));
  return derived;
}

void Append(uint64_t number, AlertRecord* out) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out->push_back(static_cast<uint8_t>(number >> shift));
  }
}

AlertRecord Header(size_t size) {
  return {kType, 3, 3, static_cast<uint8_t>(size >> 8),
          static_cast<uint8_t>(size)};
}

}  // namespace

AlertRecord PlainAlert(uint8_t level, uint8_t number) {
  AlertRecord record = Header(kAlertSize);
  record.push_back(level);
  record.push_back(number);
  return record;
}

bool CanSealAlert(const SSL* ssl) {
  return SSL_version(ssl) == TLS1_2_VERSION &&
         SSL_CIPHER_is_aead(SSL_get_current_cipher(ssl)) == 1;
}

std::optional<AlertRecord> SealAlert(SSL* ssl, Role role, uint64_t sequence,
                                     uint64_t nonce, uint8_t level,
                                     uint8_t number) {
  const size_t key_size = static_cast<size_t>(SSL_CIPHER_get_bits(
                              SSL_get_current_cipher(ssl), nullptr)) /
                          8;
  KeyBlock block{};
  if (!DeriveKeyBlock(
          ssl, absl::MakeSpan(block).subspan(0, 2 * (key_size + kSaltSize)))) {
    return std::nullopt;
  }
  // Keys, then salts; in each the client's goes first.
  const size_t end = role == Role::kInitiator ? 0 : 1;
  const uint8_t* key = block.data() + end * key_size;
  const uint8_t* salt = block.data() + 2 * key_size + end * kSaltSize;
  AlertRecord iv(salt, salt + kSaltSize);
  Append(nonce, &iv);
  AlertRecord additional;
  Append(sequence, &additional);
  additional.insert(additional.end(), {kType, 3, 3, 0, kAlertSize});
  AlertRecord record = Header(kExplicitNonceSize + kAlertSize + kTagSize);
  Append(nonce, &record);
  const size_t body = record.size();
  record.resize(body + kAlertSize + kTagSize);

  const tls::OpenSslPtr<EVP_CIPHER, EVP_CIPHER_free> cipher(EVP_CIPHER_fetch(
      tls::Library(), key_size == kMaxKeySize ? "AES-256-GCM" : "AES-128-GCM",
      nullptr));
  const tls::OpenSslPtr<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(
      EVP_CIPHER_CTX_new());
  const uint8_t alert[] = {level, number};
  int size = 0;
  const bool sealed =
      cipher != nullptr && context != nullptr &&
      EVP_EncryptInit_ex2(context.get(), cipher.get(), key, iv.data(),
                          nullptr) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &size, additional.data(),
                        static_cast<int>(additional.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), record.data() + body, &size, alert,
                        sizeof(alert)) == 1 &&
      EVP_EncryptFinal_ex(context.get(), record.data() + body + kAlertSize,
                          &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize,
                          record.data() + body + kAlertSize) == 1;
  crypto::Wipe(absl::MakeSpan(block));
  if (!sealed) return std::nullopt;
  return record;
}

}  // namespace sspilab::schannel

#include "core/schannel/connection.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "core/schannel/record_shape.h"

namespace sspilab::schannel {
namespace {

struct NidRow {
  int nid;
  Algorithm algorithm;
};

constexpr NidRow kHashes[] = {
    {NID_sha1, {CALG_SHA1, "SHA1", 160}},
    {NID_sha256, {CALG_SHA_256, "SHA256", 256}},
    {NID_sha384, {CALG_SHA_384, "SHA384", 384}},
};

constexpr NidRow kGroups[] = {
    {NID_X25519, {CALG_ECDH_EPHEM, "ECDH", 255}},
    {NID_X9_62_prime256v1, {CALG_ECDH_EPHEM, "ECDH", 256}},
    {NID_secp384r1, {CALG_ECDH_EPHEM, "ECDH", 384}},
};

template <size_t N>
Algorithm Find(const NidRow (&rows)[N], int nid) {
  for (const NidRow& row : rows) {
    if (row.nid == nid) return row.algorithm;
  }
  return {};
}

Algorithm CipherOf(const SSL_CIPHER* cipher) {
  const auto bits = static_cast<uint32_t>(SSL_CIPHER_get_bits(cipher, nullptr));
  return {bits == 128 ? ALG_ID{CALG_AES_128} : ALG_ID{CALG_AES_256}, "AES",
          bits};
}

// The MAC's hash, or that of the key derivation where the cipher is its own
// MAC.
Algorithm HashOf(const SSL_CIPHER* cipher) {
  if (SSL_CIPHER_is_aead(cipher) == 0) {
    return Find(kHashes, SSL_CIPHER_get_digest_nid(cipher));
  }
  const EVP_MD* digest = SSL_CIPHER_get_handshake_digest(cipher);
  return digest == nullptr ? Algorithm{} : Find(kHashes, EVP_MD_nid(digest));
}

// RFC 5246 7.4.7.1: the secret goes under the server's key.
Algorithm RsaExchange(const SSL* ssl, bool client) {
  X509* server =
      client ? SSL_get0_peer_certificate(ssl) : SSL_get_certificate(ssl);
  const EVP_PKEY* key = server == nullptr ? nullptr : X509_get0_pubkey(server);
  const int bits = key == nullptr ? 0 : EVP_PKEY_get_bits(key);
  return {CALG_RSA_KEYX, "RSA", static_cast<uint32_t>(bits)};
}

}  // namespace

Connection DescribeConnection(const SSL* ssl, bool client) {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
  const bool tls13 = SSL_version(ssl) == TLS1_3_VERSION;
  Connection connection;
  if (tls13) {
    connection.protocol =
        client ? SP_PROT_TLS1_3_CLIENT : SP_PROT_TLS1_3_SERVER;
  } else {
    connection.protocol =
        client ? SP_PROT_TLS1_2_CLIENT : SP_PROT_TLS1_2_SERVER;
  }
  connection.suite = SSL_CIPHER_get_protocol_id(cipher);
  connection.suite_name = SSL_CIPHER_standard_name(cipher);
  connection.cipher = CipherOf(cipher);
  connection.block = RecordShapeOf(ssl).block;
  connection.hash = HashOf(cipher);
  // It asks and changes nothing, but is declared otherwise.
  const int group = static_cast<int>(SSL_get_negotiated_group(
      const_cast<SSL*>(ssl)));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  connection.exchange = SSL_CIPHER_get_kx_nid(cipher) == NID_kx_rsa
                            ? RsaExchange(ssl, client)
                            : Find(kGroups, group);
  switch (SSL_CIPHER_get_auth_nid(cipher)) {
    case NID_auth_rsa:
      connection.certificate = "RSA";
      break;
    case NID_auth_ecdsa:
      connection.certificate = "ECDSA";
      break;
    default:
      break;
  }
  return connection;
}

}  // namespace sspilab::schannel

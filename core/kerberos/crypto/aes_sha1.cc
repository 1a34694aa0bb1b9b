// AES with HMAC-SHA1-96: RFC 3962, in RFC 3961's simplified profile (5.3).

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/crypto/aes_cts.h"
#include "core/crypto/bytes.h"
#include "core/crypto/hmac_sha.h"
#include "core/crypto/sha1.h"
#include "core/kerberos/crypto/constants.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/crypto/nfold.h"
#include "core/kerberos/crypto/profiles.h"

namespace sspilab::kerberos {
namespace {

using Bytes = absl::Span<const uint8_t>;

// RFC 3961 5.1, DK(key, constant). random-to-key is the identity.
void DeriveKey(Bytes key, Bytes constant, absl::Span<uint8_t> out) {
  crypto::AesBlock block;
  NFold(constant, absl::MakeSpan(block));
  for (size_t done = 0; done < out.size(); done += block.size()) {
    block = crypto::AesEncryptBlock(key, block);
    std::copy(block.begin(), block.end(), out.subspan(done).begin());
  }
}

void DeriveUsageKey(const Key& key, KeyUsage usage, UsageByte byte,
                    std::array<uint8_t, kMaxKeySize>* out) {
  DeriveKey(key.bytes(), UsageConstant(usage, byte),
            absl::MakeSpan(*out).first(key.bytes().size()));
}

Bytes Used(const EncryptionType& type,
           const std::array<uint8_t, kMaxKeySize>& key) {
  return absl::MakeConstSpan(key).first(type.key_size);
}

void ComputeMac(const EncryptionType& type, const DerivedKeys& keys,
                Bytes plaintext, absl::Span<uint8_t> out) {
  crypto::HmacSha1(Used(type, keys.integrity), {plaintext}, out);
}

// RFC 3962 4.
void StringToKey(const EncryptionType& /*type*/, std::string_view password,
                 std::string_view salt, uint32_t iterations,
                 absl::Span<uint8_t> out) {
  std::array<uint8_t, kMaxKeySize> storage;
  const absl::Span<uint8_t> intermediate =
      absl::MakeSpan(storage).first(out.size());
  crypto::Pbkdf2HmacSha1(TextBytes(password), TextBytes(salt), iterations,
                         intermediate);
  DeriveKey(intermediate, TextBytes("kerberos"), out);
  crypto::Wipe(intermediate);
}

DerivedKeys DeriveForCipher(const Key& key, KeyUsage usage) {
  DerivedKeys keys;
  DeriveUsageKey(key, usage, UsageByte::kEncryption, &keys.encryption);
  DeriveUsageKey(key, usage, UsageByte::kIntegrity, &keys.integrity);
  return keys;
}

DerivedKeys DeriveForChecksum(const Key& key, KeyUsage usage) {
  DerivedKeys keys;
  DeriveUsageKey(key, usage, UsageByte::kChecksum, &keys.integrity);
  return keys;
}

void Encrypt(const EncryptionType& type, const DerivedKeys& keys,
             Bytes confounder, absl::Span<uint8_t> message) {
  const absl::Span<uint8_t> body =
      message.first(message.size() - type.trailer_size);
  std::copy(confounder.begin(), confounder.end(), body.begin());
  ComputeMac(type, keys, body, message.last(type.trailer_size));
  crypto::AesCtsEncrypt(Used(type, keys.encryption), body);
}

bool Decrypt(const EncryptionType& type, const DerivedKeys& keys,
             absl::Span<uint8_t> message, bool check_integrity) {
  const absl::Span<uint8_t> body =
      message.first(message.size() - type.trailer_size);
  crypto::AesCtsDecrypt(Used(type, keys.encryption), body);
  std::array<uint8_t, kMaxChecksumSize> storage;
  const absl::Span<uint8_t> mac =
      absl::MakeSpan(storage).first(type.trailer_size);
  ComputeMac(type, keys, body, mac);
  return crypto::ConstantTimeEqual(mac, message.last(type.trailer_size)) ||
         !check_integrity;
}

void ComputeChecksum(const EncryptionType& type, const DerivedKeys& keys,
                     KeyUsage /*usage*/, Parts parts, absl::Span<uint8_t> out) {
  crypto::HmacSha1(Used(type, keys.integrity), parts, out);
}

// RFC 3961 5.3. Of the digest, as much as whole blocks hold: one block.
void ComputePrf(const Key& key, Bytes input, absl::Span<uint8_t> out) {
  std::array<uint8_t, kMaxKeySize> storage;
  const absl::Span<uint8_t> derived =
      absl::MakeSpan(storage).first(key.bytes().size());
  DeriveKey(key.bytes(), TextBytes("prf"), derived);
  crypto::AesBlock block;
  std::copy_n(crypto::Sha1({input}).begin(), block.size(), block.begin());
  block = crypto::AesEncryptBlock(derived, block);
  std::copy(block.begin(), block.end(), out.begin());
  crypto::Wipe(derived);
}

}  // namespace

const Profile kAesSha1Profile = {
    .string_to_key = StringToKey,
    .derive_for_cipher = DeriveForCipher,
    .derive_for_checksum = DeriveForChecksum,
    .encrypt = Encrypt,
    .decrypt = Decrypt,
    .checksum = ComputeChecksum,
    .prf = ComputePrf,
};

}  // namespace sspilab::kerberos

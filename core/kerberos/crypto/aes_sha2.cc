// AES with HMAC-SHA-256-128 and HMAC-SHA-384-192: RFC 8009. The two differ in
// their digest and in the sizes that come with it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/crypto/aes_cts.h"
#include "core/crypto/bytes.h"
#include "core/crypto/hmac_sha.h"
#include "core/kerberos/crypto/constants.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/crypto/profiles.h"

namespace sspilab::kerberos {
namespace {

using Bytes = absl::Span<const uint8_t>;

template <typename Hmac, crypto::Pbkdf2* kPbkdf2>
struct AesSha2 {
  // 3, KDF-HMAC-SHA2. The whole digest is wanted at most, so the counter stays
  // at 1.
  static void DeriveKey(Hmac& key, Bytes label, Bytes context,
                        absl::Span<uint8_t> out) {
    const std::array<uint8_t, 4> counter = BigEndian(1);
    const uint8_t zero = 0;
    const std::array<uint8_t, 4> bits =
        BigEndian(static_cast<uint32_t>(8 * out.size()));
    key.Compute({counter, label, {&zero, 1}, context, bits}, out);
  }

  static void DeriveUsageKey(Hmac& key, KeyUsage usage, UsageByte byte,
                             absl::Span<uint8_t> out) {
    DeriveKey(key, UsageConstant(usage, byte), {}, out);
  }

  // 4.
  static void StringToKey(const EncryptionType& type, std::string_view password,
                          std::string_view salt, uint32_t iterations,
                          absl::Span<uint8_t> out) {
    // The salt in use has the type's name before it. PBKDF2 takes it in one
    // piece; a salt is a realm and a principal's name.
    std::string own_salt(type.name);
    own_salt.push_back('\0');
    own_salt.append(salt);
    std::array<uint8_t, kMaxKeySize> storage;
    const absl::Span<uint8_t> intermediate =
        absl::MakeSpan(storage).first(out.size());
    kPbkdf2(TextBytes(password), TextBytes(own_salt), iterations, intermediate);
    Hmac key(intermediate);
    DeriveKey(key, TextBytes("kerberos"), {}, out);
    crypto::Wipe(intermediate);
  }

  // 5. Ki and Kc are as long as the truncated MAC.
  static void DeriveForCiphers(const Key& key,
                               absl::Span<const KeyUsage> usages,
                               absl::Span<DerivedKeys* const> out) {
    const EncryptionType& type = key.type();
    Hmac base(key.bytes());
    for (size_t i = 0; i < usages.size(); ++i) {
      DeriveUsageKey(base, usages[i], UsageByte::kEncryption,
                     absl::MakeSpan(out[i]->encryption).first(type.key_size));
      DeriveUsageKey(
          base, usages[i], UsageByte::kIntegrity,
          absl::MakeSpan(out[i]->integrity).first(type.checksum_size));
    }
  }

  static DerivedKeys DeriveForChecksum(const Key& key, KeyUsage usage) {
    DerivedKeys keys;
    Hmac base(key.bytes());
    DeriveUsageKey(
        base, usage, UsageByte::kChecksum,
        absl::MakeSpan(keys.integrity).first(key.type().checksum_size));
    return keys;
  }

  static Bytes EncryptionKey(const EncryptionType& type,
                             const DerivedKeys& keys) {
    return absl::MakeConstSpan(keys.encryption).first(type.key_size);
  }
  static Bytes IntegrityKey(const EncryptionType& type,
                            const DerivedKeys& keys) {
    return absl::MakeConstSpan(keys.integrity).first(type.checksum_size);
  }

  // The MAC is over the IV, which is zero, and the ciphertext.
  static void ComputeMac(Hmac& hmac, Bytes ciphertext,
                         absl::Span<uint8_t> out) {
    const crypto::AesBlock iv{};
    hmac.Compute({iv, ciphertext}, out);
  }

  static void EncryptWith(const crypto::AesEncryptor& aes, Hmac& hmac,
                          const EncryptionType& type, Bytes confounder,
                          absl::Span<uint8_t> message) {
    const absl::Span<uint8_t> body =
        message.first(message.size() - type.trailer_size);
    std::copy(confounder.begin(), confounder.end(), body.begin());
    aes.EncryptCts(body);
    ComputeMac(hmac, body, message.last(type.trailer_size));
  }

  static bool DecryptWith(const crypto::AesDecryptor& aes, Hmac& hmac,
                          const EncryptionType& type,
                          absl::Span<uint8_t> message, bool check_integrity) {
    const absl::Span<uint8_t> body =
        message.first(message.size() - type.trailer_size);
    std::array<uint8_t, kMaxChecksumSize> storage;
    const absl::Span<uint8_t> mac =
        absl::MakeSpan(storage).first(type.trailer_size);
    ComputeMac(hmac, body, mac);
    if (!crypto::ConstantTimeEqual(mac, message.last(type.trailer_size)) &&
        check_integrity) {
      return false;
    }
    aes.DecryptCts(body);
    return true;
  }

  static void Encrypt(const EncryptionType& type, const DerivedKeys& keys,
                      Bytes confounder, absl::Span<uint8_t> message) {
    Hmac hmac(IntegrityKey(type, keys));
    EncryptWith(crypto::AesEncryptor(EncryptionKey(type, keys)), hmac, type,
                confounder, message);
  }

  static bool Decrypt(const EncryptionType& type, const DerivedKeys& keys,
                      absl::Span<uint8_t> message, bool check_integrity) {
    Hmac hmac(IntegrityKey(type, keys));
    return DecryptWith(crypto::AesDecryptor(EncryptionKey(type, keys)), hmac,
                       type, message, check_integrity);
  }

  class Ready final : public ReadyKeys {
   public:
    Ready(const EncryptionType& type, const DerivedKeys& keys)
        : set_up_{crypto::AesEncryptor(EncryptionKey(type, keys)),
                  crypto::AesDecryptor(EncryptionKey(type, keys)),
                  Hmac(IntegrityKey(type, keys))} {}
    ~Ready() override {
      crypto::Wipe({reinterpret_cast<uint8_t*>(&set_up_), sizeof(set_up_)});
    }

    void Encrypt(const EncryptionType& type, Bytes confounder,
                 absl::Span<uint8_t> message) const override {
      // Computing changes it.
      Hmac hmac = set_up_.hmac;
      EncryptWith(set_up_.encryptor, hmac, type, confounder, message);
    }
    bool Decrypt(const EncryptionType& type, absl::Span<uint8_t> message,
                 bool check_integrity) const override {
      Hmac hmac = set_up_.hmac;
      return DecryptWith(set_up_.decryptor, hmac, type, message,
                         check_integrity);
    }

   private:
    struct SetUp {
      crypto::AesEncryptor encryptor;
      crypto::AesDecryptor decryptor;
      Hmac hmac;
    };
    SetUp set_up_;
  };

  static std::unique_ptr<const ReadyKeys> MakeReady(const EncryptionType& type,
                                                    const DerivedKeys& keys) {
    return std::make_unique<Ready>(type, keys);
  }

  // 6.
  static void ComputeChecksum(const EncryptionType& type,
                              const DerivedKeys& keys, KeyUsage /*usage*/,
                              Parts parts, absl::Span<uint8_t> out) {
    Hmac(absl::MakeConstSpan(keys.integrity).first(type.checksum_size))
        .Compute(parts, out);
  }

  // 5.
  static void Prf(const Key& key, Bytes input, absl::Span<uint8_t> out) {
    Hmac base(key.bytes());
    DeriveKey(base, TextBytes("prf"), input, out);
  }
};

using Aes128Sha256 = AesSha2<crypto::KeyedHmacSha256, crypto::Pbkdf2HmacSha256>;
using Aes256Sha384 = AesSha2<crypto::KeyedHmacSha384, crypto::Pbkdf2HmacSha384>;

}  // namespace

const Profile kAes128Sha256Profile = {
    .string_to_key = Aes128Sha256::StringToKey,
    .derive_for_ciphers = Aes128Sha256::DeriveForCiphers,
    .derive_for_checksum = Aes128Sha256::DeriveForChecksum,
    .encrypt = Aes128Sha256::Encrypt,
    .decrypt = Aes128Sha256::Decrypt,
    .make_ready = Aes128Sha256::MakeReady,
    .checksum = Aes128Sha256::ComputeChecksum,
    .prf = Aes128Sha256::Prf,
};

const Profile kAes256Sha384Profile = {
    .string_to_key = Aes256Sha384::StringToKey,
    .derive_for_ciphers = Aes256Sha384::DeriveForCiphers,
    .derive_for_checksum = Aes256Sha384::DeriveForChecksum,
    .encrypt = Aes256Sha384::Encrypt,
    .decrypt = Aes256Sha384::Decrypt,
    .make_ready = Aes256Sha384::MakeReady,
    .checksum = Aes256Sha384::ComputeChecksum,
    .prf = Aes256Sha384::Prf,
};

}  // namespace sspilab::kerberos

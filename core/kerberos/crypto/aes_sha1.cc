// AES with HMAC-SHA1-96: RFC 3962, in RFC 3961's simplified profile (5.3).

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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

// RFC 3961 5.1, DK(key, constant), of a constant that is folded already.
// random-to-key is the identity.
void DeriveKey(const crypto::AesEncryptor& key, crypto::AesBlock block,
               absl::Span<uint8_t> out) {
  for (size_t done = 0; done < out.size(); done += block.size()) {
    block = key.Encrypt(block);
    std::copy(block.begin(), block.end(), out.subspan(done).begin());
  }
}

constexpr crypto::AesBlock Fold(Bytes constant) {
  crypto::AesBlock block{};
  NFold(constant, absl::MakeSpan(block));
  return block;
}

// Those of the usages that there are, folded.
struct FoldedConstants {
  static constexpr uint32_t kUsages = 32;

  constexpr explicit FoldedConstants(UsageByte usage_byte) : byte(usage_byte) {
    for (uint32_t usage = 0; usage < kUsages; ++usage) {
      folded[usage] = Fold(UsageConstant(static_cast<KeyUsage>(usage), byte));
    }
  }
  crypto::AesBlock For(KeyUsage usage) const {
    const uint32_t number = static_cast<uint32_t>(usage);
    return number < kUsages ? folded[number] : Fold(UsageConstant(usage, byte));
  }

  UsageByte byte;
  std::array<crypto::AesBlock, kUsages> folded{};
};
constexpr FoldedConstants kChecksumConstants(UsageByte::kChecksum);
constexpr FoldedConstants kEncryptionConstants(UsageByte::kEncryption);
constexpr FoldedConstants kIntegrityConstants(UsageByte::kIntegrity);

Bytes Used(const EncryptionType& type,
           const std::array<uint8_t, kMaxKeySize>& key) {
  return absl::MakeConstSpan(key).first(type.key_size);
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
  DeriveKey(crypto::AesEncryptor(intermediate), Fold(TextBytes("kerberos")),
            out);
  crypto::Wipe(intermediate);
}

void DeriveForCiphers(const Key& key, absl::Span<const KeyUsage> usages,
                      absl::Span<DerivedKeys* const> out) {
  const crypto::AesEncryptor base(key.bytes());
  const size_t size = key.type().key_size;
  for (size_t i = 0; i < usages.size(); ++i) {
    DeriveKey(base, kEncryptionConstants.For(usages[i]),
              absl::MakeSpan(out[i]->encryption).first(size));
    DeriveKey(base, kIntegrityConstants.For(usages[i]),
              absl::MakeSpan(out[i]->integrity).first(size));
  }
}

DerivedKeys DeriveForChecksum(const Key& key, KeyUsage usage) {
  DerivedKeys keys;
  DeriveKey(crypto::AesEncryptor(key.bytes()), kChecksumConstants.For(usage),
            absl::MakeSpan(keys.integrity).first(key.type().key_size));
  return keys;
}

// The MAC is of the plaintext.
void EncryptWith(const crypto::AesEncryptor& aes, crypto::KeyedHmacSha1& hmac,
                 const EncryptionType& type, Bytes confounder,
                 absl::Span<uint8_t> message) {
  const absl::Span<uint8_t> body =
      message.first(message.size() - type.trailer_size);
  std::copy(confounder.begin(), confounder.end(), body.begin());
  hmac.Compute({Bytes(body)}, message.last(type.trailer_size));
  aes.EncryptCts(body);
}

bool DecryptWith(const crypto::AesDecryptor& aes, crypto::KeyedHmacSha1& hmac,
                 const EncryptionType& type, absl::Span<uint8_t> message,
                 bool check_integrity) {
  const absl::Span<uint8_t> body =
      message.first(message.size() - type.trailer_size);
  aes.DecryptCts(body);
  std::array<uint8_t, kMaxChecksumSize> storage;
  const absl::Span<uint8_t> mac =
      absl::MakeSpan(storage).first(type.trailer_size);
  hmac.Compute({Bytes(body)}, mac);
  return crypto::ConstantTimeEqual(mac, message.last(type.trailer_size)) ||
         !check_integrity;
}

void Encrypt(const EncryptionType& type, const DerivedKeys& keys,
             Bytes confounder, absl::Span<uint8_t> message) {
  crypto::KeyedHmacSha1 hmac(Used(type, keys.integrity));
  EncryptWith(crypto::AesEncryptor(Used(type, keys.encryption)), hmac, type,
              confounder, message);
}

bool Decrypt(const EncryptionType& type, const DerivedKeys& keys,
             absl::Span<uint8_t> message, bool check_integrity) {
  crypto::KeyedHmacSha1 hmac(Used(type, keys.integrity));
  return DecryptWith(crypto::AesDecryptor(Used(type, keys.encryption)), hmac,
                     type, message, check_integrity);
}

class Ready final : public ReadyKeys {
 public:
  Ready(const EncryptionType& type, const DerivedKeys& keys)
      : set_up_{crypto::AesEncryptor(Used(type, keys.encryption)),
                crypto::AesDecryptor(Used(type, keys.encryption)),
                crypto::KeyedHmacSha1(Used(type, keys.integrity))} {}
  ~Ready() override {
    crypto::Wipe({reinterpret_cast<uint8_t*>(&set_up_), sizeof(set_up_)});
  }

  void Encrypt(const EncryptionType& type, Bytes confounder,
               absl::Span<uint8_t> message) const override {
    // Computing changes it.
    crypto::KeyedHmacSha1 hmac = set_up_.hmac;
    EncryptWith(set_up_.encryptor, hmac, type, confounder, message);
  }
  bool Decrypt(const EncryptionType& type, absl::Span<uint8_t> message,
               bool check_integrity) const override {
    crypto::KeyedHmacSha1 hmac = set_up_.hmac;
    return DecryptWith(set_up_.decryptor, hmac, type, message, check_integrity);
  }

 private:
  struct SetUp {
    crypto::AesEncryptor encryptor;
    crypto::AesDecryptor decryptor;
    crypto::KeyedHmacSha1 hmac;
  };
  SetUp set_up_;
};

std::unique_ptr<const ReadyKeys> MakeReady(const EncryptionType& type,
                                           const DerivedKeys& keys) {
  return std::make_unique<Ready>(type, keys);
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
  DeriveKey(crypto::AesEncryptor(key.bytes()), Fold(TextBytes("prf")), derived);
  crypto::AesBlock block;
  std::copy_n(crypto::Sha1({input}).begin(), block.size(), block.begin());
  block = crypto::AesEncryptor(derived).Encrypt(block);
  std::copy(block.begin(), block.end(), out.begin());
  crypto::Wipe(derived);
}

}  // namespace

const Profile kAesSha1Profile = {
    .string_to_key = StringToKey,
    .derive_for_ciphers = DeriveForCiphers,
    .derive_for_checksum = DeriveForChecksum,
    .encrypt = Encrypt,
    .decrypt = Decrypt,
    .make_ready = MakeReady,
    .checksum = ComputeChecksum,
    .prf = ComputePrf,
};

}  // namespace sspilab::kerberos

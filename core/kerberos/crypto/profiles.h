#ifndef SSPILAB_CORE_KERBEROS_CRYPTO_PROFILES_H_
#define SSPILAB_CORE_KERBEROS_CRYPTO_PROFILES_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"

namespace sspilab::kerberos {

// What one usage of a key works with, set up for many messages: AES' round keys
// and the beginning of an HMAC, rather than the keys that they are of.
class ReadyKeys {
 public:
  virtual ~ReadyKeys() = default;
  // As Profile's.
  virtual void Encrypt(const EncryptionType& type,
                       absl::Span<const uint8_t> confounder,
                       absl::Span<uint8_t> message) const = 0;
  virtual bool Decrypt(const EncryptionType& type, absl::Span<uint8_t> message,
                       bool check_integrity) const = 0;
};

// What encryption types that work alike have in common.
struct Profile {
  // `out` has key_size bytes.
  void (*string_to_key)(const EncryptionType& type, std::string_view password,
                        std::string_view salt, uint32_t iterations,
                        absl::Span<uint8_t> out);
  // One for each of `usages`, from the same key; `out` says where.
  void (*derive_for_ciphers)(const Key& key, absl::Span<const KeyUsage> usages,
                             absl::Span<DerivedKeys* const> out);
  DerivedKeys (*derive_for_checksum)(const Key& key, KeyUsage usage);
  // In place, over header, plaintext and trailer.
  void (*encrypt)(const EncryptionType& type, const DerivedKeys& keys,
                  absl::Span<const uint8_t> confounder,
                  absl::Span<uint8_t> message);
  // False where the message is not what its key's holder made of it. With
  // `check_integrity` false it is decrypted all the same.
  bool (*decrypt)(const EncryptionType& type, const DerivedKeys& keys,
                  absl::Span<uint8_t> message, bool check_integrity);
  // Null for a profile whose keys need no setting up.
  std::unique_ptr<const ReadyKeys> (*make_ready)(const EncryptionType& type,
                                                 const DerivedKeys& keys);
  // `out` has checksum_size bytes.
  void (*checksum)(const EncryptionType& type, const DerivedKeys& keys,
                   KeyUsage usage, Parts parts, absl::Span<uint8_t> out);
  // `out` has prf_size bytes.
  void (*prf)(const Key& key, absl::Span<const uint8_t> input,
              absl::Span<uint8_t> out);
};

extern const Profile kAesSha1Profile;
extern const Profile kAes128Sha256Profile;
extern const Profile kAes256Sha384Profile;
extern const Profile kRc4HmacProfile;

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_CRYPTO_PROFILES_H_

#ifndef SSPILAB_CORE_KERBEROS_CRYPTO_ENCRYPTION_TYPE_H_
#define SSPILAB_CORE_KERBEROS_CRYPTO_ENCRYPTION_TYPE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "core/crypto/bytes.h"

// The encryption and checksum types of Kerberos as a table (RFC 3961 3), and
// the keys that go with them. Nothing here asks for randomness, and nothing but
// Cipher::MakeReady allocates.
namespace sspilab::kerberos {

// IANA's numbers of encryption types.
enum class Etype : int32_t {
  kAes128CtsHmacSha1 = 17,
  kAes256CtsHmacSha1 = 18,
  kAes128CtsHmacSha256 = 19,
  kAes256CtsHmacSha384 = 20,
  kRc4Hmac = 23,
};

// What a key is used for, so that the same key never does the same to two kinds
// of data (RFC 4120 7.5.1, RFC 4121 2).
enum class KeyUsage : uint32_t {
  kAsReqTimestamp = 1,
  kTicket = 2,
  kAsRepPart = 3,
  kTgsReqChecksum = 6,
  kTgsReqAuthenticator = 7,
  kTgsRepPartSessionKey = 8,
  kTgsRepPartSubkey = 9,
  kApReqChecksum = 10,
  kApReqAuthenticator = 11,
  kApRepPart = 12,
  kKrbCredPart = 14,
  kAcceptorSeal = 22,
  kAcceptorSign = 23,
  kInitiatorSeal = 24,
  kInitiatorSign = 25,
};

inline constexpr size_t kMaxKeySize = 32;
inline constexpr size_t kMaxConfounderSize = 16;
inline constexpr size_t kMaxChecksumSize = 24;
inline constexpr size_t kMaxPrfSize = 48;

struct EncryptionType;
struct Profile;
class ReadyKeys;

// A key of an encryption type: wiped when it goes. One without a type is no
// key, and good for nothing but assignment.
class Key {
 public:
  Key() = default;
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key() { crypto::Wipe(absl::MakeSpan(bytes_)); }

  // Nothing where the type is not known here, or `bytes` has another size than
  // its keys.
  static std::optional<Key> Of(int32_t etype, absl::Span<const uint8_t> bytes);

  // RFC 3961's string-to-key. `password` and `salt` are UTF-8; `iterations` is
  // the type's parameter, for types that have one.
  static Key FromPassword(const EncryptionType& type, std::string_view password,
                          std::string_view salt, uint32_t iterations);
  static Key FromPassword(const EncryptionType& type, std::string_view password,
                          std::string_view salt);

  bool present() const { return type_ != nullptr; }
  const EncryptionType& type() const { return *type_; }
  absl::Span<const uint8_t> bytes() const;

  friend bool operator==(const Key& a, const Key& b) {
    return a.type_ == b.type_ && a.bytes_ == b.bytes_;
  }

 private:
  const EncryptionType* type_ = nullptr;
  std::array<uint8_t, kMaxKeySize> bytes_{};
};

// What one usage of a key works with. What each part is, is the type's to say.
struct DerivedKeys {
  std::array<uint8_t, kMaxKeySize> encryption;  // Ke
  std::array<uint8_t, kMaxKeySize> integrity;   // Ki, or Kc for checksums
};

// The parts of a text that is looked at as one.
using Parts = absl::Span<const absl::Span<const uint8_t>>;

// Which per-message tokens contexts have whose key is of the type. With the
// older ones the acceptor's subkey counts in DCE style only.
enum class TokenFormat : uint8_t { kRfc4121, kRfc4757 };

// One row of the table. An encrypted message is
//   header_size bytes | ciphertext of the plaintext's size | trailer_size bytes
// in the order in which it stands on the wire.
struct EncryptionType {
  Etype etype;
  std::string_view name;  // As MIT's and IANA's lists have it.
  int32_t checksum_type;  // IANA's number; the one that is mandatory for etype.
  size_t key_size;
  size_t confounder_size;
  size_t header_size;
  size_t trailer_size;
  size_t checksum_size;
  size_t prf_size;
  // Of string-to-key, where nothing else is said; 0 where there are none.
  uint32_t default_iterations;
  TokenFormat tokens;

  const Profile* profile;
};

// All of them, the strongest first, as Windows prefers them: AES-256, AES-128,
// RC4 with SHA-1 and MD5; those with SHA-2 behind them are for who asks.
absl::Span<const EncryptionType> EncryptionTypes();

// Null where the type is not known here.
const EncryptionType* FindEncryptionType(int32_t etype);
inline const EncryptionType& Find(Etype etype) {
  return *FindEncryptionType(static_cast<int32_t>(etype));
}

// Encrypts and decrypts for one usage of one key.
class Cipher {
 public:
  Cipher(const Key& key, KeyUsage usage);
  // Two of one key, which costs less than one and one.
  static std::array<Cipher, 2> ForBoth(const Key& key, KeyUsage first,
                                       KeyUsage second);
  ~Cipher();
  Cipher(const Cipher&) = default;
  Cipher& operator=(const Cipher&) = default;

  // Sets its keys up once and not for each message: for a cipher that is kept.
  // Copies share that.
  void MakeReady();

  const EncryptionType& type() const { return *type_; }
  // Of a message whose plaintext has `plain_size` bytes.
  size_t SizeOf(size_t plain_size) const {
    return type_->header_size + plain_size + type_->trailer_size;
  }

  // In place: the plaintext stands behind the header's room and before the
  // trailer's. `confounder` is random, of the type's confounder_size.
  void Encrypt(absl::Span<const uint8_t> confounder,
               absl::Span<uint8_t> message) const;
  // In place. The plaintext, or nothing where the message is too short or not
  // authentic; its bytes then mean nothing.
  [[nodiscard]] std::optional<absl::Span<uint8_t>> Decrypt(
      absl::Span<uint8_t> message, bool check_integrity = true) const;

 private:
  explicit Cipher(const EncryptionType& type) : type_(&type) {}

  const EncryptionType* type_;
  DerivedKeys keys_;
  // Null before MakeReady.
  std::shared_ptr<const ReadyKeys> ready_;
};

// RFC 3961's pseudo-random function. `out` has the type's prf_size bytes.
void Prf(const Key& key, absl::Span<const uint8_t> input,
         absl::Span<uint8_t> out);

// A keyed checksum.
struct Checksum {
  int32_t type = 0;
  size_t size = 0;
  std::array<uint8_t, kMaxChecksumSize> storage{};
  absl::Span<const uint8_t> bytes() const {
    return absl::MakeConstSpan(storage).first(size);
  }
};
Checksum MakeChecksum(const Key& key, KeyUsage usage, Parts parts);
// Whether `checksum`, of IANA's `type`, is that of `parts`. Only the mandatory
// type of the key's encryption type is taken.
[[nodiscard]] bool VerifyChecksum(const Key& key, KeyUsage usage, Parts parts,
                                  int32_t type,
                                  absl::Span<const uint8_t> checksum);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_CRYPTO_ENCRYPTION_TYPE_H_

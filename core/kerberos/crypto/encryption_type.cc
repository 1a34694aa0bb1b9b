#include "core/kerberos/crypto/encryption_type.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include "absl/types/span.h"
#include "core/kerberos/crypto/profiles.h"

namespace sspilab::kerberos {
namespace {

constexpr EncryptionType kTypes[] = {
    {
        .etype = Etype::kAes256CtsHmacSha1,
        .name = "aes256-cts-hmac-sha1-96",
        .checksum_type = 16,
        .key_size = 32,
        .confounder_size = 16,
        .header_size = 16,
        .trailer_size = 12,
        .checksum_size = 12,
        .prf_size = 16,
        .default_iterations = 4096,
        .tokens = TokenFormat::kRfc4121,
        .profile = &kAesSha1Profile,
    },
    {
        .etype = Etype::kAes128CtsHmacSha1,
        .name = "aes128-cts-hmac-sha1-96",
        .checksum_type = 15,
        .key_size = 16,
        .confounder_size = 16,
        .header_size = 16,
        .trailer_size = 12,
        .checksum_size = 12,
        .prf_size = 16,
        .default_iterations = 4096,
        .tokens = TokenFormat::kRfc4121,
        .profile = &kAesSha1Profile,
    },
    {
        .etype = Etype::kAes256CtsHmacSha384,
        .name = "aes256-cts-hmac-sha384-192",
        .checksum_type = 20,
        .key_size = 32,
        .confounder_size = 16,
        .header_size = 16,
        .trailer_size = 24,
        .checksum_size = 24,
        .prf_size = 48,
        .default_iterations = 32768,
        .tokens = TokenFormat::kRfc4121,
        .profile = &kAes256Sha384Profile,
    },
    {
        .etype = Etype::kAes128CtsHmacSha256,
        .name = "aes128-cts-hmac-sha256-128",
        .checksum_type = 19,
        .key_size = 16,
        .confounder_size = 16,
        .header_size = 16,
        .trailer_size = 16,
        .checksum_size = 16,
        .prf_size = 32,
        .default_iterations = 32768,
        .tokens = TokenFormat::kRfc4121,
        .profile = &kAes128Sha256Profile,
    },
    {
        .etype = Etype::kRc4Hmac,
        .name = "rc4-hmac",
        .checksum_type = -138,
        .key_size = 16,
        .confounder_size = 8,
        .header_size = 24,
        .trailer_size = 0,
        .checksum_size = 16,
        .prf_size = 20,
        .default_iterations = 0,
        .tokens = TokenFormat::kRfc4757,
        .profile = &kRc4HmacProfile,
    },
};

}  // namespace

absl::Span<const EncryptionType> EncryptionTypes() { return kTypes; }

const EncryptionType* FindEncryptionType(int32_t etype) {
  const auto* const found = std::find_if(
      std::begin(kTypes), std::end(kTypes), [etype](const EncryptionType& t) {
        return static_cast<int32_t>(t.etype) == etype;
      });
  return found != std::end(kTypes) ? found : nullptr;
}

std::optional<Key> Key::Of(int32_t etype, absl::Span<const uint8_t> bytes) {
  const EncryptionType* const type = FindEncryptionType(etype);
  if (type == nullptr || bytes.size() != type->key_size) return std::nullopt;
  Key key;
  key.type_ = type;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

Key Key::FromPassword(const EncryptionType& type, std::string_view password,
                      std::string_view salt, uint32_t iterations) {
  Key key;
  key.type_ = &type;
  type.profile->string_to_key(type, password, salt, iterations,
                              absl::MakeSpan(key.bytes_).first(type.key_size));
  return key;
}

Key Key::FromPassword(const EncryptionType& type, std::string_view password,
                      std::string_view salt) {
  return FromPassword(type, password, salt, type.default_iterations);
}

absl::Span<const uint8_t> Key::bytes() const {
  return absl::MakeConstSpan(bytes_).first(present() ? type_->key_size : 0);
}

Cipher::Cipher(const Key& key, KeyUsage usage) : type_(&key.type()) {
  DerivedKeys* const keys = &keys_;
  type_->profile->derive_for_ciphers(key, {&usage, 1}, {&keys, 1});
}

std::array<Cipher, 2> Cipher::ForBoth(const Key& key, KeyUsage first,
                                      KeyUsage second) {
  const KeyUsage usages[] = {first, second};
  std::array<Cipher, 2> ciphers = {Cipher(key.type()), Cipher(key.type())};
  DerivedKeys* const keys[] = {&ciphers[0].keys_, &ciphers[1].keys_};
  key.type().profile->derive_for_ciphers(key, absl::MakeConstSpan(usages),
                                         absl::MakeConstSpan(keys));
  return ciphers;
}

void Cipher::MakeReady() {
  if (type_->profile->make_ready == nullptr) return;
  ready_ = type_->profile->make_ready(*type_, keys_);
}

Cipher::~Cipher() {
  crypto::Wipe(absl::MakeSpan(keys_.encryption));
  crypto::Wipe(absl::MakeSpan(keys_.integrity));
}

void Cipher::Encrypt(absl::Span<const uint8_t> confounder,
                     absl::Span<uint8_t> message) const {
  if (ready_ != nullptr) {
    ready_->Encrypt(*type_, confounder, message);
  } else {
    type_->profile->encrypt(*type_, keys_, confounder, message);
  }
}

std::optional<absl::Span<uint8_t>> Cipher::Decrypt(absl::Span<uint8_t> message,
                                                   bool check_integrity) const {
  if (message.size() < SizeOf(0)) return std::nullopt;
  const bool opened =
      ready_ != nullptr
          ? ready_->Decrypt(*type_, message, check_integrity)
          : type_->profile->decrypt(*type_, keys_, message, check_integrity);
  if (!opened) return std::nullopt;
  return message.subspan(type_->header_size, message.size() - SizeOf(0));
}

Checksum MakeChecksum(const Key& key, KeyUsage usage, Parts parts) {
  const EncryptionType& type = key.type();
  DerivedKeys keys = type.profile->derive_for_checksum(key, usage);
  Checksum checksum{.type = type.checksum_type, .size = type.checksum_size};
  type.profile->checksum(type, keys, usage, parts,
                         absl::MakeSpan(checksum.storage).first(checksum.size));
  crypto::Wipe(absl::MakeSpan(keys.integrity));
  return checksum;
}

void Prf(const Key& key, absl::Span<const uint8_t> input,
         absl::Span<uint8_t> out) {
  key.type().profile->prf(key, input, out);
}

bool VerifyChecksum(const Key& key, KeyUsage usage, Parts parts, int32_t type,
                    absl::Span<const uint8_t> checksum) {
  return type == key.type().checksum_type &&
         crypto::ConstantTimeEqual(MakeChecksum(key, usage, parts).bytes(),
                                   checksum);
}

}  // namespace sspilab::kerberos

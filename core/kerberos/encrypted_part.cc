#include "core/kerberos/encrypted_part.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/types/span.h"
#include "core/crypto/bytes.h"

namespace sspilab::kerberos {

std::vector<uint8_t> EncryptPart(const Key& key, KeyUsage usage, Bytes plain,
                                 Entropy& entropy) {
  const Cipher cipher(key, usage);
  std::vector<uint8_t> message(cipher.SizeOf(plain.size()));
  std::copy(
      plain.begin(), plain.end(),
      message.begin() + static_cast<std::ptrdiff_t>(key.type().header_size));
  std::array<uint8_t, kMaxConfounderSize> storage;
  const absl::Span<uint8_t> confounder =
      absl::MakeSpan(storage).first(key.type().confounder_size);
  entropy.Fill(confounder);
  cipher.Encrypt(confounder, absl::MakeSpan(message));
  return message;
}

std::optional<std::vector<uint8_t>> DecryptPart(const Key& key, KeyUsage usage,
                                                const EncryptedData& data) {
  if (data.etype != static_cast<int32_t>(key.type().etype)) return std::nullopt;
  std::vector<uint8_t> cipher(data.cipher.begin(), data.cipher.end());
  const std::optional<absl::Span<uint8_t>> plain =
      Cipher(key, usage).Decrypt(absl::MakeSpan(cipher));
  if (!plain.has_value()) return std::nullopt;
  return std::vector<uint8_t>(plain->begin(), plain->end());
}

Key NewKey(const EncryptionType& type, Entropy& entropy) {
  std::array<uint8_t, kMaxKeySize> storage;
  const absl::Span<uint8_t> bytes =
      absl::MakeSpan(storage).first(type.key_size);
  entropy.Fill(bytes);
  const Key key = *Key::Of(static_cast<int32_t>(type.etype), bytes);
  crypto::Wipe(bytes);
  return key;
}

}  // namespace sspilab::kerberos

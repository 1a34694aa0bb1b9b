#ifndef SSPILAB_CORE_KERBEROS_SEALED_PART_H_
#define SSPILAB_CORE_KERBEROS_SEALED_PART_H_

#include <array>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/encrypted_part.h"
#include "core/kerberos/messages.h"
#include "core/memory.h"
#include "core/wire/der.h"

// The encrypted parts of messages: a message in memory of a World, encrypted
// where it stands.
namespace sspilab::kerberos {

// Of `part` as EncryptedData has it.
template <typename Part>
size_t SealedSize(const Part& part, const EncryptionType& type) {
  return type.header_size + SizeOf(part) + type.trailer_size;
}

// False when the budget refuses.
template <typename Part>
[[nodiscard]] bool Seal(const Part& part, const Key& key, KeyUsage usage,
                        Entropy& entropy, MemoryBudget& memory,
                        BudgetBytes* sealed) {
  const EncryptionType& type = key.type();
  if (!sealed->Allocate(memory, SealedSize(part, type))) return false;
  const absl::Span<uint8_t> message = sealed->span();
  wire::DerWriter writer(message.subspan(
      type.header_size, message.size() - type.header_size - type.trailer_size));
  Write(part, &writer);
  std::array<uint8_t, kMaxConfounderSize> storage;
  const absl::Span<uint8_t> confounder =
      absl::MakeSpan(storage).first(type.confounder_size);
  entropy.Fill(confounder);
  Cipher(key, usage).Encrypt(confounder, message);
  return true;
}

enum class OpenedPart : uint8_t { kOk, kNotAuthentic, kOutOfMemory };

// Decrypts into `storage`, of which `plain` is a view.
[[nodiscard]] inline OpenedPart Open(const EncryptedData& data, const Key& key,
                                     KeyUsage usage, bool check_integrity,
                                     MemoryBudget& memory, BudgetBytes* storage,
                                     Bytes* plain) {
  if (data.etype != static_cast<int32_t>(key.type().etype)) {
    return OpenedPart::kNotAuthentic;
  }
  if (!storage->Assign(memory, data.cipher)) return OpenedPart::kOutOfMemory;
  const std::optional<absl::Span<uint8_t>> opened =
      Cipher(key, usage).Decrypt(storage->span(), check_integrity);
  if (!opened.has_value()) return OpenedPart::kNotAuthentic;
  *plain = *opened;
  return OpenedPart::kOk;
}

// The number of the first message. It has four bytes as DER, so that a token's
// size is known before it is drawn, and is positive where it is read as signed.
inline constexpr uint32_t kLeastSequence = 0x01000000;
inline uint32_t NewSequence(Entropy& entropy) {
  return kLeastSequence +
         static_cast<uint32_t>(entropy.Below(0x40000000 - kLeastSequence));
}

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_SEALED_PART_H_

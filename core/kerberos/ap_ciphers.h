#ifndef SSPILAB_CORE_KERBEROS_AP_CIPHERS_H_
#define SSPILAB_CORE_KERBEROS_AP_CIPHERS_H_

#include <array>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/sealed_part.h"
#include "core/memory.h"
#include "core/wire/der.h"

// What an exchange between client and service is encrypted with, where the
// keys are derived already.
namespace sspilab::kerberos {

// Of a ticket's session key.
class ApCiphers {
 public:
  explicit ApCiphers(const Key& session_key)
      : both_(Cipher::ForBoth(session_key, KeyUsage::kApReqAuthenticator,
                              KeyUsage::kApRepPart)) {}
  // For many exchanges with the same ticket.
  void MakeReady() {
    for (Cipher& cipher : both_) cipher.MakeReady();
  }

  const Cipher& authenticator() const { return both_[0]; }
  const Cipher& reply() const { return both_[1]; }

 private:
  std::array<Cipher, 2> both_;
};

// Into `message`, which has SealedSize(part) bytes.
template <typename Part>
void SealInto(absl::Span<uint8_t> message, const Part& part,
              const Cipher& cipher, Entropy& entropy) {
  const EncryptionType& type = cipher.type();
  wire::DerWriter writer(message.subspan(
      type.header_size, message.size() - type.header_size - type.trailer_size));
  Write(part, &writer);
  std::array<uint8_t, kMaxConfounderSize> storage;
  const absl::Span<uint8_t> confounder =
      absl::MakeSpan(storage).first(type.confounder_size);
  entropy.Fill(confounder);
  cipher.Encrypt(confounder, message);
}

// Decrypts into `storage`, of which `plain` is a view.
[[nodiscard]] inline OpenedPart Open(const EncryptedData& data,
                                     const Cipher& cipher, bool check_integrity,
                                     MemoryBudget& memory, BudgetBytes* storage,
                                     Bytes* plain) {
  if (data.etype != static_cast<int32_t>(cipher.type().etype)) {
    return OpenedPart::kNotAuthentic;
  }
  if (!storage->Assign(memory, data.cipher)) return OpenedPart::kOutOfMemory;
  const std::optional<absl::Span<uint8_t>> opened =
      cipher.Decrypt(storage->span(), check_integrity);
  if (!opened.has_value()) return OpenedPart::kNotAuthentic;
  *plain = *opened;
  return OpenedPart::kOk;
}

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_AP_CIPHERS_H_

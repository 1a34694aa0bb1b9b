#ifndef SSPILAB_CORE_KERBEROS_ENCRYPTED_PART_H_
#define SSPILAB_CORE_KERBEROS_ENCRYPTED_PART_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"

// The encrypted parts of messages between a KDC and its clients, in the
// machine's own memory. sealed_part.h is the same in memory of a World.
namespace sspilab::kerberos {

// `plain` as the ciphertext of an EncryptedData. `entropy` gives the
// confounder.
std::vector<uint8_t> EncryptPart(const Key& key, KeyUsage usage, Bytes plain,
                                 Entropy& entropy);
// Nothing where `data` is of another type than the key, or not authentic.
std::optional<std::vector<uint8_t>> DecryptPart(const Key& key, KeyUsage usage,
                                                const EncryptedData& data);

// A key that `entropy` gives.
Key NewKey(const EncryptionType& type, Entropy& entropy);

// A key as messages have it, and back; nothing where its type is not known
// here, or it has another size.
inline EncryptionKey ViewOf(const Key& key) {
  return {.keytype = static_cast<int32_t>(key.type().etype),
          .keyvalue = key.bytes()};
}
inline std::optional<Key> KeyOf(const EncryptionKey& key) {
  return Key::Of(key.keytype, key.keyvalue);
}

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_ENCRYPTED_PART_H_

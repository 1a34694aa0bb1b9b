// RC4-HMAC: RFC 4757.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/crypto/bytes.h"
#include "core/crypto/digest.h"
#include "core/crypto/hmac_sha.h"
#include "core/crypto/rc4.h"
#include "core/kerberos/crypto/constants.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/crypto/profiles.h"
#include "core/wire/utf.h"

namespace sspilab::kerberos {
namespace {

using Bytes = absl::Span<const uint8_t>;

// 3: Windows' numbers of usages are other ones in two places. The third that
// the RFC has (9 as 8) is an error of it, says its erratum; Windows and MIT
// have 9.
std::array<uint8_t, 4> UsageNumber(KeyUsage usage) {
  uint32_t number = static_cast<uint32_t>(usage);
  switch (usage) {
    case KeyUsage::kAsRepPart:
      number = 8;
      break;
    case KeyUsage::kAcceptorSign:
      number = 13;
      break;
    default:
      break;
  }
  return {static_cast<uint8_t>(number), static_cast<uint8_t>(number >> 8),
          static_cast<uint8_t>(number >> 16),
          static_cast<uint8_t>(number >> 24)};
}

Bytes Used(const std::array<uint8_t, kMaxKeySize>& key) {
  return absl::MakeConstSpan(key).first(crypto::Digest16{}.size());
}

void Crypt(const DerivedKeys& keys, Bytes mac, absl::Span<uint8_t> bytes) {
  crypto::Rc4(crypto::HmacMd5(Used(keys.encryption)).Of({mac})).Crypt(bytes);
}

// 2: the NT hash.
void StringToKey(const EncryptionType& /*type*/, std::string_view password,
                 std::string_view /*salt*/, uint32_t /*iterations*/,
                 absl::Span<uint8_t> out) {
  std::u16string utf16 = wire::Utf8ToUtf16Lossy(password);
  const crypto::Digest16 hash = crypto::Md4(wire::Utf16LeBytes(utf16));
  std::copy(hash.begin(), hash.end(), out.begin());
}

// 5: K1 and K2 are the same for keys of full strength.
void DeriveForCiphers(const Key& key, absl::Span<const KeyUsage> usages,
                      absl::Span<DerivedKeys* const> out) {
  for (size_t i = 0; i < usages.size(); ++i) {
    const crypto::Digest16 k1 =
        crypto::HmacMd5(key.bytes()).Of({UsageNumber(usages[i])});
    std::copy(k1.begin(), k1.end(), out[i]->encryption.begin());
    std::copy(k1.begin(), k1.end(), out[i]->integrity.begin());
  }
}

// 4: Ksign. The terminating zero is part of the text.
DerivedKeys DeriveForChecksum(const Key& key, KeyUsage /*usage*/) {
  const crypto::Digest16 sign =
      crypto::HmacMd5(key.bytes())
          .Of({TextBytes(std::string_view("signaturekey", 13))});
  DerivedKeys keys;
  std::copy(sign.begin(), sign.end(), keys.integrity.begin());
  return keys;
}

void Encrypt(const EncryptionType& /*type*/, const DerivedKeys& keys,
             Bytes confounder, absl::Span<uint8_t> message) {
  const absl::Span<uint8_t> body = message.subspan(crypto::Digest16{}.size());
  std::copy(confounder.begin(), confounder.end(), body.begin());
  const crypto::Digest16 mac = crypto::HmacMd5(Used(keys.integrity)).Of({body});
  Crypt(keys, mac, body);
  std::copy(mac.begin(), mac.end(), message.begin());
}

bool Decrypt(const EncryptionType& /*type*/, const DerivedKeys& keys,
             absl::Span<uint8_t> message, bool check_integrity) {
  const Bytes mac = message.first(crypto::Digest16{}.size());
  const absl::Span<uint8_t> body = message.subspan(mac.size());
  Crypt(keys, mac, body);
  return crypto::ConstantTimeEqual(
             crypto::HmacMd5(Used(keys.integrity)).Of({body}), mac) ||
         !check_integrity;
}

void ComputeChecksum(const EncryptionType& /*type*/, const DerivedKeys& keys,
                     KeyUsage usage, Parts parts, absl::Span<uint8_t> out) {
  crypto::Md5Stream text;
  text.Update(UsageNumber(usage));
  for (const Bytes part : parts) text.Update(part);
  const crypto::Digest16 mac =
      crypto::HmacMd5(Used(keys.integrity)).Of({text.Finish()});
  std::copy(mac.begin(), mac.end(), out.begin());
}

// RFC 4757 has none; this is MIT's and Heimdal's.
void ComputePrf(const Key& key, Bytes input, absl::Span<uint8_t> out) {
  crypto::HmacSha1(key.bytes(), {input}, out);
}

}  // namespace

const Profile kRc4HmacProfile = {
    .string_to_key = StringToKey,
    .derive_for_ciphers = DeriveForCiphers,
    .derive_for_checksum = DeriveForChecksum,
    .encrypt = Encrypt,
    .decrypt = Decrypt,
    .make_ready = nullptr,
    .checksum = ComputeChecksum,
    .prf = ComputePrf,
};

}  // namespace sspilab::kerberos

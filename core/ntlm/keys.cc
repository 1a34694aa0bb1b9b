#include "core/ntlm/keys.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "core/crypto/des.h"
#include "core/crypto/rc4.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/wire/oem.h"
#include "core/wire/upcase.h"
#include "core/wire/utf.h"

namespace sspilab::ntlm {
namespace {

using Bytes = absl::Span<const uint8_t>;
using crypto::DesBlock;
using crypto::DesEncrypt;
using crypto::HmacMd5;

// What an LM hash encrypts: "KGS!@#$%".
constexpr DesBlock kLmMagic = {'K', 'G', 'S', '!', '@', '#', '$', '%'};
constexpr size_t kLmPasswordSize = 14;

// 3.4.5.2 and 3.4.5.3, by Direction. The terminating zero belongs to them.
using Magic = char[59];
constexpr Magic kSignMagic[] = {
    "session key to client-to-server signing key magic constant",
    "session key to server-to-client signing key magic constant",
};
constexpr Magic kSealMagic[] = {
    "session key to client-to-server sealing key magic constant",
    "session key to server-to-client sealing key magic constant",
};

Bytes MagicBytes(const Magic (&magic)[2], Direction direction) {
  return absl::MakeConstSpan(
      reinterpret_cast<const uint8_t*>(magic[static_cast<size_t>(direction)]),
      sizeof(Magic));
}

// DESL of section 6: one block under each third of the key, which zeros
// lengthen to 21 bytes.
ResponseV1 Desl(const Key& key, Bytes block) {
  std::array<uint8_t, 21> padded{};
  std::copy(key.begin(), key.end(), padded.begin());
  ResponseV1 response;
  for (size_t i = 0; i < 3; ++i) {
    const DesBlock third =
        DesEncrypt(absl::MakeConstSpan(padded).subspan(7 * i, 7), block);
    std::copy(third.begin(), third.end(), response.begin() + 8 * i);
  }
  return response;
}

Key ConcatenateBlocks(const DesBlock& first, const DesBlock& second) {
  Key key;
  std::copy(first.begin(), first.end(), key.begin());
  std::copy(second.begin(), second.end(), key.begin() + first.size());
  return key;
}

}  // namespace

std::optional<Key> LmOwfV1(std::u16string_view password) {
  if (password.size() > kLmPasswordSize) {
    return std::nullopt;
  }
  std::array<uint8_t, kLmPasswordSize> padded{};
  for (size_t i = 0; i < password.size(); ++i) {
    const std::optional<uint8_t> oem =
        wire::OemFromUnicode(wire::Upcase(password[i]));
    if (!oem) {
      return std::nullopt;
    }
    padded[i] = *oem;
  }
  const Bytes key = padded;
  return ConcatenateBlocks(DesEncrypt(key.subspan(0, 7), kLmMagic),
                           DesEncrypt(key.subspan(7, 7), kLmMagic));
}

Key NtOwfV1(std::u16string_view password) {
  return crypto::Md4(wire::Utf16LeBytes(password));
}

Key NtOwfV2(const Key& nt_owf_v1, absl::Span<const uint8_t> user,
            absl::Span<const uint8_t> domain) {
  HmacMd5 hmac(nt_owf_v1);
  // An even number of bytes at a time, so that no character is cut.
  std::array<uint8_t, 64> upper;
  while (!user.empty()) {
    const Bytes piece = user.subspan(0, upper.size());
    wire::UpcaseUtf16Le(piece, absl::MakeSpan(upper));
    hmac.Update(absl::MakeConstSpan(upper).subspan(0, piece.size()));
    user.remove_prefix(piece.size());
  }
  hmac.Update(domain);
  return hmac.Finish();
}

ResponsesV1 ComputeResponsesV1(const Key& nt_owf,
                               const std::optional<Key>& lm_owf,
                               const Challenge& server_challenge) {
  ResponsesV1 responses;
  responses.nt = Desl(nt_owf, server_challenge);
  responses.lm = lm_owf ? Desl(*lm_owf, server_challenge) : responses.nt;
  return responses;
}

ResponsesV1 ComputeResponsesV1WithClientChallenge(
    const Key& nt_owf, const Challenge& server_challenge,
    const Challenge& client_challenge) {
  const Key both = crypto::Md5({server_challenge, client_challenge});
  ResponsesV1 responses;
  responses.nt = Desl(nt_owf, absl::MakeConstSpan(both).subspan(0, 8));
  responses.lm = {};
  std::copy(client_challenge.begin(), client_challenge.end(),
            responses.lm.begin());
  return responses;
}

Key SessionBaseKeyV1(const Key& nt_owf) { return crypto::Md4(nt_owf); }

ProofV2 ComputeProofV2(const crypto::HmacMd5& nt_owf_v2,
                       const Challenge& server_challenge,
                       absl::Span<const uint8_t> temp) {
  ProofV2 result;
  result.nt_proof = nt_owf_v2.Of({server_challenge, temp});
  result.session_base_key = nt_owf_v2.Of({result.nt_proof});
  return result;
}

ResponseV1 ComputeLmResponseV2(const crypto::HmacMd5& lm_owf_v2,
                               const Challenge& server_challenge,
                               const Challenge& client_challenge) {
  const Key proof = lm_owf_v2.Of({server_challenge, client_challenge});
  ResponseV1 response;
  std::copy(proof.begin(), proof.end(), response.begin());
  std::copy(client_challenge.begin(), client_challenge.end(),
            response.begin() + proof.size());
  return response;
}

Key KeyExchangeKeyV1(uint32_t flags, const Key& session_base_key,
                     absl::Span<const uint8_t> lm_response,
                     const Challenge& server_challenge,
                     const std::optional<Key>& lm_owf) {
  const Bytes lm_start = lm_response.subspan(0, 8);
  if ((flags & kNegotiateExtendedSessionSecurity) != 0) {
    return HmacMd5(session_base_key).Of({server_challenge, lm_start});
  }
  if ((flags & (kNegotiateLmKey | kRequestNonNtSessionKey)) == 0) {
    return session_base_key;
  }
  const Key lm_hash = lm_owf ? *lm_owf : *LmOwfV1(u"");
  if ((flags & kNegotiateLmKey) != 0) {
    const std::array<uint8_t, 7> second_key = {lm_hash[7], 0xBD, 0xBD, 0xBD,
                                               0xBD,       0xBD, 0xBD};
    return ConcatenateBlocks(
        DesEncrypt(absl::MakeConstSpan(lm_hash).subspan(0, 7), lm_start),
        DesEncrypt(second_key, lm_start));
  }
  Key key{};
  std::copy_n(lm_hash.begin(), 8, key.begin());
  return key;
}

Key EncryptSessionKey(const Key& key_exchange_key, const Key& session_key) {
  Key result;
  crypto::Rc4(key_exchange_key).Crypt(session_key, absl::MakeSpan(result));
  return result;
}

Key ComputeMic(const Key& exported_session_key,
               absl::Span<const uint8_t> negotiate,
               absl::Span<const uint8_t> challenge,
               absl::Span<const uint8_t> authenticate) {
  constexpr AuthenticateMessage::Mic kNoMic{};
  HmacMd5 hmac(exported_session_key);
  hmac.Update(negotiate);
  hmac.Update(challenge);
  hmac.Update(authenticate.subspan(0, AuthenticateMessage::kMicOffset));
  hmac.Update(kNoMic);
  hmac.Update(authenticate.subspan(AuthenticateMessage::kMicOffset +
                                   AuthenticateMessage::kMicSize));
  return hmac.Finish();
}

Key SignKey(const Key& exported_session_key, Direction direction) {
  return crypto::Md5({exported_session_key, MagicBytes(kSignMagic, direction)});
}

SealingKey SealKey(uint32_t flags, const Key& exported_session_key,
                   Direction direction, uint8_t peer_revision) {
  const Bytes full = exported_session_key;
  SealingKey key;
  if ((flags & kNegotiateExtendedSessionSecurity) != 0) {
    const size_t strength = (flags & kNegotiate128) != 0  ? 16
                            : (flags & kNegotiate56) != 0 ? 7
                                                          : 5;
    key.storage = crypto::Md5(
        {full.subspan(0, strength), MagicBytes(kSealMagic, direction)});
    key.size = key.storage.size();
    return key;
  }
  const bool weakened = (flags & kNegotiateLmKey) != 0 ||
                        ((flags & kNegotiateDatagram) != 0 &&
                         peer_revision >= Version::kRevisionW2k3);
  if (!weakened) {
    key.storage = exported_session_key;
    key.size = key.storage.size();
    return key;
  }
  key.storage = {};
  key.size = 8;
  if ((flags & kNegotiate56) != 0) {
    std::copy_n(full.begin(), 7, key.storage.begin());
    key.storage[7] = 0xA0;
  } else {
    std::copy_n(full.begin(), 5, key.storage.begin());
    key.storage[5] = 0xE5;
    key.storage[6] = 0x38;
    key.storage[7] = 0xB0;
  }
  return key;
}

}  // namespace sspilab::ntlm

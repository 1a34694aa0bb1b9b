#ifndef SSPILAB_FUZZ_KDC_REQUESTS_H_
#define SSPILAB_FUZZ_KDC_REQUESTS_H_

#include <cstdint>
#include <type_traits>
#include <vector>

#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"

// What the bytes of kerberos_kdc are: a realm, and a request to its KDC, as it
// goes over the wire or as what is to be encrypted in it.
namespace sspilab::fuzz {

// The first bytes of an input. Every value of every byte is a choice.
struct KdcSettings {
  // RequestForm.
  uint8_t form;
  // What the realm is like: bits below.
  uint8_t realm;
  // The types of the keys that the request is made with: the client's or the
  // ticket's in the lower four bits, the additional ticket's in the upper ones.
  // Where a logon has something in these, its timestamp says a type that may be
  // another than its key's: kNoEtype and so many.
  uint8_t keys;
  // What is wrong with the request: bits below.
  uint8_t faults;

  static KdcSettings TakeFrom(absl::Span<const uint8_t>* input);
  absl::Span<const uint8_t> bytes() const {
    return {reinterpret_cast<const uint8_t*>(this), sizeof(*this)};
  }
};
static_assert(alignof(KdcSettings) == 1 &&
              std::is_trivially_copyable_v<KdcSettings>);

// What stands behind the settings: parts (input_parts.h).
enum class RequestForm : uint8_t {
  // The request.
  kRaw,
  // PA-ENC-TS-ENC, or nothing for none; KDC-REQ-BODY.
  kAs,
  // EncTicketPart; Authenticator; KDC-REQ-BODY; EncTicketPart of the one of the
  // additional tickets, or nothing for none.
  kTgs,
};
inline constexpr int kRequestForms = 3;

// None has this number, and few have those behind it.
inline constexpr int32_t kNoEtype = 16;

// KdcSettings::realm.
inline constexpr uint8_t kWithRc4 = 0x01;
inline constexpr uint8_t kAliceNeedsNoProof = 0x02;
inline constexpr uint8_t kAliceIsSensitive = 0x04;
inline constexpr uint8_t kAliceIsDisabled = 0x08;
inline constexpr uint8_t kAlicesPasswordIsOld = 0x10;
inline constexpr uint8_t kServiceIsDisabled = 0x20;
inline constexpr uint8_t kServiceIsTrusted = 0x40;
inline constexpr uint8_t kTicketsAreShort = 0x80;

// KdcSettings::faults.
inline constexpr uint8_t kChecksumAsItIs = 0x01;
inline constexpr uint8_t kTicketOfOtherKey = 0x02;
inline constexpr uint8_t kProofOfOtherKey = 0x04;
inline constexpr uint8_t kProofOfOtherUsage = 0x08;
inline constexpr uint8_t kTicketOfOtherRealm = 0x10;
inline constexpr uint8_t kTicketAltered = 0x20;
inline constexpr uint8_t kProofAltered = 0x40;
inline constexpr uint8_t kBodyAltered = 0x80;

// EX, with alice and bob, the machine LAB$ and its services; and OTHER, with
// trust between the two both ways. Made once for each value of `realm`.
const kerberos::Realms& KdcRealms(uint8_t realm);

// `plain`, encrypted; the same for the same.
std::vector<uint8_t> Sealed(const kerberos::Key& key, kerberos::KeyUsage usage,
                            absl::Span<const uint8_t> plain);
// The EncryptedData of it.
kerberos::EncryptedData SealedView(const kerberos::Key& key,
                                   absl::Span<const uint8_t> cipher);
// The session key of an EncTicketPart; `otherwise` where it has none.
kerberos::Key SessionKeyIn(absl::Span<const uint8_t> ticket_part,
                           const kerberos::Key& otherwise);

// The request that an input is.
std::vector<uint8_t> RequestOf(const KdcSettings& settings,
                               absl::Span<const uint8_t> rest);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_KDC_REQUESTS_H_

#ifndef SSPILAB_CORE_KERBEROS_GSS_H_
#define SSPILAB_CORE_KERBEROS_GSS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/kerberos/messages.h"

// What GSS-API puts around Kerberos' messages (RFC 4121 4.1), and into the
// authenticator (4.1.1).
namespace sspilab::kerberos {

// 4.1, and draft-swift-win2k-krb-user2user for user-to-user: as they stand on
// the wire, first byte in the higher half.
enum class TokenId : uint16_t {
  kApReq = 0x0100,
  kApRep = 0x0200,
  kKrbError = 0x0300,
  kTgtRequest = 0x0400,
  kTgtReply = 0x0401,
  // RFC 4757 7.2 and 7.3. The other types' tokens have no framing.
  kRc4Mic = 0x0101,
  kRc4Wrap = 0x0201,
};

// 1.2.840.113554.1.2.2, and what user-to-user has instead.
inline constexpr uint8_t kMechanismOid[] = {0x2A, 0x86, 0x48, 0x86, 0xF7,
                                            0x12, 0x01, 0x02, 0x02};
inline constexpr uint8_t kUserToUserOid[] = {0x2A, 0x86, 0x48, 0x86, 0xF7,
                                             0x12, 0x01, 0x02, 0x02, 0x03};

// A framed token. The views are of the bytes it was read from.
struct GssToken {
  bool user_to_user = false;
  TokenId id = TokenId::kApReq;
  Bytes message;

  static absl::StatusOr<GssToken> Parse(Bytes token);
};

// Of a message of `size` bytes with the framing around it.
size_t FramedSize(size_t size, bool user_to_user);
// Writes the framing into `token`, which has FramedSize(size) bytes, and gives
// the place where the message belongs: its end.
absl::Span<uint8_t> WriteFraming(TokenId id, bool user_to_user, size_t size,
                                 absl::Span<uint8_t> token);

// RFC 4121 4.1.1.1, RFC 4757 7.1: what the initiator asks for.
namespace gss_flag {
inline constexpr uint32_t kDelegation = 0x0001;
inline constexpr uint32_t kMutual = 0x0002;
inline constexpr uint32_t kReplay = 0x0004;
inline constexpr uint32_t kSequence = 0x0008;
inline constexpr uint32_t kConfidentiality = 0x0010;
inline constexpr uint32_t kIntegrity = 0x0020;
inline constexpr uint32_t kDceStyle = 0x1000;
inline constexpr uint32_t kIdentify = 0x2000;
inline constexpr uint32_t kExtendedError = 0x4000;
}  // namespace gss_flag

// The checksum field's number that says that it is this instead.
inline constexpr int32_t kGssChecksumType = 0x8003;

// The authenticator's "checksum".
struct GssChecksum {
  // MD5 of the channel bindings; zeros for none.
  std::array<uint8_t, 16> bindings{};
  uint32_t flags = 0;
  // The KRB-CRED of the delegated ticket.
  std::optional<Bytes> delegation;

  static absl::StatusOr<GssChecksum> Parse(Bytes checksum);
  size_t size() const { return 24 + (delegation ? 4 + delegation->size() : 0); }
  // `out` has size() bytes.
  void WriteTo(absl::Span<uint8_t> out) const;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_GSS_H_

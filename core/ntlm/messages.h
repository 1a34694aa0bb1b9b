#ifndef SSPILAB_CORE_NTLM_MESSAGES_H_
#define SSPILAB_CORE_NTLM_MESSAGES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

// The three messages of NTLM (MS-NLMP 2.2.1): parse and serialize, nothing
// else.
//
// Parse checks every bound once and copies nothing: the views in a message
// point into the token, which must outlive it. An error is InvalidArgument and
// names the message, the field and the byte; a success does not allocate.
//
// What Parse accepts, all of it seen from real peers:
// - the short headers of old systems, which lack Version, or what came with
//   Windows NT 4 and 2000 before it;
// - a payload in any order, with gaps and with bytes after it, fields of length
//   0 with any offset, and a MaxLen that says anything.
// A field may not point into the header: no sender does it, and letting it
// would make the meaning of the header's optional parts ambiguous.
//
// Serialize writes the layout that Windows writes. For each message m that
// Parse gives, Parse(Serialize(m)) == m; bytes that no field points at are not
// kept.
namespace sspilab::ntlm {

enum class MessageType : uint32_t {
  kNegotiate = 1,
  kChallenge = 2,
  kAuthenticate = 3,
};

// The type of `token`, which is an error when the token is shorter than twelve
// bytes, does not begin with "NTLMSSP\0", or is of no known type.
absl::StatusOr<MessageType> PeekMessageType(absl::Span<const uint8_t> token);

// An eight-byte nonce: ServerChallenge, ClientChallenge.
using Challenge = std::array<uint8_t, 8>;

// MS-NLMP 2.2.2.10. For people to read; only `revision` changes the protocol.
struct Version {
  static constexpr size_t kSize = 8;
  // NTLMSSP_REVISION_W2K3: what every system since Windows XP SP2 says.
  static constexpr uint8_t kRevisionW2k3 = 0x0F;

  uint8_t major = 0;
  uint8_t minor = 0;
  uint16_t build = 0;
  std::array<uint8_t, 3> reserved{};
  uint8_t revision = 0;

  friend bool operator==(const Version&, const Version&) = default;
};

// MS-NLMP 2.2.1.1. From initiator to acceptor.
struct NegotiateMessage {
  // NegotiateFlags (negotiate_flags.h).
  uint32_t flags = 0;
  // In the OEM code page, always. Empty unless the flags say that they are
  // supplied (kOemDomainSupplied, kOemWorkstationSupplied).
  absl::Span<const uint8_t> domain{};
  absl::Span<const uint8_t> workstation{};
  // Absent from the headers of old systems. Present in others whether or not
  // kNegotiateVersion is set, then usually as zeros.
  std::optional<Version> version{};

  static absl::StatusOr<NegotiateMessage> Parse(
      absl::Span<const uint8_t> token);
  // The bytes that Serialize writes.
  size_t SerializedSize() const;
  // Returns the bytes written. OutOfRange when `out` is shorter than
  // SerializedSize(), InvalidArgument when a field is longer than 65535 bytes
  // or is not empty and its flag is not set. No field may overlap `out`.
  absl::StatusOr<size_t> Serialize(absl::Span<uint8_t> out) const;

  // Whether the contents, not the places of the views, are the same.
  friend bool operator==(const NegotiateMessage& a, const NegotiateMessage& b);
};

// MS-NLMP 2.2.1.2. From acceptor to initiator.
struct ChallengeMessage {
  uint32_t flags = 0;
  Challenge server_challenge{};
  // Zero on the wire from any modern system; Windows puts a context handle
  // here for local calls.
  std::array<uint8_t, 8> reserved{};
  // UTF-16LE or OEM, as the flags say.
  absl::Span<const uint8_t> target_name{};
  // AV pairs (av_pairs.h), unchecked.
  absl::Span<const uint8_t> target_info{};
  std::optional<Version> version{};

  static absl::StatusOr<ChallengeMessage> Parse(
      absl::Span<const uint8_t> token);
  size_t SerializedSize() const;
  // As for NegotiateMessage, but the flags do not restrict the fields.
  absl::StatusOr<size_t> Serialize(absl::Span<uint8_t> out) const;

  friend bool operator==(const ChallengeMessage& a, const ChallengeMessage& b);
};

// MS-NLMP 2.2.1.3. From initiator to acceptor.
struct AuthenticateMessage {
  // Where the MIC is when there is one, and how long it is.
  static constexpr size_t kMicOffset = 72;
  static constexpr size_t kMicSize = 16;
  using Mic = std::array<uint8_t, kMicSize>;

  // Zero from systems before Windows NT 4 SP3, whose message has no flags.
  uint32_t flags = 0;
  absl::Span<const uint8_t> lm_response{};
  absl::Span<const uint8_t> nt_response{};
  // UTF-16LE or OEM, as the negotiated flags say.
  absl::Span<const uint8_t> domain{};
  absl::Span<const uint8_t> user{};
  absl::Span<const uint8_t> workstation{};
  absl::Span<const uint8_t> encrypted_session_key{};
  std::optional<Version> version{};
  // Present when the header has room for it before the first byte of payload;
  // nothing in the header says more. Whether the sender computed it is told by
  // the AV flags in the NTLMv2 response (kAvFlagMicProvided); a sender that
  // did not leaves zeros. Serialize: needs `version`.
  std::optional<Mic> mic{};

  static absl::StatusOr<AuthenticateMessage> Parse(
      absl::Span<const uint8_t> token);
  size_t SerializedSize() const;
  // As for ChallengeMessage; also InvalidArgument for a `mic` without
  // `version`.
  absl::StatusOr<size_t> Serialize(absl::Span<uint8_t> out) const;

  friend bool operator==(const AuthenticateMessage& a,
                         const AuthenticateMessage& b);
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_MESSAGES_H_

#ifndef SSPILAB_CORE_NEGOTIATE_MESSAGES_H_
#define SSPILAB_CORE_NEGOTIATE_MESSAGES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/wire/der.h"

// The tokens of SPNEGO (RFC 4178 4.2, MS-SPNG 2.2.1): parse and serialize,
// nothing else. Field names are the specifications'. All views of a parsed
// token point into it; those of a token to be written must outlive the writing.
//
// Parsing follows Windows in taking lengths that are longer than they need
// (BER); what is written is DER. A field that is there but empty is not one
// that is missing: hence the optionals. What may not follow what, is the
// machines' to say.
namespace sspilab::negotiate {

// The contents of object identifiers.
namespace oid {
// 1.3.6.1.5.5.2, SPNEGO itself.
inline constexpr uint8_t kSpnego[] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x02};
// 1.3.6.1.4.1.311.2.2.10
inline constexpr uint8_t kNtlm[] = {0x2B, 0x06, 0x01, 0x04, 0x01,
                                    0x82, 0x37, 0x02, 0x02, 0x0A};
// 1.2.840.113554.1.2.2
inline constexpr uint8_t kKerberos[] = {0x2A, 0x86, 0x48, 0x86, 0xF7,
                                        0x12, 0x01, 0x02, 0x02};
// 1.2.840.48018.1.2.2: what Windows 2000 made of Kerberos', and Windows still
// puts first in its lists (MS-SPNG 3.1.5.2).
inline constexpr uint8_t kWindowsKerberos[] = {0x2A, 0x86, 0x48, 0x82, 0xF7,
                                               0x12, 0x01, 0x02, 0x02};
// 1.2.840.113554.1.2.2.3
inline constexpr uint8_t kKerberosUserToUser[] = {0x2A, 0x86, 0x48, 0x86, 0xF7,
                                                  0x12, 0x01, 0x02, 0x02, 0x03};
// 1.3.6.1.4.1.311.2.2.30
inline constexpr uint8_t kNegoEx[] = {0x2B, 0x06, 0x01, 0x04, 0x01,
                                      0x82, 0x37, 0x02, 0x02, 0x1E};
}  // namespace oid

// "NTLM" for its object identifier; empty for one that nobody here knows.
std::string_view MechanismName(absl::Span<const uint8_t> oid);

// What a token is, by its first bytes.
enum class TokenKind : uint8_t {
  // InitialContextToken: NegTokenInit or NegTokenInit2.
  kInit,
  kResp,
  // An NTLM message without SPNEGO around it.
  kRawNtlm,
  kUnknown,
};
TokenKind KindOf(absl::Span<const uint8_t> token);

// RFC 4178 4.2.2.
enum class NegState : uint8_t {
  kAcceptCompleted = 0,
  kAcceptIncomplete = 1,
  kReject = 2,
  kRequestMic = 3,
};

// A MechTypeList: a SEQUENCE of object identifiers. Both mechListMICs are over
// its bytes as the initiator sent them (RFC 4178 5).
class MechTypeList {
 public:
  MechTypeList() = default;
  // `der` is the whole element. InvalidArgument where it is no such list, or an
  // empty one.
  static absl::StatusOr<MechTypeList> Parse(absl::Span<const uint8_t> der);

  absl::Span<const uint8_t> der() const { return der_; }

  // Where the list is gone through, first choice first:
  //   for (auto rest = list.Begin(); list.Next(&rest, &oid);) ...
  wire::DerReader Begin() const;
  static bool Next(wire::DerReader* rest, absl::Span<const uint8_t>* oid) {
    return rest->ReadOid(oid);
  }

 private:
  explicit MechTypeList(absl::Span<const uint8_t> der) : der_(der) {}

  absl::Span<const uint8_t> der_;
};

// NegTokenInit and, from servers that speak first, NegTokenInit2.
struct NegTokenInit {
  using Bytes = absl::Span<const uint8_t>;

  MechTypeList mech_types;
  // The BIT STRING's contents, the count of unused bits first. Not protected by
  // anything (RFC 4178 4.2.1: not to be used).
  std::optional<Bytes> req_flags;
  std::optional<Bytes> mech_token;
  // negHints of NegTokenInit2: hintName, which is
  // "not_defined_in_RFC4178@please_ignore" or, of Windows before Vista, the
  // server's principal.
  std::optional<Bytes> hint_name;
  std::optional<Bytes> mech_list_mic;

  // `token` is an InitialContextToken (RFC 2743 3.1), whole and nothing more.
  // The error says where it is none.
  static absl::StatusOr<NegTokenInit> Parse(Bytes token);
  // With its framing. mechListMIC is [3], or [4] where there are hints.
  void WriteTo(wire::DerWriter* writer) const;
};

// What NegTokenInit2 has for a hint.
inline constexpr std::string_view kHintName =
    "not_defined_in_RFC4178@please_ignore";

struct NegTokenResp {
  using Bytes = absl::Span<const uint8_t>;

  std::optional<NegState> neg_state;
  std::optional<Bytes> supported_mech;
  std::optional<Bytes> response_token;
  std::optional<Bytes> mech_list_mic;

  static absl::StatusOr<NegTokenResp> Parse(Bytes token);
  void WriteTo(wire::DerWriter* writer) const;
};

// The most bytes that stand before a mechToken or a responseToken of less than
// 16 MiB (which is how many there are around none).
size_t InitOverhead(absl::Span<const uint8_t> mech_types);
size_t RespOverhead(absl::Span<const uint8_t> supported_mech);
// The bytes that stand after it where a mechListMIC follows.
inline constexpr size_t kMaxMicSize = 64;
constexpr size_t MicOverhead(size_t mic_size) { return 4 + mic_size; }

}  // namespace sspilab::negotiate

#endif  // SSPILAB_CORE_NEGOTIATE_MESSAGES_H_

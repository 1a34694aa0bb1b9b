#ifndef SSPILAB_CORE_NTLM_NEGOTIATE_FLAGS_H_
#define SSPILAB_CORE_NTLM_NEGOTIATE_FLAGS_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"

namespace sspilab::ntlm {

// The NegotiateFlags of MS-NLMP 2.2.2.5, with its letters. Each side offers
// bits; what both can do is in force from the AUTHENTICATE message on.

// Strings are UTF-16LE (A), or in the OEM code page (B). A wins.
inline constexpr uint32_t kNegotiateUnicode = 0x00000001;
inline constexpr uint32_t kNegotiateOem = 0x00000002;
// The CHALLENGE must name the acceptor's realm (C).
inline constexpr uint32_t kRequestTarget = 0x00000004;
// Signatures (D) and encryption (E) of the messages that follow.
inline constexpr uint32_t kNegotiateSign = 0x00000010;
inline constexpr uint32_t kNegotiateSeal = 0x00000020;
// Connectionless: no NEGOTIATE message, explicit sequence numbers (F).
inline constexpr uint32_t kNegotiateDatagram = 0x00000040;
// Session keys from the LM response (G).
inline constexpr uint32_t kNegotiateLmKey = 0x00000080;
// NTLM itself (H).
inline constexpr uint32_t kNegotiateNtlm = 0x00000200;
// The initiator is nobody (J).
inline constexpr uint32_t kAnonymous = 0x00000800;
// The NEGOTIATE message names its domain (K) and workstation (L).
inline constexpr uint32_t kOemDomainSupplied = 0x00001000;
inline constexpr uint32_t kOemWorkstationSupplied = 0x00002000;
// A signature block on every message, a dummy one without SIGN (M).
inline constexpr uint32_t kNegotiateAlwaysSign = 0x00008000;
// What TargetName of the CHALLENGE names: a domain (N) or a server (O).
inline constexpr uint32_t kTargetTypeDomain = 0x00010000;
inline constexpr uint32_t kTargetTypeServer = 0x00020000;
// "NTLM2": stronger keys and signatures (P). Wins over LM_KEY.
inline constexpr uint32_t kNegotiateExtendedSessionSecurity = 0x00080000;
// An identify-level token is enough (Q).
inline constexpr uint32_t kNegotiateIdentify = 0x00100000;
// The session key is to come from the LM hash (R).
inline constexpr uint32_t kRequestNonNtSessionKey = 0x00400000;
// The CHALLENGE has AV pairs (S).
inline constexpr uint32_t kNegotiateTargetInfo = 0x00800000;
// The Version field is filled in (T).
inline constexpr uint32_t kNegotiateVersion = 0x02000000;
// Keys of 128 bits (U), a session key chosen by the initiator (V), keys of
// 56 bits (W).
inline constexpr uint32_t kNegotiate128 = 0x20000000;
inline constexpr uint32_t kNegotiateKeyExchange = 0x40000000;
inline constexpr uint32_t kNegotiate56 = 0x80000000;

struct NegotiateFlagName {
  uint32_t bit;
  // As MS-NLMP spells it, e.g. "NTLMSSP_NEGOTIATE_SIGN".
  std::string_view name;
};

// Every bit that has a name, lowest first.
absl::Span<const NegotiateFlagName> NegotiateFlagNames();

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_NEGOTIATE_FLAGS_H_

#ifndef SSPILAB_CORE_NTLM_NEGOTIATION_H_
#define SSPILAB_CORE_NTLM_NEGOTIATION_H_

#include <cstdint>
#include <optional>

#include "core/ntlm/messages.h"
#include "core/security_package.h"

// From what a caller asks for to NegotiateFlags (MS-NLMP 2.2.2.5), and back to
// what it is granted.
namespace sspilab::ntlm {

// What an initiator offers for ISC_REQ_* `requirements`.
uint32_t InitiatorOffer(const NtlmPolicy& policy, uint32_t requirements);

// What an acceptor answers to `offer` in its CHALLENGE. 0 bits of TARGET_TYPE:
// those are the caller's.
uint32_t AcceptorAnswer(const NtlmPolicy& policy, uint32_t offer);

// What an acceptor that got no offer proposes (connectionless contexts).
uint32_t AcceptorProposal(const NtlmPolicy& policy);

// What is in force of what the peer said and what this side can do.
uint32_t FlagsInForce(uint32_t peer, uint32_t own);

// ISC_RET_* or ASC_RET_* for the flags in force and for what of `requirements`
// needs nobody's agreement.
uint32_t GrantedAttributes(Role role, uint32_t flags, uint32_t requirements);

// Whether the initiator chooses the session key and sends it encrypted
// (MS-NLMP 3.1.5.1.2).
bool ExchangesKey(uint32_t flags);

// What this side writes into the Version field: zeros where `flags` say that
// there is none. Windows leaves room for it in either case.
Version OwnVersion(uint32_t flags);

// What counts of the peer's Version: its revision, for as long as the `flags`
// in force have one. Both ends must see the same, and one that does not know
// the field sends zeros in its place.
uint8_t PeerRevision(uint32_t flags, const std::optional<Version>& version);

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_NEGOTIATION_H_

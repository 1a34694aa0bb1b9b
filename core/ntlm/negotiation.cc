#include "core/ntlm/negotiation.h"

#include "core/ntlm/negotiate_flags.h"

namespace sspilab::ntlm {
namespace {

// Offered whatever the caller asks for (MS-NLMP 3.1.5.1.1; the bits are those
// that Windows sends).
constexpr uint32_t kAlwaysOffered =
    kNegotiateUnicode | kNegotiateOem | kRequestTarget | kNegotiateNtlm |
    kNegotiateAlwaysSign | kNegotiateExtendedSessionSecurity |
    kNegotiateVersion | kNegotiate128 | kNegotiate56;

// All that an acceptor agrees to when it is offered.
constexpr uint32_t kAgreeable = kAlwaysOffered | kNegotiateSign |
                                kNegotiateSeal | kNegotiateDatagram |
                                kNegotiateLmKey | kNegotiateIdentify |
                                kRequestNonNtSessionKey | kNegotiateKeyExchange;

// What a requirement puts into the offer. LM_KEY only matters to acceptors
// without extended session security; Windows offers it with every signature.
struct Offer {
  uint32_t requirement;
  uint32_t flags;
};
constexpr uint32_t kSigning =
    kNegotiateSign | kNegotiateKeyExchange | kNegotiateLmKey;
constexpr Offer kOffers[] = {
    {ISC_REQ_INTEGRITY, kSigning},
    {ISC_REQ_REPLAY_DETECT, kSigning},
    {ISC_REQ_SEQUENCE_DETECT, kSigning},
    // Windows seals nothing that it does not sign.
    {ISC_REQ_CONFIDENTIALITY, kSigning | kNegotiateSeal},
    {ISC_REQ_IDENTIFY, kNegotiateIdentify},
    // MS-NLMP 2.2.2.5 (F): connectionless contexts exchange keys.
    {ISC_REQ_DATAGRAM, kNegotiateDatagram | kNegotiateKeyExchange},
};

// What flags in force grant. A signature is all three: it has a sequence
// number.
struct Grant {
  uint32_t flag;
  uint32_t initiator;
  uint32_t acceptor;
};
constexpr Grant kGrants[] = {
    {kNegotiateSign,
     ISC_RET_INTEGRITY | ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT,
     ASC_RET_INTEGRITY | ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT},
    {kNegotiateSeal, ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
    {kNegotiateDatagram, ISC_RET_DATAGRAM, ASC_RET_DATAGRAM},
    {kNegotiateIdentify, ISC_RET_IDENTIFY, ASC_RET_IDENTIFY},
    {kAnonymous, ISC_RET_NULL_SESSION, ASC_RET_NULL_SESSION},
};

// Where two flags exclude each other, both offered means the better one
// (MS-NLMP 2.2.2.5, A and P).
uint32_t WithoutLosers(uint32_t flags) {
  if ((flags & kNegotiateUnicode) != 0) flags &= ~kNegotiateOem;
  if ((flags & kNegotiateExtendedSessionSecurity) != 0) {
    flags &= ~kNegotiateLmKey;
  }
  return flags;
}

}  // namespace

uint32_t InitiatorOffer(const NtlmPolicy& policy, uint32_t requirements) {
  uint32_t offer = kAlwaysOffered;
  for (const Offer& row : kOffers) {
    if ((requirements & row.requirement) != 0) offer |= row.flags;
  }
  return offer & ~policy.unsupported_flags;
}

uint32_t AcceptorAnswer(const NtlmPolicy& policy, uint32_t offer) {
  return WithoutLosers(offer & kAgreeable & ~policy.unsupported_flags) |
         kNegotiateNtlm | kNegotiateTargetInfo;
}

uint32_t AcceptorProposal(const NtlmPolicy& policy) {
  return AcceptorAnswer(policy, kAgreeable);
}

uint32_t FlagsInForce(uint32_t peer, uint32_t own) {
  return WithoutLosers(peer & own);
}

uint32_t GrantedAttributes(Role role, uint32_t flags, uint32_t requirements) {
  static_assert(ISC_REQ_CONNECTION == ASC_REQ_CONNECTION &&
                ISC_RET_CONNECTION == ASC_RET_CONNECTION);
  uint32_t granted = 0;
  for (const Grant& row : kGrants) {
    if ((flags & row.flag) != 0) {
      granted |= role == Role::kInitiator ? row.initiator : row.acceptor;
    }
  }
  if ((flags & kNegotiateDatagram) == 0) {
    granted |= requirements & ISC_REQ_CONNECTION;
  }
  return granted;
}

bool ExchangesKey(uint32_t flags) {
  return (flags & kNegotiateKeyExchange) != 0 &&
         (flags & (kNegotiateSign | kNegotiateSeal)) != 0;
}

Version OwnVersion(uint32_t flags) {
  if ((flags & kNegotiateVersion) == 0) return Version{};
  // Windows Server 2022.
  return {.major = 10,
          .minor = 0,
          .build = 20348,
          .revision = Version::kRevisionW2k3};
}

uint8_t PeerRevision(uint32_t flags, const std::optional<Version>& version) {
  if ((flags & kNegotiateVersion) == 0 || !version.has_value()) return 0;
  return version->revision;
}

}  // namespace sspilab::ntlm

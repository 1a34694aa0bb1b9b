#include "core/ntlm/negotiate_flags.h"

#include "absl/types/span.h"

namespace sspilab::ntlm {
namespace {

constexpr NegotiateFlagName kNames[] = {
    {kNegotiateUnicode, "NTLMSSP_NEGOTIATE_UNICODE"},
    {kNegotiateOem, "NTLM_NEGOTIATE_OEM"},
    {kRequestTarget, "NTLMSSP_REQUEST_TARGET"},
    {kNegotiateSign, "NTLMSSP_NEGOTIATE_SIGN"},
    {kNegotiateSeal, "NTLMSSP_NEGOTIATE_SEAL"},
    {kNegotiateDatagram, "NTLMSSP_NEGOTIATE_DATAGRAM"},
    {kNegotiateLmKey, "NTLMSSP_NEGOTIATE_LM_KEY"},
    {kNegotiateNtlm, "NTLMSSP_NEGOTIATE_NTLM"},
    // MS-NLMP has only a description, "Anonymous Connections", for this one.
    {kAnonymous, "NTLMSSP_ANONYMOUS"},
    {kOemDomainSupplied, "NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED"},
    {kOemWorkstationSupplied, "NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED"},
    {kNegotiateAlwaysSign, "NTLMSSP_NEGOTIATE_ALWAYS_SIGN"},
    {kTargetTypeDomain, "NTLMSSP_TARGET_TYPE_DOMAIN"},
    {kTargetTypeServer, "NTLMSSP_TARGET_TYPE_SERVER"},
    {kNegotiateExtendedSessionSecurity,
     "NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY"},
    {kNegotiateIdentify, "NTLMSSP_NEGOTIATE_IDENTIFY"},
    {kRequestNonNtSessionKey, "NTLMSSP_REQUEST_NON_NT_SESSION_KEY"},
    {kNegotiateTargetInfo, "NTLMSSP_NEGOTIATE_TARGET_INFO"},
    {kNegotiateVersion, "NTLMSSP_NEGOTIATE_VERSION"},
    {kNegotiate128, "NTLMSSP_NEGOTIATE_128"},
    {kNegotiateKeyExchange, "NTLMSSP_NEGOTIATE_KEY_EXCH"},
    {kNegotiate56, "NTLMSSP_NEGOTIATE_56"},
};

}  // namespace

absl::Span<const NegotiateFlagName> NegotiateFlagNames() { return kNames; }

}  // namespace sspilab::ntlm

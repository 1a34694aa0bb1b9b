#ifndef SSPILAB_CORE_STATUS_TABLE_H_
#define SSPILAB_CORE_STATUS_TABLE_H_

// The data behind core/status.h: every status, its name and its meaning.
// Nothing but status.cc includes this.

#include "core/sspi_status.h"
#include "core/status.h"

namespace sspilab {

#define SSPILAB_ROW(name, meaning) \
  StatusInfo { name, #name, meaning }

inline constexpr StatusInfo kStatuses[] = {
    SSPILAB_ROW(SEC_E_OK,
                "The call did what was asked, and nothing more is needed."),

    // Informational.
    SSPILAB_ROW(SEC_I_CONTINUE_NEEDED,
                "Send the token, wait for the peer's, and call again with it."),
    SSPILAB_ROW(SEC_I_COMPLETE_NEEDED,
                "Give the token to CompleteAuthToken before sending it; then "
                "this side is done."),
    SSPILAB_ROW(SEC_I_COMPLETE_AND_CONTINUE,
                "Give the token to CompleteAuthToken, send it, and call again "
                "with the peer's answer."),
    SSPILAB_ROW(SEC_I_LOCAL_LOGON,
                "The logon succeeded from what this machine remembers, because "
                "no authority could be asked."),
    SSPILAB_ROW(SEC_I_GENERIC_EXTENSION_RECEIVED,
                "A TLS extension that the caller subscribed to has come: read "
                "it and call again."),
    SSPILAB_ROW(SEC_I_CONTEXT_EXPIRED,
                "The peer has closed its side of the channel in an orderly "
                "way: no more data will come."),
    SSPILAB_ROW(SEC_I_INCOMPLETE_CREDENTIALS,
                "The server asks for a client certificate that the credential "
                "lacks: supply one, or call again to go on without."),
    SSPILAB_ROW(SEC_I_RENEGOTIATE,
                "The peer wants a new handshake: go back to the handshake loop "
                "with what came in the extra buffer."),
    SSPILAB_ROW(SEC_I_NO_LSA_CONTEXT,
                "The context lives in the caller's process alone; the security "
                "authority has no part of it."),
    SSPILAB_ROW(SEC_I_SIGNATURE_NEEDED,
                "The handshake waits for a signature that the caller must make "
                "with its own key."),
    SSPILAB_ROW(SEC_I_NO_RENEGOTIATION,
                "The peer has refused the new handshake; the old keys are "
                "still in use."),
    SSPILAB_ROW(SEC_I_MESSAGE_FRAGMENT,
                "The token is one piece of a flight: send it and call again "
                "for the next piece."),
    SSPILAB_ROW(SEC_I_CONTINUE_NEEDED_MESSAGE_OK,
                "As SEC_I_CONTINUE_NEEDED, but messages may already be sent "
                "before the handshake ends."),
    SSPILAB_ROW(SEC_I_ASYNC_CALL_PENDING,
                "The call has begun and will tell its outcome through the "
                "asynchronous context."),

    // Errors.
    SSPILAB_ROW(SEC_E_INSUFFICIENT_MEMORY,
                "Memory ran out; nothing was returned."),
    SSPILAB_ROW(SEC_E_INVALID_HANDLE,
                "The handle is stale, freed, of the other kind, or was never a "
                "handle."),
    SSPILAB_ROW(SEC_E_UNSUPPORTED_FUNCTION,
                "The package cannot do what was asked: the function, flag or "
                "attribute is not for it."),
    SSPILAB_ROW(SEC_E_TARGET_UNKNOWN,
                "No authority knows the target name: it is misspelt or not "
                "registered."),
    SSPILAB_ROW(SEC_E_INTERNAL_ERROR,
                "The provider failed in a way that has no status of its own."),
    SSPILAB_ROW(SEC_E_SECPKG_NOT_FOUND, "No package of that name exists."),
    SSPILAB_ROW(SEC_E_NOT_OWNER,
                "The caller may not use credentials that belong to somebody "
                "else."),
    SSPILAB_ROW(SEC_E_CANNOT_INSTALL,
                "The package failed to start and is not available."),
    SSPILAB_ROW(SEC_E_INVALID_TOKEN,
                "The peer's token is malformed, of another package, or a "
                "needed buffer is missing."),
    SSPILAB_ROW(SEC_E_CANNOT_PACK,
                "The context cannot be turned into bytes for export."),
    SSPILAB_ROW(SEC_E_QOP_NOT_SUPPORTED,
                "The context was not made for this protection: neither signing "
                "nor sealing as asked was agreed."),
    SSPILAB_ROW(SEC_E_NO_IMPERSONATION,
                "The server may not act as this client."),
    SSPILAB_ROW(SEC_E_LOGON_DENIED,
                "The user, the secret or the account's state was refused; "
                "which of them is not told."),
    SSPILAB_ROW(SEC_E_UNKNOWN_CREDENTIALS,
                "The supplied credentials are of a kind or form that the "
                "package does not know."),
    SSPILAB_ROW(SEC_E_NO_CREDENTIALS,
                "There are no credentials to use: none were supplied and none "
                "are at hand."),
    SSPILAB_ROW(SEC_E_MESSAGE_ALTERED,
                "The integrity check failed: discard the message and distrust "
                "the connection."),
    SSPILAB_ROW(SEC_E_OUT_OF_SEQUENCE,
                "A message or call came out of its order: repeated, missing, "
                "or too early."),
    SSPILAB_ROW(SEC_E_NO_AUTHENTICATING_AUTHORITY,
                "No authority for the account's domain could be reached."),
    SSPILAB_ROW(SEC_E_BAD_PKGID, "No package has that identifier."),
    SSPILAB_ROW(SEC_E_CONTEXT_EXPIRED,
                "The context's lifetime is over or it was closed: make a new "
                "one."),
    SSPILAB_ROW(SEC_E_INCOMPLETE_MESSAGE,
                "Not all of the message is there: read more from the peer and "
                "call again with all of it."),
    SSPILAB_ROW(SEC_E_INCOMPLETE_CREDENTIALS,
                "The credentials lack a part that the peer demands, such as a "
                "certificate."),
    SSPILAB_ROW(SEC_E_BUFFER_TOO_SMALL,
                "An output buffer is too small: nothing was consumed, so call "
                "again with a larger one."),
    SSPILAB_ROW(SEC_E_WRONG_PRINCIPAL,
                "The peer is not the one that the target name asked for."),
    SSPILAB_ROW(SEC_E_TIME_SKEW,
                "The clocks of client and server are too far apart."),
    SSPILAB_ROW(SEC_E_UNTRUSTED_ROOT,
                "The certificate chain ends in an authority that is not "
                "trusted."),
    SSPILAB_ROW(SEC_E_ILLEGAL_MESSAGE,
                "A message breaks the protocol's rules, or the peer said so of "
                "ours with an alert."),
    SSPILAB_ROW(SEC_E_CERT_UNKNOWN,
                "Something in the certificate could not be understood or "
                "processed."),
    SSPILAB_ROW(SEC_E_CERT_EXPIRED,
                "The certificate's time of validity has passed or not begun."),
    SSPILAB_ROW(SEC_E_ENCRYPT_FAILURE, "The data could not be encrypted."),
    SSPILAB_ROW(SEC_E_DECRYPT_FAILURE, "The data could not be decrypted."),
    SSPILAB_ROW(SEC_E_ALGORITHM_MISMATCH,
                "The two sides have no algorithm in common."),
    SSPILAB_ROW(SEC_E_SECURITY_QOS_FAILED,
                "The context cannot give what the security quality of service "
                "demands, mutual authentication or delegation."),
    SSPILAB_ROW(SEC_E_UNFINISHED_CONTEXT_DELETED,
                "The context went away before its handshake was done."),
    SSPILAB_ROW(SEC_E_NO_TGT_REPLY,
                "The peer was asked for its ticket-granting ticket and sent "
                "none."),
    SSPILAB_ROW(SEC_E_NO_IP_ADDRESSES,
                "A ticket bound to addresses was wanted and this machine has "
                "none."),
    SSPILAB_ROW(SEC_E_WRONG_CREDENTIAL_HANDLE,
                "The context was begun with another credential than the one "
                "passed now."),
    SSPILAB_ROW(SEC_E_CRYPTO_SYSTEM_INVALID,
                "The cipher or checksum of the context is not available."),
    SSPILAB_ROW(SEC_E_MAX_REFERRALS_EXCEEDED,
                "The realms passed the request on more often than allowed."),
    SSPILAB_ROW(SEC_E_MUST_BE_KDC,
                "This machine would have to be a domain controller and is "
                "none."),
    SSPILAB_ROW(SEC_E_STRONG_CRYPTO_NOT_SUPPORTED,
                "The peer offers nothing as strong as policy requires."),
    SSPILAB_ROW(SEC_E_TOO_MANY_PRINCIPALS,
                "The answer has more principal names than it may have."),
    SSPILAB_ROW(SEC_E_NO_PA_DATA,
                "The KDC's answer lacks the pre-authentication data that are "
                "needed to go on."),
    SSPILAB_ROW(SEC_E_PKINIT_NAME_MISMATCH,
                "The name in the client's certificate is not that of the "
                "account."),
    SSPILAB_ROW(SEC_E_SMARTCARD_LOGON_REQUIRED,
                "The account may log on with a smart card only."),
    SSPILAB_ROW(SEC_E_SHUTDOWN_IN_PROGRESS,
                "The machine is shutting down and takes no new logons."),
    SSPILAB_ROW(SEC_E_KDC_INVALID_REQUEST,
                "The KDC was sent a request that it finds invalid."),
    SSPILAB_ROW(SEC_E_KDC_UNABLE_TO_REFER,
                "The KDC knows of no realm to pass the request on to."),
    SSPILAB_ROW(SEC_E_KDC_UNKNOWN_ETYPE,
                "The KDC supports none of the encryption types asked for."),
    SSPILAB_ROW(SEC_E_UNSUPPORTED_PREAUTH,
                "The KDC demands a way of pre-authentication that this client "
                "does not have."),
    SSPILAB_ROW(SEC_E_DELEGATION_REQUIRED,
                "The call needs a client who allowed delegation, and this one "
                "did not."),
    SSPILAB_ROW(SEC_E_BAD_BINDINGS,
                "Client and server are bound to different channels: perhaps "
                "somebody stands between them."),
    SSPILAB_ROW(SEC_E_MULTIPLE_ACCOUNTS,
                "The received credential belongs to more than one account."),
    SSPILAB_ROW(SEC_E_NO_KERB_KEY, "The account has no usable Kerberos key."),
    SSPILAB_ROW(SEC_E_CERT_WRONG_USAGE,
                "The certificate is not meant for this use."),
    SSPILAB_ROW(SEC_E_DOWNGRADE_DETECTED,
                "Somebody may be forcing weaker security: do not go on."),
    SSPILAB_ROW(SEC_E_SMARTCARD_CERT_REVOKED,
                "The smart card's certificate has been revoked."),
    SSPILAB_ROW(SEC_E_ISSUING_CA_UNTRUSTED,
                "The authority that issued the client's certificate is not "
                "trusted."),
    SSPILAB_ROW(SEC_E_REVOCATION_OFFLINE_C,
                "Whether the client's certificate is revoked could not be "
                "found out."),
    SSPILAB_ROW(SEC_E_PKINIT_CLIENT_FAILURE,
                "The client's certificate was not accepted for logon."),
    SSPILAB_ROW(SEC_E_SMARTCARD_CERT_EXPIRED,
                "The smart card's certificate has expired."),
    SSPILAB_ROW(SEC_E_NO_S4U_PROT_SUPPORT,
                "The KDC cannot issue a ticket on behalf of a user."),
    SSPILAB_ROW(SEC_E_CROSSREALM_DELEGATION_FAILURE,
                "Delegation to a service of another realm was refused."),
    SSPILAB_ROW(SEC_E_REVOCATION_OFFLINE_KDC,
                "Whether the KDC's certificate is revoked could not be found "
                "out."),
    SSPILAB_ROW(SEC_E_ISSUING_CA_UNTRUSTED_KDC,
                "The authority that issued the KDC's certificate is not "
                "trusted."),
    SSPILAB_ROW(SEC_E_KDC_CERT_EXPIRED, "The KDC's certificate has expired."),
    SSPILAB_ROW(SEC_E_KDC_CERT_REVOKED,
                "The KDC's certificate has been revoked."),
    SSPILAB_ROW(SEC_E_INVALID_PARAMETER,
                "An argument is one that the function never takes."),
    SSPILAB_ROW(SEC_E_DELEGATION_POLICY,
                "Policy forbids handing the user's credentials to this "
                "server."),
    SSPILAB_ROW(SEC_E_POLICY_NLTM_ONLY,
                "Policy forbids handing credentials to a server known by NTLM "
                "alone, which does not prove who it is."),
    SSPILAB_ROW(SEC_E_NO_CONTEXT,
                "No context is established in which the call could work."),
    SSPILAB_ROW(SEC_E_PKU2U_CERT_FAILURE,
                "The certificate for an online identity was not accepted."),
    SSPILAB_ROW(SEC_E_MUTUAL_AUTH_FAILED,
                "The server did not prove who it is, and the caller required "
                "that."),
    SSPILAB_ROW(SEC_E_ONLY_HTTPS_ALLOWED,
                "Only a channel under HTTPS is allowed here."),
    SSPILAB_ROW(SEC_E_APPLICATION_PROTOCOL_MISMATCH,
                "The two sides have no application protocol in common "
                "(ALPN)."),
    SSPILAB_ROW(SEC_E_INVALID_UPN_NAME,
                "The user name is not a valid name of the form user@domain."),
    SSPILAB_ROW(SEC_E_EXT_BUFFER_TOO_SMALL,
                "The buffer for a TLS extension is too small."),
    SSPILAB_ROW(SEC_E_INSUFFICIENT_BUFFERS,
                "There are fewer buffers in the descriptor than the call "
                "needs."),
};

#undef SSPILAB_ROW

inline constexpr StatusAlias kStatusAliases[] = {
    {"SEC_E_NO_SPM", "SEC_E_INTERNAL_ERROR"},
    {"SEC_E_NOT_SUPPORTED", "SEC_E_UNSUPPORTED_FUNCTION"},
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_STATUS_TABLE_H_

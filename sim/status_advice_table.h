#ifndef SSPILAB_SIM_STATUS_ADVICE_TABLE_H_
#define SSPILAB_SIM_STATUS_ADVICE_TABLE_H_

// The data behind sim/status_advice.h. Nothing but status_advice.cc includes
// this. "ISC" and "ASC" are the pages of InitializeSecurityContext and
// AcceptSecurityContext; a package behind a page's name is its variant.

#include "core/sspi_status.h"
#include "core/status.h"
#include "sim/rules.h"
#include "sim/status_advice.h"

namespace sspilab::sim::advice {

inline constexpr uint8_t Only(Package package) {
  return static_cast<uint8_t>(1 << static_cast<int>(package));
}

inline constexpr uint8_t kAll = (1 << kPackageCount) - 1;
inline constexpr uint8_t kCredSsp = Only(Package::kCredSsp);
inline constexpr uint8_t kOverTls = Only(Package::kSchannel) | kCredSsp;
inline constexpr uint8_t kOverTokens =
    static_cast<uint8_t>(kAll & ~uint8_t{kOverTls});
inline constexpr uint8_t kOverKerberos =
    Only(Package::kNegotiate) | Only(Package::kKerberos) | kCredSsp;
inline constexpr uint8_t kKerberosAlone = Only(Package::kKerberos);

using R = RuleId;

template <typename... C>
consteval uint32_t Calls(C... calls) {
  return ((uint32_t{1} << static_cast<int>(calls)) | ...);
}
template <typename... Id>
consteval uint64_t Rules(Id... rules) {
  return ((uint64_t{1} << static_cast<int>(rules)) | ...);
}

inline constexpr Call kIsc = Call::kInitializeSecurityContext;
inline constexpr Call kAsc = Call::kAcceptSecurityContext;
inline constexpr Call kAcquire = Call::kAcquireCredentialsHandle;
inline constexpr Call kDecrypt = Call::kDecryptMessage;

inline constexpr uint32_t kLegs = Calls(kIsc, kAsc);
// Every call of which no row before speaks.
inline constexpr uint32_t kOthers = ~uint32_t{0};
// Whether the call has failed for good.
inline constexpr bool kFails = true;
inline constexpr bool kGoesOn = false;

// A failure of Kerberos', as Negotiate and CredSSP hand it through.
consteval StatusAdvice OfKerberos(SECURITY_STATUS status, std::string_view text,
                                  std::string_view source = "winerror.h") {
  return {status, kOthers, kOverKerberos, kFails, text, source};
}

inline constexpr FailureAdvice kFailures[] = {
    {kLegs,
     "Send the token, if one came out: it tells the peer why. Delete the "
     "context and close the connection. A first leg that fails gives no "
     "context, and nothing to delete. Do not call again with a failed "
     "context.",
     "ISC, ASC, Remarks; ISC_REQ_EXTENDED_ERROR",
     Rules(R::kTokenNotSent, R::kContextLeaked, R::kFailedContextUsed)},
    {Calls(kAcquire),
     "There is no credential: nothing is to be freed, and no context can be "
     "begun.",
     "AcquireCredentialsHandle, Return value", Rules(R::kHandleNeverOpened)},
    {Calls(Call::kCompleteAuthToken),
     "Do not send the token. Delete the context and close the connection: the "
     "peer is not authenticated, whatever the leg before returned.",
     "CompleteAuthToken, Return value",
     Rules(R::kClaimedUndone, R::kContextLeaked)},
    {Calls(Call::kMakeSignature, Call::kEncryptMessage),
     "Send nothing of the message.",
     "MakeSignature, EncryptMessage, Return value"},
    {Calls(Call::kVerifySignature, kDecrypt),
     "Use nothing of the message, then delete the context and close the "
     "connection.",
     "VerifySignature, DecryptMessage, Return value", Rules(R::kContextLeaked)},
};

inline constexpr StatusAdvice kRows[] = {
    {SEC_E_OK, kLegs, kOverTls, kGoesOn,
     "Send the token if it is not empty: the peer waits for it. Then look "
     "whether *pfContextAttr has what you need; if not, delete the context. "
     "Bytes reported as SECBUFFER_EXTRA are the beginning of the first "
     "message: give them to DecryptMessage.",
     "ISC (Schannel), ISC (CredSSP), Return value and Remarks; \"Extra Buffers "
     "Returned by Schannel\"",
     Rules(R::kTokenNotSent, R::kAttributeIgnored, R::kExtraKept,
           R::kExtraToWrongCall, R::kSuccessTakenForFailure)},
    {SEC_E_OK, kLegs, kOverTokens, kGoesOn,
     "Send the token if it is not empty: the peer waits for it. Then look "
     "whether *pfContextAttr has what you need; if not, delete the context.",
     "ISC, ASC, Return value and Remarks",
     Rules(R::kTokenNotSent, R::kEmptyTokenSent, R::kAttributeIgnored)},
    {SEC_E_OK, Calls(kAcquire), kAll, kGoesOn,
     "Keep the credential for as long as a handshake uses it, then free it "
     "once with FreeCredentialsHandle.",
     "AcquireCredentialsHandle, Remarks",
     Rules(R::kCredentialLeaked, R::kCredentialFreedEarly)},
    {SEC_E_OK, Calls(Call::kCompleteAuthToken), kAll, kGoesOn,
     "Send the token. Then go on as the leg's own status said: done after "
     "SEC_I_COMPLETE_NEEDED, wait for the peer after "
     "SEC_I_COMPLETE_AND_CONTINUE. Keep that status apart from this one.",
     "CompleteAuthToken; ISC, ASC, Return value",
     Rules(R::kTokenNotSent, R::kClaimedUndone)},
    {SEC_E_OK, Calls(Call::kApplyControlToken), kAll, kGoesOn,
     "Make one more leg, without input; send the token that it gives, and "
     "delete the context.",
     "\"Shutting Down an Schannel Connection\"",
     Rules(R::kTokenNotSent, R::kContextLeaked)},
    {SEC_E_OK, Calls(Call::kMakeSignature, Call::kEncryptMessage), kAll,
     kGoesOn,
     "Send the buffers in their order, each with the length that its cbBuffer "
     "now has. Count MessageSeqNo by one if you number messages.",
     "MakeSignature, EncryptMessage, Remarks", Rules(R::kSequenceOutOfStep)},
    {SEC_E_OK, Calls(kDecrypt), kOverTls, kGoesOn,
     "Take the plaintext from the buffer that is now SECBUFFER_DATA; it may be "
     "empty. Bytes reported as SECBUFFER_EXTRA come first in the next input: "
     "decrypt them before you read more.",
     "DecryptMessage (Schannel), Remarks; \"Extra Buffers Returned by "
     "Schannel\"",
     Rules(R::kExtraLost)},
    {SEC_E_OK, Calls(kDecrypt), kOverTokens, kGoesOn,
     "Take the plaintext from where the ciphertext was. If you need "
     "confidentiality, refuse what *pfQOP calls SECQOP_WRAP_NO_ENCRYPT.",
     "DecryptMessage, pfQOP"},
    {SEC_E_OK, Calls(Call::kVerifySignature), kAll, kGoesOn,
     "Use the message: it is the peer's, and in its order where that was asked "
     "for.",
     "VerifySignature, Remarks"},
    {SEC_E_OK, Calls(Call::kImpersonateSecurityContext), kAll, kGoesOn,
     "Act as the client, and call RevertSecurityContext on every way out.",
     "ImpersonateSecurityContext, Remarks"},
    {SEC_E_OK, Calls(Call::kQuerySecurityContextToken), kAll, kGoesOn,
     "Close the token when you are done with it.",
     "QuerySecurityContextToken, Remarks"},
    {SEC_E_OK, Calls(Call::kExportSecurityContext), kAll, kGoesOn,
     "Free the packed context with FreeContextBuffer. With "
     "SECPKG_CONTEXT_EXPORT_DELETE_OLD the old handle is gone already.",
     "ExportSecurityContext, Parameters",
     Rules(R::kBufferLeaked, R::kDeletedTwice)},
    {SEC_E_OK, Calls(Call::kImportSecurityContext), kAll, kGoesOn,
     "Use the context like one from a handshake, and delete it in the end.",
     "ImportSecurityContext, Remarks", Rules(R::kContextLeaked)},
    {SEC_E_OK,
     Calls(Call::kEnumerateSecurityPackages, Call::kQuerySecurityPackageInfo,
           Call::kQueryContextAttributes, Call::kQueryCredentialsAttributes),
     kAll, kGoesOn,
     "Give the memory that you were given back to FreeContextBuffer. Make "
     "output buffers as large as the package's cbMaxToken.",
     "FreeContextBuffer, Remarks; SecPkgInfo, cbMaxToken",
     Rules(R::kBufferLeaked, R::kOutputBufferTooSmall)},
    {SEC_E_OK,
     Calls(Call::kDeleteSecurityContext, Call::kFreeCredentialsHandle,
           Call::kFreeContextBuffer),
     kAll, kGoesOn,
     "Forget the handle or pointer: its value may soon be another's.",
     "DeleteSecurityContext, FreeCredentialsHandle, FreeContextBuffer",
     Rules(R::kUsedAfterDelete, R::kDeletedTwice, R::kBufferFreedWrongly)},
    {SEC_E_OK, kOthers, kAll, kGoesOn, "Go on.", "each page, Return value"},

    // A handshake that goes on.
    {SEC_I_CONTINUE_NEEDED, kLegs, kOverTls, kGoesOn,
     "Send the token if it is not empty, read what the peer answers, and call "
     "again with it and the context. Bytes reported as SECBUFFER_EXTRA come "
     "first in that input; if there are any, call with them before you read. "
     "Trust no attribute yet, and give up after some number of legs.",
     "ISC (Schannel), ASC (Schannel), Return value; \"Extra Buffers Returned "
     "by Schannel\"",
     Rules(R::kTokenNotSent, R::kExtraLost, R::kInputTwice,
           R::kAttributesTrustedEarly, R::kClaimedUndone, R::kUnlimitedLegs)},
    {SEC_I_CONTINUE_NEEDED, Calls(kIsc), kOverTokens, kGoesOn,
     "Send the token to the server, wait for the answer, and call again with "
     "it and the context. Trust no attribute yet, and give up after some "
     "number of legs.",
     "ISC, Return value and Remarks",
     Rules(R::kTokenNotSent, R::kAttributesTrustedEarly, R::kClaimedUndone,
           R::kUnlimitedLegs)},
    {SEC_I_CONTINUE_NEEDED, Calls(kAsc), kOverTokens, kGoesOn,
     "Send the token to the client, wait for the answer, and call again with "
     "it and the context. The client is not authenticated yet: do nothing for "
     "it, and give up after some number of legs.",
     "ASC, Return value and Remarks",
     Rules(R::kTokenNotSent, R::kAttributesTrustedEarly, R::kClaimedUndone,
           R::kUnlimitedLegs)},
    {SEC_I_COMPLETE_NEEDED, kLegs, kAll, kGoesOn,
     "Call CompleteAuthToken with the output token, then send it. If that "
     "succeeds this side is done: make no other leg.",
     "CompleteAuthToken; ISC, ASC, Return value",
     Rules(R::kCompleteSkipped, R::kTokenNotSent, R::kClaimedUndone)},
    {SEC_I_COMPLETE_AND_CONTINUE, kLegs, kAll, kGoesOn,
     "Call CompleteAuthToken with the output token, then send it, wait for the "
     "peer's, and call again with that. That CompleteAuthToken succeeds does "
     "not mean that the handshake is done.",
     "CompleteAuthToken; ISC, ASC, Return value",
     Rules(R::kCompleteSkipped, R::kTokenNotSent, R::kClaimedUndone)},
    {SEC_I_INCOMPLETE_CREDENTIALS, Calls(kIsc), kAll, kGoesOn,
     "Call again at once with the same input, read nothing before. Either with "
     "a credential that has a certificate of an issuer that "
     "SECPKG_ATTR_ISSUER_LIST_EX names, or with the old one: then the client "
     "stays without, and the server decides.",
     "ISC (Schannel), ISC (CredSSP), Return value and Remarks",
     Rules(R::kIncompleteCredentialsIgnored)},
    {SEC_E_INCOMPLETE_MESSAGE, kLegs, kAll, kGoesOn,
     "Not a failure. Keep the bytes, read more behind them, and call again "
     "with all of them and the same context. SECBUFFER_MISSING, where there is "
     "one, is a hint of how many. After a first leg there is no context yet: "
     "call again as for the first.",
     "ISC (Schannel), ASC (Schannel), ISC (CredSSP), Return value",
     Rules(R::kIncompleteTakenForFatal, R::kIncompleteBytesLost)},
    {SEC_E_INCOMPLETE_MESSAGE, Calls(kDecrypt), kOverTls, kGoesOn,
     "Not a failure: the record is not all there. Keep its bytes, read more "
     "behind them, and decrypt again with fresh buffer types: DATA first, "
     "three EMPTY. Nothing was decrypted yet.",
     "DecryptMessage (Schannel), Return value",
     Rules(R::kIncompleteTakenForFatal, R::kIncompleteBytesLost)},
    {SEC_E_INCOMPLETE_MESSAGE, Calls(kDecrypt), kOverTokens, kGoesOn,
     "The message is shorter than a signature. Where it came in pieces, read "
     "the rest and decrypt again.",
     "DecryptMessage, Return value",
     Rules(R::kIncompleteTakenForFatal, R::kIncompleteBytesLost)},
    {SEC_I_GENERIC_EXTENSION_RECEIVED, kLegs, kAll, kGoesOn,
     "Read the TLS extension that you subscribed to, and call again with the "
     "input that is left.",
     "winerror.h; SecBuffer, SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION",
     Rules(R::kExtraLost)},
    {SEC_I_SIGNATURE_NEEDED, kLegs, kAll, kGoesOn,
     "Sign with your own key what the call asks for, and call again with the "
     "signature.",
     "winerror.h"},
    {SEC_I_MESSAGE_FRAGMENT, kLegs, kAll, kGoesOn,
     "Send the token as a datagram of its own, and call again without input "
     "for the next piece.",
     "ISC (Schannel), Return value", Rules(R::kTokenNotSent)},
    {SEC_I_CONTINUE_NEEDED_MESSAGE_OK, Calls(kIsc), kAll, kGoesOn,
     "As after SEC_I_CONTINUE_NEEDED; messages may be protected already, but "
     "the peer is not authenticated yet.",
     "winerror.h", Rules(R::kTokenNotSent, R::kClaimedUndone)},
    {SEC_I_NO_RENEGOTIATION, kLegs, kAll, kGoesOn,
     "Go on with the keys that you have, or close, if you asked for the new "
     "handshake because you need it.",
     "winerror.h"},
    {SEC_I_LOCAL_LOGON, Calls(kAsc), kAll, kGoesOn,
     "As after SEC_E_OK. The logon is from what this machine remembers: do not "
     "rely on rights that changed since.",
     "winerror.h"},

    // Streams.
    {SEC_I_CONTEXT_EXPIRED, Calls(kDecrypt), kAll, kGoesOn,
     "The peer has said that it ends: this is the only honest end of data. "
     "Call ApplyControlToken with SCHANNEL_SHUTDOWN, make a leg without input, "
     "send what it gives, delete the context and close the connection.",
     "DecryptMessage (Schannel), Return value; \"Shutting Down an Schannel "
     "Connection\"",
     Rules(R::kContextLeaked)},
    {SEC_I_CONTEXT_EXPIRED, kLegs, kAll, kGoesOn,
     "The peer has closed the channel during the handshake. Send the token, if "
     "one came out, and delete the context: nobody is authenticated.",
     "\"Handling a Shutdown\"",
     Rules(R::kTokenNotSent, R::kClaimedUndone, R::kContextLeaked)},
    {SEC_I_RENEGOTIATE, Calls(kDecrypt), kAll, kGoesOn,
     "Take the plaintext, if there is any. Go back to the handshake loop with "
     "the bytes of SECBUFFER_EXTRA as the token, and through it to its end "
     "before you decrypt more. What is then left over goes to DecryptMessage. "
     "In TLS 1.3 this is how a ticket or a change of keys comes.",
     "DecryptMessage (Schannel), Remarks; \"Recognizing a Request to "
     "Renegotiate a Connection\"",
     Rules(R::kRenegotiationUnfinished, R::kExtraLost, R::kExtraToWrongCall)},

    // What the caller can mend.
    {SEC_E_BUFFER_TOO_SMALL, kLegs, kAll, kGoesOn,
     "Nothing was consumed: make the output buffer as large as the package's "
     "cbMaxToken and make the same call again, or let the package allocate "
     "(ALLOCATE_MEMORY). If you do not, delete the context.",
     "ISC, ASC, pOutput; SecPkgInfo, cbMaxToken",
     Rules(R::kOutputBufferTooSmall, R::kContextLeaked)},
    {SEC_E_BUFFER_TOO_SMALL, Calls(Call::kMakeSignature, Call::kEncryptMessage),
     kAll, kGoesOn,
     "Nothing was protected: ask SECPKG_ATTR_SIZES or SECPKG_ATTR_STREAM_SIZES "
     "for the room that a message needs, and protect it again.",
     "EncryptMessage, Return value; SecPkgContext_Sizes, "
     "SecPkgContext_StreamSizes"},
    {SEC_E_BUFFER_TOO_SMALL, Calls(kDecrypt), kAll, kFails,
     "The message does not fit into the buffers for it: look at the lengths "
     "that you give.",
     "DecryptMessage, Return value"},
    {SEC_E_BUFFER_TOO_SMALL, kOthers, kAll, kGoesOn,
     "Pass a buffer of the structure's size; nothing was changed.",
     "QueryContextAttributesEx, SetContextAttributes, cbBuffer"},
    {SEC_E_INSUFFICIENT_BUFFERS, kLegs, kAll, kFails,
     "Give the descriptor more buffers, with a new context: at least TOKEN and "
     "EMPTY as input, TOKEN and ALERT as output.",
     "winerror.h; ISC (Schannel), pInput", Rules(R::kNoRoomForExtra)},
    {SEC_E_EXT_BUFFER_TOO_SMALL, kLegs, kAll, kFails,
     "Give the TLS extension a larger buffer, with a new context.",
     "winerror.h"},
    {SEC_E_INSUFFICIENT_MEMORY, kOthers, kAll, kFails,
     "Give memory back if you can. Nothing came out that would be yours to "
     "free. Try again later, a handshake from its beginning.",
     "ISC, ASC, Return value"},
    {SEC_E_INVALID_HANDLE,
     Calls(Call::kDeleteSecurityContext, Call::kFreeCredentialsHandle,
           Call::kFreeContextBuffer),
     kAll, kGoesOn,
     "A mistake of yours: it was deleted before, or never opened. Nothing "
     "happened. Find out who else closes it: the next time its value may be "
     "another's.",
     "DeleteSecurityContext, FreeCredentialsHandle, Return value",
     Rules(R::kDeletedTwice, R::kHandleNeverOpened, R::kBufferFreedWrongly)},
    {SEC_E_INVALID_HANDLE, kLegs, kAll, kGoesOn,
     "A mistake of yours: the credential or the context was freed, or is of "
     "the other kind. There is nothing to send; delete what you still have.",
     "ISC, ASC, Return value",
     Rules(R::kUsedAfterDelete, R::kHandleNeverOpened)},
    {SEC_E_INVALID_HANDLE, kOthers, kAll, kGoesOn,
     "A mistake of yours: the handle was freed, was never opened, or its "
     "handshake is not done. Do not go on with it.",
     "each page, Return value",
     Rules(R::kUsedAfterDelete, R::kHandleNeverOpened, R::kMessageBeforeDone)},
    {SEC_E_INVALID_PARAMETER, kLegs, kAll, kFails,
     "A mistake of yours: look at the reserved arguments, the descriptors' "
     "ulVersion, null pointers and flags. To call again as before is no use.",
     "ISC, ASC, Parameters; SecBufferDesc, ulVersion",
     Rules(R::kReservedNotZero)},
    {SEC_E_INVALID_PARAMETER, kOthers, kAll, kGoesOn,
     "A mistake of yours: an argument is null, too short, or not one of those "
     "that the page has. Nothing was changed; to call again as before is no "
     "use.",
     "each page, Parameters", Rules(R::kReservedNotZero)},
    {SEC_E_WRONG_CREDENTIAL_HANDLE, kLegs, kAll, kFails,
     "Pass the credential that the handshake was begun with.",
     "ISC, ASC, phCredential"},
    {SEC_E_OUT_OF_SEQUENCE, Calls(Call::kVerifySignature, kDecrypt), kAll,
     kGoesOn,
     "The message is old, repeated, or one before it is missing: discard it. "
     "Over a reliable connection somebody interferes, so delete the context "
     "and close. Over datagrams go on with the next one.",
     "VerifySignature, DecryptMessage, Return value; RFC 2743 1.2.3",
     Rules(R::kSequenceOutOfStep)},
    {SEC_E_OUT_OF_SEQUENCE,
     Calls(Call::kMakeSignature, Call::kEncryptMessage,
           Call::kQueryContextAttributes, Call::kCompleteAuthToken),
     kAll, kGoesOn,
     "Too early: finish the handshake, then make this call again.",
     "MakeSignature, EncryptMessage, Return value",
     Rules(R::kMessageBeforeDone, R::kCompleteUncalledFor)},
    {SEC_E_OUT_OF_SEQUENCE, kLegs, kAll, kGoesOn,
     "A leg that the handshake does not have: after the last one, on a failed "
     "context, or with a token out of its order. A context that was done stays "
     "so; delete one that was not.",
     "ISC, ASC, Return value", Rules(R::kFailedContextUsed)},

    // Credentials and packages.
    {SEC_E_SECPKG_NOT_FOUND, kOthers, kAll, kFails,
     "Look at the package's name, and at EnumerateSecurityPackages for those "
     "that there are. Do not fall back to a weaker one unasked.",
     "AcquireCredentialsHandle, QuerySecurityPackageInfo, Return value"},
    {SEC_E_UNSUPPORTED_FUNCTION, kLegs, kAll, kFails,
     "The flags ask for what the package or its policy cannot give, or lack "
     "one that it needs. Ask otherwise with a new context, if that is still "
     "secure enough for you.",
     "ISC (CredSSP), ISC (Schannel), Return value"},
    {SEC_E_UNSUPPORTED_FUNCTION, kOthers, kAll, kGoesOn,
     "Do without: this package does not have the function, direction or "
     "attribute. Nothing was changed.",
     "each page, Return value"},
    {SEC_E_NOT_OWNER, kOthers, kAll, kFails,
     "Use credentials of the process's own, or run it as their owner.",
     "AcquireCredentialsHandle, Return value"},
    {SEC_E_UNKNOWN_CREDENTIALS, kOthers, kAll, kFails,
     "Look at pAuthData: its structure is not the one that this package takes, "
     "or its version, lengths or flags are wrong.",
     "AcquireCredentialsHandle, Return value and pAuthData"},
    {SEC_E_NO_CREDENTIALS, Calls(kAsc), kKerberosAlone, kFails,
     "The server has no key to read tickets with: its machine is in no domain "
     "of which the client has a ticket, or has no account there.",
     "ASC (Kerberos), Return value; RFC 4120 3.2.3"},
    {SEC_E_NO_CREDENTIALS, kLegs, kAll, kFails,
     "Supply credentials: an identity for a client, a certificate for a TLS "
     "server. Or the credential is for the other direction.",
     "ISC, ASC, Return value"},
    {SEC_E_NO_CREDENTIALS,
     Calls(Call::kQueryContextAttributes, Call::kQueryCredentialsAttributes),
     kAll, kGoesOn,
     "Take it for an answer: nobody is named, or the peer showed no "
     "certificate. If you need one, delete the context.",
     "QueryContextAttributes (Schannel), SECPKG_ATTR_REMOTE_CERT_CONTEXT"},
    {SEC_E_NO_CREDENTIALS, kOthers, kAll, kFails,
     "Supply credentials in pAuthData, or log the user on: nobody has any "
     "here.",
     "AcquireCredentialsHandle, Return value"},
    {SEC_E_INCOMPLETE_CREDENTIALS, kLegs, kAll, kFails,
     "Supply what the peer demands, a certificate with its key, and begin "
     "again.",
     "winerror.h"},
    {SEC_E_ONLY_HTTPS_ALLOWED, Calls(kAcquire), kAll, kFails,
     "Use HTTPS: these credentials may serve nothing else.", "winerror.h"},
    OfKerberos(SEC_E_INVALID_UPN_NAME,
               "Write the user as user@domain, or give the domain apart."),
    OfKerberos(SEC_E_SHUTDOWN_IN_PROGRESS,
               "Stop; try again when the machine is back."),

    // The peer, and what it said.
    {SEC_E_INVALID_TOKEN, kLegs, kAll, kFails,
     "The token is broken, of another package, or not for this leg; or your "
     "input lacks the buffer for it. If every first token fails, the two sides "
     "use different packages. Read nothing more from this peer.",
     "ISC, ASC, Return value"},
    {SEC_E_INVALID_TOKEN, Calls(Call::kVerifySignature, kDecrypt), kAll, kFails,
     "The message is not one that this context can open, or a buffer that it "
     "needs is missing: look at the types in the descriptor.",
     "VerifySignature, DecryptMessage, Return value"},
    {SEC_E_INVALID_TOKEN, kOthers, kAll, kFails,
     "Look at the buffers that you pass: one is missing, of the wrong type, or "
     "does not hold what the call takes.",
     "each page, Return value"},
    {SEC_E_LOGON_DENIED, Calls(Call::kChangeAccountPassword), kAll, kFails,
     "The old password is wrong: ask for it again, not without limit.",
     "ChangeAccountPassword, Return value"},
    {SEC_E_LOGON_DENIED, Calls(kAsc), kKerberosAlone, kFails,
     "Refuse the client. Its ticket is for another account than the one that "
     "this service runs under, or it was shown before: write into your log "
     "which. If all are refused, look at which account has the service's name.",
     "ASC, Return value; RFC 4120 3.2.3"},
    {SEC_E_LOGON_DENIED, Calls(kAsc), kAll, kFails,
     "Refuse the client, tell it no more than that, and write the reason into "
     "your log only.",
     "ASC, Return value"},
    {SEC_E_LOGON_DENIED, Calls(kIsc), kKerberosAlone, kFails,
     "In the first leg the KDC has refused the user: a wrong name or password, "
     "or an account that is disabled, locked or expired. Ask for the password "
     "again, not without limit. In a later leg the server has refused the "
     "ticket, and the password was right.",
     "ISC, Return value; RFC 4120 3.1.3, 3.2.6"},
    {SEC_E_LOGON_DENIED, Calls(kIsc), kAll, kFails,
     "The server has refused the user. Ask for the password again, and begin "
     "with a new credential; not without limit, accounts get locked.",
     "ISC, Return value"},
    {SEC_E_LOGON_DENIED, Calls(kDecrypt), kAll, kFails,
     "In TLS 1.3 the server's no to a client's certificate comes as the first "
     "record: take back what you told about success.",
     "\"Schannel Error Codes for TLS and SSL Alerts\"; RFC 8446 6.2",
     Rules(R::kClaimedUndone)},
    {SEC_E_NO_AUTHENTICATING_AUTHORITY, Calls(kIsc), kKerberosAlone, kFails,
     "No KDC of the user's domain or the target's answered: look at the "
     "domain's name and the network. Negotiate goes on with NTLM where policy "
     "lets it; do not do that by hand.",
     "ISC, Return value; [MS-KILE] 3.2.5.5"},
    {SEC_E_NO_AUTHENTICATING_AUTHORITY, kOthers, kAll, kFails,
     "Look at the domain's name, the network and the trust. Try again later; "
     "the password may well be right.",
     "ISC, ASC, Return value"},
    {SEC_E_TARGET_UNKNOWN, Calls(kIsc), kOverKerberos, kFails,
     "The KDC gives no ticket for the target: look at its name, service/host, "
     "at the account that it is registered for (setspn -Q), which must be a "
     "service's and enabled, and at the trust with its domain. Negotiate goes "
     "on with NTLM where policy lets it, and then nobody proves who the server "
     "is.",
     "ISC, Return value; RFC 4120 3.3.3, KDC_ERR_S_PRINCIPAL_UNKNOWN"},
    {SEC_E_TARGET_UNKNOWN, Calls(kIsc), kAll, kFails,
     "Look at the target name, service/host.", "ISC, Return value"},
    {SEC_E_WRONG_PRINCIPAL, Calls(kIsc), kKerberosAlone, kFails,
     "The server cannot read a ticket for the target: it runs under another "
     "account than the one that has the target's name, or has an old password. "
     "Send no secret. Look at the name, at who has it (setspn -Q, twice over "
     "with -X); if all is right, somebody stands between.",
     "ISC, Return value; RFC 4120 3.2.6, KRB_AP_ERR_MODIFIED"},
    {SEC_E_WRONG_PRINCIPAL, kLegs, kAll, kFails,
     "The peer is somebody else than the target name says. Send no secret. "
     "Look at the name; if it is right, somebody stands between.",
     "ISC, Return value"},
    {SEC_E_MUTUAL_AUTH_FAILED, Calls(kIsc), kAll, kFails,
     "The server could not prove who it is, and you asked for that: do not "
     "drop ISC_REQ_MUTUAL_AUTH to get through.",
     "ISC (CredSSP), Return value; RFC 4120 3.2.5"},
    {SEC_E_DELEGATION_POLICY, Calls(kIsc), kAll, kFails,
     "Nothing was delegated. An administrator may allow delegation to this "
     "target by policy; or connect without ISC_REQ_DELEGATE.",
     "ISC (CredSSP), Return value; [MS-CSSP] 3.1.5"},
    {SEC_E_POLICY_NLTM_ONLY, Calls(kIsc), kAll, kFails,
     "Nothing was delegated: NTLM does not say who the server is. Make "
     "Kerberos or a trusted certificate work, or have policy allow it.",
     "ISC (CredSSP), Return value; [MS-CSSP] 3.1.5"},
    {SEC_E_BAD_BINDINGS, kLegs, kAll, kFails,
     "Client and server do not speak over the same channel: refuse, as "
     "somebody may be relaying. Do not try again without bindings.",
     "\"Supporting Extended Protection for Authentication in a service\""},
    {SEC_E_MESSAGE_ALTERED, kLegs, kAll, kFails,
     "The handshake was tampered with, or a key is not the same: refuse, and "
     "do not try again with less protection.",
     "[MS-NLMP] 3.2.5.1.2; [MS-SPNG] 3.1.5.1; \"Schannel Error Codes for TLS "
     "and SSL Alerts\""},
    {SEC_E_MESSAGE_ALTERED, kOthers, kAll, kFails,
     "Somebody changed the message, or it was protected with other keys.",
     "VerifySignature, DecryptMessage, Return value"},
    {SEC_E_DECRYPT_FAILURE, kOthers, kAll, kFails,
     "The peer's keys or records are not those that were agreed.",
     "\"Schannel Error Codes for TLS and SSL Alerts\"; winerror.h"},
    {SEC_E_ENCRYPT_FAILURE, kOthers, kAll, kFails,
     "The keys are used up or lost: begin again with a new context.",
     "winerror.h"},
    {SEC_E_ILLEGAL_MESSAGE, kOthers, kAll, kFails,
     "One side breaks the protocol: look at the ladder for which, and at the "
     "versions of both.",
     "\"Schannel Error Codes for TLS and SSL Alerts\""},
    {SEC_E_UNFINISHED_CONTEXT_DELETED, kOthers, kAll, kFails,
     "The peer gave up in the middle of the handshake. Its log says why.",
     "\"Schannel Error Codes for TLS and SSL Alerts\""},
    {SEC_E_QOP_NOT_SUPPORTED, kLegs, kAll, kFails,
     "The mechanism that was negotiated cannot protect the negotiation itself: "
     "ask for integrity.",
     "[MS-SPNG] 3.1.5.1; RFC 4178 5"},
    {SEC_E_QOP_NOT_SUPPORTED, kOthers, kAll, kGoesOn,
     "Protect messages only in the way that *pfContextAttr granted after the "
     "last leg, and ask for it in the first.",
     "MakeSignature, EncryptMessage, Return value",
     Rules(R::kAttributeIgnored)},
    {SEC_E_CONTEXT_EXPIRED,
     Calls(Call::kEncryptMessage, kDecrypt, Call::kMakeSignature,
           Call::kVerifySignature),
     kAll, kFails,
     "The context is at its end, by time or by a shutdown: make a new one for "
     "more.",
     "EncryptMessage, DecryptMessage, Return value; \"Handling a Shutdown\""},
    {SEC_E_CONTEXT_EXPIRED, Calls(kAsc), kKerberosAlone, kFails,
     "The client's ticket is over: refuse it. It has to get another one; if "
     "that is new, look at the clocks.",
     "winerror.h; RFC 4120 3.2.3, KRB_AP_ERR_TKT_EXPIRED"},
    {SEC_E_CONTEXT_EXPIRED, kLegs, kAll, kFails,
     "The credential or the context is at its end: acquire a new credential "
     "and begin again.",
     "winerror.h"},
    {SEC_E_BAD_PKGID, kLegs, kAll, kFails,
     "The two sides have no mechanism in common: look at what each offers.",
     "[MS-SPNG] 3.1.5; RFC 4178 5"},
    {SEC_E_ALGORITHM_MISMATCH, Calls(kAcquire), kAll, kFails,
     "Allow a protocol version or algorithm that the machine has.",
     "SCHANNEL_CRED, SCH_CREDENTIALS"},
    {SEC_E_ALGORITHM_MISMATCH, kOthers, kAll, kFails,
     "The two sides have no protocol version or algorithm in common: compare "
     "what each allows. Do not retry with weaker ones.",
     "\"Schannel Error Codes for TLS and SSL Alerts\""},
    {SEC_E_APPLICATION_PROTOCOL_MISMATCH, kOthers, kAll, kFails,
     "Offer an application protocol that the peer speaks; do not go on without "
     "one.",
     "ISC (Schannel), Return value; RFC 7301 3.2"},
    {SEC_E_CRYPTO_SYSTEM_INVALID, kOthers, kAll, kFails,
     "The cipher that was agreed is not there: look at the policy of this "
     "machine.",
     "EncryptMessage, Return value"},

    // Certificates.
    {SEC_E_CERT_UNKNOWN, Calls(kAcquire), kAll, kFails,
     "Look at the certificate that you supply: it cannot be used, or its key "
     "cannot be found.",
     "winerror.h"},
    {SEC_E_CERT_UNKNOWN, kOthers, kAll, kFails,
     "Look at the certificate of the side that was refused: something in it "
     "could not be processed.",
     "\"Schannel Error Codes for TLS and SSL Alerts\""},
    {SEC_E_CERT_EXPIRED, Calls(kAcquire), kAll, kFails,
     "Renew the certificate that you supply, or set the clock right.",
     "winerror.h"},
    {SEC_E_CERT_EXPIRED, kOthers, kAll, kFails,
     "Look at both clocks and at the certificate's dates. Do not connect "
     "anyway.",
     "\"Schannel Error Codes for TLS and SSL Alerts\""},
    {SEC_E_UNTRUSTED_ROOT, kOthers, kAll, kFails,
     "Install the authority that issued the peer's certificate if you trust "
     "it. Do not connect anyway.",
     "\"Schannel Error Codes for TLS and SSL Alerts\""},
    {SEC_E_CERT_WRONG_USAGE, kLegs, kAll, kFails,
     "The certificate is not for this: a server's needs server authentication, "
     "a client's client authentication.",
     "winerror.h; RFC 5280 4.2.1.12"},

    // Kerberos'; Negotiate and CredSSP hand them through.
    OfKerberos(
        SEC_E_TIME_SKEW,
        "Set the clocks right, those of client, server and KDC: Kerberos "
        "allows five minutes between any two.",
        "winerror.h; RFC 4120 1.6, 3.2.3"),
    OfKerberos(SEC_E_SECURITY_QOS_FAILED,
               "The context is weaker than was demanded, in mutual "
               "authentication or delegation."),
    OfKerberos(SEC_E_NO_TGT_REPLY,
               "The peer has to be logged on for user-to-user authentication."),
    OfKerberos(SEC_E_NO_IP_ADDRESSES,
               "Give the machine an address, or ask for tickets without."),
    OfKerberos(SEC_E_MAX_REFERRALS_EXCEEDED,
               "The realms refer to each other in a circle, or in too long a "
               "line: have an administrator look at their trusts, or name the "
               "target's realm (service/host@REALM).",
               "winerror.h; RFC 6806 9"),
    {SEC_E_STRONG_CRYPTO_NOT_SUPPORTED, kOthers, kAll, kFails,
     "Have the peer brought up to date; do not lower your own policy.",
     "winerror.h"},
    OfKerberos(SEC_E_TOO_MANY_PRINCIPALS, "Name the target less ambiguously."),
    OfKerberos(SEC_E_NO_PA_DATA, "Have an administrator look at the KDC."),
    OfKerberos(SEC_E_PKINIT_NAME_MISMATCH,
               "Use the certificate that belongs to the account.",
               "winerror.h; RFC 4556 3.2.2"),
    OfKerberos(SEC_E_SMARTCARD_LOGON_REQUIRED,
               "Ask for the smart card; a password will not do."),
    OfKerberos(SEC_E_KDC_INVALID_REQUEST,
               "The KDC refuses for a reason that no other status has: have an "
               "administrator look at its policy and its log.",
               "winerror.h; RFC 4120 7.5.9"),
    OfKerberos(SEC_E_KDC_UNABLE_TO_REFER,
               "Look at the target's realm: no KDC knows the way to it."),
    OfKerberos(SEC_E_KDC_UNKNOWN_ETYPE,
               "Allow an encryption type that client, server and KDC have: "
               "look at their policies, and whether the accounts have keys of "
               "it. Do not bring back RC4 for it.",
               "winerror.h; RFC 4120 7.5.9"),
    OfKerberos(SEC_E_UNSUPPORTED_PREAUTH,
               "Log on in the way that the KDC demands, a smart card for one."),
    OfKerberos(
        SEC_E_DELEGATION_REQUIRED,
        "The client has to ask for ISC_REQ_DELEGATE, and policy to allow it."),
    {SEC_E_MULTIPLE_ACCOUNTS, kOthers, kAll, kFails,
     "Refuse the client: have an administrator make the mapping unambiguous.",
     "winerror.h"},
    OfKerberos(SEC_E_NO_KERB_KEY,
               "The server's account has no key of the ticket's encryption "
               "type: set its password anew, so that it gets one, or look at "
               "which account has the service's name.",
               "winerror.h; RFC 4120 3.2.3, KRB_AP_ERR_NOKEY"),
    {SEC_E_DOWNGRADE_DETECTED, kLegs, kAll, kFails,
     "Stop: somebody may be making the connection weaker. Do not try again "
     "with less.",
     "winerror.h; RFC 8446 4.1.3"},
    OfKerberos(SEC_E_SMARTCARD_CERT_REVOKED, "Ask for another card."),
    OfKerberos(SEC_E_SMARTCARD_CERT_EXPIRED, "Renew the card's certificate."),
    OfKerberos(SEC_E_ISSUING_CA_UNTRUSTED,
               "Have the card's issuer installed on the domain controllers."),
    OfKerberos(SEC_E_REVOCATION_OFFLINE_C,
               "Make the list of revoked certificates reachable for the KDC."),
    OfKerberos(SEC_E_PKINIT_CLIENT_FAILURE,
               "Look at the certificate and at the KDC's log."),
    OfKerberos(SEC_E_NO_S4U_PROT_SUPPORT,
               "Have the user authenticate with Kerberos, or bring the KDC up "
               "to date."),
    OfKerberos(SEC_E_CROSSREALM_DELEGATION_FAILURE,
               "Delegate within the realm only."),
    OfKerberos(
        SEC_E_REVOCATION_OFFLINE_KDC,
        "Make the list of revoked certificates reachable for this machine."),
    OfKerberos(SEC_E_ISSUING_CA_UNTRUSTED_KDC,
               "Install the authority that issued the KDC's certificate, if "
               "you trust it."),
    OfKerberos(SEC_E_KDC_CERT_EXPIRED, "Have the KDC's certificate renewed."),
    OfKerberos(SEC_E_KDC_CERT_REVOKED, "Stop, and tell an administrator."),
    OfKerberos(SEC_E_MUST_BE_KDC, "Run this on a domain controller."),

    // Contexts in use.
    {SEC_E_NO_IMPERSONATION, kOthers, kAll, kGoesOn,
     "Do not do for the client what needs its rights: it allowed "
     "identification at most, or this side is not the server. Do not do it as "
     "yourself instead.",
     "ImpersonateSecurityContext, Return value"},
    {SEC_E_CANNOT_PACK, kOthers, kAll, kGoesOn,
     "The context stays in this process: go on with it here.", "winerror.h"},
    {SEC_E_NO_CONTEXT, kOthers, kAll, kGoesOn, "Finish the handshake first.",
     "winerror.h"},
    {SEC_E_INTERNAL_ERROR, kOthers, kAll, kFails,
     "Treat it as any failure. Look whether two threads are in one context at "
     "once; otherwise report it, with a trace.",
     "ISC, ASC, Return value and the warning about simultaneous calls",
     Rules(R::kHandleShared)},
};

}  // namespace sspilab::sim::advice

#endif  // SSPILAB_SIM_STATUS_ADVICE_TABLE_H_

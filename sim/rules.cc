#include "sim/rules.h"

#include <array>

#include "absl/strings/str_cat.h"

namespace sspilab::sim {
namespace {

constexpr RuleParty kCaller = RuleParty::kCaller;
constexpr RuleParty kPackage = RuleParty::kPackage;

// "ISC" and "ASC" are the pages of InitializeSecurityContext and
// AcceptSecurityContext in Microsoft's reference; where a page has variants,
// the package's stands behind the name. Reports are listed with the example
// callers in sim/examples/callers/reports.cc.
constexpr std::array<Rule, kRuleCount> kRules = {{
    {RuleId::kContextLeaked, kCaller, "context-leaked",
     "every context is deleted, also one that failed",
     "DeleteSecurityContext, Remarks"},
    {RuleId::kCredentialLeaked, kCaller, "credential-leaked",
     "every credential is freed", "FreeCredentialsHandle, Remarks"},
    {RuleId::kBufferLeaked, kCaller, "buffer-leaked",
     "what the package allocated goes back with FreeContextBuffer, and with "
     "nothing else",
     "FreeContextBuffer, Remarks"},
    {RuleId::kBufferFreedWrongly, kCaller, "buffer-freed-wrongly",
     "FreeContextBuffer takes what a package allocated, once",
     "FreeContextBuffer, Parameters"},
    {RuleId::kUsedAfterDelete, kCaller, "used-after-delete",
     "a handle is nothing any more once it was deleted or freed",
     "DeleteSecurityContext, FreeCredentialsHandle"},
    {RuleId::kDeletedTwice, kCaller, "deleted-twice",
     "a handle is deleted once: the second time it may be another's",
     "DeleteSecurityContext, FreeCredentialsHandle"},
    {RuleId::kHandleNeverOpened, kCaller, "handle-never-opened",
     "a handle is used only after a call gave it; a first leg that failed gave "
     "none",
     "ISC, ASC, phNewContext"},
    {RuleId::kCredentialFreedEarly, kCaller, "credential-freed-early",
     "a credential outlives the handshakes that use it",
     "FreeCredentialsHandle, Remarks"},
    {RuleId::kHandleShared, kCaller, "handle-shared",
     "one thread at a time is in a context", "SSPI, \"Thread safety\" of ISC"},
    {RuleId::kReservedNotZero, kCaller, "reserved-not-zero",
     "reserved arguments and buffer versions are zero",
     "ISC, Reserved1 and Reserved2; SecBufferDesc, ulVersion"},

    {RuleId::kFailedContextUsed, kCaller, "failed-context-used",
     "a context whose leg failed is deleted and not used on",
     "ISC, ASC, Remarks: on failure, delete the partial context"},
    {RuleId::kTokenNotSent, kCaller, "token-not-sent",
     "a token that comes out is sent, with SEC_E_OK and as an error token too",
     "ISC, ASC, Return value and pOutput; RFC 2743 1.1.4"},
    {RuleId::kEmptyTokenSent, kCaller, "empty-token-sent",
     "where no token came out nothing is sent", "ASC, pOutput; RFC 2743 2.2.2"},
    {RuleId::kCompleteSkipped, kCaller, "complete-skipped",
     "after SEC_I_COMPLETE_NEEDED and SEC_I_COMPLETE_AND_CONTINUE the token is "
     "completed before it is sent",
     "CompleteAuthToken; ISC, ASC, Return value"},
    {RuleId::kCompleteUncalledFor, kCaller, "complete-uncalled-for",
     "CompleteAuthToken is called where the status asks for it",
     "CompleteAuthToken, Remarks"},
    {RuleId::kIncompleteTakenForFatal, kCaller, "incomplete-taken-for-fatal",
     "SEC_E_INCOMPLETE_MESSAGE means: read more, and call again",
     "ISC (Schannel), ASC (Schannel), Remarks; DecryptMessage"},
    {RuleId::kIncompleteBytesLost, kCaller, "incomplete-bytes-lost",
     "after SEC_E_INCOMPLETE_MESSAGE the bytes are given again, with more "
     "behind them",
     "ISC (Schannel), ASC (Schannel), Remarks; DecryptMessage"},
    {RuleId::kNoRoomForExtra, kCaller, "no-room-for-extra",
     "a stream package's input has a second, empty buffer, or bytes behind the "
     "token are lost unseen",
     "ISC (Schannel), pInput; ASC (Schannel), pInput"},
    {RuleId::kExtraLost, kCaller, "extra-lost",
     "bytes reported as SECBUFFER_EXTRA come first in the next input",
     "\"Extra Buffers Returned by Schannel\""},
    {RuleId::kExtraKept, kCaller, "extra-kept",
     "bytes left over when the handshake is done are the first message",
     "\"Extra Buffers Returned by Schannel\""},
    {RuleId::kExtraToWrongCall, kCaller, "extra-to-wrong-call",
     "bytes left over when the handshake is done go to DecryptMessage, after "
     "SEC_I_RENEGOTIATE to the handshake",
     "\"Extra Buffers Returned by Schannel\"; DecryptMessage (Schannel)"},
    {RuleId::kInputTwice, kCaller, "input-twice",
     "input that the package took is not given to it again",
     "\"Extra Buffers Returned by Schannel\""},
    {RuleId::kIncompleteCredentialsIgnored, kCaller,
     "incomplete-credentials-ignored",
     "after SEC_I_INCOMPLETE_CREDENTIALS the call is made again with the same "
     "input, before anything is waited for",
     "ISC (Schannel), Return value"},
    {RuleId::kOutputBufferTooSmall, kCaller, "output-buffer-too-small",
     "the output buffer holds the package's cbMaxToken",
     "SecPkgInfo, cbMaxToken; ISC, pOutput"},
    {RuleId::kUnlimitedLegs, kCaller, "unlimited-legs",
     "a caller gives up with a peer that always has another token",
     "RFC 2743 1.2.10: a handshake is finite, a hostile peer is not"},

    {RuleId::kAttributesTrustedEarly, kCaller, "attributes-trusted-early",
     "attributes that matter for security are looked at after the last leg",
     "ISC, pfContextAttr"},
    {RuleId::kAttributeIgnored, kCaller, "attribute-ignored",
     "an attribute that was asked for and not granted stops the caller",
     "ISC, ASC, pfContextAttr"},
    {RuleId::kMessageBeforeDone, kCaller, "message-before-done",
     "messages are protected when the handshake is done",
     "MakeSignature, "
     "EncryptMessage; RFC 2743 1.2.7"},
    {RuleId::kSequenceOutOfStep, kCaller, "sequence-out-of-step",
     "a caller that numbers its messages counts them by one",
     "MakeSignature, MessageSeqNo"},
    {RuleId::kRenegotiationUnfinished, kCaller, "renegotiation-unfinished",
     "after SEC_I_RENEGOTIATE the handshake is gone through to its end before "
     "more is decrypted",
     "DecryptMessage (Schannel), Return value"},
    {RuleId::kClaimedUndone, kCaller, "claimed-undone",
     "nobody is authenticated before the package's own status says so",
     "ISC, ASC, Return value"},
    {RuleId::kSuccessTakenForFailure, kCaller, "success-taken-for-failure",
     "SEC_E_OK is success, whatever else the call gave",
     "ISC, ASC, Return value"},
    {RuleId::kHangs, kCaller, "hangs",
     "a caller comes to an end, and does not wait for what cannot come", "-"},

    {RuleId::kStatusIllegal, kPackage, "status-illegal",
     "a call returns what is documented for it, the package and the state",
     "core/status_legality.h"},
    {RuleId::kOutputOverrun, kPackage, "output-overrun",
     "output stays within its buffer", "SecBuffer, cbBuffer"},
    {RuleId::kIncompleteChangedSomething, kPackage,
     "incomplete-changed-something",
     "SEC_E_INCOMPLETE_MESSAGE leaves output, input and state alone",
     "ISC (Schannel), Remarks: the call is made again"},
    {RuleId::kMissingWrong, kPackage, "missing-wrong",
     "SECBUFFER_MISSING is not zero, and not more than the message lacks",
     "SecBuffer, SECBUFFER_MISSING"},
    {RuleId::kTokenOnFailure, kPackage, "token-on-failure",
     "a leg that fails gives a token only with EXTENDED_ERROR",
     "ISC, ISC_REQ_EXTENDED_ERROR; ASC, ASC_REQ_EXTENDED_ERROR"},
    {RuleId::kKeysDiffer, kPackage, "keys-differ",
     "when both sides are done they hold the same key", "RFC 2743 1.2.7"},
    {RuleId::kIdentitiesDiffer, kPackage, "identities-differ",
     "when both sides are done they mean the same client", "RFC 2743 1.1.2"},
    {RuleId::kFlagsDiffer, kPackage, "flags-differ",
     "when both sides are done they protect messages alike, and agree on "
     "whether the server is proven",
     "RFC 2743 1.2.1: what one side is told, the other can do"},
    {RuleId::kBindingsDiffer, kPackage, "bindings-differ",
     "both sides are done only if their channel bindings are the same",
     "RFC 5056 2.1; RFC 2743 2.2.2, GSS_S_BAD_BINDINGS"},
    {RuleId::kFailureForgotten, kPackage, "failure-forgotten",
     "a context that failed does not succeed afterwards",
     "RFC 2743 2.2.1: on a fatal status there is no context"},
    {RuleId::kPackageLeak, kPackage, "package-leak",
     "nothing of a package's own is left when its handles are closed",
     "core/memory.h"},
}};

constexpr bool InOrder() {
  for (size_t i = 0; i < kRules.size(); ++i) {
    if (static_cast<size_t>(kRules[i].id) != i) {
      return false;
    }
  }
  return true;
}
static_assert(InOrder());

}  // namespace

absl::Span<const Rule> Rules() { return kRules; }

const Rule& RuleOf(RuleId id) { return kRules[static_cast<size_t>(id)]; }

const Rule* FindRule(std::string_view name) {
  for (const Rule& rule : kRules) {
    if (rule.name == name) {
      return &rule;
    }
  }
  return nullptr;
}

std::string ToString(const RuleBroken& broken) {
  return absl::StrCat(RuleOf(broken.rule).name, ": ",
                      kSideNames[static_cast<size_t>(broken.side)], ", call ",
                      broken.number, " (", CallName(broken.call),
                      "): ", broken.seen);
}

std::ostream& operator<<(std::ostream& out, const RuleBroken& broken) {
  return out << ToString(broken);
}

}  // namespace sspilab::sim

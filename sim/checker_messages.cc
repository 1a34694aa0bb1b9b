// Messages under a context's protection, and the other things that only a
// finished context is for.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/checker_internal.h"

namespace sspilab::sim {
namespace {

bool Unprotects(Call call) {
  return call == Call::kVerifySignature || call == Call::kDecryptMessage;
}

bool Seals(Call call) {
  return call == Call::kEncryptMessage || call == Call::kDecryptMessage;
}

// A stream's message comes in one buffer of type DATA, anything else's in
// several.
const SecBuffer* StreamOf(const SecBufferDesc* message) {
  const SecBuffer* const data = FindBuffer(message, SECBUFFER_DATA);
  return data != nullptr ? data : FindBuffer(message, SECBUFFER_STREAM);
}

}  // namespace

// What the caller does shows whether it has looked at what it was granted.
// Sealing needs CONFIDENTIALITY and signing INTEGRITY; a caller that signs
// because it may not seal has looked.
void Checker::CheckAttributes(const InCall& in) {
  const ContextRecord& record = *in.context;
  ULONG needed = ISC_RET_MUTUAL_AUTH;
  if (IsMessage(in.call.call)) {
    needed |=
        ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT |
        (Seals(in.call.call) ? ISC_RET_CONFIDENTIALITY : ISC_RET_INTEGRITY);
  }
  const ULONG lacks = Lacks(record) & needed;
  if (lacks != 0) {
    Break(RuleId::kAttributeIgnored, in,
          absl::StrCat("the context is used without ", FlagNames(lacks),
                       ", which its caller asked for"));
  }
}

// Messages in both directions, each numbered by its own count.
void Checker::CheckNumber(const InCall& in) {
  const bool receives = Unprotects(in.call.call);
  ContextRecord::Numbers& numbers = in.context->numbers[receives ? 1 : 0];
  const ULONG number = in.call.sequence;
  const ULONG last = std::exchange(numbers.last, number);
  if (!std::exchange(numbers.any, true) || (number == 0 && last == 0)) {
    return;  // The first one, or a caller that does not number.
  }
  // Of those that arrive some may have been lost on their way.
  const bool in_step = receives ? number > last : number == last + 1;
  if (!in_step) {
    Break(RuleId::kSequenceOutOfStep, in,
          absl::StrCat("MessageSeqNo is ", number, " after ", last));
  }
}

void Checker::BeforeMessage(InCall& in) {
  ContextRecord& record = *in.context;
  const Call call = in.call.call;
  if (record.stage == Stage::kFailed) {
    Break(
        RuleId::kFailedContextUsed, in,
        absl::StrCat("its last leg returned ", StatusName(record.last_status)));
  } else if (record.stage == Stage::kLegs && !record.was_done &&
             record.last_status != SEC_I_CONTINUE_NEEDED_MESSAGE_OK) {
    Break(
        RuleId::kMessageBeforeDone, in,
        absl::StrCat("the last leg returned ", StatusName(record.last_status)));
  } else {
    CheckAttributes(in);
  }
  CheckTokenGone(in, record, /*ends=*/false);
  record.used_since_done = true;
  if (!IsMessage(call)) {
    return;
  }
  CheckNumber(in);
  if (call != Call::kDecryptMessage) {
    return;
  }
  if (std::exchange(record.renegotiates, false)) {
    Break(RuleId::kRenegotiationUnfinished, in,
          "SEC_I_RENEGOTIATE was not followed by a handshake to its end");
  }
  in.input = Copy(BytesOf(StreamOf(in.call.input)));
  const Owed owed = record.owed;
  if (owed != Owed::kNothing && owed != Owed::kSameAgain &&
      !BeginsWith(in.input, record.owed_bytes)) {
    Break(
        owed == Owed::kIncomplete ? RuleId::kIncompleteBytesLost
                                  : RuleId::kExtraLost,
        in,
        absl::StrCat("the ", record.owed_bytes.size(), " bytes of call ",
                     record.owed_since, " do not come first in this message"));
  }
  record.owed = Owed::kNothing;
  record.waited_since = false;
}

void Checker::AfterMessage(InCall& in, SECURITY_STATUS status) {
  ContextRecord& record = *in.context;
  if (record.failed_for_good && status >= 0) {
    Break(
        RuleId::kFailureForgotten, in,
        absl::StrCat("returned ", StatusName(status), " after a leg returned ",
                     StatusName(record.last_status)));
  }
  if (in.call.call != Call::kDecryptMessage) {
    return;
  }
  CheckMissing(in, status);
  record.owed_since = in.number;
  record.owed_by = in.call.call;
  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    record.owed = Owed::kIncomplete;
    record.owed_bytes = in.input;
    const SecBuffer* const missing =
        FindBuffer(in.call.input, SECBUFFER_MISSING);
    record.missing = missing == nullptr ? 0 : missing->cbBuffer;
    return;
  }
  record.renegotiates = status == SEC_I_RENEGOTIATE;
  const SecBuffer* const extra = FindBuffer(in.call.input, SECBUFFER_EXTRA);
  // What stands behind the peer's end is nobody's.
  if (status >= 0 && status != SEC_I_CONTEXT_EXPIRED && extra != nullptr &&
      extra->cbBuffer > 0 && extra->cbBuffer <= in.input.size()) {
    record.owed = Owed::kExtra;
    record.owed_bytes.assign(
        in.input.end() - static_cast<ptrdiff_t>(extra->cbBuffer),
        in.input.end());
  }
  if (status < 0 && IsStream(record)) {
    record.stage = Stage::kFailed;
    record.last_status = status;
    record.failed_for_good |= !LeavesContextAlone(status);
  }
}

}  // namespace sspilab::sim

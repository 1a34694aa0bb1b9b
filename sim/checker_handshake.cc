// The legs of a handshake: what callers owe between one and the next.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/checker_internal.h"

namespace sspilab::sim {
namespace {

// Legs with less than this may be equal by chance.
constexpr size_t kTellingInput = 8;
// Legs after which a caller that gives up may just have lost patience.
constexpr uint32_t kManyLegs = 16;

}  // namespace

ULONG Normalized(Side side, ULONG flags) {
  if (side == Side::kClient) {
    return flags;
  }
  // Below 0x1000 the two sides agree.
  ULONG normalized = flags & 0xFFF;
  if ((flags & ASC_RET_INTEGRITY) != 0) {
    normalized |= ISC_RET_INTEGRITY;
  }
  if ((flags & ASC_RET_EXTENDED_ERROR) != 0) {
    normalized |= ISC_RET_EXTENDED_ERROR;
  }
  if ((flags & ASC_RET_STREAM) != 0) {
    normalized |= ISC_RET_STREAM;
  }
  return normalized;
}

std::string FlagNames(ULONG normalized) {
  static constexpr std::pair<ULONG, const char*> kNames[] = {
      {ISC_RET_MUTUAL_AUTH, "MUTUAL_AUTH"},
      {ISC_RET_REPLAY_DETECT, "REPLAY_DETECT"},
      {ISC_RET_SEQUENCE_DETECT, "SEQUENCE_DETECT"},
      {ISC_RET_CONFIDENTIALITY, "CONFIDENTIALITY"},
      {ISC_RET_INTEGRITY, "INTEGRITY"},
  };
  std::vector<std::string> names;
  for (const auto& [flag, name] : kNames) {
    if ((normalized & flag) != 0) {
      names.emplace_back(name);
    }
  }
  return absl::StrJoin(names, ", ");
}

// The context's next input must begin with what it is owed.
void Checker::CheckLegInput(InCall& in) {
  ContextRecord& record = *in.context;
  const Bytes owed = record.owed_bytes;
  const Owed why = std::exchange(record.owed, Owed::kNothing);
  const bool whole = BeginsWith(in.input, owed);
  switch (why) {
    case Owed::kIncomplete:
      if (!whole) {
        Break(RuleId::kIncompleteBytesLost, in,
              absl::StrCat("call ", record.owed_since, " had ", owed.size(),
                           " bytes and wanted more; this input of ",
                           in.input.size(), " does not begin with them"));
      }
      return;
    case Owed::kSameAgain:
      if (!whole) {
        Break(record.last_status == SEC_I_INCOMPLETE_CREDENTIALS
                  ? RuleId::kIncompleteCredentialsIgnored
                  : RuleId::kIncompleteBytesLost,
              in,
              absl::StrCat("call ", record.owed_since,
                           " was to be made again with the same input"));
      }
      return;
    case Owed::kExtra:
      if (record.stage == Stage::kDone && !record.renegotiates) {
        if (whole) {
          Break(RuleId::kExtraToWrongCall, in,
                absl::StrCat("the ", owed.size(), " bytes that call ",
                             record.owed_since,
                             " left over are for DecryptMessage"));
        } else if (in.input.empty()) {
          // A farewell, which takes nothing.
          record.owed = why;
        }
        return;
      }
      if (!whole) {
        Break(RuleId::kExtraLost, in,
              absl::StrCat("call ", record.owed_since, " left ", owed.size(),
                           " bytes over, and this input does not begin with "
                           "them"));
      }
      return;
    case Owed::kNothing:
      break;
  }
  // A peer may say a thing twice; the caller may not hear it twice.
  const SideState& side = state(in.side);
  const bool may_have_come_again =
      side.watches_receives && side.fed + in.input.size() <= side.received;
  if (record.taken.size() >= kTellingInput && !may_have_come_again &&
      BeginsWith(in.input, record.taken)) {
    Break(RuleId::kInputTwice, in,
          absl::StrCat("it begins with the ", record.taken.size(),
                       " bytes that the last leg took"));
  }
}

// Whose token this is.
void Checker::MeetPeer(InCall& in) {
  if (in.input.empty()) {
    return;
  }
  const Side other = in.side == Side::kClient ? Side::kServer : Side::kClient;
  for (auto& [handle, record] : state(other).contexts) {
    if (record.token.empty() || record.deleted) {
      continue;
    }
    const auto at = std::search(in.input.begin(), in.input.end(),
                                record.token.begin(), record.token.end());
    if (at == in.input.end()) {
      continue;
    }
    in.context->peer = handle;
    if (in.context->open) {
      record.peer = HandleKey::Of(in.context->handle);
    }
    if (!state(other).watches_sends) {
      record.token_unsent = false;
    }
  }
}

void Checker::CheckTokenGone(const InCall& in, ContextRecord& record,
                             bool ends) {
  // Whoever met a failure, or lacks what it asked for, may stop here; a token
  // that says so is for the peer all the same.
  const SideState& side = state(in.side);
  const bool lacks = record.stage != Stage::kFailed && Lacks(record) != 0;
  const bool excused = ends && (side.failures > record.failures_before_token ||
                                side.connection_ended || lacks);
  if (record.owes_complete) {
    record.owes_complete = false;
    if (!excused) {
      Break(RuleId::kCompleteSkipped, in,
            absl::StrCat("call ", record.token_of,
                         " asked for CompleteAuthToken"));
    }
  }
  if (record.token_unsent) {
    record.token_unsent = false;
    // Without anybody to see it sent there is nothing to say.
    const Side other = in.side == Side::kClient ? Side::kServer : Side::kClient;
    const bool seen = side.watches_sends || state(other).tap != nullptr;
    if (!excused && seen) {
      Break(RuleId::kTokenNotSent, in,
            absl::StrCat("the token of ", record.token.size(),
                         " bytes that call ", record.token_of,
                         " gave was not sent"));
    }
  }
}

void Checker::CheckEnd(const InCall& in, ContextRecord& record) {
  SideState& side = state(in.side);
  const Owed owed = std::exchange(record.owed, Owed::kNothing);
  if (owed == Owed::kIncomplete && !record.waited_since &&
      !side.connection_ended) {
    BreakAt(RuleId::kIncompleteTakenForFatal, in.side, record.owed_since,
            record.owed_by, "the caller gave up instead of reading more");
  }
  if (owed == Owed::kExtra && record.stage == Stage::kDone &&
      (record.used_since_done || record.waited_since)) {
    BreakAt(RuleId::kExtraKept, in.side, record.owed_since, record.owed_by,
            absl::StrCat("it left ", record.owed_bytes.size(),
                         " bytes over, which were never decrypted"));
  }
  if (owed == Owed::kSameAgain &&
      record.last_status == SEC_E_BUFFER_TOO_SMALL) {
    // Whether the room was too small is the package's cbMaxToken to say.
    SecPkgInfoW* info = nullptr;
    const SecurityFunctionTableW& inner = side.tap->inner();
    SEC_WCHAR name[16] = {};
    const std::string_view package =
        record.package.has_value() ? PackageName(*record.package) : "";
    std::copy(package.begin(), package.end(), name);
    if (!package.empty() && inner.QuerySecurityPackageInfoW != nullptr &&
        inner.QuerySecurityPackageInfoW(name, &info) == SEC_E_OK) {
      if (record.missing < info->cbMaxToken) {
        BreakAt(RuleId::kOutputBufferTooSmall, in.side, record.owed_since,
                record.owed_by,
                absl::StrCat("the buffer had ", record.missing,
                             " bytes, and cbMaxToken is ", info->cbMaxToken));
      }
      inner.FreeContextBuffer(info);
    }
  }
  // What a caller cannot be seen to read it may be seen to obey. Some statuses
  // that go on are a reason to stop by themselves.
  const bool goes_on = record.last_status == SEC_I_CONTINUE_NEEDED ||
                       record.last_status == SEC_I_COMPLETE_AND_CONTINUE;
  if (record.stage == Stage::kLegs && goes_on &&
      record.gave_less_before_the_last && record.legs < kManyLegs &&
      !record.waited_since && !side.connection_ended && side.failures == 0 &&
      owed == Owed::kNothing && (side.watches_sends || side.watches_receives)) {
    // Unless it then says that all is well.
    side.trusted_early = RuleBroken{
        RuleId::kAttributesTrustedEarly, in.side, in.number, in.call.call,
        absl::StrCat("the caller gives up before the last leg, where all that "
                     "was wrong is that there is no ",
                     FlagNames(Lacks(record)), " yet")};
  }
}

void Checker::BeforeLeg(InCall& in) {
  ContextRecord& record = *in.context;
  const SspiCall& call = in.call;
  if (record.stage == Stage::kFailed && !record.closing) {
    Break(
        RuleId::kFailedContextUsed, in,
        absl::StrCat("its last leg returned ", StatusName(record.last_status)));
  }
  CheckTokenGone(in, record, /*ends=*/false);
  if (in.credential != nullptr) {
    record.credential = HandleKey::Of(*call.credential);
    record.package = in.credential->package;
  }
  in.input = Copy(BytesOf(FindBuffer(call.input, SECBUFFER_TOKEN)));
  CheckLegInput(in);
  MeetPeer(in);
  if (IsStream(record) && !in.input.empty() &&
      FindBuffer(call.input, SECBUFFER_EMPTY) == nullptr) {
    Break(RuleId::kNoRoomForExtra, in, "the input has no empty buffer");
  }
  if (const SecBuffer* bindings =
          FindBuffer(call.input, SECBUFFER_CHANNEL_BINDINGS)) {
    record.bindings = Copy(BytesOf(bindings));
  }
  record.requested = call.number;
  record.waited_since = false;
  record.used_since_done = false;
}

void Checker::TakeOutput(InCall& in, SECURITY_STATUS status) {
  ContextRecord& record = *in.context;
  const SecBuffer* token = FindBuffer(in.call.output, SECBUFFER_TOKEN);
  const Bytes bytes = BytesOf(token);
  record.owes_complete = NeedsComplete(status);
  if (record.owes_complete) {
    record.token_of = in.number;
    record.failures_before_token = state(in.side).failures;
  }
  const bool has_token =
      !bytes.empty() && (status >= 0 || (Normalized(in.side, record.granted) &
                                         ISC_RET_EXTENDED_ERROR) != 0);
  if (!has_token) {
    return;
  }
  record.token = Copy(bytes);
  record.token_of = in.number;
  record.token_unsent = true;
  record.sent_since.clear();
  record.failures_before_token = state(in.side).failures;
}

void Checker::AfterLeg(InCall& in, SECURITY_STATUS status) {
  SideState& side = state(in.side);
  const SspiCall& call = in.call;
  const LegResult result = ResultOf(status);
  CheckLegOutput(in, status);
  CheckMissing(in, status);
  {
    ContextRecord& record = *in.context;
    if (record.failed_for_good && result != LegResult::kFailed &&
        !record.closing) {
      Break(RuleId::kFailureForgotten, in,
            absl::StrCat("returned ", StatusName(status), " after ",
                         StatusName(record.last_status)));
    }
  }
  // A first leg gives a handle, or it leaves nothing.
  if (in.first_leg) {
    ContextRecord record = std::move(*in.context);
    const bool gave =
        call.new_context != nullptr &&
        (result == LegResult::kDone || result == LegResult::kContinues ||
         HandleKey::Of(*call.new_context) !=
             HandleKey::Of(in.new_context_before));
    if (gave || result == LegResult::kFailed) {
      side.nascent.erase(call.new_context);
    }
    if (gave) {
      record.open = true;
      record.handle = *call.new_context;
      record.opened_by = in.number;
      record.opened_in = call.call;
      ContextRecord& place = side.contexts[HandleKey::Of(record.handle)];
      place = std::move(record);
      in.context = &place;
    } else if (result == LegResult::kFailed) {
      record.last_status = status;
      record.stage = Stage::kFailed;
      record.granted = call.attributes == nullptr ? 0 : *call.attributes;
      in.context = &record;
      TakeOutput(in, status);
      in.context = nullptr;
      side.last = record;
      if (record.token_unsent) {
        side.stillborn.push_back(std::move(record));
      }
      return;
    } else {
      ContextRecord& place = side.nascent[call.new_context];
      place = std::move(record);
      in.context = &place;
    }
  }

  ContextRecord& record = *in.context;
  record.last_status = status;
  const SecBuffer* const extra = FindBuffer(call.input, SECBUFFER_EXTRA);
  const size_t left =
      extra == nullptr ? 0 : std::min<size_t>(extra->cbBuffer, in.input.size());
  switch (result) {
    case LegResult::kIncomplete:
    case LegResult::kAgain: {
      record.owed = result == LegResult::kIncomplete ? Owed::kIncomplete
                                                     : Owed::kSameAgain;
      record.owed_bytes = in.input;
      const SecBuffer* const missing =
          FindBuffer(call.input, SECBUFFER_MISSING);
      record.missing = missing == nullptr ? 0 : missing->cbBuffer;
      if (status == SEC_E_BUFFER_TOO_SMALL) {
        // The room there was, for CheckEnd.
        const absl::Span<SecBuffer> buffers = BuffersOf(call.output);
        record.missing = 0;
        for (size_t i = 0; i < buffers.size(); ++i) {
          if (TypeOf(buffers[i]) == SECBUFFER_TOKEN) {
            record.missing = in.output_sizes[i];
          }
        }
      }
      break;
    }
    case LegResult::kDone:
    case LegResult::kContinues:
      record.granted = call.attributes == nullptr ? 0 : *call.attributes;
      record.stage = result == LegResult::kDone ? Stage::kDone : Stage::kLegs;
      record.was_done |= result == LegResult::kDone;
      record.gave_less_before_the_last =
          result == LegResult::kContinues && Lacks(record) != 0;
      if (result == LegResult::kDone) {
        record.renegotiates = false;
      }
      // Calls that only wanted more bytes are no legs.
      if (result == LegResult::kContinues && ++record.legs == kMaxLegs + 1) {
        Break(RuleId::kUnlimitedLegs, in,
              absl::StrCat("the context has had ", kMaxLegs,
                           " legs before this one"));
      }
      TakeOutput(in, status);
      break;
    case LegResult::kFailed:
      record.granted = call.attributes == nullptr ? 0 : *call.attributes;
      record.stage = Stage::kFailed;
      record.failed_for_good |= !LeavesContextAlone(status);
      TakeOutput(in, status);
      break;
  }
  if (result == LegResult::kDone || result == LegResult::kContinues ||
      result == LegResult::kFailed) {
    side.fed += in.input.size() - left;
    const auto middle = in.input.end() - static_cast<ptrdiff_t>(left);
    record.taken.assign(in.input.begin(), middle);
    if (left > 0 && result != LegResult::kFailed) {
      record.owed = Owed::kExtra;
      record.owed_bytes.assign(middle, in.input.end());
    }
  }
  record.owed_since = in.number;
  record.owed_by = call.call;
  side.last = record;
  if (record.stage == Stage::kDone) {
    CompareWithPeer(in);
  }
}

void Checker::BeforeComplete(InCall& in) {
  ContextRecord& record = *in.context;
  if (record.stage == Stage::kFailed) {
    Break(
        RuleId::kFailedContextUsed, in,
        absl::StrCat("its last leg returned ", StatusName(record.last_status)));
  } else if (!record.owes_complete) {
    Break(
        RuleId::kCompleteUncalledFor, in,
        absl::StrCat("the last leg returned ", StatusName(record.last_status)));
  }
}

void Checker::AfterComplete(InCall& in, SECURITY_STATUS status) {
  ContextRecord& record = *in.context;
  record.owes_complete = false;
  if (status < 0) {
    record.stage = Stage::kFailed;
    record.last_status = status;
    record.token_unsent = false;
    return;
  }
  // Completing may change the token.
  const Bytes token = BytesOf(FindBuffer(in.call.input, SECBUFFER_TOKEN));
  if (!token.empty()) {
    record.token = Copy(token);
    record.token_unsent = true;
    record.sent_since.clear();
  }
}

}  // namespace sspilab::sim

#include "sim/checker.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "sim/attribute_shape.h"
#include "sim/checker_internal.h"

namespace sspilab::sim {
namespace {

std::optional<Package> PackageOf(const SEC_WCHAR* name) {
  if (name == nullptr) {
    return std::nullopt;
  }
  std::string text;
  for (; *name != 0; ++name) {
    text.push_back(*name < 0x80 ? static_cast<char>(*name) : '?');
  }
  for (int i = 0; i < kPackageCount; ++i) {
    const auto package = static_cast<Package>(i);
    if (absl::EqualsIgnoreCase(text, PackageName(package))) {
      return package;
    }
  }
  // UNISP_NAME.
  if (absl::EqualsIgnoreCase(text,
                             "Microsoft Unified Security Protocol Provider")) {
    return Package::kSchannel;
  }
  return std::nullopt;
}

// Output of a leg: all that has memory and may be written.
bool GuardsLeg(ULONG type) {
  return (type & ~ULONG{SECBUFFER_ATTRMASK}) != SECBUFFER_EMPTY &&
         (type & (SECBUFFER_READONLY | SECBUFFER_READONLY_WITH_CHECKSUM)) == 0;
}

// A message and what belongs to it are read and written where they stand.
bool GuardsMessage(ULONG type) {
  return GuardsLeg(type) &&
         (type & ~ULONG{SECBUFFER_ATTRMASK}) != SECBUFFER_CHANNEL_BINDINGS;
}

// Puts guards around all that the call may write.
void GuardCall(const SspiCall& call, OutputGuard* guard) {
  switch (call.call) {
    case Call::kInitializeSecurityContext:
    case Call::kAcceptSecurityContext:
      guard->GuardOutput(call.output, GuardsLeg);
      break;
    case Call::kCompleteAuthToken:
    case Call::kMakeSignature:
    case Call::kVerifySignature:
    case Call::kEncryptMessage:
    case Call::kDecryptMessage:
      guard->GuardInPlace(call.input, GuardsMessage);
      break;
    case Call::kQueryContextAttributes: {
      const AttributeShape* const shape = FindAttributeShape(call.number);
      const size_t known = shape == nullptr ? 0 : shape->size;
      const size_t size = call.size.has_value() ? size_t{*call.size} : known;
      if (size != 0) {
        guard->GuardMemory(call.memory_place, size);
      }
      break;
    }
    default:
      break;
  }
}

}  // namespace

Checker::Checker(SecurityFunctionTableW* client,
                 SecurityFunctionTableW* server) {
  absl::MutexLock lock(&mutex_);
  if (client != nullptr) {
    state(Side::kClient).tap =
        std::make_unique<Tap>(this, Side::kClient, client);
  }
  if (server != nullptr) {
    state(Side::kServer).tap =
        std::make_unique<Tap>(this, Side::kServer, server);
  }
}

Checker::~Checker() = default;

SecurityFunctionTableW* Checker::table(Side side) {
  absl::MutexLock lock(&mutex_);
  return state(side).tap == nullptr ? nullptr : state(side).tap->table();
}

void Checker::Watch(Side side, World* world) {
  absl::MutexLock lock(&mutex_);
  state(side).world = world;
  state(side).live_allocations = world->memory().live_allocations();
}

void Checker::WatchTransport(Side side) {
  absl::MutexLock lock(&mutex_);
  state(side).watches_sends = true;
  state(side).watches_receives = true;
}

std::vector<RuleBroken> Checker::broken() const {
  absl::MutexLock lock(&mutex_);
  return broken_;
}

size_t Checker::calls() const {
  absl::MutexLock lock(&mutex_);
  return calls_;
}

void Checker::Break(RuleId rule, const InCall& in, std::string seen) {
  BreakAt(rule, in.side, in.number, in.call.call, std::move(seen));
}

void Checker::BreakAt(RuleId rule, Side side, size_t number, Call call,
                      std::string seen) {
  broken_.push_back({rule, side, number, call, std::move(seen)});
}

SECURITY_STATUS Checker::OnCall(Side side, const SspiCall& call,
                                absl::FunctionRef<SECURITY_STATUS()> proceed) {
  InCall in = {.side = side, .call = call, .number = 0};
  {
    absl::MutexLock lock(&mutex_);
    in.number = ++calls_;
    in.alone = calls_in_flight_ == 0;
    const std::optional<SECURITY_STATUS> refused = Before(in);
    if (refused.has_value()) {
      return *refused;
    }
    ++calls_in_flight_;
  }
  OutputGuard guard;
  GuardCall(call, &guard);
  const SECURITY_STATUS status = proceed();
  guard.Restore();
  in.guard = &guard;

  absl::MutexLock lock(&mutex_);
  --calls_in_flight_;
  After(in, status);
  return status;
}

std::optional<SECURITY_STATUS> Checker::Before(InCall& in) {
  CheckReserved(in);
  std::optional<SECURITY_STATUS> refused = FindRecords(in);
  if (!refused.has_value() && in.call.call == Call::kFreeContextBuffer) {
    refused = BeforeFreeBuffer(in);
  }
  if (refused.has_value()) {
    return refused;
  }
  SideState& side = state(in.side);
  if (side.world != nullptr) {
    in.live_allocations = side.world->memory().live_allocations();
  }
  if (in.call.context != nullptr) {
    in.context_before = *in.call.context;
  }
  if (in.call.new_context != nullptr) {
    in.new_context_before = *in.call.new_context;
  }
  if (in.is_leg()) {
    for (const SecBuffer& buffer : BuffersOf(in.call.output)) {
      in.output_sizes.push_back(buffer.cbBuffer);
      in.output_memory.push_back(buffer.pvBuffer);
    }
  }
  if (in.context != nullptr) {
    ContextRecord& record = *in.context;
    if (record.users > 0) {
      in.shares = true;
      Break(RuleId::kHandleShared, in,
            absl::StrCat("another call is in the context of call ",
                         record.opened_by));
    }
    ++record.users;
    // A second thread's call is not part of the first one's story.
    if (in.shares) {
      return std::nullopt;
    }
  }
  if (in.is_leg()) {
    if (in.context != nullptr) {
      BeforeLeg(in);
    }
  } else if (IsMessage(in.call.call) ||
             in.call.call == Call::kImpersonateSecurityContext ||
             in.call.call == Call::kQuerySecurityContextToken ||
             in.call.call == Call::kExportSecurityContext) {
    if (in.context != nullptr) {
      BeforeMessage(in);
    }
  } else if (in.call.call == Call::kCompleteAuthToken) {
    if (in.context != nullptr) {
      BeforeComplete(in);
    }
  } else if (in.call.call == Call::kApplyControlToken) {
    if (in.context != nullptr) {
      in.context->closing = true;
    }
  } else if (in.call.call == Call::kDeleteSecurityContext) {
    if (in.context != nullptr) {
      CheckTokenGone(in, *in.context, /*ends=*/true);
      CheckEnd(in, *in.context);
    }
  } else if (in.call.call == Call::kFreeCredentialsHandle) {
    if (in.credential != nullptr) {
      BeforeFree(in);
    }
  }
  return std::nullopt;
}

void Checker::After(InCall& in, SECURITY_STATUS status) {
  SideState& side = state(in.side);
  if (in.context != nullptr) {
    --in.context->users;
  }
  if (in.guard->overrun()) {
    Break(RuleId::kOutputOverrun, in, "bytes beside an output buffer changed");
  }
  if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE) {
    ++side.failures;
  }
  CheckStatus(in, status);
  if (in.shares) {
    return;
  }
  const SspiCall& call = in.call;
  if (call.call == Call::kAcquireCredentialsHandle) {
    if (status >= 0 && call.credential != nullptr) {
      side.credentials[HandleKey::Of(*call.credential)] = {PackageOf(call.name),
                                                           in.number, false};
    }
  } else if (call.call == Call::kFreeCredentialsHandle) {
    if (in.credential != nullptr) {
      in.credential->freed = true;
    }
  } else if (in.is_leg()) {
    if (in.context != nullptr) {
      AfterLeg(in, status);
    }
  } else if (in.context != nullptr) {
    if (IsMessage(call.call)) {
      AfterMessage(in, status);
    } else if (call.call == Call::kCompleteAuthToken) {
      AfterComplete(in, status);
    } else if (call.call == Call::kDeleteSecurityContext) {
      in.context->deleted = true;
      side.last = *in.context;
    } else if (call.call == Call::kExportSecurityContext && status >= 0 &&
               (call.number & SECPKG_CONTEXT_EXPORT_DELETE_OLD) != 0) {
      in.context->deleted = true;
      side.last = *in.context;
    }
  }
  if (call.call == Call::kImportSecurityContext && status >= 0 &&
      call.new_context != nullptr) {
    ContextRecord record;
    record.side = in.side;
    record.handle = *call.new_context;
    record.package = PackageOf(call.name);
    record.opened_by = in.number;
    record.opened_in = call.call;
    record.open = true;
    record.stage = Stage::kDone;
    record.was_done = true;
    record.compared = true;
    side.contexts[HandleKey::Of(*call.new_context)] = std::move(record);
  }
  AfterMemory(in, status);
}

void Checker::OnSend(Side side_of, absl::Span<const uint8_t> bytes) {
  absl::MutexLock lock(&mutex_);
  SideState& side = state(side_of);
  side.watches_sends = true;
  if (bytes.empty()) {
    BreakAt(RuleId::kEmptyTokenSent, side_of, calls_,
            side_of == Side::kClient ? Call::kInitializeSecurityContext
                                     : Call::kAcceptSecurityContext,
            "a message without a token was sent");
    return;
  }
  for (auto& [handle, record] : side.contexts) {
    if (!record.deleted) {
      TakeSent(record, side_of, bytes);
    }
  }
  for (ContextRecord& record : side.stillborn) {
    TakeSent(record, side_of, bytes);
  }
}

void Checker::TakeSent(ContextRecord& record, Side side_of,
                       absl::Span<const uint8_t> bytes) {
  if (!record.token_unsent) {
    return;
  }
  record.sent_since.insert(record.sent_since.end(), bytes.begin(), bytes.end());
  const auto at =
      std::search(record.sent_since.begin(), record.sent_since.end(),
                  record.token.begin(), record.token.end());
  if (at == record.sent_since.end()) {
    return;
  }
  record.token_unsent = false;
  if (record.owes_complete) {
    record.owes_complete = false;
    BreakAt(RuleId::kCompleteSkipped, side_of, record.token_of,
            record.opened_in, "its token was sent before it was completed");
  }
}

void Checker::OnReceive(Side side_of, absl::Span<const uint8_t> bytes) {
  absl::MutexLock lock(&mutex_);
  SideState& side = state(side_of);
  side.watches_receives = true;
  side.received += bytes.size();
  side.connection_ended |= bytes.empty();
  std::vector<ContextRecord*> records;
  for (auto& [handle, record] : side.contexts) {
    if (!record.deleted) {
      records.push_back(&record);
    }
  }
  for (auto& [place, record] : side.nascent) {
    records.push_back(&record);
  }
  for (ContextRecord* record : records) {
    record->waited_since = true;
    if (record->owed == Owed::kSameAgain &&
        record->last_status == SEC_I_INCOMPLETE_CREDENTIALS) {
      record->owed = Owed::kNothing;
      BreakAt(RuleId::kIncompleteCredentialsIgnored, side_of,
              record->owed_since, record->owed_by,
              "the caller waits for more instead of calling again");
    }
  }
}

void Checker::OnClaim(Side side_of, bool authenticated) {
  absl::MutexLock lock(&mutex_);
  SideState& side = state(side_of);
  // The context that is meant: the last that had a leg, open or deleted.
  const ContextRecord* record = side.last.has_value() ? &*side.last : nullptr;
  if (record != nullptr && record->open && !record->deleted) {
    record = &side.contexts.at(HandleKey::Of(record->handle));
  }
  // A context that was done stays so while it handshakes again.
  const bool done = record != nullptr && record->was_done &&
                    record->stage != Stage::kFailed && !record->owes_complete;
  if (authenticated) {
    side.trusted_early.reset();
  }
  side.claims |= authenticated;
  const Call call = side_of == Side::kClient ? Call::kInitializeSecurityContext
                                             : Call::kAcceptSecurityContext;
  if (authenticated && !done) {
    BreakAt(RuleId::kClaimedUndone, side_of, calls_, call,
            record == nullptr ? "there is no context at all"
                              : absl::StrCat("the last leg returned ",
                                             StatusName(record->last_status)));
  } else if (authenticated && Lacks(*record) != 0) {
    BreakAt(RuleId::kAttributeIgnored, side_of, calls_, call,
            absl::StrCat("the caller is content without ",
                         FlagNames(Lacks(*record)), ", which it asked for"));
  } else if (!authenticated && done && side.failures == 0 &&
             Lacks(*record) == 0 && !record->renegotiates &&
             !side.connection_ended) {
    BreakAt(
        RuleId::kSuccessTakenForFailure, side_of, calls_, call,
        absl::StrCat("the last leg returned ", StatusName(record->last_status),
                     " and no call has failed, but the caller gives up"));
  }
}

void Checker::Finish() {
  absl::MutexLock lock(&mutex_);
  const auto first = static_cast<ptrdiff_t>(broken_.size());
  for (const Side side_of : {Side::kClient, Side::kServer}) {
    SideState& side = state(side_of);
    for (auto& [place, record] : side.nascent) {
      const SspiCall none = {.call = record.opened_in};
      const InCall in = {.side = side_of, .call = none, .number = calls_};
      CheckEnd(in, record);
    }
    for (ContextRecord& record : side.stillborn) {
      const SspiCall none = {.call = record.opened_in};
      const InCall in = {.side = side_of, .call = none, .number = calls_};
      CheckTokenGone(in, record, /*ends=*/true);
    }
    for (auto& [handle, record] : side.contexts) {
      if (record.deleted) {
        continue;
      }
      const SspiCall none = {.call = record.opened_in};
      const InCall in = {.side = side_of, .call = none, .number = calls_};
      CheckTokenGone(in, record, /*ends=*/true);
      CheckEnd(in, record);
      BreakAt(RuleId::kContextLeaked, side_of, record.opened_by,
              record.opened_in, "its context was never deleted");
    }
    for (const auto& [handle, record] : side.credentials) {
      if (!record.freed) {
        BreakAt(RuleId::kCredentialLeaked, side_of, record.opened_by,
                Call::kAcquireCredentialsHandle,
                "its credential was never freed");
      }
    }
    for (const auto& [memory, record] : side.buffers) {
      if (!record.freed) {
        BreakAt(RuleId::kBufferLeaked, side_of, record.given_by,
                record.given_in,
                "what it allocated was not given to FreeContextBuffer");
      }
    }
  }
  for (SideState& side : sides_) {
    if (side.trusted_early.has_value() && !side.claims) {
      const RuleBroken& early = *side.trusted_early;
      BreakAt(early.rule, early.side, early.number, early.call, early.seen);
    }
  }
  // Handles and addresses are in no order that another run would have.
  std::stable_sort(broken_.begin() + first, broken_.end(),
                   [](const RuleBroken& a, const RuleBroken& b) {
                     return a.number < b.number;
                   });
  CheckLeaks();
}

}  // namespace sspilab::sim

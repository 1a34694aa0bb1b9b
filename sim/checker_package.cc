// What packages owe: statuses, buffers, and that both sides mean the same.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "sim/checker_internal.h"

namespace sspilab::sim {
namespace {

// More than a record or a token can lack: TLS's largest with room to spare.
constexpr size_t kMostMissing = size_t{1} << 17;

// Only kernel objects and names are told apart by case on Windows.
char16_t Lower(char16_t c) {
  return c >= u'A' && c <= u'Z' ? static_cast<char16_t>(c + 32) : c;
}

struct PeerView {
  std::vector<uint8_t> key;
  std::u16string name;
  bool kerberos = false;
};

// The session key, the client's name, and whether Kerberos has made them; empty
// where the package does not tell.
PeerView Ask(const SecurityFunctionTableW& table, CtxtHandle handle) {
  PeerView view;
  if (table.QueryContextAttributesW == nullptr ||
      table.FreeContextBuffer == nullptr) {
    return view;
  }
  SecPkgContext_SessionKey key = {};
  if (table.QueryContextAttributesW(&handle, SECPKG_ATTR_SESSION_KEY, &key) ==
          SEC_E_OK &&
      key.SessionKey != nullptr) {
    view.key.assign(key.SessionKey, key.SessionKey + key.SessionKeyLength);
    table.FreeContextBuffer(key.SessionKey);
  }
  SecPkgContext_NamesW names = {};
  if (table.QueryContextAttributesW(&handle, SECPKG_ATTR_NAMES, &names) ==
          SEC_E_OK &&
      names.sUserName != nullptr) {
    view.name = names.sUserName;
    std::transform(view.name.begin(), view.name.end(), view.name.begin(),
                   Lower);
    table.FreeContextBuffer(names.sUserName);
  }
  SecPkgContext_PackageInfoW info = {};
  if (table.QueryContextAttributesW(&handle, SECPKG_ATTR_PACKAGE_INFO, &info) ==
          SEC_E_OK &&
      info.PackageInfo != nullptr) {
    const std::u16string_view name = info.PackageInfo->Name;
    view.kerberos = name == u"Kerberos";
    table.FreeContextBuffer(info.PackageInfo);
  }
  return view;
}

std::string Printable(const std::u16string& text) {
  std::string printable;
  for (const char16_t c : text) {
    printable.push_back(c >= 0x20 && c < 0x7F ? static_cast<char>(c) : '?');
  }
  return printable;
}

}  // namespace

void Checker::CheckStatus(const InCall& in, SECURITY_STATUS status) {
  const Call call = in.call.call;
  std::optional<Package> package;
  if (in.context != nullptr) {
    package = in.context->package;
  } else if (in.credential != nullptr) {
    package = in.credential->package;
  }
  const auto legal = [&](Package asked) {
    return MayReturn(call, asked, status);
  };
  // Of a call that is about no package it is enough that one may return it.
  bool may = package.has_value() && legal(*package);
  for (int i = 0; i < kPackageCount && !package.has_value(); ++i) {
    may |= legal(static_cast<Package>(i));
  }
  if (!may) {
    Break(RuleId::kStatusIllegal, in,
          absl::StrCat(StatusName(status), " is not documented for it",
                       package.has_value() ? " and " : "",
                       package.has_value() ? PackageName(*package) : ""));
    return;
  }
  if (in.context == nullptr || in.shares) {
    return;
  }
  const ContextRecord& record = *in.context;
  // An unfinished context has neither attributes nor keys yet, and packages say
  // so with this status, too.
  if (status == SEC_E_INVALID_HANDLE && record.open &&
      (in.is_leg() || record.was_done) && record.stage != Stage::kFailed &&
      in.credential == nullptr) {
    Break(RuleId::kStatusIllegal, in,
          "SEC_E_INVALID_HANDLE, but the context is open");
  }
  if (IsMessage(call) && status >= 0 && record.stage == Stage::kLegs &&
      !record.was_done &&
      record.last_status != SEC_I_CONTINUE_NEEDED_MESSAGE_OK) {
    Break(RuleId::kStatusIllegal, in,
          absl::StrCat(StatusName(status),
                       " before the handshake is done: there is no key yet"));
  }
}

void Checker::CheckLegOutput(const InCall& in, SECURITY_STATUS status) {
  const SspiCall& call = in.call;
  const SideState& side = state(in.side);
  const absl::Span<SecBuffer> buffers = BuffersOf(call.output);
  // A caller's own buffer whose size says no more than the room it has, and
  // into which nothing was written, is no output.
  std::vector<bool> changed(buffers.size());
  for (size_t i = 0; i < buffers.size(); ++i) {
    const SecBuffer& buffer = buffers[i];
    const bool resized = buffer.cbBuffer != in.output_sizes[i];
    const bool moved = buffer.pvBuffer != in.output_memory[i];
    changed[i] = buffer.cbBuffer > 0 && buffer.pvBuffer != nullptr &&
                 (resized || moved || in.guard->written());
  }
  const bool any =
      std::find(changed.begin(), changed.end(), true) != changed.end();
  const LegResult result = ResultOf(status);
  if (result == LegResult::kIncomplete) {
    const Bytes input = BytesOf(FindBuffer(call.input, SECBUFFER_TOKEN));
    const bool handle_moved = call.new_context != nullptr && !in.first_leg &&
                              HandleKey::Of(*call.new_context) !=
                                  HandleKey::Of(in.new_context_before);
    if (any || in.guard->written()) {
      Break(RuleId::kIncompleteChangedSomething, in, "there is output");
    }
    if (input != Bytes(in.input)) {
      Break(RuleId::kIncompleteChangedSomething, in, "the input is another");
    }
    if (handle_moved) {
      Break(RuleId::kIncompleteChangedSomething, in, "the handle is another");
    }
    if (side.world != nullptr && in.alone &&
        side.world->memory().live_allocations() != in.live_allocations) {
      Break(RuleId::kIncompleteChangedSomething, in,
            "the package holds another number of allocations");
    }
  }
  if (result == LegResult::kFailed && status < 0) {
    const ULONG granted = call.attributes == nullptr ? 0 : *call.attributes;
    for (size_t i = 0; i < buffers.size(); ++i) {
      if (changed[i] && TypeOf(buffers[i]) == SECBUFFER_TOKEN &&
          (Normalized(in.side, granted) & ISC_RET_EXTENDED_ERROR) == 0) {
        Break(RuleId::kTokenOnFailure, in,
              absl::StrCat(StatusName(status), " and a token of ",
                           buffers[i].cbBuffer,
                           " bytes, without EXTENDED_ERROR"));
      }
    }
    // A first leg that fails leaves no context, so nothing of it may stay.
    if (in.first_leg && side.world != nullptr && in.alone && !any &&
        HandleKey::Of(*call.new_context) ==
            HandleKey::Of(in.new_context_before) &&
        side.world->memory().live_allocations() > in.live_allocations) {
      Break(RuleId::kPackageLeak, in,
            absl::StrCat("the first leg returned ", StatusName(status),
                         " and left allocations behind"));
    }
  }
}

void Checker::CheckMissing(const InCall& in, SECURITY_STATUS status) {
  const SecBuffer* const missing = FindBuffer(in.call.input, SECBUFFER_MISSING);
  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    if (missing != nullptr && missing->cbBuffer == 0) {
      Break(RuleId::kMissingWrong, in, "SECBUFFER_MISSING is 0");
    } else if (missing != nullptr && missing->cbBuffer > kMostMissing) {
      Break(RuleId::kMissingWrong, in,
            absl::StrCat("SECBUFFER_MISSING is ", missing->cbBuffer,
                         ", more than any message has"));
    }
    return;
  }
  // Now that there was enough: did it take what it had asked for?
  ContextRecord& record = *in.context;
  if (record.missing == 0 || status < 0 ||
      ResultOf(record.last_status) != LegResult::kIncomplete) {
    record.missing = 0;
    return;
  }
  const size_t asked = record.owed_bytes.size() + record.missing;
  record.missing = 0;
  const SecBuffer* const extra = FindBuffer(in.call.input, SECBUFFER_EXTRA);
  const size_t left = extra == nullptr ? 0 : extra->cbBuffer;
  const size_t taken = in.input.size() - std::min(left, in.input.size());
  if (taken < asked) {
    Break(RuleId::kMissingWrong, in,
          absl::StrCat("SECBUFFER_MISSING asked for ", asked,
                       " bytes in all, and the message has ", taken));
  }
}

void Checker::CompareWithPeer(const InCall& in) {
  ContextRecord& record = *in.context;
  const Side other_side =
      in.side == Side::kClient ? Side::kServer : Side::kClient;
  SideState& other = state(other_side);
  // By the tokens; else the only one that there is.
  ContextRecord* peer = nullptr;
  if (record.peer.has_value()) {
    const auto found = other.contexts.find(*record.peer);
    peer = found == other.contexts.end() ? nullptr : &found->second;
  } else {
    size_t open = 0;
    for (auto& [handle, candidate] : other.contexts) {
      if (!candidate.deleted) {
        ++open;
        peer = &candidate;
      }
    }
    if (open != 1) {
      return;
    }
  }
  if (peer == nullptr || peer->deleted || peer->stage != Stage::kDone ||
      record.compared || peer->compared || record.users > 0 ||
      peer->users > 0) {
    return;
  }
  record.compared = true;
  peer->compared = true;
  if (!record.bindings.empty() && !peer->bindings.empty() &&
      record.bindings != peer->bindings) {
    Break(RuleId::kBindingsDiffer, in,
          "the two sides passed other channel bindings, and both are done");
  }
  const ULONG ours = Normalized(record.side, record.granted);
  const ULONG theirs = Normalized(peer->side, peer->granted);
  constexpr ULONG kProtects = ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY;
  // A stream's MUTUAL_AUTH is each side's own affair: it is about the other
  // one's certificate.
  const ULONG agreed =
      IsStream(record) ? kProtects : kProtects | ISC_RET_MUTUAL_AUTH;
  // Only what both asked for, or neither would be told the same.
  const ULONG asked = Normalized(record.side, record.requested) &
                      Normalized(peer->side, peer->requested);
  if (((ours ^ theirs) & agreed & asked) != 0) {
    Break(RuleId::kFlagsDiffer, in,
          absl::StrCat("one side has ", FlagNames(ours & agreed),
                       ", the other ", FlagNames(theirs & agreed)));
  }
  const PeerView mine = Ask(state(in.side).tap->inner(), record.handle);
  const PeerView its = Ask(other.tap->inner(), peer->handle);
  // RFC 4120 3.2.4: a client that asked for no proof is done whoever answers, a
  // server that got another client's token included.
  const bool at_client = in.side == Side::kClient;
  const ContextRecord& client = at_client ? record : *peer;
  const ContextRecord& server = at_client ? *peer : record;
  const bool unproven =
      mine.kerberos && !server.heard_peer &&
      (Normalized(client.side, client.granted) & ISC_RET_MUTUAL_AUTH) == 0;
  if (!unproven && !mine.key.empty() && !its.key.empty() &&
      mine.key != its.key) {
    Break(RuleId::kKeysDiffer, in, "the session keys are not the same");
  }
  // A stream's name is the other side's certificate, not the client's name.
  if (!IsStream(record) && !mine.name.empty() && !its.name.empty() &&
      mine.name != its.name) {
    Break(RuleId::kIdentitiesDiffer, in,
          absl::StrCat("here the client is ", Printable(mine.name), ", there ",
                       Printable(its.name)));
  }
}

void Checker::CheckLeaks() {
  const auto closed = [](const SideState& side) {
    return std::all_of(
               side.contexts.begin(), side.contexts.end(),
               [](const auto& entry) { return entry.second.deleted; }) &&
           std::all_of(side.credentials.begin(), side.credentials.end(),
                       [](const auto& entry) { return entry.second.freed; }) &&
           std::all_of(side.buffers.begin(), side.buffers.end(),
                       [](const auto& entry) { return entry.second.freed; });
  };
  for (const Side side_of : {Side::kClient, Side::kServer}) {
    const SideState& side = state(side_of);
    const SideState& other =
        state(side_of == Side::kClient ? Side::kServer : Side::kClient);
    if (side.world == nullptr || !closed(side) ||
        (other.world == side.world &&
         (side_of == Side::kServer || !closed(other)))) {
      continue;
    }
    const uint64_t live = side.world->memory().live_allocations();
    if (live > side.live_allocations && !side.gave_unseen_memory) {
      BreakAt(RuleId::kPackageLeak, side_of, calls_,
              Call::kDeleteSecurityContext,
              absl::StrCat("all is closed, and ", live - side.live_allocations,
                           " allocations are left"));
    }
  }
}

}  // namespace sspilab::sim

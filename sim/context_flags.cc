#include "sim/context_flags.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/sspi.h"
#include "sim/did_you_mean.h"

namespace sspilab::sim {
namespace {

constexpr ContextFlag kClientRequests[] = {
    {ISC_REQ_DELEGATE, "DELEGATE"},
    {ISC_REQ_MUTUAL_AUTH, "MUTUAL_AUTH"},
    {ISC_REQ_REPLAY_DETECT, "REPLAY_DETECT"},
    {ISC_REQ_SEQUENCE_DETECT, "SEQUENCE_DETECT"},
    {ISC_REQ_CONFIDENTIALITY, "CONFIDENTIALITY"},
    {ISC_REQ_USE_SESSION_KEY, "USE_SESSION_KEY"},
    {ISC_REQ_PROMPT_FOR_CREDS, "PROMPT_FOR_CREDS"},
    {ISC_REQ_USE_SUPPLIED_CREDS, "USE_SUPPLIED_CREDS"},
    {ISC_REQ_ALLOCATE_MEMORY, "ALLOCATE_MEMORY"},
    {ISC_REQ_USE_DCE_STYLE, "USE_DCE_STYLE"},
    {ISC_REQ_DATAGRAM, "DATAGRAM"},
    {ISC_REQ_CONNECTION, "CONNECTION"},
    {ISC_REQ_CALL_LEVEL, "CALL_LEVEL"},
    {ISC_REQ_FRAGMENT_SUPPLIED, "FRAGMENT_SUPPLIED"},
    {ISC_REQ_EXTENDED_ERROR, "EXTENDED_ERROR"},
    {ISC_REQ_STREAM, "STREAM"},
    {ISC_REQ_INTEGRITY, "INTEGRITY"},
    {ISC_REQ_IDENTIFY, "IDENTIFY"},
    {ISC_REQ_NULL_SESSION, "NULL_SESSION"},
    {ISC_REQ_MANUAL_CRED_VALIDATION, "MANUAL_CRED_VALIDATION"},
    {ISC_REQ_RESERVED1, "RESERVED1"},
    {ISC_REQ_FRAGMENT_TO_FIT, "FRAGMENT_TO_FIT"},
    {ISC_REQ_FORWARD_CREDENTIALS, "FORWARD_CREDENTIALS"},
    {ISC_REQ_NO_INTEGRITY, "NO_INTEGRITY"},
    {ISC_REQ_USE_HTTP_STYLE, "USE_HTTP_STYLE"},
    {ISC_REQ_UNVERIFIED_TARGET_NAME, "UNVERIFIED_TARGET_NAME"},
    {ISC_REQ_CONFIDENTIALITY_ONLY, "CONFIDENTIALITY_ONLY"},
};

constexpr ContextFlag kServerRequests[] = {
    {ASC_REQ_DELEGATE, "DELEGATE"},
    {ASC_REQ_MUTUAL_AUTH, "MUTUAL_AUTH"},
    {ASC_REQ_REPLAY_DETECT, "REPLAY_DETECT"},
    {ASC_REQ_SEQUENCE_DETECT, "SEQUENCE_DETECT"},
    {ASC_REQ_CONFIDENTIALITY, "CONFIDENTIALITY"},
    {ASC_REQ_USE_SESSION_KEY, "USE_SESSION_KEY"},
    {ASC_REQ_SESSION_TICKET, "SESSION_TICKET"},
    {ASC_REQ_ALLOCATE_MEMORY, "ALLOCATE_MEMORY"},
    {ASC_REQ_USE_DCE_STYLE, "USE_DCE_STYLE"},
    {ASC_REQ_DATAGRAM, "DATAGRAM"},
    {ASC_REQ_CONNECTION, "CONNECTION"},
    {ASC_REQ_CALL_LEVEL, "CALL_LEVEL"},
    {ASC_REQ_FRAGMENT_SUPPLIED, "FRAGMENT_SUPPLIED"},
    {ASC_REQ_EXTENDED_ERROR, "EXTENDED_ERROR"},
    {ASC_REQ_STREAM, "STREAM"},
    {ASC_REQ_INTEGRITY, "INTEGRITY"},
    {ASC_REQ_LICENSING, "LICENSING"},
    {ASC_REQ_IDENTIFY, "IDENTIFY"},
    {ASC_REQ_ALLOW_NULL_SESSION, "ALLOW_NULL_SESSION"},
    {ASC_REQ_ALLOW_NON_USER_LOGONS, "ALLOW_NON_USER_LOGONS"},
    {ASC_REQ_ALLOW_CONTEXT_REPLAY, "ALLOW_CONTEXT_REPLAY"},
    {ASC_REQ_FRAGMENT_TO_FIT, "FRAGMENT_TO_FIT"},
    {ASC_REQ_NO_TOKEN, "NO_TOKEN"},
    {ASC_REQ_PROXY_BINDINGS, "PROXY_BINDINGS"},
    {ASC_REQ_ALLOW_MISSING_BINDINGS, "ALLOW_MISSING_BINDINGS"},
};

constexpr ContextFlag kClientGrants[] = {
    {ISC_RET_DELEGATE, "DELEGATE"},
    {ISC_RET_MUTUAL_AUTH, "MUTUAL_AUTH"},
    {ISC_RET_REPLAY_DETECT, "REPLAY_DETECT"},
    {ISC_RET_SEQUENCE_DETECT, "SEQUENCE_DETECT"},
    {ISC_RET_CONFIDENTIALITY, "CONFIDENTIALITY"},
    {ISC_RET_USE_SESSION_KEY, "USE_SESSION_KEY"},
    {ISC_RET_USED_COLLECTED_CREDS, "USED_COLLECTED_CREDS"},
    {ISC_RET_USED_SUPPLIED_CREDS, "USED_SUPPLIED_CREDS"},
    {ISC_RET_ALLOCATED_MEMORY, "ALLOCATED_MEMORY"},
    {ISC_RET_USED_DCE_STYLE, "USED_DCE_STYLE"},
    {ISC_RET_DATAGRAM, "DATAGRAM"},
    {ISC_RET_CONNECTION, "CONNECTION"},
    {ISC_RET_INTERMEDIATE_RETURN, "INTERMEDIATE_RETURN"},
    {ISC_RET_CALL_LEVEL, "CALL_LEVEL"},
    {ISC_RET_EXTENDED_ERROR, "EXTENDED_ERROR"},
    {ISC_RET_STREAM, "STREAM"},
    {ISC_RET_INTEGRITY, "INTEGRITY"},
    {ISC_RET_IDENTIFY, "IDENTIFY"},
    {ISC_RET_NULL_SESSION, "NULL_SESSION"},
    {ISC_RET_MANUAL_CRED_VALIDATION, "MANUAL_CRED_VALIDATION"},
    {ISC_RET_RESERVED1, "RESERVED1"},
    {ISC_RET_FRAGMENT_ONLY, "FRAGMENT_ONLY"},
    {ISC_RET_FORWARD_CREDENTIALS, "FORWARD_CREDENTIALS"},
    {ISC_RET_USED_HTTP_STYLE, "USED_HTTP_STYLE"},
    {ISC_RET_NO_ADDITIONAL_TOKEN, "NO_ADDITIONAL_TOKEN"},
    {ISC_RET_REAUTHENTICATION, "REAUTHENTICATION"},
    {ISC_RET_CONFIDENTIALITY_ONLY, "CONFIDENTIALITY_ONLY"},
};

constexpr ContextFlag kServerGrants[] = {
    {ASC_RET_DELEGATE, "DELEGATE"},
    {ASC_RET_MUTUAL_AUTH, "MUTUAL_AUTH"},
    {ASC_RET_REPLAY_DETECT, "REPLAY_DETECT"},
    {ASC_RET_SEQUENCE_DETECT, "SEQUENCE_DETECT"},
    {ASC_RET_CONFIDENTIALITY, "CONFIDENTIALITY"},
    {ASC_RET_USE_SESSION_KEY, "USE_SESSION_KEY"},
    {ASC_RET_SESSION_TICKET, "SESSION_TICKET"},
    {ASC_RET_ALLOCATED_MEMORY, "ALLOCATED_MEMORY"},
    {ASC_RET_USED_DCE_STYLE, "USED_DCE_STYLE"},
    {ASC_RET_DATAGRAM, "DATAGRAM"},
    {ASC_RET_CONNECTION, "CONNECTION"},
    {ASC_RET_CALL_LEVEL, "CALL_LEVEL"},
    {ASC_RET_THIRD_LEG_FAILED, "THIRD_LEG_FAILED"},
    {ASC_RET_EXTENDED_ERROR, "EXTENDED_ERROR"},
    {ASC_RET_STREAM, "STREAM"},
    {ASC_RET_INTEGRITY, "INTEGRITY"},
    {ASC_RET_LICENSING, "LICENSING"},
    {ASC_RET_IDENTIFY, "IDENTIFY"},
    {ASC_RET_NULL_SESSION, "NULL_SESSION"},
    {ASC_RET_ALLOW_NON_USER_LOGONS, "ALLOW_NON_USER_LOGONS"},
    {ASC_RET_ALLOW_CONTEXT_REPLAY, "ALLOW_CONTEXT_REPLAY"},
    {ASC_RET_FRAGMENT_ONLY, "FRAGMENT_ONLY"},
    {ASC_RET_NO_TOKEN, "NO_TOKEN"},
    {ASC_RET_NO_ADDITIONAL_TOKEN, "NO_ADDITIONAL_TOKEN"},
};

}  // namespace

absl::Span<const ContextFlag> RequestFlags(Side side) {
  return side == Side::kClient ? absl::MakeConstSpan(kClientRequests)
                               : absl::MakeConstSpan(kServerRequests);
}

absl::Span<const ContextFlag> GrantedFlags(Side side) {
  return side == Side::kClient ? absl::MakeConstSpan(kClientGrants)
                               : absl::MakeConstSpan(kServerGrants);
}

std::string FlagsToText(absl::Span<const ContextFlag> names, uint32_t flags) {
  std::string text;
  for (const ContextFlag& flag : names) {
    if ((flags & flag.bit) != 0) {
      absl::StrAppend(&text, text.empty() ? "" : " ", flag.name);
      flags &= ~flag.bit;
    }
  }
  if (flags != 0) {
    absl::StrAppendFormat(&text, "%s0x%x", text.empty() ? "" : " ", flags);
  }
  return text.empty() ? "none" : text;
}

absl::StatusOr<uint32_t> ParseFlags(absl::Span<const ContextFlag> names,
                                    std::string_view prefix,
                                    std::string_view what,
                                    std::string_view text) {
  uint32_t number = 0;
  if (absl::SimpleAtoi(text, &number) ||
      (absl::StartsWithIgnoreCase(text, "0x") &&
       absl::SimpleHexAtoi(text, &number))) {
    return number;
  }
  uint32_t flags = 0;
  for (const std::string_view part : absl::StrSplit(text, ',')) {
    const std::string upper = absl::AsciiStrToUpper(part);
    std::string_view name = upper;
    absl::ConsumePrefix(&name, prefix);
    const auto* it = std::find_if(
        names.begin(), names.end(),
        [&](const ContextFlag& flag) { return flag.name == name; });
    if (it == names.end()) {
      std::vector<std::string_view> known;
      for (const ContextFlag& flag : names) {
        known.push_back(flag.name);
      }
      return absl::InvalidArgumentError(absl::StrCat(
          "unknown ", what, " '", part, "'; ", DidYouMean(name, known)));
    }
    flags |= it->bit;
  }
  return flags;
}

absl::StatusOr<uint32_t> ParseRequestFlags(Side side, std::string_view text) {
  return ParseFlags(
      RequestFlags(side), side == Side::kClient ? "ISC_REQ_" : "ASC_REQ_",
      absl::StrCat(kSideNames[static_cast<size_t>(side)], " flag"), text);
}

}  // namespace sspilab::sim

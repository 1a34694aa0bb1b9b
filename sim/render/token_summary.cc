#include "sim/render/token_summary.h"

#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim/render/field_tree.h"
#include "sim/render/ntlm_fields.h"

namespace sspilab::sim {
namespace {

// What is shown of which message, and under which name.
struct Highlight {
  std::string_view path;
  std::string_view label;
};
constexpr Highlight kHighlights[] = {
    {"NEGOTIATE.DomainName", "domain"},
    {"NEGOTIATE.Workstation", "workstation"},
    {"NEGOTIATE.NegotiateFlags", "flags"},
    {"CHALLENGE.ServerChallenge", "server challenge"},
    {"CHALLENGE.TargetName", "target"},
    {"CHALLENGE.TargetInfo.MsvAvDnsComputerName", "server"},
    {"CHALLENGE.TargetInfo.MsvAvTimestamp", "timestamp"},
    {"CHALLENGE.NegotiateFlags", "flags"},
    {"AUTHENTICATE.UserName", "user"},
    {"AUTHENTICATE.DomainName", "domain"},
    {"AUTHENTICATE.Workstation", "workstation"},
    {"AUTHENTICATE.NtChallengeResponse", "response"},
    {"AUTHENTICATE.NtChallengeResponse.NTProofStr", "proof"},
    {"AUTHENTICATE.NtChallengeResponse.ChallengeFromClient",
     "client challenge"},
    {"AUTHENTICATE.NtChallengeResponse.AvPairs.MsvAvTargetName", "target"},
    {"AUTHENTICATE.EncryptedRandomSessionKey", "session key"},
    {"AUTHENTICATE.MIC", "MIC"},
    {"AUTHENTICATE.NegotiateFlags", "flags"},
};

// "NTLMSSP_NEGOTIATE_SIGN" as "SIGN".
std::string_view ShortFlag(std::string_view name) {
  for (const std::string_view prefix :
       {"NTLMSSP_NEGOTIATE_", "NTLM_NEGOTIATE_", "NTLMSSP_"}) {
    if (absl::ConsumePrefix(&name, prefix)) {
      break;
    }
  }
  return name;
}

std::string ValueOf(const Field& field) {
  if (!absl::StartsWith(field.name, "NegotiateFlags")) {
    return field.value;
  }
  std::string text;
  for (const Field& flag : field.children) {
    absl::StrAppend(&text, text.empty() ? "" : " ", ShortFlag(flag.name));
  }
  return text;
}

}  // namespace

TokenSummary SummarizeToken(absl::Span<const uint8_t> token) {
  const FieldTree tree = NtlmFields(token);
  TokenSummary summary = {tree.root.name, {}, tree.error};
  for (const Highlight& highlight : kHighlights) {
    const Field* field = FindField(tree, highlight.path);
    if (field != nullptr) {
      summary.fields.emplace_back(highlight.label, ValueOf(*field));
    }
  }
  return summary;
}

}  // namespace sspilab::sim

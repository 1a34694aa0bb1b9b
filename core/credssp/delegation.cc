#include "core/credssp/delegation.h"

#include <algorithm>

#include "core/wire/upcase.h"

namespace sspilab::credssp {
namespace {

bool Lists(const CredSspPolicy::Servers& servers, std::u16string_view spn) {
  return std::any_of(
      servers.begin(), servers.end(),
      [spn](const auto& pattern) { return MatchesSpn(pattern, spn); });
}

}  // namespace

std::optional<Target> Target::Parse(std::u16string_view name) {
  constexpr auto kNone = std::u16string_view::npos;
  Target target{.spn = name, .host = name};
  if (const size_t slash = name.find(u'/'); slash != kNone) {
    if (slash == 0) return std::nullopt;
    target.host.remove_prefix(slash + 1);
    if (const size_t next = target.host.find(u'/'); next != kNone) {
      // MS-KILE and MS-ADTS 2.2.21: three parts at most, none empty.
      const std::u16string_view service = target.host.substr(next + 1);
      if (service.empty() || service.find(u'/') != kNone) return std::nullopt;
      target.host = target.host.substr(0, next);
    }
  }
  target.host = target.host.substr(0, target.host.find(u':'));
  if (target.host.empty()) return std::nullopt;
  return target;
}

bool MatchesSpn(std::u16string_view pattern, std::u16string_view spn) {
  const size_t asterisk = pattern.find(u'*');
  if (asterisk == std::u16string_view::npos) {
    return wire::EqualIgnoringCase(pattern, spn);
  }
  const std::u16string_view before = pattern.substr(0, asterisk);
  // A second asterisk is a character like any other: Windows permits one.
  const std::u16string_view after = pattern.substr(asterisk + 1);
  return spn.size() >= before.size() + after.size() &&
         wire::EqualIgnoringCase(before, spn.substr(0, before.size())) &&
         wire::EqualIgnoringCase(after, spn.substr(spn.size() - after.size()));
}

Delegation MayDelegate(const CredSspPolicy& policy, Source source,
                       std::u16string_view spn, bool mutual) {
  const bool fresh = source == Source::kFresh;
  if (Lists(fresh ? policy.deny_fresh : policy.deny_default, spn)) {
    return Delegation::kForbidden;
  }
  const bool allowed =
      Lists(fresh ? policy.allow_fresh : policy.allow_default, spn);
  if (mutual) return allowed ? Delegation::kAllowed : Delegation::kForbidden;
  if (Lists(fresh ? policy.allow_fresh_when_ntlm_only
                  : policy.allow_default_when_ntlm_only,
            spn)) {
    return Delegation::kAllowed;
  }
  return allowed ? Delegation::kNotWhenNtlmOnly : Delegation::kForbidden;
}

}  // namespace sspilab::credssp

#include "core/credssp/delegation.h"

#include <string>
#include <string_view>

#include "core/credssp/policy.h"
#include "core/wire/utf.h"
#include "gtest/gtest.h"

namespace sspilab::credssp {
namespace {

struct MatchCase {
  std::u16string_view pattern;
  std::u16string_view spn;
  bool matches;
};

// The first six are the examples of the Group Policy's own text.
constexpr MatchCase kMatches[] = {
    {u"TERMSRV/host.humanresources.fabrikam.com",
     u"TERMSRV/host.humanresources.fabrikam.com", true},
    {u"TERMSRV/host.humanresources.fabrikam.com", u"TERMSRV/other.fabrikam.com",
     false},
    {u"TERMSRV/*", u"TERMSRV/any", true},
    {u"TERMSRV/*", u"HTTP/any", false},
    {u"TERMSRV/*.humanresources.fabrikam.com",
     u"TERMSRV/host.humanresources.fabrikam.com", true},
    {u"TERMSRV/*.humanresources.fabrikam.com",
     u"TERMSRV/host.sales.fabrikam.com", false},
    {u"termsrv/*", u"TermSrv/Host", true},
    {u"*", u"anything/at.all:80/x", true},
    {u"*", u"", true},
    {u"*.example.test", u"HTTP/lab.EXAMPLE.test", true},
    {u"*.example.test", u"HTTP/example.test", false},
    {u"TERMSRV/", u"TERMSRV/", true},
    {u"TERMSRV/*", u"TERMSRV", false},
    // What stands before and after the asterisk may not overlap.
    {u"ab*ba", u"aba", false},
    {u"ab*ba", u"abba", true},
    // One is permitted.
    {u"*/*", u"HTTP/lab", false},
    {u"*/*", u"HTTP/*", true},
    {u"", u"HTTP/lab", false},
};

TEST(Delegation, PatternsAsInTheGroupPolicy) {
  for (const MatchCase& c : kMatches) {
    EXPECT_EQ(MatchesSpn(c.pattern, c.spn), c.matches)
        << wire::Utf16ToUtf8Lossy(c.pattern) << " "
        << wire::Utf16ToUtf8Lossy(c.spn);
  }
}

struct TargetCase {
  std::u16string_view name;
  // Empty: the name is no target.
  std::u16string_view host;
};

constexpr TargetCase kTargets[] = {
    {u"TERMSRV/lab.example.test", u"lab.example.test"},
    {u"HTTP/lab:8080", u"lab"},
    {u"HTTP/lab/service", u"lab"},
    {u"HTTP/lab:8080/service", u"lab"},
    {u"lab.example.test", u"lab.example.test"},
    {u"lab:443", u"lab"},
    {u"", u""},
    {u"/lab", u""},
    {u"TERMSRV/", u""},
    {u"TERMSRV/:3389", u""},
    {u"TERMSRV//service", u""},
    {u"TERMSRV/lab/", u""},
    {u"TERMSRV/lab/a/b", u""},
    {u"/", u""},
};

TEST(Delegation, TargetsAreServicePrincipalNamesOrHosts) {
  for (const TargetCase& c : kTargets) {
    const auto target = Target::Parse(c.name);
    EXPECT_EQ(target.has_value(), !c.host.empty())
        << wire::Utf16ToUtf8Lossy(c.name);
    if (!target.has_value()) continue;
    EXPECT_EQ(target->host, c.host);
    EXPECT_EQ(target->spn, c.name);
  }
}

struct PolicyCase {
  const char* what;
  CredSspPolicy policy;
  Source source;
  Delegation if_mutual;
  Delegation if_ntlm_only;
};

constexpr auto kAllowed = Delegation::kAllowed;
constexpr auto kNotWhenNtlmOnly = Delegation::kNotWhenNtlmOnly;
constexpr auto kForbidden = Delegation::kForbidden;

CredSspPolicy Nothing() {
  CredSspPolicy policy;
  policy.allow_fresh.clear();
  policy.allow_fresh_when_ntlm_only.clear();
  return policy;
}

CredSspPolicy With(CredSspPolicy::Servers CredSspPolicy::*list,
                   CredSspPolicy policy = Nothing()) {
  policy.*list = {u"none/of/them", u"termsrv/*"};
  return policy;
}

TEST(Delegation, EachListOfThePolicy) {
  using P = CredSspPolicy;
  const PolicyCase cases[] = {
      {"Windows' defaults, fresh", P(), Source::kFresh, kAllowed, kAllowed},
      {"Windows' defaults, default", P(), Source::kDefault, kForbidden,
       kForbidden},
      {"nothing, fresh", Nothing(), Source::kFresh, kForbidden, kForbidden},
      {"AllowFreshCredentials", With(&P::allow_fresh), Source::kFresh, kAllowed,
       kNotWhenNtlmOnly},
      {"AllowFreshCredentials is not for default ones", With(&P::allow_fresh),
       Source::kDefault, kForbidden, kForbidden},
      {"AllowFreshCredentialsWhenNTLMOnly",
       With(&P::allow_fresh_when_ntlm_only), Source::kFresh, kForbidden,
       kAllowed},
      {"AllowDefaultCredentials", With(&P::allow_default), Source::kDefault,
       kAllowed, kNotWhenNtlmOnly},
      {"AllowDefaultCredentials is not for fresh ones", With(&P::allow_default),
       Source::kFresh, kForbidden, kForbidden},
      {"AllowDefCredentialsWhenNTLMOnly",
       With(&P::allow_default_when_ntlm_only), Source::kDefault, kForbidden,
       kAllowed},
      {"DenyFreshCredentials", With(&P::deny_fresh, P()), Source::kFresh,
       kForbidden, kForbidden},
      {"DenyFreshCredentials is not for default ones",
       With(&P::deny_fresh, With(&P::allow_default)), Source::kDefault,
       kAllowed, kNotWhenNtlmOnly},
      {"DenyDefaultCredentials",
       With(&P::deny_default, With(&P::allow_default)), Source::kDefault,
       kForbidden, kForbidden},
  };
  constexpr std::u16string_view kSpn = u"TERMSRV/lab.example.test";
  for (const PolicyCase& c : cases) {
    EXPECT_EQ(MayDelegate(c.policy, c.source, kSpn, true), c.if_mutual)
        << c.what;
    EXPECT_EQ(MayDelegate(c.policy, c.source, kSpn, false), c.if_ntlm_only)
        << c.what;
    EXPECT_EQ(MayEverDelegate(c.policy, c.source, kSpn),
              c.if_mutual == kAllowed || c.if_ntlm_only == kAllowed)
        << c.what;
    EXPECT_EQ(MayDelegate(c.policy, c.source, u"HTTP/lab.example.test", true),
              kForbidden)
        << c.what;
  }
}

}  // namespace
}  // namespace sspilab::credssp

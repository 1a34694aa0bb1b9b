#include "sim/status_advice.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/sspi_status.h"
#include "core/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/rules.h"

namespace sspilab::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Calls `visit` for everything that core's table has.
template <typename Visit>
void ForEachLegal(Visit visit) {
  for (int call = 0; call < kCallCount; ++call) {
    for (int package = 0; package < kPackageCount; ++package) {
      for (const StatusInfo& status : AllStatuses()) {
        if (MayReturn(static_cast<Call>(call), static_cast<Package>(package),
                      status.value)) {
          visit(static_cast<Call>(call), static_cast<Package>(package),
                status.value);
        }
      }
    }
  }
}

std::string Describe(Call call, Package package, SECURITY_STATUS status) {
  return absl::StrCat(StatusName(status), " from ", CallName(call), " (",
                      PackageName(package), ")");
}

TEST(StatusAdviceTest, IsThereForWhateverAPackageMayReturn) {
  ForEachLegal([](Call call, Package package, SECURITY_STATUS status) {
    EXPECT_NE(AdviceFor(call, package, status), nullptr)
        << Describe(call, package, status);
  });
}

TEST(StatusAdviceTest, EveryRowIsForSomething) {
  std::set<const StatusAdvice*> used;
  ForEachLegal([&](Call call, Package package, SECURITY_STATUS status) {
    used.insert(AdviceFor(call, package, status));
  });
  for (const StatusAdvice& advice : AllStatusAdvice()) {
    EXPECT_TRUE(used.contains(&advice))
        << StatusName(advice.status) << ": " << advice.text;
  }
}

TEST(StatusAdviceTest, OnlyErrorsFail) {
  for (const StatusAdvice& advice : AllStatusAdvice()) {
    EXPECT_TRUE(!advice.failed || advice.status < 0)
        << StatusName(advice.status);
  }
}

TEST(StatusAdviceTest, IsSentencesWithASource) {
  for (const StatusAdvice& advice : AllStatusAdvice()) {
    EXPECT_TRUE(absl::EndsWith(advice.text, ".")) << advice.text;
    EXPECT_THAT(std::string(advice.text), Not(HasSubstr("  ")));
    EXPECT_FALSE(advice.source.empty()) << advice.text;
  }
}

TEST(StatusAdviceTest, RulesAreThoseOfCallers) {
  const auto check = [](uint64_t rules) {
    for (const Rule* rule : RulesIn(rules)) {
      EXPECT_EQ(rule->party, RuleParty::kCaller) << rule->name;
    }
  };
  for (const StatusAdvice& advice : AllStatusAdvice()) {
    check(advice.rules);
  }
  for (int call = 0; call < kCallCount; ++call) {
    if (const FailureAdvice* const failure =
            FailureAdviceFor(static_cast<Call>(call))) {
      check(failure->rules);
    }
  }
}

// The same status wants something else of a handshake than of a message.
TEST(StatusAdviceTest, DependsOnTheCallAndThePackage) {
  const auto text = [](Call call, Package package, SECURITY_STATUS status) {
    const StatusAdvice* const advice = AdviceFor(call, package, status);
    return advice == nullptr ? std::string() : std::string(advice->text);
  };
  EXPECT_THAT(text(Call::kInitializeSecurityContext, Package::kSchannel,
                   SEC_E_INCOMPLETE_MESSAGE),
              HasSubstr("call again with all of them and the same context"));
  EXPECT_THAT(
      text(Call::kDecryptMessage, Package::kSchannel, SEC_E_INCOMPLETE_MESSAGE),
      HasSubstr("decrypt again"));
  EXPECT_THAT(
      text(Call::kInitializeSecurityContext, Package::kCredSsp, SEC_E_OK),
      HasSubstr("SECBUFFER_EXTRA"));
  EXPECT_THAT(text(Call::kInitializeSecurityContext, Package::kNtlm, SEC_E_OK),
              Not(HasSubstr("SECBUFFER_EXTRA")));
  EXPECT_EQ(AdviceFor(Call::kDecryptMessage, Package::kNtlm,
                      SEC_I_INCOMPLETE_CREDENTIALS),
            nullptr);
}

}  // namespace
}  // namespace sspilab::sim

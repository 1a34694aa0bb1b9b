// The matrix of statuses, over scenarios and packages whose answers are known.

#include "sim/status_matrix.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/scripted.h"

namespace sspilab::sim {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr uint8_t kNtlmOnly = 1 << static_cast<int>(Package::kNtlm);

Scenario WrongPassword() {
  Scenario scenario = ReferenceScenario();
  scenario.accounts[0].password = u"another";
  return scenario;
}

std::vector<NamedScenario> TwoScenarios() {
  return {{"right", ReferenceScenario()}, {"wrong", WrongPassword()}};
}

std::vector<ScenarioStatuses> Collect(
    const std::vector<NamedScenario>& scenarios, int threads = 1) {
  return CollectStatuses(scenarios, InitSecurityInterfaceW(), threads);
}

const StatusCell& CellOf(const StatusMatrix& matrix, Call call, Package package,
                         SECURITY_STATUS status) {
  const auto row = std::find_if(
      matrix.rows.begin(), matrix.rows.end(), [&](const StatusRow& of) {
        return of.call == call && of.status->value == status;
      });
  EXPECT_NE(row, matrix.rows.end()) << StatusName(status);
  static constexpr StatusCell kNone;
  return row == matrix.rows.end() ? kNone : row->cell(package);
}

std::vector<std::string> ProblemsWith(const StatusMatrix& matrix,
                                      std::string_view word) {
  std::vector<std::string> texts;
  for (const StatusProblem& problem : matrix.problems) {
    if (absl::StrContains(problem.text, word)) {
      texts.push_back(problem.text);
    }
  }
  return texts;
}

TEST(StatusMatrixTest, CollectsWhatThePackageAnswered) {
  const std::vector<ScenarioStatuses> statuses = Collect(TwoScenarios());
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_TRUE(statuses[0].ok);
  EXPECT_FALSE(statuses[1].ok);
  for (const ScenarioStatuses& of : statuses) {
    EXPECT_GT(of.calls, 8u);
    EXPECT_TRUE(of.answered.contains({Call::kInitializeSecurityContext,
                                      Package::kNtlm, SEC_I_CONTINUE_NEEDED}));
  }
  const std::tuple denied{Call::kAcceptSecurityContext, Package::kNtlm,
                          SEC_E_LOGON_DENIED};
  EXPECT_FALSE(statuses[0].answered.contains(denied));
  EXPECT_TRUE(statuses[1].answered.contains(denied));
}

TEST(StatusMatrixTest, IsTheSameInAnyNumberOfThreads) {
  std::vector<NamedScenario> scenarios;
  for (int i = 0; i < 12; ++i) {
    scenarios.push_back(
        {"x", i % 3 == 0 ? WrongPassword()
                         : ReferenceScenario(i % 3 == 1 ? Package::kNegotiate
                                                        : Package::kNtlm)});
  }
  const std::vector<ScenarioStatuses> one = Collect(scenarios, 1);
  const std::vector<ScenarioStatuses> four = Collect(scenarios, 4);
  ASSERT_EQ(one.size(), four.size());
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].answered, four[i].answered);
    EXPECT_EQ(one[i].calls, four[i].calls);
  }
}

TEST(StatusMatrixTest, ACellSaysWhoReachesItOrWhyNobodyDoes) {
  const StatusGap gaps[] = {{{Call::kAcceptSecurityContext},
                             kNtlmOnly,
                             {SEC_E_BAD_BINDINGS},
                             "because"}};
  const std::vector<NamedScenario> scenarios = TwoScenarios();
  const StatusMatrix matrix =
      MakeStatusMatrix(scenarios, Collect(scenarios), gaps, {});
  const auto cell = [&](Package package, SECURITY_STATUS status) {
    return CellOf(matrix, Call::kAcceptSecurityContext, package, status);
  };
  EXPECT_EQ(cell(Package::kNtlm, SEC_E_OK).state, CellState::kReached);
  EXPECT_EQ(cell(Package::kNtlm, SEC_E_OK).scenario, 0u);
  EXPECT_EQ(cell(Package::kNtlm, SEC_E_LOGON_DENIED).state,
            CellState::kReached);
  EXPECT_EQ(cell(Package::kNtlm, SEC_E_LOGON_DENIED).scenario, 1u);
  EXPECT_EQ(cell(Package::kNtlm, SEC_E_BAD_BINDINGS).state,
            CellState::kExcused);
  EXPECT_EQ(cell(Package::kNtlm, SEC_E_BAD_BINDINGS).reason, "because");
  EXPECT_EQ(cell(Package::kNegotiate, SEC_E_BAD_BINDINGS).state,
            CellState::kMissing);
  EXPECT_EQ(cell(Package::kSchannel, SEC_E_BAD_BINDINGS).state,
            CellState::kNotLegal);
  EXPECT_THAT(ProblemsWith(matrix, "SEC_E_BAD_BINDINGS from Accept"),
              ElementsAre("no scenario causes SEC_E_BAD_BINDINGS from "
                          "AcceptSecurityContext (Negotiate), and no reason is "
                          "given",
                          "no scenario causes SEC_E_BAD_BINDINGS from "
                          "AcceptSecurityContext (Kerberos), and no reason is "
                          "given",
                          "no scenario causes SEC_E_BAD_BINDINGS from "
                          "AcceptSecurityContext (CREDSSP), and no reason is "
                          "given"));
}

// Cells, counted by hand from core's table.
TEST(StatusMatrixTest, CountsCells) {
  size_t legal = 0;
  for (int call = 0; call < kCallCount; ++call) {
    for (int package = 0; package < kPackageCount; ++package) {
      for (const StatusInfo& status : AllStatuses()) {
        legal += MayReturn(static_cast<Call>(call),
                           static_cast<Package>(package), status.value);
      }
    }
  }
  const std::vector<NamedScenario> scenarios = TwoScenarios();
  const std::vector<ScenarioStatuses> statuses = Collect(scenarios);
  const StatusMatrix matrix = MakeStatusMatrix(scenarios, statuses, {}, {});
  EXPECT_EQ(matrix.cells, legal);
  AnsweredStatuses all = statuses[0].answered;
  all.insert(statuses[1].answered.begin(), statuses[1].answered.end());
  EXPECT_EQ(matrix.cells_reached, all.size());
  EXPECT_EQ(matrix.problems.size(), legal - all.size());
}

TEST(StatusMatrixTest, AReasonThatAScenarioRefutesIsAProblem) {
  const StatusGap gaps[] = {{{Call::kAcceptSecurityContext},
                             kNtlmOnly,
                             {SEC_E_LOGON_DENIED},
                             "nobody is ever denied"}};
  const std::vector<NamedScenario> scenarios = TwoScenarios();
  const StatusMatrix matrix =
      MakeStatusMatrix(scenarios, Collect(scenarios), gaps, {});
  EXPECT_THAT(ProblemsWith(matrix, "stale"),
              ElementsAre("stale reason \"nobody is ever denied\": wrong "
                          "causes SEC_E_LOGON_DENIED from "
                          "AcceptSecurityContext (NTLM)"));
}

TEST(StatusMatrixTest, AReasonForWhatCannotBeIsAProblem) {
  const StatusGap gaps[] = {{{Call::kAcceptSecurityContext},
                             kNtlmOnly,
                             {SEC_E_TIME_SKEW, SEC_E_BAD_BINDINGS},
                             "no clocks"}};
  const StatusMatrix matrix = MakeStatusMatrix({}, {}, gaps, {});
  EXPECT_THAT(ProblemsWith(matrix, "idle"),
              ElementsAre("idle reason \"no clocks\": SEC_E_TIME_SKEW from "
                          "AcceptSecurityContext is legal for none of its "
                          "packages"));
}

TEST(StatusMatrixTest, ADocumentedStatusThatNobodyReachesIsAProblem) {
  const DocumentedStatus documented[] = {
      {Call::kInitializeSecurityContext, Package::kNtlm, SEC_I_CONTINUE_NEEDED,
       "a page"},
      {Call::kAcceptSecurityContext, Package::kNtlm, SEC_E_LOGON_DENIED,
       "a page"},
      {Call::kAcceptSecurityContext, Package::kSchannel, SEC_E_LOGON_DENIED,
       "a page"},
  };
  const std::vector<NamedScenario> scenarios = TwoScenarios();
  const StatusMatrix matrix =
      MakeStatusMatrix(scenarios, Collect(scenarios), {}, documented);
  EXPECT_EQ(matrix.documented, 3u);
  EXPECT_EQ(matrix.documented_reached, 2u);
  EXPECT_THAT(ProblemsWith(matrix, "documented"),
              ElementsAre("documented, and no scenario causes it: "
                          "SEC_E_LOGON_DENIED from AcceptSecurityContext "
                          "(Schannel) (\"a page\")"));
}

TEST(StatusMatrixTest, AnAnswerThatIsNotLegalIsAProblem) {
  Scripted broken(InitSecurityInterfaceW(),
                  {{
                      .call = Call::kDeleteSecurityContext,
                      .real = true,
                      .status = SEC_I_RENEGOTIATE,
                  }});
  const std::vector<NamedScenario> scenarios = {{"odd", ReferenceScenario()}};
  const StatusMatrix matrix = MakeStatusMatrix(
      scenarios, CollectStatuses(scenarios, broken.table(), 1), {}, {});
  EXPECT_THAT(ProblemsWith(matrix, "not legal"),
              ElementsAre("odd: SEC_I_RENEGOTIATE from DeleteSecurityContext "
                          "(NTLM) is not legal"));
}

TEST(StatusMatrixTest, AScenarioThatCannotBeRunIsAProblem) {
  Scenario scenario = ReferenceScenario(Package::kSchannel);
  // RFC 5280: ub-common-name is 64.
  scenario.client_certificate = std::string(65, 'x');
  const std::vector<NamedScenario> scenarios = {{"long", scenario}};
  const StatusMatrix matrix =
      MakeStatusMatrix(scenarios, Collect(scenarios), {}, {});
  EXPECT_THAT(ProblemsWith(matrix, "long"),
              ElementsAre(HasSubstr("long cannot be run: ")));
}

// A client's package need not be the server's.
TEST(StatusMatrixTest, ACallBelongsToThePackageOfItsHandle) {
  Scenario scenario = ReferenceScenario(Package::kNegotiate);
  scenario.exchange.client.caller.package = u"NTLM";
  const ScenarioStatuses of = Collect({{"raw", scenario}})[0];
  EXPECT_TRUE(of.ok);
  const auto answered = [&](Call call, Package package) {
    return of.answered.contains({call, package, SEC_E_OK});
  };
  EXPECT_TRUE(answered(Call::kInitializeSecurityContext, Package::kNtlm));
  EXPECT_FALSE(answered(Call::kInitializeSecurityContext, Package::kNegotiate));
  EXPECT_TRUE(answered(Call::kAcceptSecurityContext, Package::kNegotiate));
  EXPECT_FALSE(answered(Call::kAcceptSecurityContext, Package::kNtlm));
  for (const Call call :
       {Call::kAcquireCredentialsHandle, Call::kQueryContextAttributes,
        Call::kEncryptMessage, Call::kDeleteSecurityContext,
        Call::kFreeCredentialsHandle}) {
    EXPECT_TRUE(answered(call, Package::kNtlm)) << CallName(call);
    EXPECT_TRUE(answered(call, Package::kNegotiate)) << CallName(call);
  }
}

// The two documents' words, as many as they have.
TEST(DocumentedStatusesTest, AreLegalAndOnce) {
  std::vector<std::tuple<Call, Package, SECURITY_STATUS>> seen;
  for (const DocumentedStatus& of : DocumentedStatuses()) {
    EXPECT_TRUE(MayReturn(of.call, of.package, of.status))
        << StatusName(of.status);
    EXPECT_THAT(seen,
                Not(Contains(std::tuple(of.call, of.package, of.status))));
    seen.emplace_back(of.call, of.package, of.status);
  }
  EXPECT_EQ(seen.size(), 22u);
}

TEST(WitnessesTest, TheClearestComesFirst) {
  const std::vector<ScenarioStatuses> statuses = {
      {.answered = {{Call::kFreeContextBuffer, Package::kNtlm, SEC_E_OK}},
       .calls = 1,
       .ok = true},
      {.answered = {{Call::kInitializeSecurityContext, Package::kNtlm,
                     SEC_E_OK}},
       .calls = 5},
      {.answered = {{Call::kInitializeSecurityContext, Package::kNtlm,
                     SEC_E_OK}},
       .calls = 9,
       .ok = true},
      {.answered = {{Call::kInitializeSecurityContext, Package::kNtlm,
                     SEC_E_OK}},
       .calls = 8,
       .ok = true},
      {.answered = {{Call::kEncryptMessage, Package::kNtlm, SEC_E_OK}},
       .calls = 1,
       .ok = true},
  };
  std::vector<size_t> order;
  for (const StatusWitness& witness : WitnessesOf(SEC_E_OK, statuses)) {
    order.push_back(witness.scenario);
  }
  EXPECT_THAT(order, ElementsAre(3, 2, 1, 4, 0));
  EXPECT_THAT(WitnessesOf(SEC_E_TIME_SKEW, statuses), IsEmpty());
}

}  // namespace
}  // namespace sspilab::sim

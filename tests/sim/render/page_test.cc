// The pages, in a browser.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/machine.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/coverage.h"
#include "sim/fault.h"
#include "sim/recorder.h"
#include "sim/render/field_tree.h"
#include "sim/render/html_run.h"
#include "sim/render/html_statuses.h"
#include "sim/render/html_survey.h"
#include "sim/render/ladder.h"
#include "sim/render/text.h"
#include "sim/render/token_fields.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/status_matrix.h"
#include "sim/trace.h"
#include "tests/sim/render/browser.h"

namespace sspilab::sim {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kWide = 1400;
constexpr int kNarrow = 800;
constexpr int kHigh = 1000;

// A scenario that was run, and what a page needs to know of it.
struct Ran {
  Trace trace;
  Outcome outcome;

  explicit Ran(Scenario scenario) {
    Recorder recorder;
    outcome = RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
    trace = {std::move(scenario), recorder.TakeEvents()};
  }

  RunOnPage OnPage(std::string name = "") const {
    RunOnPage page;
    page.name = std::move(name);
    page.command = "sspilab run";
    page.trace = &trace;
    page.outcome = &outcome;
    return page;
  }
  std::string Html() const { return RunsToHtml("A run", {OnPage()}); }

  // The bytes of the n-th message of a direction.
  std::vector<uint8_t> Sent(Direction direction, uint32_t leg) const {
    for (const TraceEvent& event : trace.events) {
      const auto* wire = std::get_if<TraceWire>(&event);
      if (wire != nullptr && wire->what == TraceWire::What::kSend &&
          wire->direction == direction && wire->leg == leg) {
        return wire->bytes;
      }
    }
    return {};
  }
};

Scenario Flipped() {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.faults = {*ParseFault("flip:to-server:2:AUTHENTICATE.MIC")};
  return scenario;
}

// One browser for all tests; each has to leave it without complaints.
class PageTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { browser_ = std::make_unique<Browser>(); }
  static void TearDownTestSuite() { browser_.reset(); }

  void SetUp() override { browser().Resize(kWide, kHigh); }
  void TearDown() override {
    EXPECT_THAT(browser().Errors(), IsEmpty());
    EXPECT_THAT(browser().Requests(), IsEmpty());
  }

  static Browser& browser() { return *browser_; }

  // The text of all that a selector finds, joined.
  static std::string TextOf(std::string_view selector) {
    return browser()
        .Evaluate(absl::StrCat("[...document.querySelectorAll(\"", selector,
                               "\")].map(e => e.textContent).join('')"))
        .get<std::string>();
  }
  static int CountOf(std::string_view selector) {
    return browser()
        .Evaluate(absl::StrCat("document.querySelectorAll(\"", selector,
                               "\").length"))
        .get<int>();
  }
  // Gives the first field of that name an id.
  static void Mark(std::string_view field, std::string_view id) {
    EXPECT_TRUE(
        browser()
            .Evaluate(absl::StrCat(
                "(() => { const row = [...document.querySelectorAll("
                "'.field')].find(r => r.querySelector('.title')"
                ".textContent === '",
                field, "'); if (row) row.id = '", id, "'; return !!row; })()"))
            .get<bool>())
        << field;
  }

 private:
  static inline std::unique_ptr<Browser> browser_;
};

size_t CountFields(const Field& field) {
  size_t count = 1;
  for (const Field& child : field.children) {
    count += CountFields(child);
  }
  return count;
}

TEST_F(PageTest, ATokenUnfoldsToItsFieldsAndBytes) {
  const Ran ran(ReferenceScenario());
  browser().Open(ran.Html());
  const std::vector<uint8_t> token = ran.Sent(Direction::kToClient, 1);
  const FieldTree tree = TokenFields(token);
  EXPECT_EQ(CountOf(".panel"), 0);

  browser().Click("[data-token='1']");
  EXPECT_EQ(CountOf(".panel:not([hidden])"), 1);
  EXPECT_EQ(CountOf(".field"), CountFields(tree.root));
  EXPECT_EQ(TextOf(".hex .bytes"), Hex(token));

  // A field shows its bytes,
  for (const std::string_view name :
       {"ServerChallenge", "MsvAvTimestamp", "TargetInfo"}) {
    Mark(name, name);
    browser().Click(absl::StrCat("#", name));
    const Field* field =
        FindField(tree, absl::StrCat("CHALLENGE.", name)) != nullptr
            ? FindField(tree, absl::StrCat("CHALLENGE.", name))
            : FindField(tree, absl::StrCat("CHALLENGE.TargetInfo.", name));
    ASSERT_NE(field, nullptr) << name;
    EXPECT_EQ(TextOf(".hex .bytes .selected"),
              Hex(absl::MakeSpan(token).subspan(field->offset, field->size)));
    EXPECT_EQ(CountOf(".hex .text .selected"), field->size);
    EXPECT_EQ(TextOf(".field.selected .title"), name);
  }
  // and a byte the innermost field that it is in.
  const Field* time = FindField(tree, "CHALLENGE.TargetInfo.MsvAvTimestamp");
  ASSERT_NE(time, nullptr);
  browser().Click(absl::StrCat(".bytes [data-byte='", time->offset + 5, "']"));
  EXPECT_EQ(TextOf(".field.selected .title"), "MsvAvTimestamp");
  // What the mouse is over, it shows besides.
  browser().Hover(".bytes [data-byte='0']");
  EXPECT_EQ(TextOf(".field.hot .title"), "Signature");
  EXPECT_EQ(TextOf(".bytes .hot"), "4e544c4d53535000");

  browser().Click("[data-token='1']");
  EXPECT_EQ(CountOf(".panel:not([hidden])"), 0);
}

TEST_F(PageTest, WhatIsEncryptedUnfoldsToo) {
  const Ran ran(ReferenceScenario(Package::kCredSsp));
  browser().Open(ran.Html());
  browser().Click(".all");
  EXPECT_EQ(CountOf(".message.open"), CountOf("[data-token]"));
  EXPECT_THAT(TextOf(".part h3"), HasSubstr("encrypted in it: TSRequest"));
  Mark("password", "password");
  browser().Click("#password");
  EXPECT_THAT(TextOf("#password .value"), HasSubstr("correct horse"));
  EXPECT_THAT(TextOf(".part:has(#password) .bytes .selected"),
              HasSubstr("63006f00720072006500630074002000"));
}

TEST_F(PageTest, AllIsReachedWithTheKeyboard) {
  browser().Open(Ran(ReferenceScenario()).Html());
  browser().Evaluate("document.querySelector('[data-token]').focus()");
  browser().Press("Enter");
  EXPECT_EQ(CountOf(".panel:not([hidden])"), 1);
  browser().Evaluate("document.querySelector('.field').focus()");
  browser().Press("ArrowDown");
  EXPECT_EQ(TextOf(".field.selected .title"), "Signature");
  EXPECT_EQ(TextOf(".field:focus .title"), "Signature");
  EXPECT_EQ(TextOf(".bytes .selected"), "4e544c4d53535000");
  browser().Press("Escape");
  EXPECT_EQ(CountOf(".panel:not([hidden])"), 0);
  EXPECT_EQ(CountOf("[data-token='0']:focus"), 1);
}

TEST_F(PageTest, CallsPointAtTheStepsOfTheirMachines) {
  browser().Open(Ran(Flipped()).Html());
  EXPECT_THAT(TextOf(".machine .failing"), HasSubstr("MicMismatch"));
  EXPECT_EQ(CountOf(".state.failure.last"), 1);
  EXPECT_EQ(CountOf(".lit"), 0);
  browser().Hover(".call.server:has(.status.bad)");
  EXPECT_EQ(CountOf(".call.lit"), 1);
  EXPECT_EQ(CountOf(".edge.lit"), 1);
  EXPECT_THAT(TextOf(".edge.lit > text"), HasSubstr("MicMismatch"));
  browser().Hover(".edge.taken:not(.failing)");
  EXPECT_THAT(TextOf(".call.lit"), HasSubstr("SecurityContext"));
}

TEST_F(PageTest, AFaultIsSeenWhereItIsAndWhatItChanges) {
  browser().Open(Ran(Flipped()).Html());
  EXPECT_EQ(TextOf(".faulted .fault"), "✂ AUTHENTICATE.MIC XOR 1");
  browser().Click(".arrival [data-token]");
  EXPECT_EQ(CountOf(".bytes .changed"), 1);
  browser().Click(".bytes .changed");
  EXPECT_EQ(TextOf(".field.selected .title"), "MIC");
}

TEST_F(PageTest, SeveralRunsUnfoldFailuresFirst) {
  const Ran good(ReferenceScenario());
  const Ran bad(Flipped());
  RunOnPage expected = bad.OnPage("expected to fail");
  expected.expects = true;
  RunOnPage differs = good.OnPage("differs");
  differs.expects = true;
  differs.differences = {
      {7, "server, leg 2", "SEC_E_LOGON_DENIED", "SEC_E_OK"}};
  browser().Open(RunsToHtml("Runs", {good.OnPage("good"), expected, differs}));
  EXPECT_EQ(browser().Evaluate("[...document.querySelectorAll('.run .name')]"
                               ".map(e => e.textContent)"),
            nlohmann::json({"differs", "good", "expected to fail"}));
  EXPECT_EQ(CountOf(".ladder"), 0);
  browser().Click(".run.bad > summary");
  EXPECT_EQ(CountOf(".ladder"), 1);
  EXPECT_EQ(browser().Evaluate(
                "getComputedStyle(document.querySelector('.ladder')).color"),
            browser().Evaluate("getComputedStyle(document.body).color"));
  EXPECT_THAT(TextOf(".differs"), HasSubstr("SEC_E_LOGON_DENIED"));
  browser().Click(".run.bad [data-token]");
  EXPECT_EQ(CountOf(".panel:not([hidden])"), 1);
}

TEST_F(PageTest, TheMatrixTellsWhatACellStandsFor) {
  const std::vector<NamedScenario> scenarios = {
      {"<i>reference</i>", ReferenceScenario()}};
  const StatusMatrix matrix = MakeStatusMatrix(
      scenarios, CollectStatuses(scenarios, InitSecurityInterfaceW(), 1));
  browser().Open(
      StatusesToHtml(matrix, scenarios, Package::kNtlm, "sspilab statuses"));
  EXPECT_EQ(CountOf(".matrix .cell.reached"), matrix.cells_reached);
  EXPECT_GT(CountOf(".matrix .cell.missing"), 0);
  EXPECT_EQ(CountOf("#about:not([hidden])"), 0);
  browser().Click(".matrix .cell.reached");
  EXPECT_THAT(TextOf("#about"),
              AllOf(HasSubstr("over NTLM, SEC_E_OK"),
                    HasSubstr("Scenario: <i>reference</i>.")));
  browser().Press("Escape");
  EXPECT_EQ(CountOf("#about:not([hidden])"), 0);
}

TEST_F(PageTest, ASurveyShowsCountsCoverageAndFindings) {
  const Ran bad(Flipped());
  Coverage coverage(Package::kNtlm);
  const MachineDescription& machine = *coverage.machines().front();
  const MachineDescription::Row& row = machine.rows.front();
  for (int i = 0; i < 3; ++i) {
    coverage.OnTransition(
        {&machine, row.from, row.event, row.to, row.status, true});
  }
  Survey survey;
  survey.title = "A survey";
  survey.charts = {{"By depth",
                    {{"done", Tone::kGood}, {"failed", Tone::kBad}},
                    {{"1", {10, 0}}, {"2", {1000, 3000}}}}};
  survey.findings = {
      {"SameKey", "the keys differ", Tone::kBad, "sspilab run", bad.OnPage()}};
  survey.coverages = {&coverage};
  for (const int width : {kNarrow, kWide}) {
    browser().Resize(width, kHigh);
    browser().Open(SurveyToHtml(survey));
    EXPECT_EQ(browser().Evaluate("document.documentElement.scrollWidth"),
              browser().Evaluate("document.documentElement.clientWidth"));
  }
  EXPECT_THAT(TextOf(".chart tbody tr"), HasSubstr("4,0001,0003,000"));
  EXPECT_EQ(browser().Evaluate("[...document.querySelectorAll('.bar rect')]"
                               ".map(e => e.getAttribute('width'))"),
            nlohmann::json({"2.5", "0.0", "250.0", "750.0"}));
  EXPECT_EQ(CountOf(".rows tr.never"), coverage.declared() - 1);
  EXPECT_THAT(TextOf(".edge.taken, .edge.partly"), HasSubstr("×3"));
  EXPECT_EQ(CountOf(".ladder"), 0);
  browser().Click(".finding summary");
  EXPECT_EQ(CountOf(".ladder"), 1);
  browser().Click(".finding [data-token]");
  EXPECT_EQ(CountOf(".panel:not([hidden])"), 1);
}

// What a user's name, a file's name or a token may hold is text on the page.
TEST_F(PageTest, HostileTextStaysText) {
  constexpr char16_t kHostile[] =
      u"<script>hacked=1</script>]]>\u2028<img src=x onerror=hacked=2>\"'";
  Scenario scenario = ReferenceScenario();
  scenario.exchange.client.identity->user = kHostile;
  scenario.accounts.front().user = kHostile;
  scenario.client.names.computer = u"</title><b>";
  RunOnPage page;
  const Ran ran(scenario);
  page = ran.OnPage("</summary><script>hacked=3</script>");
  page.description = "<script>hacked=4</script>\xff\x01";
  page.command = "sspilab run --user '</code><script>hacked=5</script>'";
  browser().Open(
      RunsToHtml("</script><script>hacked=6</script>", {page, page}));
  browser().Click(".run > summary");
  browser().Click(".run .all");
  EXPECT_EQ(browser().Evaluate("typeof hacked"), "undefined");
  EXPECT_EQ(CountOf("script"), 2);
  EXPECT_EQ(CountOf("img, title b"), 0);
  EXPECT_THAT(TextOf(".field .value"), HasSubstr("<script>hacked=1</script>"));
  EXPECT_THAT(TextOf(".command"), HasSubstr("</code><script>"));
}

// Even what got into the page would not run, nor reach anybody.
TEST_F(PageTest, ThePolicyForbidsOtherScriptsAndTheNetwork) {
  browser().Open(Ran(ReferenceScenario()).Html());
  EXPECT_EQ(browser().Evaluate(
                "(() => { const s = document.createElement('script');"
                " s.textContent = 'hacked = 1'; document.body.append(s);"
                " return typeof hacked; })()"),
            "undefined");
  EXPECT_EQ(browser().Evaluate("fetch('http://localhost:9/')"
                               ".then(() => 'reached', () => 'refused')"),
            "refused");
  const std::vector<std::string> errors = browser().Errors();
  ASSERT_GE(errors.size(), 2);
  for (const std::string& error : errors) {
    EXPECT_THAT(error, HasSubstr("Content Security Policy"));
  }
  browser().Open("<!DOCTYPE html>");  // Leaves no complaints.
}

TEST_F(PageTest, TheButtonTurnsTheLightOnAndOff) {
  constexpr std::string_view kGround =
      "getComputedStyle(document.body).backgroundColor";
  for (const bool dark : {false, true}) {
    browser().Resize(kWide, kHigh, dark);
    browser().Open(Ran(ReferenceScenario()).Html());
    const nlohmann::json before = browser().Evaluate(kGround);
    EXPECT_EQ(before, dark ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
    browser().Click("#theme");
    EXPECT_EQ(browser().Evaluate(kGround),
              dark ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)");
    browser().Click("#theme");
    EXPECT_EQ(browser().Evaluate(kGround), before);
  }
}

TEST_F(PageTest, FitsTheWindow) {
  for (const int width : {kNarrow, kWide}) {
    browser().Resize(width, kHigh);
    for (const Package package : {Package::kNtlm, Package::kNegotiate,
                                  Package::kSchannel, Package::kCredSsp}) {
      browser().Open(Ran(ReferenceScenario(package)).Html());
      browser().Click(".all");
      EXPECT_EQ(browser().Evaluate(
                    "[document.documentElement, ...document.querySelectorAll("
                    "'.hex, .ladder')].filter(e => e.scrollWidth > "
                    "e.clientWidth).length"),
                0)
          << PackageName(package) << " at " << width;
    }
  }
}

TEST(RunsToHtmlTest, SaysTheSameTwice) {
  EXPECT_EQ(Ran(Flipped()).Html(), Ran(Flipped()).Html());
}

}  // namespace
}  // namespace sspilab::sim

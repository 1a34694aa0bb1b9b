// sspilab demo: one exchange that goes well and two that do not.

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "sim/commands/command.h"
#include "sim/commands/show.h"
#include "sim/render/text.h"
#include "sim/scenario.h"

namespace sspilab::sim {
namespace {

Scenario WithWrongPassword() {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.client.identity->password = u"wrong horse";
  return scenario;
}

Scenario WithTruncatedToken() {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.faults.push_back({.kind = FaultKind::kTruncate,
                                      .direction = Direction::kToServer,
                                      .leg = 2,
                                      .offset = 100});
  return scenario;
}

struct Act {
  std::string_view title;
  std::string_view explanation;
  Scenario (*scenario)();
  // Whether it is to end well; that it does not is a failed check.
  bool succeeds;
};

constexpr Act kActs[] = {
    {"An exchange over NTLM",
     "A socket service authenticates alice over an in-memory wire. Each side "
     "is a pure state machine; its state stands in brackets.",
     [] { return ReferenceScenario(); }, true},
    {"The same with a wrong password",
     "Nothing is wrong with the tokens: only the server, who knows alice's "
     "real password, can tell that the proof does not match.",
     WithWrongPassword, false},
    {"The same with the last token cut off on its way",
     "The AUTHENTICATE message points at bytes that have not arrived.",
     WithTruncatedToken, false},
};

int Run(const ParsedOptions&, const Console& console) {
  const TextStyle& style = console.style();
  bool as_expected = true;
  int number = 0;
  for (const Act& act : kActs) {
    const std::string title = absl::StrCat(++number, ". ", act.title);
    console.Print(
        absl::StrCat(number == 1 ? "" : "\n\n", Bold(style, title), "\n"));
    for (const std::string& line :
         WrapWords(act.explanation, style.columns - 10)) {
      console.Print(absl::StrCat(line, "\n"));
    }
    console.Print("\n");
    const RecordedRun run = RunAndRecord(act.scenario());
    Show(run, console);
    as_expected &= run.outcome.ok == act.succeeds;
  }
  console.Print(
      "\nNext, an exchange of your own:  sspilab run --user bob --password "
      "secret --seed 7\nAll commands:                   sspilab --help\n");
  return as_expected ? kExitOk : kExitCheckFailed;
}

}  // namespace

constinit const Command kDemoCommand = {
    .name = "demo",
    .usage = "",
    .summary = "the demonstration, which sspilab without arguments gives too",
    .description =
        "Shows three exchanges over NTLM: one that goes well, one with a wrong "
        "password, one whose last token is cut off. Ends with status 1 when "
        "one of them goes another way than it should.",
    .examples = "sspilab demo\nsspilab",
    .options = {},
    .max_arguments = 0,
    .run = Run,
};

}  // namespace sspilab::sim

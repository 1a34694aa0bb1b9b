// sspilab rules: what the checker holds callers and packages to.

#include "sim/rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/commands/command.h"
#include "sim/did_you_mean.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

// A rule's name, and what it wants beside it.
std::string Lines(RuleParty party, const TextStyle& style) {
  size_t width = 0;
  for (const Rule& rule : Rules()) {
    width = std::max(width, Columns(rule.name));
  }
  std::string text;
  for (const Rule& rule : Rules()) {
    if (rule.party == party) {
      absl::StrAppend(&text, "  ", PadRight(rule.name, width), "  ",
                      rule.reason, "\n", std::string(width + 4, ' '),
                      Faint(style, rule.source), "\n");
    }
  }
  return text;
}

std::string One(const Rule& rule, const TextStyle& style) {
  return absl::StrCat(Bold(style, rule.name), "\n  of      ",
                      rule.party == RuleParty::kCaller ? "callers" : "packages",
                      "\n  wants   ", rule.reason, "\n  source  ", rule.source,
                      "\n");
}

int Run(const ParsedOptions& options, const Console& console) {
  if (options.arguments().empty()) {
    console.Print(absl::StrCat(Bold(console.style(), "Of callers"), "\n",
                               Lines(RuleParty::kCaller, console.style()), "\n",
                               Bold(console.style(), "Of packages"), "\n",
                               Lines(RuleParty::kPackage, console.style())));
    return kExitOk;
  }
  const std::string_view name = options.arguments()[0];
  const Rule* const rule = FindRule(name);
  if (rule == nullptr) {
    std::vector<std::string_view> names;
    for (const Rule& known : Rules()) {
      names.push_back(known.name);
    }
    console.PrintError(
        absl::StrCat("unknown rule '", name, "'; ", DidYouMean(name, names)));
    return kExitBadInput;
  }
  console.Print(One(*rule, console.style()));
  return kExitOk;
}

}  // namespace

constinit const Command kRulesCommand = {
    .name = "rules",
    .usage = "[RULE]",
    .summary = "what callers and packages owe each other",
    .description =
        "The rules that the checker (sim/checker.h) holds callers of the SSPI "
        "and its\npackages to, each with where it comes from. The bench for "
        "tests of your own\n(sim/testing.h) names them in its reports.",
    .examples = "sspilab rules\nsspilab rules token-not-sent",
    .max_arguments = 1,
    .run = Run,
};

}  // namespace sspilab::sim

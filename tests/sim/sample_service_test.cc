// sim/examples/README.md says where the sample's mistakes are and what finds
// them. Each row of its table is done here.

#include "sim/examples/sample_service.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/examples/repaired_service.h"
#include "sim/testing.h"

namespace sspilab::sim {
namespace {

using ::testing::IsSubsetOf;

constexpr ULONG kClientWants =
    ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;
constexpr ULONG kServerWants =
    ASC_REQ_CONFIDENTIALITY | ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT;

std::string ReadProjectFile(std::string_view path) {
  const char* const root = std::getenv("TEST_SRCDIR");
  const char* const workspace = std::getenv("TEST_WORKSPACE");
  if (root == nullptr || workspace == nullptr) {
    ADD_FAILURE() << "run by Bazel, which says where files are";
    return "";
  }
  std::ifstream file(absl::StrCat(root, "/", workspace, "/", path));
  return {std::istreambuf_iterator<char>(file), {}};
}

LoopUnderTest With(
    std::u16string package,
    std::function<bool(SecurityFunctionTableW*, const SEC_WCHAR*, Transport&)>
        run) {
  LoopUnderTest loop;
  loop.run = [run = std::move(run), package](SecurityFunctionTableW* table,
                                             Transport& transport) {
    return run(table, package.c_str(), transport);
  };
  loop.package = package;
  loop.peer_requirements = kClientWants;
  return loop;
}

LoopUnderTest Sample(std::u16string package) {
  return With(std::move(package), AuthenticateClientAsTheSampleDoes);
}

LoopUnderTest Repaired(std::u16string package) {
  return With(std::move(package),
              [](SecurityFunctionTableW* table, const SEC_WCHAR* name,
                 Transport& transport) {
                return AuthenticateClient(table, name, kServerWants, transport);
              });
}

using BenchFunction = LoopReport (*)(const LoopUnderTest&);
const std::map<std::string, BenchFunction> kBench = {
    {"RunLoop", RunLoop},
    {"ForEachStatus", ForEachStatus},
    {"ForEachSplit", ForEachSplit},
    {"ForEachAllocationFailure", ForEachAllocationFailure},
    {"ForEachAttribute", ForEachAttribute},
};

struct Row {
  std::string number;
  size_t line;
  std::string bench;
  std::string package;
  std::string point;
  std::string rule;
};

std::vector<Row> RowsOfTheReadme() {
  std::vector<Row> rows;
  const std::string readme = ReadProjectFile("sim/examples/README.md");
  for (const std::string_view line : absl::StrSplit(readme, '\n')) {
    std::vector<std::string> cells = absl::StrSplit(line, '|');
    for (std::string& cell : cells) {
      absl::StripAsciiWhitespace(&cell);
    }
    if (cells.size() == 9 && !cells[1].empty() &&
        absl::ascii_isdigit(static_cast<unsigned char>(cells[1][0]))) {
      rows.push_back({cells[1],
                      static_cast<size_t>(std::atoi(cells[3].c_str())),
                      cells[4], cells[5], cells[6], cells[7]});
    }
  }
  return rows;
}

std::u16string Wide(const std::string& text) {
  return {text.begin(), text.end()};
}

// The findings of one bench function, each time that a row wants them.
const LoopReport& ReportOf(const Row& row) {
  static std::map<std::pair<std::string, std::string>, LoopReport> reports;
  const std::pair key(row.bench, row.package);
  const auto found = reports.find(key);
  return found != reports.end()
             ? found->second
             : reports[key] = kBench.at(row.bench)(Sample(Wide(row.package)));
}

TEST(SampleServiceTest, EachMistakeStandsWhereTheReadmeSays) {
  const std::vector<std::string> lines =
      absl::StrSplit(ReadProjectFile("sim/examples/sample_service.cc"), '\n');
  const std::vector<Row> rows = RowsOfTheReadme();
  ASSERT_GE(rows.size(), 16u);
  for (const Row& row : rows) {
    ASSERT_LE(row.line, lines.size());
    EXPECT_NE(lines[row.line - 1].find(absl::StrCat("Mistake ", row.number)),
              std::string::npos)
        << row.number << ": " << lines[row.line - 1];
  }
}

TEST(SampleServiceTest, EachMistakeIsFound) {
  for (const Row& row : RowsOfTheReadme()) {
    if (row.bench.empty()) {
      EXPECT_EQ(row.rule, "by reading");
      continue;
    }
    const LoopReport& report = ReportOf(row);
    EXPECT_TRUE(std::any_of(report.findings.begin(), report.findings.end(),
                            [&](const Finding& finding) {
                              return RuleOf(finding.rule).name == row.rule &&
                                     finding.point == row.point;
                            }))
        << row.number << " by " << row.rule << "\n"
        << report;
  }
}

TEST(SampleServiceTest, AndNothingElseIs) {
  std::set<std::string_view> known;
  const std::vector<Row> rows = RowsOfTheReadme();
  for (const Row& row : rows) {
    known.insert(row.rule);
  }
  for (const Row& row : rows) {
    if (!row.bench.empty()) {
      EXPECT_THAT(ReportOf(row).rules(), IsSubsetOf(known)) << ReportOf(row);
    }
  }
}

TEST(RepairedServiceTest, BreaksNoRule) {
  for (const char16_t* package :
       {u"NTLM", u"Negotiate", u"Kerberos", u"Schannel", u"CREDSSP"}) {
    for (const auto& [name, bench] : kBench) {
      // CredSSP's splits are TLS's, and more than all the others together.
      if (bench == ForEachSplit && std::u16string_view(package) == u"CREDSSP") {
        continue;
      }
      const LoopReport report = bench(Repaired(package));
      EXPECT_TRUE(report.ok())
          << name << " over " << std::string(package, package + 4) << "\n"
          << report;
    }
  }
}

// sim/README.md quotes what the report says of two of them.
TEST(SampleServiceTest, TheReadmeQuotesTheReport) {
  const std::string readme = ReadProjectFile("sim/README.md");
  std::ostringstream text;
  text << ForEachStatus(Sample(u"Negotiate"));
  const std::string report = text.str();
  for (const std::string_view rule :
       {"output-buffer-too-small: ", "claimed-undone: "}) {
    const size_t begin = report.find(rule);
    ASSERT_NE(begin, std::string::npos) << report;
    std::string quote =
        report.substr(begin, report.find("\n\n", begin) - begin);
    // Where the program is, is not the README's business.
    const size_t path = quote.find("replay: ") + 8;
    quote.replace(path, quote.find("sample_service_test", path) - path, "");
    EXPECT_NE(readme.find(quote), std::string::npos) << quote;
  }
}

}  // namespace
}  // namespace sspilab::sim

#include "sim/commands/options.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr OptionSpec kSpecs[] = {
    {"seed", "N", "The seed."},
    {"fault", "FAULT", "A fault.", /*repeats=*/true},
    {"dot", "", "A switch."},
};

absl::StatusOr<ParsedOptions> Parse(std::vector<std::string_view> line) {
  return ParseOptions(kSpecs, 1, line);
}

std::string ErrorOf(std::vector<std::string_view> line) {
  return std::string(Parse(std::move(line)).status().message());
}

TEST(OptionsTest, TakesBothForms) {
  for (const auto& line : std::vector<std::vector<std::string_view>>{
           {"--seed", "7", "file", "--dot"},
           {"--seed=7", "--dot", "file"},
           {"-seed=0x7", "-dot", "--", "file"}}) {
    const absl::StatusOr<ParsedOptions> options = Parse(line);
    ASSERT_TRUE(options.ok()) << options.status();
    EXPECT_EQ(options->Number("seed", 0).value_or(0), 7u);
    EXPECT_TRUE(options->Has("dot"));
    EXPECT_THAT(options->arguments(), ElementsAre("file"));
  }
}

TEST(OptionsTest, KeepsWhatRepeatsInOrder) {
  const auto options = Parse({"--fault", "b", "--fault=a=c", "--fault", ""});
  ASSERT_TRUE(options.ok());
  EXPECT_THAT(options->All("fault"), ElementsAre("b", "a=c", ""));
}

TEST(OptionsTest, DefaultsStandForWhatIsNotGiven) {
  const auto options = Parse({});
  ASSERT_TRUE(options.ok());
  EXPECT_FALSE(options->Has("dot"));
  EXPECT_EQ(options->GetOr("seed", "none"), "none");
  EXPECT_EQ(options->Number("seed", 5).value_or(0), 5u);
}

TEST(OptionsTest, ANegativeNumberIsAnArgument) {
  const auto options = Parse({"-2146893032"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_THAT(options->arguments(), ElementsAre("-2146893032"));
}

TEST(OptionsTest, DashIsAnArgument) {
  const auto options = Parse({"-"});
  ASSERT_TRUE(options.ok());
  EXPECT_THAT(options->arguments(), ElementsAre("-"));
  const auto after = Parse({"--", "--seed"});
  ASSERT_TRUE(after.ok());
  EXPECT_THAT(after->arguments(), ElementsAre("--seed"));
}

TEST(OptionsTest, ErrorsSayWhatWouldBeRight) {
  EXPECT_EQ(ErrorOf({"--sed", "1"}),
            "unknown option '--sed'; did you mean 'seed'?");
  EXPECT_EQ(ErrorOf({"--seed"}), "--seed needs a value: --seed N");
  EXPECT_EQ(ErrorOf({"--dot=1"}), "--dot takes no value");
  EXPECT_EQ(ErrorOf({"--seed=1", "--seed=2"}), "--seed is given twice");
  EXPECT_EQ(ErrorOf({"a", "b"}), "'b' is one argument too many");
  EXPECT_EQ(
      std::string(Parse({"--seed=x"})->Number("seed", 0).status().message()),
      "--seed 'x' is not a number");
  EXPECT_FALSE(Parse({"--seed=-1"})->Number("seed", 0).ok());
}

TEST(OptionsTest, HelpHasEveryOption) {
  const std::string help = OptionsToText(kSpecs);
  EXPECT_THAT(help, HasSubstr("--seed N"));
  EXPECT_THAT(help, HasSubstr("A switch."));
}

}  // namespace
}  // namespace sspilab::sim

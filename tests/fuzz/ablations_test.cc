#include "fuzz/ablations.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace sspilab::fuzz {
namespace {

class AblationsTest : public ::testing::Test {
 protected:
  ~AblationsTest() override { RunWithout(0); }
};

// What is left of a command line.
std::vector<std::string> Initialized(std::vector<std::string> line) {
  std::vector<char*> words;
  for (std::string& word : line) words.push_back(word.data());
  words.push_back(nullptr);
  int argc = static_cast<int>(line.size());
  char** argv = words.data();
  EXPECT_EQ(LLVMFuzzerInitialize(&argc, &argv), 0);
  EXPECT_EQ(argv[argc], nullptr);
  return {argv, argv + argc};
}

TEST_F(AblationsTest, EverythingIsThereUnlessItIsTakenAway) {
  EXPECT_EQ(Initialized({"target", "-runs=1", "corpus"}),
            (std::vector<std::string>{"target", "-runs=1", "corpus"}));
  EXPECT_TRUE(Has(Part::kMutators));
  EXPECT_TRUE(Has(Part::kStateFeedback));
  EXPECT_TRUE(Has(Part::kOracles));
}

TEST_F(AblationsTest, TakesItsFlagOffTheCommandLine) {
  EXPECT_EQ(Initialized(
                {"target", "--without=mutators,oracles", "-runs=1", "corpus"}),
            (std::vector<std::string>{"target", "-runs=1", "corpus"}));
  EXPECT_FALSE(Has(Part::kMutators));
  EXPECT_TRUE(Has(Part::kStateFeedback));
  EXPECT_FALSE(Has(Part::kOracles));
}

TEST_F(AblationsTest, KnowsItsParts) {
  EXPECT_EQ(ParseParts("mutators"), 1u);
  EXPECT_EQ(ParseParts("state"), 2u);
  EXPECT_EQ(ParseParts("oracles,state"), 6u);
  EXPECT_EQ(ParseParts("orakels"), std::nullopt);
  EXPECT_EQ(ParseParts(""), std::nullopt);
}

TEST(AblationsDeathTest, UnknownPartsAreBadUsage) {
  EXPECT_EXIT(Initialized({"target", "--without=seeds"}),
              ::testing::ExitedWithCode(2), "mutators, state, oracles");
}

}  // namespace
}  // namespace sspilab::fuzz

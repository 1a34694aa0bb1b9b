// That an exploration does not depend on how many threads it has.

#include <vector>

#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/coverage.h"
#include "sim/explore/attacks.h"
#include "sim/explore/explorer.h"

namespace sspilab::sim {
namespace {

Exploration ExploreWith(int threads, Explorable row, uint32_t depth,
                        Coverage* coverage) {
  row.attacks = OneBitOfEachField;
  row.further_attacks = OneBitOfEachField;
  return Explore(row, ScenarioToExplore(row.package), depth,
                 InitSecurityInterfaceW(), coverage, nullptr, threads);
}

TEST(ExploreThreadsTest, TheyChangeNothing) {
  for (const Explorable& row : Explorables()) {
    // Streams are dear.
    const bool cheap =
        row.package != Package::kSchannel && row.package != Package::kCredSsp;
    const uint32_t depth = cheap ? 3 : 1;
    Coverage of_one(row.package);
    Coverage of_three(row.package);
    const Exploration one = ExploreWith(1, row, depth, &of_one);
    const Exploration three = ExploreWith(3, row, depth, &of_three);
    EXPECT_GT(one.states, 10u);
    EXPECT_EQ(one.states, three.states);
    EXPECT_EQ(one.transitions, three.transitions);
    EXPECT_EQ(one.histories, three.histories);
    EXPECT_EQ(one.left, three.left);
    EXPECT_EQ(one.transitions_by_attack, three.transitions_by_attack);
    for (size_t i = 0; i < of_one.machines().size(); ++i) {
      for (size_t j = 0; j < of_one.machines()[i]->rows.size(); ++j) {
        EXPECT_EQ(of_one.taken(i, j), of_three.taken(i, j));
      }
    }
  }
}

}  // namespace
}  // namespace sspilab::sim

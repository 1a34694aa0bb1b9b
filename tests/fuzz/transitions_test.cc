// How many transitions that two machines of ours can take, with whoever stands
// between them, a replay of the corpora does not (sim/unreached.h has the
// others).
//
//   transitions_test FILE   the counts, as //fuzz:transitions has them

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/machine.h"
#include "core/machines.h"
#include "core/world.h"
#include "sim/coverage.h"
#include "sim/transition_counts.h"
#include "sim/unreached.h"

namespace sspilab::fuzz {
namespace {

std::string file_of_counts;

// None is wanted. Seeds that take more of them lower this.
constexpr size_t kMostLeft = 0;

TEST(TransitionsTest, FewAreLeft) {
  std::ifstream file(file_of_counts, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  sim::TransitionCountsBySource by_source;
  ASSERT_TRUE(
      sim::ParseTransitionCounts(text, file_of_counts, &by_source).ok());
  ASSERT_EQ(by_source.size(), 1u);
  size_t declared = 0, taken = 0, excused = 0;
  std::string left;
  size_t left_count = 0;
  for (const Package package :
       {Package::kNtlm, Package::kNegotiate, Package::kKerberos,
        Package::kSchannel, Package::kCredSsp}) {
    sim::Coverage coverage(package);
    coverage.Add(by_source.at("corpora"));
    EXPECT_EQ(coverage.undeclared(), 0u) << coverage.LastUndeclared();
    for (size_t i = 0; i < coverage.machines().size(); ++i) {
      const MachineDescription& machine = *coverage.machines()[i];
      for (size_t row = 0; row < machine.rows.size(); ++row) {
        const MachineDescription::Row& transition = machine.rows[row];
        ++declared;
        if (coverage.taken(i, row) > 0) {
          ++taken;
          continue;
        }
        if (!sim::WhyNotReached(machine, transition).empty()) {
          ++excused;
          continue;
        }
        ++left_count;
        absl::StrAppend(&left, machine.name, ": ",
                        machine.states[transition.from], " ",
                        machine.events[transition.event], "\n");
      }
    }
  }
  std::printf("%zu transitions: %zu taken, %zu that cannot be, %zu left\n",
              declared, taken, excused, left_count);
  EXPECT_LE(left_count, kMostLeft) << left;
}

}  // namespace
}  // namespace sspilab::fuzz

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: transitions_test FILE\n");
    return 2;
  }
  sspilab::fuzz::file_of_counts = argv[1];
  return RUN_ALL_TESTS();
}

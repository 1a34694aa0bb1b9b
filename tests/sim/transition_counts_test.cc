#include "sim/transition_counts.h"

#include <string>

#include "absl/status/status.h"
#include "core/machines.h"
#include "core/ntlm/transitions.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "sim/coverage.h"

namespace sspilab::sim {
namespace {

using Initiator = ntlm::InitiatorSpec;

constexpr const MachineDescription& kMachine = kDescription<Initiator>;
constexpr auto kStart = static_cast<uint8_t>(Initiator::State::kStart);
constexpr auto kBegun = static_cast<uint8_t>(Initiator::Event::kBegun);

TEST(TransitionCountsTest, TextTellsThemToAnotherProgram) {
  TransitionCounts counts;
  counts.Count(kMachine, kStart, kBegun, 3);
  counts.Count({&kMachine, kStart, kBegun, 1, SEC_I_CONTINUE_NEEDED, true});
  const std::string text = counts.ToText("tests");
  EXPECT_EQ(text, "tests\tNTLM initiator\tStart\tBegun\t4\n");

  TransitionCountsBySource read;
  // Twice, as two processes of one source write it.
  ASSERT_TRUE(ParseTransitionCounts(text + text, "f", &read).ok());
  ASSERT_EQ(read.size(), 1);
  EXPECT_EQ(read.at("tests").taken(kMachine, kStart, kBegun), 8);
  EXPECT_EQ(read.at("tests").taken(kMachine, kStart, kBegun + 1), 0);

  Coverage coverage(Package::kNtlm);
  coverage.Add(read.at("tests"));
  EXPECT_EQ(coverage.rows_taken(), 1);
  Coverage other(Package::kSchannel);
  other.Add(read.at("tests"));
  EXPECT_EQ(other.rows_taken(), 0);
}

TEST(TransitionCountsTest, ErrorsNameTheLine) {
  const struct {
    const char* line;
    const char* error;
  } kCases[] = {
      {"tests\tNTLM initiator\tStart\tBegun",
       "f:2: expected five columns parted by tabs: who counted, machine, "
       "state, event, how often"},
      {"tests\tLM initiator\tStart\tBegun\t1",
       "f:2: there is no machine 'LM initiator'"},
      {"tests\tNTLM initiator\tStop\tBegun\t1",
       "f:2: the NTLM initiator has no state Stop"},
      {"tests\tNTLM initiator\tStart\tEnded\t1",
       "f:2: the NTLM initiator has no event Ended"},
      {"tests\tNTLM initiator\tStart\tBegun\t-1", "f:2: '-1' is no number"},
  };
  for (const auto& c : kCases) {
    TransitionCountsBySource read;
    const absl::Status status = ParseTransitionCounts(
        std::string("tests\tNTLM initiator\tStart\tBegun\t1\n") + c.line, "f",
        &read);
    EXPECT_EQ(status.message(), c.error);
  }
}

}  // namespace
}  // namespace sspilab::sim

// From no seed at all, the mutators find their way: a small fuzzer, whose only
// feedback is which transitions a run took.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "core/entropy.h"
#include "core/machine.h"
#include "core/machines.h"
#include "core/status.h"
#include "fuzz/profile.h"
#include "fuzz/runs.h"
#include "fuzz/state_feedback.h"
#include "fuzz/target_mutator.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kMostBytes = 512;

// In place of LLVMFuzzerMutate: one byte is another, or there is one more.
size_t AnyByte(Entropy& entropy, uint8_t* data, size_t size, size_t max_size) {
  const auto byte = static_cast<uint8_t>(entropy.Next());
  if (size < max_size && entropy.Below(2) == 0) {
    data[size] = byte;
    return size + 1;
  }
  if (size != 0) data[entropy.Below(size)] = byte;
  return size;
}

struct Reached {
  // Rows of the package's tables that some run took.
  size_t transitions = 0;
  // Of so many.
  size_t all = 0;
  // After how many executions both ends were done, in a run that is not just
  // the one of the empty input; 0 for never.
  int done_after = 0;
};

bool IsTaken(const MachineDescription& machine,
             const MachineDescription::Row& row,
             const std::vector<bool>& taken) {
  const auto has = [&](SECURITY_STATUS status) {
    const auto counter =
        StateCounterOf({&machine, row.from, row.event, row.to, status, true});
    return counter.has_value() && taken[*counter];
  };
  if (row.status != kStatusFromInside) return has(row.status);
  const auto statuses = AllStatuses();
  return std::any_of(statuses.begin(), statuses.end(),
                     [&](const StatusInfo& info) { return has(info.value); });
}

// Begins with an input of no bytes.
Reached Fuzz(const Profile& profile, int executions) {
  Reached reached;
  std::vector<Bytes> corpus = {{}};
  Bytes plain;
  Entropy entropy(1, 1), byte_entropy(3, 3);
  const auto any_byte = [&](uint8_t* data, size_t size, size_t max_size) {
    return AnyByte(byte_entropy, data, size, max_size);
  };
  std::vector<bool> taken(StateCounters().size());
  for (int i = 0; i < executions; ++i) {
    const auto any = [&]() -> const Bytes& {
      return corpus[entropy.Below(corpus.size())];
    };
    const auto seed = static_cast<unsigned>(i);
    Bytes input(kMostBytes);
    if (i % 8 == 7) {
      const Bytes& first = any();
      const Bytes& second = any();
      input.resize(CrossOver(first, second, absl::MakeSpan(input), seed));
    } else if (i != 0) {
      const Bytes& parent = any();
      std::copy(parent.begin(), parent.end(), input.begin());
      input.resize(MutateInput(input.data(), parent.size(), input.size(), seed,
                               any_byte));
    } else {
      input.clear();
    }
    const absl::Span<uint8_t> counters = StateCounters();
    std::fill(counters.begin(), counters.end(), uint8_t{0});
    Outcome outcome;
    RunSession(profile, input, Verification::kStrict, &outcome);
    bool is_new = false;
    for (size_t at = 0; at < counters.size(); ++at) {
      if (counters[at] == 0 || taken[at]) continue;
      taken[at] = is_new = true;
    }
    const bool done = outcome.initiator_done && outcome.acceptor_done;
    if (done && reached.done_after == 0 &&
        sim::Input::Decode(input) != sim::Input{}) {
      reached.done_after = i;
    }
    if (is_new) corpus.push_back(input);
  }
  for (const MachineDescription* machine : MachinesOf(profile.package)) {
    for (const MachineDescription::Row& row : machine->rows) {
      if (IsTaken(*machine, row, taken)) ++reached.transitions;
      ++reached.all;
    }
  }
  return reached;
}

struct Case {
  std::string_view name;
  const Profile* profile;
  int executions;
  // At least so many, of those that the empty input takes and the others.
  size_t transitions;
};

class FromNothingTest : public ::testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(
    Packages, FromNothingTest,
    ::testing::Values(Case{"Ntlm", &NtlmProfile(), 8000, 35},
                      Case{"Negotiate", &NegotiateProfile(), 6000, 40},
                      Case{"Kerberos", &KerberosProfile(), 4000, 35},
                      Case{"Schannel", &SchannelProfile(), 200, 25},
                      Case{"CredSsp", &CredSspProfile(), 100, 25}),
    [](const auto& one) { return std::string(one.param.name); });

TEST_P(FromNothingTest, AHandshakeIsDoneAndMostTransitionsAreTaken) {
  const Case& one = GetParam();
  const Reached reached = Fuzz(*one.profile, one.executions);
  EXPECT_GT(reached.done_after, 0);
  EXPECT_GE(reached.transitions, one.transitions);
  std::printf("%s: %zu of %zu transitions in %d executions, the first ",
              std::string(one.name).c_str(), reached.transitions, reached.all,
              one.executions);
  std::printf("changed handshake after %d\n", reached.done_after);
}

}  // namespace
}  // namespace sspilab::fuzz

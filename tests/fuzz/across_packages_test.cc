// Runs across packages depend on their input alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "core/role.h"
#include "fuzz/api_handles.h"
#include "fuzz/api_run.h"
#include "fuzz/profile.h"
#include "fuzz/sealing_run.h"
#include "fuzz/seeds.h"
#include "sim/input/api_operation.h"
#include "sim/input/record.h"

namespace sspilab::fuzz {
namespace {

using Run = uint64_t (*)(absl::Span<const uint8_t> input);

std::vector<uint64_t> DigestsOf(const Seeds& seeds, Run run, bool backwards) {
  std::vector<std::vector<uint8_t>> inputs;
  for (const auto& [name, bytes] : seeds) inputs.push_back(bytes);
  if (backwards) std::reverse(inputs.begin(), inputs.end());
  std::vector<uint64_t> digests;
  for (const auto& input : inputs) digests.push_back(run(input));
  if (backwards) std::reverse(digests.begin(), digests.end());
  return digests;
}

TEST(RunApiTest, DependsOnItsInputAlone) {
  Seeds seeds;
  RecordApi(seeds);
  EXPECT_EQ(DigestsOf(seeds, RunApi, false), DigestsOf(seeds, RunApi, true));
}

TEST(RunApiTest, SeedsHaveThePackagesThatTheirNamesSay) {
  Seeds seeds;
  RecordApi(seeds);
  for (const auto& [name, bytes] : seeds) {
    const bool says_so = absl::StrContains(name, "schannel") ||
                         absl::StrContains(name, "credssp");
    // Others have them where a byte happens to make it so.
    const bool has =
        HasAllPackages(sim::RecordInput::Decode(sim::kApiFormat, bytes));
    EXPECT_TRUE(has || !says_so) << name;
  }
}

TEST(RunSealingTest, DependsOnItsInputAlone) {
  Seeds seeds;
  RecordSealing(seeds);
  EXPECT_EQ(DigestsOf(seeds, RunSealing, false),
            DigestsOf(seeds, RunSealing, true));
}

TEST(PickHandleTest, NothingElseIsOneThatWasOpened) {
  OpenedHandles contexts, credentials;
  contexts.Add(
      {{uint64_t{2} << 32 | 1, 7}, true, &NtlmProfile(), Role::kInitiator});
  credentials.Add(
      {{uint64_t{1} << 32 | 1, 9}, true, &NtlmProfile(), Role::kInitiator});
  for (int choice = 0; choice < 256; ++choice) {
    PickedHandle picked =
        PickHandle(static_cast<uint8_t>(choice), contexts, credentials);
    const bool is_opened =
        choice >> 3 < static_cast<int>(sim::HandleChoice::kNull);
    EXPECT_EQ(picked.is_open(), is_opened) << choice;
    const bool is_the_context =
        picked.value.dwLower == contexts[0].handle.dwLower &&
        picked.value.dwUpper == contexts[0].handle.dwUpper;
    EXPECT_EQ(is_the_context, is_opened) << choice;
  }
}

TEST(PickHandleTest, NothingIsOpenWhereNothingWasOpened) {
  OpenedHandles contexts, credentials;
  for (int choice = 0; choice < 256; ++choice) {
    EXPECT_FALSE(PickHandle(static_cast<uint8_t>(choice), contexts, credentials)
                     .is_open());
  }
}

}  // namespace
}  // namespace sspilab::fuzz

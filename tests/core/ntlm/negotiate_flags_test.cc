#include "core/ntlm/negotiate_flags.h"

#include <cstdint>
#include <set>
#include <string_view>

#include "gtest/gtest.h"

namespace sspilab::ntlm {
namespace {

TEST(NegotiateFlagsTest, NamesAreOfOneBitEachInAscendingOrder) {
  uint32_t previous = 0;
  std::set<std::string_view> names;
  for (const NegotiateFlagName& flag : NegotiateFlagNames()) {
    EXPECT_EQ(flag.bit & (flag.bit - 1), 0U) << flag.name;
    EXPECT_GT(flag.bit, previous) << flag.name;
    EXPECT_TRUE(names.insert(flag.name).second) << flag.name;
    previous = flag.bit;
  }
}

// The ten reserved bits r1 to r10 of MS-NLMP 2.2.2.5 have no names.
TEST(NegotiateFlagsTest, AllBitsButTheReservedOnesHaveNames) {
  uint32_t named = 0;
  for (const NegotiateFlagName& flag : NegotiateFlagNames()) {
    named |= flag.bit;
  }
  EXPECT_EQ(~named, 0x1D244508U);
}

}  // namespace
}  // namespace sspilab::ntlm

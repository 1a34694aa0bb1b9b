// Names of flags, and the near misses of those who type them.

#include <string>
#include <string_view>
#include <vector>

#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/context_flags.h"
#include "sim/did_you_mean.h"

namespace sspilab::sim {
namespace {

using ::testing::HasSubstr;

TEST(DidYouMeanTest, FindsWhatIsNear) {
  const std::vector<std::string_view> words = {"seed", "server-flags", "user"};
  EXPECT_EQ(DidYouMean("sed", words), "did you mean 'seed'?");
  EXPECT_EQ(DidYouMean("usre", words), "did you mean 'user'?");
  EXPECT_EQ(DidYouMean("server", words), "did you mean 'server-flags'?");
  EXPECT_EQ(DidYouMean("banana", words),
            "it is one of seed, server-flags, user");
  EXPECT_EQ(DidYouMean("", words), "it is one of seed, server-flags, user");
}

TEST(ContextFlagsTest, NamesAreThoseOfTheSide) {
  EXPECT_EQ(FlagsToText(GrantedFlags(Side::kClient), ISC_RET_INTEGRITY),
            "INTEGRITY");
  EXPECT_EQ(FlagsToText(GrantedFlags(Side::kServer), ASC_RET_INTEGRITY),
            "INTEGRITY");
  // The same bit is another thing at the other side.
  EXPECT_EQ(FlagsToText(GrantedFlags(Side::kServer), ISC_RET_INTEGRITY),
            "STREAM");
  EXPECT_EQ(FlagsToText(GrantedFlags(Side::kClient), 0), "none");
  EXPECT_EQ(FlagsToText(GrantedFlags(Side::kClient), 0x80000002),
            "MUTUAL_AUTH 0x80000000");
}

TEST(ContextFlagsTest, ParsesNamesAndNumbers) {
  EXPECT_EQ(ParseRequestFlags(Side::kClient,
                              "confidentiality,ISC_REQ_ALLOCATE_MEMORY")
                .value_or(0),
            ISC_REQ_CONFIDENTIALITY | ISC_REQ_ALLOCATE_MEMORY);
  EXPECT_EQ(ParseRequestFlags(Side::kServer, "ASC_REQ_INTEGRITY").value_or(0),
            ASC_REQ_INTEGRITY);
  EXPECT_EQ(ParseRequestFlags(Side::kClient, "0x10").value_or(0), 0x10u);
  EXPECT_EQ(ParseRequestFlags(Side::kClient, "16").value_or(0), 16u);
}

TEST(ContextFlagsTest, ErrorsSayWhatIsMeant) {
  EXPECT_THAT(std::string(ParseRequestFlags(Side::kClient, "CONFIDENTIALTY")
                              .status()
                              .message()),
              HasSubstr("did you mean 'CONFIDENTIALITY'?"));
  EXPECT_THAT(
      std::string(ParseRequestFlags(Side::kServer, "").status().message()),
      HasSubstr("unknown server flag"));
}

}  // namespace
}  // namespace sspilab::sim

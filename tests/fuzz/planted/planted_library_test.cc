// Tests planted_library of bazel/planted.bzl: which of the two sources of one
// file a program has.

#include "gtest/gtest.h"
#include "tests/fuzz/planted/sample.h"

namespace sspilab::testing {
namespace {

TEST(PlantedLibraryTest, StandsForTheOriginal) {
  EXPECT_EQ(Changed(), SSPILAB_EXPECTED);
}

TEST(PlantedLibraryTest, StandsForTheOriginalInItsOwnLibraryToo) {
  EXPECT_EQ(CallChanged(), SSPILAB_EXPECTED);
}

TEST(PlantedLibraryTest, IsOtherwiseTheOriginal) {
  EXPECT_EQ(Unchanged(), 10);
}

}  // namespace
}  // namespace sspilab::testing

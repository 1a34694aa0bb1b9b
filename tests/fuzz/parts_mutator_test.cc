#include "fuzz/parts_mutator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "absl/types/span.h"
#include "fuzz/input_parts.h"
#include "fuzz/target_mutator.h"

namespace sspilab::fuzz {
namespace {

constexpr size_t kSettings = 4;

}  // namespace

size_t SettingsSizeOfTarget() { return kSettings; }

namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kMostBytes = 256;

// In place of LLVMFuzzerMutate: what is there, and one byte more.
size_t AppendAByte(uint8_t* data, size_t size, size_t max_size) {
  if (size == max_size) return size;
  data[size] = 0xAB;
  return size + 1;
}

Bytes InputOf(const Bytes& settings, const std::vector<Bytes>& parts) {
  Bytes input = settings;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) input.insert(input.end(), kNextPart.begin(), kNextPart.end());
    input.insert(input.end(), parts[i].begin(), parts[i].end());
  }
  return input;
}

std::vector<Bytes> PartsOf(const Bytes& input) {
  std::vector<Bytes> parts;
  absl::Span<const uint8_t> rest =
      absl::MakeConstSpan(input).subspan(kSettings);
  while (!rest.empty()) {
    const auto part = TakePart(&rest);
    parts.emplace_back(part.begin(), part.end());
  }
  return parts;
}

Bytes Mutant(const Bytes& input, unsigned seed) {
  Bytes mutant = input;
  mutant.resize(kMostBytes);
  mutant.resize(
      MutateInput(mutant.data(), input.size(), kMostBytes, seed, AppendAByte));
  return mutant;
}

// Of an INTEGER in a SEQUENCE: whether the outer length is right.
bool IsWhole(const Bytes& part) {
  return part.size() >= 2 && part[1] == part.size() - 2;
}

// Most mutants are as the parts are built; some have a wrong length, or other
// settings; all are found again.
TEST(PartsMutatorTest, MutatesPartsAsTheyAreBuilt) {
  const Bytes part = {0x30, 3, 0x02, 1, 7};
  const Bytes input = InputOf({1, 2, 3, 4}, {part, {}, part});
  int first = 0, last = 0, whole = 0, broken = 0, settings = 0;
  for (unsigned seed = 0; seed < 256; ++seed) {
    const Bytes mutant = Mutant(input, seed);
    ASSERT_GE(mutant.size(), kSettings);
    settings +=
        !std::equal(input.begin(), input.begin() + kSettings, mutant.begin())
            ? 1
            : 0;
    const std::vector<Bytes> parts = PartsOf(mutant);
    if (parts.size() != 3) continue;
    first += parts[0] != part ? 1 : 0;
    last += parts[2] != part ? 1 : 0;
    for (const Bytes& one : {parts[0], parts[2]}) {
      if (one == part) continue;
      (IsWhole(one) ? whole : broken) += 1;
    }
  }
  EXPECT_GT(first, 32);
  EXPECT_GT(last, 32);
  EXPECT_GT(whole, 32);
  EXPECT_GT(broken, 32);
  EXPECT_GT(settings, 32);
  EXPECT_LT(settings, 128);
}

TEST(PartsMutatorTest, TakesAnyBytes) {
  for (unsigned seed = 0; seed < 256; ++seed) {
    for (const Bytes& input : {Bytes{}, Bytes{1}, Bytes(kMostBytes, 0xF5)}) {
      EXPECT_LE(Mutant(input, seed).size(), kMostBytes);
    }
  }
}

TEST(PartsMutatorTest, CrossesOverPartByPart) {
  const Bytes first = InputOf({1, 1, 1, 1}, {{10}, {11}});
  const Bytes second = InputOf({2, 2, 2, 2}, {{20}, {21}});
  std::vector<Bytes> children;
  for (unsigned seed = 0; seed < 64; ++seed) {
    Bytes child(kMostBytes);
    child.resize(CrossOver(first, second, absl::MakeSpan(child), seed));
    EXPECT_EQ(Bytes(child.begin(), child.begin() + kSettings),
              Bytes({1, 1, 1, 1}));
    children.push_back(child);
  }
  for (const uint8_t one : {uint8_t{10}, uint8_t{20}}) {
    for (const uint8_t other : {uint8_t{11}, uint8_t{21}}) {
      EXPECT_NE(std::find(children.begin(), children.end(),
                          InputOf({1, 1, 1, 1}, {{one}, {other}})),
                children.end());
    }
  }
}

}  // namespace
}  // namespace sspilab::fuzz

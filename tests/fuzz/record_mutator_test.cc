#include "fuzz/record_mutator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/entropy.h"
#include "fuzz/target_mutator.h"
#include "sim/input/api_operation.h"
#include "sim/input/sealing_operation.h"

namespace sspilab::fuzz {
namespace {

const sim::RecordFormat* format_of_target = &sim::kSealingFormat;

}  // namespace

const sim::RecordFormat& FormatOfTarget() { return *format_of_target; }

namespace {

using sim::Record;
using sim::RecordFormat;
using sim::RecordInput;
using Bytes = std::vector<uint8_t>;

// In place of LLVMFuzzerMutate: what is there, and one byte more.
size_t AppendAByte(uint8_t* data, size_t size, size_t max_size) {
  if (size == max_size) return size;
  data[size] = 0xAB;
  return size + 1;
}

const RecordFormat& kFormat = sim::kSealingFormat;

RecordInput Example() {
  return RecordInput::Decode(kFormat, Bytes{1,                  //
                                            0, 1, 20, 0, 0, 0,  //
                                            2, 0, 0, 4, 0, 0,   //
                                            7, 0, 0, 0, 0, 1});
}

// What the mutation makes of the input, for each of some seeds; only those that
// it changed.
std::vector<RecordInput> Mutants(RecordMutation mutation,
                                 const RecordInput& example) {
  std::vector<RecordInput> mutants;
  for (unsigned seed = 0; seed < 64; ++seed) {
    Entropy entropy(seed, 0);
    RecordInput input = example;
    if (Mutate(mutation, kFormat, input, entropy)) {
      mutants.push_back(input);
    } else {
      EXPECT_EQ(input, example);
    }
  }
  return mutants;
}

// Whether the operations of `shorter` are those of `longer` but one.
bool IsOneLess(const RecordInput& shorter, const RecordInput& longer) {
  for (size_t i = 0; i < longer.operations.size(); ++i) {
    RecordInput without = longer;
    without.operations.erase(without.operations.begin() +
                             static_cast<ptrdiff_t>(i));
    if (without == shorter) return true;
  }
  return false;
}

size_t BytesChanged(const RecordInput& before, const RecordInput& after) {
  const Bytes first = before.Encode(), second = after.Encode();
  if (first.size() != second.size()) return first.size();
  size_t changed = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    if (first[i] != second[i]) ++changed;
  }
  return changed;
}

struct Case {
  const char* name;
  RecordMutation mutation;
  bool (*is_right)(const RecordInput& before, const RecordInput& after);
};

constexpr Case kCases[] = {
    {"Insert", RecordMutation::kInsert,
     [](const RecordInput& before, const RecordInput& after) {
       return IsOneLess(before, after);
     }},
    {"Repeat", RecordMutation::kRepeat,
     [](const RecordInput& before, const RecordInput& after) {
       return IsOneLess(before, after) &&
              std::all_of(after.operations.begin(), after.operations.end(),
                          [&](const Record& operation) {
                            return std::find(before.operations.begin(),
                                             before.operations.end(),
                                             operation) !=
                                   before.operations.end();
                          });
     }},
    {"Skip", RecordMutation::kSkip,
     [](const RecordInput& before, const RecordInput& after) {
       return IsOneLess(after, before);
     }},
    {"Swap", RecordMutation::kSwap,
     [](const RecordInput& before, const RecordInput& after) {
       return before.operations != after.operations &&
              std::is_permutation(
                  before.operations.begin(), before.operations.end(),
                  after.operations.begin(), after.operations.end());
     }},
    {"Field", RecordMutation::kField,
     [](const RecordInput& before, const RecordInput& after) {
       return before.settings == after.settings &&
              BytesChanged(before, after) == 1;
     }},
    {"Settings", RecordMutation::kSettings,
     [](const RecordInput& before, const RecordInput& after) {
       return before.operations == after.operations &&
              BytesChanged(before, after) == 1;
     }},
};
static_assert(std::size(kCases) == kRecordMutations);

TEST(RecordMutatorTest, EachMutationDoesWhatItSays) {
  for (const Case& one : kCases) {
    const std::vector<RecordInput> mutants = Mutants(one.mutation, Example());
    EXPECT_GT(mutants.size(), 16u) << one.name;
    for (const RecordInput& mutant : mutants) {
      EXPECT_TRUE(one.is_right(Example(), mutant)) << one.name;
      // Each is one that the format has.
      EXPECT_EQ(RecordInput::Decode(kFormat, mutant.Encode()), mutant);
    }
  }
}

TEST(RecordMutatorTest, WithoutOperationsThereIsLessToDo) {
  const RecordInput empty = RecordInput::Decode(kFormat, {});
  for (const RecordMutation mutation :
       {RecordMutation::kRepeat, RecordMutation::kSkip, RecordMutation::kSwap,
        RecordMutation::kField}) {
    EXPECT_TRUE(Mutants(mutation, empty).empty());
  }
  EXPECT_FALSE(Mutants(RecordMutation::kInsert, empty).empty());
}

Bytes Mutated(Bytes bytes, size_t max_size, unsigned seed) {
  const size_t size = bytes.size();
  bytes.resize(std::max(size, max_size));
  bytes.resize(MutateInput(bytes.data(), size, max_size, seed, AppendAByte));
  return bytes;
}

TEST(RecordMutatorTest, AnyBytesDependOnTheirSeedAloneAndKeepWithinTheirRoom) {
  Entropy entropy(1, 0);
  for (const RecordFormat* format : {&sim::kApiFormat, &sim::kSealingFormat}) {
    format_of_target = format;
    std::vector<Bytes> all;
    for (unsigned seed = 0; seed < 1000; ++seed) {
      Bytes bytes(entropy.Below(300));
      entropy.Fill(absl::MakeSpan(bytes));
      const size_t room = bytes.size() + entropy.Below(20);
      all.push_back(Mutated(bytes, room, seed));
      EXPECT_LE(all.back().size(), room);
      EXPECT_EQ(all.back(), Mutated(bytes, room, seed));
    }
    std::sort(all.begin(), all.end());
    EXPECT_GT(std::unique(all.begin(), all.end()) - all.begin(), 800);
  }
}

TEST(RecordMutatorTest, CrossOverHasTheBeginningOfOneAndTheEndOfTheOther) {
  const auto of_kind = [](uint8_t kind) {
    const Record operation = {kind, 0, 0, 0, 0, 0};
    return RecordInput{Record(1), {operation, operation, operation}}.Encode();
  };
  const Bytes first = of_kind(1), second = of_kind(2);
  format_of_target = &kFormat;
  bool both = false;
  for (unsigned seed = 0; seed < 64; ++seed) {
    Bytes out(500);
    out.resize(CrossOver(first, second, absl::MakeSpan(out), seed));
    const auto child = RecordInput::Decode(kFormat, out).operations;
    EXPECT_TRUE(std::is_sorted(child.begin(), child.end()));
    both = both || (!child.empty() && child.front() != child.back());
  }
  EXPECT_TRUE(both);
}

}  // namespace
}  // namespace sspilab::fuzz

#include "fuzz/mutator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "core/entropy.h"
#include "fuzz/target_mutator.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Kind = sim::OperationKind;
using sim::Input;
using sim::Operation;
using Bytes = std::vector<uint8_t>;

// In place of LLVMFuzzerMutate: what is there, and one byte more.
size_t AppendAByte(uint8_t* data, size_t size, size_t max_size) {
  if (size == max_size) return size;
  data[size] = 0xAB;
  return size + 1;
}

Input Example() {
  return {.settings = {.seed = 1},
          .operations = {{Kind::kFlip, 1, 20, 3},
                         {Kind::kDeliver, 0, 0, 0, {1, 2, 3, 4}},
                         {Kind::kSeal, 1, 9, 0}}};
}

// What the mutation makes of the example, for each of some seeds; only those
// that it changed.
std::vector<Input> Mutants(Mutation mutation, const Input& example) {
  std::vector<Input> mutants;
  for (unsigned seed = 0; seed < 64; ++seed) {
    Entropy entropy(seed, 0);
    Input input = example;
    if (Mutate(mutation, input, entropy, AppendAByte)) {
      mutants.push_back(input);
    } else {
      EXPECT_EQ(input, example);
    }
  }
  return mutants;
}

bool Contains(const Input& input, const Operation& operation) {
  return std::find(input.operations.begin(), input.operations.end(),
                   operation) != input.operations.end();
}

size_t Count(const Input& input, Kind kind) {
  return static_cast<size_t>(std::count_if(
      input.operations.begin(), input.operations.end(),
      [kind](const Operation& operation) { return operation.kind == kind; }));
}

// Whether the operations of `shorter` are those of `longer` but one.
bool IsOneLess(const Input& shorter, const Input& longer) {
  for (size_t i = 0; i < longer.operations.size(); ++i) {
    Input without = longer;
    without.operations.erase(without.operations.begin() +
                             static_cast<ptrdiff_t>(i));
    if (without == shorter) return true;
  }
  return false;
}

struct Case {
  const char* name;
  Mutation mutation;
  // Of the example and its mutant.
  bool (*is_right)(const Input& before, const Input& after);
};

bool Adds(Kind kind, const Input& before, const Input& after) {
  return IsOneLess(before, after) &&
         Count(after, kind) == Count(before, kind) + 1;
}

constexpr Case kCases[] = {
    {"Insert", Mutation::kInsert,
     [](const Input& before, const Input& after) {
       return IsOneLess(before, after);
     }},
    {"Repeat", Mutation::kRepeat,
     [](const Input& before, const Input& after) {
       return IsOneLess(before, after) &&
              std::all_of(after.operations.begin(), after.operations.end(),
                          [&](const Operation& operation) {
                            return Contains(before, operation);
                          });
     }},
    {"Skip", Mutation::kSkip,
     [](const Input& before, const Input& after) {
       return IsOneLess(after, before);
     }},
    {"Swap", Mutation::kSwap,
     [](const Input& before, const Input& after) {
       return before.operations != after.operations &&
              std::is_permutation(
                  before.operations.begin(), before.operations.end(),
                  after.operations.begin(), after.operations.end());
     }},
    {"Retarget", Mutation::kRetarget,
     [](const Input& before, const Input& after) {
       Input same = after;
       int changed = 0;
       for (size_t i = 0; i < before.operations.size(); ++i) {
         const uint8_t target = before.operations[i].target;
         changed += same.operations[i].target != target ? 1 : 0;
         same.operations[i].target = target;
       }
       return same == before && changed == 1;
     }},
    {"Reflect", Mutation::kReflect,
     [](const Input& before, const Input& after) {
       return Adds(Kind::kReplace, before, after);
     }},
    {"Split", Mutation::kSplit,
     [](const Input& before, const Input& after) {
       return Adds(Kind::kSplit, before, after);
     }},
    {"Coalesce", Mutation::kCoalesce,
     [](const Input& before, const Input& after) {
       return Adds(Kind::kCoalesce, before, after);
     }},
    // The example brings bytes: these are cut.
    {"Truncate", Mutation::kTruncate,
     [](const Input& before, const Input& after) {
       const Bytes& whole = before.operations[1].bytes;
       const Bytes& cut = after.operations[1].bytes;
       return cut.size() <= whole.size() &&
              std::equal(cut.begin(), cut.end(), whole.begin());
     }},
    {"Numbers", Mutation::kNumbers,
     [](const Input& before, const Input& after) {
       Input same = after;
       for (size_t i = 0; i < before.operations.size(); ++i) {
         same.operations[i].place = before.operations[i].place;
         same.operations[i].value = before.operations[i].value;
       }
       return same == before && after != before;
     }},
    {"Settings", Mutation::kSettings,
     [](const Input& before, const Input& after) {
       return before.operations == after.operations;
     }},
    {"Token", Mutation::kToken,
     [](const Input& before, const Input& after) {
       Input same = after;
       same.operations[1].bytes = before.operations[1].bytes;
       return same == before;
     }},
    {"Deliver", Mutation::kDeliver,
     [](const Input& before, const Input& after) {
       return IsOneLess(before, after) &&
              Count(after, Kind::kDeliver) + Count(after, Kind::kLate) == 2;
     }},
    {"Alter", Mutation::kAlter,
     [](const Input& before, const Input& after) {
       return Adds(Kind::kAlter, before, after);
     }},
    {"Prove", Mutation::kProve,
     [](const Input& before, const Input& after) {
       for (size_t i = 1; i < after.operations.size(); ++i) {
         if (after.operations[i].kind == Kind::kProve &&
             after.operations[i].target != after.operations[i - 1].target) {
           return false;
         }
       }
       return Adds(Kind::kProve, before, after);
     }},
};
static_assert(std::size(kCases) == kMutations);

TEST(MutatorTest, EachMutationDoesWhatItSays) {
  for (const Case& one : kCases) {
    const std::vector<Input> mutants = Mutants(one.mutation, Example());
    EXPECT_GT(mutants.size(), 16u) << one.name;
    bool changed = false;
    for (const Input& mutant : mutants) {
      EXPECT_TRUE(one.is_right(Example(), mutant)) << one.name;
      changed = changed || mutant != Example();
    }
    EXPECT_TRUE(changed) << one.name;
  }
}

TEST(MutatorTest, TruncatesOnTheWireWhereNothingIsDelivered) {
  const Input session = {.operations = {{Kind::kFlip, 1, 20, 3}}};
  for (const Input& mutant : Mutants(Mutation::kTruncate, session)) {
    EXPECT_EQ(Count(mutant, Kind::kTruncate), 1u);
  }
}

TEST(MutatorTest, WithoutOperationsThereIsLessToDo) {
  for (const Mutation mutation :
       {Mutation::kRepeat, Mutation::kSkip, Mutation::kSwap,
        Mutation::kRetarget, Mutation::kNumbers, Mutation::kToken,
        Mutation::kDeliver}) {
    EXPECT_TRUE(Mutants(mutation, Input{}).empty());
  }
  EXPECT_FALSE(Mutants(Mutation::kInsert, Input{}).empty());
}

Bytes Mutated(Bytes bytes, size_t max_size, unsigned seed) {
  const size_t size = bytes.size();
  bytes.resize(std::max(size, max_size));
  bytes.resize(MutateInput(bytes.data(), size, max_size, seed, AppendAByte));
  return bytes;
}

TEST(MutatorTest, DependsOnItsSeedAlone) {
  std::vector<Bytes> all;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Bytes mutant = Mutated(Example().Encode(), 4096, seed);
    EXPECT_EQ(mutant, Mutated(Example().Encode(), 4096, seed));
    all.push_back(mutant);
  }
  std::sort(all.begin(), all.end());
  EXPECT_GT(std::unique(all.begin(), all.end()) - all.begin(), 100);
}

TEST(MutatorTest, KeepsWithinItsRoom) {
  Input full = Example();
  full.operations.resize(Input::kMostOperations, full.operations[1]);
  for (unsigned seed = 0; seed < 300; ++seed) {
    for (const size_t room : {size_t{1}, size_t{27}, size_t{60}, size_t{500}}) {
      Bytes bytes = full.Encode();
      bytes.resize(std::min(bytes.size(), room));
      EXPECT_LE(Mutated(bytes, room, seed).size(), room);
    }
  }
}

TEST(MutatorTest, AnyBytesCanBeMutated) {
  Entropy entropy(1, 0);
  for (unsigned seed = 0; seed < 2000; ++seed) {
    Bytes bytes(entropy.Below(400));
    entropy.Fill(absl::MakeSpan(bytes));
    EXPECT_LE(Mutated(bytes, 512, seed).size(), 512u);
  }
}

TEST(MutatorTest, CrossOverHasTheBeginningOfOneAndTheEndOfTheOther) {
  const Input one = {.settings = {.seed = 1},
                     .operations = {{Kind::kFlip}, {Kind::kSet}}};
  const Input other = {.settings = {.seed = 2, .target = 1},
                       .operations = {{Kind::kErase}, {Kind::kDrop}}};
  const Bytes first = one.Encode(), second = other.Encode();
  bool both = false, mixed = false;
  for (unsigned seed = 0; seed < 64; ++seed) {
    Bytes out(500);
    out.resize(CrossOver(first, second, absl::MakeSpan(out), seed));
    const Input child = Input::Decode(out);
    const size_t own = Count(child, Kind::kFlip) + Count(child, Kind::kSet);
    ASSERT_LE(own, child.operations.size());
    EXPECT_TRUE(
        std::equal(child.operations.begin(),
                   child.operations.begin() + static_cast<ptrdiff_t>(own),
                   one.operations.begin()));
    EXPECT_TRUE(
        std::equal(child.operations.rbegin(),
                   child.operations.rend() - static_cast<ptrdiff_t>(own),
                   other.operations.rbegin()));
    both = both || (own != 0 && own != child.operations.size());
    mixed = mixed || (child.settings.seed == 2 && child.settings.target == 0);
  }
  EXPECT_TRUE(both);
  EXPECT_TRUE(mixed);
}

}  // namespace
}  // namespace sspilab::fuzz

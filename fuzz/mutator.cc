#include "fuzz/mutator.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "fuzz/list_mutations.h"
#include "fuzz/target_mutator.h"

namespace sspilab::fuzz {
namespace {

using Kind = sim::OperationKind;
using sim::Input;
using sim::Operation;

// More than any package's handshake has.
constexpr uint64_t kTokens = 16;
// More than most tokens have.
constexpr uint64_t kFields = 64;
constexpr size_t kLongestToken = 4096;

// Where fields begin and end whose bytes are not at hand: NTLM's header, the
// MIC and the payload; a record of TLS and its handshake message; DER's first
// lengths.
constexpr uint16_t kUsualEdges[] = {0,  2,  4,  5,  8,  9,  12, 16, 20, 28,
                                    32, 36, 40, 43, 48, 56, 64, 72, 88};

uint16_t Place(Entropy& entropy) {
  // Mostly near the beginning, where headers are.
  const uint64_t most[] = {16, 128, 1024, 0x10000};
  return static_cast<uint16_t>(entropy.Below(most[entropy.Below(4)]));
}

// Of a message, its size and where it is damaged, and of an export what is
// asked for and where: each mostly near its beginning.
uint16_t PlaceFor(Kind kind, Entropy& entropy) {
  if (IsMessage(kind)) {
    const uint64_t most[] = {16, 64, 0x100};
    const uint64_t size = entropy.Below(0x100);
    return static_cast<uint16_t>(size | entropy.Below(most[entropy.Below(3)])
                                            << 8);
  }
  if (kind == Kind::kMove) return static_cast<uint16_t>(entropy.Below(1024));
  return Place(entropy);
}

// Nothing special as often as all else.
uint8_t Value(Entropy& entropy) {
  const uint8_t byte = AnyByte(entropy);
  return entropy.Below(2) == 0 ? uint8_t{0} : byte;
}

uint8_t Target(Kind kind, Entropy& entropy) {
  return static_cast<uint8_t>(
      entropy.Below(IsOfToken(kind) ? kTokens : uint64_t{2}));
}

// The operations that `is_wanted` wants.
template <typename IsWanted>
std::vector<size_t> Those(const Input& input, IsWanted is_wanted) {
  std::vector<size_t> those;
  for (size_t i = 0; i < input.operations.size(); ++i) {
    if (is_wanted(input.operations[i])) those.push_back(i);
  }
  return those;
}

bool Insert(Operation operation, Input& input, Entropy& entropy) {
  return InsertAnywhere(std::move(operation), Input::kMostOperations,
                        input.operations, entropy);
}

Operation AnyOperation(Entropy& entropy, MutateBytes bytes) {
  Operation operation;
  operation.kind = static_cast<Kind>(entropy.Below(sim::kOperationKinds));
  operation.target = Target(operation.kind, entropy);
  operation.place = PlaceFor(operation.kind, entropy);
  operation.value = Value(entropy);
  if (HasBytes(operation.kind)) {
    operation.bytes.resize(64);
    operation.bytes.resize(bytes(operation.bytes.data(), 0, 64));
  }
  return operation;
}

// An operation of this kind on some token, with a place at a usual edge.
Operation OnAToken(Kind kind, Entropy& entropy) {
  const uint16_t edge = kUsualEdges[entropy.Below(std::size(kUsualEdges))];
  const auto beside = static_cast<uint16_t>(entropy.Below(3));
  return {.kind = kind,
          .target = Target(kind, entropy),
          // One before, there, or one behind.
          .place = static_cast<uint16_t>(std::max(edge + beside, 1) - 1),
          .value = static_cast<uint8_t>(entropy.Below(kTokens))};
}

Operation* OneWithBytes(Input& input, Entropy& entropy) {
  const std::vector<size_t> those = Those(
      input,
      [](const Operation& operation) { return HasBytes(operation.kind); });
  if (those.empty()) return nullptr;
  return &input.operations[those[entropy.Below(those.size())]];
}

// Behind an operation on a token; on any where there is no such operation.
bool Prove(Input& input, Entropy& entropy) {
  const std::vector<size_t> those = Those(
      input,
      [](const Operation& operation) { return IsOfToken(operation.kind); });
  if (those.empty())
    return Insert(OnAToken(Kind::kProve, entropy), input, entropy);
  if (input.operations.size() >= Input::kMostOperations) return false;
  const size_t at = those[entropy.Below(those.size())];
  const Operation prove = {.kind = Kind::kProve,
                           .target = input.operations[at].target};
  input.operations.insert(
      input.operations.begin() + static_cast<ptrdiff_t>(at + 1), prove);
  return true;
}

bool Truncate(Input& input, Entropy& entropy) {
  Operation* const delivered = OneWithBytes(input, entropy);
  if (delivered != nullptr) return TruncateAtEdge(delivered->bytes, entropy);
  return Insert(OnAToken(Kind::kTruncate, entropy), input, entropy);
}

// Changes one byte of the settings: to another value, by one bit, by one, to
// zero.
bool ChangeSettings(Input& input, Entropy& entropy) {
  std::vector<uint8_t> encoded(input.settings.bytes().begin(),
                               input.settings.bytes().end());
  uint8_t& byte = encoded[entropy.Below(encoded.size())];
  const uint8_t before = byte;
  byte = ChangedByte(byte, /*choices=*/6, entropy);
  const bool changed = byte != before;
  absl::Span<const uint8_t> rest = encoded;
  input.settings = sim::Settings::TakeFrom(&rest);
  return changed;
}

// Each byte is one's own or the other's.
void MixSettings(const Input& other, Input& input, Entropy& entropy) {
  std::vector<uint8_t> mixed(input.settings.bytes().begin(),
                             input.settings.bytes().end());
  for (size_t i = 0; i < mixed.size(); ++i) {
    if (entropy.Below(2) == 0) mixed[i] = other.settings.bytes()[i];
  }
  absl::Span<const uint8_t> rest = mixed;
  input.settings = sim::Settings::TakeFrom(&rest);
}

bool ChangeNumbers(Operation& operation, Entropy& entropy) {
  const Operation before = operation;
  switch (entropy.Below(5)) {
    case 0:
      operation.place = PlaceFor(operation.kind, entropy);
      break;
    case 1:
      ++operation.place;
      break;
    case 2:
      --operation.place;
      break;
    case 3:
      operation.value = Value(entropy);
      break;
    default:
      operation.value ^= static_cast<uint8_t>(1u << entropy.Below(8));
  }
  return operation != before;
}

}  // namespace

bool Mutate(Mutation mutation, Input& input, Entropy& entropy,
            MutateBytes bytes) {
  std::vector<Operation>& operations = input.operations;
  const auto one = [&]() -> Operation& {
    return operations[entropy.Below(operations.size())];
  };
  switch (mutation) {
    case Mutation::kInsert:
      return Insert(AnyOperation(entropy, bytes), input, entropy);
    case Mutation::kReflect:
      return Insert(OnAToken(Kind::kReplace, entropy), input, entropy);
    case Mutation::kSplit:
      return Insert(OnAToken(Kind::kSplit, entropy), input, entropy);
    case Mutation::kCoalesce:
      return Insert(OnAToken(Kind::kCoalesce, entropy), input, entropy);
    case Mutation::kTruncate:
      return Truncate(input, entropy);
    case Mutation::kAlter:
      return Insert({.kind = Kind::kAlter,
                     .target = Target(Kind::kAlter, entropy),
                     .place = static_cast<uint16_t>(entropy.Below(kFields)),
                     .value = AnyByte(entropy)},
                    input, entropy);
    case Mutation::kProve:
      return Prove(input, entropy);
    case Mutation::kSettings:
      return ChangeSettings(input, entropy);
    case Mutation::kToken: {
      Operation* const delivered = OneWithBytes(input, entropy);
      if (delivered == nullptr) return false;
      MutateToken(delivered->bytes, kLongestToken, entropy, bytes);
      return true;
    }
    case Mutation::kDeliver: {
      const Operation* const delivered = OneWithBytes(input, entropy);
      if (delivered == nullptr) return false;
      Operation again = *delivered;
      again.kind = entropy.Below(4) == 0 ? Kind::kLate : Kind::kDeliver;
      again.target = Target(again.kind, entropy);
      return Insert(std::move(again), input, entropy);
    }
    default:
      break;
  }
  // The others need an operation.
  if (operations.empty()) return false;
  switch (mutation) {
    case Mutation::kRepeat:
      return RepeatOne(Input::kMostOperations, operations, entropy);
    case Mutation::kSkip:
      return SkipOne(operations, entropy);
    case Mutation::kSwap:
      return SwapTwo(operations, entropy);
    case Mutation::kRetarget: {
      Operation& operation = one();
      const uint8_t before = operation.target;
      operation.target = Target(operation.kind, entropy);
      return operation.target != before;
    }
    case Mutation::kNumbers:
      return ChangeNumbers(one(), entropy);
    default:
      return false;
  }
}

size_t MutateInput(uint8_t* data, size_t size, size_t max_size, unsigned seed,
                   MutateBytes bytes) {
  const auto mutate = [bytes](Input& input, Entropy& entropy) {
    // What is inside of tokens is worth as much as all else.
    const auto mutation =
        entropy.Below(2) == 0
            ? Mutation::kToken
            : static_cast<Mutation>(entropy.Below(kMutations));
    return Mutate(mutation, input, entropy, bytes);
  };
  return MutateSome(Input::Decode({data, size}), mutate, data, size, max_size,
                    seed, bytes);
}

size_t CrossOver(absl::Span<const uint8_t> first,
                 absl::Span<const uint8_t> second, absl::Span<uint8_t> out,
                 unsigned seed) {
  Input one = Input::Decode(first);
  const Input other = Input::Decode(second);
  Entropy entropy(seed, 2);
  if (entropy.Below(4) == 0) MixSettings(other, one, entropy);
  return CrossOverTwo(std::move(one), other, Input::kMostOperations, out, seed);
}

}  // namespace sspilab::fuzz

#include "sim/fault.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace sspilab::sim {
namespace {

// What the text of a kind of fault has behind its leg.
struct Syntax {
  bool has_place;
  // What the value is, for messages; empty for kinds without one.
  std::string_view value;
  uint32_t max_value;
  // Taken where the text has none; a kind without must be given one.
  std::optional<uint32_t> default_value;
  // The end of an example.
  std::string_view example;
  // For the ladder; $P is the place, $V the value.
  std::string_view description;
};

constexpr uint32_t kMaxPad = 1 << 20;
// Ten years.
constexpr uint32_t kMaxDelay = 10 * 365 * 24 * 3600;

// In FaultKind's order.
constexpr std::array<Syntax, kFaultKindNames.size()> kSyntax = {{
    {true, "", 0, 0, ":64", "split at $P"},
    {false, "", 0, 0, "", "coalesced with the next"},
    {true, "", 0, 0, ":64", "cut off at $P"},
    {false, "number of bytes", kMaxPad, std::nullopt, ":16",
     "followed by $V zero bytes"},
    {true, "mask", 255, 1, ":CHALLENGE.TargetInfo+4:1", "$P XOR $V"},
    {true, "byte", 255, std::nullopt, ":20:255", "$P set to $V"},
    {false, "", 0, 0, "", "lost"},
    {false, "", 0, 0, "", "arrives twice"},
    {false, "", 0, 0, "", "arrives after the next"},
    {false, "", 0, 0, "", "back to its sender"},
    {false, "", 0, 0, "", "replaced by an earlier session's"},
    {true, "", 0, 0, ":64", "from $P on an earlier session's"},
    {false, "", 0, 0, "", "replaced by one with the roles swapped"},
    {false, "number of seconds", kMaxDelay, std::nullopt, ":129601",
     "$V seconds late"},
}};

constexpr std::string_view kRandom = "random";

const Syntax& SyntaxOf(FaultKind kind) {
  return kSyntax[static_cast<size_t>(kind)];
}

std::string_view NameOf(FaultKind kind) {
  return kFaultKindNames[static_cast<size_t>(kind)];
}

// "flip:DIRECTION:LEG:WHERE[:MASK]".
std::string FormOf(FaultKind kind) {
  const Syntax& syntax = SyntaxOf(kind);
  std::string form = absl::StrCat(NameOf(kind), ":DIRECTION:LEG");
  if (syntax.has_place) {
    absl::StrAppend(&form, ":WHERE");
  }
  if (!syntax.value.empty()) {
    const std::vector<std::string_view> words =
        absl::StrSplit(syntax.value, ' ');
    const std::string name = absl::AsciiStrToUpper(words.back());
    absl::StrAppend(&form, syntax.default_value.has_value()
                               ? absl::StrCat("[:", name, "]")
                               : absl::StrCat(":", name));
  }
  return form;
}

absl::Status Wrong(std::string_view text, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("fault '", text, "': ", what));
}

// The index of `name` in `names`, or an error that lists them.
template <size_t N>
absl::StatusOr<size_t> IndexOf(const std::array<std::string_view, N>& names,
                               std::string_view name, std::string_view what) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it != names.end()) {
    return static_cast<size_t>(it - names.begin());
  }
  return absl::InvalidArgumentError(absl::StrCat("unknown ", what, " '", name,
                                                 "'; it is one of ",
                                                 absl::StrJoin(names, ", ")));
}

// Decimal, or hexadecimal with 0x.
bool ParseNumber(std::string_view text, uint32_t* number) {
  return absl::StartsWith(text, "0x") ? absl::SimpleHexAtoi(text, number)
                                      : absl::SimpleAtoi(text, number);
}

// NUMBER or randomNUMBER.
bool ParseOffset(std::string_view text, Fault* fault) {
  fault->at_random = absl::ConsumePrefix(&text, kRandom);
  return ParseNumber(text, &fault->offset);
}

// OFFSET, FIELD or FIELD+OFFSET.
bool ParsePlace(std::string_view text, Fault* fault) {
  if (ParseOffset(text, fault)) {
    return true;
  }
  const size_t plus = text.find('+');
  fault->at_random = false;
  fault->offset = 0;
  fault->field = std::string(text.substr(0, plus));
  if (fault->field.empty() ||
      !absl::ascii_isalpha(static_cast<unsigned char>(text.front()))) {
    return false;
  }
  return plus == std::string_view::npos ||
         ParseOffset(text.substr(plus + 1), fault);
}

std::string PlaceToString(const Fault& fault) {
  const std::string offset =
      absl::StrCat(fault.at_random ? kRandom : "", fault.offset);
  if (fault.field.empty()) {
    return offset;
  }
  return fault.offset == 0 && !fault.at_random
             ? fault.field
             : absl::StrCat(fault.field, "+", offset);
}

absl::StatusOr<Fault> ParseRandom(std::string_view text,
                                  std::string_view seed_text) {
  uint64_t seed = 0;
  if (!absl::SimpleAtoi(seed_text, &seed)) {
    return Wrong(text, absl::StrCat("seed '", seed_text,
                                    "' is not a number; for example random:7"));
  }
  Entropy entropy(seed, 0);
  return RandomFault(&entropy);
}

}  // namespace

absl::StatusOr<Fault> ParseFault(std::string_view text) {
  const std::vector<std::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() == 2 && parts[0] == kRandom) {
    return ParseRandom(text, parts[1]);
  }
  const absl::StatusOr<size_t> kind =
      IndexOf(kFaultKindNames, parts[0], "kind of fault");
  if (!kind.ok()) {
    return kind.status();
  }
  Fault fault;
  fault.kind = static_cast<FaultKind>(*kind);
  const Syntax& syntax = SyntaxOf(fault.kind);
  const size_t least = 3 + (syntax.has_place ? 1 : 0) +
                       (syntax.default_value.has_value() ? 0 : 1);
  const size_t most =
      3 + (syntax.has_place ? 1 : 0) + (syntax.value.empty() ? 0 : 1);
  if (parts.size() < least || parts.size() > most) {
    return Wrong(
        text, absl::StrCat("its form is ", FormOf(fault.kind), ", for example ",
                           parts[0], ":to-server:2", syntax.example));
  }
  const absl::StatusOr<size_t> direction =
      IndexOf(kDirectionNames, parts[1], "direction");
  if (!direction.ok()) {
    return direction.status();
  }
  fault.direction = static_cast<Direction>(*direction);
  if (!absl::SimpleAtoi(parts[2], &fault.leg) || fault.leg == 0) {
    return Wrong(text, absl::StrCat("leg '", parts[2],
                                    "' is not a number from 1: it counts the "
                                    "messages of a direction"));
  }
  if (syntax.has_place && !ParsePlace(parts[3], &fault)) {
    return Wrong(
        text,
        absl::StrCat("place '", parts[3],
                     "' is not a number of bytes (64), a field "
                     "(CHALLENGE.TargetInfo), a byte of a field "
                     "(CHALLENGE.TargetInfo+4) or any of them (random7)"));
  }
  fault.value = syntax.default_value.value_or(0);
  if (parts.size() == most && !syntax.value.empty() &&
      (!ParseNumber(parts.back(), &fault.value) ||
       fault.value > syntax.max_value)) {
    return Wrong(text,
                 absl::StrCat(syntax.value, " '", parts.back(),
                              "' is not a number up to ", syntax.max_value));
  }
  return fault;
}

std::string FaultToString(const Fault& fault) {
  const Syntax& syntax = SyntaxOf(fault.kind);
  std::string text = absl::StrCat(
      NameOf(fault.kind), ":",
      kDirectionNames[static_cast<size_t>(fault.direction)], ":", fault.leg);
  if (syntax.has_place) {
    absl::StrAppend(&text, ":", PlaceToString(fault));
  }
  if (!syntax.value.empty()) {
    absl::StrAppend(&text, ":", fault.value);
  }
  return text;
}

std::string DescribeFault(const Fault& fault) {
  std::string text;
  std::string_view rest = SyntaxOf(fault.kind).description;
  while (!rest.empty()) {
    if (absl::ConsumePrefix(&rest, "$P")) {
      absl::StrAppend(&text, PlaceToString(fault));
    } else if (absl::ConsumePrefix(&rest, "$V")) {
      absl::StrAppend(&text, fault.value);
    } else {
      text.push_back(rest.front());
      rest.remove_prefix(1);
    }
  }
  return text;
}

Fault RandomFault(Entropy* entropy) {
  // NTLM's callers send three messages each way at most, verdicts included;
  // half of what goes wrong should go wrong in the first.
  constexpr uint64_t kLegs = 4;
  constexpr uint64_t kPads = 64;
  constexpr uint64_t kHours = 72;
  Fault fault;
  fault.kind = static_cast<FaultKind>(entropy->Below(kFaultKindNames.size()));
  fault.direction =
      static_cast<Direction>(entropy->Below(kDirectionNames.size()));
  fault.leg = static_cast<uint32_t>(
      1 + std::min(entropy->Below(kLegs), entropy->Below(kLegs)));
  const Syntax& syntax = SyntaxOf(fault.kind);
  if (syntax.has_place) {
    fault.at_random = true;
    fault.offset = static_cast<uint32_t>(entropy->Next());
  }
  switch (fault.kind) {
    case FaultKind::kPad:
      fault.value = static_cast<uint32_t>(1 + entropy->Below(kPads));
      break;
    case FaultKind::kFlip:
      fault.value = uint32_t{1} << entropy->Below(8);
      break;
    case FaultKind::kSet:
      fault.value = static_cast<uint32_t>(entropy->Below(256));
      break;
    case FaultKind::kDelay:
      fault.value = static_cast<uint32_t>(entropy->Below(kHours * 3600));
      break;
    default:
      break;
  }
  return fault;
}

bool NeedsEarlierSession(FaultKind kind) {
  return kind == FaultKind::kReplay || kind == FaultKind::kSplice ||
         kind == FaultKind::kSwap;
}

}  // namespace sspilab::sim

#include "sim/input/input_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "sim/did_you_mean.h"
#include "sim/json_archive.h"
#include "sim/json_line.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kFormat = "sspilab input";
constexpr int kVersion = 1;

constexpr std::string_view kPackages[] = {"ntlm", "negotiate", "kerberos",
                                          "schannel", "credssp"};
constexpr std::string_view kWhat[] = {"initiator", "acceptor", "session",
                                      "framing", "sealing"};
constexpr std::string_view kPermissive = "_permissive";

constexpr std::array<std::string_view, 2> kRoleNames = {"initiator",
                                                        "acceptor"};
constexpr std::array<std::string_view, kCompletings> kCompletingNames = {
    "when told", "never", "wrong token first", "always"};
constexpr std::array<std::string_view, kOutputShapes> kOutputNames = {
    "ample",           "allocated", "too small",    "no descriptor",
    "no token buffer", "read-only", "null pointer", "wrong version"};
constexpr std::array<std::string_view, kInputShapes> kInputNames = {
    "token",         "among others",    "two tokens",   "read-only",
    "no descriptor", "no token buffer", "null pointer", "wrong version"};
constexpr std::array<std::string_view, kBindingsKinds> kBindingsNames = {
    "none",
    "unique",
    "endpoint",
    "empty",
    "too short",
    "initiator outside",
    "application outside",
    "null pointer"};
// By bit of SideSettings::options.
constexpr std::array<std::string_view, 8> kOptionNames = {
    "completes_tokens", "no_timestamp", "no_domain", "authority_unreachable",
    "clock_ahead",      "no_dns_names", "persists",  "frees_credential_early"};

// The names of the bits, with spaces between them.
struct OptionsCodec {
  static std::string to_text(uint8_t options) {
    std::vector<std::string_view> names;
    for (size_t bit = 0; bit < kOptionNames.size(); ++bit) {
      if ((options >> bit & 1) != 0) names.push_back(kOptionNames[bit]);
    }
    return absl::StrJoin(names, " ");
  }
  static absl::StatusOr<uint8_t> from_text(std::string_view text) {
    unsigned options = 0;
    for (const std::string_view name :
         absl::StrSplit(text, ' ', absl::SkipEmpty())) {
      const auto* const found =
          std::find(kOptionNames.begin(), kOptionNames.end(), name);
      if (found == kOptionNames.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat("has '", name, "'; ", DidYouMean(name, kOptionNames)));
      }
      options |= 1u << (found - kOptionNames.begin());
    }
    return static_cast<uint8_t>(options);
  }
};

}  // namespace

template <typename Archive, Either<SideSettings> T>
void Fields(Archive& archive, T& value) {
  archive("policy_0", value.policy[0]);
  archive("policy_1", value.policy[1]);
  archive("policy_2", value.policy[2]);
  archive("requirements_0", value.requirements[0]);
  archive("requirements_1", value.requirements[1]);
  archive.Text("options", value.options, OptionsCodec());
  archive.Name("completing", value.completing, kCompletingNames);
  uint8_t kind = value.bindings % kBindingsKinds;
  uint8_t legs = value.bindings >> 4;
  archive.Name("bindings", kind, kBindingsNames);
  archive.Range("bindings_legs", legs, 0, 0x0F);
  if constexpr (!std::is_const_v<T>) {
    value.bindings = static_cast<uint8_t>(legs << 4 | kind);
  }
  archive.Name("output", value.output, kOutputNames);
  archive("small_room", value.small_room);
  archive.Name("input", value.input, kInputNames);
  archive("refused_allocation", value.refused_allocation);
}

template <typename Archive, Either<Settings> T>
void Fields(Archive& archive, T& value) {
  archive("seed", value.seed);
  archive("credential", value.credential);
  archive("target", value.target);
  archive("initiator", value.initiator);
  archive("acceptor", value.acceptor);
}

// The first key is the kind.
template <typename Archive, Either<Operation> T>
void Fields(Archive& archive, T& value) {
  const char* const name = kOperationNames[static_cast<size_t>(value.kind)];
  if (IsOfToken(value.kind)) {
    archive(name, value.target);
  } else {
    archive.Name(name, value.target, kRoleNames);
  }
  archive.Optional("place", value.place);
  archive.Optional("value", value.value);
  if (HasBytes(value.kind)) archive("bytes", value.bytes);
}

namespace {

absl::Status ReadHeader(const Json& json, std::string_view target,
                        Settings* settings) {
  std::string format, whose;
  int version = 0;
  JsonReader reader(json, "");
  reader("format", format);
  reader("version", version);
  reader("target", whose);
  reader("settings", *settings);
  if (format != kFormat || version != kVersion) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the first line is not that of an input: format is '", format,
        "' and version ", version, ", not '", kFormat, "' and ", kVersion));
  }
  if (whose != target) {
    return absl::InvalidArgumentError(absl::StrCat(
        "this is an input of '", whose, "', not of '", target, "'"));
  }
  return reader.Finish();
}

absl::Status ReadOperation(const Json& json, Operation* operation) {
  const auto* const name =
      std::find_if(kOperationNames.begin(), kOperationNames.end(),
                   [&](const char* candidate) {
                     return json.is_object() && json.contains(candidate);
                   });
  if (name == kOperationNames.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the line is no operation: it has none of ",
                     absl::StrJoin(kOperationNames, ", ")));
  }
  operation->kind = static_cast<OperationKind>(name - kOperationNames.begin());
  JsonReader reader(json, "");
  Fields(reader, *operation);
  if (operation->bytes.size() > Operation::kMostBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("bytes are more than ", Operation::kMostBytes));
  }
  return reader.Finish();
}

}  // namespace

absl::Status CheckInputTarget(std::string_view target) {
  const std::pair<std::string_view, std::string_view> parts = absl::StrSplit(
      absl::StripSuffix(target, kPermissive), absl::MaxSplits('_', 1));
  const auto is_one_of = [](std::string_view word, const auto& words) {
    return std::find(std::begin(words), std::end(words), word) !=
           std::end(words);
  };
  if (is_one_of(parts.first, kPackages) && is_one_of(parts.second, kWhat)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("no target '", target, "' has such inputs: it is one of ",
                   absl::StrJoin(kPackages, ", "), ", and _ and one of ",
                   absl::StrJoin(kWhat, ", "), " behind it"));
}

absl::StatusOr<std::string> InputToText(const Input& input,
                                        std::string_view target) {
  JsonWriter header;
  header("format", std::string(kFormat));
  header("version", kVersion);
  header("target", std::string(target));
  header("settings", input.settings);
  absl::Status status = header.status();
  std::string text = absl::StrCat(header.TakeObject().dump(), "\n");
  for (const Operation& operation : input.operations) {
    JsonWriter writer;
    Fields(writer, operation);
    status.Update(writer.status());
    absl::StrAppend(&text, writer.TakeObject().dump(), "\n");
  }
  if (!status.ok()) return status;
  return text;
}

absl::StatusOr<Input> InputFromText(std::string_view text,
                                    std::string_view file,
                                    std::string_view target) {
  Input input;
  size_t number = 0;
  for (const std::string_view line :
       absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    const std::string place = absl::StrCat(file, ":", ++number);
    const absl::StatusOr<Json> json = ParseJsonLine(line, place);
    if (!json.ok()) return json.status();
    absl::Status status;
    if (number == 1) {
      status = ReadHeader(*json, target, &input.settings);
    } else if (input.operations.size() == Input::kMostOperations) {
      status = absl::InvalidArgumentError(absl::StrCat(
          "there are more than ", Input::kMostOperations, " operations"));
    } else {
      status = ReadOperation(*json, &input.operations.emplace_back());
    }
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": ", status.message()));
    }
  }
  return input;
}

}  // namespace sspilab::sim

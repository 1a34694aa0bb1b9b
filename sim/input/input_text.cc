#include "sim/input/input_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "sim/did_you_mean.h"
#include "sim/input/record.h"
#include "sim/json_archive.h"
#include "sim/json_line.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kFormat = "sspilab input";
constexpr int kVersion = 1;

constexpr std::string_view kPackages[] = {"ntlm", "negotiate", "kerberos",
                                          "schannel", "credssp"};
constexpr std::string_view kWhat[] = {"initiator", "acceptor", "session",
                                      "framing",   "sealing",  "relay"};
constexpr std::string_view kPermissive = "_permissive";

constexpr std::array<std::string_view, 2> kRoleNames = {"initiator",
                                                        "acceptor"};
constexpr std::array<std::string_view, kCompletings> kCompletingNames = {
    "when told", "never", "wrong token first", "always", "not the last"};
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

// A byte by its names, with spaces between them; the number in its lower bits
// stands behind them if it is not zero.
struct FieldCodec {
  const RecordField& field;

  std::string to_text(uint8_t byte) const {
    const unsigned upper = static_cast<unsigned>(byte) >> field.number_bits;
    const unsigned number = byte & ((1u << field.number_bits) - 1);
    std::vector<std::string> words;
    if (!field.is_bits) {
      words.emplace_back(
          field.names[upper < field.firsts ? 0 : upper - field.firsts + 1]);
    }
    for (size_t bit = 0; field.is_bits && bit < field.names.size(); ++bit) {
      if ((upper >> bit & 1) != 0) words.emplace_back(field.names[bit]);
    }
    if (number != 0) words.push_back(absl::StrCat(number));
    return absl::StrJoin(words, " ");
  }

  absl::StatusOr<uint8_t> from_text(std::string_view text) const {
    unsigned upper = 0, number = 0;
    for (const std::string_view word :
         absl::StrSplit(text, ' ', absl::SkipEmpty())) {
      const auto* const found =
          std::find(field.names.begin(), field.names.end(), word);
      const auto index = static_cast<unsigned>(found - field.names.begin());
      if (found == field.names.end()) {
        if (!absl::SimpleAtoi(word, &number) ||
            number >> field.number_bits != 0) {
          return absl::InvalidArgumentError(absl::StrCat(
              "has '", word, "'; ", DidYouMean(word, field.names)));
        }
      } else if (field.is_bits) {
        upper |= 1u << index;
      } else {
        upper = index == 0 ? 0 : index + field.firsts - 1;
      }
    }
    return static_cast<uint8_t>(upper << field.number_bits | number);
  }
};

constexpr RecordField kOptions = {
    .name = "options", .names = kOptionNames, .is_bits = true};

// The settings of an input whose fields are a table.
struct TableSettings {
  const RecordFormat& format;
  Record record;
};

template <typename Archive, typename Byte>
void FieldOf(Archive& archive, const char* key, const RecordField& field,
             Byte& byte) {
  if (field.names.empty()) {
    archive(key, byte);
  } else {
    archive.Text(key, byte, FieldCodec{field});
  }
}

}  // namespace

template <typename Archive, Either<SideSettings> T>
void Fields(Archive& archive, T& value) {
  archive("policy_0", value.policy[0]);
  archive("policy_1", value.policy[1]);
  archive("policy_2", value.policy[2]);
  archive("requirements_0", value.requirements[0]);
  archive("requirements_1", value.requirements[1]);
  FieldOf(archive, kOptions.name, kOptions, value.options);
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

template <typename Archive, Either<TableSettings> T>
void Fields(Archive& archive, T& value) {
  const absl::Span<const RecordField> fields = value.format.settings;
  for (size_t i = 0; i < fields.size(); ++i) {
    FieldOf(archive, fields[i].name, fields[i], value.record[i]);
  }
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

// The kind is known; its name is the first key, as above. What is zero is left
// out.
template <typename Archive, Either<Record> T>
void TableFields(Archive& archive, const RecordFormat& format, T& value) {
  const absl::Span<const RecordField> fields = format.operation;
  FieldOf(archive, fields[0].names[value[0]].data(), fields[1], value[1]);
  for (size_t i = 2; i < fields.size(); ++i) {
    if (std::is_const_v<T> && value[i] == 0) continue;
    FieldOf(archive, fields[i].name, fields[i], value[i]);
  }
}

template <typename AnySettings>
absl::Status ReadHeader(const Json& json, std::string_view target,
                        AnySettings* settings) {
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

// Which of the kinds has its name among the keys.
template <typename Names>
absl::StatusOr<uint8_t> ReadKind(const Json& json, const Names& names) {
  const auto name =
      std::find_if(std::begin(names), std::end(names), [&](const auto& known) {
        return json.is_object() && json.contains(std::string(known));
      });
  if (name == std::end(names)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the line is no operation: it has none of ",
                     absl::StrJoin(names, ", ")));
  }
  return static_cast<uint8_t>(name - std::begin(names));
}

absl::Status ReadOperation(const Json& json, Operation* operation) {
  const absl::StatusOr<uint8_t> kind = ReadKind(json, kOperationNames);
  if (!kind.ok()) return kind.status();
  operation->kind = static_cast<OperationKind>(*kind);
  JsonReader reader(json, "");
  Fields(reader, *operation);
  if (operation->bytes.size() > Operation::kMostBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("bytes are more than ", Operation::kMostBytes));
  }
  return reader.Finish();
}

absl::Status ReadRecord(const Json& json, const RecordFormat& format,
                        Record* record) {
  const absl::StatusOr<uint8_t> kind =
      ReadKind(json, format.operation[0].names);
  if (!kind.ok()) return kind.status();
  record->assign(format.operation.size(), 0);
  record->front() = *kind;
  JsonReader reader(json, "");
  TableFields(reader, format, *record);
  return reader.Finish();
}

// Calls `header` with the first line, and `operation` with each of the others,
// of which there are `most` at most. The error says which line it is about.
absl::Status ReadLines(std::string_view text, std::string_view file,
                       size_t most,
                       absl::FunctionRef<absl::Status(const Json&)> header,
                       absl::FunctionRef<absl::Status(const Json&)> operation) {
  size_t number = 0;
  for (const std::string_view line :
       absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    const std::string place = absl::StrCat(file, ":", ++number);
    const absl::StatusOr<Json> json = ParseJsonLine(line, place);
    if (!json.ok()) return json.status();
    const absl::Status status =
        number == 1         ? header(*json)
        : number > most + 1 ? absl::InvalidArgumentError(absl::StrCat(
                                  "there are more than ", most, " operations"))
                            : operation(*json);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

// The lines of a text; the first error stays.
class TextWriter {
 public:
  template <typename AnySettings>
  TextWriter(std::string_view target, const AnySettings& settings) {
    JsonWriter header;
    header("format", std::string(kFormat));
    header("version", kVersion);
    header("target", std::string(target));
    header("settings", settings);
    Add(header);
  }
  void Add(JsonWriter& line) {
    status_.Update(line.status());
    absl::StrAppend(&text_, line.TakeText(), "\n");
  }
  absl::StatusOr<std::string> Text() const {
    if (!status_.ok()) return status_;
    return text_;
  }

 private:
  absl::Status status_;
  std::string text_;
};

}  // namespace

absl::Status CheckInputTarget(std::string_view target) {
  if (RecordFormatOf(target) != nullptr) return absl::OkStatus();
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
      absl::StrCat("no target '", target,
                   "' has such inputs: it is api, sealing, or one of ",
                   absl::StrJoin(kPackages, ", "), ", and _ and one of ",
                   absl::StrJoin(kWhat, ", "), " behind it"));
}

absl::StatusOr<std::string> InputToText(const Input& input,
                                        std::string_view target) {
  TextWriter text(target, input.settings);
  for (const Operation& operation : input.operations) {
    JsonWriter writer;
    Fields(writer, operation);
    text.Add(writer);
  }
  return text.Text();
}

absl::StatusOr<Input> InputFromText(std::string_view text,
                                    std::string_view file,
                                    std::string_view target) {
  Input input;
  const absl::Status status = ReadLines(
      text, file, Input::kMostOperations,
      [&](const Json& json) {
        return ReadHeader(json, target, &input.settings);
      },
      [&](const Json& json) {
        return ReadOperation(json, &input.operations.emplace_back());
      });
  if (!status.ok()) return status;
  return input;
}

absl::StatusOr<std::string> RecordsToText(const RecordInput& input,
                                          const RecordFormat& format) {
  TextWriter text(format.target, TableSettings{format, input.settings});
  for (const Record& operation : input.operations) {
    JsonWriter writer;
    TableFields(writer, format, operation);
    text.Add(writer);
  }
  return text.Text();
}

absl::StatusOr<RecordInput> RecordsFromText(std::string_view text,
                                            std::string_view file,
                                            const RecordFormat& format) {
  TableSettings settings = {format, Record(format.settings.size())};
  std::vector<Record> operations;
  const absl::Status status = ReadLines(
      text, file, format.most_operations,
      [&](const Json& json) {
        return ReadHeader(json, format.target, &settings);
      },
      [&](const Json& json) {
        return ReadRecord(json, format, &operations.emplace_back());
      });
  if (!status.ok()) return status;
  return RecordInput{settings.record, operations};
}

absl::StatusOr<std::string> SeedToText(absl::Span<const uint8_t> seed,
                                       std::string_view target) {
  const RecordFormat* const format = RecordFormatOf(target);
  return format == nullptr
             ? InputToText(Input::Decode(seed), target)
             : RecordsToText(RecordInput::Decode(*format, seed), *format);
}

absl::StatusOr<std::vector<uint8_t>> SeedFromText(std::string_view text,
                                                  std::string_view file,
                                                  std::string_view target) {
  const auto encoded = [](const auto& input) {
    return input.ok() ? absl::StatusOr<std::vector<uint8_t>>(input->Encode())
                      : input.status();
  };
  const RecordFormat* const format = RecordFormatOf(target);
  return format == nullptr ? encoded(InputFromText(text, file, target))
                           : encoded(RecordsFromText(text, file, *format));
}

}  // namespace sspilab::sim

#include "sim/json_values.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/status.h"
#include "core/wire/utf.h"
#include "sim/did_you_mean.h"
#include "sim/trace.h"

namespace sspilab::sim {
namespace {

// Of a value whose own parser says what is wrong.
template <typename T>
absl::Status Take(absl::StatusOr<T> parsed, T* value) {
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is wrong: ", parsed.status().message()));
  }
  *value = *std::move(parsed);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> WriteJsonValue(const std::string& text) {
  // Checked here, since the JSON library would stop the program.
  const absl::StatusOr<std::u16string> utf16 = wire::Utf8ToUtf16(text);
  if (!utf16.ok()) {
    return utf16.status();
  }
  return text;
}

absl::Status ReadJsonValue(std::string_view text, std::string* value) {
  *value = std::string(text);
  return absl::OkStatus();
}

absl::StatusOr<std::string> WriteJsonValue(const std::u16string& text) {
  return wire::Utf16ToUtf8(text);
}

absl::Status ReadJsonValue(std::string_view text, std::u16string* value) {
  absl::StatusOr<std::u16string> utf16 = wire::Utf8ToUtf16(text);
  if (!utf16.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is not UTF-8: ", utf16.status().message()));
  }
  *value = *std::move(utf16);
  return absl::OkStatus();
}

absl::StatusOr<std::string> WriteJsonValue(const std::vector<uint8_t>& bytes) {
  return absl::BytesToHexString(std::string_view(
      reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

absl::Status ReadJsonValue(std::string_view text, std::vector<uint8_t>* value) {
  for (const char c : text) {
    // Upper case would not be the same file when written again.
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c)) ||
        absl::ascii_isupper(static_cast<unsigned char>(c))) {
      return absl::InvalidArgumentError(
          "is not hexadecimal with lower-case digits");
    }
  }
  if (text.size() % 2 != 0) {
    return absl::InvalidArgumentError("is an odd number of hexadecimal digits");
  }
  const std::string bytes = absl::HexStringToBytes(text);
  value->assign(bytes.begin(), bytes.end());
  return absl::OkStatus();
}

absl::StatusOr<std::string> WriteJsonValue(const Fault& fault) {
  return FaultToString(fault);
}

absl::Status ReadJsonValue(std::string_view text, Fault* value) {
  absl::StatusOr<Fault> fault = ParseFault(text);
  if (!fault.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is no fault: ", fault.status().message()));
  }
  *value = *fault;
  return absl::OkStatus();
}

absl::StatusOr<std::string> WriteJsonValue(const DeviationPlace& place) {
  return DeviationPlaceToString(place);
}

absl::Status ReadJsonValue(std::string_view text, DeviationPlace* value) {
  return Take(ParseDeviationPlace(text), value);
}

absl::StatusOr<std::string> WriteJsonValue(const Call& call) {
  return std::string(CallName(call));
}

absl::Status ReadJsonValue(std::string_view text, Call* value) {
  return Take(ParseCallName(text), value);
}

absl::StatusOr<std::string> WriteJsonValue(const NullableArgument& argument) {
  return std::string(kNullableArgumentNames[static_cast<size_t>(argument)]);
}

absl::Status ReadJsonValue(std::string_view text, NullableArgument* value) {
  return Take(ParseNullableArgument(text), value);
}

absl::StatusOr<std::string> WriteJsonValue(const AttributeNumber& attribute) {
  return AttributeNumberToString(attribute);
}

absl::Status ReadJsonValue(std::string_view text, AttributeNumber* value) {
  return Take(ParseAttributeNumber(text), value);
}

absl::StatusOr<std::string> WriteJsonValue(const StatusValue& status) {
  return JsonStatus::to_text(status.value);
}

absl::Status ReadJsonValue(std::string_view text, StatusValue* value) {
  const absl::StatusOr<SECURITY_STATUS> status = JsonStatus::from_text(text);
  if (status.ok()) {
    value->value = *status;
  }
  return status.status();
}

absl::StatusOr<std::string> WriteJsonValue(const tls::CertificateFlaw& flaw) {
  return std::string(tls::kCertificateFlawNames[static_cast<size_t>(flaw)]);
}

absl::Status ReadJsonValue(std::string_view text, tls::CertificateFlaw* value) {
  const auto& names = tls::kCertificateFlawNames;
  const auto* const it = std::find(names.begin(), names.end(), text);
  if (it == names.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("is '", text, "'; ", DidYouMean(text, names)));
  }
  *value = static_cast<tls::CertificateFlaw>(it - names.begin());
  return absl::OkStatus();
}

absl::StatusOr<std::string> WriteJsonValue(const kerberos::Etype& etype) {
  return std::string(kerberos::Find(etype).name);
}

absl::Status ReadJsonValue(std::string_view text, kerberos::Etype* value) {
  std::vector<std::string_view> names;
  for (const kerberos::EncryptionType& type : kerberos::EncryptionTypes()) {
    if (type.name == text) {
      *value = type.etype;
      return absl::OkStatus();
    }
    names.push_back(type.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("is '", text, "'; ", DidYouMean(text, names)));
}

absl::StatusOr<std::string> WriteJsonValue(const kerberos::Key& key) {
  const absl::Span<const uint8_t> bytes = key.bytes();
  return absl::StrCat(
      key.type().name, ":",
      *WriteJsonValue(std::vector<uint8_t>(bytes.begin(), bytes.end())));
}

absl::Status ReadJsonValue(std::string_view text, kerberos::Key* value) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "is '", text,
        "'; a key is its encryption type, a colon and its bytes: "
        "aes128-cts-hmac-sha1-96:00112233445566778899aabbccddeeff"));
  }
  kerberos::Etype etype;
  absl::Status status = ReadJsonValue(text.substr(0, colon), &etype);
  std::vector<uint8_t> bytes;
  status.Update(ReadJsonValue(text.substr(colon + 1), &bytes));
  if (!status.ok()) {
    return status;
  }
  const std::optional<kerberos::Key> key =
      kerberos::Key::Of(static_cast<int32_t>(etype), bytes);
  if (!key.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "has ", bytes.size(), " bytes; a key of ", text.substr(0, colon),
        " has ", kerberos::Find(etype).key_size));
  }
  *value = *key;
  return absl::OkStatus();
}

std::string JsonStatus::to_text(SECURITY_STATUS status) {
  return StatusName(status);
}

absl::StatusOr<SECURITY_STATUS> JsonStatus::from_text(std::string_view text) {
  if (const StatusInfo* info = FindStatusByName(text); info != nullptr) {
    return info->value;
  }
  uint32_t value = 0;
  if (absl::SimpleHexAtoi(text, &value) &&
      StatusName(static_cast<SECURITY_STATUS>(value)) == text) {
    return static_cast<SECURITY_STATUS>(value);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("is '", text, "', which is no status"));
}

std::string JsonBufferType::to_text(uint32_t type) {
  const std::string_view name = BufferTypeName(type);
  return name.empty() ? absl::StrCat(type) : std::string(name);
}

absl::StatusOr<uint32_t> JsonBufferType::from_text(std::string_view text) {
  uint32_t type = 0;
  if (const std::optional<ULONG> named = BufferTypeByName(text)) {
    return *named;
  }
  if (absl::SimpleAtoi(text, &type) && BufferTypeName(type).empty()) {
    return type;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("is '", text, "', which is no type of buffer"));
}

}  // namespace sspilab::sim

#ifndef SSPILAB_SIM_JSON_VALUES_H_
#define SSPILAB_SIM_JSON_VALUES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/sspi_status.h"
#include "core/status.h"
#include "core/tls/lab_certificates.h"
#include "sim/deviation.h"
#include "sim/wire.h"

namespace sspilab::sim {

// Values that are a string in JSON. Errors are InvalidArgument and go on where
// "KEY " began: "is not hexadecimal".

absl::StatusOr<std::string> WriteJsonValue(const std::string& text);
absl::Status ReadJsonValue(std::string_view text, std::string* value);

absl::StatusOr<std::string> WriteJsonValue(const std::u16string& text);
absl::Status ReadJsonValue(std::string_view text, std::u16string* value);

// Bytes, two lower-case digits each.
absl::StatusOr<std::string> WriteJsonValue(const std::vector<uint8_t>& bytes);
absl::Status ReadJsonValue(std::string_view text, std::vector<uint8_t>* value);

// KIND:DIRECTION:LEG[:OFFSET].
absl::StatusOr<std::string> WriteJsonValue(const Fault& fault);
absl::Status ReadJsonValue(std::string_view text, Fault* value);

// "after InitializeSecurityContext 2"; a function; an argument; an attribute.
absl::StatusOr<std::string> WriteJsonValue(const DeviationPlace& place);
absl::Status ReadJsonValue(std::string_view text, DeviationPlace* value);
absl::StatusOr<std::string> WriteJsonValue(const Call& call);
absl::Status ReadJsonValue(std::string_view text, Call* value);
absl::StatusOr<std::string> WriteJsonValue(const NullableArgument& argument);
absl::Status ReadJsonValue(std::string_view text, NullableArgument* value);
absl::StatusOr<std::string> WriteJsonValue(const AttributeNumber& attribute);
absl::Status ReadJsonValue(std::string_view text, AttributeNumber* value);
absl::StatusOr<std::string> WriteJsonValue(const StatusValue& status);
absl::Status ReadJsonValue(std::string_view text, StatusValue* value);

absl::StatusOr<std::string> WriteJsonValue(const tls::CertificateFlaw& flaw);
absl::Status ReadJsonValue(std::string_view text, tls::CertificateFlaw* value);

// "aes256-cts-hmac-sha1-96"; a key has ":" and its bytes behind that.
absl::StatusOr<std::string> WriteJsonValue(const kerberos::Etype& etype);
absl::Status ReadJsonValue(std::string_view text, kerberos::Etype* value);
absl::StatusOr<std::string> WriteJsonValue(const kerberos::Key& key);
absl::Status ReadJsonValue(std::string_view text, kerberos::Key* value);

// A status by its name, or "0x8009FFFF" where it has none. SECURITY_STATUS is a
// plain number for C++, hence a type of its own.
struct JsonStatus {
  static std::string to_text(SECURITY_STATUS status);
  static absl::StatusOr<SECURITY_STATUS> from_text(std::string_view text);
};

// SECBUFFER_* without its prefix, or a number.
struct JsonBufferType {
  static std::string to_text(uint32_t type);
  static absl::StatusOr<uint32_t> from_text(std::string_view text);
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_JSON_VALUES_H_

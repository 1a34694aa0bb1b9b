#include "core/credssp/messages.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace sspilab::credssp {
namespace {

using wire::ContextTag;
using wire::DerReader;
using wire::DerRules;
using wire::DerTag;
using wire::DerWriter;

// Reads a SEQUENCE of fields, each in its own explicit tag. The first thing
// that is wrong is remembered; what is read after it means nothing.
class FieldReader {
 public:
  FieldReader(std::string_view message, Bytes bytes) : message_(message) {
    DerReader whole(bytes, DerRules::kBer);
    if (!whole.Enter(DerTag::kSequence, &fields_)) {
      Fail("not a SEQUENCE", whole);
    } else if (!whole.AtEnd()) {
      Fail("something follows", whole);
    }
  }
  FieldReader(std::string_view message, DerReader fields)
      : message_(message), fields_(fields) {}

  const absl::Status& status() const { return status_; }
  DerReader& fields() { return fields_; }

  // True if the field is there; `inside` then reads it.
  bool Enter(unsigned number, DerReader* inside) {
    if (!status_.ok() || !fields_.NextIs(ContextTag(number))) return false;
    if (fields_.Enter(ContextTag(number), inside)) return true;
    Fail("wrong length", fields_);
    return false;
  }

  void Optional(unsigned number, std::string_view name,
                std::optional<Bytes>* value) {
    DerReader inside;
    if (!Enter(number, &inside)) return;
    Bytes bytes;
    if (!inside.ReadOctetString(&bytes) || !inside.AtEnd()) {
      FailIn(name, " is not one OCTET STRING", inside);
      return;
    }
    *value = bytes;
  }

  void Optional(unsigned number, std::string_view name,
                std::optional<int64_t>* value) {
    DerReader inside;
    if (!Enter(number, &inside)) return;
    int64_t integer;
    if (!inside.ReadInteger(&integer) || !inside.AtEnd()) {
      FailIn(name, " is not one INTEGER of 64 bits", inside);
      return;
    }
    *value = integer;
  }

  template <typename T>
  void Required(unsigned number, std::string_view name, T* value) {
    std::optional<T> found;
    Optional(number, name, &found);
    if (found.has_value()) {
      *value = *found;
    } else {
      FailIn(name, " is missing", fields_);
    }
  }

  // Nothing may follow.
  void End() {
    if (!fields_.AtEnd()) Fail("an unknown field", fields_);
  }

  // What was wrong with a structure in here.
  void Adopt(const absl::Status& inner) {
    if (!status_.ok() || inner.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat(message_, ": ", inner.message()));
  }

  void Fail(std::string_view what, const DerReader& where) {
    FailIn("", what, where);
  }
  // Only the first failure is told: no others make a text.
  void FailIn(std::string_view field, std::string_view what,
              const DerReader& where) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(absl::StrCat(
        message_, ": ", field, what, " at byte ", where.position()));
  }

 private:
  std::string_view message_;
  DerReader fields_;
  absl::Status status_;
};

// Writers write backwards: the last field first.

void WriteField(DerWriter& writer, unsigned number, Bytes value) {
  writer.Write(ContextTag(number), [&] { writer.WriteOctetString(value); });
}

void WriteField(DerWriter& writer, unsigned number,
                const std::optional<Bytes>& value) {
  if (value.has_value()) WriteField(writer, number, *value);
}

void WriteField(DerWriter& writer, unsigned number, int64_t value) {
  writer.Write(ContextTag(number), [&] { writer.WriteInteger(value); });
}

void ReadNegoData(FieldReader& reader, DerReader field, TsRequest* request) {
  DerReader list;
  if (!field.Enter(DerTag::kSequence, &list) || !field.AtEnd()) {
    return reader.Fail("negoTokens is not one SEQUENCE", field);
  }
  do {
    DerReader element;
    DerReader token;
    Bytes bytes;
    if (!list.Enter(DerTag::kSequence, &element)) {
      return reader.Fail("no NegoData element", list);
    }
    if (!element.Enter(ContextTag(0), &token) || !element.AtEnd() ||
        !token.ReadOctetString(&bytes) || !token.AtEnd()) {
      return reader.Fail("negoToken is not one OCTET STRING", token);
    }
    request->nego_tokens.push_back(bytes);
  } while (!list.AtEnd());
}

void ReadPackageCred(FieldReader& reader, TsRemoteGuardPackageCred* cred) {
  reader.Required(0, "packageName", &cred->package_name);
  reader.Required(1, "credBuffer", &cred->cred_buffer);
  reader.End();
}

void WritePackageCred(DerWriter& writer, const TsRemoteGuardPackageCred& cred) {
  writer.Write(DerTag::kSequence, [&] {
    WriteField(writer, 1, cred.cred_buffer);
    WriteField(writer, 0, cred.package_name);
  });
}

// A structure in a field: `read(reader)` reads its fields.
template <typename Read>
void RequiredStructure(FieldReader& outer, unsigned number,
                       std::string_view name, Read read) {
  DerReader field;
  if (!outer.Enter(number, &field)) {
    return outer.FailIn(name, " is missing", outer.fields());
  }
  DerReader fields;
  if (!field.Enter(DerTag::kSequence, &fields) || !field.AtEnd()) {
    return outer.FailIn(name, " is not one SEQUENCE", field);
  }
  FieldReader inner(name, fields);
  read(inner);
  outer.Adopt(inner.status());
}

}  // namespace

absl::StatusOr<TsRequest> TsRequest::Parse(Bytes bytes) {
  FieldReader reader("TSRequest", bytes);
  TsRequest request;
  int64_t number = 0;
  reader.Required(0, "version", &number);
  if (number < 0 || number > std::numeric_limits<int32_t>::max()) {
    reader.Fail("version out of range", reader.fields());
  }
  request.version = static_cast<uint32_t>(number);
  DerReader field;
  if (reader.Enter(1, &field)) ReadNegoData(reader, field, &request);
  reader.Optional(2, "authInfo", &request.auth_info);
  reader.Optional(3, "pubKeyAuth", &request.pub_key_auth);
  std::optional<int64_t> error_code;
  reader.Optional(4, "errorCode", &error_code);
  if (error_code.has_value()) {
    // 32 bits, which some take for signed and others not.
    if (*error_code < std::numeric_limits<int32_t>::min() ||
        *error_code > std::numeric_limits<uint32_t>::max()) {
      reader.Fail("errorCode out of range", reader.fields());
    }
    request.error_code = static_cast<uint32_t>(*error_code);
  }
  reader.Optional(5, "clientNonce", &request.client_nonce);
  while (reader.status().ok() && !reader.fields().AtEnd()) {
    DerTag tag;
    Bytes ignored;
    if (!reader.fields().ReadAny(&tag, &ignored) ||
        wire::ClassOf(tag) != wire::DerClass::kContext ||
        wire::NumberOf(tag) <= 5) {
      reader.Fail("a field out of order", reader.fields());
    }
  }
  if (!reader.status().ok()) return reader.status();
  return request;
}

void TsRequest::WriteTo(DerWriter& writer) const {
  writer.Write(DerTag::kSequence, [&] {
    WriteField(writer, 5, client_nonce);
    if (error_code.has_value()) {
      WriteField(writer, 4, int64_t{static_cast<int32_t>(*error_code)});
    }
    WriteField(writer, 3, pub_key_auth);
    WriteField(writer, 2, auth_info);
    if (!nego_tokens.empty()) {
      writer.Write(ContextTag(1), [&] {
        writer.Write(DerTag::kSequence, [&] {
          for (size_t i = nego_tokens.size(); i-- > 0;) {
            writer.Write(DerTag::kSequence,
                         [&] { WriteField(writer, 0, nego_tokens[i]); });
          }
        });
      });
    }
    WriteField(writer, 0, int64_t{version});
  });
}

absl::StatusOr<TsCredentials> TsCredentials::Parse(Bytes bytes) {
  FieldReader reader("TSCredentials", bytes);
  TsCredentials credentials;
  reader.Required(0, "credType", &credentials.type);
  reader.Required(1, "credentials", &credentials.credentials);
  reader.End();
  if (!reader.status().ok()) return reader.status();
  return credentials;
}

void TsCredentials::WriteTo(DerWriter& writer) const {
  writer.Write(DerTag::kSequence, [&] {
    WriteField(writer, 1, credentials);
    WriteField(writer, 0, type);
  });
}

absl::StatusOr<TsPasswordCreds> TsPasswordCreds::Parse(Bytes bytes) {
  FieldReader reader("TSPasswordCreds", bytes);
  TsPasswordCreds creds;
  reader.Required(0, "domainName", &creds.domain_name);
  reader.Required(1, "userName", &creds.user_name);
  reader.Required(2, "password", &creds.password);
  reader.End();
  if (!reader.status().ok()) return reader.status();
  return creds;
}

void TsPasswordCreds::WriteTo(DerWriter& writer) const {
  writer.Write(DerTag::kSequence, [&] {
    WriteField(writer, 2, password);
    WriteField(writer, 1, user_name);
    WriteField(writer, 0, domain_name);
  });
}

absl::StatusOr<TsSmartCardCreds> TsSmartCardCreds::Parse(Bytes bytes) {
  FieldReader reader("TSSmartCardCreds", bytes);
  TsSmartCardCreds creds;
  reader.Required(0, "pin", &creds.pin);
  RequiredStructure(reader, 1, "cspData", [&creds](FieldReader& inner) {
    TsCspDataDetail& data = creds.csp_data;
    inner.Required(0, "keySpec", &data.key_spec);
    inner.Optional(1, "cardName", &data.card_name);
    inner.Optional(2, "readerName", &data.reader_name);
    inner.Optional(3, "containerName", &data.container_name);
    inner.Optional(4, "cspName", &data.csp_name);
    inner.End();
  });
  reader.Optional(2, "userHint", &creds.user_hint);
  reader.Optional(3, "domainHint", &creds.domain_hint);
  reader.End();
  if (!reader.status().ok()) return reader.status();
  return creds;
}

void TsSmartCardCreds::WriteTo(DerWriter& writer) const {
  writer.Write(DerTag::kSequence, [&] {
    WriteField(writer, 3, domain_hint);
    WriteField(writer, 2, user_hint);
    writer.Write(ContextTag(1), [&] {
      writer.Write(DerTag::kSequence, [&] {
        WriteField(writer, 4, csp_data.csp_name);
        WriteField(writer, 3, csp_data.container_name);
        WriteField(writer, 2, csp_data.reader_name);
        WriteField(writer, 1, csp_data.card_name);
        WriteField(writer, 0, csp_data.key_spec);
      });
    });
    WriteField(writer, 0, pin);
  });
}

absl::StatusOr<TsRemoteGuardCreds> TsRemoteGuardCreds::Parse(Bytes bytes) {
  FieldReader reader("TSRemoteGuardCreds", bytes);
  TsRemoteGuardCreds creds;
  RequiredStructure(reader, 0, "logonCred", [&creds](FieldReader& inner) {
    ReadPackageCred(inner, &creds.logon_cred);
  });
  DerReader field;
  if (reader.Enter(1, &field)) {
    DerReader list;
    if (!field.Enter(DerTag::kSequence, &list) || !field.AtEnd()) {
      reader.Fail("supplementalCreds is not one SEQUENCE", field);
    }
    creds.supplemental_creds.emplace();
    while (reader.status().ok() && !list.AtEnd()) {
      DerReader fields;
      if (!list.Enter(DerTag::kSequence, &fields)) {
        reader.Fail("supplementalCreds holds no SEQUENCE", list);
        break;
      }
      FieldReader inner("supplementalCreds", fields);
      ReadPackageCred(inner, &creds.supplemental_creds->emplace_back());
      reader.Adopt(inner.status());
    }
  }
  reader.End();
  if (!reader.status().ok()) return reader.status();
  return creds;
}

void TsRemoteGuardCreds::WriteTo(DerWriter& writer) const {
  writer.Write(DerTag::kSequence, [&] {
    if (supplemental_creds.has_value()) {
      writer.Write(ContextTag(1), [&] {
        writer.Write(DerTag::kSequence, [&] {
          for (size_t i = supplemental_creds->size(); i-- > 0;) {
            WritePackageCred(writer, (*supplemental_creds)[i]);
          }
        });
      });
    }
    writer.Write(ContextTag(0), [&] { WritePackageCred(writer, logon_cred); });
  });
}

std::optional<size_t> TsRequestSize(Bytes begin) {
  if (begin.size() < 2 || begin[0] != static_cast<uint8_t>(DerTag::kSequence)) {
    return std::nullopt;
  }
  if (begin[1] < 0x80) return size_t{2} + begin[1];
  const size_t octets = begin[1] & 0x7F;
  if (octets == 0 || octets > sizeof(uint32_t) || begin.size() < 2 + octets) {
    return std::nullopt;
  }
  size_t size = 0;
  for (size_t i = 0; i < octets; ++i) size = size << 8 | begin[2 + i];
  return 2 + octets + size;
}

}  // namespace sspilab::credssp

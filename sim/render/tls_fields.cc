#include "sim/render/tls_fields.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/render/piece.h"
#include "sim/render/text.h"
#include "sim/render/tls_names.h"
#include "sim/render/tls_values.h"

namespace sspilab::sim {
namespace {

constexpr size_t kRecordHeader = 5;
constexpr size_t kHandshakeHeader = 4;
constexpr uint8_t kChangeCipherSpec = 20;
constexpr uint8_t kAlert = 21;
constexpr uint8_t kHandshake = 22;
constexpr uint8_t kApplicationData = 23;
constexpr uint8_t kClientHello = 1;

// A part of a message: `size` bytes or, where `prefix` is not 0, a vector whose
// length stands before it in so many bytes. An optional one may be missing at
// the message's end.
struct Part {
  std::string_view name;
  size_t size;
  size_t prefix;
  ShowTls show;
  bool optional = false;
};
constexpr size_t kRest = SIZE_MAX;

constexpr Part kExtensionsPart = {"Extensions", 0, 2, ShowExtensions,
                                  /*optional=*/true};

// RFC 8446 4.1.2.
constexpr Part kClientHelloParts[] = {
    {"LegacyVersion", 2, 0, ShowVersion},
    {"Random", 32, 0, ShowHex},
    {"SessionId", 0, 1, ShowHex},
    {"CipherSuites", 0, 2, ShowCipherSuites},
    {"CompressionMethods", 0, 1, ShowHex},
    kExtensionsPart,
};
// RFC 8446 4.1.3.
constexpr Part kServerHelloParts[] = {
    {"LegacyVersion", 2, 0, ShowVersion},
    {"Random", 32, 0, ShowHex},
    {"SessionId", 0, 1, ShowHex},
    {"CipherSuite", 2, 0, ShowCipherSuite},
    {"CompressionMethod", 1, 0, ShowHex},
    kExtensionsPart,
};
// RFC 8446 4.6.1, and RFC 5077 3.3.
constexpr Part kTicket13Parts[] = {
    {"Lifetime", 4, 0, ShowNumber},
    {"AgeAdd", 4, 0, ShowHex},
    {"Nonce", 0, 1, ShowHex},
    {"Ticket", 0, 2, ShowHex},
    {"Extensions", 0, 2, ShowExtensions},
};
constexpr Part kTicket12Parts[] = {
    {"Lifetime", 4, 0, ShowNumber},
    {"Ticket", 0, 2, ShowHex},
};
// RFC 8446 4.3.1.
constexpr Part kEncryptedExtensionsParts[] = {
    {"Extensions", 0, 2, ShowExtensions},
};
// RFC 8446 4.4.2, and RFC 5246 7.4.2.
constexpr Part kCertificate13Parts[] = {
    {"RequestContext", 0, 1, ShowHex},
    {"CertificateList", 0, 3, ShowCertificateEntries},
};
constexpr Part kCertificate12Parts[] = {
    {"CertificateList", 0, 3, ShowCertificates},
};
// RFC 8422 5.4, with a named curve.
constexpr Part kServerKeyExchangeParts[] = {
    {"CurveType", 1, 0, ShowNumber}, {"NamedCurve", 2, 0, ShowGroup},
    {"PublicKey", 0, 1, ShowHex},    {"SignatureScheme", 2, 0, ShowScheme},
    {"Signature", 0, 2, ShowHex},
};
// RFC 8446 4.3.2, and RFC 5246 7.4.4.
constexpr Part kCertificateRequest13Parts[] = {
    {"RequestContext", 0, 1, ShowHex},
    {"Extensions", 0, 2, ShowExtensions},
};
constexpr Part kCertificateRequest12Parts[] = {
    {"CertificateTypes", 0, 1, ShowHex},
    {"SignatureAlgorithms", 0, 2, ShowScheme},
    {"CertificateAuthorities", 0, 2, ShowAuthorities},
};
// RFC 8446 4.4.3.
constexpr Part kCertificateVerifyParts[] = {
    {"SignatureScheme", 2, 0, ShowScheme},
    {"Signature", 0, 2, ShowHex},
};
// RFC 8422 5.7, and RFC 5246 7.4.7.1.
constexpr Part kClientKeyExchangeEcParts[] = {{"PublicKey", 0, 1, ShowHex}};
constexpr Part kClientKeyExchangeRsaParts[] = {
    {"EncryptedPreMasterSecret", 0, 2, ShowHex}};
constexpr Part kFinishedParts[] = {{"VerifyData", kRest, 0, ShowHex}};
// RFC 6066 8.
constexpr Part kCertificateStatusParts[] = {{"Status", kRest, 0, ShowHex}};
constexpr Part kKeyUpdateParts[] = {{"RequestUpdate", 1, 0, ShowNumber}};

// Where a message has several forms, the first that fills it exactly is meant.
struct Form {
  uint8_t type;
  absl::Span<const Part> parts;
};
constexpr Form kForms[] = {
    {0, {}},
    {kClientHello, kClientHelloParts},
    {2, kServerHelloParts},
    {4, kTicket12Parts},
    {4, kTicket13Parts},
    {5, {}},
    {8, kEncryptedExtensionsParts},
    {11, kCertificate12Parts},
    {11, kCertificate13Parts},
    {12, kServerKeyExchangeParts},
    {13, kCertificateRequest13Parts},
    {13, kCertificateRequest12Parts},
    {14, {}},
    {15, kCertificateVerifyParts},
    {16, kClientKeyExchangeEcParts},
    {16, kClientKeyExchangeRsaParts},
    {20, kFinishedParts},
    {22, kCertificateStatusParts},
    {24, kKeyUpdateParts},
};

bool CutPart(const Part& part, Piece* from, Piece* cut) {
  if (part.prefix > 0) {
    return CutVector(part.prefix, from, cut);
  }
  const size_t size = part.size == kRest ? from->size() : part.size;
  if (from->size() < size) {
    return false;
  }
  *cut = from->Cut(size);
  return true;
}

bool Fills(absl::Span<const Part> parts, Piece body) {
  for (const Part& part : parts) {
    Piece cut;
    if (!(part.optional && body.empty()) && !CutPart(part, &body, &cut)) {
      return false;
    }
  }
  return body.empty();
}

const Form* FindForm(uint8_t type, const Piece& body) {
  const Form* first = nullptr;
  for (const Form& form : kForms) {
    if (form.type == type) {
      if (Fills(form.parts, body)) {
        return &form;
      }
      first = first == nullptr ? &form : first;
    }
  }
  return first;
}

// The parts of `body` as children of `*field`.
void ShowParts(absl::Span<const Part> parts, FirstError& error, Piece body,
               Field* field) {
  for (const Part& part : parts) {
    if (part.optional && body.empty()) {
      continue;
    }
    Piece all = body;
    Piece cut;
    if (!CutPart(part, &body, &cut)) {
      error.Stop(all.offset,
                 absl::StrCat(part.name, " ends past ", field->name));
      field->children.push_back(
          FieldOf(std::string(part.name), "(cut off)", all.Cut(all.size())));
      return;
    }
    Field& child = field->children.emplace_back(
        FieldOf(std::string(part.name), "", all.Cut(body.offset - all.offset)));
    part.show(error, cut, &child);
  }
  if (!body.empty()) {
    error.Stop(body.offset,
               absl::StrCat("bytes behind the end of ", field->name));
    field->children.push_back(FieldOf("Rest", Hex(body.bytes), body));
  }
}

class Dissector {
 public:
  FieldTree Records(absl::Span<const uint8_t> token) {
    FieldTree tree;
    tree.root = {"TLS", "", 0, token.size(), {}};
    Piece rest = {token, 0};
    while (!rest.empty() && ReadRecord(&rest, &tree.root)) {
    }
    if (!rest.empty()) {
      tree.root.children.push_back(FieldOf("Rest", Hex(rest.bytes, 32), rest));
    }
    StopIfContinued(token.size());
    tree.error = error_.text();
    return tree;
  }

  FieldTree Handshake(absl::Span<const uint8_t> message) {
    FieldTree tree;
    tree.root = {"handshake", "", 0, message.size(), {}};
    Piece rest = {message, 0};
    if (rest.size() < kHandshakeHeader) {
      error_.Stop(0, "a handshake message needs four bytes");
    } else {
      tree.root = ReadMessage(&rest);
      if (!rest.empty()) {
        error_.Stop(rest.offset, "bytes behind the message");
      }
      StopIfContinued(message.size());
    }
    tree.error = error_.text();
    return tree;
  }

 private:
  void StopIfContinued(size_t end) {
    if (continued_ > 0) {
      error_.Stop(end, absl::StrCat("the handshake message lacks ", continued_,
                                    " bytes"));
    }
  }

  // False where `*rest` begins with no record.
  bool ReadRecord(Piece* rest, Field* root) {
    Piece record = *rest;
    if (record.size() < kRecordHeader) {
      error_.Stop(
          rest->offset,
          absl::StrCat("a record needs five bytes, there ",
                       rest->size() == 1 ? "is " : "are ", rest->size()));
      return false;
    }
    const auto type = static_cast<uint8_t>(record.CutNumber(1));
    const auto version = static_cast<uint16_t>(record.CutNumber(2));
    const size_t length = record.CutNumber(2);
    if (!LooksLikeTls(rest->bytes)) {
      error_.Stop(rest->offset, "here begins no TLS record");
      return false;
    }
    const Piece body = record.Cut(length);
    Field field = FieldOf(TlsContentTypeName(type), TlsVersionName(version),
                          rest->Cut(kRecordHeader + length));
    absl::StrAppend(&field.value, ", ", length,
                    length == 1 ? " byte" : " bytes");
    if (body.size() < length) {
      error_.Stop(body.end(), absl::StrCat("the record lacks ",
                                           length - body.size(), " bytes"));
    }
    ReadBody(type, body, &field);
    root->children.push_back(std::move(field));
    return true;
  }

  void ReadBody(uint8_t type, Piece body, Field* record) {
    switch (type) {
      case kChangeCipherSpec:
        keys_changed_ = true;
        return;
      case kAlert:
        if (body.size() == 2 && body.bytes[0] <= 2) {
          const Piece level = body.Cut(1);
          record->children.push_back(FieldOf(
              "Level", level.bytes[0] == 2 ? "fatal" : "warning", level));
          record->children.push_back(
              FieldOf("Description", TlsAlertName(body.bytes[0]), body));
        } else {
          absl::StrAppend(&record->value, ", encrypted");
        }
        return;
      case kHandshake:
        return ReadHandshake(body, record);
      default:
        absl::StrAppend(&record->value, ", encrypted");
    }
  }

  // Behind ChangeCipherSpec the handshake is encrypted (RFC 5246 7.1), except
  // for TLS 1.3's second ClientHello (RFC 8446 D.4).
  static bool IsClientHello(Piece body) {
    return body.size() > kHandshakeHeader &&
           body.CutNumber(1) == kClientHello &&
           body.CutNumber(3) == body.size();
  }

  void ReadHandshake(Piece body, Field* record) {
    if (keys_changed_ && !IsClientHello(body)) {
      absl::StrAppend(&record->value, ", encrypted");
      return;
    }
    if (const size_t before = std::min(continued_, body.size()); before > 0) {
      continued_ -= before;
      record->children.push_back(FieldOf("(continued)", "", body.Cut(before)));
    }
    while (body.size() >= kHandshakeHeader) {
      if (FindForm(body.bytes[0], {}) == nullptr) {
        absl::StrAppend(&record->value, ", not known or encrypted");
        return;
      }
      record->children.push_back(ReadMessage(&body));
    }
    if (!body.empty()) {
      error_.Stop(body.offset, "a handshake message needs four bytes");
    }
  }

  // `*rest` has a header, which may promise more than `*rest` has.
  Field ReadMessage(Piece* rest) {
    Piece inside = *rest;
    const auto type = static_cast<uint8_t>(inside.CutNumber(1));
    const size_t length = inside.CutNumber(3);
    const Piece body = inside.Cut(length);
    Field field = FieldOf(TlsHandshakeTypeName(type), "",
                          rest->Cut(kHandshakeHeader + length));
    if (body.size() < length) {
      continued_ = length - body.size();
      field.value = absl::StrCat("(", continued_, " bytes follow)");
    }
    const Form* form = FindForm(type, body);
    if (form == nullptr) {
      field.value = Hex(body.bytes, 32);
    } else if (continued_ == 0) {
      ShowParts(form->parts, error_, body, &field);
    } else {
      // What follows may be in the next record, so its absence is no error.
      FirstError unheard;
      ShowParts(form->parts, unheard, body, &field);
    }
    return field;
  }

  FirstError error_;
  bool keys_changed_ = false;
  // Bytes of a handshake message that the next record brings.
  size_t continued_ = 0;
};

}  // namespace

bool LooksLikeTls(absl::Span<const uint8_t> token) {
  return token.size() >= 2 && token[0] >= kChangeCipherSpec &&
         token[0] <= kApplicationData && token[1] == 3;
}

FieldTree TlsFields(absl::Span<const uint8_t> token) {
  return Dissector().Records(token);
}

FieldTree TlsHandshakeFields(absl::Span<const uint8_t> message) {
  return Dissector().Handshake(message);
}

}  // namespace sspilab::sim

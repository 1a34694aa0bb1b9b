#include "sim/render/tls_values.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/render/text.h"
#include "sim/render/tls_names.h"
#include "sim/render/x509_fields.h"

namespace sspilab::sim {
namespace {

// A list of numbers of two bytes.
using NameOf = std::string (*)(uint16_t number);
void ShowNames(FirstError& error, NameOf name, Piece in, Field* field) {
  while (in.size() >= 2) {
    absl::StrAppend(&field->value, field->value.empty() ? "" : ", ",
                    name(static_cast<uint16_t>(in.CutNumber(2))));
  }
  if (!in.empty()) {
    error.Stop(in.offset,
               absl::StrCat("half a number at the end of ", field->name));
  }
}

// Extensions (RFC 8446 4.2).

// The one vector that is all of `in`; an error where it is not.
bool Unwrap(FirstError& error, size_t prefix, Piece* in, Field* field) {
  Piece list;
  if (!CutVector(prefix, in, &list) || !in->empty()) {
    error.Stop(field->offset, absl::StrCat("the list in ", field->name,
                                           " has not its length"));
    return false;
  }
  *in = list;
  return true;
}

void ShowServerName(FirstError& error, Piece in, Field* field) {
  if (in.empty()) {
    return;  // The server's: it has used the name (RFC 6066 3).
  }
  if (!Unwrap(error, 2, &in, field)) {
    return;
  }
  while (!in.empty()) {
    Piece name;
    in.Cut(1);  // Its type: a host name, there are no others.
    if (!CutVector(2, &in, &name)) {
      return error.Stop(in.offset, "the name ends past server_name");
    }
    absl::StrAppend(&field->value, field->value.empty() ? "\"" : ", \"",
                    std::string(name.bytes.begin(), name.bytes.end()), "\"");
  }
}

void ShowProtocols(FirstError& error, Piece in, Field* field) {
  if (!Unwrap(error, 2, &in, field)) {
    return;
  }
  while (!in.empty()) {
    Piece name;
    if (!CutVector(1, &in, &name)) {
      return error.Stop(in.offset, "the name ends past its list");
    }
    absl::StrAppend(&field->value, field->value.empty() ? "" : ", ",
                    std::string(name.bytes.begin(), name.bytes.end()));
  }
}

// The client's list, or what the server has chosen.
void ShowSupportedVersions(FirstError& error, Piece in, Field* field) {
  if (in.size() == 2 || Unwrap(error, 1, &in, field)) {
    ShowVersion(error, in, field);
  }
}

void ShowGroups(FirstError& error, Piece in, Field* field) {
  if (Unwrap(error, 2, &in, field)) {
    ShowGroup(error, in, field);
  }
}

void ShowSchemeList(FirstError& error, Piece in, Field* field) {
  if (Unwrap(error, 2, &in, field)) {
    ShowScheme(error, in, field);
  }
}

// The client's shares, the server's one, or the group that it asks for.
void ShowKeyShare(FirstError& error, Piece in, Field* field) {
  if (in.size() == 2) {
    return ShowGroup(error, in, field);
  }
  Piece ahead = in;
  if (in.size() > 2 && ahead.CutNumber(2) == in.size() - 2) {
    in.Cut(2);
  }
  while (!in.empty()) {
    if (in.size() < 2) {
      return error.Stop(in.offset, "half a number at the end of key_share");
    }
    const auto group = static_cast<uint16_t>(in.CutNumber(2));
    Piece key;
    if (!CutVector(2, &in, &key)) {
      return error.Stop(in.offset, "the key ends past key_share");
    }
    absl::StrAppend(&field->value, field->value.empty() ? "" : ", ",
                    TlsGroupName(group), " ", Hex(key.bytes));
  }
}

struct Extension {
  uint16_t type;
  ShowTls show;
};
constexpr Extension kExtensions[] = {
    {0, ShowServerName},         {10, ShowGroups},
    {13, ShowSchemeList},        {16, ShowProtocols},
    {43, ShowSupportedVersions}, {50, ShowSchemeList},
    {51, ShowKeyShare},
};

bool ShowCertificate(FirstError& error, Piece* in, Field* field) {
  Piece certificate;
  if (!CutVector(3, in, &certificate)) {
    error.Stop(in->offset, "a certificate ends past CertificateList");
    return false;
  }
  FieldTree tree = X509Fields(certificate.bytes);
  ShiftOffsets(certificate.offset, &tree.root);
  if (!tree.error.empty()) {
    error.Stop(certificate.offset,
               absl::StrCat("the certificate: ", tree.error));
  }
  field->children.push_back(std::move(tree.root));
  return true;
}

}  // namespace

bool CutVector(size_t prefix, Piece* from, Piece* vector) {
  if (from->size() < prefix) {
    return false;
  }
  const size_t length = from->CutNumber(prefix);
  if (from->size() < length) {
    return false;
  }
  *vector = from->Cut(length);
  return true;
}

void ShowHex(FirstError&, Piece in, Field* field) {
  field->value = Hex(in.bytes);
}

void ShowNumber(FirstError&, Piece in, Field* field) {
  field->value = absl::StrCat(in.CutNumber(in.size()));
}

void ShowVersion(FirstError& error, Piece in, Field* field) {
  ShowNames(error, TlsVersionName, in, field);
}
void ShowCipherSuite(FirstError& error, Piece in, Field* field) {
  ShowNames(error, TlsCipherSuiteName, in, field);
}
void ShowGroup(FirstError& error, Piece in, Field* field) {
  ShowNames(error, TlsGroupName, in, field);
}
void ShowScheme(FirstError& error, Piece in, Field* field) {
  ShowNames(error, TlsSignatureSchemeName, in, field);
}

void ShowCipherSuites(FirstError& error, Piece in, Field* field) {
  field->value = absl::StrCat(in.size() / 2);
  while (in.size() >= 2) {
    const Piece suite = in.Cut(2);
    Field child = FieldOf("", "", suite);
    ShowCipherSuite(error, suite, &child);
    child.name = std::exchange(child.value, "");
    field->children.push_back(std::move(child));
  }
  if (!in.empty()) {
    error.Stop(in.offset, "half a number at the end of CipherSuites");
  }
}

void ShowExtensions(FirstError& error, Piece in, Field* field) {
  while (!in.empty()) {
    Piece all = in;
    Piece body;
    if (in.size() < 4) {
      return error.Stop(in.offset, "an extension needs four bytes");
    }
    const auto type = static_cast<uint16_t>(in.CutNumber(2));
    if (!CutVector(2, &in, &body)) {
      return error.Stop(all.offset, absl::StrCat(TlsExtensionName(type),
                                                 " ends past ", field->name));
    }
    Field& child = field->children.emplace_back(
        FieldOf(TlsExtensionName(type), "", all.Cut(in.offset - all.offset)));
    const auto* known =
        std::find_if(std::begin(kExtensions), std::end(kExtensions),
                     [&](const Extension& e) { return e.type == type; });
    const ShowTls show = known == std::end(kExtensions) ? ShowHex : known->show;
    show(error, body, &child);
  }
}

void ShowCertificates(FirstError& error, Piece in, Field* field) {
  while (!in.empty() && ShowCertificate(error, &in, field)) {
  }
}

void ShowCertificateEntries(FirstError& error, Piece in, Field* field) {
  while (!in.empty() && ShowCertificate(error, &in, field)) {
    Piece extensions;
    if (!CutVector(2, &in, &extensions)) {
      return error.Stop(in.offset, "extensions end past CertificateList");
    }
    ShowExtensions(error, extensions, field);
  }
}

void ShowAuthorities(FirstError& error, Piece in, Field* field) {
  while (!in.empty()) {
    Piece name;
    if (!CutVector(2, &in, &name)) {
      return error.Stop(in.offset, "a name ends past its list");
    }
    field->children.push_back(
        FieldOf("Name", X509NameToText(name.bytes), name));
  }
}

}  // namespace sspilab::sim

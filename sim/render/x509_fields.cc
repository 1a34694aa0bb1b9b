#include "sim/render/x509_fields.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/wire/der.h"
#include "sim/render/der_fields.h"
#include "sim/render/piece.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

constexpr uint8_t kSequence = 0x30;
constexpr uint8_t kSet = 0x31;
constexpr uint8_t kOid = 0x06;

struct OidName {
  std::string_view oid;
  std::string_view name;
};
constexpr OidName kOidNames[] = {
    // Attributes of names (RFC 4514 3).
    {"2.5.4.3", "CN"},
    {"2.5.4.5", "serialNumber"},
    {"2.5.4.6", "C"},
    {"2.5.4.7", "L"},
    {"2.5.4.8", "ST"},
    {"2.5.4.10", "O"},
    {"2.5.4.11", "OU"},
    {"0.9.2342.19200300.100.1.25", "DC"},
    {"1.2.840.113549.1.9.1", "emailAddress"},
    // Keys and signatures (RFC 3279, RFC 4055, RFC 5758, RFC 8410).
    {"1.2.840.10045.2.1", "ecPublicKey"},
    {"1.2.840.10045.3.1.7", "secp256r1"},
    {"1.3.132.0.34", "secp384r1"},
    {"1.3.132.0.35", "secp521r1"},
    {"1.2.840.10045.4.3.2", "ecdsa-with-SHA256"},
    {"1.2.840.10045.4.3.3", "ecdsa-with-SHA384"},
    {"1.2.840.10045.4.3.4", "ecdsa-with-SHA512"},
    {"1.2.840.113549.1.1.1", "rsaEncryption"},
    {"1.2.840.113549.1.1.5", "sha1WithRSAEncryption"},
    {"1.2.840.113549.1.1.10", "RSASSA-PSS"},
    {"1.2.840.113549.1.1.11", "sha256WithRSAEncryption"},
    {"1.2.840.113549.1.1.12", "sha384WithRSAEncryption"},
    {"1.2.840.113549.1.1.13", "sha512WithRSAEncryption"},
    {"1.3.101.112", "Ed25519"},
    // Extensions (RFC 5280 4.2).
    {"2.5.29.14", "subjectKeyIdentifier"},
    {"2.5.29.15", "keyUsage"},
    {"2.5.29.17", "subjectAltName"},
    {"2.5.29.19", "basicConstraints"},
    {"2.5.29.35", "authorityKeyIdentifier"},
    {"2.5.29.37", "extKeyUsage"},
};
constexpr std::string_view kSubjectAltName = "subjectAltName";

std::string NameOfOid(Piece oid) {
  const std::string dotted = wire::OidToString(oid.bytes);
  for (const OidName& known : kOidNames) {
    if (known.oid == dotted) {
      return std::string(known.name);
    }
  }
  return dotted.empty() ? Hex(oid.bytes) : dotted;
}

std::string TextOf(Piece text) {
  return {text.bytes.begin(), text.bytes.end()};
}

// SEQUENCE OF SET OF SEQUENCE { type OID, value } (RFC 5280 4.1.2.4).
void ShowName(DerDissector& dissector, Piece in, Field* field) {
  DerElement set;
  while (!in.empty() && dissector.CutElement(field->name, kSet, &in, &set)) {
    DerElement pair;
    DerElement type;
    DerElement value;
    while (!set.contents.empty()) {
      if (!dissector.CutElement(field->name, kSequence, &set.contents, &pair) ||
          !dissector.CutElement(field->name, kOid, &pair.contents, &type) ||
          !dissector.CutElement(field->name, &pair.contents, &value)) {
        return;
      }
      absl::StrAppend(&field->value, field->value.empty() ? "" : ", ",
                      NameOfOid(type.contents), "=", TextOf(value.contents));
    }
  }
}

// SEQUENCE { OID, parameters }: the OIDs of both, where they are such.
void ShowAlgorithm(DerDissector& dissector, Piece in, Field* field) {
  DerElement part;
  while (!in.empty() && dissector.CutElement(field->name, &in, &part)) {
    if (part.tag == kOid) {
      absl::StrAppend(&field->value, field->value.empty() ? "" : " ",
                      NameOfOid(part.contents));
    }
  }
}

// UTCTime "240101000000Z" or GeneralizedTime "20240101000000Z".
void ShowValidity(DerDissector& dissector, Piece in, Field* field) {
  for (const std::string_view name : {"NotBefore", "NotAfter"}) {
    DerElement time;
    if (!dissector.CutElement(name, &in, &time)) {
      return;
    }
    field->children.push_back(
        FieldOf(std::string(name), TextOf(time.contents), time.whole));
  }
}

void ShowPublicKey(DerDissector& dissector, Piece in, Field* field) {
  DerElement algorithm;
  if (dissector.CutElement(field->name, kSequence, &in, &algorithm)) {
    ShowAlgorithm(dissector, algorithm.contents, field);
  }
}

// SEQUENCE OF [2] dNSName and others (RFC 5280 4.2.1.6).
void ShowAltNames(DerDissector& dissector, Piece in, Field* field) {
  DerElement names;
  if (!dissector.CutElement(field->name, kSequence, &in, &names)) {
    return;
  }
  DerElement name;
  while (!names.contents.empty() &&
         dissector.CutElement(field->name, &names.contents, &name)) {
    constexpr uint8_t kDnsName = 0x82;
    absl::StrAppend(&field->value, field->value.empty() ? "" : ", ",
                    name.tag == kDnsName ? TextOf(name.contents)
                                         : Hex(name.contents.bytes));
  }
}

// SEQUENCE OF SEQUENCE { OID, critical DEFAULT FALSE, OCTET STRING }.
void ShowExtensions(DerDissector& dissector, Piece in, Field* field) {
  DerElement list;
  if (!dissector.CutElement(field->name, kSequence, &in, &list)) {
    return;
  }
  while (!list.contents.empty()) {
    DerElement extension;
    DerElement id;
    if (!dissector.CutElement("an extension", kSequence, &list.contents,
                              &extension) ||
        !dissector.CutElement("an extension", kOid, &extension.contents, &id)) {
      return;
    }
    Field child = FieldOf(NameOfOid(id.contents), "", extension.whole);
    DerElement value;
    while (!extension.contents.empty()) {
      if (!dissector.CutElement(child.name, &extension.contents, &value)) {
        return;
      }
    }
    if (child.name == kSubjectAltName) {
      ShowAltNames(dissector, value.contents, &child);
    } else {
      child.value = Hex(value.contents.bytes);
    }
    field->children.push_back(std::move(child));
  }
}

// The members of TBSCertificate in their order. [0] and [3] may be missing.
struct TbsMember {
  std::string_view name;
  uint8_t tag;
  bool optional;
  DerDissector::Show show;
};
constexpr TbsMember kTbsMembers[] = {
    {"Version", 0xA0, true,
     [](DerDissector&, Piece in, Field* field) {
       // INTEGER, one less than people count.
       field->value =
           in.size() == 3 ? absl::StrCat(in.bytes[2] + 1) : Hex(in.bytes);
     }},
    {"SerialNumber", 0x02, false, DerDissector::ShowHex},
    {"Signature", kSequence, false, ShowAlgorithm},
    {"Issuer", kSequence, false, ShowName},
    {"Validity", kSequence, false, ShowValidity},
    {"Subject", kSequence, false, ShowName},
    {"PublicKey", kSequence, false, ShowPublicKey},
    {"Extensions", 0xA3, true, ShowExtensions},
};

}  // namespace

FieldTree X509Fields(absl::Span<const uint8_t> certificate) {
  FieldTree tree;
  tree.root = {"X509", "", 0, certificate.size(), {}};
  DerDissector dissector;
  Piece rest = {certificate, 0};
  DerElement outer;
  DerElement tbs;
  if (dissector.CutElement("the certificate", kSequence, &rest, &outer) &&
      dissector.CutElement("the certificate", kSequence, &outer.contents,
                           &tbs)) {
    for (const TbsMember& member : kTbsMembers) {
      if (member.optional &&
          (tbs.contents.empty() || tbs.contents.bytes[0] != member.tag)) {
        continue;
      }
      DerElement element;
      if (!dissector.CutElement(member.name, member.tag, &tbs.contents,
                                &element)) {
        break;
      }
      Field field = FieldOf(std::string(member.name), "", element.whole);
      member.show(dissector, element.contents, &field);
      tree.root.children.push_back(std::move(field));
    }
  }
  if (!rest.empty()) {
    dissector.Stop(rest.offset, "bytes behind the certificate");
  }
  tree.error = dissector.error();
  return tree;
}

std::string X509NameToText(absl::Span<const uint8_t> name) {
  Field field = {"Name", "", 0, name.size(), {}};
  DerDissector dissector;
  Piece rest = {name, 0};
  DerElement element;
  if (dissector.CutElement(field.name, kSequence, &rest, &element)) {
    ShowName(dissector, element.contents, &field);
  }
  return field.value;
}

std::string X509Subject(absl::Span<const uint8_t> certificate) {
  const FieldTree tree = X509Fields(certificate);
  const Field* subject = FindField(tree, "X509.Subject");
  return subject == nullptr ? "" : subject->value;
}

}  // namespace sspilab::sim

#include "sim/render/kerberos_fields.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/kerberos/gss.h"
#include "sim/render/der_fields.h"
#include "sim/render/kerberos_values.h"
#include "sim/render/piece.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;
using Member = DerDissector::Member;

constexpr uint8_t kInteger = 0x02;
constexpr uint8_t kBitString = 0x03;
constexpr uint8_t kOctetString = 0x04;
constexpr uint8_t kOid = 0x06;
constexpr uint8_t kGeneralizedTime = 0x18;
constexpr uint8_t kGeneralString = 0x1B;
constexpr uint8_t kSequence = 0x30;
constexpr uint8_t kInitialContextToken = 0x60;
constexpr uint8_t kTicketTag = 0x61;
constexpr uint8_t kApReqTag = 0x6E;
constexpr uint8_t kKrbCredTag = 0x76;

void ShowMessage(DerDissector& dissector, const DerElement& message,
                 Field* field);

// A SEQUENCE OF: one child each, by `show`, whose name is the list's.
void ShowEach(DerDissector& dissector, std::string_view name, Piece in,
              DerDissector::Show show, Field* field) {
  DerElement item;
  while (!in.empty() && dissector.CutElement(name, kSequence, &in, &item)) {
    Field child = FieldOf(std::string(name), "", item.whole);
    show(dissector, item.contents, &child);
    field->children.push_back(std::move(child));
  }
}

// --- Parts (5.2).

constexpr Member kEncryptedDataMembers[] = {
    {0, "etype", kInteger, ShowEtype},
    {1, "kvno", kInteger, ShowKerberosNumber},
    {2, "cipher", kOctetString, DerDissector::ShowHex},
};
void ShowEncryptedData(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kEncryptedDataMembers, in, field);
  if (!field->children.empty()) {
    field->value = field->children.front().value;
  }
}

constexpr Member kKeyMembers[] = {
    {0, "keytype", kInteger, ShowEtype},
    {1, "keyvalue", kOctetString, DerDissector::ShowHex},
};
void ShowKey(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kKeyMembers, in, field);
  for (const Field& child : field->children) {
    absl::StrAppend(&field->value, field->value.empty() ? "" : " ",
                    child.value);
  }
}

// RFC 4121 4.1.1: what GSS-API puts in a checksum's place, little-endian.
void ShowGssChecksum(DerDissector& dissector, Piece in, Field* field) {
  constexpr size_t kNumber = 4;
  constexpr size_t kBindings = 16;
  constexpr size_t kFixed = kNumber + kBindings + kNumber;
  if (in.size() < kFixed) {
    dissector.Stop(in.offset, "the checksum is not that of GSS-API");
    field->value = Hex(in.bytes);
    return;
  }
  in.Cut(kNumber);
  const Piece bindings = in.Cut(kBindings);
  const bool none = std::all_of(bindings.bytes.begin(), bindings.bytes.end(),
                                [](uint8_t byte) { return byte == 0; });
  field->children.push_back(
      FieldOf("Bnd", none ? "none" : Hex(bindings.bytes), bindings));
  const Piece flags = in.Cut(kNumber);
  uint32_t bits = 0;
  for (size_t i = kNumber; i-- > 0;) {
    bits = bits << 8 | flags.bytes[i];
  }
  field->children.push_back(FieldOf("Flags", GssFlagNames(bits), flags));
  if (in.size() <= kNumber) {
    return;
  }
  in.Cut(kNumber);  // DlgOpt and Dlgth.
  DerElement cred;
  if (in.bytes[0] == kKrbCredTag && dissector.CutElement("Deleg", &in, &cred)) {
    Field child = FieldOf("KRB-CRED", "", cred.whole);
    ShowMessage(dissector, cred, &child);
    field->children.push_back(std::move(child));
  }
}

constexpr Member kChecksumMembers[] = {
    {0, "cksumtype", kInteger, ShowKerberosNumber},
    {1, "checksum", kOctetString, DerDissector::ShowHex},
};
constexpr Member kGssChecksumMembers[] = {
    {0, "cksumtype", kInteger, ShowKerberosNumber},
    {1, "checksum", kOctetString, ShowGssChecksum},
};
void ShowChecksum(DerDissector& dissector, Piece in, Field* field) {
  Field type;
  DerDissector quiet;
  quiet.ShowMembers(kChecksumMembers, in, &type);
  const bool is_gss =
      !type.children.empty() &&
      type.children.front().value == absl::StrCat(kerberos::kGssChecksumType);
  dissector.ShowMembers(
      is_gss ? absl::MakeConstSpan(kGssChecksumMembers) : kChecksumMembers, in,
      field);
}

constexpr Member kTransitedMembers[] = {
    {0, "tr-type", kInteger, ShowKerberosNumber},
    {1, "contents", kOctetString, DerDissector::ShowHex},
};
void ShowTransited(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kTransitedMembers, in, field);
}

constexpr Member kAddressMembers[] = {
    {0, "addr-type", kInteger, ShowKerberosNumber},
    {1, "address", kOctetString, DerDissector::ShowHex},
};
void ShowAddress(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kAddressMembers, in, field);
}
void ShowAddresses(DerDissector& dissector, Piece in, Field* field) {
  ShowEach(dissector, "HostAddress", in, ShowAddress, field);
}

constexpr Member kAuthorizationMembers[] = {
    {0, "ad-type", kInteger, ShowKerberosNumber},
    {1, "ad-data", kOctetString, DerDissector::ShowHex},
};
void ShowAuthorization(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kAuthorizationMembers, in, field);
}
void ShowAuthorizationData(DerDissector& dissector, Piece in, Field* field) {
  ShowEach(dissector, "AuthorizationData", in, ShowAuthorization, field);
}

constexpr Member kLastReqMembers[] = {
    {0, "lr-type", kInteger, ShowKerberosNumber},
    {1, "lr-value", kGeneralizedTime, ShowKerberosTime},
};
void ShowLastReq(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kLastReqMembers, in, field);
}
void ShowLastReqs(DerDissector& dissector, Piece in, Field* field) {
  ShowEach(dissector, "LastReq", in, ShowLastReq, field);
}

// --- What goes before the authentication (5.2.7).

constexpr Member kEtypeInfo2Members[] = {
    {0, "etype", kInteger, ShowEtype},
    {1, "salt", kGeneralString, DerDissector::ShowText},
    {2, "s2kparams", kOctetString, DerDissector::ShowHex},
};
void ShowEtypeInfo2Entry(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kEtypeInfo2Members, in, field);
}

// What the padata-value of a type is: an element with this tag.
struct PaContents {
  int32_t type;
  uint8_t tag;
  DerDissector::Show show;
};
void ShowApReqIn(DerDissector& dissector, Piece in, Field* field);
void ShowEtypeInfo2(DerDissector& dissector, Piece in, Field* field) {
  ShowEach(dissector, "ETYPE-INFO2-ENTRY", in, ShowEtypeInfo2Entry, field);
}
constexpr PaContents kPaContents[] = {
    {1, kApReqTag, ShowApReqIn},
    {2, kSequence, ShowEncryptedData},
    {19, kSequence, ShowEtypeInfo2},
};

constexpr Member kPaDataMembers[] = {
    {1, "padata-type", kInteger, ShowKerberosNumber},
    {2, "padata-value", kOctetString, DerDissector::ShowHex},
};
// The item is called by its type.
void ShowPaData(DerDissector& dissector, Piece in, Field* field) {
  Piece type = in;
  DerElement outer;
  DerElement inner;
  int32_t number = 0;
  DerDissector quiet;
  if (quiet.CutElement("", &type, &outer) &&
      quiet.CutElement("", kInteger, &outer.contents, &inner)) {
    number = NumberIn(inner.contents);
    field->name = PaDataName(number);
  }
  const auto* const contents = std::find_if(
      std::begin(kPaContents), std::end(kPaContents),
      [number](const PaContents& row) { return row.type == number; });
  if (contents == std::end(kPaContents) ||
      !quiet.CutElement("", &type, &outer) ||
      !quiet.CutElement("", kOctetString, &outer.contents, &inner) ||
      inner.contents.empty()) {
    return dissector.ShowMembers(kPaDataMembers, in, field);
  }
  DerElement value;
  if (dissector.CutElement(field->name, contents->tag, &inner.contents,
                           &value)) {
    contents->show(dissector, value.contents, field);
  }
}
void ShowPaDataList(DerDissector& dissector, Piece in, Field* field) {
  ShowEach(dissector, "PA-DATA", in, ShowPaData, field);
  for (const Field& child : field->children) {
    absl::StrAppend(&field->value, field->value.empty() ? "" : ", ",
                    child.name);
  }
}

// The METHOD-DATA of those errors that have it (5.9.1), which are a SEQUENCE of
// SEQUENCEs that begin with [1].
void ShowErrorData(DerDissector& dissector, Piece in, Field* field) {
  DerDissector quiet;
  Piece rest = in;
  DerElement list;
  DerElement item;
  DerElement member;
  if (quiet.CutElement("", kSequence, &rest, &list)) {
    Piece items = list.contents;
    if (quiet.CutElement("", kSequence, &items, &item) &&
        quiet.CutElement("", 0xA1, &item.contents, &member)) {
      return ShowPaDataList(dissector, list.contents, field);
    }
  }
  field->value = Hex(in.bytes);
}

// --- Messages, by application tag.

void ShowTicket(DerDissector& dissector, Piece in, Field* field);
void ShowTickets(DerDissector& dissector, Piece in, Field* field) {
  DerElement ticket;
  while (!in.empty() &&
         dissector.CutElement("a Ticket", kTicketTag, &in, &ticket)) {
    Field child = FieldOf("Ticket", "", ticket.whole);
    ShowTicket(dissector, ticket.contents, &child);
    field->children.push_back(std::move(child));
  }
}

constexpr Member kTicketMembers[] = {
    {0, "tkt-vno", kInteger, ShowKerberosNumber},
    {1, "realm", kGeneralString, ShowRealm},
    {2, "sname", kSequence, ShowPrincipalName},
    {3, "enc-part", kSequence, ShowEncryptedData},
};
constexpr Member kEncTicketPartMembers[] = {
    {0, "flags", kBitString, ShowTicketFlags},
    {1, "key", kSequence, ShowKey},
    {2, "crealm", kGeneralString, ShowRealm},
    {3, "cname", kSequence, ShowPrincipalName},
    {4, "transited", kSequence, ShowTransited},
    {5, "authtime", kGeneralizedTime, ShowKerberosTime},
    {6, "starttime", kGeneralizedTime, ShowKerberosTime},
    {7, "endtime", kGeneralizedTime, ShowKerberosTime},
    {8, "renew-till", kGeneralizedTime, ShowKerberosTime},
    {9, "caddr", kSequence, ShowAddresses},
    {10, "authorization-data", kSequence, ShowAuthorizationData},
};
constexpr Member kAuthenticatorMembers[] = {
    {0, "authenticator-vno", kInteger, ShowKerberosNumber},
    {1, "crealm", kGeneralString, ShowRealm},
    {2, "cname", kSequence, ShowPrincipalName},
    {3, "cksum", kSequence, ShowChecksum},
    {4, "cusec", kInteger, ShowKerberosNumber},
    {5, "ctime", kGeneralizedTime, ShowKerberosTime},
    {6, "subkey", kSequence, ShowKey},
    {7, "seq-number", kInteger, ShowKerberosNumber},
    {8, "authorization-data", kSequence, ShowAuthorizationData},
};
constexpr Member kRequestBodyMembers[] = {
    {0, "kdc-options", kBitString, ShowKdcOptions},
    {1, "cname", kSequence, ShowPrincipalName},
    {2, "realm", kGeneralString, ShowRealm},
    {3, "sname", kSequence, ShowPrincipalName},
    {4, "from", kGeneralizedTime, ShowKerberosTime},
    {5, "till", kGeneralizedTime, ShowKerberosTime},
    {6, "rtime", kGeneralizedTime, ShowKerberosTime},
    {7, "nonce", kInteger, ShowKerberosNumber},
    {8, "etype", kSequence, ShowEtypes},
    {9, "addresses", kSequence, ShowAddresses},
    {10, "enc-authorization-data", kSequence, ShowEncryptedData},
    {11, "additional-tickets", kSequence, ShowTickets},
};
void ShowRequestBody(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kRequestBodyMembers, in, field);
}
constexpr Member kKdcReqMembers[] = {
    {1, "pvno", kInteger, ShowKerberosNumber},
    {2, "msg-type", kInteger, ShowKerberosNumber},
    {3, "padata", kSequence, ShowPaDataList},
    {4, "req-body", kSequence, ShowRequestBody},
};
constexpr Member kKdcRepMembers[] = {
    {0, "pvno", kInteger, ShowKerberosNumber},
    {1, "msg-type", kInteger, ShowKerberosNumber},
    {2, "padata", kSequence, ShowPaDataList},
    {3, "crealm", kGeneralString, ShowRealm},
    {4, "cname", kSequence, ShowPrincipalName},
    {5, "Ticket", kTicketTag, ShowTicket},
    {6, "enc-part", kSequence, ShowEncryptedData},
};
constexpr Member kEncKdcRepPartMembers[] = {
    {0, "key", kSequence, ShowKey},
    {1, "last-req", kSequence, ShowLastReqs},
    {2, "nonce", kInteger, ShowKerberosNumber},
    {3, "key-expiration", kGeneralizedTime, ShowKerberosTime},
    {4, "flags", kBitString, ShowTicketFlags},
    {5, "authtime", kGeneralizedTime, ShowKerberosTime},
    {6, "starttime", kGeneralizedTime, ShowKerberosTime},
    {7, "endtime", kGeneralizedTime, ShowKerberosTime},
    {8, "renew-till", kGeneralizedTime, ShowKerberosTime},
    {9, "srealm", kGeneralString, ShowRealm},
    {10, "sname", kSequence, ShowPrincipalName},
    {11, "caddr", kSequence, ShowAddresses},
    {12, "encrypted-pa-data", kSequence, ShowPaDataList},
};
constexpr Member kApReqMembers[] = {
    {0, "pvno", kInteger, ShowKerberosNumber},
    {1, "msg-type", kInteger, ShowKerberosNumber},
    {2, "ap-options", kBitString, ShowApOptions},
    {3, "Ticket", kTicketTag, ShowTicket},
    {4, "authenticator", kSequence, ShowEncryptedData},
};
constexpr Member kApRepMembers[] = {
    {0, "pvno", kInteger, ShowKerberosNumber},
    {1, "msg-type", kInteger, ShowKerberosNumber},
    {2, "enc-part", kSequence, ShowEncryptedData},
};
constexpr Member kEncApRepPartMembers[] = {
    {0, "ctime", kGeneralizedTime, ShowKerberosTime},
    {1, "cusec", kInteger, ShowKerberosNumber},
    {2, "subkey", kSequence, ShowKey},
    {3, "seq-number", kInteger, ShowKerberosNumber},
};
constexpr Member kKrbCredMembers[] = {
    {0, "pvno", kInteger, ShowKerberosNumber},
    {1, "msg-type", kInteger, ShowKerberosNumber},
    {2, "tickets", kSequence, ShowTickets},
    {3, "enc-part", kSequence, ShowEncryptedData},
};
constexpr Member kKrbCredInfoMembers[] = {
    {0, "key", kSequence, ShowKey},
    {1, "prealm", kGeneralString, ShowRealm},
    {2, "pname", kSequence, ShowPrincipalName},
    {3, "flags", kBitString, ShowTicketFlags},
    {4, "authtime", kGeneralizedTime, ShowKerberosTime},
    {5, "starttime", kGeneralizedTime, ShowKerberosTime},
    {6, "endtime", kGeneralizedTime, ShowKerberosTime},
    {7, "renew-till", kGeneralizedTime, ShowKerberosTime},
    {8, "srealm", kGeneralString, ShowRealm},
    {9, "sname", kSequence, ShowPrincipalName},
    {10, "caddr", kSequence, ShowAddresses},
};
void ShowKrbCredInfo(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kKrbCredInfoMembers, in, field);
}
void ShowKrbCredInfos(DerDissector& dissector, Piece in, Field* field) {
  ShowEach(dissector, "KrbCredInfo", in, ShowKrbCredInfo, field);
}
constexpr Member kEncKrbCredPartMembers[] = {
    {0, "ticket-info", kSequence, ShowKrbCredInfos},
    {1, "nonce", kInteger, ShowKerberosNumber},
    {2, "timestamp", kGeneralizedTime, ShowKerberosTime},
    {3, "usec", kInteger, ShowKerberosNumber},
    {4, "s-address", kSequence, ShowAddress},
    {5, "r-address", kSequence, ShowAddress},
};
constexpr Member kKrbErrorMembers[] = {
    {0, "pvno", kInteger, ShowKerberosNumber},
    {1, "msg-type", kInteger, ShowKerberosNumber},
    {2, "ctime", kGeneralizedTime, ShowKerberosTime},
    {3, "cusec", kInteger, ShowKerberosNumber},
    {4, "stime", kGeneralizedTime, ShowKerberosTime},
    {5, "susec", kInteger, ShowKerberosNumber},
    {6, "error-code", kInteger, ShowErrorCode},
    {7, "crealm", kGeneralString, ShowRealm},
    {8, "cname", kSequence, ShowPrincipalName},
    {9, "realm", kGeneralString, ShowRealm},
    {10, "sname", kSequence, ShowPrincipalName},
    {11, "e-text", kGeneralString, DerDissector::ShowText},
    {12, "e-data", kOctetString, ShowErrorData},
};
// draft-swift-win2k-krb-user2user: SEQUENCEs without a tag of their own.
constexpr Member kTgtRequestMembers[] = {
    {0, "pvno", kInteger, ShowKerberosNumber},
    {1, "msg-type", kInteger, ShowKerberosNumber},
    {2, "server-name", kSequence, ShowPrincipalName},
    {3, "realm", kGeneralString, ShowRealm},
};
constexpr Member kTgtReplyMembers[] = {
    {0, "pvno", kInteger, ShowKerberosNumber},
    {1, "msg-type", kInteger, ShowKerberosNumber},
    {2, "Ticket", kTicketTag, ShowTicket},
};
constexpr Member kPreauthTimestampMembers[] = {
    {0, "patimestamp", kGeneralizedTime, ShowKerberosTime},
    {1, "pausec", kInteger, ShowKerberosNumber},
};

struct Message {
  uint8_t tag;  // [APPLICATION n], constructed.
  std::string_view name;
  absl::Span<const Member> members;
};
constexpr Message kMessages[] = {
    {kTicketTag, "Ticket", kTicketMembers},
    {0x62, "Authenticator", kAuthenticatorMembers},
    {0x63, "EncTicketPart", kEncTicketPartMembers},
    {0x6A, "AS-REQ", kKdcReqMembers},
    {0x6B, "AS-REP", kKdcRepMembers},
    {0x6C, "TGS-REQ", kKdcReqMembers},
    {0x6D, "TGS-REP", kKdcRepMembers},
    {kApReqTag, "AP-REQ", kApReqMembers},
    {0x6F, "AP-REP", kApRepMembers},
    {kKrbCredTag, "KRB-CRED", kKrbCredMembers},
    {0x79, "EncASRepPart", kEncKdcRepPartMembers},
    {0x7A, "EncTGSRepPart", kEncKdcRepPartMembers},
    {0x7B, "EncAPRepPart", kEncApRepPartMembers},
    {0x7D, "EncKrbCredPart", kEncKrbCredPartMembers},
    {0x7E, "KRB-ERROR", kKrbErrorMembers},
};

const Message* FindMessage(uint8_t tag) {
  const auto* const it =
      std::find_if(std::begin(kMessages), std::end(kMessages),
                   [tag](const Message& m) { return m.tag == tag; });
  return it == std::end(kMessages) ? nullptr : it;
}

// The members of the SEQUENCE that `in` is.
void ShowSequence(DerDissector& dissector, absl::Span<const Member> members,
                  Piece in, Field* field) {
  DerElement sequence;
  if (dissector.CutElement(field->name, kSequence, &in, &sequence)) {
    dissector.ShowMembers(members, sequence.contents, field);
  }
  if (!in.empty()) {
    dissector.Stop(in.offset,
                   absl::StrCat("bytes behind the end of ", field->name));
  }
}

void ShowMessage(DerDissector& dissector, const DerElement& message,
                 Field* field) {
  ShowSequence(dissector, FindMessage(message.tag)->members, message.contents,
               field);
}

// "host/server.example.test of EXAMPLE.TEST, aes256-cts-hmac-sha1-96".
void ShowTicket(DerDissector& dissector, Piece in, Field* field) {
  ShowSequence(dissector, kTicketMembers, in, field);
  const auto value = [field](std::string_view name) {
    const auto it =
        std::find_if(field->children.begin(), field->children.end(),
                     [name](const Field& f) { return f.name == name; });
    return it == field->children.end() ? "" : it->value;
  };
  field->value = absl::StrCat(value("sname"), ", ", value("enc-part"));
}

void ShowApReqIn(DerDissector& dissector, Piece in, Field* field) {
  Field child = FieldOf("AP-REQ", "", in);
  ShowSequence(dissector, kApReqMembers, in, &child);
  field->children.push_back(std::move(child));
}

// --- Around messages.

// RFC 4121 4.2.6: a number of two bytes that no DER begins with.
bool IsPerMessageToken(Bytes token) {
  constexpr size_t kHeader = 16;
  return token.size() >= kHeader && token[1] == 0x04 &&
         (token[0] == 0x04 || token[0] == 0x05);
}

FieldTree PerMessageFields(Bytes token) {
  const bool wrap = token[0] == 0x05;
  FieldTree tree;
  tree.root = {wrap ? "Wrap" : "MIC", "", 0, token.size(), {}};
  std::vector<Field>& fields = tree.root.children;
  Piece rest = {token, 0};
  const auto cut = [&](std::string_view name, size_t size, auto value) {
    const Piece piece = rest.Cut(size);
    fields.push_back(FieldOf(std::string(name), value(piece), piece));
  };
  const auto number = [](Piece piece) {
    return absl::StrCat(piece.CutNumber(piece.size()));
  };
  const auto hex = [](Piece piece) { return Hex(piece.bytes); };
  cut("TOK_ID", 2, hex);
  cut("Flags", 1, [](Piece piece) {
    const uint8_t flags = piece.bytes[0];
    return absl::StrCat(
        (flags & 1) != 0 ? "sent by acceptor" : "sent by initiator",
        (flags & 2) != 0 ? ", sealed" : "",
        (flags & 4) != 0 ? ", acceptor's subkey" : "");
  });
  if (wrap) {
    cut("Filler", 1, hex);
    cut("EC", 2, number);
    cut("RRC", 2, number);
  } else {
    cut("Filler", 5, hex);
  }
  cut("SND_SEQ", 8, [](Piece piece) {
    const uint64_t high = piece.CutNumber(4);
    return absl::StrCat(high << 32 | piece.CutNumber(4));
  });
  cut(wrap ? "data" : "SGN_CKSUM", rest.size(), hex);
  return tree;
}

bool IsKerberosOid(Bytes oid) {
  return oid == Bytes(kerberos::kMechanismOid) ||
         oid == Bytes(kerberos::kUserToUserOid);
}

// The framing of RFC 2743 3.1 with one of Kerberos' mechanisms.
bool IsFramed(Bytes token) {
  DerDissector quiet;
  Piece rest = {token, 0};
  DerElement frame;
  DerElement oid;
  return !token.empty() && token[0] == kInitialContextToken &&
         quiet.CutElement("", &rest, &frame) &&
         quiet.CutElement("", kOid, &frame.contents, &oid) &&
         IsKerberosOid(oid.contents.bytes);
}

// What is in the frame is in the tree's root; where the message is, the result.
Piece ShowFraming(DerDissector& dissector, Piece token, Field* root) {
  DerElement frame;
  DerElement oid;
  dissector.CutElement("the token", &token, &frame);
  if (!token.empty()) {
    dissector.Stop(token.offset, "bytes behind the token");
  }
  Piece inside = frame.contents;
  dissector.CutElement("thisMech", kOid, &inside, &oid);
  root->children.push_back(
      FieldOf("thisMech",
              oid.contents.bytes == Bytes(kerberos::kMechanismOid)
                  ? "Kerberos"
                  : "Kerberos user-to-user",
              oid.whole));
  const Piece id = inside.Cut(2);
  root->children.push_back(FieldOf("TOK_ID", Hex(id.bytes), id));
  return inside;
}

}  // namespace

bool LooksLikeKerberos(Bytes token) {
  if (token.size() < 2) {
    return false;
  }
  if (IsFramed(token) || IsPerMessageToken(token)) {
    return true;
  }
  // An [APPLICATION n] around a SEQUENCE.
  DerDissector quiet;
  Piece rest = {token, 0};
  DerElement message;
  return FindMessage(token[0]) != nullptr &&
         quiet.CutElement("", &rest, &message) && !message.contents.empty() &&
         message.contents.bytes[0] == kSequence;
}

FieldTree KerberosFields(Bytes token) {
  if (IsPerMessageToken(token)) {
    return PerMessageFields(token);
  }
  FieldTree tree;
  tree.root = {"Kerberos", "", 0, token.size(), {}};
  DerDissector dissector;
  Piece rest = {token, 0};
  if (IsFramed(token)) {
    rest = ShowFraming(dissector, rest, &tree.root);
  }
  // Behind a frame's number: user-to-user's have no tag.
  const uint32_t id =
      rest.offset < 2 ? 0
                      : Piece{token.subspan(rest.offset - 2), 0}.CutNumber(2);
  const bool request =
      id == static_cast<uint32_t>(kerberos::TokenId::kTgtRequest);
  DerElement message;
  if (request || id == static_cast<uint32_t>(kerberos::TokenId::kTgtReply)) {
    tree.root.name = request ? "KERB-TGT-REQUEST" : "KERB-TGT-REPLY";
    ShowSequence(
        dissector,
        request ? absl::MakeConstSpan(kTgtRequestMembers) : kTgtReplyMembers,
        rest, &tree.root);
  } else if (dissector.CutElement("the message", &rest, &message)) {
    const Message* const known = FindMessage(message.tag);
    if (known == nullptr) {
      dissector.Stop(
          message.whole.offset,
          absl::StrFormat("there is no message with tag %02x", message.tag));
      tree.root.value = Hex(token, 32);
    } else {
      tree.root.name = std::string(known->name);
      if (message.tag == kTicketTag) {
        ShowTicket(dissector, message.contents, &tree.root);
      } else {
        ShowMessage(dissector, message, &tree.root);
      }
    }
    if (!rest.empty()) {
      dissector.Stop(rest.offset,
                     absl::StrCat("bytes behind the end of ", tree.root.name));
    }
  }
  tree.error = dissector.error();
  return tree;
}

FieldTree PreauthTimestampFields(Bytes message) {
  FieldTree tree;
  tree.root = {"PA-ENC-TS-ENC", "", 0, message.size(), {}};
  DerDissector dissector;
  ShowSequence(dissector, kPreauthTimestampMembers, {message, 0}, &tree.root);
  tree.error = dissector.error();
  return tree;
}

}  // namespace sspilab::sim

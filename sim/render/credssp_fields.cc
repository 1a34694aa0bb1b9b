#include "sim/render/credssp_fields.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/render/der_fields.h"
#include "sim/render/ntlm_fields.h"
#include "sim/render/piece.h"
#include "sim/render/spnego_fields.h"

namespace sspilab::sim {
namespace {

constexpr uint8_t kInteger = 0x02;
constexpr uint8_t kOctetString = 0x04;
constexpr uint8_t kSequence = 0x30;

using Member = DerDissector::Member;

// A token within: SPNEGO or, where it was left away, NTLM itself.
void ShowToken(DerDissector& dissector, Piece in, Field* field) {
  if (!LooksLikeNtlm(in.bytes) && !LooksLikeSpnego(in.bytes)) {
    return DerDissector::ShowHex(dissector, in, field);
  }
  FieldTree inner =
      LooksLikeNtlm(in.bytes) ? NtlmFields(in.bytes) : SpnegoFields(in.bytes);
  ShiftOffsets(in.offset, &inner.root);
  if (!inner.error.empty()) {
    dissector.Stop(in.offset,
                   absl::StrCat("in the ", inner.root.name, ": ", inner.error));
  }
  field->children.push_back(std::move(inner.root));
}

// MS-CSSP 2.2.1.1: SEQUENCE OF SEQUENCE { [0] OCTET STRING }.
constexpr Member kNegoDataMembers[] = {
    {0, "negoToken", kOctetString, ShowToken},
};
void ShowNegoData(DerDissector& dissector, Piece in, Field* field) {
  DerElement item;
  while (!in.empty() &&
         dissector.CutElement("negoTokens", kSequence, &in, &item)) {
    dissector.ShowMembers(kNegoDataMembers, item.contents, field);
  }
}

// An NTSTATUS (MS-CSSP 2.2.1), which is negative.
void ShowErrorCode(DerDissector&, Piece in, Field* field) {
  uint32_t code = in.empty() || in.bytes[0] < 0x80 ? 0 : 0xFFFFFFFF;
  for (const uint8_t byte : in.bytes) {
    code = code << 8 | byte;
  }
  field->value = absl::StrFormat("0x%08x", code);
}

// MS-CSSP 2.2.1.
constexpr Member kRequestMembers[] = {
    {0, "version", kInteger, DerDissector::ShowInteger},
    {1, "negoTokens", kSequence, ShowNegoData},
    {2, "authInfo", kOctetString, DerDissector::ShowHex},
    {3, "pubKeyAuth", kOctetString, DerDissector::ShowHex},
    {4, "errorCode", kInteger, ShowErrorCode},
    {5, "clientNonce", kOctetString, DerDissector::ShowHex},
};

// MS-CSSP 2.2.1.2.1.
constexpr Member kPasswordMembers[] = {
    {0, "domainName", kOctetString, DerDissector::ShowUtf16},
    {1, "userName", kOctetString, DerDissector::ShowUtf16},
    {2, "password", kOctetString, DerDissector::ShowUtf16},
};
// MS-CSSP 2.2.1.2.2.1.
constexpr Member kCspDataMembers[] = {
    {0, "keySpec", kInteger, DerDissector::ShowInteger},
    {1, "cardName", kOctetString, DerDissector::ShowUtf16},
    {2, "readerName", kOctetString, DerDissector::ShowUtf16},
    {3, "containerName", kOctetString, DerDissector::ShowUtf16},
    {4, "cspName", kOctetString, DerDissector::ShowUtf16},
};
void ShowCspData(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kCspDataMembers, in, field);
}
// MS-CSSP 2.2.1.2.2.
constexpr Member kSmartCardMembers[] = {
    {0, "pin", kOctetString, DerDissector::ShowUtf16},
    {1, "cspData", kSequence, ShowCspData},
    {2, "userHint", kOctetString, DerDissector::ShowUtf16},
    {3, "domainHint", kOctetString, DerDissector::ShowUtf16},
};
// MS-CSSP 2.2.1.2.3.1.
constexpr Member kPackageCredMembers[] = {
    {0, "packageName", kOctetString, DerDissector::ShowUtf16},
    {1, "credBuffer", kOctetString, DerDissector::ShowHex},
};
void ShowPackageCred(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kPackageCredMembers, in, field);
}
void ShowPackageCreds(DerDissector& dissector, Piece in, Field* field) {
  DerElement item;
  while (!in.empty() &&
         dissector.CutElement(field->name, kSequence, &in, &item)) {
    ShowPackageCred(dissector, item.contents, field);
  }
}
// MS-CSSP 2.2.1.2.3.
constexpr Member kRemoteGuardMembers[] = {
    {0, "logonCred", kSequence, ShowPackageCred},
    {1, "supplementalCreds", kSequence, ShowPackageCreds},
};

struct CredentialForm {
  uint8_t type;
  std::string_view name;
  absl::Span<const Member> members;
};
// By credType (MS-CSSP 2.2.1.2).
constexpr CredentialForm kForms[] = {
    {1, "TSPasswordCreds", kPasswordMembers},
    {2, "TSSmartCardCreds", kSmartCardMembers},
    {6, "TSRemoteGuardCreds", kRemoteGuardMembers},
};

// MS-CSSP 2.2.1.2.
constexpr Member kCredentialsMembers[] = {
    {0, "credType", kInteger, DerDissector::ShowInteger},
    {1, "credentials", kOctetString, DerDissector::ShowHex},
};

// The tag of the element in member [number] of the SEQUENCE in `token`, and its
// contents; 0 where there is none.
uint8_t MemberTag(absl::Span<const uint8_t> token, uint8_t number,
                  Piece* contents) {
  DerDissector dissector;
  Piece rest = {token, 0};
  DerElement sequence;
  DerElement outer;
  DerElement inner;
  if (!dissector.CutElement("", kSequence, &rest, &sequence)) {
    return 0;
  }
  while (!sequence.contents.empty() &&
         dissector.CutElement("", &sequence.contents, &outer)) {
    if (outer.tag == (0xA0 | number)) {
      if (!dissector.CutElement("", &outer.contents, &inner)) {
        return 0;
      }
      *contents = inner.contents;
      return inner.tag;
    }
  }
  return 0;
}

// A SEQUENCE whose members these are, and nothing behind it.
Field ShowSequence(DerDissector& dissector, std::string_view name,
                   absl::Span<const Member> members, Piece in) {
  Field field = FieldOf(std::string(name), "", in);
  DerElement sequence;
  if (dissector.CutElement(name, kSequence, &in, &sequence)) {
    dissector.ShowMembers(members, sequence.contents, &field);
  }
  if (!in.empty()) {
    dissector.Stop(in.offset, absl::StrCat("bytes behind the ", name));
  }
  return field;
}

}  // namespace

FieldTree TsRequestFields(absl::Span<const uint8_t> token) {
  DerDissector dissector;
  Field root =
      ShowSequence(dissector, "TSRequest", kRequestMembers, {token, 0});
  return {std::move(root), dissector.error()};
}

FieldTree TsCredentialsFields(absl::Span<const uint8_t> credentials) {
  DerDissector dissector;
  Field root = ShowSequence(dissector, "TSCredentials", kCredentialsMembers,
                            {credentials, 0});
  Piece type;
  Piece inner;
  MemberTag(credentials, 0, &type);
  MemberTag(credentials, 1, &inner);
  const auto* form = std::find_if(
      std::begin(kForms), std::end(kForms), [&](const CredentialForm& f) {
        return type.size() == 1 && type.bytes[0] == f.type;
      });
  for (Field& field : root.children) {
    if (form != std::end(kForms) && !inner.empty() &&
        field.offset < inner.offset &&
        inner.end() <= field.offset + field.size) {
      field.value = "";
      field.children.push_back(
          ShowSequence(dissector, form->name, form->members, inner));
    }
  }
  return {std::move(root), dissector.error()};
}

bool LooksLikeTsRequest(absl::Span<const uint8_t> token) {
  Piece ignored;
  return MemberTag(token, 0, &ignored) == kInteger;
}

bool LooksLikeTsCredentials(absl::Span<const uint8_t> token) {
  Piece ignored;
  return LooksLikeTsRequest(token) &&
         MemberTag(token, 1, &ignored) == kOctetString;
}

}  // namespace sspilab::sim

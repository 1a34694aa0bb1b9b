#include "sim/render/spnego_fields.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/wire/der.h"
#include "sim/render/der_fields.h"
#include "sim/render/kerberos_fields.h"
#include "sim/render/ntlm_fields.h"
#include "sim/render/piece.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

constexpr uint8_t kInitialContextToken = 0x60;
constexpr uint8_t kNegTokenInit = 0xA0;
constexpr uint8_t kNegTokenResp = 0xA1;
constexpr uint8_t kBitString = 0x03;
constexpr uint8_t kOctetString = 0x04;
constexpr uint8_t kOid = 0x06;
constexpr uint8_t kEnumerated = 0x0A;
constexpr uint8_t kGeneralString = 0x1B;
constexpr uint8_t kSequence = 0x30;

struct MechanismName {
  std::string_view oid;
  std::string_view name;
};
// MS-SPNG 1.9 and 3.1.5.2.
constexpr MechanismName kMechanisms[] = {
    {"1.3.6.1.5.5.2", "SPNEGO"},
    {"1.2.840.113554.1.2.2", "Kerberos"},
    {"1.2.840.48018.1.2.2", "MS-Kerberos"},
    {"1.2.840.113554.1.2.2.3", "Kerberos user-to-user"},
    {"1.3.6.1.4.1.311.2.2.10", "NTLM"},
    {"1.3.6.1.4.1.311.2.2.30", "NEGOEX"},
};

void ShowMechanism(DerDissector&, Piece in, Field* field) {
  const std::string oid = wire::OidToString(in.bytes);
  field->value = oid.empty() ? Hex(in.bytes) : oid;
  for (const MechanismName& known : kMechanisms) {
    if (known.oid == oid) {
      field->value = known.name;
    }
  }
}

void ShowMechanisms(DerDissector& dissector, Piece in, Field* field) {
  DerElement oid;
  while (!in.empty() && dissector.CutElement("a mechType", kOid, &in, &oid)) {
    Field one;
    ShowMechanism(dissector, oid.contents, &one);
    absl::StrAppend(&field->value, field->value.empty() ? "" : ", ", one.value);
  }
}

// RFC 4178 4.2.1: named bits, the highest first, behind a byte that counts
// those unused.
void ShowFlags(DerDissector& dissector, Piece in, Field* field) {
  constexpr std::array<std::string_view, 7> kNames = {
      "deleg", "mutual", "replay", "sequence", "anonymous", "conf", "integ"};
  if (in.empty()) {
    return dissector.Stop(in.offset, "reqFlags is an empty BIT STRING");
  }
  in.Cut(1);
  for (size_t i = 0; !in.empty() && i < kNames.size(); ++i) {
    if ((in.bytes[0] & (0x80 >> i)) != 0) {
      absl::StrAppend(&field->value, field->value.empty() ? "" : ", ",
                      kNames[i]);
    }
  }
}

void ShowState(DerDissector&, Piece in, Field* field) {
  constexpr std::array<std::string_view, 4> kNames = {
      "accept-completed", "accept-incomplete", "reject", "request-mic"};
  field->value = in.size() == 1 && in.bytes[0] < kNames.size()
                     ? std::string(kNames[in.bytes[0]])
                     : Hex(in.bytes);
}

void ShowToken(DerDissector& dissector, Piece in, Field* field) {
  const bool is_ntlm = LooksLikeNtlm(in.bytes);
  if (!is_ntlm && !LooksLikeKerberos(in.bytes)) {
    return DerDissector::ShowHex(dissector, in, field);
  }
  FieldTree inner = is_ntlm ? NtlmFields(in.bytes) : KerberosFields(in.bytes);
  ShiftOffsets(in.offset, &inner.root);
  if (!inner.error.empty()) {
    dissector.Stop(in.offset, absl::StrCat("in the ", inner.root.name,
                                           " message: ", inner.error));
  }
  field->children.push_back(std::move(inner.root));
}

// MS-SPNG 2.2.1.
constexpr DerDissector::Member kHintMembers[] = {
    {0, "hintName", kGeneralString, DerDissector::ShowText},
    {1, "hintAddress", kOctetString, DerDissector::ShowHex},
};
void ShowHints(DerDissector& dissector, Piece in, Field* field) {
  dissector.ShowMembers(kHintMembers, in, field);
}

// RFC 4178 4.2.1; NegTokenInit2 (MS-SPNG 2.2.1) has its hints at [3].
constexpr DerDissector::Member kInitMembers[] = {
    {0, "mechTypes", kSequence, ShowMechanisms},
    {1, "reqFlags", kBitString, ShowFlags},
    {2, "mechToken", kOctetString, ShowToken},
    {3, "mechListMIC", kOctetString, DerDissector::ShowHex},
    {3, "negHints", kSequence, ShowHints},
    {4, "mechListMIC", kOctetString, DerDissector::ShowHex},
};

// RFC 4178 4.2.2.
constexpr DerDissector::Member kRespMembers[] = {
    {0, "negState", kEnumerated, ShowState},
    {1, "supportedMech", kOid, ShowMechanism},
    {2, "responseToken", kOctetString, ShowToken},
    {3, "mechListMIC", kOctetString, DerDissector::ShowHex},
};

}  // namespace

bool LooksLikeSpnego(absl::Span<const uint8_t> token) {
  return !token.empty() &&
         (token[0] == kInitialContextToken || token[0] == kNegTokenInit ||
          token[0] == kNegTokenResp);
}

FieldTree SpnegoFields(absl::Span<const uint8_t> token) {
  FieldTree tree;
  tree.root = {"token", "", 0, token.size(), {}};
  DerDissector dissector;
  Piece rest = {token, 0};
  DerElement choice;
  bool there = dissector.CutElement("the token", &rest, &choice);
  if (there && choice.tag == kInitialContextToken) {
    // RFC 2743 3.1: which mechanism, then its own token.
    Piece inside = choice.contents;
    DerElement oid;
    there = dissector.CutElement("thisMech", kOid, &inside, &oid);
    if (there) {
      Field& mech =
          tree.root.children.emplace_back(FieldOf("thisMech", "", oid.whole));
      ShowMechanism(dissector, oid.contents, &mech);
      there = dissector.CutElement("the token", &inside, &choice);
    }
    if (there && !inside.empty()) {
      dissector.Stop(inside.offset, "bytes behind the token");
    }
  }
  if (!rest.empty()) {
    dissector.Stop(rest.offset, "bytes behind the token");
  }
  const bool init = choice.tag == kNegTokenInit;
  if (there && (init || choice.tag == kNegTokenResp)) {
    tree.root.name = init ? "NegTokenInit" : "NegTokenResp";
    DerElement sequence;
    if (dissector.CutElement(tree.root.name, kSequence, &choice.contents,
                             &sequence)) {
      dissector.ShowMembers(
          init ? absl::MakeConstSpan(kInitMembers) : kRespMembers,
          sequence.contents, &tree.root);
    }
    if (!choice.contents.empty()) {
      dissector.Stop(choice.contents.offset,
                     absl::StrCat("bytes behind the ", tree.root.name));
    }
  } else {
    dissector.Stop(choice.whole.offset,
                   "this is neither NegTokenInit nor NegTokenResp");
    tree.root.value = Hex(token, 32);
  }
  tree.error = dissector.error();
  return tree;
}

}  // namespace sspilab::sim

#include "core/negotiate/messages.h"

#include <algorithm>
#include <array>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sspilab::negotiate {
namespace {

using Bytes = absl::Span<const uint8_t>;
using wire::ContextTag;
using wire::DerReader;
using wire::DerRules;
using wire::DerTag;
using wire::DerWriter;

// RFC 2743 3.1: InitialContextToken is [APPLICATION 0] IMPLICIT SEQUENCE.
constexpr DerTag kInitialContextToken = wire::ApplicationTag(0);
// RFC 4178 4.2: NegotiationToken is a CHOICE of these.
constexpr DerTag kNegTokenInit = ContextTag(0);
constexpr DerTag kNegTokenResp = ContextTag(1);

constexpr std::array<uint8_t, 8> kNtlmSignature = {'N', 'T', 'L', 'M',
                                                   'S', 'S', 'P', '\0'};

struct KnownMechanism {
  Bytes oid;
  std::string_view name;
};
constexpr KnownMechanism kKnownMechanisms[] = {
    {oid::kNtlm, "NTLM"},
    {oid::kKerberos, "Kerberos"},
    {oid::kWindowsKerberos, "Kerberos (Windows)"},
    {oid::kKerberosUserToUser, "Kerberos user-to-user"},
    {oid::kNegoEx, "NegoEx"},
    {oid::kSpnego, "SPNEGO"},
};

absl::Status Malformed(std::string_view what, const DerReader& at) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, " at byte ", at.position(), " is malformed"));
}

// Reads the fields of a SEQUENCE whose members are all OPTIONAL and tagged in
// their order. Remembers the first that is wrong.
class FieldReader {
 public:
  explicit FieldReader(const DerReader& sequence) : sequence_(sequence) {}

  // `read(DerReader&)` reads what [number] holds, if that is next.
  template <typename Read>
  void Optional(unsigned number, std::string_view name, Read read) {
    if (!status_.ok() || !sequence_.NextIs(ContextTag(number))) return;
    DerReader field;
    if (!sequence_.Enter(ContextTag(number), &field)) {
      status_ = Malformed(name, sequence_);
      return;
    }
    const DerReader begin = field;
    if (!read(field)) {
      status_ = Malformed(name, begin);
    } else if (!field.AtEnd()) {
      status_ = Malformed(name, field);
    }
  }
  void OctetString(unsigned number, std::string_view name,
                   std::optional<Bytes>* value) {
    Optional(number, name, [value](DerReader& field) {
      return field.ReadOctetString(&value->emplace());
    });
  }

  // Both messages are extensible: what is not known may follow, as long as it
  // is well-formed.
  absl::Status Finish() {
    DerTag tag;
    Bytes contents;
    while (status_.ok() && !sequence_.AtEnd()) {
      if (!sequence_.ReadAny(&tag, &contents)) {
        status_ = Malformed("an extension", sequence_);
      } else if (wire::ClassOf(tag) != wire::DerClass::kContext ||
                 wire::NumberOf(tag) <= kLastKnown) {
        status_ = absl::InvalidArgumentError(absl::StrCat(
            "a field before byte ", sequence_.position(), " is out of place"));
      }
    }
    return status_;
  }
  void Fail(absl::Status status) {
    if (status_.ok()) status_ = std::move(status);
  }
  bool ok() const { return status_.ok(); }

 private:
  // The highest number that either message gives a meaning to.
  static constexpr unsigned kLastKnown = 4;

  DerReader sequence_;
  absl::Status status_;
};

// NegHints (MS-SPNG 2.2.1): hintName [0] GeneralString, hintAddress [1].
bool ReadHints(DerReader& field, std::optional<Bytes>* name) {
  DerReader hints;
  if (!field.Enter(DerTag::kSequence, &hints)) return false;
  DerReader inside;
  if (hints.NextIs(ContextTag(0)) &&
      !(hints.Enter(ContextTag(0), &inside) &&
        inside.Read(DerTag::kGeneralString, &name->emplace()) &&
        inside.AtEnd())) {
    return false;
  }
  if (hints.NextIs(ContextTag(1)) && !hints.Enter(ContextTag(1), &inside)) {
    return false;
  }
  return hints.AtEnd();
}

void WriteOctetString(unsigned number, const std::optional<Bytes>& value,
                      DerWriter* writer) {
  if (!value.has_value()) return;
  const size_t end = writer->size();
  writer->WriteOctetString(*value);
  writer->Close(ContextTag(number), end);
}

}  // namespace

std::string_view MechanismName(Bytes oid) {
  for (const KnownMechanism& known : kKnownMechanisms) {
    if (known.oid == oid) return known.name;
  }
  return {};
}

TokenKind KindOf(Bytes token) {
  if (token.empty()) return TokenKind::kUnknown;
  if (token[0] == static_cast<uint8_t>(kInitialContextToken)) {
    return TokenKind::kInit;
  }
  if (token[0] == static_cast<uint8_t>(kNegTokenResp)) return TokenKind::kResp;
  return token.size() >= kNtlmSignature.size() &&
                 std::equal(kNtlmSignature.begin(), kNtlmSignature.end(),
                            token.begin())
             ? TokenKind::kRawNtlm
             : TokenKind::kUnknown;
}

absl::StatusOr<MechTypeList> MechTypeList::Parse(Bytes der) {
  DerReader reader(der, DerRules::kBer);
  DerReader list;
  if (!reader.Enter(DerTag::kSequence, &list) || !reader.AtEnd()) {
    return Malformed("MechTypeList", reader);
  }
  do {
    Bytes oid;
    if (!list.ReadOid(&oid)) return Malformed("MechType", list);
  } while (!list.AtEnd());
  return MechTypeList(der);
}

DerReader MechTypeList::Begin() const {
  DerReader reader(der_, DerRules::kBer);
  DerReader list;
  // It was one when it was parsed; one that was never is empty.
  return reader.Enter(DerTag::kSequence, &list) ? list : DerReader();
}

absl::StatusOr<NegTokenInit> NegTokenInit::Parse(Bytes token) {
  DerReader outside(token, DerRules::kBer);
  DerReader framing;
  if (!outside.Enter(kInitialContextToken, &framing)) {
    return Malformed("InitialContextToken", outside);
  }
  if (!outside.AtEnd()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the token ends at byte ", outside.position(), " of ", token.size()));
  }
  Bytes mechanism;
  if (!framing.ReadOid(&mechanism) ||
      mechanism != absl::MakeConstSpan(oid::kSpnego)) {
    return Malformed("thisMech", framing);
  }
  DerReader choice;
  DerReader sequence;
  if (!framing.Enter(kNegTokenInit, &choice) || !framing.AtEnd()) {
    return Malformed("NegTokenInit", framing);
  }
  if (!choice.Enter(DerTag::kSequence, &sequence) || !choice.AtEnd()) {
    return Malformed("NegTokenInit", choice);
  }

  NegTokenInit init;
  FieldReader fields(sequence);
  fields.Optional(0, "mechTypes", [&](DerReader& field) {
    Bytes der;
    if (!field.ReadWhole(&der)) return false;
    absl::StatusOr<MechTypeList> list = MechTypeList::Parse(der);
    if (list.ok()) init.mech_types = *list;
    return list.ok();
  });
  fields.Optional(1, "reqFlags", [&](DerReader& field) {
    DerReader same = field;
    Bytes bits;
    unsigned unused;
    return same.ReadBitString(&bits, &unused) &&
           field.Read(DerTag::kBitString, &init.req_flags.emplace());
  });
  fields.OctetString(2, "mechToken", &init.mech_token);
  // negHints took the place that RFC 2478 had given to mechListMIC, and RFC
  // 4178 gives it still: its type tells.
  fields.Optional(3, "negHints or mechListMIC", [&](DerReader& field) {
    if (field.NextIs(DerTag::kSequence)) {
      return ReadHints(field, &init.hint_name);
    }
    return field.ReadOctetString(&init.mech_list_mic.emplace());
  });
  if (!init.mech_list_mic.has_value()) {
    fields.OctetString(4, "mechListMIC", &init.mech_list_mic);
  }
  if (init.mech_types.der().empty()) {
    fields.Fail(absl::InvalidArgumentError("mechTypes is missing"));
  }
  const absl::Status status = fields.Finish();
  if (!status.ok()) return status;
  return init;
}

void NegTokenInit::WriteTo(DerWriter* writer) const {
  const size_t end = writer->size();
  WriteOctetString(hint_name.has_value() ? 4 : 3, mech_list_mic, writer);
  if (hint_name.has_value()) {
    writer->Write(ContextTag(3), [&] {
      writer->Write(DerTag::kSequence, [&] {
        writer->Write(ContextTag(0), [&] {
          writer->WriteElement(DerTag::kGeneralString, *hint_name);
        });
      });
    });
  }
  WriteOctetString(2, mech_token, writer);
  if (req_flags.has_value()) {
    writer->Write(ContextTag(1), [&] {
      writer->WriteElement(DerTag::kBitString, *req_flags);
    });
  }
  writer->Write(ContextTag(0), [&] { writer->WriteBytes(mech_types.der()); });
  writer->Close(DerTag::kSequence, end);
  writer->Close(kNegTokenInit, end);
  writer->WriteOid(oid::kSpnego);
  writer->Close(kInitialContextToken, end);
}

absl::StatusOr<NegTokenResp> NegTokenResp::Parse(Bytes token) {
  DerReader outside(token, DerRules::kBer);
  DerReader choice;
  DerReader sequence;
  if (!outside.Enter(kNegTokenResp, &choice)) {
    return Malformed("NegTokenResp", outside);
  }
  if (!outside.AtEnd()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the token ends at byte ", outside.position(), " of ", token.size()));
  }
  if (!choice.Enter(DerTag::kSequence, &sequence) || !choice.AtEnd()) {
    return Malformed("NegTokenResp", choice);
  }

  NegTokenResp resp;
  FieldReader fields(sequence);
  fields.Optional(0, "negState", [&](DerReader& field) {
    int64_t value;
    if (!field.ReadEnumerated(&value) || value < 0 ||
        value > static_cast<int64_t>(NegState::kRequestMic)) {
      return false;
    }
    resp.neg_state = static_cast<NegState>(value);
    return true;
  });
  fields.Optional(1, "supportedMech", [&](DerReader& field) {
    return field.ReadOid(&resp.supported_mech.emplace());
  });
  fields.OctetString(2, "responseToken", &resp.response_token);
  fields.OctetString(3, "mechListMIC", &resp.mech_list_mic);
  const absl::Status status = fields.Finish();
  if (!status.ok()) return status;
  return resp;
}

void NegTokenResp::WriteTo(DerWriter* writer) const {
  const size_t end = writer->size();
  WriteOctetString(3, mech_list_mic, writer);
  WriteOctetString(2, response_token, writer);
  if (supported_mech.has_value()) {
    writer->Write(ContextTag(1), [&] { writer->WriteOid(*supported_mech); });
  }
  if (neg_state.has_value()) {
    writer->Write(ContextTag(0), [&] {
      writer->WriteEnumerated(static_cast<int64_t>(*neg_state));
    });
  }
  writer->Close(DerTag::kSequence, end);
  writer->Close(kNegTokenResp, end);
}

// A header is a tag and a length of at most four bytes here.
constexpr size_t kMaxHeader = 5;

size_t InitOverhead(Bytes mech_types) {
  // Around it all: framing, choice, SEQUENCE. Then thisMech, the list in its
  // [0], and the token in its [2].
  return 3 * kMaxHeader + 2 + sizeof(oid::kSpnego) + kMaxHeader +
         mech_types.size() + 2 * kMaxHeader;
}

size_t RespOverhead(Bytes supported_mech) {
  constexpr size_t kNegState = 5;
  return 2 * kMaxHeader + kNegState + 4 + supported_mech.size() +
         2 * kMaxHeader;
}

}  // namespace sspilab::negotiate

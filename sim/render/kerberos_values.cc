#include "sim/render/kerberos_values.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/messages.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

constexpr uint8_t kInteger = 0x02;
constexpr uint8_t kGeneralString = 0x1B;
constexpr uint8_t kSequence = 0x30;

// A bit by its number, or a type by its own.
struct Named {
  uint32_t number;
  std::string_view name;
};

// RFC 4120 5.3, RFC 6112, RFC 6806.
constexpr Named kTicketFlags[] = {
    {1, "forwardable"},     {2, "forwarded"},
    {3, "proxiable"},       {4, "proxy"},
    {5, "may-postdate"},    {6, "postdated"},
    {7, "invalid"},         {8, "renewable"},
    {9, "initial"},         {10, "pre-authent"},
    {11, "hw-authent"},     {12, "transited-policy-checked"},
    {13, "ok-as-delegate"}, {15, "enc-pa-rep"},
    {16, "anonymous"},
};
// RFC 4120 5.4.1.
constexpr Named kKdcOptions[] = {
    {1, "forwardable"},
    {2, "forwarded"},
    {3, "proxiable"},
    {4, "proxy"},
    {5, "allow-postdate"},
    {6, "postdated"},
    {8, "renewable"},
    {14, "cname-in-addl-tkt"},
    {15, "canonicalize"},
    {16, "request-anonymous"},
    {26, "disable-transited-check"},
    {27, "renewable-ok"},
    {28, "enc-tkt-in-skey"},
    {30, "renew"},
    {31, "validate"},
};
// RFC 4120 5.5.1.
constexpr Named kApOptions[] = {{1, "use-session-key"}, {2, "mutual-required"}};

// RFC 4120 7.5.2, RFC 4556, RFC 6113, MS-KILE 2.2.
constexpr Named kPaData[] = {
    {1, "PA-TGS-REQ"},          {2, "PA-ENC-TIMESTAMP"},
    {3, "PA-PW-SALT"},          {11, "PA-ETYPE-INFO"},
    {14, "PA-PK-AS-REQ-OLD"},   {15, "PA-PK-AS-REP-OLD"},
    {16, "PA-PK-AS-REQ"},       {17, "PA-PK-AS-REP"},
    {19, "PA-ETYPE-INFO2"},     {20, "PA-SVR-REFERRAL-INFO"},
    {128, "PA-PAC-REQUEST"},    {129, "PA-FOR-USER"},
    {133, "PA-FX-COOKIE"},      {136, "PA-FX-FAST"},
    {149, "PA-REQ-ENC-PA-REP"}, {165, "PA-SUPPORTED-ENCTYPES"},
    {167, "PA-PAC-OPTIONS"},
};

struct NamedFlag {
  uint32_t flag;
  std::string_view name;
};
namespace gss = kerberos::gss_flag;
constexpr NamedFlag kGssFlags[] = {
    {gss::kDelegation, "deleg"},
    {gss::kMutual, "mutual"},
    {gss::kReplay, "replay"},
    {gss::kSequence, "sequence"},
    {gss::kConfidentiality, "conf"},
    {gss::kIntegrity, "integ"},
    {gss::kDceStyle, "dce-style"},
    {gss::kIdentify, "identify"},
    {gss::kExtendedError, "extended-error"},
};

void Append(std::string_view name, std::string* text) {
  absl::StrAppend(text, text->empty() ? "" : " ", name);
}

// RFC 4120 5.2.8: bit 0 is the highest one behind the byte that counts those
// unused.
void ShowBits(absl::Span<const Named> names, DerDissector& dissector, Piece in,
              Field* field) {
  if (in.empty()) {
    return dissector.Stop(in.offset,
                          absl::StrCat(field->name, " is an empty BIT STRING"));
  }
  in.Cut(1);
  for (size_t bit = 0; bit < 8 * in.size(); ++bit) {
    if ((in.bytes[bit / 8] & (0x80 >> bit % 8)) == 0) {
      continue;
    }
    const auto* const named =
        std::find_if(names.begin(), names.end(),
                     [bit](const Named& n) { return n.number == bit; });
    Append(named != names.end() ? named->name
                                : std::string_view(absl::StrCat("bit ", bit)),
           &field->value);
  }
  if (field->value.empty()) {
    field->value = "none";
  }
}

std::string EtypeName(int32_t etype) {
  const kerberos::EncryptionType* const type =
      kerberos::FindEncryptionType(etype);
  return type != nullptr ? std::string(type->name)
                         : absl::StrCat("etype ", etype);
}

}  // namespace

int32_t NumberIn(Piece in) {
  if (in.empty() || in.size() > sizeof(int32_t)) {
    return 0;
  }
  uint32_t number = in.bytes[0] < 0x80 ? 0 : 0xFFFFFFFF;
  for (const uint8_t byte : in.bytes) {
    number = number << 8 | byte;
  }
  return static_cast<int32_t>(number);
}

void ShowKerberosNumber(DerDissector&, Piece in, Field* field) {
  // Sequence numbers and nonces that need all 32 bits have a zero before them.
  constexpr size_t kLongest = 5;
  if (in.size() == kLongest && in.bytes[0] == 0) {
    in.Cut(1);
    field->value = absl::StrCat(in.CutNumber(kLongest - 1));
  } else {
    field->value =
        in.size() < kLongest ? absl::StrCat(NumberIn(in)) : Hex(in.bytes);
  }
}

void ShowKerberosTime(DerDissector& dissector, Piece in, Field* field) {
  constexpr size_t kSize = 15;  // YYYYMMDDHHMMSSZ
  const std::string text(in.bytes.begin(), in.bytes.end());
  if (text.size() != kSize || text.back() != 'Z') {
    dissector.Stop(in.offset, absl::StrCat(field->name, " is no time"));
    field->value = Hex(in.bytes);
    return;
  }
  field->value = absl::StrCat(text.substr(0, 4), "-", text.substr(4, 2), "-",
                              text.substr(6, 2), " ", text.substr(8, 2), ":",
                              text.substr(10, 2), ":", text.substr(12, 2));
}

void ShowPrincipalName(DerDissector& dissector, Piece in, Field* field) {
  const auto show_strings = [](DerDissector& d, Piece strings, Field* list) {
    DerElement part;
    while (!strings.empty() &&
           d.CutElement("a name-string", kGeneralString, &strings, &part)) {
      absl::StrAppend(
          &list->value, list->value.empty() ? "" : "/",
          std::string(part.contents.bytes.begin(), part.contents.bytes.end()));
    }
  };
  const DerDissector::Member members[] = {
      {0, "name-type", kInteger, ShowKerberosNumber},
      {1, "name-string", kSequence, show_strings},
  };
  dissector.ShowMembers(members, in, field);
  for (const Field& child : field->children) {
    if (child.name == "name-string") {
      field->value = child.value;
    }
  }
}

void ShowRealm(DerDissector&, Piece in, Field* field) {
  field->value.assign(in.bytes.begin(), in.bytes.end());
}

void ShowEtype(DerDissector&, Piece in, Field* field) {
  field->value = EtypeName(NumberIn(in));
}

void ShowEtypes(DerDissector& dissector, Piece in, Field* field) {
  DerElement number;
  while (!in.empty() &&
         dissector.CutElement("an etype", kInteger, &in, &number)) {
    absl::StrAppend(&field->value, field->value.empty() ? "" : ", ",
                    EtypeName(NumberIn(number.contents)));
  }
}

void ShowErrorCode(DerDissector&, Piece in, Field* field) {
  const int32_t code = NumberIn(in);
  const std::string_view name =
      kerberos::NameOf(static_cast<kerberos::ErrorCode>(code));
  field->value =
      name.empty() ? absl::StrCat(code) : absl::StrCat(name, " (", code, ")");
}

void ShowTicketFlags(DerDissector& dissector, Piece in, Field* field) {
  ShowBits(kTicketFlags, dissector, in, field);
}
void ShowKdcOptions(DerDissector& dissector, Piece in, Field* field) {
  ShowBits(kKdcOptions, dissector, in, field);
}
void ShowApOptions(DerDissector& dissector, Piece in, Field* field) {
  ShowBits(kApOptions, dissector, in, field);
}

std::string PaDataName(int32_t type) {
  const auto* const named = std::find_if(
      std::begin(kPaData), std::end(kPaData), [type](const Named& n) {
        return static_cast<int32_t>(n.number) == type;
      });
  return named != std::end(kPaData) ? std::string(named->name)
                                    : absl::StrCat("PA-DATA ", type);
}

std::string GssFlagNames(uint32_t flags) {
  std::string text;
  for (const NamedFlag& named : kGssFlags) {
    if ((flags & named.flag) != 0) {
      Append(named.name, &text);
      flags &= ~named.flag;
    }
  }
  if (flags != 0) {
    Append(absl::StrCat("0x", absl::Hex(flags)), &text);
  }
  return text.empty() ? "none" : text;
}

}  // namespace sspilab::sim

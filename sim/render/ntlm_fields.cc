#include "sim/render/ntlm_fields.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/ntlm/av_pairs.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/wire/oem.h"
#include "core/wire/payload_field.h"
#include "core/wire/reader.h"
#include "core/wire/utf.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

// How the bytes of one part are read.
enum class Kind {
  kSignature,
  kMessageType,
  kFlags,
  kBytes,
  kVersion,
  // The eight bytes that point at a payload, by what that payload is.
  kString,
  kOemString,
  kPayloadBytes,
  kLmResponse,
  kNtResponse,
  kAvPairs,
};

struct Part {
  std::string_view name;
  size_t offset;
  size_t size;
  Kind kind;
  // Without one of these NegotiateFlags, what it points at does not count.
  uint32_t needs = 0;
};

constexpr Part kSignature = {"Signature", 0, 8, Kind::kSignature};
constexpr Part kMessageType = {"MessageType", 8, 4, Kind::kMessageType};

// MS-NLMP 2.2.1.1.
constexpr Part kNegotiateParts[] = {
    kSignature,
    kMessageType,
    {"NegotiateFlags", 12, 4, Kind::kFlags},
    {"DomainName", 16, 8, Kind::kOemString, ntlm::kOemDomainSupplied},
    {"Workstation", 24, 8, Kind::kOemString, ntlm::kOemWorkstationSupplied},
    {"Version", 32, 8, Kind::kVersion},
};

// MS-NLMP 2.2.1.2.
constexpr Part kChallengeParts[] = {
    kSignature,
    kMessageType,
    {"TargetName", 12, 8, Kind::kString},
    {"NegotiateFlags", 20, 4, Kind::kFlags},
    {"ServerChallenge", 24, 8, Kind::kBytes},
    {"Reserved", 32, 8, Kind::kBytes},
    {"TargetInfo", 40, 8, Kind::kAvPairs},
    {"Version", 48, 8, Kind::kVersion},
};

// MS-NLMP 2.2.1.3.
constexpr Part kAuthenticateParts[] = {
    kSignature,
    kMessageType,
    {"LmChallengeResponse", 12, 8, Kind::kLmResponse},
    {"NtChallengeResponse", 20, 8, Kind::kNtResponse},
    {"DomainName", 28, 8, Kind::kString},
    {"UserName", 36, 8, Kind::kString},
    {"Workstation", 44, 8, Kind::kString},
    {"EncryptedRandomSessionKey", 52, 8, Kind::kPayloadBytes},
    {"NegotiateFlags", 60, 4, Kind::kFlags},
    {"Version", 64, 8, Kind::kVersion},
    {"MIC", 72, 16, Kind::kBytes},
};

template <typename Message>
std::string ErrorOf(Bytes token) {
  return std::string(Message::Parse(token).status().message());
}

struct Layout {
  std::string_view name;
  absl::Span<const Part> parts;
  std::string (*error)(Bytes token);
};

// By MessageType, from 1.
constexpr Layout kLayouts[] = {
    {"NEGOTIATE", kNegotiateParts, ErrorOf<ntlm::NegotiateMessage>},
    {"CHALLENGE", kChallengeParts, ErrorOf<ntlm::ChallengeMessage>},
    {"AUTHENTICATE", kAuthenticateParts, ErrorOf<ntlm::AuthenticateMessage>},
};

struct AvFlagName {
  uint32_t bit;
  std::string_view name;
};
constexpr AvFlagName kAvFlagNames[] = {
    {ntlm::kAvFlagConstrained, "account is constrained"},
    {ntlm::kAvFlagMicProvided, "message has a MIC"},
    {ntlm::kAvFlagUntrustedSpn, "target name is unverified"},
};

uint64_t LittleEndian(Bytes bytes) {
  uint64_t value = 0;
  for (size_t i = std::min<size_t>(bytes.size(), 8); i > 0; --i) {
    value = value << 8 | bytes[i - 1];
  }
  return value;
}

std::string Quoted(std::string_view text) {
  return absl::StrCat("\"", text, "\"");
}

std::string Utf16Text(Bytes bytes) {
  return Quoted(wire::Utf16LeToUtf8Lossy(bytes));
}

std::string OemText(Bytes bytes) {
  return Quoted(wire::Utf16ToUtf8Lossy(wire::OemToUtf16(bytes)));
}

// Takes one token apart. Offsets are those of the whole token throughout.
class Dissector {
 public:
  explicit Dissector(Bytes token) : token_(token) {}

  FieldTree Run() {
    FieldTree tree;
    tree.root = {"token", "", 0, token_.size(), {}};
    const absl::StatusOr<ntlm::MessageType> type =
        ntlm::PeekMessageType(token_);
    if (!type.ok()) {
      tree.root.value = Hex(token_, 32);
      tree.error = std::string(type.status().message());
      return tree;
    }
    const Layout& layout = kLayouts[static_cast<size_t>(*type) - 1];
    tree.root.name = layout.name;
    ReadHeader(layout.parts);
    std::stable_sort(
        payload_.begin(), payload_.end(),
        [](const Field& a, const Field& b) { return a.offset < b.offset; });
    tree.root.children = std::move(header_);
    tree.root.children.insert(tree.root.children.end(),
                              std::make_move_iterator(payload_.begin()),
                              std::make_move_iterator(payload_.end()));
    tree.error = layout.error(token_);
    if (tree.error.empty()) {
      tree.error = av_error_;
    }
    return tree;
  }

 private:
  static bool PointsAtPayload(const Part& part) {
    return part.kind >= Kind::kString;
  }

  bool Counts(const Part& part) const {
    return part.needs == 0 || (flags_ & part.needs) != 0;
  }

  Bytes At(const Part& part) const {
    return token_.subspan(part.offset, part.size);
  }

  wire::PayloadField PointerAt(const Part& part) const {
    wire::PayloadField field;
    wire::Reader reader(At(part));
    (void)field.ReadFrom(&reader);  // Eight bytes are there.
    return field;
  }

  // Old systems' headers end early, which only the payload's begin tells.
  void ReadHeader(absl::Span<const Part> parts) {
    size_t header_end = token_.size();
    for (const Part& part : parts) {
      if (part.offset + part.size > header_end) {
        break;
      }
      if (part.kind == Kind::kFlags) {
        flags_ = static_cast<uint32_t>(LittleEndian(At(part)));
      }
      if (PointsAtPayload(part) && Counts(part)) {
        const wire::PayloadField field = PointerAt(part);
        if (field.length > 0 && field.offset >= part.offset + part.size) {
          header_end = std::min<size_t>(header_end, field.offset);
        }
      }
      present_.push_back(&part);
    }
    for (const Part* part : present_) {
      if (PointsAtPayload(*part)) {
        ReadPointer(*part);
      } else {
        ReadFixed(*part);
      }
    }
  }

  void ReadFixed(const Part& part) {
    const Bytes bytes = At(part);
    Field field = {std::string(part.name), "", part.offset, part.size, {}};
    switch (part.kind) {
      case Kind::kSignature:
        field.value = "\"NTLMSSP\\0\"";
        break;
      case Kind::kMessageType:
        field.value = absl::StrCat(LittleEndian(bytes));
        break;
      case Kind::kFlags:
        AddFlags(&field);
        break;
      case Kind::kVersion:
        field.value = absl::StrFormat(
            "%u.%u build %u, NTLM revision %u", bytes[0], bytes[1],
            LittleEndian(bytes.subspan(2, 2)), bytes[7]);
        break;
      default:
        field.value = Hex(bytes);
    }
    header_.push_back(std::move(field));
  }

  void AddFlags(Field* field) const {
    field->value = absl::StrFormat("0x%08x", flags_);
    uint32_t unnamed = flags_;
    for (const ntlm::NegotiateFlagName& flag : ntlm::NegotiateFlagNames()) {
      if ((flags_ & flag.bit) != 0) {
        field->children.push_back(
            {std::string(flag.name), "", field->offset, 0, {}});
        unnamed &= ~flag.bit;
      }
    }
    if (unnamed != 0) {
      field->children.push_back({"reserved bits",
                                 absl::StrFormat("0x%08x", unnamed),
                                 field->offset,
                                 0,
                                 {}});
    }
  }

  void ReadPointer(const Part& part) {
    const wire::PayloadField pointer = PointerAt(part);
    header_.push_back(
        {absl::StrCat(part.name, "Fields"),
         absl::StrFormat("length %u, room %u, offset %u", pointer.length,
                         pointer.max_length, pointer.offset),
         part.offset,
         part.size,
         {}});
    if (pointer.length == 0 || !Counts(part)) {
      return;
    }
    Field field = {std::string(part.name), "", pointer.offset, 0, {}};
    if (pointer.offset >= token_.size()) {
      field.value = "(behind the end of the token)";
      payload_.push_back(std::move(field));
      return;
    }
    const Bytes bytes = token_.subspan(pointer.offset, pointer.length);
    field.size = bytes.size();
    ReadPayload(part.kind, bytes, &field);
    if (bytes.size() < pointer.length) {
      absl::StrAppend(&field.value, field.value.empty() ? "" : " ",
                      "(cut off, ", pointer.length - bytes.size(),
                      " bytes are missing)");
    }
    payload_.push_back(std::move(field));
  }

  void ReadPayload(Kind kind, Bytes bytes, Field* field) {
    switch (kind) {
      case Kind::kString:
        field->value = (flags_ & ntlm::kNegotiateUnicode) != 0
                           ? Utf16Text(bytes)
                           : OemText(bytes);
        return;
      case Kind::kOemString:
        field->value = OemText(bytes);
        return;
      case Kind::kAvPairs:
        ReadAvPairs(bytes, field);
        return;
      case Kind::kLmResponse:
        ReadLmResponse(bytes, field);
        return;
      case Kind::kNtResponse:
        ReadNtResponse(bytes, field);
        return;
      default:
        field->value = Hex(bytes);
    }
  }

  // The next `size` bytes of `*rest` as a child, or what there is of them.
  static Bytes Take(std::string_view name, size_t size, Bytes* rest,
                    size_t* offset, Field* parent) {
    const Bytes bytes = rest->subspan(0, size);
    if (!bytes.empty()) {
      parent->children.push_back(
          {std::string(name), Hex(bytes), *offset, bytes.size(), {}});
    }
    rest->remove_prefix(bytes.size());
    *offset += bytes.size();
    return bytes;
  }

  // MS-NLMP 2.2.2.3 and 2.2.2.4; with extended session security and NTLMv1
  // (3.3.1) the client's challenge and zeros.
  void ReadLmResponse(Bytes bytes, Field* field) const {
    constexpr size_t kSize = 24;
    constexpr size_t kChallengeSize = 8;
    size_t offset = field->offset;
    Bytes rest = bytes;
    const bool v2 = NtResponseIsV2();
    const bool has_challenge =
        (flags_ & ntlm::kNegotiateExtendedSessionSecurity) != 0;
    if (bytes.size() != kSize || (!v2 && !has_challenge)) {
      field->value = Hex(bytes);
      return;
    }
    if (v2) {
      field->value = "LMv2";
      Take("Response", kSize - kChallengeSize, &rest, &offset, field);
      Take("ChallengeFromClient", kChallengeSize, &rest, &offset, field);
    } else {
      Take("ChallengeFromClient", kChallengeSize, &rest, &offset, field);
      Take("Padding", kSize - kChallengeSize, &rest, &offset, field);
    }
  }

  bool NtResponseIsV2() const {
    for (const Part* part : present_) {
      if (part->kind == Kind::kNtResponse) {
        return PointerAt(*part).length > kNtV1Size;
      }
    }
    return false;
  }

  // MS-NLMP 2.2.2.6, or 2.2.2.8 with the NTLMv2_CLIENT_CHALLENGE of 2.2.2.7.
  void ReadNtResponse(Bytes bytes, Field* field) {
    if (!NtResponseIsV2()) {
      field->value = absl::StrCat("NTLMv1 ", Hex(bytes));
      return;
    }
    field->value = "NTLMv2";
    size_t offset = field->offset;
    Bytes rest = bytes;
    Take("NTProofStr", 16, &rest, &offset, field);
    Take("RespType", 1, &rest, &offset, field);
    Take("HiRespType", 1, &rest, &offset, field);
    Take("Reserved1", 2, &rest, &offset, field);
    Take("Reserved2", 4, &rest, &offset, field);
    const Bytes time = Take("TimeStamp", 8, &rest, &offset, field);
    if (time.size() == 8) {
      field->children.back().value = FileTimeToText(LittleEndian(time));
    }
    Take("ChallengeFromClient", 8, &rest, &offset, field);
    Take("Reserved3", 4, &rest, &offset, field);
    if (!rest.empty()) {
      Field pairs = {"AvPairs", "", offset, rest.size(), {}};
      ReadAvPairs(rest, &pairs);
      field->children.push_back(std::move(pairs));
    }
  }

  // MS-NLMP 2.2.2.1.
  void ReadAvPairs(Bytes bytes, Field* parent) {
    wire::Reader reader(bytes);
    while (reader.remaining() > 0) {
      const size_t begin = parent->offset + reader.position();
      uint16_t id = 0;
      uint16_t length = 0;
      Bytes value;
      if (!reader.ReadU16(&id) || !reader.ReadU16(&length) ||
          !reader.ReadBytes(length, &value)) {
        if (av_error_.empty()) {
          av_error_ = absl::StrCat("AV pair at byte ", begin,
                                   " ends past the field ", parent->name);
        }
        return;
      }
      parent->children.push_back(AvField(id, value, begin));
      if (id == 0) {
        break;
      }
    }
    if (reader.remaining() > 0) {
      const size_t begin = reader.position();
      parent->children.push_back({"Padding",
                                  Hex(bytes.subspan(begin)),
                                  parent->offset + begin,
                                  bytes.size() - begin,
                                  {}});
    }
  }

  static Field AvField(uint16_t number, Bytes value, size_t offset) {
    constexpr size_t kHeader = 4;
    const auto id = static_cast<ntlm::AvId>(number);
    Field field = {std::string(ntlm::AvIdName(id)),
                   "",
                   offset,
                   kHeader + value.size(),
                   {}};
    if (field.name.empty()) {
      field.name = absl::StrCat("AvId ", number);
    }
    switch (id) {
      case ntlm::AvId::kNbComputerName:
      case ntlm::AvId::kNbDomainName:
      case ntlm::AvId::kDnsComputerName:
      case ntlm::AvId::kDnsDomainName:
      case ntlm::AvId::kDnsTreeName:
      case ntlm::AvId::kTargetName:
        field.value = Utf16Text(value);
        break;
      case ntlm::AvId::kTimestamp:
        field.value = value.size() == 8 ? FileTimeToText(LittleEndian(value))
                                        : Hex(value);
        break;
      case ntlm::AvId::kFlags:
        field.value = AvFlagsText(LittleEndian(value));
        break;
      default:
        field.value = Hex(value);
    }
    return field;
  }

  static std::string AvFlagsText(uint64_t flags) {
    std::string text = absl::StrFormat("0x%08x", flags);
    for (const AvFlagName& flag : kAvFlagNames) {
      if ((flags & flag.bit) != 0) {
        absl::StrAppend(&text, ", ", flag.name);
      }
    }
    return text;
  }

  static constexpr size_t kNtV1Size = 24;

  Bytes token_;
  uint32_t flags_ = 0;
  std::vector<const Part*> present_;
  std::vector<Field> header_;
  std::vector<Field> payload_;
  std::string av_error_;
};

}  // namespace

bool LooksLikeNtlm(absl::Span<const uint8_t> token) {
  constexpr std::string_view kSignatureText = {"NTLMSSP\0", 8};
  return std::equal(kSignatureText.begin(), kSignatureText.end(),
                    token.subspan(0, kSignatureText.size()).begin(),
                    token.subspan(0, kSignatureText.size()).end());
}

FieldTree NtlmFields(absl::Span<const uint8_t> token) {
  return Dissector(token).Run();
}

}  // namespace sspilab::sim

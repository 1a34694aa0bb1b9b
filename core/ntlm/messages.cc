#include "core/ntlm/messages.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/wire/payload_field.h"
#include "core/wire/reader.h"
#include "core/wire/writer.h"

namespace sspilab::ntlm {
namespace {

using Bytes = absl::Span<const uint8_t>;
using wire::PayloadField;
using wire::Reader;
using wire::Writer;

constexpr std::array<uint8_t, 8> kSignature = {'N', 'T', 'L', 'M',
                                               'S', 'S', 'P', '\0'};
constexpr size_t kTypeOffset = 8;
constexpr size_t kPrefixSize = 12;  // Signature and MessageType

// Header sizes, from the oldest form of each message to the newest. The forms
// are told apart by where the payload begins.
constexpr size_t kNegotiateWithoutFields = 16;
constexpr size_t kNegotiateWithoutVersion = 32;
constexpr size_t kNegotiateWithVersion = 40;
constexpr size_t kChallengeWithoutInfo = 32;
constexpr size_t kChallengeWithoutVersion = 48;
constexpr size_t kChallengeWithVersion = 56;
constexpr size_t kAuthenticateWithoutFlags = 52;
constexpr size_t kAuthenticateWithoutVersion = 64;
constexpr size_t kAuthenticateWithVersion = 72;
constexpr size_t kAuthenticateWithMic =
    AuthenticateMessage::kMicOffset + AuthenticateMessage::kMicSize;

constexpr size_t kMaxFieldSize = std::numeric_limits<uint16_t>::max();

std::string_view TypeName(MessageType type) {
  switch (type) {
    case MessageType::kNegotiate:
      return "NEGOTIATE";
    case MessageType::kChallenge:
      return "CHALLENGE";
    case MessageType::kAuthenticate:
      return "AUTHENTICATE";
  }
  return "unknown";
}

// One variable part of a message: where the header describes it, and what
// people call it.
struct FieldPlace {
  std::string_view name;
  size_t header_offset;
};

constexpr FieldPlace kNegotiateDomain = {"DomainName", 16};
constexpr FieldPlace kNegotiateWorkstation = {"Workstation", 24};
constexpr FieldPlace kTargetName = {"TargetName", 12};
constexpr FieldPlace kTargetInfo = {"TargetInfo", 40};
constexpr FieldPlace kLmResponse = {"LmChallengeResponse", 12};
constexpr FieldPlace kNtResponse = {"NtChallengeResponse", 20};
constexpr FieldPlace kDomain = {"DomainName", 28};
constexpr FieldPlace kUser = {"UserName", 36};
constexpr FieldPlace kWorkstation = {"Workstation", 44};
constexpr FieldPlace kSessionKey = {"EncryptedRandomSessionKey", 52};

// Reads the header of one token. Remembers the first thing that is wrong, and
// where the payload begins; after an error, its results are empty.
class HeaderParser {
 public:
  HeaderParser(MessageType type, Bytes token)
      : type_(type), token_(token), payload_begin_(token.size()) {}

  // Checks signature, type, and that the oldest header fits.
  void CheckPrefix(size_t smallest_header) {
    absl::StatusOr<MessageType> type = PeekMessageType(token_);
    if (!type.ok()) {
      status_ = type.status();
    } else if (*type != type_) {
      Fail(kTypeOffset, "MessageType",
           absl::StrCat("is that of ", TypeName(*type)));
    } else {
      RequireHeader(smallest_header);
    }
  }

  // The header is at least `size` bytes.
  void RequireHeader(size_t size) {
    if (token_.size() < size) {
      Fail(token_.size(), "header",
           absl::StrCat("is cut off before its ", size, " bytes"));
    }
  }

  // What the field at `place` points at. The header ends at `header_size` or
  // later.
  Bytes ReadField(const FieldPlace& place, size_t header_size) {
    PayloadField field;
    Reader reader(token_);
    if (!status_.ok() || !reader.Seek(place.header_offset) ||
        !field.ReadFrom(&reader)) {
      Fail(place.header_offset, place.name, "is cut off");
      return Bytes();
    }
    std::optional<Bytes> content = field.Resolve(token_);
    if (!content.has_value()) {
      Fail(place.header_offset, place.name,
           absl::StrCat("(", field.length, " bytes at ", field.offset,
                        ") ends past the token's ", token_.size(), " bytes"));
      return Bytes();
    }
    if (content->empty()) {
      return Bytes();
    }
    if (field.offset < header_size) {
      Fail(
          place.header_offset, place.name,
          absl::StrCat("points at byte ", field.offset, ", inside the header"));
      return Bytes();
    }
    payload_begin_ = std::min<size_t>(payload_begin_, field.offset);
    return *content;
  }

  // The first byte that a field read so far points at; the token's end when
  // none points anywhere. The header ends here or before.
  size_t payload_begin() const { return payload_begin_; }

  uint32_t ReadU32(size_t offset) {
    uint32_t value = 0;
    Reader reader(token_);
    if (!reader.Seek(offset) || !reader.ReadU32(&value)) {
      Fail(offset, "header", "is cut off");
    }
    return value;
  }

  void CopyBytes(size_t offset, absl::Span<uint8_t> out) {
    Reader reader(token_);
    if (!reader.Seek(offset) || !reader.CopyBytes(out)) {
      Fail(offset, "header", "is cut off");
    }
  }

  Version ReadVersion(size_t offset) {
    std::array<uint8_t, Version::kSize> bytes{};
    CopyBytes(offset, absl::MakeSpan(bytes));
    return {.major = bytes[0],
            .minor = bytes[1],
            .build = static_cast<uint16_t>(bytes[2] | bytes[3] << 8),
            .reserved = {bytes[4], bytes[5], bytes[6]},
            .revision = bytes[7]};
  }

  bool ok() const { return status_.ok(); }
  const absl::Status& status() const { return status_; }

 private:
  void Fail(size_t offset, std::string_view field, std::string_view what) {
    if (status_.ok()) {
      status_ = absl::InvalidArgumentError(absl::StrCat(
          TypeName(type_), ": ", field, " at byte ", offset, " ", what));
    }
  }

  MessageType type_;
  Bytes token_;
  size_t payload_begin_;
  absl::Status status_;
};

// Lays the payload out as fields are described, one after the other, and
// writes it when the header is done.
class MessageWriter {
 public:
  MessageWriter(MessageType type, size_t header_size, absl::Span<uint8_t> out)
      : writer_(out), payload_end_(header_size) {
    writer_.WriteBytes(kSignature);
    writer_.WriteU32(static_cast<uint32_t>(type));
  }

  Writer& header() { return writer_; }

  // The offset that the next `size` bytes of payload get.
  uint32_t Place(size_t size) {
    const size_t at = payload_end_;
    payload_end_ += size;
    return static_cast<uint32_t>(at);
  }

  void WriteField(Bytes content, uint32_t offset) {
    const auto length = static_cast<uint16_t>(content.size());
    PayloadField{.length = length, .max_length = length, .offset = offset}
        .WriteTo(&writer_);
  }

  void WriteVersion(const Version& version) {
    writer_.WriteU8(version.major);
    writer_.WriteU8(version.minor);
    writer_.WriteU16(version.build);
    writer_.WriteBytes(version.reserved);
    writer_.WriteU8(version.revision);
  }

 private:
  Writer writer_;
  size_t payload_end_;
};

absl::Status CheckFieldSizes(MessageType type,
                             std::initializer_list<Bytes> fields) {
  for (Bytes field : fields) {
    if (field.size() > kMaxFieldSize) {
      return absl::InvalidArgumentError(
          absl::StrCat(TypeName(type), ": a field of ", field.size(),
                       " bytes does not fit its 16-bit length"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOutputSize(MessageType type, size_t needed,
                             absl::Span<uint8_t> out) {
  if (out.size() >= needed) {
    return absl::OkStatus();
  }
  return absl::OutOfRangeError(absl::StrCat(TypeName(type), ": needs ", needed,
                                            " bytes, got ", out.size()));
}

size_t HeaderSize(const NegotiateMessage& message) {
  return message.version ? kNegotiateWithVersion : kNegotiateWithoutVersion;
}

size_t HeaderSize(const ChallengeMessage& message) {
  return message.version ? kChallengeWithVersion : kChallengeWithoutVersion;
}

size_t HeaderSize(const AuthenticateMessage& message) {
  if (message.mic) {
    return kAuthenticateWithMic;
  }
  return message.version ? kAuthenticateWithVersion
                         : kAuthenticateWithoutVersion;
}

}  // namespace

absl::StatusOr<MessageType> PeekMessageType(absl::Span<const uint8_t> token) {
  if (token.size() < kPrefixSize) {
    return absl::InvalidArgumentError(absl::StrCat(
        "token of ", token.size(), " bytes is too short for an NTLM message"));
  }
  if (!std::equal(kSignature.begin(), kSignature.end(), token.begin())) {
    return absl::InvalidArgumentError(
        "token does not begin with NTLMSSP and a zero byte");
  }
  uint32_t type = 0;
  Reader reader(token.subspan(kTypeOffset));
  if (!reader.ReadU32(&type) ||
      type < static_cast<uint32_t>(MessageType::kNegotiate) ||
      type > static_cast<uint32_t>(MessageType::kAuthenticate)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "MessageType at byte ", kTypeOffset, " is ", type, ", not 1 to 3"));
  }
  return static_cast<MessageType>(type);
}

// MS-NLMP 2.2.1.1. The oldest header stops after the flags.
absl::StatusOr<NegotiateMessage> NegotiateMessage::Parse(
    absl::Span<const uint8_t> token) {
  HeaderParser parser(MessageType::kNegotiate, token);
  parser.CheckPrefix(kNegotiateWithoutFields);
  if (!parser.ok()) {
    return parser.status();
  }
  NegotiateMessage message;
  message.flags = parser.ReadU32(12);
  // Without its flag, a field is not looked at.
  if ((message.flags & kOemDomainSupplied) != 0) {
    message.domain =
        parser.ReadField(kNegotiateDomain, kNegotiateWithoutVersion);
  }
  if ((message.flags & kOemWorkstationSupplied) != 0) {
    message.workstation =
        parser.ReadField(kNegotiateWorkstation, kNegotiateWithoutVersion);
  }
  if (token.size() > kNegotiateWithoutFields) {
    parser.RequireHeader(kNegotiateWithoutVersion);
  }
  if (parser.payload_begin() >= kNegotiateWithVersion) {
    message.version = parser.ReadVersion(kNegotiateWithoutVersion);
  }
  if (!parser.ok()) {
    return parser.status();
  }
  return message;
}

size_t NegotiateMessage::SerializedSize() const {
  return HeaderSize(*this) + domain.size() + workstation.size();
}

absl::StatusOr<size_t> NegotiateMessage::Serialize(
    absl::Span<uint8_t> out) const {
  constexpr MessageType kType = MessageType::kNegotiate;
  if (absl::Status status = CheckFieldSizes(kType, {domain, workstation});
      !status.ok()) {
    return status;
  }
  if ((!domain.empty() && (flags & kOemDomainSupplied) == 0) ||
      (!workstation.empty() && (flags & kOemWorkstationSupplied) == 0)) {
    return absl::InvalidArgumentError(
        "NEGOTIATE: a name is given whose flag is not set");
  }
  if (absl::Status status = CheckOutputSize(kType, SerializedSize(), out);
      !status.ok()) {
    return status;
  }
  MessageWriter writer(kType, HeaderSize(*this), out);
  // Windows leaves the offset of a name that it does not send at zero.
  const uint32_t domain_at = domain.empty() ? 0 : writer.Place(domain.size());
  const uint32_t workstation_at =
      workstation.empty() ? 0 : writer.Place(workstation.size());
  writer.header().WriteU32(flags);
  writer.WriteField(domain, domain_at);
  writer.WriteField(workstation, workstation_at);
  if (version) {
    writer.WriteVersion(*version);
  }
  writer.header().WriteBytes(domain);
  writer.header().WriteBytes(workstation);
  return writer.header().size();
}

bool operator==(const NegotiateMessage& a, const NegotiateMessage& b) {
  return a.flags == b.flags && a.domain == b.domain &&
         a.workstation == b.workstation && a.version == b.version;
}

// MS-NLMP 2.2.1.2. The oldest header stops after the server's challenge; the
// Reserved and TargetInfo parts came together.
absl::StatusOr<ChallengeMessage> ChallengeMessage::Parse(
    absl::Span<const uint8_t> token) {
  HeaderParser parser(MessageType::kChallenge, token);
  parser.CheckPrefix(kChallengeWithoutInfo);
  if (!parser.ok()) {
    return parser.status();
  }
  ChallengeMessage message;
  message.target_name = parser.ReadField(kTargetName, kChallengeWithoutInfo);
  message.flags = parser.ReadU32(20);
  parser.CopyBytes(24, absl::MakeSpan(message.server_challenge));
  if (parser.payload_begin() >= kChallengeWithoutVersion) {
    parser.CopyBytes(32, absl::MakeSpan(message.reserved));
    message.target_info =
        parser.ReadField(kTargetInfo, kChallengeWithoutVersion);
  } else if ((message.flags & kNegotiateTargetInfo) != 0) {
    // Either the header is cut short, or its payload lies over the field.
    parser.RequireHeader(kChallengeWithoutVersion);
  }
  if (parser.payload_begin() >= kChallengeWithVersion) {
    message.version = parser.ReadVersion(kChallengeWithoutVersion);
  }
  if (!parser.ok()) {
    return parser.status();
  }
  return message;
}

size_t ChallengeMessage::SerializedSize() const {
  return HeaderSize(*this) + target_name.size() + target_info.size();
}

absl::StatusOr<size_t> ChallengeMessage::Serialize(
    absl::Span<uint8_t> out) const {
  constexpr MessageType kType = MessageType::kChallenge;
  if (absl::Status status = CheckFieldSizes(kType, {target_name, target_info});
      !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckOutputSize(kType, SerializedSize(), out);
      !status.ok()) {
    return status;
  }
  MessageWriter writer(kType, HeaderSize(*this), out);
  const uint32_t name_at = writer.Place(target_name.size());
  // MS-NLMP 4.2.2.3: without target information its field is all zeros.
  const uint32_t info_at =
      target_info.empty() ? 0 : writer.Place(target_info.size());
  writer.WriteField(target_name, name_at);
  writer.header().WriteU32(flags);
  writer.header().WriteBytes(server_challenge);
  writer.header().WriteBytes(reserved);
  writer.WriteField(target_info, info_at);
  if (version) {
    writer.WriteVersion(*version);
  }
  writer.header().WriteBytes(target_name);
  writer.header().WriteBytes(target_info);
  return writer.header().size();
}

bool operator==(const ChallengeMessage& a, const ChallengeMessage& b) {
  return a.flags == b.flags && a.server_challenge == b.server_challenge &&
         a.reserved == b.reserved && a.target_name == b.target_name &&
         a.target_info == b.target_info && a.version == b.version;
}

// MS-NLMP 2.2.1.3. The oldest header stops after the workstation's field; the
// session key's field and the flags came together.
absl::StatusOr<AuthenticateMessage> AuthenticateMessage::Parse(
    absl::Span<const uint8_t> token) {
  HeaderParser parser(MessageType::kAuthenticate, token);
  parser.CheckPrefix(kAuthenticateWithoutFlags);
  if (!parser.ok()) {
    return parser.status();
  }
  AuthenticateMessage message;
  message.lm_response =
      parser.ReadField(kLmResponse, kAuthenticateWithoutFlags);
  message.nt_response =
      parser.ReadField(kNtResponse, kAuthenticateWithoutFlags);
  message.domain = parser.ReadField(kDomain, kAuthenticateWithoutFlags);
  message.user = parser.ReadField(kUser, kAuthenticateWithoutFlags);
  message.workstation =
      parser.ReadField(kWorkstation, kAuthenticateWithoutFlags);
  if (parser.payload_begin() >= kAuthenticateWithoutVersion) {
    message.encrypted_session_key =
        parser.ReadField(kSessionKey, kAuthenticateWithoutVersion);
    message.flags = parser.ReadU32(60);
  }
  if (parser.payload_begin() >= kAuthenticateWithVersion) {
    message.version = parser.ReadVersion(kAuthenticateWithoutVersion);
  }
  if (parser.payload_begin() >= kAuthenticateWithMic) {
    parser.CopyBytes(kMicOffset, absl::MakeSpan(message.mic.emplace()));
  }
  if (!parser.ok()) {
    return parser.status();
  }
  return message;
}

size_t AuthenticateMessage::SerializedSize() const {
  return HeaderSize(*this) + domain.size() + user.size() + workstation.size() +
         lm_response.size() + nt_response.size() + encrypted_session_key.size();
}

absl::StatusOr<size_t> AuthenticateMessage::Serialize(
    absl::Span<uint8_t> out) const {
  constexpr MessageType kType = MessageType::kAuthenticate;
  if (absl::Status status =
          CheckFieldSizes(kType, {lm_response, nt_response, domain, user,
                                  workstation, encrypted_session_key});
      !status.ok()) {
    return status;
  }
  if (mic && !version) {
    return absl::InvalidArgumentError(
        "AUTHENTICATE: a MIC is given without the Version before it");
  }
  if (absl::Status status = CheckOutputSize(kType, SerializedSize(), out);
      !status.ok()) {
    return status;
  }
  MessageWriter writer(kType, HeaderSize(*this), out);
  // The payload is in another order than the header (MS-NLMP 4.2.2.3).
  const uint32_t domain_at = writer.Place(domain.size());
  const uint32_t user_at = writer.Place(user.size());
  const uint32_t workstation_at = writer.Place(workstation.size());
  const uint32_t lm_at = writer.Place(lm_response.size());
  const uint32_t nt_at = writer.Place(nt_response.size());
  const uint32_t key_at = writer.Place(encrypted_session_key.size());
  writer.WriteField(lm_response, lm_at);
  writer.WriteField(nt_response, nt_at);
  writer.WriteField(domain, domain_at);
  writer.WriteField(user, user_at);
  writer.WriteField(workstation, workstation_at);
  writer.WriteField(encrypted_session_key, key_at);
  writer.header().WriteU32(flags);
  if (version) {
    writer.WriteVersion(*version);
  }
  if (mic) {
    writer.header().WriteBytes(*mic);
  }
  for (Bytes content : {domain, user, workstation, lm_response, nt_response,
                        encrypted_session_key}) {
    writer.header().WriteBytes(content);
  }
  return writer.header().size();
}

bool operator==(const AuthenticateMessage& a, const AuthenticateMessage& b) {
  return a.flags == b.flags && a.lm_response == b.lm_response &&
         a.nt_response == b.nt_response && a.domain == b.domain &&
         a.user == b.user && a.workstation == b.workstation &&
         a.encrypted_session_key == b.encrypted_session_key &&
         a.version == b.version && a.mic == b.mic;
}

}  // namespace sspilab::ntlm

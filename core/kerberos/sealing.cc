#include "core/kerberos/sealing.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

namespace sspilab::kerberos {
namespace {

using Bytes = absl::Span<const uint8_t>;
using Header = std::array<uint8_t, 16>;

// RFC 4121 4.2.2.
constexpr uint8_t kSentByAcceptor = 0x01;
constexpr uint8_t kSealed = 0x02;
constexpr uint8_t kAcceptorSubkey = 0x04;

// 4.2.6.1 and 4.2.6.2. In a MIC, the bytes of EC and RRC are filler.
enum class Kind : uint8_t { kMic = 0x04, kWrap = 0x05 };
constexpr uint16_t kFiller = 0xFFFF;
constexpr uint8_t kTokenIdSecondByte = 0x04;

void PutBigEndian(uint64_t value, absl::Span<uint8_t> out) {
  for (size_t i = out.size(); i-- > 0; value >>= 8) {
    out[i] = static_cast<uint8_t>(value);
  }
}

uint64_t GetBigEndian(Bytes bytes) {
  uint64_t value = 0;
  for (const uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

Header MakeHeader(Kind kind, uint8_t flags, uint16_t extra_count,
                  uint16_t right_rotation, uint64_t number) {
  Header header{static_cast<uint8_t>(kind), kTokenIdSecondByte, flags, 0xFF};
  const absl::Span<uint8_t> bytes = absl::MakeSpan(header);
  PutBigEndian(extra_count, bytes.subspan(4, 2));
  PutBigEndian(right_rotation, bytes.subspan(6, 2));
  PutBigEndian(number, bytes.subspan(8));
  return header;
}

using SignedParts = absl::InlinedVector<Bytes, 8>;

// 4.2.4: a checksum is over the message, then the header.
SignedParts WithHeader(Parts message, Bytes header) {
  SignedParts parts(message.begin(), message.end());
  parts.push_back(header);
  return parts;
}

void Copy(Bytes from, absl::Span<uint8_t> to) {
  std::copy(from.begin(), from.end(), to.begin());
}

void RotateRight(absl::Span<uint8_t> bytes, size_t count) {
  if (bytes.empty()) return;
  std::rotate(bytes.begin(),
              bytes.end() - static_cast<std::ptrdiff_t>(count % bytes.size()),
              bytes.end());
}

void RotateLeft(absl::Span<uint8_t> bytes, size_t count) {
  if (bytes.empty()) return;
  std::rotate(bytes.begin(),
              bytes.begin() + static_cast<std::ptrdiff_t>(count % bytes.size()),
              bytes.end());
}

KeyUsage SealUsage(bool from_acceptor) {
  return from_acceptor ? KeyUsage::kAcceptorSeal : KeyUsage::kInitiatorSeal;
}
KeyUsage SignUsage(bool from_acceptor) {
  return from_acceptor ? KeyUsage::kAcceptorSign : KeyUsage::kInitiatorSign;
}

}  // namespace

bool SequenceWindow::Take(uint64_t number) {
  if (in_order_) {
    if (number != next_) return false;
    ++next_;
    return true;
  }
  if (!no_replay_) return true;
  if (number >= next_) {
    const uint64_t ahead = number - next_ + 1;
    seen_ = ahead < 64 ? seen_ << ahead | 1 : 1;
    next_ = number + 1;
    return true;
  }
  const uint64_t behind = next_ - 1 - number;
  // What is older than the window is taken for a replay.
  if (behind >= 64 || (seen_ >> behind & 1) != 0) return false;
  seen_ |= uint64_t{1} << behind;
  return true;
}

MessageProtection::MessageProtection(const Terms& terms)
    : terms_(terms),
      progress_{.window = {terms.detect_sequence, terms.detect_replay,
                           terms.receive_number}} {}

const Cipher& MessageProtection::SealCipher(bool by_acceptor) const {
  std::optional<Cipher>& cipher = seal_ciphers_[by_acceptor ? 1 : 0];
  if (!cipher.has_value()) cipher.emplace(terms_.key, SealUsage(by_acceptor));
  return *cipher;
}

uint8_t MessageProtection::FlagsFor(bool by_acceptor, bool sealed) const {
  return static_cast<uint8_t>((by_acceptor ? kSentByAcceptor : 0) |
                              (sealed ? kSealed : 0) |
                              (terms_.acceptor_subkey ? kAcceptorSubkey : 0));
}

size_t MessageProtection::mic_size() const {
  return rc4() ? Rc4Tokens::mic_size() : kHeaderSize + type().checksum_size;
}

size_t MessageProtection::wrap_size(bool encrypt, size_t message_size) const {
  if (rc4()) return rc4_tokens(from_acceptor()).wrap_size(message_size);
  if (!encrypt) return kHeaderSize + type().checksum_size;
  // The header, the ciphertext of its copy, the filler, the MAC, the
  // confounder.
  return kHeaderSize + kHeaderSize + (terms_.dce_style ? kDceFiller : 0) +
         type().trailer_size + type().header_size;
}

size_t MessageProtection::padding_size() const {
  return rc4() ? rc4_tokens(from_acceptor()).padding_size() : 0;
}

void MessageProtection::Sign(Parts message, absl::Span<uint8_t> token) {
  const uint64_t number = NextNumber();
  if (rc4()) {
    rc4_tokens(from_acceptor())
        .Sign(static_cast<uint32_t>(number), message, token);
    return;
  }
  const Header header = MakeHeader(Kind::kMic, FlagsFor(from_acceptor(), false),
                                   kFiller, kFiller, number);
  const SignedParts parts = WithHeader(message, header);
  Copy(header, token);
  Copy(MakeChecksum(terms_.key, SignUsage(from_acceptor()), parts).bytes(),
       token.subspan(kHeaderSize));
}

OpenResult MessageProtection::Verify(Parts message, Bytes token) {
  if (rc4()) {
    uint32_t number;
    const OpenResult result =
        rc4_tokens(!from_acceptor()).Verify(message, token, &number);
    return result == OpenResult::kOk ? Take(number) : result;
  }
  if (token.size() != mic_size()) return OpenResult::kMalformed;
  const Bytes header = token.first(kHeaderSize);
  const uint64_t number = GetBigEndian(header.subspan(8));
  if (header != Bytes(MakeHeader(Kind::kMic, FlagsFor(!from_acceptor(), false),
                                 kFiller, kFiller, number))) {
    return OpenResult::kMalformed;
  }
  const SignedParts parts = WithHeader(message, header);
  if (!VerifyChecksum(terms_.key, SignUsage(!from_acceptor()), parts,
                      type().checksum_type, token.subspan(kHeaderSize))) {
    return OpenResult::kAltered;
  }
  return Take(number);
}

void MessageProtection::Wrap(bool encrypt, Entropy& entropy,
                             size_t message_size, absl::Span<uint8_t> whole) {
  if (rc4()) {
    std::array<uint8_t, kMaxConfounderSize> storage;
    const absl::Span<uint8_t> confounder =
        absl::MakeSpan(storage).first(type().confounder_size);
    entropy.Fill(confounder);
    rc4_tokens(from_acceptor())
        .Wrap(encrypt, static_cast<uint32_t>(NextNumber()), confounder,
              message_size, whole);
  } else if (encrypt) {
    WrapSealed(entropy, whole);
  } else {
    WrapPlain(whole);
  }
}

// 4.2.6.2: the message and its checksum. What would stand behind the message
// stands before it (4.2.5), so that the message can stay where it is.
void MessageProtection::WrapPlain(absl::Span<uint8_t> message) {
  const uint8_t flags = FlagsFor(from_acceptor(), false);
  const uint64_t number = NextNumber();
  const absl::Span<uint8_t> body = message.subspan(kHeaderSize);
  const size_t size = type().checksum_size;
  // Over the message and the header with neither EC nor RRC (4.2.4).
  const Header bare = MakeHeader(Kind::kWrap, flags, 0, 0, number);
  const Bytes plain = body.subspan(size);
  Copy(MakeChecksum(terms_.key, SealUsage(from_acceptor()), {plain, bare})
           .bytes(),
       body);
  Copy(MakeHeader(Kind::kWrap, flags, static_cast<uint16_t>(size),
                  static_cast<uint16_t>(size), number),
       message);
}

// The same with confidentiality.
void MessageProtection::WrapSealed(Entropy& entropy,
                                   absl::Span<uint8_t> message) {
  const uint8_t flags = FlagsFor(from_acceptor(), true);
  const uint64_t number = NextNumber();
  const absl::Span<uint8_t> body = message.subspan(kHeaderSize);
  // Windows rotates by EC more than it says where DCE's filler is
  // (MS-KILE 3.4.5.4.1).
  const size_t filler = terms_.dce_style ? kDceFiller : 0;
  const size_t rotation = kHeaderSize + type().trailer_size;
  const uint16_t extra_count = static_cast<uint16_t>(filler);
  std::array<uint8_t, kMaxConfounderSize> storage;
  const absl::Span<uint8_t> confounder =
      absl::MakeSpan(storage).first(type().confounder_size);
  entropy.Fill(confounder);
  // Confounder, message, filler, header, MAC; then round to where it belongs.
  RotateLeft(body, rotation + filler);
  const size_t plain_end = body.size() - type().trailer_size - kHeaderSize;
  std::fill(body.begin() + static_cast<std::ptrdiff_t>(plain_end - filler),
            body.begin() + static_cast<std::ptrdiff_t>(plain_end), uint8_t{0});
  Copy(MakeHeader(Kind::kWrap, flags, extra_count, 0, number),
       body.subspan(plain_end));
  SealCipher(from_acceptor()).Encrypt(confounder, body);
  RotateRight(body, rotation + filler);
  Copy(MakeHeader(Kind::kWrap, flags, extra_count,
                  static_cast<uint16_t>(rotation), number),
       message);
}

OpenedToken MessageProtection::Unwrap(absl::Span<uint8_t> whole) {
  OpenedToken opened;
  uint64_t number = 0;
  if (rc4()) {
    uint32_t theirs = 0;
    opened = rc4_tokens(!from_acceptor()).Unwrap(whole, &theirs);
    number = theirs;
  } else {
    opened = Open(whole, &number);
  }
  if (opened.result == OpenResult::kOk) opened.result = Take(number);
  return opened;
}

OpenedToken MessageProtection::Open(absl::Span<uint8_t> message,
                                    uint64_t* number) const {
  const OpenedToken malformed{OpenResult::kMalformed, {}, false};
  const OpenedToken altered{OpenResult::kAltered, {}, false};
  if (message.size() < kHeaderSize) return malformed;
  const Bytes header = message.first(kHeaderSize);
  const bool encrypted = (header[2] & kSealed) != 0;
  const uint8_t flags = FlagsFor(!from_acceptor(), encrypted);
  const size_t extra_count = GetBigEndian(header.subspan(4, 2));
  const size_t right_rotation = GetBigEndian(header.subspan(6, 2));
  *number = GetBigEndian(header.subspan(8));
  if (header !=
      Bytes(MakeHeader(Kind::kWrap, flags, static_cast<uint16_t>(extra_count),
                       static_cast<uint16_t>(right_rotation), *number))) {
    return malformed;
  }
  absl::Span<uint8_t> body = message.subspan(kHeaderSize);
  const bool rotated_more = encrypted && terms_.dce_style;
  RotateLeft(body, right_rotation + (rotated_more ? extra_count : 0));
  if (encrypted) {
    const std::optional<absl::Span<uint8_t>> plain =
        SealCipher(!from_acceptor()).Decrypt(body);
    if (!plain.has_value()) return altered;
    if (plain->size() < kHeaderSize + extra_count) return malformed;
    // The copy of the header is what the MAC is over (4.2.4).
    const Bytes copy = plain->last(kHeaderSize);
    if (copy !=
        Bytes(MakeHeader(Kind::kWrap, flags, static_cast<uint16_t>(extra_count),
                         0, *number))) {
      return altered;
    }
    body = plain->first(plain->size() - kHeaderSize - extra_count);
  } else {
    if (extra_count != type().checksum_size || body.size() < extra_count) {
      return malformed;
    }
    const Bytes sum = body.last(extra_count);
    body.remove_suffix(extra_count);
    if (!VerifyChecksum(terms_.key, SealUsage(!from_acceptor()),
                        {body, MakeHeader(Kind::kWrap, flags, 0, 0, *number)},
                        type().checksum_type, sum)) {
      return altered;
    }
  }
  return {OpenResult::kOk, body, encrypted};
}

}  // namespace sspilab::kerberos

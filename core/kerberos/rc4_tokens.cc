#include "core/kerberos/rc4_tokens.h"

#include <algorithm>
#include <array>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "core/crypto/bytes.h"
#include "core/crypto/digest.h"
#include "core/crypto/rc4.h"
#include "core/kerberos/gss.h"

namespace sspilab::kerberos {
namespace {

using crypto::Digest16;

// 7.2 and 7.3: TOK_ID, SGN_ALG and what else says how the token was made; the
// encrypted SND_SEQ; SGN_CKSUM; and, of a Wrap token, the confounder.
constexpr size_t kTokenIdSize = 2;
constexpr size_t kHeaderSize = 8;
constexpr size_t kNumberSize = 8;
constexpr size_t kSumSize = 8;
constexpr size_t kMicSize = kHeaderSize + kNumberSize + kSumSize;
constexpr size_t kConfounderSize = 8;
constexpr size_t kWrapSize = kMicSize + kConfounderSize;

using Header = std::array<uint8_t, kHeaderSize>;
// SGN_ALG is HMAC; SEAL_ALG is RC4 or none. The rest is filler.
constexpr Header kMicHeader = {1, 1, 0x11, 0, 0xFF, 0xFF, 0xFF, 0xFF};
constexpr Header kSealedHeader = {2, 1, 0x11, 0, 0x10, 0, 0xFF, 0xFF};
constexpr Header kPlainHeader = {2, 1, 0x11, 0, 0xFF, 0xFF, 0xFF, 0xFF};

// The numbers of usages that SGN_CKSUM is under: those of an ordinary checksum
// (4) otherwise.
constexpr KeyUsage kMicUsage{15};
constexpr KeyUsage kWrapUsage{13};

// One byte, which says how many there are.
constexpr uint8_t kPadding = 1;

using Sum = std::array<uint8_t, kSumSize>;

Sum SumOf(const Key& key, KeyUsage usage, Parts parts) {
  const Checksum whole = MakeChecksum(key, usage, parts);
  Sum sum;
  std::copy_n(whole.bytes().begin(), sum.size(), sum.begin());
  return sum;
}

// "number of the message, high byte first, and who sent it".
std::array<uint8_t, kNumberSize> NumberField(uint32_t number,
                                             bool from_acceptor) {
  const uint8_t direction = from_acceptor ? 0xFF : 0;
  return {static_cast<uint8_t>(number >> 24),
          static_cast<uint8_t>(number >> 16),
          static_cast<uint8_t>(number >> 8),
          static_cast<uint8_t>(number),
          direction,
          direction,
          direction,
          direction};
}

// A key of `key` for one token: of both kinds, the first step is the same.
crypto::Rc4 StreamFor(Bytes key, Bytes of_token) {
  constexpr uint8_t kZero[4] = {};
  Digest16 general = crypto::HmacMd5(key).Of({kZero});
  Digest16 own = crypto::HmacMd5(general).Of({of_token});
  crypto::Rc4 stream(own);
  crypto::Wipe(absl::MakeSpan(general));
  crypto::Wipe(absl::MakeSpan(own));
  return stream;
}

// Kseq: encrypts SND_SEQ.
crypto::Rc4 NumberStream(const Key& key, Bytes sum) {
  return StreamFor(key.bytes(), sum);
}

// Kcrypt: encrypts the confounder and the message.
crypto::Rc4 MessageStream(const Key& key, Bytes number) {
  Digest16 local;
  std::transform(
      key.bytes().begin(), key.bytes().end(), local.begin(),
      [](uint8_t byte) { return static_cast<uint8_t>(byte ^ 0xF0); });
  crypto::Rc4 stream = StreamFor(local, number.first(4));
  crypto::Wipe(absl::MakeSpan(local));
  return stream;
}

// Where the parts of a token are, from its TOK_ID on.
absl::Span<uint8_t> NumberIn(absl::Span<uint8_t> token) {
  return token.subspan(kHeaderSize, kNumberSize);
}
absl::Span<uint8_t> SumIn(absl::Span<uint8_t> token) {
  return token.subspan(kHeaderSize + kNumberSize, kSumSize);
}

// The number of a token whose SND_SEQ is decrypted; false where it is not from
// the other side.
bool ReadNumber(Bytes field, bool from_acceptor, uint32_t* number) {
  uint32_t value = 0;
  for (const uint8_t byte : field.first(4)) value = value << 8 | byte;
  *number = value;
  return field == Bytes(NumberField(value, from_acceptor));
}

// From the TOK_ID on; empty where `framed` is no framed token of the kind.
Bytes TokenIn(Bytes framed, TokenId id, size_t least_size) {
  const absl::StatusOr<GssToken> token = GssToken::Parse(framed);
  if (!token.ok() || token->user_to_user || token->id != id) return {};
  const Bytes inside = framed.last(token->message.size() + kTokenIdSize);
  return inside.size() < least_size ? Bytes() : inside;
}

}  // namespace

size_t Rc4Tokens::mic_size() {
  return FramedSize(kMicSize - kTokenIdSize, /*user_to_user=*/false);
}

size_t Rc4Tokens::FramedPart(size_t message_size) const {
  return kWrapSize - kTokenIdSize +
         (dce_style_ ? 0 : message_size + padding_size());
}

size_t Rc4Tokens::wrap_size(size_t message_size) const {
  const size_t framed = FramedPart(message_size);
  return FramedSize(framed, /*user_to_user=*/false) - framed + kWrapSize -
         kTokenIdSize;
}

void Rc4Tokens::Sign(uint32_t number, Parts message,
                     absl::Span<uint8_t> token) const {
  WriteFraming(TokenId::kRc4Mic, /*user_to_user=*/false,
               kMicSize - kTokenIdSize, token);
  const absl::Span<uint8_t> inside = token.last(kMicSize);
  absl::InlinedVector<Bytes, 8> parts = {kMicHeader};
  parts.insert(parts.end(), message.begin(), message.end());
  const Sum sum = SumOf(key_, kMicUsage, parts);
  std::copy(kMicHeader.begin(), kMicHeader.end(), inside.begin());
  std::copy(sum.begin(), sum.end(), SumIn(inside).begin());
  NumberStream(key_, sum).Crypt(NumberField(number, from_acceptor_),
                                NumberIn(inside));
}

OpenResult Rc4Tokens::Verify(Parts message, Bytes token,
                             uint32_t* number) const {
  const Bytes inside = TokenIn(token, TokenId::kRc4Mic, kMicSize);
  if (inside.size() != kMicSize ||
      inside.first(kHeaderSize) != Bytes(kMicHeader)) {
    return OpenResult::kMalformed;
  }
  absl::InlinedVector<Bytes, 8> parts = {kMicHeader};
  parts.insert(parts.end(), message.begin(), message.end());
  const Bytes sum = inside.last(kSumSize);
  if (!crypto::ConstantTimeEqual(SumOf(key_, kMicUsage, parts), sum)) {
    return OpenResult::kAltered;
  }
  std::array<uint8_t, kNumberSize> field;
  NumberStream(key_, sum).Crypt(inside.subspan(kHeaderSize, kNumberSize),
                                absl::MakeSpan(field));
  return ReadNumber(field, from_acceptor_, number) ? OpenResult::kOk
                                                   : OpenResult::kAltered;
}

void Rc4Tokens::Wrap(bool encrypt, uint32_t number, Bytes confounder,
                     size_t message_size, absl::Span<uint8_t> whole) const {
  const size_t framed = FramedPart(message_size);
  WriteFraming(TokenId::kRc4Wrap, /*user_to_user=*/false, framed,
               whole.first(FramedSize(framed, /*user_to_user=*/false)));
  const absl::Span<uint8_t> inside =
      whole.last(kWrapSize + message_size + padding_size());
  const absl::Span<uint8_t> text = inside.subspan(kMicSize);
  const Header& header = encrypt ? kSealedHeader : kPlainHeader;
  std::copy(header.begin(), header.end(), inside.begin());
  std::copy(confounder.begin(), confounder.end(), text.begin());
  if (padding_size() != 0) text.back() = kPadding;
  const Sum sum = SumOf(key_, kWrapUsage, {header, text});
  const auto field = NumberField(number, from_acceptor_);
  if (encrypt) MessageStream(key_, field).Crypt(text);
  std::copy(sum.begin(), sum.end(), SumIn(inside).begin());
  NumberStream(key_, sum).Crypt(field, NumberIn(inside));
}

OpenedToken Rc4Tokens::Unwrap(absl::Span<uint8_t> whole,
                              uint32_t* number) const {
  const OpenedToken malformed{OpenResult::kMalformed, {}, false};
  const OpenedToken altered{OpenResult::kAltered, {}, false};
  const size_t framing_end = dce_style_ ? wrap_size(0) : whole.size();
  if (whole.size() < framing_end) return malformed;
  const Bytes framed = TokenIn(whole.first(framing_end), TokenId::kRc4Wrap,
                               kWrapSize + padding_size());
  if (framed.empty() || (dce_style_ && framed.size() != kWrapSize)) {
    return malformed;
  }
  const absl::Span<uint8_t> inside =
      whole.last(framed.size() + whole.size() - framing_end);
  const Bytes header = inside.first(kHeaderSize);
  const bool encrypted = header == Bytes(kSealedHeader);
  if (!encrypted && header != Bytes(kPlainHeader)) return malformed;
  const absl::Span<uint8_t> field = NumberIn(inside);
  NumberStream(key_, SumIn(inside)).Crypt(field);
  if (!ReadNumber(field, from_acceptor_, number)) return altered;
  absl::Span<uint8_t> text = inside.subspan(kMicSize);
  if (encrypted) MessageStream(key_, field).Crypt(text);
  if (!crypto::ConstantTimeEqual(SumOf(key_, kWrapUsage, {header, text}),
                                 SumIn(inside))) {
    return altered;
  }
  if (padding_size() != 0 && text.back() != kPadding) return malformed;
  text.remove_prefix(kConfounderSize);
  text.remove_suffix(padding_size());
  return {OpenResult::kOk, text, encrypted};
}

}  // namespace sspilab::kerberos

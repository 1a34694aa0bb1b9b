#include "sim/bench/kerberos_floor.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/hmac.h>
#include <nettle/memxor.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "core/kerberos/crypto/nfold.h"
#include "core/kerberos/gss.h"

namespace sspilab::sim {
namespace {

using kerberos::Etype;
using kerberos::KeyUsage;
using Bytes = absl::Span<const uint8_t>;
using MutableBytes = absl::Span<uint8_t>;
using Block = std::array<uint8_t, AES_BLOCK_SIZE>;
// Of usage and Ke's or Ki's byte (RFC 3961 5.3).
using UsageConstant = std::array<uint8_t, 5>;

constexpr uint8_t kForEncryption = 0xAA;
constexpr uint8_t kForIntegrity = 0x55;

UsageConstant ConstantOf(KeyUsage usage, uint8_t which) {
  return {0, 0, 0, static_cast<uint8_t>(usage), which};
}

// RFC 3962 5: CBC with the last two blocks exchanged, for more than one block.
size_t TailSize(size_t size) { return (size - 1) % AES_BLOCK_SIZE + 1; }

void EncryptCts(const uint8_t* key, MutableBytes bytes) {
  aes256_ctx aes;
  aes256_set_encrypt_key(&aes, key);
  const size_t tail_size = TailSize(bytes.size());
  const size_t head_size = bytes.size() - tail_size;
  Block last{};
  cbc_aes256_encrypt(&aes, last.data(), head_size, bytes.data(), bytes.data());
  uint8_t* const tail = bytes.data() + head_size;
  Block block = last;
  memxor(block.data(), tail, tail_size);
  aes256_encrypt(&aes, block.size(), tail - AES_BLOCK_SIZE, block.data());
  std::copy_n(last.begin(), tail_size, tail);
}

void DecryptCts(const uint8_t* key, MutableBytes bytes) {
  aes256_ctx aes;
  aes256_set_decrypt_key(&aes, key);
  const size_t tail_size = TailSize(bytes.size());
  const size_t head_size = bytes.size() - tail_size - AES_BLOCK_SIZE;
  Block before{};
  cbc_decrypt(&aes, reinterpret_cast<nettle_cipher_func*>(aes256_decrypt),
              AES_BLOCK_SIZE, before.data(), head_size, bytes.data(),
              bytes.data());
  uint8_t* const middle = bytes.data() + head_size;
  uint8_t* const tail = middle + AES_BLOCK_SIZE;
  Block block;
  aes256_decrypt(&aes, block.size(), block.data(), middle);
  Block stolen = block;
  std::copy_n(tail, tail_size, stolen.begin());
  memxor(tail, block.data(), tail_size);
  aes256_decrypt(&aes, stolen.size(), middle, stolen.data());
  memxor(middle, before.data(), before.size());
}

// aes256-cts-hmac-sha1-96: RFC 3961 5.3, RFC 3962. The MAC is of the plaintext.
struct Sha1 {
  static constexpr size_t kMacSize = 12;
  static constexpr size_t kIntegrityKeySize = 32;
  static constexpr bool kMacOfPlaintext = true;

  using Constant = Block;
  static Constant Prepare(const UsageConstant& constant) {
    Block block;
    kerberos::NFold(constant, absl::MakeSpan(block));
    return block;
  }

  class Deriver {
   public:
    explicit Deriver(const uint8_t* key) { aes256_set_encrypt_key(&aes_, key); }
    void Derive(const Constant& constant, MutableBytes out) const {
      const uint8_t* from = constant.data();
      for (size_t i = 0; i < out.size(); i += AES_BLOCK_SIZE) {
        aes256_encrypt(&aes_, AES_BLOCK_SIZE, out.data() + i, from);
        from = out.data() + i;
      }
    }

   private:
    aes256_ctx aes_;
  };

  static void Mac(const uint8_t* key, Bytes bytes, uint8_t* out) {
    hmac_sha1_ctx hmac;
    hmac_sha1_set_key(&hmac, kIntegrityKeySize, key);
    hmac_sha1_update(&hmac, bytes.size(), bytes.data());
    hmac_sha1_digest(&hmac, kMacSize, out);
  }
};

// aes256-cts-hmac-sha384-192: RFC 8009. The MAC is of the IV and the
// ciphertext.
struct Sha384 {
  static constexpr size_t kMacSize = 24;
  static constexpr size_t kIntegrityKeySize = 24;
  static constexpr bool kMacOfPlaintext = false;

  using Constant = UsageConstant;
  static Constant Prepare(const UsageConstant& constant) { return constant; }

  // 3: a counter of 1, the label, a zero, the size in bits.
  class Deriver {
   public:
    explicit Deriver(const uint8_t* key) {
      hmac_sha384_set_key(&hmac_, kerberos::kMaxKeySize, key);
    }
    void Derive(const Constant& constant, MutableBytes out) {
      std::array<uint8_t, 14> input{0, 0, 0, 1};
      std::copy(constant.begin(), constant.end(), input.begin() + 4);
      const size_t bits = 8 * out.size();
      input[12] = static_cast<uint8_t>(bits >> 8);
      input[13] = static_cast<uint8_t>(bits);
      hmac_sha384_update(&hmac_, input.size(), input.data());
      hmac_sha384_digest(&hmac_, out.size(), out.data());
    }

   private:
    hmac_sha512_ctx hmac_;
  };

  static void Mac(const uint8_t* key, Bytes bytes, uint8_t* out) {
    const Block iv{};
    hmac_sha512_ctx hmac;
    hmac_sha384_set_key(&hmac, kIntegrityKeySize, key);
    hmac_sha384_update(&hmac, iv.size(), iv.data());
    hmac_sha384_update(&hmac, bytes.size(), bytes.data());
    hmac_sha384_digest(&hmac, kMacSize, out);
  }
};

template <typename Type>
class Floor final : public KerberosFloor {
 public:
  Floor(const KerberosExchange& exchange, const kerberos::Key& service_key)
      : session_key_(exchange.session_key),
        ticket_(exchange.ticket_part),
        authenticator_(PlaintextOf(exchange.authenticator, exchange.session_key,
                                   KeyUsage::kApReqAuthenticator)),
        ap_rep_(PlaintextOf(exchange.ap_rep_part, exchange.session_key,
                            KeyUsage::kApRepPart)),
        authenticator_constants_(KeyUsage::kApReqAuthenticator),
        ap_rep_constants_(KeyUsage::kApRepPart) {
    typename Type::Deriver service(service_key.bytes().data());
    ticket_keys_.Derive(service, Constants(KeyUsage::kTicket));
    typename Type::Deriver session(session_key_.bytes().data());
    authenticator_keys_.Derive(session, authenticator_constants_);
    ap_rep_keys_.Derive(session, ap_rep_constants_);
    for (const auto& [message, scratch] :
         {std::pair(&ticket_, &opened_ticket_),
          std::pair(&authenticator_, &sent_authenticator_),
          std::pair(&authenticator_, &opened_authenticator_),
          std::pair(&ap_rep_, &sent_ap_rep_),
          std::pair(&ap_rep_, &opened_ap_rep_)}) {
      scratch->resize(message->size());
    }
    computed_ = {sent_authenticator_, sent_ap_rep_, opened_ticket_,
                 opened_authenticator_, opened_ap_rep_};
  }

  const Computed& Compute() override {
    // The initiator.
    Seal(authenticator_keys_, authenticator_, &sent_authenticator_);
    // The acceptor.
    Open(ticket_keys_, ticket_, &opened_ticket_);
    typename Type::Deriver session(session_key_.bytes().data());
    Keys authenticator_keys;
    authenticator_keys.Derive(session, authenticator_constants_);
    Keys ap_rep_keys;
    ap_rep_keys.Derive(session, ap_rep_constants_);
    Open(authenticator_keys, sent_authenticator_, &opened_authenticator_);
    Seal(ap_rep_keys, ap_rep_, &sent_ap_rep_);
    // The initiator again.
    Open(ap_rep_keys_, sent_ap_rep_, &opened_ap_rep_);
    return computed_;
  }

 private:
  struct Constants {
    explicit Constants(KeyUsage usage)
        : encryption(Type::Prepare(ConstantOf(usage, kForEncryption))),
          integrity(Type::Prepare(ConstantOf(usage, kForIntegrity))) {}
    typename Type::Constant encryption;
    typename Type::Constant integrity;
  };
  struct Keys {
    std::array<uint8_t, AES256_KEY_SIZE> encryption;
    std::array<uint8_t, Type::kIntegrityKeySize> integrity;
    void Derive(typename Type::Deriver& deriver, const Constants& constants) {
      deriver.Derive(constants.encryption, absl::MakeSpan(encryption));
      deriver.Derive(constants.integrity, absl::MakeSpan(integrity));
    }
  };

  // Confounder included; the MAC's place means nothing.
  static std::vector<uint8_t> PlaintextOf(std::vector<uint8_t> message,
                                          const kerberos::Key& key,
                                          KeyUsage usage) {
    typename Type::Deriver deriver(key.bytes().data());
    Keys keys;
    keys.Derive(deriver, Constants(usage));
    DecryptCts(keys.encryption.data(),
               absl::MakeSpan(message).first(message.size() - Type::kMacSize));
    return message;
  }

  static void Seal(const Keys& keys, const std::vector<uint8_t>& from,
                   std::vector<uint8_t>* to) {
    std::memcpy(to->data(), from.data(), from.size());
    const MutableBytes body =
        absl::MakeSpan(*to).first(to->size() - Type::kMacSize);
    uint8_t* const mac = to->data() + body.size();
    if (Type::kMacOfPlaintext) Type::Mac(keys.integrity.data(), body, mac);
    EncryptCts(keys.encryption.data(), body);
    if (!Type::kMacOfPlaintext) Type::Mac(keys.integrity.data(), body, mac);
  }

  static void Open(const Keys& keys, const std::vector<uint8_t>& from,
                   std::vector<uint8_t>* to) {
    std::memcpy(to->data(), from.data(), from.size());
    const MutableBytes body =
        absl::MakeSpan(*to).first(to->size() - Type::kMacSize);
    uint8_t* const mac = to->data() + body.size();
    if (!Type::kMacOfPlaintext) Type::Mac(keys.integrity.data(), body, mac);
    DecryptCts(keys.encryption.data(), body);
    if (Type::kMacOfPlaintext) Type::Mac(keys.integrity.data(), body, mac);
  }

  const kerberos::Key session_key_;
  // The ticket's ciphertext, and the other two's plaintexts.
  const std::vector<uint8_t> ticket_;
  const std::vector<uint8_t> authenticator_;
  const std::vector<uint8_t> ap_rep_;
  const Constants authenticator_constants_;
  const Constants ap_rep_constants_;
  // What either end has at hand.
  Keys ticket_keys_;
  Keys authenticator_keys_;
  Keys ap_rep_keys_;

  std::vector<uint8_t> sent_authenticator_;
  std::vector<uint8_t> sent_ap_rep_;
  std::vector<uint8_t> opened_ticket_;
  std::vector<uint8_t> opened_authenticator_;
  std::vector<uint8_t> opened_ap_rep_;
  Computed computed_;
};

std::vector<uint8_t> Copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

absl::StatusOr<KerberosExchange> KerberosExchange::Of(
    const Handshake& exchange, const kerberos::Key& service_key) {
  using kerberos::GssToken;
  const absl::StatusOr<GssToken> first = GssToken::Parse(exchange.token(0));
  if (!first.ok()) return first.status();
  const auto ap_req = kerberos::Parse<kerberos::ApReq>(first->message);
  if (!ap_req.ok()) return ap_req.status();
  const auto ticket = kerberos::Parse<kerberos::Ticket>(ap_req->ticket.der);
  if (!ticket.ok()) return ticket.status();
  const absl::StatusOr<GssToken> second = GssToken::Parse(exchange.token(1));
  if (!second.ok()) return second.status();
  const auto ap_rep = kerberos::Parse<kerberos::ApRep>(second->message);
  if (!ap_rep.ok()) return ap_rep.status();

  std::vector<uint8_t> storage = Copy(ticket->enc_part.cipher);
  const std::optional<MutableBytes> plain =
      kerberos::Cipher(service_key, KeyUsage::kTicket)
          .Decrypt(absl::MakeSpan(storage));
  if (!plain.has_value()) {
    return absl::InvalidArgumentError("the ticket is for another key");
  }
  const auto part = kerberos::Parse<kerberos::EncTicketPart>(*plain);
  if (!part.ok()) return part.status();
  const std::optional<kerberos::Key> session_key =
      kerberos::Key::Of(part->key.keytype, part->key.keyvalue);
  if (!session_key.has_value()) {
    return absl::InvalidArgumentError("the session key is of no known type");
  }
  return KerberosExchange{
      .session_key = *session_key,
      .ticket = Copy(ap_req->ticket.der),
      .endtime = part->endtime,
      .ticket_part = Copy(ticket->enc_part.cipher),
      .authenticator = Copy(ap_req->authenticator.cipher),
      .ap_rep_part = Copy(ap_rep->enc_part.cipher),
  };
}

absl::StatusOr<std::unique_ptr<KerberosFloor>> KerberosFloor::New(
    const KerberosExchange& exchange, const kerberos::Key& service_key) {
  const Etype etype = service_key.type().etype;
  if (exchange.session_key.type().etype == etype) {
    if (etype == Etype::kAes256CtsHmacSha1) {
      return std::make_unique<Floor<Sha1>>(exchange, service_key);
    }
    if (etype == Etype::kAes256CtsHmacSha384) {
      return std::make_unique<Floor<Sha384>>(exchange, service_key);
    }
  }
  return absl::InvalidArgumentError("the floor is AES-256's");
}

}  // namespace sspilab::sim

#include "sim/bench/floor.h"

#include <nettle/arcfour.h>
#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/ntlm/messages.h"
#include "core/wire/utf.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;
using Bytes16 = CryptoFloor::Bytes16;

void Append(Bytes bytes, std::vector<uint8_t>* to) {
  to->insert(to->end(), bytes.begin(), bytes.end());
}

// MS-NLMP 3.3.1 NTOWFv1.
Bytes16 Md4(Bytes bytes) {
  md4_ctx context;
  md4_init(&context);
  md4_update(&context, bytes.size(), bytes.data());
  Bytes16 digest;
  md4_digest(&context, digest.size(), digest.data());
  return digest;
}

// One message under a key that is set already.
Bytes16 Hmac(hmac_md5_ctx* key, Bytes bytes) {
  hmac_md5_update(key, bytes.size(), bytes.data());
  Bytes16 digest;
  hmac_md5_digest(key, digest.size(), digest.data());
  return digest;
}

hmac_md5_ctx KeyedHmac(const Bytes16& key) {
  hmac_md5_ctx context;
  hmac_md5_set_key(&context, key.size(), key.data());
  return context;
}

arcfour_ctx KeyedArcfour(const Bytes16& key) {
  arcfour_ctx context;
  arcfour_set_key(&context, key.size(), key.data());
  return context;
}

// MS-NLMP 3.4.5.2 and 3.4.5.3: MD5 of the session key and a magic constant,
// whose terminating zero belongs to it.
template <size_t kSize>
Bytes16 Derive(const Bytes16& session_key, const char (&magic)[kSize]) {
  md5_ctx context;
  md5_init(&context);
  md5_update(&context, session_key.size(), session_key.data());
  md5_update(&context, kSize, reinterpret_cast<const uint8_t*>(magic));
  Bytes16 key;
  md5_digest(&context, key.size(), key.data());
  return key;
}

// One direction's keys at one end.
struct Channel {
  hmac_md5_ctx signing;
  arcfour_ctx sealing;
};

Channel FromInitiator(const Bytes16& session_key) {
  return {KeyedHmac(Derive(
              session_key,
              "session key to client-to-server signing key magic constant")),
          KeyedArcfour(Derive(
              session_key,
              "session key to client-to-server sealing key magic constant"))};
}

Channel FromAcceptor(const Bytes16& session_key) {
  return {KeyedHmac(Derive(
              session_key,
              "session key to server-to-client signing key magic constant")),
          KeyedArcfour(Derive(
              session_key,
              "session key to server-to-client sealing key magic constant"))};
}

// The first message's number and then its bytes: what a signature is over.
using Message = std::array<uint8_t, 4 + sim::Handshake::kMessageSize>;

// What is the same for whoever seals and whoever opens: the message through the
// keystream in place, the HMAC over the plaintext, its first eight bytes
// through the keystream. `opens`: the message is sealed now.
std::array<uint8_t, 8> PassThrough(bool opens, Channel* channel,
                                   Message* message) {
  uint8_t* const text = message->data() + 4;
  const auto crypt = [&] {
    arcfour_crypt(&channel->sealing, sim::Handshake::kMessageSize, text, text);
  };
  if (opens) crypt();
  const Bytes16 mac = Hmac(&channel->signing, *message);
  if (!opens) crypt();
  std::array<uint8_t, 8> checksum;
  arcfour_crypt(&channel->sealing, checksum.size(), checksum.data(),
                mac.data());
  return checksum;
}

}  // namespace

struct CryptoFloor::Proof {
  Bytes16 nt_proof;
  Bytes16 session_base_key;
};

absl::StatusOr<CryptoFloor> CryptoFloor::Of(SecurityFunctionTableW& table,
                                            sim::Handshake& exchange) {
  const auto challenge = ntlm::ChallengeMessage::Parse(exchange.challenge());
  if (!challenge.ok()) return challenge.status();
  const auto message =
      ntlm::AuthenticateMessage::Parse(exchange.authenticate());
  if (!message.ok()) return message.status();

  CryptoFloor floor;
  constexpr size_t kProofSize = sizeof(Bytes16);
  // An NTLMv2 response is longer than NTLMv1's 24 bytes.
  if (message->nt_response.size() <= 24 || !message->mic.has_value() ||
      message->encrypted_session_key.size() !=
          floor.encrypted_session_key_.size()) {
    return absl::InvalidArgumentError(
        "the exchange is not NTLMv2 with a MIC and an exchanged key");
  }
  std::copy(message->encrypted_session_key.begin(),
            message->encrypted_session_key.end(),
            floor.encrypted_session_key_.begin());

  SecPkgContext_SessionKey key = {};
  if (table.QueryContextAttributesW(
          exchange.initiator(), SECPKG_ATTR_SESSION_KEY, &key) != SEC_E_OK) {
    return absl::InvalidArgumentError("the exchange has no session key");
  }
  std::copy_n(key.SessionKey,
              std::min<size_t>(key.SessionKeyLength, floor.session_key_.size()),
              floor.session_key_.begin());
  table.FreeContextBuffer(key.SessionKey);

  Append(wire::Utf16LeBytes(kBenchPassword), &floor.password_);
  Append(wire::Utf16LeBytes(kBenchUserUpcased), &floor.names_);
  Append(wire::Utf16LeBytes(kBenchDomain), &floor.names_);
  floor.nt_hash_ = Md4(floor.password_);
  Append(challenge->server_challenge, &floor.proven_);
  Append(message->nt_response.subspan(kProofSize), &floor.proven_);
  for (const Bytes token :
       {exchange.negotiate(), exchange.challenge(), exchange.authenticate()}) {
    Append(token, &floor.transcript_);
  }
  std::fill_n(floor.transcript_.end() -
                  static_cast<ptrdiff_t>(exchange.authenticate().size()) +
                  ntlm::AuthenticateMessage::kMicOffset,
              ntlm::AuthenticateMessage::kMicSize, uint8_t{0});
  return floor;
}

CryptoFloor::Proof CryptoFloor::ComputeProof(const Bytes16& nt_hash) const {
  hmac_md5_ctx nt_owf_v1 = KeyedHmac(nt_hash);
  hmac_md5_ctx nt_owf_v2 = KeyedHmac(Hmac(&nt_owf_v1, names_));
  Proof proof;
  proof.nt_proof = Hmac(&nt_owf_v2, proven_);
  proof.session_base_key = Hmac(&nt_owf_v2, proof.nt_proof);
  return proof;
}

Bytes16 CryptoFloor::ComputeMic(const Bytes16& session_key) const {
  hmac_md5_ctx mic = KeyedHmac(session_key);
  return Hmac(&mic, transcript_);
}

CryptoFloor::Handshake CryptoFloor::Compute() const {
  Handshake result;
  const auto rc4k = [](const Bytes16& key, const Bytes16& in) {
    arcfour_ctx context = KeyedArcfour(key);
    Bytes16 out;
    arcfour_crypt(&context, in.size(), out.data(), in.data());
    return out;
  };
  const Proof initiator = ComputeProof(Md4(password_));
  result.nt_proof = initiator.nt_proof;
  result.encrypted_session_key = rc4k(initiator.session_base_key, session_key_);
  result.initiator_mic = ComputeMic(session_key_);

  const Proof acceptor = ComputeProof(nt_hash_);
  result.expected_nt_proof = acceptor.nt_proof;
  result.session_key = rc4k(acceptor.session_base_key, encrypted_session_key_);
  result.acceptor_mic = ComputeMic(result.session_key);
  return result;
}

CryptoFloor::Messages CryptoFloor::ComputeMessages() const {
  Messages result;
  Channel to_acceptor = FromInitiator(session_key_);
  Channel from_initiator = FromInitiator(session_key_);
  Channel to_initiator = FromAcceptor(session_key_);
  Channel from_acceptor = FromAcceptor(session_key_);
  Message message{};
  result.from_initiator = PassThrough(false, &to_acceptor, &message);
  result.verified_by_acceptor = PassThrough(true, &from_initiator, &message);
  result.from_acceptor = PassThrough(false, &to_initiator, &message);
  result.verified_by_initiator = PassThrough(true, &from_acceptor, &message);
  return result;
}

}  // namespace sspilab::sim

#include "sim/swarm/wrong_kerberos_token.h"

#include <algorithm>
#include <array>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/kerberos/messages.h"

namespace sspilab::sim {
namespace {

using kerberos::ApReq;
using kerberos::Bytes;
using kerberos::Encode;
using kerberos::ErrorCode;
using kerberos::GssToken;
using kerberos::KrbError;
using kerberos::NameType;
using kerberos::Parse;
using kerberos::PrincipalName;
using kerberos::TgtReply;
using kerberos::TgtRequest;
using kerberos::Ticket;
using kerberos::TokenId;

std::vector<uint8_t> Framed(TokenId id, bool user_to_user, Bytes message) {
  std::vector<uint8_t> token(
      kerberos::FramedSize(message.size(), user_to_user));
  const absl::Span<uint8_t> place = kerberos::WriteFraming(
      id, user_to_user, message.size(), absl::MakeSpan(token));
  std::copy(message.begin(), message.end(), place.begin());
  return token;
}

PrincipalName Service() {
  return {.name_type = static_cast<int32_t>(NameType::kServiceInstance),
          .name_string = {"host", "server.example.test"}};
}

std::vector<uint8_t> Error(Dice& dice, Bytes ticket) {
  // The one that asks for user-to-user is answered.
  constexpr std::array<ErrorCode, 12> kCodes = {ErrorCode::kUserToUserRequired,
                                                ErrorCode::kUserToUserRequired,
                                                ErrorCode::kUserToUserRequired,
                                                ErrorCode::kSkew,
                                                ErrorCode::kTicketNotYetValid,
                                                ErrorCode::kModified,
                                                ErrorCode::kNoKey,
                                                ErrorCode::kTicketExpired,
                                                ErrorCode::kRepeat,
                                                ErrorCode::kBadChecksum,
                                                ErrorCode::kGeneric,
                                                ErrorCode::kNone};
  const std::vector<uint8_t> reply = Encode(TgtReply{.ticket = {ticket}});
  KrbError error{.error_code = static_cast<int32_t>(dice.Of(kCodes)),
                 .realm = "EXAMPLE.TEST",
                 .sname = Service()};
  if (!dice.Once(3)) {
    error.e_data = ticket.empty() ? Bytes() : Bytes(reply);
  }
  return Encode(error);
}

// A ticket of another type, key version, realm or service, or with a wrong bit.
std::vector<uint8_t> Altered(Dice& dice, const Ticket& ticket) {
  Ticket other = ticket;
  std::vector<uint8_t> cipher(ticket.enc_part.cipher.begin(),
                              ticket.enc_part.cipher.end());
  switch (dice.Below(5)) {
    case 0:
      other.enc_part.etype = 3;  // DES, which nobody has.
      break;
    case 1:
      other.enc_part.kvno = 99;
      break;
    case 2:
      other.realm = "NOWHERE.TEST";
      break;
    case 3:
      other.sname = Service();
      break;
    default:
      if (!cipher.empty()) {
        cipher[dice.Below(cipher.size())] ^= 1;
      }
      break;
  }
  other.enc_part.cipher = cipher;
  return Encode(other);
}

std::vector<uint8_t> Altered(Dice& dice, ApReq ap_req) {
  const absl::StatusOr<Ticket> ticket = Parse<Ticket>(ap_req.ticket.der);
  std::vector<uint8_t> other;
  std::vector<uint8_t> cipher(ap_req.authenticator.cipher.begin(),
                              ap_req.authenticator.cipher.end());
  switch (dice.Below(4)) {
    case 0:
      ap_req.ap_options.bits ^= kerberos::ap_option::kUseSessionKey;
      break;
    case 1:
      ap_req.ap_options.bits ^= kerberos::ap_option::kMutualRequired;
      break;
    case 2:
      if (ticket.ok()) {
        other = Altered(dice, *ticket);
        ap_req.ticket.der = other;
      }
      break;
    default:
      if (!cipher.empty()) {
        cipher[dice.Below(cipher.size())] ^= 1;
      }
      break;
  }
  ap_req.authenticator.cipher = cipher;
  return Encode(ap_req);
}

}  // namespace

std::vector<uint8_t> Reworded(Dice& dice, const GssToken& token) {
  constexpr std::array<TokenId, 5> kIds = {
      TokenId::kApReq, TokenId::kApRep, TokenId::kKrbError,
      TokenId::kTgtRequest, TokenId::kTgtReply};
  const absl::StatusOr<ApReq> ap_req = Parse<ApReq>(token.message);
  const absl::StatusOr<TgtReply> tgt_reply = Parse<TgtReply>(token.message);
  Bytes ticket;
  if (ap_req.ok()) {
    ticket = ap_req->ticket.der;
  } else if (tgt_reply.ok()) {
    ticket = tgt_reply->ticket.der;
  }
  switch (dice.Below(8)) {
    case 0: {
      // One after the other: arguments have no order.
      const TokenId id = dice.Of(kIds);
      return Framed(id, dice.Once(2), token.message);
    }
    case 1:
      // As with DCE style.
      return {token.message.begin(), token.message.end()};
    case 2:
      return Framed(TokenId::kTgtRequest, true,
                    Encode(TgtRequest{.server_name = Service()}));
    case 3:
    case 4:
      if (ap_req.ok()) {
        return Framed(token.id, token.user_to_user, Altered(dice, *ap_req));
      }
      if (tgt_reply.ok()) {
        const absl::StatusOr<Ticket> theirs = Parse<Ticket>(ticket);
        const std::vector<uint8_t> other =
            theirs.ok() ? Altered(dice, *theirs) : std::vector<uint8_t>();
        return Framed(token.id, token.user_to_user,
                      Encode(TgtReply{.ticket = {other}}));
      }
      [[fallthrough]];
    default:
      return Framed(TokenId::kKrbError, false, Error(dice, ticket));
  }
}

}  // namespace sspilab::sim

#include "fuzz/ap_req.h"

#include <algorithm>

#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/messages.h"
#include "fuzz/input_parts.h"
#include "fuzz/kdc_requests.h"
#include "fuzz/kerberos_world.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;
using kerberos::Key;
using kerberos::KeyUsage;

bool IsDceStyle(Bytes authenticator) {
  const auto parsed = kerberos::Parse<kerberos::Authenticator>(authenticator);
  if (!parsed.ok() || !parsed->cksum.has_value()) return false;
  const auto checksum = kerberos::GssChecksum::Parse(parsed->cksum->checksum);
  return checksum.ok() &&
         (checksum->flags & kerberos::gss_flag::kDceStyle) != 0;
}

}  // namespace

std::vector<uint8_t> ApReqFor(const sim::Settings& settings, Bytes parts) {
  const Bytes ticket_part = TakePart(&parts);
  const Bytes authenticator = TakePart(&parts);
  const Key key =
      OfTypes(KeysOfMachine(), EtypeList(settings.acceptor.policy[1])).front();
  const Key session_key = SessionKeyIn(ticket_part, key);
  const auto sealed_part = Sealed(key, KeyUsage::kTicket, ticket_part);
  const auto ticket = Encode(kerberos::Ticket{
      .realm = kRealm,
      .sname = {.name_type = 2, .name_string = {"HTTP", "lab.ex"}},
      .enc_part = SealedView(key, sealed_part)});
  const auto sealed_proof =
      Sealed(session_key, KeyUsage::kApReqAuthenticator, authenticator);
  std::vector<uint8_t> message = Encode(
      kerberos::ApReq{.ticket = {ticket},
                      .authenticator = SealedView(session_key, sealed_proof)});
  if (IsDceStyle(authenticator)) return message;
  std::vector<uint8_t> token(kerberos::FramedSize(message.size(), false));
  const absl::Span<uint8_t> place = kerberos::WriteFraming(
      kerberos::TokenId::kApReq, false, message.size(), absl::MakeSpan(token));
  std::copy(message.begin(), message.end(), place.begin());
  return token;
}

}  // namespace sspilab::fuzz

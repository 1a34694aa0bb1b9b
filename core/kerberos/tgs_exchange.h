#ifndef SSPILAB_CORE_KERBEROS_TGS_EXCHANGE_H_
#define SSPILAB_CORE_KERBEROS_TGS_EXCHANGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/kerberos/kdc_exchange.h"

namespace sspilab::kerberos {

// A KDC's answer to who has a ticket-granting ticket (RFC 4120 3.3).
class TgsExchange : public KdcExchange {
 public:
  using KdcExchange::KdcExchange;

  // A TGS-REP or a KRB-ERROR. Once only.
  Reply Answer(const TgsReq& request);

 private:
  // The AP-REQ of the padata, and the ticket in it.
  ErrorCode ReadApReq(const TgsReq& request);
  // Our own ticket, or one of a realm whose key we share (3.3.2).
  ErrorCode OpenTicket();
  // Which vouches for the body (3.2.3).
  ErrorCode OpenAuthenticator(Bytes body_der);
  // The principal of the service, or the realm that knows it (RFC 6806 8).
  ErrorCode FindServer();
  // For user-to-user (3.7) the service's own session key.
  ErrorCode ChooseTicketKey();
  ErrorCode UseSessionKeyOf(const Ticket& theirs);
  // What of the client's ticket goes over to the new one (3.3.3).
  ErrorCode CarryOver();
  void SetTransited();
  ErrorCode LimitTimes();
  ErrorCode Renew();

  ApReq ap_req_;
  Ticket tgt_;
  // "krbtgt/EXAMPLE.TEST", with "@PARTNER.TEST" where that realm's KDC issued
  // the ticket.
  std::string issuer_name_;
  std::vector<uint8_t> tgt_plain_;
  EncTicketPart part_;
  Key session_key_;
  Key reply_key_;
  KeyUsage reply_usage_ = KeyUsage::kTgsRepPartSessionKey;
  const Principal* server_ = nullptr;
  // The name of another realm's KDC.
  std::string referral_;
  // The realms on the way here, as tickets have them.
  std::vector<uint8_t> transited_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_TGS_EXCHANGE_H_

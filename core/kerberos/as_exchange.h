#ifndef SSPILAB_CORE_KERBEROS_AS_EXCHANGE_H_
#define SSPILAB_CORE_KERBEROS_AS_EXCHANGE_H_

#include <cstdint>
#include <vector>

#include "core/kerberos/kdc_exchange.h"

namespace sspilab::kerberos {

// A KDC's answer to who logs on (RFC 4120 3.1).
class AsExchange : public KdcExchange {
 public:
  using KdcExchange::KdcExchange;

  // An AS-REP or a KRB-ERROR. Once only.
  Reply Answer(const AsReq& request);

 private:
  ErrorCode FindPrincipals();
  ErrorCode ChooseClientKey();
  // An encrypted timestamp (5.2.7.2), where the account needs or has it.
  ErrorCode CheckPreauthentication(const AsReq& request);
  ErrorCode CheckTimestamp(Bytes value);
  void SetNamesAndFlags();
  // What a client needs to know to make its key (5.2.7.5).
  std::vector<uint8_t> EtypeInfo2() const;

  const Principal* client_ = nullptr;
  const Principal* server_ = nullptr;
  // What the reply is encrypted with.
  const Key* reply_key_ = nullptr;
  std::vector<uint8_t> etype_info2_;
  std::vector<uint8_t> error_data_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_AS_EXCHANGE_H_

#ifndef SSPILAB_CORE_KERBEROS_KDC_EXCHANGE_H_
#define SSPILAB_CORE_KERBEROS_KDC_EXCHANGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/account_state.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"

namespace sspilab::kerberos {

// What the two exchanges of a KDC have in common (RFC 4120 3.1, 3.3): one
// request, and the ticket that comes of it. AsExchange and TgsExchange are the
// steps from the one to the other; a step says kNone, or why it refuses.
class KdcExchange {
 public:
  // The bytes of a reply.
  using Reply = std::vector<uint8_t>;

  // `entropy` gives session keys and confounders. All must outlive the object.
  KdcExchange(const Realm& realm, PreciseTime now, Entropy& entropy);

  // A KRB-ERROR, with the names of the request as far as it was read.
  Reply Refuse(ErrorCode code, Bytes e_data = {}) const;

 protected:
  // The ticket that will be issued. The views are of what the steps read.
  struct Grant {
    Text crealm;
    PrincipalName cname;
    // As the ticket will name it.
    PrincipalName sname;
    // What the ticket is encrypted with; no kvno where it is a session key.
    Key ticket_key;
    std::optional<uint32_t> kvno;
    const EncryptionType* session_type = nullptr;
    Key session_key;
    uint32_t flags = 0;  // ticket_flag::*
    KerberosTime authtime;
    KerberosTime starttime;
    KerberosTime endtime;
    std::optional<KerberosTime> renew_till;
    Bytes transited;
    std::optional<Element> caddr;
    std::optional<Element> authorization_data;
  };

  // The request's body, whose views are of `der`.
  ErrorCode ReadBody(Bytes der);
  // A key that both the service and the client can use, and the service's own.
  ErrorCode ChooseKeys(const Principal& server);
  // From the request and the realm's policy (3.1.3).
  ErrorCode SetTimes();

  // The ticket and what goes to the client with it, with `Rep` around them.
  template <typename Rep, typename EncPart>
  Reply Issue(const Key& reply_key, std::optional<uint32_t> reply_kvno,
              KeyUsage usage, std::optional<List<PaData>> padata);

  // Whether the realm's policy has the type.
  bool Permits(Etype etype) const;
  // Whether the two clocks differ by more than the policy lets them.
  bool IsSkewed(KerberosTime theirs) const;

  const Realm& realm() const { return realm_; }
  PreciseTime now() const { return now_; }
  Entropy& entropy() { return entropy_; }
  const KdcReqBody& body() const { return body_; }
  bool Wants(uint32_t option) const { return body_.kdc_options.Has(option); }
  Grant& grant() { return grant_; }
  // "krbtgt/EXAMPLE.TEST"
  const std::string& own_name() const { return own_name_; }

 private:
  std::vector<uint8_t> IssueTicket();

  const Realm& realm_;
  const PreciseTime now_;
  Entropy& entropy_;
  const std::string own_name_;
  KdcReqBody body_;
  Grant grant_;
};

// What the KDC makes of an account's state. Windows says CLIENT_REVOKED of
// accounts that are disabled, locked or expired.
ErrorCode RefusalFor(AccountState state);

// Null where there is none of the type.
const Bytes* FindPaData(const List<PaData>& list, PaType type);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_KDC_EXCHANGE_H_

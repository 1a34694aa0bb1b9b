#ifndef SSPILAB_CORE_KERBEROS_TICKET_CLIENT_H_
#define SSPILAB_CORE_KERBEROS_TICKET_CLIENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/times.h"
#include "core/world.h"

// The client's side of the exchanges with a KDC (RFC 4120 3.1, 3.3), in the
// machine's memory as Windows' LSA has it: nothing here counts against the
// caller's budget.
namespace sspilab::kerberos {

// Why there is no ticket.
enum class TicketFailure : uint8_t {
  kNone,
  kNoCredentials,       // What the client has is no longer good.
  kNoAuthority,         // No KDC answers.
  kLogonDenied,         // The KDC does not know the client, or its password.
  kTargetUnknown,       // The KDC does not know the service.
  kTimeSkew,            // The KDC's clock differs too much.
  kEtypeUnknown,        // The two have no encryption type in common.
  kUserToUserRequired,  // The service is a user.
  kTgtOfAnother,      // The ticket shown for user-to-user is not the service's.
  kTooManyReferrals,  // From realm to realm without an end.
  kRefused,           // Anything else that the KDC said.
  kReplyInvalid,      // The KDC's answer is none.
};

// A ticket and what the client knows of it.
struct HeldTicket {
  std::vector<uint8_t> ticket;
  Key key;
  std::string crealm;
  std::string cname;
  std::string srealm;
  std::string sname;
  uint32_t flags = 0;
  // By the KDC's clock, as they stand in the ticket.
  KerberosTime starttime;
  KerberosTime endtime;
  std::optional<KerberosTime> renew_till;
  // Seconds that the KDC's clock is ahead of this machine's; not 0 only where
  // it refused for that. Its services are taken to go by its clock.
  int64_t clock_offset = 0;

  // By this machine's clock.
  KerberosTime local_starttime() const {
    return Shifted(starttime, -clock_offset);
  }
  KerberosTime local_endtime() const { return Shifted(endtime, -clock_offset); }
};

// What a clock shows that is `offset` seconds ahead of the World's.
PreciseTime TimeAhead(const World& world, int64_t offset);

// Whom the tickets are for.
struct ClientIdentity {
  std::string user;
  std::string realm;
  std::string password;
  // Of a machine's account, which has these instead of a password.
  AccountKeys keys;
};

class TicketClient {
 public:
  // `entropy` gives nonces, subkeys, confounders, and what the KDC needs.
  TicketClient(World& world, const ClientIdentity& identity, Entropy& entropy)
      : world_(world), identity_(identity), entropy_(entropy) {}

  // The ticket-granting ticket of the identity's realm (RFC 4120 3.1).
  TicketFailure LogOn(HeldTicket* tgt);
  // A ticket for a service of any realm that `tgt` leads to (3.3), following
  // the KDCs' referrals. `target` is "HTTP/lab.example.test", with or without
  // "@REALM".
  TicketFailure GetTicket(const HeldTicket& tgt, std::string_view target,
                          HeldTicket* ticket);

  // A ticket for the target that is encrypted with the session key of `theirs`,
  // the target's own ticket-granting ticket (3.7, ENC-TKT-IN-SKEY).
  TicketFailure GetUserToUserTicket(const HeldTicket& tgt,
                                    std::string_view target,
                                    const Ticket& theirs, HeldTicket* ticket);

  // A ticket-granting ticket like `tgt` that another machine may use
  // (3.3.3, FORWARDED). kRefused where `tgt` is not forwardable.
  TicketFailure Forward(const HeldTicket& tgt, HeldTicket* forwarded);

 private:
  // What is asked of a KDC apart from the names.
  struct Wishes {
    uint32_t options = 0;  // kdc_option::*, with those that all requests have.
    const Ticket* additional_ticket = nullptr;
  };
  // Asks by the KDC's clock, which is `*clock_offset` ahead; once more, where
  // the KDC refuses for the time alone.
  TicketFailure AskAs(const std::optional<Key>& key,
                      const std::vector<uint8_t>& body, int64_t* clock_offset,
                      std::vector<uint8_t>* reply);
  // Each a request's bytes out, an answer's bytes in.
  std::vector<uint8_t> ExchangeAs(const std::optional<Key>& key,
                                  const std::vector<uint8_t>& body,
                                  int64_t clock_offset);
  std::vector<uint8_t> ExchangeTgs(const HeldTicket& tgt, const Key& subkey,
                                   std::string_view realm,
                                   const std::vector<uint8_t>& body,
                                   int64_t clock_offset);
  // Whether an answer is a refusal for the time; then the KDC's clock is set.
  bool TakeClock(Bytes reply, int64_t* clock_offset) const;
  TicketFailure Follow(const HeldTicket& tgt, std::string_view target,
                       const Wishes& wishes, HeldTicket* ticket);
  TicketFailure AskTgs(const HeldTicket& tgt, std::string_view target,
                       const Wishes& wishes, HeldTicket* ticket);
  std::vector<uint8_t> Exchange(std::string_view realm, Bytes request);
  std::vector<uint8_t> EncodeBody(std::optional<std::string_view> client,
                                  std::string_view realm,
                                  std::string_view server, NameType type,
                                  const Wishes& wishes, uint32_t nonce);
  uint32_t NewNonce() {
    // MIT's KDC once took it for signed.
    return static_cast<uint32_t>(entropy_.Next() & 0x7FFFFFFF);
  }
  World& world_;
  const ClientIdentity& identity_;
  Entropy& entropy_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_TICKET_CLIENT_H_

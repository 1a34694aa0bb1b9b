#ifndef SSPILAB_CORE_KERBEROS_CREDENTIAL_H_
#define SSPILAB_CORE_KERBEROS_CREDENTIAL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/auth_identity.h"
#include "core/entropy.h"
#include "core/kerberos/ap_ciphers.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/ticket_client.h"
#include "core/security_package.h"

namespace sspilab::kerberos {

// A ticket for a service, and what its session key comes to.
struct ServiceTicket : HeldTicket {
  explicit ServiceTicket(HeldTicket held)
      : HeldTicket(std::move(held)), ciphers(key) {
    ciphers.MakeReady();
  }

  ApCiphers ciphers;
};

// The keys of a service's account, and what they open its tickets with.
class AcceptorKeys {
 public:
  // Null where there is none of the type.
  const Cipher* Find(int32_t etype) const;

  // What they were made from: the account's keys, or else its salt and the
  // types that the machine takes.
  AccountKeys account;
  std::string salt;
  std::vector<Etype> etypes;

 private:
  // Each is made when the first ticket of its type comes.
  mutable absl::Mutex mutex_;
  mutable std::map<int32_t, Cipher> ciphers_ ABSL_GUARDED_BY(mutex_);
};

// Who an initiator logs on as, with the tickets it has got so far; and the keys
// of an acceptor.
class KerberosCredential : public Credential {
 public:
  using Credential::Credential;
  ~KerberosCredential() override;

  // "alice" of "EXAMPLE", or "alice@example.test" of nothing. Asks no KDC:
  // whether the password is right shows in the first leg, as on Windows.
  void SetIdentity(const AuthIdentity& identity);

  SECURITY_STATUS QueryAttribute(ULONG attribute,
                                 AttributeWriter& out) const override;

  bool has_identity() const { return has_identity_; }

  // A ticket for the target: one that is held and good for a while yet, or
  // else a new one. Safe to use from several threads.
  TicketFailure GetTicket(std::string_view target,
                          std::shared_ptr<const ServiceTicket>* ticket);

  // A ticket for user-to-user. Windows keeps none of these: `theirs` is good
  // for one context.
  TicketFailure GetUserToUserTicket(std::string_view target,
                                    const Ticket& theirs, HeldTicket* ticket);

  // The ticket-granting ticket of the account that an acceptor runs as.
  TicketFailure GetOwnTicket(HeldTicket* tgt);

  // A ticket-granting ticket for another machine to go on with as the same
  // client; kRefused where the one that is held may not be handed on.
  TicketFailure GetForwardedTicket(HeldTicket* forwarded);

  // Acts as the client who delegated this ticket, for as long as it lasts.
  void SetDelegated(const HeldTicket& tgt);

  // The keys of the account that an acceptor runs as: the identity's, or the
  // machine's where none was given. From the realm where it knows the account,
  // else from the password. Null where there is no such account. Safe to use
  // from several threads.
  std::shared_ptr<const AcceptorKeys> GetAcceptorKeys(std::string_view realm);

 private:
  // As services' names compare.
  struct IgnoringCase {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
  };

  // The ticket-granting ticket: one that is held and good for a while yet, or
  // else a new one, of which only the client's password is the source.
  TicketFailure Renew(TicketClient& client)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Entropy& entropy() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether a ticket lasts long enough to be used for a new context.
  bool IsGood(const HeldTicket& ticket) const;

  bool has_identity_ = false;
  // There is no password: the ticket-granting ticket is a client's.
  bool delegated_ = false;
  ClientIdentity identity_;

  absl::Mutex mutex_;
  // From the first exchange with a KDC on.
  std::optional<Entropy> entropy_ ABSL_GUARDED_BY(mutex_);
  std::optional<HeldTicket> tgt_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<const ServiceTicket>, IgnoringCase>
      tickets_ ABSL_GUARDED_BY(mutex_);
  std::optional<HeldTicket> forwarded_ ABSL_GUARDED_BY(mutex_);
  // The last ones, as long as the account stays as it is.
  std::shared_ptr<const AcceptorKeys> acceptor_keys_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_CREDENTIAL_H_

#ifndef SSPILAB_CORE_KERBEROS_CREDENTIAL_H_
#define SSPILAB_CORE_KERBEROS_CREDENTIAL_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/auth_identity.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/ticket_client.h"
#include "core/security_package.h"

namespace sspilab::kerberos {

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
  TicketFailure GetTicket(std::string_view target, HeldTicket* ticket);

  // The keys of the account that an acceptor runs as: the identity's, or the
  // machine's where none was given. From the realm where it knows the account,
  // else from the password.
  std::vector<Key> AcceptorKeys(std::string_view realm) const;

 private:
  bool has_identity_ = false;
  ClientIdentity identity_;

  absl::Mutex mutex_;
  // From the first exchange with a KDC on.
  std::optional<Entropy> entropy_ ABSL_GUARDED_BY(mutex_);
  std::optional<HeldTicket> tgt_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, HeldTicket> tickets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_CREDENTIAL_H_

#ifndef SSPILAB_CORE_KERBEROS_ACCEPTOR_H_
#define SSPILAB_CORE_KERBEROS_ACCEPTOR_H_

#include <cstdint>
#include <memory>

#include "core/kerberos/context.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/transitions.h"
#include "core/machine.h"

namespace sspilab::kerberos {

// The server's end: judges an AP-REQ by its own key alone (RFC 4120 3.2.3), and
// proves itself where it is asked to (3.2.4).
class Acceptor : public KerberosContext {
 public:
  // `credential` is a KerberosCredential.
  Acceptor(World& world, const SecurityPackage& package,
           CredentialTable::Pin credential);

  SECURITY_STATUS Advance(Leg& leg) override;
  std::shared_ptr<const HeldTicket> DelegatedTicket() const override;
  ContextNames names() const override;

 private:
  using State = AcceptorSpec::State;
  using Event = AcceptorSpec::Event;

  Event Receive(Leg& leg);
  // User-to-user (RFC 4120 3.7): our ticket-granting ticket, because the
  // initiator asks for it, or because it does not and our caller wants it to.
  Event GetOwnTicket(HeldTicket* tgt);
  Event SendTgt(Leg& leg);
  Event DemandUserToUser(Leg& leg);
  Event ReceiveApReq(Bytes token, Leg& leg);
  // The steps of judging: the ticket, the clocks, what GSS-API put into the
  // authenticator. kAccepted where all is well.
  Event OpenTicket(const Ticket& ticket, Bytes* plain);
  Event CheckTimes(const EncTicketPart& part,
                   const Authenticator& theirs) const;
  Event CheckChecksum(const Authenticator& theirs, const Leg& leg);
  Event TakeDelegation(Bytes krb_cred);
  Event SendApRep(const Cipher& cipher, Leg& leg);
  // Whether the AP-REP has a subkey, which is the context's key then.
  bool sends_subkey() const;
  Event ReceiveDceAnswer(Leg& leg);
  // Tells the initiator why, where the caller wants that.
  void SendError(Event event, Leg& leg) const;
  SECURITY_STATUS WriteError(ErrorCode code, Bytes e_data, Leg& leg) const;

  Machine<AcceptorSpec> machine_;
  bool framed_ = true;
  uint32_t flags_ = 0;  // gss_flag::*
  // The client's ticket, opened where it stands, and views of it.
  BudgetBytes ticket_;
  PrincipalName client_;
  Text realm_;
  PrincipalName service_;
  // Of the ticket-granting ticket that the initiator got from us.
  Key tgt_key_;
  Key session_key_;
  Key subkey_;
  uint32_t sequence_ = 0;
  PreciseTime authenticator_time_;
  // What the initiator delegated; null for nothing.
  std::shared_ptr<const HeldTicket> delegated_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_ACCEPTOR_H_

#ifndef SSPILAB_CORE_KERBEROS_INITIATOR_H_
#define SSPILAB_CORE_KERBEROS_INITIATOR_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/kerberos/context.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/transitions.h"
#include "core/machine.h"

namespace sspilab::kerberos {

// The client's end: an AP-REQ with a ticket that the KDC gave, and the
// acceptor's proof (RFC 4120 3.2.2, 3.2.5).
class Initiator : public KerberosContext {
 public:
  // `credential` is a KerberosCredential.
  Initiator(World& world, const SecurityPackage& package,
            CredentialTable::Pin credential);

  SECURITY_STATUS Advance(Leg& leg) override;
  ContextNames names() const override;

 private:
  using State = InitiatorSpec::State;
  using Event = InitiatorSpec::Event;

  Event Begin(Leg& leg);
  // With ticket_.
  Event SendApReq(Leg& leg);
  // `forwarded` is the ticket to delegate; null for none.
  Event WriteApReq(Leg& leg, bool framed, const HeldTicket* forwarded);
  // User-to-user (RFC 4120 3.7): asks for the acceptor's ticket-granting
  // ticket, takes it, and goes on with a ticket for its session key.
  Event RequestTgt(Leg& leg);
  Event ReceiveTgtReply(Leg& leg);
  Event SendUserToUser(const Ticket& theirs, std::string_view target, Leg& leg);
  Event AnswerDemand(const KrbError& error, Leg& leg);
  Event ReceiveApRep(Leg& leg);
  Event TakeError(const KrbError& error, Leg& leg);
  Event CheckApRep(Bytes message, Leg& leg);
  Event AnswerDce(uint32_t acceptor_sequence, Leg& leg);
  // What the context is when the acceptor has said all it has to say.
  void AgreeOn(const Key& key, bool acceptor_subkey, uint64_t receive_number);

  Machine<InitiatorSpec> machine_;
  // What is wished for, and from the AP-REQ on what is in force: gss_flag::*.
  uint32_t flags_ = 0;
  // While the acceptor's ticket-granting ticket is awaited: UTF-8.
  BudgetBytes target_;
  std::shared_ptr<const ServiceTicket> ticket_;
  Key subkey_;
  uint32_t sequence_ = 0;
  PreciseTime authenticator_time_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_INITIATOR_H_

#ifndef SSPILAB_CORE_KERBEROS_INITIATOR_H_
#define SSPILAB_CORE_KERBEROS_INITIATOR_H_

#include <cstdint>

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

 private:
  using State = InitiatorSpec::State;
  using Event = InitiatorSpec::Event;

  Event SendApReq(Leg& leg);
  // `forwarded` is the ticket to delegate; null for none.
  Event WriteApReq(Leg& leg, bool framed, const HeldTicket* forwarded);
  Event ReceiveApRep(Leg& leg);
  Event CheckApRep(Bytes message, Leg& leg);
  Event AnswerDce(uint32_t acceptor_sequence, Leg& leg);
  // What the context is when the acceptor has said all it has to say.
  void AgreeOn(const Key& key, bool acceptor_subkey, uint64_t receive_number);

  Machine<InitiatorSpec> machine_;
  uint32_t flags_ = 0;  // gss_flag::*
  HeldTicket ticket_;
  Key subkey_;
  uint32_t sequence_ = 0;
  PreciseTime authenticator_time_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_INITIATOR_H_

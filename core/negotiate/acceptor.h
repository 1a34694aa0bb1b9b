#ifndef SSPILAB_CORE_NEGOTIATE_ACCEPTOR_H_
#define SSPILAB_CORE_NEGOTIATE_ACCEPTOR_H_

#include <cstdint>
#include <optional>

#include "core/machine.h"
#include "core/memory.h"
#include "core/negotiate/context.h"
#include "core/negotiate/transitions.h"

namespace sspilab::negotiate {

// The server's end: takes the first mechanism of the initiator's list that it
// has, too.
class Acceptor : public NegotiateContext {
 public:
  // `credential` is a NegotiateCredential.
  Acceptor(World& world, const SecurityPackage& package,
           CredentialTable::Pin credential);

  SECURITY_STATUS Advance(Leg& leg) override;
  SECURITY_STATUS Complete(const BufferList& token) override;
  ULONG negotiation_state() const override;

 private:
  using State = AcceptorSpec::State;
  using Event = AcceptorSpec::Event;

  void Reject(Leg& leg);
  Event Begin(Leg& leg);
  Event SendHint(Leg& leg);
  Event BeginRaw(Bytes token, Leg& leg);
  Event ContinueRaw(Leg& leg);
  Event Choose(Bytes token, Leg& leg);
  Event Receive(Leg& leg);
  Event ReceiveMic(Leg& leg);

  // A token of the mechanism, what the initiator says of it, and our answer.
  // `supported_mech` is set in the first answer.
  struct Turn {
    Bytes token;
    ReceivedMic mic;
    std::optional<NegState> peer_state;
    std::optional<Bytes> supported_mech;
  };
  void RejectWith(const Turn& turn, Bytes error, Leg& leg);
  Event Advance(const Turn& turn, Context& inner, Leg& leg, Step* step);
  Event Answer(const Turn& turn, const Step& step, Leg& leg);

  Machine<AcceptorSpec> machine_;
  // MechTypeList as the initiator sent it.
  BudgetBytes mech_types_;
  // The mechanism's tokens come and go without SPNEGO around them.
  bool raw_ = false;
  // Of the mechanism's last leg, where the machine leaves the status to it.
  SECURITY_STATUS inside_ = SEC_E_INTERNAL_ERROR;
};

}  // namespace sspilab::negotiate

#endif  // SSPILAB_CORE_NEGOTIATE_ACCEPTOR_H_

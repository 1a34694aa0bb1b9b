#ifndef SSPILAB_CORE_NEGOTIATE_INITIATOR_H_
#define SSPILAB_CORE_NEGOTIATE_INITIATOR_H_

#include <array>
#include <cstdint>

#include "core/machine.h"
#include "core/negotiate/context.h"
#include "core/negotiate/transitions.h"

namespace sspilab::negotiate {

// The client's end: a list of mechanisms with the first one's token, and then
// whatever mechanism the acceptor takes.
class Initiator : public NegotiateContext {
 public:
  // `credential` is a NegotiateCredential.
  Initiator(World& world, const SecurityPackage& package,
            CredentialTable::Pin credential);

  SECURITY_STATUS Advance(Leg& leg) override;
  ULONG negotiation_state() const override;

 private:
  using State = InitiatorSpec::State;
  using Event = InitiatorSpec::Event;

  // A list of kMaxMechanisms fits.
  static constexpr size_t kMaxMechTypes = 64;

  Event Begin(Leg& leg);
  Event CheckHint(const Leg& leg) const;
  Event Receive(Leg& leg);
  Event ReceiveError(Bytes token, Leg& leg);
  // What is left of Receive when the mechanism has had its turn.
  Event Answer(const Step& step, bool complete, bool inferred,
               const ReceivedMic& mic, Leg& leg, OutputToken& inner_output);

  absl::Span<const uint8_t> mech_types() const {
    return absl::MakeConstSpan(mech_types_).first(mech_types_size_);
  }

  Machine<InitiatorSpec> machine_;
  // The choices that are offered: those from this one on.
  size_t first_offered_ = 0;
  // MechTypeList as sent.
  std::array<uint8_t, kMaxMechTypes> mech_types_;
  size_t mech_types_size_ = 0;
  bool mic_sent_ = false;
  // Of the last call, where its event is kMechanismFailed.
  SECURITY_STATUS inside_ = SEC_E_INTERNAL_ERROR;
};

}  // namespace sspilab::negotiate

#endif  // SSPILAB_CORE_NEGOTIATE_INITIATOR_H_

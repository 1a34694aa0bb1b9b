#ifndef SSPILAB_CORE_NTLM_INITIATOR_H_
#define SSPILAB_CORE_NTLM_INITIATOR_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/entropy.h"
#include "core/machine.h"
#include "core/ntlm/context.h"
#include "core/ntlm/credential.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/transitions.h"

namespace sspilab::ntlm {

// The client's end (MS-NLMP 3.1.5): NEGOTIATE, then AUTHENTICATE for the
// CHALLENGE that comes back.
class Initiator : public NtlmContext {
 public:
  // `credential` is an NtlmCredential.
  Initiator(World& world, const SecurityPackage& package,
            CredentialTable::Pin credential);

  SECURITY_STATUS Advance(Leg& leg) override;
  SECURITY_STATUS Complete(const BufferList& token) override;

 private:
  using State = InitiatorSpec::State;
  using Event = InitiatorSpec::Event;

  // A NEGOTIATE message as Windows sends it has no payload.
  static constexpr size_t kNegotiateSize = 40;

  SECURITY_STATUS Take(Event event);
  Event SendNegotiate(Leg& leg);
  Event SendAuthenticate(Leg& leg);
  Event FinishToken(const BufferList& token);

  const NtlmCredential& identity() const;
  bool anonymous() const;

  Machine<InitiatorSpec> machine_;
  // From the first leg on: one that fails has drawn nothing from the World.
  std::optional<Entropy> entropy_;
  uint32_t requirements_ = 0;
  uint32_t offer_ = 0;
  // As sent: the MIC is over it. Empty when connectionless.
  std::array<uint8_t, kNegotiateSize> negotiate_;
  size_t negotiate_size_ = 0;
  // The target's name (UTF-16) and then the CHALLENGE message.
  BudgetBytes kept_;
  // Of the AUTHENTICATE message that waits for CompleteAuthToken.
  size_t unfinished_size_ = 0;
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_INITIATOR_H_

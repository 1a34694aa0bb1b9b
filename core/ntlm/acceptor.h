#ifndef SSPILAB_CORE_NTLM_ACCEPTOR_H_
#define SSPILAB_CORE_NTLM_ACCEPTOR_H_

#include <cstdint>

#include "core/machine.h"
#include "core/ntlm/context.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/response_check.h"
#include "core/ntlm/transitions.h"

namespace sspilab::ntlm {

// The server's end (MS-NLMP 3.2.5): CHALLENGE for the NEGOTIATE that comes in,
// then judgement of the AUTHENTICATE.
class Acceptor : public NtlmContext {
 public:
  Acceptor(World& world, const SecurityPackage& package,
           CredentialTable::Pin credential);

  SECURITY_STATUS Advance(Leg& leg) override;
  SECURITY_STATUS Complete(const BufferList& token) override;

 private:
  using State = AcceptorSpec::State;
  using Event = AcceptorSpec::Event;

  SECURITY_STATUS Take(Event event);
  Event SendChallenge(Leg& leg);
  Event ReceiveAuthenticate(Leg& leg);
  // What is left when the initiator has shown who it is.
  Event Accept(const AuthenticateMessage& message,
               absl::Span<const uint8_t> token, const CheckedResponse& response,
               Leg& leg);
  Event CheckBindings(const CheckedResponse& response,
                      uint32_t requirements) const;
  [[nodiscard]] bool KeepParties(const AuthenticateMessage& message,
                                 uint32_t flags,
                                 const CheckedResponse& response,
                                 Parties* parties);

  Machine<AcceptorSpec> machine_;
  // NegotiateFlags of the CHALLENGE.
  uint32_t flags_ = 0;
  Challenge server_challenge_{};
  // NEGOTIATE and CHALLENGE as they were sent, for the MIC. Connectionless, the
  // first is empty.
  BudgetBytes transcript_;
  size_t negotiate_size_ = 0;
  // The AV pairs are the CHALLENGE's last bytes: this many.
  size_t target_info_size_ = 0;
  // User, domain and target, UTF-16.
  BudgetBytes names_;
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_ACCEPTOR_H_

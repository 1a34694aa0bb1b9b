#ifndef SSPILAB_CORE_CREDSSP_INITIATOR_H_
#define SSPILAB_CORE_CREDSSP_INITIATOR_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/credssp/context.h"
#include "core/credssp/identity.h"

namespace sspilab::credssp {

// The client's end (MS-CSSP 3.1.5): TLS, SPNEGO in it, the server's key bound
// to both, and then the user's credentials.
class Initiator : public Endpoint<InitiatorSpec> {
 public:
  using Endpoint::Endpoint;

  uint32_t server_auth_flags() const override { return server_auth_flags_; }
  SECURITY_STATUS certificate_status() const override {
    return certificate_status_;
  }

 private:
  Event Step(State state, Leg& leg) override;
  uint32_t Granted(const Leg& leg) const override;
  void TellPeer(Event failure) override;

  Event Begin(Leg& leg);
  // Which identity is meant, and whether it may be used as asked for. Nothing
  // where all is well.
  [[nodiscard]] std::optional<Event> ChooseIdentity(Leg& leg);
  Event ContinueHandshake(Leg& leg);
  Event ContinueWithCertificate(Leg& leg);
  // What a handshake came to.
  Event AfterHandshake(SECURITY_STATUS status);
  Event ReceiveToken(Leg& leg);
  Event ReceiveKey(Leg& leg);
  Event Authenticate();

  // One step of SPNEGO, and the TSRequest for it.
  Event SendToken(const absl::Span<uint8_t>* received);
  // SPNEGO is done: who the server is, is known.
  [[nodiscard]] std::optional<Event> JudgeServer();
  Event SendCredentials();

  bool asks_for(uint32_t requirement) const {
    return (requirements_ & requirement) != 0;
  }
  const ClientIdentity& identity() const;
  std::u16string_view target() const;
  InnerLeg::Arguments OfSchannel(const Leg& leg) const;
  TsRequest NewRequest() const;

  // Of the first leg.
  uint32_t requirements_ = 0;
  BudgetBytes target_;
  std::array<uint8_t, kNonceSize> nonce_{};
  // What came in SECBUFFER_PKG_PARAMS.
  std::optional<ClientIdentity> supplied_;
  // After SEC_I_INCOMPLETE_CREDENTIALS.
  std::optional<CredentialTable::Pin> second_credential_;
  uint32_t server_auth_flags_ = 0;
  SECURITY_STATUS certificate_status_ = SEC_E_OK;
};

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_INITIATOR_H_

#ifndef SSPILAB_CORE_CREDSSP_ACCEPTOR_H_
#define SSPILAB_CORE_CREDSSP_ACCEPTOR_H_

#include <optional>

#include "core/credssp/context.h"

namespace sspilab::credssp {

// The server's end (MS-CSSP 3.1.5).
class Acceptor : public Endpoint<AcceptorSpec> {
 public:
  using Endpoint::Endpoint;
  ~Acceptor() override;

  std::optional<TsPasswordCreds> delegated() const override;

 private:
  Event Step(State state, Leg& leg) override;
  uint32_t Granted(const Leg& leg) const override;
  void TellPeer(Event failure) override;

  Event ContinueHandshake(Leg& leg);
  Event ReceiveToken(Leg& leg);
  Event ReceiveKey(Leg& leg);
  Event ReceiveCredentials(Leg& leg);

  // The request is there: one step of SPNEGO.
  Event AnswerToken(const TsRequest& request);
  // SPNEGO is done, and `request` has the client's key; `token` goes along with
  // the answer.
  Event AnswerKey(const TsRequest& request, Bytes token);

  InnerLeg::Arguments OfSchannel(const Leg& leg) const;

  // SPNEGO's last token, of an exchange that failed, where it says why.
  BudgetBytes error_token_;
  // TSPasswordCreds as they came.
  BudgetBytes delegated_;
};

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_ACCEPTOR_H_

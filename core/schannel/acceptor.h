#ifndef SSPILAB_CORE_SCHANNEL_ACCEPTOR_H_
#define SSPILAB_CORE_SCHANNEL_ACCEPTOR_H_

#include <optional>
#include <utility>

#include "core/machine.h"
#include "core/schannel/context.h"

namespace sspilab::schannel {

// The server's end.
class Acceptor : public SchannelContext {
 public:
  Acceptor(World& world, const SecurityPackage& package,
           CredentialTable::Pin credential)
      : SchannelContext(world, package, Role::kAcceptor,
                        std::move(credential)) {}

  const X509* own_certificate() const override;

 protected:
  State state() const override { return machine_.state(); }
  SECURITY_STATUS Take(Event event) override;
  uint32_t extended_error() const override { return ASC_REQ_EXTENDED_ERROR; }
  uint32_t datagram() const override { return ASC_REQ_DATAGRAM; }
  uint32_t Granted(uint32_t requirements) const override;
  std::optional<Event> Prepare(const Leg& leg) override;
  Event Begin(Leg& leg, absl::Span<const uint8_t> input) override {
    return TakeRecord(leg, input);
  }
  bool PrepareAgain(const Leg& leg) override;
  void TakeCredential(CredentialTable::Pin* /*credential*/) override {}
  void ForgetSession() override;

  // TlsDelegate.
  bool VerifyPeer(X509_STORE_CTX* chain) override;
  CertificateChoice ChooseCertificate(SSL* /*ssl*/) override {
    return CertificateChoice::kReady;
  }
  void SaveSession(SSL_SESSION* session) override;
  SSL_SESSION* FindSession(absl::Span<const uint8_t> id) override;

 private:
  SessionKey Key(absl::Span<const uint8_t> id) const;
  // Asks for the client's certificate, or does not.
  [[nodiscard]] bool SetMutual(const Leg& leg);

  Machine<AcceptorSpec> machine_;
};

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_ACCEPTOR_H_

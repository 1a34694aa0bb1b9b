#ifndef SSPILAB_CORE_SCHANNEL_INITIATOR_H_
#define SSPILAB_CORE_SCHANNEL_INITIATOR_H_

#include <optional>
#include <string>

#include "core/machine.h"
#include "core/schannel/context.h"

namespace sspilab::schannel {

// The client's end.
class Initiator : public SchannelContext {
 public:
  Initiator(World& world, const SecurityPackage& package,
            CredentialTable::Pin credential)
      : SchannelContext(world, package, Role::kInitiator,
                        std::move(credential)) {}

  const X509* own_certificate() const override;

 protected:
  State state() const override { return machine_.state(); }
  SECURITY_STATUS Take(Event event) override;
  uint32_t extended_error() const override { return ISC_REQ_EXTENDED_ERROR; }
  uint32_t datagram() const override { return ISC_REQ_DATAGRAM; }
  uint32_t Granted(uint32_t requirements) const override;
  std::optional<Event> Prepare(const Leg& leg) override;
  Event Begin(Leg& leg, absl::Span<const uint8_t> input) override;
  bool PrepareAgain(const Leg& /*leg*/) override { return true; }
  void TakeCredential(CredentialTable::Pin* credential) override;
  void ForgetSession() override;

  // TlsDelegate.
  bool VerifyPeer(X509_STORE_CTX* chain) override;
  CertificateChoice ChooseCertificate(SSL* ssl) override;
  void SaveSession(SSL_SESSION* session) override;
  SSL_SESSION* FindSession(absl::Span<const uint8_t> /*id*/) override {
    return nullptr;
  }

 private:
  bool validates() const;
  SessionKey Key() const;
  // The first certificate of `credential` that the server would believe; null
  // where there is none.
  const OwnCertificate* Suitable(SSL* ssl,
                                 const SchannelCredential& credential) const;
  // One of the World's, where the credential lets Schannel look for itself.
  std::optional<OwnCertificate> Default(SSL* ssl) const;
  CertificateChoice Show(SSL* ssl, const OwnCertificate* certificate);

  Machine<InitiatorSpec> machine_;
  // UTF-16, lower case.
  BudgetBytes target_;
  // What a leg after SEC_I_INCOMPLETE_CREDENTIALS brought.
  std::optional<CredentialTable::Pin> second_credential_;
  bool asked_for_credential_ = false;
  bool shows_certificate_ = false;
};

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_INITIATOR_H_

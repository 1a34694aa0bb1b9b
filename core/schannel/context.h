#ifndef SSPILAB_CORE_SCHANNEL_CONTEXT_H_
#define SSPILAB_CORE_SCHANNEL_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/schannel/credential.h"
#include "core/schannel/record_shape.h"
#include "core/schannel/session_cache.h"
#include "core/schannel/tls_channel.h"
#include "core/schannel/transitions.h"
#include "core/security_package.h"

namespace sspilab::schannel {

// What is the same at both ends: one record a call goes through TLS, and what
// comes of it is told as Schannel tells it. Initiator and Acceptor say how a
// handshake begins, and whom they believe.
//
//   1. A call that lacks bytes changes nothing, draws nothing, allocates
//      nothing.
//   2. Each record goes into TLS once. A call that must be repeated with the
//      same input (no room for output, no credentials, SEC_I_RENEGOTIATE)
//      leaves the record in `taken_` and its outcome in `held_`.
class SchannelContext : public Context, protected TlsDelegate {
 public:
  // `credential` is a SchannelCredential.
  SchannelContext(World& world, const SecurityPackage& package, Role role,
                  CredentialTable::Pin credential);

  SECURITY_STATUS Advance(Leg& leg) override;
  SECURITY_STATUS ApplyControl(const BufferList& input) override;
  SECURITY_STATUS QueryAttribute(ULONG attribute,
                                 AttributeWriter& out) const override;
  SECURITY_STATUS SetAttribute(ULONG attribute,
                               absl::Span<const uint8_t> value) override;
  SECURITY_STATUS Encrypt(ULONG qop, const BufferList& message,
                          ULONG sequence) override;
  SECURITY_STATUS Decrypt(const BufferList& message, ULONG sequence,
                          ULONG* qop) override;
  SECURITY_STATUS PeerIdentity(std::u16string* name) const override;

  // A handshake has been completed, once.
  bool established() const { return established_; }
  // Null before the first record.
  SSL* ssl() const { return channel_.ssl(); }
  const RecordShape& shape() const { return shape_; }
  // The certificate that this end showed; null where it showed none.
  virtual const X509* own_certificate() const = 0;

  // What SECPKG_ATTR_KEYING_MATERIAL answers, as ..._INFO asked for it.
  struct KeyingMaterial {
    std::string label;
    std::optional<std::string> context;
    uint32_t size = 0;
  };
  const std::optional<KeyingMaterial>& keying_material() const {
    return keying_material_;
  }

 protected:
  virtual State state() const = 0;
  [[nodiscard]] virtual SECURITY_STATUS Take(Event event) = 0;
  // The bit of this end that asks for alerts.
  virtual uint32_t extended_error() const = 0;
  virtual uint32_t datagram() const = 0;
  // What is granted: ISC_RET_* or ASC_RET_*.
  virtual uint32_t Granted(uint32_t requirements) const = 0;
  // The channel has just been opened: everything that the handshake needs of
  // the caller. Nothing where all is well.
  [[nodiscard]] virtual std::optional<Event> Prepare(const Leg& leg) = 0;
  // The first call, of a channel that is not open yet.
  virtual Event Begin(Leg& leg, absl::Span<const uint8_t> input) = 0;
  // A handshake is about to begin again, at this end's wish.
  [[nodiscard]] virtual bool PrepareAgain(const Leg& leg) = 0;
  // A leg in kWaitingForCredentials brought `credential`, which may be null.
  virtual void TakeCredential(CredentialTable::Pin* credential) = 0;
  // The session of this context is not to be taken up again.
  virtual void ForgetSession() = 0;

  // TlsDelegate.
  absl::Span<const uint8_t> protocols() const override {
    return application_protocols_.span();
  }
  void LogKey(std::string_view line) override;
  void TellHandshake(absl::Span<const uint8_t> message) override;

  SchannelCredential& schannel_credential() const;
  TlsChannel& channel() { return channel_; }
  uint32_t requirements() const { return requirements_; }
  bool reconnects() const { return reconnects_; }

  // Makes the channel, and what comes of the World with it.
  [[nodiscard]] std::optional<Event> Open(const Leg& leg);
  Event TakeRecord(Leg& leg, absl::Span<const uint8_t> input);
  // Goes on with the handshake: with `record`, which is the first `consumed`
  // bytes of `input`, or with what TLS has already.
  Event Handshake(Leg& leg, absl::Span<const uint8_t> record,
                  absl::Span<const uint8_t> input, size_t consumed);
  // The peer's certificates were judged: what is wrong, if anything.
  bool Judge(std::optional<Event> problem);
  // Keeps `session` under `key` for as long as the credential says.
  void KeepSession(SessionKey key, const SSL_SESSION* session);

 private:
  struct Alert {
    uint8_t level;
    uint8_t number;
  };

  // Randomness for one call, whatever the calls before it drew.
  Entropy NextEntropy();
  Event Step(Leg& leg);
  Event Proceed(Leg& leg, TlsChannel::Progress progress,
                absl::Span<const uint8_t> input, size_t consumed);
  Event ContinueHeld(Leg& leg, absl::Span<const uint8_t> input);
  Event Renegotiate(Leg& leg, absl::Span<const uint8_t> input);
  Event SendAlert(Leg& leg, absl::Span<const uint8_t> input);
  Event Deliver(Leg& leg, Event event, absl::Span<const uint8_t> input,
                size_t consumed);
  void DeliverErrorToken(Leg& leg);
  Event FailureEvent() const;
  void OnHandshakeDone();
  SECURITY_STATUS OnPostHandshake(absl::Span<const uint8_t> record);
  // Bytes at the start of `input` that are the record in `taken_`.
  size_t TakenAlready(absl::Span<const uint8_t> input) const;
  [[nodiscard]] std::optional<Event> ReadProtocols(const BufferList& input);
  // SEC_E_OK where messages can be protected now.
  SECURITY_STATUS Usable() const;

  TlsChannel channel_;
  // From the first record on.
  std::optional<Entropy> entropy_;
  uint32_t requirements_ = 0;
  bool established_ = false;
  bool peer_closed_ = false;
  bool reconnects_ = true;
  RecordShape shape_;
  FileTime expiry_ = kFileTimeNever;
  BudgetBytes taken_;
  std::optional<Event> held_;
  std::optional<Event> problem_;
  std::optional<Alert> control_;
  bool own_alert_sent_ = false;
  BudgetBytes application_protocols_;
  std::optional<KeyingMaterial> keying_material_;
};

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_CONTEXT_H_

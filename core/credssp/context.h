#ifndef SSPILAB_CORE_CREDSSP_CONTEXT_H_
#define SSPILAB_CORE_CREDSSP_CONTEXT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include "absl/types/span.h"
#include "core/credssp/authentication.h"
#include "core/credssp/credential.h"
#include "core/credssp/flight.h"
#include "core/credssp/messages.h"
#include "core/credssp/secure_channel.h"
#include "core/credssp/transitions.h"
#include "core/security_package.h"

namespace sspilab::credssp {

// The part of a context that is the same at both ends: TSRequests in TLS
// records, in and out. Endpoint adds the machine, Initiator and Acceptor say
// how it comes to an agreement.
class CredSspContext : public Context {
 public:
  CredSspContext(World& world, const SecurityPackage& package, Role role,
                 CredentialTable::Pin credential);

  SECURITY_STATUS ApplyControl(const BufferList& input) override;
  SECURITY_STATUS QueryAttribute(ULONG attribute,
                                 AttributeWriter& out) const override;
  SECURITY_STATUS SetAttribute(ULONG attribute,
                               absl::Span<const uint8_t> value) override;
  // Messages are Schannel's.
  SECURITY_STATUS Encrypt(ULONG qop, const BufferList& message,
                          ULONG sequence) override;
  SECURITY_STATUS Decrypt(const BufferList& message, ULONG sequence,
                          ULONG* qop) override;
  SECURITY_STATUS PeerIdentity(std::u16string* name) const override;

  bool established() const { return established_; }
  // ISC_RET_* or ASC_RET_*, of the last leg.
  uint32_t attributes() const { return attributes_; }
  // Null for as long as there is none.
  const Context* schannel() const;
  const Context* negotiate() const;
  // Initiator: CREDSSP_SERVER_AUTH_*, how the server was authenticated.
  virtual uint32_t server_auth_flags() const { return 0; }
  // Initiator: what Schannel would have said of the server's certificate.
  virtual SECURITY_STATUS certificate_status() const { return SEC_E_OK; }
  // Acceptor: what was delegated. Nothing at the other end.
  virtual std::optional<TsPasswordCreds> delegated() const {
    return std::nullopt;
  }

 protected:
  static bool IsFailure(Event event) { return event >= Event::kInvalidToken; }
  static Event EventOf(SECURITY_STATUS status);

  const CredSspCredential& own() const {
    return static_cast<const CredSspCredential&>(*credential());
  }
  const CredSspPolicy& policy() const { return world().options().credssp; }

  // Whether the call brought any token.
  static bool HasInput(const Leg& leg);
  // Copies the record that the input begins with. Nothing where it is whole.
  [[nodiscard]] std::optional<Event> TakeRecord(Leg& leg);
  // The record that was taken.
  absl::Span<uint8_t> record() { return record_.span(); }

  // Takes a record and what it holds of a TSRequest. Nothing where that is
  // whole, and then in `request`, as views of memory that lasts until the next
  // leg.
  [[nodiscard]] std::optional<Event> ReceiveRequest(
      Leg& leg, const InnerLeg::Arguments& of_schannel, TsRequest* request);
  // A part of the last request, to be decrypted in place.
  absl::Span<uint8_t> PartOf(Bytes part);

  // Adds `request` to what this leg sends. `credentials` is what its authInfo
  // holds, for the World's observer.
  [[nodiscard]] SECURITY_STATUS SendRequest(const TsRequest& request,
                                            Bytes credentials = {});

  // The version that is in force, of the two ends' (2.2.1); the own one for as
  // long as the peer's is not known.
  uint32_t version() const;
  bool knows_peer_version() const { return peer_version_ != 0; }
  // Whether the peer's version is good enough for `minimum`, and still the
  // same.
  [[nodiscard]] std::optional<Event> CheckVersion(const TsRequest& request,
                                                  EncryptionOracle tolerated);

  // Encrypts what binds the own end to the server's key.
  [[nodiscard]] SECURITY_STATUS SealBinding(Bytes nonce, BudgetBytes* sealed);
  // Whether `sealed` binds the other end to it. SEC_E_MESSAGE_ALTERED if not.
  [[nodiscard]] SECURITY_STATUS CheckBinding(Bytes nonce, Bytes sealed);

  // Keeps the server's key, from the certificate that Schannel has under
  // `attribute`.
  [[nodiscard]] SECURITY_STATUS KeepKey(ULONG attribute);

  // A leg after the exchange that brought something. Nothing where it brought a
  // TSRequest.
  [[nodiscard]] std::optional<Event> ReceiveAfterwards(
      Leg& leg, const InnerLeg::Arguments& of_schannel, TsRequest* request);
  // Whether the caller has asked for an alert, which this leg must send:
  // whatever it brings, as Schannel does it.
  bool alert_due() const { return alert_due_; }
  [[nodiscard]] Event SendAlert(const InnerLeg::Arguments& of_schannel);
  // Adds a close_notify to what is sent.
  void SayGoodbye();

  SecureChannel channel_;
  Authentication authentication_;
  Flight flight_;
  bool established_ = false;
  bool alert_due_ = false;
  uint32_t attributes_ = 0;
  // Bytes of the input that this leg used.
  size_t taken_ = 0;

 private:
  // Adds `data` to the request that is being put together.
  [[nodiscard]] std::optional<Event> Assemble(absl::Span<uint8_t> data,
                                              TsRequest* request);

  BudgetBytes record_;
  // A request that did not fit one record.
  BudgetBytes assembled_;
  size_t assembled_size_ = 0;
  // The last whole one.
  absl::Span<uint8_t> request_;
  uint32_t peer_version_ = 0;
  // The server's certificate, and the key in it.
  BudgetBytes certificate_;
  Bytes key_;
};

// A context and its machine.
template <typename Spec>
class Endpoint : public CredSspContext {
 public:
  using CredSspContext::CredSspContext;

  SECURITY_STATUS Advance(Leg& leg) override;
  SECURITY_STATUS Complete(const BufferList& token) override;

 protected:
  State state() const { return machine_.state(); }

 private:
  static constexpr size_t kHeaderSize = 5;
  static constexpr uint32_t kExtendedError = std::is_same_v<Spec, InitiatorSpec>
                                                 ? ISC_REQ_EXTENDED_ERROR
                                                 : ASC_REQ_EXTENDED_ERROR;

  // What happens in this leg, in `state`; what is to be sent is in flight_.
  virtual Event Step(State state, Leg& leg) = 0;
  // ISC_RET_* or ASC_RET_* so far.
  virtual uint32_t Granted(const Leg& leg) const = 0;
  // Puts into flight_ what tells the peer of a failure.
  virtual void TellPeer(Event failure) = 0;

  SECURITY_STATUS Take(Event event);
  // Moves flight_ to the caller. SEC_E_OK, or why there is no room for it.
  [[nodiscard]] SECURITY_STATUS Deliver(OutputToken& out,
                                        absl::Span<uint8_t>* token);
  SECURITY_STATUS Fail(Event failure, Leg& leg);

  Machine<Spec> machine_;
  // What happened in a leg whose output had no room.
  std::optional<Event> due_;
  // TLS's header of a token that is unfinished, and the token's size.
  std::array<uint8_t, kHeaderSize> withheld_{};
  size_t unfinished_size_ = 0;
};

extern template class Endpoint<InitiatorSpec>;
extern template class Endpoint<AcceptorSpec>;

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_CONTEXT_H_

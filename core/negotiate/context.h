#ifndef SSPILAB_CORE_NEGOTIATE_CONTEXT_H_
#define SSPILAB_CORE_NEGOTIATE_CONTEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "absl/types/span.h"
#include "core/negotiate/credential.h"
#include "core/negotiate/mechanisms.h"
#include "core/negotiate/messages.h"
#include "core/security_package.h"
#include "core/wire/der.h"

namespace sspilab::negotiate {

// The part of a context that is the same at both ends: the mechanism's context
// inside it, which answers everything once the negotiation is over, and the
// mechListMICs. Initiator and Acceptor say how it comes to that.
//
// Until the negotiation is over nothing of the mechanism can be used, though it
// may be established: its peer is known only when both sides have shown that
// they saw the same list.
class NegotiateContext : public Context {
 public:
  using Context::Context;

  SECURITY_STATUS QueryAttribute(ULONG attribute,
                                 AttributeWriter& out) const override;
  SECURITY_STATUS SetAttribute(ULONG attribute,
                               absl::Span<const uint8_t> value) override;
  SECURITY_STATUS MakeSignature(ULONG qop, const BufferList& message,
                                ULONG sequence) override;
  SECURITY_STATUS VerifySignature(const BufferList& message, ULONG sequence,
                                  ULONG* qop) override;
  SECURITY_STATUS Encrypt(ULONG qop, const BufferList& message,
                          ULONG sequence) override;
  SECURITY_STATUS Decrypt(const BufferList& message, ULONG sequence,
                          ULONG* qop) override;
  SECURITY_STATUS PeerIdentity(std::u16string* name) const override;
  std::shared_ptr<const kerberos::HeldTicket> DelegatedTicket() const override;
  SECURITY_STATUS Export(bool fresh,
                         absl::Span<uint8_t>* packed) const override;

  // The package that answers: the mechanism's, or Negotiate while none is
  // begun.
  const SecurityPackage& chosen() const {
    return inner_ != nullptr ? inner_->package() : package();
  }
  // SECPKG_NEGOTIATION_*.
  virtual ULONG negotiation_state() const = 0;
  bool established() const { return established_; }

 protected:
  using Bytes = absl::Span<const uint8_t>;
  using Choice = NegotiateCredential::Choice;

  // The mechanism's half of a leg.
  struct Step {
    // Of the mechanism's leg.
    SECURITY_STATUS status;
    // Where it stands in the output; empty where the mechanism gave none. Of a
    // leg that failed, what tells the peer why.
    Bytes token;
    bool done() const {
      return status == SEC_E_OK || status == SEC_I_COMPLETE_NEEDED;
    }
  };
  // Runs `inner` on `token` (nothing: without one), with the leg's other
  // buffers as they are. Its output goes to `out`. A mechanism that asks for
  // CompleteAuthToken has its token completed at once: the caller cannot, since
  // it does not see it.
  [[nodiscard]] static Step Run(Context& inner, std::optional<Bytes> token,
                                Leg& leg, OutputToken& out);
  // The same for a token that the caller sees, and completes itself.
  [[nodiscard]] static Step RunAlone(Context& inner, std::optional<Bytes> token,
                                     Leg& leg, OutputToken& out);

  const NegotiateCredential& choices() const {
    return static_cast<const NegotiateCredential&>(*credential());
  }
  [[nodiscard]] SECURITY_STATUS NewInner(const Choice& choice,
                                         BudgetPtr<Context>* inner) const;

  // Takes over what a leg of the mechanism came to.
  void Keep(const Leg& leg, const Step& step);
  // ISC_RET_* or ASC_RET_*, and expiry, of the legs so far.
  void Report(Leg& leg) const;
  void SetEstablished() { established_ = true; }

  // Whether the mechanism can sign what is left of this exchange.
  bool has_integrity() const;

  // A mechListMIC that has been received: copied, since output may be written
  // over input.
  class ReceivedMic {
   public:
    // False for one that is longer than any.
    [[nodiscard]] bool Assign(const std::optional<Bytes>& mic);
    bool present() const { return present_; }
    Bytes bytes() const { return {bytes_.data(), size_}; }

   private:
    bool present_ = false;
    size_t size_ = 0;
    std::array<uint8_t, kMaxMicSize> bytes_;
  };
  using OwnMic = std::array<uint8_t, kMaxMicSize>;

  [[nodiscard]] bool VerifyMic(Bytes mech_types, const ReceivedMic& mic);
  // The MIC, in `storage`. Nothing where the mechanism refuses.
  [[nodiscard]] std::optional<Bytes> MakeMic(Bytes mech_types, OwnMic* storage);

  // Writes `message`, whose token (if any) ends `end` bytes into what is
  // reserved, and is there already. Its MIC follows there.
  template <typename Message>
  static void Frame(const Message& message, size_t end, OutputToken& out) {
    if (message.mech_list_mic.has_value()) {
      end += MicOverhead(message.mech_list_mic->size());
    }
    const absl::Span<uint8_t> reserved = out.reserved();
    wire::DerWriter writer(reserved.first(end));
    message.WriteTo(&writer);
    std::memmove(reserved.data(), writer.written().data(), writer.size());
    out.Trim(writer.size());
  }
  // The same without a token, in `size` reserved bytes.
  template <typename Message>
  static void FrameAlone(const Message& message, OutputToken& out) {
    wire::DerWriter writer(out.reserved());
    message.WriteTo(&writer);
    std::memmove(out.reserved().data(), writer.written().data(), writer.size());
    out.Trim(writer.size());
  }

  BudgetPtr<Context> inner_;
  const Mechanism* mechanism_ = nullptr;
  bool inner_done_ = false;
  // MICs are due, if the mechanism can make them.
  bool mic_required_ = false;

 private:
  friend SECURITY_STATUS ImportContext(World& world,
                                       const SecurityPackage& package,
                                       absl::Span<const Mechanism> mechanisms,
                                       absl::Span<const uint8_t> packed,
                                       BudgetPtr<Context>* context);

  uint32_t attributes_ = 0;
  FileTime expiry_ = kFileTimeNever;
  bool established_ = false;
};

// What Export packed: the mechanism's name, and what it packed itself.
SECURITY_STATUS ImportContext(World& world, const SecurityPackage& package,
                              absl::Span<const Mechanism> mechanisms,
                              absl::Span<const uint8_t> packed,
                              BudgetPtr<Context>* context);

// The event for an output that cannot be had.
template <typename Event>
Event OutputFailure(SECURITY_STATUS status) {
  switch (status) {
    case SEC_E_BUFFER_TOO_SMALL:
      return Event::kOutputTooSmall;
    case SEC_E_INSUFFICIENT_MEMORY:
      return Event::kOutOfMemory;
    default:
      return Event::kNoOutputToken;
  }
}

// The event for a mechanism that failed with `status`.
template <typename Event>
Event MechanismFailure(SECURITY_STATUS status) {
  switch (status) {
    case SEC_E_BUFFER_TOO_SMALL:
      return Event::kOutputTooSmall;
    case SEC_E_INSUFFICIENT_MEMORY:
      return Event::kOutOfMemory;
    default:
      return Event::kMechanismFailed;
  }
}

}  // namespace sspilab::negotiate

#endif  // SSPILAB_CORE_NEGOTIATE_CONTEXT_H_

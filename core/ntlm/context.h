#ifndef SSPILAB_CORE_NTLM_CONTEXT_H_
#define SSPILAB_CORE_NTLM_CONTEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/channel_bindings.h"
#include "core/ntlm/keys.h"
#include "core/ntlm/sealing.h"
#include "core/security_package.h"

namespace sspilab::ntlm {

// What an NTLM context knows once both sides agree.
struct Agreement {
  // NegotiateFlags in force.
  uint32_t flags = 0;
  // ISC_RET_* or ASC_RET_*.
  uint32_t attributes = 0;
  Key session_key{};
  FileTime established = 0;
  // The AUTHENTICATE message had a MIC.
  bool mic = false;
};

// Who the initiator says it is, and what target it meant: the same at both
// ends. Views of memory that lives as long as the context.
struct Parties {
  std::u16string_view user;
  std::u16string_view domain;
  std::u16string_view target;
  // The acceptor's AV pairs as its CHALLENGE had them.
  absl::Span<const uint8_t> target_info;
};

// The part of a context that is the same at both ends: attributes, message
// protection. Initiator and Acceptor say how it comes to that.
class NtlmContext : public Context {
 public:
  using Context::Context;
  ~NtlmContext() override;

  SECURITY_STATUS QueryAttribute(ULONG attribute,
                                 AttributeWriter& out) const override;
  SECURITY_STATUS MakeSignature(ULONG qop, const BufferList& message,
                                ULONG sequence) override;
  SECURITY_STATUS VerifySignature(const BufferList& message, ULONG sequence,
                                  ULONG* qop) override;
  SECURITY_STATUS Encrypt(ULONG qop, const BufferList& message,
                          ULONG sequence) override;
  SECURITY_STATUS Decrypt(const BufferList& message, ULONG sequence,
                          ULONG* qop) override;
  bool WantsMechListMic() const override { return agreement_.mic; }
  void RestartKeystreams() override { protection_->RestartKeystreams(); }
  SECURITY_STATUS PeerIdentity(std::u16string* name) const override;
  SECURITY_STATUS Export(bool fresh,
                         absl::Span<uint8_t>* packed) const override;

  bool established() const { return established_; }
  // All of these only of an established context.
  const Agreement& agreement() const { return agreement_; }
  const Parties& parties() const { return parties_; }
  const ChannelBindings& bindings() const { return bindings_; }
  const MessageProtection& protection() const { return *protection_; }

 protected:
  // What the context will be, once SetEstablished makes it usable.
  // `peer_revision` is as for MessageProtection.
  void Agree(const Agreement& agreement, const Parties& parties,
             uint8_t peer_revision);
  // The same with messages that have been exchanged already.
  void Agree(const Agreement& agreement, const Parties& parties,
             const MessageProtection& protection);
  void SetEstablished() { established_ = true; }

  // The caller's channel bindings, from whichever call brought them last.
  ChannelBindings bindings_;

 private:
  template <typename Protect>
  SECURITY_STATUS Outgoing(const BufferList& message, Protect protect);
  template <typename Open>
  SECURITY_STATUS Incoming(const BufferList& message, bool encrypted,
                           Open open);

  bool established_ = false;
  Agreement agreement_;
  Parties parties_;
  // Made in place: it is larger than all the rest.
  std::optional<MessageProtection> protection_;
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_CONTEXT_H_

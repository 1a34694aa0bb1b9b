#ifndef SSPILAB_CORE_KERBEROS_CONTEXT_H_
#define SSPILAB_CORE_KERBEROS_CONTEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "core/channel_bindings.h"
#include "core/kerberos/credential.h"
#include "core/kerberos/sealing.h"
#include "core/kerberos/times.h"
#include "core/security_package.h"

namespace sspilab::kerberos {

// What a Kerberos context knows once both sides agree.
struct Agreement {
  // gss_flag::* in force.
  uint32_t flags = 0;
  // ISC_RET_* or ASC_RET_*.
  uint32_t attributes = 0;
  // Of the ticket.
  KerberosTime starttime;
  KerberosTime endtime;
};

// Who is who, as attributes have it: "EXAMPLE\alice", and
// "HTTP/lab.example.test"; the client's realm.
struct ContextNames {
  std::u16string client;
  std::u16string service;
  std::u16string realm;
};

// ISC_RET_* or ASC_RET_* for gss_flag::* in force, and for user-to-user.
uint32_t GrantedAttributes(Role role, uint32_t flags, bool user_to_user);

// The part of a context that is the same at both ends: attributes, message
// protection. Initiator and Acceptor say how it comes to that.
class KerberosContext : public Context {
 public:
  using Context::Context;

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
  SECURITY_STATUS PeerIdentity(std::u16string* name) const override;
  SECURITY_STATUS Export(bool fresh,
                         absl::Span<uint8_t>* packed) const override;

  bool established() const { return established_; }
  const ChannelBindings& bindings() const { return bindings_; }
  // These only of an established context.
  const Agreement& agreement() const { return agreement_; }
  const MessageProtection& protection() const { return *protection_; }
  // Made when they are asked for, which few callers do.
  virtual ContextNames names() const = 0;

 protected:
  // What the context will be, once SetEstablished makes it usable.
  void Agree(Agreement agreement, const MessageProtection& protection);
  void SetEstablished() { established_ = true; }

  KerberosCredential& identity() const {
    return static_cast<KerberosCredential&>(*credential());
  }
  bool permissive() const {
    return world().options().verification == Verification::kPermissive;
  }

  ChannelBindings bindings_;
  bool user_to_user_ = false;
  // From the first leg on that is not refused: one that fails has drawn
  // nothing from the World.
  std::optional<Entropy> entropy_;

 private:
  SECURITY_STATUS StatusOf(OpenResult result) const;
  // Whether messages can be protected as `flag` says; the status if not.
  SECURITY_STATUS CheckUsable(uint32_t flag) const;
  SECURITY_STATUS WrapInto(bool encrypt, const BufferList& message);

  bool established_ = false;
  Agreement agreement_;
  std::optional<MessageProtection> protection_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_CONTEXT_H_

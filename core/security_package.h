#ifndef SSPILAB_CORE_SECURITY_PACKAGE_H_
#define SSPILAB_CORE_SECURITY_PACKAGE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/types/span.h"
#include "core/attribute_writer.h"
#include "core/buffers.h"
#include "core/handle_table.h"
#include "core/impersonation.h"
#include "core/memory.h"
#include "core/package_info.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"

namespace sspilab {

// What a package must provide. interface_*.cc has checked the arguments and
// found the handles by the time anything here is called; what a package says
// goes back to the caller as it is.

class SecurityPackage;

struct CredentialRequest {
  World& world;
  std::u16string_view principal;
  uint32_t use;  // SECPKG_CRED_*
  // pAuthData: what it points to is the package's to say (most take
  // SEC_WINNT_AUTH_IDENTITY, see auth_identity.h). Null where the caller gave
  // none.
  const void* auth_data;
};

class Credential {
 public:
  Credential(World& world, const SecurityPackage& package, uint32_t use)
      : world_(world), package_(package), use_(use) {}
  virtual ~Credential() = default;
  Credential(const Credential&) = delete;
  Credential& operator=(const Credential&) = delete;

  World& world() const { return world_; }
  const SecurityPackage& package() const { return package_; }
  bool inbound() const { return (use_ & SECPKG_CRED_INBOUND) != 0; }
  bool outbound() const { return (use_ & SECPKG_CRED_OUTBOUND) != 0; }

  virtual SECURITY_STATUS Add(const CredentialRequest& request);
  virtual SECURITY_STATUS QueryAttribute(ULONG attribute,
                                         AttributeWriter& out) const;

 private:
  World& world_;
  const SecurityPackage& package_;
  const uint32_t use_;
};

using CredentialTable = HandleTable<Credential>;

// One call of InitializeSecurityContext or AcceptSecurityContext.
struct Leg {
  // What a later leg was called with, of this package and of the right use;
  // null where the caller passed none, and in the first leg. A context that
  // goes on with it (SEC_I_INCOMPLETE_CREDENTIALS) moves it out.
  CredentialTable::Pin* credential = nullptr;
  // What was asked for: ISC_REQ_* or ASC_REQ_*.
  uint32_t requirements = 0;
  // Initiator only.
  std::u16string_view target;
  BufferList input;
  OutputToken& output;
  // The caller's SECBUFFER_ALERT; null where it gave none.
  OutputToken* alert = nullptr;
  // What is granted so far: ISC_RET_* or ASC_RET_*. Set also where more legs
  // follow.
  uint32_t attributes = 0;
  FileTime expiry = kFileTimeNever;
  // Of a leg that failed: what is reserved in `output` or `alert` tells the
  // peer why, and goes to the caller with `attributes`
  // (ISC_REQ_EXTENDED_ERROR).
  bool error_token = false;
};

// One end of an exchange. Its machine decides what each call does; calls that a
// package does not know are answered here as Windows answers them.
class Context {
 public:
  // `credential` is not ok() for a context that was imported.
  Context(World& world, const SecurityPackage& package, Role role,
          CredentialTable::Pin credential)
      : world_(world),
        package_(package),
        role_(role),
        credential_(std::move(credential)) {}
  virtual ~Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Role role() const { return role_; }
  World& world() const { return world_; }
  const SecurityPackage& package() const { return package_; }

  // SEC_E_INCOMPLETE_MESSAGE and SEC_E_BUFFER_TOO_SMALL leave the context as
  // it was.
  virtual SECURITY_STATUS Advance(Leg& leg) = 0;
  virtual SECURITY_STATUS Complete(const BufferList& token);
  virtual SECURITY_STATUS ApplyControl(const BufferList& input);
  virtual SECURITY_STATUS QueryAttribute(ULONG attribute,
                                         AttributeWriter& out) const;
  virtual SECURITY_STATUS SetAttribute(ULONG attribute,
                                       absl::Span<const uint8_t> value);

  virtual SECURITY_STATUS MakeSignature(ULONG qop, const BufferList& message,
                                        ULONG sequence);
  virtual SECURITY_STATUS VerifySignature(const BufferList& message,
                                          ULONG sequence, ULONG* qop);
  virtual SECURITY_STATUS Encrypt(ULONG qop, const BufferList& message,
                                  ULONG sequence);
  virtual SECURITY_STATUS Decrypt(const BufferList& message, ULONG sequence,
                                  ULONG* qop);

  // For Negotiate, of a mechanism under it. Whether Windows has a mechListMIC
  // follow its exchange also where RFC 4178 5 leaves that to the two sides.
  virtual bool WantsMechListMic() const { return false; }
  // The mechListMICs are made and checked: keystreams go back to where they
  // were before them, sequence numbers do not ([MS-SPNG] 3.3.5.1).
  virtual void RestartKeystreams() {}

  // Who a server may act as: the other side, "DOMAIN\\user". Anything but
  // SEC_E_OK where there is nobody (yet).
  virtual SECURITY_STATUS PeerIdentity(std::u16string* name) const;
  // The Kerberos ticket that the other side delegated; null for none.
  virtual std::shared_ptr<const kerberos::HeldTicket> DelegatedTicket() const {
    return nullptr;
  }
  // The whole context as bytes, in memory of the World (NewContextBuffer).
  // `fresh` packs it as it was before its first message.
  virtual SECURITY_STATUS Export(bool fresh, absl::Span<uint8_t>* packed) const;

 protected:
  const CredentialTable::Pin& credential() const { return credential_; }

 private:
  World& world_;
  const SecurityPackage& package_;
  const Role role_;
  // Keeps the credential alive: a caller may free its handle at any time.
  CredentialTable::Pin credential_;
};

using ContextTable = HandleTable<Context>;

// For a package that hides the tokens of `context` from its caller: what the
// leg that returned `status` left for CompleteAuthToken is done at once, to
// `token`. What the leg then comes to.
[[nodiscard]] SECURITY_STATUS CompleteInside(Context& context,
                                             SECURITY_STATUS status,
                                             const BufferList& token);

class SecurityPackage {
 public:
  virtual ~SecurityPackage() = default;

  virtual const PackageInfo& info() const = 0;

  virtual SECURITY_STATUS AcquireCredential(
      const CredentialRequest& request,
      BudgetPtr<Credential>* credential) const = 0;

  // A context at its start. The credential is of this package and of the
  // right use.
  virtual SECURITY_STATUS NewContext(Role role, CredentialTable::Pin credential,
                                     BudgetPtr<Context>* context) const = 0;

  // What Export gave, back again, in `world`.
  virtual SECURITY_STATUS Import(World& world, absl::Span<const uint8_t> packed,
                                 BudgetPtr<Context>* context) const;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_SECURITY_PACKAGE_H_

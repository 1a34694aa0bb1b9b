#ifndef SSPILAB_TESTS_INTEROP_SCHANNEL_END_H_
#define SSPILAB_TESTS_INTEROP_SCHANNEL_END_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/certificates.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/world.h"

// A caller of our Schannel, through the C interface, as Windows' documents tell
// callers to be. It is strict about what it is told: the first thing that is
// not so is left in `error`.
namespace sspilab::interop {

using TlsBytes = std::vector<uint8_t>;

struct SchannelSettings {
  Role role = Role::kInitiator;
  // SP_PROT_TLS1_2 or SP_PROT_TLS1_3; only this one.
  uint32_t protocol = SP_PROT_TLS1_3;
  // What it shows of itself; of the World's store. Null for nothing.
  const OwnedCertificate* certificate = nullptr;
  uint32_t credential_flags = 0;  // SCH_CRED_*
  // ISC_REQ_* or ASC_REQ_*, beside what every stream wants.
  uint32_t requirements = 0;
  std::u16string target;
  // As RFC 7301 has them: each behind its length.
  std::string protocols;
};

class SchannelEnd;

// One credential, of one World, which must outlive it.
class SchannelMachine {
 public:
  SchannelMachine(World& world, SchannelSettings settings);
  ~SchannelMachine();
  SchannelMachine(const SchannelMachine&) = delete;
  SchannelMachine& operator=(const SchannelMachine&) = delete;

  // Of AcquireCredentialsHandle.
  SECURITY_STATUS status() const { return status_; }
  // The machine must outlive it.
  std::unique_ptr<SchannelEnd> Connect();

 private:
  friend class SchannelEnd;

  World& world_;
  SchannelSettings settings_;
  CredHandle credential_ = {};
  SECURITY_STATUS status_;
};

class SchannelEnd {
 public:
  explicit SchannelEnd(SchannelMachine& machine);
  ~SchannelEnd();
  SchannelEnd(const SchannelEnd&) = delete;
  SchannelEnd& operator=(const SchannelEnd&) = delete;

  void Feed(absl::Span<const uint8_t> bytes);
  // What is to be sent.
  TlsBytes Take();

  // InitializeSecurityContext or AcceptSecurityContext as often as there is
  // something for it.
  void Handshake();
  bool done() const { return done_; }

  // As many records as it takes.
  void Write(std::string_view message);
  // All whole messages that have come. Goes through what else the peer sent:
  // tickets, new keys, another handshake, the end.
  std::vector<std::string> Read();
  void Close();
  void Alert(uint32_t number);
  // ApplyControlToken(SCHANNEL_RENEGOTIATE), and the leg for it.
  void Renegotiate();

  bool resumed();
  bool peer_closed() const { return peer_closed_; }
  std::string protocol();
  DerBytes peer_certificate();
  // After "tls-unique:" or "tls-server-end-point:".
  std::string Bindings(uint32_t attribute);
  SecPkgContext_ConnectionInfo ConnectionInfo();

  // Calls that took bytes from the peer.
  int calls() const { return calls_; }
  // Of the last call, and what was wrong with any; empty when nothing was.
  SECURITY_STATUS status() const { return status_; }
  const std::string& error() const { return error_; }

 private:
  // One call, with `input` for what has come.
  SECURITY_STATUS Leg(SecBufferDesc* input);
  void ControlToken(absl::Span<const uint8_t> token);
  // After a call that said that it lacks bytes: that it left everything alone,
  // and that the number it gave is the right one.
  void CheckMissing(const TlsBytes& before,
                    absl::Span<const SecBuffer> buffers);
  // Leaves of the inbox what the call said that it did not take.
  void KeepExtra(absl::Span<const SecBuffer> buffers);
  void Expect(std::string_view call,
              std::initializer_list<SECURITY_STATUS> any);
  void Complain(std::string_view what);
  template <typename Attribute>
  Attribute Query(uint32_t number);

  SchannelMachine& machine_;
  CtxtHandle context_ = {};
  bool has_context_ = false;
  bool done_ = false;
  bool peer_closed_ = false;
  int calls_ = 0;
  TlsBytes inbox_;
  TlsBytes outbox_;
  SECURITY_STATUS status_ = SEC_E_OK;
  std::string error_;
};

}  // namespace sspilab::interop

#endif  // SSPILAB_TESTS_INTEROP_SCHANNEL_END_H_

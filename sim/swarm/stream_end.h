#ifndef SSPILAB_SIM_SWARM_STREAM_END_H_
#define SSPILAB_SIM_SWARM_STREAM_END_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/world.h"
#include "sim/auth_data.h"
#include "sim/caller.h"

namespace sspilab::sim {

// One end of a stream (TLS, or CredSSP in it), connection after connection with
// one credential. It does what it is told, one call at a time; what is sensible
// now, it knows. The table and the World are not owned.
class StreamEnd {
 public:
  StreamEnd(SecurityFunctionTableW* table, World* world, std::u16string package,
            bool initiates, ULONG requirements, std::u16string target);
  StreamEnd(const StreamEnd&) = delete;
  StreamEnd& operator=(const StreamEnd&) = delete;
  ~StreamEnd();

  // `identity` may be null. SEC_E_OK or what AcquireCredentialsHandle says.
  SECURITY_STATUS Acquire(const Identity* identity, const TlsOptions& tls,
                          const OwnedCertificate* certificate);

  // Makes the call that brings the exchange on. False where there is none.
  bool Advance();

  // Whether it was done once, and has not failed.
  bool established() const { return established_; }
  bool has_context() const { return has_context_; }
  // Whether no call can bring anything more.
  bool over() const { return over_; }

  // A leg, with what has come or without.
  SECURITY_STATUS Leg(bool with_input) { return Leg(with_input, kRoom); }
  // The same with so much room, with none that may be written to (0), or with
  // what the package allocates (kAllocated).
  static constexpr size_t kAllocated = SIZE_MAX;
  SECURITY_STATUS Leg(bool with_input, size_t room);
  // Whether the peer wants a certificate that the credential lacks.
  bool wants_credentials() const { return wants_credentials_; }
  // DecryptMessage of what has come. Data are added to `data`.
  SECURITY_STATUS Open();
  // EncryptMessage.
  SECURITY_STATUS Seal(absl::Span<const uint8_t> data);
  SECURITY_STATUS Control(std::vector<uint32_t> words);
  // Ends the connection, and forgets what came.
  void Hang();

  World& world() { return *world_; }

  // What has come and is to be sent, and what was read.
  std::vector<uint8_t> inbox;
  std::vector<uint8_t> outbox;
  std::vector<uint8_t> data;

 private:
  // As much as any flight of certificates here needs, and then some.
  static constexpr size_t kRoom = 0x8000;

  void Complete(SecBufferDesc* token);
  void Take(const SecBuffer& second, bool with_input);

  SecurityFunctionTableW& table_;
  World* const world_;
  const std::u16string package_;
  const bool initiates_;
  const ULONG requirements_;
  const std::u16string target_;
  bool has_credential_ = false;
  CredHandle credential_ = {};
  bool has_context_ = false;
  CtxtHandle context_ = {};
  bool established_ = false;
  bool over_ = false;
  bool wants_credentials_ = false;
  // The next call with what has come is a leg.
  bool leg_due_ = true;
  // There is less than a record.
  size_t too_little_ = 0;
  std::vector<uint8_t> room_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_STREAM_END_H_

#ifndef SSPILAB_CORE_WORLD_H_
#define SSPILAB_CORE_WORLD_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/accounts.h"
#include "core/certificates.h"
#include "core/credssp/policy.h"
#include "core/entropy.h"
#include "core/kerberos/policy.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/replay_cache.h"
#include "core/machine.h"
#include "core/memory.h"
#include "core/negotiate/policy.h"
#include "core/schannel/policy.h"
#include "core/schannel/session_cache.h"

namespace sspilab {

// Time as Windows counts it: 100 ns units since 1601-01-01 UTC.
using FileTime = uint64_t;

inline constexpr FileTime kFileTimeSecond = 10'000'000;
// 2024-01-01 00:00:00 UTC: when a World begins unless told otherwise.
inline constexpr FileTime kFileTimeGenesis = 133'485'408'000'000'000;
// What Windows gives for "does not expire".
inline constexpr FileTime kFileTimeNever = 0x7FFF'FFFF'FFFF'FFFF;

// What the machine is called. An empty domain is a machine of its own
// (workgroup), whose accounts live under its own name.
struct MachineNames {
  std::u16string computer = u"LAB";
  std::u16string domain = u"EXAMPLE";
  std::u16string dns_computer = u"lab.example.test";
  std::u16string dns_domain = u"example.test";
  std::u16string dns_forest = u"example.test";

  // The authority whose accounts are meant where nothing else is said.
  const std::u16string& authority() const {
    return domain.empty() ? computer : domain;
  }
};

// What the administrator of the machine has decided about NTLM.
struct NtlmPolicy {
  // LmCompatibilityLevel, 0 to 5. Initiator: 0-1 sends LM and NTLM, 2 NTLM
  // only, 3-5 NTLMv2 only. Acceptor: 4 refuses LM, 5 refuses LM and NTLM.
  int lm_compatibility_level = 3;
  // NtlmMinClientSec and NtlmMinServerSec: MS-NLMP 2.2.2.5 flags without which
  // the machine does not go on. Windows' default is 128-bit keys.
  uint32_t minimum_client_security = 0x20000000;
  uint32_t minimum_server_security = 0x20000000;
  // MS-NLMP flags that the machine behaves as if it had never heard of:
  // Unicode, 128-bit keys, extended session security...
  uint32_t unsupported_flags = 0;
  // Whether the acceptor's TargetInfo has MsvAvTimestamp, without which
  // initiators send no MIC. Windows before Vista had none.
  bool send_timestamp = true;
  // "Restrict NTLM": RestrictSendingNTLMTraffic and
  // RestrictReceivingNTLMTraffic, denied to and from all. Initiators do not
  // begin then, and acceptors take nobody.
  bool restrict_sending = false;
  bool restrict_receiving = false;
  // Package option: the last token is left unfinished until CompleteAuthToken.
  // Windows' NTLM never does it; other packages and implementations do.
  bool complete_auth_token = false;
};

// Who is logged on at the machine: the credentials that a caller gets who
// supplies none.
struct Logon {
  std::u16string user;
  std::u16string domain;
  std::u16string password;
  // A member of the group Protected Users: the machine keeps no key of theirs
  // that NTLM could use, and Negotiate does not fall back to it.
  bool is_protected = false;
};

// kPermissive lets a MIC or signature pass that does not match, so that fuzzed
// input gets behind it. Nothing but a fuzz target has a use for it.
enum class Verification { kStrict, kPermissive };

struct WorldOptions {
  uint64_t seed = 0;
  // Whose call it is: TLS sessions are resumed within one of each only.
  uint32_t process_id = 4;
  uint64_t logon_session = 0x3E7;  // LocalSystem's.
  FileTime now = kFileTimeGenesis;
  MachineNames names;
  NtlmPolicy ntlm;
  NegotiatePolicy negotiate;
  SchannelPolicy schannel;
  CredSspPolicy credssp;
  KerberosPolicy kerberos;
  std::optional<Logon> logon;
  // False when no domain controller answers: accounts of the domain cannot be
  // looked up (SEC_E_NO_AUTHENTICATING_AUTHORITY), those of the machine can.
  bool authority_reachable = true;
  Verification verification = Verification::kStrict;
};

// A message that an observer of the wire cannot see, since it goes encrypted.
enum class InnerMessage : uint8_t {
  kTlsHandshake,   // One handshake message, with its header of four bytes.
  kTsRequest,      // CredSSP: in the TLS records.
  kTsCredentials,  // CredSSP: in the TSRequest, in the records.
};

// Sees what happens in a World. Called on the thread that makes it happen.
class WorldObserver {
 public:
  virtual ~WorldObserver() = default;
  virtual void OnTransition(const TransitionTaken& transition) = 0;
  // A second thread entered a context (or deleted it) while a first one was
  // inside, which SSPI's documents forbid. The second call did nothing and
  // gets SEC_E_INTERNAL_ERROR. Called on its thread, while the first one may be
  // in OnTransition.
  virtual void OnConcurrentUse() {}
  // A secret of a TLS connection, as a line of the file that SSLKEYLOGFILE
  // names and Wireshark reads, without its end. Only of credentials that were
  // acquired while there was an observer: nobody else pays for it.
  virtual void OnTlsKeyLogLine(std::string_view /*line*/) {}
  // The sender is about to encrypt `message` into the token that the call
  // gives. The outer one of nested messages comes first.
  virtual void OnInnerMessage(InnerMessage /*kind*/,
                              absl::Span<const uint8_t> /*message*/) {}
  // The machine asked the KDC of `realm` (core/kerberos/kdc.h), within a call.
  // An answer without bytes: there was none.
  virtual void OnKdcExchange(std::string_view /*realm*/,
                             absl::Span<const uint8_t> /*request*/,
                             absl::Span<const uint8_t> /*answer*/) {}
};

// Everything outside a handshake: clock, entropy, names, accounts, policy and
// memory. core/ asks nothing else of its surroundings, so that the same seed
// and the same calls are the same bytes.
//
// Client and server may share a World or have one each. A World must outlive
// the calls made in it; when it goes, all handles that were opened in it are
// closed, as at a machine's shutdown. Options and accounts may be changed
// between calls, but not while another thread is in a call.
class World {
 public:
  explicit World(WorldOptions options = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // The World of those who bind none: seed 0, no accounts until they are
  // added.
  static World& Default();
  // The calling thread's World: the innermost ScopedWorld's, or Default().
  static World& Current();

  WorldOptions& options() { return options_; }
  const WorldOptions& options() const { return options_; }
  AccountDatabase& accounts() { return accounts_; }
  const AccountDatabase& accounts() const { return accounts_; }
  CertificateStore& certificates() { return certificates_; }
  const CertificateStore& certificates() const { return certificates_; }
  // The Kerberos realms whose KDCs the machine can reach. Where there are none,
  // it is in no domain.
  kerberos::Realms& realms() { return realms_; }
  const kerberos::Realms& realms() const { return realms_; }
  // What acceptors of the machine have seen.
  kerberos::ReplayCache& replay_cache() { return replay_cache_; }
  MemoryBudget& memory() { return memory_; }
  // TLS sessions that may be taken up again.
  schannel::SessionCache& tls_sessions() { return tls_sessions_; }

  FileTime now() const { return now_.load(std::memory_order_relaxed); }
  void set_now(FileTime now) { now_.store(now, std::memory_order_relaxed); }
  void Advance(FileTime by) { now_.fetch_add(by, std::memory_order_relaxed); }

  // A stream of its own for each asker; the n-th asker always gets the same.
  Entropy ForkEntropy() {
    return Entropy(options_.seed,
                   streams_.fetch_add(1, std::memory_order_relaxed));
  }

  // By which the machine recognizes itself (MS-NLMP 2.2.2.2): made at its
  // start, of the seed.
  const std::array<uint8_t, 32>& machine_id() const { return machine_id_; }

  // Not owned; may be null.
  WorldObserver* observer() const { return observer_; }
  void set_observer(WorldObserver* observer) { observer_ = observer; }

 private:
  friend class ScopedWorld;

  WorldOptions options_;
  AccountDatabase accounts_;
  CertificateStore certificates_;
  kerberos::Realms realms_;
  kerberos::ReplayCache replay_cache_;
  MemoryBudget memory_;
  schannel::SessionCache tls_sessions_;
  std::atomic<FileTime> now_;
  std::atomic<uint64_t> streams_{0};
  std::array<uint8_t, 32> machine_id_;
  WorldObserver* observer_ = nullptr;
};

// Makes `world` the calling thread's World for as long as this object lives.
class [[nodiscard]] ScopedWorld {
 public:
  explicit ScopedWorld(World* world);
  ~ScopedWorld();
  ScopedWorld(const ScopedWorld&) = delete;
  ScopedWorld& operator=(const ScopedWorld&) = delete;

 private:
  World* previous_;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_WORLD_H_

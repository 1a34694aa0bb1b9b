#ifndef SSPILAB_SIM_CALLER_H_
#define SSPILAB_SIM_CALLER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/world.h"
#include "sim/auth_data.h"
#include "sim/inbox.h"
#include "sim/party_view.h"
#include "sim/protected_message.h"
#include "sim/wire.h"

namespace sspilab::sim {

enum class Side : uint8_t { kClient, kServer };
inline constexpr std::array<std::string_view, 2> kSideNames = {"client",
                                                               "server"};

// An implementation of the SSPI, and the World that it acts in.
struct Endpoint {
  // Never null.
  SecurityFunctionTableW* table = nullptr;
  // Bound while credentials are acquired; null for an implementation that
  // knows nothing of Worlds.
  World* world = nullptr;
};

// AcquireCredentialsHandle in the endpoint's World; `auth_data` may be null.
[[nodiscard]] SECURITY_STATUS AcquireIn(const Endpoint& endpoint,
                                        const std::u16string& package,
                                        ULONG use, void* auth_data,
                                        CredHandle* credential,
                                        TimeStamp* expiry);

// The certificate that the endpoint's World has for its callers; null for none.
const OwnedCertificate* CertificateOf(const Endpoint& endpoint);

// What the callers are to do; both take from it what is theirs.
struct CallerOptions {
  std::u16string package;
  // ISC_REQ_* or ASC_REQ_*.
  uint32_t requirements = 0;
  // ISC_RET_* or ASC_RET_* without which the caller goes no further.
  uint32_t insists_on = 0;
  // Sent, protected, when authenticated, if not empty; the other side then
  // sends one too. Whether it is sealed or only signed follows from the
  // attributes; with neither nothing is sent.
  std::string message;
  // Asks for everything that a PartyView has; otherwise for the session key and
  // the sizes only.
  bool full_view = false;
  // For Schannel and CredSSP.
  TlsOptions tls;
};

// The one byte of a verdict. It says no more than that: why a logon failed is
// not the peer's to know.
inline constexpr uint8_t kVerdictAccepted = 1;
inline constexpr uint8_t kVerdictRefused = 0;

// What a step did.
enum class Progress {
  kMoved,
  kWaiting,  // Nothing can happen before something arrives.
  kFinished,
};

// A program that authenticates over SSPI, written so that it can be stopped
// between any two steps. A step is one event on the wire or one call of the
// SSPI (with the FreeContextBuffer that gives its result back).
//
// What both sides have in common is here:
//   handshake   calls the package, completes and sends tokens, until its status
//               says that no more are needed
//   verdict     each side tells the other when it gives up; the server also
//               when it is content, since its last token may well be empty
//   messages    one protected message each way, the client's first
//   shutdown    of a stream: each side says that it ends, the client first
//   closing     whatever happened: context, credentials, wire
//
// A context is a stream (Schannel, CredSSP) if its attributes say so. Its bytes
// then find their own borders: what a call leaves over (SECBUFFER_EXTRA) goes
// to the next leg, or after the last one to DecryptMessage; and a token may
// still come afterwards, for DecryptMessage to look at and, where it says
// SEC_I_RENEGOTIATE, for another leg.
class Caller {
 public:
  // Legs after which a peer is taken to be leading us by the nose.
  static constexpr uint32_t kMaxLegs = 32;

  virtual ~Caller() = default;
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  Progress Step();

  bool finished() const { return phase_ == Phase::kFinished; }
  const PartyView& view() const { return view_; }

 protected:
  enum class Phase : uint8_t {
    kAskPackage,
    kAcquire,
    kCallPackage,
    kAcquireMore,
    kComplete,
    kSendToken,
    kFreeToken,
    kReceiveToken,
    kReceiveVerdict,
    kQuery,
    kSendVerdict,
    kProtect,
    kSendMessage,
    kReceiveMessage,
    kUnprotect,
    kReadStream,
    kShutDown,
    kReceiveShutdown,
    kDelete,
    kFreeCredentials,
    kClose,
    kFinished,
  };

  // In what one side differs from the other.
  struct Role {
    Side side;
    Direction sends;
    Direction receives;
    std::string_view call;  // The handshake's function.
    // Bits of the requirements and of the attributes.
    uint32_t req_allocate;
    uint32_t ret_extended_error;
    uint32_t ret_confidentiality;
    uint32_t ret_integrity;
    uint32_t ret_stream;
    // What follows when all goes well.
    Phase after_handshake;
    Phase after_query;
    Phase after_received_verdict;
    Phase after_sent_message;
    Phase after_received_message;
    Phase after_sent_shutdown;
    Phase after_received_shutdown;
    Phase after_delete;
  };

  Caller(const Role& role, const Endpoint& endpoint, Wire* wire);

  // Begins anew, with memory kept. `first` is what follows when the credentials
  // are there. `options` is not owned; the package stays the
  // same for all of a caller's life.
  void Begin(const CallerOptions* options, Phase first);

  // One call of Initialize- or AcceptSecurityContext. `input` is null where
  // nothing came in before.
  virtual SECURITY_STATUS CallPackage(SecBufferDesc* input,
                                      SecBufferDesc* output) = 0;
  // Before the first leg, and at the end. A caller that only borrows its
  // credentials does not free them.
  virtual SECURITY_STATUS AcquireCredentials() = 0;
  virtual SECURITY_STATUS FreeCredentials();
  // The package said SEC_I_INCOMPLETE_CREDENTIALS; the leg is made again, with
  // other credentials or with the same ones.
  virtual SECURITY_STATUS AcquireMoreCredentials() { return SEC_E_OK; }

  const Endpoint& endpoint() const { return endpoint_; }
  SecurityFunctionTableW& table() const { return *endpoint_.table; }
  const CallerOptions& options() const { return *options_; }
  // For CallPackage: the context of the earlier legs, or null in the first;
  // where the handle goes; and what else the call gives.
  CtxtHandle* old_context() { return has_context_ ? &context_ : nullptr; }
  CtxtHandle* new_context() { return &context_; }
  ULONG* attributes() { return &view_.attributes; }
  TimeStamp* expiry() { return &expiry_; }

 private:
  Progress Go(Phase next) {
    phase_ = next;
    return Progress::kMoved;
  }
  // Gives up, and tells the peer unless it knows.
  Progress Fail(Ending ending);
  Progress FailCall(std::string_view call, SECURITY_STATUS status);

  Progress StepAskPackage();
  Progress StepAcquire();
  Progress StepCallPackage();
  Progress StepAcquireMore();
  Progress StepComplete();
  Progress StepSendToken();
  Progress StepFreeToken();
  Progress StepReceiveToken();
  Progress StepReceiveVerdict();
  Progress StepQuery();
  Progress StepSendVerdict();
  Progress StepProtect();
  Progress StepSendMessage();
  Progress StepReceiveMessage();
  Progress StepUnprotect();
  Progress StepReadStream();
  Progress StepShutDown();
  Progress StepReceiveShutdown();
  Progress StepDelete();
  Progress StepFreeCredentials();
  Progress StepClose();

  bool allocates() const {
    return (options_->requirements & role_.req_allocate) != 0;
  }
  void KeepExtra(const SecBuffer& second);
  Progress DeliverToken();
  Progress AfterToken();
  Progress FinishHandshake();
  // Waits in `phase` for more bytes of the stream.
  Progress ReceiveStream(Phase phase);
  Progress TakeStream(absl::Span<const uint8_t> bytes, Phase phase);
  Protection protection() const;
  bool exchanges_messages() const {
    return protection() != Protection::kNone && !options_->message.empty();
  }
  // The next message, or null when there is none; `*progress` then says what
  // becomes of the step.
  bool Receive(Inbox::Message* message, Progress* progress);

  const Role& role_;
  const Endpoint endpoint_;
  Wire* const wire_;
  const CallerOptions* options_ = nullptr;

  Phase phase_ = Phase::kFinished;
  Phase first_ = Phase::kFinished;
  Inbox inbox_;
  CtxtHandle context_ = {};
  bool has_context_ = false;
  TimeStamp expiry_ = {};
  // What decides how the handshake goes on: the package's status, whatever
  // CompleteAuthToken says afterwards.
  SECURITY_STATUS handshake_status_ = SEC_E_OK;
  // The last leg was made; what comes now comes after the handshake.
  bool established_ = false;
  // Bytes that the package has not taken yet, and whether it has not seen all
  // of them either.
  std::vector<uint8_t> input_;
  bool has_input_ = false;
  // SECBUFFER_APPLICATION_PROTOCOLS for the first leg.
  std::vector<uint8_t> protocols_;
  // Where a stream was read for, and whether its end is being said.
  Phase reads_for_ = Phase::kFinished;
  bool shutting_down_ = false;
  // The token that came out, and the memory for it where it is ours.
  SecBuffer token_ = {};
  std::vector<uint8_t> output_;
  ULONG max_token_ = 0;  // 0: not asked yet.
  size_t query_ = 0;
  std::vector<uint8_t> message_;
  PartyView view_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_CALLER_H_

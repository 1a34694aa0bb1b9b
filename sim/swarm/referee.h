#ifndef SSPILAB_SIM_SWARM_REFEREE_H_
#define SSPILAB_SIM_SWARM_REFEREE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "core/entropy.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "sim/coverage.h"
#include "sim/interceptor.h"
#include "sim/invariant.h"
#include "sim/swarm/dice.h"
#include "sim/swarm/parts.h"

namespace sspilab::sim {

// A table between callers and a package that judges each call, and now and then
// makes calls of its own that a caller with mistakes would make: with too
// little room, out of turn, with a token of its own, or when memory runs out.
// mischief.cc has them, mischief_in_domain.cc those for Worlds with realms. For
// one thread.
class Referee final : public Interceptor {
 public:
  explicit Referee(SecurityFunctionTableW* inner) : Interceptor(inner) {}

  // Begins a session: what it does to it follows from `seed`. `coverage` is not
  // owned.
  void Begin(Package package, uint64_t seed, const Omissions& without,
             Coverage* coverage);

  // Of the session's calls.
  std::optional<Invariant> broken() const { return broken_; }
  // How many mischiefs there were, those that were left out included.
  uint32_t mischiefs() const { return mischiefs_; }
  // Of every call, its status and its token.
  uint64_t digest() const { return digest_; }
  void MixIn(uint64_t value) { digest_ = (digest_ ^ value) * 0x100000001B3; }

  // One line a call, for people. Only between set_log(true) and the next Begin.
  void set_log(bool log) { logging_ = log; }
  const std::string& log() const { return log_; }

 protected:
  SECURITY_STATUS OnCall(const SspiCall& call,
                         absl::FunctionRef<SECURITY_STATUS()> proceed) override;

 private:
  // What one side's calls have in common. The pointers are the caller's.
  struct Side {
    Call leg = Call::kInitializeSecurityContext;
    World* world = nullptr;
    CredHandle* credential = nullptr;
    const SEC_WCHAR* target = nullptr;
    ULONG requirements = 0;
    // Null where there is none.
    CtxtHandle* context = nullptr;
  };
  // A caller's call, and the dice of what is done to it.
  struct Turn {
    const SspiCall& call;
    Side& side;
    absl::FunctionRef<SECURITY_STATUS()> proceed;
    Dice dice;

    bool is_leg() const { return call.call == side.leg; }
  };
  struct Mischief;
  class Room;
  class Record;
  static const Mischief kMischiefs[];
  static const Mischief kMischiefsInDomain[];

  // Null where the call is neither side's.
  Side* SideOf(const SspiCall& call);
  // Makes the caller's call, and nothing else.
  SECURITY_STATUS Proceed(const Turn& turn);
  SECURITY_STATUS Judge(Call call, SECURITY_STATUS status);
  void MixInOutput(const SecBufferDesc* output);

  // In mischief.cc. Chooses and plays one.
  SECURITY_STATUS Play(Turn turn);

  // Those that take the caller's call along say what becomes of it.
  SECURITY_STATUS LegInTrouble(Turn& turn);
  SECURITY_STATUS LegWithWrongToken(Turn& turn);
  SECURITY_STATUS WrongTokenInstead(Turn& turn);
  SECURITY_STATUS LegTwice(Turn& turn);
  SECURITY_STATUS LegWithBindings(Turn& turn);
  SECURITY_STATUS LegWithOneBuffer(Turn& turn);
  SECURITY_STATUS AcceptorSpeaksFirst(Turn& turn);
  SECURITY_STATUS NoMemory(Turn& turn);
  SECURITY_STATUS CompleteAnother(Turn& turn);
  SECURITY_STATUS CompleteAfterwards(Turn& turn);
  SECURITY_STATUS ControlAndLeg(Turn& turn);
  SECURITY_STATUS ControlInstead(Turn& turn);
  SECURITY_STATUS SealOutOfTurn(Turn& turn);
  SECURITY_STATUS UnsealOutOfTurn(Turn& turn);
  SECURITY_STATUS UnsealTwice(Turn& turn);
  SECURITY_STATUS QueryAnything(Turn& turn);
  SECURITY_STATUS TokenInsteadOfMessage(Turn& turn);

  // In mischief_in_domain.cc. The caller's call, in a World in which something
  // is not as it was.
  SECURITY_STATUS NoAuthority(Turn& turn);
  SECURITY_STATUS ClockJumps(Turn& turn);
  SECURITY_STATUS DomainChanges(Turn& turn);

  // A leg of a side's context, or of one that is begun for it and ended again.
  // `input` may be null.
  SECURITY_STATUS Leg(Side& side, SecBufferDesc* input, SecBufferDesc* output);
  // The caller's own leg, with other input.
  SECURITY_STATUS LegInstead(const Turn& turn, CtxtHandle* context,
                             SecBufferDesc* input);
  SECURITY_STATUS Control(Turn& turn);

  Package package_ = Package::kNtlm;
  bool is_stream_ = false;
  uint64_t seed_ = 0;
  Omissions without_;
  uint32_t mischiefs_ = 0;
  Entropy entropy_{0, 0};
  Coverage* coverage_ = nullptr;
  // The client's and the server's.
  std::array<Side, 2> sides_{};
  std::optional<Invariant> broken_;
  uint64_t digest_ = 0;
  bool logging_ = false;
  std::string log_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_REFEREE_H_

#ifndef SSPILAB_SIM_TESTING_H_
#define SSPILAB_SIM_TESTING_H_

// For GoogleTest tests of your own code: does it do the right thing with every
// status, however the bytes arrive and whatever memory there is?
//
//   TEST(MyServiceTest, KnowsEveryStatus) {
//     const auto report = sspilab::sim::ForEachStatus({.run = MyService});
//     EXPECT_TRUE(report.ok()) << report;
//   }

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "sim/caller.h"
#include "sim/rules.h"
#include "sim/scripted.h"
#include "sim/transport.h"

namespace sspilab::sim {

// Your code, and whom it talks to.
struct LoopUnderTest {
  // Authenticates one peer, calling SSPI through `table` only, gives back all
  // that it opened, and returns whether it takes the peer for authenticated.
  // It is called many times, on this thread.
  std::function<bool(SecurityFunctionTableW* table, Transport& transport)> run;
  Side side = Side::kServer;

  // The peer's package and ISC_REQ_* or ASC_REQ_*. It is alice of EXAMPLE, or
  // the service that knows her, and acts by the rules.
  std::u16string package = u"NTLM";
  ULONG peer_requirements = 0;
  // Over Schannel or CredSSP: sent as one protected message as soon as the peer
  // is done, in the same packet as its last token. Empty: nothing.
  std::string peer_message;
  // A Schannel server over TLS 1.2 asks for another handshake before that.
  bool peer_renegotiates = false;
  // Called before each run to make the two Worlds other than they are: the
  // server's has alice's account, with the password "correct horse", and the
  // client's user is she. For Schannel and CredSSP the server has a certificate
  // for server.example.test, which the client believes. For Kerberos both know
  // the realm EXAMPLE.TEST, in which she is, and host/server.example.test.
  std::function<void(World& client, World& server)> prepare;

  // The package whose statuses ForEachStatus tries; by default the one above.
  // A loop that takes any package is tried with CredSSP's, which has the most.
  std::optional<Package> statuses_of;

  // A package and a peer played from a script, where no real ones can be had:
  // what the loop's calls return, and what it receives.
  std::vector<ScriptStep> script;
  std::optional<std::vector<std::vector<uint8_t>>> peer_says;
};

struct Finding {
  RuleId rule;
  // What was done to the loop: "AcceptSecurityContext:2:SEC_E_LOGON_DENIED".
  // Empty where nothing was.
  std::string point;
  // What it did then, as the checker saw it.
  std::string seen;
};

struct LoopReport {
  size_t runs = 0;
  // Whether the loop authenticates its peer when nothing is put in its way; if
  // not, the rest means little.
  bool authenticates = false;
  // In the order of the points.
  std::vector<Finding> findings;

  bool ok() const { return authenticates && findings.empty(); }
  // The names of the rules that were broken.
  std::set<std::string_view> rules() const;
};

// One paragraph a rule: what it wants, where it was broken first, how often,
// and the command line that runs this one point again.
std::ostream& operator<<(std::ostream& out, const LoopReport& report);

// Every run is judged by the rules for callers (rules.h). A loop that does not
// come to an end is stopped, and the program with it, with the point's name;
// the same where it crashes.

// As it is, with nothing put in its way. The others begin with this, too.
LoopReport RunLoop(const LoopUnderTest& loop);
// For every call that the loop makes, every status that the call may return for
// the package; for every leg besides, a failure with a token that says so
// (EXTENDED_ERROR); and once a peer that always has another message.
LoopReport ForEachStatus(const LoopUnderTest& loop);
// For every message that the loop receives: cut in two at each byte; and all of
// them byte by byte. A loop that succeeds with whole messages may fail with cut
// ones, if the package has no SEC_E_INCOMPLETE_MESSAGE, but must do it by the
// rules. The package is judged, too.
LoopReport ForEachSplit(const LoopUnderTest& loop);
// Each allocation that the loop's package makes fails once. The package is
// judged, too.
LoopReport ForEachAllocationFailure(const LoopUnderTest& loop);
// Each attribute that protects, of those that the loop asks for and gets: not
// granted at all, granted with the last leg only, and not with that.
LoopReport ForEachAttribute(const LoopUnderTest& loop);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TESTING_H_

// What SPNEGO adds to Kerberos with MIT's GSSAPI at the other end: the
// mechListMICs that Kerberos makes, and a first choice that is not taken
// (RFC 4178 5).

#include <string>

#include "absl/status/statusor.h"
#include "core/negotiate/messages.h"
#include "core/negotiate/package.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/negotiate/fake_mechanism.h"
#include "tests/core/negotiate/side.h"
#include "tests/interop/krb5_pair.h"

namespace sspilab::interop {
namespace {

using negotiate::NegState;
using negotiate::NegTokenResp;

// What went past of SPNEGO's answers.
struct Seen {
  int mics = 0;
  int requests = 0;

  void Count(const Bytes& token) {
    const absl::StatusOr<NegTokenResp> resp = NegTokenResp::Parse(token);
    if (!resp.ok()) return;
    mics += resp->mech_list_mic.has_value() ? 1 : 0;
    requests += resp->neg_state == NegState::kRequestMic ? 1 : 0;
  }
};

// With mutual authentication and without.
class Krb5SpnegoTest : public ::testing::TestWithParam<bool> {
 protected:
  static PairTerms Terms(Role ours) {
    PairTerms terms{.ours = ours, .negotiate = true};
    if (!GetParam()) terms.flags &= ~OM_uint32{GSS_C_MUTUAL_FLAG};
    return terms;
  }
};

std::string NameOf(const ::testing::TestParamInfo<bool>& info) {
  return info.param ? "Mutual" : "OneWay";
}

// Our acceptor asks for MICs although it takes the first choice. MIT's checks
// ours, and ours MIT's.
TEST_P(Krb5SpnegoTest, MicsOfKerberosBothWays) {
  Krb5Pair pair(Terms(Role::kAcceptor));
  pair.lab().server_world.options().negotiate.request_mic = true;
  Seen seen;
  pair.set_watcher([&](const Bytes& token) { seen.Count(token); });
  ASSERT_NO_FATAL_FAILURE(pair.Connect());
  EXPECT_EQ(seen.requests, 1);
  EXPECT_EQ(seen.mics, 2);
  // The numbers of messages go on behind those of the MICs.
  const Bytes text(100, 0x42);
  for (const bool encrypt : {true, false}) {
    const MitEnd::Message at_mit = pair.mit().Unwrap(pair.Wrap(text, encrypt));
    ASSERT_EQ(at_mit.outcome.major, GSS_S_COMPLETE) << at_mit.outcome.words();
    EXPECT_EQ(at_mit.bytes, text);
    const Krb5Pair::Opened opened =
        pair.Unwrap(pair.mit().Wrap(text, encrypt).bytes);
    ASSERT_EQ(opened.status, SEC_E_OK) << StatusName(opened.status);
    EXPECT_EQ(opened.text, text);
  }
}

// MIT's acceptor does not know our first choice. It asks for MICs with its
// answer, and Kerberos begins with the second token.
TEST_P(Krb5SpnegoTest, MitTakesOurSecondChoice) {
  Krb5Pair pair(Terms(Role::kInitiator));
  ASSERT_NO_FATAL_FAILURE(pair.Acquire());
  negotiate::Fake() = {};
  negotiate::Side ours(
      pair.lab().client_world, Role::kInitiator,
      {negotiate::kFakeMechanism, negotiate::Mechanisms().front()});
  ours.target = u"HTTP/lab.example.test";
  ours.requirements = ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |
                      ISC_REQ_SEQUENCE_DETECT |
                      (GetParam() ? ISC_REQ_MUTUAL_AUTH : 0);
  ASSERT_EQ(ours.Acquire(u"secret"), SEC_E_OK);
  Seen seen;
  Bytes token;
  SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
  MitEnd::Outcome outcome{GSS_S_CONTINUE_NEEDED, 0};
  constexpr int kMostRounds = 4;
  for (int round = 0; round < kMostRounds; ++round) {
    status = ours.Step(&token);
    ASSERT_GE(status, 0) << StatusName(status);
    seen.Count(token);
    if (token.empty()) break;
    outcome = pair.mit().Accept(&token);
    ASSERT_FALSE(GSS_ERROR(outcome.major)) << outcome.words();
    seen.Count(token);
    if (token.empty()) break;
  }
  EXPECT_EQ(status, SEC_E_OK);
  EXPECT_EQ(outcome.major, GSS_S_COMPLETE) << outcome.words();
  EXPECT_EQ(pair.mit().PeerName(), "alice@EXAMPLE.TEST");
  EXPECT_EQ(seen.requests, 1);
  EXPECT_EQ(seen.mics, 2);
}

INSTANTIATE_TEST_SUITE_P(All, Krb5SpnegoTest, ::testing::Bool(), NameOf);

}  // namespace
}  // namespace sspilab::interop

// Somebody between the two ends flips each bit of each token.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/negotiate/messages.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/established.h"

namespace sspilab::negotiate {
namespace {

using sspilab::testing::Bytes;
using sspilab::testing::End;
using sspilab::testing::Lab;

constexpr int kTokens = 4;

struct Outcome {
  std::vector<Bytes> sent;  // As they left, before they were altered.
  bool both_done = false;
  bool same_key = false;
  std::u16string name;
};

// An exchange whose `which`-th token has its `bit`-th bit flipped.
Outcome RunAltered(int which, size_t bit) {
  Lab lab;
  lab.client.package = lab.server.package = u"Negotiate";
  lab.Acquire();
  Outcome outcome;
  Bytes token;
  SECURITY_STATUS client = SEC_I_CONTINUE_NEEDED;
  SECURITY_STATUS server = SEC_I_CONTINUE_NEEDED;
  for (int i = 0; i <= kTokens; ++i) {
    SECURITY_STATUS& status = i % 2 == 0 ? client : server;
    if (status != SEC_I_CONTINUE_NEEDED) break;
    status =
        i % 2 == 0 ? lab.client.Initialize(&token) : lab.server.Accept(&token);
    EXPECT_TRUE(MayReturn(i % 2 == 0 ? Call::kInitializeSecurityContext
                                     : Call::kAcceptSecurityContext,
                          Package::kNegotiate, status))
        << StatusName(status);
    if (status < 0) return outcome;
    outcome.sent.push_back(token);
    if (i == which && bit / 8 < token.size()) {
      token[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    }
  }
  outcome.both_done = client == SEC_E_OK && server == SEC_E_OK;
  if (outcome.both_done) {
    outcome.same_key = lab.client.SessionKey() == lab.server.SessionKey() &&
                       !lab.client.SessionKey().empty();
    outcome.name = lab.server.Name();
  }
  return outcome;
}

TEST(NegotiateTampering, NoBitOfTheListCanBeChangedAndNoKeyDiffers) {
  const Outcome clean = RunAltered(-1, 0);
  ASSERT_TRUE(clean.both_done);
  const Bytes& first = clean.sent[0];
  const auto init = NegTokenInit::Parse(first);
  ASSERT_TRUE(init.ok());
  const size_t list_begin =
      static_cast<size_t>(init->mech_types.der().data() - first.data());
  const size_t list_end = list_begin + init->mech_types.der().size();

  // Bits that nobody misses, by token and byte.
  std::map<std::pair<int, size_t>, int> unnoticed;
  for (int which = 0; which < kTokens; ++which) {
    for (size_t bit = 0; bit < clean.sent[which].size() * 8; ++bit) {
      const Outcome outcome = RunAltered(which, bit);
      if (!outcome.both_done) continue;
      ++unnoticed[{which, bit / 8}];
      EXPECT_TRUE(outcome.same_key) << which << " " << bit;
      EXPECT_EQ(outcome.name, u"EXAMPLE\\alice") << which << " " << bit;
      if (which == 0) {
        EXPECT_TRUE(bit / 8 < list_begin || bit / 8 >= list_end) << bit;
      }
    }
  }
  std::string seen;
  for (const auto& [place, bits] : unnoticed) {
    seen += std::to_string(place.first) + "@" + std::to_string(place.second) +
            ":" + std::to_string(bits) + " ";
  }
  // All that nobody misses:
  // - the acceptor's negState says request-mic, and the MICs come anyway;
  // - the id of MsvAvTimestamp in the CHALLENGE: who takes the time away takes
  //   NTLM's MIC, too (see core/ntlm/README.md), and so the mechListMICs;
  // - the initiator's negState says that it is complete, as it is but for us.
  EXPECT_EQ(seen, "1@10:1 1@221:7 1@222:8 2@12:1 ");
}

}  // namespace
}  // namespace sspilab::negotiate

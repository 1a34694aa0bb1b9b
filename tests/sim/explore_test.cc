// What an exploration visits, and that each invariant can be seen to break.

#include <cstring>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/coverage.h"
#include "sim/explore/attacks.h"
#include "sim/explore/explorer.h"
#include "sim/interceptor.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"

namespace sspilab::sim {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Few enough to get to the end of all of them, also under sanitizers: one in
// seventeen, which hits fields of each kind.
std::vector<Attack> SomeAttacks(absl::Span<const uint8_t> token) {
  const std::vector<Attack> all = AttacksOnFields(token);
  std::vector<Attack> some;
  for (size_t i = 3; i < all.size(); i += 17) {
    some.push_back(all[i]);
  }
  return some;
}

// The time's header, the flags: what NTLM's known weakness needs.
std::vector<Attack> AttacksOnTheTime(absl::Span<const uint8_t> token) {
  const bool challenge = token.size() > 8 && token[8] == 2;
  std::vector<Attack> attacks = {
      {Attack::Kind::kFlip, 0x10, false, challenge ? 20U : 60U}};
  for (uint32_t i = 0; challenge && i + 4 < token.size(); ++i) {
    const uint8_t header[] = {7, 0, 8, 0};  // MsvAvTimestamp, of 8 bytes.
    if (std::memcmp(token.data() + i, header, sizeof(header)) == 0) {
      attacks.push_back({Attack::Kind::kFlip, 0x10, false, i});
    }
  }
  return attacks;
}

Explorable RowOf(Package package) {
  for (const Explorable& row : Explorables()) {
    if (row.package == package) {
      return row;
    }
  }
  ADD_FAILURE() << "no such row";
  return Explorables().front();
}

Exploration ExploreNtlm(
    uint32_t depth, SecurityFunctionTableW* table = InitSecurityInterfaceW(),
    std::vector<Attack> (*attacks)(absl::Span<const uint8_t>) = SomeAttacks,
    const Scenario& scenario = ReferenceScenario()) {
  Explorable explorable = RowOf(Package::kNtlm);
  explorable.attacks = attacks;
  explorable.further_attacks = attacks;
  Coverage coverage(Package::kNtlm);
  return Explore(explorable, scenario, depth, table, &coverage);
}

// One bit of every fourth field and of what is sealed, whatever the package: an
// asymmetric handshake for each is dear.
std::vector<Attack> FewBits(absl::Span<const uint8_t> token) {
  const std::vector<Attack> all = OneBitOfEachField(token);
  std::vector<Attack> some;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i % 4 == 0 || all[i].sealed) {
      some.push_back(all[i]);
    }
  }
  return some;
}

Exploration ExploreFewBits(
    const Scenario& scenario, Package package, uint32_t depth,
    SecurityFunctionTableW* table = InitSecurityInterfaceW()) {
  Explorable explorable = RowOf(package);
  explorable.attacks = FewBits;
  explorable.further_attacks = FewBits;
  Coverage coverage(package);
  return Explore(explorable, scenario, depth, table, &coverage);
}

Scenario Tls12() {
  Scenario scenario = ScenarioToExplore(Package::kSchannel);
  scenario.exchange.client.caller.tls.protocols = SP_PROT_TLS1_2_CLIENT;
  return scenario;
}

std::string Numbers(const Exploration& found) {
  return absl::StrFormat(
      "%d states, %d transitions, %d histories, %d refused, %d done, %d cut "
      "off, %d left",
      found.states, found.transitions, found.histories, found.failed,
      found.both_done, found.cut_off, found.left);
}

TEST(AttacksTest, TouchEachFieldOnceAndStayInside) {
  const std::vector<uint8_t> token = {'N', 'T', 'L', 'M', 'S', 'S', 'P', 0,
                                      1,   0,   0,   0,   7,   2,   0,   0};
  const std::vector<Attack> attacks = AttacksOnFields(token);
  int truncations = 0;
  int flips = 0;
  for (const Attack& attack : attacks) {
    EXPECT_LT(attack.offset, token.size());
    truncations += attack.kind == Attack::Kind::kTruncate ? 1 : 0;
    flips += attack.kind == Attack::Kind::kFlip ? 1 : 0;
  }
  // Signature, MessageType, NegotiateFlags.
  EXPECT_EQ(truncations, 3);
  EXPECT_EQ(flips, 3 + 32 + 32);
}

TEST(AttacksTest, AreFaultsOfTheWire) {
  EXPECT_EQ(FaultToString(FaultOf({Attack::Kind::kFlip, 0x80, false, 12},
                                  Direction::kToClient, 1)),
            "flip:to-client:1:12:128");
  EXPECT_EQ(
      FaultToString(FaultOf({Attack::Kind::kSwap}, Direction::kToServer, 2)),
      "swap:to-server:2");
}

TEST(ExploreTest, NtlmHoldsUpUntilNothingIsLeft) {
  const Exploration found = ExploreNtlm(9);
  EXPECT_TRUE(found.ok());
  EXPECT_TRUE(found.complete());
  EXPECT_EQ(found.depth, 3u);
  EXPECT_GE(found.both_done, 1u);
  EXPECT_GT(found.failed, 100u);
  EXPECT_GT(found.transitions, found.states);
}

TEST(ExploreTest, DepthIsALimit) {
  const Exploration one = ExploreNtlm(1);
  EXPECT_EQ(one.depth, 1u);
  EXPECT_FALSE(one.complete());
  EXPECT_EQ(one.both_done, 0u);
  EXPECT_LT(one.states, ExploreNtlm(2).states);
}

TEST(ExploreTest, TheSameEveryTime) {
  const Exploration first =
      ExploreNtlm(2, InitSecurityInterfaceW(), AttacksOnFields);
  const Exploration second =
      ExploreNtlm(2, InitSecurityInterfaceW(), AttacksOnFields);
  EXPECT_EQ(first.states, second.states);
  EXPECT_EQ(first.transitions, second.transitions);
  EXPECT_EQ(first.histories, second.histories);
}

struct PackageCase {
  const char* name;
  Package package;
  Scenario scenario;
  uint32_t depth;
  std::string numbers;

  friend void PrintTo(const PackageCase& c, std::ostream* out) {
    *out << c.name;
  }
};

class PackageTest : public ::testing::TestWithParam<PackageCase> {};

// The same numbers under every compiler.
TEST_P(PackageTest, HoldsUp) {
  const PackageCase& c = GetParam();
  const Exploration found = ExploreFewBits(c.scenario, c.package, c.depth);
  EXPECT_EQ(Numbers(found), c.numbers);
  EXPECT_THAT(found.findings, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Packages, PackageTest,
    ::testing::Values(PackageCase{"Negotiate", Package::kNegotiate,
                                  ScenarioToExplore(Package::kNegotiate), 12,
                                  "286 states, 361 transitions, 187 histories, "
                                  "242 refused, 1 done, 16 cut off, 0 left"},
                      PackageCase{"Kerberos", Package::kKerberos,
                                  ScenarioToExplore(Package::kKerberos), 12,
                                  "43 states, 81 transitions, 26 histories, 27 "
                                  "refused, 2 done, 5 cut off, 0 left"},
                      PackageCase{"Tls13", Package::kSchannel,
                                  ScenarioToExplore(Package::kSchannel), 12,
                                  "315 states, 324 transitions, 259 histories, "
                                  "273 refused, 4 done, 14 cut off, 0 left"},
                      PackageCase{"Tls12", Package::kSchannel, Tls12(), 2,
                                  "165 states, 165 transitions, 118 histories, "
                                  "122 refused, 0 done, 10 cut off, 22 left"},
                      PackageCase{
                          "CredSsp", Package::kCredSsp,
                          ScenarioToExplore(Package::kCredSsp), 12,
                          "959 states, 1029 transitions, 521 histories, 800 "
                          "refused, 9 done, 49 cut off, 0 left"}),
    [](const auto& test) { return test.param.name; });

// What is known of NTLM is found, and told apart from what would be news.
TEST(ExploreTest, FindsThatTheMicCanBeStripped) {
  const Exploration found =
      ExploreNtlm(9, InitSecurityInterfaceW(), AttacksOnTheTime);
  EXPECT_TRUE(found.ok());
  ASSERT_THAT(found.findings,
              Contains(Field(&Finding::invariant, Invariant::kNoDowngrade)));
  EXPECT_THAT(found.findings,
              Each(Field(&Finding::known_weakness, Not(IsEmpty()))));
  // And it is one on the wire: both are content, with less than they wanted.
  Scenario scenario = ReferenceScenario();
  scenario.exchange.client.caller.insists_on = 0;
  scenario.exchange.server.insists_on = 0;
  for (const Finding& finding : found.findings) {
    if (finding.invariant == Invariant::kNoDowngrade) {
      EXPECT_THAT(finding.faults, SizeIs(2));
      scenario.exchange.faults = finding.faults;
    }
  }
  const Outcome outcome = RunScenario(scenario, InitSecurityInterfaceW());
  EXPECT_TRUE(outcome.client.status == SEC_E_OK &&
              outcome.server.status == SEC_E_OK);
}

// A package with a mistake: the right one, with what `spoil` does behind it.
class Spoiled final : public Interceptor {
 public:
  using Spoil =
      std::function<SECURITY_STATUS(const SspiCall& call, SECURITY_STATUS)>;
  explicit Spoiled(Spoil spoil)
      : Interceptor(InitSecurityInterfaceW()), spoil_(std::move(spoil)) {}

 protected:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    return spoil_(call, proceed());
  }

 private:
  const Spoil spoil_;
};

bool IsAcceptors(const SspiCall& call) {
  return call.call == Call::kAcceptSecurityContext;
}

// What a mistake has leaked. The World is told of it while the exploration
// runs; for the process it is not lost.
std::vector<void*>& Lost() {
  static auto* lost = new std::vector<void*>();
  return *lost;
}

struct Mistake {
  Invariant breaks;
  Spoiled::Spoil spoil;
  Package package = Package::kNtlm;
};

class MistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsFound) {
  Spoiled spoiled(GetParam().spoil);
  const Package package = GetParam().package;
  const Exploration found = package == Package::kNtlm
                                ? ExploreNtlm(9, spoiled.table())
                                : ExploreFewBits(ScenarioToExplore(package),
                                                 package, 3, spoiled.table());
  EXPECT_FALSE(found.ok());
  EXPECT_THAT(found.findings,
              Contains(Field(&Finding::invariant, GetParam().breaks)));
  for (const Finding& finding : found.findings) {
    EXPECT_GE(finding.times, 1u);
    EXPECT_LE(finding.faults.size(), 1u) << "one is enough for all of these";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {Invariant::kLegalStatus,
         [](const SspiCall& call, SECURITY_STATUS status) {
           return IsAcceptors(call) && status == SEC_E_INVALID_TOKEN
                      ? SEC_E_ENCRYPT_FAILURE
                      : status;
         }},
        {Invariant::kFailureIsSilent,
         [](const SspiCall& call, SECURITY_STATUS status) {
           if (IsAcceptors(call) && status < 0) {
             call.output->pBuffers[0].cbBuffer = 1;
           }
           return status;
         }},
        {Invariant::kFailureIsFinal,
         [](const SspiCall& call, SECURITY_STATUS status) {
           return IsAcceptors(call) && status == SEC_E_OUT_OF_SEQUENCE
                      ? SEC_E_OK
                      : status;
         }},
        {Invariant::kNothingLeaked,
         [](const SspiCall& call, SECURITY_STATUS status) {
           // What is asked for here is never given back.
           SecPkgContext_PackageInfoW lost = {};
           if (IsAcceptors(call) && status == SEC_I_CONTINUE_NEEDED) {
             InitSecurityInterfaceW()->QueryContextAttributesW(
                 call.new_context, SECPKG_ATTR_PACKAGE_INFO, &lost);
             Lost().push_back(lost.PackageInfo);
           }
           return status;
         }},
        {Invariant::kSameKey,
         [](const SspiCall& call, SECURITY_STATUS status) {
           static thread_local int asked = 0;
           if (call.call == Call::kQueryContextAttributes && status == 0 &&
               call.number == SECPKG_ATTR_SESSION_KEY) {
             static_cast<SecPkgContext_SessionKey*>(call.memory)
                 ->SessionKey[0] ^= static_cast<uint8_t>(++asked);
           }
           return status;
         }},
        {Invariant::kSameFlags,
         [](const SspiCall& call, SECURITY_STATUS status) {
           if (IsAcceptors(call) && status == SEC_E_OK) {
             *call.attributes &= ~uint32_t{ASC_RET_CONFIDENTIALITY};
           }
           return status;
         }},
        {Invariant::kSameIdentity,
         [](const SspiCall& call, SECURITY_STATUS status) {
           static thread_local int asked = 0;
           if (call.call == Call::kQueryContextAttributes && status == 0 &&
               call.number == SECPKG_ATTR_NAMES) {
             static_cast<SecPkgContext_NamesW*>(call.memory)->sUserName[0] =
                 static_cast<char16_t>(u'a' + ++asked % 26);
           }
           return status;
         }},
        {Invariant::kSamePackage,
         [](const SspiCall& call, SECURITY_STATUS status) {
           static thread_local int asked = 0;
           if (call.call == Call::kQueryContextAttributes && status == 0 &&
               call.number == SECPKG_ATTR_PACKAGE_INFO) {
             static_cast<SecPkgContext_PackageInfoW*>(call.memory)
                 ->PackageInfo->Name[0] =
                 static_cast<char16_t>(u'a' + ++asked % 26);
           }
           return status;
         }},
        {Invariant::kSameProtocol,
         [](const SspiCall& call, SECURITY_STATUS status) {
           static thread_local DWORD asked = 0;
           if (call.call == Call::kQueryContextAttributes && status == 0 &&
               call.number == SECPKG_ATTR_CIPHER_INFO) {
             static_cast<SecPkgContext_CipherInfo*>(call.memory)->dwProtocol +=
                 ++asked;
           }
           return status;
         },
         Package::kSchannel},
        {Invariant::kSealIsChecked,
         [](const SspiCall& call, SECURITY_STATUS status) {
           // A server to whom everything is right.
           return IsAcceptors(call) && status < 0 &&
                          status != SEC_E_INCOMPLETE_MESSAGE
                      ? SEC_I_CONTINUE_NEEDED
                      : status;
         },
         Package::kSchannel},
        {Invariant::kSealIsChecked,
         [](const SspiCall& call, SECURITY_STATUS status) {
           // A server that takes what it cannot decrypt, and says nothing.
           if (IsAcceptors(call) && status == SEC_E_LOGON_DENIED) {
             call.output->pBuffers[0].cbBuffer = 0;
             return SEC_I_CONTINUE_NEEDED;
           }
           return status;
         },
         Package::kKerberos},
        {Invariant::kAlwaysAnEnd,
         [](const SspiCall& call, SECURITY_STATUS status) {
           // A client that never says anything.
           if (call.call == Call::kInitializeSecurityContext) {
             call.output->pBuffers[0].cbBuffer = 0;
           }
           return status;
         }},
    }));

}  // namespace
}  // namespace sspilab::sim

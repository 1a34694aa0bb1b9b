// The seeds are what record_seeds writes, they get where they are
// meant to, and a run depends on its input alone.

#include "fuzz/runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/world.h"
#include "fuzz/profile.h"
#include "fuzz/seeds.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

std::map<std::string, Bytes> CheckedInSeeds() {
  const std::filesystem::path corpus = "fuzz/corpus";
  std::map<std::string, Bytes> seeds;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(corpus)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    seeds[entry.path().lexically_relative(corpus).string()] =
        Bytes(std::istreambuf_iterator<char>(file), {});
  }
  return seeds;
}

std::string TargetOf(const std::string& name) {
  return name.substr(0, name.find('/'));
}

// How many of a target's seeds fuzz/record kept: lines of a name and a number.
std::map<std::string, size_t> KeptSeeds() {
  std::ifstream file("fuzz/corpus_sizes.txt");
  std::map<std::string, size_t> sizes;
  std::string target;
  size_t size;
  while (file >> target >> size) sizes[target] = size;
  return sizes;
}

// Of those that are recorded, fuzz/record keeps what shows something. None of
// these is another now, and none is missing.
TEST(SeedsTest, CheckedInAsRecorded) {
  const auto recorded = RecordSeeds();
  std::map<std::string, size_t> kept = KeptSeeds(), checked_in;
  for (const auto& [name, bytes] : recorded) checked_in[TargetOf(name)] = 0;
  for (const auto& [name, bytes] : CheckedInSeeds()) {
    const auto found = recorded.find(name);
    ASSERT_NE(found, recorded.end()) << name << ": fuzz/record";
    EXPECT_EQ(found->second, bytes) << name << ": fuzz/record";
    ++checked_in[TargetOf(name)];
  }
  for (const auto& [target, size] : checked_in) {
    EXPECT_GT(size, 0u) << target << ": fuzz/record";
    EXPECT_EQ(size, kept[target])
        << target << ": a seed was lost, or comes from elsewhere: fuzz/record";
  }
  EXPECT_EQ(checked_in.size(), kept.size());
}

bool IsOf(const std::string& name, const std::string& target) {
  return name.rfind(target + "/", 0) == 0;
}

// An input and how to run it; the digest comes back.
struct Case {
  const Profile* profile;
  uint64_t (*run)(const Profile& profile, absl::Span<const uint8_t> input);
  Bytes input;

  uint64_t Run() const { return run(*profile, input); }
};

std::vector<Case> Cases() {
  using Input = absl::Span<const uint8_t>;
  const std::pair<std::string_view, const Profile*> profiles[] = {
      {"ntlm", &NtlmProfile()},
      {"negotiate", &NegotiateProfile()},
      {"kerberos", &KerberosProfile()},
      {"schannel", &SchannelProfile()},
      {"credssp", &CredSspProfile()}};
  const std::pair<std::string_view, uint64_t (*)(const Profile&, Input)>
      runs[] = {
          {"initiator",
           [](const Profile& profile, Input input) {
             return RunInitiator(profile, input);
           }},
          {"acceptor", [](const Profile& profile,
                          Input input) { return RunAcceptor(profile, input); }},
          {"acceptor_permissive",
           [](const Profile& profile, Input input) {
             return RunAcceptor(profile, input, Verification::kPermissive);
           }},
          {"session", [](const Profile& profile,
                         Input input) { return RunSession(profile, input); }},
          {"session_permissive", [](const Profile& profile, Input input) {
             return RunSession(profile, input, Verification::kPermissive);
           }}};
  std::vector<Case> cases;
  Entropy entropy(1, 0);
  for (const auto& [name, bytes] : RecordSeeds()) {
    if (absl::StrContains(name, kVariant)) continue;
    for (const auto& [package, profile] : profiles) {
      for (const auto& [target, run] : runs) {
        if (!IsOf(name, absl::StrCat(package, "_", target))) continue;
        cases.push_back({profile, run, bytes});
        // The same with a few bytes of it bent.
        for (int i = 0; i < (profile->stream ? 2 : 8); ++i) {
          Bytes bent = bytes;
          for (uint64_t n = entropy.Below(4) + 1; n > 0; --n) {
            bent[entropy.Below(bent.size())] =
                static_cast<uint8_t>(entropy.Next());
          }
          cases.push_back({profile, run, std::move(bent)});
        }
      }
    }
  }
  return cases;
}

TEST(RunsTest, DependOnTheirInputAlone) {
  const std::vector<Case> cases = Cases();
  ASSERT_GT(cases.size(), 1000u);
  std::vector<uint64_t> forwards, backwards;
  for (const Case& one : cases) forwards.push_back(one.Run());
  for (auto one = cases.rbegin(); one != cases.rend(); ++one) {
    backwards.push_back(one->Run());
  }
  std::reverse(backwards.begin(), backwards.end());
  EXPECT_EQ(forwards, backwards);
  // They are not all one and the same run.
  std::sort(forwards.begin(), forwards.end());
  const auto different =
      std::unique(forwards.begin(), forwards.end()) - forwards.begin();
  EXPECT_GT(different, 500);
}

// NTLM's three tokens are on the wire in every exchange but those that end
// early, and the recorded ones parse (the message targets' replay says so).
TEST(RunsTest, SessionSendsThreeTokens) {
  Outcome sent;
  const sim::Settings settings = {};
  ASSERT_TRUE(NtlmProfile().must_complete(settings));
  RunSession(NtlmProfile(), settings.bytes(), Verification::kStrict, &sent);
  ASSERT_EQ(sent.tokens.size(), 3u);
  for (size_t i = 0; i < sent.tokens.size(); ++i) {
    ASSERT_GT(sent.tokens[i].size(), 12u);
    EXPECT_EQ(sent.tokens[i][8], i + 1);
  }
}

// The same settings are two machines of one domain to Kerberos.
TEST(RunsTest, ZerosAreAMutualExchangeOfKerberosToo) {
  sim::Settings settings = {};
  settings.initiator.requirements[0] = 0x01;
  ASSERT_TRUE(KerberosProfile().must_complete(settings));
  Outcome sent;
  RunSession(KerberosProfile(), settings.bytes(), Verification::kStrict, &sent);
  // AP-REQ, AP-REP.
  ASSERT_EQ(sent.tokens.size(), 2u);
  for (const Bytes& token : sent.tokens) {
    ASSERT_FALSE(token.empty());
    EXPECT_EQ(token[0], 0x60);
  }
}

// Machines that are in a domain begin with Kerberos, and need no more.
TEST(RunsTest, NegotiateInADomainIsKerberos) {
  constexpr uint8_t kInDomain = 0x20;
  sim::Settings settings = {};
  settings.initiator.policy[1] = settings.acceptor.policy[1] = kInDomain;
  settings.initiator.requirements[1] = 0x01;  // ISC_REQ_MUTUAL_AUTH
  ASSERT_TRUE(NegotiateProfile().must_complete(settings));
  Outcome sent;
  RunSession(NegotiateProfile(), settings.bytes(), Verification::kStrict,
             &sent);
  // NTLM would take two more.
  EXPECT_EQ(sent.tokens.size(), 2u);
}

// With the peer's tokens in its input, an end that is alone comes as far as it
// did with the peer.
TEST(RunsTest, OneEndAloneTakesWhatIsDelivered) {
  const sim::Settings settings = {};
  Outcome sent;
  RunSession(NtlmProfile(), settings.bytes(), Verification::kStrict, &sent);
  ASSERT_EQ(sent.tokens.size(), 3u);
  sim::Input input = {.settings = settings};
  std::vector<uint64_t> digests = {RunAcceptor(NtlmProfile(), input.Encode())};
  for (const uint8_t token : {0, 2}) {
    input.operations.push_back({.kind = sim::OperationKind::kDeliver,
                                .target = token,
                                .bytes = sent.tokens[token]});
    digests.push_back(RunAcceptor(NtlmProfile(), input.Encode()));
  }
  // What the wire does is done to these tokens, too.
  input.operations.push_back({.kind = sim::OperationKind::kFlip,
                              .target = 2,
                              .place = 90,
                              .value = 1});
  digests.push_back(RunAcceptor(NtlmProfile(), input.Encode()));
  std::sort(digests.begin(), digests.end());
  EXPECT_EQ(std::unique(digests.begin(), digests.end()), digests.end());
}

// However a token of a stream is split, both are done (UnharmedCompletes), and
// all messages behind the handshake arrive (MessagesArrive).
TEST(RunsTest, SplitTokensOfAStreamComplete) {
  sim::Input input;
  ASSERT_TRUE(SchannelProfile().must_complete(input.settings));
  for (const uint16_t place : {1, 4, 5, 6, 100}) {
    input.operations.clear();
    for (uint8_t token = 0; token < 4; ++token) {
      input.operations.push_back({sim::OperationKind::kSplit, token, place});
      input.operations.push_back({sim::OperationKind::kSplit, token, 2});
    }
    input.operations.push_back({sim::OperationKind::kSeal, 0, 20});
    input.operations.push_back({sim::OperationKind::kSeal, 1, 20});
    Outcome sent;
    RunSession(SchannelProfile(), input.Encode(), Verification::kStrict, &sent);
    EXPECT_GE(sent.tokens.size(), 3u) << place;
  }
}

}  // namespace
}  // namespace sspilab::fuzz

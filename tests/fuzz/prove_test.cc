// kProve: a token that was changed is believed once its proofs are made anew,
// and not before.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/negotiate/messages.h"
#include "core/ntlm/messages.h"
#include "fuzz/profile.h"
#include "fuzz/runs.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;
using Kind = sim::OperationKind;
using sim::Input;

Outcome Session(const Profile& profile, const Input& input) {
  Outcome outcome;
  RunSession(profile, input.Encode(), Verification::kStrict, &outcome);
  return outcome;
}

// Where a part begins in the token that has it.
uint16_t PlaceIn(const Bytes& token, absl::Span<const uint8_t> part) {
  const auto found =
      std::search(token.begin(), token.end(), part.begin(), part.end());
  EXPECT_NE(found, token.end());
  return static_cast<uint16_t>(found - token.begin());
}

// NTLM's AUTHENTICATE, in whatever token it is.
absl::Span<const uint8_t> AuthenticateIn(const Bytes& token) {
  constexpr std::string_view kSignature("NTLMSSP\0\3", 9);
  const auto found = std::search(token.begin(), token.end(), kSignature.begin(),
                                 kSignature.end());
  return absl::MakeConstSpan(token).subspan(
      static_cast<size_t>(found - token.begin()));
}

// A session in which token number `number` is changed at `place`, is then
// proved, and is then changed again.
void ExpectBelievedOnlyIfProved(const Profile& profile, Input input,
                                uint8_t number, uint16_t place) {
  EXPECT_TRUE(Session(profile, input).acceptor_done);
  const sim::Operation flip = {Kind::kFlip, number, place, 1};
  input.operations.push_back(flip);
  EXPECT_FALSE(Session(profile, input).acceptor_done);
  input.operations.push_back({Kind::kProve, number});
  EXPECT_TRUE(Session(profile, input).acceptor_done);
  input.operations.push_back(flip);
  EXPECT_FALSE(Session(profile, input).acceptor_done);
}

// The client challenge of NTLMv2's response: it is in the proof and the MIC.
TEST(ProveTest, NtlmsResponseAndMic) {
  for (const auto& [profile, number] :
       {std::pair(&NtlmProfile(), uint8_t{2}),
        std::pair(&NegotiateProfile(), uint8_t{2})}) {
    const Outcome plain = Session(*profile, {});
    ASSERT_GT(plain.tokens.size(), number);
    const Bytes& token = plain.tokens[number];
    const auto message =
        ntlm::AuthenticateMessage::Parse(AuthenticateIn(token));
    ASSERT_TRUE(message.ok()) << message.status();
    const auto place =
        static_cast<uint16_t>(PlaceIn(token, message->nt_response) + 16 + 16);
    ExpectBelievedOnlyIfProved(*profile, {}, number, place);
    // The workstation's name is in the MIC alone.
    ExpectBelievedOnlyIfProved(*profile, {}, number,
                               PlaceIn(token, message->workstation));
  }
}

TEST(ProveTest, NtlmV1sResponse) {
  Input input;
  // LmCompatibilityLevel 1, at both.
  input.settings.initiator.policy[0] = input.settings.acceptor.policy[0] = 4;
  const Outcome plain = Session(NtlmProfile(), input);
  ASSERT_EQ(plain.tokens.size(), 3u);
  const auto message = ntlm::AuthenticateMessage::Parse(plain.tokens[2]);
  ASSERT_TRUE(message.ok());
  ASSERT_EQ(message->nt_response.size(), 24u);
  ExpectBelievedOnlyIfProved(NtlmProfile(), input, 2,
                             PlaceIn(plain.tokens[2], message->nt_response));
}

// What is as it should be stays so.
TEST(ProveTest, NothingChangesWhereNothingWasChanged) {
  for (const Profile* profile :
       {&NtlmProfile(), &NegotiateProfile(), &KerberosProfile()}) {
    Input input;
    const uint64_t digest = RunSession(*profile, input.Encode());
    for (uint8_t token = 0; token < 4; ++token) {
      input.operations.push_back({Kind::kProve, token});
    }
    EXPECT_EQ(RunSession(*profile, input.Encode()), digest);
  }
}

// An acceptor alone, whose challenge is not the one that was answered.
TEST(ProveTest, AnAnswerToAnotherChallengeIsMadeOneToThis) {
  const Outcome other = Session(NtlmProfile(), {});
  Input input = {.settings = {.seed = 7}};
  for (const uint8_t token : {uint8_t{0}, uint8_t{2}}) {
    input.operations.push_back({.kind = Kind::kDeliver,
                                .target = token,
                                .bytes = other.tokens[token]});
  }
  Outcome outcome;
  RunAcceptor(NtlmProfile(), input.Encode(), Verification::kStrict, &outcome);
  EXPECT_FALSE(outcome.acceptor_done);
  input.operations.push_back({Kind::kProve, 2});
  RunAcceptor(NtlmProfile(), input.Encode(), Verification::kStrict, &outcome);
  EXPECT_TRUE(outcome.acceptor_done);
}

// What is encrypted of a token, at its end; the client's and the acceptor's
// microseconds are there, or a sequence number, which nobody else looks at.
TEST(ProveTest, WhatIsEncryptedInKerberosMessages) {
  Input input;
  input.settings.initiator.requirements[0] = 0x01;  // ISC_REQ_MUTUAL_AUTH
  const Outcome plain = Session(KerberosProfile(), input);
  ASSERT_EQ(plain.tokens.size(), 2u);
  int proved = 0;
  for (const uint8_t number : {uint8_t{0}, uint8_t{1}}) {
    const size_t size = plain.tokens[number].size();
    for (size_t back = 13; back < 60; ++back) {
      Input changed = input;
      const auto place = static_cast<uint16_t>(size - back);
      changed.operations.push_back({Kind::kFlip, number, place, 1});
      const auto is_done = [&](const Input& of) {
        const Outcome outcome = Session(KerberosProfile(), of);
        return number == 0 ? outcome.acceptor_done : outcome.initiator_done;
      };
      EXPECT_FALSE(is_done(changed)) << back;
      changed.operations.push_back({Kind::kProve, number});
      if (is_done(changed)) proved |= 1 << number;
    }
  }
  // Some bit of each may be another.
  EXPECT_EQ(proved, 3);
}

// Numbers of the tokens that have a mechListMIC.
std::vector<uint8_t> TokensWithMic(const Outcome& outcome) {
  std::vector<uint8_t> numbers;
  for (size_t i = 0; i < outcome.tokens.size(); ++i) {
    const auto resp = negotiate::NegTokenResp::Parse(outcome.tokens[i]);
    if (resp.ok() && resp->mech_list_mic.has_value()) {
      numbers.push_back(static_cast<uint8_t>(i));
    }
  }
  return numbers;
}

// An initiator of a domain, with an acceptor of it, who takes Kerberos, or with
// one who takes NTLM. Both ask for MICs.
TEST(ProveTest, SpnegosMechListMic) {
  constexpr uint8_t kRequestsMic = 0x08, kInDomain = 0x20;
  for (const bool takes_kerberos : {false, true}) {
    Input input;
    input.settings.initiator.policy[1] = kRequestsMic | kInDomain;
    input.settings.acceptor.policy[1] =
        kRequestsMic | (takes_kerberos ? kInDomain : 0);
    const Outcome plain = Session(NegotiateProfile(), input);
    const std::vector<uint8_t> numbers = TokensWithMic(plain);
    ASSERT_EQ(numbers.size(), 2u);
    const auto done = [&input] {
      const Outcome outcome = Session(NegotiateProfile(), input);
      return outcome.initiator_done + outcome.acceptor_done;
    };
    EXPECT_EQ(done(), 2);
    // What is right stays as it is.
    const uint64_t digest = RunSession(NegotiateProfile(), input.Encode());
    for (const uint8_t number : numbers) {
      Input proved = input;
      proved.operations.push_back({Kind::kProve, number});
      EXPECT_EQ(RunSession(NegotiateProfile(), proved.Encode()), digest);
    }
    // The other mechanism in the list becomes one that nobody knows.
    const auto init = negotiate::NegTokenInit::Parse(plain.tokens[0]);
    ASSERT_TRUE(init.ok());
    const absl::Span<const uint8_t> other =
        takes_kerberos ? absl::MakeConstSpan(negotiate::oid::kNtlm)
                       : absl::MakeConstSpan(negotiate::oid::kWindowsKerberos);
    const auto place = static_cast<uint16_t>(PlaceIn(plain.tokens[0], other) +
                                             other.size() - 1);
    input.operations.push_back({Kind::kFlip, 0, place, 1});
    EXPECT_EQ(done(), 0);
    // One MIC is for the one side, the other for the other.
    input.operations.push_back({Kind::kProve, numbers[0]});
    EXPECT_EQ(done(), 1);
    input.operations.push_back({Kind::kProve, numbers[1]});
    EXPECT_EQ(done(), 2);
  }
}

}  // namespace
}  // namespace sspilab::fuzz

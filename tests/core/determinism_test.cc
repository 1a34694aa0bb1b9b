// One seed is one run, to the byte.

#include <cstdint>
#include <string>
#include <vector>

#include "core/crypto/digest.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/established.h"
#include "tests/support/hex.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::Established;
using testing::Lab;
using testing::Message;
using testing::SignatureRoom;
using testing::ToHex;

// NEGOTIATE, CHALLENGE, AUTHENTICATE, and a sealed message each way.
std::vector<Bytes> Exchange(Lab& lab) {
  std::vector<Bytes> run;
  lab.Acquire();
  Bytes token;
  EXPECT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  run.push_back(token);
  EXPECT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  run.push_back(token);
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  run.push_back(token);
  EXPECT_EQ(lab.server.Accept(&token), SEC_E_OK);
  for (CtxtHandle* from : {&lab.client.context, &lab.server.context}) {
    Message message(
        {{SECBUFFER_TOKEN, SignatureRoom()}, {SECBUFFER_DATA, "a message"}});
    EXPECT_EQ(EncryptMessage(from, 0, message.descriptor(), 0), SEC_E_OK);
    const std::string text = message.text(0) + message.text(1);
    run.emplace_back(text.begin(), text.end());
  }
  return run;
}

std::vector<Bytes> TokensOfSeed(uint64_t seed) {
  WorldOptions options;
  options.seed = seed;
  Lab lab(ISC_REQ_CONFIDENTIALITY, options);
  return Exchange(lab);
}

TEST(Determinism, OneSeedIsOneRun) {
  for (const uint64_t seed : {0ULL, 1ULL, 0xFFFFFFFFFFFFFFFFULL}) {
    EXPECT_EQ(TokensOfSeed(seed), TokensOfSeed(seed)) << seed;
  }
}

TEST(Determinism, AnotherSeedIsAnotherRun) {
  const std::vector<Bytes> one = TokensOfSeed(1);
  const std::vector<Bytes> two = TokensOfSeed(2);
  // There is nothing in a NEGOTIATE to differ.
  EXPECT_EQ(one[0], two[0]);
  for (size_t i = 1; i < one.size(); ++i) EXPECT_NE(one[i], two[i]) << i;
}

TEST(Determinism, WhatElseIsOpenInTheProcessDoesNotMatter) {
  const std::vector<Bytes> alone = TokensOfSeed(7);
  Established other;
  Lab unfinished;
  unfinished.Acquire();
  Bytes token;
  ASSERT_EQ(unfinished.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(TokensOfSeed(7), alone);
}

TEST(Determinism, LaterExchangesOfAWorldAreReproducibleToo) {
  std::vector<Bytes> runs[2][2];
  for (auto& of_world : runs) {
    Lab lab;
    for (auto& run : of_world) {
      run = Exchange(lab);
      lab.client.Close();
      lab.server.Close();
    }
  }
  EXPECT_EQ(runs[0][0], runs[1][0]);
  EXPECT_EQ(runs[0][1], runs[1][1]);
  EXPECT_NE(runs[0][0][1], runs[0][1][1]) << "the same challenge twice";
}

// What every compiler and every configuration must come to. A change of what is
// sent changes it: then replay what was recorded with the old one, too.
TEST(Determinism, ThisIsTheRunOfSeedZero) {
  const std::vector<Bytes> run = TokensOfSeed(0);
  Bytes all;
  for (const Bytes& part : run) all.insert(all.end(), part.begin(), part.end());
  EXPECT_EQ(ToHex(crypto::Md5({all})), "de14868a2b18e2529de2333f9e90e180");
}

}  // namespace
}  // namespace sspilab

// One seed is one run, to the byte.

#include <cstdint>
#include <vector>

#include "core/crypto/digest.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/kerberos/lab.h"
#include "tests/core/kerberos/sealed.h"
#include "tests/support/hex.h"

namespace sspilab {
namespace {

using kerberos::Etype;
using testing::Bytes;
using testing::End;
using testing::KerberosLab;
using testing::Sealed;
using testing::ToHex;

// The tokens of a mutual exchange, and a sealed message each way.
std::vector<Bytes> Exchange(KerberosLab& lab) {
  std::vector<Bytes> run;
  lab.client.requirements = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY;
  EXPECT_EQ(lab.Acquire(), SEC_E_OK);
  Bytes token;
  EXPECT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  run.push_back(token);
  EXPECT_EQ(lab.server.Accept(&token), SEC_E_OK);
  run.push_back(token);
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  for (End* const from : {&lab.client, &lab.server}) {
    Sealed message{{}, Bytes(20, 7), {}};
    EXPECT_EQ(testing::Encrypt(*from, &message), SEC_E_OK);
    run.push_back(message.token);
    run.push_back(message.data);
  }
  lab.client.Close();
  lab.server.Close();
  return run;
}

std::vector<Bytes> RunOfSeed(uint64_t seed,
                             Etype etype = Etype::kAes256CtsHmacSha1) {
  WorldOptions options;
  options.seed = seed;
  KerberosLab lab({etype}, options);
  return Exchange(lab);
}

TEST(KerberosDeterminism, OneSeedIsOneRun) {
  for (const uint64_t seed : {0ULL, 1ULL, 0xFFFFFFFFFFFFFFFFULL}) {
    EXPECT_EQ(RunOfSeed(seed), RunOfSeed(seed)) << seed;
  }
}

TEST(KerberosDeterminism, AnotherSeedIsAnotherRun) {
  const std::vector<Bytes> one = RunOfSeed(1);
  const std::vector<Bytes> two = RunOfSeed(2);
  ASSERT_EQ(one.size(), two.size());
  for (size_t i = 0; i < one.size(); ++i) EXPECT_NE(one[i], two[i]) << i;
}

TEST(KerberosDeterminism, WhatElseIsOpenInTheProcessDoesNotMatter) {
  const std::vector<Bytes> alone = RunOfSeed(7);
  KerberosLab unfinished;
  ASSERT_EQ(unfinished.Acquire(), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(unfinished.client.Initialize(&token), SEC_E_OK);
  EXPECT_EQ(RunOfSeed(7), alone);
}

TEST(KerberosDeterminism, LaterExchangesOfAWorldAreReproducibleToo) {
  std::vector<Bytes> runs[2][2];
  for (auto& of_world : runs) {
    KerberosLab lab;
    for (auto& run : of_world) run = Exchange(lab);
  }
  EXPECT_EQ(runs[0][0], runs[1][0]);
  EXPECT_EQ(runs[0][1], runs[1][1]);
  EXPECT_NE(runs[0][0][0], runs[0][1][0]) << "the same authenticator twice";
}

// What every compiler and every configuration must come to. A change of what is
// sent changes it: then replay what was recorded with the old one, too.
TEST(KerberosDeterminism, ThisIsTheRunOfSeedZero) {
  const auto digest = [](Etype etype) {
    Bytes all;
    for (const Bytes& part : RunOfSeed(0, etype)) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return ToHex(crypto::Md5({all}));
  };
  EXPECT_EQ(digest(Etype::kAes256CtsHmacSha1),
            "66ad6b924c83468d1f57593f32d39149");
  EXPECT_EQ(digest(Etype::kAes128CtsHmacSha256),
            "fed45fa14495ebde91d7c6c013fa3f7e");
  EXPECT_EQ(digest(Etype::kRc4Hmac), "d2d81e066d27c90904bd8f13f81f2277");
}

}  // namespace
}  // namespace sspilab

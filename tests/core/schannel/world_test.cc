// Schannel in its World: one seed is one run, every allocation may fail, any
// number of threads, and what an observer sees.

#include "core/world.h"

#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/crypto/digest.h"
#include "core/machine.h"
#include "core/sspi.h"
#include "gtest/gtest.h"
#include "tests/core/schannel/tls_end.h"
#include "tests/support/hex.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::TlsEnd;
using testing::TlsLab;
using testing::ToHex;

// Everything that goes over the wire in two connections of one lab, of which
// the second takes the first one's session up.
Bytes WireOf(uint64_t seed, DWORD protocols) {
  WorldOptions options;
  options.seed = seed;
  TlsLab lab(options);
  lab.Acquire(protocols);
  Bytes wire;
  for (int i = 0; i < 2; ++i) {
    lab.Shake();
    for (const Bytes& part :
         {lab.outcome.from_client, lab.outcome.from_server,
          lab.client.Encrypt("there"), lab.server.Encrypt("and back")}) {
      wire.insert(wire.end(), part.begin(), part.end());
    }
    lab.client.CloseContext();
    lab.server.CloseContext();
  }
  return wire;
}

TEST(SchannelDeterminism, OneSeedIsOneRun) {
  for (const DWORD protocols : {SP_PROT_TLS1_2, SP_PROT_TLS1_3}) {
    EXPECT_EQ(WireOf(1, protocols), WireOf(1, protocols));
    EXPECT_NE(WireOf(1, protocols), WireOf(2, protocols));
  }
}

TEST(SchannelDeterminism, WhatElseIsOpenDoesNotMatter) {
  const Bytes alone = WireOf(3, SP_PROT_TLS1_3);
  TlsLab other;
  other.Establish();
  TlsLab unfinished;
  unfinished.Acquire();
  unfinished.client.Leg({});
  EXPECT_EQ(WireOf(3, SP_PROT_TLS1_3), alone);
}

// The bytes themselves, so that a change of compiler or library shows.
TEST(SchannelDeterminism, IsTheSameEverywhere) {
  const auto hash = [](DWORD protocols) {
    return ToHex(crypto::Md5({WireOf(7, protocols)}));
  };
  EXPECT_EQ(hash(SP_PROT_TLS1_2), "cec34be22cd73d51f0bda8df66da6809");
  EXPECT_EQ(hash(SP_PROT_TLS1_3), "969012fa387665d7aa7eb078343198af");
}

TEST(SchannelMemory, EachAllocationMayFail) {
  for (const bool allocate : {false, true}) {
    uint64_t failures = 0;
    for (uint64_t n = 1;; ++n) {
      SCOPED_TRACE(n);
      TlsLab lab;
      if (allocate) {
        lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
        lab.server.requirements |= ASC_REQ_ALLOCATE_MEMORY;
      }
      lab.world.memory().FailAt(n);
      const uint64_t before = lab.world.memory().allocations();
      SECURITY_STATUS status = lab.client.Acquire();
      if (status == SEC_E_OK) status = lab.server.Acquire();
      if (status == SEC_E_OK) {
        const testing::TlsOutcome outcome = RunTls(lab.client, lab.server);
        status = outcome.client < 0 ? outcome.client : outcome.server;
        if (status == SEC_E_OK) {
          status = lab.client.Decrypt(outcome.unread).status;
          EXPECT_TRUE(status == SEC_I_RENEGOTIATE ||
                      status == SEC_E_INSUFFICIENT_MEMORY);
          if (status == SEC_I_RENEGOTIATE) {
            status = lab.client.Leg(outcome.unread).status;
          }
        }
      }
      // All that was refused was needed.
      const bool refused = lab.world.memory().allocations() - before >= n;
      EXPECT_EQ(status, refused ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK);
      lab.client.Close();
      lab.server.Close();
      ASSERT_EQ(lab.world.memory().live_allocations(), 0u);
      if (!refused) break;
      ++failures;
    }
    EXPECT_GE(failures, allocate ? 9u : 6u);
  }
}

// Messages take none of the World's memory.
TEST(SchannelMemory, IsNotTakenForMessages) {
  TlsLab lab;
  lab.Establish();
  const uint64_t before = lab.world.memory().allocations();
  lab.ExpectMessagesPass();
  EXPECT_EQ(lab.world.memory().allocations(), before);
}

TEST(SchannelThreads, ShareCredentials) {
  constexpr int kThreads = 4;
  constexpr int kExchanges = 5;
  TlsLab lab;
  lab.Acquire();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&lab] {
      for (int j = 0; j < kExchanges; ++j) {
        TlsEnd client(true, lab.world);
        TlsEnd server(false, lab.world);
        client.credential = lab.client.credential;
        server.credential = lab.server.credential;
        const testing::TlsOutcome outcome = RunTls(client, server);
        ASSERT_EQ(outcome.client, SEC_E_OK);
        ASSERT_EQ(outcome.server, SEC_E_OK);
        ASSERT_EQ(client.Decrypt(outcome.unread).status, SEC_I_RENEGOTIATE);
        ASSERT_EQ(client.Leg(outcome.unread).status, SEC_E_OK);
        EXPECT_EQ(server.Decrypt(client.Encrypt("there")).text, "there");
        EXPECT_EQ(client.Decrypt(server.Encrypt("and back")).text, "and back");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(SchannelThreads, EachInItsOwnWorldAreDeterministic) {
  std::string wires[3];
  std::vector<std::thread> threads;
  for (std::string& wire : wires) {
    threads.emplace_back([&wire] {
      const Bytes bytes = WireOf(5, SP_PROT_TLS1_3);
      wire.assign(bytes.begin(), bytes.end());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wires[0], wires[1]);
  EXPECT_EQ(wires[0], wires[2]);
}

class Watcher : public WorldObserver {
 public:
  void OnTransition(const TransitionTaken& /*transition*/) override {}
  void OnTlsKeyLogLine(std::string_view line) override {
    lines.insert(std::string(line.substr(0, line.find(' '))));
  }
  void OnInnerMessage(InnerMessage kind,
                      absl::Span<const uint8_t> message) override {
    EXPECT_EQ(kind, InnerMessage::kTlsHandshake);
    types.insert(message[0]);
    EXPECT_EQ(message.size(), 4 + (size_t{message[1]} << 16 |
                                   size_t{message[2]} << 8 | message[3]));
  }
  std::set<std::string> lines;
  std::set<int> types;
};

TEST(SchannelObserver, SeesSecretsAndWhatTheyHide) {
  TlsLab lab;
  Watcher watcher;
  lab.world.set_observer(&watcher);
  lab.Establish(SP_PROT_TLS1_3);
  EXPECT_TRUE(watcher.lines.contains("CLIENT_TRAFFIC_SECRET_0"));
  EXPECT_TRUE(watcher.lines.contains("SERVER_HANDSHAKE_TRAFFIC_SECRET"));
  // EncryptedExtensions, Certificate, CertificateVerify, Finished, a ticket.
  EXPECT_EQ(watcher.types, (std::set<int>{4, 8, 11, 15, 20}));
  lab.client.Close();
  lab.server.Close();
  watcher.lines.clear();
  watcher.types.clear();
  lab.Establish(SP_PROT_TLS1_2);
  EXPECT_EQ(watcher.lines, (std::set<std::string>{"CLIENT_RANDOM"}));
  EXPECT_EQ(watcher.types, (std::set<int>{20}));
}

}  // namespace
}  // namespace sspilab

// Contexts on different threads are in nobody's way, whatever Worlds,
// credentials, tickets and replay caches they share.

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/kerberos/lab.h"
#include "tests/core/kerberos/sealed.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::End;
using testing::KerberosLab;

constexpr int kThreads = 4;
constexpr int kExchanges = 10;
constexpr ULONG kWants =
    ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY | ISC_REQ_SEQUENCE_DETECT;

template <typename Work>
void OnEachThread(Work work) {
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

// An end with another one's credential, which stays the other one's.
struct Borrowed : End {
  explicit Borrowed(const End& owner) {
    package = owner.package;
    requirements = owner.requirements;
    credential = owner.credential;
  }
};

TEST(KerberosThreads, ShareCredentialsAndTheirTickets) {
  KerberosLab lab;
  lab.client.requirements = kWants;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  absl::Mutex mutex;
  std::set<Bytes> keys;
  OnEachThread([&](int) {
    for (int i = 0; i < kExchanges; ++i) {
      Borrowed client(lab.client);
      Borrowed server(lab.server);
      Bytes token;
      ASSERT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
      ASSERT_EQ(server.Accept(&token), SEC_E_OK);
      ASSERT_EQ(client.Initialize(&token), SEC_E_OK);
      testing::ExpectArrives(client, server, Bytes(20, 7));
      const absl::MutexLock lock(&mutex);
      keys.insert(server.SessionKey());
    }
  });
  EXPECT_EQ(keys.size(), size_t{kThreads * kExchanges});
}

// The same token to several acceptors at once is taken by one of them.
TEST(KerberosThreads, ATokenIsTakenOnceByWhomeverItReachesFirst) {
  KerberosLab lab;
  lab.client.requirements = kWants;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  for (int i = 0; i < kExchanges; ++i) {
    Borrowed client(lab.client);
    Bytes token;
    ASSERT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    std::atomic<int> taken{0};
    OnEachThread([&](int) {
      Borrowed server(lab.server);
      Bytes copy = token;
      const SECURITY_STATUS status = server.Accept(&copy);
      if (status == SEC_E_OK) {
        ++taken;
      } else {
        EXPECT_EQ(status, SEC_E_LOGON_DENIED) << StatusName(status);
      }
    });
    EXPECT_EQ(taken.load(), 1);
  }
}

TEST(KerberosThreads, EachInItsOwnWorldsAreDeterministic) {
  std::vector<Bytes> keys(kThreads);
  OnEachThread([&keys](int thread) {
    KerberosLab lab;
    lab.client.requirements = kWants;
    for (int i = 0; i < kExchanges; ++i) {
      ASSERT_EQ(lab.Establish(), SEC_E_OK);
      const Bytes key = lab.client.SessionKey();
      Bytes& all = keys[static_cast<size_t>(thread)];
      all.insert(all.end(), key.begin(), key.end());
      lab.client.Close();
      lab.server.Close();
    }
  });
  for (const Bytes& each : keys) EXPECT_EQ(each, keys[0]);
  EXPECT_FALSE(keys[0].empty());
}

}  // namespace
}  // namespace sspilab

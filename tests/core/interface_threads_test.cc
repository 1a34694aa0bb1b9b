// Two threads in one context at a time are told so; different contexts on
// different threads are in nobody's way, whatever Worlds and credentials they
// share.

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/context_functions.h"
#include "tests/core/established.h"
#include "tests/core/returns.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::ContextFunction;
using testing::End;
using testing::Established;
using testing::ExpectSealedMessageArrives;
using testing::kContextFunctions;
using testing::Lab;
using testing::Message;
using testing::Returns;
using testing::RunNtlm;
using testing::SignatureRoom;

// While one thread is inside a call, has a second one make every other call
// into the same context.
class Intruder : public WorldObserver {
 public:
  explicit Intruder(CtxtHandle* context) : context_(context) {}

  void OnTransition(const TransitionTaken&) override {
    // Bound to no World: it is the context's that is told.
    std::thread second([this] {
      for (const ContextFunction& function : kContextFunctions) {
        EXPECT_TRUE(Returns(function.call, function.run(context_),
                            SEC_E_INTERNAL_ERROR))
            << function.name;
        ++calls_;
      }
    });
    second.join();
  }
  void OnConcurrentUse() override { ++reports_; }

  int calls() const { return calls_; }
  int reports() const { return reports_; }

 private:
  CtxtHandle* const context_;
  std::atomic<int> calls_{0};
  std::atomic<int> reports_{0};
};

TEST(TwoThreadsInOneContext, AreReportedAndTheSecondDoesNothing) {
  constexpr int kFunctions = std::size(kContextFunctions);
  Lab lab;
  lab.Acquire();
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  {
    Intruder intruder(&lab.client.context);
    lab.world.set_observer(&intruder);
    EXPECT_EQ(lab.client.Initialize(&token), SEC_E_OK);
    EXPECT_EQ(intruder.calls(), kFunctions);
    EXPECT_EQ(intruder.reports(), kFunctions);
  }
  {
    Intruder intruder(&lab.server.context);
    lab.world.set_observer(&intruder);
    EXPECT_EQ(lab.server.Accept(&token), SEC_E_OK);
    EXPECT_EQ(intruder.calls(), kFunctions);
    EXPECT_EQ(intruder.reports(), kFunctions);
  }
  lab.world.set_observer(nullptr);
  ExpectSealedMessageArrives(&lab.client.context, &lab.server.context, "one");
  ExpectSealedMessageArrives(&lab.server.context, &lab.client.context, "two");
}

TEST(TwoThreadsInOneContext, AreSafeWhoeverComesFirst) {
  Established lab;
  std::atomic<bool> deleted{false};
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (true) {
        const bool stale = deleted.load();
        Message message(
            {{SECBUFFER_TOKEN, SignatureRoom()}, {SECBUFFER_DATA, "text"}});
        const SECURITY_STATUS status =
            MakeSignature(&lab.client.context, 0, message.descriptor(), 0);
        EXPECT_TRUE(status == SEC_E_OK || status == SEC_E_INTERNAL_ERROR ||
                    status == SEC_E_INVALID_HANDLE)
            << StatusName(status);
        if (status == SEC_E_OK) ++done;
        if (stale) {
          EXPECT_EQ(status, SEC_E_INVALID_HANDLE);
          return;
        }
      }
    });
  }
  while (done.load() < 100) std::this_thread::yield();
  SECURITY_STATUS status;
  do {
    status = DeleteSecurityContext(&lab.client.context);
  } while (status == SEC_E_INTERNAL_ERROR);
  EXPECT_EQ(status, SEC_E_OK);
  deleted = true;
  for (std::thread& thread : threads) thread.join();
  lab.client.has_context = false;
}

constexpr int kThreads = 4;
constexpr int kExchanges = 25;

template <typename Work>
void OnEachThread(Work work) {
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

TEST(ManyThreads, EachInItsOwnWorldAreDeterministic) {
  std::string keys[kThreads];
  OnEachThread([&keys](int i) {
    Lab lab;
    for (int j = 0; j < kExchanges; ++j) {
      lab.Acquire();
      ASSERT_EQ(RunNtlm(lab.client, lab.server).accept, SEC_E_OK);
      const Bytes key = lab.client.SessionKey();
      keys[i].append(key.begin(), key.end());
      ExpectSealedMessageArrives(&lab.client.context, &lab.server.context,
                                 "text");
      lab.client.Close();
      lab.server.Close();
    }
    EXPECT_EQ(lab.world.memory().live_allocations(), 0U);
  });
  EXPECT_EQ(keys[0].size(), size_t{16} * kExchanges);
  for (const std::string& key : keys) EXPECT_EQ(key, keys[0]);
}

TEST(ManyThreads, ShareAWorldAndItsCredentials) {
  Lab lab;
  lab.Acquire();
  std::string keys[kThreads][kExchanges];
  OnEachThread([&](int i) {
    for (int j = 0; j < kExchanges; ++j) {
      End client;
      End server;
      client.requirements = ISC_REQ_CONFIDENTIALITY;
      client.credential = lab.client.credential;
      server.credential = lab.server.credential;
      ASSERT_EQ(RunNtlm(client, server).accept, SEC_E_OK);
      EXPECT_EQ(client.SessionKey(), server.SessionKey());
      EXPECT_EQ(server.Name(), u"EXAMPLE\\alice");
      const Bytes key = client.SessionKey();
      keys[i][j].assign(key.begin(), key.end());
      ExpectSealedMessageArrives(&client.context, &server.context, "text");
      ExpectSealedMessageArrives(&server.context, &client.context, "answer");
    }
  });
  std::set<std::string> different;
  for (const auto& of_thread : keys) {
    different.insert(std::begin(of_thread), std::end(of_thread));
  }
  EXPECT_EQ(different.size(), size_t{kThreads} * kExchanges);
  lab.client.Close();
  lab.server.Close();
  EXPECT_EQ(lab.world.memory().live_allocations(), 0U);
}

// A context that is begun on one thread may be finished on another.
TEST(ManyThreads, MayPassAContextOn) {
  Lab lab;
  lab.Acquire();
  Bytes token;
  const auto elsewhere = [](auto work) { std::thread(work).join(); };
  elsewhere(
      [&] { EXPECT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED); });
  elsewhere(
      [&] { EXPECT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED); });
  elsewhere([&] { EXPECT_EQ(lab.client.Initialize(&token), SEC_E_OK); });
  elsewhere([&] { EXPECT_EQ(lab.server.Accept(&token), SEC_E_OK); });
  ExpectSealedMessageArrives(&lab.client.context, &lab.server.context, "text");
}

}  // namespace
}  // namespace sspilab

#include "sim/bench/allocations.h"

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "absl/status/status.h"
#include "core/entropy.h"
#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "sim/bench/handshake.h"

namespace sspilab::sim {
namespace {

// Keeps the compiler from leaving out an allocation that nobody uses.
void Use(void* memory) { asm volatile("" : : "g"(memory) : "memory"); }

TEST(Allocations, AreCounted) {
  const uint64_t before = HeapAllocations();
  const auto object = std::make_unique<int>();
  Use(object.get());
  EXPECT_EQ(HeapAllocations() - before, 1u);
  void* memory = std::malloc(10);
  Use(memory);
  EXPECT_EQ(HeapAllocations() - before, 2u);
  memory = std::realloc(memory, 100'000);
  Use(memory);
  EXPECT_EQ(HeapAllocations() - before, 3u);
  std::free(memory);
  memory = std::calloc(1, 10);
  Use(memory);
  EXPECT_EQ(HeapAllocations() - before, 4u);
  std::free(memory);
  memory = std::aligned_alloc(64, 64);
  Use(memory);
  EXPECT_EQ(HeapAllocations() - before, 5u);
  std::free(memory);
}

TEST(Allocations, OfAHandshakeAreFewAndAllFromTheWorldsBudget) {
  World world;
  world.accounts().Add(kBenchUser, kBenchDomain, kBenchPassword);
  const ScopedWorld bound(&world);
  Handshake handshake(InitSecurityInterfaceW(), u"NTLM");
  const auto run = [&handshake] {
    ASSERT_EQ(handshake.AcquireCredentials(), absl::OkStatus());
    ASSERT_EQ(handshake.Authenticate(), absl::OkStatus());
    ASSERT_EQ(handshake.ExchangeMessages(), absl::OkStatus());
    ASSERT_EQ(handshake.DeleteContexts(), absl::OkStatus());
    ASSERT_EQ(handshake.FreeCredentials(), absl::OkStatus());
  };
  run();  // The handle tables grow.

  const uint64_t heap_before = HeapAllocations();
  const uint64_t world_before = world.memory().allocations();
  run();
  const uint64_t heap = HeapAllocations() - heap_before;
  EXPECT_LE(heap, 8u);
  EXPECT_EQ(world.memory().allocations() - world_before, heap);
}

// With tickets in hand. Its replay cache remembers an exchange: that one is the
// machine's, not the caller's.
TEST(Allocations, OfAKerberosExchangeAreFew) {
  World world;
  Entropy entropy = world.ForkEntropy();
  kerberos::Realm& realm = world.realms().Add("EXAMPLE.TEST", entropy);
  realm.AddFromPassword("administrator", "Sesame, open!");
  realm.AddFromPassword("LAB$", "machine").aliases = {"cifs/lab.example.test"};
  const ScopedWorld bound(&world);
  Handshake handshake(InitSecurityInterfaceW(), u"Kerberos",
                      ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY);
  ASSERT_EQ(handshake.AcquireCredentials(), absl::OkStatus());
  const auto run = [&handshake] {
    ASSERT_EQ(handshake.Authenticate(), absl::OkStatus());
    ASSERT_EQ(handshake.DeleteContexts(), absl::OkStatus());
  };
  // Tickets are fetched, and tables grow.
  for (int i = 0; i < 4; ++i) run();

  const uint64_t before = HeapAllocations();
  run();
  EXPECT_LE(HeapAllocations() - before, 6u);
}

}  // namespace
}  // namespace sspilab::sim

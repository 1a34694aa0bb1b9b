// Every allocation of either World is refused once: the call that needed it
// says so, nothing leaks, and the Worlds go on.

#include <cstdint>
#include <string>

#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/core/credssp/lab.h"

namespace sspilab {
namespace {

using testing::CredSspLab;
using testing::DelegatedTo;
using testing::Identity;

// Authenticates, delegates, and authenticates again. False if a call failed,
// which is then for lack of memory only.
bool Live(CredSspLab& lab) {
  Identity identity(u"alice", u"EXAMPLE", u"Sesame1!");
  SECURITY_STATUS status = lab.client.Acquire(&identity.auth);
  if (status == SEC_E_OK) status = lab.server.Acquire();
  EXPECT_TRUE(status == SEC_E_OK || status == SEC_E_INSUFFICIENT_MEMORY)
      << StatusName(status);
  if (status != SEC_E_OK) return false;
  for (int round = 0; round < 2; ++round) {
    if (round > 0) {
      testing::Bytes token;
      lab.client.inbox.clear();
      lab.server.inbox.clear();
      (void)lab.client.Call(&token);
      lab.server.inbox = token;
      if (lab.client.status >= 0) {
        // Done before, it waits for nothing.
        lab.server.calls = 0;
      }
    }
    testing::Converse(lab.client, lab.server);
    for (const SECURITY_STATUS end : {lab.client.status, lab.server.status}) {
      EXPECT_TRUE(end >= 0 || end == SEC_E_INSUFFICIENT_MEMORY)
          << StatusName(end);
    }
    if (lab.client.status != SEC_E_OK || lab.server.status != SEC_E_OK) {
      return false;
    }
    const std::string delegated = DelegatedTo(lab.server);
    if (delegated == "SEC_E_INSUFFICIENT_MEMORY") return false;
    EXPECT_EQ(delegated, "EXAMPLE\\alice:Sesame1!");
  }
  return true;
}

TEST(CredSspMemory, FailuresAreReportedAndHarmless) {
  for (const bool of_client : {true, false}) {
    uint64_t failures = 0;
    for (uint64_t n = 1;; ++n) {
      SCOPED_TRACE(n);
      CredSspLab lab;
      lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
      World& world = of_client ? lab.client_world : lab.server_world;
      world.memory().FailAt(n);
      const bool lived = Live(lab);
      const bool failed = world.memory().allocations() >= n;
      ASSERT_EQ(lived, !failed);
      lab.client.Close();
      lab.server.Close();
      ASSERT_EQ(lab.client_world.memory().live_allocations(), 0U);
      ASSERT_EQ(lab.server_world.memory().live_allocations(), 0U);
      if (lived) break;
      ++failures;
    }
    EXPECT_GT(failures, 40U);
  }
}

}  // namespace
}  // namespace sspilab

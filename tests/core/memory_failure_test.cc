// Every allocation that a World makes is refused once: the call that needed it
// says so, nothing leaks, nothing is half done, and the World goes on.

#include <cstdint>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/attribute_text.h"
#include "tests/core/established.h"
#include "tests/core/returns.h"

namespace sspilab {
namespace {

using testing::Ansi;
using testing::Bytes;
using testing::End;
using testing::ExpectSealedMessageArrives;
using testing::QueryText;
using testing::Returns;
using testing::TakePackage;
using testing::TakeText;
using testing::Wide;

// A life with the SSPI, from the packages' names to imported contexts. Stops at
// the first call that fails.
class Life {
 public:
  Life(World& world, ULONG requirements) : world_(world), bind_(&world) {
    client_.requirements = requirements | ISC_REQ_CONFIDENTIALITY;
    server_.requirements = requirements;
  }
  ~Life() {
    for (CtxtHandle& context : imported_) DeleteSecurityContext(&context);
  }
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  // The status of the last call that was made.
  SECURITY_STATUS Live() {
    return Packages() && Acquire() && Shake() && Attributes<Wide>() &&
                   Attributes<Ansi>() && Move() && Talk()
               ? SEC_E_OK
               : status_;
  }

 private:
  // Whether to go on. Whatever goes wrong is for lack of memory.
  bool Went(Call call, SECURITY_STATUS status) {
    status_ = status;
    if (status < 0) {
      EXPECT_TRUE(Returns(call, status, SEC_E_INSUFFICIENT_MEMORY));
    }
    return status >= 0;
  }

  bool Packages() {
    ULONG count = 0;
    PSecPkgInfoW infos = nullptr;
    if (!Went(Call::kEnumerateSecurityPackages,
              EnumerateSecurityPackagesW(&count, &infos))) {
      EXPECT_EQ(count, 0U);
      EXPECT_EQ(infos, nullptr);
      return false;
    }
    EXPECT_NE(TakePackage(infos), "(null)");
    PSecPkgInfoA info = nullptr;
    char name[] = "NTLM";
    if (!Went(Call::kQuerySecurityPackageInfo,
              QuerySecurityPackageInfoA(name, &info))) {
      EXPECT_EQ(info, nullptr);
      return false;
    }
    EXPECT_NE(TakePackage(info), "(null)");
    return true;
  }

  bool Acquire() {
    if (!Went(Call::kAcquireCredentialsHandle,
              client_.AcquireOutbound(world_, u"alice", u"EXAMPLE",
                                      u"Sesame1!"))) {
      EXPECT_FALSE(SecIsValidHandle(&client_.credential));
      return false;
    }
    if (!Went(Call::kAcquireCredentialsHandle,
              server_.AcquireInbound(world_))) {
      return false;
    }
    SecPkgCredentials_NamesA names = {};
    if (!Went(Call::kQueryCredentialsAttributes,
              QueryCredentialsAttributesA(&client_.credential,
                                          SECPKG_CRED_ATTR_NAMES, &names))) {
      EXPECT_EQ(names.sUserName, nullptr);
      return false;
    }
    EXPECT_EQ(TakeText(names.sUserName), "EXAMPLE\\alice");
    return true;
  }

  bool Shake() {
    Bytes token;
    for (int leg = 0; leg < 4; ++leg) {
      const bool initiator = leg % 2 == 0;
      if (!Went(initiator ? Call::kInitializeSecurityContext
                          : Call::kAcceptSecurityContext,
                initiator ? client_.Initialize(&token)
                          : server_.Accept(&token))) {
        return false;
      }
      EXPECT_EQ(token.empty(), leg == 3);
    }
    EXPECT_EQ(status_, SEC_E_OK);
    return true;
  }

  template <typename C>
  bool Attributes() {
    for (CtxtHandle* context : {&client_.context, &server_.context}) {
      for (ULONG attribute = 0; attribute < 40; ++attribute) {
        std::string text;
        const SECURITY_STATUS status = QueryText<C>(context, attribute, &text);
        // What is not there is not there for other reasons.
        if (status == SEC_E_UNSUPPORTED_FUNCTION ||
            status == SEC_E_INTERNAL_ERROR) {
          continue;
        }
        if (!Went(Call::kQueryContextAttributes, status)) {
          EXPECT_TRUE(text.empty());
          return false;
        }
        EXPECT_EQ(text.find("(null)"), std::string::npos) << attribute;
      }
    }
    return true;
  }

  bool Move() {
    CtxtHandle* contexts[] = {&client_.context, &server_.context};
    for (int i = 0; i < 2; ++i) {
      SecBuffer packed = {};
      if (!Went(Call::kExportSecurityContext,
                ExportSecurityContext(contexts[i], 0, &packed, nullptr))) {
        EXPECT_EQ(packed.pvBuffer, nullptr);
        return false;
      }
      char16_t name[] = u"NTLM";
      CtxtHandle made = {};
      const bool went =
          Went(Call::kImportSecurityContext,
               ImportSecurityContextW(name, &packed, nullptr, &made));
      EXPECT_EQ(FreeContextBuffer(packed.pvBuffer), SEC_E_OK);
      if (!went) return false;
      imported_.push_back(made);
    }
    return true;
  }

  // Takes no memory at all.
  bool Talk() {
    const uint64_t before = world_.memory().allocations();
    ExpectSealedMessageArrives(&client_.context, &server_.context, "there");
    ExpectSealedMessageArrives(&server_.context, &client_.context, "and back");
    ExpectSealedMessageArrives(&imported_[0], &imported_[1], "elsewhere");
    EXPECT_EQ(world_.memory().allocations(), before);
    return true;
  }

  World& world_;
  ScopedWorld bind_;
  End client_, server_;
  std::vector<CtxtHandle> imported_;
  SECURITY_STATUS status_ = SEC_E_OK;
};

class MemoryFailures : public ::testing::TestWithParam<ULONG> {};

INSTANTIATE_TEST_SUITE_P(Into, MemoryFailures,
                         ::testing::Values(0, ISC_REQ_ALLOCATE_MEMORY),
                         [](const auto& tested) {
                           return tested.param == 0 ? "TheCallersBuffers"
                                                    : "AllocatedBuffers";
                         });

TEST_P(MemoryFailures, AreReportedAndHarmless) {
  uint64_t failures = 0;
  for (uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    World world;
    world.accounts().Add(u"alice", u"EXAMPLE", u"Sesame1!");
    world.memory().FailAt(n);
    const SECURITY_STATUS status = Life(world, GetParam()).Live();
    // All of it came back.
    ASSERT_EQ(world.memory().live_allocations(), 0U);
    ASSERT_EQ(world.memory().live_bytes(), 0U);
    if (status == SEC_E_OK) {
      // Only because there was no n-th allocation.
      ASSERT_LT(world.memory().allocations(), n);
      failures = n - 1;
      break;
    }
    ASSERT_GE(world.memory().allocations(), n);
    // The next one does not suffer from it.
    ASSERT_EQ(Life(world, GetParam()).Live(), SEC_E_OK);
    ASSERT_EQ(world.memory().live_allocations(), 0U);
  }
  // The attributes' parts alone are that many: the failures were there.
  EXPECT_GT(failures, 50U);
}

// A budget of bytes is refused in the same way.
TEST(MemoryLimit, IsReportedAndHarmless) {
  bool succeeded = false;
  for (uint64_t limit = 0; limit <= 16384; limit += 64) {
    SCOPED_TRACE(limit);
    World world;
    world.accounts().Add(u"alice", u"EXAMPLE", u"Sesame1!");
    world.memory().set_limit(limit);
    const SECURITY_STATUS status = Life(world, ISC_REQ_ALLOCATE_MEMORY).Live();
    // More room never does harm.
    EXPECT_TRUE(status == SEC_E_OK || !succeeded);
    succeeded = status == SEC_E_OK;
    EXPECT_EQ(world.memory().live_bytes(), 0U);
  }
  EXPECT_TRUE(succeeded);
}

}  // namespace
}  // namespace sspilab

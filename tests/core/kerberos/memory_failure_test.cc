// Every allocation that a World makes is refused once: the call that needed it
// says so, nothing leaks, and the World goes on.

#include <cstdint>
#include <string>
#include <tuple>

#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/attribute_text.h"
#include "tests/core/kerberos/lab.h"
#include "tests/core/kerberos/sealed.h"

namespace sspilab {
namespace {

using kerberos::Etype;
using testing::Bytes;
using testing::End;
using testing::KerberosLab;
using testing::QueryText;
using testing::Sealed;
using testing::Wide;

// From the credentials to an imported context. Stops at the first call that
// fails, which must be for lack of memory.
class Life {
 public:
  explicit Life(KerberosLab& lab) : lab_(lab) {}

  SECURITY_STATUS Live() {
    return Went(lab_.Establish()) && Attributes() && Talk() && Move() ? SEC_E_OK
                                                                      : status_;
  }

 private:
  bool Went(SECURITY_STATUS status) {
    status_ = status;
    if (status < 0) {
      EXPECT_EQ(status, SEC_E_INSUFFICIENT_MEMORY) << StatusName(status);
    }
    return status >= 0;
  }

  bool Attributes() {
    for (End* const end : {&lab_.client, &lab_.server}) {
      for (ULONG attribute = 0; attribute < 40; ++attribute) {
        std::string text;
        const SECURITY_STATUS status =
            QueryText<Wide>(&end->context, attribute, &text);
        // What is not there is not there for other reasons.
        if (status < 0 && status != SEC_E_INSUFFICIENT_MEMORY) continue;
        if (!Went(status)) return false;
      }
    }
    return true;
  }

  bool Talk() {
    const Bytes text(20, 7);
    Sealed message{{}, text, {}};
    if (!Went(testing::Encrypt(lab_.client, &message))) {
      // It was not sent: the next one has its number.
      EXPECT_EQ(message.data, text);
      testing::ExpectArrives(lab_.client, lab_.server, text);
      return false;
    }
    Sealed copy = message;
    if (!Went(testing::Decrypt(lab_.server, &copy))) {
      // It was not received, and can be still.
      EXPECT_EQ(testing::Decrypt(lab_.server, &message), SEC_E_OK);
      EXPECT_EQ(message.data, text);
      return false;
    }
    EXPECT_EQ(copy.data, text);
    return true;
  }

  bool Move() {
    ScopedWorld bind(&lab_.client_world);
    SecBuffer packed = {};
    if (!Went(
            ExportSecurityContext(&lab_.client.context, 0, &packed, nullptr))) {
      EXPECT_EQ(packed.pvBuffer, nullptr);
      return false;
    }
    char16_t package[] = u"Kerberos";
    End imported;
    imported.has_context = Went(
        ImportSecurityContextW(package, &packed, nullptr, &imported.context));
    EXPECT_EQ(FreeContextBuffer(packed.pvBuffer), SEC_E_OK);
    return imported.has_context;
  }

  KerberosLab& lab_;
  SECURITY_STATUS status_ = SEC_E_OK;
};

// Whose memory, and what the client asks for.
class MemoryFailures
    : public ::testing::TestWithParam<std::tuple<bool, ULONG>> {
 protected:
  static SECURITY_STATUS LiveOnce(KerberosLab& lab) {
    lab.client.requirements = std::get<1>(GetParam()) |
                              ISC_REQ_CONFIDENTIALITY | ISC_REQ_DELEGATE |
                              ISC_REQ_SEQUENCE_DETECT;
    const SECURITY_STATUS status = Life(lab).Live();
    lab.client.Close();
    lab.server.Close();
    return status;
  }
  static World& Failing(KerberosLab& lab) {
    return std::get<0>(GetParam()) ? lab.client_world : lab.server_world;
  }
};

INSTANTIATE_TEST_SUITE_P(
    Of, MemoryFailures,
    ::testing::Combine(
        ::testing::Bool(),
        ::testing::Values(0, ISC_REQ_MUTUAL_AUTH, ISC_REQ_USE_DCE_STYLE,
                          ISC_REQ_MUTUAL_AUTH | ISC_REQ_ALLOCATE_MEMORY)));

TEST_P(MemoryFailures, AreReportedAndHarmless) {
  uint64_t failures = 0;
  for (uint64_t n = 1;; ++n) {
    SCOPED_TRACE(n);
    KerberosLab lab;
    World& world = Failing(lab);
    world.memory().FailAt(n);
    const SECURITY_STATUS status = LiveOnce(lab);
    for (World* const each : {&lab.client_world, &lab.server_world}) {
      ASSERT_EQ(each->memory().live_allocations(), 0U);
      ASSERT_EQ(each->memory().live_bytes(), 0U);
    }
    if (status == SEC_E_OK) {
      // Only because there was no n-th allocation.
      ASSERT_LT(world.memory().allocations(), n);
      failures = n - 1;
      break;
    }
    ASSERT_GE(world.memory().allocations(), n);
    // The next one does not suffer from it.
    ASSERT_EQ(LiveOnce(lab), SEC_E_OK);
  }
  EXPECT_GT(failures, 10U);
}

}  // namespace
}  // namespace sspilab

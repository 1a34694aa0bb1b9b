// A domain whose clock is not the client's: the client takes the time from the
// KDC's refusal, and goes by it with the services, too.

#include <cstdint>
#include <string>
#include <vector>

#include "core/entropy.h"
#include "core/kerberos/kdc.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/lab.h"

namespace sspilab {
namespace {

using kerberos::ErrorCode;
using testing::Bytes;
using testing::End;
using testing::KerberosLab;

constexpr int64_t kHour = 3600;

// The KDC is the server's, and has its clock.
struct ClocksLab : KerberosLab {
  explicit ClocksLab(int64_t hours_ahead) {
    client.requirements = ISC_REQ_MUTUAL_AUTH;
    World& later = hours_ahead > 0 ? server_world : client_world;
    const int64_t hours = hours_ahead > 0 ? hours_ahead : -hours_ahead;
    later.Advance(static_cast<uint64_t>(hours * kHour) * kFileTimeSecond);
    realm().set_exchange([this](kerberos::Bytes request) {
      Bytes answer =
          kerberos::Kdc(server_world.realms(),
                        kerberos::FromFileTime(server_world.now()), entropy)
              .Answer("EXAMPLE.TEST", request);
      const auto error = kerberos::Parse<kerberos::KrbError>(answer);
      said.push_back(error.ok() ? static_cast<ErrorCode>(error->error_code)
                                : ErrorCode::kNone);
      return answer;
    });
  }

  void ExpectTenHoursLeft(End& end, World& world) {
    SecPkgContext_Lifespan lifespan = {};
    ASSERT_EQ(
        QueryContextAttributesW(&end.context, SECPKG_ATTR_LIFESPAN, &lifespan),
        SEC_E_OK);
    EXPECT_EQ(static_cast<uint64_t>(lifespan.tsExpiry.QuadPart),
              world.now() + 10 * kHour * kFileTimeSecond);
    EXPECT_EQ(static_cast<uint64_t>(lifespan.tsStart.QuadPart), world.now());
  }

  Entropy entropy{3, 3};
  // The KDC's answers; kNone is no error.
  std::vector<ErrorCode> said;
};

TEST(KerberosClocksTest, TheKdcsClockIsTakenFromItsRefusal) {
  for (const char16_t* const package : {u"Kerberos", u"Negotiate"}) {
    for (const int64_t hours_ahead : {-30, -1, 1, 30}) {
      SCOPED_TRACE(hours_ahead);
      ClocksLab lab(hours_ahead);
      lab.client.package = lab.server.package = package;
      ASSERT_EQ(lab.Establish(), SEC_E_OK);
      EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
      // What the first refusal told is known in the second exchange.
      EXPECT_EQ(lab.said,
                (std::vector{ErrorCode::kPreauthRequired, ErrorCode::kSkew,
                             ErrorCode::kNone, ErrorCode::kNone}));
      // Each end says by its own clock how long it lasts.
      lab.ExpectTenHoursLeft(lab.client, lab.client_world);
      lab.ExpectTenHoursLeft(lab.server, lab.server_world);
    }
  }
}

TEST(KerberosClocksTest, ATicketThatIsHeldKeepsTheClock) {
  ClocksLab lab(1);
  for (const ULONG requirements :
       {ISC_REQ_MUTUAL_AUTH, ISC_REQ_USE_DCE_STYLE, 0}) {
    lab.client.requirements = requirements;
    ASSERT_EQ(lab.Establish(), SEC_E_OK);
    for (End* const end : {&lab.client, &lab.server}) {
      DeleteSecurityContext(&end->context);
      end->has_context = false;
    }
    lab.client_world.Advance(kFileTimeSecond);
    lab.server_world.Advance(kFileTimeSecond);
  }
  EXPECT_EQ(lab.said.size(), 4U);
}

// Who need not prove himself hears of the time with the first ticket for a
// service.
TEST(KerberosClocksTest, TheTicketGrantingServiceTellsToo) {
  ClocksLab lab(1);
  lab.server_world.realms()
      .Find("EXAMPLE.TEST")
      ->Find("alice")
      ->requires_preauthentication = false;
  ASSERT_EQ(lab.Establish(), SEC_E_OK);
  EXPECT_EQ(lab.said, (std::vector{ErrorCode::kNone, ErrorCode::kSkew,
                                   ErrorCode::kNone}));
}

// There is one second chance, whatever time the KDC says that it is.
TEST(KerberosClocksTest, AKdcThatInsistsIsASkew) {
  for (const int64_t stime :
       {int64_t{0}, int64_t{-62'167'219'200}, int64_t{253'402'300'799}}) {
    KerberosLab lab;
    int asked = 0;
    lab.realm().set_exchange([&](kerberos::Bytes) {
      ++asked;
      return kerberos::Encode(kerberos::KrbError{
          .stime = {stime},
          .error_code = static_cast<int32_t>(ErrorCode::kSkew),
          .realm = "EXAMPLE.TEST"});
    });
    EXPECT_EQ(lab.Establish(), SEC_E_TIME_SKEW);
    EXPECT_EQ(asked, 2);
  }
}

// The acceptor's clock is neither the KDC's nor what the client takes it for.
TEST(KerberosClocksTest, AServiceWithAnotherClockIsASkew) {
  ClocksLab lab(1);
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  lab.server_world.Advance(301 * kFileTimeSecond);
  EXPECT_EQ(lab.server.Accept(&token), SEC_E_TIME_SKEW);
}

}  // namespace
}  // namespace sspilab

// Tickets end: what that means for contexts, and for those who want new ones.

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/lab.h"

namespace sspilab {
namespace {

using sspilab::testing::Bytes;
using sspilab::testing::KerberosLab;
using sspilab::testing::RunLegs;

struct Lab : KerberosLab {
  Lab() {
    client.requirements = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY;
    EXPECT_EQ(Acquire(), SEC_E_OK);
  }
  void Advance(int64_t seconds) {
    client_world.Advance(static_cast<FileTime>(seconds) * kFileTimeSecond);
    server_world.Advance(static_cast<FileTime>(seconds) * kFileTimeSecond);
  }
  // Another context with the same credentials. Its ticket's end, in seconds of
  // the Worlds' time.
  int64_t Again() {
    DeleteSecurityContext(&client.context);
    DeleteSecurityContext(&server.context);
    client.has_context = server.has_context = false;
    EXPECT_EQ(RunLegs(client, server), SEC_E_OK);
    return End();
  }
  int64_t End() {
    SecPkgContext_Lifespan lifespan = {};
    EXPECT_EQ(QueryContextAttributesW(&client.context, SECPKG_ATTR_LIFESPAN,
                                      &lifespan),
              SEC_E_OK);
    return static_cast<int64_t>(
        (static_cast<FileTime>(lifespan.tsExpiry.QuadPart) - kFileTimeGenesis) /
        kFileTimeSecond);
  }
};

SECURITY_STATUS Sign(testing::End& end) {
  Bytes token(64);
  Bytes data(8);
  SecBuffer buffers[] = {{64, SECBUFFER_TOKEN, token.data()},
                         {8, SECBUFFER_DATA, data.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  return MakeSignature(&end.context, 0, &descriptor, 0);
}

SECURITY_STATUS Encrypt(testing::End& end, Bytes* token, Bytes* data) {
  SecBuffer buffers[] = {
      {static_cast<ULONG>(token->size()), SECBUFFER_TOKEN, token->data()},
      {static_cast<ULONG>(data->size()), SECBUFFER_DATA, data->data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  return EncryptMessage(&end.context, 0, &descriptor, 0);
}

TEST(KerberosLifetimesTest, AContextEndsWithItsTicket) {
  Lab lab;
  ASSERT_EQ(RunLegs(lab.client, lab.server), SEC_E_OK);
  EXPECT_EQ(lab.End(), 10 * 3600);
  Bytes token(60);
  Bytes data(8);
  lab.Advance(10 * 3600 - 1);
  EXPECT_EQ(Sign(lab.client), SEC_E_OK);
  ASSERT_EQ(Encrypt(lab.server, &token, &data), SEC_E_OK);

  lab.Advance(1);
  EXPECT_EQ(Sign(lab.client), SEC_E_CONTEXT_EXPIRED);
  EXPECT_EQ(Sign(lab.server), SEC_E_CONTEXT_EXPIRED);
  Bytes other_token(60);
  Bytes other_data(8);
  EXPECT_EQ(Encrypt(lab.client, &other_token, &other_data),
            SEC_E_CONTEXT_EXPIRED);
  SecBuffer buffers[] = {{60, SECBUFFER_TOKEN, token.data()},
                         {8, SECBUFFER_DATA, data.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  EXPECT_EQ(DecryptMessage(&lab.client.context, &descriptor, 0, nullptr),
            SEC_E_CONTEXT_EXPIRED);
  EXPECT_EQ(VerifySignature(&lab.client.context, &descriptor, 0, nullptr),
            SEC_E_CONTEXT_EXPIRED);
  // It still says what it was.
  EXPECT_EQ(lab.End(), 10 * 3600);
}

TEST(KerberosLifetimesTest, AHeldTicketIsUsedUntilItIsNearItsEnd) {
  Lab lab;
  ASSERT_EQ(RunLegs(lab.client, lab.server), SEC_E_OK);
  lab.Advance(9 * 3600);
  EXPECT_EQ(lab.Again(), 10 * 3600);
  lab.Advance(3600 - 30);
  EXPECT_EQ(lab.Again(), 20 * 3600 - 30);
  // A KDC is needed for that one, and not for the one before it.
  lab.client_world.options().authority_reachable = false;
  lab.Advance(3600);
  EXPECT_EQ(lab.Again(), 20 * 3600 - 30);
  lab.Advance(9 * 3600);
  Bytes token;
  DeleteSecurityContext(&lab.client.context);
  lab.client.has_context = false;
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

TEST(KerberosLifetimesTest, TheRealmSaysHowLong) {
  Lab lab;
  lab.realm().policy().max_ticket_life = 600;
  ASSERT_EQ(RunLegs(lab.client, lab.server), SEC_E_OK);
  EXPECT_EQ(lab.End(), 600);
}

// A service's ticket ends with the ticket-granting one that got it.
TEST(KerberosLifetimesTest, NoTicketOutlivesTheOneItCameFrom) {
  Lab lab;
  ASSERT_EQ(RunLegs(lab.client, lab.server), SEC_E_OK);
  lab.Advance(6 * 3600);
  lab.client.target = u"HTTP/lab.example.test";
  EXPECT_EQ(lab.Again(), 10 * 3600);
}

// The code of the last KRB-ERROR of a KDC; 0 where its last answer is none.
class LastError : public WorldObserver {
 public:
  void OnTransition(const TransitionTaken& /*transition*/) override {}
  void OnKdcExchange(std::string_view /*realm*/,
                     absl::Span<const uint8_t> /*request*/,
                     absl::Span<const uint8_t> answer) override {
    const auto error = kerberos::Parse<kerberos::KrbError>(answer);
    code_ = error.ok() ? error->error_code : 0;
  }
  int32_t code() const { return code_; }

 private:
  int32_t code_ = -1;
};

// RFC 4120 3.3.3.1 has the KDC check a ticket-granting ticket's starttime.
TEST(KerberosLifetimesTest, NoTicketComesOfOneWhoseTimeIsYetToCome) {
  constexpr FileTime kSkew = 5 * 60 * kFileTimeSecond;
  for (const bool too_early : {false, true}) {
    Lab lab;
    ASSERT_EQ(RunLegs(lab.client, lab.server), SEC_E_OK);
    // The ticket-granting ticket is held; the time before it comes again.
    lab.client_world.set_now(kFileTimeGenesis - kSkew -
                             (too_early ? kFileTimeSecond : 0));
    LastError error;
    lab.client_world.set_observer(&error);
    DeleteSecurityContext(&lab.client.context);
    lab.client.has_context = false;
    lab.client.target = u"HTTP/lab.example.test";
    Bytes token;
    const SECURITY_STATUS status = lab.client.Initialize(&token);
    lab.client_world.set_observer(nullptr);
    if (too_early) {
      EXPECT_LT(status, 0);
      EXPECT_EQ(error.code(),
                static_cast<int32_t>(kerberos::ErrorCode::kTicketNotYetValid));
    } else {
      EXPECT_EQ(status, SEC_I_CONTINUE_NEEDED);
      EXPECT_EQ(error.code(), 0);
    }
  }
}

}  // namespace
}  // namespace sspilab

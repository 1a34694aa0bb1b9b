// Acting as the client: ImpersonateSecurityContext, RevertSecurityContext and
// QuerySecurityContextToken. Attributes and messages have tests of their own.

#include <optional>
#include <string>
#include <thread>

#include "core/impersonation.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/core/established.h"
#include "tests/core/returns.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::Established;
using testing::Lab;
using testing::Returns;

class Impersonation : public ::testing::Test {
 protected:
  void ExpectImpersonate(CtxtHandle* context, SECURITY_STATUS status) {
    EXPECT_TRUE(Returns(Call::kImpersonateSecurityContext,
                        ImpersonateSecurityContext(context), status));
  }
  void ExpectRevert(CtxtHandle* context, SECURITY_STATUS status) {
    EXPECT_TRUE(Returns(Call::kRevertSecurityContext,
                        RevertSecurityContext(context), status));
  }
  void ExpectToken(CtxtHandle* context, SECURITY_STATUS status) {
    HANDLE token = &token;
    EXPECT_TRUE(Returns(Call::kQuerySecurityContextToken,
                        QuerySecurityContextToken(context, &token), status));
    EXPECT_EQ(token != &token, status == SEC_E_OK);
  }
};

TEST_F(Impersonation, LastsUntilItIsReverted) {
  Established lab;
  EXPECT_EQ(ImpersonatedIdentity(), std::nullopt);
  ExpectImpersonate(&lab.server.context, SEC_E_OK);
  EXPECT_EQ(ImpersonatedIdentity(), u"EXAMPLE\\alice");
  ExpectImpersonate(&lab.server.context, SEC_E_OK);
  ExpectRevert(&lab.server.context, SEC_E_OK);
  EXPECT_EQ(ImpersonatedIdentity(), std::nullopt);
  // Nothing to revert is no error.
  ExpectRevert(&lab.server.context, SEC_E_OK);
  EXPECT_EQ(ImpersonatedIdentity(), std::nullopt);
}

TEST_F(Impersonation, IsTheThreadsOwn) {
  Established lab;
  ExpectImpersonate(&lab.server.context, SEC_E_OK);
  std::thread([] { EXPECT_EQ(ImpersonatedIdentity(), std::nullopt); }).join();
  ExpectRevert(&lab.server.context, SEC_E_OK);
}

// A thread keeps its token when the context goes.
TEST_F(Impersonation, OutlivesItsContext) {
  Established other;
  {
    Established lab;
    ExpectImpersonate(&lab.server.context, SEC_E_OK);
  }
  EXPECT_EQ(ImpersonatedIdentity(), u"EXAMPLE\\alice");
  ExpectRevert(&other.server.context, SEC_E_OK);
  EXPECT_EQ(ImpersonatedIdentity(), std::nullopt);
}

TEST_F(Impersonation, IsOfTheClientByAServerThatKnowsIt) {
  Established lab;
  // A client has nobody to act as.
  ExpectImpersonate(&lab.client.context, SEC_E_NO_IMPERSONATION);
  ExpectToken(&lab.client.context, SEC_E_NO_IMPERSONATION);
  Lab unfinished;
  unfinished.Acquire();
  Bytes token;
  ASSERT_EQ(unfinished.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(unfinished.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  ExpectImpersonate(&unfinished.server.context, SEC_E_NO_IMPERSONATION);
  ExpectToken(&unfinished.server.context, SEC_E_NO_IMPERSONATION);
  EXPECT_EQ(ImpersonatedIdentity(), std::nullopt);
}

TEST_F(Impersonation, HasATokenForEachContext) {
  Established one;
  Established two;
  HANDLE tokens[3] = {};
  ASSERT_EQ(QuerySecurityContextToken(&one.server.context, &tokens[0]),
            SEC_E_OK);
  ASSERT_EQ(QuerySecurityContextToken(&one.server.context, &tokens[1]),
            SEC_E_OK);
  ASSERT_EQ(QuerySecurityContextToken(&two.server.context, &tokens[2]),
            SEC_E_OK);
  EXPECT_NE(tokens[0], nullptr);
  EXPECT_EQ(tokens[0], tokens[1]);
  EXPECT_NE(tokens[0], tokens[2]);
  EXPECT_TRUE(Returns(Call::kQuerySecurityContextToken,
                      QuerySecurityContextToken(&one.server.context, nullptr),
                      SEC_E_INVALID_PARAMETER));
  // Asking for it is not impersonating.
  EXPECT_EQ(ImpersonatedIdentity(), std::nullopt);
}

}  // namespace
}  // namespace sspilab

// With what the one end delegates the other reaches a further service as the
// client.

#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/role.h"
#include "core/sspi.h"
#include "gtest/gtest.h"
#include "tests/interop/krb5_pair.h"

namespace sspilab::interop {
namespace {

using kerberos::Etype;

// With which keys; mutual authentication or not.
class Krb5DelegationTest
    : public ::testing::TestWithParam<std::tuple<Etype, bool>> {
 protected:
  PairTerms Terms(Role ours) const {
    const auto& [etype, mutual] = GetParam();
    return {.etype = etype,
            .ours = ours,
            .flags =
                OM_uint32{GSS_C_DELEG_FLAG} | (mutual ? GSS_C_MUTUAL_FLAG : 0)};
  }
};

TEST_P(Krb5DelegationTest, MitDelegatesToUs) {
  Krb5Pair pair(Terms(Role::kAcceptor));
  ASSERT_NO_FATAL_FAILURE(pair.Connect());
  EXPECT_NE(pair.mit().flags() & GSS_C_DELEG_FLAG, 0U);
  EXPECT_NE(pair.ours().attributes & ASC_RET_DELEGATE, 0U);

  World& world = pair.lab().server_world;
  ASSERT_EQ(ImpersonateSecurityContext(&pair.ours().context), SEC_E_OK);
  End onwards;
  End third;
  onwards.package = third.package = u"Kerberos";
  const SECURITY_STATUS acquired =
      onwards.AcquireOutbound(world, nullptr, nullptr, nullptr);
  ASSERT_EQ(RevertSecurityContext(&pair.ours().context), SEC_E_OK);
  ASSERT_EQ(acquired, SEC_E_OK);
  Bytes token;
  ASSERT_EQ(onwards.Initialize(&token), SEC_E_OK);
  ASSERT_EQ(third.AcquireInbound(world), SEC_E_OK);
  ASSERT_EQ(third.Accept(&token), SEC_E_OK);
  EXPECT_EQ(third.Name(), u"EXAMPLE\\alice");
}

TEST_P(Krb5DelegationTest, WeDelegateToMit) {
  Krb5Pair pair(Terms(Role::kInitiator));
  pair.lab().realm().Find("HTTP/lab.example.test")->trusted_for_delegation =
      true;
  ASSERT_NO_FATAL_FAILURE(pair.Connect());
  EXPECT_NE(pair.ours().attributes & ISC_RET_DELEGATE, 0U);
  EXPECT_NE(pair.mit().flags() & GSS_C_DELEG_FLAG, 0U);
  const MitEnd::Delegated delegated = pair.mit().InquireDelegated();
  EXPECT_EQ(delegated.owner, "alice@EXAMPLE.TEST");
  EXPECT_GT(delegated.lifetime, 9U * 3600);

  // MIT's own initiator goes on with it, and back to us.
  MitEnd onwards;
  ASSERT_NO_FATAL_FAILURE(onwards.AcquireDelegated(pair.mit()));
  End third;
  third.package = u"Kerberos";
  ASSERT_EQ(third.AcquireInbound(pair.lab().server_world), SEC_E_OK);
  Bytes token;
  const MitEnd::Outcome outcome = onwards.Initialize(&token, 0);
  ASSERT_EQ(outcome.major, GSS_S_COMPLETE) << outcome.words();
  ASSERT_EQ(third.Accept(&token), SEC_E_OK);
  EXPECT_EQ(third.Name(), u"EXAMPLE\\alice");
}

std::string NameOf(
    const ::testing::TestParamInfo<Krb5DelegationTest::ParamType>& info) {
  const auto& [etype, mutual] = info.param;
  return absl::StrCat(etype == Etype::kRc4Hmac ? "rc4" : "aes256",
                      mutual ? "_mutual" : "_one_way");
}

INSTANTIATE_TEST_SUITE_P(
    All, Krb5DelegationTest,
    ::testing::Combine(::testing::Values(Etype::kAes256CtsHmacSha1,
                                         Etype::kRc4Hmac),
                       ::testing::Bool()),
    NameOf);

}  // namespace
}  // namespace sspilab::interop

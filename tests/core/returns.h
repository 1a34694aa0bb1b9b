#ifndef SSPILAB_TESTS_CORE_RETURNS_H_
#define SSPILAB_TESTS_CORE_RETURNS_H_

#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"

namespace sspilab::testing {

// EXPECT_TRUE(Returns(Call::kMakeSignature, MakeSignature(...), SEC_E_OK)):
// the status is the expected one, and one that NTLM may return from that call.
inline ::testing::AssertionResult Returns(Call call, SECURITY_STATUS actual,
                                          SECURITY_STATUS expected) {
  if (actual != expected) {
    return ::testing::AssertionFailure()
           << CallName(call) << " returned " << StatusName(actual) << ", not "
           << StatusName(expected);
  }
  if (!MayReturn(call, Package::kNtlm, actual)) {
    return ::testing::AssertionFailure()
           << CallName(call) << " may not return " << StatusName(actual);
  }
  return ::testing::AssertionSuccess();
}

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_RETURNS_H_

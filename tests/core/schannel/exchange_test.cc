// A handshake and messages, in both versions of TLS.

#include <string>

#include "core/sspi.h"
#include "gtest/gtest.h"
#include "tests/core/schannel/tls_end.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::TlsEnd;
using testing::TlsLab;

class Exchange : public ::testing::TestWithParam<DWORD> {};

INSTANTIATE_TEST_SUITE_P(Of, Exchange,
                         ::testing::Values(SP_PROT_TLS1_2, SP_PROT_TLS1_3),
                         [](const auto& tested) {
                           return tested.param == SP_PROT_TLS1_2 ? "Tls12"
                                                                 : "Tls13";
                         });

TEST_P(Exchange, EndsInMessagesThatPass) {
  TlsLab lab;
  lab.Establish(GetParam());
  lab.ExpectMessagesPass();
}

TEST_P(Exchange, MessagesOfEverySizeAreSealedInPlace) {
  TlsLab lab;
  lab.Establish(GetParam());
  SecPkgContext_StreamSizes sizes = {};
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK);
  EXPECT_EQ(sizes.cbMaximumMessage, 16384u);
  EXPECT_EQ(sizes.cbHeader, GetParam() == SP_PROT_TLS1_2 ? 13u : 5u);
  EXPECT_EQ(sizes.cbTrailer, GetParam() == SP_PROT_TLS1_2 ? 16u : 17u);
  for (const size_t size : {size_t{1}, size_t{100}, size_t{16384}}) {
    SCOPED_TRACE(size);
    const std::string text(size, 'x');
    const Bytes record = lab.client.Encrypt(text);
    ASSERT_EQ(record.size(), sizes.cbHeader + size + sizes.cbTrailer);
    const TlsEnd::Opened opened = lab.server.Decrypt(record);
    EXPECT_EQ(opened.status, SEC_E_OK);
    EXPECT_EQ(opened.text, text);
    EXPECT_EQ(opened.extra, 0u);
    EXPECT_EQ(opened.offset, sizes.cbHeader);
  }
}

TEST_P(Exchange, NothingIsNoRecord) {
  TlsLab lab;
  lab.Establish(GetParam());
  EXPECT_TRUE(lab.client.Encrypt("").empty());
  EXPECT_EQ(lab.client.encrypted, SEC_E_OK);
  lab.ExpectMessagesPass();
}

TEST_P(Exchange, RefusesTooLongAMessage) {
  TlsLab lab;
  lab.Establish(GetParam());
  EXPECT_TRUE(lab.client.Encrypt(std::string(16385, 'x')).empty());
  EXPECT_EQ(lab.client.encrypted, SEC_E_INVALID_PARAMETER);
  lab.ExpectMessagesPass();
}

TEST(ExchangeOfBoth, TakesTheNewestVersion) {
  TlsLab lab;
  lab.Establish();
  SecPkgContext_ConnectionInfo info = {};
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_CONNECTION_INFO, &info), SEC_E_OK);
  EXPECT_EQ(info.dwProtocol, DWORD{SP_PROT_TLS1_3_CLIENT});
  ASSERT_EQ(lab.server.Query(SECPKG_ATTR_CONNECTION_INFO, &info), SEC_E_OK);
  EXPECT_EQ(info.dwProtocol, DWORD{SP_PROT_TLS1_3_SERVER});
}

TEST_P(Exchange, AllocatesTokensWhereAsked) {
  TlsLab lab;
  lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
  lab.server.requirements |= ASC_REQ_ALLOCATE_MEMORY;
  lab.Establish(GetParam());
  lab.ExpectMessagesPass();
}

}  // namespace
}  // namespace sspilab

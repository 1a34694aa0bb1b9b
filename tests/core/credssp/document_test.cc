// Page "InitializeSecurityContext (CredSSP)": what is not about one flag, one
// status or the exchange as a whole. And that core/credssp/README.md names
// tests that there are.

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "core/tls/certificate_authority.h"
#include "gtest/gtest.h"
#include "tests/core/credssp/lab.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::CredSspLab;

TEST(CredSspDocument, InboundCredentialsDoNotInitiate) {
  CredSspLab lab;
  lab.AcquireServer();
  CtxtHandle context = {};
  uint8_t room[4096];
  SecBuffer buffer = {sizeof(room), SECBUFFER_TOKEN, room};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &buffer};
  ULONG attributes = 0;
  EXPECT_EQ(InitializeSecurityContextW(&lab.server.credential, nullptr, nullptr,
                                       0, 0, 0, nullptr, 0, &context, &output,
                                       &attributes, nullptr),
            SEC_E_NO_CREDENTIALS);
}

TEST(CredSspDocument, LaterCallsNameTheContextOfTheFirst) {
  CredSspLab lab;
  lab.AcquireServer();
  lab.AcquireClient();
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  const CtxtHandle first = lab.client.context;
  EXPECT_FALSE(token.empty());
  lab.server.inbox = token;
  lab.Run();
  EXPECT_EQ(lab.client.status, SEC_E_OK);
  EXPECT_EQ(lab.client.context.dwLower, first.dwLower);
  EXPECT_EQ(lab.client.context.dwUpper, first.dwUpper);
}

TEST(CredSspDocument, TheTargetMayBeLeftOut) {
  CredSspLab lab;
  lab.client.target.clear();
  lab.client.requirements = ISC_REQ_STREAM;
  lab.Establish();
  EXPECT_EQ(lab.client.attributes & ISC_RET_MUTUAL_AUTH, 0U);
}

TEST(CredSspDocument, AttributesSayWhatIsGranted) {
  CredSspLab lab;
  // No package here has these two.
  constexpr ULONG kNotThere = ISC_REQ_IDENTIFY | ISC_REQ_FORWARD_CREDENTIALS;
  lab.client.requirements = ISC_REQ_CONFIDENTIALITY | kNotThere;
  lab.Establish();
  EXPECT_NE(lab.client.attributes & ISC_RET_CONFIDENTIALITY, 0U);
  EXPECT_EQ(lab.client.attributes & kNotThere, 0U);
}

SECURITY_STATUS First(CredSspLab& lab, ULONG reserved1, ULONG reserved2,
                      ULONG representation, PCtxtHandle context) {
  uint8_t room[4096];
  SecBuffer buffer = {sizeof(room), SECBUFFER_TOKEN, room};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &buffer};
  ULONG attributes = 0;
  return InitializeSecurityContextW(&lab.client.credential, nullptr,
                                    lab.client.target.data(), 0, reserved1,
                                    representation, nullptr, reserved2, context,
                                    &output, &attributes, nullptr);
}

TEST(CredSspDocument, ReservedArgumentsMustBeZero) {
  CredSspLab lab;
  lab.AcquireClient();
  CtxtHandle context = {};
  EXPECT_EQ(First(lab, 1, 0, 0, &context), SEC_E_INVALID_PARAMETER);
  EXPECT_EQ(First(lab, 0, 1, 0, &context), SEC_E_INVALID_PARAMETER);
}

TEST(CredSspDocument, EitherDataRepresentation) {
  CredSspLab lab;
  lab.AcquireClient();
  for (const ULONG order : {SECURITY_NATIVE_DREP, SECURITY_NETWORK_DREP}) {
    CtxtHandle context = {};
    EXPECT_EQ(First(lab, 0, 0, order, &context), SEC_I_CONTINUE_NEEDED);
    EXPECT_EQ(DeleteSecurityContext(&context), SEC_E_OK);
  }
}

TEST(CredSspDocument, NewContextIsNeededAtFirst) {
  CredSspLab lab;
  lab.AcquireClient();
  EXPECT_EQ(First(lab, 0, 0, 0, nullptr), SEC_E_INVALID_PARAMETER);
}

TEST(CredSspDocument, ExpiryIsTheCertificates) {
  CredSspLab lab;
  lab.AcquireServer();
  lab.AcquireClient();
  lab.Establish();
  lab.client.inbox.clear();
  // Of the next leg, which may ask for it or not.
  TimeStamp expiry = {};
  uint8_t room[4096];
  SecBuffer buffer = {sizeof(room), SECBUFFER_TOKEN, room};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &buffer};
  ULONG attributes = 0;
  EXPECT_EQ(InitializeSecurityContextW(nullptr, &lab.client.context, nullptr, 0,
                                       0, 0, nullptr, 0, &lab.client.context,
                                       &output, &attributes, &expiry),
            SEC_I_CONTINUE_NEEDED);
  // tls::GiveServerCertificate: a year.
  EXPECT_GE(static_cast<FileTime>(expiry.QuadPart),
            lab.client_world.now() + 364 * tls::kDay);
  EXPECT_LE(static_cast<FileTime>(expiry.QuadPart),
            lab.client_world.now() + 367 * tls::kDay);
}

TEST(CredSspDocument, UnfinishedContextsCanBeDeleted) {
  CredSspLab lab;
  lab.AcquireServer();
  lab.AcquireClient();
  for (int calls = 1; calls < 20; ++calls) {
    for (int made = 0; made < calls; ++made) {
      const bool by_client = lab.client.wants_call();
      testing::StreamEnd& from = by_client ? lab.client : lab.server;
      testing::StreamEnd& to = by_client ? lab.server : lab.client;
      Bytes token;
      if (!from.wants_call()) break;
      (void)from.Call(&token);
      to.inbox.insert(to.inbox.end(), token.begin(), token.end());
    }
    for (testing::StreamEnd* end : {&lab.client, &lab.server}) {
      if (end->has_context) {
        EXPECT_EQ(DeleteSecurityContext(&end->context), SEC_E_OK);
      }
      end->has_context = false;
      end->calls = 0;
      end->inbox.clear();
    }
  }
  lab.client.Close();
  lab.server.Close();
  EXPECT_EQ(lab.client_world.memory().live_allocations(), 0U);
  EXPECT_EQ(lab.server_world.memory().live_allocations(), 0U);
}

TEST(CredSspDocument, TheNumberOfCallsDependsOnTheMechanism) {
  const auto calls = [](uint32_t tls) {
    CredSspLab lab;
    lab.SetTls(tls);
    lab.Establish();
    return lab.client.calls;
  };
  EXPECT_GT(calls(SP_PROT_TLS1_2), 3);
  EXPECT_GT(calls(SP_PROT_TLS1_3), 3);
  EXPECT_NE(calls(SP_PROT_TLS1_2), calls(SP_PROT_TLS1_3));
}

std::string Read(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(CredSspDocument, TheReadmesTestsExist) {
  std::set<std::string> tests;
  for (const char* name :
       {"document", "exchange", "flags", "kerberos", "memory_failure",
        "statuses", "tamper", "transitions"}) {
    const std::string source =
        Read(std::string("tests/core/credssp/") + name + "_test.cc");
    const std::regex test(R"(TEST\((\w+),\s*(\w+)\))");
    for (std::sregex_iterator it(source.begin(), source.end(), test), end;
         it != end; ++it) {
      tests.insert((*it)[1].str() + "." + (*it)[2].str());
    }
  }
  const std::string readme = Read("core/credssp/README.md");
  const std::regex named(R"(`(CredSsp\w+\.\w+)`)");
  std::vector<std::string> names;
  for (std::sregex_iterator it(readme.begin(), readme.end(), named), end;
       it != end; ++it) {
    names.push_back((*it)[1].str());
    EXPECT_TRUE(tests.contains(names.back())) << names.back();
  }
  EXPECT_GT(names.size(), 60U);
  // Each row of the table names one.
  const std::regex row(R"(\n\| [A-Z.][^|]*\| ([^|]*) \|)");
  const std::string table = readme.substr(readme.find("## The document"));
  size_t rows = 0;
  for (std::sregex_iterator it(table.begin(), table.end(), row), end; it != end;
       ++it) {
    ++rows;
    EXPECT_NE((*it)[1].str().find('.'), std::string::npos) << (*it)[0];
  }
  EXPECT_GT(rows, 60U);
}

}  // namespace
}  // namespace sspilab

#include "sim/testing.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/examples/callers/reports.h"
#include "sim/examples/callers/stream_client.h"
#include "sim/examples/sample_service.h"

namespace sspilab::sim {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

std::string Self() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

// The service of Microsoft's sample.
LoopUnderTest Sample() {
  LoopUnderTest loop;
  loop.run = [](SecurityFunctionTableW* table, Transport& transport) {
    return AuthenticateClientAsTheSampleDoes(table, u"NTLM", transport);
  };
  loop.statuses_of = Package::kCredSsp;
  return loop;
}

// A client without mistakes, over NTLM.
LoopUnderTest Careful(Mistake mistake = Mistake::kNone) {
  LoopUnderTest loop;
  loop.run = [mistake](SecurityFunctionTableW* table, Transport& transport) {
    return AuthenticateServer(table, u"NTLM", mistake, transport);
  };
  loop.side = Side::kClient;
  return loop;
}

// The same over TLS.
LoopUnderTest OverTls(Mistake mistake) {
  LoopUnderTest loop;
  loop.run = [mistake](SecurityFunctionTableW* table, Transport& transport) {
    return AuthenticateServer(table, u"Schannel", mistake, transport);
  };
  loop.side = Side::kClient;
  loop.package = u"Schannel";
  loop.peer_requirements =
      ASC_REQ_STREAM | ASC_REQ_CONFIDENTIALITY | ASC_REQ_EXTENDED_ERROR;
  return loop;
}

TEST(CarefulCallerTest, BreaksNoRule) {
  for (const auto& each : {ForEachStatus, ForEachSplit,
                           ForEachAllocationFailure, ForEachAttribute}) {
    const LoopReport report = each(Careful());
    EXPECT_TRUE(report.ok()) << report;
    EXPECT_GT(report.runs, 4u);
  }
}

TEST(CarefulCallerTest, BreaksNoRuleOverNegotiate) {
  LoopUnderTest loop = Careful();
  loop.package = u"Negotiate";
  loop.run = [](SecurityFunctionTableW* table, Transport& transport) {
    return AuthenticateServer(table, u"Negotiate", Mistake::kNone, transport);
  };
  for (const auto& each : {ForEachStatus, ForEachSplit,
                           ForEachAllocationFailure, ForEachAttribute}) {
    const LoopReport report = each(loop);
    EXPECT_TRUE(report.ok()) << report;
  }
}

TEST(CarefulCallerTest, BreaksNoRuleOverTls) {
  LoopUnderTest loop = OverTls(Mistake::kNone);
  loop.peer_message = "220 ready";
  // sample_service_test.cc splits TLS.
  for (const auto& each :
       {ForEachStatus, ForEachAllocationFailure, ForEachAttribute}) {
    const LoopReport report = each(loop);
    EXPECT_TRUE(report.ok()) << report;
    EXPECT_GT(report.runs, 4u);
  }
}

// Another handshake, which the server asks for, is gone through under every
// status, too.
TEST(CarefulCallerTest, BreaksNoRuleWhileItHandshakesAgain) {
  LoopUnderTest loop = OverTls(Mistake::kNone);
  loop.peer_message = "220 ready";
  loop.peer_renegotiates = true;
  loop.prepare = [](World& /*client*/, World& server) {
    server.options().schannel.enabled_protocols = SP_PROT_TLS1_2;
  };
  const LoopReport report = ForEachStatus(loop);
  EXPECT_TRUE(report.ok()) << report;
  EXPECT_GT(report.runs, 300u);
}

TEST(CarefulCallerTest, BreaksNoRuleOverCredSsp) {
  LoopUnderTest loop;
  loop.run = [](SecurityFunctionTableW* table, Transport& transport) {
    return AuthenticateServer(table, u"CREDSSP", Mistake::kNone, transport);
  };
  loop.side = Side::kClient;
  loop.package = u"CREDSSP";
  loop.peer_requirements =
      ASC_REQ_STREAM | ASC_REQ_CONFIDENTIALITY | ASC_REQ_EXTENDED_ERROR;
  loop.peer_message = "220 ready";
  for (const auto& each :
       {ForEachStatus, ForEachAllocationFailure, ForEachAttribute}) {
    const LoopReport report = each(loop);
    EXPECT_TRUE(report.ok()) << report;
    EXPECT_GT(report.runs, 4u);
  }
}

TEST(FieldReportsTest, EachIsCaughtByItsRuleAndPutRightBreaksNone) {
  for (const FieldReport& field : FieldReports()) {
    const LoopReport wrong = RunLoop(LoopOf(field, field.mistake));
    EXPECT_THAT(wrong.rules(), UnorderedElementsAre(RuleOf(field.rule).name))
        << field.where << ": " << field.what << "\n"
        << wrong;
    const LoopReport right = RunLoop(LoopOf(field, Mistake::kNone));
    EXPECT_TRUE(right.ok()) << field.where << "\n" << right;
  }
}

// Each of the four finds what it is for.
TEST(ForEachTest, AttributesTrustedEarlyAndIgnored) {
  LoopUnderTest early = Careful();
  // Looks after every leg, and at nothing after the last.
  early.run = [](SecurityFunctionTableW* table, Transport& transport) {
    CredHandle credential = {};
    SEC_WCHAR package[] = u"NTLM";
    TimeStamp expiry = {};
    if (table->AcquireCredentialsHandleW(nullptr, package, SECPKG_CRED_OUTBOUND,
                                         nullptr, nullptr, nullptr, nullptr,
                                         &credential, &expiry) < 0) {
      return false;
    }
    CtxtHandle context = {};
    bool has_context = false, looks = false, done = false;
    uint8_t in[4096], out[4096];
    size_t size = 0;
    for (;;) {
      SecBuffer input = {static_cast<ULONG>(size), SECBUFFER_TOKEN, in};
      SecBufferDesc inputs = {SECBUFFER_VERSION, 1, &input};
      SecBuffer output = {sizeof(out), SECBUFFER_TOKEN, out};
      SecBufferDesc outputs = {SECBUFFER_VERSION, 1, &output};
      ULONG attributes = 0;
      SEC_WCHAR target[] = u"host/x";
      const SECURITY_STATUS status = table->InitializeSecurityContextW(
          &credential, has_context ? &context : nullptr, target,
          ISC_REQ_INTEGRITY, 0, 0, has_context ? &inputs : nullptr, 0, &context,
          &outputs, &attributes, &expiry);
      if (status < 0) break;
      has_context = true;
      if (output.cbBuffer > 0) transport.Send({out, output.cbBuffer});
      if (status == SEC_E_OK) {
        done = true;
        break;
      }
      looks = (attributes & ISC_RET_INTEGRITY) == 0;
      if (looks) break;
      size = transport.Receive(absl::MakeSpan(in));
      if (size == 0) break;
    }
    if (has_context) table->DeleteSecurityContext(&context);
    table->FreeCredentialsHandle(&credential);
    return done;
  };
  const LoopReport report = ForEachAttribute(early);
  EXPECT_TRUE(report.authenticates);
  EXPECT_THAT(report.rules(), AllOf(Contains("attributes-trusted-early"),
                                    Contains("attribute-ignored")))
      << report;
}

TEST(ForEachTest, ALoopThatDoesNotSeeTheEndHangs) {
  LoopUnderTest loop = Careful();
  loop.run = [](SecurityFunctionTableW*, Transport& transport) {
    uint8_t byte = 0;
    for (int i = 0; i < 100; ++i) {
      transport.Receive(absl::MakeSpan(&byte, 1));
    }
    return false;
  };
  EXPECT_THAT(RunLoop(loop).rules(), UnorderedElementsAre("hangs"));
}

TEST(ForEachTest, ALoopWithoutEndIsStoppedAndNamed) {
  LoopUnderTest loop = Careful();
  loop.run = [](SecurityFunctionTableW*, Transport& transport) {
    uint8_t byte = 0;
    for (;;) {
      transport.Receive(absl::MakeSpan(&byte, 1));
    }
    return false;
  };
  EXPECT_DEATH(RunLoop(loop), "hangs: it receives without end");
}

TEST(ForEachTest, ACrashSaysWhere) {
  LoopUnderTest loop = Careful();
  loop.run = [](SecurityFunctionTableW*, Transport&) -> bool { std::abort(); };
  EXPECT_DEATH(RunLoop(loop),
               "did not survive its plain run\n  replay: .*ACrashSaysWhere");
}

TEST(ForEachTest, AllocationsOfThePackageFail) {
  LoopUnderTest loop = Careful();
  size_t failures = 0;
  loop.run = [&](SecurityFunctionTableW* table, Transport& transport) {
    const bool done =
        AuthenticateServer(table, u"NTLM", Mistake::kNone, transport);
    failures += done ? 0 : 1;
    return done;
  };
  const LoopReport report = ForEachAllocationFailure(loop);
  EXPECT_TRUE(report.ok()) << report;
  EXPECT_GT(failures, 3u);
  EXPECT_LT(failures, report.runs);
}

// For TheReplayLineWorks, which runs it by its line.
TEST(ReplayTest, DISABLED_FailsOnPurpose) {
  const LoopReport report = ForEachStatus(Sample());
  EXPECT_TRUE(report.ok()) << report;
}

std::string Output(const std::string& command) {
  FILE* pipe =
      popen(absl::StrCat("env -u TEST_PREMATURE_EXIT_FILE ", command, " 2>&1")
                .c_str(),
            "r");
  std::string output;
  char block[4096];
  while (const size_t got = fread(block, 1, sizeof(block), pipe)) {
    output.append(block, got);
  }
  pclose(pipe);
  return output;
}

TEST(ReplayTest, TheReplayLineWorks) {
  const std::string all =
      Output(absl::StrCat(Self(),
                          " --gtest_also_run_disabled_tests "
                          "--gtest_filter=ReplayTest.DISABLED_FailsOnPurpose"));
  const size_t at = all.find("claimed-undone: server, call ");
  ASSERT_NE(at, std::string::npos) << all;
  constexpr std::string_view kReplay = "  replay: ";
  const size_t line = all.find(kReplay, at) + kReplay.size();
  const std::string command = all.substr(line, all.find('\n', line) - line);
  EXPECT_THAT(command, AllOf(HasSubstr("FailsOnPurpose"),
                             HasSubstr(" --sspilab_point=AcceptSecurityContext:"
                                       "1:SEC_I_COMPLETE_AND_CONTINUE")));
  // This one point, and the plain run that it is made from.
  const std::string again = Output(command);
  EXPECT_THAT(again, AllOf(HasSubstr("\n2 runs, "),
                           HasSubstr("claimed-undone: server, call ")));
}

}  // namespace
}  // namespace sspilab::sim

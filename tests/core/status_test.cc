#include "core/status.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <tuple>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace sspilab {
namespace {

// The names and values of core/sspi_status.h, read from its text, so that one
// that is added there and not in the table is found. That the header has all
// that Windows has is sspi_layout_test's to say.
std::map<std::string, SECURITY_STATUS> HeaderStatuses() {
  std::map<std::string, SECURITY_STATUS> statuses;
  std::ifstream header("core/sspi_status.h");
  const std::regex define(
      R"(#define (SEC_[EI]_\w+)\s+SSPILAB_STATUS\((0x[0-9A-F]+)\))");
  std::smatch match;
  for (std::string line; std::getline(header, line);) {
    if (!std::regex_search(line, match, define)) {
      continue;
    }
    statuses[match[1]] =
        static_cast<SECURITY_STATUS>(std::stoul(match[2], nullptr, 16));
  }
  return statuses;
}

TEST(StatusTest, HasEveryStatusOfTheHeaderAndNoOther) {
  const auto header = HeaderStatuses();
  ASSERT_EQ(header.size(), 93u);
  std::map<std::string, SECURITY_STATUS> table;
  for (const StatusInfo& status : AllStatuses()) {
    table[std::string(status.name)] = status.value;
  }
  EXPECT_EQ(table, header);
  EXPECT_EQ(AllStatuses().size() + StatusAliases().size(), 95u);
}

TEST(StatusTest, IsSortedBySeverityThenCode) {
  const auto key = [](const StatusInfo& status) {
    return std::tuple(status.severity(), static_cast<uint32_t>(status.value));
  };
  const auto statuses = AllStatuses();
  for (size_t i = 1; i < statuses.size(); ++i) {
    EXPECT_LT(key(statuses[i - 1]), key(statuses[i])) << statuses[i].name;
  }
}

TEST(StatusTest, NameTellsSeverity) {
  for (const StatusInfo& status : AllStatuses()) {
    EXPECT_EQ(absl::StartsWith(status.name, "SEC_I_"),
              status.severity() == Severity::kInformational)
        << status.name;
  }
}

TEST(StatusTest, MeansOneSentenceOfItsOwn) {
  std::set<std::string_view> meanings;
  for (const StatusInfo& status : AllStatuses()) {
    EXPECT_TRUE(absl::EndsWith(status.meaning, ".")) << status.name;
    EXPECT_FALSE(absl::StrContains(status.meaning, ". ")) << status.name;
    EXPECT_FALSE(absl::StrContains(status.meaning, "  ")) << status.name;
    EXPECT_TRUE(meanings.insert(status.meaning).second) << status.name;
  }
}

TEST(StatusTest, FindsEachByValueAndName) {
  for (const StatusInfo& status : AllStatuses()) {
    EXPECT_EQ(FindStatus(status.value), &status);
    EXPECT_EQ(FindStatusByName(status.name), &status);
    EXPECT_EQ(StatusName(status.value), status.name);
  }
}

TEST(StatusTest, FindsNothingElse) {
  std::set<SECURITY_STATUS> known;
  for (const StatusInfo& status : AllStatuses()) {
    known.insert(status.value);
  }
  // All of the facility of security, with every pair of high bits, and the
  // edges of the lookup's arithmetic.
  for (uint32_t high : {0x00080000u, 0x00090000u, 0x40090000u, 0x80090000u,
                        0xC0090000u, 0x00000000u, 0x80000000u, 0xFFFF0000u}) {
    for (uint32_t low = 0; low <= 0xFFFF; ++low) {
      const auto status = static_cast<SECURITY_STATUS>(high | low);
      ASSERT_EQ(FindStatus(status) != nullptr, known.count(status) == 1)
          << StatusName(status);
    }
  }
  EXPECT_EQ(FindStatusByName("SEC_E_"), nullptr);
  EXPECT_EQ(FindStatusByName(""), nullptr);
}

TEST(StatusTest, NamesTheUnknownInHexadecimal) {
  EXPECT_EQ(StatusName(static_cast<SECURITY_STATUS>(0x8009FFFF)), "0x8009FFFF");
  EXPECT_EQ(StatusName(1), "0x00000001");
}

TEST(StatusTest, FindsAliases) {
  EXPECT_EQ(FindStatusByName("SEC_E_NO_SPM"), FindStatus(SEC_E_NO_SPM));
  EXPECT_EQ(FindStatusByName("SEC_E_NOT_SUPPORTED"),
            FindStatus(SEC_E_NOT_SUPPORTED));
  EXPECT_EQ(StatusName(SEC_E_NOT_SUPPORTED), "SEC_E_UNSUPPORTED_FUNCTION");
}

TEST(StatusTest, NamesCallsAndPackages) {
  std::set<std::string_view> names;
  for (int i = 0; i < kCallCount; ++i) {
    EXPECT_TRUE(names.insert(CallName(Call{static_cast<uint8_t>(i)})).second);
  }
  EXPECT_EQ(CallName(Call::kEnumerateSecurityPackages),
            "EnumerateSecurityPackages");
  EXPECT_EQ(CallName(Call::kQueryContextAttributes), "QueryContextAttributes");
  EXPECT_EQ(CallName(Call::kDecryptMessage), "DecryptMessage");
  EXPECT_EQ(PackageName(Package::kNtlm), "NTLM");
  EXPECT_EQ(PackageName(Package::kCredSsp), "CREDSSP");
}

template <typename Visitor>
void ForEachCallAndPackage(Visitor visit) {
  for (int call = 0; call < kCallCount; ++call) {
    for (int package = 0; package < kPackageCount; ++package) {
      visit(Call{static_cast<uint8_t>(call)},
            Package{static_cast<uint8_t>(package)});
    }
  }
}

TEST(MayReturnTest, IsTheUnionOfTheRows) {
  int legal = 0;
  ForEachCallAndPackage([&](Call call, Package package) {
    for (const StatusInfo& status : AllStatuses()) {
      bool in_a_row = false;
      for (const LegalityRow& row : StatusLegality()) {
        if (row.call != call || !row.covers(package)) {
          continue;
        }
        in_a_row |= std::count(row.statuses.begin(), row.statuses.end(),
                               status.value) != 0;
      }
      EXPECT_EQ(MayReturn(call, package, status.value), in_a_row)
          << CallName(call) << " " << PackageName(package) << " "
          << status.name;
      legal += in_a_row;
    }
    EXPECT_FALSE(MayReturn(call, package, 1));
    EXPECT_FALSE(
        MayReturn(call, package, static_cast<SECURITY_STATUS>(0x80090370)));
  });
  EXPECT_GT(legal, 0);
}

TEST(MayReturnTest, EveryRowSaysWhereItIsFrom) {
  for (const LegalityRow& row : StatusLegality()) {
    EXPECT_FALSE(row.source.empty()) << CallName(row.call);
    EXPECT_NE(row.packages, 0) << CallName(row.call);
    EXPECT_LT(row.packages, 1 << kPackageCount) << CallName(row.call);
    EXPECT_NE(row.statuses.size(), 0u) << CallName(row.call);
  }
}

struct Documented {
  Call call;
  Package package;
  bool may;
  SECURITY_STATUS status;
};

// From the pages, the other way round: what a reader of the documents would ask
// of the table.
constexpr Documented kDocumented[] = {
    // Only what goes over a stream can come in pieces.
    {Call::kInitializeSecurityContext, Package::kNtlm, false,
     SEC_E_INCOMPLETE_MESSAGE},
    {Call::kInitializeSecurityContext, Package::kSchannel, true,
     SEC_E_INCOMPLETE_MESSAGE},
    {Call::kAcceptSecurityContext, Package::kCredSsp, true,
     SEC_E_INCOMPLETE_MESSAGE},
    {Call::kAcceptSecurityContext, Package::kNegotiate, false,
     SEC_E_INCOMPLETE_MESSAGE},
    // NTLM's client cannot name a server that is not there, its server can be
    // bound to the wrong channel, and neither knows tickets.
    {Call::kInitializeSecurityContext, Package::kNtlm, true,
     SEC_E_TARGET_UNKNOWN},
    {Call::kAcceptSecurityContext, Package::kNtlm, false, SEC_E_TARGET_UNKNOWN},
    {Call::kAcceptSecurityContext, Package::kNtlm, true, SEC_E_BAD_BINDINGS},
    {Call::kAcceptSecurityContext, Package::kSchannel, false,
     SEC_E_BAD_BINDINGS},
    {Call::kAcceptSecurityContext, Package::kNtlm, false, SEC_E_TIME_SKEW},
    {Call::kAcceptSecurityContext, Package::kKerberos, true, SEC_E_TIME_SKEW},
    {Call::kAcceptSecurityContext, Package::kNegotiate, true, SEC_E_TIME_SKEW},
    {Call::kInitializeSecurityContext, Package::kNtlm, true,
     SEC_E_BUFFER_TOO_SMALL},
    {Call::kInitializeSecurityContext, Package::kNtlm, false,
     SEC_E_MESSAGE_ALTERED},
    {Call::kAcceptSecurityContext, Package::kNtlm, true, SEC_E_MESSAGE_ALTERED},
    {Call::kInitializeSecurityContext, Package::kNtlm, true,
     SEC_E_BAD_BINDINGS},
    {Call::kInitializeSecurityContext, Package::kSchannel, false,
     SEC_E_BAD_BINDINGS},
    // Certificates are Schannel's, and the client's to be asked for.
    {Call::kInitializeSecurityContext, Package::kSchannel, true,
     SEC_I_INCOMPLETE_CREDENTIALS},
    {Call::kAcceptSecurityContext, Package::kSchannel, false,
     SEC_I_INCOMPLETE_CREDENTIALS},
    {Call::kInitializeSecurityContext, Package::kKerberos, false,
     SEC_I_INCOMPLETE_CREDENTIALS},
    {Call::kInitializeSecurityContext, Package::kNtlm, false,
     SEC_E_UNTRUSTED_ROOT},
    // Delegation is CredSSP's.
    {Call::kInitializeSecurityContext, Package::kCredSsp, true,
     SEC_E_POLICY_NLTM_ONLY},
    {Call::kInitializeSecurityContext, Package::kNegotiate, false,
     SEC_E_POLICY_NLTM_ONLY},
    // Shutting down and renegotiating are told by DecryptMessage.
    {Call::kDecryptMessage, Package::kSchannel, true, SEC_I_RENEGOTIATE},
    {Call::kDecryptMessage, Package::kNtlm, false, SEC_I_RENEGOTIATE},
    {Call::kEncryptMessage, Package::kSchannel, false, SEC_I_RENEGOTIATE},
    {Call::kEncryptMessage, Package::kSchannel, true, SEC_E_CONTEXT_EXPIRED},
    // What a package does not have.
    {Call::kMakeSignature, Package::kSchannel, false, SEC_E_OK},
    {Call::kMakeSignature, Package::kSchannel, true,
     SEC_E_UNSUPPORTED_FUNCTION},
    {Call::kApplyControlToken, Package::kNtlm, false, SEC_E_OK},
    {Call::kChangeAccountPassword, Package::kSchannel, false, SEC_E_OK},
    {Call::kVerifySignature, Package::kNtlm, true, SEC_E_MESSAGE_ALTERED},
    {Call::kQueryContextAttributes, Package::kNtlm, true,
     SEC_E_UNSUPPORTED_FUNCTION},
    {Call::kAcquireCredentialsHandle, Package::kNtlm, true,
     SEC_E_SECPKG_NOT_FOUND},
    {Call::kAcquireCredentialsHandle, Package::kNtlm, false,
     SEC_E_LOGON_DENIED},
    {Call::kCompleteAuthToken, Package::kNtlm, false, SEC_I_CONTINUE_NEEDED},
};

TEST(MayReturnTest, AgreesWithTheDocuments) {
  for (const Documented& row : kDocumented) {
    EXPECT_EQ(MayReturn(row.call, row.package, row.status), row.may)
        << CallName(row.call) << " " << PackageName(row.package) << " "
        << StatusName(row.status);
  }
}

// Rules that hold whatever the rows say.
TEST(MayReturnTest, OnlyTheHandshakeContinues) {
  ForEachCallAndPackage([](Call call, Package package) {
    const bool handshake = call == Call::kInitializeSecurityContext ||
                           call == Call::kAcceptSecurityContext;
    for (const SECURITY_STATUS status :
         {SEC_I_CONTINUE_NEEDED, SEC_I_COMPLETE_NEEDED,
          SEC_I_COMPLETE_AND_CONTINUE}) {
      EXPECT_EQ(MayReturn(call, package, status), handshake)
          << CallName(call) << " " << PackageName(package);
    }
  });
}

TEST(MayReturnTest, ReleasingNeedsNoMemory) {
  ForEachCallAndPackage([](Call call, Package package) {
    const bool releases = call == Call::kFreeCredentialsHandle ||
                          call == Call::kDeleteSecurityContext ||
                          call == Call::kFreeContextBuffer ||
                          call == Call::kRevertSecurityContext;
    if (!releases) {
      return;
    }
    EXPECT_FALSE(MayReturn(call, package, SEC_E_INSUFFICIENT_MEMORY))
        << CallName(call);
  });
}

TEST(MayReturnTest, EveryHandleCanBeInvalid) {
  ForEachCallAndPackage([](Call call, Package package) {
    const bool takes_no_handle = call == Call::kQuerySecurityPackageInfo ||
                                 call == Call::kAcquireCredentialsHandle ||
                                 call == Call::kChangeAccountPassword ||
                                 call == Call::kImportSecurityContext;
    EXPECT_EQ(MayReturn(call, package, SEC_E_INVALID_HANDLE), !takes_no_handle)
        << CallName(call);
  });
}

}  // namespace
}  // namespace sspilab

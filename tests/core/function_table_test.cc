// Each slot of both function tables holds the function of its name, which is
// what a caller gets who links them by name.

#include "core/sspi.h"
#include "gtest/gtest.h"

namespace sspilab {
namespace {

// Counts the slots on the way, so that none is left out.
class Slots {
 public:
  template <typename Function>
  void Expect(const char* name, Function slot, Function function) {
    EXPECT_NE(slot, nullptr) << name;
    EXPECT_EQ(slot, function) << name;
    ++count_;
  }
  void ExpectEmpty(const char* name, const void* slot) {
    EXPECT_EQ(slot, nullptr) << name;
    ++count_;
  }
  template <typename Table>
  void ExpectAll(const Table& table) {
    // dwVersion takes a slot's room.
    EXPECT_EQ(count_ + 1, sizeof(table) / sizeof(void*));
    EXPECT_EQ(table.dwVersion,
              ULONG{SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5});
  }

 private:
  size_t count_ = 0;
};

#define EXPECT_SLOT(name) slots.Expect(#name, table.name, name)

// What both tables have, under the same names.
template <typename Table>
void ExpectCommon(Slots& slots, const Table& table) {
  EXPECT_SLOT(FreeCredentialsHandle);
  EXPECT_SLOT(AcceptSecurityContext);
  EXPECT_SLOT(CompleteAuthToken);
  EXPECT_SLOT(DeleteSecurityContext);
  EXPECT_SLOT(ApplyControlToken);
  EXPECT_SLOT(ImpersonateSecurityContext);
  EXPECT_SLOT(RevertSecurityContext);
  EXPECT_SLOT(MakeSignature);
  EXPECT_SLOT(VerifySignature);
  EXPECT_SLOT(FreeContextBuffer);
  EXPECT_SLOT(ExportSecurityContext);
  EXPECT_SLOT(QuerySecurityContextToken);
  EXPECT_SLOT(EncryptMessage);
  EXPECT_SLOT(DecryptMessage);
  slots.ExpectEmpty("Reserved2", table.Reserved2);
  slots.Expect("Reserved3", table.Reserved3,
               reinterpret_cast<void*>(EncryptMessage));
  slots.Expect("Reserved4", table.Reserved4,
               reinterpret_cast<void*>(DecryptMessage));
  slots.ExpectEmpty("Reserved8", table.Reserved8);
}

TEST(FunctionTable, WideIsComplete) {
  const SecurityFunctionTableW& table = *InitSecurityInterfaceW();
  Slots slots;
  ExpectCommon(slots, table);
  EXPECT_SLOT(EnumerateSecurityPackagesW);
  EXPECT_SLOT(QueryCredentialsAttributesW);
  EXPECT_SLOT(AcquireCredentialsHandleW);
  EXPECT_SLOT(InitializeSecurityContextW);
  EXPECT_SLOT(QueryContextAttributesW);
  EXPECT_SLOT(QuerySecurityPackageInfoW);
  EXPECT_SLOT(ImportSecurityContextW);
  EXPECT_SLOT(AddCredentialsW);
  EXPECT_SLOT(SetContextAttributesW);
  EXPECT_SLOT(SetCredentialsAttributesW);
  EXPECT_SLOT(ChangeAccountPasswordW);
  EXPECT_SLOT(QueryContextAttributesExW);
  EXPECT_SLOT(QueryCredentialsAttributesExW);
  slots.ExpectAll(table);
}

TEST(FunctionTable, AnsiIsComplete) {
  const SecurityFunctionTableA& table = *InitSecurityInterfaceA();
  Slots slots;
  ExpectCommon(slots, table);
  EXPECT_SLOT(EnumerateSecurityPackagesA);
  EXPECT_SLOT(QueryCredentialsAttributesA);
  EXPECT_SLOT(AcquireCredentialsHandleA);
  EXPECT_SLOT(InitializeSecurityContextA);
  EXPECT_SLOT(QueryContextAttributesA);
  EXPECT_SLOT(QuerySecurityPackageInfoA);
  EXPECT_SLOT(ImportSecurityContextA);
  EXPECT_SLOT(AddCredentialsA);
  EXPECT_SLOT(SetContextAttributesA);
  EXPECT_SLOT(SetCredentialsAttributesA);
  EXPECT_SLOT(ChangeAccountPasswordA);
  EXPECT_SLOT(QueryContextAttributesExA);
  EXPECT_SLOT(QueryCredentialsAttributesExA);
  slots.ExpectAll(table);
}

// The table is one for the process, and stays.
TEST(FunctionTable, IsAlwaysTheSame) {
  EXPECT_EQ(InitSecurityInterfaceW(), InitSecurityInterfaceW());
  EXPECT_EQ(InitSecurityInterfaceA(), InitSecurityInterfaceA());
}

}  // namespace
}  // namespace sspilab

#include "sim/interceptor.h"

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace sspilab::sim {
namespace {

// Keeps what it saw, and makes each call or answers itself.
class Watching final : public Interceptor {
 public:
  using Interceptor::Interceptor;

  std::vector<SspiCall> seen;
  bool proceeds = true;

 private:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    seen.push_back(call);
    return proceeds ? proceed() : SEC_E_LOGON_DENIED;
  }
};

// A table's slots behind its version, as the pointers that they are.
std::vector<void*> SlotsOf(const SecurityFunctionTableW& table) {
  static_assert(sizeof(SecurityFunctionTableW) % sizeof(void*) == 0);
  std::vector<void*> slots(sizeof(table) / sizeof(void*));
  std::memcpy(slots.data(), &table, sizeof(table));
  slots.erase(slots.begin());
  return slots;
}

// Slots of the table that no function is for.
bool IsReserved(const SecurityFunctionTableW& table, size_t slot) {
  const void* const reserved[] = {&table.Reserved2, &table.Reserved8};
  const auto* const begin =
      reinterpret_cast<void* const*>(&table.EnumerateSecurityPackagesW);
  for (const void* const place : reserved) {
    if (place == begin + slot) return true;
  }
  return false;
}

TEST(InterceptorTest, EverySlotOfOursIsReplaced) {
  const SecurityFunctionTableW& ours = *InitSecurityInterfaceW();
  Watching watching(InitSecurityInterfaceW());
  const std::vector<void*> inner = SlotsOf(ours);
  const std::vector<void*> outer = SlotsOf(*watching.table());
  ASSERT_EQ(inner.size(), outer.size());
  size_t replaced = 0;
  for (size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == nullptr) {
      EXPECT_EQ(outer[i], nullptr) << "slot " << i;
      continue;
    }
    EXPECT_FALSE(IsReserved(ours, i)) << "slot " << i;
    EXPECT_NE(outer[i], inner[i]) << "slot " << i << " is not intercepted";
    ++replaced;
  }
  EXPECT_GE(replaced, static_cast<size_t>(kCallCount));
  EXPECT_EQ(watching.table()->dwVersion, ours.dwVersion);
}

TEST(InterceptorTest, EveryCallIsSeenAsWhatItIs) {
  Watching watching(InitSecurityInterfaceW());
  watching.proceeds = false;
  SecurityFunctionTableW& table = *watching.table();
  CredHandle credential = {1, 2};
  CtxtHandle context = {3, 4};
  CtxtHandle made = {};
  SecBufferDesc input = {}, output = {};
  SecBuffer packed = {};
  TimeStamp expiry = {};
  ULONG word = 0;
  PSecPkgInfoW info = nullptr;
  HANDLE token = nullptr;
  SEC_WCHAR name[] = u"NTLM";
  const SECURITY_STATUS statuses[] = {
      table.EnumerateSecurityPackagesW(&word, &info),
      table.QuerySecurityPackageInfoW(name, &info),
      table.AcquireCredentialsHandleW(nullptr, name, 1, nullptr, &word, nullptr,
                                      nullptr, &credential, &expiry),
      table.AddCredentialsW(&credential, nullptr, name, 1, &word, nullptr,
                            nullptr, &expiry),
      table.FreeCredentialsHandle(&credential),
      table.QueryCredentialsAttributesW(&credential, 7, &word),
      table.QueryCredentialsAttributesExW(&credential, 7, &word, 4),
      table.SetCredentialsAttributesW(&credential, 7, &word, 4),
      table.ChangeAccountPasswordW(name, name, name, name, name, 0, 5, &output),
      table.InitializeSecurityContextW(&credential, &context, name, 9, 5, 0,
                                       &input, 6, &made, &output, &word,
                                       &expiry),
      table.AcceptSecurityContext(&credential, &context, &input, 9, 0, &made,
                                  &output, &word, &expiry),
      table.CompleteAuthToken(&context, &input),
      table.ApplyControlToken(&context, &input),
      table.DeleteSecurityContext(&context),
      table.QueryContextAttributesW(&context, 7, &word),
      table.QueryContextAttributesExW(&context, 7, &word, 4),
      table.SetContextAttributesW(&context, 7, &word, 4),
      table.FreeContextBuffer(&word),
      table.ImpersonateSecurityContext(&context),
      table.RevertSecurityContext(&context),
      table.QuerySecurityContextToken(&context, &token),
      table.ExportSecurityContext(&context, 1, &packed, &token),
      table.ImportSecurityContextW(name, &packed, token, &made),
      table.MakeSignature(&context, 8, &input, 11),
      table.VerifySignature(&context, &input, 11, &word),
      table.EncryptMessage(&context, 8, &input, 11),
      table.DecryptMessage(&context, &input, 11, &word),
  };
  for (const SECURITY_STATUS status : statuses) {
    EXPECT_EQ(status, SEC_E_LOGON_DENIED);
  }
  ASSERT_EQ(watching.seen.size(), std::size(statuses));
  std::vector<int> times(kCallCount);
  for (const SspiCall& call : watching.seen) {
    ++times[static_cast<size_t>(call.call)];
    if (call.credential != nullptr) {
      EXPECT_EQ(call.credential, &credential);
    }
    if (call.context != nullptr) {
      EXPECT_EQ(call.context, &context);
    }
    if (call.new_context != nullptr) {
      EXPECT_EQ(call.new_context, &made);
    }
    if (call.input != nullptr) {
      EXPECT_EQ(call.input, &input);
    }
    if (call.output != nullptr) {
      EXPECT_EQ(call.output, &output);
    }
    if (call.name != nullptr) {
      EXPECT_EQ(call.name, name);
    }
  }
  for (int i = 0; i < kCallCount; ++i) {
    const auto call = static_cast<Call>(i);
    const bool has_ex_form = call == Call::kQueryContextAttributes ||
                             call == Call::kQueryCredentialsAttributes;
    EXPECT_EQ(times[static_cast<size_t>(i)], has_ex_form ? 2 : 1)
        << CallName(call);
  }
  const SspiCall& leg = watching.seen[9];
  EXPECT_EQ(leg.number, 9u);
  EXPECT_EQ(leg.reserved[0], 5u);
  EXPECT_EQ(leg.reserved[1], 6u);
  EXPECT_EQ(leg.attributes, &word);
  EXPECT_EQ(leg.expiry, &expiry);
  EXPECT_EQ(watching.seen[8].reserved[0], 5u);
  EXPECT_EQ(watching.seen[17].memory, &word);
  EXPECT_EQ(watching.seen[23].sequence, 11u);
}

TEST(InterceptorTest, ProceedMakesTheCall) {
  Watching watching(InitSecurityInterfaceW());
  PSecPkgInfoW info = nullptr;
  SEC_WCHAR name[] = u"NTLM";
  ASSERT_EQ(watching.table()->QuerySecurityPackageInfoW(name, &info), SEC_E_OK);
  EXPECT_GT(info->cbMaxToken, 0u);
  EXPECT_EQ(watching.table()->FreeContextBuffer(info), SEC_E_OK);
  EXPECT_EQ(watching.seen.size(), 2u);
}

TEST(InterceptorTest, WhatTheInnerTableLacksIsNotMadeUp) {
  SecurityFunctionTableW inner = *InitSecurityInterfaceW();
  inner.CompleteAuthToken = nullptr;
  Watching watching(&inner);
  EXPECT_EQ(watching.table()->CompleteAuthToken, nullptr);
  EXPECT_NE(watching.table()->DeleteSecurityContext, nullptr);
}

TEST(InterceptorTest, TheyStackAndAreToldApart) {
  std::vector<std::unique_ptr<Watching>> stack;
  SecurityFunctionTableW* table = InitSecurityInterfaceW();
  for (size_t i = 0; i < Interceptor::kMaxAlive; ++i) {
    stack.push_back(std::make_unique<Watching>(table));
    table = stack.back()->table();
  }
  EXPECT_EQ(table->FreeContextBuffer(nullptr), SEC_E_OK);
  for (const auto& each : stack) {
    EXPECT_EQ(each->seen.size(), 1u);
  }
  // A place that became free is used again.
  stack.pop_back();
  Watching again(InitSecurityInterfaceW());
  EXPECT_EQ(again.table()->FreeContextBuffer(nullptr), SEC_E_OK);
  EXPECT_EQ(again.seen.size(), 1u);
  EXPECT_DEATH(Watching one_more(InitSecurityInterfaceW()),
               "more than " + std::to_string(Interceptor::kMaxAlive));
}

}  // namespace
}  // namespace sspilab::sim

// What every function that takes a handle says to one that is none: wrong bits,
// stale, freed twice, of the other kind. And how long what a handle stands for
// lives.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/context_buffer.h"
#include "core/handles.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/context_functions.h"
#include "tests/core/established.h"
#include "tests/core/returns.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::ContextFunction;
using testing::Established;
using testing::ExpectSealedMessageArrives;
using testing::kContextFunctions;
using testing::Lab;
using testing::Returns;

struct CredentialFunction {
  const char* name;
  Call call;
  SECURITY_STATUS (*run)(PCredHandle);
};

SECURITY_STATUS Initialize(PCredHandle credential) {
  CtxtHandle context;
  uint8_t bytes[64];
  SecBuffer buffer = {sizeof(bytes), SECBUFFER_TOKEN, bytes};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &buffer};
  ULONG attributes;
  return InitializeSecurityContextW(credential, nullptr, nullptr, 0, 0, 0,
                                    nullptr, 0, &context, &output, &attributes,
                                    nullptr);
}

SECURITY_STATUS Accept(PCredHandle credential) {
  CtxtHandle context;
  uint8_t bytes[64];
  SecBuffer buffer = {sizeof(bytes), SECBUFFER_TOKEN, bytes};
  SecBufferDesc both = {SECBUFFER_VERSION, 1, &buffer};
  ULONG attributes;
  return AcceptSecurityContext(credential, nullptr, &both, 0, 0, &context,
                               &both, &attributes, nullptr);
}

constexpr CredentialFunction kCredentialFunctions[] = {
    {"FreeCredentialsHandle", Call::kFreeCredentialsHandle,
     FreeCredentialsHandle},
    {"AddCredentialsW", Call::kAddCredentials,
     [](PCredHandle handle) {
       char16_t package[] = u"NTLM";
       return AddCredentialsW(handle, nullptr, package, SECPKG_CRED_OUTBOUND,
                              nullptr, nullptr, nullptr, nullptr);
     }},
    {"AddCredentialsA", Call::kAddCredentials,
     [](PCredHandle handle) {
       char package[] = "NTLM";
       return AddCredentialsA(handle, nullptr, package, SECPKG_CRED_OUTBOUND,
                              nullptr, nullptr, nullptr, nullptr);
     }},
    {"QueryCredentialsAttributesW", Call::kQueryCredentialsAttributes,
     [](PCredHandle handle) {
       SecPkgCredentials_NamesW names;
       return QueryCredentialsAttributesW(handle, SECPKG_CRED_ATTR_NAMES,
                                          &names);
     }},
    {"QueryCredentialsAttributesA", Call::kQueryCredentialsAttributes,
     [](PCredHandle handle) {
       SecPkgCredentials_NamesA names;
       return QueryCredentialsAttributesA(handle, SECPKG_CRED_ATTR_NAMES,
                                          &names);
     }},
    {"QueryCredentialsAttributesExW", Call::kQueryCredentialsAttributes,
     [](PCredHandle handle) {
       SecPkgCredentials_NamesW names;
       return QueryCredentialsAttributesExW(handle, SECPKG_CRED_ATTR_NAMES,
                                            &names, sizeof(names));
     }},
    {"QueryCredentialsAttributesExA", Call::kQueryCredentialsAttributes,
     [](PCredHandle handle) {
       SecPkgCredentials_NamesA names;
       return QueryCredentialsAttributesExA(handle, SECPKG_CRED_ATTR_NAMES,
                                            &names, sizeof(names));
     }},
    {"SetCredentialsAttributesW", Call::kSetCredentialsAttributes,
     [](PCredHandle handle) {
       uint8_t value[8] = {};
       return SetCredentialsAttributesW(handle, SECPKG_CRED_ATTR_NAMES, value,
                                        sizeof(value));
     }},
    {"SetCredentialsAttributesA", Call::kSetCredentialsAttributes,
     [](PCredHandle handle) {
       uint8_t value[8] = {};
       return SetCredentialsAttributesA(handle, SECPKG_CRED_ATTR_NAMES, value,
                                        sizeof(value));
     }},
    {"InitializeSecurityContext", Call::kInitializeSecurityContext, Initialize},
    {"AcceptSecurityContext", Call::kAcceptSecurityContext, Accept},
};

void ExpectNoHandle(const char* what, SecHandle* handle) {
  SCOPED_TRACE(what);
  const SecHandle before = handle != nullptr ? *handle : SecHandle{};
  for (const ContextFunction& function : kContextFunctions) {
    EXPECT_TRUE(
        Returns(function.call, function.run(handle), SEC_E_INVALID_HANDLE))
        << function.name;
  }
  for (const CredentialFunction& function : kCredentialFunctions) {
    EXPECT_TRUE(
        Returns(function.call, function.run(handle), SEC_E_INVALID_HANDLE))
        << function.name;
  }
  if (handle == nullptr) return;
  EXPECT_EQ(handle->dwLower, before.dwLower);
  EXPECT_EQ(handle->dwUpper, before.dwUpper);
}

bool Equal(const SecHandle& a, const SecHandle& b) {
  return a.dwLower == b.dwLower && a.dwUpper == b.dwUpper;
}

// Nobody else's context or credential is touched by what a bad handle is used
// for.
class BadHandles : public ::testing::Test {
 protected:
  void SetUp() override {
    live_ = lab_.world.memory().live_allocations();
    handles_ = {&lab_.client.credential, &lab_.server.credential,
                &lab_.client.context, &lab_.server.context};
  }
  void TearDown() override {
    EXPECT_EQ(lab_.world.memory().live_allocations(), live_);
    ExpectSealedMessageArrives(&lab_.client.context, &lab_.server.context,
                               "there");
    ExpectSealedMessageArrives(&lab_.server.context, &lab_.client.context,
                               "and back");
  }

  Established lab_;
  uint64_t live_ = 0;
  std::array<SecHandle*, 4> handles_{};
};

TEST_F(BadHandles, ThatNeverWereHandles) {
  ExpectNoHandle("null", nullptr);
  const std::pair<const char*, SecHandle> kNever[] = {
      {"zeros", {0, 0}},
      {"ones", {UINTPTR_MAX, UINTPTR_MAX}},
      {"one word of ones", {lab_.client.context.dwLower, UINTPTR_MAX}},
      {"the other word of ones", {UINTPTR_MAX, lab_.client.context.dwUpper}},
      {"a pointer", {reinterpret_cast<ULONG_PTR>(this), 0}},
      {"text", {0x4E544C4D53535000, 0x4E544C4D53535000}},
      {"slots beyond the table", {lab_.client.context.dwLower | 0xFFFFFFFF, 0}},
  };
  for (auto [what, handle] : kNever) ExpectNoHandle(what, &handle);
}

TEST_F(BadHandles, WithOneWrongBit) {
  for (const SecHandle* handle : handles_) {
    for (int bit = 0; bit < 128; ++bit) {
      SecHandle bent = *handle;
      (bit < 64 ? bent.dwLower : bent.dwUpper) ^= ULONG_PTR{1} << (bit % 64);
      bool is_another = false;
      for (const SecHandle* other : handles_) {
        is_another = is_another || Equal(bent, *other);
      }
      if (is_another) continue;
      ExpectNoHandle(std::to_string(bit).c_str(), &bent);
    }
  }
}

// FreeCredentialsHandle of a context and so on.
TEST_F(BadHandles, OfTheOtherKind) {
  for (CtxtHandle* context : {&lab_.client.context, &lab_.server.context}) {
    for (const CredentialFunction& function : kCredentialFunctions) {
      EXPECT_TRUE(
          Returns(function.call, function.run(context), SEC_E_INVALID_HANDLE))
          << function.name;
    }
  }
  for (CredHandle* credential :
       {&lab_.client.credential, &lab_.server.credential}) {
    for (const ContextFunction& function : kContextFunctions) {
      EXPECT_TRUE(Returns(function.call, function.run(credential),
                          SEC_E_INVALID_HANDLE))
          << function.name;
    }
  }
}

TEST_F(BadHandles, ThatAreStaleStaySoWhenTheirSlotIsUsedAgain) {
  for (int i = 0; i < 3; ++i) {
    SecHandle stale[2];
    {
      Lab other;
      other.Acquire();
      Bytes token;
      ASSERT_EQ(other.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
      stale[0] = other.client.credential;
      stale[1] = other.client.context;
      ASSERT_TRUE(Returns(Call::kDeleteSecurityContext,
                          DeleteSecurityContext(&other.client.context),
                          SEC_E_OK));
      ASSERT_TRUE(Returns(Call::kFreeCredentialsHandle,
                          FreeCredentialsHandle(&other.client.credential),
                          SEC_E_OK));
      other.client.has_context = other.client.has_credential = false;
      // Freed twice, and all else.
      ExpectNoHandle("stale credential", &stale[0]);
      ExpectNoHandle("stale context", &stale[1]);
    }
    // Its slots have new tenants now.
    Established tenant;
    ExpectNoHandle("stale credential", &stale[0]);
    ExpectNoHandle("stale context", &stale[1]);
  }
}

TEST(Contexts, OutliveTheirFreedCredential) {
  Lab lab;
  lab.Acquire();
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  for (testing::End* end : {&lab.client, &lab.server}) {
    ASSERT_EQ(FreeCredentialsHandle(&end->credential), SEC_E_OK);
    EXPECT_EQ(FreeCredentialsHandle(&end->credential), SEC_E_INVALID_HANDLE);
    end->has_credential = false;
  }
  // The stale handle is refused, and the context none the worse for it.
  const Bytes challenge = token;
  EXPECT_TRUE(Returns(Call::kInitializeSecurityContext,
                      lab.client.Initialize(&token), SEC_E_INVALID_HANDLE));
  token = challenge;
  SecBuffer in = {static_cast<ULONG>(token.size()), SECBUFFER_TOKEN,
                  token.data()};
  SecBufferDesc input = {SECBUFFER_VERSION, 1, &in};
  Bytes answer(4096);
  SecBuffer out = {static_cast<ULONG>(answer.size()), SECBUFFER_TOKEN,
                   answer.data()};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
  ULONG attributes;
  ASSERT_EQ(InitializeSecurityContextW(nullptr, &lab.client.context, nullptr,
                                       ISC_REQ_CONFIDENTIALITY, 0, 0, &input, 0,
                                       nullptr, &output, &attributes, nullptr),
            SEC_E_OK);
  ASSERT_EQ(AcceptSecurityContext(nullptr, &lab.server.context, &output, 0, 0,
                                  nullptr, nullptr, &attributes, nullptr),
            SEC_E_OK);
  ExpectSealedMessageArrives(&lab.client.context, &lab.server.context, "hi");
  lab.client.Close();
  lab.server.Close();
  EXPECT_EQ(lab.world.memory().live_allocations(), 0U);
}

TEST(Worlds, TakeTheirHandlesAndBuffersAlong) {
  Established survivor;
  SecHandle handles[6];
  void* buffer = nullptr;
  {
    // The Ends close after the World is gone, as a careless caller's would.
    testing::End client;
    testing::End server;
    testing::End unfinished;
    {
      World world;
      world.accounts().Add(u"alice", u"EXAMPLE", u"Sesame1!");
      ASSERT_EQ(
          client.AcquireOutbound(world, u"alice", u"EXAMPLE", u"Sesame1!"),
          SEC_E_OK);
      ASSERT_EQ(server.AcquireInbound(world), SEC_E_OK);
      ASSERT_EQ(testing::RunNtlm(client, server).accept, SEC_E_OK);
      ASSERT_EQ(
          unfinished.AcquireOutbound(world, u"alice", u"EXAMPLE", u"Sesame1!"),
          SEC_E_OK);
      Bytes token;
      ASSERT_EQ(unfinished.Initialize(&token), SEC_I_CONTINUE_NEEDED);
      SecPkgContext_SessionKey key;
      ASSERT_EQ(QueryContextAttributesW(&client.context,
                                        SECPKG_ATTR_SESSION_KEY, &key),
                SEC_E_OK);
      buffer = key.SessionKey;
    }
    size_t i = 0;
    for (testing::End* end : {&client, &server, &unfinished}) {
      handles[i++] = end->credential;
      handles[i++] = end->context;
    }
    for (SecHandle& handle : handles) ExpectNoHandle("of no World", &handle);
    EXPECT_TRUE(Returns(Call::kFreeContextBuffer, FreeContextBuffer(buffer),
                        SEC_E_INVALID_HANDLE));
  }
  ExpectSealedMessageArrives(&survivor.client.context, &survivor.server.context,
                             "still here");
}

// The same, before the World's memory is out of sight.
TEST(Worlds, GetAllTheirMemoryBack) {
  Established lab;
  SecPkgContext_SessionKey key;
  ASSERT_EQ(QueryContextAttributesW(&lab.client.context,
                                    SECPKG_ATTR_SESSION_KEY, &key),
            SEC_E_OK);
  // Lives on through the context alone.
  ASSERT_EQ(FreeCredentialsHandle(&lab.client.credential), SEC_E_OK);
  EXPECT_GT(lab.world.memory().live_allocations(), 0U);
  CloseHandlesOf(lab.world);
  FreeContextBuffersOf(lab.world);
  EXPECT_EQ(lab.world.memory().live_allocations(), 0U);
  EXPECT_EQ(lab.world.memory().live_bytes(), 0U);
}

}  // namespace
}  // namespace sspilab

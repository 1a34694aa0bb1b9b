// InitializeSecurityContext and AcceptSecurityContext: their arguments, as
// Windows checks them, in every call of an exchange.

#include <cstring>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/established.h"
#include "tests/core/returns.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::Lab;
using testing::Returns;

// The four calls of NTLM's exchange.
enum Leg { kNegotiate, kChallenge, kAuthenticate, kAccept, kLegs };
constexpr const char* kLegNames[] = {"Negotiate", "Challenge", "Authenticate",
                                     "Accept"};
bool IsInitiators(int leg) { return leg == kNegotiate || leg == kAuthenticate; }
bool IsFirst(int leg) { return leg == kNegotiate || leg == kChallenge; }

enum class Form { kWide, kAnsi };

// The arguments of one call, all of them right until a test spoils them.
struct Arguments {
  Arguments() = default;
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  PCredHandle credential = nullptr;
  PCtxtHandle context = nullptr;
  ULONG requirements = ISC_REQ_CONFIDENTIALITY;
  ULONG reserved1 = 0;
  ULONG reserved2 = 0;
  bool has_target = true;
  std::vector<SecBuffer> in;
  SecBufferDesc input_descriptor = {};
  PSecBufferDesc input = &input_descriptor;
  SecBuffer out = {};
  SecBufferDesc output_descriptor = {};
  PSecBufferDesc output = &output_descriptor;
  CtxtHandle new_handle = {};
  PCtxtHandle new_context = &new_handle;
  ULONG attribute_word = 0xDEADBEEF;
  ULONG* attributes = &attribute_word;
  TimeStamp expiry_time = {};
  PTimeStamp expiry = &expiry_time;
};

// One exchange in a World of its own, driven call by call.
class Exchange {
 public:
  explicit Exchange(Form form) : form_(form) { lab_.Acquire(); }
  ~Exchange() {
    for (CtxtHandle& context : contexts_) DeleteSecurityContext(&context);
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  SECURITY_STATUS Call(int leg, Arguments& a) {
    const bool initiator = IsInitiators(leg);
    input_ = token_;
    output_.assign(4096, 0xCC);
    a.credential =
        initiator ? &lab_.client.credential : &lab_.server.credential;
    a.context = IsFirst(leg) ? nullptr : &contexts_[initiator ? 0 : 1];
    if (leg != kNegotiate) {
      a.in = {
          {static_cast<ULONG>(input_.size()), SECBUFFER_TOKEN, input_.data()}};
    }
    a.out = {static_cast<ULONG>(output_.size()), SECBUFFER_TOKEN,
             output_.data()};
    if (spoil_) spoil_(a);
    const auto describe = [](SecBufferDesc& d, ULONG count, SecBuffer* first) {
      if (d.pBuffers == nullptr && d.cBuffers == 0) {
        d.cBuffers = count;
        d.pBuffers = first;
      }
    };
    describe(a.input_descriptor, static_cast<ULONG>(a.in.size()), a.in.data());
    describe(a.output_descriptor, 1, &a.out);
    given_ = a.out;
    ScopedWorld bind(&lab_.world);
    if (!initiator) {
      return AcceptSecurityContext(a.credential, a.context, a.input,
                                   a.requirements, SECURITY_NATIVE_DREP,
                                   a.new_context, a.output, a.attributes,
                                   a.expiry);
    }
    char16_t wide[] = u"cifs/lab.example.test";
    char narrow[] = "cifs/lab.example.test";
    return form_ == Form::kWide
               ? InitializeSecurityContextW(
                     a.credential, a.context, a.has_target ? wide : nullptr,
                     a.requirements, a.reserved1, SECURITY_NATIVE_DREP, a.input,
                     a.reserved2, a.new_context, a.output, a.attributes,
                     a.expiry)
               : InitializeSecurityContextA(
                     a.credential, a.context, a.has_target ? narrow : nullptr,
                     a.requirements, a.reserved1, SECURITY_NATIVE_DREP, a.input,
                     a.reserved2, a.new_context, a.output, a.attributes,
                     a.expiry);
  }

  // The call as it ought to be. What it puts out is the next one's input.
  SECURITY_STATUS CallRightly(int leg) {
    Arguments a;
    const SECURITY_STATUS status = Call(leg, a);
    if (status >= 0) Keep(leg, a);
    return status;
  }
  void Keep(int leg, const Arguments& a) {
    if (a.new_context != nullptr) {
      contexts_[IsInitiators(leg) ? 0 : 1] = *a.new_context;
    }
    token_.clear();
    if (a.output == nullptr || a.out.BufferType == SECBUFFER_DATA) return;
    const auto* bytes = static_cast<const uint8_t*>(a.out.pvBuffer);
    token_.assign(bytes, bytes + a.out.cbBuffer);
  }
  void Until(int leg) {
    for (int i = 0; i < leg; ++i) ASSERT_GE(CallRightly(i), 0) << kLegNames[i];
  }

  void set_spoil(std::function<void(Arguments&)> spoil) {
    spoil_ = std::move(spoil);
  }
  const Bytes& token() const { return token_; }
  // The output buffer as the last call found it, and its bytes now.
  const SecBuffer& given() const { return given_; }
  const Bytes& output() const { return output_; }
  Lab& lab() { return lab_; }

 private:
  const Form form_;
  Lab lab_;
  CtxtHandle contexts_[2] = {};
  Bytes token_, input_, output_;
  SecBuffer given_ = {};
  std::function<void(Arguments&)> spoil_;
};

// What each call of an undisturbed exchange returns and puts out.
constexpr SECURITY_STATUS kUndisturbed[] = {
    SEC_I_CONTINUE_NEEDED, SEC_I_CONTINUE_NEEDED, SEC_E_OK, SEC_E_OK};
Bytes UndisturbedToken(int leg) {
  Exchange exchange(Form::kWide);
  exchange.Until(leg + 1);
  return exchange.token();
}

// Stands for: the call succeeds all the same.
constexpr SECURITY_STATUS kFine = SEC_E_OK;

// Whether the same call can be made again, rightly this time.
enum class After { kRepeatable, kFailed };

struct Case {
  const char* name;
  std::function<void(Arguments&)> spoil;
  SECURITY_STATUS expected[kLegs];
  After after = After::kRepeatable;
};

void SetInputType(Arguments& a, ULONG type) {
  if (!a.in.empty()) a.in[0].BufferType = type;
}

constexpr SECURITY_STATUS kParameter = SEC_E_INVALID_PARAMETER;
constexpr SECURITY_STATUS kHandle = SEC_E_INVALID_HANDLE;
constexpr SECURITY_STATUS kInvalid = SEC_E_INVALID_TOKEN;
constexpr SECURITY_STATUS kTooSmall = SEC_E_BUFFER_TOO_SMALL;

const Case kCases[] = {
    {"Reserved1",
     [](Arguments& a) { a.reserved1 = 1; },
     {kParameter, kFine, kParameter, kFine}},
    {"Reserved2",
     [](Arguments& a) { a.reserved2 = 0x80000000; },
     {kParameter, kFine, kParameter, kFine}},
    {"NoAttributes",
     [](Arguments& a) { a.attributes = nullptr; },
     {kParameter, kParameter, kParameter, kParameter}},
    {"NoNewContext",
     [](Arguments& a) { a.new_context = nullptr; },
     {kParameter, kParameter, kFine, kFine}},
    {"NoCredential",
     [](Arguments& a) { a.credential = nullptr; },
     {kHandle, kHandle, kFine, kFine}},
    {"NoExpiry",
     [](Arguments& a) { a.expiry = nullptr; },
     {kFine, kFine, kFine, kFine}},
    {"OtherRequirementsThatNtlmLacks",
     [](Arguments& a) { a.requirements |= ISC_REQ_MUTUAL_AUTH; },
     {kFine, kFine, kFine, kFine}},

    // Input.
    {"NoInput",
     [](Arguments& a) { a.input = nullptr; },
     {kFine, kInvalid, kInvalid, kInvalid},
     After::kFailed},
    {"InputOfNoBuffers",
     [](Arguments& a) { a.in.clear(); },
     {kFine, kInvalid, kInvalid, kInvalid},
     After::kFailed},
    {"InputWithoutToken",
     [](Arguments& a) { SetInputType(a, SECBUFFER_DATA); },
     {kFine, kInvalid, kInvalid, kInvalid},
     After::kFailed},
    {"EmptyInputToken",
     [](Arguments& a) {
       if (!a.in.empty()) a.in[0].cbBuffer = 0;
     },
     {kFine, kInvalid, kInvalid, kInvalid},
     After::kFailed},
    {"InputTokenOfNoMemory",
     [](Arguments& a) {
       if (!a.in.empty()) a.in[0].pvBuffer = nullptr;
     },
     {kFine, kInvalid, kInvalid, kInvalid},
     After::kFailed},
    {"ReadOnlyInput",
     [](Arguments& a) {
       SetInputType(a, SECBUFFER_TOKEN | SECBUFFER_READONLY);
     },
     {kFine, kFine, kFine, kFine}},
    {"InputTokenBehindOthers",
     [](Arguments& a) {
       a.in.insert(a.in.begin(), {{8, SECBUFFER_EMPTY, nullptr},
                                  {0, SECBUFFER_DATA, nullptr}});
     },
     {kFine, kFine, kFine, kFine}},
    {"InputOfUnknownVersion",
     [](Arguments& a) { a.input_descriptor.ulVersion = 1; },
     {kInvalid, kInvalid, kInvalid, kInvalid}},
    {"InputOfMissingBuffers",
     [](Arguments& a) { a.input_descriptor.cBuffers = 1; },
     {kInvalid, kInvalid, kInvalid, kInvalid}},
    {"InputOfAbsurdlyManyBuffers",
     [](Arguments& a) { a.in.resize(1025); },
     {kInvalid, kInvalid, kInvalid, kInvalid}},
    {"InputDataOfNoMemory",
     [](Arguments& a) {
       a.in.push_back({8, SECBUFFER_DATA, nullptr});
     },
     {kInvalid, kInvalid, kInvalid, kInvalid}},
    {"ShortChannelBindings",
     [](Arguments& a) {
       static uint8_t bytes[8];
       a.in.push_back({8, SECBUFFER_CHANNEL_BINDINGS, bytes});
     },
     {SEC_E_BAD_BINDINGS, SEC_E_BAD_BINDINGS, SEC_E_BAD_BINDINGS,
      SEC_E_BAD_BINDINGS},
     After::kFailed},
    {"ChannelBindingsOfNoMemory",
     [](Arguments& a) {
       a.in.push_back({64, SECBUFFER_CHANNEL_BINDINGS, nullptr});
     },
     {SEC_E_BAD_BINDINGS, SEC_E_BAD_BINDINGS, SEC_E_BAD_BINDINGS,
      SEC_E_BAD_BINDINGS},
     After::kFailed},

    // Output. Windows takes no place to put a token for one too small (seen by
    // Wine's tests); the acceptor's last call puts out none.
    {"NoOutput",
     [](Arguments& a) { a.output = nullptr; },
     {kTooSmall, kTooSmall, kTooSmall, kFine}},
    {"OutputWithoutToken",
     [](Arguments& a) { a.out.BufferType = SECBUFFER_DATA; },
     {kTooSmall, kTooSmall, kTooSmall, kFine}},
    {"OutputOfSizeZero",
     [](Arguments& a) { a.out.cbBuffer = 0; },
     {kTooSmall, kTooSmall, kTooSmall, kFine}},
    {"OutputOfSizeZeroAndNoMemory",
     [](Arguments& a) {
       a.out = {0, SECBUFFER_TOKEN, nullptr};
     },
     {kTooSmall, kTooSmall, kTooSmall, kFine}},
    {"OutputSmallerThanAnyToken",
     [](Arguments& a) { a.out.cbBuffer = 39; },
     {kTooSmall, kTooSmall, kTooSmall, kFine}},
    {"OutputOfNoMemory",
     [](Arguments& a) { a.out.pvBuffer = nullptr; },
     {kInvalid, kInvalid, kInvalid, kFine},
     After::kFailed},
    {"ReadOnlyOutput",
     [](Arguments& a) { a.out.BufferType |= SECBUFFER_READONLY; },
     {kInvalid, kInvalid, kInvalid, kFine},
     After::kFailed},
    {"ReadOnlyOutputToBeAllocated",
     [](Arguments& a) {
       a.requirements |= ISC_REQ_ALLOCATE_MEMORY;
       a.out.BufferType |= SECBUFFER_READONLY;
     },
     {kInvalid, kInvalid, kInvalid, kFine},
     After::kFailed},
    {"OutputOfUnknownVersion",
     [](Arguments& a) { a.output_descriptor.ulVersion = 7; },
     {kInvalid, kInvalid, kInvalid, kInvalid}},
    {"OutputOfMissingBuffers",
     [](Arguments& a) { a.output_descriptor.cBuffers = 1; },
     {kInvalid, kInvalid, kInvalid, kInvalid}},
    {"OutputOfAbsurdlyManyBuffers",
     [](Arguments& a) {
       a.output_descriptor = {SECBUFFER_VERSION, 0xFFFFFFFF, &a.out};
     },
     {kInvalid, kInvalid, kInvalid, kInvalid}},
};

class LegArguments
    : public ::testing::TestWithParam<std::tuple<int, Form, const Case*>> {};

std::vector<const Case*> AllCases() {
  std::vector<const Case*> all;
  for (const Case& c : kCases) all.push_back(&c);
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Each, LegArguments,
    ::testing::Combine(::testing::Range(0, static_cast<int>(kLegs)),
                       ::testing::Values(Form::kWide, Form::kAnsi),
                       ::testing::ValuesIn(AllCases())),
    [](const auto& tested) {
      return std::string(kLegNames[std::get<0>(tested.param)]) +
             (std::get<1>(tested.param) == Form::kWide ? "W" : "A") +
             std::get<2>(tested.param)->name;
    });

TEST_P(LegArguments, AreChecked) {
  const auto& [leg, form, c] = GetParam();
  const Bytes undisturbed = UndisturbedToken(leg);
  Exchange exchange(form);
  exchange.Until(leg);
  const uint64_t live = exchange.lab().world.memory().live_allocations();
  const SECURITY_STATUS expected =
      c->expected[leg] == kFine ? kUndisturbed[leg] : c->expected[leg];

  Arguments a;
  exchange.set_spoil(c->spoil);
  ASSERT_TRUE(Returns(IsInitiators(leg) ? Call::kInitializeSecurityContext
                                        : Call::kAcceptSecurityContext,
                      exchange.Call(leg, a), expected));
  if (expected >= 0) {
    exchange.Keep(leg, a);
    // What the caller asked for is in the tokens' flags; the rest is the same.
    EXPECT_EQ(exchange.token(), undisturbed);
    return;
  }
  // A failure puts out nothing, and says so.
  EXPECT_EQ(exchange.output(), Bytes(4096, 0xCC));
  EXPECT_EQ(a.out.pvBuffer, exchange.given().pvBuffer);
  EXPECT_EQ(a.out.BufferType, exchange.given().BufferType);
  if (c->after == After::kRepeatable) {
    EXPECT_EQ(a.out.cbBuffer, exchange.given().cbBuffer);
  } else {
    EXPECT_EQ(a.out.cbBuffer, 0U);
  }
  EXPECT_EQ(a.new_handle.dwLower, 0U);
  EXPECT_EQ(a.new_handle.dwUpper, 0U);
  if (a.attributes != nullptr && a.reserved1 == 0 && a.reserved2 == 0) {
    EXPECT_EQ(a.attribute_word, 0U);
  }
  if (IsFirst(leg)) {
    EXPECT_EQ(exchange.lab().world.memory().live_allocations(), live);
  }
  exchange.set_spoil(nullptr);
  const SECURITY_STATUS again = exchange.CallRightly(leg);
  if (c->after == After::kRepeatable || IsFirst(leg)) {
    EXPECT_EQ(again, kUndisturbed[leg]);
    EXPECT_EQ(exchange.token(), undisturbed);
  } else {
    EXPECT_EQ(again, SEC_E_OUT_OF_SEQUENCE);
  }
}

// Exactly as much room as is needed will do; one byte less won't, and changes
// nothing.
TEST(OutputToken, NeedsItsSizeAndNoMore) {
  for (const int leg : {kNegotiate, kChallenge, kAuthenticate}) {
    SCOPED_TRACE(kLegNames[leg]);
    const Bytes undisturbed = UndisturbedToken(leg);
    Exchange exchange(Form::kWide);
    exchange.Until(leg);
    ULONG room = static_cast<ULONG>(undisturbed.size()) - 1;
    exchange.set_spoil([&room](Arguments& a) { a.out.cbBuffer = room; });
    for (int i = 0; i < 3; ++i) {
      Arguments a;
      ASSERT_EQ(exchange.Call(leg, a), SEC_E_BUFFER_TOO_SMALL);
      EXPECT_EQ(a.out.cbBuffer, room);
      EXPECT_EQ(exchange.output(), Bytes(4096, 0xCC));
    }
    ++room;
    ASSERT_EQ(exchange.CallRightly(leg), kUndisturbed[leg]);
    EXPECT_EQ(exchange.token(), undisturbed);
  }
}

TEST(OutputToken, IsAllocatedOnDemandAndFreedByTheCaller) {
  Exchange exchange(Form::kAnsi);
  for (int leg = 0; leg < kLegs; ++leg) {
    SCOPED_TRACE(kLegNames[leg]);
    // What buffer the caller shows does not matter.
    exchange.set_spoil([leg](Arguments& a) {
      a.requirements |= ISC_REQ_ALLOCATE_MEMORY;
      if (leg % 2 == 0) a.out = {0, SECBUFFER_TOKEN, nullptr};
    });
    Arguments a;
    const uint64_t before = exchange.lab().world.memory().live_allocations();
    ASSERT_EQ(exchange.Call(leg, a), kUndisturbed[leg]);
    EXPECT_NE(a.attribute_word & ISC_RET_ALLOCATED_MEMORY, 0U);
    exchange.Keep(leg, a);
    EXPECT_EQ(exchange.output(), Bytes(4096, 0xCC));
    if (leg == kAccept) {
      // No token, no memory.
      EXPECT_EQ(a.out.pvBuffer, nullptr);
      EXPECT_EQ(a.out.cbBuffer, 0U);
      continue;
    }
    EXPECT_EQ(exchange.token(), UndisturbedToken(leg));
    EXPECT_GT(exchange.lab().world.memory().live_allocations(), before);
    EXPECT_TRUE(Returns(Call::kFreeContextBuffer,
                        FreeContextBuffer(a.out.pvBuffer), SEC_E_OK));
    EXPECT_TRUE(Returns(Call::kFreeContextBuffer,
                        FreeContextBuffer(a.out.pvBuffer),
                        SEC_E_INVALID_HANDLE));
  }
}

// Windows hands tokens to another process and back: a caller may well have one
// buffer for both.
TEST(OutputToken, MayLieOverTheInput) {
  Exchange exchange(Form::kWide);
  exchange.set_spoil([](Arguments& a) {
    if (a.in.empty()) return;
    std::memcpy(a.out.pvBuffer, a.in[0].pvBuffer, a.in[0].cbBuffer);
    a.in[0].pvBuffer = a.out.pvBuffer;
  });
  for (int leg = 0; leg < kLegs; ++leg) {
    ASSERT_EQ(exchange.CallRightly(leg), kUndisturbed[leg]);
    EXPECT_EQ(exchange.token(), UndisturbedToken(leg));
  }
}

TEST(FinalLegs, SayWhatWasGranted) {
  Exchange exchange(Form::kWide);
  for (int leg = 0; leg < kLegs; ++leg) {
    Arguments a;
    ASSERT_EQ(exchange.Call(leg, a), kUndisturbed[leg]);
    exchange.Keep(leg, a);
    EXPECT_EQ(a.expiry_time.QuadPart, static_cast<LONGLONG>(kFileTimeNever));
    if (leg < kAuthenticate) continue;
    EXPECT_EQ(a.attribute_word, leg == kAuthenticate ? 0x1001CU : 0x2001CU);
  }
}

TEST(TargetName, MayBeMissing) {
  Exchange exchange(Form::kAnsi);
  exchange.set_spoil([](Arguments& a) { a.has_target = false; });
  for (int leg = 0; leg < kLegs; ++leg) {
    EXPECT_EQ(exchange.CallRightly(leg), kUndisturbed[leg]) << kLegNames[leg];
  }
}

// A context belongs to the function that made it.
TEST(Legs, AreNotForTheOtherEndsContext) {
  Exchange exchange(Form::kWide);
  exchange.Until(kAuthenticate);
  Lab& lab = exchange.lab();
  testing::End client;
  ASSERT_EQ(
      client.AcquireOutbound(lab.world, u"alice", u"EXAMPLE", u"Sesame1!"),
      SEC_E_OK);
  Bytes token;
  ASSERT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  SecBuffer in = {static_cast<ULONG>(token.size()), SECBUFFER_TOKEN,
                  token.data()};
  SecBufferDesc input = {SECBUFFER_VERSION, 1, &in};
  ULONG attributes = 0;
  EXPECT_TRUE(Returns(
      Call::kAcceptSecurityContext,
      AcceptSecurityContext(&lab.server.credential, &client.context, &input, 0,
                            SECURITY_NATIVE_DREP, &client.context, nullptr,
                            &attributes, nullptr),
      SEC_E_INVALID_HANDLE));
}

TEST(Legs, NeedCredentialsForTheirDirection) {
  Lab lab;
  lab.Acquire();
  std::swap(lab.client.credential, lab.server.credential);
  Bytes token;
  EXPECT_TRUE(Returns(Call::kInitializeSecurityContext,
                      lab.client.Initialize(&token), SEC_E_NO_CREDENTIALS));
  token = Bytes(40);
  EXPECT_TRUE(Returns(Call::kAcceptSecurityContext, lab.server.Accept(&token),
                      SEC_E_NO_CREDENTIALS));
}

TEST(CompleteAndControl, CheckTheirDescriptorFirst) {
  testing::Established lab;
  SecBufferDesc version = {1, 0, nullptr};
  SecBufferDesc count = {SECBUFFER_VERSION, 1, nullptr};
  for (SecBufferDesc* bad :
       {&version, &count, static_cast<SecBufferDesc*>(nullptr)}) {
    EXPECT_TRUE(Returns(Call::kCompleteAuthToken,
                        CompleteAuthToken(&lab.client.context, bad),
                        SEC_E_INVALID_PARAMETER));
    EXPECT_TRUE(Returns(Call::kApplyControlToken,
                        ApplyControlToken(&lab.client.context, bad),
                        SEC_E_INVALID_PARAMETER));
  }
  SecBufferDesc empty = {SECBUFFER_VERSION, 0, nullptr};
  EXPECT_TRUE(Returns(Call::kCompleteAuthToken,
                      CompleteAuthToken(&lab.client.context, &empty),
                      SEC_E_UNSUPPORTED_FUNCTION));
  EXPECT_TRUE(Returns(Call::kApplyControlToken,
                      ApplyControlToken(&lab.client.context, &empty),
                      SEC_E_UNSUPPORTED_FUNCTION));
}

}  // namespace
}  // namespace sspilab

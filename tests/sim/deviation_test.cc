// What callers do otherwise: each kind of deviation reaches the package as it
// says, is in the trace, and replays.

#include "sim/deviation.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/interceptor.h"
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

DeviationPlace Place(std::string_view text) {
  const absl::StatusOr<DeviationPlace> place = ParseDeviationPlace(text);
  EXPECT_TRUE(place.ok()) << place.status();
  return place.value_or(DeviationPlace());
}

Deviation At(Side side, std::string_view place) {
  Deviation deviation;
  deviation.side = side;
  deviation.at = Place(place);
  return deviation;
}

Deviation More(Side side, std::string_view place, Call call) {
  Deviation deviation = At(side, place);
  deviation.call = call;
  return deviation;
}

AttributeNumber Attribute(uint32_t value) { return {value}; }

Scenario With(Package package, std::vector<Deviation> deviations) {
  Scenario scenario = ReferenceScenario(package);
  scenario.deviations = std::move(deviations);
  return scenario;
}

// The calls of a run: "client InitializeSecurityContextW SEC_E_OK".
std::vector<std::string> Calls(const Scenario& scenario,
                               Outcome* outcome = nullptr) {
  Recorder recorder;
  const Outcome ran =
      RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  EXPECT_EQ(ran.impossible, "");
  if (outcome != nullptr) {
    *outcome = ran;
  }
  std::vector<std::string> calls;
  for (const TraceEvent& event : recorder.events()) {
    if (const auto* call = std::get_if<TraceCall>(&event)) {
      calls.push_back(absl::StrCat(kSideNames[static_cast<size_t>(call->side)],
                                   " ", call->function, " ",
                                   StatusName(call->status)));
    }
  }
  return calls;
}

// What a table was given in the calls of one function, copied.
class Spy final : public Interceptor {
 public:
  struct Seen {
    SspiCall call;
    std::u16string name;
    std::vector<SecBuffer> input;
    std::vector<SecBuffer> output;
    std::vector<std::vector<uint8_t>> input_bytes;
    SecHandle context = {};
    SECURITY_STATUS status = SEC_E_OK;
  };

  Spy(SecurityFunctionTableW* inner, Call function)
      : Interceptor(inner), function_(function) {}

  const std::vector<Seen>& seen() const { return seen_; }

 private:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    if (call.call != function_) {
      return proceed();
    }
    Seen seen{.call = call};
    if (call.name != nullptr) {
      seen.name = call.name;
    }
    if (call.context != nullptr) {
      seen.context = *call.context;
    }
    for (ULONG i = 0; call.input != nullptr && i < call.input->cBuffers; ++i) {
      const SecBuffer& buffer = call.input->pBuffers[i];
      seen.input.push_back(buffer);
      const auto* bytes = static_cast<const uint8_t*>(buffer.pvBuffer);
      seen.input_bytes.emplace_back();
      if (bytes != nullptr) {
        seen.input_bytes.back().assign(bytes, bytes + buffer.cbBuffer);
      }
    }
    for (ULONG i = 0; call.output != nullptr && i < call.output->cBuffers;
         ++i) {
      seen.output.push_back(call.output->pBuffers[i]);
    }
    seen.status = proceed();
    seen_.push_back(std::move(seen));
    return seen_.back().status;
  }

  const Call function_;
  std::vector<Seen> seen_;
};

std::vector<Spy::Seen> CallsSeen(Call function, const Scenario& scenario) {
  Spy spy(InitSecurityInterfaceW(), function);
  EXPECT_EQ(RunScenario(scenario, spy.table()).impossible, "");
  return spy.seen();
}

constexpr Call kIsc = Call::kInitializeSecurityContext;

TEST(DeviationTest, NoneChangesNothing) {
  Outcome outcome;
  const auto calls = Calls(ReferenceScenario(), &outcome);
  EXPECT_TRUE(outcome.ok);
  // A place that is passed, and nothing done there.
  EXPECT_EQ(Calls(With(Package::kNtlm, {At(Side::kClient,
                                           "before "
                                           "InitializeSecurity"
                                           "Context 1")})),
            calls);
}

TEST(DeviationTest, ArgumentsOfTheCallersOwnCall) {
  Deviation deviation = At(Side::kClient, "InitializeSecurityContext 2");
  deviation.name = u"elsewhere";
  deviation.number = ISC_REQ_INTEGRITY;
  deviation.input = {{SECBUFFER_TOKEN, "caller", {}, 12, std::nullopt},
                     {SECBUFFER_CHANNEL_BINDINGS, "", {1, 2, 3}, 5, 1}};
  deviation.output = {{SECBUFFER_TOKEN, "", {}, 7, std::nullopt}};
  const auto seen = CallsSeen(kIsc, With(Package::kNtlm, {deviation}));
  ASSERT_EQ(seen.size(), 2U);
  const auto plain = CallsSeen(kIsc, ReferenceScenario());
  EXPECT_EQ(seen[1].name, u"elsewhere");
  EXPECT_EQ(seen[1].call.number, uint32_t{ISC_REQ_INTEGRITY});
  ASSERT_EQ(seen[1].input.size(), 2U);
  EXPECT_EQ(seen[1].input_bytes[0],
            std::vector<uint8_t>(plain[1].input_bytes[0].begin(),
                                 plain[1].input_bytes[0].begin() + 12));
  EXPECT_EQ(seen[1].input[1].BufferType, ULONG{SECBUFFER_CHANNEL_BINDINGS});
  EXPECT_EQ(seen[1].input_bytes[1], (std::vector<uint8_t>{1, 3, 3, 0, 0}));
  ASSERT_EQ(seen[1].output.size(), 1U);
  EXPECT_EQ(seen[1].output[0].cbBuffer, 7U);
  EXPECT_NE(seen[1].output[0].pvBuffer, nullptr);
}

TEST(DeviationTest, NullArguments) {
  Deviation deviation = At(Side::kClient, "InitializeSecurityContext 1");
  deviation.null = {
      NullableArgument::kName,       NullableArgument::kCredential,
      NullableArgument::kNewContext, NullableArgument::kOutput,
      NullableArgument::kAttributes, NullableArgument::kInput,
      NullableArgument::kContext};
  const auto seen = CallsSeen(kIsc, With(Package::kNtlm, {deviation}));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].call.name, nullptr);
  EXPECT_EQ(seen[0].call.credential, nullptr);
  EXPECT_EQ(seen[0].call.context, nullptr);
  EXPECT_EQ(seen[0].call.new_context, nullptr);
  EXPECT_EQ(seen[0].call.input, nullptr);
  EXPECT_EQ(seen[0].call.output, nullptr);
  EXPECT_EQ(seen[0].call.attributes, nullptr);
  EXPECT_EQ(seen[0].status, SEC_E_INVALID_PARAMETER);
}

TEST(DeviationTest, ReservedNotZero) {
  Deviation deviation = At(Side::kClient, "InitializeSecurityContext 2");
  deviation.reserved = 3;
  const auto seen = CallsSeen(kIsc, With(Package::kNtlm, {deviation}));
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[1].call.reserved[0], 3U);
  EXPECT_EQ(seen[1].call.reserved[1], 3U);
}

TEST(DeviationTest, BuffersWithoutAddressAndDescriptorsOfAnotherVersion) {
  Deviation no_address =
      More(Side::kClient, "before InitializeSecurityContext 2", kIsc);
  no_address.output = {{SECBUFFER_TOKEN, "null", {}, 9999, std::nullopt}};
  Deviation version =
      More(Side::kClient, "before InitializeSecurityContext 2", kIsc);
  version.descriptor_version = 8;
  const auto seen =
      CallsSeen(kIsc, With(Package::kNtlm, {version, no_address}));
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[1].status, SEC_E_INVALID_TOKEN);
  EXPECT_EQ(seen[2].output[0].pvBuffer, nullptr);
  EXPECT_EQ(seen[2].output[0].cbBuffer, 9999U);
  EXPECT_EQ(seen[2].status, SEC_E_INVALID_TOKEN);
}

// A call more works on copies: the caller's own goes on as if nothing had been.
TEST(DeviationTest, ACallMoreLeavesTheCallersArgumentsAlone) {
  Deviation small =
      More(Side::kClient, "before InitializeSecurityContext 2", kIsc);
  small.output = {{SECBUFFER_TOKEN, "", {}, 10, std::nullopt}};
  Outcome outcome;
  const auto calls = Calls(With(Package::kNtlm, {small}), &outcome);
  EXPECT_TRUE(outcome.ok);
  EXPECT_EQ(outcome.leaked_allocations, 0U);
  EXPECT_THAT(calls, Contains("client InitializeSecurityContextW "
                              "SEC_E_BUFFER_TOO_SMALL"));
  EXPECT_EQ(calls.size(), Calls(ReferenceScenario()).size() + 1);

  // Part of the record that the client is to take, and then the whole of it.
  Deviation cut =
      More(Side::kClient, "before InitializeSecurityContext 2", kIsc);
  cut.input = {{SECBUFFER_TOKEN, "caller", {}, 4, std::nullopt},
               {SECBUFFER_EMPTY, "", {}, std::nullopt, std::nullopt}};
  const auto streams = Calls(With(Package::kSchannel, {cut}), &outcome);
  EXPECT_TRUE(outcome.ok);
  EXPECT_THAT(streams, Contains("client InitializeSecurityContextW "
                                "SEC_E_INCOMPLETE_MESSAGE"));
}

TEST(DeviationTest, Handles) {
  const auto status_of = [](std::string_view context,
                            std::string_view credential) {
    Deviation deviation =
        More(Side::kClient, "before InitializeSecurityContext 2", kIsc);
    deviation.context = context;
    deviation.credential = credential;
    return CallsSeen(kIsc, With(Package::kNtlm, {deviation})).at(1).status;
  };
  EXPECT_EQ(status_of("zero", ""), SEC_E_INVALID_HANDLE);
  EXPECT_EQ(status_of("wrong", ""), SEC_E_INVALID_HANDLE);
  EXPECT_EQ(status_of("peer", ""), SEC_E_INVALID_HANDLE);
  EXPECT_EQ(status_of("", "wrong"), SEC_E_INVALID_HANDLE);
  // An inbound credential cannot begin anything.
  EXPECT_EQ(status_of("", "peer"), SEC_E_NO_CREDENTIALS);
}

TEST(DeviationTest, WhatACallSavedServesALaterOne) {
  Deviation acquire = More(Side::kClient, "after AcquireCredentialsHandle 1",
                           Call::kAcquireCredentialsHandle);
  acquire.number = SECPKG_CRED_INBOUND;
  acquire.save = "inbound";
  Deviation use =
      More(Side::kClient, "before InitializeSecurityContext 1", kIsc);
  use.credential = "inbound";
  // The server's own token once more.
  Deviation keep = At(Side::kServer, "AcceptSecurityContext 1");
  keep.save = "challenge";
  Deviation again =
      More(Side::kClient, "after InitializeSecurityContext 2", kIsc);
  again.input = {
      {SECBUFFER_TOKEN, "challenge", {}, std::nullopt, std::nullopt}};
  const auto scenario = With(Package::kNtlm, {acquire, use, keep, again});
  const auto seen = CallsSeen(kIsc, scenario);
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[0].status, SEC_E_NO_CREDENTIALS);
  EXPECT_EQ(seen[3].input_bytes[0], seen[2].input_bytes[0]);
  EXPECT_EQ(seen[3].status, SEC_E_OUT_OF_SEQUENCE);
  Outcome outcome;
  Calls(scenario, &outcome);
  EXPECT_TRUE(outcome.ok);
  EXPECT_EQ(outcome.leaked_allocations, 0U);
}

TEST(DeviationTest, AllocationThatFails) {
  Deviation deviation = At(Side::kServer, "AcceptSecurityContext 1");
  deviation.failing_allocation = 1;
  Outcome outcome;
  EXPECT_THAT(Calls(With(Package::kNtlm, {deviation}), &outcome),
              Contains("server AcceptSecurityContext "
                       "SEC_E_INSUFFICIENT_MEMORY"));
  EXPECT_EQ(outcome.leaked_allocations, 0U);
}

TEST(DeviationTest, SurroundingsChange) {
  Deviation authority = At(Side::kServer, "before AcceptSecurityContext 2");
  authority.authority_reachable = false;
  EXPECT_THAT(Calls(With(Package::kNtlm, {authority})),
              Contains("server AcceptSecurityContext "
                       "SEC_E_NO_AUTHENTICATING_AUTHORITY"));
  // Two years later the server's certificate is none any more.
  Deviation late = At(Side::kClient, "before InitializeSecurityContext 2");
  late.advance = 2 * 365 * 86400;
  EXPECT_THAT(Calls(With(Package::kSchannel, {late})),
              Contains("client InitializeSecurityContextW SEC_E_CERT_EXPIRED"));
}

TEST(DeviationTest, InsteadTheCallerGetsTheOtherStatus) {
  Deviation skip = At(Side::kClient, "instead of DeleteSecurityContext 1");
  Outcome outcome;
  const auto calls = Calls(With(Package::kNtlm, {skip}), &outcome);
  EXPECT_TRUE(outcome.client.authenticated());
  EXPECT_NE(outcome.leaked_allocations, 0U);
  EXPECT_EQ(std::count(calls.begin(), calls.end(),
                       "client DeleteSecurityContext SEC_E_OK"),
            0);

  Deviation other = More(Side::kClient, "instead of EncryptMessage 1",
                         Call::kApplyControlToken);
  other.input = {
      {SECBUFFER_TOKEN, "", {1, 0, 0, 0}, std::nullopt, std::nullopt}};
  Calls(With(Package::kNtlm, {other}), &outcome);
  EXPECT_EQ(outcome.client.status, SEC_E_UNSUPPORTED_FUNCTION);
}

TEST(DeviationTest, DuringACallTheContextIsBusy) {
  Deviation during = More(Side::kServer, "during AcceptSecurityContext 2",
                          Call::kDeleteSecurityContext);
  Outcome outcome;
  EXPECT_THAT(Calls(With(Package::kNtlm, {during}), &outcome),
              Contains("server DeleteSecurityContext SEC_E_INTERNAL_ERROR"));
  EXPECT_TRUE(outcome.ok);
}

// Every function, once: with the status that only a call which arrived gets.
struct FunctionCase {
  Package package;
  const char* place;
  Call call;
  std::function<void(Deviation&)> change;
  const char* expected;
};

const FunctionCase kFunctions[] = {
    {Package::kNtlm, "after AcquireCredentialsHandle 1",
     Call::kEnumerateSecurityPackages, [](Deviation&) {},
     "EnumerateSecurityPackagesW SEC_E_OK"},
    {Package::kNtlm, "after AcquireCredentialsHandle 1",
     Call::kQuerySecurityPackageInfo, [](Deviation& d) { d.name = u"Nothing"; },
     "QuerySecurityPackageInfoW SEC_E_SECPKG_NOT_FOUND"},
    {Package::kNtlm, "after AcquireCredentialsHandle 1",
     Call::kAcquireCredentialsHandle, [](Deviation& d) { d.logon_id = 999; },
     "AcquireCredentialsHandleW SEC_E_NOT_OWNER"},
    {Package::kNtlm, "after AcquireCredentialsHandle 1", Call::kAddCredentials,
     [](Deviation& d) { d.name = u"Nothing"; },
     "AddCredentialsW SEC_E_SECPKG_NOT_FOUND"},
    {Package::kNtlm, "after DeleteSecurityContext 1",
     Call::kFreeCredentialsHandle, [](Deviation& d) { d.credential = "zero"; },
     "FreeCredentialsHandle SEC_E_INVALID_HANDLE"},
    {Package::kNtlm, "after AcquireCredentialsHandle 1",
     Call::kQueryCredentialsAttributes,
     [](Deviation& d) { d.attribute = Attribute(SECPKG_CRED_ATTR_NAMES); },
     "QueryCredentialsAttributesW SEC_E_OK"},
    {Package::kNtlm, "after AcquireCredentialsHandle 1",
     Call::kQueryCredentialsAttributes,
     [](Deviation& d) {
       d.attribute = Attribute(SECPKG_CRED_ATTR_NAMES);
       d.size = 1;
     },
     "QueryCredentialsAttributesExW SEC_E_BUFFER_TOO_SMALL"},
    {Package::kNtlm, "after AcquireCredentialsHandle 1",
     Call::kSetCredentialsAttributes, [](Deviation&) {},
     "SetCredentialsAttributesW SEC_E_UNSUPPORTED_FUNCTION"},
    {Package::kNtlm, "after AcquireCredentialsHandle 1",
     Call::kChangeAccountPassword, [](Deviation&) {},
     "ChangeAccountPasswordW SEC_E_UNSUPPORTED_FUNCTION"},
    {Package::kNtlm, "after InitializeSecurityContext 1",
     Call::kAcceptSecurityContext, [](Deviation&) {},
     "AcceptSecurityContext SEC_E_INVALID_HANDLE"},
    {Package::kNtlm, "after InitializeSecurityContext 1",
     Call::kCompleteAuthToken, [](Deviation& d) { d.input.emplace(); },
     "CompleteAuthToken SEC_E_UNSUPPORTED_FUNCTION"},
    {Package::kSchannel, "after InitializeSecurityContext 1",
     Call::kApplyControlToken,
     [](Deviation& d) {
       d.input = {{SECBUFFER_TOKEN, "", {9}, std::nullopt, std::nullopt}};
     },
     "ApplyControlToken SEC_E_INVALID_TOKEN"},
    {Package::kNtlm, "after DeleteSecurityContext 1",
     Call::kDeleteSecurityContext, [](Deviation&) {},
     "DeleteSecurityContext SEC_E_INVALID_HANDLE"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kQueryContextAttributes,
     [](Deviation& d) { d.attribute = Attribute(SECPKG_ATTR_STREAM_SIZES); },
     "QueryContextAttributesW SEC_E_UNSUPPORTED_FUNCTION"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kQueryContextAttributes,
     [](Deviation& d) {
       d.attribute = Attribute(SECPKG_ATTR_SIZES);
       d.size = 2;
     },
     "QueryContextAttributesExW SEC_E_BUFFER_TOO_SMALL"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kSetContextAttributes,
     [](Deviation& d) {
       d.null = {NullableArgument::kMemory};
       d.size = 2;
     },
     "SetContextAttributesW SEC_E_INVALID_PARAMETER"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kFreeContextBuffer, [](Deviation&) {},
     "FreeContextBuffer SEC_E_INVALID_HANDLE"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kImpersonateSecurityContext, [](Deviation&) {},
     "ImpersonateSecurityContext SEC_E_NO_IMPERSONATION"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kRevertSecurityContext, [](Deviation& d) { d.context = "wrong"; },
     "RevertSecurityContext SEC_E_INVALID_HANDLE"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kQuerySecurityContextToken,
     [](Deviation& d) { d.null = {NullableArgument::kMemory}; },
     "QuerySecurityContextToken SEC_E_INVALID_PARAMETER"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kExportSecurityContext, [](Deviation& d) { d.number = 0x80; },
     "ExportSecurityContext SEC_E_INVALID_PARAMETER"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kImportSecurityContext,
     [](Deviation& d) {
       d.memory = std::vector<uint8_t>{1, 2, 3};
     },
     "ImportSecurityContextW SEC_E_INVALID_TOKEN"},
    {Package::kNtlm, "after InitializeSecurityContext 2", Call::kMakeSignature,
     [](Deviation& d) {
       d.number = 1;
       d.input.emplace();
     },
     "MakeSignature SEC_E_QOP_NOT_SUPPORTED"},
    {Package::kNtlm, "after InitializeSecurityContext 2",
     Call::kVerifySignature, [](Deviation& d) { d.input.emplace(); },
     "VerifySignature SEC_E_INVALID_TOKEN"},
    {Package::kNtlm, "after InitializeSecurityContext 2", Call::kEncryptMessage,
     [](Deviation& d) {
       d.input = {{SECBUFFER_TOKEN, "", {}, 15, std::nullopt}};
     },
     "EncryptMessage SEC_E_BUFFER_TOO_SMALL"},
    {Package::kNtlm, "after InitializeSecurityContext 2", Call::kDecryptMessage,
     [](Deviation& d) { d.null = {NullableArgument::kInput}; },
     "DecryptMessage SEC_E_INVALID_TOKEN"},
};

TEST(DeviationTest, EveryFunctionCanBeCalledMore) {
  std::vector<bool> called(kCallCount, false);
  called[static_cast<size_t>(kIsc)] = true;  // Above.
  for (const FunctionCase& of : kFunctions) {
    Deviation deviation = More(Side::kClient, of.place, of.call);
    of.change(deviation);
    Outcome outcome;
    EXPECT_THAT(Calls(With(of.package, {deviation}), &outcome),
                Contains(absl::StrCat("client ", of.expected)));
    EXPECT_EQ(outcome.leaked_allocations, 0U) << of.expected;
    EXPECT_THAT(outcome.deviation_surprises, IsEmpty()) << of.expected;
    called[static_cast<size_t>(of.call)] = true;
  }
  EXPECT_EQ(std::count(called.begin(), called.end(), false), 0);
}

// Exported here, imported there: the context is the same one.
TEST(DeviationTest, AContextMoves) {
  Deviation sends = More(Side::kServer, "after AcceptSecurityContext 2",
                         Call::kExportSecurityContext);
  sends.save = "moved";
  Deviation takes = More(Side::kServer, "after AcceptSecurityContext 2",
                         Call::kImportSecurityContext);
  takes.packed = "moved";
  takes.save = "here";
  Deviation asks = More(Side::kServer, "after AcceptSecurityContext 2",
                        Call::kImpersonateSecurityContext);
  asks.context = "here";
  Outcome outcome;
  const auto calls =
      Calls(With(Package::kNtlm, {sends, takes, asks}), &outcome);
  EXPECT_THAT(calls, Contains("server ImportSecurityContextW SEC_E_OK"));
  EXPECT_THAT(calls, Contains("server ImpersonateSecurityContext SEC_E_OK"));
  EXPECT_TRUE(outcome.ok);
  EXPECT_EQ(outcome.leaked_allocations, 0U);
}

// What a query allocates is given back, whatever the attribute.
TEST(DeviationTest, AttributesAreGivenBack) {
  for (const Package package : {Package::kNtlm, Package::kNegotiate,
                                Package::kSchannel, Package::kCredSsp}) {
    std::vector<Deviation> queries;
    for (const Side side : {Side::kClient, Side::kServer}) {
      for (uint32_t attribute = 0; attribute < 0x90; ++attribute) {
        for (const uint32_t base : {0U, 0x80000000U}) {
          // Its structure is the caller's to fill.
          if (attribute == SECPKG_ATTR_CIPHER_INFO) {
            continue;
          }
          queries.push_back(More(side, "before DeleteSecurityContext 1",
                                 Call::kQueryContextAttributes));
          queries.back().attribute = Attribute(base + attribute);
        }
      }
      for (uint32_t attribute = 0; attribute < 0x70; ++attribute) {
        queries.push_back(More(side, "before DeleteSecurityContext 1",
                               Call::kQueryCredentialsAttributes));
        queries.back().attribute = Attribute(attribute);
      }
    }
    Outcome outcome;
    Calls(With(package, queries), &outcome);
    EXPECT_EQ(outcome.leaked_allocations, 0U) << PackageName(package);
    EXPECT_THAT(outcome.deviation_surprises, IsEmpty()) << PackageName(package);
  }
}

TEST(DeviationTest, WhatWentOtherwiseIsTold) {
  Deviation wrong = More(Side::kClient, "before InitializeSecurityContext 1",
                         Call::kEnumerateSecurityPackages);
  wrong.returns = {SEC_E_INTERNAL_ERROR};
  Deviation own = At(Side::kServer, "AcceptSecurityContext 2");
  own.returns = {SEC_I_CONTINUE_NEEDED};
  Deviation right = own;
  right.returns = {SEC_E_OK};
  Outcome outcome;
  Calls(With(Package::kNtlm,
             {At(Side::kServer, "after AcceptSecurityContext 9"),
              At(Side::kClient, "before InitializeSecurityContext 1"), wrong,
              own, right}),
        &outcome);
  EXPECT_THAT(
      outcome.deviation_surprises,
      ElementsAre(
          DeviationSurprise{0, "server, after AcceptSecurityContext 9",
                            "a call that it is about", "no such call"},
          DeviationSurprise{2,
                            "client, before InitializeSecurityContext 1: "
                            "EnumerateSecurityPackages",
                            "SEC_E_INTERNAL_ERROR", "SEC_E_OK"},
          DeviationSurprise{3, "server, AcceptSecurityContext 2",
                            "SEC_I_CONTINUE_NEEDED", "SEC_E_OK"}));
}

// Something of everything.
Scenario Unusual() {
  Deviation all = More(Side::kServer, "before AcceptSecurityContext 2",
                       Call::kAcceptSecurityContext);
  all.name = u"n\u00E4me";
  all.attribute = Attribute(SECPKG_ATTR_KEYING_MATERIAL);
  all.sequence = 4;
  all.reserved = 5;
  all.logon_id = 0x123456789;
  all.credential = "wrong";
  all.context = "zero";
  all.null = {NullableArgument::kMemory, NullableArgument::kAttributes};
  all.input = {{SECBUFFER_TOKEN, "caller", {}, 3, 1},
               {SECBUFFER_EXTRA, "", {0xAB}, std::nullopt, std::nullopt}};
  all.output.emplace();
  all.descriptor_version = 6;
  all.memory = std::vector<uint8_t>();
  all.size = 7;
  all.packed = "x";
  all.save = "x";
  all.advance = 8;
  all.authority_reachable = true;
  all.failing_allocation = 9;
  all.returns = {SEC_E_INVALID_HANDLE};
  Deviation number = At(Side::kClient, "EncryptMessage 1");
  number.number = 1;
  Deviation during = More(Side::kClient, "during InitializeSecurityContext 2",
                          Call::kRevertSecurityContext);
  return With(Package::kNtlm, {all, during, number});
}

std::string Record(const Scenario& scenario) {
  Recorder recorder;
  EXPECT_EQ(
      RunScenario(scenario, InitSecurityInterfaceW(), &recorder).impossible,
      "");
  return TraceToJson({scenario, recorder.TakeEvents()}).value_or("");
}

TEST(DeviationTest, IsInTheTraceAndReplaysToTheByte) {
  const Scenario scenario = Unusual();
  const std::string json = Record(scenario);
  EXPECT_THAT(json, HasSubstr("\"at\":\"during InitializeSecurityContext 2\""));
  const absl::StatusOr<Trace> trace = TraceFromJson(json, "test");
  ASSERT_TRUE(trace.ok()) << trace.status();
  EXPECT_EQ(trace->scenario.deviations, scenario.deviations);
  EXPECT_EQ(Record(trace->scenario), json);
}

TEST(DeviationTest, TextsAreReadAsTheyAreWritten) {
  for (const std::string_view text :
       {"InitializeSecurityContext 1", "before AcceptSecurityContext 12",
        "after DeleteSecurityContext 2", "instead of CompleteAuthToken 1",
        "during DecryptMessage 3"}) {
    EXPECT_EQ(DeviationPlaceToString(Place(text)), text);
  }
  for (const std::string_view text :
       {"STREAM_SIZES", "CRED_ATTR_CERT", "CREDS", "4711"}) {
    const absl::StatusOr<AttributeNumber> attribute =
        ParseAttributeNumber(text);
    ASSERT_TRUE(attribute.ok()) << attribute.status();
    EXPECT_EQ(ParseAttributeNumber(AttributeNumberToString(*attribute))
                  .value_or(AttributeNumber()),
              *attribute);
  }
  // A number that two kinds have means the context's.
  EXPECT_EQ(AttributeNumberToString(Attribute(1)), "NAMES");
}

TEST(DeviationTest, TextsThatMeanNothing) {
  const auto place = [](std::string_view text) {
    return std::string(ParseDeviationPlace(text).status().message());
  };
  EXPECT_THAT(place("InitializeSecurityContext"), HasSubstr("call's number"));
  EXPECT_THAT(place("InitializeSecurityContext 0"), HasSubstr("call's number"));
  EXPECT_THAT(place("after AcceptSecurityContex 1"),
              HasSubstr("did you mean 'AcceptSecurityContext'?"));
  EXPECT_THAT(place(""), HasSubstr("call's number"));
  EXPECT_THAT(ParseAttributeNumber("STREAM_SIZE").status().message(),
              HasSubstr("did you mean 'STREAM_SIZES'?"));
  EXPECT_THAT(ParseNullableArgument("outputs").status().message(),
              HasSubstr("did you mean 'output'?"));
}

TEST(DeviationTest, WhatCannotBeDoneIsSaid) {
  const auto error = [](const std::function<void(Deviation&)>& change) {
    std::vector<Deviation> deviations = {
        More(Side::kClient, "after AcquireCredentialsHandle 1",
             Call::kAcquireCredentialsHandle),
        More(Side::kClient, "before InitializeSecurityContext 1", kIsc)};
    deviations[0].save = "other";
    change(deviations[1]);
    return RunScenario(With(Package::kNtlm, deviations),
                       InitSecurityInterfaceW())
        .impossible;
  };
  EXPECT_EQ(error([](Deviation&) {}), "");
  EXPECT_EQ(error([](Deviation& d) { d.credential = "othr"; }),
            "deviation 2: credential is 'othr', which no deviation saves: did "
            "you mean 'other'?");
  EXPECT_THAT(error([](Deviation& d) { d.context = "x"; }),
              HasSubstr("deviation 2: context is 'x'"));
  EXPECT_THAT(error([](Deviation& d) { d.packed = "x"; }),
              HasSubstr("deviation 2: packed is 'x'"));
  EXPECT_THAT(error([](Deviation& d) {
                d.input = {{SECBUFFER_TOKEN, "x", {}, {}, {}}};
              }),
              HasSubstr("input.of is 'x'"));
  EXPECT_THAT(error([](Deviation& d) {
                d.output = {{SECBUFFER_TOKEN, "caller", {1}, {}, {}}};
              }),
              HasSubstr("output.bytes are given"));
  EXPECT_THAT(error([](Deviation& d) { d.save = "peer"; }),
              HasSubstr("save is 'peer'"));
  EXPECT_THAT(error([](Deviation& d) {
                d.call.reset();
                d.size = 1;
              }),
              HasSubstr("call is missing"));
  EXPECT_THAT(
      error([](Deviation& d) { d.at.when = DeviationPlace::When::kIn; }),
      HasSubstr("call needs a place"));
  EXPECT_THAT(error([](Deviation& d) {
                d.number = 1;
                d.attribute = Attribute(1);
              }),
              HasSubstr("say one of them"));
}

}  // namespace
}  // namespace sspilab::sim

// Calls of the interface.

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "fuzz/api_calls.h"
#include "fuzz/ready_contexts.h"
#include "fuzz/seeds.h"
#include "sim/input/api_operation.h"

namespace sspilab::fuzz {
namespace {

using sim::ApiCall;
using sim::ApiOperation;
using sim::ByteSource;
using sim::HandleChoice;

void AddTalk(uint8_t list, Calls& calls) {
  calls.Add(ApiCall::kEncryptMessage, {.list = list})
      .Add(ApiCall::kDecryptMessage, {.handle = 1, .list = kStreamAndData})
      .Add(ApiCall::kMakeSignature, {.handle = 1, .list = list})
      .Add(ApiCall::kVerifySignature, {.list = kStreamAndData});
}

// Of those that a package of messages or of streams might have.
constexpr ULONG kAttributes[] = {
    SECPKG_ATTR_SIZES,
    SECPKG_ATTR_NAMES,
    SECPKG_ATTR_LIFESPAN,
    SECPKG_ATTR_DCE_INFO,
    SECPKG_ATTR_STREAM_SIZES,
    SECPKG_ATTR_KEY_INFO,
    SECPKG_ATTR_AUTHORITY,
    SECPKG_ATTR_PROTO_INFO,
    SECPKG_ATTR_PASSWORD_EXPIRY,
    SECPKG_ATTR_SESSION_KEY,
    SECPKG_ATTR_PACKAGE_INFO,
    SECPKG_ATTR_USER_FLAGS,
    SECPKG_ATTR_NEGOTIATION_INFO,
    SECPKG_ATTR_NATIVE_NAMES,
    SECPKG_ATTR_FLAGS,
    SECPKG_ATTR_TARGET_INFORMATION,
    SECPKG_ATTR_ACCESS_TOKEN,
    SECPKG_ATTR_UNIQUE_BINDINGS,
    SECPKG_ATTR_ENDPOINT_BINDINGS,
    SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
    SECPKG_ATTR_LAST_CLIENT_TOKEN_STATUS,
};
constexpr ULONG kStreamAttributes[] = {
    SECPKG_ATTR_STREAM_SIZES,
    SECPKG_ATTR_KEY_INFO,
    SECPKG_ATTR_UNIQUE_BINDINGS,
    SECPKG_ATTR_ENDPOINT_BINDINGS,
    SECPKG_ATTR_APPLICATION_PROTOCOL,
    SECPKG_ATTR_LOCAL_CERT_CONTEXT,
    SECPKG_ATTR_SUPPORTED_ALGS,
    SECPKG_ATTR_CIPHER_STRENGTHS,
    SECPKG_ATTR_SUPPORTED_PROTOCOLS,
    SECPKG_ATTR_ISSUER_LIST_EX,
    SECPKG_ATTR_CONNECTION_INFO,
    SECPKG_ATTR_SESSION_INFO,
    SECPKG_ATTR_CIPHER_INFO,
    SECPKG_ATTR_CONNECTION_INFO_EX,
    SECPKG_ATTR_NAMES,
    SECPKG_ATTR_PACKAGE_INFO,
    SECPKG_ATTR_NEGOTIATION_INFO,
    SECPKG_ATTR_LIFESPAN,
};

// What an end says about each, in as many seeds as that takes: the Unicode form
// of one end and the ANSI form of the other, and then the other way round.
std::vector<Calls> AllQueries(const Calls& handshake,
                              absl::Span<const ULONG> attributes) {
  std::vector<Calls> seeds = {handshake};
  for (const uint8_t swapped : {uint8_t{0}, uint8_t{1}}) {
    for (const ULONG attribute : attributes) {
      for (const uint8_t end : {uint8_t{0}, uint8_t{1}}) {
        if (seeds.back().full()) seeds.push_back(handshake);
        seeds.back().Query(end, attribute,
                           end == swapped ? uint8_t{0} : variation::kAnsi);
      }
    }
  }
  return seeds;
}

}  // namespace

void RecordApi(Seeds& seeds) {
  const auto add = [&seeds](std::string_view name, const Calls& calls,
                            bool all_packages = false) {
    seeds[absl::StrCat("api/", name)] = calls.Bytes(all_packages);
  };
  constexpr uint8_t kNtlmSeals = 0x03, kKerberosSeals = 0x1F;

  Calls ntlm = Calls().Handshake(kNtlm, kNtlmSeals, 2);
  AddTalk(kTokenAndData, ntlm);
  add("ntlm", ntlm);
  Calls negotiate = Calls().Handshake(kNegotiate, kNtlmSeals, 3);
  AddTalk(kTokenAndData, negotiate);
  add("negotiate", negotiate);
  Calls kerberos =
      Calls(sim::kApiHasRealm).Handshake(kKerberos, kKerberosSeals, 1);
  AddTalk(kTokenDataPadding, kerberos);
  add("kerberos", kerberos);
  add("negotiate_kerberos",
      Calls(sim::kApiHasRealm).Handshake(kNegotiate, kNtlmSeals, 3));
  add("allocated",
      Calls().Handshake(kNtlm, kNtlmSeals, 2, kToken, variation::kAllocate));
  add("ansi", Calls()
                  .Handshake(kNtlm, 0, 2, kToken, variation::kAnsi)
                  .Query(0, SECPKG_ATTR_NAMES, variation::kAnsi)
                  .Query(1, SECPKG_ATTR_PACKAGE_INFO, variation::kAnsi));
  add("complete",
      Calls(sim::kApiCompletesTokens)
          .Handshake(kNtlm, kNtlmSeals, 1)
          .Add(ApiCall::kCompleteAuthToken, {.list = kToken})
          .Add(ApiCall::kAcceptNext,
               {.handle = 1, .other = 1, .list = kToken, .output = kToken}));
  add("other_handle",
      Calls().Handshake(kNtlm, 0, 2, kToken, variation::kOtherHandle));
  add("little_room",
      Calls().Handshake(kNtlm, 0, 2, kToken, variation::kLittleRoom));
  add("wrong_version",
      Calls().Handshake(kNtlm, 0, 2, kToken, variation::kWrongVersion));
  add("reserved", Calls().Handshake(kNtlm, 0, 2, kToken, variation::kReserved));
  add("nulls", Calls().Handshake(kNtlm, 0, 2, kToken, variation::kNullNeeded));
  add("no_authority", Calls(sim::kApiNoAuthority).Handshake(kNtlm, 0, 2));

  Calls attributes = Calls().Handshake(kNtlm, kNtlmSeals, 2);
  for (const ULONG attribute :
       {SECPKG_ATTR_SIZES, SECPKG_ATTR_NAMES, SECPKG_ATTR_LIFESPAN,
        SECPKG_ATTR_SESSION_KEY, SECPKG_ATTR_FLAGS, SECPKG_ATTR_NATIVE_NAMES,
        SECPKG_ATTR_KEY_INFO, SECPKG_ATTR_NEGOTIATION_INFO}) {
    attributes.Query(1, attribute).Query(0, attribute, variation::kEx);
  }
  add("attributes", attributes);

  const auto add_queries = [&](std::string_view package, const Calls& handshake,
                               absl::Span<const ULONG> asked,
                               bool all_packages) {
    int number = 0;
    for (const Calls& calls : AllQueries(handshake, asked)) {
      add(absl::StrCat("attributes_", package, "_", ++number), calls,
          all_packages);
    }
  };
  add_queries("ntlm", Calls().Handshake(kNtlm, kNtlmSeals, 2), kAttributes,
              false);
  add_queries("negotiate", Calls().Handshake(kNegotiate, kNtlmSeals, 3),
              kAttributes, false);
  add_queries("kerberos",
              Calls(sim::kApiHasRealm).Handshake(kKerberos, kKerberosSeals, 1),
              kAttributes, false);
  add_queries("schannel", Calls().Handshake(kSchannel, 0x01, 3, kTokenAndEmpty),
              kStreamAttributes, true);
  add_queries("credssp", Calls().Handshake(kCredSsp, 0x01, 10, kTokenAndEmpty),
              kStreamAttributes, true);
  // Too early.
  for (const int legs : {0, 1, 2}) {
    add_queries(absl::StrCat("negotiate_after_", legs),
                Calls().Handshake(kNegotiate, kNtlmSeals, legs), kAttributes,
                false);
  }

  // What is closed, null, of another kind, or never made.
  Calls handles = Calls().Handshake(kNtlm, kNtlmSeals, 2);
  handles.Add(ApiCall::kFreeCredentialsHandle)
      .Add(ApiCall::kFreeCredentialsHandle)
      .Add(ApiCall::kDeleteSecurityContext)
      .Add(ApiCall::kDeleteSecurityContext)
      .Add(ApiCall::kInitializeFirst, {.list = kNoList, .output = kToken})
      .Add(ApiCall::kInitializeNext, {.list = kToken, .output = kToken})
      .Add(ApiCall::kQueryContextAttributes,
           {.handle = Odd(HandleChoice::kOfOtherKind, 1)})
      .Add(ApiCall::kMakeSignature,
           {.handle = Odd(HandleChoice::kNull), .list = kTokenAndData})
      .Add(ApiCall::kEncryptMessage,
           {.handle = Odd(HandleChoice::kOtherGeneration, 1),
            .list = kTokenAndData})
      .Add(ApiCall::kExportSecurityContext,
           {.handle = Odd(HandleChoice::kOtherKindBit, 1)})
      .Add(ApiCall::kQuerySecurityContextToken,
           {.handle = Odd(HandleChoice::kOtherSlot, 1)})
      .Add(ApiCall::kRevertSecurityContext,
           {.handle = Odd(HandleChoice::kUnusedBit, 1)})
      .Add(ApiCall::kQueryCredentialsAttributes,
           {.handle = Odd(HandleChoice::kOnes)});
  add("handles", handles);

  Calls credentials;
  for (const uint8_t package : {kNtlm, kNegotiate, kKerberos, uint8_t{0xF1}}) {
    credentials.Add(ApiCall::kAcquireCredentialsHandle, {.other = package})
        .Add(ApiCall::kQuerySecurityPackageInfo, {.other = package})
        .Add(ApiCall::kChangeAccountPassword, {.other = package});
  }
  credentials
      .Add(ApiCall::kQueryCredentialsAttributes,
           {.number = {SECPKG_CRED_ATTR_NAMES, 0}})
      .Add(ApiCall::kSetCredentialsAttributes, {.handle = 1, .place = 8})
      .Add(ApiCall::kAddCredentials, {.handle = 1, .number = {2, 0}})
      .Add(ApiCall::kEnumerateSecurityPackages)
      .Add(ApiCall::kEnumerateSecurityPackages, {.variation = variation::kAnsi})
      .Add(ApiCall::kFreeContextBuffer)
      .Add(ApiCall::kFreeContextBuffer)
      .Add(ApiCall::kFreeContextBuffer, {.handle = Odd(HandleChoice::kNull)})
      .Add(ApiCall::kFreeContextBuffer,
           {.handle = Odd(HandleChoice::kOfOtherKind, 1)})
      .Add(ApiCall::kFreeContextBuffer, {.handle = Odd(HandleChoice::kZeros)});
  add("credentials", credentials);
  for (const uint8_t package :
       {kNtlm, kNegotiate, kKerberos, kSchannel, kCredSsp, uint8_t{0xF1}}) {
    Calls ansi;
    for (const uint8_t how : {variation::kAnsi, uint8_t{0}}) {
      ansi.Add(ApiCall::kAcquireCredentialsHandle,
               {.other = package, .variation = how})
          .Add(ApiCall::kQuerySecurityPackageInfo,
               {.other = package, .variation = how})
          .Add(ApiCall::kChangeAccountPassword,
               {.other = package, .variation = how})
          .Add(ApiCall::kAddCredentials, {.other = package, .variation = how});
      for (const ULONG attribute :
           {SECPKG_CRED_ATTR_NAMES, SECPKG_ATTR_SUPPORTED_PROTOCOLS,
            SECPKG_ATTR_CIPHER_STRENGTHS}) {
        for (const uint8_t form : {uint8_t{0}, variation::kEx}) {
          ansi.Add(ApiCall::kQueryCredentialsAttributes,
                   {.number = {static_cast<uint8_t>(attribute), 0},
                    .place = 64,
                    .variation = static_cast<uint8_t>(how | form)});
        }
      }
      ansi.Add(ApiCall::kSetCredentialsAttributes,
               {.place = 8, .variation = how});
    }
    add(absl::StrCat("credentials_", package), ansi,
        package == kSchannel || package == kCredSsp);
  }

  // Contexts that come ready.
  for (uint8_t i = 0; i < kReadyPairs; ++i) {
    const ReadyPair& pair = ReadyPairOf(i);
    const uint8_t package = pair.profile->package == Package::kNtlm ? kNtlm
                            : pair.profile->package == Package::kNegotiate
                                ? kNegotiate
                                : kKerberos;
    // The source's number has four bits.
    if (i > 15) continue;
    Calls calls;
    for (const uint8_t end : {uint8_t{0}, uint8_t{1}}) {
      calls.Add(ApiCall::kImportSecurityContext,
                {.other = package,
                 .bytes = From(ByteSource::kReady, i),
                 .place = end});
    }
    AddTalk(kTokenDataPadding, calls);
    calls.Add(ApiCall::kExportSecurityContext, {.number = {2, 0}})
        .Add(ApiCall::kImportSecurityContext, {.other = package})
        .Add(ApiCall::kImpersonateSecurityContext, {.handle = 1})
        .Add(ApiCall::kRevertSecurityContext, {.handle = 1})
        .Add(ApiCall::kQuerySecurityContextToken, {.handle = 1})
        .Add(ApiCall::kSetContextAttributes,
             {.handle = 1, .number = {1, 0}, .bytes = 0x60, .place = 8});
    add(absl::StrCat("ready_", pair.name), calls);
  }

  Calls schannel = Calls().Handshake(kSchannel, 0x01, 3, kTokenAndEmpty);
  schannel.Query(0, SECPKG_ATTR_STREAM_SIZES)
      .Query(0, SECPKG_ATTR_CONNECTION_INFO)
      .Query(0, SECPKG_ATTR_REMOTE_CERT_CONTEXT)
      .Add(ApiCall::kEncryptMessage, {.list = kRecord})
      .Add(ApiCall::kDecryptMessage, {.handle = 1, .list = kDataAndEmpty})
      .Add(ApiCall::kSetContextAttributes,
           {.number = {SECPKG_ATTR_KEYING_MATERIAL_INFO, 1}, .place = 16})
      .Query(0, SECPKG_ATTR_KEYING_MATERIAL)
      .Add(ApiCall::kApplyControlToken,
           {.number = {SCHANNEL_SHUTDOWN, 0}, .list = kToken})
      .Add(ApiCall::kInitializeNext, {.list = kNoList, .output = kToken});
  add("schannel", schannel, true);
  // The acceptor speaks first, but is not heard.
  for (const uint8_t world : {uint8_t{0}, sim::kApiHasRealm}) {
    for (const uint8_t output : {kToken, kTokenWithoutMemory}) {
      add(absl::StrCat("hint_", world, "_", output),
          Calls(world)
              .Add(ApiCall::kAcquireCredentialsHandle, {.other = kNegotiate})
              .Add(ApiCall::kAcquireCredentialsHandle,
                   {.other = kNegotiate, .number = {1, 0}})
              .Add(ApiCall::kInitializeFirst,
                   {.list = kNoList, .output = kToken})
              .Add(ApiCall::kAcceptFirst,
                   {.handle = 1, .list = kEmptyAlone, .output = kToken})
              .Leg(kAcceptor, {.list = kToken,
                               .output = output,
                               .bytes = From(ByteSource::kKept, 1)}));
    }
  }
  // A list of protocols that is none.
  add("protocols",
      Calls()
          .Add(ApiCall::kAcquireCredentialsHandle, {.other = kSchannel})
          .Add(ApiCall::kAcquireCredentialsHandle,
               {.other = kSchannel, .number = {1, 0}})
          .Add(ApiCall::kInitializeFirst,
               {.list = kProtocolsAndToken,
                .output = kToken,
                .bytes = From(ByteSource::kFilled, 7),
                .place = 9})
          .Add(ApiCall::kInitializeFirst, {.list = kNoList, .output = kToken})
          .Add(ApiCall::kAcceptFirst,
               {.handle = 1, .list = kTokenEmptyProtocols, .output = kToken}),
      true);
  add("no_protocols",
      Calls().Handshake(
          {.package = kSchannel, .legs = 0, .list = kTokenEmptyNoProtocols}),
      true);
  add("credssp", Calls().Handshake(kCredSsp, 0x01, 10, kTokenAndEmpty), true);
}

}  // namespace sspilab::fuzz

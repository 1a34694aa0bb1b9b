// Callers who are not ordinary, through the interface.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "fuzz/api_calls.h"
#include "fuzz/ready_contexts.h"
#include "fuzz/seeds.h"
#include "sim/input/api_operation.h"

namespace sspilab::fuzz {
namespace {

using sim::ApiCall;
using sim::ByteSource;

constexpr uint8_t kNtlmSeals = 0x03, kStreams = 0x01;
// SideSettings::policy[1] of Schannel, and how many bits of it are TLS'
// versions; policy[2].
constexpr uint8_t kTls12 = 0x01;
constexpr int kExtras = 2, kAllExtras = 22;
constexpr uint8_t kNewStructure = 0x80;

// What a stream's caller asks, and one message.
void AskAndTalk(Calls& calls) {
  for (const ULONG attribute :
       {SECPKG_ATTR_STREAM_SIZES, SECPKG_ATTR_CIPHER_INFO,
        SECPKG_ATTR_CONNECTION_INFO_EX, SECPKG_ATTR_SESSION_INFO,
        SECPKG_ATTR_APPLICATION_PROTOCOL, SECPKG_ATTR_KEYING_MATERIAL}) {
    calls.Query(1, attribute);
  }
  calls.Add(ApiCall::kEncryptMessage, {.list = kRecord})
      .Add(ApiCall::kDecryptMessage, {.handle = 1, .list = kDataAndEmpty});
}

// Exports that changed on their way from one process to the other, by a bit or
// by their end; as many in a seed as there are handles for.
void RecordDamagedImports(Seeds& seeds) {
  constexpr uint8_t kReadyPairsOfSource = 16;
  constexpr int kPlaces = 0x100, kAtOnce = 8;
  for (uint8_t i = 0; i < std::min<int>(kReadyPairs, kReadyPairsOfSource);
       ++i) {
    const ReadyPair& pair = ReadyPairOf(i);
    const uint8_t package = pair.profile->package == Package::kNtlm ? kNtlm
                            : pair.profile->package == Package::kNegotiate
                                ? kNegotiate
                                : kKerberos;
    for (int first = 0; first < kPlaces; first += kAtOnce) {
      Calls low, high, cut;
      cut.Add(ApiCall::kImportSecurityContext,
              {.other = package, .bytes = From(ByteSource::kReady, i)})
          .Add(ApiCall::kExportSecurityContext);
      for (int j = first; j < first + kAtOnce; ++j) {
        const auto place = static_cast<uint8_t>(j);
        const auto flips = [&](uint8_t bit) {
          return sim::ApiOperation{.other = package,
                                   .number = {static_cast<uint8_t>(bit - 1), 0},
                                   .bytes = From(ByteSource::kReadyFlipped, i),
                                   .place = place};
        };
        low.Add(ApiCall::kImportSecurityContext, flips(0x01));
        high.Add(ApiCall::kImportSecurityContext, flips(0x80));
        cut.Add(ApiCall::kImportSecurityContext,
                {.other = package,
                 .bytes = From(ByteSource::kKeptCut),
                 .place = place});
      }
      const std::string name =
          absl::StrCat("api/ready_", pair.name, "_", first);
      seeds[absl::StrCat(name, "_low")] = low.Bytes(false);
      seeds[absl::StrCat(name, "_high")] = high.Bytes(false);
      seeds[absl::StrCat(name, "_cut")] = cut.Bytes(false);
    }
  }
}

}  // namespace

void RecordApiCallers(Seeds& seeds) {
  const auto add = [&seeds](std::string_view name, const Calls& calls,
                            bool all_packages = false) {
    seeds[absl::StrCat("api/", name)] = calls.Bytes(all_packages);
  };
  // Whoever leaves without closing anything.
  Calls leaves = Calls(sim::kApiLeavesOpen).Handshake(kNtlm, kNtlmSeals, 2);
  leaves.Query(1, SECPKG_ATTR_NAMES);
  add("leaves_open", leaves);
  // Two threads in one context.
  for (const uint8_t package : {kNtlm, kNegotiate}) {
    add(absl::StrCat("two_threads_", package),
        Calls(sim::kApiTwoThreads).Handshake(package, kNtlmSeals, 3));
  }
  Calls ansi;
  ansi.Add(ApiCall::kImportSecurityContext,
           {.bytes = From(ByteSource::kReady), .variation = variation::kAnsi})
      .Add(ApiCall::kSetContextAttributes, {.number = {1, 0},
                                            .bytes = From(ByteSource::kFilled),
                                            .place = 8,
                                            .variation = variation::kAnsi});
  add("ansi_import", ansi);

  // The targets that only a narrow caller can name.
  for (const uint8_t target : {uint8_t{5}, uint8_t{6}, uint8_t{7}}) {
    add(absl::StrCat("ansi_target_", target),
        Calls(sim::kApiHasRealm)
            .Add(ApiCall::kAcquireCredentialsHandle, {.other = kKerberos})
            .Add(ApiCall::kInitializeFirst, {.list = kNoList,
                                             .output = kToken,
                                             .place = target,
                                             .variation = variation::kAnsi}));
  }
  RecordDamagedImports(seeds);

  // Everything that can be said of ciphers, by either structure.
  for (const uint8_t use : {uint8_t{0}, uint8_t{1}}) {
    Calls credentials;
    for (uint8_t extra = 1; extra < kAllExtras; ++extra) {
      credentials.Add(ApiCall::kAcquireCredentialsHandle,
                      {.other = kSchannel,
                       .number = {use, 0},
                       .list = static_cast<uint8_t>(extra << kExtras),
                       .output = kNewStructure});
    }
    add(absl::StrCat("schannel_extras_", use), credentials, true);
  }
  // No GCM: blocks, MACs and padding.
  constexpr uint8_t kNoGcm = 2;
  Calls blocks = Calls().Handshake({.package = kSchannel,
                                    .asks = {{{kStreams}}},
                                    .legs = 3,
                                    .list = kTokenAndEmpty,
                                    .policy = kTls12 | kNoGcm << kExtras,
                                    .more_policy = kNewStructure});
  AskAndTalk(blocks);
  add("schannel_blocks", blocks, true);
  Calls agreed = Calls().Handshake({.package = kSchannel,
                                    .asks = {{{kStreams}}},
                                    .legs = 3,
                                    .list = kTokenEmptyOneProtocol,
                                    .policy = kTls12,
                                    .first_list = kOneProtocol});
  AskAndTalk(agreed);
  add("schannel_protocol", agreed, true);
  // The same two once more, who still have their session.
  Calls again = Calls().Handshake({.package = kSchannel,
                                   .asks = {{{kStreams}}},
                                   .legs = 3,
                                   .list = kTokenAndEmpty,
                                   .policy = kTls12});
  constexpr uint8_t kSecond = 2;
  again.Add(ApiCall::kInitializeFirst, {.list = kNoList, .output = kToken})
      .Add(ApiCall::kAcceptFirst,
           {.handle = 1, .list = kTokenAndEmpty, .output = kToken});
  for (const uint8_t end : {kInitiator, kAcceptor, kInitiator}) {
    again.Add(
        end == kInitiator ? ApiCall::kInitializeNext : ApiCall::kAcceptNext,
        {.handle = static_cast<uint8_t>(kSecond + end),
         .other = end,
         .list = kTokenAndEmpty,
         .output = kToken,
         .bytes = From(ByteSource::kKeptToEnd)});
  }
  again.Query(kSecond, SECPKG_ATTR_SESSION_INFO)
      .Query(kSecond, SECPKG_ATTR_UNIQUE_BINDINGS)
      .Query(kSecond + 1, SECPKG_ATTR_UNIQUE_BINDINGS);
  add("schannel_resumed", again, true);

  // CredSSP's own attributes.
  Calls credssp = Calls().Handshake(kCredSsp, 0x01, 6, kTokenAndEmpty);
  for (const ULONG attribute :
       {SECPKG_ATTR_CREDS, SECPKG_ATTR_NEGOTIATION_PACKAGE,
        SECPKG_ATTR_SERVER_AUTH_FLAGS, ULONG{SECPKG_ATTR_FLAGS}}) {
    for (const uint8_t end : {kInitiator, kAcceptor}) {
      credssp.Query(end, attribute);
    }
  }
  add("credssp_attributes", credssp, true);
  // Credentials that come with the first leg: cut off, and without any name.
  constexpr uint8_t kSupplied = 0x20;
  for (const uint8_t size : {uint8_t{8}, uint8_t{64}}) {
    add(absl::StrCat("credssp_supplied_", size),
        Calls()
            .Add(ApiCall::kAcquireCredentialsHandle, {.other = kCredSsp})
            .Add(ApiCall::kInitializeFirst, {.number = {kSupplied, 0},
                                             .list = kPkgParamsAndToken,
                                             .output = kToken,
                                             .bytes = From(ByteSource::kFilled),
                                             .place = size}),
        true);
  }
}

}  // namespace sspilab::fuzz

#ifndef SSPILAB_FUZZ_API_CALLS_H_
#define SSPILAB_FUZZ_API_CALLS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "core/sspi.h"
#include "fuzz/api_run.h"
#include "fuzz/seeds.h"
#include "sim/input/api_operation.h"
#include "sim/input/record.h"

namespace sspilab::fuzz {

namespace variation = sim::api_variation;

// Numbers of kApiLists.
inline constexpr uint8_t kTokenAndEmpty = 0, kToken = 1, kTokenAndData = 3,
                         kTokenDataPadding = 5, kStreamAndData = 6,
                         kDataAndEmpty = 7, kRecord = 8, kNoList = 13,
                         kTokenWithoutMemory = 17, kProtocolsAndToken = 21,
                         kPkgParamsAndToken = 22, kEmptyAlone = 29,
                         kTokenEmptyProtocols = 32, kOneProtocol = 33,
                         kTokenEmptyOneProtocol = 34,
                         kTokenEmptyNoProtocols = 35;
// Of ApiOperation::other.
inline constexpr uint8_t kNtlm = 0, kNegotiate = 1, kKerberos = 2,
                         kSchannel = 3, kCredSsp = 4;

constexpr uint8_t From(sim::ByteSource source, uint8_t number = 0) {
  return static_cast<uint8_t>(static_cast<uint8_t>(source) << 4 | number);
}
constexpr uint8_t Odd(sim::HandleChoice choice, uint8_t number = 0) {
  return static_cast<uint8_t>(static_cast<uint8_t>(choice) << 3 | number);
}

// An initiator and an acceptor of a package.
struct Ends {
  uint8_t package;
  // By end: two bytes of requirements.
  std::array<std::array<uint8_t, 2>, 2> asks = {};
  // After the first one of each.
  int legs;
  uint8_t list = kToken;
  uint8_t variation = 0;
  // SideSettings::policy[1] and [2] of both credentials.
  uint8_t policy = 0;
  uint8_t more_policy = 0;
  // What the initiator's first leg brings.
  uint8_t first_list = kNoList;
};

// The calls of one seed.
class Calls {
 public:
  explicit Calls(uint8_t world = 0) : settings_{.world = world} {}

  // The caller changes what is not as all zeros have it.
  Calls& Add(sim::ApiCall call, sim::ApiOperation operation = {}) {
    operation.call = static_cast<uint8_t>(call);
    operations_.push_back(operation);
    return *this;
  }
  // A credential each way, and legs until both are done.
  Calls& Handshake(const Ends& ends) {
    Add(sim::ApiCall::kAcquireCredentialsHandle, {.other = ends.package,
                                                  .list = ends.policy,
                                                  .output = ends.more_policy});
    Add(sim::ApiCall::kAcquireCredentialsHandle, {.other = ends.package,
                                                  .number = {1, 0},
                                                  .list = ends.policy,
                                                  .output = ends.more_policy});
    const auto first = [&](uint8_t end, uint8_t list) {
      Add(end == kInitiator ? sim::ApiCall::kInitializeFirst
                            : sim::ApiCall::kAcceptFirst,
          {.handle = end,
           .number = {ends.asks[end][0], ends.asks[end][1]},
           .list = list,
           .output = kToken,
           .variation = ends.variation});
    };
    first(kInitiator, ends.first_list);
    first(kAcceptor, ends.list);
    // CredSSP's first tokens are TLS' own.
    const int first_to_complete = ends.package == kCredSsp ? 3 : 0;
    for (int i = 0; i < ends.legs; ++i) {
      if ((settings_.world & sim::kApiCompletesTokens) != 0 &&
          i >= first_to_complete) {
        // The token that is to come now, by who has it from its last leg.
        Add(sim::ApiCall::kCompleteAuthToken,
            {.handle = i % 2 == 0 ? kAcceptor : kInitiator, .list = kToken});
      }
      const uint8_t end = i % 2 == 0 ? kInitiator : kAcceptor;
      Leg(end, {.number = {ends.asks[end][0], ends.asks[end][1]},
                .list = ends.list,
                .output = kToken,
                .bytes = From(sim::ByteSource::kKeptToEnd),
                .variation = ends.variation});
    }
    return *this;
  }
  Calls& Handshake(uint8_t package, uint8_t asks, int legs,
                   uint8_t list = kToken, uint8_t variation = 0) {
    return Handshake({.package = package,
                      .asks = {{{asks, 0}}},
                      .legs = legs,
                      .list = list,
                      .variation = variation});
  }
  // A later leg of one of these two.
  Calls& Leg(uint8_t end, sim::ApiOperation operation) {
    operation.handle = operation.other = end;
    return Add(end == kInitiator ? sim::ApiCall::kInitializeNext
                                 : sim::ApiCall::kAcceptNext,
               operation);
  }
  Calls& Query(uint8_t context, ULONG attribute, uint8_t variation = 0) {
    return Add(sim::ApiCall::kQueryContextAttributes,
               {.handle = context,
                .number = {static_cast<uint8_t>(attribute),
                           static_cast<uint8_t>(attribute >> 24)},
                .place = 64,
                .variation = variation});
  }

  bool full() const {
    return operations_.size() == sim::kApiFormat.most_operations;
  }

  void RefuseAllocation(uint8_t number) {
    settings_.refused_allocation = number;
  }

  // With all packages, or only with those that are cheap.
  std::vector<uint8_t> Bytes(bool all_packages) const {
    std::vector<uint8_t> bytes(sizeof(settings_) +
                               operations_.size() * sizeof(sim::ApiOperation));
    auto at = bytes.begin();
    const auto put = [&at](const auto& part) {
      const auto* const begin = reinterpret_cast<const uint8_t*>(&part);
      at = std::copy(begin, begin + sizeof(part), at);
    };
    put(settings_);
    for (const sim::ApiOperation& operation : operations_) put(operation);
    uint8_t& free = bytes[sizeof(settings_) - 1];
    while (HasAllPackages(sim::RecordInput::Decode(sim::kApiFormat, bytes)) !=
           all_packages) {
      ++free;
    }
    return bytes;
  }

 private:
  sim::ApiSettings settings_;
  std::vector<sim::ApiOperation> operations_;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_API_CALLS_H_

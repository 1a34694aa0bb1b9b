#include "sim/swarm/walk.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/credssp/subject_public_key.h"
#include "core/world.h"
#include "sim/run_scenario.h"
#include "sim/swarm/dice.h"
#include "sim/swarm/insider.h"
#include "sim/swarm/stream_end.h"
#include "sim/swarm/wrong_token.h"

namespace sspilab::sim {
namespace {

// Behind those of all parts.
constexpr uint64_t kStream = 1 << 17;
constexpr uint64_t kSteps = 60;
// From some step on, and for so many, every third is none that brings the
// exchange on; so every state meets everything.
constexpr uint64_t kRudeSteps = 12;
constexpr uint64_t kRudeness = 3;

constexpr uint8_t kData[] = {'d', 'a', 't', 'a'};

// A leg with little room, with nowhere to write, or without memory.
void LegInTrouble(Dice& dice, StreamEnd& end) {
  constexpr std::array<size_t, 3> kRooms = {0, 1, 100};
  const bool with_input = !dice.Once(3);
  if (dice.Once(2)) {
    end.Leg(with_input, dice.Of(kRooms));
    return;
  }
  // Most legs allocate but once.
  constexpr uint64_t kAllocations = 4;
  end.world().memory().FailAt(
      1 + std::min(dice.Below(kAllocations), dice.Below(kAllocations)));
  end.Leg(with_input, StreamEnd::kAllocated);
  end.world().memory().FailAt(0);
}

// The call that is not due.
void BeRude(Dice& dice, StreamEnd& end) {
  switch (dice.Below(14)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      if (end.has_context()) {
        end.Control(ControlToken(dice));
        end.Leg(dice.Once(3));
      }
      break;
    case 5:
    case 6:
      LegInTrouble(dice, end);
      break;
    case 7:
      end.Leg(false);
      break;
    case 8:
      end.Leg(true);
      break;
    case 9:
      if (end.has_context()) {
        end.Open();
      }
      break;
    case 10:
      if (end.has_context()) {
        end.Seal(kData);
      }
      break;
    case 11: {
      const std::vector<uint8_t> garbage = WrongToken(dice);
      end.inbox.insert(end.inbox.begin(), garbage.begin(), garbage.end());
      break;
    }
    case 12:
      if (!end.inbox.empty()) {
        end.inbox[dice.Below(end.inbox.size())] ^=
            static_cast<uint8_t>(1 << dice.Below(8));
      }
      break;
    default:
      end.inbox.resize(dice.Below(end.inbox.size() + 1));
      break;
  }
}

// The records of `flight` as one, where all are handshake messages in the
// clear: as servers of other makes send them (RFC 5246 6.2.1).
void JoinRecords(std::vector<uint8_t>* flight) {
  constexpr size_t kHeader = 5;
  constexpr uint8_t kHandshake = 22;
  std::vector<uint8_t> one(kHeader);
  for (size_t at = 0; at < flight->size();) {
    if (flight->size() - at < kHeader || (*flight)[at] != kHandshake) {
      return;
    }
    const size_t size =
        size_t{(*flight)[at + 3]} << 8 | size_t{(*flight)[at + 4]};
    at += kHeader;
    if (flight->size() - at < size) {
      return;
    }
    one.insert(one.end(), flight->begin() + static_cast<ptrdiff_t>(at),
               flight->begin() + static_cast<ptrdiff_t>(at + size));
    at += size;
  }
  if (flight->empty()) {
    return;
  }
  const size_t size = one.size() - kHeader;
  const uint8_t header[kHeader] = {kHandshake, 3, 3,
                                   static_cast<uint8_t>(size >> 8),
                                   static_cast<uint8_t>(size)};
  std::copy(std::begin(header), std::end(header), one.begin());
  *flight = std::move(one);
}

// Two ends that are connected.
struct Pair {
  StreamEnd& client;
  StreamEnd& server;
  // Flights come in one record each, as long as they are in the clear.
  bool joins_records = false;

  StreamEnd& Other(const StreamEnd& end) const {
    return &end == &client ? server : client;
  }
  void Deliver(StreamEnd& from) const {
    StreamEnd& to = Other(from);
    if (joins_records) {
      JoinRecords(&from.outbox);
    }
    to.inbox.insert(to.inbox.end(), from.outbox.begin(), from.outbox.end());
    from.outbox.clear();
  }
};

// The certificate of `from`, which `to` has now, too; all that makes it wrong
// is what it is for. Null where there is none.
const OwnedCertificate* ForTheOtherRole(World& from, World& to) {
  const OwnedCertificate* const certificate = from.certificates().Default();
  if (certificate == nullptr) {
    return nullptr;
  }
  for (const DerBytes& root : to.certificates().roots()) {
    from.certificates().Trust(root);
  }
  return &to.certificates().Add(*certificate);
}

// What somebody says who is in a TLS connection of his own.
void SpeakInside(Dice& dice, bool rude, Insider& insider, StreamEnd& end) {
  const std::vector<uint8_t> said =
      rude ? insider.Nonsense() : insider.Answer(std::exchange(end.data, {}));
  if (!said.empty()) {
    end.Seal(said);
  } else if (dice.Once(8)) {
    insider.BeginAgain();
  }
}

// One end says farewell or wants another handshake, or neither, and the other
// one breaks off then, or the next leg runs into trouble: so that every state
// has its alerts and its troubles, which chance alone would take long for.
void Clash(Dice& dice, const Pair& pair, StreamEnd& first) {
  StreamEnd& second = pair.Other(first);
  if (!first.has_context() || !second.has_context()) {
    return;
  }
  switch (dice.Below(5)) {
    case 0:
      second.Leg(false);
      pair.Deliver(second);
      if (dice.Once(2)) {
        first.Open();
      } else {
        first.Leg(true);
      }
      break;
    case 1:
      first.Control({SCHANNEL_SHUTDOWN});
      first.Leg(false);
      break;
    case 2:
      first.Leg(false);
      break;
    default:
      break;
  }
  if (dice.Once(3)) {
    LegInTrouble(dice, first);
    return;
  }
  second.Control(dice.Once(6) ? std::vector<uint32_t>{SCHANNEL_SHUTDOWN}
                              : AlertToken(dice));
  second.Leg(false);
  pair.Deliver(second);
}

// One connection. `insider` speaks at the end `raw`; both may be null.
void Connect(Dice& dice, const Pair& pair, StreamEnd* raw, Insider* insider) {
  const uint64_t steps = kSteps + dice.Below(kSteps);
  const uint64_t rude_from = dice.Below(steps);
  for (uint64_t step = 0; step < steps; ++step) {
    StreamEnd& end = dice.Once(2) ? pair.client : pair.server;
    if (step == rude_from) {
      Clash(dice, pair, raw != nullptr ? pair.Other(*raw) : end);
    }
    const bool may_be_rude =
        (step >= rude_from && step < rude_from + kRudeSteps) ||
        end.wants_credentials();
    const bool rude = may_be_rude && dice.Once(kRudeness);
    const bool speaks = &end == raw && end.established();
    if (rude && !(speaks && dice.Once(3))) {
      BeRude(dice, end);
    } else if (raw != nullptr && &end != raw && end.established() &&
               dice.Once(4)) {
      end.Leg(true);  // To authenticate once more takes a leg.
    } else if (!end.Advance() && end.established()) {
      if (speaks) {
        SpeakInside(dice, rude, *insider, end);
      } else if (dice.Once(4)) {
        end.Seal(kData);
      }
    }
    pair.Deliver(end);
  }
}

}  // namespace

bool IsWalk(Package package, uint64_t seed) {
  switch (package) {
    case Package::kSchannel:
      return seed % 2 != 0;
    case Package::kCredSsp:
      return seed % 4 != 0;
    default:
      return false;
  }
}

WalkOutcome Walk(const Scenario& scenario, const Omissions& without,
                 SecurityFunctionTableW* judged,
                 SecurityFunctionTableW* plain) {
  const ExchangeOptions& exchange = scenario.exchange;
  const CallerOptions& client_options = exchange.client.caller;
  const bool is_credssp = client_options.package == CREDSSP_NAME;
  Dice dice(scenario.seed, kStream);
  // Which end is the package's.
  const bool raw_client = is_credssp && dice.Once(2);
  const bool raw_server = is_credssp && !raw_client;
  const auto package = [&](bool raw) {
    return raw ? std::u16string(SCHANNEL_NAME_W) : client_options.package;
  };

  ScenarioWorlds worlds(scenario);
  WalkOutcome outcome;
  if (!Furnish(scenario, worlds.client, worlds.server).ok()) {
    return outcome;
  }
  {
    StreamEnd client(raw_client ? plain : judged, &worlds.client,
                     package(raw_client), true, client_options.requirements,
                     exchange.client.target);
    StreamEnd server(raw_server ? plain : judged, &worlds.server,
                     package(raw_server), false, exchange.server.requirements,
                     u"");
    const Identity* const identity = exchange.client.identity.has_value()
                                         ? &*exchange.client.identity
                                         : nullptr;
    const OwnedCertificate* const shown =
        worlds.server.certificates().Default();
    const OwnedCertificate* const of_client =
        dice.Once(6) ? ForTheOtherRole(worlds.server, worlds.client)
                     : worlds.client.certificates().Default();
    client.Acquire(
        identity, client_options.tls,
        client_options.tls.shows_certificate == ShowsCertificate::kAlways
            ? of_client
            : nullptr);
    server.Acquire(
        nullptr, exchange.server.tls,
        exchange.server.tls.shows_certificate == ShowsCertificate::kNever
            ? nullptr
        : dice.Once(12) ? ForTheOtherRole(worlds.client, worlds.server)
                        : shown);
    const absl::Span<const uint8_t> key =
        shown == nullptr ? absl::Span<const uint8_t>()
                         : credssp::SubjectPublicKey(shown->certificate)
                               .value_or(absl::Span<const uint8_t>());
    for (uint32_t i = 0; i < kMaxConnections; ++i) {
      if (without.Has(Part::kFirstConnection, i)) {
        continue;
      }
      Dice own(scenario.seed,
               static_cast<uint64_t>(Part::kFirstConnection) + i);
      std::optional<Insider> insider;
      if (is_credssp) {
        insider.emplace(plain, raw_client ? &worlds.client : &worlds.server,
                        raw_client, own.Once(4) ? u"NTLM" : u"Negotiate",
                        raw_client ? identity : nullptr, key, &own);
      }
      Connect(own, {client, server, own.Once(3)},
              raw_client   ? &client
              : raw_server ? &server
                           : nullptr,
              insider.has_value() ? &*insider : nullptr);
      ++outcome.connections;
      outcome.established +=
          client.established() && server.established() ? 1 : 0;
      client.Hang();
      server.Hang();
    }
  }
  outcome.leaked_allocations = worlds.client.memory().live_allocations() +
                               worlds.server.memory().live_allocations();
  return outcome;
}

}  // namespace sspilab::sim

#include "sim/swarm/swarm.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "sim/fault.h"
#include "sim/run_scenario.h"
#include "sim/swarm/referee.h"
#include "sim/swarm/walk.h"

namespace sspilab::sim {
namespace {

// Sessions that a thread takes at a time. Fixed, since digests are joined block
// by block.
constexpr uint64_t kBlock = 64;

struct Block {
  uint64_t digest = 0;
  uint64_t failed = 0;
  std::vector<SwarmFailure> failures;
};

// What a thread counts for itself.
struct Worker {
  Worker(const SwarmPackage& of_package, SecurityFunctionTableW* table)
      : package(of_package), referee(table), result(of_package.package) {}

  std::optional<Invariant> Run(uint64_t seed, const Omissions& without);
  // What the session as a whole broke, by its kind.
  std::optional<Invariant> RunWalk(const Scenario& scenario,
                                   const Omissions& without);
  std::optional<Invariant> RunExchange(const Scenario& scenario);
  std::vector<uint8_t> PartsOf(uint64_t seed) const;
  // `without`, and all besides without which the session fails just so.
  Omissions Shrink(const SwarmFailure& failure);

  const SwarmPackage& package;
  Referee referee;
  SwarmResult result;
};

// What must hold of a session as a whole.
std::optional<Invariant> Judge(const Scenario& scenario,
                               const Outcome& outcome) {
  if (outcome.leaked_allocations != 0) {
    return Invariant::kNothingLeaked;
  }
  for (const PartyView* view : {&outcome.client, &outcome.server}) {
    if (view->ending == Ending::kUnfinished ||
        view->ending == Ending::kTooManyLegs) {
      return Invariant::kAlwaysAnEnd;
    }
  }
  if (outcome.client.authenticated() && outcome.server.authenticated()) {
    // Where messages were exchanged, or nobody interfered, there is no excuse.
    // A key that was interfered with and never used may differ: NTLM without a
    // MIC does not notice. Nor does it, where keys are weak, what differs
    // behind the bytes that protect messages (MS-NLMP 3.4.5.3).
    constexpr size_t kWeakKey = 5;
    const bool unharmed = scenario.exchange.faults.empty();
    const bool messages =
        outcome.client.sent_message && outcome.server.sent_message;
    const bool whole = unharmed || outcome.client.stream.has_value() ||
                       scenario.exchange.client.caller.package == u"Kerberos";
    const auto key_of = [&](const PartyView& view) {
      const absl::Span<const uint8_t> key = view.session_key;
      return whole ? key : key.first(std::min(key.size(), kWeakKey));
    };
    if ((unharmed || messages) &&
        key_of(outcome.client) != key_of(outcome.server)) {
      return Invariant::kSameKey;
    }
    const bool told =
        !outcome.client.identity.empty() && !outcome.server.identity.empty();
    if (unharmed && told &&
        outcome.client.identity != outcome.server.identity) {
      return Invariant::kSameIdentity;
    }
  }
  return std::nullopt;
}

std::optional<Invariant> Worker::RunWalk(const Scenario& scenario,
                                         const Omissions& without) {
  const WalkOutcome outcome =
      Walk(scenario, without, referee.table(), &referee.inner());
  ++result.walks;
  result.connections += outcome.connections;
  result.established += outcome.established;
  return outcome.leaked_allocations != 0
             ? std::optional(Invariant::kNothingLeaked)
             : std::nullopt;
}

std::optional<Invariant> Worker::RunExchange(const Scenario& scenario) {
  const Outcome outcome = RunScenario(scenario, referee.table());
  for (const PartyView* view : {&outcome.client, &outcome.server}) {
    referee.MixIn(static_cast<uint64_t>(view->ending));
    for (const uint8_t byte : view->session_key) {
      referee.MixIn(byte);
    }
    for (const uint8_t byte : view->received) {
      referee.MixIn(byte);
    }
  }
  ++result.endings[static_cast<size_t>(outcome.server.ending)];
  result.authenticated +=
      outcome.client.authenticated() && outcome.server.authenticated() ? 1 : 0;
  return Judge(scenario, outcome);
}

std::optional<Invariant> Worker::Run(uint64_t seed, const Omissions& without) {
  const Scenario scenario = RandomScenario(package, seed, without);
  referee.Begin(package.package, seed, without, &result.coverage);
  const uint64_t undeclared = result.coverage.undeclared();
  ++result.sessions;
  const std::optional<Invariant> broken = IsWalk(package.package, seed)
                                              ? RunWalk(scenario, without)
                                              : RunExchange(scenario);
  if (result.coverage.undeclared() != undeclared) {
    return Invariant::kDeclaredTransition;
  }
  return referee.broken().has_value() ? referee.broken() : broken;
}

// As bits of Omissions, of the session that was run last.
std::vector<uint8_t> Worker::PartsOf(uint64_t seed) const {
  std::vector<uint8_t> parts;
  const auto add = [&](Part first, size_t count) {
    const auto bit = static_cast<size_t>(first);
    for (size_t i = bit;
         i < std::min<size_t>(bit + count, Omissions::kMaxParts); ++i) {
      parts.push_back(static_cast<uint8_t>(i));
    }
  };
  add(Part::kClientWorld, 4);
  add(Part::kRealms, RandomScenario(package, seed).realms.empty() ? 0 : 1);
  if (IsWalk(package.package, seed)) {
    add(Part::kFirstConnection, kMaxConnections);
  } else {
    add(Part::kFirstFault,
        RandomScenario(package, seed).exchange.faults.size());
  }
  add(Part::kFirstMischief, referee.mischiefs());
  return parts;
}

Omissions Worker::Shrink(const SwarmFailure& failure) {
  Omissions without = failure.without;
  // What one part needed another one may have been for, and a session that
  // takes another course has other mischiefs; so again until nothing more can
  // go. From the last on: what came late is missed least.
  while (true) {
    const Omissions before = without;
    Run(failure.seed, without);
    const std::vector<uint8_t> parts = PartsOf(failure.seed);
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      const Omissions less = without.With(*part);
      if (less != without && Run(failure.seed, less) == failure.invariant) {
        without = less;
      }
    }
    if (before == without) {
      break;
    }
  }
  return without;
}

}  // namespace

SwarmResult RunSwarm(const SwarmPackage& package, uint64_t first, uint64_t last,
                     int threads, SecurityFunctionTableW* table,
                     const Omissions& without,
                     const std::function<void(uint64_t)>& progress) {
  const uint64_t sessions = last - first + 1;
  std::vector<Block> blocks((sessions + kBlock - 1) / kBlock);
  std::atomic<size_t> next{0};
  const auto work = [&](Worker& worker, bool tells) {
    for (size_t i = next++; i < blocks.size(); i = next++) {
      Block& block = blocks[i];
      const uint64_t begin = first + i * kBlock;
      const uint64_t end = std::min(begin + kBlock, first + sessions);
      for (uint64_t seed = begin; seed < end; ++seed) {
        if (const auto broken = worker.Run(seed, without); broken.has_value()) {
          ++block.failed;
          block.failures.push_back({seed, *broken, without});
        }
        block.digest = block.digest * 0x100000001B3 ^ worker.referee.digest();
      }
      if (tells && progress != nullptr) {
        progress(std::min(sessions, (i + 1) * kBlock));
      }
    }
  };

  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < threads; ++i) {
    workers.push_back(std::make_unique<Worker>(package, table));
  }
  std::vector<std::thread> others;
  for (size_t i = 1; i < workers.size(); ++i) {
    others.emplace_back([&, i] { work(*workers[i], false); });
  }
  work(*workers[0], true);
  for (std::thread& other : others) {
    other.join();
  }

  SwarmResult result(package.package);
  for (const auto& worker : workers) {
    result.sessions += worker->result.sessions;
    result.authenticated += worker->result.authenticated;
    result.walks += worker->result.walks;
    result.connections += worker->result.connections;
    result.established += worker->result.established;
    for (size_t i = 0; i < result.endings.size(); ++i) {
      result.endings[i] += worker->result.endings[i];
    }
    result.coverage.Add(worker->result.coverage);
  }
  for (const Block& block : blocks) {
    result.digest = result.digest * 0x100000001B3 ^ block.digest;
    result.failed += block.failed;
    for (const SwarmFailure& failure : block.failures) {
      if (result.failures.size() < kMaxFailures) {
        result.failures.push_back(failure);
      }
    }
  }
  Worker shrinker(package, table);
  for (SwarmFailure& failure : result.failures) {
    failure.without = shrinker.Shrink(failure);
  }
  return result;
}

std::string DescribeSession(const SwarmPackage& package, uint64_t seed,
                            const Omissions& without,
                            SecurityFunctionTableW* table) {
  Worker worker(package, table);
  worker.referee.set_log(true);
  const std::optional<Invariant> broken = worker.Run(seed, without);
  std::string text = absl::StrCat("seed ", seed, "\n");
  for (const Fault& fault :
       RandomScenario(package, seed, without).exchange.faults) {
    absl::StrAppend(&text, "  fault ", FaultToString(fault), "\n");
  }
  absl::StrAppend(&text, worker.referee.log());
  if (broken.has_value()) {
    absl::StrAppend(&text, "  broken: ", InvariantName(*broken), ". ",
                    InvariantSentence(*broken), " ",
                    worker.result.coverage.LastUndeclared(), "\n");
  }
  return text;
}

}  // namespace sspilab::sim

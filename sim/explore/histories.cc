#include "sim/explore/histories.h"

#include <atomic>
#include <thread>
#include <utility>

#include "sim/explore/hash.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

constexpr uint32_t kFailed = uint32_t{1} << 31;

}  // namespace

struct Histories::Worker {
  Worker(Package package, const Scenario& scenario,
         const ScenarioWorlds& worlds, SecurityFunctionTableW* table,
         Coverage* shared)
      : own(package),
        coverage(shared != nullptr ? shared : &own),
        sides{OneSide(Side::kClient, scenario, worlds.client, package, table,
                      coverage),
              OneSide(Side::kServer, scenario, worlds.server, package, table,
                      coverage)} {}

  Coverage own;
  Coverage* const coverage;
  std::array<OneSide, 2> sides;
};

Histories::Histories(Package package, const Scenario& scenario,
                     const ScenarioWorlds& worlds,
                     SecurityFunctionTableW* table, Coverage* coverage,
                     int threads)
    : coverage_(*coverage), partings_(1) {
  for (int i = 0; i < threads; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        package, scenario, worlds, table, i == 0 ? coverage : nullptr));
  }
  for (const Side side : {Side::kClient, Side::kServer}) {
    // The client speaks first; the server then has said nothing yet.
    reply_ = {};
    reply_.standing = Standing::kOpen;
    reply_.took_all = true;
    if (side == Side::kClient) {
      Run(*workers_.front(), side, kStart, {}, {}, &reply_);
      broken_at_start_ = reply_.broken;
    }
    Node& start = nodes_[Index(side)].emplace_back();
    start.hash = 1 + Index(side);
    start.standing = reply_.standing;
    start.sent = static_cast<uint32_t>(reply_.tokens.size());
    for (std::vector<uint8_t>& token : reply_.tokens) {
      start.output.push_back({std::move(token), {}});
    }
  }
}

Histories::~Histories() {
  for (size_t i = 1; i < workers_.size(); ++i) {
    coverage_.Add(workers_[i]->own);
  }
}

std::vector<Bytes> Histories::Tokens(Side side, uint32_t node) const {
  const std::vector<Node>& nodes = nodes_[Index(side)];
  std::vector<Bytes> tokens(nodes[node].received);
  for (size_t i = tokens.size(); i > 0; --i) {
    tokens[i - 1] = nodes[node].input;
    node = nodes[node].parent;
  }
  return tokens;
}

uint64_t Histories::HashWith(Side side, uint32_t node, Bytes token) const {
  return MixHash(nodes_[Index(side)][node].hash, HashOf(token));
}

void Histories::Run(Worker& worker, Side side, uint32_t node, Bytes token,
                    Bytes undisturbed, Reply* reply) const {
  std::vector<Bytes> tokens;
  if (!nodes_[Index(side)].empty()) {
    tokens = Tokens(side, node);
    tokens.push_back(token);
  }
  worker.sides[Index(side)].Run(tokens, undisturbed, reply);
}

Histories::Given Histories::Give(Side side, uint32_t node, Bytes token,
                                 Bytes undisturbed, uint64_t history) {
  const size_t index = Index(side);
  const auto [it, is_new] = known_[index].emplace(history, kFailed);
  if (is_new) {
    ++run_;
    const auto ahead = ahead_[index].find(history);
    if (ahead != ahead_[index].end()) {
      reply_ = std::move(ahead->second);
      ahead_[index].erase(ahead);
    } else {
      Run(*workers_.front(), side, node, token, undisturbed, &reply_);
    }
    it->second = Remember(side, node, history, token, reply_);
  }
  Given given;
  given.failed = (it->second & kFailed) != 0;
  if (given.failed) {
    given.parting = partings_[it->second & ~kFailed];
  } else {
    given.node = it->second;
  }
  // There are hardly ever any.
  if (!broken_[index].empty()) {
    const auto broken = broken_[index].find(history);
    if (broken != broken_[index].end()) {
      given.broken = broken->second;
    }
  }
  return given;
}

uint32_t Histories::Remember(Side side, uint32_t parent, uint64_t history,
                             Bytes token, const Reply& reply) {
  if (reply.broken.has_value()) {
    broken_[Index(side)].emplace(history, *reply.broken);
  }
  if (reply.standing == Standing::kFailed) {
    if (reply.tokens.empty()) {
      return kFailed;
    }
    // What the peer would get, whatever borders it has: alerts, mostly the
    // same ones.
    std::vector<uint8_t> parting;
    for (const std::vector<uint8_t>& said : reply.tokens) {
      parting.insert(parting.end(), said.begin(), said.end());
    }
    const auto [it, is_new] = parting_by_hash_.emplace(
        HashOf(parting), static_cast<uint32_t>(partings_.size()));
    if (is_new) {
      partings_.push_back(std::move(parting));
    }
    return kFailed | it->second;
  }
  std::vector<Node>& nodes = nodes_[Index(side)];
  const auto index = static_cast<uint32_t>(nodes.size());
  Node& next = nodes.emplace_back();
  next.hash = history;
  next.parent = parent;
  next.standing = reply.standing;
  next.waits = !reply.took_all;
  next.received = nodes[parent].received + 1;
  next.sent = nodes[parent].sent + static_cast<uint32_t>(reply.tokens.size());
  next.input.assign(token.begin(), token.end());
  for (const std::vector<uint8_t>& said : reply.tokens) {
    next.output.push_back({said, {}});
  }
  if (next.standing == Standing::kDone) {
    next.agreed = reply.agreed;
    next.is_stream = reply.is_stream;
  }
  if (next.received > kMaxTokens && next.standing == Standing::kOpen) {
    broken_[Index(side)].emplace(history, Invariant::kAlwaysAnEnd);
  }
  return index;
}

void Histories::RunAhead(std::vector<Job> jobs) {
  std::vector<Reply> replies(jobs.size());
  std::atomic<size_t> next = 0;
  const auto work = [&](Worker& worker) {
    for (size_t i = next++; i < jobs.size(); i = next++) {
      const Job& job = jobs[i];
      Run(worker, job.side, job.node, job.token, job.undisturbed, &replies[i]);
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < workers_.size(); ++i) {
    threads.emplace_back(work, std::ref(*workers_[i]));
  }
  work(*workers_.front());
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (size_t i = 0; i < jobs.size(); ++i) {
    ahead_[Index(jobs[i].side)].emplace(jobs[i].history, std::move(replies[i]));
  }
}

}  // namespace sspilab::sim

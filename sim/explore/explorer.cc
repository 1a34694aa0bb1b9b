#include "sim/explore/explorer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "sim/explore/hash.h"
#include "sim/explore/histories.h"
#include "sim/explore/judge.h"
#include "sim/run_scenario.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;
using Node = Histories::Node;

size_t IndexOf(Side side) { return static_cast<size_t>(side); }
size_t IndexOf(Direction direction) { return static_cast<size_t>(direction); }

Side PeerOf(Side side) {
  return side == Side::kClient ? Side::kServer : Side::kClient;
}
Side SenderOf(Direction direction) {
  return direction == Direction::kToServer ? Side::kClient : Side::kServer;
}
Direction DirectionFrom(Side side) {
  return side == Side::kClient ? Direction::kToServer : Direction::kToClient;
}

// A message on its way.
struct Flight {
  Direction direction;
  bool is_copy = false;
  // Which of the output of the sender's node. (An earlier session's message
  // stands where that one was.)
  uint16_t message = 0;
  uint32_t node = 0;

  uint64_t hash() const {
    return uint64_t{node} << 32 | uint64_t{message} << 2 |
           static_cast<uint64_t>(is_copy) << 1 | IndexOf(direction);
  }
};

// What was done to which message: the `leg`-th of its direction.
struct Action {
  Attack attack;
  Direction direction = Direction::kToServer;
  bool on_copy = false;
  uint32_t leg = 0;
};

// One of the states from which something follows, and how it was reached.
struct State {
  std::array<uint32_t, 2> node = {Histories::kStart, Histories::kStart};
  absl::InlinedVector<Flight, 2> flights;
  uint32_t parent = UINT32_MAX;
  uint32_t depth = 0;
  Action action;
};

// A state's, of which `histories` are the client's and the server's.
uint64_t IdOf(const std::array<uint64_t, 2>& histories,
              absl::Span<const Flight> flights, bool failed) {
  uint64_t id = MixHash(histories[0], histories[1]);
  for (const Flight& flight : flights) {
    id = MixHash(id, flight.hash());
  }
  return MixHash(id, failed ? 1 : 0);
}

// What can be done to the bytes where a flip is too much, the simplest first.
constexpr Attack::Kind kWholeMessage[] = {
    Attack::Kind::kDrop, Attack::Kind::kDuplicate, Attack::Kind::kReflect,
    Attack::Kind::kReplay, Attack::Kind::kSwap};

class Explorer {
 public:
  Explorer(const Explorable& explorable, const Scenario& scenario,
           const ScenarioWorlds& worlds, uint32_t depth,
           SecurityFunctionTableW* table, Coverage* coverage,
           const std::function<void(const Exploration&)>& progress, int threads)
      : explorable_(explorable),
        depth_(depth),
        progress_(progress),
        earlier_(RunEarlierSessions(scenario, table)),
        histories_(explorable.package, scenario, worlds, table, coverage,
                   threads) {}

  Exploration Run();

 private:
  // How often `progress` is told, in transitions.
  static constexpr uint64_t kProgressEvery = uint64_t{1} << 10;
  // Histories that are run before they are asked for, where there are threads
  // for that.
  static constexpr size_t kAhead = 1024;
  static constexpr uint32_t kLongestWalk = 64;

  using Broken = std::vector<Invariant>;
  // What an action is about to do.
  struct Delivery {
    Side receiver;
    Bytes token;
    Bytes undisturbed;
  };
  // What an action has led to.
  struct Step {
    State state;
    uint64_t id = 0;
    bool failed = false;
    Broken broken;
  };
  // Which finding something belongs to.
  using FindingKey = std::pair<std::string_view, Invariant>;

  void Begin();
  // Calls visit(flight, attack) for all that can be done in a state.
  template <typename Visit>
  void ForEachAction(uint32_t index, Visit visit);
  std::optional<Delivery> Altered(const Flight& flight, const Attack& attack);
  // Runs what the actions from that state on will ask for, in all threads.
  // Returns the first state that it has not looked at.
  uint32_t RunAhead(uint32_t first);
  // Nothing where the action changes nothing.
  std::optional<Step> Do(const State& from, size_t flight,
                         const Attack& attack);
  void Take(uint32_t from, size_t flight, const Attack& attack);
  // What does not hold of a state in which both are done.
  Broken Judge(const State& state) const;
  FindingKey KeyOf(Invariant invariant, const State& state) const;
  void Found(Invariant invariant, const State& state);
  // Does these actions to their messages, and lets all others pass. Whether
  // that leads to the finding, and in how many actions.
  std::optional<uint32_t> Walk(absl::Span<const Action> actions,
                               const FindingKey& key);
  void Minimize(const FindingKey& key, std::vector<Action> actions,
                Finding* finding);
  bool BothDone(const State& state) const;
  // Whether a node is one of those on the way on which all passes.
  bool IsUndisturbed(Side side, uint32_t node) const {
    return undisturbed_nodes_[IndexOf(side)].contains(node);
  }

  const Node& NodeOf(Side side, const State& state) const {
    return histories_.node(side, state.node[IndexOf(side)]);
  }

  const Explorable& explorable_;
  const uint32_t depth_;
  const std::function<void(const Exploration&)>& progress_;
  const EarlierSessions earlier_;
  Histories histories_;
  Exploration result_;
  absl::flat_hash_set<uint64_t> seen_;
  std::vector<State> states_;
  // The nodes of the sides where nothing was done.
  std::optional<std::array<uint32_t, 2>> undisturbed_;
  // All that they had on their way there.
  std::array<absl::flat_hash_set<uint32_t>, 2> undisturbed_nodes_;
  std::map<FindingKey, std::pair<Finding, std::vector<Action>>> findings_;
  std::vector<uint8_t> altered_;
};

bool Explorer::BothDone(const State& state) const {
  return NodeOf(Side::kClient, state).standing == Standing::kDone &&
         NodeOf(Side::kServer, state).standing == Standing::kDone;
}

// The client speaks first. What both have in the end, undisturbed, is what
// everything else is compared with.
void Explorer::Begin() {
  State start;
  const Node& client = histories_.node(Side::kClient, Histories::kStart);
  for (size_t i = 0; i < client.output.size(); ++i) {
    start.flights.push_back({.direction = Direction::kToServer,
                             .message = static_cast<uint16_t>(i)});
  }
  states_.push_back(start);
  result_.states = 1;
  result_.levels.push_back({.states = 1});
  if (histories_.broken_at_start().has_value()) {
    Found(*histories_.broken_at_start(), start);
  }
  std::optional<Step> step = Step{.state = start};
  while (step->state.depth < kLongestWalk && !step->failed &&
         !step->state.flights.empty()) {
    step = Do(State(step->state), 0, {});
    for (const Side side : {Side::kClient, Side::kServer}) {
      undisturbed_nodes_[IndexOf(side)].insert(step->state.node[IndexOf(side)]);
    }
  }
  if (!step->failed && BothDone(step->state)) {
    undisturbed_ = step->state.node;
  } else {
    Found(Invariant::kAlwaysAnEnd, start);
    states_.front().flights.clear();
  }
}

std::optional<Explorer::Delivery> Explorer::Altered(const Flight& flight,
                                                    const Attack& attack) {
  const Side sender = SenderOf(flight.direction);
  const Node& node = histories_.node(sender, flight.node);
  const Bytes undisturbed = node.output[flight.message].token;
  Delivery delivery = {PeerOf(sender), undisturbed, undisturbed};
  const auto take_from = [&](const SentMessages& session) {
    const auto& sent = session.by_direction[IndexOf(flight.direction)];
    const uint32_t leg = node.LegOf(flight.message);
    if (leg > sent.size() || sent[leg - 1].kind != MessageKind::kToken) {
      return false;
    }
    delivery.token = sent[leg - 1].payload;
    return true;
  };
  switch (attack.kind) {
    case Attack::Kind::kReplay:
      return take_from(earlier_.same_roles) ? std::optional(delivery)
                                            : std::nullopt;
    case Attack::Kind::kSwap:
      return take_from(earlier_.swapped_roles) ? std::optional(delivery)
                                               : std::nullopt;
    case Attack::Kind::kTruncate:
      delivery.token = undisturbed.subspan(
          0, std::min<size_t>(attack.offset, undisturbed.size()));
      break;
    case Attack::Kind::kFlip:
      altered_.assign(undisturbed.begin(), undisturbed.end());
      // (A walk may do it to another message than it was thought of for.)
      if (attack.offset >= altered_.size()) {
        return std::nullopt;
      }
      altered_[attack.offset] ^= attack.mask;
      delivery.token = altered_;
      break;
    case Attack::Kind::kReflect:
      delivery.receiver = sender;
      break;
    case Attack::Kind::kPass:
    case Attack::Kind::kDrop:
    case Attack::Kind::kDuplicate:
    case Attack::Kind::kReorder:
      break;
  }
  return delivery;
}

std::optional<Explorer::Step> Explorer::Do(const State& from, size_t flight,
                                           const Attack& attack) {
  const Flight message = from.flights[flight];
  const std::optional<Delivery> delivery = Altered(message, attack);
  if (!delivery.has_value()) {
    return std::nullopt;
  }
  const auto& [receiver, token, undisturbed] = *delivery;
  Step step = {.state = from};
  State& next = step.state;
  next.depth = from.depth + 1;
  const Node& sender =
      histories_.node(SenderOf(message.direction), message.node);
  next.action = {attack, message.direction, message.is_copy,
                 sender.LegOf(message.message)};
  if (attack.kind == Attack::Kind::kDuplicate) {
    next.flights[flight].is_copy = true;
  } else {
    next.flights.erase(next.flights.begin() + static_cast<ptrdiff_t>(flight));
  }

  // Both sides' histories, of which one may grow now.
  std::array<uint64_t, 2> histories = {NodeOf(Side::kClient, next).hash,
                                       NodeOf(Side::kServer, next).hash};
  uint32_t& node = next.node[IndexOf(receiver)];
  if (attack.kind != Attack::Kind::kDrop &&
      histories_.node(receiver, node).reads()) {
    uint64_t& history = histories[IndexOf(receiver)];
    history = histories_.HashWith(receiver, node, token);
    // Most often it fails: where that will be looked up is known by now.
    seen_.prefetch(IdOf(histories, next.flights, true));
    const Histories::Given given =
        histories_.Give(receiver, node, token, undisturbed, history);
    step.failed = given.failed;
    if (given.broken.has_value()) {
      step.broken.push_back(*given.broken);
    }
    if (!given.failed) {
      node = given.node;
      const Node& now = histories_.node(receiver, node);
      for (size_t i = 0; i < now.output.size(); ++i) {
        next.flights.push_back({.direction = DirectionFrom(receiver),
                                .message = static_cast<uint16_t>(i),
                                .node = node});
      }
      if (attack.sealed && !now.waits) {
        step.broken.push_back(Invariant::kSealIsChecked);
      }
    } else if (!given.parting.empty()) {
      const Side peer = PeerOf(receiver);
      const uint32_t peers = next.node[IndexOf(peer)];
      if (histories_.node(peer, peers).reads()) {
        const std::optional<Invariant> broken =
            histories_
                .Give(peer, peers, given.parting, given.parting,
                      histories_.HashWith(peer, peers, given.parting))
                .broken;
        if (broken.has_value()) {
          step.broken.push_back(*broken);
        }
      }
    }
  }
  step.id = IdOf(histories, next.flights, step.failed);
  return step;
}

void Explorer::Take(uint32_t from, size_t flight, const Attack& attack) {
  std::optional<Step> step = Do(states_[from], flight, attack);
  if (!step.has_value()) {
    return;
  }
  step->state.parent = from;
  ++result_.transitions;
  ++result_.transitions_by_attack[static_cast<size_t>(attack.kind)];
  if (progress_ != nullptr && result_.transitions % kProgressEvery == 0) {
    progress_(result_);
  }
  for (const Invariant invariant : step->broken) {
    Found(invariant, step->state);
  }
  if (!seen_.insert(step->id).second) {
    return;
  }
  const uint32_t depth = step->state.depth;
  result_.depth = std::max(result_.depth, depth);
  if (result_.levels.size() <= depth) {
    result_.levels.resize(depth + 1);
  }
  Exploration::Level& level = result_.levels[depth];
  ++result_.states;
  ++level.states;
  if (step->failed) {
    ++level.failed;
    return;
  }
  for (const Invariant invariant : Judge(step->state)) {
    Found(invariant, step->state);
  }
  if (step->state.flights.empty()) {
    ++(BothDone(step->state) ? level.both_done : level.cut_off);
    return;
  }
  states_.push_back(std::move(step->state));
}

Explorer::Broken Explorer::Judge(const State& state) const {
  if (!undisturbed_.has_value() || !BothDone(state)) {
    return {};
  }
  const auto agreed = [this](const std::array<uint32_t, 2>& nodes) {
    return BothAgreed{&histories_.node(Side::kClient, nodes[0]).agreed,
                      &histories_.node(Side::kServer, nodes[1]).agreed};
  };
  return BrokenBy(agreed(state.node), agreed(*undisturbed_));
}

Explorer::FindingKey Explorer::KeyOf(Invariant invariant,
                                     const State& state) const {
  // Who the client is does not depend on any weakness that is known.
  const bool may_be_known = invariant == Invariant::kSameKey ||
                            invariant == Invariant::kSameFlags ||
                            invariant == Invariant::kNoDowngrade;
  if (!may_be_known) {
    return {"", invariant};
  }
  return {explorable_.known_weakness(
              histories_.Tokens(Side::kClient, state.node[0]),
              histories_.Tokens(Side::kServer, state.node[1])),
          invariant};
}

void Explorer::Found(Invariant invariant, const State& state) {
  std::vector<Action> actions;
  for (const State* at = &state; at->depth > 0; at = &states_[at->parent]) {
    if (at->action.attack.kind != Attack::Kind::kPass) {
      actions.push_back(at->action);
    }
  }
  std::reverse(actions.begin(), actions.end());
  auto& [finding, fewest] = findings_[KeyOf(invariant, state)];
  if (finding.times++ == 0 || actions.size() < fewest.size()) {
    finding.depth = state.depth;
    fewest = std::move(actions);
  }
}

std::optional<uint32_t> Explorer::Walk(absl::Span<const Action> actions,
                                       const FindingKey& key) {
  State state = states_.front();
  while (state.depth < kLongestWalk && !state.flights.empty()) {
    size_t flight = 0;
    Attack attack;
    if (!actions.empty()) {
      const Action& action = actions.front();
      const auto is_its_message = [&](const Flight& f) {
        return f.direction == action.direction && f.is_copy == action.on_copy &&
               histories_.node(SenderOf(f.direction), f.node)
                       .LegOf(f.message) == action.leg;
      };
      const bool reorders = action.attack.kind == Attack::Kind::kReorder;
      for (size_t i = 0; i < (reorders ? state.flights.size() : 1); ++i) {
        if (is_its_message(state.flights[i])) {
          flight = i;
          attack = action.attack;
          actions.remove_prefix(1);
          break;
        }
      }
    }
    std::optional<Step> step = Do(state, flight, attack);
    if (!step.has_value()) {
      return std::nullopt;
    }
    state = std::move(step->state);
    Broken broken = std::move(step->broken);
    if (!step->failed) {
      for (const Invariant invariant : Judge(state)) {
        broken.push_back(invariant);
      }
    }
    for (const Invariant invariant : broken) {
      if (actions.empty() && KeyOf(invariant, state) == key) {
        return state.depth;
      }
    }
    if (step->failed) {
      break;
    }
  }
  return std::nullopt;
}

// Leaves out what can be left out, and puts what is simpler in the place of
// what is not, until neither helps.
void Explorer::Minimize(const FindingKey& key, std::vector<Action> actions,
                        Finding* finding) {
  const auto try_instead = [&](std::vector<Action> others) {
    const std::optional<uint32_t> depth = Walk(others, key);
    if (depth.has_value()) {
      finding->depth = *depth;
      actions = std::move(others);
    }
    return depth.has_value();
  };
  const auto simplify = [&]() {
    for (size_t i = 0; i < actions.size(); ++i) {
      std::vector<Action> others = actions;
      others.erase(others.begin() + static_cast<ptrdiff_t>(i));
      if (try_instead(std::move(others))) {
        return true;
      }
    }
    for (size_t i = 0; i < actions.size(); ++i) {
      for (const Attack::Kind kind : kWholeMessage) {
        std::vector<Action> others = actions;
        others[i].attack = {kind};
        if (kind < actions[i].attack.kind && try_instead(std::move(others))) {
          return true;
        }
      }
    }
    return false;
  };
  while (simplify()) {
  }
  for (const Action& action : actions) {
    finding->faults.push_back(
        FaultOf(action.attack, action.direction, action.leg));
    finding->on_the_wire = finding->on_the_wire && !action.on_copy;
  }
}

template <typename Visit>
void Explorer::ForEachAction(uint32_t index, Visit visit) {
  // By index: states and nodes move when others come.
  if (states_[index].flights.empty()) {
    return;
  }
  visit(0, Attack{Attack::Kind::kPass});
  for (size_t i = 1; i < states_[index].flights.size(); ++i) {
    // Another one than the first: that is what reordering is.
    visit(i, Attack{Attack::Kind::kReorder});
  }
  const Flight flight = states_[index].flights[0];
  for (const Attack::Kind kind : kWholeMessage) {
    // Two of a message are enough.
    if (kind != Attack::Kind::kDuplicate || !flight.is_copy) {
      visit(0, Attack{kind});
    }
  }
  const auto message = [&]() -> Histories::Message& {
    return histories_.node(SenderOf(flight.direction), flight.node)
        .output[flight.message];
  };
  if (message().attacks.empty()) {
    const bool undisturbed =
        IsUndisturbed(SenderOf(flight.direction), flight.node);
    message().attacks =
        (undisturbed ? explorable_.attacks
                     : explorable_.further_attacks)(message().token);
  }
  const size_t count = message().attacks.size();
  for (size_t i = 0; i < count; ++i) {
    visit(0, Attack(message().attacks[i]));
  }
}

uint32_t Explorer::RunAhead(uint32_t first) {
  std::vector<Histories::Job> jobs;
  absl::flat_hash_set<uint64_t> asked;
  uint32_t index = first;
  for (; index < states_.size() && states_[index].depth < depth_ &&
         jobs.size() < kAhead;
       ++index) {
    ForEachAction(index, [&](size_t flight, const Attack& attack) {
      const std::optional<Delivery> delivery =
          Altered(states_[index].flights[flight], attack);
      if (!delivery.has_value() || attack.kind == Attack::Kind::kDrop) {
        return;
      }
      const auto& [receiver, token, undisturbed] = *delivery;
      const uint32_t node = states_[index].node[IndexOf(receiver)];
      const uint64_t history = histories_.HashWith(receiver, node, token);
      if (histories_.node(receiver, node).reads() &&
          !histories_.is_known(receiver, history) &&
          asked.insert(MixHash(history, IndexOf(receiver))).second) {
        jobs.push_back({receiver,
                        node,
                        history,
                        {token.begin(), token.end()},
                        {undisturbed.begin(), undisturbed.end()}});
      }
    });
  }
  histories_.RunAhead(std::move(jobs));
  return index;
}

Exploration Explorer::Run() {
  Begin();
  // States are appended in the order of their depth: this is breadth first.
  uint32_t next = 0;
  uint32_t ahead = 0;
  while (next < states_.size() && states_[next].depth < depth_) {
    if (histories_.threads() > 1 && next == ahead) {
      ahead = RunAhead(next);
    }
    const uint32_t index = next++;
    ForEachAction(index, [&](size_t flight, const Attack& attack) {
      Take(index, flight, attack);
    });
  }
  for (const Exploration::Level& level : result_.levels) {
    result_.both_done += level.both_done;
    result_.failed += level.failed;
    result_.cut_off += level.cut_off;
  }
  result_.left = states_.size() - next;
  result_.histories = histories_.run();
  for (auto& [key, found] : findings_) {
    found.first.known_weakness = key.first;
    found.first.invariant = key.second;
    Minimize(key, std::move(found.second), &found.first);
    result_.findings.push_back(std::move(found.first));
  }
  return std::move(result_);
}

}  // namespace

bool Exploration::ok() const {
  return impossible.empty() &&
         std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) {
                        return finding.known_weakness.empty();
                      });
}

Exploration Explore(const Explorable& explorable, const Scenario& scenario,
                    uint32_t depth, SecurityFunctionTableW* table,
                    Coverage* coverage,
                    const std::function<void(const Exploration&)>& progress,
                    int threads) {
  ScenarioWorlds worlds(scenario);
  const absl::Status furnished =
      Furnish(scenario, worlds.client, worlds.server);
  if (!furnished.ok()) {
    Exploration nothing;
    nothing.impossible = std::string(furnished.message());
    return nothing;
  }
  return Explorer(explorable, scenario, worlds, depth, table, coverage,
                  progress, threads)
      .Run();
}

}  // namespace sspilab::sim

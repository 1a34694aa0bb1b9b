#include "sim/explore/explorer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/numeric/int128.h"
#include "sim/explore/attacks.h"
#include "sim/explore/one_side.h"
#include "sim/field_places.h"
#include "sim/run_scenario.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

uint64_t Mix(uint64_t hash, uint64_t value) {
  // SplitMix64's finalizer, over both.
  uint64_t z = hash * 0x9E3779B97F4A7C15 ^ value;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

// Every byte counts; two words at a time, since this is done for each token.
uint64_t HashOf(Bytes bytes) {
  uint64_t hash = bytes.size();
  std::array<uint64_t, 2> words;
  while (bytes.size() >= sizeof(words)) {
    std::memcpy(words.data(), bytes.data(), sizeof(words));
    const auto product =
        static_cast<absl::uint128>(words[0] ^ hash ^ 0x9E3779B97F4A7C15) *
        (words[1] ^ 0xBF58476D1CE4E5B9);
    // The words themselves, too: a factor of zero would swallow the other.
    hash = (absl::Uint128High64(product) ^ absl::Uint128Low64(product)) +
           words[0] + (words[1] << 1 | words[1] >> 63) +
           (hash << 7 | hash >> 57);
    bytes.remove_prefix(sizeof(words));
  }
  words = {};
  if (!bytes.empty()) {
    std::memcpy(words.data(), bytes.data(), bytes.size());
  }
  return Mix(Mix(hash, words[0]), words[1]);
}

size_t IndexOf(Side side) { return static_cast<size_t>(side); }
size_t IndexOf(Direction direction) { return static_cast<size_t>(direction); }

Side SenderOf(Direction direction) {
  return direction == Direction::kToServer ? Side::kClient : Side::kServer;
}
Side ReceiverOf(Direction direction) {
  return direction == Direction::kToServer ? Side::kServer : Side::kClient;
}
Direction DirectionFrom(Side side) {
  return side == Side::kClient ? Direction::kToServer : Direction::kToClient;
}

// A history that has not ended in failure.
struct Node {
  uint64_t hash = 0;
  uint32_t parent = 0;
  Standing standing = Standing::kOpen;
  // How many tokens the side was given, and how many it sent.
  uint32_t received = 0;
  uint32_t sent = 0;
  // The last one that it was given, and what it answered.
  std::vector<uint8_t> input;
  std::vector<uint8_t> output;
  std::vector<Attack> attacks_on_output;
  Agreed agreed;
};

// Of each side, node 0 is the one that nothing has been given to.
constexpr uint32_t kStart = 0;
constexpr uint32_t kFailedNode = UINT32_MAX;

// A message on its way.
struct Flight {
  Direction direction;
  bool is_copy = false;
  // Whose output it is: the sender's node. (Of an earlier session's message,
  // too: it stands where that one was.)
  uint32_t node = 0;
  // What was done to a message that is a copy.
  Attack attack;

  uint64_t hash() const {
    return uint64_t{node} << 32 | uint64_t{attack.offset} << 12 |
           uint64_t{attack.mask} << 4 |
           static_cast<uint64_t>(attack.kind) << 2 |
           static_cast<uint64_t>(is_copy) << 1 | IndexOf(direction);
  }
};

// One of the states from which something follows, and how it was reached.
struct State {
  std::array<uint32_t, 2> node = {kStart, kStart};
  absl::InlinedVector<Flight, 2> flights;
  uint32_t parent = UINT32_MAX;
  uint32_t depth = 0;
  // What was done to which message of its parent.
  Attack attack;
  Direction direction = Direction::kToServer;
  uint32_t leg = 0;
};

// A state's, of which `histories` are the client's and the server's.
uint64_t IdOf(const std::array<uint64_t, 2>& histories,
              absl::Span<const Flight> flights, bool failed) {
  uint64_t id = Mix(histories[0], histories[1]);
  for (const Flight& flight : flights) {
    id = Mix(id, flight.hash());
  }
  return Mix(id, failed ? 1 : 0);
}

// What says that messages are protected, by both sides' bits.
struct SameFlag {
  uint32_t client;
  uint32_t server;
};
constexpr SameFlag kProtects[] = {
    {ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
    {ISC_RET_INTEGRITY, ASC_RET_INTEGRITY},
    {ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
    {ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT},
};

class Explorer {
 public:
  Explorer(const Explorable& explorable, const Scenario& scenario,
           uint32_t depth, SecurityFunctionTableW* table, Coverage* coverage,
           const std::function<void(const Exploration&)>& progress)
      : explorable_(explorable),
        depth_(depth),
        progress_(progress),
        sides_{OneSide(Side::kClient, scenario, explorable.package, table,
                       coverage),
               OneSide(Side::kServer, scenario, explorable.package, table,
                       coverage)},
        earlier_(RunEarlierSessions(scenario, table)) {}

  Exploration Run();

 private:
  // How often `progress` is told, in states.
  static constexpr uint64_t kProgressEvery = uint64_t{1} << 16;
  static constexpr uint32_t kMaxLegs = 8;

  void Begin();
  void Expand(uint32_t index);
  void Take(uint32_t from, size_t flight, const Attack& attack);
  // The bytes that arrive, or nothing where the attack changes nothing.
  std::optional<Bytes> Altered(const Flight& flight, const Attack& attack);
  // Gives `token` to a side, whose history has that hash with it, where
  // `undisturbed` was sent: the side's node then.
  uint32_t Give(Side side, uint32_t node, Bytes token, Bytes undisturbed,
                uint64_t history);
  void Judge(const State& state);
  void Found(Invariant invariant, const State& state);
  std::vector<Bytes> History(Side side, uint32_t node, Bytes last) const;

  const Explorable& explorable_;
  const uint32_t depth_;
  const std::function<void(const Exploration&)>& progress_;
  std::array<OneSide, 2> sides_;
  const EarlierSessions earlier_;
  Exploration result_;
  std::array<std::vector<Node>, 2> nodes_;
  // What became of each history, by its hash.
  std::array<absl::flat_hash_map<uint64_t, uint32_t>, 2> known_;
  absl::flat_hash_set<uint64_t> seen_;
  std::vector<State> states_;
  // What both sides have, undisturbed.
  std::array<Agreed, 2> undisturbed_;
  std::map<std::pair<std::string_view, Invariant>, Finding> findings_;
  // What broke in the call that Give has just made.
  std::optional<Invariant> broken_;
  std::vector<uint8_t> altered_;
  Reply reply_;
};

std::vector<Bytes> Explorer::History(Side side, uint32_t node,
                                     Bytes last) const {
  const std::vector<Node>& nodes = nodes_[IndexOf(side)];
  std::vector<Bytes> history(nodes[node].received + 1);
  history.back() = last;
  for (size_t i = nodes[node].received; i > 0; --i) {
    history[i - 1] = nodes[node].input;
    node = nodes[node].parent;
  }
  return history;
}

uint32_t Explorer::Give(Side side, uint32_t node, Bytes token,
                        Bytes undisturbed, uint64_t history) {
  std::vector<Node>& nodes = nodes_[IndexOf(side)];
  const auto [it, is_new] = known_[IndexOf(side)].emplace(history, kFailedNode);
  if (!is_new) {
    return it->second;
  }
  ++result_.histories;
  sides_[IndexOf(side)].Run(History(side, node, token), undisturbed, &reply_);
  broken_ = reply_.broken;
  if (reply_.standing == Standing::kFailed) {
    return kFailedNode;
  }
  it->second = static_cast<uint32_t>(nodes.size());
  Node& next = nodes.emplace_back();
  next.hash = history;
  next.parent = node;
  next.standing = reply_.standing;
  next.received = nodes[node].received + 1;
  next.sent = nodes[node].sent + (reply_.token.empty() ? 0 : 1);
  next.input.assign(token.begin(), token.end());
  next.output = reply_.token;
  next.agreed = reply_.agreed;
  if (next.received > kMaxLegs && next.standing == Standing::kOpen) {
    broken_ = Invariant::kAlwaysAnEnd;
  }
  return it->second;
}

// The client speaks first.
void Explorer::Begin() {
  sides_[IndexOf(Side::kClient)].Run({}, {}, &reply_);
  State start;
  for (const Side side : {Side::kClient, Side::kServer}) {
    nodes_[IndexOf(side)].emplace_back().hash = 1 + IndexOf(side);
  }
  Node& client = nodes_[IndexOf(Side::kClient)].front();
  client.output = reply_.token;
  client.sent = 1;
  start.flights.push_back({.direction = Direction::kToServer});
  states_.push_back(start);
  result_.states = 1;
  if (reply_.standing != Standing::kOpen || reply_.token.empty()) {
    Found(Invariant::kAlwaysAnEnd, start);
    states_.front().flights.clear();
  }
}

std::optional<Bytes> Explorer::Altered(const Flight& flight,
                                       const Attack& attack) {
  const Node& node = nodes_[IndexOf(SenderOf(flight.direction))][flight.node];
  const auto leg_of = [&](const SentMessages& session) -> std::optional<Bytes> {
    const auto& sent = session.by_direction[IndexOf(flight.direction)];
    if (node.sent > sent.size() ||
        sent[node.sent - 1].kind != MessageKind::kToken) {
      return std::nullopt;
    }
    return sent[node.sent - 1].payload;
  };
  switch (attack.kind) {
    case Attack::Kind::kReplay:
      return leg_of(earlier_.same_roles);
    case Attack::Kind::kSwap:
      return leg_of(earlier_.swapped_roles);
    case Attack::Kind::kTruncate:
      return Bytes(node.output).subspan(0, attack.offset);
    case Attack::Kind::kFlip:
      altered_ = node.output;
      altered_[attack.offset] ^= attack.mask;
      return altered_;
    case Attack::Kind::kPass:
    case Attack::Kind::kDrop:
    case Attack::Kind::kDuplicate:
    case Attack::Kind::kReorder:
    case Attack::Kind::kReflect:
      break;
  }
  return node.output;
}

void Explorer::Take(uint32_t from, size_t flight, const Attack& attack) {
  const State& parent = states_[from];
  const Flight message = parent.flights[flight];
  const std::optional<Bytes> token = Altered(message, attack);
  if (!token.has_value()) {
    return;
  }
  ++result_.transitions;
  const Side sender = SenderOf(message.direction);
  const Side receiver = attack.kind == Attack::Kind::kReflect
                            ? sender
                            : ReceiverOf(message.direction);
  State next = parent;
  next.parent = from;
  next.depth = parent.depth + 1;
  next.attack = attack;
  next.direction = message.direction;
  next.leg = nodes_[IndexOf(sender)][message.node].sent;
  if (attack.kind == Attack::Kind::kDuplicate) {
    next.flights[flight].is_copy = true;
  } else {
    next.flights.erase(next.flights.begin() + static_cast<ptrdiff_t>(flight));
  }

  // Both sides' histories, of which one may grow now. Whoever is done reads no
  // more tokens.
  std::array<uint64_t, 2> histories;
  for (size_t i = 0; i < histories.size(); ++i) {
    histories[i] = nodes_[i][next.node[i]].hash;
  }
  uint32_t& node = next.node[IndexOf(receiver)];
  std::vector<Node>& nodes = nodes_[IndexOf(receiver)];
  broken_.reset();
  bool failed = false;
  if (attack.kind != Attack::Kind::kDrop &&
      nodes[node].standing == Standing::kOpen) {
    uint64_t& history = histories[IndexOf(receiver)];
    history = Mix(nodes[node].hash, HashOf(*token));
    // Most often it fails: where that will be looked up is known by now.
    seen_.prefetch(IdOf(histories, next.flights, true));
    const uint32_t given =
        Give(receiver, node, *token,
             nodes_[IndexOf(sender)][message.node].output, history);
    failed = given == kFailedNode;
    if (!failed) {
      node = given;
      if (!nodes[node].output.empty()) {
        next.flights.push_back(
            {.direction = DirectionFrom(receiver), .node = node});
      }
    }
  }
  if (broken_.has_value()) {
    Found(*broken_, next);
  }
  if (!seen_.insert(IdOf(histories, next.flights, failed)).second) {
    return;
  }
  ++result_.states;
  if (progress_ != nullptr && result_.states % kProgressEvery == 0) {
    progress_(result_);
  }
  result_.depth = std::max(result_.depth, next.depth);
  if (failed) {
    ++result_.failed;
    return;
  }
  Judge(next);
  if (next.flights.empty()) {
    const bool both_done =
        nodes_[0][next.node[0]].standing == Standing::kDone &&
        nodes_[1][next.node[1]].standing == Standing::kDone;
    ++(both_done ? result_.both_done : result_.cut_off);
    return;
  }
  states_.push_back(std::move(next));
}

void Explorer::Judge(const State& state) {
  const Node& client = nodes_[0][state.node[0]];
  const Node& server = nodes_[1][state.node[1]];
  if (client.standing != Standing::kDone ||
      server.standing != Standing::kDone) {
    return;
  }
  const Agreed& ours = client.agreed;
  const Agreed& theirs = server.agreed;
  if (undisturbed_[0].session_key.empty()) {
    // The first way that leads to an end is the one on which all passes.
    undisturbed_ = {ours, theirs};
  }
  if (ours.session_key != theirs.session_key) {
    Found(Invariant::kSameKey, state);
  }
  if (ours.identity != theirs.identity) {
    Found(Invariant::kSameIdentity, state);
  }
  if (ours.package != theirs.package) {
    Found(Invariant::kSamePackage, state);
  }
  bool weaker = ours.key_bits < undisturbed_[0].key_bits ||
                theirs.key_bits < undisturbed_[1].key_bits;
  bool same = ours.key_bits == theirs.key_bits;
  for (const SameFlag& flag : kProtects) {
    same = same && ((ours.attributes & flag.client) != 0) ==
                       ((theirs.attributes & flag.server) != 0);
    weaker =
        weaker ||
        (undisturbed_[0].attributes & ~ours.attributes & flag.client) != 0 ||
        (undisturbed_[1].attributes & ~theirs.attributes & flag.server) != 0;
  }
  if (!same) {
    Found(Invariant::kSameFlags, state);
  }
  if (weaker) {
    Found(Invariant::kNoDowngrade, state);
  }
}

void Explorer::Found(Invariant invariant, const State& state) {
  // Who the client is does not depend on any weakness that is known.
  const bool may_be_known = invariant == Invariant::kSameKey ||
                            invariant == Invariant::kSameFlags ||
                            invariant == Invariant::kNoDowngrade;
  std::string_view known;
  if (may_be_known) {
    std::array<std::vector<Bytes>, 2> tokens;
    for (const Side side : {Side::kClient, Side::kServer}) {
      tokens[IndexOf(side)] = History(side, state.node[IndexOf(side)], {});
      tokens[IndexOf(side)].pop_back();
    }
    known = explorable_.known_weakness(tokens[0], tokens[1]);
  }
  std::vector<Fault> faults;
  for (const State* at = &state; at->parent != UINT32_MAX;
       at = &states_[at->parent]) {
    if (at->attack.kind != Attack::Kind::kPass) {
      faults.push_back(FaultOf(at->attack, at->direction, at->leg));
    }
  }
  std::reverse(faults.begin(), faults.end());
  Finding& finding = findings_[{known, invariant}];
  if (finding.times++ == 0 || faults.size() < finding.faults.size()) {
    finding.invariant = invariant;
    finding.known_weakness = known;
    finding.depth = state.depth;
    finding.faults = std::move(faults);
  }
}

void Explorer::Expand(uint32_t index) {
  for (size_t i = 0; i < states_[index].flights.size(); ++i) {
    const Flight flight = states_[index].flights[i];
    // Another one than the first: that is what reordering is.
    const Attack plain = {i == 0 ? Attack::Kind::kPass
                                 : Attack::Kind::kReorder};
    Take(index, i, plain);
    if (i > 0) {
      continue;
    }
    Take(index, i, {Attack::Kind::kDrop});
    if (!flight.is_copy) {
      Take(index, i, {Attack::Kind::kDuplicate});
    }
    for (const Attack::Kind kind :
         {Attack::Kind::kReflect, Attack::Kind::kReplay, Attack::Kind::kSwap}) {
      Take(index, i, {kind});
    }
    const size_t sender = IndexOf(SenderOf(flight.direction));
    if (nodes_[sender][flight.node].attacks_on_output.empty()) {
      nodes_[sender][flight.node].attacks_on_output =
          explorable_.attacks(nodes_[sender][flight.node].output);
    }
    // By index: nodes move when others come.
    const size_t count = nodes_[sender][flight.node].attacks_on_output.size();
    for (size_t j = 0; j < count; ++j) {
      Take(index, i, nodes_[sender][flight.node].attacks_on_output[j]);
    }
  }
}

Exploration Explorer::Run() {
  Begin();
  // States are appended in the order of their depth: this is breadth first.
  uint32_t next = 0;
  while (next < states_.size() && states_[next].depth < depth_) {
    Expand(next++);
  }
  result_.complete = next == states_.size();
  for (auto& [key, finding] : findings_) {
    result_.findings.push_back(std::move(finding));
  }
  return std::move(result_);
}

// MS-NLMP 3.1.5.1.2, as Windows has it: the client sends a MIC when the
// CHALLENGE has a time, and nothing protects the time from being taken out.
std::string_view NtlmWeakness(absl::Span<const Bytes> to_client,
                              absl::Span<const Bytes> /*to_server*/) {
  if (to_client.empty() ||
      FindFieldPlace(to_client.back(), "CHALLENGE.TargetInfo.MsvAvTimestamp")
          .has_value()) {
    return "";
  }
  return "NTLM sends no MIC when the CHALLENGE has lost its time";
}

}  // namespace

absl::Span<const Explorable> Explorables() {
  static constexpr Explorable kRows[] = {
      {Package::kNtlm, AttacksOnFields, NtlmWeakness}};
  return kRows;
}

bool Exploration::ok() const {
  return std::none_of(
      findings.begin(), findings.end(),
      [](const Finding& finding) { return finding.known_weakness.empty(); });
}

Exploration Explore(const Explorable& explorable, const Scenario& scenario,
                    uint32_t depth, SecurityFunctionTableW* table,
                    Coverage* coverage,
                    const std::function<void(const Exploration&)>& progress) {
  return Explorer(explorable, scenario, depth, table, coverage, progress).Run();
}

}  // namespace sspilab::sim

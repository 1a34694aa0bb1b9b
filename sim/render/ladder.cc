#include "sim/render/ladder.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/status.h"
#include "core/wire/utf.h"
#include "sim/render/kerberos_opened.h"
#include "sim/render/text.h"
#include "sim/render/token_fields.h"
#include "sim/render/token_summary.h"
#include "sim/scenario_realms.h"

namespace sspilab::sim {
namespace {

// Calls that tell little one by one: neighbours of one side and status share a
// row.
constexpr std::string_view kHousekeeping[] = {
    "QuerySecurityPackageInfoW", "QueryContextAttributesW",
    "SetContextAttributesW",     "FreeContextBuffer",
    "DeleteSecurityContext",     "FreeCredentialsHandle",
};

bool IsHousekeeping(std::string_view function) {
  return std::find(std::begin(kHousekeeping), std::end(kHousekeeping),
                   function) != std::end(kHousekeeping);
}

Side SenderOf(Direction direction) {
  return direction == Direction::kToServer ? Side::kClient : Side::kServer;
}

Side Other(Side side) {
  return side == Side::kClient ? Side::kServer : Side::kClient;
}

std::string NameOf(const WorldOptions& world, std::string_view side) {
  return absl::StrCat(side, " ", wire::Utf16ToUtf8Lossy(world.names.computer));
}

std::string BytesText(size_t bytes) {
  return absl::StrCat(bytes, bytes == 1 ? " byte" : " bytes");
}

// A message's length, or "empty".
std::string SizeText(size_t bytes) {
  return bytes == 0 ? "empty" : BytesText(bytes);
}

class Builder {
 public:
  Builder(const Scenario& scenario, Ladder* ladder)
      : ladder_(*ladder), keys_(MakeRealms(scenario)) {}

  // Tells the event with the index `event` of the trace.
  void Tell(size_t event, const TraceEvent& what) {
    event_ = event;
    std::visit(*this, what);
  }

  void operator()(const TraceTransition& transition) {
    states_[static_cast<size_t>(transition.side)] = transition.to;
    steps_[static_cast<size_t>(transition.side)].push_back(event_);
  }

  void operator()(const TraceCall& call) {
    std::vector<size_t> events =
        std::exchange(steps_[static_cast<size_t>(call.side)], {});
    events.push_back(event_);
    if (IsHousekeeping(call.function) ? Merge(call) : Repeats(call)) {
      std::vector<size_t>& all = ladder_.rows.back().events;
      all.insert(all.end(), events.begin(), events.end());
      return;
    }
    Push({.kind = LadderRow::Kind::kCall,
          .side = call.side,
          .tone = ToneOf(call.status),
          .text = call.function,
          .value = StatusName(call.status),
          .note = std::exchange(states_[static_cast<size_t>(call.side)], ""),
          .depth = 0,
          .events = std::move(events)});
    if (IsHousekeeping(call.function)) {
      merged_ = {{call.function, 1}};
    }
  }

  void operator()(const TraceWire& event) {
    const Side sender = SenderOf(event.direction);
    bool& faulted = faulted_[static_cast<size_t>(event.direction)];
    switch (event.what) {
      case TraceWire::What::kSend:
        faulted = false;
        AddMessage(sender, event);
        return;
      case TraceWire::What::kFault: {
        faulted = true;
        // What it says about itself is said where it arrives.
        ladder_.rows.resize(message_row_ + 1);
        std::string& note = ladder_.rows[message_row_].note;
        absl::StrAppend(&note, note.empty() ? "" : ", ",
                        DescribeFault(event.fault));
        return;
      }
      case TraceWire::What::kReceive:
        if (faulted) {
          Push({.kind = LadderRow::Kind::kArrival,
                .side = Other(sender),
                .text = "arrives",
                .value = SizeText(event.bytes.size()),
                .note = "",
                .depth = 0,
                .events = {event_}});
          if (event.kind == MessageKind::kToken) {
            AddTokenFields(sender, Summarize(event.bytes));
          }
        }
        return;
      case TraceWire::What::kClose:
        Push({.kind = LadderRow::Kind::kClose,
              .side = sender,
              .text = "closes"});
        return;
    }
  }

  // Told with the token that it goes in.
  void operator()(const TraceInner& inner) {
    TokenSummary summary = SummarizeInner(inner.kind, inner.bytes);
    const size_t depth = inner.kind == InnerMessage::kTsCredentials ? 2 : 1;
    inner_events_[static_cast<size_t>(inner.side)].push_back(event_);
    std::vector<SummaryLine>& lines = inner_[static_cast<size_t>(inner.side)];
    if (inner.kind != InnerMessage::kTlsHandshake) {
      std::string& names = inner_names_[static_cast<size_t>(inner.side)];
      absl::StrAppend(&names, names.empty() ? "" : ", ", summary.name);
    }
    for (SummaryLine& line : summary.lines) {
      line.depth += depth;
      lines.push_back(std::move(line));
    }
    AddOpened(inner.bytes, depth + 1, &lines);
    if (!summary.error.empty()) {
      lines.push_back({depth, "malformed", summary.error});
    }
  }

  // Told before the call within which it happens, as it is over then.
  void operator()(const TraceKdc& kdc) {
    LadderRow row;
    row.kind = kdc.what == TraceKdc::What::kRequest
                   ? LadderRow::Kind::kKdcRequest
                   : LadderRow::Kind::kKdcAnswer;
    row.side = kdc.side;
    row.note = absl::StrCat("KDC of ", kdc.realm);
    row.events = {event_};
    if (kdc.bytes.empty()) {
      row.tone = Tone::kBad;
      row.text = "no answer";
      Push(std::move(row));
      return;
    }
    const TokenSummary summary = Summarize(kdc.bytes);
    row.text = summary.name;
    row.value = SizeText(kdc.bytes.size());
    Push(std::move(row));
    AddTokenFields(kdc.side, summary);
  }

  void operator()(const TraceKeyLog&) {}

  // How it ended is said below the ladder.
  void operator()(const TraceEnd&) {}

 private:
  void Push(LadderRow row) {
    merged_.clear();
    ladder_.rows.push_back(std::move(row));
  }

  // Adds `call` to the row before it, if that is of its kind.
  bool Merge(const TraceCall& call) {
    if (merged_.empty() || ladder_.rows.back().side != call.side ||
        ladder_.rows.back().value != StatusName(call.status)) {
      return false;
    }
    const auto same = std::find_if(
        merged_.begin(), merged_.end(),
        [&](const Count& count) { return count.first == call.function; });
    if (same == merged_.end()) {
      merged_.emplace_back(call.function, 1);
    } else {
      ++same->second;
    }
    std::string& text = ladder_.rows.back().text;
    text.clear();
    for (const auto& [function, times] : merged_) {
      absl::StrAppend(&text, text.empty() ? "" : ", ", function,
                      times > 1 ? absl::StrCat(" ×", times) : "");
    }
    return true;
  }

  // The same call again, to the same end: one record of several, say.
  bool Repeats(const TraceCall& call) {
    std::string& state = states_[static_cast<size_t>(call.side)];
    LadderRow* last = ladder_.rows.empty() ? nullptr : &ladder_.rows.back();
    if (last == nullptr || last->kind != LadderRow::Kind::kCall ||
        last->side != call.side || last->value != StatusName(call.status) ||
        last->note != state || repeated_.first != call.function ||
        !absl::StartsWith(last->text, call.function)) {
      repeated_ = {call.function, 1};
      return false;
    }
    state.clear();
    last->text = absl::StrCat(call.function, " ×", ++repeated_.second);
    return true;
  }

  // With what the realms' keys open.
  TokenSummary Summarize(absl::Span<const uint8_t> token) {
    TokenSummary summary = SummarizeToken(token);
    AddOpened(token, 1, &summary.lines);
    return summary;
  }

  // A part that was told before, as a ticket that is shown again, is only
  // named.
  void AddOpened(absl::Span<const uint8_t> token, size_t depth,
                 std::vector<SummaryLine>* lines) {
    for (OpenedPart& part :
         OpenKerberosParts(token, TokenFields(token), &keys_)) {
      if (std::find(told_.begin(), told_.end(), part.bytes) != told_.end()) {
        lines->push_back({depth, part.tree.root.name, "as above"});
        continue;
      }
      told_.push_back(std::move(part.bytes));
      for (SummaryLine& line : SummarizePart(std::move(part.tree)).lines) {
        line.depth += depth;
        lines->push_back(std::move(line));
      }
    }
  }

  void AddMessage(Side sender, const TraceWire& event) {
    LadderRow row;
    row.kind = LadderRow::Kind::kMessage;
    row.side = sender;
    row.value = SizeText(event.bytes.size());
    if (event.kind == MessageKind::kToken) {
      row.events =
          std::exchange(inner_events_[static_cast<size_t>(sender)], {});
    }
    row.events.push_back(event_);
    message_row_ = ladder_.rows.size();
    switch (event.kind) {
      case MessageKind::kToken: {
        TokenSummary summary = Summarize(event.bytes);
        std::vector<SummaryLine>& inner = inner_[static_cast<size_t>(sender)];
        std::move(inner.begin(), inner.end(),
                  std::back_inserter(summary.lines));
        inner.clear();
        row.text = summary.name;
        const std::string names =
            std::exchange(inner_names_[static_cast<size_t>(sender)], "");
        if (!names.empty()) {
          absl::StrAppend(&row.text, " (", names, ")");
        }
        Push(std::move(row));
        AddTokenFields(sender, summary);
        return;
      }
      case MessageKind::kVerdict: {
        const bool accepted = event.bytes.size() == 1 && event.bytes[0] == 1;
        row.text = accepted ? "verdict: accepted" : "verdict: refused";
        row.tone = accepted ? Tone::kGood : Tone::kBad;
        row.value.clear();
        Push(std::move(row));
        return;
      }
      case MessageKind::kProtected:
        row.text = "protected message";
        Push(std::move(row));
        return;
    }
  }

  void AddTokenFields(Side sender, const TokenSummary& summary) {
    for (const SummaryLine& line : summary.lines) {
      AddField(sender, Tone::kPlain, line.label, line.value, line.depth);
    }
    if (!summary.error.empty()) {
      AddField(sender, Tone::kBad, "malformed", summary.error, 0);
    }
  }

  void AddField(Side sender, Tone tone, std::string label, std::string value,
                size_t depth) {
    Push({.kind = LadderRow::Kind::kField,
          .side = sender,
          .tone = tone,
          .text = std::move(label),
          .value = Printable(value),
          .note = "",
          .depth = depth});
  }

  // A function, and how often it was called.
  using Count = std::pair<std::string, int>;

  Ladder& ladder_;
  KerberosKeys keys_;
  // What of Kerberos was encrypted, and has been told.
  std::vector<std::vector<uint8_t>> told_;
  size_t event_ = 0;
  // By side: the steps that no call has told yet, and what the next token holds
  // encrypted.
  std::array<std::vector<size_t>, 2> steps_;
  std::array<std::vector<size_t>, 2> inner_events_;
  // By side: the state that no row has told yet, and what its next token holds
  // encrypted.
  std::array<std::string, 2> states_;
  std::array<std::vector<SummaryLine>, 2> inner_;
  std::array<std::string, 2> inner_names_;
  // What the last row is made of, if it is of housekeeping calls.
  std::vector<Count> merged_;
  // The last call that was not of housekeeping.
  Count repeated_;
  size_t message_row_ = 0;
  // By direction: whether its last message met a fault.
  std::array<bool, 2> faulted_ = {};
};

}  // namespace

Tone ToneOf(SECURITY_STATUS status) {
  return status == SEC_E_OK ? Tone::kGood
         : status > 0       ? Tone::kWaiting
                            : Tone::kBad;
}

Ladder MakeLadder(const Trace& trace) {
  Ladder ladder;
  ladder.client = NameOf(trace.scenario.client, "client");
  ladder.server = NameOf(trace.scenario.server, "server");
  Builder builder(trace.scenario, &ladder);
  for (size_t i = 0; i < trace.events.size(); ++i) {
    builder.Tell(i, trace.events[i]);
  }
  return ladder;
}

size_t MarkCalls(Call call, SECURITY_STATUS status, Ladder* ladder) {
  size_t marked = 0;
  for (LadderRow& row : ladder->rows) {
    row.marked = row.kind == LadderRow::Kind::kCall &&
                 row.value == StatusName(status) &&
                 absl::StrContains(row.text, CallName(call));
    marked += row.marked ? 1 : 0;
  }
  return marked;
}

}  // namespace sspilab::sim

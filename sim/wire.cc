#include "sim/wire.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace sspilab::sim {
namespace {

// The index of `name` in `names`, or an error that lists them.
template <size_t N>
absl::StatusOr<size_t> IndexOf(const std::array<std::string_view, N>& names,
                               std::string_view name, std::string_view what) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it != names.end()) {
    return static_cast<size_t>(it - names.begin());
  }
  return absl::InvalidArgumentError(absl::StrCat("unknown ", what, " '", name,
                                                 "'; it is one of ",
                                                 absl::StrJoin(names, ", ")));
}

}  // namespace

// One function a fault, in FaultKind's order.
const std::array<Wire::ApplyFault, kFaultKindNames.size()> Wire::kApplyFault = {
    // kSplit
    [](Message& message, uint32_t offset) {
      auto& pieces = message.line.pieces;
      const size_t cut = message.begin + offset;
      for (size_t i = message.first_piece; i < pieces.size(); ++i) {
        if (pieces[i].begin < cut && cut < pieces[i].end) {
          const Piece rest = {pieces[i].kind, cut, pieces[i].end};
          pieces[i].end = cut;
          pieces.insert(pieces.begin() + static_cast<ptrdiff_t>(i) + 1, rest);
          return;
        }
      }
    },
    // kCoalesce
    [](Message& message, uint32_t) { message.line.holding = true; },
    // kTruncate
    [](Message& message, uint32_t offset) {
      auto& pieces = message.line.pieces;
      const size_t end = message.begin + offset;
      while (pieces.size() > message.first_piece + 1 &&
             pieces.back().begin >= end) {
        pieces.pop_back();
      }
      pieces.back().end = std::min(pieces.back().end, end);
    },
};

absl::StatusOr<Fault> ParseFault(std::string_view text) {
  const std::vector<std::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() < 3 || parts.size() > 4) {
    return absl::InvalidArgumentError(
        absl::StrCat("fault '", text,
                     "' is not KIND:DIRECTION:LEG[:OFFSET], for example "
                     "truncate:to-server:2:64"));
  }
  const absl::StatusOr<size_t> kind =
      IndexOf(kFaultKindNames, parts[0], "kind of fault");
  if (!kind.ok()) {
    return kind.status();
  }
  const absl::StatusOr<size_t> direction =
      IndexOf(kDirectionNames, parts[1], "direction");
  if (!direction.ok()) {
    return direction.status();
  }
  Fault fault;
  fault.kind = static_cast<FaultKind>(*kind);
  fault.direction = static_cast<Direction>(*direction);
  if (!absl::SimpleAtoi(parts[2], &fault.leg) || fault.leg == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "leg '", parts[2], "' of fault '", text,
        "' is not a number from 1: it counts the messages of a direction"));
  }
  const bool needs_offset = fault.kind != FaultKind::kCoalesce;
  if (needs_offset != (parts.size() == 4)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "fault '", text, "': ", parts[0],
        needs_offset ? " needs an offset, for example "
                     : " takes no offset, for example ",
        parts[0], ":", parts[1], ":", parts[2], needs_offset ? ":64" : ""));
  }
  if (needs_offset && !absl::SimpleAtoi(parts[3], &fault.offset)) {
    return absl::InvalidArgumentError(
        absl::StrCat("offset '", parts[3], "' of fault '", text,
                     "' is not a number of bytes"));
  }
  return fault;
}

std::string FaultToString(const Fault& fault) {
  std::string text = absl::StrCat(
      kFaultKindNames[static_cast<size_t>(fault.kind)], ":",
      kDirectionNames[static_cast<size_t>(fault.direction)], ":", fault.leg);
  if (fault.kind != FaultKind::kCoalesce) {
    absl::StrAppend(&text, ":", fault.offset);
  }
  return text;
}

void Wire::Reset(WireForm form, absl::Span<const Fault> plan) {
  form_ = form;
  plan_ = plan;
  for (Line& line : lines_) {
    line.bytes.clear();
    line.pieces.clear();
    line.received = 0;
    line.arrived = 0;
    line.sent = 0;
    line.holding = false;
    line.closed = false;
  }
}

void Wire::Send(Direction direction, MessageKind kind,
                absl::Span<const uint8_t> payload) {
  Line& line = this->line(direction);
  if (line.closed) {
    return;
  }
  ++line.sent;
  if (observer_ != nullptr) {
    observer_->OnSend(direction, line.sent, kind, payload);
  }

  const bool was_holding = line.holding;
  line.holding = false;
  Message message = {line, line.pieces.size(), line.bytes.size()};
  if (form_ == WireForm::kStream) {
    const auto size = static_cast<uint32_t>(payload.size());
    line.bytes.push_back(static_cast<uint8_t>(kind));
    for (int shift = 0; shift < 32; shift += 8) {
      line.bytes.push_back(static_cast<uint8_t>(size >> shift));
    }
  }
  line.bytes.insert(line.bytes.end(), payload.begin(), payload.end());
  line.pieces.push_back({kind, message.begin, line.bytes.size()});

  for (const Fault& fault : plan_) {
    if (fault.direction == direction && fault.leg == line.sent) {
      kApplyFault[static_cast<size_t>(fault.kind)](message, fault.offset);
      if (observer_ != nullptr) {
        observer_->OnFault(fault);
      }
    }
  }

  if (was_holding) {
    // The piece held back and the first of this message arrive as one. What a
    // truncation cut out between them closes up.
    Piece& held = line.pieces[message.first_piece - 1];
    const Piece& next = line.pieces[message.first_piece];
    const size_t gap = next.begin - held.end;
    line.bytes.erase(line.bytes.begin() + static_cast<ptrdiff_t>(held.end),
                     line.bytes.begin() + static_cast<ptrdiff_t>(next.begin));
    held.end = next.end - gap;
    line.pieces.erase(line.pieces.begin() +
                      static_cast<ptrdiff_t>(message.first_piece));
    for (size_t i = message.first_piece; i < line.pieces.size(); ++i) {
      line.pieces[i].begin -= gap;
      line.pieces[i].end -= gap;
    }
  }
  line.arrived = line.pieces.size() - (line.holding ? 1 : 0);
}

std::optional<Delivery> Wire::Receive(Direction direction) {
  Line& line = this->line(direction);
  while (line.received < line.arrived) {
    const Piece& piece = line.pieces[line.received++];
    if (form_ == WireForm::kStream && piece.begin == piece.end) {
      continue;  // A stream has no empty messages.
    }
    const Delivery delivery = {
        piece.kind, absl::MakeConstSpan(line.bytes)
                        .subspan(piece.begin, piece.end - piece.begin)};
    if (observer_ != nullptr) {
      observer_->OnReceive(direction, delivery);
    }
    return delivery;
  }
  return std::nullopt;
}

void Wire::Close(Direction direction) {
  Line& line = this->line(direction);
  if (line.closed) {
    return;
  }
  line.closed = true;
  line.holding = false;
  line.arrived = line.pieces.size();
  if (observer_ != nullptr) {
    observer_->OnClose(direction);
  }
}

bool Wire::AtEnd(Direction direction) const {
  const Line& line = this->line(direction);
  return line.closed && line.received == line.arrived;
}

bool Wire::Flush() {
  bool held = false;
  for (Line& line : lines_) {
    held |= line.holding;
    line.holding = false;
    line.arrived = line.pieces.size();
  }
  return held;
}

}  // namespace sspilab::sim

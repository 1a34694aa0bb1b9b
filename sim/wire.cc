#include "sim/wire.h"

#include <algorithm>

namespace sspilab::sim {

// One function a fault, in FaultKind's order.
const std::array<Wire::ApplyFault, kFaultKindNames.size()> Wire::kApplyFault = {
    // kSplit
    [](Wire&, Message& message, const Fault&, size_t place) {
      auto& pieces = message.line.pieces;
      const size_t cut = message.begin + place;
      for (size_t i = message.first_piece; i < pieces.size(); ++i) {
        if (pieces[i].begin < cut && cut < pieces[i].end) {
          const Piece rest = {pieces[i].kind, cut, pieces[i].end};
          pieces[i].end = cut;
          pieces.insert(pieces.begin() + static_cast<ptrdiff_t>(i) + 1, rest);
          return true;
        }
      }
      return false;
    },
    // kCoalesce
    [](Wire&, Message& message, const Fault&, size_t) {
      message.coalesces = true;
      return true;
    },
    // kTruncate
    [](Wire&, Message& message, const Fault&, size_t place) {
      if (place >= message.size()) {
        return false;
      }
      auto& pieces = message.line.pieces;
      const size_t end = message.begin + place;
      while (pieces.size() > message.first_piece + 1 &&
             pieces.back().begin >= end) {
        pieces.pop_back();
      }
      pieces.back().end = end;
      message.line.bytes.resize(end);
      return true;
    },
    // kPad
    [](Wire&, Message& message, const Fault& fault, size_t) {
      Line& line = message.line;
      line.bytes.resize(line.bytes.size() + fault.value, 0);
      line.pieces.back().end = line.bytes.size();
      return fault.value > 0;
    },
    // kFlip
    [](Wire&, Message& message, const Fault& fault, size_t place) {
      if (place >= message.size() || fault.value == 0) {
        return false;
      }
      message.line.bytes[message.begin + place] ^=
          static_cast<uint8_t>(fault.value);
      return true;
    },
    // kSet
    [](Wire&, Message& message, const Fault& fault, size_t place) {
      if (place >= message.size()) {
        return false;
      }
      uint8_t& byte = message.line.bytes[message.begin + place];
      const uint8_t before =
          std::exchange(byte, static_cast<uint8_t>(fault.value));
      return byte != before;
    },
    // kDrop
    [](Wire&, Message& message, const Fault&, size_t) {
      message.fate = Fate::kDropped;
      return true;
    },
    // kDuplicate
    [](Wire&, Message& message, const Fault&, size_t) {
      message.twice = true;
      return true;
    },
    // kReorder
    [](Wire&, Message& message, const Fault&, size_t) {
      message.fate = Fate::kLate;
      return true;
    },
    // kReflect
    [](Wire&, Message& message, const Fault&, size_t) {
      message.fate = Fate::kReflected;
      return true;
    },
    // kReplay
    [](Wire& wire, Message& message, const Fault& fault, size_t) {
      return wire.Replace(message, &EarlierSessions::same_roles, fault, 0);
    },
    // kSplice
    [](Wire& wire, Message& message, const Fault& fault, size_t place) {
      return wire.Replace(message, &EarlierSessions::same_roles, fault, place);
    },
    // kSwap
    [](Wire& wire, Message& message, const Fault& fault, size_t) {
      return wire.Replace(message, &EarlierSessions::swapped_roles, fault, 0);
    },
    // kDelay
    [](Wire& wire, Message&, const Fault& fault, size_t) {
      wire.delay_ += fault.value * kFileTimeSecond;
      return fault.value > 0;
    },
};

void Wire::Reset(WireForm form, absl::Span<const Fault> plan) {
  form_ = form;
  plan_ = plan;
  delay_ = 0;
  for (Line& line : lines_) {
    line.bytes.clear();
    line.pieces.clear();
    line.received = 0;
    line.arrived = 0;
    line.sent = 0;
    line.holding = false;
    line.closed = false;
    line.late.clear();
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

  Message message = {line, kind, line.pieces.size(), line.bytes.size()};
  AppendMessage(line, kind, payload);
  line.pieces.push_back({kind, message.begin, line.bytes.size()});
  for (const Fault& fault : plan_) {
    if (fault.direction != direction || fault.leg != line.sent) {
      continue;
    }
    const std::optional<size_t> place = PlaceOf(message, fault);
    if (place.has_value() &&
        kApplyFault[static_cast<size_t>(fault.kind)](*this, message, fault,
                                                     *place) &&
        observer_ != nullptr) {
      observer_->OnFault(fault);
    }
  }
  Settle(direction, message);
}

void Wire::AppendMessage(Line& line, MessageKind kind,
                         absl::Span<const uint8_t> payload) const {
  if (form_ == WireForm::kStream) {
    const auto size = static_cast<uint32_t>(payload.size());
    line.bytes.push_back(static_cast<uint8_t>(kind));
    for (int shift = 0; shift < 32; shift += 8) {
      line.bytes.push_back(static_cast<uint8_t>(size >> shift));
    }
  }
  line.bytes.insert(line.bytes.end(), payload.begin(), payload.end());
}

std::optional<size_t> Wire::PlaceOf(const Message& message,
                                    const Fault& fault) const {
  FieldPlace field = {0, message.size()};
  if (!fault.field.empty()) {
    const size_t header = std::min(
        message.size(), form_ == WireForm::kStream ? kStreamHeaderSize : 0);
    const std::optional<FieldPlace> found =
        find_field_ == nullptr
            ? std::nullopt
            : find_field_(absl::MakeConstSpan(message.line.bytes)
                              .subspan(message.begin + header),
                          fault.field);
    if (!found.has_value() || fault.offset >= found->size) {
      return std::nullopt;
    }
    field = {header + found->offset, found->size};
  }
  if (!fault.at_random) {
    return field.offset + fault.offset;
  }
  if (field.size == 0) {
    return std::nullopt;
  }
  return field.offset + Entropy(fault.offset, 0).Below(field.size);
}

bool Wire::Replace(Message& message,
                   const SentMessages EarlierSessions::*session,
                   const Fault& fault, size_t from) const {
  if (earlier_ == nullptr) {
    return false;
  }
  const auto& sent =
      (earlier_->*session).by_direction[static_cast<size_t>(fault.direction)];
  if (fault.leg > sent.size() || from > message.size()) {
    return false;
  }
  Line& line = message.line;
  const SentMessages::Message& other = sent[fault.leg - 1];
  // Written behind the message first, since its header counts.
  const size_t end = line.bytes.size();
  AppendMessage(line, other.kind, other.payload);
  const size_t other_size = line.bytes.size() - end;
  const auto at = [&line](size_t place) {
    return line.bytes.begin() + static_cast<ptrdiff_t>(place);
  };
  line.bytes.erase(at(message.begin + from),
                   at(end + std::min(from, other_size)));
  line.pieces.resize(message.first_piece);
  if (from == 0) {
    message.kind = other.kind;
  }
  line.pieces.push_back({message.kind, message.begin, line.bytes.size()});
  return true;
}

void Wire::Settle(Direction direction, const Message& message) {
  Line& line = message.line;
  std::vector<uint8_t> copy;
  if (message.twice || message.fate == Fate::kLate ||
      message.fate == Fate::kReflected) {
    copy.assign(line.bytes.begin() + static_cast<ptrdiff_t>(message.begin),
                line.bytes.end());
  }
  const int copies = message.twice ? 2 : 1;
  if (message.fate != Fate::kArrives) {
    line.pieces.resize(message.first_piece);
    line.bytes.resize(message.begin);
    for (int i = 0; i < copies; ++i) {
      if (message.fate == Fate::kLate) {
        line.late.push_back({message.kind, copy});
      } else if (message.fate == Fate::kReflected) {
        Deliver(this->line(Opposite(direction)), message.kind, copy);
      }
    }
    return;
  }

  if (std::exchange(line.holding, false)) {
    // The piece held back and the first of this message arrive as one.
    Piece& held = line.pieces[message.first_piece - 1];
    held.end = line.pieces[message.first_piece].end;
    line.pieces.erase(line.pieces.begin() +
                      static_cast<ptrdiff_t>(message.first_piece));
  }
  if (message.twice) {
    Deliver(line, message.kind, copy);
  }
  line.holding = message.coalesces;
  if (!line.holding) {
    for (const SentMessages::Message& late : line.late) {
      Deliver(line, late.kind, late.payload);
    }
    line.late.clear();
  }
  line.arrived = line.pieces.size() - (line.holding ? 1 : 0);
}

void Wire::Deliver(Line& line, MessageKind kind,
                   absl::Span<const uint8_t> bytes) {
  if (line.closed) {
    return;
  }
  const size_t begin = line.bytes.size();
  line.bytes.insert(line.bytes.end(), bytes.begin(), bytes.end());
  if (std::exchange(line.holding, false)) {
    line.pieces.back().end = line.bytes.size();
  } else {
    line.pieces.push_back({kind, begin, line.bytes.size()});
  }
  line.arrived = line.pieces.size();
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
  Release(line);
  line.closed = true;
  if (observer_ != nullptr) {
    observer_->OnClose(direction);
  }
}

bool Wire::AtEnd(Direction direction) const {
  const Line& line = this->line(direction);
  return line.closed && line.received == line.arrived;
}

bool Wire::Release(Line& line) {
  const bool held = line.holding || !line.late.empty();
  line.holding = false;
  line.arrived = line.pieces.size();
  for (const SentMessages::Message& late : line.late) {
    Deliver(line, late.kind, late.payload);
  }
  line.late.clear();
  return held;
}

bool Wire::Flush() {
  bool held = false;
  for (Line& line : lines_) {
    held |= Release(line);
  }
  return held;
}

}  // namespace sspilab::sim

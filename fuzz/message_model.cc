#include "fuzz/message_model.h"

#include "core/sspi.h"

namespace sspilab::fuzz {
namespace {

constexpr ULONG kNtlmSignature = 16;
// Without extended session security.
constexpr std::string_view kHalfDuplex = "ntlm_half_duplex";

// The bits of both ends for one thing.
struct Bits {
  std::array<ULONG, 2> of_end;

  bool AreIn(const ReadyPair& pair, size_t end) const {
    return (pair.attributes[end] & of_end[end]) != 0;
  }
};
constexpr Bits kProtects = {{ISC_RET_INTEGRITY | ISC_RET_CONFIDENTIALITY,
                             ASC_RET_INTEGRITY | ASC_RET_CONFIDENTIALITY}};
constexpr Bits kSequence = {{ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT}};
constexpr Bits kReplay = {{ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT}};
constexpr Bits kDatagram = {{ISC_RET_DATAGRAM, ASC_RET_DATAGRAM}};

}  // namespace

MessageModel::MessageModel(const ReadyPair& pair)
    : gss_(pair.sizes.cbMaxSignature != kNtlmSignature),
      half_duplex_(pair.name == kHalfDuplex),
      datagram_(!gss_ && kDatagram.AreIn(pair, 0)) {
  for (size_t end = 0; end < 2; ++end) {
    checks_[end] = kProtects.AreIn(pair, end);
    in_order_[end] = kSequence.AreIn(pair, end);
    once_[end] = kReplay.AreIn(pair, end);
  }
}

MessageModel::Mark MessageModel::Send(size_t end) {
  Mark mark = {.before = out(end), .after = ++places_made_};
  mark.number = sent_[end]++;
  out(end) = mark.after;
  return mark;
}

MessageModel::Verdict MessageModel::Judge(size_t end, const Mark& mark) const {
  if (restarted_) return Verdict::kMay;
  // Signatures that mean nothing, and numbers that the caller says.
  if (!gss_ && (!checks_[end] || datagram_)) return Verdict::kMust;
  if (gss_) {
    const bool is_due = in_order_[end]
                            ? mark.number == taken_[end]
                            : !once_[end] || !taken_numbers_[end][mark.number];
    return is_due ? Verdict::kMust : Verdict::kMustNot;
  }
  if (astray_[end]) return Verdict::kMay;
  if (in(end) == mark.before) return Verdict::kMust;
  return half_duplex_ ? Verdict::kMay : Verdict::kMustNot;
}

MessageModel::Verdict MessageModel::JudgeOwn(size_t end) const {
  return checks_[end] && !half_duplex_ ? Verdict::kMustNot : Verdict::kMay;
}

void MessageModel::Opened(size_t end, const Mark& mark) {
  ++taken_[end];
  taken_numbers_[end].set(mark.number);
  in(end) = mark.after;
}

void MessageModel::FoundAltered(size_t end) {
  if (gss_) return;
  astray_[end] = true;
  // Nor where what it sends begins, where that is the same place.
  in(end) = ++places_made_;
}

}  // namespace sspilab::fuzz

#ifndef SSPILAB_FUZZ_MESSAGE_MODEL_H_
#define SSPILAB_FUZZ_MESSAGE_MODEL_H_

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>

#include "fuzz/ready_contexts.h"

namespace sspilab::fuzz {

// What two ends that protect messages for each other must take, and must not,
// told without the packages' code: of NTLM by MS-NLMP 3.4, of Kerberos by RFC
// 2743 1.2.3. Ends are 0, the initiator, and 1, the acceptor.
class MessageModel {
 public:
  // What of a message says whether its receiver may take it.
  struct Mark {
    // Where its sender was before and after it: equal places have seen equal
    // messages in equal order.
    uint32_t before = 0;
    uint32_t after = 0;
    // Counted by its sender.
    uint32_t number = 0;
  };
  static constexpr size_t kMaxMessages = 64;

  explicit MessageModel(const ReadyPair& pair);

  // Kerberos' tokens say their own number, and NTLM's signatures do not.
  bool gss() const { return gss_; }
  // The signatures of what `end` opens mean something.
  bool checks(size_t end) const { return checks_[end]; }

  // `end` protects its next message.
  Mark Send(size_t end);

  enum class Verdict {
    // It must be opened, or must not be.
    kMust,
    kMustNot,
    kMay,
  };
  // What `end` is to make of a message with this mark that arrives as it was
  // sent; and of one that it has sent itself.
  Verdict Judge(size_t end, const Mark& mark) const;
  Verdict JudgeOwn(size_t end) const;
  // `end` has opened it.
  void Opened(size_t end, const Mark& mark);
  // `end` found something altered, which may have used up a number and a part
  // of a keystream.
  void FoundAltered(size_t end);
  // A context began anew, so that numbers come twice.
  void Restart() { restarted_ = true; }

 private:
  uint32_t& out(size_t end) { return places_[end][0]; }
  // Of an end without extended session security, both are one.
  uint32_t& in(size_t end) { return places_[end][half_duplex_ ? 0 : 1]; }
  uint32_t in(size_t end) const { return places_[end][half_duplex_ ? 0 : 1]; }

  const bool gss_;
  bool half_duplex_ = false;
  bool datagram_ = false;
  std::array<bool, 2> checks_;
  // By receiver, of Kerberos.
  std::array<bool, 2> in_order_;
  std::array<bool, 2> once_;
  bool restarted_ = false;
  // By end: what it has sent, and what it has taken, each as a name for the
  // history of it.
  std::array<std::array<uint32_t, 2>, 2> places_ = {};
  uint32_t places_made_ = 0;
  // By end: nobody knows where it is.
  std::array<bool, 2> astray_ = {};
  // By end.
  std::array<uint32_t, 2> sent_ = {};
  std::array<uint32_t, 2> taken_ = {};
  std::array<std::bitset<kMaxMessages>, 2> taken_numbers_;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_MESSAGE_MODEL_H_

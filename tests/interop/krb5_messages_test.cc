// Messages that are lost, repeated, out of order or altered: our end and MIT's
// say the same of them.

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/interop/krb5_pair.h"

namespace sspilab::interop {
namespace {

using kerberos::Etype;

constexpr OM_uint32 kProtected =
    GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;

enum class Kind { kSealed, kWrapped, kSigned };
constexpr Kind kKinds[] = {Kind::kSealed, Kind::kWrapped, Kind::kSigned};

// What a receiver says of a message.
enum class Verdict { kTaken, kOutOfSequence, kAltered, kMalformed };

// The two implementations' words for it. Where ours has one, GSS-API has four
// (RFC 2743 1.2.3): a gap, too early, too old, seen before.
Verdict VerdictOf(SECURITY_STATUS status) {
  switch (status) {
    case SEC_E_OK:
      return Verdict::kTaken;
    case SEC_E_OUT_OF_SEQUENCE:
      return Verdict::kOutOfSequence;
    case SEC_E_MESSAGE_ALTERED:
      return Verdict::kAltered;
    case SEC_E_INVALID_TOKEN:
      return Verdict::kMalformed;
    default:
      ADD_FAILURE() << StatusName(status);
      return Verdict::kMalformed;
  }
}
Verdict VerdictOf(const MitEnd::Outcome& outcome) {
  if (outcome.major == GSS_S_COMPLETE) return Verdict::kTaken;
  if (GSS_SUPPLEMENTARY_INFO(outcome.major) != 0) {
    return Verdict::kOutOfSequence;
  }
  switch (GSS_ROUTINE_ERROR(outcome.major)) {
    case GSS_S_BAD_SIG:
      return Verdict::kAltered;
    case GSS_S_DEFECTIVE_TOKEN:
      return Verdict::kMalformed;
    default:
      ADD_FAILURE() << outcome.words();
      return Verdict::kMalformed;
  }
}

// One direction: who sends, and who receives.
struct Channel {
  Krb5Pair& pair;
  bool ours_sends;

  Bytes Send(Kind kind, const Bytes& text) {
    if (kind == Kind::kSigned) {
      return ours_sends ? pair.Sign(text) : pair.mit().GetMic(text);
    }
    const bool encrypt = kind == Kind::kSealed;
    return ours_sends ? pair.Wrap(text, encrypt)
                      : pair.mit().Wrap(text, encrypt).bytes;
  }
  Verdict Receive(Kind kind, const Bytes& text, const Bytes& token) {
    if (kind == Kind::kSigned) {
      return ours_sends ? VerdictOf(pair.mit().VerifyMic(text, token))
                        : VerdictOf(pair.Verify(text, token));
    }
    return ours_sends ? VerdictOf(pair.mit().Unwrap(token).outcome)
                      : VerdictOf(pair.Unwrap(token).status);
  }
};

using Order = std::vector<int>;
struct Schedule {
  std::string name;
  OM_uint32 flags;
  // The messages by their numbers, as they arrive.
  Order order;
  std::vector<Verdict> verdicts;
};

constexpr Verdict kTaken = Verdict::kTaken;
constexpr Verdict kLate = Verdict::kOutOfSequence;

// With sequence detection, what comes after a message that was not in its place
// is left open: MIT goes on from there, as RFC 2743 has it, and ours waits for
// the one that is missing, as Windows does.
// MIT shifts its window by no more than 63 numbers at once.
const Schedule kSchedules[] = {
    {"in_order",
     GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG,
     {0, 1, 2, 3},
     {kTaken, kTaken, kTaken, kTaken}},
    {"repeated",
     GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG,
     {0, 1, 1},
     {kTaken, kTaken, kLate}},
    {"first_again",
     GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG,
     {0, 1, 2, 0},
     {kTaken, kTaken, kTaken, kLate}},
    {"one_lost",
     GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG,
     {0, 2},
     {kTaken, kLate}},
    {"repeated_with_sequence_alone",
     GSS_C_SEQUENCE_FLAG,
     {0, 0},
     {kTaken, kLate}},
    {"any_order_once",
     GSS_C_REPLAY_FLAG,
     {2, 0, 1, 5, 3, 4, 4, 6, 0, 5},
     {kTaken, kTaken, kTaken, kTaken, kTaken, kTaken, kLate, kTaken, kLate,
      kLate}},
    {"long_lost",
     GSS_C_REPLAY_FLAG,
     {0, 63, 1, 0, 65, 64, 65, 126, 125, 67},
     {kTaken, kTaken, kTaken, kLate, kTaken, kTaken, kLate, kTaken, kTaken,
      kTaken}},
    {"anything",
     0,
     {1, 1, 0, 0, 7, 3},
     {kTaken, kTaken, kTaken, kTaken, kTaken, kTaken}},
};

class Krb5MessagesTest
    : public ::testing::TestWithParam<std::tuple<Etype, Role>> {
 protected:
  PairTerms Terms(OM_uint32 flags) const {
    return {.etype = std::get<0>(GetParam()),
            .ours = std::get<1>(GetParam()),
            .flags = kProtected | flags};
  }
  bool rc4() const { return std::get<0>(GetParam()) == Etype::kRc4Hmac; }
  // RC4's stands behind a framing.
  size_t HeaderEnd() const { return rc4() ? 13 + 8 : 16; }
  // What no checksum is of: RRC (RFC 4121 4.2.5), for what is rotated by its
  // size more is the same; and RC4's number, unless it makes the message's key
  // (RFC 4757 7.3), which without sequence detection nobody looks at.
  bool IsUnprotected(Kind kind, size_t at) const {
    constexpr size_t kRotation = 6;
    constexpr size_t kNumberSize = 4;
    return rc4() ? kind != Kind::kSealed && at >= HeaderEnd() &&
                       at < HeaderEnd() + kNumberSize
                 : kind != Kind::kSigned && at == kRotation;
  }
};

TEST_P(Krb5MessagesTest, OfOrder) {
  for (const Schedule& schedule : kSchedules) {
    Krb5Pair pair(Terms(schedule.flags));
    ASSERT_NO_FATAL_FAILURE(pair.Connect());
    for (const bool ours_sends : {true, false}) {
      Channel channel{pair, ours_sends};
      const int last =
          *std::max_element(schedule.order.begin(), schedule.order.end());
      // Kinds take turns, since they are counted together.
      const auto kind = [](int number) { return kKinds[number % 3]; };
      std::vector<Bytes> texts;
      std::vector<Bytes> tokens;
      for (int number = 0; number <= last; ++number) {
        texts.emplace_back(static_cast<size_t>(number) + 1, 0x42);
        tokens.push_back(channel.Send(kind(number), texts.back()));
      }
      std::vector<Verdict> verdicts;
      for (const int number : schedule.order) {
        const auto at = static_cast<size_t>(number);
        verdicts.push_back(
            channel.Receive(kind(number), texts[at], tokens[at]));
      }
      EXPECT_EQ(verdicts, schedule.verdicts)
          << schedule.name << (ours_sends ? ", to MIT" : ", to us");
    }
  }
}

// A byte is bent at every place of a token, and the next message is taken as if
// nothing had been.
TEST_P(Krb5MessagesTest, OfAnyByteThatIsAltered) {
  for (const Kind kind : kKinds) {
    Krb5Pair to_mit(Terms(0));
    Krb5Pair to_us(Terms(0));
    ASSERT_NO_FATAL_FAILURE(to_mit.Connect());
    ASSERT_NO_FATAL_FAILURE(to_us.Connect());
    Channel mit{to_mit, true};
    Channel us{to_us, false};
    const Bytes text(20, 0x42);
    const Bytes for_mit = mit.Send(kind, text);
    const Bytes for_us = us.Send(kind, text);
    ASSERT_EQ(for_mit.size(), for_us.size());
    for (size_t at = 0; at < for_mit.size(); ++at) {
      const auto verdict = [&](Channel& channel, Bytes token) {
        token[at] ^= 0x10;
        return channel.Receive(kind, text, token);
      };
      const Verdict theirs = verdict(mit, for_mit);
      const Verdict ours = verdict(us, for_us);
      if (IsUnprotected(kind, at)) {
        EXPECT_EQ(theirs == Verdict::kTaken, ours == Verdict::kTaken);
        continue;
      }
      EXPECT_NE(theirs, Verdict::kTaken) << at;
      EXPECT_NE(ours, Verdict::kTaken) << at;
      // Behind the header there is but one thing to say.
      if (at >= HeaderEnd()) {
        EXPECT_EQ(theirs, Verdict::kAltered) << at;
        EXPECT_EQ(ours, Verdict::kAltered) << at;
      }
    }
    EXPECT_EQ(mit.Receive(kind, text, for_mit), Verdict::kTaken);
    EXPECT_EQ(us.Receive(kind, text, for_us), Verdict::kTaken);
  }
}

// The message itself, where the signature goes beside it; and messages of which
// the end is missing.
TEST_P(Krb5MessagesTest, OfAnotherTextAndOfATokenCutShort) {
  Krb5Pair pair(Terms(0));
  ASSERT_NO_FATAL_FAILURE(pair.Connect());
  const Bytes text(20, 0x42);
  Bytes other = text;
  other.back() ^= 1;
  for (const bool ours_sends : {true, false}) {
    Channel channel{pair, ours_sends};
    EXPECT_EQ(channel.Receive(Kind::kSigned, other,
                              channel.Send(Kind::kSigned, text)),
              Verdict::kAltered);
    for (const Kind kind : kKinds) {
      const Bytes whole = channel.Send(kind, text);
      for (size_t size = 1; size < whole.size(); ++size) {
        const Bytes cut(whole.begin(),
                        whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_NE(channel.Receive(kind, text, cut), Verdict::kTaken) << size;
      }
      EXPECT_EQ(channel.Receive(kind, text, whole), Verdict::kTaken);
    }
  }
}

std::string NameOf(
    const ::testing::TestParamInfo<Krb5MessagesTest::ParamType>& info) {
  std::string name =
      absl::StrCat(kerberos::Find(std::get<0>(info.param)).name,
                   std::get<1>(info.param) == Role::kInitiator ? "_we_begin"
                                                               : "_mit_begins");
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    All, Krb5MessagesTest,
    ::testing::Combine(::testing::Values(Etype::kAes256CtsHmacSha1,
                                         Etype::kAes128CtsHmacSha1,
                                         Etype::kAes256CtsHmacSha384,
                                         Etype::kAes128CtsHmacSha256,
                                         Etype::kRc4Hmac),
                       ::testing::Values(Role::kInitiator, Role::kAcceptor)),
    NameOf);

}  // namespace
}  // namespace sspilab::interop

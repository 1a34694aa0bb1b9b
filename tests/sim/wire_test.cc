#include "sim/wire.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/inbox.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Direction kForth = Direction::kToServer;
constexpr Direction kBack = Direction::kToClient;

absl::Span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string Text(absl::Span<const uint8_t> bytes) {
  return std::string(bytes.begin(), bytes.end());
}

// Everything that has arrived, piece by piece.
std::vector<std::string> Drain(Wire* wire, Direction direction) {
  std::vector<std::string> pieces;
  while (const auto delivery = wire->Receive(direction)) {
    pieces.push_back(Text(delivery->bytes));
  }
  return pieces;
}

void SendToken(Wire* wire, std::string_view text,
               Direction direction = kForth) {
  wire->Send(direction, MessageKind::kToken, Bytes(text));
}

TEST(WireTest, DeliversMessagesInOrderAndApart) {
  Wire wire;
  SendToken(&wire, "one");
  SendToken(&wire, "");
  wire.Send(kForth, MessageKind::kVerdict, Bytes("two"));
  SendToken(&wire, "back", kBack);
  const auto first = wire.Receive(kForth);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->kind, MessageKind::kToken);
  EXPECT_EQ(Text(first->bytes), "one");
  EXPECT_EQ(Text(wire.Receive(kForth)->bytes), "");
  EXPECT_EQ(wire.Receive(kForth)->kind, MessageKind::kVerdict);
  EXPECT_FALSE(wire.Receive(kForth).has_value());
  EXPECT_THAT(Drain(&wire, kBack), ElementsAre("back"));
}

TEST(WireTest, SplitsAtTheOffset) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kSplit, kForth, 2, 2}};
  wire.Reset(WireForm::kMessage, plan);
  SendToken(&wire, "first");
  SendToken(&wire, "second");
  SendToken(&wire, "third");
  EXPECT_THAT(Drain(&wire, kForth),
              ElementsAre("first", "se", "cond", "third"));
}

TEST(WireTest, SplitsAMessageTwice) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kSplit, kForth, 1, 4},
                                   {FaultKind::kSplit, kForth, 1, 1}};
  wire.Reset(WireForm::kMessage, plan);
  SendToken(&wire, "second");
  EXPECT_THAT(Drain(&wire, kForth), ElementsAre("s", "eco", "nd"));
}

TEST(WireTest, OffsetsAtTheEndChangeNothing) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kSplit, kForth, 1, 3},
                                   {FaultKind::kSplit, kForth, 1, 0},
                                   {FaultKind::kTruncate, kForth, 1, 99}};
  wire.Reset(WireForm::kMessage, plan);
  SendToken(&wire, "one");
  EXPECT_THAT(Drain(&wire, kForth), ElementsAre("one"));
}

TEST(WireTest, Truncates) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kTruncate, kForth, 1, 2},
                                   {FaultKind::kTruncate, kBack, 1, 0}};
  wire.Reset(WireForm::kMessage, plan);
  SendToken(&wire, "first");
  SendToken(&wire, "second");
  SendToken(&wire, "back", kBack);
  EXPECT_THAT(Drain(&wire, kForth), ElementsAre("fi", "second"));
  EXPECT_THAT(Drain(&wire, kBack), ElementsAre(""));
}

TEST(WireTest, FaultsOfOneMessageActInTheirOrder) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kSplit, kForth, 1, 4},
                                   {FaultKind::kTruncate, kForth, 1, 2}};
  wire.Reset(WireForm::kMessage, plan);
  SendToken(&wire, "second");
  EXPECT_THAT(Drain(&wire, kForth), ElementsAre("se"));
}

TEST(WireTest, CoalescesWithTheNextMessageOfItsDirection) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kCoalesce, kForth, 1, 0}};
  wire.Reset(WireForm::kMessage, plan);
  SendToken(&wire, "one");
  SendToken(&wire, "back", kBack);
  EXPECT_THAT(Drain(&wire, kForth), IsEmpty());
  SendToken(&wire, "two");
  SendToken(&wire, "three");
  EXPECT_THAT(Drain(&wire, kForth), ElementsAre("onetwo", "three"));
}

TEST(WireTest, CoalescedBytesCloseUpOverATruncation) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kTruncate, kForth, 1, 2},
                                   {FaultKind::kCoalesce, kForth, 1, 0},
                                   {FaultKind::kSplit, kForth, 2, 3}};
  wire.Reset(WireForm::kMessage, plan);
  SendToken(&wire, "first");
  SendToken(&wire, "second");
  SendToken(&wire, "third");
  EXPECT_THAT(Drain(&wire, kForth), ElementsAre("fisec", "ond", "third"));
}

TEST(WireTest, FlushLetsGoOfWhatIsHeld) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kCoalesce, kForth, 1, 0}};
  wire.Reset(WireForm::kMessage, plan);
  EXPECT_FALSE(wire.Flush());
  SendToken(&wire, "one");
  EXPECT_TRUE(wire.Flush());
  EXPECT_THAT(Drain(&wire, kForth), ElementsAre("one"));
  EXPECT_FALSE(wire.Flush());
}

TEST(WireTest, ClosingDeliversWhatWasSentAndThenSaysSo) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kCoalesce, kForth, 1, 0}};
  wire.Reset(WireForm::kMessage, plan);
  SendToken(&wire, "one");
  wire.Close(kForth);
  SendToken(&wire, "into the broken pipe");
  EXPECT_FALSE(wire.AtEnd(kForth));
  EXPECT_THAT(Drain(&wire, kForth), ElementsAre("one"));
  EXPECT_TRUE(wire.AtEnd(kForth));
  EXPECT_FALSE(wire.AtEnd(kBack));
}

TEST(WireTest, StreamHasHeadersAndNoEmptyPieces) {
  Wire wire;
  const std::vector<Fault> plan = {{FaultKind::kTruncate, kForth, 2, 0}};
  wire.Reset(WireForm::kStream, plan);
  wire.Send(kForth, MessageKind::kProtected, Bytes("abc"));
  SendToken(&wire, "lost");
  wire.Close(kForth);
  EXPECT_THAT(Drain(&wire, kForth),
              ElementsAre(std::string("\x02\x03\0\0\0abc", 8)));
  EXPECT_TRUE(wire.AtEnd(kForth));
}

TEST(FaultTest, IsTheSameAfterTextAndBack) {
  for (const Fault& fault :
       {Fault{FaultKind::kSplit, kForth, 1, 20},
        Fault{FaultKind::kCoalesce, kBack, 3, 0},
        Fault{FaultKind::kTruncate, kBack, 4'000'000'000, 4'000'000'000}}) {
    const absl::StatusOr<Fault> parsed = ParseFault(FaultToString(fault));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, fault);
  }
}

TEST(FaultTest, ErrorsSayWhatWouldBeRight) {
  const auto error = [](std::string_view text) {
    return std::string(ParseFault(text).status().message());
  };
  EXPECT_THAT(error("truncate"), HasSubstr("truncate:to-server:2:64"));
  EXPECT_THAT(error("cut:to-server:1:1"),
              HasSubstr("one of split, coalesce, truncate"));
  EXPECT_THAT(error("split:up:1:1"), HasSubstr("to-server, to-client"));
  EXPECT_THAT(error("split:to-server:0:1"), HasSubstr("number from 1"));
  EXPECT_THAT(error("split:to-server:1"), HasSubstr("needs an offset"));
  EXPECT_THAT(error("coalesce:to-server:1:5"), HasSubstr("takes no offset"));
  EXPECT_THAT(error("split:to-server:1:-5"), HasSubstr("number of bytes"));
}

// What the reader makes of a stream that arrives in pieces of `size`.
std::vector<std::string> ReadInPieces(size_t size) {
  Wire wire(WireForm::kStream);
  wire.Reset(WireForm::kStream, {});
  SendToken(&wire, "first");
  SendToken(&wire, "");
  SendToken(&wire, "a longer second");
  std::string stream;
  while (const auto delivery = wire.Receive(kForth)) {
    stream += Text(delivery->bytes);
  }
  Inbox inbox;
  inbox.Reset(WireForm::kStream);
  std::vector<std::string> messages;
  for (size_t at = 0; at < stream.size(); at += size) {
    inbox.Add({MessageKind::kToken, Bytes(stream).subspan(at, size)});
    while (const auto message = inbox.Next()) {
      messages.push_back(Text(message->payload));
    }
  }
  EXPECT_EQ(inbox.unread(), 0u);
  EXPECT_FALSE(inbox.broken());
  return messages;
}

TEST(InboxTest, FindsTheMessagesHoweverTheyArrive) {
  for (size_t size = 1; size <= 40; ++size) {
    EXPECT_THAT(ReadInPieces(size), ElementsAre("first", "", "a longer second"))
        << "in pieces of " << size;
  }
}

TEST(InboxTest, AStreamWithoutSenseIsBroken) {
  for (const std::string_view header : {std::string_view("\x09\0\0\0\0", 5),
                                        std::string_view("\0\0\0\0\x7F", 5)}) {
    Inbox inbox;
    inbox.Reset(WireForm::kStream);
    inbox.Add({MessageKind::kToken, Bytes(header)});
    EXPECT_FALSE(inbox.Next().has_value());
    EXPECT_TRUE(inbox.broken());
  }
}

}  // namespace
}  // namespace sspilab::sim

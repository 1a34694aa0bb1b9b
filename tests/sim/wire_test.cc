#include "sim/wire.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/fault.h"
#include "sim/inbox.h"

namespace sspilab::sim {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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

// What arrives when "abc", "de" and "fgh" are sent to the server.
struct WireCase {
  std::vector<std::string_view> faults;
  std::vector<std::string> to_server;
  std::vector<std::string> to_client;
};

class EditsTest : public ::testing::TestWithParam<WireCase> {};

TEST_P(EditsTest, WhatArrives) {
  std::vector<Fault> plan;
  for (const std::string_view text : GetParam().faults) {
    const absl::StatusOr<Fault> fault = ParseFault(text);
    ASSERT_TRUE(fault.ok()) << fault.status();
    plan.push_back(*fault);
  }
  EarlierSessions earlier;
  earlier.same_roles.by_direction[0] = {{MessageKind::kToken, {'A', 'B', 'C'}},
                                        {MessageKind::kVerdict, {'D'}}};
  earlier.swapped_roles.by_direction[0] = {
      {MessageKind::kToken, {'V', 'W', 'X', 'Y', 'Z'}}};
  Wire wire;
  wire.set_earlier_sessions(&earlier);
  wire.set_field_finder([](absl::Span<const uint8_t> token,
                           std::string_view path) -> std::optional<FieldPlace> {
    if (path != "TEST.Field" || token.size() < 3) {
      return std::nullopt;
    }
    return FieldPlace{1, 2};
  });
  wire.Reset(WireForm::kMessage, plan);
  for (const std::string_view text : {"abc", "de", "fgh"}) {
    SendToken(&wire, text);
  }
  wire.Close(kForth);
  EXPECT_EQ(Drain(&wire, kForth), GetParam().to_server);
  EXPECT_EQ(Drain(&wire, kBack), GetParam().to_client);
  EXPECT_TRUE(wire.AtEnd(kForth));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, EditsTest,
    ::testing::ValuesIn(std::vector<WireCase>{
        {{"pad:to-server:1:2"}, {std::string("abc\0\0", 5), "de", "fgh"}, {}},
        {{"flip:to-server:1:1:0x20"}, {"aBc", "de", "fgh"}, {}},
        {{"flip:to-server:1:3:0x20"}, {"abc", "de", "fgh"}, {}},
        {{"set:to-server:3:0:65"}, {"abc", "de", "Agh"}, {}},
        {{"drop:to-server:2"}, {"abc", "fgh"}, {}},
        {{"duplicate:to-server:1"}, {"abc", "abc", "de", "fgh"}, {}},
        {{"reorder:to-server:1"}, {"de", "abc", "fgh"}, {}},
        {{"reorder:to-server:1", "reorder:to-server:2"},
         {"fgh", "abc", "de"},
         {}},
        {{"reorder:to-server:3"}, {"abc", "de", "fgh"}, {}},
        {{"reflect:to-server:2"}, {"abc", "fgh"}, {"de"}},
        {{"replay:to-server:1"}, {"ABC", "de", "fgh"}, {}},
        {{"replay:to-server:3"}, {"abc", "de", "fgh"}, {}},
        {{"swap:to-server:1"}, {"VWXYZ", "de", "fgh"}, {}},
        {{"splice:to-server:1:1"}, {"aBC", "de", "fgh"}, {}},
        {{"splice:to-server:2:1"}, {"abc", "d", "fgh"}, {}},
        // The field is there in messages of three bytes.
        {{"flip:to-server:1:TEST.Field:0x20"}, {"aBc", "de", "fgh"}, {}},
        {{"flip:to-server:1:TEST.Field+1:0x20"}, {"abC", "de", "fgh"}, {}},
        {{"flip:to-server:1:TEST.Field+2:0x20"}, {"abc", "de", "fgh"}, {}},
        {{"flip:to-server:2:TEST.Field:0x20"}, {"abc", "de", "fgh"}, {}},
        {{"flip:to-server:1:NO.Field:0x20"}, {"abc", "de", "fgh"}, {}},
        {{"truncate:to-server:1:TEST.Field"}, {"a", "de", "fgh"}, {}},
        // Several to one message.
        {{"duplicate:to-server:1", "flip:to-server:1:0:0x20"},
         {"Abc", "Abc", "de", "fgh"},
         {}},
        {{"coalesce:to-server:1", "drop:to-server:2"}, {"abcfgh"}, {}},
        {{"coalesce:to-server:1", "duplicate:to-server:2"},
         {"abcde", "de", "fgh"},
         {}},
        {{"coalesce:to-server:1", "truncate:to-server:1:1"},
         {"ade", "fgh"},
         {}},
        {{"drop:to-server:1", "reflect:to-server:1"}, {"de", "fgh"}, {"abc"}},
        {{"truncate:to-server:1:1", "pad:to-server:1:1"},
         {std::string("a\0", 2), "de", "fgh"},
         {}},
        {{"replay:to-server:1", "split:to-server:1:1"},
         {"A", "BC", "de", "fgh"},
         {}},
    }));

TEST(WireTest, ARandomPlaceIsTheSameEveryTimeAndNotAlwaysTheSame) {
  std::set<std::string> seen;
  for (int seed = 0; seed < 32; ++seed) {
    std::vector<std::string> runs;
    for (int i = 0; i < 2; ++i) {
      const std::vector<Fault> plan = {{.kind = FaultKind::kFlip,
                                        .direction = kForth,
                                        .leg = 1,
                                        .offset = static_cast<uint32_t>(seed),
                                        .value = 0x20,
                                        .field = "",
                                        .at_random = true}};
      Wire wire;
      wire.Reset(WireForm::kMessage, plan);
      SendToken(&wire, "abcd");
      runs.push_back(Drain(&wire, kForth).at(0));
    }
    EXPECT_EQ(runs[0], runs[1]);
    seen.insert(runs[0]);
  }
  EXPECT_THAT(seen, ElementsAre("Abcd", "aBcd", "abCd", "abcD"));
}

TEST(WireTest, ADelayIsToldOnce) {
  const std::vector<Fault> plan = {
      {.kind = FaultKind::kDelay, .direction = kForth, .leg = 1, .value = 5}};
  Wire wire;
  wire.Reset(WireForm::kMessage, plan);
  EXPECT_EQ(wire.TakeDelay(), 0u);
  SendToken(&wire, "one");
  EXPECT_EQ(wire.TakeDelay(), 5 * kFileTimeSecond);
  EXPECT_EQ(wire.TakeDelay(), 0u);
}

TEST(WireTest, InStreamFormWhatComesFromElsewhereBringsItsHeader) {
  EarlierSessions earlier;
  earlier.same_roles.by_direction[0] = {
      {MessageKind::kVerdict, {'l', 'o', 'n', 'g', 'e', 'r'}}};
  const std::vector<Fault> plan = {
      {.kind = FaultKind::kReplay, .direction = kForth, .leg = 1}};
  Wire wire(WireForm::kStream);
  wire.set_earlier_sessions(&earlier);
  wire.Reset(WireForm::kStream, plan);
  SendToken(&wire, "abc");
  EXPECT_THAT(Drain(&wire, kForth),
              ElementsAre(std::string("\x01\x06\0\0\0longer", 11)));
}

// Sees which faults struck.
class FaultCounter final : public WireObserver {
 public:
  void OnSend(Direction, uint32_t, MessageKind,
              absl::Span<const uint8_t>) override {}
  void OnFault(const Fault& fault) override {
    struck.push_back(FaultToString(fault));
  }
  void OnReceive(Direction, const Delivery&) override {}
  void OnClose(Direction) override {}

  std::vector<std::string> struck;
};

TEST(WireTest, AFaultThatChangesNothingIsNotReported) {
  const std::vector<Fault> plan = {
      {FaultKind::kTruncate, kForth, 1, 3},
      {FaultKind::kTruncate, kForth, 1, 2},
      {FaultKind::kReplay, kForth, 1},
      {FaultKind::kFlip, kForth, 1, 0, 0},
      {FaultKind::kSet, kForth, 1, 0, 'a'},
      {FaultKind::kSplit, kForth, 1, 0},
      {FaultKind::kDelay, kForth, 1, 0, 0},
      {FaultKind::kPad, kForth, 1, 0, 0},
  };
  FaultCounter counter;
  Wire wire;
  wire.set_observer(&counter);
  wire.Reset(WireForm::kMessage, plan);
  SendToken(&wire, "abc");
  EXPECT_THAT(counter.struck, ElementsAre("truncate:to-server:1:2"));
}

TEST(FaultTest, IsTheSameAfterTextAndBack) {
  for (const std::string_view text :
       {"split:to-server:1:20", "coalesce:to-client:3",
        "truncate:to-client:4000000000:4000000000", "pad:to-server:1:16",
        "flip:to-server:2:CHALLENGE.TargetInfo+4:128",
        "flip:to-server:2:CHALLENGE.TargetInfo:1",
        "set:to-client:1:CHALLENGE.TargetInfo+random9:0",
        "set:to-client:1:random0:255", "drop:to-server:1",
        "duplicate:to-server:1", "reorder:to-server:1", "reflect:to-server:1",
        "replay:to-server:1", "splice:to-server:1:7", "swap:to-server:1",
        "delay:to-server:1:129601"}) {
    const absl::StatusOr<Fault> parsed = ParseFault(text);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(FaultToString(*parsed), text);
  }
}

TEST(FaultTest, EveryKindOfRandomFaultHasText) {
  std::set<FaultKind> kinds;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const absl::StatusOr<Fault> random =
        ParseFault(absl::StrCat("random:", seed));
    ASSERT_TRUE(random.ok());
    const absl::StatusOr<Fault> parsed = ParseFault(FaultToString(*random));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, *random);
    EXPECT_THAT(DescribeFault(*random), Not(AnyOf(IsEmpty(), HasSubstr("$"))));
    kinds.insert(random->kind);
  }
  EXPECT_EQ(kinds.size(), kFaultKindNames.size());
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
  EXPECT_THAT(error("split:to-server:1"),
              HasSubstr("its form is split:DIRECTION:LEG:WHERE, for example "
                        "split:to-server:2:64"));
  EXPECT_THAT(error("coalesce:to-server:1:5"),
              HasSubstr("its form is coalesce:DIRECTION:LEG, for"));
  EXPECT_THAT(error("flip:to-server:1"),
              HasSubstr("flip:DIRECTION:LEG:WHERE[:MASK]"));
  EXPECT_THAT(error("split:to-server:1:-5"), HasSubstr("number of bytes"));
  EXPECT_THAT(error("split:to-server:1:Field+x"), HasSubstr("a byte of a"));
  EXPECT_THAT(error("set:to-server:1:5:256"), HasSubstr("number up to 255"));
  EXPECT_THAT(error("random:x"), HasSubstr("random:7"));
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

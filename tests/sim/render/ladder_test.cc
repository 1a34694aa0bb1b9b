#include "sim/render/ladder.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/render/ladder_svg.h"
#include "sim/render/ladder_text.h"
#include "sim/render/text.h"
#include "sim/trace.h"

namespace sspilab::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TraceCall Call(Side side, std::string function, SECURITY_STATUS status) {
  TraceCall call;
  call.side = side;
  call.function = std::move(function);
  call.status = status;
  return call;
}

TraceWire OnWire(TraceWire::What what, MessageKind kind,
                 std::string_view bytes) {
  TraceWire event;
  event.what = what;
  event.kind = kind;
  event.bytes.assign(bytes.begin(), bytes.end());
  return event;
}

// A bit of everything that a ladder has.
Trace SmallTrace() {
  constexpr std::string_view kToken("NTLMSSP\0\1\0\0\0\x07\x82\0\0", 16);
  Trace trace;
  trace.scenario.client.names.computer = u"A";
  trace.scenario.server.names.computer = u"B";
  trace.events.push_back(TraceTransition{Side::kClient, "NTLM initiator",
                                         "Start", "Begun", "NegotiateSent",
                                         SEC_I_CONTINUE_NEEDED, true});
  trace.events.push_back(
      Call(Side::kClient, "InitializeSecurityContextW", SEC_I_CONTINUE_NEEDED));
  trace.events.push_back(
      OnWire(TraceWire::What::kSend, MessageKind::kToken, kToken));
  TraceWire fault = OnWire(TraceWire::What::kFault, MessageKind::kToken, "");
  fault.fault = {FaultKind::kTruncate, Direction::kToServer, 1, 10};
  trace.events.push_back(fault);
  trace.events.push_back(Call(Side::kClient, "FreeContextBuffer", SEC_E_OK));
  trace.events.push_back(Call(Side::kClient, "FreeContextBuffer", SEC_E_OK));
  trace.events.push_back(OnWire(TraceWire::What::kReceive, MessageKind::kToken,
                                kToken.substr(0, 10)));
  trace.events.push_back(
      Call(Side::kServer, "AcceptSecurityContext", SEC_E_INVALID_TOKEN));
  TraceWire verdict = OnWire(TraceWire::What::kSend, MessageKind::kVerdict,
                             std::string_view("\0", 1));
  verdict.direction = Direction::kToClient;
  trace.events.push_back(verdict);
  TraceWire close = OnWire(TraceWire::What::kClose, MessageKind::kToken, "");
  close.direction = Direction::kToClient;
  trace.events.push_back(close);
  return trace;
}

TEST(LadderTest, MarksTheCallsThatReturnedAStatus) {
  Ladder ladder = MakeLadder(SmallTrace());
  EXPECT_THAT(LadderToText(ladder, TextStyle()), Not(HasSubstr("●")));
  using SspiCall = sspilab::Call;
  EXPECT_EQ(
      MarkCalls(SspiCall::kFreeContextBuffer, SEC_E_INVALID_TOKEN, &ladder),
      0u);
  EXPECT_EQ(MarkCalls(SspiCall::kFreeContextBuffer, SEC_E_OK, &ladder), 1u);
  EXPECT_EQ(
      MarkCalls(SspiCall::kAcceptSecurityContext, SEC_E_INVALID_TOKEN, &ladder),
      1u);
  const std::string text = LadderToText(ladder, TextStyle());
  EXPECT_THAT(text,
              HasSubstr("● AcceptSecurityContext → SEC_E_INVALID_TOKEN "));
  EXPECT_THAT(text, Not(HasSubstr("● FreeContextBuffer")));
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    EXPECT_LE(Columns(line), TextStyle().columns) << line;
  }
}

TEST(LadderTest, LooksAsItShould) {
  TextStyle style;
  style.columns = 72;
  EXPECT_EQ("\n" + LadderToText(MakeLadder(SmallTrace()), style), R"(
client A                                                        server B
 │                                                                    │
 │ InitializeSecurityContex… → SEC_I_CONTINUE_NEEDED  [NegotiateSent] │
 │                                                                    │
 ├── NEGOTIATE · 16 bytes ── ✂ cut off at 10 ────────────────────────▶│
 │                                                                    │
 │ FreeContextBuffer ×2 → SEC_E_OK                                    │
 │                                                 ╶ arrives 10 bytes │
 │      malformed        token of 10 bytes is too short for an NTLM   │
 │                       message                                      │
 │                                                                    │
 │                        AcceptSecurityContext → SEC_E_INVALID_TOKEN │
 │                                                                    │
 │◀─────────────────────────────────────────────── verdict: refused ──┤
 │                                                             closes │
)");
}

TEST(LadderTest, NoLineIsWiderThanTheStyleSays) {
  for (const size_t columns : {60, 72, 100, 140}) {
    TextStyle style;
    style.columns = columns;
    const std::string text = LadderToText(MakeLadder(SmallTrace()), style);
    for (const std::string_view line : absl::StrSplit(text, '\n')) {
      EXPECT_LE(Columns(line), columns) << line;
    }
  }
}

// A KDC's messages stand on the side of who asked it, and what their keys open
// below them: a part that was told is not told again.
TEST(LadderTest, WhoAsksAKdc) {
  Trace trace;
  // An AS-REQ and a KRB-ERROR as far as they have a name.
  const std::vector<uint8_t> request = {0x6A, 0x02, 0x30, 0x00};
  const std::vector<uint8_t> error = {0x7E, 0x02, 0x30, 0x00};
  using What = TraceKdc::What;
  trace.events = {
      TraceKdc{Side::kClient, What::kRequest, "ONE.TEST", 0, request},
      TraceKdc{Side::kClient, What::kAnswer, "ONE.TEST", 0, error},
      TraceKdc{Side::kServer, What::kRequest, "ONE.TEST", 0, request},
      TraceKdc{Side::kServer, What::kAnswer, "ONE.TEST", 0, {}},
  };
  TextStyle style;
  style.columns = 84;
  EXPECT_EQ("\n" + LadderToText(MakeLadder(trace), style), R"(
client LAB                                                                server LAB
 │                                                                                │
 ├╌╌ AS-REQ · 4 bytes ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▷ KDC of ONE.TEST                           │
 │◁╌╌ KRB-ERROR · 4 bytes ╌╌╌╌╌╌╌╌╌╌╌╌╌ KDC of ONE.TEST                           │
 │                                                                                │
 │                           KDC of ONE.TEST ◁╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ AS-REQ · 4 bytes ╌╌┤
 │                           KDC of ONE.TEST ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ no answer ╌╌▷│
)");
  const std::string svg = LadderToSvg(MakeLadder(trace));
  EXPECT_THAT(svg, HasSubstr("KDC of ONE.TEST"));
  EXPECT_THAT(svg, HasSubstr("class=\"arrow kdc\""));
}

TEST(LadderTest, ColoursAreForTerminalsOnly) {
  const Ladder ladder = MakeLadder(SmallTrace());
  TextStyle style;
  EXPECT_THAT(LadderToText(ladder, style), Not(HasSubstr("\x1b")));
  style.colours = true;
  const std::string text = LadderToText(ladder, style);
  EXPECT_THAT(text, HasSubstr("\x1b[1;31mSEC_E_INVALID_TOKEN\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("\x1b[36mSEC_I_CONTINUE_NEEDED\x1b[0m"));
}

// A peer chooses what is in its names: none of it may act on the terminal or
// in the picture.
TEST(LadderTest, WhatAPeerSaysIsOnlyText) {
  constexpr std::string_view kToken(
      "NTLMSSP\0\1\0\0\0\x02\x12\0\0"
      "\x09\0\x09\0\x20\0\0\0\0\0\0\0\0\0\0\0"
      "\x1b[2J<a>&\"",
      41);
  Trace trace;
  trace.events.push_back(
      OnWire(TraceWire::What::kSend, MessageKind::kToken, kToken));
  const Ladder ladder = MakeLadder(trace);
  const std::string text = LadderToText(ladder, {});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("\\x1b[2J<a>&"));
  const std::string svg = LadderToSvg(ladder);
  EXPECT_THAT(svg, HasSubstr("\\x1b[2J&lt;a&gt;&amp;&quot;"));
  EXPECT_THAT(svg, Not(HasSubstr("<a>")));
}

TEST(LadderTest, ThePictureStandsAlone) {
  const std::string svg = LadderToSvg(MakeLadder(SmallTrace()));
  EXPECT_TRUE(absl::StartsWith(svg, "<svg xmlns="));
  EXPECT_TRUE(absl::EndsWith(svg, "</svg>\n"));
  EXPECT_THAT(svg, HasSubstr("prefers-color-scheme: dark"));
  EXPECT_THAT(svg, HasSubstr("SEC_E_INVALID_TOKEN"));
  EXPECT_THAT(svg, Not(HasSubstr("href")));
}

TEST(TextTest, FitsAndPadsByColumns) {
  EXPECT_EQ(Fit("→→→", 3), "→→→");
  EXPECT_EQ(Fit("→→→", 2), "→…");
  EXPECT_EQ(Fit("abc", 0), "");
  EXPECT_EQ(PadRight("→", 3), "→  ");
  EXPECT_EQ(PadLeft("→", 3), "  →");
  EXPECT_THAT(WrapWords("a bb ccc", 4), ::testing::ElementsAre("a bb", "ccc"));
  EXPECT_THAT(WrapWords("", 4), ::testing::ElementsAre(""));
  EXPECT_EQ(FileTimeToText(133'485'408'000'000'001),
            "2024-01-01 00:00:00.0000001 UTC");
  EXPECT_EQ(FileTimeToText(0x7FFFFFFFFFFFFFFF), "never");
  EXPECT_EQ(FileTimeToText(0xFFFFFFFFFFFFFFFF),
            "18446744073709551615 (no time)");
}

}  // namespace
}  // namespace sspilab::sim

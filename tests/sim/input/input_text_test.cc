#include "sim/input/input_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/entropy.h"
#include "sim/input/input.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kTarget = "ntlm_session";
constexpr std::string_view kHeader =
    R"({"format":"sspilab input","version":1,"target":"ntlm_session"})";

Input FromText(std::string_view text) {
  const auto input = InputFromText(text, "x", kTarget);
  EXPECT_TRUE(input.ok()) << input.status();
  return input.value_or(Input{});
}

std::string ErrorOf(std::string_view text) {
  return std::string(InputFromText(text, "x", kTarget).status().message());
}

TEST(InputTextTest, SaysEverything) {
  Entropy entropy(1, 0);
  for (int i = 0; i < 500; ++i) {
    std::vector<uint8_t> bytes(entropy.Below(300));
    entropy.Fill(absl::MakeSpan(bytes));
    const Input input = Input::Decode(bytes);
    const auto text = InputToText(input, kTarget);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(FromText(*text), input) << *text;
  }
}

TEST(InputTextTest, IsAsPeopleWriteIt) {
  const Input input = FromText(absl::StrCat(
      R"({"format":"sspilab input","version":1,"target":"ntlm_session",)",
      R"("settings":{"seed":3,"initiator":{"options":"persists no_domain",)",
      R"("output":"too small","bindings":"endpoint","bindings_legs":1}}})",
      "\n", R"({"flip":1,"place":20,"value":16})", "\n",
      R"({"deliver":2,"bytes":"0aff"})", "\n",
      R"({"seal":"acceptor","place":9})", "\n"));
  EXPECT_EQ(input.settings.seed, 3);
  EXPECT_EQ(input.settings.initiator.options, kPersists | kNoDomain);
  EXPECT_EQ(input.settings.initiator.output_shape(), OutputShape::kTooSmall);
  EXPECT_EQ(input.settings.initiator.bindings, 0x12);
  EXPECT_EQ(
      input.operations,
      (std::vector<Operation>{{OperationKind::kFlip, 1, 20, 16},
                              {OperationKind::kDeliver, 2, 0, 0, {0x0A, 0xFF}},
                              {OperationKind::kSeal, 1, 9}}));
}

TEST(InputTextTest, ErrorsSayWhere) {
  const std::string header = absl::StrCat(kHeader, "\n");
  EXPECT_EQ(FromText(header), Input{});
  EXPECT_EQ(ErrorOf("{}").substr(0, 40),
            "x:1: the first line is not that of an in");
  EXPECT_EQ(
      ErrorOf(
          R"({"format":"sspilab input","version":1,"target":"ntlm_framing"})"),
      "x:1: this is an input of 'ntlm_framing', not of 'ntlm_session'");
  EXPECT_EQ(ErrorOf(absl::StrCat(header, R"({"flop":1})")).substr(0, 30),
            "x:2: the line is no operation:");
  EXPECT_EQ(ErrorOf(absl::StrCat(header, R"({"flip":1,"byte":1})")),
            "x:2: byte is not known");
  EXPECT_EQ(ErrorOf(absl::StrCat(header, R"({"flip":256})")),
            "x:2: flip is not a number up to 255");
  EXPECT_EQ(ErrorOf(absl::StrCat(header, R"({"seal":"client"})")),
            "x:2: seal is 'client', not one of initiator, acceptor");
  EXPECT_EQ(ErrorOf(absl::StrCat(header, "{")).substr(0, 4), "x:2:");
}

TEST(InputTextTest, KnowsWhoseInputsTheseAre) {
  for (const std::string_view target :
       {"ntlm_session", "schannel_framing", "kerberos_acceptor_permissive",
        "credssp_sealing", "credssp_relay", "api", "sealing"}) {
    EXPECT_TRUE(CheckInputTarget(target).ok()) << target;
  }
  for (const std::string_view target :
       {"", "ntlm", "ntlm_challenge", "decode", "ntlm_session_fuzz"}) {
    EXPECT_FALSE(CheckInputTarget(target).ok()) << target;
  }
}

}  // namespace
}  // namespace sspilab::sim

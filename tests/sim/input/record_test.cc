#include "sim/input/record.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "core/entropy.h"
#include "sim/input/api_operation.h"
#include "sim/input/input_text.h"
#include "sim/input/sealing_operation.h"

namespace sspilab::sim {
namespace {

using Bytes = std::vector<uint8_t>;

class RecordTest : public ::testing::TestWithParam<const RecordFormat*> {};

INSTANTIATE_TEST_SUITE_P(All, RecordTest,
                         ::testing::Values(&kApiFormat, &kSealingFormat),
                         [](const auto& one) {
                           return std::string(one.param->target);
                         });

TEST_P(RecordTest, AnyBytesAreAnInputThatEncodesAndReadsAsItself) {
  const RecordFormat& format = *GetParam();
  Entropy entropy(1, 0);
  for (int i = 0; i < 500; ++i) {
    Bytes bytes(entropy.Below(300));
    entropy.Fill(absl::MakeSpan(bytes));
    const RecordInput input = RecordInput::Decode(format, bytes);
    const Bytes encoded = input.Encode();
    EXPECT_EQ(RecordInput::Decode(format, encoded), input);
    const auto text = SeedToText(bytes, format.target);
    ASSERT_TRUE(text.ok()) << text.status();
    const auto read = RecordsFromText(*text, "x", format);
    ASSERT_TRUE(read.ok()) << read.status() << *text;
    EXPECT_EQ(*read, input) << *text;
    EXPECT_EQ(SeedFromText(*text, "x", format.target).value(), encoded);
  }
}

TEST_P(RecordTest, EveryByteMeansOneThing) {
  for (const auto& fields : {GetParam()->settings, GetParam()->operation}) {
    for (const RecordField& field : fields) {
      for (int byte = 0; byte < 256; ++byte) {
        const uint8_t decoded = field.Decode(static_cast<uint8_t>(byte));
        EXPECT_EQ(field.Decode(decoded), decoded) << field.name << byte;
      }
    }
  }
}

TEST_P(RecordTest, OnlyWholeOperationsCountAndNotEndlesslyMany) {
  const RecordFormat& format = *GetParam();
  const size_t whole = format.settings.size() + format.operation.size();
  EXPECT_EQ(RecordInput::Decode(format, {}).settings,
            Record(format.settings.size()));
  EXPECT_EQ(RecordInput::Decode(format, Bytes(whole - 1)).operations.size(),
            0u);
  EXPECT_EQ(RecordInput::Decode(format, Bytes(whole)).operations.size(), 1u);
  EXPECT_EQ(RecordInput::Decode(format, Bytes(1000)).operations.size(),
            format.most_operations);
}

TEST(RecordFieldTest, ChoicesAreModuloTheirNumberAndBitsWithoutANameZero) {
  EXPECT_EQ(api_fields::kOperation[0].Decode(kApiCalls + 2), 2);
  // Several choices mean what was opened; the number stays.
  EXPECT_EQ(api_fields::kOperation[1].Decode(5 << 3 | 2), 2);
  EXPECT_EQ(api_fields::kOperation[1].Decode(24 << 3 | 2), 24 << 3 | 2);
  EXPECT_EQ(api_fields::kOperation[7].Decode(0x27), 0x07);
  EXPECT_EQ(api_fields::kOperation[7].Decode(0xC7), 0x07);
  EXPECT_EQ(api_fields::kOperation[7].Decode(0x97), 0x97);
  EXPECT_EQ(api_fields::kSettings[0].Decode(0xFF), 0x1F);
}

RecordInput FromText(std::string_view text, std::string_view target) {
  const auto read = RecordsFromText(text, "x", *RecordFormatOf(target));
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *read : RecordInput::Decode(*RecordFormatOf(target), {});
}

TEST(RecordTextTest, IsAsPeopleWriteIt) {
  const RecordInput api =
      FromText(R"({"format":"sspilab input","version":1,"target":"api",)"
               R"("settings":{"world":"has_realm no_authority","free":9}})"
               "\n"
               R"({"accept_next":"opened 1","other":1,"output":2})"
               "\n"
               R"({"delete_security_context":"of_other_kind 3",)"
               R"("bytes":"filled 2","variation":"ansi reserved"})",
               "api");
  EXPECT_EQ(api.Encode(),
            (Bytes{kApiHasRealm | kApiNoAuthority,
                   0,
                   9,  //
                   4,
                   1,
                   1,
                   0,
                   0,
                   0,
                   2,
                   0,
                   0,
                   0,  //
                   11,
                   25 << 3 | 3,
                   0,
                   0,
                   0,
                   0,
                   0,
                   0x62,
                   0,
                   api_variation::kAnsi | api_variation::kReserved}));
  const RecordInput sealing =
      FromText(R"({"format":"sspilab input","version":1,"target":"sealing",)"
               R"("settings":{"contexts":7}})"
               "\n"
               R"({"reflect":1,"size":3,"shape":"no_token 2"})",
               "sealing");
  EXPECT_EQ(sealing.Encode(),
            (Bytes{7, 5, 1, 3, sealing_shape::kNoToken | 2, 0, 0}));
}

TEST(RecordTextTest, ErrorsSayWhere) {
  const auto error = [](std::string_view line) {
    return std::string(
        RecordsFromText(
            absl::StrCat(
                R"({"format":"sspilab input","version":1,"target":"sealing"})",
                "\n", line),
            "x", kSealingFormat)
            .status()
            .message());
  };
  EXPECT_EQ(error(R"({"seal":0})"), "");
  EXPECT_EQ(error(R"({"sael":0})").substr(0, 30),
            "x:2: the line is no operation:");
  EXPECT_EQ(error(R"({"seal":0,"sise":1})"), "x:2: sise is not known");
  EXPECT_EQ(error(R"({"seal":0,"size":256})"),
            "x:2: size is not a number up to 255");
  EXPECT_EQ(error(R"({"seal":0,"shape":"no_tokens"})"),
            "x:2: shape has 'no_tokens'; did you mean 'no_token'?");
  EXPECT_EQ(error(R"({"seal":0,"shape":"4"})").substr(0, 18),
            "x:2: shape has '4'");
  EXPECT_EQ(error(R"({"seal":0)").substr(0, 7), "x:2:10:");
}

}  // namespace
}  // namespace sspilab::sim

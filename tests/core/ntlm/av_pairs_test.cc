#include "core/ntlm/av_pairs.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/core/ntlm/spec_vectors.h"
#include "tests/support/hex.h"

namespace sspilab::ntlm {
namespace {

using sspilab::testing::Copy;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

std::string Describe(const AvPairs& pairs) {
  std::string text;
  for (const AvPair pair : pairs) {
    absl::StrAppend(&text, AvIdName(pair.id), "=", ToHex(pair.value), " ");
  }
  return text;
}

TEST(AvPairsTest, TheSpecificationsList) {
  const std::vector<uint8_t> bytes = FromHex(spec::v2::kTargetInfo);
  const absl::StatusOr<AvPairs> pairs = AvPairs::Parse(bytes);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_EQ(Describe(*pairs),
            "MsvAvNbDomainName=44006f006d00610069006e00 "
            "MsvAvNbComputerName=530065007200760065007200 ");
  EXPECT_EQ(pairs->bytes(), absl::MakeConstSpan(bytes));
  EXPECT_EQ(pairs->Find(AvId::kTimestamp), std::nullopt);
  EXPECT_EQ(pairs->Timestamp(), std::nullopt);
  EXPECT_EQ(pairs->Flags(), 0U);
}

TEST(AvPairsTest, NoListAndEmptyList) {
  EXPECT_EQ(Describe(AvPairs()), "");
  EXPECT_TRUE(AvPairs().bytes().empty());
  EXPECT_EQ(AvPairs().Find(AvId::kFlags), std::nullopt);
  const std::vector<uint8_t> eol(4);
  const absl::StatusOr<AvPairs> empty = AvPairs::Parse(eol);
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(Describe(*empty), "");
  EXPECT_EQ(empty->bytes().size(), 4U);
}

// Every kind, written and read.
std::vector<uint8_t> EveryKind() {
  std::vector<uint8_t> out(256);
  AvPairsWriter writer(absl::MakeSpan(out));
  writer.Add(AvId::kNbComputerName, FromHex("5300"));
  writer.Add(AvId::kNbDomainName, FromHex("4400"));
  writer.Add(AvId::kDnsComputerName, FromHex("7300"));
  writer.Add(AvId::kDnsDomainName, FromHex("6400"));
  writer.Add(AvId::kDnsTreeName, {});
  writer.AddFlags(kAvFlagMicProvided | kAvFlagUntrustedSpn);
  writer.AddTimestamp(0x01CAB927179A5159);
  SingleHostData host;
  host.custom_data.fill(0xC1);
  host.machine_id.fill(0xC2);
  writer.AddSingleHost(host);
  writer.Add(AvId::kTargetName, FromHex("68002f00"));
  writer.Add(AvId::kChannelBindings, std::vector<uint8_t>(16, 0xCB));
  // A kind of the future.
  writer.Add(static_cast<AvId>(0x1234), FromHex("01"));
  const absl::StatusOr<size_t> size = writer.Finish();
  EXPECT_TRUE(size.ok()) << size.status();
  out.resize(size.value_or(0));
  return Copy(out);
}

TEST(AvPairsTest, EveryKindGoesThereAndBack) {
  const std::vector<uint8_t> bytes = EveryKind();
  const absl::StatusOr<AvPairs> pairs = AvPairs::Parse(bytes);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_EQ(
      Describe(*pairs),
      absl::StrCat(
          "MsvAvNbComputerName=5300 MsvAvNbDomainName=4400 "
          "MsvAvDnsComputerName=7300 MsvAvDnsDomainName=6400 "
          "MsvAvDnsTreeName= MsvAvFlags=06000000 "
          "MsvAvTimestamp=59519a1727b9ca01 MsvAvSingleHost=3000000000000000",
          "c1c1c1c1c1c1c1c1",
          "c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2",
          " MsvAvTargetName=68002f00 "
          "MsvAvChannelBindings=cbcbcbcbcbcbcbcbcbcbcbcbcbcbcbcb =01 "));
  EXPECT_EQ(pairs->Flags(), 6U);
  EXPECT_EQ(pairs->Timestamp(), 0x01CAB927179A5159U);
  const auto single_host =
      SingleHostData::Parse(pairs->Find(AvId::kSingleHost).value());
  ASSERT_TRUE(single_host.has_value());
  EXPECT_EQ(single_host->custom_data[7], 0xC1);
  EXPECT_EQ(single_host->machine_id[31], 0xC2);
}

TEST(AvPairsTest, EachTruncationIsAnError) {
  const std::vector<uint8_t> bytes = EveryKind();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<uint8_t> cut =
        Copy(absl::MakeConstSpan(bytes).subspan(0, size));
    EXPECT_FALSE(AvPairs::Parse(cut).ok()) << size;
  }
}

TEST(AvPairsTest, WhatFollowsTheEndIsNotOfTheList) {
  std::vector<uint8_t> bytes = FromHex(spec::v2::kTargetInfo);
  const size_t size = bytes.size();
  for (const uint8_t byte : FromHex("0600ffff 01")) {
    bytes.push_back(byte);
  }
  const absl::StatusOr<AvPairs> pairs = AvPairs::Parse(bytes);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_EQ(pairs->bytes().size(), size);
  EXPECT_EQ(pairs->Find(AvId::kFlags), std::nullopt);
}

TEST(AvPairsTest, TheFirstOfARepeatedKindIsFound) {
  const std::vector<uint8_t> bytes =
      FromHex("06000400 01000000 06000400 02000000 00000000");
  const absl::StatusOr<AvPairs> pairs = AvPairs::Parse(bytes);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_EQ(pairs->Flags(), 1U);
}

struct Malformed {
  std::string_view hex;
  std::string_view error;
};

TEST(AvPairsTest, ErrorsNameThePlace) {
  const Malformed cases[] = {
      {"", "AV pairs: no MsvAvEOL before the end at byte 0"},
      {"01000200 5300", "AV pairs: no MsvAvEOL before the end at byte 6"},
      {"01000200 5300 0000", "AV pairs: no MsvAvEOL before the end at byte 6"},
      {"01000300 5300",
       "AV pairs: the pair with id 1 at byte 0 says 3 bytes, but the list ends "
       "before"},
      {"0300ffff 00",
       "AV pairs: the pair with id 3 at byte 0 says 65535 bytes, but the list "
       "ends before"},
      {"01000000 06000200 0000 00000000",
       "AV pairs: MsvAvFlags at byte 4 has 2 bytes, not 4"},
      {"07000400 00000000 00000000",
       "AV pairs: MsvAvTimestamp at byte 0 has 4 bytes, not 8"},
      {"0a000000 00000000",
       "AV pairs: MsvAvChannelBindings at byte 0 has 0 bytes, not 16"},
      {"00000100 00", "AV pairs: MsvAvEOL at byte 0 has 1 bytes, not 0"},
  };
  for (const Malformed& c : cases) {
    EXPECT_EQ(AvPairs::Parse(FromHex(c.hex)).status(),
              absl::InvalidArgumentError(c.error));
  }
}

TEST(AvPairsWriterTest, CopiesAllButWhatIsReplaced) {
  const std::vector<uint8_t> bytes = EveryKind();
  const AvPairs server = AvPairs::Parse(bytes).value();
  std::vector<uint8_t> out(bytes.size());
  AvPairsWriter all(absl::MakeSpan(out));
  all.Copy(server);
  EXPECT_EQ(all.Finish().value_or(0), bytes.size());
  EXPECT_EQ(out, bytes);

  AvPairsWriter some(absl::MakeSpan(out));
  some.Copy(server, {AvId::kFlags, AvId::kChannelBindings});
  some.AddFlags(kAvFlagMicProvided);
  const absl::StatusOr<size_t> size = some.Finish();
  ASSERT_TRUE(size.ok()) << size.status();
  const AvPairs client = AvPairs::Parse(out).value();
  EXPECT_EQ(client.bytes().size(), *size);
  EXPECT_EQ(client.Flags(), kAvFlagMicProvided);
  EXPECT_EQ(client.Find(AvId::kChannelBindings), std::nullopt);
  EXPECT_EQ(client.Timestamp(), server.Timestamp());
}

TEST(AvPairsWriterTest, EachTooSmallPlaceIsRefused) {
  const std::vector<uint8_t> bytes = EveryKind();
  const AvPairs pairs = AvPairs::Parse(bytes).value();
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::vector<uint8_t> out(size);
    AvPairsWriter writer(absl::MakeSpan(out));
    writer.Copy(pairs);
    EXPECT_EQ(writer.Finish().status().code(), absl::StatusCode::kOutOfRange)
        << size;
  }
}

TEST(AvPairsWriterTest, AValueIsAtMost65535Bytes) {
  const std::vector<uint8_t> value(65536);
  std::vector<uint8_t> out(70000);
  AvPairsWriter fits(absl::MakeSpan(out));
  fits.Add(AvId::kTargetName, absl::MakeConstSpan(value).subspan(1));
  EXPECT_EQ(fits.Finish().value_or(0), 65535U + 8);
  AvPairsWriter too_long(absl::MakeSpan(out));
  too_long.Add(AvId::kTargetName, value);
  EXPECT_EQ(too_long.Finish().status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(SingleHostDataTest, NeedsItsSize) {
  for (size_t size = 0; size < SingleHostData::kSize; ++size) {
    EXPECT_EQ(SingleHostData::Parse(std::vector<uint8_t>(size)), std::nullopt);
  }
  EXPECT_EQ(SingleHostData::Parse(std::vector<uint8_t>(SingleHostData::kSize)),
            SingleHostData());
}

}  // namespace
}  // namespace sspilab::ntlm

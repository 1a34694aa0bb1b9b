#include "core/ntlm/ntlmv2_response.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/core/ntlm/spec_vectors.h"
#include "tests/support/hex.h"

namespace sspilab::ntlm {
namespace {

using sspilab::testing::ArrayFromHex;
using sspilab::testing::Copy;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

TEST(NtlmV2ResponseTest, WritesTheSpecificationsTemp) {
  const std::vector<uint8_t> info = FromHex(spec::v2::kTargetInfo);
  const NtlmV2ClientChallenge challenge = {
      .timestamp = spec::kTime,
      .client_challenge = ArrayFromHex<8>(spec::kClientChallenge),
      .av_pairs = AvPairs::Parse(info).value()};
  std::vector<uint8_t> out(challenge.SerializedSize());
  EXPECT_EQ(challenge.Serialize(absl::MakeSpan(out)).value_or(0), out.size());
  EXPECT_EQ(ToHex(out), spec::v2::kTemp);
  for (size_t size = 0; size < out.size(); ++size) {
    std::vector<uint8_t> small(size);
    EXPECT_EQ(challenge.Serialize(absl::MakeSpan(small)).status().code(),
              absl::StatusCode::kOutOfRange);
  }
}

TEST(NtlmV2ResponseTest, ReadsTheSpecificationsResponse) {
  const std::vector<uint8_t> bytes =
      FromHex(std::string(spec::v2::kNtProof) + std::string(spec::v2::kTemp));
  const absl::StatusOr<NtlmV2Response> response = NtlmV2Response::Parse(bytes);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(ToHex(response->proof), spec::v2::kNtProof);
  EXPECT_EQ(ToHex(response->temp), spec::v2::kTemp);
  EXPECT_EQ(response->client_challenge.timestamp, spec::kTime);
  EXPECT_EQ(ToHex(response->client_challenge.client_challenge),
            spec::kClientChallenge);
  EXPECT_EQ(ToHex(response->client_challenge.av_pairs.bytes()),
            spec::v2::kTargetInfo);
}

TEST(NtlmV2ResponseTest, WithoutTargetInformation) {
  // The four zeros at the end are then the end of the list as well.
  NtlmV2ClientChallenge challenge;
  challenge.timestamp = 0x0102030405060708;
  std::vector<uint8_t> out(challenge.SerializedSize());
  ASSERT_TRUE(challenge.Serialize(absl::MakeSpan(out)).ok());
  EXPECT_EQ(ToHex(out),
            "0101000000000000"
            "0807060504030201"
            "0000000000000000"
            "00000000"
            "00000000");
  const auto parsed = NtlmV2ClientChallenge::Parse(out);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->timestamp, challenge.timestamp);
  EXPECT_FALSE(parsed->av_pairs.begin() != parsed->av_pairs.end());
}

TEST(NtlmV2ResponseTest, EachTruncationBeforeTheEndOfTheListIsAnError) {
  const std::vector<uint8_t> bytes =
      FromHex(std::string(spec::v2::kNtProof) + std::string(spec::v2::kTemp));
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const std::vector<uint8_t> cut =
        Copy(absl::MakeConstSpan(bytes).subspan(0, size));
    // The zeros after the list are not missed.
    EXPECT_EQ(NtlmV2Response::Parse(cut).ok(), size >= bytes.size() - 4)
        << size;
  }
}

TEST(NtlmV2ResponseTest, ErrorsNameThePlace) {
  EXPECT_EQ(NtlmV2Response::Parse(std::vector<uint8_t>(15)).status(),
            absl::InvalidArgumentError(
                "NTLMv2 response: 15 bytes are fewer than a proof"));
  EXPECT_EQ(NtlmV2ClientChallenge::Parse(std::vector<uint8_t>(27)).status(),
            absl::InvalidArgumentError(
                "NTLMv2 client challenge: 27 bytes are fewer than 28"));
  for (const std::string_view types : {"0001", "0201", "0100"}) {
    std::vector<uint8_t> temp = FromHex(spec::v2::kTemp);
    temp[0] = FromHex(types)[0];
    temp[1] = FromHex(types)[1];
    EXPECT_EQ(NtlmV2ClientChallenge::Parse(temp).status().code(),
              absl::StatusCode::kInvalidArgument)
        << types;
  }
}

}  // namespace
}  // namespace sspilab::ntlm

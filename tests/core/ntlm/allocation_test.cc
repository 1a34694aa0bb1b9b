// The path of a good token, from its bytes to the session's keys and through
// message protection, asks for no memory.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "absl/types/span.h"
#include "core/crypto/digest.h"
#include "core/ntlm/av_pairs.h"
#include "core/ntlm/keys.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/ntlmv2_response.h"
#include "core/ntlm/sealing.h"
#include "gtest/gtest.h"
#include "tests/core/ntlm/spec_vectors.h"
#include "tests/support/hex.h"

namespace {
size_t allocations = 0;
}  // namespace

void* operator new(size_t size) {
  ++allocations;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    std::abort();
  }
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t /*size*/) noexcept {
  std::free(memory);
}

namespace sspilab::ntlm {
namespace {

using sspilab::testing::ArrayFromHex;
using sspilab::testing::FromHex;

TEST(AllocationTest, TheCounterCounts) {
  const size_t before = allocations;
  const std::vector<uint8_t> bytes(1);
  EXPECT_EQ(allocations, before + 1);
}

TEST(AllocationTest, FromTokenToSealedMessage) {
  const std::vector<uint8_t> challenge_token =
      FromHex(spec::v2::kChallengeMessage);
  const std::vector<uint8_t> token = FromHex(spec::v2::kAuthenticateMessage);
  const Challenge server_challenge = ArrayFromHex<8>(spec::kServerChallenge);
  std::vector<uint8_t> out(token.size());
  std::vector<uint8_t> plain = FromHex(spec::kPlaintext);

  const size_t before = allocations;
  const auto challenge = ChallengeMessage::Parse(challenge_token);
  const auto info = AvPairs::Parse(challenge->target_info);
  const auto message = AuthenticateMessage::Parse(token);
  const auto response = NtlmV2Response::Parse(message->nt_response);
  const crypto::HmacMd5 keyed(
      NtOwfV2(NtOwfV1(spec::kPassword), message->user, message->domain));
  const ProofV2 proof = ComputeProofV2(keyed, server_challenge, response->temp);
  MessageProtection protection(proof.session_base_key, spec::v2::kFlags,
                               Role::kInitiator);
  const std::array<Segment, 1> segments = {
      Segment{absl::MakeSpan(plain), true}};
  const auto signature = protection.Seal(segments, 0);
  const auto size = message->Serialize(absl::MakeSpan(out));
  const size_t after = allocations;

  EXPECT_EQ(after, before);
  EXPECT_TRUE(info.ok());
  EXPECT_EQ(out, token);
  EXPECT_EQ(size.value_or(0), token.size());
  EXPECT_EQ(signature[0], 1);
}

}  // namespace
}  // namespace sspilab::ntlm

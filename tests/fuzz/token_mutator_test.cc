#include "fuzz/token_mutator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/entropy.h"
#include "core/ntlm/messages.h"

namespace sspilab::fuzz {
namespace {

// In place of LLVMFuzzerMutate.
size_t AppendThree(uint8_t* data, size_t size, size_t max_size) {
  while (size < max_size && max_size - size > 0) {
    data[size++] = 0xAB;
    if (size % 3 == 0) break;
  }
  return size;
}

// A CHALLENGE with a target name of four bytes and target info of four.
Token Challenge() {
  const uint8_t name[] = {'L', 0, 'B', 0}, info[] = {0, 0, 0, 0};
  const ntlm::ChallengeMessage message = {
      .target_name = name, .target_info = info, .version = ntlm::Version{}};
  Token token(message.SerializedSize());
  EXPECT_TRUE(message.Serialize(absl::MakeSpan(token)).ok());
  return token;
}

bool IsChallenge(const Token& token) {
  return ntlm::ChallengeMessage::Parse(token).ok();
}

// SEQUENCE { [0] { OCTET STRING 1 2 3 }, INTEGER 7 }.
Token Der() { return {0x30, 10, 0xA0, 5, 0x04, 3, 1, 2, 3, 0x02, 1, 7}; }

// A handshake message of three bytes in its record, and an alert.
Token Tls() {
  return {22, 3, 3, 0, 7, 1, 0, 0, 3, 9, 9, 9, 21, 3, 3, 0, 2, 1, 0};
}

struct Place {
  size_t begin, size, length_at;

  friend bool operator==(const Place&, const Place&) = default;
};

std::vector<Place> PlacesOf(const Token& token) {
  std::vector<Place> places;
  for (const TokenField& field : FieldsOf(token)) {
    places.push_back({field.begin, field.size, field.length_at});
  }
  return places;
}

TEST(TokenMutatorTest, KnowsTheFieldsOfEachKind) {
  EXPECT_EQ(PlacesOf(Challenge()),
            (std::vector<Place>{{56, 4, 12}, {60, 4, 40}, {64, 0, 62}}));
  EXPECT_EQ(
      PlacesOf(Der()),
      (std::vector<Place>{{2, 10, 1}, {4, 5, 3}, {6, 3, 5}, {11, 1, 10}}));
  EXPECT_EQ(PlacesOf(Tls()),
            (std::vector<Place>{{5, 7, 3}, {9, 3, 6}, {17, 2, 15}}));
  EXPECT_TRUE(PlacesOf({1, 2, 3, 4, 5, 6}).empty());
  EXPECT_TRUE(PlacesOf({}).empty());
}

TEST(TokenMutatorTest, FindsWhatIsInsideOfAnother) {
  const Token inner = Challenge();
  Token outer = {0x30, static_cast<uint8_t>(inner.size() + 2), 0x04,
                 static_cast<uint8_t>(inner.size())};
  outer.insert(outer.end(), inner.begin(), inner.end());
  EXPECT_EQ(PlacesOf(outer), (std::vector<Place>{{2, inner.size() + 2, 1},
                                                 {4, inner.size(), 3},
                                                 {60, 4, 16},
                                                 {64, 4, 44},
                                                 {68, 0, 66}}));
}

TEST(TokenMutatorTest, EdgesAreWhereThingsBeginAndEnd) {
  EXPECT_EQ(EdgesOf(Der()),
            (std::vector<size_t>{0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 12}));
}

TEST(TokenMutatorTest, MendsWhatDoesNotFit) {
  Token ntlm = Challenge();
  ntlm[12] = 200;
  ntlm[44] = 0xFF;
  EXPECT_FALSE(IsChallenge(ntlm));
  Mend(ntlm);
  EXPECT_TRUE(IsChallenge(ntlm));

  Token der = Der();
  der[1] = 3;   // Too short for all that is in it.
  der[5] = 90;  // Too long.
  Mend(der);
  EXPECT_EQ(der[1], 10);
  EXPECT_EQ(der[5], 3);

  Token tls = Tls();
  tls[8] = 70;
  tls[16] = 9;
  Mend(tls);
  EXPECT_EQ(tls, Tls());
}

TEST(TokenMutatorTest, LeavesWhatIsRight) {
  for (const Token& token : {Challenge(), Der(), Tls(), Token{1, 2, 3}}) {
    Token mended = token;
    Mend(mended);
    EXPECT_EQ(mended, token);
  }
}

TEST(TokenMutatorTest, AFieldGrowsWithAllAroundIt) {
  bool grew = false;
  for (unsigned seed = 0; seed < 64; ++seed) {
    Entropy entropy(seed, 0);
    Token ntlm = Challenge();
    ASSERT_TRUE(MutateField(ntlm, 4096, entropy, AppendThree));
    EXPECT_TRUE(IsChallenge(ntlm)) << seed;
    Token der = Der();
    ASSERT_TRUE(MutateField(der, 4096, entropy, AppendThree));
    EXPECT_EQ(der[1], der.size() - 2) << seed;
    grew = grew || ntlm.size() > Challenge().size();
  }
  EXPECT_TRUE(grew);
}

TEST(TokenMutatorTest, AFieldThatIsCutIsShorterForAllAroundIt) {
  bool emptied = false;
  for (unsigned seed = 0; seed < 64; ++seed) {
    Entropy entropy(seed, 0);
    Token ntlm = Challenge();
    if (CutField(ntlm, entropy)) {
      EXPECT_LT(ntlm.size(), Challenge().size());
      EXPECT_EQ(FieldsOf(ntlm)[1].begin + FieldsOf(ntlm)[1].size, ntlm.size());
      emptied = emptied || FieldsOf(ntlm)[0].size == 0;
    }
    Token der = Der();
    ASSERT_TRUE(CutField(der, entropy));
    EXPECT_EQ(der[1], der.size() - 2) << seed;
  }
  EXPECT_TRUE(emptied);
}

TEST(TokenMutatorTest, BreaksOneLengthAlone) {
  bool broke = false;
  for (unsigned seed = 0; seed < 64; ++seed) {
    Entropy entropy(seed, 0);
    Token token = Challenge();
    ASSERT_TRUE(BreakOneLength(token, entropy));
    ASSERT_EQ(token.size(), Challenge().size());
    // All bytes that differ are those of one number.
    const auto first =
        std::mismatch(token.begin(), token.end(), Challenge().begin()).first;
    size_t last = 0;
    const Token before = Challenge();
    for (size_t i = 0; i < token.size(); ++i) {
      if (token[i] != before[i]) last = i;
    }
    if (first != token.end()) {
      EXPECT_LT(last - static_cast<size_t>(first - token.begin()), 4u);
    }
    broke = broke || !IsChallenge(token);
  }
  EXPECT_TRUE(broke);
  Entropy entropy(1, 0);
  Token plain = {1, 2, 3};
  EXPECT_FALSE(BreakOneLength(plain, entropy));
}

TEST(TokenMutatorTest, CutsBesideEdges) {
  const std::vector<size_t> edges = EdgesOf(Challenge());
  std::vector<size_t> sizes;
  for (unsigned seed = 0; seed < 200; ++seed) {
    Entropy entropy(seed, 0);
    Token token = Challenge();
    ASSERT_TRUE(TruncateAtEdge(token, entropy));
    sizes.push_back(token.size());
    EXPECT_TRUE(std::any_of(edges.begin(), edges.end(), [&](size_t edge) {
      return token.size() + 1 >= edge && token.size() <= edge + 1;
    }));
  }
  std::sort(sizes.begin(), sizes.end());
  EXPECT_GT(std::unique(sizes.begin(), sizes.end()) - sizes.begin(), 10);
}

TEST(TokenMutatorTest, TakesAnyBytesAndKeepsWithinItsRoom) {
  Entropy entropy(1, 0);
  for (int i = 0; i < 20000; ++i) {
    Token token = i % 4 == 0   ? Challenge()
                  : i % 4 == 1 ? Der()
                  : i % 4 == 2 ? Tls()
                               : Token(entropy.Below(100));
    if (i % 4 == 3) entropy.Fill(absl::MakeSpan(token));
    for (uint64_t n = entropy.Below(6); n > 0 && !token.empty(); --n) {
      token[entropy.Below(token.size())] = static_cast<uint8_t>(entropy.Next());
    }
    const size_t room = 1 + entropy.Below(200);
    MutateToken(token, room, entropy, AppendThree);
    ASSERT_LE(token.size(), room);
    Mend(token);
    ASSERT_LE(token.size(), room);
  }
}

}  // namespace
}  // namespace sspilab::fuzz

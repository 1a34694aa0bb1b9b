#include "core/wire/payload_field.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/wire/reader.h"
#include "core/wire/writer.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::wire {
namespace {

using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

TEST(PayloadFieldTest, ReadsWhatItWrites) {
  const std::vector<uint8_t> bytes = FromHex("0c00 0e00 38000000");
  PayloadField field;
  Reader reader(bytes);
  ASSERT_TRUE(field.ReadFrom(&reader));
  EXPECT_EQ(field.length, 12);
  EXPECT_EQ(field.max_length, 14);
  EXPECT_EQ(field.offset, 56U);
  std::vector<uint8_t> out(PayloadField::kSize);
  Writer writer(absl::MakeSpan(out));
  field.WriteTo(&writer);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(out, bytes);
}

TEST(PayloadFieldTest, NeedsEightBytes) {
  const std::vector<uint8_t> bytes = FromHex("0c00 0e00 380000");
  PayloadField field;
  Reader reader(bytes);
  EXPECT_FALSE(field.ReadFrom(&reader));
}

struct ResolveCase {
  uint16_t length;
  uint32_t offset;
  // What comes out of the message 00 01 02 03; nothing when it is refused.
  std::optional<std::string> content;
};

TEST(PayloadFieldTest, ResolvesOnlyWhatIsInside) {
  const std::vector<uint8_t> message = FromHex("00010203");
  const ResolveCase cases[] = {
      {4, 0, "00010203"},
      {2, 1, "0102"},
      {1, 3, "03"},
      {2, 3, std::nullopt},
      {1, 4, std::nullopt},
      {5, 0, std::nullopt},
      {1, 0xFFFFFFFF, std::nullopt},
      // Wraps around in 32 bits.
      {2, 0xFFFFFFFF, std::nullopt},
      {0xFFFF, 0xFFFFFFFF, std::nullopt},
      // Points at nothing, so where does not matter.
      {0, 0, ""},
      {0, 4, ""},
      {0, 0xFFFFFFFF, ""},
  };
  for (const ResolveCase& c : cases) {
    SCOPED_TRACE(::testing::Message() << c.length << " at " << c.offset);
    const PayloadField field = {
        .length = c.length, .max_length = 0, .offset = c.offset};
    const std::optional<absl::Span<const uint8_t>> content =
        field.Resolve(message);
    ASSERT_EQ(content.has_value(), c.content.has_value());
    if (content) {
      EXPECT_EQ(ToHex(*content), *c.content);
    }
  }
}

}  // namespace
}  // namespace sspilab::wire

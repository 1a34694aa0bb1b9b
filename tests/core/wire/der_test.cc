#include "core/wire/der.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::wire {
namespace {

using sspilab::testing::BytesOf;
using sspilab::testing::Copy;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;
using Bytes = absl::Span<const uint8_t>;

// What `write(DerWriter&)` writes, as hex; it counts as much as it writes, and
// does not fit into less.
template <typename Write>
std::string Written(Write write) {
  DerWriter counter;
  write(counter);
  EXPECT_TRUE(counter.ok());
  std::vector<uint8_t> out(counter.size());
  DerWriter writer(absl::MakeSpan(out));
  write(writer);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.size(), out.size());
  for (size_t size = 0; size < std::min<size_t>(out.size(), 64); ++size) {
    std::vector<uint8_t> small(size);
    DerWriter cramped(absl::MakeSpan(small));
    write(cramped);
    EXPECT_FALSE(cramped.ok());
  }
  return ToHex(out);
}

TEST(DerTest, Tags) {
  // X.690 8.14: Type3 ::= [2] Type2 and Type4 ::= [APPLICATION 7] IMPLICIT.
  EXPECT_EQ(static_cast<uint8_t>(ContextTag(2)), 0xA2);
  EXPECT_EQ(static_cast<uint8_t>(ApplicationTag(7)), 0x67);
  EXPECT_EQ(static_cast<uint8_t>(PrimitiveContextTag(2)), 0x82);
  EXPECT_EQ(ClassOf(ApplicationTag(7)), DerClass::kApplication);
  EXPECT_EQ(ClassOf(DerTag::kSequence), DerClass::kUniversal);
  EXPECT_EQ(ClassOf(ContextTag(2)), DerClass::kContext);
  EXPECT_EQ(NumberOf(ContextTag(30)), 30U);
  EXPECT_TRUE(IsConstructed(DerTag::kSequence));
  EXPECT_FALSE(IsConstructed(DerTag::kOctetString));
}

// X.690 8.3's rules at their edges.
TEST(DerTest, Integers) {
  const struct {
    int64_t value;
    std::string_view hex;
  } cases[] = {
      {0, "020100"},
      {1, "020101"},
      {127, "02017f"},
      {128, "02020080"},
      {256, "02020100"},
      {-1, "0201ff"},
      {-128, "020180"},
      {-129, "0202ff7f"},
      // STATUS_LOGON_FAILURE, as TSRequest.errorCode has it.
      {static_cast<int32_t>(0xC000006D), "0204c000006d"},
      {std::numeric_limits<int64_t>::max(), "02087fffffffffffffff"},
      {std::numeric_limits<int64_t>::min(), "02088000000000000000"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.hex);
    EXPECT_EQ(Written([&](DerWriter& w) { w.WriteInteger(c.value); }), c.hex);
    const std::vector<uint8_t> bytes = FromHex(c.hex);
    int64_t value = 0;
    DerReader reader(bytes, DerRules::kDer);
    ASSERT_TRUE(reader.ReadInteger(&value));
    EXPECT_EQ(value, c.value);
    EXPECT_TRUE(reader.AtEnd());
  }
}

TEST(DerTest, PaddedIntegersAreBerOnly) {
  const struct {
    std::string_view hex;
    int64_t value;
  } cases[] = {{"02020001", 1},
               {"0202ff80", -128},
               {"020a00000000000000000080", 128},
               {"0209ffffffffffffffffff", -1}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.hex);
    const std::vector<uint8_t> bytes = FromHex(c.hex);
    int64_t value = 0;
    EXPECT_FALSE(DerReader(bytes, DerRules::kDer).ReadInteger(&value));
    ASSERT_TRUE(DerReader(bytes, DerRules::kBer).ReadInteger(&value));
    EXPECT_EQ(value, c.value);
  }
}

TEST(DerTest, IntegersThatAreNone) {
  for (const std::string_view hex :
       {"", "02", "0200", "0201", "020200", "030101", "0a0101",
        "0209010000000000000000"}) {
    SCOPED_TRACE(hex);
    const std::vector<uint8_t> bytes = FromHex(hex);
    int64_t value = 0;
    EXPECT_FALSE(DerReader(bytes, DerRules::kDer).ReadInteger(&value));
    EXPECT_FALSE(DerReader(bytes, DerRules::kBer).ReadInteger(&value));
  }
}

TEST(DerTest, EnumeratedIsNoInteger) {
  EXPECT_EQ(Written([](DerWriter& w) { w.WriteEnumerated(3); }), "0a0103");
  const std::vector<uint8_t> bytes = FromHex("0a0103");
  int64_t value = 0;
  DerReader reader(bytes, DerRules::kDer);
  EXPECT_FALSE(reader.ReadInteger(&value));
  EXPECT_TRUE(reader.ReadEnumerated(&value));
  EXPECT_EQ(value, 3);
}

// X.690 8.2.
TEST(DerTest, Booleans) {
  EXPECT_EQ(Written([](DerWriter& w) { w.WriteBoolean(true); }), "0101ff");
  EXPECT_EQ(Written([](DerWriter& w) { w.WriteBoolean(false); }), "010100");
  const std::vector<uint8_t> one = FromHex("010101");
  bool value = false;
  EXPECT_FALSE(DerReader(one, DerRules::kDer).ReadBoolean(&value));
  EXPECT_TRUE(DerReader(one, DerRules::kBer).ReadBoolean(&value));
  EXPECT_TRUE(value);
  const std::vector<uint8_t> two = FromHex("0102ffff");
  EXPECT_FALSE(DerReader(two, DerRules::kBer).ReadBoolean(&value));
}

// X.690 8.6.4.2: the bit string '0A3B5F291CD'H.
TEST(DerTest, BitStrings) {
  const std::vector<uint8_t> bits = FromHex("0a3b5f291cd0");
  EXPECT_EQ(Written([&](DerWriter& w) { w.WriteBitString(bits, 4); }),
            "0307040a3b5f291cd0");
  const std::vector<uint8_t> encoded = FromHex("0307040a3b5f291cd0");
  Bytes read;
  unsigned unused = 0;
  ASSERT_TRUE(DerReader(encoded, DerRules::kDer).ReadBitString(&read, &unused));
  EXPECT_EQ(ToHex(read), "0a3b5f291cd0");
  EXPECT_EQ(unused, 4U);

  const std::vector<uint8_t> empty = FromHex("030100");
  ASSERT_TRUE(DerReader(empty, DerRules::kDer).ReadBitString(&read, &unused));
  EXPECT_TRUE(read.empty());
  for (const std::string_view hex :
       {"0300", "030101", "03020800", "2303030200"}) {
    SCOPED_TRACE(hex);
    const std::vector<uint8_t> wrong = FromHex(hex);
    EXPECT_FALSE(
        DerReader(wrong, DerRules::kBer).ReadBitString(&read, &unused));
  }
  // X.690 11.2.1.
  const std::vector<uint8_t> dirty = FromHex("030204ff");
  EXPECT_FALSE(DerReader(dirty, DerRules::kDer).ReadBitString(&read, &unused));
  EXPECT_TRUE(DerReader(dirty, DerRules::kBer).ReadBitString(&read, &unused));
}

// X.690 8.19.5: {2 100 3}; RFC 2743 3.1: Kerberos 5; RFC 4178 C: SPNEGO;
// MS-SPNG: NTLM, and Windows' wrong Kerberos.
TEST(DerTest, Oids) {
  const struct {
    std::string_view hex;
    std::string_view text;
  } cases[] = {
      {"0603813403", "2.100.3"},
      {"06092a864886f712010202", "1.2.840.113554.1.2.2"},
      {"06062b0601050502", "1.3.6.1.5.5.2"},
      {"060a2b06010401823702020a", "1.3.6.1.4.1.311.2.2.10"},
      {"06092a864882f712010202", "1.2.840.48018.1.2.2"},
      {"060100", "0.0"},
      {"06012a", "1.2"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const std::vector<uint8_t> bytes = FromHex(c.hex);
    Bytes oid;
    ASSERT_TRUE(DerReader(bytes, DerRules::kDer).ReadOid(&oid));
    EXPECT_EQ(OidToString(oid), c.text);
    EXPECT_EQ(Written([&](DerWriter& w) { w.WriteOid(oid); }), c.hex);
  }
  for (const std::string_view hex :
       {"0600", "060181", "06022a80", "0602802a", "06032a8001", "040100"}) {
    SCOPED_TRACE(hex);
    const std::vector<uint8_t> wrong = FromHex(hex);
    Bytes oid;
    EXPECT_FALSE(DerReader(wrong, DerRules::kBer).ReadOid(&oid));
  }
  EXPECT_EQ(OidToString({}), "");
  EXPECT_EQ(OidToString(FromHex("2affffffffffffffffff7f")), "");
}

// X.690 8.8, 8.9.3 (SEQUENCE {name IA5String, ok BOOLEAN}), and 8.21.5.4.
TEST(DerTest, ExamplesOfX690) {
  EXPECT_EQ(Written([](DerWriter& w) { w.WriteNull(); }), "0500");
  const std::string_view smith = "300a1605536d6974680101ff";
  EXPECT_EQ(Written([](DerWriter& w) {
              w.Write(DerTag::kSequence, [&] {
                w.WriteBoolean(true);
                w.WriteElement(DerTag::kIa5String, BytesOf("Smith"));
              });
            }),
            smith);
  const std::vector<uint8_t> bytes = FromHex(smith);
  DerReader reader(bytes, DerRules::kDer);
  DerReader inside;
  Bytes name;
  bool is_ok = false;
  ASSERT_TRUE(reader.Enter(DerTag::kSequence, &inside));
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_EQ(inside.position(), 2U);
  EXPECT_FALSE(inside.NextIs(DerTag::kBoolean));
  ASSERT_TRUE(inside.Read(DerTag::kIa5String, &name));
  EXPECT_EQ(name, BytesOf("Smith"));
  EXPECT_EQ(inside.position(), 9U);
  EXPECT_TRUE(inside.NextIs(DerTag::kBoolean));
  ASSERT_TRUE(inside.ReadBoolean(&is_ok));
  EXPECT_TRUE(is_ok);
  EXPECT_TRUE(inside.AtEnd());
  // "Jones" as VisibleString under each tagging of 8.14.
  EXPECT_EQ(Written([](DerWriter& w) {
              w.Write(ContextTag(2), [&] {
                w.Write(ApplicationTag(3), [&] {
                  w.WriteElement(static_cast<DerTag>(0x1A), BytesOf("Jones"));
                });
              });
            }),
            "a20963071a054a6f6e6573");
}

// X.690 8.1.3.5's example: 201 is "81 c9".
TEST(DerTest, Lengths) {
  const struct {
    size_t size;
    std::string_view header;
  } cases[] = {{0, "0400"},         {127, "047f"},        {128, "048180"},
               {201, "0481c9"},     {255, "0481ff"},      {256, "04820100"},
               {65535, "0482ffff"}, {65536, "0483010000"}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.size);
    const std::vector<uint8_t> contents(c.size, 0xAA);
    const std::string hex =
        Written([&](DerWriter& w) { w.WriteOctetString(contents); });
    EXPECT_EQ(hex.substr(0, c.header.size()), c.header);
    EXPECT_EQ(hex.size(), c.header.size() + 2 * c.size);
    const std::vector<uint8_t> encoded = FromHex(hex);
    Bytes read;
    DerReader reader(encoded, DerRules::kDer);
    ASSERT_TRUE(reader.ReadOctetString(&read));
    EXPECT_EQ(read.size(), c.size);
    EXPECT_EQ(reader.position(), encoded.size());
  }
}

TEST(DerTest, LongerLengthsThanNeededAreBerOnly) {
  for (const std::string_view hex :
       {"048101aa", "04820001aa", "048400000001aa"}) {
    SCOPED_TRACE(hex);
    const std::vector<uint8_t> bytes = FromHex(hex);
    Bytes read;
    EXPECT_FALSE(DerReader(bytes, DerRules::kDer).ReadOctetString(&read));
    ASSERT_TRUE(DerReader(bytes, DerRules::kBer).ReadOctetString(&read));
    EXPECT_EQ(ToHex(read), "aa");
  }
}

TEST(DerTest, WhatIsRefusedUnderAllRules) {
  for (const std::string_view hex : {
           "04",                    // no length
           "0401",                  // no contents
           "0481",                  // half a length
           "048201",                // the same
           "0402aa",                // half the contents
           "0484ffffffff",          // far more than there is
           "04850000000001aa",      // five octets of length
           "0488ffffffffffffffff",  // an overflow, were it added
           "04ff",                  // X.690 8.1.3.5 c
           "2480aa0000",            // indefinite length
           "1f0401aa",              // a tag number that follows
       }) {
    SCOPED_TRACE(hex);
    const std::vector<uint8_t> bytes = FromHex(hex);
    DerTag tag;
    Bytes contents;
    for (const DerRules rules : {DerRules::kDer, DerRules::kBer}) {
      DerReader reader(bytes, rules);
      EXPECT_FALSE(reader.ReadAny(&tag, &contents));
      EXPECT_FALSE(reader.ReadWhole(&contents));
      EXPECT_EQ(reader.position(), 0U);
    }
  }
}

TEST(DerTest, AFailedReadStaysWhereItWas) {
  const std::vector<uint8_t> bytes = FromHex("020105 0401aa");
  DerReader reader(bytes, DerRules::kDer);
  int64_t value = 0;
  Bytes read;
  DerReader inside;
  ASSERT_TRUE(reader.ReadInteger(&value));
  EXPECT_FALSE(reader.ReadInteger(&value));
  EXPECT_FALSE(reader.ReadOid(&read));
  EXPECT_FALSE(reader.ReadNull());
  EXPECT_FALSE(reader.Enter(DerTag::kSequence, &inside));
  // A primitive element has no inside.
  EXPECT_FALSE(reader.Enter(DerTag::kOctetString, &inside));
  EXPECT_EQ(reader.position(), 3U);
  ASSERT_TRUE(reader.ReadWhole(&read));
  EXPECT_EQ(ToHex(read), "0401aa");
}

// Every prefix of a message is refused, on memory of exactly its size.
TEST(DerTest, NoReadGoesPastTheEnd) {
  const std::vector<uint8_t> whole =
      FromHex("30820011 06062b0601050502 0307040a3b5f291cd0");
  for (size_t size = 0; size <= whole.size(); ++size) {
    const std::vector<uint8_t> part =
        Copy(absl::MakeConstSpan(whole).first(size));
    DerReader reader(part, DerRules::kBer);
    DerReader inside;
    EXPECT_EQ(reader.Enter(DerTag::kSequence, &inside), size == whole.size());
  }
}

TEST(DerTest, DepthIsBounded) {
  std::string hex;
  for (int i = 0; i <= DerReader::kMaxDepth; ++i) {
    hex = Written(
        [&](DerWriter& w) { w.WriteElement(DerTag::kSequence, FromHex(hex)); });
  }
  const std::vector<uint8_t> bytes = FromHex(hex);
  DerReader reader(bytes, DerRules::kDer);
  int depth = 0;
  while (reader.Enter(DerTag::kSequence, &reader)) ++depth;
  EXPECT_EQ(depth, DerReader::kMaxDepth);
  EXPECT_FALSE(reader.AtEnd());
}

TEST(DerTest, WrittenIsTheTailOfTheMemory) {
  std::vector<uint8_t> out(8, 0xEE);
  DerWriter writer(absl::MakeSpan(out));
  writer.WriteOctetString(FromHex("a1a2"));
  EXPECT_EQ(ToHex(writer.written()), "0402a1a2");
  EXPECT_EQ(ToHex(out), "eeeeeeee0402a1a2");
  EXPECT_TRUE(DerWriter().written().empty());
}

}  // namespace
}  // namespace sspilab::wire

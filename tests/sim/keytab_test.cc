#include "sim/keytab.h"

#include <cstdint>
#include <string>
#include <vector>

#include "core/entropy.h"
#include "core/kerberos/realm.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::sim {
namespace {

using kerberos::Etype;
using sspilab::testing::BytesOf;
using sspilab::testing::FromHex;

std::vector<uint8_t> Bytes(const std::string& text) {
  return {BytesOf(text).begin(), BytesOf(text).end()};
}

kerberos::Key KeyOf(Etype etype, uint8_t fill) {
  return *kerberos::Key::Of(
      static_cast<int32_t>(etype),
      std::vector<uint8_t>(kerberos::Find(etype).key_size, fill));
}

TEST(KeytabTest, AnEntryIsAsTheFormatSays) {
  const kerberos::Principal principal{
      .name = "HTTP/lab.example.test",
      .keys = {KeyOf(Etype::kAes128CtsHmacSha1, 0xAA)},
      .kvno = 0x102};
  EXPECT_EQ(Bytes(PrincipalToKeytab(principal, "R.TEST")),
            FromHex("0502"
                    "00000043"          // 67 bytes follow.
                    "0002"              // Parts of the name.
                    "0006522e54455354"  // "R.TEST"
                    "000448545450"      // "HTTP"
                    "0010"              // "lab.example.test"
                    "6c61622e6578616d706c652e74657374"
                    "00000002"  // NT-SRV-INST
                    "00000000"  // Time.
                    "02"        // Version, its low byte.
                    "0011"      // AES-128 with SHA-1.
                    "0010"      // Key.
                    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                    "00000102"));  // Version.
}

TEST(KeytabTest, EveryNameHasEveryKey) {
  kerberos::Principal principal{
      .name = "LAB$",
      .aliases = {"HTTP/lab", "cifs/lab"},
      .keys = {KeyOf(Etype::kAes256CtsHmacSha1, 1), KeyOf(Etype::kRc4Hmac, 2)}};
  const std::string all = PrincipalToKeytab(principal, "R");
  std::string together = all.substr(0, 2);
  for (const std::string name : {"LAB$", "HTTP/lab", "cifs/lab"}) {
    for (const kerberos::Key& key : principal.keys.All()) {
      together +=
          PrincipalToKeytab({.name = name, .keys = {key}}, "R").substr(2);
    }
  }
  EXPECT_EQ(all, together);
}

// krbtgt/TO@FROM is the one principal of two realms; both write the same.
TEST(KeytabTest, ATrustsKeyIsOfTheRealmInItsName) {
  Entropy entropy(1, 0);
  kerberos::Realms realms;
  kerberos::Realm& from = realms.Add("FROM.TEST", entropy);
  kerberos::Realm& to = realms.Add("TO.TEST", entropy);
  kerberos::Realm::Trust(from, to, "between");
  const std::string one =
      PrincipalToKeytab(*from.Find("krbtgt/TO.TEST"), "FROM.TEST");
  EXPECT_EQ(one,
            PrincipalToKeytab(*to.Find("krbtgt/TO.TEST@FROM.TEST"), "TO.TEST"));
  // And it is among those of all realms, once from each.
  const std::string all = RealmsToKeytab(realms);
  const size_t first = all.find(one.substr(2));
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(all.find(one.substr(2), first + 1), std::string::npos);
  EXPECT_NE(
      all.find(
          PrincipalToKeytab(*to.Find("krbtgt/TO.TEST"), "TO.TEST").substr(2)),
      std::string::npos);
}

TEST(KeytabTest, NoRealmsAreNoKeys) {
  EXPECT_EQ(Bytes(RealmsToKeytab({})), FromHex("0502"));
}

}  // namespace
}  // namespace sspilab::sim

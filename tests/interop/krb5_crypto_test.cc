// Our encryption types against MIT's (krb5_c_*): what one makes the other
// takes, for every type and every usage.

#include <krb5.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "gtest/gtest.h"

namespace sspilab::interop {
namespace {

using kerberos::EncryptionType;
using kerberos::KeyUsage;

constexpr uint32_t kUsages = 30;

krb5_data Data(absl::Span<const uint8_t> bytes) {
  krb5_data data{};
  data.length = static_cast<unsigned>(bytes.size());
  data.data = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
  return data;
}

class Krb5CryptoTest : public ::testing::TestWithParam<EncryptionType> {
 protected:
  Krb5CryptoTest() {
    std::vector<uint8_t> bytes(type_.key_size);
    entropy_.Fill(absl::MakeSpan(bytes));
    key_ = *kerberos::Key::Of(etype(), bytes);
    EXPECT_EQ(krb5_init_context(&context_), 0);
  }
  ~Krb5CryptoTest() override { krb5_free_context(context_); }

  int32_t etype() const { return static_cast<int32_t>(type_.etype); }
  krb5_keyblock Keyblock() const {
    krb5_keyblock block{};
    block.enctype = etype();
    block.length = static_cast<unsigned>(key_.bytes().size());
    block.contents = const_cast<krb5_octet*>(key_.bytes().data());
    return block;
  }
  std::vector<uint8_t> Random(size_t size) {
    std::vector<uint8_t> bytes(size);
    entropy_.Fill(absl::MakeSpan(bytes));
    return bytes;
  }

  const EncryptionType& type_ = kerberos::Find(GetParam().etype);
  Entropy entropy_{7, 0};
  kerberos::Key key_;
  krb5_context context_ = nullptr;
};

TEST_P(Krb5CryptoTest, MitDecryptsOurs) {
  const krb5_keyblock block = Keyblock();
  for (uint32_t usage = 1; usage < kUsages; ++usage) {
    const kerberos::Cipher cipher(key_, KeyUsage{usage});
    for (const size_t size : {0, 1, 15, 16, 17, 100}) {
      const std::vector<uint8_t> plain = Random(size);
      std::vector<uint8_t> message(cipher.SizeOf(size));
      std::copy(
          plain.begin(), plain.end(),
          message.begin() + static_cast<std::ptrdiff_t>(type_.header_size));
      cipher.Encrypt(Random(type_.confounder_size), absl::MakeSpan(message));
      krb5_enc_data in{};
      in.enctype = etype();
      in.ciphertext = Data(message);
      std::vector<uint8_t> opened(message.size());
      krb5_data out = Data(opened);
      ASSERT_EQ(
          krb5_c_decrypt(context_, &block, static_cast<krb5_keyusage>(usage),
                         nullptr, &in, &out),
          0)
          << usage << ", " << size;
      opened.resize(out.length);
      EXPECT_EQ(opened, plain);
    }
  }
}

TEST_P(Krb5CryptoTest, WeDecryptMits) {
  const krb5_keyblock block = Keyblock();
  for (uint32_t usage = 1; usage < kUsages; ++usage) {
    const kerberos::Cipher cipher(key_, KeyUsage{usage});
    for (const size_t size : {0, 1, 15, 16, 17, 100}) {
      const std::vector<uint8_t> plain = Random(size);
      const krb5_data in = Data(plain);
      size_t encrypted = 0;
      ASSERT_EQ(krb5_c_encrypt_length(context_, etype(), size, &encrypted), 0);
      EXPECT_EQ(encrypted, cipher.SizeOf(size));
      std::vector<uint8_t> message(encrypted);
      krb5_enc_data out{};
      out.ciphertext = Data(message);
      ASSERT_EQ(
          krb5_c_encrypt(context_, &block, static_cast<krb5_keyusage>(usage),
                         nullptr, &in, &out),
          0);
      const std::optional<absl::Span<uint8_t>> opened =
          cipher.Decrypt(absl::MakeSpan(message));
      ASSERT_TRUE(opened.has_value()) << usage << ", " << size;
      EXPECT_EQ(std::vector<uint8_t>(opened->begin(), opened->end()), plain);
    }
  }
}

TEST_P(Krb5CryptoTest, ChecksumsAreTheSame) {
  const krb5_keyblock block = Keyblock();
  for (uint32_t usage = 1; usage < kUsages; ++usage) {
    const std::vector<uint8_t> text = Random(usage);
    const krb5_data in = Data(text);
    krb5_checksum sum{};
    ASSERT_EQ(
        krb5_c_make_checksum(context_, 0, &block,
                             static_cast<krb5_keyusage>(usage), &in, &sum),
        0);
    EXPECT_TRUE(kerberos::VerifyChecksum(
        key_, KeyUsage{usage}, {text}, sum.checksum_type,
        absl::MakeConstSpan(sum.contents, sum.length)))
        << usage;
    krb5_free_checksum_contents(context_, &sum);
  }
}

TEST_P(Krb5CryptoTest, PrfsAreTheSame) {
  const krb5_keyblock block = Keyblock();
  for (const size_t size : {0, 1, 64, 200}) {
    std::vector<uint8_t> input = Random(size);
    std::vector<uint8_t> ours(type_.prf_size);
    kerberos::Prf(key_, input, absl::MakeSpan(ours));
    std::vector<uint8_t> theirs(type_.prf_size);
    krb5_data in = Data(input);
    krb5_data out = Data(theirs);
    ASSERT_EQ(krb5_c_prf(context_, &block, &in, &out), 0);
    EXPECT_EQ(ours, theirs) << size;
  }
}

TEST_P(Krb5CryptoTest, KeysFromPasswordsAreTheSame) {
  for (const std::string password :
       {"", "secret", "p\xc3\xa4ssw\xc3\xb6rd", "\xf0\x9d\x84\x9e"}) {
    const std::string salt = "EXAMPLE.TESTalice";
    const krb5_data in_password = {0, static_cast<unsigned>(password.size()),
                                   const_cast<char*>(password.data())};
    const krb5_data in_salt = {0, static_cast<unsigned>(salt.size()),
                               const_cast<char*>(salt.data())};
    krb5_keyblock theirs{};
    ASSERT_EQ(krb5_c_string_to_key(context_, etype(), &in_password, &in_salt,
                                   &theirs),
              0);
    const kerberos::Key ours =
        kerberos::Key::FromPassword(type_, password, salt);
    EXPECT_EQ(ours.bytes(), absl::MakeConstSpan(theirs.contents, theirs.length))
        << password;
    krb5_free_keyblock_contents(context_, &theirs);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Krb5CryptoTest,
    ::testing::ValuesIn(kerberos::EncryptionTypes().begin(),
                        kerberos::EncryptionTypes().end()),
    [](const auto& row) {
      std::string name(row.param.name);
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace sspilab::interop

#include "core/tls/library.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "core/tls/openssl_ptr.h"
#include "gtest/gtest.h"

namespace sspilab::tls {
namespace {

using Bytes = std::vector<uint8_t>;
using Key = OpenSslPtr<EVP_PKEY, EVP_PKEY_free>;

Bytes Draw(size_t size) {
  Bytes out(size);
  if (RAND_bytes_ex(Library(), out.data(), size, 0) != 1) out.clear();
  return out;
}

Bytes Draw(uint64_t seed, size_t size) {
  Entropy entropy(seed, 0);
  const EntropyScope scope(&entropy);
  return Draw(size);
}

Bytes Encoded(const EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(key, &der);
  if (size <= 0) return {};
  Bytes out(der, der + size);
  OPENSSL_free(der);
  return out;
}

Bytes Sign(EVP_PKEY* key, const char* digest) {
  const OpenSslPtr<EVP_MD_CTX, EVP_MD_CTX_free> signer(EVP_MD_CTX_new());
  const uint8_t message[] = {'m'};
  size_t size = 0;
  if (EVP_DigestSignInit_ex(signer.get(), nullptr, digest, Library(), nullptr,
                            key, nullptr) != 1 ||
      EVP_DigestSign(signer.get(), nullptr, &size, message, 1) != 1) {
    return {};
  }
  Bytes out(size);
  if (EVP_DigestSign(signer.get(), out.data(), &size, message, 1) != 1) {
    return {};
  }
  out.resize(size);
  return out;
}

// Each kind of thing that a handshake or a certificate draws for, made from
// `seed`; what could not be made is empty.
struct Drawn {
  explicit Drawn(uint64_t seed) {
    Entropy entropy(seed, 0);
    const EntropyScope scope(&entropy);
    const Key p256(EVP_PKEY_Q_keygen(Library(), nullptr, "EC", "P-256"));
    const Key x25519(EVP_PKEY_Q_keygen(Library(), nullptr, "X25519"));
    const Key rsa(EVP_PKEY_Q_keygen(Library(), nullptr, "RSA", size_t{1024}));
    if (p256 == nullptr || x25519 == nullptr || rsa == nullptr) return;
    all = {Encoded(p256.get()),       Encoded(x25519.get()),
           Encoded(rsa.get()),        Sign(p256.get(), "SHA256"),
           Sign(rsa.get(), "SHA256"), ClientHello()};
  }

  static Bytes ClientHello() {
    const OpenSslPtr<SSL_CTX, SSL_CTX_free> context(
        SSL_CTX_new_ex(Library(), nullptr, TLS_client_method()));
    if (context == nullptr) return {};
    const OpenSslPtr<SSL, SSL_free> ssl(SSL_new(context.get()));
    if (ssl == nullptr) return {};
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_connect(ssl.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl.get()), &data);
    return Bytes(data, data + size);
  }

  std::vector<Bytes> all;
};

TEST(Library, IsOneForEveryThread) {
  ASSERT_NE(Library(), nullptr);
  OSSL_LIB_CTX* elsewhere = nullptr;
  std::thread([&] { elsewhere = Library(); }).join();
  EXPECT_EQ(elsewhere, Library());
  EXPECT_NE(OSSL_LIB_CTX_get0_global_default(), Library());
}

TEST(Library, DrawsTheBytesOfTheScopesEntropy) {
  Bytes expected(100);
  Entropy(7, 0).Fill(absl::MakeSpan(expected));
  EXPECT_EQ(Draw(7, 100), expected);
}

TEST(Library, KeysSignaturesAndRandomsDependOnTheSeedAlone) {
  const Drawn once(1);
  const Drawn again(1);
  const Drawn other(2);
  ASSERT_EQ(once.all.size(), 6u);
  for (size_t i = 0; i < once.all.size(); ++i) {
    EXPECT_FALSE(once.all[i].empty()) << i;
    EXPECT_EQ(once.all[i], again.all[i]) << i;
    EXPECT_NE(once.all[i], other.all[i]) << i;
  }
}

TEST(Library, DrawsNothingWithoutAScope) {
  EXPECT_EQ(Draw(16), Bytes());
  { const Bytes drawn = Draw(1, 16); }
  EXPECT_EQ(Draw(16), Bytes()) << "the scope is over";
  EXPECT_EQ(Key(EVP_PKEY_Q_keygen(Library(), nullptr, "EC", "P-256")).get(),
            nullptr);
  EXPECT_EQ(Key(EVP_PKEY_Q_keygen(Library(), nullptr, "X25519")).get(),
            nullptr);
}

TEST(Library, AScopeInsideAnotherEndsWithIt) {
  Entropy outer(1, 0);
  Entropy inner(2, 0);
  Bytes expected(16);
  Entropy(1, 0).Fill(absl::MakeSpan(expected));

  const EntropyScope outer_scope(&outer);
  const Bytes first = Draw(8);
  {
    const EntropyScope inner_scope(&inner);
    EXPECT_EQ(Draw(8), Draw(2, 8));
  }
  const Bytes second = Draw(8);
  EXPECT_EQ(first, Bytes(expected.begin(), expected.begin() + 8));
  EXPECT_EQ(second, Bytes(expected.begin() + 8, expected.end()));
}

TEST(Library, AScopeIsItsThreadsOwn) {
  Entropy entropy(1, 0);
  const EntropyScope scope(&entropy);
  std::thread([] { EXPECT_EQ(Draw(16), Bytes()); }).join();

  std::vector<std::vector<Bytes>> drawn(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < drawn.size(); ++i) {
    threads.emplace_back([&drawn, i] { drawn[i] = Drawn(i % 2).all; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(drawn[0].empty());
  EXPECT_EQ(drawn[0], drawn[2]);
  EXPECT_EQ(drawn[1], drawn[3]);
}

}  // namespace
}  // namespace sspilab::tls

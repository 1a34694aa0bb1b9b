// Our Schannel and OpenSSL, one at each end, in this process: what each says of
// the connection, and whether each understands what the other one sends.
#include <openssl/evp.h>

#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "core/certificates.h"
#include "core/entropy.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/tls/certificate_authority.h"
#include "core/world.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/interop/openssl_end.h"
#include "tests/interop/schannel_end.h"

namespace sspilab::interop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kHost[] = "lab.example.test";
constexpr char16_t kTarget[] = u"lab.example.test";

// How OpenSSL's bytes get to us.
enum class Delivery {
  kWhole,     // As much as there is.
  kBytewise,  // One byte more, one call.
};

struct Case {
  const char* name;
  Role ours;
  int version;
  Delivery delivery = Delivery::kWhole;
};

void PrintTo(const Case& test_case, std::ostream* out) {
  *out << test_case.name;
}

constexpr Case kCases[] = {
    {"Client12", Role::kInitiator, TLS1_2_VERSION},
    {"Client12Bytewise", Role::kInitiator, TLS1_2_VERSION, Delivery::kBytewise},
    {"Client13", Role::kInitiator, TLS1_3_VERSION},
    {"Client13Bytewise", Role::kInitiator, TLS1_3_VERSION, Delivery::kBytewise},
    {"Server12", Role::kAcceptor, TLS1_2_VERSION},
    {"Server12Bytewise", Role::kAcceptor, TLS1_2_VERSION, Delivery::kBytewise},
    {"Server13", Role::kAcceptor, TLS1_3_VERSION},
    {"Server13Bytewise", Role::kAcceptor, TLS1_3_VERSION, Delivery::kBytewise},
};

std::string Sha256(const DerBytes& bytes) {
  std::string digest(32, 0);
  EVP_Digest(bytes.data(), bytes.size(),
             reinterpret_cast<unsigned char*>(digest.data()), nullptr,
             EVP_sha256(), nullptr);
  return digest;
}

// What a test wants of the connection beside its Case.
struct Terms {
  bool client_certificate = false;
  std::vector<std::string> theirs;  // Application protocols,
  std::string ours;                 // ours as they are on the wire.
  std::u16string target = kTarget;
  uint32_t requirements = 0;
  // What OpenSSL sends as soon as it may, behind the handshake's last bytes.
  std::string early;
};

class Tls : public ::testing::TestWithParam<Case> {
 protected:
  Tls() : server_root_(Root("Servers", 1)), client_root_(Root("Clients", 2)) {
    server_certificate_ = server_root_.Intermediate({.common_name = "Inner"})
                              .value()
                              .Issue({.common_name = kHost,
                                      .dns_names = {kHost},
                                      .server_authentication = true})
                              .value();
    client_certificate_ =
        client_root_
            .Issue({.common_name = "alice", .client_authentication = true})
            .value();
    if (OursIsClient()) {
      world_.certificates().Trust(server_root_.certificate());
    } else {
      world_.certificates().Trust(client_root_.certificate());
    }
    owned_ = &world_.certificates().Add(OursIsClient() ? client_certificate_
                                                       : server_certificate_);
  }

  static tls::CertificateAuthority Root(const char* name, uint64_t seed) {
    return tls::CertificateAuthority::Root({.common_name = name},
                                           Entropy(seed, 0))
        .value();
  }

  static bool OursIsClient() { return GetParam().ours == Role::kInitiator; }
  static bool IsTls13() { return GetParam().version == TLS1_3_VERSION; }

  void Start(const Terms& terms = {}) {
    const bool client = OursIsClient();
    theirs_machine_ = std::make_unique<OpenSslMachine>(OpenSslSettings{
        .role = client ? Role::kAcceptor : Role::kInitiator,
        .version = GetParam().version,
        .certificate = client                     ? &server_certificate_
                       : terms.client_certificate ? &client_certificate_
                                                  : nullptr,
        .root =
            client ? client_root_.certificate() : server_root_.certificate(),
        .wants_certificate = terms.client_certificate,
        .host = kHost,
        .protocols = terms.theirs});
    SchannelSettings settings = {
        .role = GetParam().ours,
        .protocol =
            IsTls13() ? uint32_t{SP_PROT_TLS1_3} : uint32_t{SP_PROT_TLS1_2},
        .certificate = !client || terms.client_certificate ? owned_ : nullptr,
        .requirements = terms.requirements,
        .target = terms.target,
        .protocols = terms.ours};
    if (!client && terms.client_certificate) {
      settings.requirements |= ASC_REQ_MUTUAL_AUTH;
    }
    ours_machine_ = std::make_unique<SchannelMachine>(world_, settings);
    early_ = terms.early;
  }

  // Gives us `bytes` as the Case wants it. What is behind a handshake that is
  // done waits to be read.
  void Deliver(const TlsBytes& bytes) {
    if (GetParam().delivery == Delivery::kWhole) {
      ours_->Feed(bytes);
      Advance();
      return;
    }
    for (const uint8_t& byte : bytes) {
      ours_->Feed({&byte, 1});
      Advance();
    }
  }

  void Advance() {
    if (!ours_->done()) ours_->Handshake();
    if (!ours_->done()) return;
    for (std::string& message : ours_->Read()) received_.push_back(message);
  }

  // Carries bytes to and fro until there are none, or one end complains.
  void Exchange() {
    for (;;) {
      const TlsBytes to_them = ours_->Take();
      theirs_->Feed(to_them);
      theirs_->Handshake();
      // An established connection hears of another handshake while it reads.
      if (theirs_->done()) {
        EXPECT_EQ(theirs_->Read(), "");
      }
      if (theirs_->done() && !early_.empty()) {
        theirs_->Write(early_);
        early_.clear();
      }
      const TlsBytes to_us = theirs_->Take();
      if (to_us.empty() && to_them.empty()) return;
      Deliver(to_us);
      if (!ours_->error().empty()) return;
    }
  }

  // A connection of the machines, as far as it gets.
  void Connect() {
    ours_ = ours_machine_->Connect();
    theirs_ = theirs_machine_->Connect();
    received_.clear();
    if (OursIsClient()) ours_->Handshake();
    Exchange();
  }

  void ExpectConnected() {
    EXPECT_EQ(ours_->error(), "");
    EXPECT_EQ(theirs_->error(), "");
    ASSERT_TRUE(ours_->done());
    ASSERT_TRUE(theirs_->done());
  }

  void ExpectMessagesArrive() {
    ours_->Write("from us");
    theirs_->Feed(ours_->Take());
    EXPECT_EQ(theirs_->Read(), "from us");
    received_.clear();
    theirs_->Write("from them");
    Deliver(theirs_->Take());
    EXPECT_THAT(received_, ElementsAre("from them"));
    EXPECT_EQ(ours_->error(), "");
    EXPECT_EQ(theirs_->error(), "");
  }

  tls::CertificateAuthority server_root_;
  tls::CertificateAuthority client_root_;
  OwnedCertificate server_certificate_;
  OwnedCertificate client_certificate_;
  World world_;
  const OwnedCertificate* owned_ = nullptr;
  std::unique_ptr<OpenSslMachine> theirs_machine_;
  std::unique_ptr<SchannelMachine> ours_machine_;
  std::unique_ptr<OpenSslEnd> theirs_;
  std::unique_ptr<SchannelEnd> ours_;
  std::string early_;
  // What we read.
  std::vector<std::string> received_;
};

TEST_P(Tls, Connects) {
  Start();
  Connect();
  ExpectConnected();
  ExpectMessagesArrive();
  EXPECT_FALSE(ours_->resumed());
  EXPECT_EQ(
      ours_->ConnectionInfo().dwProtocol,
      IsTls13()
          ? (OursIsClient() ? SP_PROT_TLS1_3_CLIENT : SP_PROT_TLS1_3_SERVER)
          : (OursIsClient() ? SP_PROT_TLS1_2_CLIENT : SP_PROT_TLS1_2_SERVER));
  if (OursIsClient()) {
    EXPECT_EQ(ours_->peer_certificate(), server_certificate_.certificate);
    EXPECT_EQ(theirs_->peer_certificate(), DerBytes());
  } else {
    EXPECT_EQ(theirs_->peer_certificate(), server_certificate_.certificate);
  }
}

TEST_P(Tls, ConnectsWithTheClientsCertificate) {
  Start({.client_certificate = true});
  Connect();
  ExpectConnected();
  ExpectMessagesArrive();
  if (OursIsClient()) {
    EXPECT_EQ(theirs_->peer_certificate(), client_certificate_.certificate);
  } else {
    EXPECT_EQ(ours_->peer_certificate(), client_certificate_.certificate);
  }
}

TEST_P(Tls, AgreesOnAProtocol) {
  // The server's preference counts: theirs in their list's order.
  Start({.theirs = {"h2", "http/1.1"}, .ours = "\x08http/1.1"});
  Connect();
  ExpectConnected();
  EXPECT_EQ(ours_->protocol(), "http/1.1");
  EXPECT_EQ(theirs_->protocol(), "http/1.1");
}

TEST_P(Tls, AgreesOnNoProtocolWhereOnlyOneEndHasSome) {
  Start({.theirs = {"h2"}});
  Connect();
  ExpectConnected();
  EXPECT_EQ(ours_->protocol(), "");
  EXPECT_EQ(theirs_->protocol(), "");
}

TEST_P(Tls, MessagesOfEverySize) {
  Start();
  Connect();
  ExpectConnected();
  for (const size_t size : {1, 2, 100, 16'383, 16'384, 16'385, 40'000}) {
    const std::string text(size, static_cast<char>('a' + size % 26));
    ours_->Write(text);
    theirs_->Feed(ours_->Take());
    EXPECT_EQ(theirs_->Read(), text) << size;
    received_.clear();
    theirs_->Write(text);
    // Byte by byte a message of that size would take its square of copies in
    // this test's caller.
    ours_->Feed(theirs_->Take());
    Advance();
    std::string all;
    for (const std::string& part : received_) all += part;
    EXPECT_EQ(all, text) << size;
  }
  EXPECT_EQ(ours_->error(), "");
  EXPECT_EQ(theirs_->error(), "");
}

// Windows makes a record of it, OpenSSL has no way to.
TEST_P(Tls, AnEmptyMessageIsNothing) {
  Start();
  Connect();
  ExpectConnected();
  ours_->Write("");
  EXPECT_EQ(ours_->error(), "");
  EXPECT_THAT(ours_->Take(), IsEmpty());
  ExpectMessagesArrive();
}

TEST_P(Tls, SeveralMessagesAtOnce) {
  Start();
  Connect();
  ExpectConnected();
  for (const char* text : {"one", "two", "three"}) {
    ours_->Write(text);
    theirs_->Write(text);
  }
  theirs_->Feed(ours_->Take());
  EXPECT_EQ(theirs_->Read(), "onetwothree");
  received_.clear();
  Deliver(theirs_->Take());
  EXPECT_THAT(received_, ElementsAre("one", "two", "three"));
}

TEST_P(Tls, AMessageBehindTheHandshake) {
  Start({.early = "early"});
  Connect();
  ExpectConnected();
  EXPECT_THAT(received_, ElementsAre("early"));
  ExpectMessagesArrive();
}

TEST_P(Tls, ResumesASession) {
  Start();
  Connect();
  ExpectConnected();
  ExpectMessagesArrive();  // TLS 1.3's tickets come along.
  EXPECT_FALSE(theirs_->resumed());
  for (int again = 0; again < 2; ++again) {
    Connect();
    ExpectConnected();
    EXPECT_TRUE(theirs_->resumed());
    EXPECT_TRUE(ours_->resumed());
    ExpectMessagesArrive();
  }
}

TEST_P(Tls, DoesNotResumeForAnotherCredential) {
  if (!OursIsClient()) GTEST_SKIP() << "a condition of clients";
  Start();
  Connect();
  ExpectConnected();
  ExpectMessagesArrive();
  std::unique_ptr<OpenSslMachine> same = std::move(theirs_machine_);
  Start();
  theirs_machine_ = std::move(same);
  Connect();
  ExpectConnected();
  EXPECT_FALSE(theirs_->resumed());
  EXPECT_FALSE(ours_->resumed());
}

TEST_P(Tls, WeClose) {
  Start();
  Connect();
  ExpectConnected();
  ours_->Close();
  EXPECT_EQ(ours_->error(), "");
  theirs_->Feed(ours_->Take());
  EXPECT_EQ(theirs_->Read(), "");
  EXPECT_TRUE(theirs_->peer_closed());
  EXPECT_EQ(theirs_->alert(), TLS1_ALERT_CLOSE_NOTIFY);
  EXPECT_EQ(theirs_->error(), "");
}

TEST_P(Tls, TheyClose) {
  Start();
  Connect();
  ExpectConnected();
  theirs_->Write("last words");
  theirs_->Close();
  received_.clear();
  Deliver(theirs_->Take());
  EXPECT_THAT(received_, ElementsAre("last words"));
  EXPECT_TRUE(ours_->peer_closed());
  EXPECT_EQ(ours_->error(), "");
}

TEST_P(Tls, WeSendAnAlert) {
  if (IsTls13()) GTEST_SKIP() << "nobody but OpenSSL has the keys to seal it";
  Start();
  Connect();
  ExpectConnected();
  ours_->Alert(TLS1_ALERT_ACCESS_DENIED);
  EXPECT_EQ(ours_->error(), "");
  theirs_->Feed(ours_->Take());
  EXPECT_EQ(theirs_->Read(), "");
  EXPECT_EQ(theirs_->alert(), TLS1_ALERT_ACCESS_DENIED);
  EXPECT_NE(theirs_->error(), "");
}

// In the clear, as the handshake is so far.
TEST_P(Tls, WeGiveUp) {
  Start();
  ours_ = ours_machine_->Connect();
  theirs_ = theirs_machine_->Connect();
  if (OursIsClient()) {
    ours_->Handshake();
  } else if (IsTls13()) {
    GTEST_SKIP() << "with our first answer the handshake is encrypted";
  } else {
    theirs_->Handshake();
    Deliver(theirs_->Take());
  }
  theirs_->Feed(ours_->Take());
  theirs_->Handshake();
  ours_->Alert(TLS1_ALERT_ACCESS_DENIED);
  EXPECT_EQ(ours_->error(), "");
  theirs_->Feed(ours_->Take());
  theirs_->Handshake();
  EXPECT_EQ(theirs_->alert(), TLS1_ALERT_ACCESS_DENIED);
  EXPECT_NE(theirs_->error(), "");
}

TEST_P(Tls, AForgedRecordIsRefused) {
  Start({.requirements = OursIsClient() ? ULONG{ISC_REQ_EXTENDED_ERROR}
                                        : ULONG{ASC_REQ_EXTENDED_ERROR}});
  Connect();
  ExpectConnected();
  theirs_->Write("forged");
  TlsBytes record = theirs_->Take();
  record.back() ^= 1;
  received_.clear();
  Deliver(record);
  EXPECT_THAT(received_, IsEmpty());
  EXPECT_EQ(ours_->error(), "DecryptMessage: SEC_E_MESSAGE_ALTERED");
}

TEST_P(Tls, OpenSslRefusesAForgedRecord) {
  Start();
  Connect();
  ExpectConnected();
  ours_->Write("forged");
  TlsBytes record = ours_->Take();
  record.back() ^= 1;
  theirs_->Feed(record);
  EXPECT_EQ(theirs_->Read(), "");
  EXPECT_NE(theirs_->error(), "");
}

TEST_P(Tls, ChannelBindingsAreTheSame) {
  Start();
  Connect();
  ExpectConnected();
  // RFC 5929 3.1: the first Finished of the handshake, which is the client's.
  if (!IsTls13()) {
    const TlsBytes finished =
        theirs_->Finished(/*by_this_end=*/!OursIsClient());
    EXPECT_EQ(ours_->Bindings(SECPKG_ATTR_UNIQUE_BINDINGS),
              std::string(finished.begin(), finished.end()));
  }
  EXPECT_EQ(ours_->Bindings(SECPKG_ATTR_ENDPOINT_BINDINGS),
            Sha256(server_certificate_.certificate));
}

TEST_P(Tls, TheyRenegotiate) {
  if (IsTls13()) GTEST_SKIP() << "TLS 1.3 has none";
  Start();
  Connect();
  ExpectConnected();
  const TlsBytes before = theirs_->Finished(true);
  theirs_->Renegotiate();
  Deliver(theirs_->Take());
  Exchange();
  ExpectConnected();
  EXPECT_NE(theirs_->Finished(true), before);
  ExpectMessagesArrive();
}

TEST_P(Tls, WeRenegotiate) {
  if (IsTls13()) GTEST_SKIP() << "TLS 1.3 has none";
  Start();
  Connect();
  ExpectConnected();
  const TlsBytes before = theirs_->Finished(true);
  ours_->Renegotiate();
  EXPECT_EQ(ours_->error(), "");
  theirs_->Feed(ours_->Take());
  theirs_->Read();  // OpenSSL answers while it looks for data.
  Deliver(theirs_->Take());
  Exchange();
  ExpectConnected();
  EXPECT_NE(theirs_->Finished(true), before);
  ExpectMessagesArrive();
}

TEST_P(Tls, TheyUpdateTheirKeys) {
  if (!IsTls13()) GTEST_SKIP() << "TLS 1.2 has no such message";
  Start();
  Connect();
  ExpectConnected();
  theirs_->UpdateKeys();
  theirs_->Write("with new keys");
  received_.clear();
  Deliver(theirs_->Take());
  EXPECT_THAT(received_, ElementsAre("with new keys"));
  theirs_->Feed(ours_->Take());  // Our own new keys were asked for.
  EXPECT_EQ(theirs_->Read(), "");
  ExpectMessagesArrive();
}

TEST_P(Tls, TheWrongNameIsRefused) {
  if (!OursIsClient()) GTEST_SKIP() << "clients look at names";
  Start({.target = u"other.example.test",
         .requirements = ISC_REQ_EXTENDED_ERROR});
  Connect();
  EXPECT_EQ(ours_->error(), "leg: SEC_E_WRONG_PRINCIPAL");
  theirs_->Feed(ours_->Take());
  theirs_->Handshake();
  EXPECT_TRUE(theirs_->alert().has_value()) << "EXTENDED_ERROR tells the peer";
}

TEST_P(Tls, AnUnknownRootIsRefused) {
  // Of the same name.
  server_certificate_ = client_certificate_ =
      Root("Strangers", 3)
          .Issue({.common_name = kHost, .dns_names = {kHost}})
          .value();
  Start({.client_certificate = true,
         .requirements = OursIsClient() ? ULONG{ISC_REQ_EXTENDED_ERROR}
                                        : ULONG{ASC_REQ_EXTENDED_ERROR}});
  Connect();
  EXPECT_EQ(ours_->error(), "leg: SEC_E_UNTRUSTED_ROOT");
  theirs_->Feed(ours_->Take());
  theirs_->Handshake();
  theirs_->Read();
  EXPECT_EQ(theirs_->alert(), TLS1_ALERT_UNKNOWN_CA);
}

INSTANTIATE_TEST_SUITE_P(All, Tls, ::testing::ValuesIn(kCases),
                         [](const ::testing::TestParamInfo<Case>& test_case) {
                           return test_case.param.name;
                         });

}  // namespace
}  // namespace sspilab::interop

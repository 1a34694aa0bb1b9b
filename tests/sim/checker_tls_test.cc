// What the reference callers do not do with TLS, done by hand and by the rules:
// a session is taken up again, and a server asks for another handshake.

#include <string>
#include <utility>

#include "core/sspi.h"
#include "core/tls/lab_certificates.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "sim/checker.h"
#include "tests/sim/checker_lab.h"

namespace sspilab::sim {
namespace {

class CheckerTlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    client_world_.options().names.dns_computer = u"client.example.test";
    server_world_.options().names.dns_computer = u"server.example.test";
    server_world_.options().schannel.enabled_protocols = SP_PROT_TLS1_2;
    ASSERT_TRUE(tls::GiveServerCertificate(server_world_, client_world_).ok());
    checker_.Watch(Side::kClient, &client_world_);
    checker_.Watch(Side::kServer, &server_world_);
    client_.target = u"server.example.test";
    client_.AcquireFor(u"Schannel", nullptr);
    server_.AcquireFor(u"Schannel", nullptr);
  }

  // All of `input`, record by record. What comes out is in `*output`.
  static void Feed(Party& party, Token input, Token* output) {
    do {
      const LegOptions options = {
          .room = 0x6000,
          .requirements = party.side == Side::kClient
                              ? ULONG{kProtectsMessages | ISC_REQ_STREAM}
                              : ULONG{kProtectsMessages | ASC_REQ_STREAM}};
      party.Leg(input, options);
      ASSERT_GE(party.status, 0);
      output->insert(output->end(), party.token.begin(), party.token.end());
      input.erase(input.begin(),
                  input.end() - static_cast<ptrdiff_t>(party.extra));
    } while (!input.empty());
  }

  // Flights to and fro, the first to the server, until nothing comes out.
  void Shuttle(Token flight) {
    Party* next = &server_;
    while (!flight.empty()) {
      Token answer;
      Feed(*next, std::move(flight), &answer);
      flight = std::move(answer);
      next = next == &server_ ? &client_ : &server_;
    }
    ASSERT_EQ(client_.status, SEC_E_OK);
    ASSERT_EQ(server_.status, SEC_E_OK);
  }

  bool Resumed() {
    SecPkgContext_SessionInfo info = {};
    EXPECT_EQ(client_.table->QueryContextAttributesW(
                  &client_.context, SECPKG_ATTR_SESSION_INFO, &info),
              SEC_E_OK);
    return (info.dwFlags & SSL_SESSION_RECONNECT) != 0;
  }

  void ExpectClean() {
    client_.Free();
    server_.Free();
    checker_.Finish();
    for (const RuleBroken& broken : checker_.broken()) {
      ADD_FAILURE() << broken;
    }
  }

  World client_world_{WorldOptions{.seed = 2}};
  World server_world_{WorldOptions{.seed = 3}};
  Checker checker_{InitSecurityInterfaceW(), InitSecurityInterfaceW()};
  Party client_{Side::kClient, checker_.table(Side::kClient), &client_world_};
  Party server_{Side::kServer, checker_.table(Side::kServer), &server_world_};
};

TEST_F(CheckerTlsTest, ASessionIsTakenUpAgain) {
  for (const bool again : {false, true}) {
    Token hello;
    Feed(client_, {}, &hello);
    Shuttle(std::move(hello));
    EXPECT_EQ(Resumed(), again);
    client_.Delete();
    server_.Delete();
  }
  ExpectClean();
}

TEST_F(CheckerTlsTest, AnotherHandshakeIsAskedFor) {
  Token hello;
  Feed(client_, {}, &hello);
  Shuttle(std::move(hello));
  Token request;
  Feed(server_, {}, &request);
  EXPECT_EQ(server_.status, SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(client_.Decrypt(request), SEC_I_RENEGOTIATE);
  // What it leaves over is for the handshake.
  Token second;
  Feed(client_,
       Token(request.end() - static_cast<ptrdiff_t>(client_.extra),
             request.end()),
       &second);
  EXPECT_EQ(client_.status, SEC_I_CONTINUE_NEEDED);
  Shuttle(std::move(second));
  client_.Delete();
  server_.Delete();
  ExpectClean();
}

}  // namespace
}  // namespace sspilab::sim

// SPNEGO between implementations, NTLM inside, both ends in this process: they
// agree on a mechanism, show each other by their MICs that they saw the same
// list, and understand what the other one signs and seals afterwards.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/negotiate/messages.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/interop/peer.h"

namespace sspilab::interop {
namespace {

using negotiate::NegState;
using negotiate::NegTokenInit;
using negotiate::NegTokenResp;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

struct Implementation {
  const char* name;
  std::unique_ptr<Peer> (*make)();
  // What its ends say of an altered list, and its acceptor of a wrong
  // password.
  const char* altered_as_initiator;
  const char* altered_as_acceptor;
  const char* wrong_password;
};

const Implementation kOurs = {
    "Ours", NewOurs, "InitializeSecurityContext: SEC_E_MESSAGE_ALTERED",
    "AcceptSecurityContext: SEC_E_MESSAGE_ALTERED",
    "AcceptSecurityContext: SEC_E_LOGON_DENIED"};
const Implementation kMit = {"Mit", NewGssNtlmssp, "gss_init_sec_context: 0x",
                             "gss_accept_sec_context: 0x",
                             "gss_accept_sec_context: 0x"};

struct Pair {
  const Implementation* initiator;
  const Implementation* acceptor;
};

struct Exchange {
  std::unique_ptr<Context> initiator;
  std::unique_ptr<Context> acceptor;
  // The initiator's and the acceptor's by turns; the last may be empty.
  std::vector<Bytes> tokens;
  // The first error.
  absl::Status status;
};

class SpnegoTest : public ::testing::TestWithParam<Pair> {
 protected:
  // `on_the_wire(i, token)` sees the i-th token and may change it.
  template <typename F>
  static Exchange Run(const Terms& initiator_terms, const Terms& acceptor_terms,
                      bool acceptor_first, F on_the_wire) {
    Exchange exchange;
    auto initiator =
        GetParam().initiator->make()->NewInitiator(initiator_terms);
    auto acceptor = GetParam().acceptor->make()->NewAcceptor(acceptor_terms);
    EXPECT_TRUE(initiator.ok()) << initiator.status();
    EXPECT_TRUE(acceptor.ok()) << acceptor.status();
    if (!initiator.ok() || !acceptor.ok()) {
      exchange.status = absl::AbortedError("not set up");
      return exchange;
    }
    exchange.initiator = *std::move(initiator);
    exchange.acceptor = *std::move(acceptor);
    Context* next =
        acceptor_first ? exchange.acceptor.get() : exchange.initiator.get();
    Bytes token;
    while (!next->done() && exchange.tokens.size() < 10) {
      absl::StatusOr<Bytes> answer = next->Step(token);
      exchange.status = answer.status();
      if (!answer.ok()) return exchange;
      on_the_wire(exchange.tokens.size(), *answer);
      exchange.tokens.push_back(*answer);
      token = *std::move(answer);
      next = next == exchange.initiator.get() ? exchange.acceptor.get()
                                              : exchange.initiator.get();
    }
    EXPECT_TRUE(exchange.initiator->done());
    EXPECT_TRUE(exchange.acceptor->done());
    return exchange;
  }
  static Exchange Run(const Terms& terms) {
    return Run(terms, terms, false, [](size_t, Bytes&) {});
  }

  static Bytes MessageOf(size_t size) {
    Bytes message(size);
    for (size_t i = 0; i < size; ++i) message[i] = static_cast<uint8_t>(i * 7);
    return message;
  }
  static void Send(Context& from, Context& to, size_t size, bool seal) {
    const Bytes message = MessageOf(size);
    if (seal) {
      const absl::StatusOr<Bytes> sealed = from.Seal(message);
      ASSERT_TRUE(sealed.ok()) << sealed.status();
      const absl::StatusOr<Bytes> opened = to.Unseal(*sealed);
      ASSERT_TRUE(opened.ok()) << opened.status();
      EXPECT_THAT(*opened, ElementsAreArray(message));
    } else {
      const absl::StatusOr<Bytes> signature = from.Sign(message);
      ASSERT_TRUE(signature.ok()) << signature.status();
      const absl::Status status = to.Verify(message, *signature);
      EXPECT_TRUE(status.ok()) << status;
    }
  }
  // The two ends agree on everything, and go on agreeing.
  static void ExpectEstablished(Exchange& exchange, bool seal) {
    ASSERT_TRUE(exchange.status.ok()) << exchange.status;
    Context& initiator = *exchange.initiator;
    Context& acceptor = *exchange.acceptor;
    EXPECT_TRUE(initiator.SessionKey().has_value());
    EXPECT_EQ(initiator.SessionKey(), acceptor.SessionKey());
    const absl::StatusOr<Name> name = acceptor.Initiator();
    ASSERT_TRUE(name.ok()) << name.status();
    EXPECT_EQ(ToUtf8(name->user), "alice");
    EXPECT_EQ(ToUtf8(name->domain), "EXAMPLE");
    for (const size_t size : {1, 8, 1000}) {
      SCOPED_TRACE(size);
      Send(initiator, acceptor, size, seal);
      Send(initiator, acceptor, size + 1, seal);
      Send(acceptor, initiator, size, seal);
      if (seal) {
        Send(acceptor, initiator, size, false);
        Send(initiator, acceptor, size, false);
      }
    }
  }
};

TEST_P(SpnegoTest, Signing) {
  Exchange exchange = Run({.seal = false, .negotiate = true});
  ExpectEstablished(exchange, false);
}

TEST_P(SpnegoTest, SealingWithMicsBothWays) {
  Exchange exchange = Run({.negotiate = true});
  ExpectEstablished(exchange, true);
  // NTLM's MIC in AUTHENTICATE brings them.
  ASSERT_GE(exchange.tokens.size(), 4u);
  for (const size_t i : {2, 3}) {
    const auto resp = NegTokenResp::Parse(exchange.tokens[i]);
    ASSERT_TRUE(resp.ok()) << resp.status();
    EXPECT_TRUE(resp->mech_list_mic.has_value()) << i;
  }
}

TEST_P(SpnegoTest, WrongPassword) {
  const Exchange exchange = Run({.password = u"guess", .negotiate = true});
  EXPECT_THAT(exchange.status.ToString(),
              HasSubstr(GetParam().acceptor->wrong_password));
}

TEST_P(SpnegoTest, ChannelBindings) {
  Terms terms = {.negotiate = true};
  terms.initiator_bindings = terms.acceptor_bindings =
      "tls-server-end-point:0123456789abcdef0123456789abcdef";
  Exchange exchange = Run(terms);
  ExpectEstablished(exchange, true);
}

// The initiator's list gets one more mechanism on its way, behind NTLM: its
// MIC is over another list than the acceptor saw.
TEST_P(SpnegoTest, AnAlteredListIsFound) {
  const Terms terms = {.negotiate = true};
  const Exchange exchange =
      Run(terms, terms, false, [](size_t i, Bytes& token) {
        if (i != 0) return;
        auto init = NegTokenInit::Parse(token);
        ASSERT_TRUE(init.ok()) << init.status();
        Bytes list(init->mech_types.der().begin(),
                   init->mech_types.der().end());
        const Bytes kerberos = {0x06, 0x09, 0x2A, 0x86, 0x48, 0x86,
                                0xF7, 0x12, 0x01, 0x02, 0x02};
        list.insert(list.end(), kerberos.begin(), kerberos.end());
        list[1] = static_cast<uint8_t>(list[1] + kerberos.size());
        init->mech_types = *negotiate::MechTypeList::Parse(list);
        wire::DerWriter counter;
        init->WriteTo(&counter);
        Bytes altered(counter.size());
        wire::DerWriter writer(absl::MakeSpan(altered));
        init->WriteTo(&writer);
        token = altered;
      });
  EXPECT_THAT(exchange.status.ToString(),
              HasSubstr(GetParam().acceptor->altered_as_acceptor));
}

TEST_P(SpnegoTest, AnAlteredMicOfTheAcceptorIsFound) {
  const Terms terms = {.negotiate = true};
  const Exchange exchange =
      Run(terms, terms, false, [](size_t i, Bytes& token) {
        if (i == 3) token[token.size() - 8] ^= 1;
      });
  EXPECT_THAT(exchange.status.ToString(),
              HasSubstr(GetParam().initiator->altered_as_initiator));
}

std::string NameOf(const ::testing::TestParamInfo<Pair>& info) {
  return absl::StrCat(info.param.initiator->name, "To",
                      info.param.acceptor->name);
}

INSTANTIATE_TEST_SUITE_P(All, SpnegoTest,
                         ::testing::Values(Pair{&kOurs, &kOurs},
                                           Pair{&kOurs, &kMit},
                                           Pair{&kMit, &kOurs},
                                           Pair{&kMit, &kMit}),
                         NameOf);

// What only our own end can be made to do, with another implementation at the
// other.
class OurAcceptorTest : public SpnegoTest {};

TEST_P(OurAcceptorTest, RequestsMics) {
  Exchange exchange = Run({.negotiate = true, .request_mic = true});
  ExpectEstablished(exchange, true);
  EXPECT_EQ(NegTokenResp::Parse(exchange.tokens[1])->neg_state,
            NegState::kRequestMic);
}

TEST_P(OurAcceptorTest, GivesNoTimeSoThatThereAreNoMics) {
  Exchange exchange = Run({.negotiate = true, .send_timestamp = false});
  ExpectEstablished(exchange, true);
}

TEST_P(OurAcceptorTest, TakesRawNtlm) {
  Exchange exchange = Run({.negotiate = false}, {.negotiate = true}, false,
                          [](size_t, Bytes&) {});
  ExpectEstablished(exchange, true);
  EXPECT_EQ(negotiate::KindOf(exchange.tokens[1]),
            negotiate::TokenKind::kRawNtlm);
}

INSTANTIATE_TEST_SUITE_P(All, OurAcceptorTest,
                         ::testing::Values(Pair{&kOurs, &kOurs},
                                           Pair{&kMit, &kOurs}),
                         NameOf);

// MIT's acceptor speaks first, too; its initiator cannot be spoken to.
class OurInitiatorTest : public SpnegoTest {};

TEST_P(OurInitiatorTest, TakesTheServersHint) {
  const Terms terms = {.negotiate = true};
  Exchange exchange = Run(terms, terms, true, [](size_t, Bytes&) {});
  ExpectEstablished(exchange, true);
  const auto hint = NegTokenInit::Parse(exchange.tokens[0]);
  ASSERT_TRUE(hint.ok()) << hint.status();
  EXPECT_TRUE(hint->hint_name.has_value());
}

INSTANTIATE_TEST_SUITE_P(All, OurInitiatorTest,
                         ::testing::Values(Pair{&kOurs, &kOurs},
                                           Pair{&kOurs, &kMit}),
                         NameOf);

}  // namespace
}  // namespace sspilab::interop

// NTLM between implementations, both ends in this process: who the acceptor
// says the initiator is, whether both get to the same key, and whether each
// understands what the other one signs and seals.
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/interop/peer.h"

namespace sspilab::interop {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

// What an implementation must be able to do at one end for a variant to make
// sense. README.md says why some cannot.
enum Ability : uint32_t {
  kWeakerKeys = 1 << 0,      // 56-bit keys, keys without extended security
  kWithoutKeyExch = 1 << 1,  // signatures whose checksum is not encrypted
  kNtlmV1 = 1 << 2,
  kBindings = 1 << 3,       // sends them, or checks them
  kSignsAndSeals = 1 << 4,  // a signature alone where sealing was agreed
  kEmptyPassword = 1 << 5,
  kConnectionless = 1 << 6,  // MIT's GSSAPI does not accept without a token
  kEverything = (1 << 7) - 1,
};

struct Implementation {
  const char* name;
  std::unique_ptr<Peer> (*make)();
  uint32_t as_initiator;
  uint32_t as_acceptor;
  // Can be told what only ours can be told.
  bool ours;
  bool gives_session_key;
  // What its acceptor says, in its own words.
  const char* wrong_password;
  const char* wrong_mic;
  const char* wrong_bindings;
};

const Implementation kImplementations[] = {
    {"Ours", NewOurs, kEverything, kEverything, true, true,
     "AcceptSecurityContext: SEC_E_LOGON_DENIED",
     "AcceptSecurityContext: SEC_E_MESSAGE_ALTERED",
     "AcceptSecurityContext: SEC_E_BAD_BINDINGS"},
    {"WinPr", NewWinPr, kBindings | kEmptyPassword, kEmptyPassword, false,
     false, "CompleteAuthToken: SEC_E_MESSAGE_ALTERED",
     "CompleteAuthToken: SEC_E_MESSAGE_ALTERED", ""},
    {"GssNtlmssp", NewGssNtlmssp, kEverything & ~kEmptyPassword,
     kEverything & ~(kEmptyPassword | kConnectionless), false, true,
     "gss_accept_sec_context: 0x000D0000", "gss_accept_sec_context: 0x00090000",
     "gss_accept_sec_context: 0x00090000"},
};

enum class Outcome { kDone, kWrongPassword, kWrongBindings };

struct Variant {
  const char* name;
  Terms terms;
  Outcome outcome = Outcome::kDone;
  uint32_t initiator_needs = 0;
  uint32_t acceptor_needs = 0;
  // Flags that the variant is not about unless they are agreed.
  uint32_t agreed = 0;
};

const std::string kTlsServerEndPoint =
    "tls-server-end-point:0123456789abcdef0123456789abcdef";

const Variant kVariants[] = {
    {"Sign", {.seal = false}},
    {"Seal", {}},
    {"SignAndSeal", {}, Outcome::kDone, kSignsAndSeals, kSignsAndSeals},
    {"SignWithoutKeyExchange",
     {.seal = false, .unsupported_flags = kKeyExchange},
     Outcome::kDone,
     kWithoutKeyExch,
     kWithoutKeyExch},
    {"SealWithoutKeyExchange",
     {.unsupported_flags = kKeyExchange},
     Outcome::kDone,
     kWithoutKeyExch,
     kWithoutKeyExch},
    {"SealWith56Bits",
     {.unsupported_flags = k128},
     Outcome::kDone,
     kWeakerKeys,
     kWeakerKeys},
    {"SealWith40Bits",
     {.unsupported_flags = k128 | k56},
     Outcome::kDone,
     kWeakerKeys,
     kWeakerKeys},
    {"SealWithoutExtendedSecurity",
     {.unsupported_flags = kExtendedSessionSecurity},
     Outcome::kDone,
     kWeakerKeys,
     kWeakerKeys},
    {"SignWithoutExtendedSecurity",
     {.seal = false, .unsupported_flags = kExtendedSessionSecurity},
     Outcome::kDone,
     kWeakerKeys,
     kWeakerKeys},
    {"Oem",
     {.unsupported_flags = kUnicode},
     Outcome::kDone,
     kWeakerKeys,
     kWeakerKeys},
    {"NtlmV1WithExtendedSecurity",
     {.lm_compatibility_level = 2},
     Outcome::kDone,
     kNtlmV1,
     kNtlmV1},
    {"NtlmV1",
     {.unsupported_flags = kExtendedSessionSecurity,
      .lm_compatibility_level = 2},
     Outcome::kDone,
     kNtlmV1,
     kNtlmV1},
    {"NtlmV1WithLmKey",
     {.unsupported_flags = kExtendedSessionSecurity,
      .lm_compatibility_level = 1},
     Outcome::kDone,
     kNtlmV1,
     kNtlmV1,
     kLmKey},
    {"SignConnectionless",
     {.seal = false, .connectionless = true},
     Outcome::kDone,
     kConnectionless,
     kConnectionless,
     kDatagram},
    {"CompleteAuthToken", {.complete_auth_token = true}},
    {"NamesOutsideAscii",
     {.user = u"Übung",
      .domain = u"ПРИМЕР",
      .password = u"пароль",
      .account_password = u"пароль"}},
    {"LowerCaseOutsideAscii", {.user = u"übung"}},
    {"LongNames",
     {.user = std::u16string(100, u'u'),
      .domain = std::u16string(100, u'D'),
      .password = std::u16string(200, u'p'),
      .account_password = std::u16string(200, u'p')}},
    {"EmptyDomain", {.domain = u""}},
    {"EmptyPassword",
     {.password = u"", .account_password = u""},
     Outcome::kDone,
     kEmptyPassword,
     kEmptyPassword},
    {"WrongPassword", {.password = u"guess"}, Outcome::kWrongPassword},
    {"Bindings",
     {.initiator_bindings = kTlsServerEndPoint,
      .acceptor_bindings = kTlsServerEndPoint},
     Outcome::kDone,
     kBindings,
     kBindings},
    {"WrongBindings",
     {.initiator_bindings = "tls-server-end-point:a relay's",
      .acceptor_bindings = kTlsServerEndPoint},
     Outcome::kWrongBindings,
     kBindings,
     kBindings},
};

struct Case {
  const Implementation* initiator;
  const Implementation* acceptor;
  const Variant* variant;
};

// WinPR's acceptor leaves both character sets agreed (MS-NLMP 3.2.5.1.1 says
// to leave one), and gss-ntlmssp does not go on.
bool Disagree(const Implementation& initiator, const Implementation& acceptor) {
  return initiator.make == NewGssNtlmssp && acceptor.make == NewWinPr;
}

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const Implementation& initiator : kImplementations) {
    for (const Implementation& acceptor : kImplementations) {
      if (Disagree(initiator, acceptor)) continue;
      for (const Variant& variant : kVariants) {
        if ((variant.initiator_needs & ~initiator.as_initiator) != 0 ||
            (variant.acceptor_needs & ~acceptor.as_acceptor) != 0 ||
            ((variant.terms.unsupported_flags != 0 ||
              variant.terms.complete_auth_token) &&
             !initiator.ours && !acceptor.ours)) {
          continue;
        }
        cases.push_back({&initiator, &acceptor, &variant});
      }
    }
  }
  return cases;
}

std::string NameOf(const ::testing::TestParamInfo<Case>& info) {
  return absl::StrCat(info.param.initiator->name, "To",
                      info.param.acceptor->name, "_", info.param.variant->name);
}

// MS-NLMP 2.2.1.3, NegotiateFlags of an AUTHENTICATE_MESSAGE.
uint32_t AgreedFlags(const Bytes& authenticate) {
  uint32_t flags = 0;
  if (authenticate.size() >= 64) {
    std::memcpy(&flags, authenticate.data() + 60, sizeof(flags));
  }
  return flags;
}

struct Exchange {
  std::unique_ptr<Context> initiator;
  std::unique_ptr<Context> acceptor;
  Bytes negotiate;
  Bytes challenge;
  Bytes authenticate;
  // The first error, which is the acceptor's or breaks the test.
  absl::Status status;
};

class NtlmTest : public ::testing::TestWithParam<Case> {
 protected:
  const Terms& terms() const { return GetParam().variant->terms; }
  bool Seals() const { return terms().seal; }

  // `on_the_wire` sees each token and may change it.
  template <typename F>
  Exchange Run(F on_the_wire) {
    Exchange exchange;
    auto initiator = GetParam().initiator->make()->NewInitiator(terms());
    auto acceptor = GetParam().acceptor->make()->NewAcceptor(terms());
    EXPECT_TRUE(initiator.ok()) << initiator.status();
    EXPECT_TRUE(acceptor.ok()) << acceptor.status();
    if (!initiator.ok() || !acceptor.ok()) {
      exchange.status = absl::AbortedError("not set up");
      return exchange;
    }
    exchange.initiator = *std::move(initiator);
    exchange.acceptor = *std::move(acceptor);
    const auto step = [&](Context& context, const Bytes& in, Bytes* out) {
      if (!exchange.status.ok()) return;
      absl::StatusOr<Bytes> token = context.Step(in);
      exchange.status = token.status();
      if (!token.ok()) return;
      *out = *std::move(token);
      on_the_wire(*out);
    };
    Bytes last;
    step(*exchange.initiator, {}, &exchange.negotiate);
    step(*exchange.acceptor, exchange.negotiate, &exchange.challenge);
    step(*exchange.initiator, exchange.challenge, &exchange.authenticate);
    step(*exchange.acceptor, exchange.authenticate, &last);
    EXPECT_THAT(last, ::testing::IsEmpty());
    return exchange;
  }
  Exchange Run() {
    return Run([](Bytes&) {});
  }

  // One message from one end to the other, unchanged.
  void Send(Context& from, Context& to, ByteView message, bool seal) {
    if (seal) {
      const absl::StatusOr<Bytes> sealed = from.Seal(message);
      ASSERT_TRUE(sealed.ok()) << sealed.status();
      ASSERT_EQ(sealed->size(), message.size() + 16);
      // A short message may well be sealed to itself.
      if (message.size() >= 16) {
        EXPECT_NE(ByteView(*sealed).subspan(16), message);
      }
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
};

Bytes MessageOf(size_t size) {
  Bytes message(size);
  for (size_t i = 0; i < size; ++i) message[i] = static_cast<uint8_t>(i * 7);
  return message;
}

TEST_P(NtlmTest, Exchange) {
  const Case& test = GetParam();
  Exchange exchange = Run();
  switch (test.variant->outcome) {
    case Outcome::kDone:
      break;
    case Outcome::kWrongPassword:
      EXPECT_THAT(exchange.status.ToString(),
                  HasSubstr(test.acceptor->wrong_password));
      return;
    case Outcome::kWrongBindings:
      EXPECT_THAT(exchange.status.ToString(),
                  HasSubstr(test.acceptor->wrong_bindings));
      return;
  }
  ASSERT_TRUE(exchange.status.ok()) << exchange.status;
  Context& initiator = *exchange.initiator;
  Context& acceptor = *exchange.acceptor;
  EXPECT_TRUE(initiator.done());
  EXPECT_TRUE(acceptor.done());

  const uint32_t flags = AgreedFlags(exchange.authenticate);
  EXPECT_EQ(flags & terms().unsupported_flags, 0U);
  // Connectionless, the initiator chooses from what the acceptor can do, and
  // gss-ntlmssp takes it all.
  if (!terms().connectionless) {
    EXPECT_EQ((flags & kSeal) != 0, Seals());
  }
  EXPECT_NE(flags & kSign, 0U);
  EXPECT_EQ(flags & test.variant->agreed, test.variant->agreed);

  const absl::StatusOr<Name> name = acceptor.Initiator();
  ASSERT_TRUE(name.ok()) << name.status();
  EXPECT_EQ(ToUtf8(name->user), ToUtf8(terms().user));
  EXPECT_EQ(ToUtf8(name->domain), ToUtf8(terms().domain));

  const std::optional<Bytes> theirs = initiator.SessionKey();
  const std::optional<Bytes> ours = acceptor.SessionKey();
  EXPECT_EQ(theirs.has_value(), test.initiator->gives_session_key);
  EXPECT_EQ(ours.has_value(), test.acceptor->gives_session_key);
  if (theirs.has_value() && ours.has_value()) {
    EXPECT_EQ(*theirs, *ours);
  }

  const bool both = (test.variant->initiator_needs & kSignsAndSeals) != 0;
  for (const size_t size : {1, 8, 1000}) {
    SCOPED_TRACE(size);
    Send(initiator, acceptor, MessageOf(size), Seals());
    Send(initiator, acceptor, MessageOf(size + 1), Seals());
    Send(acceptor, initiator, MessageOf(size), Seals());
    if (both) {
      Send(acceptor, initiator, MessageOf(size), false);
      Send(initiator, acceptor, MessageOf(size), false);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, NtlmTest, ::testing::ValuesIn(Cases()), NameOf);

// The wrong things to do after or in a good exchange, once for signing and once
// for sealing.
class NtlmTamperTest : public NtlmTest {
 protected:
  // Protects two messages of the initiator, shows them to `change`, and says
  // what the acceptor makes of them.
  template <typename F>
  std::vector<absl::Status> Deliver(F change) {
    Exchange exchange = Run();
    EXPECT_TRUE(exchange.status.ok()) << exchange.status;
    if (!exchange.status.ok()) return {};
    struct Sent {
      Bytes message, token;
    };
    std::vector<Sent> sent;
    for (const size_t size : {40, 41}) {
      const Bytes message = MessageOf(size);
      absl::StatusOr<Bytes> token = Seals() ? exchange.initiator->Seal(message)
                                            : exchange.initiator->Sign(message);
      EXPECT_TRUE(token.ok()) << token.status();
      if (!token.ok()) return {};
      sent.push_back({message, *std::move(token)});
    }
    change(sent);
    std::vector<absl::Status> received;
    received.reserve(sent.size());
    for (const Sent& s : sent) {
      received.push_back(Seals()
                             ? exchange.acceptor->Unseal(s.token).status()
                             : exchange.acceptor->Verify(s.message, s.token));
    }
    return received;
  }
};

TEST_P(NtlmTamperTest, UnchangedMessagesAreAccepted) {
  const auto received = Deliver([](auto&) {});
  ASSERT_EQ(received.size(), 2U);
  EXPECT_TRUE(received[0].ok()) << received[0];
  EXPECT_TRUE(received[1].ok()) << received[1];
}

TEST_P(NtlmTamperTest, AlteredMessageIsRefused) {
  const auto received = Deliver([&](auto& sent) {
    (Seals() ? sent[0].token : sent[0].message).back() ^= 1;
  });
  ASSERT_EQ(received.size(), 2U);
  EXPECT_FALSE(received[0].ok());
}

TEST_P(NtlmTamperTest, AlteredChecksumIsRefused) {
  const auto received = Deliver([](auto& sent) { sent[0].token[4] ^= 0x80; });
  ASSERT_EQ(received.size(), 2U);
  EXPECT_FALSE(received[0].ok());
}

TEST_P(NtlmTamperTest, AlteredSequenceNumberIsRefused) {
  const auto received = Deliver([](auto& sent) { sent[0].token[12] ^= 1; });
  ASSERT_EQ(received.size(), 2U);
  EXPECT_FALSE(received[0].ok());
}

TEST_P(NtlmTamperTest, RepeatedMessageIsRefused) {
  const auto received = Deliver([](auto& sent) { sent[1] = sent[0]; });
  ASSERT_EQ(received.size(), 2U);
  EXPECT_TRUE(received[0].ok()) << received[0];
  EXPECT_FALSE(received[1].ok());
}

TEST_P(NtlmTamperTest, MessagesInTheWrongOrderAreRefused) {
  const auto received =
      Deliver([](auto& sent) { std::swap(sent[0], sent[1]); });
  ASSERT_EQ(received.size(), 2U);
  EXPECT_FALSE(received[0].ok());
}

// The MIC covers the first two messages too (MS-NLMP 3.1.5.1.2): here the
// version in the first one, which nobody else looks at.
TEST_P(NtlmTamperTest, AlteredNegotiateIsRefused) {
  int count = 0;
  const Exchange exchange = Run([&](Bytes& token) {
    if (++count == 1) {
      ASSERT_GE(token.size(), 40U);
      token[32] ^= 1;
    }
  });
  EXPECT_THAT(exchange.status.ToString(),
              HasSubstr(GetParam().acceptor->wrong_mic));
}

std::vector<Case> TamperCases() {
  std::vector<Case> cases;
  for (const Case& c : Cases()) {
    const std::string_view name = c.variant->name;
    if (name == "Sign" || name == "Seal") cases.push_back(c);
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(All, NtlmTamperTest,
                         ::testing::ValuesIn(TamperCases()), NameOf);

}  // namespace
}  // namespace sspilab::interop

// Every rule for packages is broken once, by a package that breaks no other.

#include <cstring>
#include <functional>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "sim/interceptor.h"
#include "tests/sim/checker_lab.h"

namespace sspilab::sim {
namespace {

// Ours, but for what a test does to its calls.
class Misbehaving final : public Interceptor {
 public:
  using Proceed = absl::FunctionRef<SECURITY_STATUS()>;
  using Act = std::function<SECURITY_STATUS(const SspiCall&, Proceed)>;

  explicit Misbehaving(Act act)
      : Interceptor(InitSecurityInterfaceW()), act_(std::move(act)) {}

 private:
  SECURITY_STATUS OnCall(const SspiCall& call, Proceed proceed) override {
    return act_(call, proceed);
  }

  const Act act_;
};

struct PackageCase {
  RuleId rule;
  const char* how;
  Misbehaving::Act server;
  // With a checked client against a checked server whose package misbehaves.
  void (*act)(Party& client, Party& server);
  // What a caller must do wrong for the package to have its chance.
  std::set<RuleId> callers_part = {};
};

// Writes one byte behind the memory of a buffer of that call's message.
Misbehaving::Act WritesBehind(Call call, size_t index) {
  return [call, index](const SspiCall& seen, Misbehaving::Proceed proceed) {
    if (seen.call == call) {
      const SecBuffer& buffer = seen.input->pBuffers[index];
      static_cast<uint8_t*>(buffer.pvBuffer)[buffer.cbBuffer] = 0;
    }
    return proceed();
  };
}

// Writes one byte behind the structure that is asked for.
SECURITY_STATUS AnswersTooMuch(const SspiCall& call,
                               Misbehaving::Proceed proceed) {
  if (call.call == Call::kQueryContextAttributes &&
      call.number == SECPKG_ATTR_SIZES) {
    static_cast<uint8_t*>(*call.memory_place)[sizeof(SecPkgContext_Sizes)] = 0;
  }
  return proceed();
}

void WholeHandshake(Party& client, Party& server) {
  const LegOptions options = {.requirements = kProtectsMessages |
                                              ISC_REQ_INTEGRITY |
                                              ASC_REQ_INTEGRITY};
  client.Leg({}, options);
  server.Leg(client.token, options);
  client.Leg(server.token, options);
  server.Leg(client.token, options);
}

void FirstLegs(Party& client, Party& server) {
  client.Leg({});
  server.Leg(client.token);
}

// Ours plays Schannel here, so that SEC_E_INCOMPLETE_MESSAGE is legal.
Misbehaving::Act PlayingSchannel(
    std::function<SECURITY_STATUS(const SspiCall&, size_t leg)> leg) {
  return [leg, legs = size_t{0}](const SspiCall& call,
                                 Misbehaving::Proceed) mutable {
    if (call.call == Call::kAcquireCredentialsHandle) {
      *call.credential = {77, 1};
    }
    if (call.call != Call::kAcceptSecurityContext) {
      return SEC_E_OK;
    }
    *call.attributes = 0;
    const SECURITY_STATUS status = leg(call, ++legs);
    if (status >= 0) {
      *call.new_context = {77, 2};
    }
    return status;
  };
}

const Token kRecord = {22, 3, 3, 0, 5, 1, 2, 3, 4, 5};

void FeedRecord(Party&, Party& server) {
  server.Leg(Token(kRecord.begin(), kRecord.begin() + 4));
  server.Leg(kRecord);
}

// What a leaking package keeps, for the time of a test.
void* kept = nullptr;

const PackageCase kCases[] = {
    {RuleId::kStatusIllegal, "a status of another call",
     [](const SspiCall& call, Misbehaving::Proceed proceed) {
       const SECURITY_STATUS status = proceed();
       return call.call == Call::kAcquireCredentialsHandle
                  ? SECURITY_STATUS{SEC_I_CONTINUE_NEEDED}
                  : status;
     },
     [](Party&, Party&) {}},
    {RuleId::kStatusIllegal, "SEC_E_INVALID_HANDLE for an open context",
     [](const SspiCall& call, Misbehaving::Proceed proceed) {
       return call.call == Call::kQueryContextAttributes
                  ? SECURITY_STATUS{SEC_E_INVALID_HANDLE}
                  : proceed();
     },
     [](Party& client, Party& server) {
       WholeHandshake(client, server);
       SecPkgContext_Sizes sizes;
       server.table->QueryContextAttributesW(&server.context, SECPKG_ATTR_SIZES,
                                             &sizes);
     }},
    {RuleId::kOutputOverrun, "one byte behind the token's buffer",
     [](const SspiCall& call, Misbehaving::Proceed proceed) {
       if (call.call == Call::kAcceptSecurityContext) {
         const SecBuffer& token = call.output->pBuffers[0];
         static_cast<uint8_t*>(token.pvBuffer)[token.cbBuffer] = 0;
       }
       return proceed();
     },
     FirstLegs},
    {RuleId::kOutputOverrun, "one byte behind a signature",
     WritesBehind(Call::kMakeSignature, 0),
     [](Party& client, Party& server) {
       WholeHandshake(client, server);
       Token signature;
       server.Protect(Call::kMakeSignature, "text", 0, &signature);
     }},
    {RuleId::kOutputOverrun, "one byte behind a message that is verified",
     WritesBehind(Call::kVerifySignature, 1),
     [](Party& client, Party& server) {
       WholeHandshake(client, server);
       server.Verify("text", 0, Token(16));
     }},
    {RuleId::kOutputOverrun, "one byte behind a message that is sealed",
     WritesBehind(Call::kEncryptMessage, 1),
     [](Party& client, Party& server) {
       WholeHandshake(client, server);
       Token signature;
       server.Protect(Call::kEncryptMessage, "text", 0, &signature);
     }},
    {RuleId::kOutputOverrun, "one byte behind a message that is unsealed",
     WritesBehind(Call::kDecryptMessage, 0),
     [](Party& client, Party& server) {
       WholeHandshake(client, server);
       server.Decrypt(Token(16));
     }},
    {RuleId::kOutputOverrun,
     "one byte behind a token that is completed",
     WritesBehind(Call::kCompleteAuthToken, 0),
     [](Party& client, Party& server) {
       WholeHandshake(client, server);
       server.token.resize(16);
       server.Complete();
     },
     {RuleId::kCompleteUncalledFor}},
    {RuleId::kOutputOverrun, "one byte behind an attribute", AnswersTooMuch,
     [](Party& client, Party& server) {
       WholeHandshake(client, server);
       SecPkgContext_Sizes sizes = {};
       EXPECT_EQ(server.table->QueryContextAttributesW(
                     &server.context, SECPKG_ATTR_SIZES, &sizes),
                 SEC_E_OK);
       EXPECT_NE(sizes.cbMaxToken, 0u);
     }},
    {RuleId::kOutputOverrun, "the same, where its size is said", AnswersTooMuch,
     [](Party& client, Party& server) {
       WholeHandshake(client, server);
       SecPkgContext_Sizes sizes = {};
       EXPECT_EQ(server.table->QueryContextAttributesExW(
                     &server.context, SECPKG_ATTR_SIZES, &sizes, sizeof(sizes)),
                 SEC_E_OK);
       EXPECT_NE(sizes.cbMaxToken, 0u);
     }},
    {RuleId::kIncompleteChangedSomething, "writes output",
     PlayingSchannel([](const SspiCall& call, size_t leg) -> SECURITY_STATUS {
       if (leg == 1) {
         std::memset(call.output->pBuffers[0].pvBuffer, 1, 3);
         return SEC_E_INCOMPLETE_MESSAGE;
       }
       call.output->pBuffers[0].cbBuffer = 0;
       return SEC_I_CONTINUE_NEEDED;
     }),
     FeedRecord},
    {RuleId::kIncompleteChangedSomething, "changes the input",
     PlayingSchannel([](const SspiCall& call, size_t leg) -> SECURITY_STATUS {
       if (leg == 1) {
         static_cast<uint8_t*>(call.input->pBuffers[0].pvBuffer)[0] ^= 1;
         return SEC_E_INCOMPLETE_MESSAGE;
       }
       call.output->pBuffers[0].cbBuffer = 0;
       return SEC_I_CONTINUE_NEEDED;
     }),
     FeedRecord},
    {RuleId::kMissingWrong, "zero",
     PlayingSchannel([](const SspiCall& call, size_t leg) -> SECURITY_STATUS {
       if (leg == 1) {
         call.input->pBuffers[1] = {0, SECBUFFER_MISSING, nullptr};
         return SEC_E_INCOMPLETE_MESSAGE;
       }
       call.output->pBuffers[0].cbBuffer = 0;
       return SEC_I_CONTINUE_NEEDED;
     }),
     FeedRecord},
    {RuleId::kMissingWrong, "more than it takes then",
     PlayingSchannel([](const SspiCall& call, size_t leg) -> SECURITY_STATUS {
       if (leg == 1) {
         call.input->pBuffers[1] = {6, SECBUFFER_MISSING, nullptr};
         return SEC_E_INCOMPLETE_MESSAGE;
       }
       call.input->pBuffers[1] = {1, SECBUFFER_EXTRA, nullptr};
       call.output->pBuffers[0].cbBuffer = 0;
       return SEC_I_CONTINUE_NEEDED;
     }),
     FeedRecord},
    {RuleId::kTokenOnFailure, "a token and SEC_E_LOGON_DENIED",
     [](const SspiCall& call, Misbehaving::Proceed proceed) -> SECURITY_STATUS {
       if (call.call == Call::kAcceptSecurityContext &&
           call.context != nullptr) {
         *call.attributes = 0;
         call.output->pBuffers[0].cbBuffer = 5;
         return SEC_E_LOGON_DENIED;
       }
       return proceed();
     },
     WholeHandshake},
    {RuleId::kKeysDiffer, "the server's key is another",
     [](const SspiCall& call, Misbehaving::Proceed proceed) {
       const SECURITY_STATUS status = proceed();
       if (call.call == Call::kQueryContextAttributes &&
           call.number == SECPKG_ATTR_SESSION_KEY) {
         ++static_cast<SecPkgContext_SessionKey*>(call.memory)->SessionKey[0];
       }
       return status;
     },
     WholeHandshake},
    {RuleId::kIdentitiesDiffer, "the server takes the client for another",
     [](const SspiCall& call, Misbehaving::Proceed proceed) {
       const SECURITY_STATUS status = proceed();
       if (call.call == Call::kQueryContextAttributes &&
           call.number == SECPKG_ATTR_NAMES) {
         static_cast<SecPkgContext_NamesW*>(call.memory)->sUserName[0] = u'#';
       }
       return status;
     },
     WholeHandshake},
    {RuleId::kFlagsDiffer, "the server has no CONFIDENTIALITY",
     [](const SspiCall& call, Misbehaving::Proceed proceed) {
       const SECURITY_STATUS status = proceed();
       if (call.call == Call::kAcceptSecurityContext) {
         *call.attributes &= ~ULONG{ASC_RET_CONFIDENTIALITY};
       }
       return status;
     },
     WholeHandshake},
    {RuleId::kFailureForgotten,
     "done after SEC_E_LOGON_DENIED",
     [failed = false](const SspiCall& call,
                      Misbehaving::Proceed proceed) mutable -> SECURITY_STATUS {
       if (call.call != Call::kAcceptSecurityContext ||
           call.context == nullptr) {
         return proceed();
       }
       if (!failed) {
         failed = true;
         *call.attributes = 0;
         call.output->pBuffers[0].cbBuffer = 0;
         return SEC_E_LOGON_DENIED;
       }
       return proceed();
     },
     [](Party& client, Party& server) {
       FirstLegs(client, server);
       client.Leg(server.token);
       server.Leg(client.token);
       // Its caller is at fault, too.
       server.Leg(client.token);
     },
     {RuleId::kFailedContextUsed, RuleId::kInputTwice}},
    {RuleId::kPackageLeak, "an allocation is left at the end", nullptr,
     [](Party& client, Party& server) {
       WholeHandshake(client, server);
       // As if the package had kept it; the World does not mind.
       kept = server.world->memory().Allocate(8);
     }},
};

TEST(CheckerPackagesTest, EachRuleIsSeenBroken) {
  for (const PackageCase& test : kCases) {
    Misbehaving package(
        test.server != nullptr
            ? test.server
            : [](const SspiCall&, Misbehaving::Proceed p) { return p(); });
    World client_world(WorldOptions{.seed = 2});
    World server_world(WorldOptions{.seed = 3});
    server_world.accounts().Add(u"alice", u"EXAMPLE", u"secret");
    Checker checker(InitSecurityInterfaceW(), package.table());
    checker.Watch(Side::kClient, &client_world);
    checker.Watch(Side::kServer, &server_world);
    Party client{Side::kClient, checker.table(Side::kClient), &client_world};
    Party server{Side::kServer, checker.table(Side::kServer), &server_world};
    client.Acquire();
    {
      ScopedWorld bind(&server_world);
      SEC_WCHAR ntlm[] = u"NTLM", schannel[] = u"Schannel";
      const bool stream = test.act == FeedRecord;
      server.table->AcquireCredentialsHandleW(
          nullptr, stream ? schannel : ntlm, SECPKG_CRED_INBOUND, nullptr,
          nullptr, nullptr, nullptr, &server.credential, nullptr);
    }
    test.act(client, server);
    // Tokens that these cases leave unsent are no matter here.
    checker.OnReceive(Side::kClient, {});
    checker.OnReceive(Side::kServer, {});
    client.Close();
    server.Close();
    checker.Finish();
    if (kept != nullptr) {
      server_world.memory().Free(kept, 8);
      kept = nullptr;
    }
    std::set<RuleId> broken;
    for (const RuleBroken& seen : checker.broken()) {
      broken.insert(seen.rule);
      EXPECT_TRUE(seen.side == Side::kServer || test.act == WholeHandshake)
          << seen;
    }
    std::set<RuleId> expected = test.callers_part;
    expected.insert(test.rule);
    EXPECT_EQ(broken, expected) << test.how;
    if (broken != expected) {
      for (const RuleBroken& seen : checker.broken()) {
        ADD_FAILURE() << seen;
      }
    }
  }
}

// Two channels, one handshake: whoever sits in the middle of both.
TEST(CheckerPackagesTest, ChannelBindingsAreIgnored) {
  Token ours(sizeof(SEC_CHANNEL_BINDINGS) + 1);
  SEC_CHANNEL_BINDINGS header = {};
  header.cbApplicationDataLength = 1;
  header.dwApplicationDataOffset = sizeof(header);
  std::memcpy(ours.data(), &header, sizeof(header));
  Token theirs = ours;
  theirs.back() = 1;
  // Such a package does not look at the buffer.
  Misbehaving package([](const SspiCall& call, Misbehaving::Proceed proceed) {
    if (call.call == Call::kAcceptSecurityContext) {
      call.input->pBuffers[2].BufferType = SECBUFFER_EMPTY;
    }
    return proceed();
  });
  World world;
  world.accounts().Add(u"alice", u"EXAMPLE", u"secret");
  for (SecurityFunctionTableW* table :
       {InitSecurityInterfaceW(), package.table()}) {
    Checker checker(InitSecurityInterfaceW(), table);
    Party client{Side::kClient, checker.table(Side::kClient), &world};
    Party server{Side::kServer, checker.table(Side::kServer), &world};
    client.Acquire();
    server.Acquire();
    client.Leg({}, {.bindings = ours});
    server.Leg(client.token, {.bindings = theirs});
    client.Leg(server.token, {.bindings = ours});
    server.Leg(client.token, {.bindings = theirs});
    client.Close();
    server.Close();
    checker.Finish();
    const std::vector<RuleBroken> broken = checker.broken();
    if (table == package.table()) {
      EXPECT_EQ(server.status, SEC_E_OK);
      ASSERT_EQ(broken.size(), 1u);
      EXPECT_EQ(broken[0].rule, RuleId::kBindingsDiffer);
    } else {
      EXPECT_EQ(server.status, SEC_E_BAD_BINDINGS);
      EXPECT_TRUE(broken.empty());
    }
  }
}

TEST(CheckerPackagesTest, EveryRuleIsBrokenHere) {
  std::set<RuleId> broken = {RuleId::kBindingsDiffer};
  for (const PackageCase& test : kCases) broken.insert(test.rule);
  for (const Rule& rule : Rules()) {
    EXPECT_EQ(broken.contains(rule.id), rule.party == RuleParty::kPackage)
        << rule.name;
  }
}

}  // namespace
}  // namespace sspilab::sim

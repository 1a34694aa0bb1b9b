// CredSSP whose SPNEGO has Kerberos to offer: both machines are in a domain.

#include <functional>
#include <string>

#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/credssp/lab.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::CredSspLab;
using testing::DelegatedTo;
using testing::Sent;
using testing::StreamEnd;

// In a domain, with a server that tells its clients, and whose certificate
// nobody believes: what speaks for it is Kerberos or nothing.
struct DomainLab : CredSspLab {
  DomainLab() {
    JoinDomain();
    DistrustServer();
    server.requirements |= ASC_REQ_EXTENDED_ERROR;
  }

  // A client that Negotiate may not let speak NTLM.
  void AcquireClientWithoutNtlm() {
    std::u16string texts[] = {u"alice", u"EXAMPLE", u"Sesame1!", u"!ntlm"};
    const auto text = [&](int i, ULONG* length) {
      *length = static_cast<ULONG>(texts[i].size());
      return reinterpret_cast<unsigned short*>(texts[i].data());
    };
    SEC_WINNT_AUTH_IDENTITY_EXW auth = {};
    auth.Version = SEC_WINNT_AUTH_IDENTITY_VERSION;
    auth.Length = sizeof(auth);
    auth.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    auth.User = text(0, &auth.UserLength);
    auth.Domain = text(1, &auth.DomainLength);
    auth.Password = text(2, &auth.PasswordLength);
    auth.PackageList = text(3, &auth.PackageListLength);
    ASSERT_EQ(client.Acquire(&auth), SEC_E_OK);
  }
};

ULONG ServerAuthFlags(StreamEnd& client) {
  SecPkgContext_Flags flags = {};
  EXPECT_EQ(QueryContextAttributesW(&client.context,
                                    SECPKG_ATTR_SERVER_AUTH_FLAGS, &flags),
            SEC_E_OK);
  return flags.Flags;
}

std::u16string PackageInside(StreamEnd& end) {
  SecPkgContext_NegotiationInfoW info = {};
  EXPECT_EQ(QueryContextAttributesW(&end.context,
                                    SECPKG_ATTR_NEGOTIATION_PACKAGE, &info),
            SEC_E_OK);
  std::u16string name = info.PackageInfo->Name;
  FreeContextBuffer(info.PackageInfo);
  return name;
}

// Kerberos proves the server, where no certificate does.
TEST(CredSspKerberos, AuthenticatesTheServerInEachVersion) {
  for (const uint32_t version : {2U, 3U, 4U, 5U, 6U}) {
    SCOPED_TRACE(version);
    DomainLab lab;
    lab.client_policy().version = version;
    lab.client_policy().encryption_oracle = EncryptionOracle::kVulnerable;
    lab.client_policy().allow_fresh_when_ntlm_only.clear();
    lab.client.requirements |= ISC_REQ_MUTUAL_AUTH;
    lab.Establish();
    EXPECT_EQ(PackageInside(lab.client), u"Kerberos");
    EXPECT_EQ(PackageInside(lab.server), u"Kerberos");
    EXPECT_EQ(ServerAuthFlags(lab.client),
              static_cast<ULONG>(CREDSSP_SERVER_AUTH_NEGOTIATE));
    EXPECT_NE(lab.client.attributes & ISC_RET_MUTUAL_AUTH, 0U);
    EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
  }
}

TEST(CredSspKerberos, AServerMayHaveBoth) {
  CredSspLab lab;
  lab.JoinDomain();
  lab.Establish();
  EXPECT_EQ(ServerAuthFlags(lab.client),
            static_cast<ULONG>(CREDSSP_SERVER_AUTH_NEGOTIATE |
                               CREDSSP_SERVER_AUTH_CERTIFICATE));
}

TEST(CredSspKerberos, AuthenticatesOnceMore) {
  DomainLab lab;
  lab.Establish();
  Bytes token;
  lab.client.inbox.clear();
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  lab.server.inbox = token;
  ASSERT_EQ(lab.server.Call(&token), SEC_I_CONTINUE_NEEDED);
  lab.client.inbox = token;
  testing::Converse(lab.client, lab.server);
  EXPECT_EQ(lab.client.status, SEC_E_OK);
  EXPECT_EQ(lab.server.status, SEC_E_OK);
  EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
}

// The lists that hold for a server known by NTLM alone are not those that hold
// for one that Kerberos proves.
TEST(CredSspKerberos, MakesTheDifferenceToPolicy) {
  {
    DomainLab lab;
    lab.client_policy().allow_fresh.clear();
    lab.Run();
    EXPECT_EQ(lab.client.status, SEC_E_DELEGATION_POLICY);
  }
  {
    // The KDC does not know the server: NTLM.
    DomainLab lab;
    lab.realm(lab.client_world).Find("LAB$")->aliases.clear();
    lab.client_policy().allow_fresh_when_ntlm_only.clear();
    lab.Run();
    EXPECT_EQ(lab.client.status, SEC_E_POLICY_NLTM_ONLY);
  }
  {
    DomainLab lab;
    lab.realm(lab.client_world).Find("LAB$")->aliases.clear();
    lab.client.requirements |= ISC_REQ_MUTUAL_AUTH;
    lab.Run();
    EXPECT_EQ(lab.client.status, SEC_E_MUTUAL_AUTH_FAILED);
  }
}

// What the client says, and the server: SEC_I_CONTINUE_NEEDED where it hears
// nothing more.
struct Case {
  const char* name;
  SECURITY_STATUS client;
  SECURITY_STATUS server;
  std::function<void(DomainLab&)> arrange;
};
const Case kCases[] = {
    {"an SPN that the KDC does not know", SEC_E_TARGET_UNKNOWN,
     SEC_I_CONTINUE_NEEDED,
     [](DomainLab& lab) {
       lab.AcquireClientWithoutNtlm();
       lab.realm(lab.client_world).Find("LAB$")->aliases.clear();
     }},
    {"an address", SEC_E_TARGET_UNKNOWN, SEC_I_CONTINUE_NEEDED,
     [](DomainLab& lab) {
       lab.AcquireClientWithoutNtlm();
       lab.client.target = u"TERMSRV/192.0.2.1";
     }},
    {"no KDC", SEC_E_NO_AUTHENTICATING_AUTHORITY, SEC_I_CONTINUE_NEEDED,
     [](DomainLab& lab) {
       lab.AcquireClientWithoutNtlm();
       lab.client_world.options().authority_reachable = false;
     }},
    {"no KDC, and NTLM is forbidden", SEC_E_UNSUPPORTED_FUNCTION,
     SEC_I_CONTINUE_NEEDED,
     [](DomainLab& lab) {
       lab.client_world.options().authority_reachable = false;
       lab.client_world.options().ntlm.restrict_sending = true;
     }},
    {"no KDC for a protected user", SEC_E_DOWNGRADE_DETECTED,
     SEC_I_CONTINUE_NEEDED,
     [](DomainLab& lab) {
       lab.client_policy().allow_default = {u"TERMSRV/*"};
       lab.client_world.options().logon = {u"alice", u"EXAMPLE", u"Sesame1!",
                                           true};
       lab.client_world.options().authority_reachable = false;
       ASSERT_EQ(lab.client.Acquire(), SEC_E_OK);
     }},
    // The KDC says so: the server sees nothing of it.
    {"a wrong password", SEC_E_LOGON_DENIED, SEC_I_CONTINUE_NEEDED,
     [](DomainLab& lab) { lab.AcquireClient(u"guess"); }},
    {"no encryption type in common", SEC_E_KDC_UNKNOWN_ETYPE,
     SEC_I_CONTINUE_NEEDED,
     [](DomainLab& lab) {
       lab.realm(lab.client_world).policy().etypes = {
           kerberos::Etype::kAes128CtsHmacSha256};
       lab.client_world.options().kerberos.etypes = {
           kerberos::Etype::kAes128CtsHmacSha1};
     }},
    // KRB-ERROR, in SPNEGO, in a TSRequest.
    {"another has the server's name", SEC_E_WRONG_PRINCIPAL, SEC_E_LOGON_DENIED,
     [](DomainLab& lab) {
       lab.realm(lab.server_world).AddFromPassword("LAB$", "another");
     }},
    {"clocks ten minutes apart", SEC_E_TIME_SKEW, SEC_E_TIME_SKEW,
     [](DomainLab& lab) { lab.server_world.Advance(600 * kFileTimeSecond); }},
    {"a server that has no key of the ticket's type", SEC_E_WRONG_PRINCIPAL,
     SEC_E_NO_KERB_KEY,
     [](DomainLab& lab) {
       kerberos::Principal& machine = *lab.realm(lab.server_world).Find("LAB$");
       machine.keys = {machine.keys[machine.keys.size() - 1]};
     }},
    // NTLM's verdict, by way of errorCode.
    {"the server's administrator forbids NTLM", SEC_E_UNSUPPORTED_FUNCTION,
     SEC_E_UNSUPPORTED_FUNCTION,
     [](DomainLab& lab) {
       lab.realm(lab.client_world).Find("LAB$")->aliases.clear();
       lab.server_world.options().ntlm.restrict_receiving = true;
     }},
};

TEST(CredSspKerberos, FailuresHaveTheirStatus) {
  for (const Case& one : kCases) {
    for (const uint32_t version : {2U, 5U, 6U}) {
      // Before errorCode NTLM's verdict is the end of TLS.
      if (version != 6 && one.server == SEC_E_UNSUPPORTED_FUNCTION) continue;
      SCOPED_TRACE(one.name);
      SCOPED_TRACE(version);
      DomainLab lab;
      lab.client_policy().version = version;
      lab.client_policy().encryption_oracle = EncryptionOracle::kVulnerable;
      lab.AcquireServer();
      one.arrange(lab);
      lab.Run();
      EXPECT_EQ(StatusName(lab.client.status), StatusName(one.client));
      EXPECT_EQ(StatusName(lab.server.status), StatusName(one.server));
    }
  }
}

// A server that does not tell leaves its client waiting.
TEST(CredSspKerberos, NothingIsToldThatWasNotAskedFor) {
  DomainLab lab;
  lab.server.requirements &= ~static_cast<ULONG>(ASC_REQ_EXTENDED_ERROR);
  lab.server_world.Advance(600 * kFileTimeSecond);
  lab.Run();
  EXPECT_EQ(lab.server.status, SEC_E_TIME_SKEW);
  EXPECT_EQ(lab.client.status, SEC_I_CONTINUE_NEEDED);
}

// The same failures when it is done once more: the rows of Done.
TEST(CredSspKerberos, FailuresOnceMore) {
  DomainLab lab;
  lab.AcquireClientWithoutNtlm();
  // Tickets that are held do no harm: the next one is asked for.
  lab.realm(lab.client_world).policy().max_ticket_life = 100;
  lab.Establish();
  lab.client_world.Advance(60 * kFileTimeSecond);
  lab.client_world.options().authority_reachable = false;
  Bytes token;
  lab.client.inbox.clear();
  EXPECT_EQ(lab.client.Call(&token), SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

// One whose clock passes the ticket's end while they talk: what protects the
// key and the credentials is as good as the ticket.
TEST(CredSspKerberos, ATicketEndsOnTheWay) {
  for (const bool of_client : {true, false}) {
    // The calls at which it may happen: one that binds the key and one that
    // comes after it, at least; records of TLS's own may come between.
    int expired = 0;
    for (int before = 0; before < 12; ++before) {
      DomainLab lab;
      lab.AcquireServer();
      lab.AcquireClient();
      StreamEnd& end = of_client ? lab.client : lab.server;
      World& world = of_client ? lab.client_world : lab.server_world;
      Bytes token;
      bool ended = false;
      while (lab.client.wants_call() || lab.server.wants_call()) {
        const bool by_client = lab.client.wants_call();
        StreamEnd& from = by_client ? lab.client : lab.server;
        if (&from == &end && end.calls == before && !ended) {
          ended = true;
          world.Advance(11 * 3600 * kFileTimeSecond);
        }
        (void)from.Call(&token);
        Bytes& inbox = (by_client ? lab.server : lab.client).inbox;
        inbox.insert(inbox.end(), token.begin(), token.end());
      }
      expired += end.status == SEC_E_CONTEXT_EXPIRED ? 1 : 0;
    }
    EXPECT_GE(expired, 2) << (of_client ? "client" : "server");
  }
}

// TLS has ended by what the caller has read, and a leg comes all the same.
TEST(CredSspKerberos, ALegAfterThePeersEnd) {
  DomainLab lab;
  lab.Establish();
  DWORD shutdown = SCHANNEL_SHUTDOWN;
  SecBuffer control = {sizeof(shutdown), SECBUFFER_TOKEN, &shutdown};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 1, &control};
  ASSERT_EQ(ApplyControlToken(&lab.server.context, &descriptor), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(lab.server.Call(&token), SEC_E_OK);
  lab.client.inbox = token;
  std::string text;
  ASSERT_EQ(lab.client.Open(&text), SEC_I_CONTEXT_EXPIRED);
  lab.client.inbox.clear();
  EXPECT_EQ(StatusName(lab.client.Call(&token)), "SEC_E_CONTEXT_EXPIRED");
}

TEST(CredSspKerberos, OneSeedIsOneRun) {
  const auto run = [](uint64_t seed) {
    CredSspLab lab(seed);
    lab.JoinDomain();
    return lab.Run();
  };
  EXPECT_EQ(run(7), run(7));
  EXPECT_NE(run(7), run(8));
}

// Every allocation of either World is refused once.
TEST(CredSspKerberos, AllocationFailuresAreReportedAndHarmless) {
  for (const bool of_client : {true, false}) {
    uint64_t failures = 0;
    for (uint64_t n = 1;; ++n) {
      SCOPED_TRACE(n);
      DomainLab lab;
      World& world = of_client ? lab.client_world : lab.server_world;
      lab.AcquireServer();
      lab.AcquireClient();
      const uint64_t before = world.memory().allocations();
      world.memory().FailAt(n);
      lab.Run();
      const bool failed = world.memory().allocations() - before >= n;
      const SECURITY_STATUS status =
          of_client ? lab.client.status : lab.server.status;
      EXPECT_EQ(status, failed ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_OK)
          << StatusName(status);
      lab.client.Close();
      lab.server.Close();
      ASSERT_EQ(lab.client_world.memory().live_allocations(), 0U);
      ASSERT_EQ(lab.server_world.memory().live_allocations(), 0U);
      if (!failed) break;
      ++failures;
    }
    EXPECT_GT(failures, 20U);
  }
}

}  // namespace
}  // namespace sspilab

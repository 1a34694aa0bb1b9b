// The transition tables against what the interface does: every row is taken,
// none is taken that is not there, and every status is one that the status
// table allows.

#include "core/kerberos/transitions.h"

#include <functional>
#include <utility>

#include "core/entropy.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "core/machine.h"
#include "core/machines.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/bindings.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/recording_lab.h"
#include "tests/core/transition_recorder.h"

namespace sspilab {
namespace {

using kerberos::ErrorCode;
using testing::ApReqOfAnOldTicket;
using testing::Bindings;
using testing::Bytes;
using testing::Describe;
using testing::EncodeError;
using testing::End;
using testing::Framed;
using testing::MalformedBindings;
using Lab = testing::RecordingLab;
using Recorder = testing::TransitionRecorder;

constexpr ULONG kReadOnly = SECBUFFER_TOKEN | SECBUFFER_READONLY;

using Scenario = std::pair<const char*, std::function<void(Lab&)>>;

const Scenario kScenarios[] = {
    {"success, then calls too many",
     [](Lab& lab) {
       lab.Begin();
       lab.Deliver(SEC_E_OK);
       lab.Answer(SEC_E_OK);
       lab.Answer(SEC_E_OUT_OF_SEQUENCE);
       lab.Deliver(SEC_E_OUT_OF_SEQUENCE);
     }},
    {"one token",
     [](Lab& lab) {
       lab.client.requirements = 0;
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_OK);
       lab.Deliver(SEC_E_OK);
     }},
    {"DCE style, each leg without room at first",
     [](Lab& lab) {
       lab.client.requirements = ISC_REQ_USE_DCE_STYLE;
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       for (const SECURITY_STATUS last : {SEC_I_CONTINUE_NEEDED, SEC_E_OK}) {
         lab.client.output_size = lab.server.output_size = 3;
         lab.Answer(SEC_E_BUFFER_TOO_SMALL);
         lab.client.output_size = lab.server.output_size = 4096;
         lab.Answer(last);
         if (last == SEC_E_OK) break;
         lab.server.output_size = 3;
         lab.Deliver(SEC_E_BUFFER_TOO_SMALL);
         lab.server.output_size = 4096;
         lab.Deliver(SEC_I_CONTINUE_NEEDED);
       }
       lab.Deliver(SEC_E_OK);
     }},
    {"nobody is logged on",
     [](Lab& lab) {
       ASSERT_EQ(lab.client.AcquireOutbound(lab.client_world, nullptr, nullptr,
                                            nullptr),
                 SEC_E_OK);
       lab.Answer(SEC_E_NO_CREDENTIALS);
     }},
    {"malformed bindings",
     [](Lab& lab) {
       lab.client.extra_input = {MalformedBindings()};
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_BAD_BINDINGS);
     }},
    {"no target",
     [](Lab& lab) {
       lab.client.target = u"";
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_TARGET_UNKNOWN);
     }},
    {"a KDC that nobody reaches",
     [](Lab& lab) {
       lab.client_world.options().authority_reachable = false;
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_NO_AUTHENTICATING_AUTHORITY);
     }},
    {"a wrong password",
     [](Lab& lab) {
       ASSERT_EQ(lab.Acquire(u"wrong"), SEC_E_OK);
       lab.Answer(SEC_E_LOGON_DENIED);
     }},
    {"a service that nobody knows",
     [](Lab& lab) {
       lab.client.target = u"cifs/nowhere.example.test";
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_TARGET_UNKNOWN);
     }},
    {"a KDC that takes no clock for right",
     [](Lab& lab) {
       lab.realm().policy().max_clock_skew = -1;
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_TIME_SKEW);
     }},
    {"no encryption type in common",
     [](Lab& lab) {
       lab.client_world.options().kerberos.etypes = {
           kerberos::Etype::kAes128CtsHmacSha1};
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_KDC_UNKNOWN_ETYPE);
     }},
    {"tickets that end as they begin",
     [](Lab& lab) {
       lab.realm().policy().max_ticket_life = 0;
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_KDC_INVALID_REQUEST);
     }},
    {"from realm to realm without an end",
     [](Lab& lab) {
       Entropy entropy(5, 5);
       kerberos::Realms& realms = lab.client_world.realms();
       kerberos::Realm& one = realms.Add("LOOP.TEST", entropy);
       kerberos::Realm& two = realms.Add("TEST", entropy);
       kerberos::Realm::Trust(lab.realm(), one, "a");
       kerberos::Realm::Trust(one, two, "b");
       kerberos::Realm::Trust(two, one, "c");
       lab.client.target = u"HTTP/web.loop.test";
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_MAX_REFERRALS_EXCEEDED);
     }},
    {"a target that is an address",
     [](Lab& lab) {
       lab.client.target = u"cifs/192.0.2.1";
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_TARGET_UNKNOWN);
     }},
    {"a KDC that answers no request",
     [](Lab& lab) {
       lab.realm().set_exchange([](kerberos::Bytes) { return Bytes{1, 2, 3}; });
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_INTERNAL_ERROR);
     }},
    {"a KDC that speaks of a ticket that it was not shown",
     [](Lab& lab) {
       lab.realm().set_exchange(
           [](kerberos::Bytes) { return EncodeError(ErrorCode::kBadMatch); });
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_KDC_INVALID_REQUEST);
     }},
    {"user-to-user, each leg without room at first",
     [](Lab& lab) {
       lab.client.requirements |= ISC_REQ_USE_SESSION_KEY;
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       for (const SECURITY_STATUS last : {SEC_I_CONTINUE_NEEDED, SEC_E_OK}) {
         lab.client.output_size = lab.server.output_size = 3;
         lab.Answer(SEC_E_BUFFER_TOO_SMALL);
         lab.client.output_size = 4096;
         lab.Answer(SEC_I_CONTINUE_NEEDED);
         lab.Deliver(SEC_E_BUFFER_TOO_SMALL);
         lab.server.output_size = 4096;
         lab.Deliver(last);
       }
       lab.Answer(SEC_E_OK);
     }},
    {"user-to-user without a proof of the acceptor",
     [](Lab& lab) {
       lab.client.requirements = 0;
       lab.RequestTgt();
       lab.Answer(SEC_E_OK);
       lab.Deliver(SEC_E_OK);
     }},
    {"user-to-user in DCE style",
     [](Lab& lab) {
       lab.client.requirements = ISC_REQ_USE_DCE_STYLE;
       lab.RequestTgt();
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.Deliver(SEC_I_CONTINUE_NEEDED);
       lab.Answer(SEC_E_OK);
       lab.Deliver(SEC_E_OK);
     }},
    {"user-to-user because the acceptor wants it",
     [](Lab& lab) {
       lab.Demand();
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.Deliver(SEC_E_OK);
       lab.Answer(SEC_E_OK);
     }},
    {"a demand without a ticket, and with something else for one",
     [](Lab& lab) {
       // No e-data, none that is a TGT-REP, and one with an OCTET STRING.
       const Bytes octets = {4, 1, 7};
       for (const Bytes& e_data :
            {Bytes{}, octets,
             kerberos::Encode(kerberos::TgtReply{.ticket = {octets}})}) {
         lab.Begin();
         lab.token =
             Framed(EncodeError(ErrorCode::kUserToUserRequired, e_data));
         lab.Answer(SEC_E_NO_TGT_REPLY);
         lab.client.Close();
         lab.server.Close();
       }
     }},
    {"a TGT-REP that is none",
     [](Lab& lab) {
       lab.RequestTgt();
       lab.token = {1, 2, 3};
       lab.Answer(SEC_E_INVALID_TOKEN);
     }},
    {"nowhere to write the AP-REQ of user-to-user",
     [](Lab& lab) {
       lab.RequestTgt();
       lab.client.output_type = kReadOnly;
       lab.Answer(SEC_E_INVALID_TOKEN);
     }},
    {"no memory for the AP-REQ of user-to-user",
     [](Lab& lab) {
       lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
       lab.RequestTgt();
       lab.client_world.memory().FailAt(1);
       lab.Answer(SEC_E_INSUFFICIENT_MEMORY);
     }},
    {"an acceptor that gets no ticket of its own",
     [](Lab& lab) {
       lab.client.requirements |= ISC_REQ_USE_SESSION_KEY;
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.server_world.options().authority_reachable = false;
       lab.Deliver(SEC_E_NO_AUTHENTICATING_AUTHORITY);
     }},
    {"nowhere to write",
     [](Lab& lab) {
       lab.client.output_type = kReadOnly;
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       lab.Answer(SEC_E_INVALID_TOKEN);
       lab.client.output_type = SECBUFFER_TOKEN;
       lab.client.requirements = ISC_REQ_USE_DCE_STYLE;
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       const Bytes first = lab.token;
       lab.server.output_type = kReadOnly;
       lab.Deliver(SEC_E_INVALID_TOKEN);
       lab.server.output_type = SECBUFFER_TOKEN;
       lab.token = first;
       lab.Deliver(SEC_I_CONTINUE_NEEDED);
       lab.client.output_type = kReadOnly;
       lab.Answer(SEC_E_INVALID_TOKEN);
     }},
    {"no memory",
     [](Lab& lab) {
       lab.client.requirements =
           ISC_REQ_USE_DCE_STYLE | ISC_REQ_ALLOCATE_MEMORY;
       ASSERT_EQ(lab.Acquire(), SEC_E_OK);
       // The context itself is the first.
       lab.client_world.memory().FailAt(2);
       lab.Answer(SEC_E_INSUFFICIENT_MEMORY);
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.Deliver(SEC_I_CONTINUE_NEEDED);
       lab.client_world.memory().FailAt(1);
       lab.Answer(SEC_E_INSUFFICIENT_MEMORY);
     }},
    {"no memory for the third leg",
     [](Lab& lab) {
       lab.BeginDce();
       lab.Deliver(SEC_I_CONTINUE_NEEDED);
       lab.Answer(SEC_E_OK);
       lab.server_world.memory().FailAt(1);
       lab.Deliver(SEC_E_INSUFFICIENT_MEMORY);
       lab.Deliver(SEC_E_OUT_OF_SEQUENCE);
     }},
    {"an answer that is none",
     [](Lab& lab) {
       lab.Begin();
       lab.token = {1, 2, 3};
       lab.Answer(SEC_E_INVALID_TOKEN);
       lab.Answer(SEC_E_OUT_OF_SEQUENCE);
     }},
    {"an answer that proves nothing",
     [](Lab& lab) {
       lab.Begin();
       lab.Deliver(SEC_E_OK);
       lab.token.back() ^= 1;
       lab.Answer(SEC_E_MUTUAL_AUTH_FAILED);
     }},
    {"what the acceptor may say",
     [](Lab& lab) {
       for (const auto begin : {&Lab::Begin, &Lab::RequestTgt}) {
         for (const auto& [code, status] :
              {std::pair(ErrorCode::kSkew, SEC_E_TIME_SKEW),
               {ErrorCode::kModified, SEC_E_WRONG_PRINCIPAL},
               {ErrorCode::kGeneric, SEC_E_LOGON_DENIED}}) {
           (lab.*begin)();
           lab.token = Framed(EncodeError(code));
           lab.Answer(status);
           lab.client.Close();
           lab.server.Close();
         }
       }
     }},
    {"a third leg that proves nothing",
     [](Lab& lab) {
       lab.BeginDce();
       lab.Deliver(SEC_I_CONTINUE_NEEDED);
       lab.Answer(SEC_E_OK);
       lab.token.back() ^= 1;
       lab.Deliver(SEC_E_MESSAGE_ALTERED);
     }},
};

// Why an acceptor takes no AP-REQ, whether it is the first token or comes after
// a TGT-REQ.
const Scenario kRefusals[] = {
    {"malformed bindings",
     [](Lab& lab) {
       lab.Begin();
       lab.server.extra_input = {MalformedBindings()};
       lab.Deliver(SEC_E_BAD_BINDINGS);
     }},
    {"no room",
     [](Lab& lab) {
       lab.Begin();
       lab.server.output_size = 3;
       lab.Deliver(SEC_E_BUFFER_TOO_SMALL);
     }},
    {"nowhere to write",
     [](Lab& lab) {
       lab.Begin();
       lab.server.output_type = kReadOnly;
       lab.Deliver(SEC_E_INVALID_TOKEN);
     }},
    {"no memory",
     [](Lab& lab) {
       lab.Begin();
       // Of the first call, the context itself is the first.
       lab.server_world.memory().FailAt(lab.after_tgt ? 1 : 2);
       lab.Deliver(SEC_E_INSUFFICIENT_MEMORY);
     }},
    {"a token that is none",
     [](Lab& lab) {
       lab.Begin();
       lab.token = {1, 2, 3};
       lab.Deliver(SEC_E_INVALID_TOKEN);
     }},
    {"an acceptor without an account",
     [](Lab& lab) {
       lab.Begin();
       lab.server_world.options().names.computer = u"STRANGER";
       lab.Deliver(SEC_E_NO_CREDENTIALS);
     }},
    {"an acceptor with keys of other types",
     [](Lab& lab) {
       lab.Begin();
       lab.server_realm().Find("LAB$")->keys =
           kerberos::AccountKeys::FromPassword(
               std::vector<kerberos::Etype>{
                   kerberos::Etype::kAes128CtsHmacSha1},
               "machine's secret", "salt");
       lab.Deliver(SEC_E_NO_KERB_KEY);
     }},
    {"an acceptor with another key",
     [](Lab& lab) {
       lab.Begin();
       lab.server_realm().AddFromPassword("LAB$", "changed since");
       lab.Deliver(SEC_E_LOGON_DENIED);
     }},
    {"a ticket of an hour ago",
     [](Lab& lab) {
       lab.Begin();
       lab.token = ApReqOfAnOldTicket(lab);
       lab.Deliver(SEC_E_CONTEXT_EXPIRED);
     }},
    {"an altered authenticator",
     [](Lab& lab) {
       lab.Begin();
       lab.token.back() ^= 1;
       lab.Deliver(SEC_E_MESSAGE_ALTERED);
     }},
    {"clocks that differ",
     [](Lab& lab) {
       lab.Begin();
       lab.server_world.Advance(301 * kFileTimeSecond);
       lab.Deliver(SEC_E_TIME_SKEW);
     }},
    {"the same token twice",
     [](Lab& lab) {
       lab.Begin();
       const Bytes first = lab.token;
       lab.Deliver(SEC_E_OK);
       lab.server.Close();
       ASSERT_EQ(lab.server.AcquireInbound(lab.server_world), SEC_E_OK);
       if (lab.after_tgt) lab.AskForTgt();
       lab.token = first;
       lab.Deliver(SEC_E_LOGON_DENIED);
     }},
    {"two channels",
     [](Lab& lab) {
       Bindings ours("one");
       Bindings theirs("two");
       lab.client.extra_input = {ours.buffer()};
       lab.server.extra_input = {theirs.buffer()};
       lab.Begin();
       lab.Deliver(SEC_E_BAD_BINDINGS);
     }},
};

// What a KDC says to an initiator, whatever it is asked.
struct KdcAnswer {
  const char* name;
  Bytes bytes;
  SECURITY_STATUS status;
};
const KdcAnswer kKdcAnswers[] = {
    {"nothing", {}, SEC_E_NO_AUTHENTICATING_AUTHORITY},
    {"no message", {1, 2, 3}, SEC_E_INTERNAL_ERROR},
    {"CLIENT_REVOKED", EncodeError(ErrorCode::kClientRevoked),
     SEC_E_LOGON_DENIED},
    {"S_PRINCIPAL_UNKNOWN", EncodeError(ErrorCode::kServerUnknown),
     SEC_E_TARGET_UNKNOWN},
    {"SKEW", EncodeError(ErrorCode::kSkew), SEC_E_TIME_SKEW},
    {"ETYPE_NOSUPP", EncodeError(ErrorCode::kEtypeNotSupported),
     SEC_E_KDC_UNKNOWN_ETYPE},
    {"GENERIC", EncodeError(ErrorCode::kGeneric), SEC_E_KDC_INVALID_REQUEST},
};

// The ways to an initiator that asks for a ticket for user-to-user.
const std::pair<const char*, void (Lab::*)()> kWaysToUserToUser[] = {
    {"the initiator's caller wants it", &Lab::RequestTgt},
    {"the acceptor wants it", &Lab::Demand}};

// What goes wrong then, apart from what a KDC says to everything.
const Scenario kUserToUserFailures[] = {
    {"the ticket is another's",
     [](Lab& lab) {
       lab.realm().Find("LAB$")->aliases.clear();
       lab.realm().AddFromPassword("OTHER$", "secret").aliases = {
           "cifs/lab.example.test"};
       lab.Answer(SEC_E_WRONG_PRINCIPAL);
     }},
    {"from realm to realm without an end",
     [](Lab& lab) {
       Entropy entropy(5, 5);
       kerberos::Realms& realms = lab.client_world.realms();
       kerberos::Realm& one = realms.Add("TEST", entropy);
       kerberos::Realm& two = realms.Add("LAB.EXAMPLE.TEST", entropy);
       kerberos::Realm::Trust(lab.realm(), one, "a");
       kerberos::Realm::Trust(one, two, "b");
       kerberos::Realm::Trust(two, one, "c");
       lab.realm().Find("LAB$")->aliases.clear();
       lab.Answer(SEC_E_MAX_REFERRALS_EXCEEDED);
     }},
};

// An initiator with a ticket that was delegated to it, and that ends on the way
// to user-to-user.
void OutliveADelegatedTicket(Lab& lab, ULONG initiators, ULONG acceptors) {
  for (World* const world : {&lab.client_world, &lab.server_world}) {
    world->realms().Find("EXAMPLE.TEST")->Find("LAB$")->trusted_for_delegation =
        true;
  }
  lab.client.requirements = ISC_REQ_DELEGATE;
  ASSERT_EQ(lab.Establish(), SEC_E_OK);
  ASSERT_EQ(ImpersonateSecurityContext(&lab.server.context), SEC_E_OK);
  End onwards;
  End back;
  onwards.package = back.package = u"Kerberos";
  onwards.requirements = ISC_REQ_MUTUAL_AUTH | initiators;
  back.requirements = acceptors;
  ASSERT_EQ(
      onwards.AcquireOutbound(lab.server_world, nullptr, nullptr, nullptr),
      SEC_E_OK);
  ASSERT_EQ(RevertSecurityContext(&lab.server.context), SEC_E_OK);
  ASSERT_EQ(back.AcquireInbound(lab.server_world), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(onwards.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(back.Accept(&token), SEC_I_CONTINUE_NEEDED);
  lab.server_world.Advance(11 * 3600 * kFileTimeSecond);
  EXPECT_EQ(onwards.Initialize(&token), SEC_E_NO_CREDENTIALS);
}

// In a lab of its own, which nothing is left of.
void Play(Recorder* recorder, bool after_tgt,
          const std::function<void(Lab&)>& scenario) {
  Lab lab(recorder);
  lab.after_tgt = after_tgt;
  scenario(lab);
  lab.client.Close();
  lab.server.Close();
  EXPECT_EQ(lab.client_world.memory().live_allocations(), 0U);
  EXPECT_EQ(lab.server_world.memory().live_allocations(), 0U);
}

TEST(KerberosTransitions, AreTakenEachAndEvery) {
  Recorder recorder;
  for (const auto& [name, run] : kScenarios) {
    SCOPED_TRACE(name);
    Play(&recorder, false, run);
  }
  for (const auto& [name, run] : kRefusals) {
    SCOPED_TRACE(name);
    for (const bool after_tgt : {false, true}) Play(&recorder, after_tgt, run);
  }
  for (const auto& [way, go] : kWaysToUserToUser) {
    SCOPED_TRACE(way);
    for (const KdcAnswer& answer : kKdcAnswers) {
      SCOPED_TRACE(answer.name);
      Play(&recorder, false, [&, begin = go](Lab& lab) {
        (lab.*begin)();
        lab.realm().set_exchange([&](kerberos::Bytes) { return answer.bytes; });
        lab.Answer(answer.status);
      });
    }
    for (const auto& [name, run] : kUserToUserFailures) {
      SCOPED_TRACE(name);
      Play(&recorder, false, [fail = run, begin = go](Lab& lab) {
        (lab.*begin)();
        fail(lab);
      });
    }
  }
  Play(&recorder, false, [](Lab& lab) {
    OutliveADelegatedTicket(lab, ISC_REQ_USE_SESSION_KEY, 0);
  });
  Play(&recorder, false, [](Lab& lab) {
    OutliveADelegatedTicket(lab, 0, ASC_REQ_USE_SESSION_KEY);
  });
  for (const MachineDescription* machine : MachinesOf(Package::kKerberos)) {
    for (const MachineDescription::Row& row : machine->rows) {
      EXPECT_TRUE(recorder.taken.contains({machine->name, row.from, row.event}))
          << "never taken: " << Describe(*machine, row.from, row.event);
    }
  }
}

TEST(KerberosTransitions, HaveStatusesThatTheStatusTableAllows) {
  const MachineDescription* initiator = MachinesOf(Package::kKerberos)[0];
  for (const MachineDescription* machine : MachinesOf(Package::kKerberos)) {
    const Call leg = machine == initiator ? Call::kInitializeSecurityContext
                                          : Call::kAcceptSecurityContext;
    for (const MachineDescription::Row& row : machine->rows) {
      EXPECT_TRUE(MayReturn(leg, Package::kKerberos, row.status))
          << Describe(*machine, row.from, row.event) << " is "
          << StatusName(row.status);
    }
  }
}

}  // namespace
}  // namespace sspilab

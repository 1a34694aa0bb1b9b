// The transition tables against what the interface does: every row is taken,
// none is taken that is not there, and every status is one that the status
// table allows.

#include "core/ntlm/transitions.h"

#include <functional>
#include <string>

#include "core/machines.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/bindings.h"
#include "tests/core/handshake.h"
#include "tests/core/transition_recorder.h"

namespace sspilab {
namespace {

using testing::Describe;
using Recorder = testing::TransitionRecorder;
using testing::Bindings;
using testing::Bytes;
using testing::End;
using testing::MalformedBindings;
using testing::RunNtlm;

// A client and a server in one World, with an account for them.
struct Lab {
  explicit Lab(Recorder* recorder) {
    world.set_observer(recorder);
    world.accounts().Add(u"alice", u"EXAMPLE", u"Sesame1!");
    client.requirements = ISC_REQ_CONFIDENTIALITY;
  }

  void Acquire(const char16_t* password = u"Sesame1!") {
    EXPECT_EQ(client.AcquireOutbound(world, u"alice", u"EXAMPLE", password),
              SEC_E_OK);
    EXPECT_EQ(server.AcquireInbound(world), SEC_E_OK);
  }
  NtlmPolicy& policy() { return world.options().ntlm; }
  void Deliver(SECURITY_STATUS expected) {
    EXPECT_EQ(server.Accept(&token), expected);
  }
  void Answer(SECURITY_STATUS expected) {
    EXPECT_EQ(client.Initialize(&token), expected);
  }
  // The first two legs.
  void Challenge() {
    Acquire();
    Answer(SEC_I_CONTINUE_NEEDED);
    Deliver(SEC_I_CONTINUE_NEEDED);
  }
  // The first three.
  void Authenticate() {
    Challenge();
    Answer(SEC_E_OK);
  }

  World world;
  End client, server;
  Bytes token;
};

const std::pair<const char*, std::function<void(Lab&)>> kScenarios[] = {
    {"success, then calls too many",
     [](Lab& lab) {
       lab.Authenticate();
       lab.Deliver(SEC_E_OK);
       lab.Answer(SEC_E_OUT_OF_SEQUENCE);
       lab.Deliver(SEC_E_OUT_OF_SEQUENCE);
       EXPECT_EQ(lab.client.Complete(&lab.token), SEC_E_UNSUPPORTED_FUNCTION);
       EXPECT_EQ(lab.server.Complete(&lab.token), SEC_E_UNSUPPORTED_FUNCTION);
     }},
    {"tokens that CompleteAuthToken finishes",
     [](Lab& lab) {
       lab.policy().complete_auth_token = true;
       lab.Acquire();
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.Deliver(SEC_I_COMPLETE_AND_CONTINUE);
       Bytes other(3);
       EXPECT_EQ(lab.server.Complete(&other), SEC_E_INVALID_TOKEN);
       Bytes ignored = lab.token;
       EXPECT_EQ(lab.server.Accept(&ignored), SEC_E_OUT_OF_SEQUENCE);
       EXPECT_EQ(lab.server.Complete(&lab.token), SEC_E_OK);
       lab.Answer(SEC_I_COMPLETE_NEEDED);
       EXPECT_EQ(lab.client.Complete(&other), SEC_E_INVALID_TOKEN);
       ignored = lab.token;
       EXPECT_EQ(lab.client.Initialize(&ignored), SEC_E_OUT_OF_SEQUENCE);
       EXPECT_EQ(lab.client.Complete(&lab.token), SEC_E_OK);
       lab.Deliver(SEC_I_COMPLETE_NEEDED);
       lab.Deliver(SEC_E_OUT_OF_SEQUENCE);
       EXPECT_EQ(lab.server.SessionKey(), Bytes());
       EXPECT_EQ(lab.server.Complete(&lab.token), SEC_E_OK);
       EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
     }},
    {"a token sent without CompleteAuthToken",
     [](Lab& lab) {
       lab.policy().complete_auth_token = true;
       lab.Acquire();
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.Deliver(SEC_I_COMPLETE_AND_CONTINUE);
       lab.Answer(SEC_E_INVALID_TOKEN);
     }},
    {"NTLM is forbidden",
     [](Lab& lab) {
       lab.policy().restrict_sending = true;
       lab.Acquire();
       lab.Answer(SEC_E_UNSUPPORTED_FUNCTION);
       lab.policy().restrict_sending = false;
       lab.policy().restrict_receiving = true;
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.Deliver(SEC_E_UNSUPPORTED_FUNCTION);
     }},
    {"CompleteAuthToken before it is due, and after failure",
     [](Lab& lab) {
       lab.Challenge();
       EXPECT_EQ(lab.client.Complete(&lab.token), SEC_E_UNSUPPORTED_FUNCTION);
       EXPECT_EQ(lab.server.Complete(&lab.token), SEC_E_UNSUPPORTED_FUNCTION);
       lab.token = {1, 2, 3};
       Bytes bad = lab.token;
       lab.Answer(SEC_E_INVALID_TOKEN);
       lab.token = bad;
       lab.Deliver(SEC_E_INVALID_TOKEN);
       lab.Answer(SEC_E_OUT_OF_SEQUENCE);
       lab.Deliver(SEC_E_OUT_OF_SEQUENCE);
       EXPECT_EQ(lab.client.Complete(&lab.token), SEC_E_UNSUPPORTED_FUNCTION);
       EXPECT_EQ(lab.server.Complete(&lab.token), SEC_E_UNSUPPORTED_FUNCTION);
     }},
    {"too little room for each token, then enough",
     [](Lab& lab) {
       lab.Acquire();
       lab.client.output_size = 39;
       lab.Answer(SEC_E_BUFFER_TOO_SMALL);
       lab.client.output_size = 40;
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.server.output_size = 40;
       Bytes negotiate = lab.token;
       lab.Deliver(SEC_E_BUFFER_TOO_SMALL);
       lab.server.output_size = 4096;
       lab.token = negotiate;
       lab.Deliver(SEC_I_CONTINUE_NEEDED);
       lab.Answer(SEC_E_BUFFER_TOO_SMALL);
       lab.client.output_size = 4096;
       lab.Answer(SEC_E_OK);
       lab.Deliver(SEC_E_OK);
     }},
    {"nobody is logged on",
     [](Lab& lab) {
       EXPECT_EQ(lab.client.AcquireOutbound(lab.world, nullptr, u"", u""),
                 SEC_E_OK);
       lab.Answer(SEC_E_NO_CREDENTIALS);
     }},
    {"nowhere to write the first token",
     [](Lab& lab) {
       lab.Acquire();
       lab.client.output_type = SECBUFFER_TOKEN | SECBUFFER_READONLY;
       lab.Answer(SEC_E_INVALID_TOKEN);
       lab.client.output_type = SECBUFFER_TOKEN;
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.server.output_type = SECBUFFER_TOKEN | SECBUFFER_READONLY;
       lab.Deliver(SEC_E_INVALID_TOKEN);
     }},
    {"nowhere to write the last token",
     [](Lab& lab) {
       lab.Challenge();
       lab.client.output_type = SECBUFFER_TOKEN | SECBUFFER_READONLY;
       lab.Answer(SEC_E_INVALID_TOKEN);
     }},
    {"no memory for the first tokens",
     [](Lab& lab) {
       lab.Acquire();
       lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
       // The context, then its token.
       lab.world.memory().FailAt(2);
       lab.Answer(SEC_E_INSUFFICIENT_MEMORY);
       lab.client.requirements &= ~ULONG{ISC_REQ_ALLOCATE_MEMORY};
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.world.memory().FailAt(2);
       lab.Deliver(SEC_E_INSUFFICIENT_MEMORY);
     }},
    {"no memory for the last token",
     [](Lab& lab) {
       lab.Challenge();
       lab.world.memory().FailAt(1);
       lab.Answer(SEC_E_INSUFFICIENT_MEMORY);
     }},
    {"no memory at the end",
     [](Lab& lab) {
       lab.Authenticate();
       lab.world.memory().FailAt(1);
       lab.Deliver(SEC_E_INSUFFICIENT_MEMORY);
     }},
    {"bindings that are none, first legs",
     [](Lab& lab) {
       lab.Acquire();
       lab.client.extra_input = {MalformedBindings()};
       lab.Answer(SEC_E_BAD_BINDINGS);
       lab.client.extra_input.clear();
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.server.extra_input = {MalformedBindings()};
       lab.Deliver(SEC_E_BAD_BINDINGS);
     }},
    {"bindings that are none, initiator's last leg",
     [](Lab& lab) {
       lab.Challenge();
       lab.client.extra_input = {MalformedBindings()};
       lab.Answer(SEC_E_BAD_BINDINGS);
     }},
    {"bindings that are none, acceptor's last leg",
     [](Lab& lab) {
       lab.Authenticate();
       lab.server.extra_input = {MalformedBindings()};
       lab.Deliver(SEC_E_BAD_BINDINGS);
     }},
    {"bindings to another channel",
     [](Lab& lab) {
       Bindings mine("tls-server-end-point:mine");
       Bindings theirs("tls-server-end-point:theirs");
       lab.client.extra_input = {mine.buffer()};
       lab.Authenticate();
       lab.server.extra_input = {theirs.buffer()};
       lab.Deliver(SEC_E_BAD_BINDINGS);
     }},
    {"an acceptor without names",
     [](Lab& lab) {
       lab.world.options().names.computer.clear();
       lab.world.options().names.domain.clear();
       lab.Challenge();
       lab.Answer(SEC_E_LOGON_DENIED);
     }},
    {"an acceptor that can only do weak keys",
     [](Lab& lab) {
       lab.Acquire();
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.policy().unsupported_flags = ntlm::kNegotiate128;
       Bytes negotiate = lab.token;
       lab.Deliver(SEC_E_UNSUPPORTED_FUNCTION);
       lab.policy().minimum_server_security = 0;
       lab.token = negotiate;
       lab.Deliver(SEC_I_CONTINUE_NEEDED);
       lab.Answer(SEC_E_UNSUPPORTED_FUNCTION);
     }},
    {"an acceptor whose policy became stricter meanwhile",
     [](Lab& lab) {
       lab.client.requirements = 0;
       lab.Authenticate();
       lab.policy().minimum_server_security = ntlm::kNegotiateSeal;
       lab.Deliver(SEC_E_UNSUPPORTED_FUNCTION);
     }},
    {"garbage for a NEGOTIATE",
     [](Lab& lab) {
       lab.Acquire();
       lab.token = {'N', 'T', 'L', 'M'};
       lab.Deliver(SEC_E_INVALID_TOKEN);
     }},
    {"wrong password",
     [](Lab& lab) {
       lab.Acquire(u"guess");
       lab.Answer(SEC_I_CONTINUE_NEEDED);
       lab.Deliver(SEC_I_CONTINUE_NEEDED);
       lab.Answer(SEC_E_OK);
       lab.Deliver(SEC_E_LOGON_DENIED);
     }},
    {"no domain controller",
     [](Lab& lab) {
       lab.world.options().authority_reachable = false;
       lab.Authenticate();
       lab.Deliver(SEC_E_NO_AUTHENTICATING_AUTHORITY);
     }},
    {"a CHALLENGE that was altered on its way",
     [](Lab& lab) {
       lab.Challenge();
       // NTLMSSP_NEGOTIATE_56, which nothing but the MIC protects.
       lab.token[23] ^= 0x80;
       lab.Answer(SEC_E_OK);
       lab.Deliver(SEC_E_MESSAGE_ALTERED);
     }},
};

TEST(NtlmTransitions, EachIsTakenAndNoOther) {
  Recorder recorder;
  for (const auto& [name, run] : kScenarios) {
    SCOPED_TRACE(name);
    uint64_t left;
    {
      Lab lab(&recorder);
      run(lab);
      lab.client.Close();
      lab.server.Close();
      left = lab.world.memory().live_allocations();
    }
    EXPECT_EQ(left, 0u);
  }
  for (const MachineDescription* machine : MachinesOf(Package::kNtlm)) {
    for (const MachineDescription::Row& row : machine->rows) {
      EXPECT_TRUE(recorder.taken.contains({machine->name, row.from, row.event}))
          << "never taken: " << Describe(*machine, row.from, row.event);
    }
  }
}

// What is said of a context's machine must be allowed for the calls that reach
// it: a leg, or CompleteAuthToken.
TEST(NtlmTransitions, HaveStatusesThatTheStatusTableAllows) {
  const MachineDescription* initiator = MachinesOf(Package::kNtlm)[0];
  for (const MachineDescription* machine : MachinesOf(Package::kNtlm)) {
    const Call leg = machine == initiator ? Call::kInitializeSecurityContext
                                          : Call::kAcceptSecurityContext;
    for (const MachineDescription::Row& row : machine->rows) {
      EXPECT_TRUE(
          MayReturn(leg, Package::kNtlm, row.status) ||
          MayReturn(Call::kCompleteAuthToken, Package::kNtlm, row.status))
          << Describe(*machine, row.from, row.event) << " is "
          << StatusName(row.status);
    }
  }
}

}  // namespace
}  // namespace sspilab

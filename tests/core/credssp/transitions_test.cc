// The transition tables against what the interface does: every row is taken,
// none is taken that is not there, and every status is one that the status
// table allows. Rows that pass on what Schannel, Negotiate or a server said are
// as many as there are states to hear it in; those need not all be taken.

#include "core/credssp/transitions.h"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/credssp/key_binding.h"
#include "core/machines.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/tls/lab_certificates.h"
#include "gtest/gtest.h"
#include "tests/core/credssp/lab.h"
#include "tests/core/credssp/scripted_peer.h"
#include "tests/core/credssp/vectors.h"
#include "tests/core/transition_recorder.h"
#include "tests/support/hex.h"

namespace sspilab {
namespace {

using testing::Describe;
using Recorder = testing::TransitionRecorder;
using credssp::TsRequest;
using testing::Bytes;
using testing::CredSspLab;
using testing::ScriptedPeer;
using testing::StreamEnd;
using Plays = ScriptedPeer::Plays;

// Who acts, and in which state of the exchange: after so many calls of his.
struct Moment {
  bool client;
  int calls;
};

// Runs until `moment` has come: the end is about to make that call.
StreamEnd& RunUntil(CredSspLab& lab, Moment moment) {
  if (!lab.server.has_credential) lab.AcquireServer();
  if (!lab.client.has_credential) lab.AcquireClient();
  StreamEnd& end = moment.client ? lab.client : lab.server;
  for (int calls = 0; calls < 200; ++calls) {
    if (end.calls >= moment.calls && end.wants_call()) break;
    const bool by_client = lab.client.wants_call();
    if (!by_client && !lab.server.wants_call()) break;
    StreamEnd& from = by_client ? lab.client : lab.server;
    StreamEnd& to = by_client ? lab.server : lab.client;
    Bytes token;
    (void)from.Call(&token);
    to.inbox.insert(to.inbox.end(), token.begin(), token.end());
  }
  return end;
}

SECURITY_STATUS Control(StreamEnd& end, DWORD type) {
  SecBuffer control = {sizeof(type), SECBUFFER_TOKEN, &type};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 1, &control};
  return ApplyControlToken(&end.context, &descriptor);
}

void Shutdown(StreamEnd& end) {
  EXPECT_EQ(Control(end, SCHANNEL_SHUTDOWN), SEC_E_OK);
}

// One call in every state with each of these, by either end.
using Trouble = std::function<void(StreamEnd&)>;
const std::pair<const char*, Trouble> kTroubles[] = {
    {"too few bytes",
     [](StreamEnd& end) {
       end.inbox.resize(3);
       Bytes token;
       (void)end.Call(&token);
     }},
    {"what is no record",
     [](StreamEnd& end) {
       end.inbox = {1, 2, 3, 4, 5, 6, 7, 8};
       Bytes token;
       (void)end.Call(&token);
     }},
    {"a record with nothing good in it",
     [](StreamEnd& end) {
       end.inbox = {0x17, 3, 3, 0, 32};
       end.inbox.resize(37);
       Bytes token;
       (void)end.Call(&token);
     }},
    {"an alert",
     [](StreamEnd& end) {
       end.inbox = {0x15, 3, 3, 0, 2, 2, 40};
       Bytes token;
       (void)end.Call(&token);
     }},
    {"a close_notify in the clear",
     [](StreamEnd& end) {
       end.inbox = {0x15, 3, 3, 0, 2, 1, 0};
       Bytes token;
       (void)end.Call(&token);
     }},
    {"a call to CompleteAuthToken",
     [](StreamEnd& end) {
       Bytes token(8);
       if (end.has_context) (void)end.Complete(&token);
     }},
    {"a token that cannot be written",
     [](StreamEnd& end) {
       end.output_type = SECBUFFER_TOKEN | SECBUFFER_READONLY;
       Bytes token;
       (void)end.Call(&token);
     }},
    {"no room for the token, then enough",
     [](StreamEnd& end) {
       end.output_size = 2;
       Bytes token;
       (void)end.Call(&token);
       end.output_size = 1 << 17;
       (void)end.Call(&token);
     }},
    {"no memory",
     [](StreamEnd& end) {
       end.world().memory().FailAt(end.has_context ? 1 : 2);
       Bytes token;
       (void)end.Call(&token);
       end.world().memory().FailAt(0);
     }},
    // The swarm found the states that had no answer to it.
    {"the end, asked for now",
     [](StreamEnd& end) {
       if (!end.has_context || Control(end, SCHANNEL_SHUTDOWN) != SEC_E_OK) {
         return;
       }
       EXPECT_EQ(Control(end, SCHANNEL_RENEGOTIATE),
                 SEC_E_UNSUPPORTED_FUNCTION);
       Bytes token;
       EXPECT_EQ(end.Call(&token), SEC_E_OK);
       EXPECT_FALSE(token.empty());
     }},
    {"two calls too many after a failure",
     [](StreamEnd& end) {
       end.inbox = {1, 2, 3, 4, 5, 6};
       Bytes token;
       if (!end.has_context) return;
       (void)end.Call(&token);
       (void)end.Call(&token);
       (void)end.Complete(&token);
     }},
};

const std::pair<const char*, std::function<void(CredSspLab&)>> kScenarios[] = {
    {"success, and once more",
     [](CredSspLab& lab) {
       lab.Establish();
       Bytes token;
       lab.client.inbox.clear();
       EXPECT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
       lab.server.inbox = token;
       EXPECT_EQ(lab.server.Call(&token), SEC_I_CONTINUE_NEEDED);
       lab.client.inbox = token;
       testing::Converse(lab.client, lab.server);
       EXPECT_EQ(lab.server.status, SEC_E_OK);
     }},
    {"Kerberos, and once more",
     [](CredSspLab& lab) {
       lab.JoinDomain();
       for (const bool unfinished : {false, true}) {
         lab.server_policy().complete_auth_token = unfinished;
         lab.Establish();
         Bytes token;
         lab.client.inbox.clear();
         EXPECT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
         lab.server.inbox = token;
         EXPECT_EQ(lab.server.Call(&token), unfinished
                                                ? SEC_I_COMPLETE_AND_CONTINUE
                                                : SEC_I_CONTINUE_NEEDED);
         lab.client.inbox = token;
         testing::Converse(lab.client, lab.server);
         EXPECT_EQ(lab.client.status, SEC_E_OK);
         EXPECT_EQ(lab.server.status, SEC_E_OK);
         lab.client.Close();
         lab.server.Close();
       }
     }},
    {"the end",
     [](CredSspLab& lab) {
       lab.Establish();
       Shutdown(lab.client);
       Shutdown(lab.server);
       Bytes token;
       lab.client.inbox.clear();
       EXPECT_EQ(lab.client.Call(&token), SEC_E_OK);
       lab.server.inbox.clear();
       EXPECT_EQ(lab.server.Call(&token), SEC_E_OK);
       for (StreamEnd* end : {&lab.client, &lab.server}) {
         EXPECT_EQ(end->Call(&token), SEC_E_OUT_OF_SEQUENCE);
         EXPECT_EQ(end->Complete(&token), SEC_E_UNSUPPORTED_FUNCTION);
       }
     }},
    {"unfinished tokens",
     [](CredSspLab& lab) {
       lab.client_policy().complete_auth_token = true;
       lab.server_policy().complete_auth_token = true;
       lab.client.complete = false;
       lab.server.complete = false;
       lab.AcquireClient();
       lab.AcquireServer();
       // Each token in each wrong way, then in the right one.
       const auto complete = [&](bool by_client, Bytes* token) {
         StreamEnd& end = by_client ? lab.client : lab.server;
         if (!testing::IsComplete(end.status)) return;
         Bytes none(1);
         EXPECT_EQ(end.Complete(&none), SEC_E_INVALID_TOKEN);
         const SECURITY_STATUS status = end.status;
         const Bytes inbox = end.inbox;
         EXPECT_EQ(end.Call(&none), SEC_E_OUT_OF_SEQUENCE);
         end.status = status;
         end.inbox = inbox;
         EXPECT_EQ(end.Complete(token), SEC_E_OK);
       };
       testing::Converse(lab.client, lab.server, complete);
       EXPECT_EQ(lab.client.status, SEC_I_COMPLETE_NEEDED);
       EXPECT_EQ(lab.server.status, SEC_E_OK);
       Bytes token;
       lab.client.inbox.clear();
       EXPECT_EQ(lab.client.Call(&token), SEC_I_COMPLETE_AND_CONTINUE);
       EXPECT_EQ(lab.client.Complete(&token), SEC_E_OK);
       lab.server.inbox = token;
       EXPECT_EQ(lab.server.Call(&token), SEC_I_COMPLETE_AND_CONTINUE);
     }},
    {"a certificate that is wanted",
     [](CredSspLab& lab) {
       lab.SetTls(SP_PROT_TLS1_2);
       lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
       lab.Run([&](bool by_client, Bytes*) {
         Bytes token;
         if (by_client && lab.client.status == SEC_I_INCOMPLETE_CREDENTIALS) {
           EXPECT_EQ(lab.client.Complete(&token), SEC_E_UNSUPPORTED_FUNCTION);
         }
       });
       EXPECT_EQ(lab.client.status, SEC_E_OK);
     }},
    {"a certificate that is wanted, TLS 1.3",
     [](CredSspLab& lab) {
       lab.SetTls(SP_PROT_TLS1_3);
       lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
       lab.Run();
       EXPECT_EQ(lab.client.status, SEC_E_OK);
     }},
    {"a certificate that is wanted, TLS 1.3, unfinished",
     [](CredSspLab& lab) {
       lab.client_policy().complete_auth_token = true;
       lab.SetTls(SP_PROT_TLS1_3);
       lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
       lab.Run();
       EXPECT_EQ(lab.client.status, SEC_I_COMPLETE_NEEDED);
     }},
    {"nobody is logged on",
     [](CredSspLab& lab) {
       EXPECT_EQ(lab.client.Acquire(), SEC_E_OK);
       lab.Run();
     }},
    {"a name that is none",
     [](CredSspLab& lab) {
       lab.client.target = u"/";
       lab.Run();
     }},
    {"policy, beforehand",
     [](CredSspLab& lab) {
       lab.client.target = u"HTTP/lab";
       lab.Run();
     }},
    {"policy, once the server is known",
     [](CredSspLab& lab) {
       lab.client_policy().allow_fresh.clear();
       lab.Run();
     }},
    {"policy, with NTLM only",
     [](CredSspLab& lab) {
       lab.DistrustServer();
       lab.client_policy().allow_fresh_when_ntlm_only.clear();
       lab.Run();
     }},
    {"a server that is not authenticated",
     [](CredSspLab& lab) {
       lab.DistrustServer();
       lab.client.requirements |= ISC_REQ_MUTUAL_AUTH;
       lab.Run();
     }},
    {"another server",
     [](CredSspLab& lab) {
       lab.client.target = u"TERMSRV/other";
       lab.client.requirements |= ISC_REQ_MUTUAL_AUTH;
       lab.Run();
     }},
    {"requirements that are not there",
     [](CredSspLab& lab) {
       lab.client.requirements |= ISC_REQ_DATAGRAM;
       lab.Run();
     }},
    {"requirements that are not there, of the server",
     [](CredSspLab& lab) {
       lab.server.requirements |= ASC_REQ_DATAGRAM;
       lab.Run();
     }},
    {"no authority",
     [](CredSspLab& lab) {
       lab.server_world.options().authority_reachable = false;
       lab.Run();
     }},
    {"a wrong password",
     [](CredSspLab& lab) {
       lab.AcquireClient(u"guess");
       lab.Run();
     }},
    {"an old server",
     [](CredSspLab& lab) {
       lab.server_policy().version = 3;
       lab.Run();
     }},
    {"an old client",
     [](CredSspLab& lab) {
       lab.client_policy().version = 3;
       lab.server_policy().encryption_oracle =
           EncryptionOracle::kForceUpdatedClients;
       lab.Run();
     }},
    {"everything a server may say in errorCode",
     [](CredSspLab& lab) {
       for (const uint32_t code :
            {0xC000006DU, 0xC000005EU, 0xC00000BBU, 0xC00000BEU, 0xC00002C3U,
             0xC000005FU, 0xC000009AU, 0xC000000DU, 0xC000007FU}) {
         TsRequest request;
         request.error_code = code;
         {
           ScriptedPeer peer(lab, Plays::kServer);
           (void)peer.Send(request);
           lab.client.Close();
         }
         {
           ScriptedPeer peer(lab, Plays::kServer);
           EXPECT_TRUE(peer.Authenticate(6));
           (void)peer.Send(request);
           lab.client.Close();
         }
       }
     }},
    {"a client that sends its key with its last token, or in its own time",
     [](CredSspLab& lab) {
       const Bytes nonce(32, 1);
       for (const bool unfinished : {false, true}) {
         lab.server_policy().complete_auth_token = unfinished;
         ScriptedPeer peer(lab, Plays::kClient);
         EXPECT_TRUE(peer.Authenticate(6));
         const Bytes sealed = peer.Seal(
             credssp::BindKey(6, Role::kInitiator, nonce, peer.Key()));
         TsRequest request;
         request.pub_key_auth = sealed;
         request.client_nonce = nonce;
         EXPECT_GE(peer.Send(request), 0);
         lab.server.Close();
       }
     }},
    {"requests in parts",
     [](CredSspLab& lab) {
       for (const bool early : {true, false}) {
         {
           ScriptedPeer peer(lab, Plays::kServer);
           if (!early) {
             EXPECT_TRUE(peer.Authenticate(6));
           }
           EXPECT_EQ(peer.SendRecords({"\x30\x20"}), SEC_I_CONTINUE_NEEDED);
           lab.client.Close();
         }
         {
           ScriptedPeer peer(lab, Plays::kClient);
           if (!early) {
             EXPECT_TRUE(peer.Authenticate(6));
           }
           EXPECT_EQ(peer.SendRecords({"\x30\x20"}), SEC_I_CONTINUE_NEEDED);
           lab.server.Close();
         }
       }
     }},
    {"a client without SPNEGO, whose key comes with its last token",
     [](CredSspLab& lab) {
       for (const bool unfinished : {false, true}) {
         lab.server_policy().complete_auth_token = unfinished;
         ScriptedPeer peer(lab, Plays::kClient, u"NTLM");
         TsRequest request;
         const Bytes negotiate = peer.Step({});
         request.nego_tokens = {negotiate};
         EXPECT_GE(peer.Send(request), 0);
         ASSERT_TRUE(peer.Receive().has_value());
         const Bytes authenticate = peer.Step(peer.last->nego_tokens[0]);
         EXPECT_TRUE(peer.authenticated());
         const Bytes nonce(32, 1);
         const Bytes sealed = peer.Seal(
             credssp::BindKey(6, Role::kInitiator, nonce, peer.Key()));
         request.nego_tokens = {authenticate};
         request.pub_key_auth = sealed;
         request.client_nonce = nonce;
         EXPECT_EQ(peer.Send(request), unfinished ? SEC_I_COMPLETE_AND_CONTINUE
                                                  : SEC_I_CONTINUE_NEEDED);
         ASSERT_TRUE(peer.Receive().has_value());
         EXPECT_TRUE(peer.last->pub_key_auth.has_value());
         lab.server.Close();
       }
     }},
    {"what else can come when the credentials are due",
     [](CredSspLab& lab) {
       lab.SetTls(SP_PROT_TLS1_2);
       for (const int what : {0, 1, 2, 3}) {
         ScriptedPeer peer(lab, Plays::kClient);
         EXPECT_TRUE(peer.Authenticate(6));
         const Bytes nonce(32, 1);
         const Bytes sealed = peer.Seal(
             credssp::BindKey(6, Role::kInitiator, nonce, peer.Key()));
         TsRequest request;
         request.pub_key_auth = sealed;
         request.client_nonce = nonce;
         EXPECT_EQ(peer.Send(request), SEC_I_CONTINUE_NEEDED);
         if (what == 0) {
           EXPECT_EQ(peer.SendRecords({"\x30\x20"}), SEC_I_CONTINUE_NEEDED);
         } else if (what == 1) {
           Shutdown(peer.tls);
           peer.tls.inbox.clear();
           Bytes token;
           (void)peer.tls.Call(&peer.other.inbox);
           EXPECT_EQ(peer.other.Call(&token), SEC_I_CONTEXT_EXPIRED);
         } else if (what == 2) {
           lab.server_world.memory().FailAt(1);
           EXPECT_EQ(peer.Send(request), SEC_E_INSUFFICIENT_MEMORY);
         } else {
           // Another TLS handshake, without room for its answer. The swarm
           // found it.
           peer.tls.inbox.clear();
           EXPECT_EQ(peer.tls.Call(&peer.other.inbox), SEC_I_CONTINUE_NEEDED);
           Bytes token;
           peer.other.output_size = 2;
           EXPECT_EQ(peer.other.Call(&token), SEC_E_BUFFER_TOO_SMALL);
           peer.other.output_size = 1 << 17;
           EXPECT_EQ(peer.other.Call(&token), SEC_I_CONTINUE_NEEDED);
           EXPECT_FALSE(token.empty());
         }
         lab.server.Close();
       }
     }},
    {"parts of requests when all is done",
     [](CredSspLab& lab) {
       lab.Establish();
       const Bytes to_server = lab.client.Seal("\x30\x20");
       const Bytes to_client = lab.server.Seal("\x30\x20");
       Bytes token;
       lab.server.inbox = to_server;
       EXPECT_EQ(lab.server.Call(&token), SEC_I_CONTINUE_NEEDED);
       lab.client.inbox = to_client;
       EXPECT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
     }},
    {"a peer that closes in each state",
     [](CredSspLab& lab) {
       for (const bool early : {true, false}) {
         for (const Plays plays : {Plays::kServer, Plays::kClient}) {
           ScriptedPeer peer(lab, plays);
           if (!early) {
             EXPECT_TRUE(peer.Authenticate(6));
           }
           Shutdown(peer.tls);
           peer.tls.inbox.clear();
           (void)peer.tls.Call(&peer.other.inbox);
           Bytes token;
           EXPECT_EQ(peer.other.Call(&token), SEC_I_CONTEXT_EXPIRED);
           peer.other.Close();
         }
       }
       lab.Establish();
       Shutdown(lab.client);
       lab.client.inbox.clear();
       Bytes token;
       EXPECT_EQ(lab.client.Call(&lab.server.inbox), SEC_E_OK);
       EXPECT_EQ(lab.server.Call(&token), SEC_I_CONTEXT_EXPIRED);
     }},
    {"another TLS handshake when all is done",
     [](CredSspLab& lab) {
       lab.SetTls(SP_PROT_TLS1_2);
       lab.client_policy().allow_fresh = {u"*"};
       const auto renegotiate = [](ScriptedPeer& peer) {
         peer.tls.inbox.clear();
         Bytes token;
         (void)peer.tls.Call(&peer.other.inbox);
         for (int calls = 0; calls < 40; ++calls) {
           StreamEnd& from = peer.other.inbox.empty() ? peer.tls : peer.other;
           StreamEnd& to = peer.other.inbox.empty() ? peer.other : peer.tls;
           if (from.inbox.empty()) break;
           EXPECT_GE(from.Call(&token), 0);
           to.inbox.insert(to.inbox.end(), token.begin(), token.end());
         }
         EXPECT_EQ(peer.other.status, SEC_E_OK);
       };
       {
         ScriptedPeer peer(lab, Plays::kServer);
         EXPECT_TRUE(peer.Authenticate(6));
         const Bytes nonce(peer.last->client_nonce->begin(),
                           peer.last->client_nonce->end());
         (void)peer.Unseal(*peer.last->pub_key_auth);
         const Bytes sealed =
             peer.Seal(credssp::BindKey(6, Role::kAcceptor, nonce, peer.Key()));
         TsRequest request;
         request.pub_key_auth = sealed;
         EXPECT_EQ(peer.Send(request), SEC_E_OK);
         EXPECT_TRUE(peer.Receive().has_value());
         renegotiate(peer);
         lab.client.Close();
       }
       {
         ScriptedPeer peer(lab, Plays::kClient);
         EXPECT_TRUE(peer.Authenticate(6));
         const Bytes nonce(32, 1);
         Bytes sealed = peer.Seal(
             credssp::BindKey(6, Role::kInitiator, nonce, peer.Key()));
         TsRequest request;
         request.pub_key_auth = sealed;
         request.client_nonce = nonce;
         EXPECT_GE(peer.Send(request), 0);
         EXPECT_TRUE(peer.Receive().has_value());
         sealed = peer.Seal(testing::FromHex(testing::kPasswordCredentials));
         TsRequest last;
         last.auth_info = sealed;
         EXPECT_EQ(peer.Send(last), SEC_E_OK);
         renegotiate(peer);
         lab.server.Close();
       }
     }},
    {"a server that closes when all is done",
     [](CredSspLab& lab) {
       lab.Establish();
       Shutdown(lab.server);
       lab.server.inbox.clear();
       Bytes token;
       EXPECT_EQ(lab.server.Call(&lab.client.inbox), SEC_E_OK);
       EXPECT_EQ(lab.client.Call(&token), SEC_I_CONTEXT_EXPIRED);
     }},
};

// Failures that come from elsewhere, and are only passed on. And what takes a
// server that puts the end of its flight into the record in which it asks for a
// certificate, as ours does not.
bool IsOthers(uint8_t from, uint8_t event) {
  using credssp::Event;
  const bool passed_on =
      (event >= static_cast<uint8_t>(Event::kInternalError) &&
       event <= static_cast<uint8_t>(Event::kWrongPrincipal)) ||
      event >= static_cast<uint8_t>(Event::kTimeSkew);
  const bool at_once =
      from == static_cast<uint8_t>(credssp::State::kCertificateWanted) &&
      (event == static_cast<uint8_t>(Event::kTokenSent) ||
       event == static_cast<uint8_t>(Event::kTokenSentUnfinished) ||
       event == static_cast<uint8_t>(Event::kOutputTooSmall) ||
       event == static_cast<uint8_t>(Event::kInvalidToken) ||
       event == static_cast<uint8_t>(Event::kOutOfMemory));
  // What Schannel takes for an end before there was a beginning.
  const bool no_beginning =
      from == static_cast<uint8_t>(credssp::State::kStart) &&
      event == static_cast<uint8_t>(Event::kPeerClosed);
  return passed_on || at_once || no_beginning;
}

TEST(CredSspTransitions, EachIsTakenAndNoOther) {
  Recorder recorder;
  const auto run = [&](const char* name,
                       const std::function<void(CredSspLab&)>& scenario) {
    SCOPED_TRACE(name);
    CredSspLab lab;
    lab.client_world.set_observer(&recorder);
    lab.server_world.set_observer(&recorder);
    scenario(lab);
    lab.client.Close();
    lab.server.Close();
    EXPECT_EQ(lab.client_world.memory().live_allocations(), 0U);
    EXPECT_EQ(lab.server_world.memory().live_allocations(), 0U);
  };
  for (const auto& [name, scenario] : kScenarios) run(name, scenario);
  for (const auto& [name, trouble] : kTroubles) {
    const auto& make = trouble;
    for (int calls = 0; calls < 12; ++calls) {
      for (const bool client : {true, false}) {
        run(name, [&](CredSspLab& lab) {
          lab.SetTls(SP_PROT_TLS1_2);
          make(RunUntil(lab, {client, calls}));
        });
      }
    }
    run(name, [&](CredSspLab& lab) {
      lab.SetTls(SP_PROT_TLS1_2);
      lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
      lab.AcquireServer();
      lab.AcquireClient();
      for (int calls = 0; calls < 50; ++calls) {
        if (lab.client.status == SEC_I_INCOMPLETE_CREDENTIALS) break;
        RunUntil(lab, {true, calls});
      }
      EXPECT_EQ(lab.client.status, SEC_I_INCOMPLETE_CREDENTIALS);
      make(lab.client);
    });
    // The server is about to authenticate its client once more.
    run(name, [&](CredSspLab& lab) {
      lab.Establish();
      lab.client.inbox.clear();
      Bytes token;
      EXPECT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
      lab.server.inbox = token;
      make(lab.server);
    });
  }
  for (const MachineDescription* machine : MachinesOf(Package::kCredSsp)) {
    for (const MachineDescription::Row& row : machine->rows) {
      if (IsOthers(row.from, row.event)) continue;
      EXPECT_TRUE(recorder.taken.contains({machine->name, row.from, row.event}))
          << "never taken: " << Describe(*machine, row.from, row.event);
    }
  }
}

TEST(CredSspTransitions, HaveStatusesThatTheStatusTableAllows) {
  const MachineDescription* initiator = MachinesOf(Package::kCredSsp)[0];
  for (const MachineDescription* machine : MachinesOf(Package::kCredSsp)) {
    const Call leg = machine == initiator ? Call::kInitializeSecurityContext
                                          : Call::kAcceptSecurityContext;
    for (const MachineDescription::Row& row : machine->rows) {
      EXPECT_TRUE(
          MayReturn(leg, Package::kCredSsp, row.status) ||
          MayReturn(Call::kCompleteAuthToken, Package::kCredSsp, row.status))
          << Describe(*machine, row.from, row.event) << " is "
          << StatusName(row.status);
    }
  }
}

}  // namespace
}  // namespace sspilab

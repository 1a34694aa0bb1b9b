// The transition tables against what the machines do: every row is taken, none
// is taken that is not there, and every status is one that the status table
// allows.

#include "core/negotiate/transitions.h"

#include <functional>
#include <string>
#include <utility>

#include "core/machines.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/core/negotiate/fake_mechanism.h"
#include "tests/core/negotiate/side.h"
#include "tests/core/transition_recorder.h"

namespace sspilab::negotiate {
namespace {

using sspilab::testing::Describe;
using Recorder = sspilab::testing::TransitionRecorder;

std::vector<Mechanism> Ntlm() {
  return {Mechanisms().begin(), Mechanisms().end()};
}
std::vector<Mechanism> FakeOnly() { return {kFakeMechanism}; }
std::vector<Mechanism> FakeFirst() {
  std::vector<Mechanism> all = Ntlm();
  all.insert(all.begin(), kFakeMechanism);
  return all;
}

// A client and a server in one World, with an account for them.
struct Lab {
  Lab(Recorder* recorder, bool server_first,
      std::vector<Mechanism> client_mechanisms,
      std::vector<Mechanism> server_mechanisms)
      : client(world, Role::kInitiator, std::move(client_mechanisms)),
        server(world, Role::kAcceptor, std::move(server_mechanisms)),
        has_hint(server_first) {
    world.set_observer(recorder);
    world.accounts().Add(u"alice", u"EXAMPLE", u"Sesame1!");
    EXPECT_EQ(client.Acquire(), SEC_E_OK);
    EXPECT_EQ(server.Acquire(), SEC_E_OK);
    if (has_hint) Accept(SEC_I_CONTINUE_NEEDED);
  }

  void Initiate(SECURITY_STATUS expected) {
    EXPECT_EQ(StatusName(client.Step(&token)), StatusName(expected));
  }
  void Accept(SECURITY_STATUS expected) {
    EXPECT_EQ(StatusName(server.Step(&token)), StatusName(expected));
  }
  // Both by turns: what each says is as expected, down to the last.
  void Run(std::vector<SECURITY_STATUS> expected) {
    for (size_t i = 0; i < expected.size(); ++i) {
      SCOPED_TRACE(i);
      i % 2 == 0 ? Initiate(expected[i]) : Accept(expected[i]);
    }
  }
  // Calls that are too many.
  void RunOver() {
    Initiate(SEC_E_OUT_OF_SEQUENCE);
    Accept(SEC_E_OUT_OF_SEQUENCE);
  }
  // The same call with too little room, then with no place to write at all
  // (`fatal`: after which there is nothing left), or with enough.
  void TooSmall(Side& side, size_t size, bool fatal = false) {
    TokenBytes same = token;
    side.output_size = size;
    EXPECT_EQ(side.Step(&same), SEC_E_BUFFER_TOO_SMALL);
    side.output_size = 4096;
    if (!fatal) return;
    side.output_type = SECBUFFER_TOKEN | SECBUFFER_READONLY;
    EXPECT_EQ(side.Step(&same), SEC_E_INVALID_TOKEN);
  }
  void NoMemory(Side& side, uint64_t nth) {
    world.memory().FailAt(nth);
    EXPECT_EQ(side.Step(&token), SEC_E_INSUFFICIENT_MEMORY);
    world.memory().FailAt(0);
  }
  // The token goes on without something, or with something else.
  void ChangeResp(const std::function<void(NegTokenResp&)>& change) {
    auto resp = NegTokenResp::Parse(token);
    ASSERT_TRUE(resp.ok()) << resp.status();
    change(*resp);
    token = Written(*resp);
  }
  void ChangeInit(const std::function<void(NegTokenInit&)>& change) {
    auto init = NegTokenInit::Parse(token);
    ASSERT_TRUE(init.ok()) << init.status();
    change(*init);
    token = Written(*init);
  }
  void Garbage() { token = {0xA1, 0x00}; }

  World world;
  Side client, server;
  bool has_hint;
  TokenBytes token;
};

constexpr SECURITY_STATUS kGoOn = SEC_I_CONTINUE_NEEDED;
constexpr uint8_t kBadMic[] = {9, 9, 9};

void Reject(NegTokenResp& resp) {
  resp = NegTokenResp();
  resp.neg_state = NegState::kReject;
}
void NoMic(NegTokenResp& resp) { resp.mech_list_mic.reset(); }
void BadMic(NegTokenResp& resp) { resp.mech_list_mic = kBadMic; }

struct Scenario {
  const char* name;
  FakeBehaviour fake;
  std::vector<Mechanism> (*client)();
  std::vector<Mechanism> (*server)();
  std::function<void(Lab&)> run;
};

// Each is run twice: with the client speaking first, and the server.
const Scenario kScenarios[] = {
    {"NTLM",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
       lab.RunOver();
     }},
    {"one token",
     {.tokens = 1},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"two tokens",
     {.tokens = 2},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"four tokens",
     {.tokens = 4},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"six tokens",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"five tokens, MICs",
     {.tokens = 5, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    // The acceptor's token is the last, so the initiator's MIC is.
    {"two tokens, MICs",
     {.tokens = 2, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"four tokens, MICs",
     {.tokens = 4, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"one token, and the acceptor wants MICs",
     {.tokens = 1},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.world.options().negotiate.request_mic = true;
       lab.Run({kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"MICs wanted, without integrity",
     {.tokens = 3, .integrity = false, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"a wrong guess",
     {.tokens = 2},
     FakeFirst,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"a mechanism that cannot begin is not offered",
     {.begin = SEC_E_TARGET_UNKNOWN},
     FakeFirst,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"a mechanism without credentials is not offered",
     {.acquire = SEC_E_NO_CREDENTIALS},
     FakeFirst,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"raw NTLM",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       Side client(lab.world, Role::kInitiator, Ntlm());
       // NTLM's own client: what Negotiate's client has inside.
       lab.Initiate(kGoOn);
       lab.ChangeInit([](NegTokenInit&) {});
       const auto raw = *NegTokenInit::Parse(lab.token)->mech_token;
       const TokenBytes init = lab.token;
       lab.token = TokenBytes(raw.begin(), raw.end());
       lab.Accept(kGoOn);
       NegTokenResp resp;
       resp.neg_state = NegState::kAcceptIncomplete;
       resp.supported_mech = oid::kNtlm;
       resp.response_token = lab.token;
       lab.token = Written(resp);
       lab.Initiate(kGoOn);
       const TokenBytes sent = lab.token;
       const auto last = *NegTokenResp::Parse(sent)->response_token;
       lab.token = TokenBytes(last.begin(), last.end());
       lab.Accept(SEC_E_OK);
     }},
    {"raw NTLM that fails",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Initiate(kGoOn);
       const TokenBytes init = lab.token;
       const auto raw = *NegTokenInit::Parse(init)->mech_token;
       lab.token = TokenBytes(raw.begin(), raw.end());
       lab.Accept(kGoOn);
       lab.Garbage();
       lab.Accept(SEC_E_INVALID_TOKEN);
       lab.Accept(SEC_E_OUT_OF_SEQUENCE);
     }},
    {"raw NTLM without memory",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Initiate(kGoOn);
       TokenBytes init = lab.token;
       const auto raw = *NegTokenInit::Parse(init)->mech_token;
       lab.token = TokenBytes(raw.begin(), raw.end());
       lab.Accept(kGoOn);
       NegTokenResp resp;
       resp.neg_state = NegState::kAcceptIncomplete;
       resp.response_token = lab.token;
       lab.token = Written(resp);
       lab.Initiate(kGoOn);
       const TokenBytes sent = lab.token;
       const auto last = *NegTokenResp::Parse(sent)->response_token;
       lab.token = TokenBytes(last.begin(), last.end());
       lab.NoMemory(lab.server, 1);
     }},
    {"room, at the beginning",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.TooSmall(lab.client, 60, true);
       lab.client.output_type = SECBUFFER_TOKEN;
       lab.Initiate(kGoOn);
       lab.TooSmall(lab.server, 100);
       lab.Accept(kGoOn);
       lab.TooSmall(lab.client, 100);
       lab.Initiate(kGoOn);
       lab.TooSmall(lab.server, 20);
       lab.Accept(SEC_E_OK);
       lab.Initiate(SEC_E_OK);
     }},
    {"no room for the first answer",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Initiate(kGoOn);
       lab.TooSmall(lab.server, 10, true);
     }},
    {"no room for the second token",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.TooSmall(lab.client, 10, true);
     }},
    {"no room for the second answer",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn});
       lab.TooSmall(lab.server, 10, true);
     }},
    {"no room for the third token",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn});
       lab.TooSmall(lab.client, 10, true);
     }},
    {"no room for the re-selected mechanism's token",
     {},
     FakeFirst,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.TooSmall(lab.client, 40);
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK, SEC_E_OK});
     }},
    {"no memory at the beginning",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.NoMemory(lab.client, 2);
       lab.Initiate(kGoOn);
       lab.NoMemory(lab.server, 2);
     }},
    {"no memory for the second token",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.client.allocate = true;
       lab.NoMemory(lab.client, 1);
     }},
    {"no memory for the second answer",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn});
       lab.server.allocate = true;
       lab.NoMemory(lab.server, 1);
     }},
    {"no memory for the third token",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn});
       lab.client.allocate = true;
       lab.NoMemory(lab.client, 1);
     }},
    {"a mechanism that cannot begin",
     {.begin = SEC_E_TARGET_UNKNOWN},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) { lab.Initiate(SEC_E_TARGET_UNKNOWN); }},
    {"a hint that is none",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Garbage();
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"a server that has nothing that we have",
     {},
     Ntlm,
     FakeOnly,
     [](Lab& lab) {
       if (lab.has_hint) {
         lab.Initiate(SEC_E_BAD_PKGID);
         lab.token.clear();
       }
       lab.Initiate(kGoOn);
       lab.Accept(SEC_E_BAD_PKGID);
     }},
    {"garbage for a NegTokenInit",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Garbage();
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"a mechanism's token that is none",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Initiate(kGoOn);
       lab.ChangeInit([](NegTokenInit& init) { init.mech_token = kBadMic; });
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"a MIC before there is anything to protect",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Initiate(kGoOn);
       lab.ChangeInit([](NegTokenInit& init) { init.mech_list_mic = kBadMic; });
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"a wrong MIC with the only token",
     {.tokens = 1},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Initiate(kGoOn);
       lab.ChangeInit([](NegTokenInit& init) { init.mech_list_mic = kBadMic; });
       lab.Accept(SEC_E_MESSAGE_ALTERED);
     }},
    {"rejected at once",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.ChangeResp(Reject);
       lab.Initiate(SEC_E_BAD_PKGID);
       lab.Initiate(SEC_E_OUT_OF_SEQUENCE);
     }},
    {"rejected after the choice",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.ChangeResp([](NegTokenResp& r) { r.neg_state = NegState::kReject; });
       lab.Initiate(SEC_E_LOGON_DENIED);
     }},
    {"rejected in the middle",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn});
       lab.ChangeResp(Reject);
       const TokenBytes reject = lab.token;
       lab.Initiate(SEC_E_LOGON_DENIED);
       lab.token = reject;
       lab.Accept(SEC_E_LOGON_DENIED);
     }},
    {"rejected at the end",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK});
       lab.ChangeResp(Reject);
       lab.Initiate(SEC_E_LOGON_DENIED);
     }},
    {"the acceptor's MIC is awaited, and it is rejected",
     {.tokens = 2, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, SEC_E_OK});
       lab.ChangeResp(Reject);
       lab.Accept(SEC_E_LOGON_DENIED);
     }},
    {"first answer: garbage",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.Garbage();
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"first answer: without a state",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.ChangeResp([](NegTokenResp& r) { r.neg_state.reset(); });
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"first answer: NTLM does not like its token",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.ChangeResp([](NegTokenResp& r) { r.response_token = kBadMic; });
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"first answer: no memory",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.NoMemory(lab.client, 1);
     }},
    {"first answer: a MIC is missing",
     {.tokens = 2, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.ChangeResp(NoMic);
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"first answer: a wrong MIC",
     {.tokens = 2, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn});
       lab.ChangeResp(BadMic);
       lab.Initiate(SEC_E_MESSAGE_ALTERED);
     }},
    {"second answer: garbage",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn});
       lab.Garbage();
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"second answer: asks for MICs",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn});
       lab.ChangeResp(
           [](NegTokenResp& r) { r.neg_state = NegState::kRequestMic; });
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"second answer: the mechanism does not like it",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn});
       lab.ChangeResp([](NegTokenResp& r) { r.response_token = kBadMic; });
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"second answer: a MIC is missing",
     {.tokens = 4, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn});
       lab.ChangeResp(NoMic);
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"second answer: a wrong MIC",
     {.tokens = 4, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, kGoOn});
       lab.ChangeResp(BadMic);
       lab.Initiate(SEC_E_MESSAGE_ALTERED);
     }},
    {"last answer: garbage",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK});
       lab.Garbage();
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"last answer: not the last",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK});
       lab.ChangeResp(
           [](NegTokenResp& r) { r.neg_state = NegState::kAcceptIncomplete; });
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"last answer: a MIC is missing",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK});
       lab.ChangeResp(NoMic);
       lab.Initiate(SEC_E_INVALID_TOKEN);
     }},
    {"last answer: a wrong MIC",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn, SEC_E_OK});
       lab.ChangeResp(BadMic);
       lab.Initiate(SEC_E_MESSAGE_ALTERED);
     }},
    {"second token: garbage",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn});
       lab.Garbage();
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"second token: says that it is the last",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn});
       lab.ChangeResp(
           [](NegTokenResp& r) { r.neg_state = NegState::kAcceptCompleted; });
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"second token: the mechanism does not like it",
     {.tokens = 6},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn});
       lab.ChangeResp([](NegTokenResp& r) { r.response_token = kBadMic; });
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"NTLM's last token: a MIC is missing",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn});
       lab.ChangeResp(NoMic);
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"NTLM's last token: a wrong MIC",
     {},
     Ntlm,
     Ntlm,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, kGoOn});
       lab.ChangeResp(BadMic);
       lab.Accept(SEC_E_MESSAGE_ALTERED);
     }},
    {"the initiator's MIC: garbage",
     {.tokens = 2, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, SEC_E_OK});
       lab.Garbage();
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"the initiator's MIC: with a token",
     {.tokens = 2, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, SEC_E_OK});
       lab.ChangeResp([](NegTokenResp& r) { r.response_token = kBadMic; });
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"the initiator's MIC: missing",
     {.tokens = 2, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, SEC_E_OK});
       lab.ChangeResp(NoMic);
       lab.Accept(SEC_E_INVALID_TOKEN);
     }},
    {"the initiator's MIC: wrong",
     {.tokens = 2, .wants_mic = true},
     FakeOnly,
     FakeOnly,
     [](Lab& lab) {
       lab.Run({kGoOn, kGoOn, SEC_E_OK});
       lab.ChangeResp(BadMic);
       lab.Accept(SEC_E_MESSAGE_ALTERED);
     }},
};

TEST(NegotiateTransitions, EachIsTakenAndNoOther) {
  Recorder recorder;
  for (const bool server_first : {false, true}) {
    for (const Scenario& scenario : kScenarios) {
      SCOPED_TRACE(scenario.name);
      SCOPED_TRACE(server_first);
      Fake() = scenario.fake;
      Lab lab(&recorder, server_first, scenario.client(), scenario.server());
      scenario.run(lab);
    }
  }
  // What only the very first call can meet.
  {
    Fake() = {};
    Lab lab(&recorder, false, Ntlm(), Ntlm());
    lab.TooSmall(lab.server, 10, true);
    // The context, and then its token.
    lab.server.output_type = SECBUFFER_TOKEN;
    lab.server.allocate = true;
    lab.NoMemory(lab.server, 2);
  }
  // Somebody has NTLM take the place of the only mechanism that a protected
  // user may be authenticated by: by keeping it from beginning, or by choosing.
  for (const bool cannot_begin : {true, false}) {
    Fake() = {.begin =
                  cannot_begin ? SEC_E_NO_AUTHENTICATING_AUTHORITY : SEC_E_OK};
    World world;
    world.options().logon = {u"alice", u"EXAMPLE", u"Sesame1!", true};
    world.set_observer(&recorder);
    std::vector<Mechanism> mechanisms = FakeFirst();
    mechanisms[0].for_protected_users = true;
    Side client(world, Role::kInitiator, mechanisms);
    client.use_logon = true;
    ASSERT_EQ(client.Acquire(), SEC_E_OK);
    TokenBytes token;
    if (cannot_begin) {
      EXPECT_EQ(client.Step(&token), SEC_E_DOWNGRADE_DETECTED);
      continue;
    }
    ASSERT_EQ(client.Step(&token), kGoOn);
    NegTokenResp resp;
    resp.neg_state = NegState::kRequestMic;
    resp.supported_mech = oid::kNtlm;
    token = Written(resp);
    EXPECT_EQ(client.Step(&token), SEC_E_DOWNGRADE_DETECTED);
  }
  for (const MachineDescription* machine : MachinesOf(Package::kNegotiate)) {
    for (const MachineDescription::Row& row : machine->rows) {
      EXPECT_TRUE(recorder.taken.contains({machine->name, row.from, row.event}))
          << "never taken: " << Describe(*machine, row.from, row.event);
    }
  }
}

TEST(NegotiateTransitions, HaveStatusesThatTheStatusTableAllows) {
  const MachineDescription* initiator = MachinesOf(Package::kNegotiate)[0];
  for (const MachineDescription* machine : MachinesOf(Package::kNegotiate)) {
    const Call leg = machine == initiator ? Call::kInitializeSecurityContext
                                          : Call::kAcceptSecurityContext;
    for (const MachineDescription::Row& row : machine->rows) {
      if (row.status == kStatusFromInside) continue;
      EXPECT_TRUE(MayReturn(leg, Package::kNegotiate, row.status))
          << Describe(*machine, row.from, row.event) << " is "
          << StatusName(row.status);
    }
  }
}

}  // namespace
}  // namespace sspilab::negotiate

// Negotiate's exchanges.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/negotiate/messages.h"
#include "core/wire/der.h"
#include "fuzz/profile.h"
#include "fuzz/runs.h"
#include "fuzz/seeds.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Kind = sim::OperationKind;

constexpr uint8_t kIntegrity = 0x01, kConfidentiality = 0x02;

std::vector<Exchange> Exchanges() {
  std::vector<Exchange> list;
  // All seal, and send messages; `change` says what else.
  const auto add = [&list](std::string_view name, auto change) {
    Exchange exchange = {.name = std::string(name),
                         .operations = SealedMessages()};
    exchange.settings.initiator.requirements[0] = kIntegrity | kConfidentiality;
    change(exchange.settings, exchange.operations);
    list.push_back(std::move(exchange));
  };
  add("plain", [](auto&, auto&) {});
  add("bare", [](auto& s, auto& operations) {
    s.initiator.requirements[0] = 0;
    operations.clear();
  });
  add("hint", [](auto& s, auto&) { s.acceptor.policy[1] = 0x10; });
  add("request_mic", [](auto& s, auto&) { s.acceptor.policy[1] = 0x08; });
  add("ntlm_listed", [](auto& s, auto&) { s.initiator.policy[1] = 1; });
  add("ntlm_excluded", [](auto& s, auto&) { s.initiator.policy[1] = 3; });
  add("acceptor_excludes", [](auto& s, auto&) { s.acceptor.policy[1] = 3; });
  add("rejected", [](auto& s, auto&) {
    constexpr uint8_t kExtendedError = 0x10;
    s.initiator.policy[1] = 0x23;
    s.acceptor.requirements[1] = kExtendedError;
  });
  add("list_of_nothing", [](auto& s, auto&) { s.initiator.policy[1] = 7; });
  add("v1", [](auto& s, auto&) { s.initiator.policy[0] = 3; });
  add("no_timestamp",
      [](auto& s, auto&) { s.acceptor.options = sim::kNoTimestamp; });
  add("no_extended_security", [](auto& s, auto&) {
    s.initiator.policy[0] = 3;
    s.acceptor.policy[2] = 0x02;
  });
  add("bindings", [](auto& s, auto&) {
    s.initiator.bindings = s.acceptor.bindings =
        static_cast<uint8_t>(sim::Bindings::kUnique);
  });
  add("wrong_password", [](auto& s, auto&) { s.credential = 1; });
  add("anonymous", [](auto& s, auto&) {
    s.credential = 3;
    s.initiator.requirements[0] |= 0x20;
    s.acceptor.requirements[0] = 0x01;
  });
  add("logged_on", [](auto& s, auto&) { s.credential = 12; });
  add("ansi", [](auto& s, auto&) {
    s.credential = 13;
    s.initiator.policy[1] = 1;
  });
  add("too_small", [](auto& s, auto&) {
    s.initiator.output = s.acceptor.output =
        static_cast<uint8_t>(sim::OutputShape::kTooSmall);
  });
  add("allocated", [](auto& s, auto&) {
    s.initiator.output = s.acceptor.output =
        static_cast<uint8_t>(sim::OutputShape::kAllocated);
  });
  add("persistent", [](auto& s, auto&) {
    s.credential = 1;
    s.initiator.options = s.acceptor.options = sim::kPersists;
  });
  add("complete", [](auto& s, auto&) {
    s.initiator.options = s.acceptor.options = sim::kCompletesTokens;
  });
  constexpr uint8_t kInDomain = 0x20;
  const auto both_in_domain = [](sim::Settings& s) {
    s.initiator.policy[1] = s.acceptor.policy[1] = kInDomain;
  };
  add("kerberos", [&](auto& s, auto&) { both_in_domain(s); });
  add("kerberos_mutual", [&](auto& s, auto&) {
    both_in_domain(s);
    s.initiator.requirements[1] = 0x01;
  });
  add("kerberos_dce", [&](auto& s, auto&) {
    both_in_domain(s);
    s.initiator.requirements[1] = 0x05;
  });
  add("kerberos_request_mic", [&](auto& s, auto&) {
    both_in_domain(s);
    s.acceptor.policy[1] |= 0x08;
  });
  add("kerberos_mutual_request_mic", [&](auto& s, auto&) {
    both_in_domain(s);
    s.initiator.requirements[1] = 0x01;
    s.acceptor.policy[1] |= 0x08;
  });
  add("kerberos_hint", [&](auto& s, auto&) {
    both_in_domain(s);
    s.acceptor.policy[1] |= 0x10;
  });
  add("kerberos_hint_request_mic", [&](auto& s, auto&) {
    both_in_domain(s);
    s.acceptor.policy[1] |= 0x18;
  });
  add("kerberos_hint_bare", [&](auto& s, auto&) {
    both_in_domain(s);
    s.acceptor.policy[1] |= 0x10;
    s.initiator.requirements[0] = 0;
  });
  add("kerberos_refused",
      [](auto& s, auto&) { s.initiator.policy[1] = kInDomain; });
  add("kerberos_not_offered",
      [](auto& s, auto&) { s.acceptor.policy[1] = kInDomain; });
  add("kerberos_unknown_target", [&](auto& s, auto&) {
    both_in_domain(s);
    s.target = 3;
  });
  add("kerberos_alone", [&](auto& s, auto&) {
    both_in_domain(s);
    s.initiator.policy[1] |= 3;
  });
  add("kerberos_flipped", [&](auto& s, auto& operations) {
    both_in_domain(s);
    operations = {{Kind::kFlip, 0, 200, 0x01}};
  });
  // Into the OID of NTLM, the inner token, the MIC.
  add("list_flipped", [](auto&, auto& operations) {
    operations = {{Kind::kFlip, 0, 30, 0x01}};
  });
  add("token_flipped", [](auto&, auto& operations) {
    operations = {{Kind::kFlip, 1, 60, 0x01}};
  });
  add("kerberos_refused_list_flipped", [](auto& s, auto& operations) {
    s.initiator.policy[1] = kInDomain;
    operations = {{Kind::kFlip, 0, 30, 0x01}};
  });
  add("mic_dropped", [](auto&, auto& operations) {
    operations = {{Kind::kDrop, 3}};
  });
  add("kerberos_mic_replaced", [&](auto& s, auto& operations) {
    both_in_domain(s);
    s.acceptor.policy[1] |= 0x08;
    operations = {{Kind::kReplace, 2, 0, 1}};
  });
  // What was changed is proved, and what proves that is then broken.
  add("mic_proved", [](auto& s, auto& operations) {
    s.acceptor.policy[1] = 0x08;
    operations = {{Kind::kFlip, 2, 100, 0x01},
                  {Kind::kProve, 2},
                  {Kind::kFlip, 3, 20, 0x01},
                  {Kind::kProve, 3}};
  });
  add("kerberos_list_proved", [&](auto& s, auto& operations) {
    both_in_domain(s);
    s.initiator.requirements[1] = 0x01;
    s.acceptor.policy[1] |= 0x08;
    // The last byte of NTLM's OID.
    operations = {
        {Kind::kFlip, 0, 60, 0x01}, {Kind::kProve, 2}, {Kind::kProve, 3}};
  });
  add("kerberos_list_proved_once", [&](auto& s, auto& operations) {
    both_in_domain(s);
    s.initiator.requirements[1] = 0x01;
    s.acceptor.policy[1] |= 0x08;
    operations = {{Kind::kFlip, 0, 57, 0x01}, {Kind::kProve, 2}};
  });
  // To an initiator whose guess was wrong.
  add("kerberos_refused_truncated", [](auto& s, auto& operations) {
    s.initiator.policy[1] = kInDomain;
    operations = {{Kind::kTruncate, 3, 20}};
  });
  add("kerberos_refused_twice", [](auto& s, auto& operations) {
    s.initiator.policy[1] = kInDomain;
    operations = {{Kind::kReplace, 3, 0, 1}};
  });
  add("kerberos_refused_no_output", [](auto& s, auto& operations) {
    s.initiator.policy[1] = kInDomain;
    operations = {{Kind::kOffer, 3, 0,
                   static_cast<uint8_t>(sim::OutputShape::kNullPointer)}};
  });
  add("move", [](auto&, auto& operations) {
    operations = {{Kind::kSeal, kInitiator, 9},
                  {Kind::kMove, kInitiator},
                  {Kind::kSeal, kInitiator, 9},
                  {Kind::kMove, kAcceptor, 2},
                  {Kind::kSeal, kAcceptor, 9}};
  });
  return list;
}

// A reply with something in it that its sender would not say.
struct Said {
  std::string_view name;
  // The exchange, and which of its tokens it is.
  std::string_view exchange;
  uint8_t token;
  void (*change)(negotiate::NegTokenResp& resp);
};
constexpr uint8_t kNoMic[16] = {1};
constexpr uint8_t kNoToken[] = "NTLMSSP";
constexpr Said kSaid[] = {
    {"rejects", "plain", 2,
     [](auto& resp) { resp.neg_state = negotiate::NegState::kReject; }},
    {"no_mic", "plain", 2, [](auto& resp) { resp.mech_list_mic.reset(); }},
    {"no_mic", "kerberos_refused", 5,
     [](auto& resp) { resp.mech_list_mic.reset(); }},
    {"mic_too_early", "kerberos_refused", 3,
     [](auto& resp) { resp.mech_list_mic = kNoMic; }},
    {"no_challenge", "kerberos_refused", 3,
     [](auto& resp) { resp.response_token = kNoToken; }},
};

void RecordSaid(const Said& said, Seeds& seeds) {
  sim::Input input = sim::Input::Decode(
      seeds.at(absl::StrCat("negotiate_session/", said.exchange)));
  Outcome sent;
  RunSession(NegotiateProfile(), input.Encode(), Verification::kStrict, &sent);
  auto resp = negotiate::NegTokenResp::Parse(sent.tokens.at(said.token));
  said.change(*resp);
  wire::DerWriter counter;
  resp->WriteTo(&counter);
  std::vector<uint8_t> bytes(counter.size());
  wire::DerWriter writer(absl::MakeSpan(bytes));
  resp->WriteTo(&writer);
  input.operations = {{.kind = Kind::kDeliver,
                       .target = said.token,
                       .bytes = std::move(bytes)}};
  seeds[absl::StrCat("negotiate_session/", said.exchange, "_", said.name)] =
      input.Encode();
}

}  // namespace

void RecordNegotiate(Seeds& seeds) {
  for (const Exchange& exchange : Exchanges()) {
    const auto tokens = RecordExchange(NegotiateProfile(), "negotiate",
                                       exchange, /*permissive=*/true, seeds);
    if (exchange.name == "move" ||
        exchange.name == "kerberos_mutual_request_mic") {
      RecordSweeps(NegotiateProfile(), "negotiate", exchange, seeds);
    }
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].empty()) continue;
      constexpr uint8_t kInit = 0x60;
      if (tokens[i][0] == kInit) {
        seeds.emplace(absl::StrCat("negotiate_init/", exchange.name),
                      tokens[i]);
      } else {
        seeds.emplace(absl::StrCat("negotiate_resp/", exchange.name, "_", i),
                      tokens[i]);
      }
    }
  }
  for (const Said& said : kSaid) RecordSaid(said, seeds);
  // NTLM without SPNEGO around it, after settings that are all zeros.
  sim::Input raw;
  for (const std::string_view name :
       {"ntlm_negotiate/plain", "ntlm_authenticate/plain"}) {
    raw.operations.push_back(
        {.kind = Kind::kDeliver,
         .target = static_cast<uint8_t>(2 * raw.operations.size()),
         .bytes = seeds.at(std::string(name))});
  }
  const auto add_raw = [&](std::string_view name, const sim::Input& input) {
    seeds[absl::StrCat("negotiate_acceptor/raw", name)] = input.Encode();
    seeds[absl::StrCat("negotiate_acceptor_permissive/raw", name)] =
        input.Encode();
  };
  add_raw("", raw);
  sim::Input truncated = raw;
  truncated.operations.push_back({Kind::kTruncate, 2, 70});
  add_raw("_truncated", truncated);
  constexpr uint8_t kMostAllocations = 40;
  for (uint8_t i = 1; i <= kMostAllocations; ++i) {
    sim::Input refused = raw;
    refused.settings.acceptor.refused_allocation = i;
    add_raw(absl::StrCat("_refused_", i), refused);
  }
  // Instead of the answer to the acceptor's hint.
  for (const std::string_view name :
       {"ntlm_negotiate/plain", "negotiate_resp/plain_1",
        "negotiate_init/kerberos"}) {
    sim::Input input = sim::Input::Decode(seeds.at("negotiate_session/hint"));
    input.operations.insert(input.operations.begin(),
                            {.kind = Kind::kDeliver,
                             .target = 1,
                             .bytes = seeds.at(std::string(name))});
    seeds[absl::StrCat("negotiate_session/hint_",
                       name.substr(0, name.find('/')))] = input.Encode();
  }
}

}  // namespace sspilab::fuzz

// Schannel's exchanges.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "fuzz/profile.h"
#include "fuzz/runs.h"
#include "fuzz/seeds.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Kind = sim::OperationKind;

constexpr uint8_t kTls12 = 1, kTls13 = 2;
// Requirements.
constexpr uint8_t kExtendedError = 0x02, kSuppliedCreds = 0x08;
constexpr uint8_t kAskClient = 0x04;
std::vector<sim::Operation> Messages() {
  return {{Kind::kSeal, kInitiator, 20},  {Kind::kSeal, kAcceptor, 33},
          {Kind::kHold, kInitiator, 5},   {Kind::kHold, kInitiator, 200},
          {Kind::kArrive, kInitiator, 3}, {Kind::kArrive, kInitiator, 40},
          {Kind::kSeal, kInitiator},      {Kind::kShutdown, kInitiator},
          {Kind::kSeal, kAcceptor, 7},    {Kind::kShutdown, kAcceptor}};
}

std::vector<Exchange> Exchanges() {
  std::vector<Exchange> list;
  const auto add = [&list](std::string_view name, auto change) {
    Exchange exchange = {.name = std::string(name), .operations = Messages()};
    change(exchange.settings, exchange.operations);
    list.push_back(std::move(exchange));
  };
  add("tls13", [](auto&, auto&) {});
  add("tls12", [](auto& s, auto&) { s.initiator.policy[1] = kTls12; });
  add("tls12_server", [](auto& s, auto&) { s.acceptor.policy[1] = kTls12; });
  add("no_common_version", [](auto& s, auto&) {
    s.initiator.policy[1] = kTls12;
    s.acceptor.policy[1] = kTls13;
    s.acceptor.requirements[0] = kExtendedError;
  });
  add("new_structure", [](auto& s, auto&) {
    s.initiator.policy[2] = s.acceptor.policy[2] = 0x80;
  });
  for (const uint8_t version : {kTls12, kTls13}) {
    const std::string_view name = version == kTls12 ? "12" : "13";
    const auto both = [&](std::string_view what, auto change) {
      add(absl::StrCat(what, name),
          [&](sim::Settings& s, std::vector<sim::Operation>& operations) {
            s.initiator.policy[1] = version;
            change(s, operations);
          });
    };
    both("client_certificate", [](auto& s, auto&) {
      s.initiator.policy[0] = 1;
      s.acceptor.requirements[0] = kAskClient;
    });
    both("no_client_certificate", [](auto& s, auto&) {
      s.acceptor.requirements[0] = kAskClient;
      s.initiator.requirements[0] = kSuppliedCreds;
    });
    both("certificate_wanted",
         [](auto& s, auto&) { s.acceptor.requirements[0] = kAskClient; });
    both("unknown_client", [](auto& s, auto&) {
      s.initiator.policy[0] = 2;
      s.acceptor.requirements[0] = kAskClient | kExtendedError;
    });
    both("intermediate", [](auto& s, auto&) { s.acceptor.policy[0] = 1; });
    both("expired", [](auto& s, auto&) {
      s.acceptor.policy[0] = 2;
      s.initiator.requirements[0] = kExtendedError;
    });
    both("other_name", [](auto& s, auto&) { s.acceptor.policy[0] = 3; });
    both("self_signed", [](auto& s, auto&) { s.acceptor.policy[0] = 4; });
    both("manual", [](auto& s, auto&) {
      s.acceptor.policy[0] = 4;
      s.initiator.policy[2] = 0x01;
    });
    both("renegotiated", [](auto&, auto& operations) {
      operations = {{Kind::kRenegotiate, kInitiator},
                    {Kind::kSeal, kAcceptor, 9},
                    {Kind::kRenegotiate, kAcceptor},
                    {Kind::kSeal, kInitiator, 9}};
    });
    both("damaged", [](auto&, auto& operations) {
      operations = {{Kind::kHold, kInitiator, 20},
                    {Kind::kDamage, kInitiator, 30, 8},
                    {Kind::kSeal, kAcceptor, 20}};
    });
    both("flipped", [](auto&, auto& operations) {
      operations.insert(operations.begin(), {Kind::kFlip, 1, 90, 0x10});
    });
    both("too_small", [](auto& s, auto&) {
      s.initiator.output = s.acceptor.output =
          static_cast<uint8_t>(sim::OutputShape::kTooSmall);
    });
    both("allocated", [](auto& s, auto&) {
      s.initiator.output = s.acceptor.output =
          static_cast<uint8_t>(sim::OutputShape::kAllocated);
      s.initiator.input = static_cast<uint8_t>(sim::InputShape::kAmongOthers);
    });
    both("others", [](auto&, auto& operations) {
      operations = {{Kind::kOthers, kInitiator, 0, 9},
                    {Kind::kOthers, kAcceptor, 0, 0x2A},
                    {Kind::kOthers, kInitiator, 0, 0x33},
                    {Kind::kSeal, kAcceptor, 9}};
    });
  }
  add("no_certificate", [](auto& s, auto&) { s.acceptor.policy[0] = 6; });
  add("other_key", [](auto& s, auto&) { s.acceptor.policy[0] = 7; });
  add("broken_chain", [](auto& s, auto&) { s.acceptor.policy[0] = 8; });
  add("client_with_intermediate", [](auto& s, auto&) {
    s.initiator.policy[0] = 4;
    s.acceptor.requirements[0] = kAskClient;
  });
  add("truncated", [](auto&, auto& operations) {
    operations = {{Kind::kTruncate, 1, 100}};
  });
  add("persistent", [](auto& s, auto&) {
    s.acceptor.policy[0] = 4;
    s.initiator.options = s.acceptor.options = sim::kPersists;
  });
  return list;
}

// A server of TLS 1.2 asks for a certificate and ends its flight in one record:
// the client that was asked goes on with an answer.
void RecordCertificateWanted(Seeds& seeds) {
  const sim::Input plain =
      sim::Input::Decode(seeds.at("schannel_session/certificate_wanted12"));
  Outcome sent;
  RunSession(SchannelProfile(), plain.Encode(), Verification::kStrict, &sent);
  // The last record is ServerHelloDone, the one before the request.
  constexpr size_t kHeader = 5, kDone = 4;
  const std::vector<uint8_t>& flight = sent.tokens.at(1);
  size_t at = 0, request = 0;
  for (; at + kHeader + kDone < flight.size();
       at +=
       kHeader + static_cast<size_t>(flight[at + 3] << 8) + flight[at + 4]) {
    request = at;
  }
  const auto length = static_cast<uint16_t>(request + 4);
  const std::vector<sim::Operation> joined = {
      {Kind::kErase, 1, static_cast<uint16_t>(at), kHeader},
      {Kind::kSet, 1, length, static_cast<uint8_t>(flight[length] + kDone)}};
  const auto add = [&](std::string_view name, auto change) {
    sim::Input input = {plain.settings, joined};
    change(input);
    seeds[absl::StrCat("schannel_session/certificate_wanted12_", name)] =
        input.Encode();
  };
  // One record is one leg; the last comes once more, with the answer.
  constexpr uint8_t kFirst = 1, kAnswer = 4;
  for (const auto shape :
       {sim::OutputShape::kNullPointer, sim::OutputShape::kNoTokenBuffer}) {
    const auto value = static_cast<uint8_t>(shape);
    add(absl::StrCat("offered_", value), [&](sim::Input& input) {
      input.operations.push_back({Kind::kOffer, 1, kFirst, value});
    });
  }
  add("shut_down", [&](sim::Input& input) {
    input.operations.push_back({Kind::kControl, 1, kAnswer, SCHANNEL_SHUTDOWN});
  });
  add("done_twice", [&](sim::Input& input) {
    uint8_t& size = input.operations[1].value;
    size = static_cast<uint8_t>(size + kDone);
    input.operations.push_back(
        {Kind::kDuplicate, 1, static_cast<uint16_t>(at), kDone});
  });
  for (uint8_t i = 5; i < 10; ++i) {
    add(absl::StrCat("allocation_", i), [&](sim::Input& input) {
      input.settings.initiator.output =
          static_cast<uint8_t>(sim::OutputShape::kAllocated);
      input.settings.initiator.refused_allocation = i;
    });
  }
}

// Memory is refused for the token of a handshake behind the first one.
void RecordRenegotiated(Seeds& seeds) {
  sim::Input plain =
      sim::Input::Decode(seeds.at("schannel_session/renegotiated12"));
  plain.operations = {{Kind::kRenegotiate, kAcceptor},
                      {Kind::kSeal, kInitiator, 9}};
  for (uint8_t i = 9; i < 15; ++i) {
    for (const uint8_t end : {kInitiator, kAcceptor}) {
      sim::Input input = plain;
      sim::SideSettings& side = end == kInitiator ? input.settings.initiator
                                                  : input.settings.acceptor;
      side.output = static_cast<uint8_t>(sim::OutputShape::kAllocated);
      side.refused_allocation = i;
      seeds[absl::StrCat("schannel_session/renegotiated12_allocation_", end,
                         "_", i)] = input.Encode();
    }
  }
}

}  // namespace

void RecordSchannel(Seeds& seeds) {
  for (const Exchange& exchange : Exchanges()) {
    const auto tokens = RecordExchange(SchannelProfile(), "schannel", exchange,
                                       /*permissive=*/false, seeds);
    RecordFraming("schannel", exchange, seeds);
    if (exchange.name == "client_certificate12" ||
        exchange.name == "client_certificate13" ||
        exchange.name == "no_client_certificate12" ||
        exchange.name == "renegotiated12") {
      RecordSweeps(SchannelProfile(), "schannel", exchange, seeds);
    }
    if (exchange.name != "tls13" && exchange.name != "tls12") continue;
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].empty()) continue;
      for (const std::string_view target : {"tls_record/", "decode/"}) {
        seeds.emplace(absl::StrCat(target, exchange.name, "_", i), tokens[i]);
      }
    }
  }
  RecordCertificateWanted(seeds);
  RecordRenegotiated(seeds);
}

}  // namespace sspilab::fuzz

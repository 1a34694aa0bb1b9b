// Schannel's exchanges.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fuzz/profile.h"
#include "fuzz/seeds.h"
#include "fuzz/settings.h"

namespace sspilab::fuzz {
namespace {

constexpr uint8_t kAfter = 7;
constexpr uint8_t kTls12 = 1, kTls13 = 2;
// Requirements.
constexpr uint8_t kExtendedError = 0x02, kSuppliedCreds = 0x08;
constexpr uint8_t kAskClient = 0x04;
// Steps after the handshake.
constexpr uint8_t kSent = 0, kDelayed = 1, kPart = 2, kDamaged = 3,
                  kShutdown = 4, kRenegotiated = 5, kOthers = 6;

std::vector<Step> Messages() {
  return {{kAfter, kSent, {20, 0}, 0},   {kAfter, kSent, {33, 0}, 1},
          {kAfter, kDelayed, {5, 0}, 0}, {kAfter, kDelayed, {200, 0}, 0},
          {kAfter, kPart, {3, 0}, 0},    {kAfter, kPart, {40, 0}, 0},
          {kAfter, kSent, {0, 0}, 0},    {kAfter, kShutdown, {0, 0}, 0},
          {kAfter, kSent, {7, 0}, 1},    {kAfter, kShutdown, {0, 0}, 1}};
}

std::vector<Exchange> Exchanges() {
  std::vector<Exchange> list;
  const auto add = [&list](std::string_view name, auto change) {
    Exchange exchange = {.name = std::string(name), .steps = Messages()};
    change(exchange.settings, exchange.steps);
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
      add(absl::StrCat(what, name), [&](Settings& s, std::vector<Step>& steps) {
        s.initiator.policy[1] = version;
        change(s, steps);
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
    both("renegotiated", [](auto&, auto& steps) {
      steps = {{kAfter, kRenegotiated, {0, 0}, 0},
               {kAfter, kSent, {9, 0}, 1},
               {kAfter, kRenegotiated, {0, 0}, 1},
               {kAfter, kSent, {9, 0}, 0}};
    });
    both("damaged", [](auto&, auto& steps) {
      steps = {{kAfter, kDelayed, {20, 0}, 0},
               {kAfter, kDamaged, {30, 0}, 0x10},
               {kAfter, kSent, {20, 0}, 1}};
    });
    both("flipped", [](auto&, auto& steps) {
      steps.insert(steps.begin(),
                   {1, static_cast<uint8_t>(WireEdit::kFlip), {90, 0}, 0x10});
    });
    both("too_small", [](auto& s, auto&) {
      s.initiator.output = s.acceptor.output =
          static_cast<uint8_t>(OutputShape::kTooSmall);
    });
    both("allocated", [](auto& s, auto&) {
      s.initiator.output = s.acceptor.output =
          static_cast<uint8_t>(OutputShape::kAllocated);
      s.initiator.input = static_cast<uint8_t>(InputShape::kAmongOthers);
    });
    both("others", [](auto&, auto& steps) {
      steps = {{kAfter, kOthers, {9, 0}, 0},
               {kAfter, kOthers, {0x2A, 0}, 1},
               {kAfter, kOthers, {0x33, 0}, 0},
               {kAfter, kSent, {9, 0}, 1}};
    });
  }
  add("no_certificate", [](auto& s, auto&) { s.acceptor.policy[0] = 6; });
  add("truncated", [](auto&, auto& steps) {
    steps = {{1, static_cast<uint8_t>(WireEdit::kTruncate), {100, 0}, 0}};
  });
  add("persistent", [](auto& s, auto&) {
    s.acceptor.policy[0] = 4;
    s.initiator.options = s.acceptor.options = kPersists;
  });
  return list;
}

}  // namespace

void RecordSchannel(Seeds& seeds) {
  for (const Exchange& exchange : Exchanges()) {
    const auto tokens = RecordExchange(SchannelProfile(), "schannel", exchange,
                                       /*permissive=*/false, seeds);
    RecordFraming("schannel", exchange, seeds);
    if (exchange.name != "tls13" && exchange.name != "tls12") continue;
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].empty()) continue;
      for (const std::string_view target : {"tls_record/", "decode/"}) {
        seeds.emplace(absl::StrCat(target, exchange.name, "_", i), tokens[i]);
      }
    }
  }
}

}  // namespace sspilab::fuzz

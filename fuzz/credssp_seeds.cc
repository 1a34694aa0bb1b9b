// CredSSP's exchanges.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "fuzz/profile.h"
#include "fuzz/seeds.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Kind = sim::OperationKind;

constexpr uint8_t kDelegate = 0x01;

// One that delegates, and sends messages; `change` says what else.
template <typename Change>
Exchange With(std::string_view name, Change change) {
  Exchange exchange = {.name = std::string(name),
                       .operations = {{Kind::kSeal, kInitiator, 20},
                                      {Kind::kHold, kAcceptor, 33},
                                      {Kind::kArrive, kAcceptor, 7},
                                      {Kind::kShutdown, kInitiator}}};
  exchange.settings.initiator.requirements[0] = kDelegate;
  change(exchange.settings, exchange.operations);
  return exchange;
}

std::vector<Exchange> Exchanges() {
  std::vector<Exchange> list;
  const auto add = [&list](std::string_view name, auto change) {
    list.push_back(With(name, change));
  };
  add("plain", [](auto&, auto&) {});
  add("nothing_delegated",
      [](auto& s, auto&) { s.initiator.requirements[0] = 0; });
  add("tls12", [](auto& s, auto&) { s.initiator.policy[1] = 0x10; });
  add("version_5", [](auto& s, auto&) { s.acceptor.policy[2] = 1; });
  add("version_4", [](auto& s, auto&) { s.acceptor.policy[2] = 2; });
  add("version_2", [](auto& s, auto&) { s.initiator.policy[2] = 4; });
  add("updated_clients_only", [](auto& s, auto&) {
    s.initiator.policy[2] = 4;
    s.acceptor.policy[2] = 0x10;
  });
  add("denied", [](auto& s, auto&) { s.initiator.policy[2] = 0x20; });
  add("vista", [](auto& s, auto&) { s.initiator.policy[2] = 0x40; });
  add("other_target", [](auto& s, auto&) { s.target = 3; });
  add("target_of_three_parts", [](auto& s, auto&) { s.target = 5; });
  add("wrong_password", [](auto& s, auto&) { s.credential = 1; });
  add("unknown_user", [](auto& s, auto&) { s.credential = 2; });
  add("logged_on", [](auto& s, auto&) { s.credential = 12; });
  add("japanese", [](auto& s, auto&) { s.credential = 10; });
  add("self_signed", [](auto& s, auto&) { s.acceptor.policy[1] = 4; });
  add("client_certificate", [](auto& s, auto&) {
    s.initiator.policy[1] = 1;
    s.acceptor.requirements[0] = 0x08;
  });
  add("no_client_certificate",
      [](auto& s, auto&) { s.acceptor.requirements[0] = 0x08; });
  add("complete", [](auto& s, auto&) {
    s.initiator.options = s.acceptor.options = sim::kCompletesTokens;
  });
  add("too_small", [](auto& s, auto&) {
    s.initiator.output = s.acceptor.output =
        static_cast<uint8_t>(sim::OutputShape::kTooSmall);
  });
  add("allocated", [](auto& s, auto&) {
    s.initiator.output = s.acceptor.output =
        static_cast<uint8_t>(sim::OutputShape::kAllocated);
  });
  add("kerberos", [](auto& s, auto&) {
    s.initiator.policy[1] = s.acceptor.policy[1] = 0x80;
  });
  add("kerberos_refused", [](auto& s, auto&) { s.initiator.policy[1] = 0x80; });
  add("flipped", [](auto&, auto& operations) {
    operations = {{Kind::kFlip, 4, 40, 0x01}};
  });
  add("truncated", [](auto&, auto& operations) {
    operations = {{Kind::kTruncate, 3, 40, 0x01}};
  });
  return list;
}

// What only one who has both ends can bring about.
void RecordSessions(Seeds& seeds) {
  const auto add = [&seeds](std::string_view name, auto change) {
    const Exchange exchange = With(name, change);
    seeds[absl::StrCat("credssp_session/", name)] =
        sim::Input{exchange.settings, exchange.operations}.Encode();
  };
  add("no_client_certificate_completed", [](auto& s, auto&) {
    s.acceptor.requirements[0] = 0x08;
    s.initiator.completing = static_cast<uint8_t>(sim::Completing::kAlways);
  });
  add("wrong_token_completed", [](auto& s, auto&) {
    s.initiator.options = sim::kCompletesTokens;
    s.initiator.completing =
        static_cast<uint8_t>(sim::Completing::kWrongTokenFirst);
  });
  add("once_more", [](auto&, auto& operations) {
    operations.insert(operations.begin(), {Kind::kAgain, kInitiator});
  });
  add("once_more_completed", [](auto& s, auto& operations) {
    s.initiator.options = s.acceptor.options = sim::kCompletesTokens;
    operations = {{Kind::kAgain, kInitiator}};
  });
  add("last_token_not_completed", [](auto& s, auto& operations) {
    s.initiator.options = sim::kCompletesTokens;
    s.initiator.completing = static_cast<uint8_t>(sim::Completing::kNotTheLast);
    operations = {{Kind::kLate, kInitiator}};
  });
  constexpr uint8_t kKerberos = 0x80;
  add("kerberos_request_mic", [](auto& s, auto&) {
    s.initiator.policy[1] = kKerberos;
    s.acceptor.policy[1] = kKerberos | 0x40;
  });
  add("kerberos_request_mic_completed", [](auto& s, auto&) {
    s.initiator.policy[1] = kKerberos;
    s.acceptor.policy[1] = kKerberos | 0x40;
    s.initiator.options = s.acceptor.options = sim::kCompletesTokens;
  });
  // The ticket ends before the key's proof is made, or taken.
  for (const uint8_t token : {3, 4}) {
    add(absl::StrCat("kerberos_expires_", token),
        [token](auto& s, auto& operations) {
          s.initiator.policy[1] = s.acceptor.policy[1] = kKerberos;
          operations = {{Kind::kChange, token, 11 * 60,
                         static_cast<uint8_t>(sim::WorldChange::kClock)}};
        });
  }
  add("when_ntlm_only", [](auto& s, auto&) { s.initiator.policy[1] = 0x40; });
  // One record is one leg.
  for (const uint8_t leg : {5, 6, 7}) {
    add(absl::StrCat("no_client_certificate_shut_down_", leg),
        [leg](auto& s, auto& operations) {
          s.acceptor.requirements[0] = 0x08;
          operations = {{Kind::kControl, 1, leg, SCHANNEL_SHUTDOWN}};
        });
  }
  for (const uint8_t i : {41, 42, 43}) {
    add(absl::StrCat("once_more_refused_", i), [i](auto& s, auto& operations) {
      s.acceptor.refused_allocation = i;
      operations = {{Kind::kAgain, kInitiator}};
    });
  }
  // A leg behind the end.
  add("ended", [](auto&, auto& operations) {
    operations = {{Kind::kShutdown, kInitiator},
                  {Kind::kArrive, kInitiator, 0xFFFF},
                  {Kind::kLate, kAcceptor}};
  });
}

// What one between the two does to their TSRequests. The initiator's first two
// have NTLM's tokens; the key's proof is in its third, which is number 4.
void RecordRelay(Seeds& seeds) {
  constexpr uint8_t kOtherKey = 1;
  // TSRequest: version 6, errorCode STATUS_LOGON_FAILURE.
  const std::vector<uint8_t> kLogonDenied = {0x30, 0x0E, 0xA0, 0x03, 0x02, 0x01,
                                             0x06, 0xA4, 0x07, 0x02, 0x05, 0x00,
                                             0xC0, 0x00, 0x00, 0x6D};
  const auto add = [&](std::string_view name, const sim::Settings& settings,
                       std::vector<sim::Operation> operations) {
    seeds[absl::StrCat("credssp_relay/", name)] =
        sim::Input{settings, std::move(operations)}.Encode();
  };
  sim::Settings plain = {};
  plain.initiator.requirements[0] = kDelegate;
  for (uint8_t older = 0; older <= 4; ++older) {
    sim::Settings settings = plain;
    settings.initiator.policy[2] = older;
    add(absl::StrCat("version_", 6 - older), settings, {});
    settings.seed = kOtherKey;
    add(absl::StrCat("version_", 6 - older, "_other_key"), settings, {});
  }
  sim::Settings tls12 = plain;
  tls12.initiator.policy[1] = 0x10;
  add("renegotiated", tls12,
      {{Kind::kRenegotiate, kInitiator}, {Kind::kRenegotiate, kAcceptor}});
  for (uint8_t number = 0; number < 6; ++number) {
    // The version is the eleventh byte of short ones, and of others two later.
    for (const uint16_t place : {8, 10, 12}) {
      add(absl::StrCat("number_", number, "_byte_", place), plain,
          {{Kind::kFlip, number, place, 0x03}});
    }
    // Behind all else is the nonce.
    add(absl::StrCat("number_", number, "_end"), plain,
        {{Kind::kFlip, number, 0xFFFF, 0x01}});
    add(absl::StrCat("number_", number, "_dropped"), plain,
        {{Kind::kDrop, number}});
    // The version is 5 bytes behind the beginning or, where the length takes
    // more, one or two further.
    for (const uint16_t place : {6, 7, 8}) {
      add(absl::StrCat("number_", number, "_version_", place), plain,
          {{Kind::kFlip, number, place, 0x04}});
    }
    // Nothing of it in the first record; its tag and length; all but a byte.
    for (const uint16_t place : {1, 10, 40}) {
      add(absl::StrCat("number_", number, "_split_", place), plain,
          {{Kind::kSplit, number, place}});
    }
    add(absl::StrCat("number_", number, "_split_and_more"), plain,
        {{Kind::kExtend, number, 0, 9}, {Kind::kSplit, number, 40}});
    add(absl::StrCat("number_", number, "_error"), plain,
        {{.kind = Kind::kDeliver, .target = number, .bytes = kLogonDenied}});
  }
}

}  // namespace

void RecordCredSsp(Seeds& seeds) {
  RecordRelay(seeds);
  RecordSessions(seeds);
  for (const Exchange& exchange : Exchanges()) {
    RecordExchange(CredSspProfile(), "credssp", exchange, /*permissive=*/true,
                   seeds);
    RecordFraming("credssp", exchange, seeds);
    if (exchange.name == "plain") {
      RecordSweeps(CredSspProfile(), "credssp", exchange, seeds);
    }
  }
}

}  // namespace sspilab::fuzz

// Kerberos' exchanges.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/kerberos/messages.h"
#include "fuzz/profile.h"
#include "fuzz/seeds.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Kind = sim::OperationKind;

// Requirements of the initiator.
constexpr uint8_t kMutual = 0x01, kConfidentiality = 0x02, kIntegrity = 0x04,
                  kReplay = 0x08, kSequence = 0x10, kDce = 0x20,
                  kDelegate = 0x01, kUseSessionKey = 0x02;
// Of the acceptor.
constexpr uint8_t kExtendedError = 0x01, kAllowMissingBindings = 0x02,
                  kAcceptsSessionKey = 0x02;

std::vector<Exchange> Exchanges() {
  std::vector<Exchange> list;
  // All are mutual, seal, and send messages; `change` says what else.
  const auto add = [&list](std::string_view name, auto change) {
    Exchange exchange = {.name = std::string(name),
                         .operations = SealedMessages()};
    exchange.settings.initiator.requirements[0] =
        kMutual | kConfidentiality | kIntegrity | kReplay | kSequence;
    change(exchange.settings, exchange.operations);
    list.push_back(std::move(exchange));
  };
  const auto edit = [](uint8_t token, Kind what, uint8_t at, uint8_t value) {
    return std::vector<sim::Operation>{{what, token, at, value}};
  };
  add("mutual", [](auto&, auto&) {});
  add("bare", [](auto& s, auto& operations) {
    s.initiator.requirements[0] = 0;
    operations.clear();
  });
  add("one_token", [](auto& s, auto&) {
    s.initiator.requirements[0] &= static_cast<uint8_t>(~kMutual);
  });
  add("dce", [](auto& s, auto&) { s.initiator.requirements[0] |= kDce; });
  add("replay_only", [](auto& s, auto& operations) {
    s.initiator.requirements[0] &= static_cast<uint8_t>(~kSequence);
    operations = {{Kind::kSeal, kInitiator, 8},
                  {Kind::kRepeat, kInitiator},
                  {Kind::kHold, kAcceptor, 8},
                  {Kind::kWrap, kAcceptor, 8},
                  {Kind::kRepeat, kAcceptor}};
  });
  add("not_encrypted", [](auto&, auto& operations) {
    operations = {{Kind::kWrap, kInitiator, 20},
                  {Kind::kWrapAsStream, kAcceptor, 20}};
  });
  add("others", [](auto&, auto& operations) {
    operations = {{Kind::kOthers, kInitiator, 0, 9},
                  {Kind::kOthers, kAcceptor, 0, 0x4D},
                  {Kind::kOthers, kAcceptor, 0, 0xC5},
                  {Kind::kLate, kInitiator},
                  {Kind::kLate, kAcceptor, 1}};
  });
  add("move", [](auto&, auto& operations) {
    operations = {{Kind::kSeal, kInitiator, 9},
                  {Kind::kMove, kInitiator},
                  {Kind::kSeal, kInitiator, 9},
                  {Kind::kMove, kAcceptor, 2},
                  {Kind::kSeal, kAcceptor, 9}};
  });
  for (uint8_t etypes = 1; etypes < 7; ++etypes) {
    add(absl::StrCat("etypes_", etypes), [etypes](auto& s, auto&) {
      s.initiator.policy[0] = s.initiator.policy[1] = etypes;
      s.acceptor.policy[0] = s.acceptor.policy[1] = etypes;
    });
  }
  add("no_common_etype", [](auto& s, auto&) { s.initiator.policy[0] = 7; });
  add("aes_password", [](auto& s, auto&) { s.initiator.policy[2] = 0x80; });
  add("no_preauthentication",
      [](auto& s, auto&) { s.initiator.policy[1] = 0x08; });
  add("no_realm", [](auto& s, auto&) { s.initiator.policy[1] = 0x40; });
  add("referral", [](auto& s, auto&) {
    s.initiator.policy[1] = s.acceptor.policy[1] = 0x80;
    s.target = 5;
  });
  add("unknown_target", [](auto& s, auto&) { s.target = 3; });
  add("user_as_target", [](auto& s, auto&) { s.target = 4; });
  add("user_to_user", [](auto& s, auto&) {
    s.initiator.requirements[1] = kUseSessionKey;
    s.acceptor.requirements[1] = kAcceptsSessionKey;
  });
  add("user_to_user_asked",
      [](auto& s, auto&) { s.initiator.requirements[1] = kUseSessionKey; });
  add("user_to_user_demanded",
      [](auto& s, auto&) { s.acceptor.requirements[1] = kAcceptsSessionKey; });
  add("user_to_user_refused", [](auto& s, auto&) {
    s.initiator.requirements[1] = kUseSessionKey;
    s.acceptor.policy[1] = 0x10;
    s.acceptor.requirements[0] = kExtendedError;
  });
  add("user_to_user_bindings_malformed", [](auto& s, auto&) {
    constexpr uint8_t kNotOnTheFirstLeg = 0x10;
    s.initiator.requirements[1] = kUseSessionKey;
    s.acceptor.bindings =
        static_cast<uint8_t>(sim::Bindings::kTooShort) | kNotOnTheFirstLeg;
  });
  // The realm is another when the initiator gets the demand.
  const auto add_changed = [&](std::string_view name,
                               std::vector<sim::Operation> changes) {
    add(absl::StrCat("user_to_user_", name), [&](auto& s, auto& operations) {
      s.acceptor.requirements[1] = kAcceptsSessionKey;
      operations = std::move(changes);
    });
  };
  constexpr uint8_t kToInitiator = 1;
  const auto change = [](sim::WorldChange what, uint16_t place = 0) {
    return sim::Operation{Kind::kChange, kToInitiator, place,
                          static_cast<uint8_t>(what)};
  };
  constexpr uint16_t kTicketLife = 11 * 60;
  add_changed("nobody_answers", {change(sim::WorldChange::kNobodyAnswers)});
  add_changed("service_disabled", {change(sim::WorldChange::kServiceDisabled)});
  add_changed("service_moves", {change(sim::WorldChange::kServiceMoves)});
  add_changed("account_disabled",
              {change(sim::WorldChange::kAccountDisabled),
               change(sim::WorldChange::kClock, kTicketLife)});
  // An error that says nothing, in place of the TGT-REP.
  add("user_to_user_error", [](auto& s, auto& operations) {
    s.initiator.requirements[1] = kUseSessionKey;
    constexpr int32_t kGeneric = 60;
    operations = {{.kind = Kind::kDeliver,
                   .target = 1,
                   .bytes = kerberos::Encode(kerberos::KrbError{
                       .error_code = kGeneric,
                       .realm = "EX",
                       .sname = {.name_string = {"host"}}})}};
  });
  // The ticket in the TGT-REP.
  add("tgt_flipped", [&](auto& s, auto& operations) {
    s.initiator.requirements[1] = kUseSessionKey;
    operations = edit(1, Kind::kFlip, 120, 0x01);
  });
  add("delegation", [](auto& s, auto&) {
    s.initiator.requirements[1] = kDelegate;
    s.initiator.policy[1] = 0x20;
    s.acceptor.requirements[1] = 0x01;
  });
  add("other_password", [](auto& s, auto&) {
    s.acceptor.policy[1] = 0x08;
    s.acceptor.requirements[0] = kExtendedError;
  });
  add("no_machine_account", [](auto& s, auto&) {
    s.acceptor.policy[1] = 0x10;
    s.acceptor.requirements[0] = kExtendedError;
  });
  add("names_itself", [](auto& s, auto&) {
    s.initiator.policy[1] = 6;
    s.acceptor.policy[1] = 0x26;
  });
  add("skew", [](auto& s, auto&) {
    s.acceptor.policy[2] = 3;
    s.acceptor.requirements[0] = kExtendedError;
  });
  add("little_skew", [](auto& s, auto&) { s.acceptor.policy[2] = 1; });
  add("expired", [](auto& s, auto&) {
    s.acceptor.policy[2] = 2;
    s.initiator.policy[2] = 0x20;
  });
  add("bindings", [](auto& s, auto&) {
    s.initiator.bindings = s.acceptor.bindings =
        static_cast<uint8_t>(sim::Bindings::kUnique);
  });
  add("bindings_of_initiator", [](auto& s, auto&) {
    s.initiator.bindings = static_cast<uint8_t>(sim::Bindings::kUnique);
  });
  add("bindings_differ", [](auto& s, auto&) {
    s.initiator.bindings = static_cast<uint8_t>(sim::Bindings::kUnique);
    s.acceptor.bindings = static_cast<uint8_t>(sim::Bindings::kEndpoint);
    s.acceptor.requirements[0] = kExtendedError;
  });
  add("bindings_missing", [](auto& s, auto&) {
    s.acceptor.bindings = static_cast<uint8_t>(sim::Bindings::kUnique);
    s.acceptor.requirements[0] = kAllowMissingBindings;
  });
  add("wrong_password", [](auto& s, auto&) { s.credential = 1; });
  add("unknown_user", [](auto& s, auto&) { s.credential = 2; });
  add("user_at_domain", [](auto& s, auto&) { s.credential = 4; });
  add("disabled", [](auto& s, auto&) { s.credential = 7; });
  add("password_expired", [](auto& s, auto&) { s.credential = 8; });
  add("japanese", [](auto& s, auto&) { s.credential = 10; });
  add("nobody", [](auto& s, auto&) { s.credential = 11; });
  add("logged_on", [](auto& s, auto&) { s.credential = 12; });
  add("too_small", [](auto& s, auto&) {
    s.initiator.output = s.acceptor.output =
        static_cast<uint8_t>(sim::OutputShape::kTooSmall);
  });
  add("allocated", [](auto& s, auto&) {
    s.initiator.output = s.acceptor.output =
        static_cast<uint8_t>(sim::OutputShape::kAllocated);
  });
  add("persistent", [](auto& s, auto&) {
    s.acceptor.policy[1] = 0x08;
    s.initiator.options = s.acceptor.options = sim::kPersists;
  });
  // AP-OPTIONS; the ticket's realm; what is encrypted in the AP-REP.
  add("options_flipped", [&](auto& s, auto& operations) {
    s.initiator.requirements[0] &= static_cast<uint8_t>(~kMutual);
    operations = edit(0, Kind::kFlip, 40, 0x20);
  });
  add("realm_flipped", [&](auto&, auto& operations) {
    operations = edit(0, Kind::kFlip, 65, 0x20);
  });
  add("proof_flipped", [&](auto&, auto& operations) {
    operations = edit(1, Kind::kFlip, 60, 0x01);
  });
  add("truncated", [&](auto&, auto& operations) {
    operations = edit(0, Kind::kTruncate, 200, 0);
  });
  add("reflected", [&](auto&, auto& operations) {
    operations = edit(1, Kind::kReplace, 0, 0);
  });
  return list;
}

}  // namespace

void RecordKerberos(Seeds& seeds) {
  for (const Exchange& exchange : Exchanges()) {
    RecordExchange(KerberosProfile(), "kerberos", exchange,
                   /*permissive=*/true, seeds);
    if (exchange.name == "move" || exchange.name == "user_to_user") {
      RecordSweeps(KerberosProfile(), "kerberos", exchange, seeds);
    } else if (exchange.name == "replay_only") {
      RecordSequences("kerberos", exchange, seeds);
    }
  }
}

}  // namespace sspilab::fuzz

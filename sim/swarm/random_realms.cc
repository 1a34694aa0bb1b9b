#include "sim/swarm/random_realms.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/account_state.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/sspi.h"

namespace sspilab::sim {
namespace {

using kerberos::Etype;

constexpr FileTime kMinute = 60 * kFileTimeSecond;

constexpr std::array<AccountState, 4> kStates = {
    AccountState::kDisabled, AccountState::kLocked, AccountState::kExpired,
    AccountState::kPasswordExpired};

// Those of RFC 8009 seldom: their keys from passwords take tens of
// milliseconds.
std::vector<Etype> RollEtypes(Dice& dice) {
  switch (dice.Below(24)) {
    case 0:
    case 1:
      return {Etype::kRc4Hmac};
    case 2:
    case 3:
      return {Etype::kAes128CtsHmacSha1};
    case 4:
      return {Etype::kRc4Hmac, Etype::kAes256CtsHmacSha1};
    case 5:
      return dice.Once(4) ? std::vector{Etype::kAes128CtsHmacSha256}
                          : std::vector{Etype::kAes256CtsHmacSha1};
    case 6: {
      std::vector<Etype> all = kerberos::DefaultEtypes();
      all.push_back(Etype::kRc4Hmac);
      return all;
    }
    default:
      return kerberos::DefaultEtypes();
  }
}

// A machine's keys are of no password, and cost nothing to make.
std::vector<kerberos::Key> RollKeys(Dice& dice,
                                    const std::vector<Etype>& etypes) {
  std::vector<kerberos::Key> keys;
  for (const Etype etype : etypes) {
    std::vector<uint8_t> bytes(kerberos::Find(etype).key_size);
    dice.entropy()->Fill(absl::MakeSpan(bytes));
    keys.push_back(*kerberos::Key::Of(static_cast<int32_t>(etype), bytes));
  }
  return keys;
}

void RollRealmPolicy(Dice& dice, kerberos::RealmPolicy* policy) {
  constexpr std::array<int64_t, 4> kLives = {0, 30, 120, 600};
  policy->etypes = RollEtypes(dice);
  if (dice.Once(16)) {
    policy->max_ticket_life = dice.Of(kLives);
  }
  if (dice.Once(8)) {
    policy->max_renewable_life = 0;
  }
  if (dice.Once(8)) {
    policy->max_clock_skew = 0;
  }
}

void RollAccounts(Dice& dice, ScenarioRealm* realm) {
  ScenarioPrincipal& user = realm->principals.front();
  user.requires_preauthentication = !dice.Once(6);
  user.may_be_delegated = !dice.Once(4);
  if (dice.Once(32)) {
    user.state = dice.Of(kStates);
  }
  ScenarioPrincipal& machine = realm->principals.back();
  machine.keys = RollKeys(dice, realm->policy.etypes);
  machine.trusted_for_delegation = dice.Once(2);
  switch (dice.Below(24)) {
    case 0:
      machine.state = dice.Of(kStates);
      break;
    case 1:
    case 2:
      // An account without a service's name: there is only user-to-user.
      machine.aliases.clear();
      break;
    case 3: {
      // Another account has its services' names.
      ScenarioPrincipal old = machine;
      old.name = "OLDSERVER$";
      old.keys = RollKeys(dice, realm->policy.etypes);
      machine.aliases.clear();
      realm->principals.push_back(std::move(old));
      break;
    }
    case 4:
      realm->principals.pop_back();
      break;
    case 5:
      realm->principals.erase(realm->principals.begin());
      break;
    case 6:
      // Of a type that the realm's policy does not have, or not first.
      machine.keys = RollKeys(dice, RollEtypes(dice));
      break;
    default:
      break;
  }
}

// The server is in a domain of its own, which the client's KDC refers to where
// it trusts it.
void MoveServer(Dice& dice, Scenario* scenario) {
  ScenarioRealm& first = scenario->realms.front();
  MachineNames& names = scenario->server.names;
  names.domain = u"PARTNER";
  names.dns_domain = u"partner.test";
  names.dns_forest = u"partner.test";
  names.dns_computer = u"server.partner.test";
  scenario->exchange.client.target = u"host/server.partner.test";
  ScenarioRealm partner{.name = "PARTNER.TEST"};
  RollRealmPolicy(dice, &partner.policy);
  partner.reachable = !dice.Once(12);
  partner.principals.push_back(
      {.name = "SERVER$",
       .aliases = {"host/server.partner.test", "TERMSRV/server.partner.test"},
       .keys = RollKeys(dice, partner.policy.etypes)});
  if (!dice.Once(8)) {
    first.trusted_by = {partner.name};
  }
  scenario->realms.push_back(std::move(partner));
}

// Two KDCs that take each other for the one that knows the service.
void ReferToAndFro(Scenario* scenario) {
  scenario->exchange.client.target = u"HTTP/other.example.test";
  ScenarioRealm other{.name = "TEST", .trusted_by = {"EXAMPLE.TEST"}};
  scenario->realms.front().trusted_by = {other.name};
  scenario->realms.push_back(std::move(other));
}

struct Wish {
  uint32_t client;
  uint32_t server;
};
constexpr std::array<Wish, 7> kWishes = {{
    {ISC_REQ_CONFIDENTIALITY, ASC_REQ_CONFIDENTIALITY},
    {ISC_REQ_INTEGRITY, ASC_REQ_INTEGRITY},
    {ISC_REQ_REPLAY_DETECT, ASC_REQ_REPLAY_DETECT},
    {ISC_REQ_SEQUENCE_DETECT, ASC_REQ_SEQUENCE_DETECT},
    {ISC_REQ_IDENTIFY, ASC_REQ_IDENTIFY},
    {ISC_REQ_MUTUAL_AUTH, ASC_REQ_MUTUAL_AUTH},
    {ISC_REQ_EXTENDED_ERROR, ASC_REQ_EXTENDED_ERROR},
}};

// SEC_CHANNEL_BINDINGS, whose application data stands behind it.
DeviantBuffer Bindings(uint8_t data) {
  SEC_CHANNEL_BINDINGS header = {};
  header.cbApplicationDataLength = 1;
  header.dwApplicationDataOffset = sizeof(header);
  const auto* bytes = reinterpret_cast<const uint8_t*>(&header);
  DeviantBuffer buffer{.type = SECBUFFER_CHANNEL_BINDINGS,
                       .bytes = {bytes, bytes + sizeof(header)}};
  buffer.bytes.push_back(data);
  return buffer;
}

void RollBindings(Dice& dice, Scenario* scenario) {
  if (!dice.Once(4)) {
    scenario->deviations.push_back(
        {.side = Side::kClient,
         .at = {.call = Call::kInitializeSecurityContext},
         .input = {{Bindings(dice.Once(8) ? 1 : 2)}}});
  }
  if (!dice.Once(4)) {
    scenario->deviations.push_back(
        {.side = Side::kServer,
         .at = {.call = Call::kAcceptSecurityContext},
         .input = {{{.type = SECBUFFER_TOKEN, .of = "caller"},
                    {.type = SECBUFFER_EMPTY, .of = "caller"},
                    Bindings(2)}}});
  }
}

void RollTarget(Dice& dice, std::u16string* target) {
  constexpr std::array<std::u16string_view, 12> kTargets = {
      u"",
      u"/",
      u"alice",
      u"SERVER$",
      u"krbtgt/EXAMPLE.TEST",
      u"HTTP/nowhere.example.test",
      u"HTTP/SERVER.example.test",
      u"host/10.1.2.3",
      u"host/server.example.test@EXAMPLE.TEST",
      u"host/server.example.test@NOWHERE.TEST",
      u"host/server.partner.test@PARTNER.TEST",
      u"host/server.partner.test"};
  if (dice.Once(10)) {
    *target = dice.Of(kTargets);
  }
}

}  // namespace

void RollRealms(Dice& dice, Scenario* scenario) {
  scenario->realms = {ReferenceRealm(*scenario)};
  ScenarioRealm& realm = scenario->realms.front();
  RollRealmPolicy(dice, &realm.policy);
  RollAccounts(dice, &realm);
  realm.reachable = !dice.Once(24);
  if (dice.Once(8)) {
    MoveServer(dice, scenario);
  } else if (dice.Once(32)) {
    ReferToAndFro(scenario);
  }
}

void RollKerberosWorld(Dice& dice, WorldOptions* world) {
  // Around what clocks may differ by, and what tickets last.
  constexpr std::array<FileTime, 4> kAhead = {
      4 * kMinute, 6 * kMinute, 601 * kMinute, 366 * 1440 * kMinute};
  if (dice.Once(3)) {
    world->kerberos.etypes = RollEtypes(dice);
  } else {
    world->kerberos.etypes.push_back(Etype::kRc4Hmac);
  }
  if (dice.Once(8)) {
    world->kerberos.max_clock_skew = dice.Once(2) ? 0 : 3600;
  }
  world->kerberos.try_ip_spn = dice.Once(4);
  if (dice.Once(24)) {
    world->now += dice.Of(kAhead);
  }
  world->authority_reachable = !dice.Once(32);
}

void RollCallersInDomain(Dice& dice, Scenario* scenario) {
  ExchangeOptions& exchange = scenario->exchange;
  CallerOptions& client = exchange.client.caller;
  CallerOptions& server = exchange.server;
  client.requirements |= dice.Once(2) ? ISC_REQ_MUTUAL_AUTH : 0;
  client.requirements |= dice.Once(4) ? ISC_REQ_DELEGATE : 0;
  client.requirements |= dice.Once(6) ? ISC_REQ_USE_DCE_STYLE : 0;
  client.requirements |= dice.Once(6) ? ISC_REQ_USE_SESSION_KEY : 0;
  server.requirements |= dice.Once(5) ? ASC_REQ_USE_SESSION_KEY : 0;
  server.requirements |= dice.Once(8) ? ASC_REQ_ALLOW_MISSING_BINDINGS : 0;
  if (dice.Once(6)) {
    RollBindings(dice, scenario);
  }
  RollTarget(dice, &exchange.client.target);
}

void RollKerberosCallers(Dice& dice, Scenario* scenario) {
  ExchangeOptions& exchange = scenario->exchange;
  CallerOptions& client = exchange.client.caller;
  CallerOptions& server = exchange.server;
  if (dice.Once(3)) {
    client.requirements = ISC_REQ_CONNECTION;
    server.requirements = ASC_REQ_CONNECTION;
    for (const Wish& wish : kWishes) {
      client.requirements |= dice.Once(2) ? wish.client : 0;
      server.requirements |= dice.Once(2) ? wish.server : 0;
    }
    client.insists_on = 0;
    server.insists_on = 0;
  }
  client.requirements |= dice.Once(16) ? ISC_REQ_DATAGRAM : 0;
  client.requirements |= dice.Once(16) ? ISC_REQ_NO_INTEGRITY : 0;
  client.requirements ^= dice.Once(2) ? ISC_REQ_ALLOCATE_MEMORY : 0;
  server.requirements ^= dice.Once(2) ? ASC_REQ_ALLOCATE_MEMORY : 0;
  client.full_view = dice.Once(2);
  server.full_view = dice.Once(2);
  if (dice.Once(4)) {
    exchange.form = WireForm::kStream;
  }
  RollCallersInDomain(dice, scenario);
}

}  // namespace sspilab::sim

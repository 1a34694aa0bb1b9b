#include "fuzz/seeds.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/world.h"
#include "fuzz/runs.h"

namespace sspilab::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

using Kind = sim::OperationKind;

// The tokens of an exchange that are one side's to receive.
std::vector<sim::Operation> TokensFor(Role role, const Outcome& sent) {
  std::vector<sim::Operation> operations;
  const bool receives_first = (role == Role::kAcceptor) != sent.acceptor_began;
  for (size_t i = receives_first ? 0 : 1; i < sent.tokens.size(); i += 2) {
    operations.push_back({.kind = Kind::kDeliver,
                          .target = static_cast<uint8_t>(i),
                          .bytes = sent.tokens[i]});
  }
  return operations;
}

}  // namespace

std::vector<sim::Operation> SealedMessages() {
  return {{Kind::kSeal, kInitiator, 20},
          {Kind::kSealAsStream, kAcceptor, 33},
          {Kind::kSign, kInitiator, 5},
          {Kind::kSign, kAcceptor}};
}

std::vector<Bytes> RecordExchange(const Profile& profile,
                                  std::string_view prefix,
                                  const Exchange& exchange, bool permissive,
                                  Seeds& seeds) {
  const auto add = [&](std::string_view target, bool also_permissive,
                       std::vector<sim::Operation> operations) {
    const sim::Input input = {exchange.settings, std::move(operations)};
    if (also_permissive) {
      seeds.emplace(
          absl::StrCat(prefix, "_", target, "_permissive/", exchange.name),
          input.Encode());
    }
    seeds.emplace(absl::StrCat(prefix, "_", target, "/", exchange.name),
                  input.Encode());
  };
  const sim::Input session = {exchange.settings, exchange.operations};
  Outcome sent;
  RunSession(profile, session.Encode(), Verification::kStrict, &sent);
  add("session", permissive, exchange.operations);
  add("initiator", false, TokensFor(Role::kInitiator, sent));
  add("acceptor", permissive, TokensFor(Role::kAcceptor, sent));
  return std::move(sent.tokens);
}

void RecordFraming(std::string_view prefix, const Exchange& exchange,
                   Seeds& seeds) {
  const std::pair<std::string_view, std::vector<sim::Operation>> kTurns[] = {
      {"bytewise", {{Kind::kSplit, 0, 1}}},
      {"headers",
       {{Kind::kSplit, 0, 5},
        {Kind::kSplit, 0, 5},
        {Kind::kSplit, 0, 200},
        {Kind::kSplit, 0, 100}}},
      {"one_way", {{Kind::kCoalesce}, {Kind::kSplit, 0, 7}}}};
  for (const auto& [name, turns] : kTurns) {
    const sim::Input input = {exchange.settings, turns};
    seeds[absl::StrCat(prefix, "_framing/", exchange.name, "_", name)] =
        input.Encode();
  }
}

Seeds RecordSeeds() {
  Seeds seeds;
  RecordNtlm(seeds);
  RecordNegotiate(seeds);
  RecordKerberos(seeds);
  RecordSchannel(seeds);
  RecordCredSsp(seeds);
  RecordDer(seeds);
  RecordCredSspMessages(seeds);
  RecordKerberosMessages(seeds);
  RecordKdc(seeds);
  RecordApi(seeds);
  RecordApiSweeps(seeds);
  RecordApiCallers(seeds);
  RecordSealing(seeds);
  RecordTexts(seeds);
  // Decoders are shown one of each kind of message.
  for (const std::string_view message :
       {"ntlm_negotiate/plain", "ntlm_challenge/plain",
        "ntlm_authenticate/bindings", "negotiate_init/plain",
        "negotiate_init/hint", "negotiate_resp/plain_1",
        "credssp_tsrequest/everything", "credssp_tscredentials/password",
        "credssp_tscredentials/smart_card",
        "credssp_tscredentials/remote_guard_alone"}) {
    std::string name(message);
    std::replace(name.begin(), name.end(), '/', '_');
    seeds[absl::StrCat("decode/", name)] = seeds.at(std::string(message));
  }
  AddVariants(seeds);
  return seeds;
}

}  // namespace sspilab::fuzz

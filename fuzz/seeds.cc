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

void Append(absl::Span<const uint8_t> part, Bytes& whole) {
  whole.insert(whole.end(), part.begin(), part.end());
}

// The tokens that are one side's to receive, as its target takes them.
Bytes TokensFor(Role role, const Profile& profile, const SentTokens& sent) {
  const std::vector<Bytes>& tokens = sent.tokens;
  Bytes input;
  const bool receives_first = (role == Role::kAcceptor) != sent.acceptor_began;
  for (size_t i = receives_first ? 0 : 1; i < tokens.size(); i += 2) {
    if (i > 1 && !profile.separator_is_token) {
      input.insert(input.end(), profile.separator.begin(),
                   profile.separator.end());
    }
    Append(tokens[i], input);
  }
  return input;
}

}  // namespace

std::vector<Step> SealedMessagesAfter(uint8_t tokens) {
  return {{tokens, 0, {20, 0}, 0},
          {tokens, 2, {33, 0}, 1},
          {tokens, 1, {5, 0}, 0},
          {tokens, 1, {0, 0}, 1}};
}

std::vector<Bytes> RecordExchange(const Profile& profile,
                                  std::string_view prefix,
                                  const Exchange& exchange, bool permissive,
                                  Seeds& seeds) {
  const auto settings = exchange.settings.bytes();
  const auto add = [&](std::string_view target, bool also_permissive,
                       absl::Span<const uint8_t> rest) {
    Bytes seed(settings.begin(), settings.end());
    Append(rest, seed);
    if (also_permissive) {
      seeds.emplace(
          absl::StrCat(prefix, "_", target, "_permissive/", exchange.name),
          seed);
    }
    seeds.emplace(absl::StrCat(prefix, "_", target, "/", exchange.name),
                  std::move(seed));
  };
  const absl::Span<const uint8_t> steps(
      reinterpret_cast<const uint8_t*>(exchange.steps.data()),
      exchange.steps.size() * sizeof(Step));
  Bytes session(settings.begin(), settings.end());
  Append(steps, session);
  SentTokens sent;
  RunSession(profile, session, Verification::kStrict, &sent);
  add("session", permissive, steps);
  add("initiator", false, TokensFor(Role::kInitiator, profile, sent));
  add("acceptor", permissive, TokensFor(Role::kAcceptor, profile, sent));
  return std::move(sent.tokens);
}

void RecordFraming(std::string_view prefix, const Exchange& exchange,
                   Seeds& seeds) {
  const std::pair<std::string_view, Bytes> kSizes[] = {
      {"bytewise", {1}}, {"headers", {5, 5, 200, 100}}, {"one_way", {0, 7}}};
  for (const auto& [name, sizes] : kSizes) {
    Bytes& seed =
        seeds[absl::StrCat(prefix, "_framing/", exchange.name, "_", name)];
    const auto settings = exchange.settings.bytes();
    seed.assign(settings.begin(), settings.end());
    Append(sizes, seed);
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
  return seeds;
}

}  // namespace sspilab::fuzz

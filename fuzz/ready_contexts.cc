#include "fuzz/ready_contexts.h"

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "core/world.h"
#include "fuzz/caller.h"
#include "fuzz/oracles.h"
#include "fuzz/party.h"
#include "fuzz/uncounted.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {
namespace {

// Bits of SideSettings::requirements[0]. Negotiate's are NTLM's.
constexpr uint8_t kIntegrity = 0x01, kConfidentiality = 0x02, kDatagram = 0x10,
                  kNoConfidentiality = kIntegrity | 0x0C,
                  kSeals = kNoConfidentiality | kConfidentiality;
constexpr uint8_t kAcceptsDatagram = 0x10;
constexpr uint8_t kMutual = 0x01, kKerberosSeals = kMutual | 0x06,
                  kReplay = 0x08, kSequence = 0x10, kDce = 0x20,
                  kKerberosSigns = kMutual | 0x04 | kReplay | kSequence,
                  kAll = kKerberosSeals | kReplay | kSequence;
// Of SideSettings::policy.
constexpr uint8_t kNoExtendedSecurity = 0x02, kNo128 = 0x04,
                  kNoKeyExchange = 0x10;
constexpr uint8_t kAnyKeyLength = 1;
constexpr uint8_t kInDomain = 0x20;

// What is not as all zeros have it. `policy` is both sides'.
struct Choice {
  std::string_view name;
  const Profile& (*profile)();
  uint8_t initiator;
  uint8_t acceptor = 0;
  uint8_t policy[3] = {};
};
constexpr Choice kChoices[] = {
    {"ntlm_seal", NtlmProfile, kSeals},
    {"ntlm_sign", NtlmProfile, kNoConfidentiality},
    {"ntlm_neither", NtlmProfile, 0},
    {"ntlm_no_key_exchange", NtlmProfile, kSeals, 0, {0, 0, kNoKeyExchange}},
    {"ntlm_56_bits", NtlmProfile, kSeals, 0, {0, kAnyKeyLength, kNo128}},
    {"ntlm_half_duplex", NtlmProfile, kSeals, 0, {0, 0, kNoExtendedSecurity}},
    {"ntlm_datagram", NtlmProfile, kSeals | kDatagram, kAcceptsDatagram},
    {"kerberos_aes256_sha1", KerberosProfile, kAll, 0, {1, 1, 0}},
    {"kerberos_aes128_sha1", KerberosProfile, kAll, 0, {2, 2, 0}},
    {"kerberos_aes256_sha384", KerberosProfile, kAll, 0, {3, 3, 0}},
    {"kerberos_rc4", KerberosProfile, kAll, 0, {6, 6, 0}},
    {"kerberos_sign", KerberosProfile, kKerberosSigns},
    {"kerberos_replay", KerberosProfile, kKerberosSeals | kReplay},
    {"kerberos_any_order", KerberosProfile, kKerberosSeals},
    {"kerberos_dce", KerberosProfile, kAll | kDce},
    {"kerberos_rc4_dce", KerberosProfile, kAll | kDce, 0, {6, 6, 0}},
    {"negotiate_ntlm", NegotiateProfile, kSeals},
    {"negotiate_kerberos", NegotiateProfile, kSeals, 0, {0, kInDomain, 0}},
};
static_assert(std::size(kChoices) == kReadyPairs);

// Nothing can be fuzzed without them.
[[noreturn]] void Stop(std::string_view name, std::string_view what) {
  std::fprintf(stderr, "fuzz: no ready contexts %.*s: %.*s\n",
               static_cast<int>(name.size()), name.data(),
               static_cast<int>(what.size()), what.data());
  std::abort();
}

std::vector<uint8_t> Pack(std::string_view name, Caller& caller) {
  SecBuffer packed = {};
  if (ExportSecurityContext(caller.context(), 0, &packed, nullptr) !=
      SEC_E_OK) {
    Stop(name, "not exported");
  }
  const auto* const bytes = static_cast<const uint8_t*>(packed.pvBuffer);
  std::vector<uint8_t> copy(bytes, bytes + packed.cbBuffer);
  FreeContextBuffer(packed.pvBuffer);
  return copy;
}

ReadyPair Make(const Choice& choice) {
  const Profile& profile = choice.profile();
  sim::Settings settings = {};
  settings.initiator.requirements[0] = choice.initiator;
  settings.acceptor.requirements[0] = choice.acceptor;
  std::copy(std::begin(choice.policy), std::end(choice.policy),
            settings.initiator.policy);
  std::copy(std::begin(choice.policy), std::end(choice.policy),
            settings.acceptor.policy);
  Watch watch(profile.package);
  Party client(Role::kInitiator, profile, settings, Verification::kStrict,
               watch);
  Party server(Role::kAcceptor, profile, settings, Verification::kStrict,
               watch);
  Caller& initiator = client.caller();
  Caller& acceptor = server.caller();
  if (!initiator.Acquire() || !acceptor.Acquire() ||
      initiator.Advance({}) < 0) {
    Stop(choice.name, "not begun");
  }
  Caller* from = &initiator;
  Caller* to = &acceptor;
  // The first token may be empty: datagrams begin with the acceptor's.
  for (size_t i = 0; i < profile.max_tokens && !to->done(); ++i) {
    if (to->Advance(from->token()) < 0) break;
    std::swap(from, to);
  }
  if (!initiator.done() || !acceptor.done()) Stop(choice.name, "not done");
  return {.name = choice.name,
          .profile = &profile,
          .packed = {Pack(choice.name, initiator), Pack(choice.name, acceptor)},
          .attributes = {initiator.Attributes().value_or(0),
                         acceptor.Attributes().value_or(0)},
          .sizes = initiator.Sizes()};
}

}  // namespace

const ReadyPair& ReadyPairOf(uint8_t number) {
  static const auto& made = *[] {
    const Uncounted once;
    auto* const pairs = new std::vector<ReadyPair>;
    for (const Choice& choice : kChoices) pairs->push_back(Make(choice));
    return pairs;
  }();
  return made[number % kReadyPairs];
}

}  // namespace sspilab::fuzz

// NTLM's exchanges.

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/crypto/digest.h"
#include "core/ntlm/keys.h"
#include "core/ntlm/messages.h"
#include "core/sspi.h"
#include "fuzz/profile.h"
#include "fuzz/seeds.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Kind = sim::OperationKind;

constexpr uint8_t kIntegrity = 0x01, kConfidentiality = 0x02, kDatagram = 0x10,
                  kNullSession = 0x20;
constexpr uint8_t kAllowNullSession = 0x01, kAllowMissingBindings = 0x02,
                  kAcceptDatagram = 0x10;
// SideSettings::bindings.
constexpr uint8_t kNotOnFirstLeg = 0x10;
constexpr uint8_t kNoUnicode = 0x01, kNoExtendedSecurity = 0x02, kNo128 = 0x04,
                  kNo56 = 0x08, kNoKeyExchange = 0x10, kNoOemAndLmKey = 0x80;
// The third byte of a message's flags, and NTLMSSP_REQUEST_NON_NT_SESSION_KEY
// in it.
constexpr uint16_t kNegotiateFlags = 12 + 2, kAuthenticateFlags = 60 + 2;
constexpr uint8_t kNonNtKey = 0x40;
constexpr uint8_t kAnyKeyLength = 1;
// LmCompatibilityLevel 5.
constexpr uint8_t kRefusesLm = 2;
// Whose password of people.h all zeros are.
constexpr std::u16string_view kPassword = u"secret";
// Of Kind::kOthers: an attribute, and which form of the query.
constexpr uint8_t kNames = SECPKG_ATTR_NAMES,
                  kNativeNames = SECPKG_ATTR_NATIVE_NAMES, kAnsi = 0x40;

uint8_t Index(auto value) { return static_cast<uint8_t>(value); }

std::vector<Exchange> Exchanges() {
  const sim::SideSettings plain = {};
  sim::SideSettings sealing = {};
  sealing.requirements[0] = kIntegrity | kConfidentiality;
  const auto with = [](sim::SideSettings side, auto change) {
    change(side);
    return side;
  };
  std::vector<Exchange> list;
  const auto add = [&](std::string_view name, uint8_t credential,
                       const sim::SideSettings& initiator,
                       const sim::SideSettings& acceptor,
                       std::vector<sim::Operation> operations = {}) {
    list.push_back({std::string(name),
                    {.credential = credential,
                     .initiator = initiator,
                     .acceptor = acceptor},
                    std::move(operations)});
  };
  // LmCompatibilityLevel 0.
  const auto v1 = [](sim::SideSettings& side) { side.policy[0] = 3; };

  const sim::SideSettings client = sealing;
  const sim::SideSettings server = plain;
  add("plain", 0, plain, server);
  add("seal", 0, client, server, SealedMessages());
  add("sign", 0, with(client, [](auto& s) { s.requirements[0] = kIntegrity; }),
      server, SealedMessages());
  add("move", 0, client, server,
      {{Kind::kSeal, kInitiator, 9},
       {Kind::kMove, kInitiator},
       {Kind::kSeal, kInitiator, 9},
       {Kind::kMove, kAcceptor, 2},
       {Kind::kSeal, kAcceptor, 9}});
  // The flags that AUTHENTICATE has for both: no 128-bit keys.
  add("weakened", 0, client, server, {{Kind::kFlip, 2, 63, 0x20}});
  add("lost_and_repeated", 0, client, server,
      {{Kind::kSeal, kInitiator, 8},
       {Kind::kRepeat, kInitiator},
       {Kind::kHold, kAcceptor, 8},
       {Kind::kSeal, kAcceptor, 8 | 20 << 8, 1}});
  add("others", 0, client, server,
      {{Kind::kOthers, kInitiator, 0, 9},
       {Kind::kOthers, kAcceptor, 0, 0x4D},
       {Kind::kOthers, kAcceptor, 0, 0xC5},
       {Kind::kLate, kInitiator, 1},
       {Kind::kLate, kAcceptor, 2}});
  add("no_timestamp", 0, client,
      with(server, [](auto& s) { s.options = sim::kNoTimestamp; }),
      SealedMessages());
  add("v1_extended", 0, with(client, v1), server, SealedMessages());
  const auto old = [](sim::SideSettings& side) {
    side.policy[2] = kNoExtendedSecurity;
  };
  add("v1_lm", 0, with(client, v1), with(server, old), SealedMessages());
  add("v1_40_bits", 0,
      with(with(client, v1), [](auto& s) { s.policy[1] = kAnyKeyLength; }),
      with(server,
           [](auto& s) {
             s.policy[1] = kAnyKeyLength;
             s.policy[2] = kNoExtendedSecurity | kNo128 | kNo56;
           }),
      SealedMessages());
  add("56_bits", 0, with(client, [](auto& s) { s.policy[1] = kAnyKeyLength; }),
      with(server,
           [](auto& s) {
             s.policy[1] = kAnyKeyLength;
             s.policy[2] = kNo128;
           }),
      SealedMessages());
  add("no_key_exchange", 0, client,
      with(server, [](auto& s) { s.policy[2] = kNoKeyExchange; }),
      SealedMessages());
  add("oem", 9, client, with(server, [](auto& s) { s.policy[2] = kNoUnicode; }),
      SealedMessages());
  add("datagram", 0,
      with(client, [](auto& s) { s.requirements[0] |= kDatagram; }),
      with(server, [](auto& s) { s.requirements[0] = kAcceptDatagram; }),
      SealedMessages());
  add("datagram_alone", 0,
      with(plain, [](auto& s) { s.requirements[0] = kDatagram; }),
      with(server, [](auto& s) { s.requirements[0] = kAcceptDatagram; }));
  add("datagram_no_timestamp", 0,
      with(plain, [](auto& s) { s.requirements[0] = kDatagram; }),
      with(server, [](auto& s) {
        s.requirements[0] = kAcceptDatagram;
        s.options = sim::kNoTimestamp;
      }));
  add("datagram_v1", 0,
      with(with(client, v1), [](auto& s) { s.requirements[0] |= kDatagram; }),
      with(with(server, old),
           [](auto& s) { s.requirements[0] = kAcceptDatagram; }),
      SealedMessages());
  add("bindings", 0,
      with(client, [](auto& s) { s.bindings = Index(sim::Bindings::kUnique); }),
      with(server,
           [](auto& s) { s.bindings = Index(sim::Bindings::kUnique); }));
  add("bindings_differ", 0,
      with(client, [](auto& s) { s.bindings = Index(sim::Bindings::kUnique); }),
      with(server,
           [](auto& s) { s.bindings = Index(sim::Bindings::kEndpoint); }));
  add("bindings_no_timestamp", 0,
      with(client, [](auto& s) { s.bindings = Index(sim::Bindings::kUnique); }),
      with(server, [](auto& s) {
        s.bindings = Index(sim::Bindings::kUnique);
        s.options = sim::kNoTimestamp;
      }));
  add("bindings_may_be_missing", 0, client, with(server, [](auto& s) {
        s.bindings = Index(sim::Bindings::kUnique);
        s.requirements[0] = kAllowMissingBindings;
      }));
  add("bindings_differ_but_may_be_missing", 0,
      with(client, [](auto& s) { s.bindings = Index(sim::Bindings::kUnique); }),
      with(server, [](auto& s) {
        s.bindings = Index(sim::Bindings::kEndpoint);
        s.requirements[0] = kAllowMissingBindings;
      }));
  // The acceptor's caller knows its channel on the second leg only; the
  // initiator's, on the first.
  add("bindings_late", 0,
      with(client, [](auto& s) { s.bindings = Index(sim::Bindings::kUnique); }),
      with(server, [](auto& s) {
        s.bindings = Index(sim::Bindings::kEndpoint) | kNotOnFirstLeg;
      }));
  add("anonymous", 3,
      with(client, [](auto& s) { s.requirements[0] |= kNullSession; }),
      with(server, [](auto& s) { s.requirements[0] = kAllowNullSession; }),
      SealedMessages());
  add("anonymous_with_name", 0,
      with(client, [](auto& s) { s.requirements[0] |= kNullSession; }),
      with(server, [](auto& s) { s.requirements[0] = kAllowNullSession; }),
      SealedMessages());
  add("wrong_password", 1, client, server);
  add("unknown_user", 2, client, server);
  add("user_at_domain", 4, client, server);
  add("other_case", 5, client, server);
  add("local_account", 6, client,
      with(server, [](auto& s) { s.options = sim::kNoDomain; }));
  add("disabled", 7, client, server);
  add("not_ascii", 9, client, server);
  add("japanese", 10, client, server,
      {{Kind::kOthers, kInitiator, 0, kNames | kAnsi},
       {Kind::kOthers, kAcceptor, 0, kNames | kAnsi},
       {Kind::kOthers, kAcceptor, 0, kNativeNames | kAnsi}});
  add("logged_on", 12, client, server);
  add("ansi", 13, client, server);
  add("long_name", 15, client, server);
  const auto completes = [](sim::SideSettings& side) {
    side.options = sim::kCompletesTokens;
  };
  add("complete", 0, with(client, completes), with(server, completes),
      SealedMessages());
  add("complete_wrongly", 0,
      with(with(client, completes),
           [](auto& s) {
             s.completing = Index(sim::Completing::kWrongTokenFirst);
           }),
      with(with(server, completes),
           [](auto& s) { s.completing = Index(sim::Completing::kNever); }));
  add("never_completed", 0,
      with(with(client, completes),
           [](auto& s) { s.completing = Index(sim::Completing::kNever); }),
      with(with(server, completes),
           [](auto& s) { s.completing = Index(sim::Completing::kNever); }),
      {{Kind::kSeal, kInitiator, 9},
       {Kind::kOthers, kInitiator, 0, 9},
       {Kind::kOthers, kAcceptor, 0, 0x0A}});
  add("too_small", 0,
      with(client,
           [](auto& s) { s.output = Index(sim::OutputShape::kTooSmall); }),
      with(server,
           [](auto& s) { s.output = Index(sim::OutputShape::kTooSmall); }));
  add("allocated", 0,
      with(client,
           [](auto& s) { s.output = Index(sim::OutputShape::kAllocated); }),
      with(server,
           [](auto& s) { s.output = Index(sim::OutputShape::kAllocated); }));
  add("persistent", 1,
      with(client, [](auto& s) { s.options = sim::kPersists; }),
      with(server, [](auto& s) { s.options = sim::kPersists; }));
  add("v1_nt_key", 0, with(client, v1), with(server, [](auto& s) {
        s.policy[2] = kNoExtendedSecurity | kNoOemAndLmKey;
      }));
  // Both ends are told that the other wants a key without the NT hash.
  add("v1_non_nt_key", 0, with(client, v1),
      with(server,
           [](auto& s) { s.policy[2] = kNoExtendedSecurity | kNoOemAndLmKey; }),
      {{Kind::kFlip, 0, kNegotiateFlags, kNonNtKey},
       {Kind::kFlip, 2, kAuthenticateFlags, kNonNtKey}});
  add("bindings_asked", 0,
      with(client, [](auto& s) { s.bindings = Index(sim::Bindings::kUnique); }),
      with(server, [](auto& s) { s.bindings = Index(sim::Bindings::kUnique); }),
      {{Kind::kOthers, kInitiator, 0, SECPKG_ATTR_UNIQUE_BINDINGS},
       {Kind::kOthers, kAcceptor, 0, SECPKG_ATTR_ENDPOINT_BINDINGS},
       {Kind::kOthers, kAcceptor, 0, SECPKG_ATTR_UNIQUE_BINDINGS}});
  add("flipped", 0, client, server, {{Kind::kFlip, 1, 20, 0x10}});
  add("truncated", 0, client, server, {{Kind::kTruncate, 2, 100}});
  add("reflected", 0, client, server, {{Kind::kReplace, 1}});
  // Each way of protecting messages goes on after a move.
  const size_t count = list.size();
  for (size_t i = 0; i < count; ++i) {
    if (list[i].operations != SealedMessages()) continue;
    Exchange moved = list[i];
    moved.name += "_moved";
    const auto messages = std::move(moved.operations);
    moved.operations = {{Kind::kSeal, kInitiator, 9},
                        {Kind::kMove, kInitiator},
                        {Kind::kMove, kAcceptor, 2}};
    moved.operations.insert(moved.operations.end(), messages.begin(),
                            messages.end());
    list.push_back(std::move(moved));
  }
  return list;
}

// What an initiator answers a challenge with, other than ours does.
struct Answer {
  std::string_view name;
  // Gives the message its responses, which are in `room`.
  void (*with)(const ntlm::Challenge& challenge,
               std::array<uint8_t, ntlm::kResponseV1Size>* room,
               ntlm::AuthenticateMessage* message);
};
constexpr Answer kAnswers[] = {
    // Of Windows 95 with its Directory Services Client, and as Samba's old
    // clients had it: LMv2 alone.
    {"lm_v2_alone",
     [](const auto& challenge, auto* room, auto* message) {
       constexpr ntlm::Challenge kOwn = {1, 2, 3, 4, 5, 6, 7, 8};
       *room = ntlm::ComputeLmResponseV2(
           crypto::HmacMd5(ntlm::NtOwfV2(ntlm::NtOwfV1(kPassword),
                                         message->user, message->domain)),
           challenge, kOwn);
       message->lm_response = *room;
       message->nt_response = {};
     }},
    // Of LAN Manager: DES of the password in capitals.
    {"lm_alone",
     [](const auto& challenge, auto* room, auto* message) {
       *room = ntlm::ComputeResponsesV1(ntlm::NtOwfV1(kPassword),
                                        ntlm::LmOwfV1(kPassword), challenge)
                   .lm;
       message->lm_response = *room;
       message->nt_response = {};
     }},
    {"wrong_lm_alone",
     [](const auto&, auto* room, auto* message) {
       message->lm_response = *room;
       message->nt_response = {};
     }},
    {"nt_alone",
     [](const auto&, auto*, auto* message) { message->lm_response = {}; }},
    {"short_lm",
     [](const auto&, auto* room, auto* message) {
       message->lm_response = absl::MakeConstSpan(*room).first(7);
       message->nt_response = {};
     }},
    {"nothing",
     [](const auto&, auto*, auto* message) {
       message->lm_response = message->nt_response = {};
     }},
};

// Answers of others to the challenge of an exchange; the acceptor is as told by
// `settings`.
void RecordAnswers(std::string_view exchange, const sim::Settings& settings,
                   absl::Span<const std::vector<uint8_t>> tokens,
                   Seeds& seeds) {
  const auto challenge = ntlm::ChallengeMessage::Parse(tokens[1]);
  for (const Answer& answer : kAnswers) {
    auto message = ntlm::AuthenticateMessage::Parse(tokens[2]);
    if (!challenge.ok() || !message.ok()) return;
    std::array<uint8_t, ntlm::kResponseV1Size> room = {};
    answer.with(challenge->server_challenge, &room, &*message);
    std::vector<uint8_t> bytes(message->SerializedSize());
    if (!message->Serialize(absl::MakeSpan(bytes)).ok()) return;
    const sim::Input input = {
        settings,
        {{.kind = Kind::kDeliver, .target = 0, .bytes = tokens[0]},
         {.kind = Kind::kDeliver, .target = 2, .bytes = bytes}}};
    for (const std::string_view target :
         {"ntlm_acceptor/", "ntlm_acceptor_permissive/"}) {
      seeds[absl::StrCat(target, exchange, "_", answer.name)] = input.Encode();
    }
  }
}

}  // namespace

void RecordNtlm(Seeds& seeds) {
  constexpr std::string_view kMessages[] = {"ntlm_negotiate", "ntlm_challenge",
                                            "ntlm_authenticate"};
  for (const Exchange& exchange : Exchanges()) {
    const auto tokens = RecordExchange(NtlmProfile(), "ntlm", exchange,
                                       /*permissive=*/true, seeds);
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].empty()) continue;
      seeds.emplace(absl::StrCat(kMessages[i], "/", exchange.name), tokens[i]);
    }
    if (exchange.name == "v1_lm" || exchange.name == "v1_extended") {
      RecordAnswers(exchange.name, exchange.settings, tokens, seeds);
    }
    if (exchange.name == "v1_lm") {
      sim::Settings careful = exchange.settings;
      careful.acceptor.policy[0] = kRefusesLm;
      RecordAnswers("careful", careful, tokens, seeds);
    }
    if (exchange.name == "move" || exchange.name == "v1_lm") {
      RecordSweeps(NtlmProfile(), "ntlm", exchange, seeds);
    }
  }
}

}  // namespace sspilab::fuzz

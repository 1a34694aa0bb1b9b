#include "core/ntlm/acceptor.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "core/crypto/bytes.h"
#include "core/leg_failures.h"
#include "core/ntlm/av_pairs.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/negotiation.h"
#include "core/ntlm/text.h"
#include "core/ntlm/unfinished_token.h"
#include "core/wire/oem.h"
#include "core/wire/utf.h"

namespace sspilab::ntlm {
namespace {

using PairBytes = absl::InlinedVector<uint8_t, 512>;

// The acceptor's AV pairs, in Windows' order (MS-NLMP 3.2.5.1.1).
bool DescribeMachine(const World& world, PairBytes* bytes) {
  const MachineNames& names = world.options().names;
  const std::pair<AvId, std::u16string_view> described[] = {
      {AvId::kNbDomainName, names.authority()},
      {AvId::kNbComputerName, names.computer},
      {AvId::kDnsDomainName, names.dns_domain},
      {AvId::kDnsComputerName, names.dns_computer},
      {AvId::kDnsTreeName, names.dns_forest},
  };
  constexpr size_t kPairHeader = 4;
  size_t size = kPairHeader + sizeof(uint64_t) + kPairHeader;
  for (const auto& [id, name] : described) {
    size += kPairHeader + name.size() * sizeof(char16_t);
  }
  bytes->resize(size);
  AvPairsWriter writer(absl::MakeSpan(*bytes));
  for (const auto& [id, name] : described) {
    if (!name.empty()) writer.Add(id, wire::Utf16LeBytes(name));
  }
  if (world.options().ntlm.send_timestamp) writer.AddTimestamp(world.now());
  const absl::StatusOr<size_t> written = writer.Finish();
  bytes->resize(written.value_or(0));
  return written.ok();
}

// MS-NLMP 3.2.5.1.2: without a name and without responses.
bool IsAnonymous(const AuthenticateMessage& message) {
  return message.user.empty() && message.nt_response.empty() &&
         message.lm_response.size() <= 1;
}

}  // namespace

Acceptor::Acceptor(World& world, const SecurityPackage& package,
                   CredentialTable::Pin credential)
    : NtlmContext(world, package, Role::kAcceptor, std::move(credential)) {}

SECURITY_STATUS Acceptor::Advance(Leg& leg) {
  Event event = Event::kCallOutOfSequence;
  switch (machine_.state()) {
    case State::kStart:
      event = SendChallenge(leg);
      break;
    case State::kChallengeSent:
      event = ReceiveAuthenticate(leg);
      break;
    case State::kChallengeUnfinished:
    case State::kAcceptanceUnfinished:
    case State::kDone:
    case State::kFailed:
      break;
  }
  return Take(event);
}

SECURITY_STATUS Acceptor::Complete(const BufferList& token) {
  Event event = Event::kNothingToComplete;
  if (machine_.state() == State::kChallengeUnfinished) {
    const size_t size = transcript_.size() - negotiate_size_;
    event = FinishUnfinished(token, size) ? Event::kCompleted
                                          : Event::kTokenDoesNotMatch;
  } else if (machine_.state() == State::kAcceptanceUnfinished) {
    event = Event::kCompleted;
  }
  return Take(event);
}

SECURITY_STATUS Acceptor::Take(Event event) {
  const SECURITY_STATUS status = machine_.Take(event, world().observer());
  if (machine_.state() == State::kDone) SetEstablished();
  return status;
}

// MS-NLMP 3.2.5.1.1; connectionless (3.2.5.2.1) without a NEGOTIATE.
Acceptor::Event Acceptor::SendChallenge(Leg& leg) {
  const WorldOptions& options = world().options();
  if (options.ntlm.restrict_receiving) return Event::kForbidden;
  const auto bindings = bindings_.ReadFrom(leg.input, world().memory());
  if (!ChannelBindings::IsFine(bindings)) {
    return BindingsFailure<Event>(bindings);
  }
  const SecBuffer* input = leg.input.Find(SECBUFFER_TOKEN);
  absl::Span<const uint8_t> negotiate;
  if (input != nullptr) negotiate = BytesOf(*input);
  if ((leg.requirements & ASC_REQ_DATAGRAM) != 0 && negotiate.empty()) {
    flags_ = AcceptorProposal(options.ntlm);
  } else {
    const absl::StatusOr<NegotiateMessage> message =
        NegotiateMessage::Parse(negotiate);
    if (!message.ok()) return Event::kNegotiateMalformed;
    flags_ = AcceptorAnswer(options.ntlm, message->flags & ~kNegotiateDatagram);
  }
  const uint32_t required = options.ntlm.minimum_server_security;
  if ((flags_ & required) != required) return Event::kSecurityTooWeak;
  if ((flags_ & (kNegotiateUnicode | kNegotiateOem)) == 0) {
    return Event::kNegotiateMalformed;
  }

  const bool in_domain = !options.names.domain.empty();
  const TokenText target_name(options.names.authority(),
                              (flags_ & kNegotiateUnicode) != 0);
  PairBytes pairs;
  if (!DescribeMachine(world(), &pairs)) return Event::kOutOfMemory;
  ChallengeMessage challenge{
      .flags = flags_, .target_info = pairs, .version = OwnVersion(flags_)};
  if ((flags_ & kRequestTarget) != 0) {
    challenge.flags |= in_domain ? kTargetTypeDomain : kTargetTypeServer;
    challenge.target_name = target_name.bytes();
  }

  const size_t size = challenge.SerializedSize();
  absl::Span<uint8_t> token;
  const SECURITY_STATUS reserved = leg.output.Reserve(size, &token);
  if (reserved != SEC_E_OK) return ReserveFailure<Event>(reserved);
  if (!transcript_.Allocate(world().memory(), negotiate.size() + size)) {
    return Event::kOutOfMemory;
  }
  // Not before all that may fail, so that a call that is made again, with more
  // room, has the same outcome as if it had been the first.
  world().ForkEntropy().Fill(absl::MakeSpan(server_challenge_));
  challenge.server_challenge = server_challenge_;
  std::copy(negotiate.begin(), negotiate.end(), transcript_.span().begin());
  const absl::Span<uint8_t> own = transcript_.span().subspan(negotiate.size());
  if (!challenge.Serialize(own).ok()) return Event::kOutOfMemory;
  std::copy(own.begin(), own.end(), token.begin());
  negotiate_size_ = negotiate.size();
  target_info_size_ = pairs.size();
  leg.attributes = GrantedAttributes(Role::kAcceptor, flags_, leg.requirements);
  if (!options.ntlm.complete_auth_token) return Event::kChallenged;
  LeaveUnfinished(token);
  return Event::kChallengedUnfinished;
}

// MS-NLMP 3.2.5.1.2 and 3.2.5.2.2.
Acceptor::Event Acceptor::ReceiveAuthenticate(Leg& leg) {
  const auto bindings = bindings_.ReadFrom(leg.input, world().memory());
  if (!ChannelBindings::IsFine(bindings)) {
    return BindingsFailure<Event>(bindings);
  }
  const SecBuffer* input = leg.input.Find(SECBUFFER_TOKEN);
  if (input == nullptr) return Event::kAuthenticateMalformed;
  const absl::Span<const uint8_t> token = BytesOf(*input);
  const absl::StatusOr<AuthenticateMessage> message =
      AuthenticateMessage::Parse(token);
  if (!message.ok()) return Event::kAuthenticateMalformed;
  // Initiators older than Windows NT 4 SP3 send no flags: the CHALLENGE's are
  // in force.
  if (message->flags != 0) flags_ = FlagsInForce(message->flags, flags_);
  const uint32_t required = world().options().ntlm.minimum_server_security;
  if ((flags_ & required) != required) return Event::kSecurityTooWeak;

  CheckedResponse response;
  if (IsAnonymous(*message)) {
    if ((leg.requirements & ASC_REQ_ALLOW_NULL_SESSION) == 0) {
      return Event::kLogonDenied;
    }
    flags_ |= kAnonymous;
    return Accept(*message, token, response, leg);
  }
  switch (
      CheckResponse(world(), *message, flags_, server_challenge_, &response)) {
    case Verdict::kMalformed:
      return Event::kAuthenticateMalformed;
    case Verdict::kDenied:
      return Event::kLogonDenied;
    case Verdict::kNoAuthority:
      return Event::kNoAuthority;
    case Verdict::kAccepted:
      break;
  }
  return Accept(*message, token, response, leg);
}

Acceptor::Event Acceptor::Accept(const AuthenticateMessage& message,
                                 absl::Span<const uint8_t> token,
                                 const CheckedResponse& response, Leg& leg) {
  Agreement agreement{.flags = flags_,
                      .attributes = GrantedAttributes(Role::kAcceptor, flags_,
                                                      leg.requirements),
                      .session_key = response.key_exchange_key,
                      .established = world().now()};
  if (ExchangesKey(flags_)) {
    Key encrypted;
    if (message.encrypted_session_key.size() != encrypted.size()) {
      return Event::kAuthenticateMalformed;
    }
    std::copy_n(message.encrypted_session_key.begin(), encrypted.size(),
                encrypted.begin());
    // RC4K is its own inverse.
    agreement.session_key =
        EncryptSessionKey(response.key_exchange_key, encrypted);
  }
  if ((response.av_pairs.Flags() & kAvFlagMicProvided) != 0) {
    // The MIC cannot be taken away: the AV flags are under the NT proof.
    if (!message.mic.has_value()) return Event::kMicMismatch;
    agreement.mic = true;
    const auto transcript = std::as_const(transcript_).span();
    const Key mic = ComputeMic(agreement.session_key,
                               transcript.subspan(0, negotiate_size_),
                               transcript.subspan(negotiate_size_), token);
    if (!crypto::ConstantTimeEqual(mic, *message.mic) &&
        world().options().verification == Verification::kStrict) {
      return Event::kMicMismatch;
    }
  }
  const Event bindings = CheckBindings(response, leg.requirements);
  if (bindings != Event::kAccepted) return bindings;

  Parties parties;
  if (!KeepParties(message, flags_, response, &parties)) {
    return Event::kOutOfMemory;
  }
  leg.attributes = agreement.attributes;
  Agree(agreement, parties, PeerRevision(flags_, message.version));
  return world().options().ntlm.complete_auth_token ? Event::kAcceptedUnfinished
                                                    : Event::kAccepted;
}

// The acceptor's caller runs over a channel: then the initiator's must have run
// over the same one (MS-NLMP 3.2.5.1.2).
Acceptor::Event Acceptor::CheckBindings(const CheckedResponse& response,
                                        uint32_t requirements) const {
  if (!bindings_.present()) return Event::kAccepted;
  const crypto::Digest16 none{};
  const auto claimed = response.av_pairs.Find(AvId::kChannelBindings);
  const bool missing =
      !claimed.has_value() || *claimed == absl::MakeConstSpan(none);
  const bool accepted =
      missing ? (requirements & ASC_REQ_ALLOW_MISSING_BINDINGS) != 0
              : *claimed == absl::MakeConstSpan(bindings_.hash());
  return accepted ? Event::kAccepted : Event::kBindingsMismatch;
}

// The token goes back to the caller: what it says of names is copied.
bool Acceptor::KeepParties(const AuthenticateMessage& message, uint32_t flags,
                           const CheckedResponse& response, Parties* parties) {
  const bool unicode = (flags & kNegotiateUnicode) != 0;
  const absl::Span<const uint8_t> target =
      response.av_pairs.Find(AvId::kTargetName)
          .value_or(absl::Span<const uint8_t>());
  // Each is at most this many units of UTF-16 long.
  const auto units = [unicode](absl::Span<const uint8_t> text) {
    return unicode ? text.size() / sizeof(char16_t) : text.size();
  };
  const size_t user_size = units(message.user);
  const size_t domain_size = units(message.domain);
  const size_t target_size = target.size() / sizeof(char16_t);
  if (!names_.Allocate(
          world().memory(),
          (user_size + domain_size + target_size) * sizeof(char16_t))) {
    return false;
  }
  auto* next = reinterpret_cast<char16_t*>(names_.span().data());
  const auto keep = [&next](absl::Span<const uint8_t> text, size_t size,
                            bool wide) -> std::u16string_view {
    char16_t* const kept = next;
    if (wide) {
      std::copy_n(text.begin(), size * sizeof(char16_t),
                  reinterpret_cast<uint8_t*>(kept));
    } else {
      const std::u16string decoded = wire::OemToUtf16(text);
      std::copy_n(decoded.begin(), size, kept);
    }
    next += size;
    return {kept, size};
  };
  parties->user = keep(message.user, user_size, unicode);
  parties->domain = keep(message.domain, domain_size, unicode);
  parties->target = keep(target, target_size, true);
  // They end the CHALLENGE.
  const auto transcript = std::as_const(transcript_).span();
  parties->target_info =
      transcript.subspan(transcript.size() - target_info_size_);
  return true;
}

}  // namespace sspilab::ntlm

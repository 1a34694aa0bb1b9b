#include "core/ntlm/initiator.h"

#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "core/leg_failures.h"
#include "core/ntlm/av_pairs.h"
#include "core/ntlm/keys.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/negotiation.h"
#include "core/ntlm/ntlmv2_response.h"
#include "core/ntlm/text.h"
#include "core/ntlm/unfinished_token.h"
#include "core/wire/utf.h"

namespace sspilab::ntlm {
namespace {

// The responses to a challenge, and what follows from them.
struct Answer {
  ResponseV1 lm{};
  size_t lm_size = 0;
  absl::InlinedVector<uint8_t, 640> nt;
  bool has_mic = false;
  Key key_exchange_key{};

  absl::Span<const uint8_t> lm_bytes() const {
    return absl::MakeConstSpan(lm).subspan(0, lm_size);
  }
};

// MS-NLMP 3.1.5.1.2: an anonymous initiator's LM response is one zero byte, its
// NT response empty, its key all zeros.
Answer AnswerAnonymously() {
  Answer answer;
  answer.lm_size = 1;
  return answer;
}

// MS-NLMP 3.3.1: Windows at LmCompatibilityLevel 0 to 2. From 2 on there is no
// LM hash, and the LM response is a second NT one.
Answer AnswerV1(const NtlmCredential& identity,
                const ChallengeMessage& challenge, uint32_t flags,
                const Challenge& client_challenge) {
  const ResponsesV1 responses =
      (flags & kNegotiateExtendedSessionSecurity) != 0
          ? ComputeResponsesV1WithClientChallenge(identity.nt_hash(),
                                                  challenge.server_challenge,
                                                  client_challenge)
          : ComputeResponsesV1(identity.nt_hash(), identity.lm_hash(),
                               challenge.server_challenge);
  Answer answer;
  answer.lm = responses.lm;
  answer.lm_size = responses.lm.size();
  answer.nt.assign(responses.nt.begin(), responses.nt.end());
  answer.key_exchange_key = KeyExchangeKeyV1(
      flags, SessionBaseKeyV1(identity.nt_hash()), answer.lm_bytes(),
      challenge.server_challenge, identity.lm_hash());
  return answer;
}

// What Windows writes into MsvAvSingleHost for an ordinary process: that there
// is an integrity level, and that it is 0x2000.
constexpr std::array<uint8_t, 8> kMediumIntegrity = {1, 0, 0, 0, 0, 0x20, 0, 0};

// MS-NLMP 3.3.2, with the additions of 3.1.5.1.2 to the acceptor's AV pairs.
// Only an acceptor that gave its time gets a MIC, and no LMv2 response: that is
// what Windows does, where the text would have a MIC always.
Answer AnswerV2(const NtlmCredential& identity,
                const ChallengeMessage& challenge, const AvPairs& pairs,
                const Challenge& client_challenge, const World& world,
                absl::Span<const uint8_t> target, uint32_t requirements,
                const crypto::Digest16& bindings) {
  Answer answer;
  const std::optional<uint64_t> timestamp = pairs.Timestamp();
  answer.has_mic = timestamp.has_value();

  constexpr size_t kTempOffset = NtlmV2Response::kProofSize;
  constexpr size_t kPairsOffset =
      kTempOffset + NtlmV2ClientChallenge::kHeaderSize;
  // Headers and values of what is added: flags, host, bindings, target,
  // MsvAvEOL.
  constexpr size_t kAdded =
      (4 + 4) + (4 + SingleHostData::kSize) + (4 + 16) + 4 + 4;
  answer.nt.resize(kPairsOffset + pairs.bytes().size() + kAdded +
                   target.size() + NtlmV2ClientChallenge::kTrailerSize);
  const absl::Span<uint8_t> nt = absl::MakeSpan(answer.nt);

  AvPairsWriter list(nt.subspan(kPairsOffset));
  list.Copy(pairs, {AvId::kFlags, AvId::kChannelBindings, AvId::kTargetName});
  uint32_t av_flags = pairs.Flags();
  if (answer.has_mic) av_flags |= kAvFlagMicProvided;
  if ((requirements & ISC_REQ_UNVERIFIED_TARGET_NAME) != 0) {
    av_flags |= kAvFlagUntrustedSpn;
  }
  if (av_flags != 0) list.AddFlags(av_flags);
  if (!pairs.bytes().empty()) {
    list.AddSingleHost(
        {.custom_data = kMediumIntegrity, .machine_id = world.machine_id()});
    list.Add(AvId::kChannelBindings, bindings);
    list.Add(AvId::kTargetName, target);
  }
  // There is room for all, so this cannot fail.
  const size_t list_size = list.Finish().value_or(0);

  wire::Writer header(nt.subspan(kTempOffset));
  header.WriteU8(1);
  header.WriteU8(1);
  header.WriteZeros(6);
  header.WriteU64(timestamp.value_or(world.now()));
  header.WriteBytes(client_challenge);
  header.WriteZeros(4);
  answer.nt.resize(kPairsOffset + list_size);
  answer.nt.resize(answer.nt.size() + NtlmV2ClientChallenge::kTrailerSize);

  const ProofV2 proof =
      ComputeProofV2(identity.nt_owf_v2(), challenge.server_challenge,
                     absl::MakeConstSpan(answer.nt).subspan(kTempOffset));
  std::copy(proof.nt_proof.begin(), proof.nt_proof.end(), answer.nt.begin());
  if (!answer.has_mic) {
    answer.lm = ComputeLmResponseV2(
        identity.nt_owf_v2(), challenge.server_challenge, client_challenge);
  }
  answer.lm_size = answer.lm.size();
  answer.key_exchange_key = proof.session_base_key;
  return answer;
}

}  // namespace

Initiator::Initiator(World& world, const SecurityPackage& package,
                     CredentialTable::Pin credential)
    : NtlmContext(world, package, Role::kInitiator, std::move(credential)) {}

const NtlmCredential& Initiator::identity() const {
  return static_cast<const NtlmCredential&>(*credential());
}

bool Initiator::anonymous() const {
  return (requirements_ & ISC_REQ_NULL_SESSION) != 0 || identity().anonymous();
}

SECURITY_STATUS Initiator::Advance(Leg& leg) {
  Event event = Event::kCallOutOfSequence;
  switch (machine_.state()) {
    case State::kStart:
      event = SendNegotiate(leg);
      if (event == Event::kBegun) entropy_ = world().ForkEntropy();
      break;
    case State::kNegotiateSent:
      event = SendAuthenticate(leg);
      break;
    case State::kAuthenticateUnfinished:
    case State::kDone:
    case State::kFailed:
      break;
  }
  return Take(event);
}

SECURITY_STATUS Initiator::Complete(const BufferList& token) {
  return Take(machine_.state() == State::kAuthenticateUnfinished
                  ? FinishToken(token)
                  : Event::kNothingToComplete);
}

SECURITY_STATUS Initiator::Take(Event event) {
  const SECURITY_STATUS status = machine_.Take(event, world().observer());
  if (machine_.state() == State::kDone) SetEstablished();
  return status;
}

// MS-NLMP 3.1.5.1.1; connectionless (3.1.5.2) nothing is sent.
Initiator::Event Initiator::SendNegotiate(Leg& leg) {
  requirements_ = leg.requirements;
  if (world().options().ntlm.restrict_sending) return Event::kForbidden;
  if (!identity().has_identity() && !anonymous()) return Event::kNoCredentials;
  offer_ = InitiatorOffer(world().options().ntlm, requirements_);
  const auto bindings = bindings_.ReadFrom(leg.input, world().memory());
  if (!ChannelBindings::IsFine(bindings)) {
    return BindingsFailure<Event>(bindings);
  }
  leg.attributes =
      GrantedAttributes(Role::kInitiator, offer_, leg.requirements);
  if ((offer_ & kNegotiateDatagram) != 0) return Event::kBegun;

  absl::Span<uint8_t> token;
  const SECURITY_STATUS reserved = leg.output.Reserve(kNegotiateSize, &token);
  if (reserved != SEC_E_OK) return ReserveFailure<Event>(reserved);
  const NegotiateMessage message{.flags = offer_,
                                 .version = OwnVersion(offer_)};
  negotiate_size_ = message.Serialize(absl::MakeSpan(negotiate_)).value_or(0);
  std::copy_n(negotiate_.begin(), negotiate_size_, token.begin());
  return Event::kBegun;
}

// MS-NLMP 3.1.5.1.2 and 3.1.5.2.1.
Initiator::Event Initiator::SendAuthenticate(Leg& leg) {
  const SecBuffer* input = leg.input.Find(SECBUFFER_TOKEN);
  if (input == nullptr) return Event::kChallengeMalformed;
  // A copy: parts of it are kept, and the caller may want the output written
  // over the input.
  const absl::Span<const uint8_t> target = wire::Utf16LeBytes(leg.target);
  if (!kept_.Allocate(world().memory(),
                      target.size() + BytesOf(*input).size())) {
    return Event::kOutOfMemory;
  }
  wire::Writer keep(kept_.span());
  keep.WriteBytes(target);
  keep.WriteBytes(BytesOf(*input));
  const absl::Span<const uint8_t> received =
      std::as_const(kept_).span().subspan(target.size());
  const absl::StatusOr<ChallengeMessage> challenge =
      ChallengeMessage::Parse(received);
  if (!challenge.ok()) return Event::kChallengeMalformed;
  absl::StatusOr<AvPairs> pairs = AvPairs();
  if (!challenge->target_info.empty()) {
    pairs = AvPairs::Parse(challenge->target_info);
    if (!pairs.ok()) return Event::kChallengeMalformed;
  }
  // Later calls may bring the bindings, too.
  const auto bindings = bindings_.ReadFrom(leg.input, world().memory());
  if (!ChannelBindings::IsFine(bindings)) {
    return BindingsFailure<Event>(bindings);
  }
  const NtlmPolicy& policy = world().options().ntlm;
  // Windows says back whether there was a TargetInfo.
  uint32_t flags =
      FlagsInForce(challenge->flags, offer_ | kNegotiateTargetInfo);
  const uint32_t required = policy.minimum_client_security;
  if ((flags & required) != required) return Event::kSecurityTooWeak;
  if (anonymous()) flags |= kAnonymous;
  const bool v2 = !anonymous() && policy.lm_compatibility_level >= 3;
  // Who sends no LM response has no LM key either (MS-NLMP 3.1.1.1
  // NoLMResponseNTLMv1). NTLMv2's session key has nothing to do with it.
  if (!v2 && !identity().lm_hash().has_value()) {
    flags &= ~(kNegotiateLmKey | kRequestNonNtSessionKey);
  }
  const bool protects = (flags & (kNegotiateSign | kNegotiateSeal)) != 0;
  if (v2 && protects &&
      !(pairs->Find(AvId::kNbComputerName).has_value() &&
        pairs->Find(AvId::kNbDomainName).has_value())) {
    return Event::kAcceptorUnnamed;
  }

  // What is drawn from the entropy is drawn again should this call be repeated
  // with more room for its output.
  Entropy entropy = *entropy_;
  Challenge client_challenge;
  Key session_key;
  entropy.Fill(absl::MakeSpan(client_challenge));
  entropy.Fill(absl::MakeSpan(session_key));

  const Answer answer =
      anonymous() ? AnswerAnonymously()
      : v2 ? AnswerV2(identity(), *challenge, *pairs, client_challenge, world(),
                      target, requirements_, bindings_.hash())
           : AnswerV1(identity(), *challenge, flags, client_challenge);

  const bool exchanges_key = ExchangesKey(flags);
  if (!exchanges_key) session_key = answer.key_exchange_key;
  const Key encrypted_key =
      exchanges_key ? EncryptSessionKey(answer.key_exchange_key, session_key)
                    : Key{};

  const bool unicode = (flags & kNegotiateUnicode) != 0;
  const TokenText domain(anonymous() ? u"" : identity().domain(), unicode);
  const TokenText user(anonymous() ? u"" : identity().user(), unicode);
  const TokenText workstation(world().options().names.computer, unicode);
  AuthenticateMessage message{
      .flags = flags,
      .lm_response = answer.lm_bytes(),
      .nt_response = answer.nt,
      .domain = domain.bytes(),
      .user = user.bytes(),
      .workstation = workstation.bytes(),
      .encrypted_session_key = exchanges_key
                                   ? absl::MakeConstSpan(encrypted_key)
                                   : absl::Span<const uint8_t>(),
      .version = OwnVersion(flags)};
  if (answer.has_mic) message.mic.emplace();

  absl::Span<uint8_t> token;
  const SECURITY_STATUS reserved =
      leg.output.Reserve(message.SerializedSize(), &token);
  if (reserved != SEC_E_OK) return ReserveFailure<Event>(reserved);
  // Too long for the message's 16-bit lengths.
  if (!message.Serialize(token).ok()) return Event::kChallengeMalformed;
  if (answer.has_mic) {
    const Key mic =
        ComputeMic(session_key,
                   absl::MakeConstSpan(negotiate_).subspan(0, negotiate_size_),
                   received, token);
    std::copy(mic.begin(), mic.end(),
              token.begin() + AuthenticateMessage::kMicOffset);
  }

  const Agreement agreement{
      .flags = flags,
      .attributes = GrantedAttributes(Role::kInitiator, flags, requirements_),
      .session_key = session_key,
      .established = world().now(),
      .mic = answer.has_mic};
  leg.attributes = agreement.attributes;
  Agree(agreement,
        {.user = anonymous() ? u"" : identity().user(),
         .domain = anonymous() ? u"" : identity().domain(),
         .target = {reinterpret_cast<const char16_t*>(kept_.span().data()),
                    leg.target.size()},
         .target_info = pairs->bytes()},
        PeerRevision(flags, challenge->version));
  if (!policy.complete_auth_token) return Event::kAuthenticated;
  unfinished_size_ = token.size();
  LeaveUnfinished(token);
  return Event::kAuthenticatedUnfinished;
}

Initiator::Event Initiator::FinishToken(const BufferList& token) {
  return FinishUnfinished(token, unfinished_size_) ? Event::kCompleted
                                                   : Event::kTokenDoesNotMatch;
}

}  // namespace sspilab::ntlm

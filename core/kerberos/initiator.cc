#include "core/kerberos/initiator.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/kerberos/ap_ciphers.h"
#include "core/kerberos/delegation.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/names.h"
#include "core/kerberos/sealed_part.h"
#include "core/kerberos/spn.h"
#include "core/leg_failures.h"
#include "core/wire/der.h"
#include "core/wire/utf.h"

namespace sspilab::kerberos {
namespace {

struct Wish {
  uint32_t requirement;
  uint32_t flags;
};
// What ISC_REQ_* become in the authenticator. Windows encrypts nothing that it
// does not sign.
constexpr Wish kWishes[] = {
    {ISC_REQ_DELEGATE, gss_flag::kDelegation},
    {ISC_REQ_MUTUAL_AUTH, gss_flag::kMutual},
    {ISC_REQ_REPLAY_DETECT, gss_flag::kReplay | gss_flag::kIntegrity},
    {ISC_REQ_SEQUENCE_DETECT, gss_flag::kSequence | gss_flag::kIntegrity},
    {ISC_REQ_CONFIDENTIALITY,
     gss_flag::kConfidentiality | gss_flag::kIntegrity},
    {ISC_REQ_INTEGRITY, gss_flag::kIntegrity},
    {ISC_REQ_IDENTIFY, gss_flag::kIdentify},
    {ISC_REQ_EXTENDED_ERROR, gss_flag::kExtendedError},
    // Its third leg proves the initiator to the acceptor: both prove
    // themselves (MS-KILE 3.4.5.1).
    {ISC_REQ_USE_DCE_STYLE, gss_flag::kDceStyle | gss_flag::kMutual},
};

struct FailureRow {
  TicketFailure failure;
  InitiatorSpec::Event event;
};
using E = InitiatorSpec::Event;
constexpr FailureRow kFailures[] = {
    {TicketFailure::kNoCredentials, E::kNoCredentials},
    {TicketFailure::kNoAuthority, E::kNoAuthority},
    {TicketFailure::kLogonDenied, E::kLogonDenied},
    {TicketFailure::kTargetUnknown, E::kTargetUnknown},
    {TicketFailure::kTimeSkew, E::kTimeSkew},
    {TicketFailure::kEtypeUnknown, E::kEtypeUnknown},
    // Where the ticket that was asked for was one for user-to-user.
    {TicketFailure::kUserToUserRequired, E::kKdcRefused},
    {TicketFailure::kTgtOfAnother, E::kTgtOfAnother},
    {TicketFailure::kTooManyReferrals, E::kTooManyReferrals},
    {TicketFailure::kRefused, E::kKdcRefused},
    {TicketFailure::kReplyInvalid, E::kKdcReplyInvalid},
};

E EventFor(TicketFailure failure) {
  return std::find_if(std::begin(kFailures), std::end(kFailures),
                      [failure](const FailureRow& row) {
                        return row.failure == failure;
                      })
      ->event;
}

// What an acceptor's KRB-ERROR means (RFC 4120 3.2.6). One that cannot decrypt
// the ticket has not the key of the service that was asked for; it says so with
// BAD_INTEGRITY (3.2.3), and Windows with MODIFIED.
E EventFor(const KrbError& error) {
  switch (static_cast<ErrorCode>(error.error_code)) {
    case ErrorCode::kSkew:
    case ErrorCode::kTicketNotYetValid:
      return E::kAcceptorTimeSkew;
    case ErrorCode::kBadIntegrity:
    case ErrorCode::kModified:
    case ErrorCode::kNotUs:
    case ErrorCode::kBadKeyVersion:
    case ErrorCode::kNoKey:
      return E::kAcceptorHasOtherKey;
    default:
      return E::kAcceptorRefused;
  }
}

// The ticket in a TGT-REP.
absl::StatusOr<Ticket> TicketIn(Bytes tgt_reply) {
  const absl::StatusOr<TgtReply> reply = Parse<TgtReply>(tgt_reply);
  if (!reply.ok()) return reply.status();
  return Parse<Ticket>(reply->ticket.der);
}

}  // namespace

Initiator::Initiator(World& world, const SecurityPackage& package,
                     CredentialTable::Pin credential)
    : KerberosContext(world, package, Role::kInitiator, std::move(credential)) {
}

SECURITY_STATUS Initiator::Advance(Leg& leg) {
  Event event = Event::kCallOutOfSequence;
  switch (machine_.state()) {
    case State::kStart:
      event = Begin(leg);
      break;
    case State::kTgtRequested:
      event = ReceiveTgtReply(leg);
      break;
    case State::kApReqSent:
      event = ReceiveApRep(leg);
      break;
    case State::kDone:
    case State::kFailed:
      break;
  }
  const SECURITY_STATUS status = machine_.Take(event, world().observer());
  if (machine_.state() == State::kDone) SetEstablished();
  return status;
}

Initiator::Event Initiator::Begin(Leg& leg) {
  if (!identity().has_identity()) return Event::kNoCredentials;
  const auto bindings = bindings_.ReadFrom(leg.input, world().memory());
  if (!ChannelBindings::IsFine(bindings)) {
    return BindingsFailure<Event>(bindings);
  }
  if (leg.target.empty()) return Event::kTargetMissing;
  flags_ = 0;
  user_to_user_ = false;
  for (const Wish& wish : kWishes) {
    if ((leg.requirements & wish.requirement) != 0) flags_ |= wish.flags;
  }
  if ((leg.requirements & ISC_REQ_USE_SESSION_KEY) != 0) return RequestTgt(leg);
  const std::string target = wire::Utf16ToUtf8Lossy(leg.target);
  // Windows asks no KDC for those.
  if (NamesAddress(target) && !world().options().kerberos.try_ip_spn) {
    return Event::kTargetUnknown;
  }
  const TicketFailure failure = identity().GetTicket(target, &ticket_);
  // A user, who has no key that is worth something: only the acceptor's logon
  // session has.
  if (failure == TicketFailure::kUserToUserRequired) return RequestTgt(leg);
  if (failure != TicketFailure::kNone) return EventFor(failure);
  return SendApReq(leg);
}

Initiator::Event Initiator::SendApReq(Leg& leg) {
  // MS-KILE 3.2.5.1: to those whom the realm's administrator trusts with it,
  // and who is not, or cannot be, delegated to does not fail for that: the
  // caller sees that ISC_RET_DELEGATE is missing.
  std::optional<HeldTicket> forwarded;
  if ((flags_ & gss_flag::kDelegation) != 0 &&
      ((ticket_->flags & ticket_flag::kOkAsDelegate) == 0 ||
       identity().GetForwardedTicket(&forwarded.emplace()) !=
           TicketFailure::kNone)) {
    flags_ &= ~gss_flag::kDelegation;
  }
  const Event event =
      WriteApReq(leg, (flags_ & gss_flag::kDceStyle) == 0,
                 (flags_ & gss_flag::kDelegation) != 0 ? &*forwarded : nullptr);
  if (event == Event::kSent || event == Event::kSentForMutual) {
    leg.attributes = GrantedAttributes(Role::kInitiator, flags_, user_to_user_);
    leg.expiry = ToFileTime(ticket_->local_endtime());
  }
  return event;
}

// draft-swift-win2k-krb-user2user 3. The target's name is needed again when the
// answer is here.
Initiator::Event Initiator::RequestTgt(Leg& leg) {
  const std::string target = wire::Utf16ToUtf8Lossy(leg.target);
  const size_t at = target.find('@');
  const std::string_view name = std::string_view(target).substr(0, at);
  TgtRequest message{.server_name = SplitName(name, NameTypeOf(name))};
  if (at != std::string::npos) {
    message.realm = std::string_view(target).substr(at + 1);
  }
  if (!target_.Assign(
          world().memory(),
          {reinterpret_cast<const uint8_t*>(target.data()), target.size()})) {
    return Event::kOutOfMemory;
  }
  user_to_user_ = true;
  const bool framed = (flags_ & gss_flag::kDceStyle) == 0;
  const size_t size = SizeOf(message);
  absl::Span<uint8_t> token;
  const SECURITY_STATUS reserved =
      leg.output.Reserve(framed ? FramedSize(size, true) : size, &token);
  if (reserved != SEC_E_OK) return ReserveFailure<Event>(reserved);
  wire::DerWriter writer(
      framed ? WriteFraming(TokenId::kTgtRequest, true, size, token) : token);
  Write(message, &writer);
  // Whether there will be delegation is not known before there is a ticket.
  leg.attributes = GrantedAttributes(
      Role::kInitiator, flags_ & ~gss_flag::kDelegation, user_to_user_);
  return Event::kTgtRequestSent;
}

Initiator::Event Initiator::ReceiveTgtReply(Leg& leg) {
  const SecBuffer* const input = leg.input.Find(SECBUFFER_TOKEN);
  if (input == nullptr) return Event::kTgtReplyMalformed;
  Bytes message = BytesOf(*input);
  if (const absl::StatusOr<GssToken> framed = GssToken::Parse(message);
      framed.ok()) {
    message = framed->message;
  }
  if (const absl::StatusOr<KrbError> error = Parse<KrbError>(message);
      error.ok()) {
    return EventFor(*error);
  }
  const absl::StatusOr<Ticket> theirs = TicketIn(message);
  if (!theirs.ok()) return Event::kTgtReplyMalformed;
  const std::string_view target(
      reinterpret_cast<const char*>(target_.span().data()),
      target_.span().size());
  return SendUserToUser(*theirs, target, leg);
}

// `target` is not a view of the ticket that is replaced here.
Initiator::Event Initiator::SendUserToUser(const Ticket& theirs,
                                           std::string_view target, Leg& leg) {
  HeldTicket ticket;
  const TicketFailure failure =
      identity().GetUserToUserTicket(target, theirs, &ticket);
  if (failure != TicketFailure::kNone) return EventFor(failure);
  ticket_ = std::make_shared<const ServiceTicket>(std::move(ticket));
  return SendApReq(leg);
}

// The acceptor wants a ticket for the session key of the one that its error
// has with it.
Initiator::Event Initiator::AnswerDemand(const KrbError& error, Leg& leg) {
  const absl::StatusOr<Ticket> theirs =
      TicketIn(error.e_data.value_or(Bytes()));
  if (!theirs.ok()) return Event::kNoTgtReply;
  user_to_user_ = true;
  const std::string target = absl::StrCat(ticket_->sname, "@", ticket_->srealm);
  const Event event = SendUserToUser(*theirs, target, leg);
  // The same error may be handed in again.
  if (event == Event::kOutputTooSmall) user_to_user_ = false;
  return event;
}

Initiator::Event Initiator::WriteApReq(Leg& leg, bool framed,
                                       const HeldTicket* forwarded) {
  const EncryptionType& type = ticket_->key.type();
  const bool mutual = (flags_ & gss_flag::kMutual) != 0;
  authenticator_time_ = TimeAhead(world(), ticket_->clock_offset);
  GssChecksum checksum{.flags = flags_};
  if (bindings_.present()) checksum.bindings = bindings_.hash();
  std::array<uint8_t, 24> small_checksum;
  absl::Span<uint8_t> checksum_bytes = absl::MakeSpan(small_checksum);
  BudgetBytes krb_cred;
  BudgetBytes large_checksum;
  if (forwarded != nullptr) {
    if (!AllocateKrbCred(*forwarded, ticket_->key, authenticator_time_,
                         world().memory(), &krb_cred)) {
      return Event::kOutOfMemory;
    }
    checksum.delegation = krb_cred.span();
    if (!large_checksum.Allocate(world().memory(), checksum.size())) {
      return Event::kOutOfMemory;
    }
    checksum_bytes = large_checksum.span();
  }

  // With a key and a number that only have the right sizes, at first.
  subkey_ = ticket_->key;
  sequence_ = kLeastSequence;
  Authenticator authenticator{
      .crealm = ticket_->crealm,
      .cname = SplitName(ticket_->cname, NameType::kPrincipal),
      .cksum = ChecksumField{.cksumtype = kGssChecksumType,
                             .checksum = checksum_bytes},
      .cusec = authenticator_time_.microseconds,
      .ctime = authenticator_time_.time,
      .subkey = ViewOf(subkey_),
      .seq_number = sequence_};
  // What is counted needs no bytes.
  const size_t sealed_size = SealedSize(authenticator, type);
  ApReq message{.ap_options = {(mutual ? ap_option::kMutualRequired : 0) |
                               (user_to_user_ ? ap_option::kUseSessionKey : 0)},
                .ticket = {ticket_->ticket},
                .authenticator = {.etype = static_cast<int32_t>(type.etype),
                                  .cipher = Bytes(nullptr, sealed_size)}};
  const size_t size = SizeOf(message);
  absl::Span<uint8_t> token;
  const SECURITY_STATUS reserved = leg.output.Reserve(
      framed ? FramedSize(size, user_to_user_) : size, &token);
  if (reserved != SEC_E_OK) return ReserveFailure<Event>(reserved);

  entropy_ = world().ForkEntropy();
  subkey_ = NewKey(type, *entropy_);
  authenticator.seq_number = sequence_ = NewSequence(*entropy_);
  if (forwarded != nullptr &&
      !WriteKrbCred(*forwarded, ticket_->key, authenticator_time_, *entropy_,
                    world().memory(), krb_cred.span())) {
    return Event::kOutOfMemory;
  }
  checksum.WriteTo(checksum_bytes);
  // Where it belongs: the message ends with it.
  const absl::Span<uint8_t> sealed = token.last(sealed_size);
  SealInto(sealed, authenticator, ticket_->ciphers.authenticator(), *entropy_);
  message.authenticator.cipher = sealed;
  wire::DerWriter writer(
      framed ? WriteFraming(TokenId::kApReq, user_to_user_, size, token)
             : token);
  Write(message, &writer);
  if (mutual) return Event::kSentForMutual;
  // The acceptor has no number of its own: it counts from the initiator's.
  AgreeOn(subkey_, false, sequence_);
  return Event::kSent;
}

Initiator::Event Initiator::ReceiveApRep(Leg& leg) {
  const SecBuffer* const input = leg.input.Find(SECBUFFER_TOKEN);
  if (input == nullptr) return Event::kApRepMalformed;
  const Bytes token = BytesOf(*input);
  if ((flags_ & gss_flag::kDceStyle) != 0) {
    if (const absl::StatusOr<KrbError> error = Parse<KrbError>(token);
        error.ok()) {
      return TakeError(*error, leg);
    }
    return CheckApRep(token, leg);
  }
  const absl::StatusOr<GssToken> framed = GssToken::Parse(token);
  if (!framed.ok()) return Event::kApRepMalformed;
  if (framed->id == TokenId::kKrbError) {
    const absl::StatusOr<KrbError> error = Parse<KrbError>(framed->message);
    return error.ok() ? TakeError(*error, leg) : Event::kApRepMalformed;
  }
  if (framed->id != TokenId::kApRep) return Event::kApRepMalformed;
  return CheckApRep(framed->message, leg);
}

Initiator::Event Initiator::TakeError(const KrbError& error, Leg& leg) {
  const bool demands =
      error.error_code == static_cast<int32_t>(ErrorCode::kUserToUserRequired);
  return demands && !user_to_user_ ? AnswerDemand(error, leg) : EventFor(error);
}

// RFC 4120 3.2.5: only who could decrypt the ticket and the authenticator knows
// the time that was in it.
Initiator::Event Initiator::CheckApRep(Bytes message, Leg& leg) {
  const absl::StatusOr<ApRep> ap_rep = Parse<ApRep>(message);
  if (!ap_rep.ok()) return Event::kApRepMalformed;
  BudgetBytes storage;
  Bytes plain;
  switch (Open(ap_rep->enc_part, ticket_->ciphers.reply(), !permissive(),
               world().memory(), &storage, &plain)) {
    case OpenedPart::kOutOfMemory:
      return Event::kOutOfMemory;
    case OpenedPart::kNotAuthentic:
      return Event::kAcceptorNotProven;
    case OpenedPart::kOk:
      break;
  }
  const absl::StatusOr<EncApRepPart> part = Parse<EncApRepPart>(plain);
  if (!part.ok()) return Event::kAcceptorNotProven;
  if (PreciseTime{part->ctime, part->cusec} != authenticator_time_) {
    return Event::kAcceptorNotProven;
  }
  Key key = subkey_;
  bool acceptor_subkey = false;
  if (part->subkey.has_value()) {
    const std::optional<Key> theirs = KeyOf(*part->subkey);
    if (!theirs.has_value()) return Event::kAcceptorNotProven;
    acceptor_subkey = theirs->type().tokens == TokenFormat::kRfc4121 ||
                      (flags_ & gss_flag::kDceStyle) != 0;
    if (acceptor_subkey) key = *theirs;
  }
  const uint32_t number = part->seq_number.value_or(0);
  if ((flags_ & gss_flag::kDceStyle) != 0) {
    const Event answered = AnswerDce(number, leg);
    if (answered != Event::kAcceptorProven) return answered;
  }
  AgreeOn(key, acceptor_subkey, number);
  leg.attributes = GrantedAttributes(Role::kInitiator, flags_, user_to_user_);
  leg.expiry = ToFileTime(ticket_->local_endtime());
  return Event::kAcceptorProven;
}

// MS-KILE 3.4.5.1: an AP-REP of the initiator's, with the acceptor's number.
Initiator::Event Initiator::AnswerDce(uint32_t acceptor_sequence, Leg& leg) {
  const PreciseTime time = TimeAhead(world(), ticket_->clock_offset);
  const EncApRepPart part{.ctime = time.time,
                          .cusec = time.microseconds,
                          .seq_number = acceptor_sequence};
  BudgetBytes sealed;
  // What is drawn here is drawn again when the call is made again.
  Entropy entropy = *entropy_;
  if (!Seal(part, ticket_->key, KeyUsage::kApRepPart, entropy, world().memory(),
            &sealed)) {
    return Event::kOutOfMemory;
  }
  const ApRep message{
      .enc_part = {.etype = static_cast<int32_t>(ticket_->key.type().etype),
                   .cipher = sealed.span()}};
  absl::Span<uint8_t> token;
  const SECURITY_STATUS reserved = leg.output.Reserve(SizeOf(message), &token);
  if (reserved != SEC_E_OK) return ReserveFailure<Event>(reserved);
  wire::DerWriter writer(token);
  Write(message, &writer);
  *entropy_ = entropy;
  return Event::kAcceptorProven;
}

void Initiator::AgreeOn(const Key& key, bool acceptor_subkey,
                        uint64_t receive_number) {
  Agree(
      {.flags = flags_,
       .attributes = GrantedAttributes(Role::kInitiator, flags_, user_to_user_),
       .starttime = ticket_->local_starttime(),
       .endtime = ticket_->local_endtime()},
      MessageProtection({.role = Role::kInitiator,
                         .key = key,
                         .acceptor_subkey = acceptor_subkey,
                         .dce_style = (flags_ & gss_flag::kDceStyle) != 0,
                         .detect_replay = (flags_ & gss_flag::kReplay) != 0,
                         .detect_sequence = (flags_ & gss_flag::kSequence) != 0,
                         .send_number = sequence_,
                         .receive_number = receive_number}));
}

ContextNames Initiator::names() const {
  return {.client = wire::Utf8ToUtf16Lossy(
              DomainName(world(), ticket_->cname, ticket_->crealm)),
          .service = wire::Utf8ToUtf16Lossy(ticket_->sname),
          .realm = wire::Utf8ToUtf16Lossy(ticket_->crealm)};
}

}  // namespace sspilab::kerberos

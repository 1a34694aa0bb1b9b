#include "core/kerberos/acceptor.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "core/kerberos/ap_ciphers.h"
#include "core/kerberos/delegation.h"
#include "core/kerberos/names.h"
#include "core/kerberos/sealed_part.h"
#include "core/leg_failures.h"
#include "core/wire/der.h"
#include "core/wire/utf.h"

namespace sspilab::kerberos {
namespace {

struct ErrorRow {
  AcceptorSpec::Event event;
  ErrorCode code;
};
using E = AcceptorSpec::Event;
// What the initiator is told (RFC 4120 3.2.3). What is not here is nobody's
// business.
constexpr ErrorRow kErrors[] = {
    {E::kApReqMalformed, ErrorCode::kMessageType},
    {E::kNoKey, ErrorCode::kNoKey},
    {E::kTicketNotForUs, ErrorCode::kModified},
    {E::kTicketExpired, ErrorCode::kTicketExpired},
    {E::kAuthenticatorAltered, ErrorCode::kModified},
    {E::kTimeSkew, ErrorCode::kSkew},
    {E::kReplayed, ErrorCode::kRepeat},
    {E::kBindingsMismatch, ErrorCode::kBadChecksum},
};

int64_t Distance(KerberosTime a, KerberosTime b) {
  return std::max(a.seconds - b.seconds, b.seconds - a.seconds);
}

}  // namespace

Acceptor::Acceptor(World& world, const SecurityPackage& package,
                   CredentialTable::Pin credential)
    : KerberosContext(world, package, Role::kAcceptor, std::move(credential)) {}

SECURITY_STATUS Acceptor::Advance(Leg& leg) {
  Event event = Event::kCallOutOfSequence;
  switch (machine_.state()) {
    case State::kStart:
    case State::kTgtSent:
      event = Receive(leg);
      if ((leg.requirements & ASC_REQ_EXTENDED_ERROR) != 0) {
        SendError(event, leg);
      }
      break;
    case State::kApRepSent:
      event = ReceiveDceAnswer(leg);
      break;
    case State::kDone:
    case State::kFailed:
      break;
  }
  const SECURITY_STATUS status = machine_.Take(event, world().observer());
  if (machine_.state() == State::kDone) SetEstablished();
  return status;
}

Acceptor::Event Acceptor::Receive(Leg& leg) {
  const auto bindings = bindings_.ReadFrom(leg.input, world().memory());
  if (!ChannelBindings::IsFine(bindings)) {
    return BindingsFailure<Event>(bindings);
  }
  const SecBuffer* const input = leg.input.Find(SECBUFFER_TOKEN);
  if (input == nullptr) return Event::kApReqMalformed;
  // DCE style has no framing (MS-KILE 3.4.5.1), and so shows by itself.
  const Bytes token = BytesOf(*input);
  const absl::StatusOr<GssToken> framed = GssToken::Parse(token);
  framed_ = framed.ok();
  const Bytes message = framed_ ? framed->message : token;
  if (machine_.state() == State::kStart &&
      (!framed_ || framed->id == TokenId::kTgtRequest) &&
      Parse<TgtRequest>(message).ok()) {
    return SendTgt(leg);
  }
  if (framed_ && framed->id != TokenId::kApReq) return Event::kApReqMalformed;
  return ReceiveApReq(message, leg);
}

Acceptor::Event Acceptor::GetOwnTicket(HeldTicket* tgt) {
  switch (identity().GetOwnTicket(tgt)) {
    case TicketFailure::kNone:
      tgt_key_ = tgt->key;
      return Event::kTgtReplied;
    case TicketFailure::kNoAuthority:
      return Event::kNoAuthority;
    default:
      return Event::kNoCredentials;
  }
}

// draft-swift-win2k-krb-user2user 3.
Acceptor::Event Acceptor::SendTgt(Leg& leg) {
  HeldTicket tgt;
  const Event event = GetOwnTicket(&tgt);
  if (event != Event::kTgtReplied) return event;
  const TgtReply message{.ticket = {tgt.ticket}};
  const size_t size = SizeOf(message);
  absl::Span<uint8_t> token;
  const SECURITY_STATUS reserved =
      leg.output.Reserve(framed_ ? FramedSize(size, true) : size, &token);
  if (reserved != SEC_E_OK) return ReserveFailure<Event>(reserved);
  wire::DerWriter writer(
      framed_ ? WriteFraming(TokenId::kTgtReply, true, size, token) : token);
  Write(message, &writer);
  return Event::kTgtReplied;
}

Acceptor::Event Acceptor::DemandUserToUser(Leg& leg) {
  HeldTicket tgt;
  const Event event = GetOwnTicket(&tgt);
  if (event != Event::kTgtReplied) return event;
  const std::vector<uint8_t> reply = Encode(TgtReply{.ticket = {tgt.ticket}});
  const SECURITY_STATUS written =
      WriteError(ErrorCode::kUserToUserRequired, reply, leg);
  return written == SEC_E_OK ? Event::kUserToUserDemanded
                             : ReserveFailure<Event>(written);
}

Acceptor::Event Acceptor::ReceiveApReq(Bytes token, Leg& leg) {
  const absl::StatusOr<ApReq> ap_req = Parse<ApReq>(token);
  if (!ap_req.ok()) return Event::kApReqMalformed;
  user_to_user_ = ap_req->ap_options.Has(ap_option::kUseSessionKey);
  if (!user_to_user_ && (leg.requirements & ASC_REQ_USE_SESSION_KEY) != 0) {
    return machine_.state() == State::kStart ? DemandUserToUser(leg)
                                             : Event::kApReqMalformed;
  }
  if (!ticket_.Assign(world().memory(), ap_req->ticket.der)) {
    return Event::kOutOfMemory;
  }
  const absl::StatusOr<Ticket> ticket = Parse<Ticket>(ticket_.span());
  if (!ticket.ok()) return Event::kApReqMalformed;

  Bytes plain;
  Event event = OpenTicket(*ticket, &plain);
  if (event != Event::kAccepted) return event;
  const absl::StatusOr<EncTicketPart> part = Parse<EncTicketPart>(plain);
  if (!part.ok()) return Event::kTicketNotForUs;
  const std::optional<Key> session_key =
      Key::Of(part->key.keytype, part->key.keyvalue);
  if (!session_key.has_value()) return Event::kTicketNotForUs;
  session_key_ = *session_key;

  const ApCiphers ciphers(session_key_);
  BudgetBytes storage;
  switch (Open(ap_req->authenticator, ciphers.authenticator(), !permissive(),
               world().memory(), &storage, &plain)) {
    case OpenedPart::kOutOfMemory:
      return Event::kOutOfMemory;
    case OpenedPart::kNotAuthentic:
      return Event::kAuthenticatorAltered;
    case OpenedPart::kOk:
      break;
  }
  const absl::StatusOr<Authenticator> theirs = Parse<Authenticator>(plain);
  if (!theirs.ok() || theirs->crealm != part->crealm ||
      theirs->cname.name_string != part->cname.name_string) {
    return Event::kAuthenticatorAltered;
  }
  event = CheckTimes(*part, *theirs);
  if (event != Event::kAccepted) return event;
  event = CheckChecksum(*theirs, leg);
  if (event != Event::kAccepted) return event;
  if (((flags_ & gss_flag::kDceStyle) != 0) == framed_) {
    return Event::kApReqMalformed;
  }

  Key key = session_key_;
  if (theirs->subkey.has_value()) {
    const std::optional<Key> subkey =
        Key::Of(theirs->subkey->keytype, theirs->subkey->keyvalue);
    if (!subkey.has_value()) return Event::kAuthenticatorAltered;
    key = *subkey;
  }
  const uint32_t their_number = theirs->seq_number.value_or(0);
  authenticator_time_ = {theirs->ctime, theirs->cusec};
  // AP-OPTIONS say so, too, but anyone on the way may have changed them.
  const bool mutual = (flags_ & gss_flag::kMutual) != 0;
  sequence_ = their_number;
  if (mutual) {
    event = SendApRep(ciphers.reply(), leg);
    if (event != Event::kAccepted) return event;
    if (sends_subkey()) key = subkey_;
  } else {
    entropy_ = world().ForkEntropy();
  }
  // Not before all that may be done again.
  const KerberosTime oldest{FromFileTime(world().now()).time.seconds -
                            2 * world().options().kerberos.max_clock_skew};
  if (!world().replay_cache().Add(ap_req->authenticator.cipher, theirs->ctime,
                                  oldest)) {
    return Event::kReplayed;
  }

  client_ = part->cname;
  realm_ = part->crealm;
  service_ = ticket->sname;
  const bool dce = (flags_ & gss_flag::kDceStyle) != 0;
  Agree(
      {.flags = flags_,
       .attributes = GrantedAttributes(Role::kAcceptor, flags_, user_to_user_),
       .starttime = part->starttime.value_or(part->authtime),
       .endtime = part->endtime},
      MessageProtection({.role = Role::kAcceptor,
                         .key = key,
                         .acceptor_subkey = mutual && sends_subkey(),
                         .dce_style = dce,
                         .detect_replay = (flags_ & gss_flag::kReplay) != 0,
                         .detect_sequence = (flags_ & gss_flag::kSequence) != 0,
                         .send_number = sequence_,
                         .receive_number = their_number}));
  leg.attributes = agreement().attributes;
  leg.expiry = ToFileTime(part->endtime);
  return dce ? Event::kAcceptedAwaitingProof : Event::kAccepted;
}

ContextNames Acceptor::names() const {
  return {.client = wire::Utf8ToUtf16Lossy(
              DomainName(world(), JoinName(client_), realm_)),
          .service = wire::Utf8ToUtf16Lossy(JoinName(service_)),
          .realm = wire::Utf8ToUtf16Lossy(realm_)};
}

Acceptor::Event Acceptor::OpenTicket(const Ticket& ticket, Bytes* plain) {
  std::shared_ptr<const AcceptorKeys> keys;
  std::optional<Cipher> tgt_cipher;
  const Cipher* cipher;
  if (user_to_user_) {
    if (!tgt_key_.present()) return Event::kNoKey;
    cipher = &tgt_cipher.emplace(tgt_key_, KeyUsage::kTicket);
    if (static_cast<int32_t>(cipher->type().etype) != ticket.enc_part.etype) {
      return Event::kNoKey;
    }
  } else {
    keys = identity().GetAcceptorKeys(ticket.realm);
    if (keys == nullptr || keys->account.empty()) return Event::kNoCredentials;
    cipher = keys->Find(ticket.enc_part.etype);
  }
  if (cipher == nullptr) return Event::kNoKey;
  const Bytes sealed = ticket.enc_part.cipher;
  const size_t at = static_cast<size_t>(sealed.data() - ticket_.span().data());
  const std::optional<absl::Span<uint8_t>> opened =
      cipher->Decrypt(ticket_.span().subspan(at, sealed.size()), !permissive());
  if (!opened.has_value()) return Event::kTicketNotForUs;
  *plain = *opened;
  return Event::kAccepted;
}

Acceptor::Event Acceptor::CheckTimes(const EncTicketPart& part,
                                     const Authenticator& theirs) const {
  const KerberosTime now = FromFileTime(world().now()).time;
  const int64_t skew = world().options().kerberos.max_clock_skew;
  if (Distance(now, theirs.ctime) > skew ||
      part.starttime.value_or(part.authtime).seconds > now.seconds + skew) {
    return Event::kTimeSkew;
  }
  return part.endtime.seconds + skew < now.seconds ? Event::kTicketExpired
                                                   : Event::kAccepted;
}

// RFC 4121 4.1.1. What the acceptor's caller runs over must be what the
// initiator ran over.
Acceptor::Event Acceptor::CheckChecksum(const Authenticator& theirs,
                                        const Leg& leg) {
  if (!theirs.cksum.has_value() ||
      theirs.cksum->cksumtype != kGssChecksumType) {
    return Event::kApReqMalformed;
  }
  const absl::StatusOr<GssChecksum> checksum =
      GssChecksum::Parse(theirs.cksum->checksum);
  if (!checksum.ok()) return Event::kApReqMalformed;
  flags_ = checksum->flags;
  if (bindings_.present()) {
    const bool missing = checksum->bindings == crypto::Digest16{};
    const bool accepted =
        missing ? (leg.requirements & ASC_REQ_ALLOW_MISSING_BINDINGS) != 0
                : checksum->bindings == bindings_.hash();
    if (!accepted) return Event::kBindingsMismatch;
  }
  return checksum->delegation.has_value()
             ? TakeDelegation(*checksum->delegation)
             : Event::kAccepted;
}

// In the machine's memory, as all tickets are: it outlives the context, as the
// credentials of those who impersonate.
Acceptor::Event Acceptor::TakeDelegation(Bytes krb_cred) {
  auto ticket = std::make_shared<HeldTicket>();
  switch (ReadKrbCred(krb_cred, session_key_, !permissive(), world().memory(),
                      ticket.get())) {
    case OpenedPart::kOutOfMemory:
      return Event::kOutOfMemory;
    case OpenedPart::kNotAuthentic:
      return Event::kApReqMalformed;
    case OpenedPart::kOk:
      break;
  }
  delegated_ = std::move(ticket);
  return Event::kAccepted;
}

std::shared_ptr<const HeldTicket> Acceptor::DelegatedTicket() const {
  return established() ? delegated_ : nullptr;
}

Acceptor::Event Acceptor::SendApRep(const Cipher& cipher, Leg& leg) {
  const EncryptionType& type = cipher.type();
  // With a key and a number that only have the right sizes, at first.
  subkey_ = session_key_;
  sequence_ = kLeastSequence;
  EncApRepPart part{.ctime = authenticator_time_.time,
                    .cusec = authenticator_time_.microseconds,
                    .seq_number = sequence_};
  if (sends_subkey()) part.subkey = ViewOf(subkey_);
  // What is counted needs no bytes.
  const size_t sealed_size = SealedSize(part, type);
  ApRep message{.enc_part = {.etype = static_cast<int32_t>(type.etype),
                             .cipher = Bytes(nullptr, sealed_size)}};
  const size_t size = SizeOf(message);
  absl::Span<uint8_t> token;
  const SECURITY_STATUS reserved = leg.output.Reserve(
      framed_ ? FramedSize(size, user_to_user_) : size, &token);
  if (reserved != SEC_E_OK) return ReserveFailure<Event>(reserved);

  entropy_ = world().ForkEntropy();
  if (sends_subkey()) subkey_ = NewKey(type, *entropy_);
  part.seq_number = sequence_ = NewSequence(*entropy_);
  // Where it belongs: the message ends with it.
  const absl::Span<uint8_t> sealed = token.last(sealed_size);
  SealInto(sealed, part, cipher, *entropy_);
  message.enc_part.cipher = sealed;
  wire::DerWriter writer(
      framed_ ? WriteFraming(TokenId::kApRep, user_to_user_, size, token)
              : token);
  Write(message, &writer);
  return Event::kAccepted;
}

bool Acceptor::sends_subkey() const {
  return session_key_.type().tokens == TokenFormat::kRfc4121 ||
         (flags_ & gss_flag::kDceStyle) != 0;
}

// MS-KILE 3.4.5.1: the initiator's AP-REP has our number, and no subkey.
Acceptor::Event Acceptor::ReceiveDceAnswer(Leg& leg) {
  const SecBuffer* const input = leg.input.Find(SECBUFFER_TOKEN);
  if (input == nullptr) return Event::kInitiatorNotProven;
  const absl::StatusOr<ApRep> ap_rep = Parse<ApRep>(BytesOf(*input));
  if (!ap_rep.ok()) return Event::kInitiatorNotProven;
  BudgetBytes storage;
  Bytes plain;
  switch (Open(ap_rep->enc_part, session_key_, KeyUsage::kApRepPart,
               !permissive(), world().memory(), &storage, &plain)) {
    case OpenedPart::kOutOfMemory:
      return Event::kOutOfMemory;
    case OpenedPart::kNotAuthentic:
      return Event::kInitiatorNotProven;
    case OpenedPart::kOk:
      break;
  }
  const absl::StatusOr<EncApRepPart> part = Parse<EncApRepPart>(plain);
  // One with a subkey is our own, sent back to us: the keys and what they are
  // used for are those of both directions.
  if (!part.ok() || part->seq_number != sequence_ || part->subkey.has_value()) {
    return Event::kInitiatorNotProven;
  }
  leg.attributes = agreement().attributes;
  leg.expiry = ToFileTime(agreement().endtime);
  return Event::kInitiatorProven;
}

void Acceptor::SendError(Event event, Leg& leg) const {
  const auto* const row =
      std::find_if(std::begin(kErrors), std::end(kErrors),
                   [event](const ErrorRow& r) { return r.event == event; });
  // There is no telling without room for it.
  if (row == std::end(kErrors) || WriteError(row->code, {}, leg) != SEC_E_OK) {
    return;
  }
  leg.attributes = ASC_RET_EXTENDED_ERROR;
  leg.error_token = true;
}

SECURITY_STATUS Acceptor::WriteError(ErrorCode code, Bytes e_data,
                                     Leg& leg) const {
  const PreciseTime now = FromFileTime(world().now());
  const std::string realm =
      wire::Utf16ToUtf8Lossy(world().options().names.dns_domain);
  const std::string host =
      wire::Utf16ToUtf8Lossy(world().options().names.dns_computer);
  KrbError error{
      .stime = now.time,
      .susec = now.microseconds,
      .error_code = static_cast<int32_t>(code),
      .realm = realm,
      .sname = {.name_type = static_cast<int32_t>(NameType::kServiceInstance),
                .name_string = {"host", host}}};
  if (!e_data.empty()) error.e_data = e_data;
  const size_t size = SizeOf(error);
  absl::Span<uint8_t> token;
  const SECURITY_STATUS reserved =
      leg.output.Reserve(framed_ ? FramedSize(size, false) : size, &token);
  if (reserved != SEC_E_OK) return reserved;
  wire::DerWriter writer(
      framed_ ? WriteFraming(TokenId::kKrbError, false, size, token) : token);
  Write(error, &writer);
  return SEC_E_OK;
}

}  // namespace sspilab::kerberos

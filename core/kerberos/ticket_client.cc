#include "core/kerberos/ticket_client.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/kerberos/encrypted_part.h"
#include "core/kerberos/kdc.h"

namespace sspilab::kerberos {
namespace {

// Windows follows so many referrals (KerbMaximumReferralCount).
constexpr int kMaxReferrals = 6;

struct FailureRow {
  ErrorCode code;
  TicketFailure failure;
};
constexpr FailureRow kFailures[] = {
    {ErrorCode::kClientExpired, TicketFailure::kLogonDenied},
    {ErrorCode::kClientUnknown, TicketFailure::kLogonDenied},
    {ErrorCode::kClientRevoked, TicketFailure::kLogonDenied},
    {ErrorCode::kKeyExpired, TicketFailure::kLogonDenied},
    {ErrorCode::kPreauthFailed, TicketFailure::kLogonDenied},
    {ErrorCode::kServerUnknown, TicketFailure::kTargetUnknown},
    {ErrorCode::kServiceExpired, TicketFailure::kTargetUnknown},
    {ErrorCode::kServiceRevoked, TicketFailure::kTargetUnknown},
    {ErrorCode::kEtypeNotSupported, TicketFailure::kEtypeUnknown},
    {ErrorCode::kSkew, TicketFailure::kTimeSkew},
    {ErrorCode::kMustUseUserToUser, TicketFailure::kUserToUserRequired},
};

TicketFailure FailureFor(int32_t code) {
  const auto* const found = std::find_if(
      std::begin(kFailures), std::end(kFailures), [code](const FailureRow& r) {
        return static_cast<int32_t>(r.code) == code;
      });
  return found != std::end(kFailures) ? found->failure
                                      : TicketFailure::kRefused;
}

// What is common to both kinds of reply (RFC 4120 3.1.5, 3.3.4).
bool Keep(const KdcRep& reply, const EncKdcRepPart& part, uint32_t nonce,
          int64_t clock_offset, HeldTicket* ticket) {
  if (part.nonce != nonce) return false;
  const std::optional<Key> key = Key::Of(part.key.keytype, part.key.keyvalue);
  if (!key.has_value()) return false;
  *ticket = {.ticket = {reply.ticket.der.begin(), reply.ticket.der.end()},
             .key = *key,
             .crealm = std::string(reply.crealm),
             .cname = JoinName(reply.cname),
             .srealm = std::string(part.srealm),
             .sname = JoinName(part.sname),
             .flags = part.flags.bits,
             .starttime = part.starttime.value_or(part.authtime),
             .endtime = part.endtime,
             .renew_till = part.renew_till,
             .clock_offset = clock_offset};
  return true;
}

// The key that the KDC's ETYPE-INFO2 describes (5.2.7.5).
std::optional<Key> KeyFor(const WorldOptions& options,
                          const ClientIdentity& identity, Bytes etype_info2) {
  const absl::StatusOr<List<EtypeInfo2Entry>> entries =
      ParseList<EtypeInfo2Entry>(etype_info2);
  if (!entries.ok()) return std::nullopt;
  for (const EtypeInfo2Entry& entry : *entries) {
    const EncryptionType* const type = FindEncryptionType(entry.etype);
    if (type == nullptr ||
        std::find(options.kerberos.etypes.begin(),
                  options.kerberos.etypes.end(),
                  type->etype) == options.kerberos.etypes.end()) {
      continue;
    }
    if (!identity.keys.empty()) {
      const Key* const key = identity.keys.Find(entry.etype);
      if (key == nullptr) continue;
      return *key;
    }
    uint32_t iterations = type->default_iterations;
    if (entry.s2kparams.has_value() && iterations != 0) {
      // RFC 3962 4: four bytes. More iterations than anyone configures are a
      // KDC's way to keep its clients busy.
      constexpr uint32_t kMostIterations = 1'000'000;
      if (entry.s2kparams->size() != 4) return std::nullopt;
      iterations = 0;
      for (const uint8_t byte : *entry.s2kparams) {
        iterations = iterations << 8 | byte;
      }
      if (iterations == 0 || iterations > kMostIterations) return std::nullopt;
    }
    return Key::FromPassword(*type, identity.password, entry.salt.value_or(""),
                             iterations);
  }
  return std::nullopt;
}

std::optional<Bytes> FindPaData(const List<PaData>& list, PaType type) {
  const auto found =
      std::find_if(list.begin(), list.end(), [type](const PaData& data) {
        return data.padata_type == static_cast<int32_t>(type);
      });
  if (found == list.end()) return std::nullopt;
  return found->padata_value;
}

std::optional<Key> KeyFromList(const WorldOptions& options,
                               const ClientIdentity& identity,
                               const List<PaData>& list) {
  const std::optional<Bytes> info = FindPaData(list, PaType::kEtypeInfo2);
  if (!info.has_value()) return std::nullopt;
  return KeyFor(options, identity, *info);
}

}  // namespace

PreciseTime TimeAhead(const World& world, int64_t offset) {
  PreciseTime time = FromFileTime(world.now());
  time.time = Shifted(time.time, offset);
  return time;
}

// Windows takes the KDC's clock from the error and asks once more (its article
// 956627). Nobody vouches for the error; who forges one has the client say what
// it would say then, and the KDC and the service still go by their own clocks.
bool TicketClient::TakeClock(Bytes reply, int64_t* clock_offset) const {
  const absl::StatusOr<KrbError> error = Parse<KrbError>(reply);
  if (!error.ok() ||
      error->error_code != static_cast<int32_t>(ErrorCode::kSkew)) {
    return false;
  }
  *clock_offset = error->stime.seconds - TimeAhead(world_, 0).time.seconds;
  return true;
}

std::vector<uint8_t> TicketClient::Exchange(std::string_view realm,
                                            Bytes request) {
  std::vector<uint8_t> answer;
  if (world_.options().authority_reachable) {
    answer = Kdc(world_.realms(), TimeAhead(world_, 0), entropy_)
                 .Answer(realm, request);
  }
  if (world_.observer() != nullptr) {
    world_.observer()->OnKdcExchange(realm, request, answer);
  }
  return answer;
}

std::vector<uint8_t> TicketClient::EncodeBody(
    std::optional<std::string_view> client, std::string_view realm,
    std::string_view server, NameType type, const Wishes& wishes,
    uint32_t nonce) {
  KdcReqBody body;
  body.kdc_options = {kdc_option::kForwardable | kdc_option::kRenewable |
                      kdc_option::kCanonicalize | wishes.options};
  if (client.has_value()) {
    body.cname = SplitName(*client, NameType::kPrincipal);
  }
  body.realm = realm;
  body.sname = SplitName(server, type);
  // 2037-09-13 02:48:05, which is what Windows asks for: the KDC's policy
  // decides.
  body.till = {2'136'422'885};
  body.rtime = body.till;
  body.nonce = nonce;
  for (const Etype etype : world_.options().kerberos.etypes) {
    body.etype.push_back(static_cast<int32_t>(etype));
  }
  if (wishes.additional_ticket != nullptr) {
    body.additional_tickets = List<Ticket>{*wishes.additional_ticket};
  }
  return Encode(body);
}

TicketFailure TicketClient::AskAs(const std::optional<Key>& key,
                                  const std::vector<uint8_t>& body,
                                  int64_t* clock_offset,
                                  std::vector<uint8_t>* reply) {
  *reply = ExchangeAs(key, body, *clock_offset);
  if (TakeClock(*reply, clock_offset)) {
    *reply = ExchangeAs(key, body, *clock_offset);
  }
  return reply->empty() ? TicketFailure::kNoAuthority : TicketFailure::kNone;
}

std::vector<uint8_t> TicketClient::ExchangeAs(const std::optional<Key>& key,
                                              const std::vector<uint8_t>& body,
                                              int64_t clock_offset) {
  std::vector<uint8_t> timestamp;
  AsReq request;
  request.req_body.der = body;
  if (key.has_value()) {
    const PreciseTime time = TimeAhead(world_, clock_offset);
    const std::vector<uint8_t> cipher =
        EncryptPart(*key, KeyUsage::kAsReqTimestamp,
                    Encode(PaEncTsEnc{.patimestamp = time.time,
                                      .pausec = time.microseconds}),
                    entropy_);
    timestamp = Encode(EncryptedData{
        .etype = static_cast<int32_t>(key->type().etype), .cipher = cipher});
    request.padata = List<PaData>{
        {.padata_type = static_cast<int32_t>(PaType::kEncTimestamp),
         .padata_value = timestamp}};
  }
  return Exchange(identity_.realm, Encode(request));
}

TicketFailure TicketClient::LogOn(HeldTicket* tgt) {
  const uint32_t nonce = NewNonce();
  const Realm* const realm = world_.realms().Find(identity_.realm);
  if (realm == nullptr) return TicketFailure::kNoAuthority;
  const std::string krbtgt = absl::StrCat("krbtgt/", realm->name());
  const std::vector<uint8_t> body =
      EncodeBody(identity_.user, realm->name(), krbtgt,
                 NameType::kServiceInstance, {}, nonce);
  std::optional<Key> key;
  int64_t clock_offset = 0;
  std::vector<uint8_t> reply;
  TicketFailure failure = AskAs(key, body, &clock_offset, &reply);
  if (failure != TicketFailure::kNone) return failure;

  // The first answer tells how to make the key, and to show that it is ours.
  if (const absl::StatusOr<KrbError> error = Parse<KrbError>(reply);
      error.ok()) {
    if (error->error_code !=
        static_cast<int32_t>(ErrorCode::kPreauthRequired)) {
      return FailureFor(error->error_code);
    }
    const absl::StatusOr<List<PaData>> methods =
        ParseList<PaData>(error->e_data.value_or(Bytes()));
    if (!methods.ok()) return TicketFailure::kReplyInvalid;
    key = KeyFromList(world_.options(), identity_, *methods);
    if (!key.has_value()) return TicketFailure::kEtypeUnknown;
    failure = AskAs(key, body, &clock_offset, &reply);
    if (failure != TicketFailure::kNone) return failure;
    if (const absl::StatusOr<KrbError> second = Parse<KrbError>(reply);
        second.ok()) {
      return FailureFor(second->error_code);
    }
  }

  const absl::StatusOr<AsRep> rep = Parse<AsRep>(reply);
  if (!rep.ok()) return TicketFailure::kReplyInvalid;
  if (!key.has_value() && rep->padata.has_value()) {
    key = KeyFromList(world_.options(), identity_, *rep->padata);
  }
  if (!key.has_value()) return TicketFailure::kReplyInvalid;
  const std::optional<std::vector<uint8_t>> plain =
      DecryptPart(*key, KeyUsage::kAsRepPart, rep->enc_part);
  // Without pre-authentication, this is where a wrong password shows.
  if (!plain.has_value()) return TicketFailure::kLogonDenied;
  const absl::StatusOr<EncAsRepPart> part = Parse<EncAsRepPart>(*plain);
  if (!part.ok() || !Keep(*rep, *part, nonce, clock_offset, tgt)) {
    return TicketFailure::kReplyInvalid;
  }
  return TicketFailure::kNone;
}

std::vector<uint8_t> TicketClient::ExchangeTgs(const HeldTicket& tgt,
                                               const Key& subkey,
                                               std::string_view realm,
                                               const std::vector<uint8_t>& body,
                                               int64_t clock_offset) {
  const PreciseTime time = TimeAhead(world_, clock_offset);
  const int32_t etype = static_cast<int32_t>(tgt.key.type().etype);
  const Checksum sum = MakeChecksum(tgt.key, KeyUsage::kTgsReqChecksum, {body});
  const std::vector<uint8_t> authenticator = EncryptPart(
      tgt.key, KeyUsage::kTgsReqAuthenticator,
      Encode(Authenticator{.crealm = tgt.crealm,
                           .cname = SplitName(tgt.cname, NameType::kPrincipal),
                           .cksum = ChecksumField{.cksumtype = sum.type,
                                                  .checksum = sum.bytes()},
                           .cusec = time.microseconds,
                           .ctime = time.time,
                           .subkey = ViewOf(subkey)}),
      entropy_);
  const std::vector<uint8_t> ap_req =
      Encode(ApReq{.ticket = {tgt.ticket},
                   .authenticator = {.etype = etype, .cipher = authenticator}});
  return Exchange(
      realm,
      Encode(TgsReq{
          .padata = {{.padata_type = static_cast<int32_t>(PaType::kTgsReq),
                      .padata_value = ap_req}},
          .req_body = {body}}));
}

TicketFailure TicketClient::AskTgs(const HeldTicket& tgt,
                                   std::string_view target,
                                   const Wishes& wishes, HeldTicket* ticket) {
  const uint32_t nonce = NewNonce();
  // The realm whose tickets this one is for: the name's second half.
  const std::string realm = tgt.sname.substr(tgt.sname.find('/') + 1);
  const std::vector<uint8_t> body = EncodeBody(
      std::nullopt, realm, target, NameTypeOf(target), wishes, nonce);
  const Key subkey = NewKey(tgt.key.type(), entropy_);
  int64_t clock_offset = tgt.clock_offset;
  std::vector<uint8_t> reply =
      ExchangeTgs(tgt, subkey, realm, body, clock_offset);
  if (TakeClock(reply, &clock_offset)) {
    reply = ExchangeTgs(tgt, subkey, realm, body, clock_offset);
  }
  if (reply.empty()) return TicketFailure::kNoAuthority;
  if (const absl::StatusOr<KrbError> error = Parse<KrbError>(reply);
      error.ok()) {
    // Of a request that shows no other ticket it says nothing of the kind.
    return wishes.additional_ticket != nullptr &&
                   error->error_code ==
                       static_cast<int32_t>(ErrorCode::kBadMatch)
               ? TicketFailure::kTgtOfAnother
               : FailureFor(error->error_code);
  }
  const absl::StatusOr<TgsRep> rep = Parse<TgsRep>(reply);
  if (!rep.ok()) return TicketFailure::kReplyInvalid;
  const std::optional<std::vector<uint8_t>> plain =
      DecryptPart(subkey, KeyUsage::kTgsRepPartSubkey, rep->enc_part);
  if (!plain.has_value()) return TicketFailure::kReplyInvalid;
  const absl::StatusOr<EncTgsRepPart> part = Parse<EncTgsRepPart>(*plain);
  if (!part.ok() || !Keep(*rep, *part, nonce, clock_offset, ticket)) {
    return TicketFailure::kReplyInvalid;
  }
  return TicketFailure::kNone;
}

TicketFailure TicketClient::GetTicket(const HeldTicket& tgt,
                                      std::string_view target,
                                      HeldTicket* ticket) {
  return Follow(tgt, target, {}, ticket);
}

TicketFailure TicketClient::GetUserToUserTicket(const HeldTicket& tgt,
                                                std::string_view target,
                                                const Ticket& theirs,
                                                HeldTicket* ticket) {
  return Follow(
      tgt, target,
      {.options = kdc_option::kEncTktInSkey, .additional_ticket = &theirs},
      ticket);
}

TicketFailure TicketClient::Follow(const HeldTicket& tgt,
                                   std::string_view target,
                                   const Wishes& wishes, HeldTicket* ticket) {
  // A realm that the caller names needs no looking for.
  const std::string_view service = target.substr(0, target.find('@'));
  HeldTicket current = tgt;
  if (service.size() < target.size()) {
    const std::string_view realm = target.substr(service.size() + 1);
    if (!absl::EqualsIgnoreCase(current.srealm, realm)) {
      const TicketFailure failure =
          AskTgs(current, absl::StrCat("krbtgt/", realm), {}, &current);
      if (failure != TicketFailure::kNone) return failure;
    }
  }
  for (int referrals = 0; referrals <= kMaxReferrals; ++referrals) {
    const TicketFailure failure = AskTgs(current, service, wishes, ticket);
    if (failure != TicketFailure::kNone) return failure;
    // A ticket for another KDC is a referral (RFC 6806 8).
    if (!absl::StartsWithIgnoreCase(ticket->sname, "krbtgt/")) {
      return TicketFailure::kNone;
    }
    current = *ticket;
  }
  return TicketFailure::kTooManyReferrals;
}

TicketFailure TicketClient::Forward(const HeldTicket& tgt,
                                    HeldTicket* forwarded) {
  if ((tgt.flags & ticket_flag::kForwardable) == 0) {
    return TicketFailure::kRefused;
  }
  return AskTgs(tgt, tgt.sname, {.options = kdc_option::kForwarded}, forwarded);
}

}  // namespace sspilab::kerberos

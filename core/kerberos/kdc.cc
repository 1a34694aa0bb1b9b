#include "core/kerberos/kdc.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace sspilab::kerberos {
namespace {

// What the KDC makes of an account's state. Windows says CLIENT_REVOKED of
// accounts that are disabled, locked or expired.
ErrorCode RefusalFor(AccountState state) {
  switch (state) {
    case AccountState::kEnabled:
      return ErrorCode::kNone;
    case AccountState::kPasswordExpired:
      return ErrorCode::kKeyExpired;
    case AccountState::kDisabled:
    case AccountState::kLocked:
    case AccountState::kExpired:
      break;
  }
  return ErrorCode::kClientRevoked;
}

bool Contains(const List<int32_t>& etypes, Etype etype) {
  return std::find(etypes.begin(), etypes.end(), static_cast<int32_t>(etype)) !=
         etypes.end();
}

bool Permits(const Realm& realm, Etype etype) {
  const std::vector<Etype>& etypes = realm.policy().etypes;
  return std::find(etypes.begin(), etypes.end(), etype) != etypes.end();
}

// The first type of the client's list of which the principal has a key; null
// where there is none.
const Key* ChooseKey(const Realm& realm, const Principal& principal,
                     const List<int32_t>& etypes) {
  for (const int32_t etype : etypes) {
    const Key* const key = principal.FindKey(etype);
    if (key != nullptr && Permits(realm, key->type().etype)) return key;
  }
  return nullptr;
}

const Bytes* FindPaData(const List<PaData>& list, PaType type) {
  const auto found =
      std::find_if(list.begin(), list.end(), [type](const PaData& data) {
        return data.padata_type == static_cast<int32_t>(type);
      });
  return found != list.end() ? &found->padata_value : nullptr;
}

// Decrypts into `storage`, which the result is a view of.
std::optional<Bytes> Decrypt(const Key& key, KeyUsage usage,
                             const EncryptedData& data,
                             std::vector<uint8_t>* storage) {
  if (data.etype != static_cast<int32_t>(key.type().etype)) return std::nullopt;
  storage->assign(data.cipher.begin(), data.cipher.end());
  return Cipher(key, usage).Decrypt(absl::MakeSpan(*storage));
}

bool IsSkewed(const Realm& realm, KerberosTime now, KerberosTime then) {
  const int64_t difference = now.seconds - then.seconds;
  return std::max(difference, -difference) > realm.policy().max_clock_skew;
}

// What a client needs to know to make its key (RFC 4120 5.2.7.5).
std::vector<uint8_t> EtypeInfo2(const Realm& realm, const Principal& client,
                                const List<int32_t>& etypes) {
  List<EtypeInfo2Entry> entries;
  for (const int32_t etype : etypes) {
    const Key* const key = client.FindKey(etype);
    if (key == nullptr || !Permits(realm, key->type().etype)) continue;
    EtypeInfo2Entry entry{.etype = etype};
    // RC4 has no salt, and Windows says so by leaving it out.
    if (key->type().default_iterations != 0) entry.salt = client.salt;
    entries.push_back(entry);
  }
  return Encode(entries);
}

// The METHOD-DATA of PREAUTH_REQUIRED and PREAUTH_FAILED.
std::vector<uint8_t> MethodData(Bytes etype_info2) {
  return Encode(List<PaData>{
      {.padata_type = static_cast<int32_t>(PaType::kEtypeInfo2),
       .padata_value = etype_info2},
      {.padata_type = static_cast<int32_t>(PaType::kEncTimestamp)},
  });
}

EncryptionKey View(const Key& key) {
  return {.keytype = static_cast<int32_t>(key.type().etype),
          .keyvalue = key.bytes()};
}

}  // namespace

// A ticket that will be issued.
struct Kdc::Grant {
  Text crealm;
  PrincipalName cname;
  // As the ticket will name it.
  PrincipalName sname;
  // What the ticket is encrypted with; no kvno where it is a session key.
  Key ticket_key;
  std::optional<uint32_t> kvno;
  Key session_key;
  uint32_t flags = 0;
  KerberosTime authtime;
  KerberosTime starttime;
  KerberosTime endtime;
  std::optional<KerberosTime> renew_till;
  Bytes transited;
  std::optional<Element> caddr;
  std::optional<Element> authorization_data;
  uint32_t nonce = 0;
};

std::vector<uint8_t> Kdc::Answer(std::string_view realm_name, Bytes request) {
  const Realm* const realm = realms_.Find(realm_name);
  if (realm == nullptr || !realm->reachable()) return {};
  if (realm->exchange()) return realm->exchange()(request);
  if (const absl::StatusOr<AsReq> as = Parse<AsReq>(request); as.ok()) {
    return AnswerAs(*realm, *as);
  }
  if (const absl::StatusOr<TgsReq> tgs = Parse<TgsReq>(request); tgs.ok()) {
    return AnswerTgs(*realm, *tgs);
  }
  return Refuse(*realm, {}, ErrorCode::kMessageType);
}

Kdc::Reply Kdc::AnswerAs(const Realm& realm, const AsReq& request) {
  const absl::StatusOr<KdcReqBody> parsed =
      Parse<KdcReqBody>(request.req_body.der);
  if (!parsed.ok()) return Refuse(realm, {}, ErrorCode::kGeneric);
  const KdcReqBody& body = *parsed;
  if (!absl::EqualsIgnoreCase(body.realm, realm.name())) {
    return Refuse(realm, body, ErrorCode::kWrongRealm);
  }
  const Principal* const client =
      body.cname.has_value() ? realm.Find(*body.cname) : nullptr;
  if (client == nullptr) return Refuse(realm, body, ErrorCode::kClientUnknown);
  const Principal* const server =
      body.sname.has_value() ? realm.Find(*body.sname) : nullptr;
  if (server == nullptr) return Refuse(realm, body, ErrorCode::kServerUnknown);
  if (server->keys.empty()) {
    return Refuse(realm, body, ErrorCode::kEtypeNotSupported);
  }
  if (const ErrorCode refusal = RefusalFor(client->state);
      refusal != ErrorCode::kNone) {
    return Refuse(realm, body, refusal);
  }
  const Key* const client_key = ChooseKey(realm, *client, body.etype);
  if (client_key == nullptr) {
    return Refuse(realm, body, ErrorCode::kEtypeNotSupported);
  }

  const std::vector<uint8_t> info = EtypeInfo2(realm, *client, body.etype);
  const Bytes* const timestamp =
      request.padata.has_value()
          ? FindPaData(*request.padata, PaType::kEncTimestamp)
          : nullptr;
  Grant grant;
  const Key* reply_key = client_key;
  if (timestamp != nullptr) {
    // RFC 4120 5.2.7.2.
    const absl::StatusOr<EncryptedData> data = Parse<EncryptedData>(*timestamp);
    if (!data.ok()) return Refuse(realm, body, ErrorCode::kGeneric);
    const Key* const key = client->FindKey(data->etype);
    if (key == nullptr || !Permits(realm, key->type().etype)) {
      return Refuse(realm, body, ErrorCode::kEtypeNotSupported);
    }
    std::vector<uint8_t> storage;
    const std::optional<Bytes> plain =
        Decrypt(*key, KeyUsage::kAsReqTimestamp, *data, &storage);
    if (!plain.has_value()) {
      return Refuse(realm, body, ErrorCode::kPreauthFailed, MethodData(info));
    }
    const absl::StatusOr<PaEncTsEnc> stamp = Parse<PaEncTsEnc>(*plain);
    if (!stamp.ok()) return Refuse(realm, body, ErrorCode::kPreauthFailed);
    if (IsSkewed(realm, now_.time, stamp->patimestamp)) {
      return Refuse(realm, body, ErrorCode::kSkew);
    }
    grant.flags |= ticket_flag::kPreAuthent;
    reply_key = key;
  } else if (client->requires_preauthentication) {
    return Refuse(realm, body, ErrorCode::kPreauthRequired, MethodData(info));
  }

  const auto session_type = std::find_if(
      server->keys.begin(), server->keys.end(), [&](const Key& key) {
        return Contains(body.etype, key.type().etype) &&
               Permits(realm, key.type().etype);
      });
  if (session_type == server->keys.end()) {
    return Refuse(realm, body, ErrorCode::kEtypeNotSupported);
  }
  grant.crealm = realm.name();
  grant.cname = *body.cname;
  // With KDC_OPT_CANONICALIZE the name is the KDC's own (RFC 6806 6).
  if (body.kdc_options.Has(kdc_option::kCanonicalize)) {
    grant.cname = SplitName(client->name, NameType::kPrincipal);
  }
  grant.sname = *body.sname;
  grant.ticket_key = server->keys.front();
  grant.kvno = server->kvno;
  grant.session_key = NewKey(session_type->type());
  grant.authtime = now_.time;
  grant.nonce = body.nonce;
  grant.flags |= ticket_flag::kInitial;
  if (body.kdc_options.Has(kdc_option::kForwardable) &&
      client->may_be_delegated) {
    grant.flags |= ticket_flag::kForwardable;
  }
  if (body.kdc_options.Has(kdc_option::kProxiable) &&
      client->may_be_delegated) {
    grant.flags |= ticket_flag::kProxiable;
  }
  if (server->trusted_for_delegation) {
    grant.flags |= ticket_flag::kOkAsDelegate;
  }
  if (body.addresses.has_value()) grant.caddr = body.addresses;
  if (!SetTimes(realm, body, &grant)) {
    return Refuse(realm, body, ErrorCode::kNeverValid);
  }

  const std::vector<uint8_t> ticket = IssueTicket(realm, grant);
  const std::vector<uint8_t> enc_part = IssueEncPart<EncAsRepPart>(
      realm, grant, *reply_key, KeyUsage::kAsRepPart);
  AsRep reply;
  reply.padata =
      List<PaData>{{.padata_type = static_cast<int32_t>(PaType::kEtypeInfo2),
                    .padata_value = info}};
  reply.crealm = grant.crealm;
  reply.cname = grant.cname;
  reply.ticket.der = ticket;
  reply.enc_part = {.etype = static_cast<int32_t>(reply_key->type().etype),
                    .kvno = client->kvno,
                    .cipher = enc_part};
  return Encode(reply);
}

Kdc::Reply Kdc::AnswerTgs(const Realm& realm, const TgsReq& request) {
  const absl::StatusOr<KdcReqBody> parsed =
      Parse<KdcReqBody>(request.req_body.der);
  if (!parsed.ok()) return Refuse(realm, {}, ErrorCode::kGeneric);
  const KdcReqBody& body = *parsed;
  const Bytes* const pa_tgs_req = FindPaData(request.padata, PaType::kTgsReq);
  if (pa_tgs_req == nullptr) {
    return Refuse(realm, body, ErrorCode::kPadataNotSupported);
  }
  const absl::StatusOr<ApReq> ap_req = Parse<ApReq>(*pa_tgs_req);
  if (!ap_req.ok()) return Refuse(realm, body, ErrorCode::kGeneric);
  const absl::StatusOr<Ticket> tgt = Parse<Ticket>(ap_req->ticket.der);
  if (!tgt.ok()) return Refuse(realm, body, ErrorCode::kGeneric);

  // The ticket-granting ticket (RFC 4120 3.3.2): our own, or that of a realm
  // whose key we share.
  const std::string own_name = absl::StrCat("krbtgt/", realm.name());
  const std::string issuer_name =
      absl::EqualsIgnoreCase(tgt->realm, realm.name())
          ? own_name
          : absl::StrCat(own_name, "@", tgt->realm);
  const Principal* const issuer =
      absl::EqualsIgnoreCase(JoinName(tgt->sname), own_name)
          ? realm.Find(issuer_name)
          : nullptr;
  if (issuer == nullptr) return Refuse(realm, body, ErrorCode::kNotUs);
  const Key* const tgt_key = issuer->FindKey(tgt->enc_part.etype);
  if (tgt_key == nullptr) return Refuse(realm, body, ErrorCode::kNoKey);
  std::vector<uint8_t> tgt_storage;
  const std::optional<Bytes> tgt_plain =
      Decrypt(*tgt_key, KeyUsage::kTicket, tgt->enc_part, &tgt_storage);
  if (!tgt_plain.has_value()) {
    return Refuse(realm, body, ErrorCode::kBadIntegrity);
  }
  const absl::StatusOr<EncTicketPart> part = Parse<EncTicketPart>(*tgt_plain);
  if (!part.ok()) return Refuse(realm, body, ErrorCode::kBadIntegrity);
  const std::optional<Key> session_key =
      Key::Of(part->key.keytype, part->key.keyvalue);
  if (!session_key.has_value()) {
    return Refuse(realm, body, ErrorCode::kEtypeNotSupported);
  }

  // Its authenticator (3.2.3), which vouches for the body.
  std::vector<uint8_t> authenticator_storage;
  const std::optional<Bytes> authenticator_plain =
      Decrypt(*session_key, KeyUsage::kTgsReqAuthenticator,
              ap_req->authenticator, &authenticator_storage);
  if (!authenticator_plain.has_value()) {
    return Refuse(realm, body, ErrorCode::kBadIntegrity);
  }
  const absl::StatusOr<Authenticator> authenticator =
      Parse<Authenticator>(*authenticator_plain);
  if (!authenticator.ok()) {
    return Refuse(realm, body, ErrorCode::kBadIntegrity);
  }
  if (!absl::EqualsIgnoreCase(authenticator->crealm, part->crealm) ||
      authenticator->cname.name_string != part->cname.name_string) {
    return Refuse(realm, body, ErrorCode::kBadMatch);
  }
  if (IsSkewed(realm, now_.time, authenticator->ctime)) {
    return Refuse(realm, body, ErrorCode::kSkew);
  }
  if (part->endtime.seconds + realm.policy().max_clock_skew <
      now_.time.seconds) {
    return Refuse(realm, body, ErrorCode::kTicketExpired);
  }
  if (!authenticator->cksum.has_value() ||
      !VerifyChecksum(*session_key, KeyUsage::kTgsReqChecksum,
                      {request.req_body.der}, authenticator->cksum->cksumtype,
                      authenticator->cksum->checksum)) {
    return Refuse(realm, body, ErrorCode::kModified);
  }
  Key reply_key = *session_key;
  KeyUsage reply_usage = KeyUsage::kTgsRepPartSessionKey;
  if (authenticator->subkey.has_value()) {
    const std::optional<Key> subkey = Key::Of(authenticator->subkey->keytype,
                                              authenticator->subkey->keyvalue);
    if (!subkey.has_value()) {
      return Refuse(realm, body, ErrorCode::kEtypeNotSupported);
    }
    reply_key = *subkey;
    reply_usage = KeyUsage::kTgsRepPartSubkey;
  }

  // Which service: ours, or one that another realm knows.
  if (!body.sname.has_value() ||
      !absl::EqualsIgnoreCase(body.realm, realm.name())) {
    return Refuse(realm, body, ErrorCode::kServerUnknown);
  }
  Grant grant;
  grant.sname = *body.sname;
  const Principal* server = realm.Find(*body.sname);
  std::string referral;
  if (server == nullptr) {
    const std::optional<std::string_view> other =
        realm.ReferralFor(*body.sname);
    if (!other.has_value()) {
      return Refuse(realm, body, ErrorCode::kServerUnknown);
    }
    referral = absl::StrCat("krbtgt/", *other);
    server = realm.Find(referral);
    grant.sname = SplitName(referral, NameType::kServiceInstance);
  }
  if (RefusalFor(server->state) != ErrorCode::kNone) {
    return Refuse(realm, body, ErrorCode::kServiceRevoked);
  }
  if (server->keys.empty()) {
    return Refuse(realm, body, ErrorCode::kEtypeNotSupported);
  }
  const auto session_type = std::find_if(
      server->keys.begin(), server->keys.end(), [&](const Key& key) {
        return Contains(body.etype, key.type().etype) &&
               Permits(realm, key.type().etype);
      });
  if (session_type == server->keys.end()) {
    return Refuse(realm, body, ErrorCode::kEtypeNotSupported);
  }

  grant.crealm = part->crealm;
  grant.cname = part->cname;
  grant.ticket_key = server->keys.front();
  grant.kvno = server->kvno;
  grant.session_key = NewKey(session_type->type());
  grant.authtime = part->authtime;
  grant.nonce = body.nonce;
  grant.transited = part->transited.contents;
  grant.caddr = part->caddr;
  grant.authorization_data = part->authorization_data;
  grant.flags = part->flags.bits & ticket_flag::kPreAuthent;
  // MS-KILE 3.3.5.7.5: not to where a trust on the way does not let it.
  if (server->trusted_for_delegation &&
      (issuer_name == own_name ||
       part->flags.Has(ticket_flag::kOkAsDelegate))) {
    grant.flags |= ticket_flag::kOkAsDelegate;
  }

  // User-to-user (3.7): the service's own session key instead of its long-term
  // one.
  if (body.kdc_options.Has(kdc_option::kEncTktInSkey)) {
    std::vector<uint8_t> storage;
    if (!body.additional_tickets.has_value() ||
        body.additional_tickets->empty()) {
      return Refuse(realm, body, ErrorCode::kBadOption);
    }
    const Ticket& theirs = body.additional_tickets->front();
    const Principal* const own = realm.Find(own_name);
    const Key* const own_key = own->FindKey(theirs.enc_part.etype);
    if (own_key == nullptr ||
        !absl::EqualsIgnoreCase(JoinName(theirs.sname), own_name)) {
      return Refuse(realm, body, ErrorCode::kPolicy);
    }
    const std::optional<Bytes> plain =
        Decrypt(*own_key, KeyUsage::kTicket, theirs.enc_part, &storage);
    if (!plain.has_value()) {
      return Refuse(realm, body, ErrorCode::kBadIntegrity);
    }
    const absl::StatusOr<EncTicketPart> their_part =
        Parse<EncTicketPart>(*plain);
    const std::optional<Key> their_key =
        their_part.ok()
            ? Key::Of(their_part->key.keytype, their_part->key.keyvalue)
            : std::nullopt;
    if (!their_key.has_value()) {
      return Refuse(realm, body, ErrorCode::kBadIntegrity);
    }
    if (realm.Find(their_part->cname) != server) {
      return Refuse(realm, body, ErrorCode::kBadMatch);
    }
    grant.ticket_key = *their_key;
    grant.kvno.reset();
  } else if (server->name.find('/') == std::string::npos &&
             server->aliases.empty()) {
    // An account without a service's name has a password that its user chose.
    return Refuse(realm, body, ErrorCode::kMustUseUserToUser);
  }

  // What of the client's ticket goes over to the new one (3.3.3).
  const bool forwardable = part->flags.Has(ticket_flag::kForwardable);
  if (body.kdc_options.Has(kdc_option::kForwarded)) {
    if (!forwardable) return Refuse(realm, body, ErrorCode::kBadOption);
    grant.flags |= ticket_flag::kForwarded;
    grant.caddr = body.addresses;
  }
  grant.flags |= part->flags.bits & ticket_flag::kForwarded;
  if (body.kdc_options.Has(kdc_option::kForwardable)) {
    if (forwardable) grant.flags |= ticket_flag::kForwardable;
  }
  if (body.kdc_options.Has(kdc_option::kProxiable)) {
    grant.flags |= part->flags.bits & ticket_flag::kProxiable;
  }
  if (!SetTimes(realm, body, &grant)) {
    return Refuse(realm, body, ErrorCode::kNeverValid);
  }
  grant.endtime = std::min(grant.endtime, part->endtime);
  if (body.kdc_options.Has(kdc_option::kRenew)) {
    if (!part->flags.Has(ticket_flag::kRenewable) ||
        !part->renew_till.has_value() || *part->renew_till < now_.time) {
      return Refuse(realm, body, ErrorCode::kBadOption);
    }
    // As long as the old one was.
    const KerberosTime old_start = part->starttime.value_or(part->authtime);
    grant.endtime.seconds =
        std::min(now_.time.seconds + part->endtime.seconds - old_start.seconds,
                 part->renew_till->seconds);
    grant.renew_till = part->renew_till;
    grant.flags |= part->flags.bits &
                   (ticket_flag::kRenewable | ticket_flag::kForwardable |
                    ticket_flag::kProxiable | ticket_flag::kInitial);
  } else if (grant.renew_till.has_value()) {
    if (part->renew_till.has_value()) {
      grant.renew_till = std::min(*grant.renew_till, *part->renew_till);
    } else {
      grant.renew_till.reset();
      grant.flags &= ~ticket_flag::kRenewable;
    }
  }

  const std::vector<uint8_t> ticket = IssueTicket(realm, grant);
  const std::vector<uint8_t> enc_part =
      IssueEncPart<EncTgsRepPart>(realm, grant, reply_key, reply_usage);
  TgsRep reply;
  reply.crealm = grant.crealm;
  reply.cname = grant.cname;
  reply.ticket.der = ticket;
  reply.enc_part = {.etype = static_cast<int32_t>(reply_key.type().etype),
                    .cipher = enc_part};
  return Encode(reply);
}

// RFC 4120 3.1.3.
bool Kdc::SetTimes(const Realm& realm, const KdcReqBody& body,
                   Grant* grant) const {
  const RealmPolicy& policy = realm.policy();
  grant->starttime = now_.time;
  const KerberosTime last{now_.time.seconds + policy.max_ticket_life};
  // 1970 means as long as it goes (5.4.1).
  grant->endtime = body.till.seconds == 0 ? last : std::min(body.till, last);
  const bool renewable_ok =
      body.kdc_options.Has(kdc_option::kRenewableOk) && body.till > last;
  if (body.kdc_options.Has(kdc_option::kRenewable) || renewable_ok) {
    const KerberosTime wanted =
        body.rtime.value_or(renewable_ok ? body.till : KerberosTime{});
    const KerberosTime longest{now_.time.seconds + policy.max_renewable_life};
    grant->renew_till =
        wanted.seconds == 0 ? longest : std::min(wanted, longest);
    grant->flags |= ticket_flag::kRenewable;
  }
  return grant->endtime > grant->starttime;
}

Key Kdc::NewKey(const EncryptionType& type) {
  std::array<uint8_t, kMaxKeySize> storage;
  const absl::Span<uint8_t> bytes =
      absl::MakeSpan(storage).first(type.key_size);
  entropy_.Fill(bytes);
  return *Key::Of(static_cast<int32_t>(type.etype), bytes);
}

std::vector<uint8_t> Kdc::Encrypt(const Key& key, KeyUsage usage, Bytes plain) {
  const Cipher cipher(key, usage);
  std::vector<uint8_t> message(cipher.SizeOf(plain.size()));
  std::copy(
      plain.begin(), plain.end(),
      message.begin() + static_cast<std::ptrdiff_t>(key.type().header_size));
  std::array<uint8_t, kMaxConfounderSize> storage;
  const absl::Span<uint8_t> confounder =
      absl::MakeSpan(storage).first(key.type().confounder_size);
  entropy_.Fill(confounder);
  cipher.Encrypt(confounder, absl::MakeSpan(message));
  return message;
}

std::vector<uint8_t> Kdc::IssueTicket(const Realm& realm, const Grant& grant) {
  // 1 is DOMAIN-X500-COMPRESS; the realm that the client came from is not
  // named, nor is ours, and between the two there is none (3.3.3.2).
  const std::vector<uint8_t> plain = Encode(EncTicketPart{
      .flags = {grant.flags},
      .key = View(grant.session_key),
      .crealm = grant.crealm,
      .cname = grant.cname,
      .transited = {.tr_type = 1, .contents = grant.transited},
      .authtime = grant.authtime,
      .starttime = grant.starttime,
      .endtime = grant.endtime,
      .renew_till = grant.renew_till,
      .caddr = grant.caddr,
      .authorization_data = grant.authorization_data,
  });
  const std::vector<uint8_t> cipher =
      Encrypt(grant.ticket_key, KeyUsage::kTicket, plain);
  return Encode(Ticket{
      .realm = realm.name(),
      .sname = grant.sname,
      .enc_part = {.etype = static_cast<int32_t>(grant.ticket_key.type().etype),
                   .kvno = grant.kvno,
                   .cipher = cipher}});
}

template <typename EncPart>
std::vector<uint8_t> Kdc::IssueEncPart(const Realm& realm, const Grant& grant,
                                       const Key& reply_key, KeyUsage usage) {
  EncPart part;
  part.key = View(grant.session_key);
  // 0: no information.
  part.last_req = {{.lr_type = 0, .lr_value = now_.time}};
  part.nonce = grant.nonce;
  part.flags = {grant.flags};
  part.authtime = grant.authtime;
  part.starttime = grant.starttime;
  part.endtime = grant.endtime;
  part.renew_till = grant.renew_till;
  part.srealm = realm.name();
  part.sname = grant.sname;
  part.caddr = grant.caddr;
  return Encrypt(reply_key, usage, Encode(part));
}

Kdc::Reply Kdc::Refuse(const Realm& realm, const KdcReqBody& body,
                       ErrorCode code, Bytes e_data) const {
  KrbError error{.stime = now_.time,
                 .susec = now_.microseconds,
                 .error_code = static_cast<int32_t>(code),
                 .realm = realm.name()};
  if (body.cname.has_value()) {
    error.crealm = body.realm;
    error.cname = body.cname;
  }
  const std::string own = absl::StrCat("krbtgt/", realm.name());
  error.sname = body.sname.value_or(SplitName(own, NameType::kServiceInstance));
  if (!e_data.empty()) error.e_data = e_data;
  return Encode(error);
}

}  // namespace sspilab::kerberos

#include "core/kerberos/tgs_exchange.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/kerberos/encrypted_part.h"

namespace sspilab::kerberos {
namespace {

// A realm's name as one of `transited`'s (RFC 4120 3.3.3.1), quoted so that it
// is read as it stands: not as a separator, and not as short for a name that
// continues the one before it.
std::string TransitedName(std::string_view realm) {
  const bool continues =
      absl::StartsWith(realm, "/") || absl::StartsWith(realm, " ");
  std::string name = continues ? " " : "";
  for (const char c : realm) {
    if (c == ',' || c == '\\') name += '\\';
    name += c;
  }
  if (absl::EndsWith(realm, ".")) name.insert(name.size() - 1, 1, '\\');
  return name;
}

}  // namespace

KdcExchange::Reply TgsExchange::Answer(const TgsReq& request) {
  const Bytes body_der = request.req_body.der;
  ErrorCode refusal = ReadBody(body_der);
  if (refusal == ErrorCode::kNone) refusal = ReadApReq(request);
  if (refusal == ErrorCode::kNone) refusal = OpenTicket();
  if (refusal == ErrorCode::kNone) refusal = OpenAuthenticator(body_der);
  if (refusal == ErrorCode::kNone) refusal = FindServer();
  if (refusal == ErrorCode::kNone) refusal = ChooseKeys(*server_);
  if (refusal == ErrorCode::kNone) refusal = ChooseTicketKey();
  if (refusal == ErrorCode::kNone) refusal = CarryOver();
  if (refusal == ErrorCode::kNone) refusal = SetTimes();
  if (refusal == ErrorCode::kNone) refusal = LimitTimes();
  // The client's ticket may have ended, by less than clocks may differ.
  if (refusal == ErrorCode::kNone && grant().endtime <= grant().starttime) {
    refusal = ErrorCode::kNeverValid;
  }
  if (refusal != ErrorCode::kNone) return Refuse(refusal);
  return Issue<TgsRep, EncTgsRepPart>(reply_key_, std::nullopt, reply_usage_,
                                      std::nullopt);
}

ErrorCode TgsExchange::ReadApReq(const TgsReq& request) {
  const Bytes* const data = FindPaData(request.padata, PaType::kTgsReq);
  if (data == nullptr) return ErrorCode::kPadataNotSupported;
  absl::StatusOr<ApReq> ap_req = Parse<ApReq>(*data);
  if (!ap_req.ok()) return ErrorCode::kGeneric;
  absl::StatusOr<Ticket> tgt = Parse<Ticket>(ap_req->ticket.der);
  if (!tgt.ok()) return ErrorCode::kGeneric;
  ap_req_ = *std::move(ap_req);
  tgt_ = *std::move(tgt);
  return ErrorCode::kNone;
}

ErrorCode TgsExchange::OpenTicket() {
  issuer_name_ = absl::EqualsIgnoreCase(tgt_.realm, realm().name())
                     ? own_name()
                     : absl::StrCat(own_name(), "@", tgt_.realm);
  const Principal* const issuer =
      absl::EqualsIgnoreCase(JoinName(tgt_.sname), own_name())
          ? realm().Find(issuer_name_)
          : nullptr;
  if (issuer == nullptr) return ErrorCode::kNotUs;
  const Key* const key = issuer->keys.Find(tgt_.enc_part.etype);
  if (key == nullptr) return ErrorCode::kNoKey;
  std::optional<std::vector<uint8_t>> plain =
      DecryptPart(*key, KeyUsage::kTicket, tgt_.enc_part);
  if (!plain.has_value()) return ErrorCode::kBadIntegrity;
  tgt_plain_ = *std::move(plain);
  absl::StatusOr<EncTicketPart> part = Parse<EncTicketPart>(tgt_plain_);
  if (!part.ok()) return ErrorCode::kBadIntegrity;
  part_ = *std::move(part);
  const std::optional<Key> session_key = KeyOf(part_.key);
  if (!session_key.has_value()) return ErrorCode::kEtypeNotSupported;
  session_key_ = reply_key_ = *session_key;
  return ErrorCode::kNone;
}

ErrorCode TgsExchange::OpenAuthenticator(Bytes body_der) {
  const std::optional<std::vector<uint8_t>> plain = DecryptPart(
      session_key_, KeyUsage::kTgsReqAuthenticator, ap_req_.authenticator);
  if (!plain.has_value()) return ErrorCode::kBadIntegrity;
  const absl::StatusOr<Authenticator> authenticator =
      Parse<Authenticator>(*plain);
  if (!authenticator.ok()) return ErrorCode::kBadIntegrity;
  if (!absl::EqualsIgnoreCase(authenticator->crealm, part_.crealm) ||
      authenticator->cname.name_string != part_.cname.name_string) {
    return ErrorCode::kBadMatch;
  }
  if (IsSkewed(authenticator->ctime)) return ErrorCode::kSkew;
  if (part_.endtime.seconds + realm().policy().max_clock_skew <
      now().time.seconds) {
    return ErrorCode::kTicketExpired;
  }
  if (part_.starttime.value_or(part_.authtime).seconds >
      now().time.seconds + realm().policy().max_clock_skew) {
    return ErrorCode::kTicketNotYetValid;
  }
  const std::optional<ChecksumField>& sum = authenticator->cksum;
  if (!sum.has_value() ||
      !VerifyChecksum(session_key_, KeyUsage::kTgsReqChecksum, {body_der},
                      sum->cksumtype, sum->checksum)) {
    return ErrorCode::kModified;
  }
  if (!authenticator->subkey.has_value()) return ErrorCode::kNone;
  const std::optional<Key> subkey = KeyOf(*authenticator->subkey);
  if (!subkey.has_value()) return ErrorCode::kEtypeNotSupported;
  reply_key_ = *subkey;
  reply_usage_ = KeyUsage::kTgsRepPartSubkey;
  return ErrorCode::kNone;
}

ErrorCode TgsExchange::FindServer() {
  if (!body().sname.has_value() ||
      !absl::EqualsIgnoreCase(body().realm, realm().name())) {
    return ErrorCode::kServerUnknown;
  }
  grant().sname = *body().sname;
  server_ = realm().Find(*body().sname);
  if (server_ == nullptr) {
    const std::optional<std::string_view> other =
        realm().ReferralFor(*body().sname);
    if (!other.has_value()) return ErrorCode::kServerUnknown;
    referral_ = absl::StrCat("krbtgt/", *other);
    server_ = realm().Find(referral_);
    grant().sname = SplitName(referral_, NameType::kServiceInstance);
  }
  return RefusalFor(server_->state) == ErrorCode::kNone
             ? ErrorCode::kNone
             : ErrorCode::kServiceRevoked;
}

ErrorCode TgsExchange::ChooseTicketKey() {
  // The KDC of the service's realm looks at what is shown for user-to-user.
  if (!referral_.empty()) return ErrorCode::kNone;
  if (Wants(kdc_option::kEncTktInSkey)) {
    return body().additional_tickets.has_value() &&
                   !body().additional_tickets->empty()
               ? UseSessionKeyOf(body().additional_tickets->front())
               : ErrorCode::kBadOption;
  }
  // An account without a service's name has a password that its user chose.
  return server_->name.find('/') == std::string::npos &&
                 server_->aliases.empty()
             ? ErrorCode::kMustUseUserToUser
             : ErrorCode::kNone;
}

ErrorCode TgsExchange::UseSessionKeyOf(const Ticket& theirs) {
  const Key* const own_key =
      realm().Find(own_name())->keys.Find(theirs.enc_part.etype);
  if (own_key == nullptr ||
      !absl::EqualsIgnoreCase(JoinName(theirs.sname), own_name())) {
    return ErrorCode::kPolicy;
  }
  const std::optional<std::vector<uint8_t>> plain =
      DecryptPart(*own_key, KeyUsage::kTicket, theirs.enc_part);
  if (!plain.has_value()) return ErrorCode::kBadIntegrity;
  const absl::StatusOr<EncTicketPart> part = Parse<EncTicketPart>(*plain);
  if (!part.ok()) return ErrorCode::kBadIntegrity;
  const std::optional<Key> key = KeyOf(part->key);
  if (!key.has_value()) return ErrorCode::kBadIntegrity;
  if (realm().Find(part->cname) != server_) return ErrorCode::kBadMatch;
  grant().ticket_key = *key;
  grant().kvno.reset();
  return ErrorCode::kNone;
}

ErrorCode TgsExchange::CarryOver() {
  Grant& ticket = grant();
  ticket.crealm = part_.crealm;
  ticket.cname = part_.cname;
  ticket.authtime = part_.authtime;
  SetTransited();
  ticket.caddr = part_.caddr;
  ticket.authorization_data = part_.authorization_data;
  ticket.flags =
      part_.flags.bits & (ticket_flag::kPreAuthent | ticket_flag::kForwarded);
  // MS-KILE 3.3.5.7.5: not to where a trust on the way does not let it.
  if (server_->trusted_for_delegation &&
      (issuer_name_ == own_name() ||
       part_.flags.Has(ticket_flag::kOkAsDelegate))) {
    ticket.flags |= ticket_flag::kOkAsDelegate;
  }
  if (Wants(kdc_option::kForwarded)) {
    if (!part_.flags.Has(ticket_flag::kForwardable)) {
      return ErrorCode::kBadOption;
    }
    ticket.flags |= ticket_flag::kForwarded;
    ticket.caddr = body().addresses;
  }
  if (Wants(kdc_option::kForwardable)) {
    ticket.flags |= part_.flags.bits & ticket_flag::kForwardable;
  }
  if (Wants(kdc_option::kProxiable)) {
    ticket.flags |= part_.flags.bits & ticket_flag::kProxiable;
  }
  return ErrorCode::kNone;
}

// Each realm names the one before it, unless that is where the client is from
// (3.3.3.1).
void TgsExchange::SetTransited() {
  transited_.assign(part_.transited.contents.begin(),
                    part_.transited.contents.end());
  if (issuer_name_ != own_name() &&
      !absl::EqualsIgnoreCase(tgt_.realm, part_.crealm)) {
    const std::string name = TransitedName(tgt_.realm);
    if (!transited_.empty()) transited_.push_back(',');
    transited_.insert(transited_.end(), name.begin(), name.end());
  }
  grant().transited = transited_;
}

// No longer than the client's ticket, of whatever is wanted.
ErrorCode TgsExchange::LimitTimes() {
  if (Wants(kdc_option::kRenew)) return Renew();
  Grant& ticket = grant();
  ticket.endtime = std::min(ticket.endtime, part_.endtime);
  if (!ticket.renew_till.has_value()) return ErrorCode::kNone;
  if (part_.flags.Has(ticket_flag::kRenewable) &&
      part_.renew_till.has_value()) {
    ticket.renew_till = std::min(*ticket.renew_till, *part_.renew_till);
  } else {
    ticket.renew_till.reset();
    ticket.flags &= ~ticket_flag::kRenewable;
  }
  return ErrorCode::kNone;
}

// The same ticket again, for as long as the old one was.
ErrorCode TgsExchange::Renew() {
  if (server_ != realm().Find(tgt_.sname) ||
      !part_.flags.Has(ticket_flag::kRenewable) ||
      !part_.renew_till.has_value() || *part_.renew_till < now().time) {
    return ErrorCode::kBadOption;
  }
  Grant& ticket = grant();
  const KerberosTime old_start = part_.starttime.value_or(part_.authtime);
  ticket.endtime.seconds =
      std::min(now().time.seconds + part_.endtime.seconds - old_start.seconds,
               part_.renew_till->seconds);
  ticket.renew_till = part_.renew_till;
  ticket.flags |=
      part_.flags.bits & (ticket_flag::kRenewable | ticket_flag::kForwardable |
                          ticket_flag::kProxiable | ticket_flag::kInitial);
  return ErrorCode::kNone;
}

}  // namespace sspilab::kerberos

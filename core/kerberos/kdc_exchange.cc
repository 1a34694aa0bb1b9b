#include "core/kerberos/kdc_exchange.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/kerberos/encrypted_part.h"

namespace sspilab::kerberos {

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

const Bytes* FindPaData(const List<PaData>& list, PaType type) {
  const auto found =
      std::find_if(list.begin(), list.end(), [type](const PaData& data) {
        return data.padata_type == static_cast<int32_t>(type);
      });
  return found != list.end() ? &found->padata_value : nullptr;
}

KdcExchange::KdcExchange(const Realm& realm, PreciseTime now, Entropy& entropy)
    : realm_(realm),
      now_(now),
      entropy_(entropy),
      own_name_(absl::StrCat("krbtgt/", realm.name())) {}

KdcExchange::Reply KdcExchange::Refuse(ErrorCode code, Bytes e_data) const {
  KrbError error{.stime = now_.time,
                 .susec = now_.microseconds,
                 .error_code = static_cast<int32_t>(code),
                 .realm = realm_.name()};
  if (body_.cname.has_value()) {
    error.crealm = body_.realm;
    error.cname = body_.cname;
  }
  error.sname =
      body_.sname.value_or(SplitName(own_name_, NameType::kServiceInstance));
  if (!e_data.empty()) error.e_data = e_data;
  return Encode(error);
}

ErrorCode KdcExchange::ReadBody(Bytes der) {
  absl::StatusOr<KdcReqBody> body = Parse<KdcReqBody>(der);
  if (!body.ok()) return ErrorCode::kGeneric;
  body_ = *std::move(body);
  return ErrorCode::kNone;
}

bool KdcExchange::Permits(Etype etype) const {
  const std::vector<Etype>& etypes = realm_.policy().etypes;
  return std::find(etypes.begin(), etypes.end(), etype) != etypes.end();
}

bool KdcExchange::IsSkewed(KerberosTime theirs) const {
  const int64_t difference = now_.time.seconds - theirs.seconds;
  return std::max(difference, -difference) > realm_.policy().max_clock_skew;
}

ErrorCode KdcExchange::ChooseKeys(const Principal& server) {
  const List<int32_t>& wanted = body_.etype;
  for (size_t i = 0; i < server.keys.size(); ++i) {
    const EncryptionType& type = server.keys.type(i);
    if (!Permits(type.etype) ||
        std::find(wanted.begin(), wanted.end(),
                  static_cast<int32_t>(type.etype)) == wanted.end()) {
      continue;
    }
    grant_.session_type = &type;
    grant_.ticket_key = server.keys[0];
    grant_.kvno = server.kvno;
    return ErrorCode::kNone;
  }
  return ErrorCode::kEtypeNotSupported;
}

ErrorCode KdcExchange::SetTimes() {
  const RealmPolicy& policy = realm_.policy();
  grant_.starttime = now_.time;
  const KerberosTime last{now_.time.seconds + policy.max_ticket_life};
  // 1970 means as long as it goes (5.4.1).
  grant_.endtime = body_.till.seconds == 0 ? last : std::min(body_.till, last);
  const bool renewable_ok =
      Wants(kdc_option::kRenewableOk) && body_.till > last;
  if (Wants(kdc_option::kRenewable) || renewable_ok) {
    const KerberosTime wanted =
        body_.rtime.value_or(renewable_ok ? body_.till : KerberosTime{});
    const KerberosTime longest{now_.time.seconds + policy.max_renewable_life};
    grant_.renew_till =
        wanted.seconds == 0 ? longest : std::min(wanted, longest);
    grant_.flags |= ticket_flag::kRenewable;
  }
  return grant_.endtime > grant_.starttime ? ErrorCode::kNone
                                           : ErrorCode::kNeverValid;
}

std::vector<uint8_t> KdcExchange::IssueTicket() {
  // 1 is DOMAIN-X500-COMPRESS (3.3.3.1).
  const std::vector<uint8_t> plain = Encode(EncTicketPart{
      .flags = {grant_.flags},
      .key = ViewOf(grant_.session_key),
      .crealm = grant_.crealm,
      .cname = grant_.cname,
      .transited = {.tr_type = 1, .contents = grant_.transited},
      .authtime = grant_.authtime,
      .starttime = grant_.starttime,
      .endtime = grant_.endtime,
      .renew_till = grant_.renew_till,
      .caddr = grant_.caddr,
      .authorization_data = grant_.authorization_data,
  });
  const std::vector<uint8_t> cipher =
      EncryptPart(grant_.ticket_key, KeyUsage::kTicket, plain, entropy_);
  const int32_t etype = static_cast<int32_t>(grant_.ticket_key.type().etype);
  return Encode(Ticket{
      .realm = realm_.name(),
      .sname = grant_.sname,
      .enc_part = {.etype = etype, .kvno = grant_.kvno, .cipher = cipher}});
}

template <typename Rep, typename EncPart>
KdcExchange::Reply KdcExchange::Issue(const Key& reply_key,
                                      std::optional<uint32_t> reply_kvno,
                                      KeyUsage usage,
                                      std::optional<List<PaData>> padata) {
  grant_.session_key = NewKey(*grant_.session_type, entropy_);
  const std::vector<uint8_t> ticket = IssueTicket();
  EncPart part;
  part.key = ViewOf(grant_.session_key);
  // 0: no information.
  part.last_req = {{.lr_type = 0, .lr_value = now_.time}};
  part.nonce = body_.nonce;
  part.flags = {grant_.flags};
  part.authtime = grant_.authtime;
  part.starttime = grant_.starttime;
  part.endtime = grant_.endtime;
  part.renew_till = grant_.renew_till;
  part.srealm = realm_.name();
  part.sname = grant_.sname;
  part.caddr = grant_.caddr;
  const std::vector<uint8_t> cipher =
      EncryptPart(reply_key, usage, Encode(part), entropy_);
  Rep reply;
  reply.padata = std::move(padata);
  reply.crealm = grant_.crealm;
  reply.cname = grant_.cname;
  reply.ticket.der = ticket;
  reply.enc_part = {.etype = static_cast<int32_t>(reply_key.type().etype),
                    .kvno = reply_kvno,
                    .cipher = cipher};
  return Encode(reply);
}

template KdcExchange::Reply KdcExchange::Issue<AsRep, EncAsRepPart>(
    const Key&, std::optional<uint32_t>, KeyUsage, std::optional<List<PaData>>);
template KdcExchange::Reply KdcExchange::Issue<TgsRep, EncTgsRepPart>(
    const Key&, std::optional<uint32_t>, KeyUsage, std::optional<List<PaData>>);

}  // namespace sspilab::kerberos

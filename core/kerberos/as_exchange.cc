#include "core/kerberos/as_exchange.h"

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "core/kerberos/encrypted_part.h"

namespace sspilab::kerberos {
namespace {

// The METHOD-DATA of PREAUTH_REQUIRED and PREAUTH_FAILED.
std::vector<uint8_t> MethodData(Bytes etype_info2) {
  return Encode(List<PaData>{
      {.padata_type = static_cast<int32_t>(PaType::kEtypeInfo2),
       .padata_value = etype_info2},
      {.padata_type = static_cast<int32_t>(PaType::kEncTimestamp)},
  });
}

}  // namespace

KdcExchange::Reply AsExchange::Answer(const AsReq& request) {
  ErrorCode refusal = ReadBody(request.req_body.der);
  if (refusal == ErrorCode::kNone) refusal = FindPrincipals();
  if (refusal == ErrorCode::kNone) refusal = ChooseClientKey();
  if (refusal == ErrorCode::kNone) refusal = CheckPreauthentication(request);
  if (refusal == ErrorCode::kNone) refusal = ChooseKeys(*server_);
  if (refusal == ErrorCode::kNone) refusal = SetTimes();
  if (refusal != ErrorCode::kNone) return Refuse(refusal, error_data_);
  SetNamesAndFlags();
  return Issue<AsRep, EncAsRepPart>(
      *reply_key_, client_->kvno, KeyUsage::kAsRepPart,
      List<PaData>{{.padata_type = static_cast<int32_t>(PaType::kEtypeInfo2),
                    .padata_value = etype_info2_}});
}

ErrorCode AsExchange::FindPrincipals() {
  if (!absl::EqualsIgnoreCase(body().realm, realm().name())) {
    return ErrorCode::kWrongRealm;
  }
  if (body().cname.has_value()) client_ = realm().Find(*body().cname);
  if (client_ == nullptr) return ErrorCode::kClientUnknown;
  if (body().sname.has_value()) server_ = realm().Find(*body().sname);
  if (server_ == nullptr) return ErrorCode::kServerUnknown;
  return RefusalFor(client_->state);
}

// The first type of the client's list of which the account has a key.
ErrorCode AsExchange::ChooseClientKey() {
  for (const int32_t etype : body().etype) {
    const EncryptionType* const type = client_->keys.FindType(etype);
    if (type != nullptr && Permits(type->etype)) {
      reply_key_ = client_->keys.Find(etype);
      etype_info2_ = EtypeInfo2();
      return ErrorCode::kNone;
    }
  }
  return ErrorCode::kEtypeNotSupported;
}

std::vector<uint8_t> AsExchange::EtypeInfo2() const {
  List<EtypeInfo2Entry> entries;
  for (const int32_t etype : body().etype) {
    const EncryptionType* const type = client_->keys.FindType(etype);
    if (type == nullptr || !Permits(type->etype)) continue;
    EtypeInfo2Entry entry{.etype = etype};
    // RC4 has no salt, and Windows says so by leaving it out.
    if (type->default_iterations != 0) entry.salt = client_->salt;
    entries.push_back(entry);
  }
  return Encode(entries);
}

ErrorCode AsExchange::CheckPreauthentication(const AsReq& request) {
  const Bytes* const timestamp =
      request.padata.has_value()
          ? FindPaData(*request.padata, PaType::kEncTimestamp)
          : nullptr;
  if (timestamp != nullptr) return CheckTimestamp(*timestamp);
  if (!client_->requires_preauthentication) return ErrorCode::kNone;
  error_data_ = MethodData(etype_info2_);
  return ErrorCode::kPreauthRequired;
}

ErrorCode AsExchange::CheckTimestamp(Bytes value) {
  const absl::StatusOr<EncryptedData> data = Parse<EncryptedData>(value);
  if (!data.ok()) return ErrorCode::kGeneric;
  const Key* const key = client_->keys.Find(data->etype);
  if (key == nullptr || !Permits(key->type().etype)) {
    return ErrorCode::kEtypeNotSupported;
  }
  const std::optional<std::vector<uint8_t>> plain =
      DecryptPart(*key, KeyUsage::kAsReqTimestamp, *data);
  if (!plain.has_value()) {
    error_data_ = MethodData(etype_info2_);
    return ErrorCode::kPreauthFailed;
  }
  const absl::StatusOr<PaEncTsEnc> stamp = Parse<PaEncTsEnc>(*plain);
  if (!stamp.ok()) return ErrorCode::kPreauthFailed;
  if (IsSkewed(stamp->patimestamp)) return ErrorCode::kSkew;
  grant().flags |= ticket_flag::kPreAuthent;
  reply_key_ = key;
  return ErrorCode::kNone;
}

void AsExchange::SetNamesAndFlags() {
  Grant& ticket = grant();
  ticket.crealm = realm().name();
  // With KDC_OPT_CANONICALIZE the name is the KDC's own (RFC 6806 6).
  ticket.cname = Wants(kdc_option::kCanonicalize)
                     ? SplitName(client_->name, NameType::kPrincipal)
                     : *body().cname;
  ticket.sname = *body().sname;
  ticket.authtime = now().time;
  ticket.caddr = body().addresses;
  ticket.flags |= ticket_flag::kInitial;
  if (Wants(kdc_option::kForwardable) && client_->may_be_delegated) {
    ticket.flags |= ticket_flag::kForwardable;
  }
  if (Wants(kdc_option::kProxiable) && client_->may_be_delegated) {
    ticket.flags |= ticket_flag::kProxiable;
  }
  if (server_->trusted_for_delegation) {
    ticket.flags |= ticket_flag::kOkAsDelegate;
  }
}

}  // namespace sspilab::kerberos

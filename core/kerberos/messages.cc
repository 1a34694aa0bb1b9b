#include "core/kerberos/messages.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/kerberos/codec.h"
#include "core/wire/der.h"

namespace sspilab::kerberos {

// RFC 4120 5.2 to 5.9, in its order.
namespace codec {

constexpr Fixed Pvno(unsigned tag) { return {tag, "pvno", 5}; }
constexpr Fixed MsgType(unsigned tag, int32_t value) {
  return {tag, "msg-type", value};
}

template <>
inline constexpr auto kTable<PrincipalName> =
    Table{"PrincipalName", kNoApplication,
          std::tuple{Field{0, "name-type", &PrincipalName::name_type},
                     Field{1, "name-string", &PrincipalName::name_string}}};

template <>
inline constexpr auto kTable<EncryptionKey> =
    Table{"EncryptionKey", kNoApplication,
          std::tuple{Field{0, "keytype", &EncryptionKey::keytype},
                     Field{1, "keyvalue", &EncryptionKey::keyvalue}}};

template <>
inline constexpr auto kTable<EncryptedData> =
    Table{"EncryptedData", kNoApplication,
          std::tuple{Field{0, "etype", &EncryptedData::etype},
                     Field{1, "kvno", &EncryptedData::kvno},
                     Field{2, "cipher", &EncryptedData::cipher}}};

template <>
inline constexpr auto kTable<ChecksumField> =
    Table{"Checksum", kNoApplication,
          std::tuple{Field{0, "cksumtype", &ChecksumField::cksumtype},
                     Field{1, "checksum", &ChecksumField::checksum}}};

template <>
inline constexpr auto kTable<PaData> =
    Table{"PA-DATA", kNoApplication,
          std::tuple{Field{1, "padata-type", &PaData::padata_type},
                     Field{2, "padata-value", &PaData::padata_value}}};

template <>
inline constexpr auto kTable<PaEncTsEnc> =
    Table{"PA-ENC-TS-ENC", kNoApplication,
          std::tuple{Field{0, "patimestamp", &PaEncTsEnc::patimestamp},
                     Field{1, "pausec", &PaEncTsEnc::pausec}}};

template <>
inline constexpr auto kTable<EtypeInfo2Entry> =
    Table{"ETYPE-INFO2-ENTRY", kNoApplication,
          std::tuple{Field{0, "etype", &EtypeInfo2Entry::etype},
                     Field{1, "salt", &EtypeInfo2Entry::salt},
                     Field{2, "s2kparams", &EtypeInfo2Entry::s2kparams}}};

template <>
inline constexpr auto kTable<Ticket> =
    Table{"Ticket", 1,
          std::tuple{Fixed{0, "tkt-vno", 5}, Field{1, "realm", &Ticket::realm},
                     Field{2, "sname", &Ticket::sname},
                     Field{3, "enc-part", &Ticket::enc_part}}};

template <>
inline constexpr auto kTable<TransitedEncoding> =
    Table{"TransitedEncoding", kNoApplication,
          std::tuple{Field{0, "tr-type", &TransitedEncoding::tr_type},
                     Field{1, "contents", &TransitedEncoding::contents}}};

template <>
inline constexpr auto kTable<EncTicketPart> =
    Table{"EncTicketPart", 3,
          std::tuple{Field{0, "flags", &EncTicketPart::flags},
                     Field{1, "key", &EncTicketPart::key},
                     Field{2, "crealm", &EncTicketPart::crealm},
                     Field{3, "cname", &EncTicketPart::cname},
                     Field{4, "transited", &EncTicketPart::transited},
                     Field{5, "authtime", &EncTicketPart::authtime},
                     Field{6, "starttime", &EncTicketPart::starttime},
                     Field{7, "endtime", &EncTicketPart::endtime},
                     Field{8, "renew-till", &EncTicketPart::renew_till},
                     Field{9, "caddr", &EncTicketPart::caddr},
                     Field{10, "authorization-data",
                           &EncTicketPart::authorization_data}}};

template <>
inline constexpr auto kTable<KdcReqBody> =
    Table{"KDC-REQ-BODY", kNoApplication,
          std::tuple{Field{0, "kdc-options", &KdcReqBody::kdc_options},
                     Field{1, "cname", &KdcReqBody::cname},
                     Field{2, "realm", &KdcReqBody::realm},
                     Field{3, "sname", &KdcReqBody::sname},
                     Field{4, "from", &KdcReqBody::from},
                     Field{5, "till", &KdcReqBody::till},
                     Field{6, "rtime", &KdcReqBody::rtime},
                     Field{7, "nonce", &KdcReqBody::nonce},
                     Field{8, "etype", &KdcReqBody::etype},
                     Field{9, "addresses", &KdcReqBody::addresses},
                     Field{10, "enc-authorization-data",
                           &KdcReqBody::enc_authorization_data},
                     Field{11, "additional-tickets",
                           &KdcReqBody::additional_tickets}}};

template <>
inline constexpr auto kTable<AsReq> = Table{
    "AS-REQ", 10,
    std::tuple{Pvno(1), MsgType(2, 10), Field{3, "padata", &AsReq::padata},
               Field{4, "req-body", &AsReq::req_body}}};
template <>
inline constexpr auto kTable<TgsReq> = Table{
    "TGS-REQ", 12,
    std::tuple{Pvno(1), MsgType(2, 12), Field{3, "padata", &TgsReq::padata},
               Field{4, "req-body", &TgsReq::req_body}}};

constexpr auto KdcRepFields(int32_t msg_type) {
  return std::tuple{Pvno(0),
                    MsgType(1, msg_type),
                    Field{2, "padata", &KdcRep::padata},
                    Field{3, "crealm", &KdcRep::crealm},
                    Field{4, "cname", &KdcRep::cname},
                    Field{5, "ticket", &KdcRep::ticket},
                    Field{6, "enc-part", &KdcRep::enc_part}};
}
template <>
inline constexpr auto kTable<AsRep> = Table{"AS-REP", 11, KdcRepFields(11)};
template <>
inline constexpr auto kTable<TgsRep> = Table{"TGS-REP", 13, KdcRepFields(13)};

template <>
inline constexpr auto kTable<LastReq> =
    Table{"LastReq", kNoApplication,
          std::tuple{Field{0, "lr-type", &LastReq::lr_type},
                     Field{1, "lr-value", &LastReq::lr_value}}};

constexpr auto EncKdcRepPartFields() {
  return std::tuple{
      Field{0, "key", &EncKdcRepPart::key},
      Field{1, "last-req", &EncKdcRepPart::last_req},
      Field{2, "nonce", &EncKdcRepPart::nonce},
      Field{3, "key-expiration", &EncKdcRepPart::key_expiration},
      Field{4, "flags", &EncKdcRepPart::flags},
      Field{5, "authtime", &EncKdcRepPart::authtime},
      Field{6, "starttime", &EncKdcRepPart::starttime},
      Field{7, "endtime", &EncKdcRepPart::endtime},
      Field{8, "renew-till", &EncKdcRepPart::renew_till},
      Field{9, "srealm", &EncKdcRepPart::srealm},
      Field{10, "sname", &EncKdcRepPart::sname},
      Field{11, "caddr", &EncKdcRepPart::caddr},
      Field{12, "encrypted-pa-data", &EncKdcRepPart::encrypted_pa_data}};
}
template <>
inline constexpr auto kTable<EncAsRepPart> =
    Table{"EncASRepPart", 25, EncKdcRepPartFields()};
template <>
inline constexpr auto kTable<EncTgsRepPart> =
    Table{"EncTGSRepPart", 26, EncKdcRepPartFields()};

template <>
inline constexpr auto kTable<ApReq> =
    Table{"AP-REQ", 14,
          std::tuple{Pvno(0), MsgType(1, 14),
                     Field{2, "ap-options", &ApReq::ap_options},
                     Field{3, "ticket", &ApReq::ticket},
                     Field{4, "authenticator", &ApReq::authenticator}}};

template <>
inline constexpr auto kTable<Authenticator> =
    Table{"Authenticator", 2,
          std::tuple{Fixed{0, "authenticator-vno", 5},
                     Field{1, "crealm", &Authenticator::crealm},
                     Field{2, "cname", &Authenticator::cname},
                     Field{3, "cksum", &Authenticator::cksum},
                     Field{4, "cusec", &Authenticator::cusec},
                     Field{5, "ctime", &Authenticator::ctime},
                     Field{6, "subkey", &Authenticator::subkey},
                     Field{7, "seq-number", &Authenticator::seq_number},
                     Field{8, "authorization-data",
                           &Authenticator::authorization_data}}};

template <>
inline constexpr auto kTable<ApRep> =
    Table{"AP-REP", 15,
          std::tuple{Pvno(0), MsgType(1, 15),
                     Field{2, "enc-part", &ApRep::enc_part}}};

template <>
inline constexpr auto kTable<EncApRepPart> =
    Table{"EncAPRepPart", 27,
          std::tuple{Field{0, "ctime", &EncApRepPart::ctime},
                     Field{1, "cusec", &EncApRepPart::cusec},
                     Field{2, "subkey", &EncApRepPart::subkey},
                     Field{3, "seq-number", &EncApRepPart::seq_number}}};

template <>
inline constexpr auto kTable<KrbError> = Table{
    "KRB-ERROR", 30,
    std::tuple{Pvno(0), MsgType(1, 30), Field{2, "ctime", &KrbError::ctime},
               Field{3, "cusec", &KrbError::cusec},
               Field{4, "stime", &KrbError::stime},
               Field{5, "susec", &KrbError::susec},
               Field{6, "error-code", &KrbError::error_code},
               Field{7, "crealm", &KrbError::crealm},
               Field{8, "cname", &KrbError::cname},
               Field{9, "realm", &KrbError::realm},
               Field{10, "sname", &KrbError::sname},
               Field{11, "e-text", &KrbError::e_text},
               Field{12, "e-data", &KrbError::e_data}}};

template <>
inline constexpr auto kTable<KrbCred> = Table{
    "KRB-CRED", 22,
    std::tuple{Pvno(0), MsgType(1, 22), Field{2, "tickets", &KrbCred::tickets},
               Field{3, "enc-part", &KrbCred::enc_part}}};

template <>
inline constexpr auto kTable<KrbCredInfo> =
    Table{"KrbCredInfo", kNoApplication,
          std::tuple{Field{0, "key", &KrbCredInfo::key},
                     Field{1, "prealm", &KrbCredInfo::prealm},
                     Field{2, "pname", &KrbCredInfo::pname},
                     Field{3, "flags", &KrbCredInfo::flags},
                     Field{4, "authtime", &KrbCredInfo::authtime},
                     Field{5, "starttime", &KrbCredInfo::starttime},
                     Field{6, "endtime", &KrbCredInfo::endtime},
                     Field{7, "renew-till", &KrbCredInfo::renew_till},
                     Field{8, "srealm", &KrbCredInfo::srealm},
                     Field{9, "sname", &KrbCredInfo::sname},
                     Field{10, "caddr", &KrbCredInfo::caddr}}};

template <>
inline constexpr auto kTable<EncKrbCredPart> =
    Table{"EncKrbCredPart", 29,
          std::tuple{Field{0, "ticket-info", &EncKrbCredPart::ticket_info},
                     Field{1, "nonce", &EncKrbCredPart::nonce},
                     Field{2, "timestamp", &EncKrbCredPart::timestamp},
                     Field{3, "usec", &EncKrbCredPart::usec},
                     Field{4, "s-address", &EncKrbCredPart::s_address},
                     Field{5, "r-address", &EncKrbCredPart::r_address}}};

template <>
inline constexpr auto kTable<TgtRequest> =
    Table{"KERB-TGT-REQUEST", kNoApplication,
          std::tuple{Pvno(0), MsgType(1, 16),
                     Field{2, "server-name", &TgtRequest::server_name},
                     Field{3, "realm", &TgtRequest::realm}}};

template <>
inline constexpr auto kTable<TgtReply> = Table{
    "KERB-TGT-REPLY", kNoApplication,
    std::tuple{Pvno(0), MsgType(1, 17), Field{2, "ticket", &TgtReply::ticket}}};

absl::Status Failure::ToStatus() const {
  if (!any()) return absl::OkStatus();
  std::string text;
  for (size_t i = around_.size(); i-- > 0;) {
    absl::StrAppend(&text, around_[i], ": ");
  }
  switch (what_) {
    case What::kNothing:
      break;
    case What::kMalformed:
      absl::StrAppend(&text, name_, " at byte ", position_);
      break;
    case What::kWrongNumber:
      absl::StrAppend(&text, name_, " is ", value_, ", not ", expected_);
      break;
    case What::kUnknownField:
      absl::StrAppend(&text, "a field that is not known at byte ", position_);
      break;
  }
  return absl::InvalidArgumentError(text);
}

}  // namespace codec

namespace {

// Whether `bytes` begin like a `Message`.
template <typename Message>
bool BeginsLike(Bytes bytes) {
  return wire::DerReader(bytes, wire::DerRules::kBer)
      .NextIs(wire::ApplicationTag(codec::kTable<Message>.application));
}

template <typename Message>
absl::StatusOr<Message> ParseAs(Bytes bytes) {
  wire::DerReader reader(bytes, wire::DerRules::kBer);
  absl::StatusOr<Message> message(absl::in_place);
  codec::Failure failure;
  if (!codec::ReadInto(reader, &*message, &failure)) {
    failure.Malformed("the message", reader.position());
    message = failure.ToStatus();
  } else if (!reader.AtEnd()) {
    message = absl::InvalidArgumentError(absl::StrCat(
        "the message ends at byte ", reader.position(), " of ", bytes.size()));
  }
  return message;
}

}  // namespace

template <typename Message>
absl::StatusOr<Message> Parse(Bytes bytes) {
  if constexpr (std::is_same_v<Message, EncAsRepPart>) {
    if (BeginsLike<EncTgsRepPart>(bytes)) {
      absl::StatusOr<EncTgsRepPart> other = ParseAs<EncTgsRepPart>(bytes);
      if (!other.ok()) return other.status();
      return EncAsRepPart{*std::move(other)};
    }
  } else if constexpr (std::is_same_v<Message, EncTgsRepPart>) {
    if (BeginsLike<EncAsRepPart>(bytes)) {
      absl::StatusOr<EncAsRepPart> other = ParseAs<EncAsRepPart>(bytes);
      if (!other.ok()) return other.status();
      return EncTgsRepPart{*std::move(other)};
    }
  }
  return ParseAs<Message>(bytes);
}

template <typename Message>
absl::StatusOr<List<Message>> ParseList(Bytes bytes) {
  return ParseAs<List<Message>>(bytes);
}

template <typename Message>
void Write(const Message& message, wire::DerWriter* writer) {
  codec::WriteValue(message, writer);
}

#define SSPILAB_MESSAGE(Message)                          \
  template absl::StatusOr<Message> Parse<Message>(Bytes); \
  template void Write<Message>(const Message&, wire::DerWriter*);
#define SSPILAB_MESSAGE_LIST(Message)                               \
  template absl::StatusOr<List<Message>> ParseList<Message>(Bytes); \
  template void Write<List<Message>>(const List<Message>&, wire::DerWriter*);

SSPILAB_MESSAGE(PrincipalName)
SSPILAB_MESSAGE(EncryptedData)
SSPILAB_MESSAGE(PaEncTsEnc)
SSPILAB_MESSAGE(Ticket)
SSPILAB_MESSAGE(EncTicketPart)
SSPILAB_MESSAGE(KdcReqBody)
SSPILAB_MESSAGE(AsReq)
SSPILAB_MESSAGE(TgsReq)
SSPILAB_MESSAGE(AsRep)
SSPILAB_MESSAGE(TgsRep)
SSPILAB_MESSAGE(EncAsRepPart)
SSPILAB_MESSAGE(EncTgsRepPart)
SSPILAB_MESSAGE(ApReq)
SSPILAB_MESSAGE(Authenticator)
SSPILAB_MESSAGE(ApRep)
SSPILAB_MESSAGE(EncApRepPart)
SSPILAB_MESSAGE(KrbError)
SSPILAB_MESSAGE(KrbCred)
SSPILAB_MESSAGE(EncKrbCredPart)
SSPILAB_MESSAGE(TgtRequest)
SSPILAB_MESSAGE(TgtReply)
SSPILAB_MESSAGE_LIST(PaData)
SSPILAB_MESSAGE_LIST(EtypeInfo2Entry)

#undef SSPILAB_MESSAGE
#undef SSPILAB_MESSAGE_LIST

namespace {

struct ErrorName {
  ErrorCode code;
  std::string_view name;
};
constexpr ErrorName kErrorNames[] = {
    {ErrorCode::kNone, "KDC_ERR_NONE"},
    {ErrorCode::kClientExpired, "KDC_ERR_NAME_EXP"},
    {ErrorCode::kServiceExpired, "KDC_ERR_SERVICE_EXP"},
    {ErrorCode::kClientUnknown, "KDC_ERR_C_PRINCIPAL_UNKNOWN"},
    {ErrorCode::kServerUnknown, "KDC_ERR_S_PRINCIPAL_UNKNOWN"},
    {ErrorCode::kNeverValid, "KDC_ERR_NEVER_VALID"},
    {ErrorCode::kPolicy, "KDC_ERR_POLICY"},
    {ErrorCode::kBadOption, "KDC_ERR_BADOPTION"},
    {ErrorCode::kEtypeNotSupported, "KDC_ERR_ETYPE_NOSUPP"},
    {ErrorCode::kChecksumNotSupported, "KDC_ERR_SUMTYPE_NOSUPP"},
    {ErrorCode::kPadataNotSupported, "KDC_ERR_PADATA_TYPE_NOSUPP"},
    {ErrorCode::kClientRevoked, "KDC_ERR_CLIENT_REVOKED"},
    {ErrorCode::kServiceRevoked, "KDC_ERR_SERVICE_REVOKED"},
    {ErrorCode::kKeyExpired, "KDC_ERR_KEY_EXPIRED"},
    {ErrorCode::kPreauthFailed, "KDC_ERR_PREAUTH_FAILED"},
    {ErrorCode::kPreauthRequired, "KDC_ERR_PREAUTH_REQUIRED"},
    {ErrorCode::kMustUseUserToUser, "KDC_ERR_MUST_USE_USER2USER"},
    {ErrorCode::kBadIntegrity, "KRB_AP_ERR_BAD_INTEGRITY"},
    {ErrorCode::kTicketExpired, "KRB_AP_ERR_TKT_EXPIRED"},
    {ErrorCode::kTicketNotYetValid, "KRB_AP_ERR_TKT_NYV"},
    {ErrorCode::kRepeat, "KRB_AP_ERR_REPEAT"},
    {ErrorCode::kNotUs, "KRB_AP_ERR_NOT_US"},
    {ErrorCode::kBadMatch, "KRB_AP_ERR_BADMATCH"},
    {ErrorCode::kSkew, "KRB_AP_ERR_SKEW"},
    {ErrorCode::kBadVersion, "KRB_AP_ERR_BADVERSION"},
    {ErrorCode::kMessageType, "KRB_AP_ERR_MSG_TYPE"},
    {ErrorCode::kModified, "KRB_AP_ERR_MODIFIED"},
    {ErrorCode::kBadKeyVersion, "KRB_AP_ERR_BADKEYVER"},
    {ErrorCode::kNoKey, "KRB_AP_ERR_NOKEY"},
    {ErrorCode::kMutualFailed, "KRB_AP_ERR_MUT_FAIL"},
    {ErrorCode::kBadChecksum, "KRB_AP_ERR_INAPP_CKSUM"},
    {ErrorCode::kUserToUserRequired, "KRB_AP_ERR_USER_TO_USER_REQUIRED"},
    {ErrorCode::kGeneric, "KRB_ERR_GENERIC"},
    {ErrorCode::kWrongRealm, "KDC_ERR_WRONG_REALM"},
};

}  // namespace

std::string_view NameOf(ErrorCode code) {
  const auto* const found =
      std::find_if(std::begin(kErrorNames), std::end(kErrorNames),
                   [code](const ErrorName& e) { return e.code == code; });
  return found != std::end(kErrorNames) ? found->name : std::string_view();
}

}  // namespace sspilab::kerberos

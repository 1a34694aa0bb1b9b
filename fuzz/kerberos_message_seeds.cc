// Kerberos' messages and what goes encrypted in them: written here, field by
// field.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/messages.h"
#include "fuzz/seeds.h"

namespace sspilab::fuzz {
namespace {

using namespace kerberos;  // NOLINT(google-build-using-namespace)

using Buffer = std::vector<uint8_t>;

Buffer Framed(TokenId id, bool user_to_user, Bytes message) {
  Buffer token(FramedSize(message.size(), user_to_user));
  const absl::Span<uint8_t> place =
      WriteFraming(id, user_to_user, message.size(), absl::MakeSpan(token));
  std::copy(message.begin(), message.end(), place.begin());
  return token;
}

Buffer Written(const GssChecksum& checksum) {
  Buffer bytes(checksum.size());
  checksum.WriteTo(absl::MakeSpan(bytes));
  return bytes;
}

}  // namespace

void RecordKerberosMessages(Seeds& seeds) {
  // 2024-01-01, when Worlds begin.
  constexpr KerberosTime kNow{1'704'067'200};
  constexpr KerberosTime kEnd{1'704'103'200};
  const Buffer opaque(24, 0x5A);
  const Buffer key_bytes(32, 0xA5);
  const EncryptionKey key = {.keytype = 18, .keyvalue = key_bytes};
  const EncryptedData sealed = {.etype = 18, .kvno = 2, .cipher = opaque};
  const PrincipalName alice = {.name_type = 1, .name_string = {"alice"}};
  const PrincipalName service = {.name_type = 2,
                                 .name_string = {"HTTP", "lab.ex"}};
  const PrincipalName krbtgt = {.name_type = 2,
                                .name_string = {"krbtgt", "EX"}};
  const Buffer empty_list = {0x30, 0x00};
  const Element nothing = {empty_list};

  const auto message = [&](std::string_view name, const auto& value) {
    return seeds[absl::StrCat("kerberos_message/", name)] = Encode(value);
  };
  const auto part = [&](std::string_view name, const auto& value) {
    const Buffer bytes = Encode(value);
    // The same with times that are none: each ends in a leap second.
    Buffer odd = bytes;
    for (size_t i = 2; i < odd.size(); ++i) {
      if (odd[i] != 'Z' || odd[i - 1] < '0' || odd[i - 1] > '9') continue;
      odd[i - 2] = '6';
      odd[i - 1] = '0';
    }
    if (odd != bytes) {
      seeds[absl::StrCat("kerberos_enc_part/", name, "_leap_second")] = odd;
    }
    return seeds[absl::StrCat("kerberos_enc_part/", name)] = bytes;
  };
  const auto gss = [&](std::string_view name, Buffer bytes) {
    seeds[absl::StrCat("kerberos_gss/", name)] = std::move(bytes);
  };

  const Buffer ticket = message(
      "ticket", Ticket{.realm = "EX", .sname = service, .enc_part = sealed});
  const Buffer info = message(
      "etype_info2",
      List<EtypeInfo2Entry>{
          {.etype = 18, .salt = "EXalice", .s2kparams = Bytes(opaque).first(4)},
          {.etype = 23}});
  const Buffer methods = message(
      "method_data", List<PaData>{{.padata_type = 19, .padata_value = info},
                                  {.padata_type = 2}});
  const Buffer body =
      message("kdc_req_body", KdcReqBody{.kdc_options = {0x40810010},
                                         .cname = alice,
                                         .realm = "EX",
                                         .sname = krbtgt,
                                         .till = {2'136'422'885},
                                         .rtime = KerberosTime{2'136'422'885},
                                         .nonce = 0x12345678,
                                         .etype = {18, 17, 20, 19, 23, -128}});
  message(
      "kdc_req_body_full",
      KdcReqBody{.kdc_options = {0x00000008},
                 .realm = "EX",
                 .sname = service,
                 .from = kNow,
                 .till = {},
                 .nonce = 0xFFFFFFFF,
                 .etype = {18},
                 .addresses = nothing,
                 .enc_authorization_data = sealed,
                 .additional_tickets = List<Ticket>{
                     {.realm = "EX", .sname = krbtgt, .enc_part = sealed}}});
  const Buffer timestamp = Encode(sealed);
  message("as_req", AsReq{.padata = List<PaData>{{.padata_type = 2,
                                                  .padata_value = timestamp}},
                          .req_body = {body}});
  message("as_req_bare", AsReq{.req_body = {body}});
  const Buffer ap_req = message("ap_req", ApReq{.ap_options = {0x20000000},
                                                .ticket = {ticket},
                                                .authenticator = sealed});
  message("tgs_req",
          TgsReq{.padata = {{.padata_type = 1, .padata_value = ap_req}},
                 .req_body = {body}});
  AsRep as_rep;
  as_rep.padata = List<PaData>{{.padata_type = 19, .padata_value = info}};
  as_rep.crealm = "EX";
  as_rep.cname = alice;
  as_rep.ticket.der = ticket;
  as_rep.enc_part = sealed;
  message("as_rep", as_rep);
  TgsRep tgs_rep;
  tgs_rep.crealm = "EX";
  tgs_rep.cname = alice;
  tgs_rep.ticket.der = ticket;
  tgs_rep.enc_part = {.etype = 17, .cipher = opaque};
  message("tgs_rep", tgs_rep);
  const Buffer ap_rep = message("ap_rep", ApRep{.enc_part = sealed});
  const Buffer error = message("krb_error", KrbError{.ctime = kNow,
                                                     .cusec = 1,
                                                     .stime = kNow,
                                                     .susec = 999'999,
                                                     .error_code = 25,
                                                     .crealm = "EX",
                                                     .cname = alice,
                                                     .realm = "EX",
                                                     .sname = krbtgt,
                                                     .e_text = "why",
                                                     .e_data = methods});
  const Buffer cred = message(
      "krb_cred", KrbCred{.tickets = {{ticket}, {ticket}}, .enc_part = sealed});
  const Buffer tgt_request =
      message("tgt_request", TgtRequest{.server_name = service, .realm = "EX"});
  const Buffer tgt_reply = message("tgt_reply", TgtReply{.ticket = {ticket}});
  // What BER and older senders make of a message: long lengths, a negative
  // number, flags that are fewer.
  seeds["kerberos_message/ber"] = {
      0x6F, 0x81, 0x1B, 0x30, 0x81, 0x18, 0xA0, 0x03, 0x02, 0x01,
      0x05, 0xA1, 0x04, 0x02, 0x02, 0x00, 0x0F, 0xA2, 0x0B, 0x30,
      0x09, 0xA0, 0x03, 0x02, 0x01, 0xF0, 0xA2, 0x02, 0x04, 0x00};

  GssChecksum checksum = {.flags = 0x3E};
  checksum.bindings.fill(0x77);
  const Buffer plain_checksum = Written(checksum);
  checksum.flags |= gss_flag::kDelegation;
  checksum.delegation = cred;
  const Buffer full_checksum = Written(checksum);
  part("pa_enc_ts_enc", PaEncTsEnc{.patimestamp = kNow, .pausec = 7});
  part("authenticator",
       Authenticator{.crealm = "EX",
                     .cname = alice,
                     .cksum = ChecksumField{0x8003, plain_checksum},
                     .cusec = 12,
                     .ctime = kNow,
                     .subkey = key,
                     .seq_number = 0x7FFFFFFF});
  part("authenticator_bare", Authenticator{.crealm = "EX",
                                           .cname = alice,
                                           .ctime = kNow,
                                           .seq_number = 0xFFFFFFFF,
                                           .authorization_data = nothing});
  part("enc_ticket_part",
       EncTicketPart{.flags = {0x40E00000},
                     .key = key,
                     .crealm = "EX",
                     .cname = alice,
                     .transited = {.tr_type = 1, .contents = {}},
                     .authtime = kNow,
                     .starttime = kNow,
                     .endtime = kEnd,
                     .renew_till = kEnd,
                     .caddr = nothing,
                     .authorization_data = nothing});
  EncAsRepPart as_part;
  as_part.key = key;
  as_part.last_req = {{.lr_type = 0, .lr_value = kNow}};
  as_part.nonce = 0x12345678;
  as_part.key_expiration = kEnd;
  as_part.flags = {0x40E00000};
  as_part.authtime = kNow;
  as_part.starttime = kNow;
  as_part.endtime = kEnd;
  as_part.srealm = "EX";
  as_part.sname = krbtgt;
  as_part.encrypted_pa_data =
      List<PaData>{{.padata_type = 165, .padata_value = opaque}};
  part("enc_as_rep_part", as_part);
  EncTgsRepPart tgs_part;
  tgs_part.key = key;
  tgs_part.nonce = 1;
  tgs_part.srealm = "EX";
  tgs_part.sname = service;
  part("enc_tgs_rep_part", tgs_part);
  part(
      "enc_ap_rep_part",
      EncApRepPart{
          .ctime = kNow, .cusec = 12, .subkey = key, .seq_number = 0x01000000});
  part("enc_krb_cred_part",
       EncKrbCredPart{.ticket_info = {{.key = key,
                                       .prealm = "EX",
                                       .pname = alice,
                                       .flags = Flags{0x60E00000},
                                       .authtime = kNow,
                                       .endtime = kEnd,
                                       .srealm = "EX",
                                       .sname = krbtgt}},
                      .nonce = 5,
                      .timestamp = kNow,
                      .usec = 1});

  gss("ap_req", Framed(TokenId::kApReq, false, ap_req));
  gss("ap_rep", Framed(TokenId::kApRep, false, ap_rep));
  gss("error", Framed(TokenId::kKrbError, false, error));
  gss("tgt_request", Framed(TokenId::kTgtRequest, true, tgt_request));
  gss("tgt_reply", Framed(TokenId::kTgtReply, true, tgt_reply));
  gss("checksum", plain_checksum);
  gss("checksum_delegation", full_checksum);
}

}  // namespace sspilab::fuzz

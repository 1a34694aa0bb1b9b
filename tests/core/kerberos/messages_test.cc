#include "core/kerberos/messages.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/kerberos/times.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::kerberos {
namespace {

using sspilab::testing::BytesOf;
using sspilab::testing::Copy;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

// 1994-06-10 06:03:17, the time of MIT's reference encodings.
constexpr KerberosTime kTime{771228197};

PrincipalName Hftsai() {
  return {.name_type = 1, .name_string = {"hftsai", "extra"}};
}
EncryptedData Data() {
  static const std::vector<uint8_t>& cipher =
      *new std::vector<uint8_t>(Copy(BytesOf("krbASN.1 test message")));
  return {.etype = 0, .kvno = 5, .cipher = cipher};
}

// The encodings are those of src/tests/asn.1/reference_encode.out in MIT's
// Kerberos, whose sample values these are.
constexpr std::string_view kTicket =
    "615c305aa003020105a1101b0e415448454e412e4d49542e454455a21a3018a003020101"
    "a111300f1b066866747361691b056578747261a3253023a003020100a103020105a21704"
    "156b726241534e2e312074657374206d657373616765";
constexpr std::string_view kApReq =
    "6e819d30819aa003020105a10302010ea207030500fedcba98a35e"
    "615c305aa003020105a1101b0e415448454e412e4d49542e454455a21a3018a003020101"
    "a111300f1b066866747361691b056578747261a3253023a003020100a103020105a21704"
    "156b726241534e2e312074657374206d657373616765"
    "a4253023a003020100a103020105a21704156b726241534e2e312074657374206d657373"
    "616765";
constexpr std::string_view kApRep =
    "6f333031a003020105a10302010fa2253023a003020100a103020105a21704156b726241"
    "534e2e312074657374206d657373616765";
constexpr std::string_view kEncApRepPart =
    "7b363034a011180f31393934303631303036303331375aa10502030"
    "1e240a2133011a0"
    "03020101a10a04083132333435363738a303020111";

TEST(MessagesTest, ATicketIsMits) {
  const Ticket ticket{
      .realm = "ATHENA.MIT.EDU", .sname = Hftsai(), .enc_part = Data()};
  EXPECT_EQ(ToHex(Encode(ticket)), kTicket);
  const std::vector<uint8_t> bytes = FromHex(kTicket);
  const absl::StatusOr<Ticket> parsed = Parse<Ticket>(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->realm, "ATHENA.MIT.EDU");
  EXPECT_EQ(parsed->sname.name_string, Hftsai().name_string);
  EXPECT_EQ(parsed->enc_part.kvno, 5);
}

TEST(MessagesTest, AnApReqIsMits) {
  const std::vector<uint8_t> ticket = FromHex(kTicket);
  const ApReq message{
      .ap_options = {0xFEDCBA98}, .ticket = {ticket}, .authenticator = Data()};
  EXPECT_EQ(ToHex(Encode(message)), kApReq);
  const std::vector<uint8_t> bytes = FromHex(kApReq);
  const absl::StatusOr<ApReq> parsed = Parse<ApReq>(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->ap_options.bits, 0xFEDCBA98);
  EXPECT_EQ(ToHex(parsed->ticket.der), kTicket);
}

TEST(MessagesTest, AnApRepIsMits) {
  EXPECT_EQ(ToHex(Encode(ApRep{.enc_part = Data()})), kApRep);
  EXPECT_TRUE(Parse<ApRep>(FromHex(kApRep)).ok());

  const std::vector<uint8_t> key = Copy(BytesOf("12345678"));
  const EncApRepPart part{
      .ctime = kTime,
      .cusec = 123456,
      .subkey = EncryptionKey{.keytype = 1, .keyvalue = key},
      .seq_number = 17};
  EXPECT_EQ(ToHex(Encode(part)), kEncApRepPart);
  const std::vector<uint8_t> bytes = FromHex(kEncApRepPart);
  const absl::StatusOr<EncApRepPart> parsed = Parse<EncApRepPart>(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->ctime, kTime);
  EXPECT_EQ(parsed->cusec, 123456);
  EXPECT_EQ(parsed->seq_number, 17);
}

// Of each message one with everything in it: what is written is read, and
// written again the same.
template <typename Message>
void ExpectRoundTrip(const Message& message, std::string_view name) {
  const std::vector<uint8_t> bytes = Encode(message);
  const absl::StatusOr<Message> parsed = Parse<Message>(bytes);
  ASSERT_TRUE(parsed.ok()) << name << ": " << parsed.status();
  EXPECT_EQ(ToHex(Encode(*parsed)), ToHex(bytes)) << name;
  // Nothing that is cut off is a message, and nothing is read behind the end.
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<uint8_t> cut = Copy(absl::MakeSpan(bytes).first(size));
    EXPECT_FALSE(Parse<Message>(cut).ok()) << name << ", " << size;
  }
  std::vector<uint8_t> longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(Parse<Message>(longer).ok()) << name;
  // Any byte may be any other: a message or an error, as it happens.
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xFF}) {
      std::vector<uint8_t> altered = bytes;
      altered[i] = static_cast<uint8_t>(altered[i] ^ flip);
      const absl::StatusOr<Message> other = Parse<Message>(altered);
      if (other.ok()) {
        EXPECT_NO_FATAL_FAILURE(Encode(*other));
      }
    }
  }
}

TEST(MessagesTest, EveryFieldComesBack) {
  const std::vector<uint8_t> ticket_bytes = FromHex(kTicket);
  const Element ticket{ticket_bytes};
  const std::vector<uint8_t> some = FromHex("0102030405");
  const std::vector<uint8_t> sequence = FromHex("3000");
  const Element element{sequence};
  const EncryptionKey key{.keytype = 17, .keyvalue = some};
  const List<PaData> padata = {{.padata_type = 2, .padata_value = some},
                               {.padata_type = 149}};

  ExpectRoundTrip(PaEncTsEnc{.patimestamp = kTime, .pausec = 42},
                  "PA-ENC-TS-ENC");
  ExpectRoundTrip(EncTicketPart{.flags = {ticket_flag::kForwardable},
                                .key = key,
                                .crealm = "EXAMPLE.TEST",
                                .cname = Hftsai(),
                                .transited = {.tr_type = 1, .contents = some},
                                .authtime = kTime,
                                .starttime = kTime,
                                .endtime = kTime,
                                .renew_till = kTime,
                                .caddr = element,
                                .authorization_data = element},
                  "EncTicketPart");
  const KdcReqBody body{
      .kdc_options = {kdc_option::kRenewable},
      .cname = Hftsai(),
      .realm = "EXAMPLE.TEST",
      .sname = Hftsai(),
      .from = kTime,
      .till = kTime,
      .rtime = kTime,
      .nonce = 0xFFFFFFFF,
      .etype = {18, 17, -128},
      .addresses = element,
      .enc_authorization_data = Data(),
      .additional_tickets =
          List<Ticket>{{.realm = "A", .sname = Hftsai(), .enc_part = Data()}}};
  ExpectRoundTrip(body, "KDC-REQ-BODY");
  const std::vector<uint8_t> body_bytes = Encode(body);
  ExpectRoundTrip(AsReq{.padata = padata, .req_body = {body_bytes}}, "AS-REQ");
  ExpectRoundTrip(TgsReq{.padata = padata, .req_body = {body_bytes}},
                  "TGS-REQ");
  KdcRep rep{.padata = padata,
             .crealm = "EXAMPLE.TEST",
             .cname = Hftsai(),
             .ticket = ticket,
             .enc_part = Data()};
  ExpectRoundTrip(AsRep{rep}, "AS-REP");
  ExpectRoundTrip(TgsRep{rep}, "TGS-REP");
  const EncKdcRepPart part{.key = key,
                           .last_req = {{.lr_type = -5, .lr_value = kTime}},
                           .nonce = 42,
                           .key_expiration = kTime,
                           .flags = {ticket_flag::kInitial},
                           .authtime = kTime,
                           .starttime = kTime,
                           .endtime = kTime,
                           .renew_till = kTime,
                           .srealm = "EXAMPLE.TEST",
                           .sname = Hftsai(),
                           .caddr = element,
                           .encrypted_pa_data = padata};
  ExpectRoundTrip(EncAsRepPart{part}, "EncASRepPart");
  ExpectRoundTrip(EncTgsRepPart{part}, "EncTGSRepPart");
  EXPECT_TRUE(Parse<EncAsRepPart>(Encode(EncTgsRepPart{part})).ok());
  EXPECT_TRUE(Parse<EncTgsRepPart>(Encode(EncAsRepPart{part})).ok());
  ExpectRoundTrip(Authenticator{.crealm = "EXAMPLE.TEST",
                                .cname = Hftsai(),
                                .cksum = ChecksumField{.cksumtype = 0x8003,
                                                       .checksum = some},
                                .cusec = 999999,
                                .ctime = kTime,
                                .subkey = key,
                                .seq_number = 0x80000000,
                                .authorization_data = element},
                  "Authenticator");
  ExpectRoundTrip(KrbError{.ctime = kTime,
                           .cusec = 1,
                           .stime = kTime,
                           .susec = 2,
                           .error_code = 25,
                           .crealm = "EXAMPLE.TEST",
                           .cname = Hftsai(),
                           .realm = "EXAMPLE.TEST",
                           .sname = Hftsai(),
                           .e_text = "why",
                           .e_data = some},
                  "KRB-ERROR");
  ExpectRoundTrip(KrbCred{.tickets = {ticket}, .enc_part = Data()}, "KRB-CRED");
  ExpectRoundTrip(EncKrbCredPart{.ticket_info = {{.key = key,
                                                  .prealm = "EXAMPLE.TEST",
                                                  .pname = Hftsai(),
                                                  .flags = Flags{1},
                                                  .authtime = kTime,
                                                  .starttime = kTime,
                                                  .endtime = kTime,
                                                  .renew_till = kTime,
                                                  .srealm = "EXAMPLE.TEST",
                                                  .sname = Hftsai(),
                                                  .caddr = element}},
                                 .nonce = 42,
                                 .timestamp = kTime,
                                 .usec = 1,
                                 .s_address = element,
                                 .r_address = element},
                  "EncKrbCredPart");
  ExpectRoundTrip(TgtRequest{.server_name = Hftsai(), .realm = "EXAMPLE.TEST"},
                  "KERB-TGT-REQUEST");
  ExpectRoundTrip(TgtReply{.ticket = ticket}, "KERB-TGT-REPLY");
}

TEST(MessagesTest, AnErrorNamesTheFieldAndTheByte) {
  std::vector<uint8_t> bytes = FromHex(kApReq);
  // pvno 5 -> 4.
  bytes[10] = 4;
  EXPECT_EQ(Parse<ApReq>(bytes).status().message(), "AP-REQ: pvno is 4, not 5");
  bytes = FromHex(kApReq);
  // The BIT STRING's tag.
  bytes[18] = 0x04;
  EXPECT_EQ(Parse<ApReq>(bytes).status().message(),
            "AP-REQ: ap-options at byte 18");
  EXPECT_EQ(Parse<Ticket>(FromHex("3000")).status().message(),
            "Ticket at byte 0");
}

TEST(MessagesTest, LengthsMayBeLongerThanTheyNeed) {
  // 6f 33 -> 6f 81 33.
  std::string longer(kApRep);
  longer.insert(2, "81");
  EXPECT_TRUE(Parse<ApRep>(FromHex(longer)).ok());
}

TEST(MessagesTest, ListsOfMethodData) {
  const std::vector<uint8_t> value = FromHex("aabb");
  const List<PaData> list = {{.padata_type = 2},
                             {.padata_type = 19, .padata_value = value}};
  const std::vector<uint8_t> bytes = Encode(list);
  const absl::StatusOr<List<PaData>> parsed = ParseList<PaData>(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->size(), 2);
  EXPECT_EQ((*parsed)[1].padata_type, 19);
  EXPECT_EQ(ToHex((*parsed)[1].padata_value), "aabb");
}

std::string Format(KerberosTime time) {
  const auto text = FormatTime(time);
  return std::string(text.begin(), text.end());
}

TEST(TimesTest, TextAndBack) {
  struct Case {
    int64_t seconds;
    std::string_view text;
  };
  for (const Case& c :
       {Case{0, "19700101000000Z"}, Case{771228197, "19940610060317Z"},
        Case{951782400, "20000229000000Z"},
        Case{-11644473600, "16010101000000Z"},
        Case{253402300799, "99991231235959Z"}}) {
    EXPECT_EQ(Format({c.seconds}), c.text);
    KerberosTime time;
    ASSERT_TRUE(ParseTime(BytesOf(c.text), &time)) << c.text;
    EXPECT_EQ(time.seconds, c.seconds);
  }
}

TEST(TimesTest, WhatIsNoTimeIsRefused) {
  for (const std::string_view text :
       {"", "19700101000000", "197001010000000", "19700101000000z",
        "19701301000000Z", "19700230000000Z", "20230229000000Z",
        "19700101240000Z", "19700101006000Z", "19700101000060Z",
        "1970-101000000Z", "19700101000000.5Z"}) {
    KerberosTime time;
    EXPECT_FALSE(ParseTime(BytesOf(text), &time)) << text;
  }
}

TEST(TimesTest, WindowsTime) {
  // 2024-01-01, and 123456.7 microseconds.
  const PreciseTime time = FromFileTime(133'485'408'001'234'567);
  EXPECT_EQ(Format(time.time), "20240101000000Z");
  EXPECT_EQ(time.microseconds, 123456);
  EXPECT_EQ(ToFileTime(time.time, time.microseconds), 133'485'408'001'234'560);
  EXPECT_EQ(Format(FromFileTime(UINT64_MAX).time), "99991231235959Z");
}

}  // namespace
}  // namespace sspilab::kerberos

// tshark judges the captures. It must be installed: a capture that nobody read
// is not a capture that is right.

#include "sim/render/pcapng.h"

#include <string>
#include <variant>

#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "tests/sim/render/tshark.h"

namespace sspilab::sim {
namespace {

using sspilab::testing::kComplaints;
using sspilab::testing::Tshark;
using sspilab::testing::WithoutRootWarning;
using ::testing::HasSubstr;

Trace Record(const Scenario& scenario) {
  Recorder recorder;
  RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  return {scenario, recorder.TakeEvents()};
}

TEST(PcapngTest, TsharkFindsAllMessagesAndNothingMalformed) {
  const std::string capture = TraceToPcapng(Record(ReferenceScenario()));
  const std::string messages = WithoutRootWarning(
      Tshark(capture,
             "-Y ntlmssp -T fields -E separator=, -e ntlmssp.messagetype "
             "-e ntlmssp.challenge.target_name -e ntlmssp.auth.username"));
  EXPECT_EQ(messages, "0x00000001,,\n0x00000002,EXAMPLE,\n0x00000003,,alice\n");
  EXPECT_EQ(WithoutRootWarning(Tshark(capture, kComplaints)), "");
}

TEST(PcapngTest, OtherExchangesAreWellFormedToo) {
  Scenario denied = ReferenceScenario();
  denied.exchange.client.identity->password = u"wrong";
  Scenario stream = ReferenceScenario();
  stream.exchange.form = WireForm::kStream;
  stream.exchange.faults = {{FaultKind::kSplit, Direction::kToServer, 2, 9}};
  Scenario datagram = ReferenceScenario();
  datagram.exchange.client.caller.requirements =
      ISC_REQ_DATAGRAM | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY;
  datagram.exchange.server.requirements =
      ASC_REQ_DATAGRAM | ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY;
  Scenario ntlm_v1 = ReferenceScenario();
  ntlm_v1.client.ntlm.lm_compatibility_level = 0;
  for (const Scenario& scenario : {denied, stream, datagram, ntlm_v1}) {
    const std::string capture = TraceToPcapng(Record(scenario));
    EXPECT_EQ(WithoutRootWarning(Tshark(capture, kComplaints)), "");
    EXPECT_THAT(Tshark(capture, "-Y ntlmssp"), HasSubstr("NTLMSSP_AUTH"));
  }
}

// The complaints above can be heard at all.
TEST(PcapngTest, TsharkHearsOfATruncatedToken) {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.faults = {
      {FaultKind::kTruncate, Direction::kToServer, 2, 100}};
  const std::string capture = TraceToPcapng(Record(scenario));
  EXPECT_NE(WithoutRootWarning(Tshark(capture, kComplaints)), "");
}

TEST(PcapngTest, TsharkHearsOfAWrongChecksum) {
  std::string capture = TraceToPcapng(Record(ReferenceScenario()));
  const size_t at = capture.find("GET / HTTP");
  ASSERT_NE(at, std::string::npos);
  capture[at] = 'P';
  EXPECT_NE(WithoutRootWarning(Tshark(capture, kComplaints)), "");
}

// Negotiate in HTTP: the states of SPNEGO, and NTLM's messages in it.
TEST(PcapngTest, NegotiateIsSpnegoWithNtlmInside) {
  const std::string capture =
      TraceToPcapng(Record(ReferenceScenario(Package::kNegotiate)));
  EXPECT_EQ(WithoutRootWarning(
                Tshark(capture,
                       "-Y gss-api -T fields -E separator=, "
                       "-e spnego.MechType -e spnego.negResult "
                       "-e ntlmssp.messagetype -e ntlmssp.auth.username")),
            "1.3.6.1.4.1.311.2.2.10,,0x00000001,\n"
            ",1,0x00000002,\n"
            ",1,0x00000003,alice\n"
            ",0,,\n");
  EXPECT_EQ(WithoutRootWarning(Tshark(capture, kComplaints)), "");
}

// The exchanges with the KDC are connections to port 88, and the tokens GSS-API
// in HTTP.
TEST(PcapngTest, KerberosWithItsKdc) {
  const std::string capture =
      TraceToPcapng(Record(ReferenceScenario(Package::kKerberos)));
  EXPECT_EQ(WithoutRootWarning(
                Tshark(capture,
                       "-Y kerberos -T fields -E separator=, -e tcp.dstport "
                       "-e tcp.srcport -e kerberos.msg_type")),
            "88,50000,10\n"
            "50000,88,30\n"
            "88,50000,10\n"
            "50000,88,11\n"
            // A TGS-REQ has an AP-REQ in it.
            "88,50000,12,14\n"
            "50000,88,13\n"
            "80,49152,14\n"
            "49152,80,15\n");
  EXPECT_EQ(WithoutRootWarning(Tshark(capture, kComplaints)), "");
  EXPECT_THAT(Tshark(capture, "-q -z conv,tcp"), HasSubstr("192.0.2.88:88"));
}

Scenario OverTls(Package package, uint32_t protocols) {
  Scenario scenario = ReferenceScenario(package);
  scenario.exchange.client.caller.tls.protocols = protocols;
  return scenario;
}

// The keys in the capture open the handshake: 8 is EncryptedExtensions, 11 a
// certificate, 20 Finished, 4 a ticket.
TEST(PcapngTest, SchannelIsTlsThatTsharkDecrypts) {
  const std::string capture =
      TraceToPcapng(Record(ReferenceScenario(Package::kSchannel)));
  EXPECT_EQ(
      WithoutRootWarning(Tshark(capture,
                                "-Y tls.handshake -T fields -E 'separator=;' "
                                "-e tls.handshake.type "
                                "-e tls.handshake.extensions_server_name "
                                "-e x509sat.uTF8String")),
      "1;server.example.test;\n"
      "2,8,11,15,20;;SSPI Lab Server Root,server.example.test\n"
      "20;;\n"
      "4;;\n");
  EXPECT_THAT(Tshark(capture,
                     "-Y tls.alert_message -T fields "
                     "-e tls.alert_message.desc"),
              HasSubstr("0\n0\n"));
  EXPECT_EQ(WithoutRootWarning(Tshark(capture, kComplaints)), "");
}

// No option is needed to find the TSRequests in TLS, and NTLM's messages in
// SPNEGO in them.
TEST(PcapngTest, CredSspIsDissectedInsideTls) {
  for (const uint32_t protocols :
       {SP_PROT_TLS1_2_CLIENT, SP_PROT_TLS1_3_CLIENT}) {
    const std::string capture =
        TraceToPcapng(Record(OverTls(Package::kCredSsp, protocols)));
    EXPECT_EQ(
        WithoutRootWarning(Tshark(capture,
                                  "-Y credssp -T fields -E separator=, "
                                  "-e credssp.version -e ntlmssp.messagetype "
                                  "-e ntlmssp.auth.username")),
        "6,0x00000001,\n6,0x00000002,\n6,0x00000003,alice\n"
        "6,,\n6,,\n6,,\n6,,\n");
    EXPECT_EQ(WithoutRootWarning(Tshark(capture, kComplaints)), "");
  }
}

Scenario WithClientCertificate(Scenario scenario) {
  scenario.client_certificate = "alice";
  scenario.exchange.client.caller.tls.shows_certificate =
      ShowsCertificate::kOnDemand;
  scenario.exchange.server.requirements |= ASC_REQ_MUTUAL_AUTH;
  return scenario;
}

TEST(PcapngTest, OtherTlsExchangesAreWellFormedToo) {
  Scenario stream = OverTls(Package::kCredSsp, SP_PROT_TLS1_2_CLIENT);
  stream.exchange.form = WireForm::kStream;
  stream.exchange.faults = {{FaultKind::kSplit, Direction::kToServer, 2, 9}};
  Scenario pieces = ReferenceScenario(Package::kCredSsp);
  pieces.exchange.faults = {{FaultKind::kSplit, Direction::kToClient, 1, 100}};
  Scenario refused = ReferenceScenario(Package::kSchannel);
  refused.exchange.client.target = u"other.example.test";
  for (const Scenario& scenario :
       {stream, pieces, refused,
        WithClientCertificate(ReferenceScenario(Package::kSchannel)),
        WithClientCertificate(
            OverTls(Package::kSchannel, SP_PROT_TLS1_2_CLIENT))}) {
    EXPECT_EQ(WithoutRootWarning(
                  Tshark(TraceToPcapng(Record(scenario)), kComplaints)),
              "");
  }
}

// Without the keys nothing of that could be seen.
TEST(PcapngTest, WithoutItsKeysNothingIsDecrypted) {
  Trace trace = Record(ReferenceScenario(Package::kCredSsp));
  std::erase_if(trace.events, [](const TraceEvent& event) {
    return std::holds_alternative<TraceKeyLog>(event);
  });
  EXPECT_EQ(WithoutRootWarning(Tshark(TraceToPcapng(trace), "-Y credssp")), "");
}

TEST(PcapngTest, TsharkHearsOfABentRecord) {
  Trace trace = Record(ReferenceScenario(Package::kSchannel));
  for (TraceEvent& event : trace.events) {
    auto* wire = std::get_if<TraceWire>(&event);
    if (wire != nullptr && wire->what == TraceWire::What::kReceive &&
        wire->kind == MessageKind::kToken && wire->bytes.size() > 44) {
      wire->bytes[44] ^= 0xFF;  // The session id's or a suite's length.
      wire->bytes[6] = 0xFF;    // The handshake message's.
    }
  }
  const std::string bent = TraceToPcapng(trace);
  EXPECT_EQ(WithoutRootWarning(Tshark(bent, "-Y tls.handshake.type==20")), "");
}

// The times are the World's, 2024-01-01 and on.
TEST(PcapngTest, TimesAreThoseOfTheWorld) {
  const std::string times = Tshark(TraceToPcapng(Record(ReferenceScenario())),
                                   "-T fields -e frame.time_epoch -c 4");
  EXPECT_THAT(times, HasSubstr("1704067200.000000000"));
  EXPECT_THAT(times, HasSubstr("1704067200.001000000"));
}

}  // namespace
}  // namespace sspilab::sim

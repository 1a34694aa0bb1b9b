// tshark judges the captures. It must be installed: a capture that nobody read
// is not a capture that is right.

#include "sim/render/pcapng.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"

namespace sspilab::sim {
namespace {

using ::testing::HasSubstr;

Trace Record(const Scenario& scenario) {
  Recorder recorder;
  RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  return {scenario, recorder.TakeEvents()};
}

// What tshark says of `capture`, with `arguments`.
std::string Tshark(const std::string& capture, std::string_view arguments) {
  const std::string path =
      absl::StrCat(::testing::TempDir(), "/capture.pcapng");
  std::ofstream(path, std::ios::binary) << capture;
  const std::string command =
      absl::StrCat("HOME=", ::testing::TempDir(), " tshark -r ", path,
                   " -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE ",
                   arguments, " 2>&1");
  FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  std::string output;
  std::array<char, 4096> block;
  while (const size_t got = fread(block.data(), 1, block.size(), pipe)) {
    output.append(block.data(), got);
  }
  EXPECT_EQ(pclose(pipe), 0) << command << "\n" << output;
  return output;
}

// Malformed packets, errors and warnings of any dissector, bad checksums.
constexpr std::string_view kComplaints =
    "-T fields -e frame.number -e _ws.expert.message "
    "-Y '_ws.malformed || _ws.expert.severity >= 6291456 || "
    "ip.checksum.status == 0 || tcp.checksum.status == 0 || "
    "tcp.analysis.flags'";

// Root gets a warning of its own, which is not about the capture.
std::string WithoutRootWarning(std::string text) {
  constexpr std::string_view kWarning =
      "Running as user \"root\" and group \"root\". This could be dangerous.\n";
  if (const size_t at = text.find(kWarning); at != std::string::npos) {
    text.erase(at, kWarning.size());
  }
  return text;
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

// The times are the World's, 2024-01-01 and on.
TEST(PcapngTest, TimesAreThoseOfTheWorld) {
  const std::string times = Tshark(TraceToPcapng(Record(ReferenceScenario())),
                                   "-T fields -e frame.time_epoch -c 4");
  EXPECT_THAT(times, HasSubstr("1704067200.000000000"));
  EXPECT_THAT(times, HasSubstr("1704067200.001000000"));
}

}  // namespace
}  // namespace sspilab::sim

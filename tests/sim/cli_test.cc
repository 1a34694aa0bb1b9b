// The program itself, as one types it.

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sspilab::sim {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Runfile(std::string_view path) {
  return absl::StrCat(std::getenv("TEST_SRCDIR"), "/",
                      std::getenv("TEST_WORKSPACE"), "/", path);
}

std::string TempFile(std::string_view name) {
  return absl::StrCat(::testing::TempDir(), "/", name);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Ran {
  int status;
  std::string output;  // Of both streams.
};

Ran Shell(const std::string& command) {
  FILE* pipe = popen(absl::StrCat("( ", command, " ) 2>&1").c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  Ran ran;
  std::array<char, 4096> block;
  while (const size_t got = fread(block.data(), 1, block.size(), pipe)) {
    ran.output.append(block.data(), got);
  }
  const int status = pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

Ran Sspilab(std::string_view arguments) {
  return Shell(absl::StrCat(Runfile("sim/sspilab"), " ", arguments));
}

TEST(CliTest, WithoutArgumentsItDemonstrates) {
  const Ran ran = Sspilab("");
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(
      ran.output,
      AllOf(HasSubstr("CHALLENGE"), HasSubstr("SEC_E_LOGON_DENIED"),
            HasSubstr("SEC_E_INVALID_TOKEN"),
            HasSubstr("Both sides are authenticated"),
            HasSubstr("Good morning, this is alice."), HasSubstr("Next,")));
  EXPECT_THAT(ran.output, Not(HasSubstr("\x1b")));
}

TEST(CliTest, ExitStatusSaysHowItWent) {
  EXPECT_EQ(Sspilab("run --user bob --domain WORK --password secret").status,
            0);
  EXPECT_EQ(Sspilab("run --password a --server-password b").status, 1);
  EXPECT_EQ(Sspilab("run --fault truncate:to-server:2:64").status, 1);
  EXPECT_EQ(Sspilab("run --fault split:to-server:2:64 --form stream").status,
            0);
  EXPECT_EQ(Sspilab("run --flags DATAGRAM,CONFIDENTIALITY,INTEGRITY").status,
            0);
  EXPECT_EQ(Sspilab("run --client-lm-level 1").status, 0);
  EXPECT_EQ(Sspilab("run --client-lm-level 1 --server-lm-level 5").status, 1);
  EXPECT_EQ(Sspilab("run --client-lm-level 6").status, 2);
}

TEST(CliTest, UnknownWordsGetAnAnswer) {
  const auto fails = [](std::string_view arguments, std::string_view message) {
    const Ran ran = Sspilab(arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_THAT(ran.output, HasSubstr(message));
    EXPECT_TRUE(absl::StartsWith(ran.output, "sspilab: ")) << ran.output;
  };
  fails("runn", "did you mean 'run'?");
  fails("run --sede 1", "did you mean 'seed'?");
  fails("run --flags INTEGRTY", "did you mean 'INTEGRITY'?");
  fails("run --package NTML", "did you mean 'NTLM'?");
  fails("run --form streem", "did you mean 'stream'?");
  fails("run --fault cut:to-server:1:1", "unknown kind of fault");
  fails("run --seed x", "is not a number");
  fails("run extra", "there is no file and no scenario 'extra'");
  fails("run extra --user x", "--user does not go with a file");
  fails("states", "of which package? ");
  fails("states Kerberros", "there are those of ");
  fails("decode", "decode what?");
  fails("decode /nonexistent", "cannot open /nonexistent");
  fails("decode --hex 123", "even number");
  fails("replay", "replay what?");
  fails("seed2trace ntlm_session", "which input?");
  fails("seed2trace ntlm x", "no target 'ntlm'");
  fails("trace2seed ntlm_session /nonexistent/x", "/nonexistent/x");
  fails("explore", "explore which package?");
  fails("explore NTML", "only NTLM");
  fails("explore NTLM --depth 0", "--depth is not from 1");
  fails("swarm --seeds 9..1", "A..B with A up to B");
  fails("swarm --packages Digest", "only NTLM");
  fails("swarm --trace x", "--trace is of one session");
  fails("swarm --threads 99", "--threads is not from 1 to 12");
  fails("run --fault flip:to-server:1", "flip:DIRECTION:LEG:WHERE[:MASK]");
  fails("status INCOMPLETE_MESSAGE",
        "did you mean 'SEC_E_INCOMPLETE_MESSAGE'?");
  fails("status SEC_E_OK banana", "unknown status 'banana'; sspilab status,");
  fails("status 12", "no status of the SSPI has the value 12");
  fails("statuses NTML", "did you mean 'NTLM'?");
  fails("statuses Digest", "there is no package 'Digest'");
  fails("help runn", "did you mean 'run'?");
}

TEST(CliTest, AFileThatCannotBeWrittenIsSaidToBe) {
  const Ran ran = Sspilab("run --trace /nonexistent/x");
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.output, HasSubstr("sspilab: cannot create /nonexistent/x: "));
}

TEST(CliTest, EveryCommandHasHelpWithExamples) {
  const Ran all = Sspilab("--help");
  EXPECT_EQ(all.status, 0);
  for (const std::string_view command :
       {"demo", "run", "new", "decode", "states", "status", "statuses", "rules",
        "replay", "explore", "swarm", "bench", "seed2trace", "trace2seed"}) {
    EXPECT_THAT(all.output, HasSubstr(absl::StrCat("  ", command, " ")));
    const Ran help = Sspilab(absl::StrCat(command, " --help"));
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.output,
                HasSubstr(absl::StrCat("Usage: sspilab ", command)));
    EXPECT_THAT(help.output, HasSubstr("Examples:"));
    EXPECT_EQ(Sspilab(absl::StrCat("help ", command)).output, help.output);
  }
}

TEST(CliTest, AStatusIsExplainedByNameOrNumber) {
  const Ran named = Sspilab("status SEC_E_INCOMPLETE_MESSAGE");
  EXPECT_EQ(named.status, 0);
  EXPECT_THAT(
      named.output,
      AllOf(HasSubstr("SEC_E_INCOMPLETE_MESSAGE  0x80090318  -2146893032  "
                      "error\n"),
            HasSubstr("  InitializeSecurityContext   Schannel, CREDSSP: page "
                      "(Schannel), page (CredSSP)\n"),
            HasSubstr("  After DecryptMessage (Schannel, CREDSSP):\n"),
            HasSubstr("rules incomplete-taken-for-fatal, "
                      "incomplete-bytes-lost")));
  for (const std::string_view number :
       {"0x80090318", "0X80090318", "-2146893032", "2148074264"}) {
    EXPECT_EQ(Sspilab(absl::StrCat("status ", number)).output, named.output)
        << number;
  }
  EXPECT_EQ(Sspilab("status SEC_E_NO_SPM").output,
            Sspilab("status sec_e_internal_error").output);
  EXPECT_THAT(Sspilab("status SEC_E_NO_SPM").output,
              HasSubstr("SEC_E_INTERNAL_ERROR, also SEC_E_NO_SPM  0x80090304"));
  const Ran two = Sspilab("status SEC_E_OK SEC_E_INCOMPLETE_MESSAGE");
  EXPECT_THAT(two.output, AllOf(HasSubstr("SEC_E_OK  0x00000000  0  success"),
                                HasSubstr(named.output)));
}

TEST(CliTest, AStatusIsShownHappening) {
  const Ran ran = Sspilab("status SEC_E_MESSAGE_ALTERED");
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.output,
              AllOf(HasSubstr("How it happens\n"),
                    HasSubstr("\n  sspilab run "), HasSubstr(" ● ")));
  EXPECT_THAT(Sspilab("status SEC_E_PKINIT_NAME_MISMATCH").output,
              HasSubstr("No scenario causes it: logons with certificates "));
}

TEST(CliTest, EveryStatusHasAScenarioOrAReason) {
  const Ran ran = Sspilab("statuses");
  EXPECT_EQ(ran.status, 0) << ran.output.substr(ran.output.size() / 2);
  EXPECT_THAT(ran.output, Not(HasSubstr("wrong\n")));
  EXPECT_THAT(ran.output, HasSubstr("\nfigure statuses.reached 22\n"
                                    "figure statuses.documented 22\n"));
  const Ran one = Sspilab("statuses credssp");
  EXPECT_EQ(one.status, 0);
  EXPECT_THAT(one.output, Not(HasSubstr("figure")));
}

TEST(CliTest, StatusWithoutANameListsAllOfThem) {
  const Ran ran = Sspilab("status");
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.output,
              AllOf(HasSubstr("success\n  0x00000000  SEC_E_OK "),
                    HasSubstr("\ninformational\n  0x00090312  SEC_I_"),
                    HasSubstr("\nerror\n  0x80090300  SEC_E_INSUFF")));
}

// What the README promises to somebody who never saw the project.
TEST(CliTest, ANewScenarioWorks) {
  const std::string path = TempFile("new_scenario.toml");
  std::remove(path.c_str());
  EXPECT_EQ(Sspilab(absl::StrCat("new ", path)).status, 0);
  const Ran ran = Sspilab(absl::StrCat("run ", path));
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("The client has a wrong password"),
                                HasSubstr("SEC_E_LOGON_DENIED"),
                                HasSubstr("As expected.")));
  const Ran again = Sspilab(absl::StrCat("new ", path));
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.output, HasSubstr("is there already"));
  EXPECT_EQ(Shell(absl::StrCat(Runfile("sim/sspilab"), " new | ",
                               Runfile("sim/sspilab"), " run -"))
                .status,
            0);
}

TEST(CliTest, ScenariosFromFiles) {
  const std::string folder = TempFile("scenarios");
  ASSERT_EQ(
      Shell(absl::StrCat("rm -rf ", folder, " && mkdir -p ", folder, "/sub"))
          .status,
      0);
  std::ofstream(folder + "/b.toml") << "package = 'NTLM'\n";
  std::ofstream(folder + "/sub/a.toml")
      << "package = 'NTLM'\nclient.target = 'x'\n";
  std::ofstream(folder + "/none.txt") << "no scenario";
  const Ran good = Sspilab(absl::StrCat("run ", folder));
  EXPECT_EQ(good.status, 0);
  EXPECT_EQ(good.output,
            absl::StrCat("ok      ", folder, "/b.toml\nok      ", folder,
                         "/sub/a.toml\n2 scenarios, 2 as expected\n"));
  std::ofstream(folder + "/sub/a.toml")
      << "package = 'NTLM'\nexpect.server_ends = 'expired'\n";
  const Ran differs = Sspilab(absl::StrCat("run ", folder));
  EXPECT_EQ(differs.status, 1);
  EXPECT_THAT(
      differs.output,
      AllOf(
          HasSubstr(absl::StrCat("differs ", folder, "/sub/a.toml\n  ", folder,
                                 "/sub/a.toml:2  server's ending  "
                                 "expected expired\n")),
          HasSubstr("got      authenticated"), HasSubstr("CHALLENGE"),
          HasSubstr(absl::StrCat("sspilab run ", folder, "/sub/a.toml")),
          HasSubstr("2 scenarios, 1 as expected")));
  for (const std::string_view threads : {"1", "2", "8"}) {
    EXPECT_EQ(
        Sspilab(absl::StrCat("run ", folder, " --threads ", threads)).output,
        differs.output);
  }
  std::ofstream(folder + "/b.toml") << "pakage = 'NTLM'\n";
  const Ran bad = Sspilab(absl::StrCat("run ", folder));
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.output,
              HasSubstr(absl::StrCat("sspilab: ", folder, "/b.toml:1:1: ")));
  EXPECT_EQ(Sspilab(absl::StrCat("run ", folder, "/nowhere.toml")).status, 2);
}

TEST(CliTest, ScenariosByName) {
  const Ran ran = Sspilab("run ntlm/wrong_password");
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.output, HasSubstr("As expected."));
  const Ran several = Sspilab("run ntlm/ordinary schannel/ordinary");
  EXPECT_EQ(several.output,
            "ok      ntlm/ordinary\nok      schannel/ordinary\n2 scenarios, 2 "
            "as expected\n");
  const Ran list = Sspilab("run --list");
  EXPECT_EQ(list.status, 0);
  EXPECT_THAT(list.output, HasSubstr("ntlm/wrong_password "));
  const Ran folder = Sspilab("run --list ntlm");
  EXPECT_EQ(folder.status, 0);
  EXPECT_THAT(folder.output, HasSubstr("ntlm/wrong_password "));
  EXPECT_THAT(folder.output, Not(HasSubstr("schannel/")));
  EXPECT_EQ(Sspilab("run --list ntml").status, 2);
  const Ran all = Sspilab("run reports");
  EXPECT_EQ(all.status, 0);
  EXPECT_THAT(all.output, HasSubstr("ok      reports/dotnet_42427\n"));
  const Ran unknown = Sspilab("run ntlm/wrong_pasword");
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.output, HasSubstr("did you mean 'ntlm/wrong_password'?"));
  EXPECT_EQ(Sspilab("run ntlm/ordinary ntlm/wire_set --trace x").status, 2);
}

TEST(CliTest, ExploringPrintsItsNumbersAndItsFigure) {
  const Ran ran = Sspilab("explore NTLM --depth 1");
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr(" states, "));
  EXPECT_THAT(ran.output, HasSubstr("depth 1; left are 44 states"));
  EXPECT_THAT(ran.output, HasSubstr("Every invariant held."));
  EXPECT_THAT(ran.output,
              HasSubstr("\nfigure explore.ntlm.states_per_second "));
}

TEST(CliTest, ASwarmIsTheSameInAnyNumberOfThreads) {
  const auto digest = [](const Ran& ran) {
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_THAT(ran.output,
                HasSubstr("\nfigure swarm.ntlm.sessions_per_second "));
    return ran.output.substr(0, ran.output.find("figure "));
  };
  const std::string one =
      digest(Sspilab("swarm --packages NTLM --seeds 100..2999 --threads 1"));
  EXPECT_EQ(
      one,
      digest(Sspilab("swarm --packages NTLM --seeds 100..2999 --threads 3")));
  EXPECT_NE(
      one,
      digest(Sspilab("swarm --packages NTLM --seeds 101..3000 --threads 3")));
}

TEST(CliTest, ASingleSeedIsToldCallByCall) {
  const Ran ran = Sspilab("swarm --seeds 4711");
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("CREDSSP: 1 sessions"));
  EXPECT_THAT(ran.output, HasSubstr("seed 4711\n"));
  EXPECT_THAT(ran.output, Not(HasSubstr("figure ")));
  EXPECT_THAT(ran.output, HasSubstr("  InitializeSecurityContext SEC_"));
}

TEST(CliTest, EveryTransitionOfNtlmIsTaken) {
  const Ran ran = Sspilab("states NTLM --coverage");
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, Not(HasSubstr("NEVER TAKEN")));
  EXPECT_THAT(ran.output, HasSubstr("; 0 transitions were in no table"));
  EXPECT_THAT(ran.output, HasSubstr("\nfigure transitions.taken 53\n"));
  EXPECT_THAT(ran.output, HasSubstr("\nfigure transitions.declared 53\n"));
}

TEST(CliTest, WhatOtherProgramsCountedIsAColumn) {
  const std::string path = TempFile("taken.tsv");
  std::ofstream(path) << "corpora\tNTLM initiator\tStart\tBegun\t4711\n";
  const Ran ran =
      Sspilab(absl::StrCat("states NTLM --coverage --taken ", path));
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("  exploration      corpora\n"));
  EXPECT_THAT(ran.output, HasSubstr("         4711  Start - Begun -> "));

  std::ofstream(path) << "nonsense\n";
  const Ran refused =
      Sspilab(absl::StrCat("states NTLM --coverage --taken ", path));
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.output, HasSubstr("taken.tsv:1: expected five columns"));
}

TEST(CliTest, ATraceOfAnotherVersionsScenarioReplays) {
  const std::string path = TempFile("old.jsonl");
  ASSERT_EQ(Sspilab(absl::StrCat("run --trace ", path)).status, 0);
  std::string text = ReadFile(path);
  const std::string_view added = ",\"latency\":10000";
  const size_t at = text.find(added);
  ASSERT_NE(at, std::string::npos);
  std::ofstream(path, std::ios::binary) << text.erase(at, added.size());
  const Ran ran = Sspilab(absl::StrCat("replay ", path));
  EXPECT_EQ(ran.status, 0) << ran.output;
}

TEST(CliTest, ATraceReplaysUntilItIsChanged) {
  const std::string path = TempFile("run.jsonl");
  ASSERT_EQ(Sspilab(absl::StrCat("run --seed 7 --trace ", path)).status, 0);
  const Ran same = Sspilab(absl::StrCat("replay ", path));
  EXPECT_EQ(same.status, 0) << same.output;
  EXPECT_THAT(same.output, HasSubstr("the same run to the byte"));

  std::string changed = ReadFile(path);
  const size_t at = changed.find("\"bytes\":\"4e54");
  ASSERT_NE(at, std::string::npos);
  changed[at + 12] = '5';
  std::ofstream(path, std::ios::binary) << changed;
  const Ran differs = Sspilab(absl::StrCat("replay ", path));
  EXPECT_EQ(differs.status, 1) << differs.output;
  EXPECT_THAT(differs.output, HasSubstr("the runs differ"));

  std::ofstream(path, std::ios::binary) << "{\n";
  const Ran broken = Sspilab(absl::StrCat("replay ", path));
  EXPECT_EQ(broken.status, 2);
  EXPECT_THAT(broken.output, HasSubstr("run.jsonl:1:"));
}

TEST(CliTest, ASeedIsTextAndBackAgain) {
  const std::string seed = TempFile("seed"), text = TempFile("seed.jsonl");
  std::ofstream(seed, std::ios::binary)
      << std::string(27, '\0') << std::string("\0\1\x14\0\x10", 5);
  ASSERT_EQ(Sspilab(absl::StrCat("seed2trace ntlm_session ", seed, " > ", text))
                .status,
            0);
  EXPECT_THAT(ReadFile(text), HasSubstr(R"({"flip":1,"place":20,"value":16})"));
  const Ran again = Sspilab(absl::StrCat("trace2seed ntlm_session ", text));
  EXPECT_EQ(again.status, 0);
  EXPECT_EQ(again.output, ReadFile(seed));
  const Ran other = Sspilab(absl::StrCat("trace2seed ntlm_acceptor ", text));
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.output, HasSubstr("not of 'ntlm_acceptor'"));
}

TEST(CliTest, DecodesBinaryHexadecimalAndBase64) {
  constexpr std::string_view kHex = "4e544c4d535350000100000007820000";
  const Ran hex = Sspilab(absl::StrCat("decode --hex ", kHex));
  EXPECT_EQ(hex.status, 0);
  EXPECT_THAT(hex.output, HasSubstr("NTLMSSP_NEGOTIATE_UNICODE"));
  const std::string program = Runfile("sim/sspilab");
  for (const std::string_view source :
       {"printf 'NTLMSSP\\0\\001\\0\\0\\0\\007\\202\\0\\0'",
        "echo 4e:54:4c:4d:53:53:50:00 01 00 00 00 07820000",
        "echo TlRMTVNTUAABAAAAB4IAAA==",
        "echo 'WWW-Authenticate: NTLM TlRMTVNTUAABAAAAB4IAAA=='",
        "echo 'authorization: negotiate TlRMTVNTUAABAAAAB4IAAA=='"}) {
    const Ran ran = Shell(absl::StrCat(source, " | ", program, " decode -"));
    EXPECT_EQ(ran.status, 0) << source;
    EXPECT_EQ(ran.output, hex.output) << source;
  }
  const Ran malformed = Sspilab("decode --hex 4e544c4d5353500001000000");
  EXPECT_EQ(malformed.status, 1);
  EXPECT_THAT(malformed.output, HasSubstr("malformed: "));
  EXPECT_EQ(Shell(absl::StrCat("echo hello | ", program, " decode -")).status,
            2);
}

TEST(CliTest, StatesAreATableOrAGraph) {
  const Ran table = Sspilab("states ntlm");
  EXPECT_EQ(table.status, 0);
  EXPECT_THAT(table.output,
              AllOf(HasSubstr("NTLM initiator"), HasSubstr("NTLM acceptor"),
                    HasSubstr("SEC_E_LOGON_DENIED")));
  EXPECT_THAT(Sspilab("states negotiate").output,
              HasSubstr("Negotiate initiator"));
  EXPECT_THAT(Sspilab("states Schannel").output,
              HasSubstr("SEC_I_INCOMPLETE_CREDENTIALS"));
  EXPECT_THAT(Sspilab("states CredSSP").output, HasSubstr("CredSSP acceptor"));
  const Ran graph = Sspilab("states NTLM --dot");
  EXPECT_EQ(graph.status, 0);
  EXPECT_TRUE(absl::StartsWith(graph.output, "digraph machines {\n"));
  EXPECT_TRUE(absl::EndsWith(graph.output, "}\n"));
}

// The pictures are what the commands beside them make.
TEST(CliTest, ThePicturesAreUpToDate) {
  const auto is_made_by = [](std::string_view picture,
                             std::string_view command) {
    const std::string path = TempFile("picture.svg");
    ASSERT_EQ(Sspilab(absl::StrCat(command, " --svg ", path)).status, 0);
    EXPECT_EQ(ReadFile(path), ReadFile(Runfile(picture)))
        << "make it again: sim/run " << command << " --svg " << picture;
  };
  is_made_by("sim/render/ladder.svg", "run");
  is_made_by("sim/render/credssp.svg", "run --package CREDSSP");
  is_made_by("sim/render/kerberos.svg", "run --package Kerberos");
}

// The last example of the command is pasted into a shell.
TEST(CliTest, TheKeytabOpensTheCapture) {
  const std::string help = Sspilab("run --help").output;
  const size_t example =
      help.find("sspilab run --package Kerberos --pcap k.pcapng");
  ASSERT_NE(example, std::string::npos);
  const std::string program = Runfile("sim/sspilab");
  const Ran ran = Shell(absl::StrCat(
      "cd ", ::testing::TempDir(), " && export HOME=$PWD PATH=",
      program.substr(0, program.rfind('/')), ":$PATH\n", help.substr(example)));
  EXPECT_EQ(ran.status, 0) << ran.output;
  EXPECT_THAT(ran.output, AllOf(HasSubstr("Both sides are authenticated"),
                                HasSubstr("using keytab principal SERVER$@"),
                                HasSubstr("encTicketPart\n")));
  const Ran no_realm = Sspilab("run --keytab " + TempFile("none.keytab"));
  EXPECT_EQ(no_realm.status, 2);
  EXPECT_THAT(no_realm.output, HasSubstr("in no Kerberos realm"));
  EXPECT_EQ(Sspilab("run kerberos/rc4 kerberos/aes128 --keytab " +
                    TempFile("two.keytab"))
                .status,
            2);
}

// So are the ladders: of each the rungs, without the calls and fields.
TEST(CliTest, TheLaddersOfTheReadmeAreUpToDate) {
  const std::string readme = ReadFile(Runfile("README.md"));
  for (const std::string_view package : {"Negotiate", "Schannel", "CREDSSP"}) {
    const std::string command = absl::StrCat("run --package ", package);
    EXPECT_THAT(readme,
                HasSubstr(absl::StrCat("sim/run ", command, " | grep '──'\n")));
    const Ran ran = Shell(
        absl::StrCat(Runfile("sim/sspilab"), " ", command, " | grep '──'"));
    EXPECT_EQ(ran.status, 0);
    EXPECT_NE(readme.find(absl::StrCat("```\n", ran.output, "```\n")),
              std::string::npos)
        << "README.md does not quote what is printed:\n"
        << ran.output;
  }
}

TEST(CliTest, EachPackageRunsAndReplays) {
  for (const std::string_view arguments :
       {"--package negotiate", "--package Kerberos",
        "--package Negotiate --realm --user bob --password secret",
        "--package Schannel --tls 1.2",
        "--package Schannel --client-certificate alice",
        "--package CredSSP --user bob --form stream "
        "--fault split:to-client:2:3"}) {
    const std::string path = TempFile("package.jsonl");
    const Ran run =
        Sspilab(absl::StrCat("run --seed 3 ", arguments, " --trace ", path));
    EXPECT_EQ(run.status, 0) << arguments << "\n" << run.output;
    const Ran again = Sspilab(absl::StrCat("replay ", path));
    EXPECT_EQ(again.status, 0) << again.output;
  }
  EXPECT_EQ(Sspilab("run --package Schannel --target other.test").status, 1);
  EXPECT_EQ(Sspilab("run --package Schannel --user bob").status, 2);
  EXPECT_EQ(Sspilab("run --package Schannel --realm").status, 2);
  EXPECT_EQ(Sspilab("run --package Schannel --tls 1.1").status, 2);
}

// The KDC is asked in the ladder, and what it encrypts can be read.
TEST(CliTest, KerberosShowsItsKdc) {
  const Ran ran = Sspilab("run --package Kerberos");
  EXPECT_EQ(ran.status, 0);
  for (const std::string_view part :
       {"├╌╌ AS-REQ", "KDC_ERR_PREAUTH_REQUIRED", "PA-ENC-TS-ENC",
        "◁╌╌ TGS-REP", "── AP-REQ", "EncTicketPart", "Authenticator",
        "── AP-REP", "EncAPRepPart"}) {
    EXPECT_THAT(ran.output, HasSubstr(part));
  }
  const Ran denied =
      Sspilab("run --package Kerberos --password a --server-password b");
  EXPECT_EQ(denied.status, 1);
  EXPECT_THAT(denied.output, AllOf(HasSubstr("KDC_ERR_PREAUTH_FAILED"),
                                   HasSubstr("SEC_E_LOGON_DENIED")));
  const Ran unknown = Sspilab("run --package Kerberos --target HTTP/nowhere");
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.output, AllOf(HasSubstr("KDC_ERR_S_PRINCIPAL_UNKNOWN"),
                                    HasSubstr("SEC_E_TARGET_UNKNOWN")));
}

// The key opens what it is for: RFC 4120 5.3 of a ticket.
TEST(CliTest, DecodesWithAKey) {
  const std::string trace = TempFile("kerberos.jsonl");
  const Ran run = Sspilab("run --package Kerberos --trace " + trace);
  ASSERT_EQ(run.status, 0);
  const std::string json = ReadFile(trace);
  // The last of the KDC's messages is a TGS-REP; the token comes behind it.
  const size_t send = json.find("\"wire\":\"send\"");
  const size_t bytes = json.find("\"bytes\":\"", send) + 9;
  const std::string token = json.substr(bytes, json.find('"', bytes) - bytes);
  const Ran closed = Sspilab("decode --hex " + token);
  EXPECT_EQ(closed.status, 0) << closed.output;
  EXPECT_THAT(closed.output,
              AllOf(HasSubstr("AP-REQ"), HasSubstr("host/server.example.test"),
                    Not(HasSubstr("encrypted in it"))));
  // The session key stands in the ladder, a line below its type.
  const std::string_view type = "aes256-cts-hmac-sha1-96";
  constexpr size_t kDigits = 64;
  const size_t type_at = run.output.find(
      type, run.output.find("session key", run.output.find("EncTGSRepPart")));
  ASSERT_NE(type_at, std::string::npos);
  std::string key = run.output.substr(
      run.output.find_first_of("0123456789abcdef", type_at + type.size()),
      kDigits);
  const auto decode = [&] {
    return Sspilab(
        absl::StrCat("decode --key ", type, ":", key, " --hex ", token));
  };
  const Ran opened = decode();
  EXPECT_EQ(opened.status, 0) << opened.output;
  EXPECT_THAT(opened.output, AllOf(HasSubstr("encrypted in it: Authenticator"),
                                   Not(HasSubstr("EncTicketPart"))));
  std::rotate(key.begin(), key.begin() + 2, key.end());
  const Ran other = decode();
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.output, HasSubstr("nothing in it is encrypted with"));
  const Ran wrong =
      Sspilab("decode --key aes128-cts-hmac-sha1-96:00 --hex " + token);
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.output, HasSubstr("has 1 bytes; a key of"));
}

TEST(CliTest, DecodesTokensOfEveryPackage) {
  const auto decodes = [](std::string_view source, std::string_view field) {
    const Ran ran = Shell(absl::StrCat("printf '", source, "' | ",
                                       Runfile("sim/sspilab"), " decode -"));
    EXPECT_EQ(ran.status, 0) << source << "\n" << ran.output;
    EXPECT_THAT(ran.output, HasSubstr(field));
  };
  decodes("Authorization: Negotiate oRQwEqADCgEAoQsGCSqGSIL3EgECAg==",
          "Kerberos");
  decodes("15 03 03 00 02 02 30", "unknown_ca");
  decodes("\\025\\003\\003\\0\\002\\002\\060", "unknown_ca");
  decodes("3005a003020106", "TSRequest");
}

TEST(CliTest, RulesAreListedAndLookedUp) {
  const Ran all = Sspilab("rules");
  EXPECT_EQ(all.status, 0);
  EXPECT_THAT(all.output,
              AllOf(HasSubstr("Of callers\n"), HasSubstr("Of packages\n"),
                    HasSubstr("token-not-sent "), HasSubstr("keys-differ ")));
  const Ran one = Sspilab("rules token-not-sent");
  EXPECT_EQ(one.status, 0);
  EXPECT_THAT(one.output, AllOf(HasSubstr("of      callers\n"),
                                HasSubstr("RFC 2743 1.1.4")));
  EXPECT_THAT(one.output, Not(HasSubstr("keys-differ")));
  const Ran none = Sspilab("rules token-not-send");
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.output, HasSubstr("did you mean 'token-not-sent'?"));
}

// The README's program is the one that is built, and it works.
TEST(CliTest, TheProgramOfTheReadmeIsTheExample) {
  const std::string readme = ReadFile(Runfile("README.md"));
  const std::string example =
      ReadFile(Runfile("sim/examples/first_exchange.cc"));
  EXPECT_NE(readme.find(absl::StrCat("```c++\n", example, "```\n")),
            std::string::npos)
      << "README.md does not quote sim/examples/first_exchange.cc as it is";
  const Ran ran = Shell(Runfile("sim/examples/first_exchange"));
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(readme.find(absl::StrCat("```\n", ran.output, "```\n")),
            std::string::npos)
      << "README.md does not quote what the example prints:\n"
      << ran.output;
}

}  // namespace
}  // namespace sspilab::sim

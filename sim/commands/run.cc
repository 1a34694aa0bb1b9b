// sspilab run: one exchange, as one likes it.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "core/wire/utf.h"
#include "sim/commands/command.h"
#include "sim/commands/command_line.h"
#include "sim/commands/run_files.h"
#include "sim/commands/run_outputs.h"
#include "sim/commands/show.h"
#include "sim/commands/tls_options.h"
#include "sim/context_flags.h"
#include "sim/did_you_mean.h"
#include "sim/render/html_run.h"
#include "sim/scenario.h"
#include "sim/wire.h"

namespace sspilab::sim {
namespace {

// Takes the options one after the other; the first error stays.
class ScenarioBuilder {
 public:
  explicit ScenarioBuilder(const ParsedOptions& options) : options_(options) {}

  absl::StatusOr<Scenario> Build() {
    TakePackage();
    TakeIdentity();
    TakeFlags();
    TakeCertificates();
    TakeWire();
    TakeWorlds();
    if (!status_.ok()) {
      return status_;
    }
    return scenario_;
  }

 private:
  void TakePackage();
  void TakeIdentity();
  void TakeFlags();
  void TakeCertificates();
  void TakeWire();
  void TakeWorlds();

  std::u16string Text(std::string_view name, std::u16string otherwise) {
    const std::optional<std::string_view> given = options_.Get(name);
    if (!given.has_value()) {
      return otherwise;
    }
    absl::StatusOr<std::u16string> text = wire::Utf8ToUtf16(*given);
    if (!text.ok()) {
      Fail(
          absl::StrCat("--", name, " is not UTF-8: ", text.status().message()));
      return otherwise;
    }
    return *std::move(text);
  }

  uint64_t Number(std::string_view name, uint64_t otherwise) {
    const absl::StatusOr<uint64_t> number = options_.Number(name, otherwise);
    status_.Update(number.status());
    return number.value_or(otherwise);
  }

  void Fail(std::string_view message) {
    status_.Update(absl::InvalidArgumentError(message));
  }

  const ParsedOptions& options_;
  Scenario scenario_ = ReferenceScenario();
  absl::Status status_;
};

void ScenarioBuilder::TakePackage() {
  const absl::StatusOr<Package> package =
      FindReferencePackage(options_.GetOr("package", "NTLM"));
  status_.Update(package.status());
  scenario_ = ReferenceScenario(package.value_or(Package::kNtlm));
}

void ScenarioBuilder::TakeIdentity() {
  ClientOptions& client = scenario_.exchange.client;
  client.target = Text("target", client.target);
  // Over Schannel nobody has a password.
  if (!client.identity.has_value()) {
    for (const std::string_view name :
         {"user", "domain", "password", "server-password", "realm"}) {
      if (options_.Has(name)) {
        Fail(absl::StrCat("--", name, " means nothing to ",
                          wire::Utf16ToUtf8Lossy(client.caller.package)));
      }
    }
    return;
  }
  Identity& identity = *client.identity;
  ScenarioAccount& account = scenario_.accounts.front();
  identity.user = Text("user", identity.user);
  identity.domain = Text("domain", identity.domain);
  identity.password = Text("password", identity.password);
  account = {identity.user, identity.domain,
             Text("server-password", identity.password)};
  if (options_.Has("realm") || !scenario_.realms.empty()) {
    scenario_.realms = {ReferenceRealm(scenario_)};
    scenario_.realms.front().principals.front().password =
        wire::Utf16ToUtf8Lossy(account.password);
  }
}

void ScenarioBuilder::TakeCertificates() {
  if (const auto name = options_.Get("client-certificate")) {
    GiveClientCertificate(std::string(*name), &scenario_);
  }
  status_.Update(TakeTlsOptions(options_, &scenario_));
}

void ScenarioBuilder::TakeFlags() {
  const auto take = [&](std::string_view name, Side side,
                        uint32_t* requirements) {
    if (const auto text = options_.Get(name); text.has_value()) {
      const absl::StatusOr<uint32_t> flags = ParseRequestFlags(side, *text);
      status_.Update(flags.status());
      *requirements = flags.value_or(0);
    }
  };
  CallerOptions& client = scenario_.exchange.client.caller;
  CallerOptions& server = scenario_.exchange.server;
  take("flags", Side::kClient, &client.requirements);
  take("server-flags", Side::kServer, &server.requirements);
  InsistOnSealing(options_.Has("server-flags"), &scenario_.exchange);
}

void ScenarioBuilder::TakeWire() {
  const std::string_view form = options_.GetOr("form", kWireFormNames[0]);
  const auto* it =
      std::find(kWireFormNames.begin(), kWireFormNames.end(), form);
  if (it == kWireFormNames.end()) {
    Fail(absl::StrCat("--form '", form,
                      "': ", DidYouMean(form, kWireFormNames)));
  } else {
    scenario_.exchange.form =
        static_cast<WireForm>(it - kWireFormNames.begin());
  }
  for (const std::string_view text : options_.All("fault")) {
    const absl::StatusOr<Fault> fault = ParseFault(text);
    status_.Update(fault.status());
    if (fault.ok()) {
      scenario_.exchange.faults.push_back(*fault);
    }
  }
}

void ScenarioBuilder::TakeWorlds() {
  constexpr uint64_t kHighestLevel = 5;
  scenario_.seed = Number("seed", scenario_.seed);
  const auto level = [&](std::string_view name, NtlmPolicy* policy) {
    const uint64_t number =
        Number(name, static_cast<uint64_t>(policy->lm_compatibility_level));
    if (number > kHighestLevel) {
      Fail(absl::StrCat("--", name, " is from 0 to ", kHighestLevel));
    }
    policy->lm_compatibility_level = static_cast<int>(number);
  };
  level("client-lm-level", &scenario_.client.ntlm);
  level("server-lm-level", &scenario_.server.ntlm);
  const bool completes = options_.Has("complete-auth-token");
  scenario_.client.ntlm.complete_auth_token = completes;
  scenario_.server.ntlm.complete_auth_token = completes;
}

int RunExchange(const ParsedOptions& options, const Console& console) {
  const absl::StatusOr<Scenario> scenario = ScenarioBuilder(options).Build();
  if (!scenario.ok()) {
    console.PrintError(scenario.status().message());
    return kExitBadInput;
  }
  const RecordedRun run = RunAndRecord(*scenario);
  Show(run, console);
  absl::Status written = WriteOutputs(run, options, console);
  RunOnPage page;
  page.command = CommandLine("run", options);
  page.trace = &run.trace;
  page.outcome = &run.outcome;
  written.Update(WritePage(
      absl::StrCat("An exchange over ", options.GetOr("package", "NTLM")),
      {page}, options, console));
  if (!written.ok()) {
    console.PrintError(written.message());
    return kExitBadInput;
  }
  return run.outcome.ok ? kExitOk : kExitCheckFailed;
}

constexpr OptionSpec kOptions[] = {
    {"package", "NAME",
     "The security package: NTLM, Negotiate, Kerberos, Schannel, CREDSSP. "
     "Default: NTLM."},
    {"user", "NAME", "Who the client says it is. Default: alice."},
    {"domain", "NAME", "Of which domain. Default: EXAMPLE."},
    {"password", "TEXT", "The password that the client knows."},
    {"server-password", "TEXT",
     "The password of that account as the server's authority, or the KDC, has "
     "it. Default: the same."},
    {"realm", "",
     "Negotiate, CREDSSP: both machines are in the Kerberos realm "
     "EXAMPLE.TEST, and reach its KDC. Over Kerberos they always are."},
    {"target", "NAME",
     "Whom the client wants to talk to. Default: server.example.test, with "
     "host/ or, for CREDSSP, TERMSRV/ before it."},
    {"flags", "NAME,...",
     "What the client asks for: ISC_REQ_ flags by name, or a number. Default: "
     "REPLAY_DETECT, SEQUENCE_DETECT, CONFIDENTIALITY, ALLOCATE_MEMORY, "
     "CONNECTION, INTEGRITY, for Kerberos MUTUAL_AUTH and EXTENDED_ERROR, too; "
     "over TLS STREAM, EXTENDED_ERROR and, for CREDSSP, "
     "DELEGATE in place of the last two."},
    {"server-flags", "NAME,...",
     "What the service asks for: ASC_REQ_ flags. Default: the same but for "
     "ALLOCATE_MEMORY."},
    {"client-certificate", "NAME",
     "Schannel, CREDSSP: the server asks for a certificate, and the client has "
     "one for NAME, which it shows when it is asked."},
    kTlsOption,
    kAlpnOption,
    {"form", "FORM",
     "message: what is sent together arrives together. stream: bytes, as on a "
     "socket. Default: message."},
    {"fault", "FAULT",
     "What the wire does wrong: KIND:DIRECTION:LEG, and for some kinds :WHERE "
     "or a number behind it. Directions are to-server and to-client, legs are "
     "counted from 1. WHERE is an offset, a field as decode prints it "
     "(CHALLENGE.TargetInfo, AP-REQ.Ticket.enc-part), one behind the other "
     "(CHALLENGE.TargetInfo+4), "
     "or random and a seed (random7). Kinds: split:WHERE, coalesce, "
     "truncate:WHERE, pad:BYTES, flip:WHERE:MASK, set:WHERE:BYTE, drop, "
     "duplicate, reorder, reflect (to its sender), replay (of an earlier "
     "session), splice:WHERE (with one), swap (of the roles, in one), "
     "delay:SECONDS. Or random:SEED: any of these. May be repeated.",
     /*repeats=*/true},
    {"client-lm-level", "0-5",
     "LmCompatibilityLevel of the client. Default 3."},
    {"server-lm-level", "0-5", "The same of the server. Default 3."},
    {"complete-auth-token", "",
     "Leave tokens unfinished until CompleteAuthToken, as some packages do."},
    {"seed", "N", "Of all randomness in the run. Default: 0."},
    {"trace", "FILE", "Write the run as JSON Lines, for sspilab replay."},
    {"pcap", "FILE", "Write the tokens as a capture for Wireshark (pcapng)."},
    {"keytab", "FILE",
     "Write the keys of the run's Kerberos realms (an MIT keytab), by which "
     "Wireshark decrypts the tickets in the capture."},
    {"svg", "FILE", "Write the ladder as a picture."},
    {"list", "",
     "List the scenarios that are in the program, or those that are named, and "
     "run none."},
    {"threads", "N",
     "Of several scenarios, as many at a time. Nothing in the result depends "
     "on it. Default: one a core."},
    {"html", "FILE",
     "Write all of it as a page for a browser, in which tokens unfold to their "
     "fields and bytes, and the state machines show the path taken."},
};

constexpr size_t kMaxFiles = 100'000;

// The options that say nothing about the exchange.
constexpr std::string_view kForFiles[] = {"trace", "pcap", "keytab",
                                          "svg",   "html", "threads"};

int Run(const ParsedOptions& options, const Console& console) {
  if (options.Has("list")) {
    return ListScenarios(options.arguments(), console);
  }
  const bool files = !options.arguments().empty();
  for (const OptionSpec& option : kOptions) {
    const bool for_files = absl::c_linear_search(kForFiles, option.name);
    if (options.Has(option.name) && files && !for_files) {
      console.PrintError(absl::StrCat("--", option.name,
                                      " does not go with a file, which says "
                                      "itself what to run"));
      return kExitBadInput;
    }
  }
  return files ? RunFiles(options, console) : RunExchange(options, console);
}

}  // namespace

constinit const Command kRunCommand = {
    .name = "run",
    .usage = "[OPTION...] [SCENARIO...]",
    .summary = "run one exchange, or scenarios, and show it as a ladder",
    .description =
        "Runs scenarios and compares each with what it expects: a file, all "
        "*.toml in a folder, or one of those that are in the program, by its "
        "name, or all of a folder there. One is shown as a ladder; of several, "
        "a "
        "line for each that goes as expected, and for each that does not what "
        "differed, the ladder, and how to run it alone. sspilab new writes a "
        "scenario to begin with. Ends with status 0 when all went as expected, "
        "with 1 when not, with 2 when a file is bad.\n"
        "Without a file: runs a client and a service over an in-memory wire, "
        "and prints each "
        "call with its status, each token with its fields, what both sides "
        "then know, and one protected message each way.\n"
        "Ends with status 0 when both sides are authenticated, hold the same "
        "key and got each other's message, with 1 when not.",
    .examples =
        "sspilab run ntlm/wrong_password\n"
        "sspilab run kerberos\n"
        "sspilab run --list schannel\n"
        "sspilab run my/scenarios\n"
        "sspilab run mine.toml --trace mine.jsonl\n"
        "sspilab run --user bob --domain WORK --password secret --seed 7\n"
        "sspilab run --password right --server-password wrong\n"
        "sspilab run --flags INTEGRITY,CONNECTION\n"
        "sspilab run --package CREDSSP\n"
        "sspilab run --package Kerberos --fault "
        "flip:to-server:1:AP-REQ.Ticket.enc-part+40\n"
        "sspilab run --package Negotiate --realm\n"
        "sspilab run --package Schannel --tls 1.2 --client-certificate alice\n"
        "sspilab run --form stream --fault split:to-client:1:20\n"
        "sspilab run --fault truncate:to-server:2:64 --trace cut.jsonl\n"
        "sspilab run --fault flip:to-client:1:CHALLENGE.TargetInfo+4\n"
        "sspilab run --fault replay:to-server:2\n"
        "sspilab run --package CREDSSP --html run.html\n"
        "sspilab run --pcap run.pcapng && tshark -r run.pcapng -V\n"
        "sspilab run --package Kerberos --pcap k.pcapng --keytab k.keytab &&\n"
        "    tshark -r k.pcapng -K k.keytab -o kerberos.decrypt:TRUE -V",
    .options = kOptions,
    .max_arguments = kMaxFiles,
    .run = Run,
};

}  // namespace sspilab::sim

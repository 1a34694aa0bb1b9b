#include "sim/scenario_file.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/status.h"
#include "core/wire/utf.h"
#include "sim/context_flags.h"
#include "sim/did_you_mean.h"
#include "sim/rules.h"
#include "sim/scenario_fields.h"
#include "sim/toml_archive.h"
#include "sim/toml_document.h"

namespace sspilab::sim {
namespace {

std::string_view Prefix(Side side, bool request) {
  if (side == Side::kClient) {
    return request ? "ISC_REQ_" : "ISC_RET_";
  }
  return request ? "ASC_REQ_" : "ASC_RET_";
}

// What both callers' tables have.
void ReadCaller(TomlReader& archive, Side side, CallerOptions& value) {
  std::string package;
  archive("package", package);
  if (!package.empty()) {
    const absl::StatusOr<Package> known = FindReferencePackage(package);
    if (!known.ok()) {
      archive.Fail(*archive.Find("package"), "package",
                   absl::StrCat("is not known: ", known.status().message()));
    }
    value.package =
        wire::Utf8ToUtf16Lossy(PackageName(known.value_or(Package::kNtlm)));
  }
  archive.Find("flags");  // ReadFlags has them.
  archive.Flags("insists_on", value.insists_on, GrantedFlags(side),
                Prefix(side, /*request=*/false));
  CallerFields(archive, value);
}

// What each caller asks for, and then what follows from it.
void ReadFlags(const toml::table& file, TomlErrors* errors,
               ExchangeOptions* exchange) {
  const auto read = [&](Side side, uint32_t& requirements) {
    const std::string_view name = kSideNames[static_cast<size_t>(side)];
    const toml::table* table = file[name].as_table();
    if (table == nullptr || !table->contains("flags")) {
      return false;
    }
    TomlReader(*table, name, errors)
        .Flags("flags", requirements, RequestFlags(side),
               Prefix(side, /*request=*/true));
    return true;
  };
  read(Side::kClient, exchange->client.caller.requirements);
  const bool server_chooses =
      read(Side::kServer, exchange->server.requirements);
  InsistOnSealing(server_chooses, exchange);
}

// [client]: the caller, who it is, and its World.
struct ClientTable {
  Scenario& scenario;
};

// Over Schannel nobody has a password; elsewhere, who does not say who it is
// uses its World's logon.
void ReadIdentity(TomlReader& archive, std::optional<Identity>& identity) {
  bool uses_logon = false;
  archive("uses_logon", uses_logon);
  for (const char* key : {"user", "domain", "password"}) {
    const toml::node* node = archive.Find(key);
    if (node != nullptr && !identity.has_value()) {
      archive.Fail(*node, key,
                   "means nothing to Schannel; its clients have a certificate");
    } else if (node != nullptr && uses_logon) {
      archive.Fail(*node, key,
                   "is not asked for with uses_logon; it belongs into "
                   "[client.world.logon]");
    }
  }
  if (uses_logon) {
    identity.reset();
  }
  if (identity.has_value()) {
    archive("user", identity->user);
    archive("domain", identity->domain);
    archive("password", identity->password);
  }
}

void Fields(TomlReader& archive, ClientTable& table) {
  ClientOptions& client = table.scenario.exchange.client;
  ReadIdentity(archive, client.identity);
  archive("target", client.target);
  if (archive.Has("certificate")) {
    std::string name;
    archive("certificate", name);
    GiveClientCertificate(std::move(name), &table.scenario);
  }
  archive("certificate_flaw", table.scenario.client_certificate_flaw);
  ReadCaller(archive, Side::kClient, client.caller);
  archive("world", table.scenario.client);
}

// [server].
struct ServerTable {
  Scenario& scenario;
};

void Fields(TomlReader& archive, ServerTable& table) {
  ReadCaller(archive, Side::kServer, table.scenario.exchange.server);
  archive("certificate", table.scenario.server_certificate);
  archive("certificate_flaw", table.scenario.server_certificate_flaw);
  archive("world", table.scenario.server);
}

// [[expect.call]].
struct FunctionName {
  static absl::StatusOr<std::string> from_text(std::string_view text) {
    std::vector<std::string_view> names;
    for (int i = 0; i < kCallCount; ++i) {
      names.push_back(CallName(static_cast<Call>(i)));
      if (names.back() == text) {
        return std::string(text);
      }
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "is '", text, "', which is no function; ", DidYouMean(text, names)));
  }
};

struct StatusText {
  static absl::StatusOr<SECURITY_STATUS> from_text(std::string_view text) {
    const absl::StatusOr<SECURITY_STATUS> status = JsonStatus::from_text(text);
    if (status.ok()) {
      return status;
    }
    std::vector<std::string_view> names;
    for (const StatusInfo& info : AllStatuses()) {
      names.push_back(info.name);
    }
    return absl::InvalidArgumentError(
        absl::StrCat(status.status().message(), "; ", DidYouMean(text, names)));
  }
};

struct RuleName {
  static absl::StatusOr<std::string> from_text(std::string_view text) {
    std::vector<std::string_view> names;
    for (const Rule& rule : Rules()) {
      names.push_back(rule.name);
      if (rule.name == text) {
        return std::string(text);
      }
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "is '", text, "', which is no rule; ", DidYouMean(text, names)));
  }
};

}  // namespace

void Fields(TomlReader& archive, ExpectedCall& call) {
  call.line = archive.line();
  archive.Name("side", call.side, kSideNames);
  archive.Text("function", call.function, FunctionName());
  archive.Require("side", "\"client\" or \"server\"");
  archive.Require("function", "\"QueryContextAttributes\", say");
  archive.Range("nth", call.nth, 1, UINT32_MAX);
  archive.Text("status", call.status, StatusText());
  archive.Flags("has", call.has, GrantedFlags(call.side),
                Prefix(call.side, false));
  archive.Flags("lacks", call.lacks, GrantedFlags(call.side),
                Prefix(call.side, false));
}

void Fields(TomlReader& archive, Expectation& expectation) {
  // Where the file says how it ends, it need not end well.
  for (const char* key :
       {"client", "server", "client_ends", "server_ends", "same_key"}) {
    if (archive.Has(key)) {
      expectation.ok.reset();
    }
  }
  constexpr const char* kEnds[] = {"client_ends", "server_ends"};
  for (size_t i = 0; i < expectation.sides.size(); ++i) {
    ExpectedSide& side = expectation.sides[i];
    const char* key = kSideNames[i].data();
    archive.Text(key, side.legs, StatusText());
    if (const toml::node* node = archive.Find(key); node != nullptr) {
      side.line = node->source().begin.line;
    }
    archive.Name(kEnds[i], side.ends, kEndingNames);
  }
  archive("ok", expectation.ok);
  archive("same_key", expectation.same_key);
  archive("identity", expectation.identity);
  archive("calls", expectation.calls);
  archive.Text("broken_rules", expectation.broken_rules, RuleName());
  archive("call", expectation.call);
}

namespace {

// The lines of the first comment; an empty one ends a paragraph.
std::string FirstComment(std::string_view text) {
  std::string description;
  bool in_paragraph = false;
  for (std::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!absl::ConsumePrefix(&line, "#")) {
      break;
    }
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty()) {
      absl::StrAppend(&description,
                      in_paragraph || description.empty() ? "" : "\n",
                      in_paragraph ? " " : "", line);
    }
    in_paragraph = !line.empty();
  }
  return description;
}

// [[realm]]. Whoever trusts one must be there, too.
void ReadRealms(const toml::table& file, TomlReader& archive,
                TomlErrors* errors, std::vector<ScenarioRealm>* realms) {
  archive("realm", *realms);
  std::vector<std::string_view> names;
  for (const ScenarioRealm& realm : *realms) {
    names.push_back(realm.name);
  }
  const toml::array* const tables = file["realm"].as_array();
  if (!errors->empty()) {
    return;
  }
  for (size_t i = 0; i < realms->size(); ++i) {
    const toml::table& table = *(*tables)[i].as_table();
    if (names[i].empty()) {
      errors->Add(table.source().begin,
                  "realm.name is missing: name = \"EXAMPLE.TEST\"");
    } else if (std::find(names.begin(), names.begin() + i, names[i]) !=
               names.begin() + i) {
      errors->Add(table["name"].node()->source().begin,
                  absl::StrCat("there already is a realm ", names[i]));
    }
    for (size_t j = 0; j < (*realms)[i].trusted_by.size(); ++j) {
      const std::string& other = (*realms)[i].trusted_by[j];
      if (std::find(names.begin(), names.end(), other) == names.end()) {
        errors->Add(table["trusted_by"][j].node()->source().begin,
                    absl::StrCat("realm.trusted_by has '", other,
                                 "', which is no realm of this file; ",
                                 DidYouMean(other, names)));
      }
    }
  }
}

Scenario ReadScenario(const toml::table& file, TomlReader& archive,
                      TomlErrors* errors) {
  std::string name;
  archive.Require("package", "\"NTLM\"");
  archive("package", name);
  absl::StatusOr<Package> package = FindReferencePackage(name);
  if (!package.ok() && archive.Has("package")) {
    errors->Add(archive.Find("package")->source().begin,
                package.status().message());
  }
  Scenario scenario = ReferenceScenario(package.value_or(Package::kNtlm));
  ReadFlags(file, errors, &scenario.exchange);
  archive("seed", scenario.seed);
  WireFields(archive, scenario.exchange);
  ClientTable client = {scenario};
  archive("client", client);
  ServerTable server = {scenario};
  archive("server", server);
  archive("deviation", scenario.deviations);
  if (const absl::Status possible = CheckDeviations(scenario.deviations);
      !possible.ok()) {
    errors->Add(archive.Find("deviation")->source().begin, possible.message());
  }
  if (archive.Has("account")) {
    archive("account", scenario.accounts);
  } else if (const auto& identity = scenario.exchange.client.identity) {
    scenario.accounts = {
        {identity->user, identity->domain, identity->password}};
  } else if (const auto& logon = scenario.client.logon) {
    scenario.accounts = {{logon->user, logon->domain, logon->password}};
  }
  if (archive.Has("realm")) {
    ReadRealms(file, archive, errors, &scenario.realms);
  } else if (!scenario.realms.empty()) {
    scenario.realms = {ReferenceRealm(scenario)};
  }
  return scenario;
}

}  // namespace

absl::StatusOr<ScenarioFile> ParseScenarioFile(std::string_view text,
                                               std::string_view file) {
  if (text.size() > kMaxScenarioFileSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ":1:1: the file has ", text.size(),
                     " bytes; a scenario has at most ", kMaxScenarioFileSize));
  }
  const absl::StatusOr<toml::table> table = ParseToml(text, file);
  if (!table.ok()) {
    return table.status();
  }
  TomlErrors errors(file);
  TomlReader archive(*table, "", &errors);
  ScenarioFile scenario;
  scenario.name = std::string(absl::StripSuffix(file, ".toml"));
  scenario.description = FirstComment(text);
  scenario.scenario = ReadScenario(*table, archive, &errors);
  archive("expect", scenario.expectation);
  if (const toml::array* deviations = (*table)["deviation"].as_array()) {
    for (const toml::node& deviation : *deviations) {
      scenario.expectation.deviation_lines.push_back(
          deviation.source().begin.line);
    }
  }
  archive.Finish();
  if (!errors.empty()) {
    return errors.ToStatus();
  }
  return scenario;
}

}  // namespace sspilab::sim

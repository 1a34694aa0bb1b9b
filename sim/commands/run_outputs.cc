#include "sim/commands/run_outputs.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/kerberos/realm.h"
#include "sim/keytab.h"
#include "sim/render/ladder.h"
#include "sim/render/ladder_svg.h"
#include "sim/render/pcapng.h"
#include "sim/scenario_realms.h"
#include "sim/trace_json.h"

namespace sspilab::sim {

absl::Status WriteOutputs(const RecordedRun& run, const ParsedOptions& options,
                          const Console& console) {
  const auto write = [&](std::string_view name,
                         const absl::StatusOr<std::string>& contents) {
    const auto path = options.Get(name);
    return !contents.ok() ? contents.status()
                          : console.WriteFile(std::string(*path), *contents);
  };
  absl::Status status;
  if (options.Has("trace")) {
    status.Update(write("trace", TraceToJson(run.trace)));
  }
  if (options.Has("pcap")) {
    status.Update(write("pcap", TraceToPcapng(run.trace)));
  }
  if (options.Has("keytab")) {
    const kerberos::Realms realms = MakeRealms(run.trace.scenario);
    status.Update(realms.empty() ? absl::InvalidArgumentError(
                                       "--keytab: the machines are in no "
                                       "Kerberos realm; --realm or a "
                                       "scenario's [[realm]] gives them one")
                                 : write("keytab", RealmsToKeytab(realms)));
  }
  if (options.Has("svg")) {
    status.Update(write("svg", LadderToSvg(MakeLadder(run.trace))));
  }
  return status;
}

absl::Status WritePage(const std::string& title,
                       absl::Span<const RunOnPage> runs,
                       const ParsedOptions& options, const Console& console) {
  const auto path = options.Get("html");
  return path.has_value()
             ? console.WriteFile(std::string(*path), RunsToHtml(title, runs))
             : absl::OkStatus();
}

}  // namespace sspilab::sim

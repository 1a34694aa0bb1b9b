#include "sim/commands/tls_options.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/sspi.h"

namespace sspilab::sim {
namespace {

struct TlsVersion {
  std::string_view name;
  uint32_t protocols;
};
constexpr TlsVersion kTlsVersions[] = {{"1.2", SP_PROT_TLS1_2_CLIENT},
                                       {"1.3", SP_PROT_TLS1_3_CLIENT}};

}  // namespace

absl::Status TakeTlsOptions(const ParsedOptions& options, Scenario* scenario) {
  TlsOptions& client = scenario->exchange.client.caller.tls;
  if (const auto version = options.Get("tls")) {
    const auto* known =
        std::find_if(std::begin(kTlsVersions), std::end(kTlsVersions),
                     [&](const TlsVersion& v) { return v.name == *version; });
    if (known == std::end(kTlsVersions)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--tls is 1.2 or 1.3, not '", *version, "'"));
    }
    client.protocols = known->protocols;
  }
  if (const auto names = options.Get("alpn")) {
    client.application_protocols = absl::StrSplit(*names, ',');
    scenario->exchange.server.tls.application_protocols =
        client.application_protocols;
  }
  return absl::OkStatus();
}

}  // namespace sspilab::sim

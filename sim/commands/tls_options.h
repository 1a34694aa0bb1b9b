#ifndef SSPILAB_SIM_COMMANDS_TLS_OPTIONS_H_
#define SSPILAB_SIM_COMMANDS_TLS_OPTIONS_H_

#include "absl/status/status.h"
#include "sim/commands/options.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// What commands that run Schannel or CredSSP take: "tls" is the version that
// the client speaks, "alpn" what both sides offer.
inline constexpr OptionSpec kTlsOption = {
    "tls", "1.2|1.3",
    "Schannel, CREDSSP: the version that the client speaks. Default: both."};
inline constexpr OptionSpec kAlpnOption = {
    "alpn", "NAME,...",
    "Schannel: the application protocols that both sides know, the preferred "
    "one first."};

// Does to `*scenario` what these options say, where they are given. The error
// says what would be right.
absl::Status TakeTlsOptions(const ParsedOptions& options, Scenario* scenario);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_TLS_OPTIONS_H_

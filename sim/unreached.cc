#include "sim/unreached.h"

#include "absl/strings/match.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kSecondMechanism =
    "takes a second mechanism, for the acceptor to choose";
constexpr std::string_view kOtherMechanism =
    "takes a mechanism with fewer or more tokens than NTLM's three";

constexpr std::string_view kOneRecord =
    "takes a TLS 1.3 server that puts the end of its flight into the record in "
    "which it asks for a certificate";
// Every state has a row for everything that the packages inside may say there;
// what they say, their own tables have.
constexpr std::string_view kPassedOn =
    "only passes on what another package or the server says; no random session "
    "had it said in this state";
constexpr std::string_view kCredSsp = "CredSSP";

constexpr UnreachedReason kReasons[] = {
    {"Negotiate initiator", "InitSent", "Continued", kSecondMechanism},
    {"Negotiate initiator", "InitSent", "Completed", kOtherMechanism},
    {"Negotiate initiator", "Negotiating", "", kSecondMechanism},
    {"Negotiate acceptor", "Start", "MechanismDone", kOtherMechanism},
    {"Negotiate acceptor", "Start", "Completed", kOtherMechanism},
    {"Negotiate acceptor", "Start", "MicMismatch", kOtherMechanism},
    {"Negotiate acceptor", "HintSent", "MechanismDone", kOtherMechanism},
    {"Negotiate acceptor", "HintSent", "Completed", kOtherMechanism},
    {"Negotiate acceptor", "HintSent", "MicMismatch", kOtherMechanism},
    {"Negotiate acceptor", "Negotiating", "Continued", kOtherMechanism},
    {"Negotiate acceptor", "Negotiating", "MechanismDone", kOtherMechanism},
    {"Negotiate acceptor", "MicAwaited", "", kOtherMechanism},
    {"Schannel initiator", "WaitingForCredentials", "Established", kOneRecord},
    {"Schannel acceptor", "PostHandshake", "Established",
     "takes a client that changes its keys (RFC 8446 4.6.3)"},
    // What TLS, SPNEGO or the server by way of errorCode may say in any state.
    {kCredSsp, "", "InternalError", kPassedOn},
    {kCredSsp, "", "Unsupported", kPassedOn},
    {kCredSsp, "", "IllegalMessage", kPassedOn},
    {kCredSsp, "", "MessageAltered", kPassedOn},
    {kCredSsp, "", "DecryptFailure", kPassedOn},
    {kCredSsp, "", "AlgorithmMismatch", kPassedOn},
    {kCredSsp, "", "CertificateUnknown", kPassedOn},
    {kCredSsp, "", "CertificateExpired", kPassedOn},
    {kCredSsp, "", "CertificateWrongUsage", kPassedOn},
    {kCredSsp, "", "UntrustedRoot", kPassedOn},
    {kCredSsp, "", "PeerGaveUp", kPassedOn},
    {kCredSsp, "", "LogonDenied", kPassedOn},
    {kCredSsp, "", "NoAuthority", kPassedOn},
    {kCredSsp, "", "NoCredentials", kPassedOn},
    {kCredSsp, "", "TargetUnknown", kPassedOn},
    {kCredSsp, "", "WrongPrincipal", kPassedOn},
    {"CredSSP initiator", "CertificateWanted", "TokenSent", kOneRecord},
    {"CredSSP initiator", "CertificateWanted", "TokenSentUnfinished",
     kOneRecord},
    {"CredSSP initiator", "CertificateWanted", "OutputTooSmall", kOneRecord},
    {"CredSSP initiator", "CertificateWanted", "InvalidToken", kOneRecord},
    {"CredSSP initiator", "CertificateWanted", "OutOfMemory", kOneRecord},
    {"CredSSP acceptor", "Start", "PeerClosed",
     "takes an end of TLS before there was a beginning, which Schannel refuses "
     "otherwise"},
};

bool Matches(std::string_view pattern, std::string_view name) {
  return pattern.empty() || pattern == name;
}

}  // namespace

bool UnreachedReason::Covers(const MachineDescription& description,
                             const MachineDescription::Row& row) const {
  return absl::StartsWith(description.name, machine) &&
         Matches(state, description.states[row.from]) &&
         Matches(event, description.events[row.event]);
}

absl::Span<const UnreachedReason> UnreachedReasons() { return kReasons; }

std::string_view WhyNotReached(const MachineDescription& machine,
                               const MachineDescription::Row& row) {
  for (const UnreachedReason& reason : kReasons) {
    if (reason.Covers(machine, row)) {
      return reason.why;
    }
  }
  return "";
}

}  // namespace sspilab::sim

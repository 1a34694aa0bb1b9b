#include "sim/unreached.h"

#include "absl/strings/match.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kSignsFirst =
    "takes an initiator that signs its first token, and wrongly; ours waits "
    "until it has the acceptor's MIC or is asked for its own";
constexpr std::string_view kKdcsClock =
    "takes a KDC by another clock than that of the machine that asks it";
constexpr std::string_view kDomainChanges =
    "takes a domain in which this changes between a client's AP-REQ and the "
    "demand for user-to-user that answers it";
constexpr std::string_view kEndedTicket =
    "takes a client that shows a ticket after its end; ours gets another one";

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
    {"Negotiate initiator", "Negotiating", "Continued",
     "takes a mechanism of more tokens than NTLM's or Kerberos'"},
    {"Negotiate initiator", "Negotiating", "MicMissing",
     "takes a server that asked for MICs, or chose another mechanism, and "
     "then sends none"},
    {"Negotiate acceptor", "Start", "MicMismatch", kSignsFirst},
    {"Negotiate acceptor", "HintSent", "MicMismatch", kSignsFirst},
    {"Kerberos initiator", "", "TimeSkew", kKdcsClock},
    {"Kerberos initiator", "", "KdcReplyInvalid",
     "takes a KDC that answers with nonsense, or what was not asked for"},
    {"Kerberos initiator", "ApReqSent", "TargetUnknown", kDomainChanges},
    {"Kerberos initiator", "ApReqSent", "EtypeUnknown", kDomainChanges},
    {"Kerberos initiator", "ApReqSent", "TooManyReferrals", kDomainChanges},
    {"Kerberos acceptor", "", "TicketExpired", kEndedTicket},
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
    {kCredSsp, "", "TimeSkew", kPassedOn},
    {kCredSsp, "", "EtypeUnknown", kPassedOn},
    {kCredSsp, "", "TooManyReferrals", kPassedOn},
    {kCredSsp, "", "KdcRefused", kPassedOn},
    {kCredSsp, "", "DowngradeDetected", kPassedOn},
    {kCredSsp, "", "NoKerberosKey", kPassedOn},
    {"CredSSP acceptor", "Negotiating", "ContextExpired", kEndedTicket},
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

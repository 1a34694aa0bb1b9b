#include "sim/examples/callers/reports.h"

namespace sspilab::sim {
namespace {

constexpr std::u16string_view kTls = u"Schannel";

// In TLS 1.2 the server has the last word of a handshake, and may say more in
// the same packet.
void OnlyTls12(World& /*client*/, World& server) {
  server.options().schannel.enabled_protocols = SP_PROT_TLS1_2;
}

void TokensAreCompleted(World& client, World& /*server*/) {
  client.options().ntlm.complete_auth_token = true;
}

}  // namespace

std::vector<FieldReport> FieldReports() {
  return {
      {.where = "curl 9431",
       .what = "SEC_E_OK with SECBUFFER_EXTRA is taken for a failure",
       .mistake = Mistake::kExtraIsFailure,
       .rule = RuleId::kSuccessTakenForFailure,
       .package = kTls,
       .server_says = "220 ready",
       .prepare = OnlyTls12},
      {.where = "curl 18029",
       .what = "a renegotiation is begun and not gone through",
       .mistake = Mistake::kRenegotiationUnfinished,
       .rule = RuleId::kRenegotiationUnfinished,
       .package = kTls,
       .server_says = "220 ready",
       .server_renegotiates = true,
       .prepare = OnlyTls12},
      {.where = "dotnet/runtime 42427",
       .what = "without a second buffer nobody learns of the bytes behind the "
               "token",
       .mistake = Mistake::kNoRoomForExtra,
       .rule = RuleId::kNoRoomForExtra,
       .package = kTls},
      {.where = "dotnet/runtime 103419",
       .what = "what is left after the handshake goes to "
               "InitializeSecurityContext",
       .mistake = Mistake::kExtraToHandshake,
       .rule = RuleId::kExtraToWrongCall,
       .package = kTls,
       .server_says = "220 ready",
       .prepare = OnlyTls12},
      {.where = "poco 4275",
       .what = "SEC_I_INCOMPLETE_CREDENTIALS is not known, and more is waited "
               "for",
       .mistake = Mistake::kMoreCredentialsUnknown,
       .rule = RuleId::kIncompleteCredentialsIgnored,
       .package = kTls,
       .server_requirements = ASC_REQ_MUTUAL_AUTH},
      {.where = "tinymux 1850",
       .what = "SEC_I_COMPLETE_NEEDED is seen, and nothing completed",
       .mistake = Mistake::kCompleteNeverCalled,
       .rule = RuleId::kCompleteSkipped,
       .package = u"NTLM",
       .prepare = TokensAreCompleted},
      {.where = "tinymux 1851",
       .what = "what is left after SEC_E_OK stays where it is",
       .mistake = Mistake::kExtraKept,
       .rule = RuleId::kExtraKept,
       .package = kTls,
       .server_says = "220 ready",
       .prepare = OnlyTls12},
      {.where = "libstrophe 91",
       .what = "SEC_E_INCOMPLETE_MESSAGE is taken for fatal",
       .mistake = Mistake::kIncompleteIsFatal,
       .rule = RuleId::kIncompleteTakenForFatal,
       .package = kTls},
      {.where = "waffle 128",
       .what = "the output buffer is smaller than the package's tokens",
       .mistake = Mistake::kSmallBuffer,
       .rule = RuleId::kOutputBufferTooSmall,
       .package = kTls},
  };
}

LoopUnderTest LoopOf(const FieldReport& report, Mistake mistake) {
  LoopUnderTest loop;
  loop.run = [mistake, package = report.package](SecurityFunctionTableW* table,
                                                 Transport& transport) {
    return AuthenticateServer(table, package.data(), mistake, transport);
  };
  loop.side = Side::kClient;
  loop.package = report.package;
  loop.peer_requirements = ASC_REQ_CONFIDENTIALITY | ASC_REQ_EXTENDED_ERROR |
                           report.server_requirements;
  loop.peer_message = report.server_says;
  loop.peer_renegotiates = report.server_renegotiates;
  if (report.prepare != nullptr) {
    loop.prepare = report.prepare;
  }
  return loop;
}

}  // namespace sspilab::sim

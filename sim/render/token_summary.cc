#include "sim/render/token_summary.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim/render/field_tree.h"
#include "sim/render/token_fields.h"

namespace sspilab::sim {
namespace {

// What is shown of a message: fields below it, by path, and under which name.
struct Highlight {
  std::string_view path;
  std::string_view label;
};

// NTLM.
constexpr Highlight kNegotiate[] = {
    {"DomainName", "domain"},
    {"Workstation", "workstation"},
    {"NegotiateFlags", "flags"},
};
constexpr Highlight kChallenge[] = {
    {"ServerChallenge", "server challenge"},
    {"TargetName", "target"},
    {"TargetInfo.MsvAvDnsComputerName", "server"},
    {"TargetInfo.MsvAvTimestamp", "timestamp"},
    {"NegotiateFlags", "flags"},
};
constexpr Highlight kAuthenticate[] = {
    {"UserName", "user"},
    {"DomainName", "domain"},
    {"Workstation", "workstation"},
    {"NtChallengeResponse", "response"},
    {"NtChallengeResponse.NTProofStr", "proof"},
    {"NtChallengeResponse.ChallengeFromClient", "client challenge"},
    {"NtChallengeResponse.AvPairs.MsvAvTargetName", "target"},
    {"EncryptedRandomSessionKey", "session key"},
    {"MIC", "MIC"},
    {"NegotiateFlags", "flags"},
};

// SPNEGO.
constexpr Highlight kNegTokenInit[] = {
    {"mechTypes", "mechanisms"},
    {"reqFlags", "flags"},
    {"negHints.hintName", "hint"},
    {"mechListMIC", "MIC"},
};
constexpr Highlight kNegTokenResp[] = {
    {"negState", "state"},
    {"supportedMech", "mechanism"},
    {"mechListMIC", "MIC"},
};

// TLS.
constexpr Highlight kClientHello[] = {
    {"Extensions.server_name", "server name"},
    {"Extensions.supported_versions", "versions"},
    {"CipherSuites", "cipher suites"},
    {"Extensions.application_layer_protocol_negotiation", "ALPN"},
};
constexpr Highlight kServerHello[] = {
    {"Extensions.supported_versions", "version"},
    {"CipherSuite", "cipher suite"},
    {"Extensions.application_layer_protocol_negotiation", "ALPN"},
};
constexpr Highlight kEncryptedExtensions[] = {
    {"Extensions.application_layer_protocol_negotiation", "ALPN"},
};
constexpr Highlight kCertificate[] = {
    {"CertificateList.X509.Subject", "subject"},
    {"CertificateList.X509.Issuer", "issuer"},
};
constexpr Highlight kCertificateVerify[] = {{"SignatureScheme", "signature"}};
constexpr Highlight kServerKeyExchange[] = {
    {"NamedCurve", "group"},
    {"SignatureScheme", "signature"},
};
constexpr Highlight kAlert[] = {{"Level", "level"},
                                {"Description", "description"}};

// CredSSP.
constexpr Highlight kTsRequest[] = {
    {"version", "version"},      {"errorCode", "error code"},
    {"clientNonce", "nonce"},    {"pubKeyAuth", "public key"},
    {"authInfo", "credentials"},
};
constexpr Highlight kPasswordCreds[] = {
    {"domainName", "domain"},
    {"userName", "user"},
    {"password", "password"},
};

// Kerberos.
constexpr Highlight kKdcReq[] = {
    {"req-body.cname", "client"}, {"req-body.sname", "service"},
    {"req-body.realm", "realm"},  {"req-body.kdc-options", "options"},
    {"req-body.etype", "etypes"}, {"padata", "padata"},
};
constexpr Highlight kKdcRep[] = {{"cname", "client"}};
constexpr Highlight kApReq[] = {{"ap-options", "options"}};
constexpr Highlight kKrbError[] = {
    {"error-code", "error"},
    {"sname", "service"},
    {"e-text", "text"},
    {"e-data", "padata"},
};
constexpr Highlight kTgtRequest[] = {
    {"server-name", "service"},
    {"realm", "realm"},
};
constexpr Highlight kEncTicketPart[] = {
    {"cname", "client"},  {"crealm", "of realm"}, {"flags", "flags"},
    {"endtime", "until"}, {"key", "session key"},
};
constexpr Highlight kEncKdcRepPart[] = {
    {"sname", "service"},
    {"endtime", "until"},
    {"key", "session key"},
};
constexpr Highlight kAuthenticator[] = {
    {"cname", "client"},
    {"ctime", "time"},
    {"cksum.checksum.Flags", "flags"},
    {"cksum.checksum.Bnd", "bindings"},
    {"subkey", "subkey"},
    {"seq-number", "sequence"},
};
constexpr Highlight kEncApRepPart[] = {
    {"ctime", "time"},
    {"subkey", "subkey"},
    {"seq-number", "sequence"},
};
constexpr Highlight kEncKrbCredPart[] = {
    {"ticket-info.KrbCredInfo.pname", "client"},
    {"ticket-info.KrbCredInfo.sname", "service"},
    {"ticket-info.KrbCredInfo.flags", "flags"},
    {"ticket-info.KrbCredInfo.key", "session key"},
};
constexpr Highlight kPreauthTimestamp[] = {{"patimestamp", "time"}};

// What is a message of its own, wherever it stands. Everything else is a field
// of the message around it.
struct Message {
  std::string_view name;
  absl::Span<const Highlight> highlights;
};
constexpr Message kMessages[] = {
    {"NEGOTIATE", kNegotiate},
    {"CHALLENGE", kChallenge},
    {"AUTHENTICATE", kAuthenticate},
    {"NegTokenInit", kNegTokenInit},
    {"NegTokenResp", kNegTokenResp},
    {"HelloRequest", {}},
    {"ClientHello", kClientHello},
    {"ServerHello", kServerHello},
    {"NewSessionTicket", {}},
    {"EncryptedExtensions", kEncryptedExtensions},
    {"Certificate", kCertificate},
    {"ServerKeyExchange", kServerKeyExchange},
    {"CertificateRequest", {}},
    {"ServerHelloDone", {}},
    {"CertificateVerify", kCertificateVerify},
    {"ClientKeyExchange", {}},
    {"Finished", {}},
    {"KeyUpdate", {}},
    {"ChangeCipherSpec", {}},
    {"Alert", kAlert},
    {"ApplicationData", {}},
    {"AS-REQ", kKdcReq},
    {"AS-REP", kKdcRep},
    {"TGS-REQ", kKdcReq},
    {"TGS-REP", kKdcRep},
    {"AP-REQ", kApReq},
    {"AP-REP", {}},
    {"KRB-ERROR", kKrbError},
    {"KRB-CRED", {}},
    {"KERB-TGT-REQUEST", kTgtRequest},
    {"KERB-TGT-REPLY", {}},
    {"Ticket", {}},
    {"EncTicketPart", kEncTicketPart},
    {"EncASRepPart", kEncKdcRepPart},
    {"EncTGSRepPart", kEncKdcRepPart},
    {"Authenticator", kAuthenticator},
    {"EncAPRepPart", kEncApRepPart},
    {"EncKrbCredPart", kEncKrbCredPart},
    {"PA-ENC-TS-ENC", kPreauthTimestamp},
    {"TSRequest", kTsRequest},
    {"TSCredentials", {}},
    {"TSPasswordCreds", kPasswordCreds},
    {"TSSmartCardCreds", {}},
    {"TSRemoteGuardCreds", {}},
};

const Message* FindMessage(const Field& field) {
  const auto* it = std::find_if(
      std::begin(kMessages), std::end(kMessages),
      [&](const Message& message) { return message.name == field.name; });
  return it == std::end(kMessages) ? nullptr : it;
}

// A record of the handshake is no message: what is in it is. Encrypted, it is
// all that can be seen.
bool IsEncryptedHandshake(const Field& field) {
  return field.name == "Handshake" && field.children.empty();
}

// "NTLMSSP_NEGOTIATE_SIGN" as "SIGN".
std::string_view ShortFlag(std::string_view name) {
  for (const std::string_view prefix :
       {"NTLMSSP_NEGOTIATE_", "NTLM_NEGOTIATE_", "NTLMSSP_"}) {
    if (absl::ConsumePrefix(&name, prefix)) {
      break;
    }
  }
  return name;
}

// Flags say it with their children's names; of a list the first is preferred.
std::string ValueOf(const Field& field) {
  if (field.name == "CipherSuites" && !field.children.empty()) {
    return absl::StrCat(field.value, ", ", field.children.front().name,
                        " first");
  }
  if (!absl::StartsWith(field.name, "NegotiateFlags")) {
    return field.value;
  }
  std::string text;
  for (const Field& child : field.children) {
    absl::StrAppend(&text, text.empty() ? "" : " ", ShortFlag(child.name));
  }
  return text;
}

class Summarizer {
 public:
  // The messages among the children of `field` and below.
  void AddMessagesIn(const Field& field, size_t depth) {
    for (const Field& child : field.children) {
      const Message* message = FindMessage(child);
      if (message != nullptr || IsEncryptedHandshake(child)) {
        AddHeading(child, depth);
      }
      if (message != nullptr) {
        AddFields(*message, child, depth + 1);
      }
      AddMessagesIn(child, message != nullptr ? depth + 1 : depth);
    }
  }

  void AddFields(const Message& message, const Field& field, size_t depth) {
    for (const Highlight& highlight : message.highlights) {
      const Field* found =
          FindField(field, absl::StrCat(field.name, ".", highlight.path));
      if (found != nullptr) {
        lines_.push_back(
            {depth, std::string(highlight.label), ValueOf(*found)});
      }
    }
  }

  // Records of data in a row tell no more than one.
  void AddHeading(const Field& field, size_t depth) {
    if (field.name == "ApplicationData") {
      ++data_records_;
      if (data_records_ > 1) {
        lines_.back().value =
            absl::StrCat(data_records_, " records, encrypted");
        return;
      }
    } else {
      data_records_ = 0;
    }
    lines_.push_back({depth, field.name,
                      field.name == "ChangeCipherSpec" ? "" : field.value});
  }

  std::vector<SummaryLine> TakeLines() { return std::move(lines_); }

 private:
  std::vector<SummaryLine> lines_;
  size_t data_records_ = 0;
};

// "ServerHello, ChangeCipherSpec, ApplicationData".
std::string NamesOf(const std::vector<SummaryLine>& lines) {
  std::string names;
  for (const SummaryLine& line : lines) {
    if (line.depth == 0) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", line.label);
    }
  }
  return names;
}

// The token's name says it already.
void LeaveOutTheOnlyHeading(std::vector<SummaryLine>* lines) {
  const auto headings =
      std::count_if(lines->begin(), lines->end(),
                    [](const SummaryLine& line) { return line.depth == 0; });
  if (headings != 1 || !lines->front().value.empty()) {
    return;
  }
  lines->erase(lines->begin());
  for (SummaryLine& line : *lines) {
    --line.depth;
  }
}

}  // namespace

TokenSummary SummarizeToken(absl::Span<const uint8_t> token) {
  const FieldTree tree = TokenFields(token);
  TokenSummary summary = {tree.root.name, {}, tree.error};
  Summarizer summarizer;
  if (const Message* message = FindMessage(tree.root); message != nullptr) {
    summarizer.AddFields(*message, tree.root, 0);
  }
  summarizer.AddMessagesIn(tree.root, 0);
  summary.lines = summarizer.TakeLines();
  if (tree.root.name == "TLS" && !summary.lines.empty()) {
    summary.name = NamesOf(summary.lines);
    LeaveOutTheOnlyHeading(&summary.lines);
  }
  return summary;
}

TokenSummary SummarizeInner(InnerMessage kind,
                            absl::Span<const uint8_t> message) {
  return SummarizePart(InnerFields(kind, message));
}

TokenSummary SummarizePart(FieldTree tree) {
  TokenSummary summary = {tree.root.name, {}, tree.error};
  Field around;
  around.children.push_back(std::move(tree.root));
  Summarizer summarizer;
  summarizer.AddMessagesIn(around, 0);
  summary.lines = summarizer.TakeLines();
  return summary;
}

}  // namespace sspilab::sim

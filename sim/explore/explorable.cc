#include "sim/explore/explorable.h"

#include "sim/render/field_tree.h"
#include "sim/render/token_fields.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

// The first field of that name, wherever it is.
const Field* FindAnywhere(const Field& field, std::string_view name) {
  if (field.name == name) {
    return &field;
  }
  for (const Field& child : field.children) {
    if (const Field* found = FindAnywhere(child, name); found != nullptr) {
      return found;
    }
  }
  return nullptr;
}

// MS-NLMP 3.1.5.1.2, as Windows has it: the client sends a MIC when the
// CHALLENGE has a time, and nothing protects the time from being taken out.
// Inside Negotiate it is the same: mechListMIC is of the mechanisms' names
// (RFC 4178 5), not of their tokens.
std::string_view NtlmWeakness(absl::Span<const Bytes> to_client,
                              absl::Span<const Bytes> /*to_server*/) {
  for (const Bytes token : to_client) {
    const FieldTree tree = TokenFields(token);
    const Field* challenge = FindAnywhere(tree.root, "CHALLENGE");
    if (challenge != nullptr &&
        FindAnywhere(*challenge, "MsvAvTimestamp") == nullptr) {
      return "NTLM sends no MIC when the CHALLENGE has lost its time";
    }
  }
  return "";
}

// TLS authenticates every byte of the handshake (RFC 8446 4.4, RFC 7627), and
// CredSSP is inside. Of Kerberos' tokens an attacker can change what nobody
// goes by: who both are, what they want and their keys are encrypted
// (RFC 4120 5.3, 5.5).
std::string_view NoWeakness(absl::Span<const Bytes> /*to_client*/,
                            absl::Span<const Bytes> /*to_server*/) {
  return "";
}

}  // namespace

absl::Span<const Explorable> Explorables() {
  static constexpr Explorable kRows[] = {
      {Package::kNtlm, AttacksOnFields, AttacksOnFields, NtlmWeakness, 4},
      {Package::kNegotiate, AttacksOnFields, AttacksOnFields, NtlmWeakness, 5},
      {Package::kKerberos, AttacksOnFields, AttacksOnFields, NoWeakness, 4},
      // For each a handshake has to be made, which is dear.
      {Package::kSchannel, FewerAttacksOnFields, OneBitOfEachField, NoWeakness,
       4},
      {Package::kCredSsp, OneBitOfEachField, OneBitOfEachField, NoWeakness, 12},
  };
  return kRows;
}

Scenario ScenarioToExplore(Package package) {
  Scenario scenario = ReferenceScenario(package);
  if (package == Package::kSchannel) {
    for (CallerOptions* caller :
         {&scenario.exchange.client.caller, &scenario.exchange.server}) {
      caller->tls.application_protocols = {"h2", "http/1.1"};
    }
  }
  return scenario;
}

}  // namespace sspilab::sim

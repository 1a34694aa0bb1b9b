#ifndef SSPILAB_SIM_SCENARIO_FIELDS_H_
#define SSPILAB_SIM_SCENARIO_FIELDS_H_

#include <array>
#include <string_view>

#include "core/world.h"
#include "sim/archive.h"
#include "sim/credential_flags.h"
#include "sim/deviation.h"
#include "sim/exchange.h"
#include "sim/json_values.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// The structs of a Scenario, key by key, for every archive (archive.h): a
// trace's JSON, and a scenario's file. Where the two differ, as in how callers
// are nested, each has Fields of its own, which call those here.

inline constexpr std::array<std::string_view, 5> kAccountStateNames = {
    "enabled", "disabled", "locked", "expired", "password expired"};
inline constexpr std::array<std::string_view, 2> kVerificationNames = {
    "strict", "permissive"};
inline constexpr std::array<std::string_view, 3> kOracleNames = {
    "force updated clients", "mitigated", "vulnerable"};

template <typename Archive, Either<MachineNames> T>
void Fields(Archive& archive, T& value) {
  archive("computer", value.computer);
  archive("domain", value.domain);
  archive("dns_computer", value.dns_computer);
  archive("dns_domain", value.dns_domain);
  archive("dns_forest", value.dns_forest);
}

template <typename Archive, Either<NtlmPolicy> T>
void Fields(Archive& archive, T& value) {
  archive.Range("lm_compatibility_level", value.lm_compatibility_level, 0, 5);
  archive.Flags("minimum_client_security", value.minimum_client_security,
                NtlmFlags());
  archive.Flags("minimum_server_security", value.minimum_server_security,
                NtlmFlags());
  archive.Flags("unsupported_flags", value.unsupported_flags, NtlmFlags());
  archive("send_timestamp", value.send_timestamp);
  archive("complete_auth_token", value.complete_auth_token);
  archive.Optional("restrict_sending", value.restrict_sending);
  archive.Optional("restrict_receiving", value.restrict_receiving);
}

template <typename Archive, Either<NegotiatePolicy> T>
void Fields(Archive& archive, T& value) {
  archive("request_mic", value.request_mic);
}

template <typename Archive, Either<SchannelPolicy> T>
void Fields(Archive& archive, T& value) {
  archive.Flags("enabled_protocols", value.enabled_protocols,
                TlsProtocolFlags(), "SP_PROT_");
  archive("cache_time", value.cache_time);
  archive("maximum_cache_size", value.maximum_cache_size);
  archive("send_trusted_issuer_list", value.send_trusted_issuer_list);
  archive("disable_renegotiation_on_client",
          value.disable_renegotiation_on_client);
  archive("disable_renegotiation_on_server",
          value.disable_renegotiation_on_server);
}

template <typename Archive, Either<CredSspPolicy> T>
void Fields(Archive& archive, T& value) {
  archive("allow_fresh", value.allow_fresh);
  archive("allow_default", value.allow_default);
  archive("allow_fresh_when_ntlm_only", value.allow_fresh_when_ntlm_only);
  archive("allow_default_when_ntlm_only", value.allow_default_when_ntlm_only);
  archive("deny_fresh", value.deny_fresh);
  archive("deny_default", value.deny_default);
  archive.Name("encryption_oracle", value.encryption_oracle, kOracleNames);
  archive.Range("version", value.version, 2, 6);
  archive("as_in_windows_vista", value.as_in_windows_vista);
  archive("complete_auth_token", value.complete_auth_token);
}

template <typename Archive, Either<KerberosPolicy> T>
void Fields(Archive& archive, T& value) {
  archive("etypes", value.etypes);
  archive("max_clock_skew", value.max_clock_skew);
  archive.Optional("try_ip_spn", value.try_ip_spn);
}

template <typename Archive, Either<Logon> T>
void Fields(Archive& archive, T& value) {
  archive("user", value.user);
  archive("domain", value.domain);
  archive("password", value.password);
  archive.Optional("is_protected", value.is_protected);
}

template <typename Archive, Either<WorldOptions> T>
void Fields(Archive& archive, T& value) {
  archive.Time("now", value.now);
  archive("names", value.names);
  archive("process_id", value.process_id);
  archive("logon_session", value.logon_session);
  archive("ntlm", value.ntlm);
  archive("negotiate", value.negotiate);
  archive("schannel", value.schannel);
  archive("credssp", value.credssp);
  archive.Optional("kerberos", value.kerberos);
  archive("logon", value.logon);
  archive("authority_reachable", value.authority_reachable);
  archive.Name("verification", value.verification, kVerificationNames);
}

template <typename Archive, Either<ScenarioAccount> T>
void Fields(Archive& archive, T& value) {
  archive("user", value.user);
  archive("domain", value.domain);
  archive("password", value.password);
  archive.Name("state", value.state, kAccountStateNames);
}

template <typename Archive, Either<ScenarioPrincipal> T>
void Fields(Archive& archive, T& value) {
  archive("name", value.name);
  archive("aliases", value.aliases);
  archive("password", value.password);
  archive.Optional("keys", value.keys);
  archive.Name("state", value.state, kAccountStateNames);
  archive("requires_preauthentication", value.requires_preauthentication);
  archive("may_be_delegated", value.may_be_delegated);
  archive("trusted_for_delegation", value.trusted_for_delegation);
}

template <typename Archive, Either<kerberos::RealmPolicy> T>
void Fields(Archive& archive, T& value) {
  archive("etypes", value.etypes);
  archive("max_ticket_life", value.max_ticket_life);
  archive("max_renewable_life", value.max_renewable_life);
  archive("max_clock_skew", value.max_clock_skew);
}

template <typename Archive, Either<ScenarioRealm> T>
void Fields(Archive& archive, T& value) {
  archive("name", value.name);
  archive.Optional("netbios_name", value.netbios_name);
  archive("policy", value.policy);
  archive("reachable", value.reachable);
  archive("principal", value.principals);
  archive("trusted_by", value.trusted_by);
}

template <typename Archive, Either<TlsOptions> T>
void Fields(Archive& archive, T& value) {
  archive.Name("shows_certificate", value.shows_certificate,
               kShowsCertificateNames);
  archive.Flags("protocols", value.protocols, TlsProtocolFlags(), "SP_PROT_");
  archive.Flags("flags", value.flags, SchannelFlags(), "SCH_");
  archive("application_protocols", value.application_protocols);
}

// What both sides' callers have.
template <typename Archive, Either<CallerOptions> T>
void CallerFields(Archive& archive, T& value) {
  archive("message", value.message);
  archive("full_view", value.full_view);
  archive("tls", value.tls);
}

// What lies between them.
template <typename Archive, Either<ExchangeOptions> T>
void WireFields(Archive& archive, T& value) {
  archive.Name("form", value.form, kWireFormNames);
  archive("faults", value.faults);
  archive("latency", value.latency);
}

template <typename Archive, Either<DeviantBuffer> T>
void Fields(Archive& archive, T& value) {
  archive.Text("type", value.type, JsonBufferType());
  archive.Optional("of", value.of);
  archive.Optional("bytes", value.bytes);
  archive.Optional("size", value.size);
  archive.Optional("flip", value.flip);
}

template <typename Archive, Either<Deviation> T>
void Fields(Archive& archive, T& value) {
  archive.Name("side", value.side, kSideNames);
  archive("at", value.at);
  archive.Optional("call", value.call);
  archive.Optional("name", value.name);
  archive.Optional("attribute", value.attribute);
  archive.Optional("number", value.number);
  archive.Optional("sequence", value.sequence);
  archive.Optional("reserved", value.reserved);
  archive.Optional("logon_id", value.logon_id);
  archive.Optional("credential", value.credential);
  archive.Optional("context", value.context);
  archive.Optional("null", value.null);
  archive.Optional("input", value.input);
  archive.Optional("output", value.output);
  archive.Optional("descriptor_version", value.descriptor_version);
  archive.Optional("memory", value.memory);
  archive.Optional("size", value.size);
  archive.Optional("packed", value.packed);
  archive.Optional("save", value.save);
  archive.Optional("advance", value.advance);
  archive.Optional("authority_reachable", value.authority_reachable);
  archive.Optional("failing_allocation", value.failing_allocation);
  archive.Optional("returns", value.returns);
}

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SCENARIO_FIELDS_H_

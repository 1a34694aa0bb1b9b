#ifndef SSPILAB_CORE_CREDSSP_POLICY_H_
#define SSPILAB_CORE_CREDSSP_POLICY_H_

#include <cstdint>
#include <string>
#include <vector>

namespace sspilab {

// "Encryption Oracle Remediation" (AllowEncryptionOracle): whether peers are
// accepted that know no version of CredSSP with a nonce (5 and later).
enum class EncryptionOracle : uint8_t {
  kForceUpdatedClients,  // Neither as a client nor as a server.
  kMitigated,            // As a server only.
  kVulnerable,           // As both.
};

// What the administrator of the machine has decided about CredSSP: the settings
// of the Group Policy folder "Credentials Delegation", with what Windows has
// for them where nothing is configured.
struct CredSspPolicy {
  // Servers, as patterns of SPNs: "TERMSRV/*", "*.example.test", "*". One
  // asterisk stands for any characters; case does not matter.
  using Servers = std::vector<std::u16string>;

  // To whom may be delegated what the caller supplied (fresh credentials), and
  // those of the logon session (default credentials)...
  Servers allow_fresh = {u"TERMSRV/*"};
  Servers allow_default;
  // ...and to whom if the server's identity rests on NTLM alone: it showed
  // neither a certificate that is believed nor a Kerberos ticket
  // (Allow...CredentialsWhenNTLMOnly).
  Servers allow_fresh_when_ntlm_only = {u"TERMSRV/*"};
  Servers allow_default_when_ntlm_only;
  // To whom never, whatever the lists above say.
  Servers deny_fresh;
  Servers deny_default;

  EncryptionOracle encryption_oracle = EncryptionOracle::kMitigated;

  // The newest version of the protocol that the machine speaks, 2 to 6.
  uint32_t version = 6;
  // As Windows Vista and Server 2008 do it: ISC_REQ_DELEGATE is required, and
  // ISC_REQ_MUTUAL_AUTH ignored.
  bool as_in_windows_vista = false;
  // Package option: tokens that hold a TSRequest are left unfinished until
  // CompleteAuthToken. Windows' CredSSP never does it.
  bool complete_auth_token = false;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_CREDSSP_POLICY_H_

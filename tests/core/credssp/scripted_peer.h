#ifndef SSPILAB_TESTS_CORE_CREDSSP_SCRIPTED_PEER_H_
#define SSPILAB_TESTS_CORE_CREDSSP_SCRIPTED_PEER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/credssp/messages.h"
#include "tests/core/credssp/lab.h"

namespace sspilab::testing {

// The other end of a CredSSP context, as a test writes it: TLS by the Schannel
// package, SPNEGO by the Negotiate package (or a mechanism without it), and
// between them whatever TSRequests the test likes.
class ScriptedPeer {
 public:
  // Plays the server of `lab.client`, or the client of `lab.server`. Acquires
  // credentials, and comes with TLS done.
  enum class Plays { kServer, kClient };
  ScriptedPeer(CredSspLab& lab, Plays plays,
               const char16_t* mechanism = u"Negotiate");

  // What the other end has sent: all of its records but TLS's own.
  std::optional<credssp::TsRequest> Receive();
  // Gives it a TSRequest, and lets it make its calls. Returns the last status.
  SECURITY_STATUS Send(const credssp::TsRequest& request);
  // The same with any bytes, in one record each.
  SECURITY_STATUS SendRecords(const std::vector<std::string>& records);

  // One step of SPNEGO.
  Bytes Step(credssp::Bytes received);
  bool authenticated() const { return spnego.status == SEC_E_OK; }
  // Runs SPNEGO to its end; true if it came to a good one.
  bool Authenticate(uint32_t version);

  Bytes Seal(credssp::Bytes data);
  std::optional<Bytes> Unseal(credssp::Bytes sealed);
  // The server's key.
  Bytes Key();

  StreamEnd tls;
  StreamEnd spnego;
  StreamEnd& other;
  // Of the TSRequest that was received last.
  std::optional<credssp::TsRequest> last;

 private:
  CredSspLab& lab_;
  bool server_;
  std::string received_;
  ULONG sealed_ = 0;
  ULONG unsealed_ = 0;
};

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_CREDSSP_SCRIPTED_PEER_H_

#ifndef SSPILAB_SIM_SERVICE_H_
#define SSPILAB_SIM_SERVICE_H_

#include <string>

#include "sim/caller.h"

namespace sspilab::sim {

// A service: acquires its credentials once, at its start, and authenticates
// any number of clients with them.
class Service {
 public:
  explicit Service(const Endpoint& endpoint) : endpoint_(endpoint) {}
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Nothing happens where it has started. SEC_E_OK or what
  // AcquireCredentialsHandle says.
  [[nodiscard]] SECURITY_STATUS Start(const CallerOptions& options);
  // SEC_E_OK or what FreeCredentialsHandle says.
  SECURITY_STATUS Stop();

  const Endpoint& endpoint() const { return endpoint_; }
  CredHandle* credential() { return &credential_; }

 private:
  const Endpoint endpoint_;
  bool started_ = false;
  CredHandle credential_ = {};
};

// The reference service's side of one connection. Its model is the pair
// DoAuthentication and GenServerContext in Microsoft's "How a Windows Sockets
// Service Authenticates a Client": receive, AcceptSecurityContext,
// CompleteAuthToken where needed, send, until done. Where that sample is
// wrong, and what is done here instead:
//
//   1. `ContextAttributes && ASC_RET_MUTUAL_AUTH` is true whenever any
//      attribute is set. Here the bits wanted are compared (FinishHandshake).
//   2. It looks at them after every call, while they may still change, and only
//      prints: a missing attribute does not stop it, although its comment
//      promises TRUE for mutual authentication only. Here they are looked at
//      once, after the last call, and their absence is a failure.
//   3. Its status variable is overwritten by CompleteAuthToken's, and *pfDone
//      is computed from that: after SEC_I_COMPLETE_AND_CONTINUE it declares
//      itself done a leg early, and a client that proved nothing is let in.
//      Here the package's own status decides (handshake_status_).
//   4. It sends the output buffer even where there is no token, so the client
//      gets an empty message after the last leg (DeliverToken).
//   5. When a call fails it returns and says nothing: the client waits for
//      ever. Here the client gets the package's error token where there is one
//      and a verdict always (Fail).
//   6. When all went well it says nothing either, and a client whose last token
//      was the last of all cannot know. The same verdict tells it.
//   7. Context and credentials are never freed, neither after an error nor
//      when the connection ends (StepDelete).
//   8. It acquires credentials for each connection, and again when the first
//      token was refused and another comes. Here the Service has them.
//   9. SEC_E_INCOMPLETE_MESSAGE counts as failure, so it works only where a
//      read happens to give a whole token; and with one input buffer there is
//      no place for SECBUFFER_MISSING or SECBUFFER_EXTRA, so bytes behind the
//      token are lost (StepCallPackage, KeepExtra).
//  10. Nothing relates g_cbMaxMessage to the package's cbMaxToken
//      (StepAskPackage).
//  11. Nothing ends the loop with a client that always has another token
//      (kMaxLegs).
//  12. `Lifetime` is asked for and never looked at (FinishHandshake).
//  13. It asks for mutual authentication and nothing else: what it gets for
//      messages later is what the client happened to ask for. Here the service
//      says what it wants (CallerOptions).
//  14. In C, `null` is no name; a SOCKET does not fit the DWORD that it is
//      passed as; and a status printed with %u is a number that nobody knows.
//  15. Whatever status is no failure and not SEC_I_CONTINUE_NEEDED or
//      SEC_I_COMPLETE_AND_CONTINUE is taken for the end of a handshake that
//      went well, SEC_I_CONTEXT_EXPIRED too. Here only those are that say so
//      (FinishHandshake).
//  16. Its two buffers are the program's: two clients at a time write into each
//      other's tokens. What it keeps of a client goes by the number of the
//      socket and is never removed: who gets a number that another had goes on
//      with the other's context. Here each connection has its own.
class ServiceConnection final : public Caller {
 public:
  // The service outlives the connection, and is started by its first one.
  ServiceConnection(Service* service, Wire* wire);

  // Begins anew. `options` is not owned.
  void Begin(const CallerOptions* options);

 private:
  SECURITY_STATUS CallPackage(SecBufferDesc* input,
                              SecBufferDesc* output) override;
  SECURITY_STATUS AcquireCredentials() override;

  static const Role kRole;

  Service* const service_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SERVICE_H_

#ifndef SSPILAB_SIM_CLIENT_H_
#define SSPILAB_SIM_CLIENT_H_

#include <optional>
#include <string>

#include "sim/caller.h"

namespace sspilab::sim {

struct ClientOptions {
  CallerOptions caller;
  std::optional<Identity> identity;
  std::u16string target;
};

// The reference client: the loop that the documentation of
// InitializeSecurityContext describes.
//   - The first call has no context and no input, every later one both.
//   - The input has two buffers, the token and an empty one.
//   - A token that comes out is sent, with SEC_E_OK too.
//   - SEC_I_COMPLETE_NEEDED and SEC_I_COMPLETE_AND_CONTINUE: CompleteAuthToken
//     first, then send.
//   - Attributes that matter for security are looked at after the last call.
//   - Output that the package allocated goes back with FreeContextBuffer.
//   - SEC_I_INCOMPLETE_CREDENTIALS: the leg again, with the certificate that
//   the
//     options have for this, or as it was, without one.
//   - The context is deleted, however it ended.
class Client final : public Caller {
 public:
  Client(const Endpoint& endpoint, Wire* wire);

  // Begins anew. `options` is not owned.
  void Begin(const ClientOptions* options);

 private:
  SECURITY_STATUS CallPackage(SecBufferDesc* input,
                              SecBufferDesc* output) override;
  SECURITY_STATUS AcquireCredentials() override;
  SECURITY_STATUS FreeCredentials() override;
  SECURITY_STATUS AcquireMoreCredentials() override;
  SECURITY_STATUS Acquire(const OwnedCertificate* certificate,
                          CredHandle* credential);

  static const Role kRole;

  const ClientOptions* client_options_ = nullptr;
  bool has_credential_ = false;
  CredHandle credential_ = {};
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_CLIENT_H_

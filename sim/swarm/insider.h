#ifndef SSPILAB_SIM_SWARM_INSIDER_H_
#define SSPILAB_SIM_SWARM_INSIDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/credssp/messages.h"
#include "core/sspi.h"
#include "core/world.h"
#include "sim/auth_data.h"
#include "sim/swarm/dice.h"

namespace sspilab::sim {

// Plays one end of CredSSP within a TLS connection that it has made with
// Schannel, so that it can say whatever it wants: what MS-CSSP 3.1.5 has it say
// next, or something else. For one connection.
class Insider {
 public:
  // `mechanism` is Negotiate or NTLM. `key` is the server's certificate's, and
  // outlives it, as the table and the World do.
  Insider(SecurityFunctionTableW* table, World* world, bool initiates,
          std::u16string mechanism, const Identity* identity,
          absl::Span<const uint8_t> key, Dice* dice);
  Insider(const Insider&) = delete;
  Insider& operator=(const Insider&) = delete;
  ~Insider();

  // What to send now that `data` have come (whole TSRequests; nothing has, at
  // the beginning). Empty where it is the other end's turn.
  std::vector<uint8_t> Answer(absl::Span<const uint8_t> data);
  // Something else.
  std::vector<uint8_t> Nonsense();
  // A client may authenticate once more when all is done (page
  // "InitializeSecurityContext (CredSSP)"); a server waits for that.
  void BeginAgain();

 private:
  std::vector<uint8_t> AsClient(const credssp::TsRequest* received);
  std::vector<uint8_t> AsServer(const credssp::TsRequest& received);
  // A leg of the mechanism. Empty where it has no token.
  std::vector<uint8_t> Step(absl::Span<const uint8_t> received);
  std::vector<uint8_t> Seal(absl::Span<const uint8_t> data);
  std::vector<uint8_t> Bind(absl::Span<const uint8_t> nonce);

  SecurityFunctionTableW& table_;
  const bool initiates_;
  const absl::Span<const uint8_t> key_;
  Dice& dice_;
  uint32_t version_;
  bool has_credential_ = false;
  CredHandle credential_ = {};
  bool has_context_ = false;
  CtxtHandle context_ = {};
  SECURITY_STATUS status_ = SEC_I_CONTINUE_NEEDED;
  ULONG sealed_ = 0;
  bool key_sent_ = false;
  std::vector<uint8_t> nonce_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_INSIDER_H_

#ifndef SSPILAB_CORE_NTLM_RESPONSE_CHECK_H_
#define SSPILAB_CORE_NTLM_RESPONSE_CHECK_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/ntlm/av_pairs.h"
#include "core/ntlm/keys.h"
#include "core/ntlm/messages.h"
#include "core/world.h"

namespace sspilab::ntlm {

// What an authority finds out about the responses in an AUTHENTICATE message
// (MS-NLMP 3.2.5.1.2, 3.3).
struct CheckedResponse {
  Key key_exchange_key{};
  // Of an NTLMv2 response; views of the message. The list that is not there for
  // other kinds.
  AvPairs av_pairs;
};

enum class Verdict : uint8_t {
  kAccepted,
  // No such account, not allowed to log on, wrong password, a kind of response
  // that policy refuses, or one that is too old. Peers learn no more.
  kDenied,
  // The authority of the account cannot be asked.
  kNoAuthority,
  kMalformed,
};

// Judges `message`, which is not anonymous, against the accounts and the policy
// of `world`. `flags` are those in force.
[[nodiscard]] Verdict CheckResponse(const World& world,
                                    const AuthenticateMessage& message,
                                    uint32_t flags,
                                    const Challenge& server_challenge,
                                    CheckedResponse* response);

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_RESPONSE_CHECK_H_

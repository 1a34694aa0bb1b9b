#ifndef SSPILAB_FUZZ_CREDSSP_RELAY_H_
#define SSPILAB_FUZZ_CREDSSP_RELAY_H_

#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::fuzz {

// Two ends of CredSSP, and somebody between them who ends TLS at either side,
// by Schannel, and passes on the TSRequests that are inside, changed as the
// operations say: a token's number is that of a TSRequest. Where the lowest bit
// of Settings::seed is set, it has a certificate of its own that the initiator
// believes; else the acceptor's, with its key.
//
//   initiator <-- TLS --> the one between <-- TLS --> acceptor
//       <----------------- TSRequests ----------------->
//
// What must hold (NoForgery, MS-CSSP 3.1.5): with another key, neither end is
// ever done. With the same one, both are done only if each saw the same version
// in all TSRequests of the other, and the key's proof, the nonce that it is
// made with and the credentials as they were sent. Returns a digest.
uint64_t RunCredSspRelay(absl::Span<const uint8_t> input);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_CREDSSP_RELAY_H_

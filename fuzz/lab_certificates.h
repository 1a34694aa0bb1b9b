#ifndef SSPILAB_FUZZ_LAB_CERTIFICATES_H_
#define SSPILAB_FUZZ_LAB_CERTIFICATES_H_

#include <cstdint>

#include "core/role.h"
#include "core/world.h"

namespace sspilab::fuzz {

// What an end of a TLS connection shows, by number:
//   acceptor: one for lab.ex; that one with an intermediate; expired; for
//     another name; signed by itself; for clients only; none; one with
//     another's key; one whose issuer is no certificate
//   initiator: none; one that the acceptor believes; from an unknown authority;
//     for servers only; one that it believes, with an intermediate
inline constexpr int kAcceptorCertificates = 9;
inline constexpr int kInitiatorCertificates = 5;

// Gives `world` its certificate of that number, and belief in the roots of the
// other side. All are made once a process, and are the same every time.
void FurnishWithCertificates(uint8_t number, Role role, World& world);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_LAB_CERTIFICATES_H_

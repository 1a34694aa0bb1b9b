#ifndef SSPILAB_SIM_RENDER_PCAPNG_H_
#define SSPILAB_SIM_RENDER_PCAPNG_H_

#include <string>

#include "sim/trace.h"

namespace sspilab::sim {

// The tokens of a run as a packet capture, so that Wireshark's dissectors can
// look at them, over TCP and IPv4 with correct checksums.
//   NTLM, Negotiate, Kerberos    are bare in the simulation; here they are given
//     an envelope in which they are at home: an HTTP conversation (RFC 4559),
//     base64 in Authorization and WWW-Authenticate. A verdict is the response
//     that ends it, 200 or 403; protected messages are bodies. Only DCE style's
//     messages are not known in there: they have no GSS-API framing.
//   A KDC's messages    are connections to port 88 of their own, each message
//     with its length before it (RFC 4120 7.2.2). What is encrypted in them and
//     in Kerberos' tokens can be read with the realms' keytab (sim/keytab.h).
//   Schannel, CredSSP  are TLS as it is, without the verdicts. The keys are in
//     the capture (Decryption Secrets Block), so that it is read in clear.
// The times are those of the Worlds' clocks.
//
// In message form pieces are captured as they arrive: a truncated token is
// truncated here. In stream form, where pieces are no tokens, as they are sent.
std::string TraceToPcapng(const Trace& trace);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_PCAPNG_H_

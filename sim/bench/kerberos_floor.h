#ifndef SSPILAB_SIM_BENCH_KERBEROS_FLOOR_H_
#define SSPILAB_SIM_BENCH_KERBEROS_FLOOR_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "sim/bench/handshake.h"

namespace sspilab::sim {

// What of one real exchange the floor works on, and what it must come to.
struct KerberosExchange {
  // Of the ticket that was presented.
  kerberos::Key session_key;
  // The ticket as it was presented, and until when it is good.
  std::vector<uint8_t> ticket;
  kerberos::KerberosTime endtime;

  // Ciphertexts as they were sent.
  std::vector<uint8_t> ticket_part;
  std::vector<uint8_t> authenticator;
  std::vector<uint8_t> ap_rep_part;

  // Of the mutual exchange that `exchange` has just been through, with a
  // service that has `service_key`. InvalidArgument when it is another.
  static absl::StatusOr<KerberosExchange> Of(const Handshake& exchange,
                                             const kerberos::Key& service_key);
};

// The encryptions, MACs and key derivations that RFC 4120 makes unavoidable at
// both ends of a mutual exchange with tickets in hand, and nothing else:
// nettle's functions on bytes that lie ready. No message is built or read, no
// randomness drawn, no memory allocated, nothing compared.
//
// What is the same in every exchange is at hand: the keys Ke and Ki (RFC 3961
// 5.3) of the service's key for the ticket, and those of the session key at the
// initiator, which has them with its ticket. The acceptor sees the session key
// for the first time in each exchange, and derives them.
class KerberosFloor {
 public:
  using Bytes = absl::Span<const uint8_t>;

  // Views of the floor's memory, until Compute is called again.
  struct Computed {
    // As the initiator sends it, and the acceptor.
    Bytes authenticator;
    Bytes ap_rep_part;
    // What the receivers find: the plaintext, confounder included, and then the
    // MAC that they compute.
    Bytes opened_ticket_part;
    Bytes opened_authenticator;
    Bytes opened_ap_rep_part;
  };

  virtual ~KerberosFloor() = default;

  // For AES-256 with either digest; InvalidArgument for other types.
  static absl::StatusOr<std::unique_ptr<KerberosFloor>> New(
      const KerberosExchange& exchange, const kerberos::Key& service_key);

  virtual const Computed& Compute() = 0;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_KERBEROS_FLOOR_H_

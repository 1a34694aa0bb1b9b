#ifndef SSPILAB_SIM_BENCH_FLOOR_H_
#define SSPILAB_SIM_BENCH_FLOOR_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "sim/bench/handshake.h"

namespace sspilab::sim {

// The digests and keystreams that MS-NLMP makes unavoidable at both ends of an
// NTLMv2 exchange, and nothing else: nettle's functions on bytes that lie
// ready. No message is built or read, no name converted, no memory allocated,
// nothing compared. What an implementation takes more than this is its own.
//
// The floor is that of one real exchange: the same tokens, the same keys. So
// its results can be compared with what that exchange came to.
class CryptoFloor {
 public:
  using Bytes16 = std::array<uint8_t, 16>;

  // What the computation gives, to be compared.
  struct Handshake {
    // The initiator's.
    Bytes16 nt_proof;
    Bytes16 encrypted_session_key;
    Bytes16 initiator_mic;
    // The acceptor's.
    Bytes16 expected_nt_proof;
    Bytes16 session_key;
    Bytes16 acceptor_mic;
  };
  // One sealed message each way: the checksums as they are sent, encrypted.
  struct Messages {
    std::array<uint8_t, 8> from_initiator;
    std::array<uint8_t, 8> verified_by_acceptor;
    std::array<uint8_t, 8> from_acceptor;
    std::array<uint8_t, 8> verified_by_initiator;
  };

  // Of the exchange that `exchange` has just been through, in `table`.
  // InvalidArgument when that is not what is computed here: NTLMv2 with a MIC
  // and an exchanged key, under kBenchUser, kBenchDomain and kBenchPassword.
  static absl::StatusOr<CryptoFloor> Of(SecurityFunctionTableW& table,
                                        sim::Handshake& exchange);

  // MS-NLMP 3.3.2, 3.1.5.1.2 and 3.2.5.1.2: from the password at the
  // initiator, from the account's NT hash at the acceptor.
  Handshake Compute() const;
  // MS-NLMP 3.4.3, 3.4.5.2 and 3.4.5.3: for messages of sim::Handshake's size.
  Messages ComputeMessages() const;

 private:
  CryptoFloor() = default;

  // The NT proof's and session base key's, from one NT hash.
  struct Proof;
  Proof ComputeProof(const Bytes16& nt_hash) const;
  Bytes16 ComputeMic(const Bytes16& session_key) const;

  // UTF-16LE. The names follow each other as NTOWFv2 takes them.
  std::vector<uint8_t> password_;
  std::vector<uint8_t> names_;
  Bytes16 nt_hash_;
  Bytes16 session_key_;
  Bytes16 encrypted_session_key_;
  // The server's challenge and then NTLMv2's "temp".
  std::vector<uint8_t> proven_;
  // The three tokens, the MIC as zeros.
  std::vector<uint8_t> transcript_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_FLOOR_H_

#ifndef SSPILAB_SIM_LOOP_PEER_H_
#define SSPILAB_SIM_LOOP_PEER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/world.h"
#include "sim/testing.h"

namespace sspilab::sim {

// Whom a loop under test talks to: bytes in, messages out, by the rules and
// with our packages.
class LoopPeer {
 public:
  // The side that the loop is not. It does what `loop` says of the peer.
  LoopPeer(const LoopUnderTest& loop, World* world);
  ~LoopPeer();
  LoopPeer(const LoopPeer&) = delete;
  LoopPeer& operator=(const LoopPeer&) = delete;

  void Take(absl::Span<const uint8_t> bytes);
  // What it has said since the last time.
  std::vector<std::vector<uint8_t>> TakeMessages();

 private:
  // Whether another leg may follow with what input is left.
  bool Leg();
  // The handshake is done: what the loop's description has for it then.
  void GoOn();
  void SendMessage();

  SecurityFunctionTableW* const table_ = InitSecurityInterfaceW();
  const bool is_client_;
  World* const world_;
  std::u16string package_;
  std::u16string target_;
  const ULONG requirements_;
  const std::string message_;
  bool renegotiates_;
  CredHandle credential_ = {};
  CtxtHandle context_ = {};
  bool has_credential_ = false;
  bool has_context_ = false;
  bool failed_ = false;
  bool done_ = false;
  bool stream_ = false;
  std::vector<uint8_t> input_;
  std::vector<std::vector<uint8_t>> messages_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_LOOP_PEER_H_

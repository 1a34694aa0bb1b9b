#ifndef SSPILAB_FUZZ_SEALING_RUN_H_
#define SSPILAB_FUZZ_SEALING_RUN_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::fuzz {

// One thing that happens to the messages of two contexts, as an input has it.
// Any bytes are one.
struct SealingOperation {
  // What, modulo kSealingKinds.
  uint8_t kind;
  // Whose message it is to be (odd: the acceptor's), or which one of those that
  // were made, counted back from the last.
  uint8_t which;
  // Of the text.
  uint8_t size;
  // In which buffers: bits of sealing_shape.
  uint8_t shape;
  // Where a change is, and where a text is divided.
  uint8_t place;
  // Of a change; fQOP.
  uint8_t value;
};
static_assert(sizeof(SealingOperation) == 6 && alignof(SealingOperation) == 1);

enum class SealingKind : uint8_t {
  kSeal,
  kSign,
  // To whom it is for, as it was sent, or with a byte of it XORed with `value`.
  kDeliver,
  kDeliverDamaged,
  // With `value`, signed, bytes more or less.
  kDeliverResized,
  // To whom sent it.
  kReflect,
  // What was sealed to VerifySignature, what was signed to DecryptMessage.
  kOpenOtherwise,
  // To another process: `value` has SECPKG_CONTEXT_EXPORT_*.
  kMove,
  // The same, and a byte of the packed context is XORed with `size`.
  kMoveDamaged,
};
inline constexpr int kSealingKinds = 9;

// SealingOperation::shape.
namespace sealing_shape {
// How many DATA buffers the text is in, less one.
inline constexpr uint8_t kPieces = 0x03;
// The token stands behind the text; where it arrives, all is in one STREAM.
inline constexpr uint8_t kTokenLast = 0x04;
inline constexpr uint8_t kStream = 0x04;
// The first piece is marked READONLY, or READONLY_WITH_CHECKSUM.
inline constexpr uint8_t kReadOnly = 0x08;
inline constexpr uint8_t kCheckedOnly = 0x10;
inline constexpr uint8_t kNoPadding = 0x20;
inline constexpr uint8_t kLittleRoom = 0x40;
// There is no token, or no memory for it, or it is read-only.
inline constexpr uint8_t kNoToken = 0x80;
}  // namespace sealing_shape

inline constexpr size_t kMaxSealingOperations = 32;

// The first byte says between which ready contexts (ready_contexts.h); then
// operations. What arrives is judged with a model of its own of what each end
// has taken (MessagesArrive, MessagesAreAuthentic). Returns a digest.
uint64_t RunSealing(absl::Span<const uint8_t> input);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_SEALING_RUN_H_

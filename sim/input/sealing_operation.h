#ifndef SSPILAB_SIM_INPUT_SEALING_OPERATION_H_
#define SSPILAB_SIM_INPUT_SEALING_OPERATION_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "sim/input/record.h"

namespace sspilab::sim {

// One thing that happens to the messages of two contexts, as an input of the
// fuzz target sealing has it. Any bytes are one.
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

// The same in names. The settings are a byte: which contexts, of those that the
// target keeps ready, modulo their number.
namespace sealing_fields {
inline constexpr RecordField kSettings[] = {{.name = "contexts"}};
inline constexpr std::string_view kKinds[] = {"seal",
                                              "sign",
                                              "deliver",
                                              "deliver_damaged",
                                              "deliver_resized",
                                              "reflect",
                                              "open_otherwise",
                                              "move",
                                              "move_damaged"};
static_assert(std::size(kKinds) == kSealingKinds);
inline constexpr std::string_view kShapes[] = {
    "token_last_or_stream", "read_only",   "checked_only",
    "no_padding",           "little_room", "no_token"};
inline constexpr RecordField kOperation[] = {
    {.name = "kind", .names = kKinds},
    {.name = "which"},
    {.name = "size"},
    {.name = "shape", .names = kShapes, .is_bits = true, .number_bits = 2},
    {.name = "place"},
    {.name = "value"}};
static_assert(std::size(kOperation) == sizeof(SealingOperation));
}  // namespace sealing_fields

inline constexpr RecordFormat kSealingFormat = {
    .target = "sealing",
    .settings = sealing_fields::kSettings,
    .operation = sealing_fields::kOperation,
    .most_operations = 32};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INPUT_SEALING_OPERATION_H_

#ifndef SSPILAB_SIM_INPUT_OPERATION_H_
#define SSPILAB_SIM_INPUT_OPERATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sspilab::sim {

// One thing that happens in a run. The kind alone says what an operation is,
// whichever package the run is of.
enum class OperationKind : uint8_t {
  // To token number `target`, counted from 0 and modulo the package's number of
  // tokens, in the order of the operations. Places are modulo its size.
  kFlip,       // the byte at `place` is XORed with `value`
  kSet,        // ... is set
  kAddToU16,   // the number at `place` gets the signed `value` added
  kTruncate,   // at `place`
  kExtend,     // by `value` zeros
  kErase,      // `value` bytes at `place`
  kDuplicate,  // `value` bytes at `place`, behind themselves
  kReplace,    // by the token that was sent as number `value`: repetition,
               // reflection, exchange
  kSplice,     // from `place` on by what that token has there
  kDrop,       // nothing arrives
  kDeliver,    // `bytes` arrive in its place. An end that is absent says
               // nothing else
  // Of streams; elsewhere nothing.
  kSplit,     // what is left of it comes in two: up to `place`, and the rest.
              // Of framing: the next turn brings `place` bytes at most
  kCoalesce,  // it waits, and comes with what is sent next. Of framing: the
              // next turn brings all that is there

  // After the handshake: `target` is the side, 0 the initiator, 1 the acceptor.
  // It sends a message: its size is the lower byte of `place`; the byte at the
  // upper byte of `place` is XORed with `value` on its way. EncryptMessage,
  // MakeSignature, or SECQOP_WRAP_NO_ENCRYPT where the package has it; opened
  // with the signature beside the text, or as SECBUFFER_STREAM. A stream knows
  // one kind of message.
  kSeal,
  kSealAsStream,
  kSign,
  kSignAsStream,
  kWrap,
  kWrapAsStream,
  kHold,    // it sends one that does not arrive; of a stream: not yet
  kRepeat,  // the last message arrives once more
  kMove,    // its context is exported and imported: the lower two bits of
  // `place` are SECPKG_CONTEXT_EXPORT_*, the packed byte at the others
  // is XORed with `value`
  // Of streams; elsewhere nothing.
  kArrive,       // `place` bytes of what it has sent arrive
  kDamage,       // the byte at `place` of that is XORed with `value`, and all
                 // arrives
  kShutdown,     // it ends the stream
  kRenegotiate,  // it asks for another handshake
  // Of all.
  kOthers,  // the calls that need nothing but the context; `value` says which
  kLate,    // its context is given `bytes` or, without any, the token that was
            // sent as number `place`

  // To token number `target`, in the order of the operations, as the first
  // ones. After them, because the numbers of kinds are what inputs have.
  kProve,  // what proves it is made anew, by who knows the keys: NTLM's
           // response and MIC, SPNEGO's mechListMIC, what is encrypted in
           // Kerberos' messages
  kAlter,  // the field number `place`, modulo their number, is changed:
           // FieldChange is the lower four bits of `value`, modulo their number
  // Who takes token number `target` calls otherwise. Of streams a token may be
  // taken in several legs, which count from 0.
  kOffer,    // from leg number `place` on, room as OutputShape `value` says,
             // modulo their number
  kControl,  // before leg number `place`, ApplyControlToken with the type
             // `value`; of streams
  kChange,   // the World of who takes it changes before it arrives: WorldChange
             // is `value`, modulo their number
  // After the handshake: `target` is the side.
  kAgain,  // of CredSSP, elsewhere nothing: it authenticates once more. The
           // tokens of that are numbered on: by even numbers those of who began
           // first
};
inline constexpr size_t kOperationKinds = 34;

// What else may become of a World between two legs.
enum class WorldChange : uint8_t {
  kClock,            // it is `place` minutes later
  kNobodyAnswers,    // for the domain
  kAccountDisabled,  // the initiator's
  kServiceDisabled,  // the account of the acceptor's machine
  kServiceMoves,     // the service is another account's
};
inline constexpr size_t kWorldChanges = 5;

// What becomes of a field of NTLM's, an element of DER, a record or a message
// of TLS. The lengths around it are then right, and its own but where this says
// otherwise.
enum class FieldChange : uint8_t {
  kEmptied,        // its contents go
  kLastByteGoes,   // ... the last byte of them
  kZeroComes,      // a zero comes behind them
  kFirstByte,      // the first byte of them: the bit that the upper bits of
                   // `value` say
  kLastByte,       // the same of the last one,
  kType,           // and of the byte before the length: DER's tag
  kLengthOneMore,  // its length alone
  kLengthOneLess,
  kGoes,  // all of it, with type and length; of NTLM's, the contents
  kTwice,
  kEndsBefore,  // the token ends where it begins
  kEndsWithIt,  // ... where it ends
  // Of NTLM's, which say where their contents are; elsewhere nothing.
  kPlaceEarlier,  // by the number that is the bit of kFirstByte
  kPlaceLater,
  kPlaceAtEnd,  // where the token ends
};
inline constexpr size_t kFieldChanges = 15;

// The names in text.
inline constexpr std::array<const char*, kOperationKinds> kOperationNames = {
    "flip",           "set",         "add_to_u16",     "truncate",
    "extend",         "erase",       "duplicate",      "replace",
    "splice",         "drop",        "deliver",        "split",
    "coalesce",       "seal",        "seal_as_stream", "sign",
    "sign_as_stream", "wrap",        "wrap_as_stream", "hold",
    "repeat",         "move",        "arrive",         "damage",
    "shutdown",       "renegotiate", "others",         "late",
    "prove",          "alter",       "offer",          "control",
    "change",         "again"};

// Whether it happens to a token; else to a context, after the handshake.
constexpr bool IsOfToken(OperationKind kind) {
  return kind <= OperationKind::kCoalesce ||
         (kind >= OperationKind::kProve && kind != OperationKind::kAgain);
}
// Whether it has bytes of its own.
constexpr bool HasBytes(OperationKind kind) {
  return kind == OperationKind::kDeliver || kind == OperationKind::kLate;
}

// Whether it is a message that is sent and arrives.
constexpr bool IsMessage(OperationKind kind) {
  return kind >= OperationKind::kSeal && kind <= OperationKind::kWrapAsStream;
}

struct Operation {
  static constexpr size_t kMostBytes = 0xFFFF;

  OperationKind kind = OperationKind::kFlip;
  uint8_t target = 0;
  uint16_t place = 0;
  uint8_t value = 0;
  // Empty unless HasBytes(kind); at most kMostBytes.
  std::vector<uint8_t> bytes = {};

  friend bool operator==(const Operation&, const Operation&) = default;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INPUT_OPERATION_H_

// What the Referee does to the calls of others.

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "sim/party_view.h"
#include "sim/swarm/referee.h"
#include "sim/swarm/wrong_token.h"

namespace sspilab::sim {
namespace {

SecBufferDesc Describe(absl::Span<SecBuffer> buffers) {
  return {SECBUFFER_VERSION, static_cast<ULONG>(buffers.size()),
          buffers.data()};
}

}  // namespace

// Where a leg of ours may write.
class Referee::Room {
 public:
  explicit Room(Dice& dice) : Room() {
    switch (dice.Below(6)) {
      case 0:
        buffer_.cbBuffer = 1;
        break;
      case 1:
        buffer_.cbBuffer = static_cast<ULONG>(1 + dice.Below(200));
        break;
      case 2:
        buffer_.pvBuffer = nullptr;
        break;
      case 3:
        buffer_.BufferType |= SECBUFFER_READONLY;
        break;
      default:
        break;
    }
  }
  Room() = default;
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  SecBufferDesc* get() { return &descriptor_; }
  absl::Span<const uint8_t> written() const {
    return {bytes_.data(), buffer_.cbBuffer};
  }

 private:
  static constexpr size_t kSize = 4096;
  std::array<uint8_t, kSize> bytes_;
  SecBuffer buffer_ = {kSize, SECBUFFER_TOKEN, bytes_.data()};
  SecBufferDesc descriptor_ = {SECBUFFER_VERSION, 1, &buffer_};
};

// Input that the caller did not bring.
class Referee::Record {
 public:
  explicit Record(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}
  explicit Record(Dice& dice) : Record(WrongToken(dice)) {}
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  SecBufferDesc* AsToken() { return As(SECBUFFER_TOKEN); }
  SecBufferDesc* AsMessage() { return As(SECBUFFER_DATA); }

 private:
  SecBufferDesc* As(ULONG type) {
    buffers_ = {};
    buffers_[0] = {static_cast<ULONG>(bytes_.size()), type, bytes_.data()};
    return &descriptor_;
  }

  std::vector<uint8_t> bytes_;
  std::array<SecBuffer, 4> buffers_{};
  SecBufferDesc descriptor_ = {SECBUFFER_VERSION, 4, buffers_.data()};
};

// Which calls a mischief is for.
struct Referee::Mischief {
  enum For : uint8_t {
    kLegs = 1,
    kFirstLegs = 2,
    kCompletions = 4,
    kControls = 8,
    kSeals = 16,
    kUnseals = 32,
    kOthers = 64,
    // All of a context that there is.
    kContexts = kLegs | kCompletions | kControls | kSeals | kUnseals | kOthers,
  };
  std::string_view name;
  uint8_t calls;
  bool streams_only;
  SECURITY_STATUS (Referee::*play)(Turn& turn);

  static For KindOf(const Turn& turn) {
    switch (turn.call.call) {
      case Call::kCompleteAuthToken:
        return kCompletions;
      case Call::kApplyControlToken:
        return kControls;
      case Call::kEncryptMessage:
        return kSeals;
      case Call::kDecryptMessage:
        return kUnseals;
      default:
        return !turn.is_leg()                 ? kOthers
               : turn.call.context != nullptr ? kLegs
                                              : kFirstLegs;
    }
  }
};

constexpr uint8_t kAllLegs = 3;

const Referee::Mischief Referee::kMischiefs[] = {
    {"a leg with little room or none", kAllLegs | Mischief::kContexts, false,
     &Referee::LegInTrouble},
    {"a leg with another token", kAllLegs | Mischief::kContexts, false,
     &Referee::LegWithWrongToken},
    {"the leg has another token", kAllLegs, false, &Referee::WrongTokenInstead},
    {"the leg is made twice", Mischief::kLegs, false, &Referee::LegTwice},
    {"the leg has channel bindings", kAllLegs, false,
     &Referee::LegWithBindings},
    {"the leg has one input buffer", Mischief::kLegs, true,
     &Referee::LegWithOneBuffer},
    {"the acceptor speaks first", Mischief::kFirstLegs, false,
     &Referee::AcceptorSpeaksFirst},
    {"memory runs out", kAllLegs | Mischief::kContexts, false,
     &Referee::NoMemory},
    {"another token is completed", Mischief::kContexts, false,
     &Referee::CompleteAnother},
    {"the leg's token is completed uncalled for", kAllLegs, false,
     &Referee::CompleteAfterwards},
    {"a control token, and a leg", Mischief::kContexts, true,
     &Referee::ControlAndLeg},
    {"another control token", Mischief::kControls, true,
     &Referee::ControlInstead},
    {"EncryptMessage out of turn", Mischief::kContexts, false,
     &Referee::SealOutOfTurn},
    {"DecryptMessage out of turn", Mischief::kContexts, false,
     &Referee::UnsealOutOfTurn},
    {"the message is read twice", Mischief::kUnseals, false,
     &Referee::UnsealTwice},
    {"a query", Mischief::kContexts, false, &Referee::QueryAnything},
    {"a token in place of the message", Mischief::kSeals, true,
     &Referee::TokenInsteadOfMessage},
};

const Referee::Mischief Referee::kMischiefsInDomain[] = {
    {"no authority answers", kAllLegs, false, &Referee::NoAuthority},
    {"the clock jumps", kAllLegs | Mischief::kContexts, false,
     &Referee::ClockJumps},
    {"something in the domain changes", kAllLegs, false,
     &Referee::DomainChanges},
};

SECURITY_STATUS Referee::Play(Turn turn) {
  const Mischief::For kind = Mischief::KindOf(turn);
  absl::Span<const Mischief> mischiefs = kMischiefs;
  // (Where there is none, no dice are thrown for it.)
  if (!turn.side.world->realms().empty() && turn.dice.Once(2)) {
    mischiefs = kMischiefsInDomain;
  }
  const Mischief* mischief = nullptr;
  do {
    mischief = &mischiefs[turn.dice.Below(mischiefs.size())];
  } while ((mischief->calls & kind) == 0 ||
           (mischief->streams_only && !is_stream_));
  if (logging_) {
    absl::StrAppend(&log_, "  - mischief ", mischiefs_ - 1, ": ",
                    mischief->name, "\n");
  }
  const SECURITY_STATUS status = (this->*mischief->play)(turn);
  if (logging_) {
    absl::StrAppend(&log_, "  - end of mischief\n");
  }
  return status;
}

SECURITY_STATUS Referee::Leg(Side& side, SecBufferDesc* input,
                             SecBufferDesc* output) {
  ULONG attributes = 0;
  TimeStamp expiry;
  CtxtHandle handle = {};
  if (side.context != nullptr) {
    handle = *side.context;
  }
  CtxtHandle* const context = side.context != nullptr ? &handle : nullptr;
  const bool initiates = side.leg == Call::kInitializeSecurityContext;
  // Where there is room, or not, is ours to say.
  const ULONG requirements =
      side.requirements &
      ~(initiates ? ISC_REQ_ALLOCATE_MEMORY : ASC_REQ_ALLOCATE_MEMORY);
  const SECURITY_STATUS status = Judge(
      side.leg,
      initiates
          ? inner().InitializeSecurityContextW(
                side.credential, context, const_cast<SEC_WCHAR*>(side.target),
                requirements, 0, SECURITY_NATIVE_DREP, input, 0, &handle,
                output, &attributes, &expiry)
          : inner().AcceptSecurityContext(
                side.credential, context, input, requirements,
                SECURITY_NATIVE_DREP, &handle, output, &attributes, &expiry));
  if (context == nullptr && status >= 0) {
    Judge(Call::kDeleteSecurityContext, inner().DeleteSecurityContext(&handle));
  }
  return status;
}

SECURITY_STATUS Referee::LegInstead(const Turn& turn, CtxtHandle* context,
                                    SecBufferDesc* input) {
  const SspiCall& call = turn.call;
  const SECURITY_STATUS status = Judge(
      call.call,
      turn.side.leg == Call::kInitializeSecurityContext
          ? inner().InitializeSecurityContextW(
                call.credential, context, const_cast<SEC_WCHAR*>(call.name),
                call.number, 0, SECURITY_NATIVE_DREP, input, 0,
                call.new_context, call.output, call.attributes, call.expiry)
          : inner().AcceptSecurityContext(call.credential, context, input,
                                          call.number, SECURITY_NATIVE_DREP,
                                          call.new_context, call.output,
                                          call.attributes, call.expiry));
  if (status >= 0) {
    turn.side.context = call.new_context;
    MixInOutput(call.output);
  }
  return status;
}

SECURITY_STATUS Referee::LegInTrouble(Turn& turn) {
  Room room(turn.dice);
  if (turn.is_leg()) {
    Leg(turn.side, turn.call.input, room.get());
  } else if (turn.call.call == Call::kDecryptMessage) {
    // What came, brought to the wrong call.
    const SecBuffer& first = turn.call.input->pBuffers[0];
    const auto* bytes = static_cast<const uint8_t*>(first.pvBuffer);
    Record record(std::vector<uint8_t>(bytes, bytes + first.cbBuffer));
    Leg(turn.side, record.AsToken(), room.get());
  } else {
    Leg(turn.side, nullptr, room.get());
  }
  return Proceed(turn);
}

SECURITY_STATUS Referee::LegWithWrongToken(Turn& turn) {
  Record record(turn.dice);
  Room room(turn.dice);
  Leg(turn.side, record.AsToken(), room.get());
  return Proceed(turn);
}

SECURITY_STATUS Referee::WrongTokenInstead(Turn& turn) {
  const SecBufferDesc* const input = turn.call.input;
  absl::Span<const uint8_t> token;
  if (input != nullptr && input->cBuffers > 0) {
    token = {static_cast<const uint8_t*>(input->pBuffers[0].pvBuffer),
             input->pBuffers[0].cbBuffer};
  }
  Record record(Reworded(turn.dice, token));
  return LegInstead(turn, turn.call.context, record.AsToken());
}

SECURITY_STATUS Referee::LegTwice(Turn& turn) {
  const SECURITY_STATUS status = Proceed(turn);
  Room room;
  Leg(turn.side, turn.call.input, room.get());
  return status;
}

// Malformed ones, or such as the peer does not have.
SECURITY_STATUS Referee::LegWithBindings(Turn& turn) {
  struct {
    SEC_CHANNEL_BINDINGS header;
    uint8_t data[4];
  } bindings = {};
  bindings.header.cbApplicationDataLength = sizeof(bindings.data);
  bindings.header.dwApplicationDataOffset = sizeof(bindings.header);
  absl::InlinedVector<SecBuffer, 4> buffers;
  const SecBufferDesc* const input = turn.call.input;
  for (ULONG i = 0; input != nullptr && i < input->cBuffers; ++i) {
    buffers.push_back(input->pBuffers[i]);
  }
  const bool malformed = turn.dice.Once(2);
  // To a stream the same bytes are no list of protocols.
  const ULONG type = is_stream_ && turn.dice.Once(2)
                         ? ULONG{SECBUFFER_APPLICATION_PROTOCOLS}
                         : ULONG{SECBUFFER_CHANNEL_BINDINGS};
  buffers.push_back(
      {malformed ? 3U : static_cast<ULONG>(sizeof(bindings)), type, &bindings});
  SecBufferDesc descriptor = Describe(absl::MakeSpan(buffers));
  return LegInstead(turn, turn.call.context, &descriptor);
}

// Where nobody can be told what was left over, or is missing.
SECURITY_STATUS Referee::LegWithOneBuffer(Turn& turn) {
  if (turn.call.input == nullptr || turn.call.input->cBuffers == 0) {
    return Proceed(turn);
  }
  SecBufferDesc one = {SECBUFFER_VERSION, 1, turn.call.input->pBuffers};
  return LegInstead(turn, turn.call.context, &one);
}

// MS-SPNG 3.2.5.2: the acceptor's first call has no token.
SECURITY_STATUS Referee::AcceptorSpeaksFirst(Turn& turn) {
  if (turn.side.leg != Call::kAcceptSecurityContext) {
    return Proceed(turn);
  }
  if (const SECURITY_STATUS status = LegInstead(turn, nullptr, nullptr);
      status != SEC_I_CONTINUE_NEEDED) {
    return status;
  }
  // Its token is lost; the initiator speaks, too.
  if ((turn.call.number & ASC_REQ_ALLOCATE_MEMORY) != 0) {
    Judge(Call::kFreeContextBuffer,
          inner().FreeContextBuffer(turn.call.output->pBuffers[0].pvBuffer));
    turn.call.output->pBuffers[0].pvBuffer = nullptr;
  }
  Room room(turn.dice);
  switch (turn.dice.Below(4)) {
    case 0:
      Leg(turn.side, turn.call.input, room.get());
      break;
    case 1: {
      Record record(turn.dice);
      Leg(turn.side, record.AsToken(), room.get());
      break;
    }
    case 2:
      turn.side.world->memory().FailAt(1 + turn.dice.Below(4));
      break;
    default:
      break;
  }
  const SECURITY_STATUS status =
      LegInstead(turn, turn.call.new_context, turn.call.input);
  turn.side.world->memory().FailAt(0);
  if (status < 0) {
    // To its caller it is a first leg, which leaves nothing when it fails.
    turn.side.context = nullptr;
    Judge(Call::kDeleteSecurityContext,
          inner().DeleteSecurityContext(turn.call.new_context));
  }
  return status;
}

SECURITY_STATUS Referee::NoMemory(Turn& turn) {
  constexpr uint64_t kAllocations = 6;
  // The smaller of two: the first ones are in every call.
  turn.side.world->memory().FailAt(1 + std::min(turn.dice.Below(kAllocations),
                                                turn.dice.Below(kAllocations)));
  const SECURITY_STATUS status = Proceed(turn);
  turn.side.world->memory().FailAt(0);
  return status;
}

SECURITY_STATUS Referee::CompleteAnother(Turn& turn) {
  uint8_t another[] = {'a', 'n', 'o', 't', 'h', 'e', 'r'};
  SecBuffer token = {sizeof(another), SECBUFFER_TOKEN, another};
  SecBufferDesc descriptor = Describe(absl::MakeSpan(&token, 1));
  const SECURITY_STATUS status =
      Judge(Call::kCompleteAuthToken,
            inner().CompleteAuthToken(turn.side.context, &descriptor));
  if (turn.call.call == Call::kCompleteAuthToken && status >= 0) {
    return status;  // There was no token to complete, and it is done.
  }
  return Proceed(turn);
}

SECURITY_STATUS Referee::CompleteAfterwards(Turn& turn) {
  const SECURITY_STATUS status = Proceed(turn);
  if (turn.side.context != nullptr && status != SEC_I_COMPLETE_NEEDED &&
      status != SEC_I_COMPLETE_AND_CONTINUE) {
    Room room;
    Judge(Call::kCompleteAuthToken,
          inner().CompleteAuthToken(turn.side.context, room.get()));
  }
  return status;
}

SECURITY_STATUS Referee::Control(Turn& turn) {
  std::vector<uint32_t> words = ControlToken(turn.dice);
  SecBuffer token = {static_cast<ULONG>(words.size() * sizeof(words[0])),
                     SECBUFFER_TOKEN, words.data()};
  SecBufferDesc descriptor = Describe(absl::MakeSpan(&token, 1));
  return Judge(Call::kApplyControlToken,
               inner().ApplyControlToken(turn.side.context, &descriptor));
}

// The leg that it asks for may be the caller's own.
SECURITY_STATUS Referee::ControlAndLeg(Turn& turn) {
  Control(turn);
  if (turn.dice.Once(2)) {
    Room room(turn.dice);
    Leg(turn.side, nullptr, room.get());
  }
  return Proceed(turn);
}

SECURITY_STATUS Referee::ControlInstead(Turn& turn) { return Control(turn); }

SECURITY_STATUS Referee::SealOutOfTurn(Turn& turn) {
  std::array<uint8_t, 128> bytes = {};
  const std::array<SecBuffer, 4> as_stream = {
      {{13, SECBUFFER_STREAM_HEADER, bytes.data()},
       {9, SECBUFFER_DATA, bytes.data() + 13},
       {64, SECBUFFER_STREAM_TRAILER, bytes.data() + 22},
       {0, SECBUFFER_EMPTY, nullptr}}};
  const std::array<SecBuffer, 4> as_tokens = {
      {{16, SECBUFFER_TOKEN, bytes.data()},
       {9, SECBUFFER_DATA, bytes.data() + 16},
       {0, SECBUFFER_EMPTY, nullptr},
       {0, SECBUFFER_EMPTY, nullptr}}};
  std::array<SecBuffer, 4> buffers =
      is_stream_ == turn.dice.Once(8) ? as_tokens : as_stream;
  SecBufferDesc descriptor = Describe(absl::MakeSpan(buffers));
  if (turn.dice.Once(4)) {
    Judge(Call::kMakeSignature,
          inner().MakeSignature(turn.side.context, 0, &descriptor, 0));
  } else {
    Judge(Call::kEncryptMessage,
          inner().EncryptMessage(turn.side.context, 0, &descriptor, 0));
  }
  return Proceed(turn);
}

SECURITY_STATUS Referee::UnsealOutOfTurn(Turn& turn) {
  Record record(turn.dice);
  ULONG quality = 0;
  if (turn.dice.Once(4)) {
    Judge(Call::kVerifySignature,
          inner().VerifySignature(turn.side.context, record.AsMessage(), 0,
                                  &quality));
  } else {
    Judge(Call::kDecryptMessage,
          inner().DecryptMessage(turn.side.context, record.AsMessage(), 0,
                                 &quality));
  }
  return Proceed(turn);
}

SECURITY_STATUS Referee::UnsealTwice(Turn& turn) {
  // In place: of a copy.
  const SecBufferDesc& message = *turn.call.input;
  std::vector<std::vector<uint8_t>> bytes(message.cBuffers);
  absl::InlinedVector<SecBuffer, 4> buffers;
  for (ULONG i = 0; i < message.cBuffers; ++i) {
    const SecBuffer& buffer = message.pBuffers[i];
    const auto* begin = static_cast<const uint8_t*>(buffer.pvBuffer);
    if (begin != nullptr) {
      bytes[i].assign(begin, begin + buffer.cbBuffer);
    }
    buffers.push_back({buffer.cbBuffer, buffer.BufferType,
                       begin != nullptr ? bytes[i].data() : nullptr});
  }
  SecBufferDesc copy = Describe(absl::MakeSpan(buffers));
  ULONG quality = 0;
  Judge(Call::kDecryptMessage,
        inner().DecryptMessage(turn.side.context, &copy, turn.call.sequence,
                               &quality));
  return Proceed(turn);
}

SECURITY_STATUS Referee::QueryAnything(Turn& turn) {
  PartyView view;
  view.stream.emplace();
  const PartyQueries& queries =
      turn.dice.Once(2) ? TokenQueries() : StreamQueries();
  const ULONG attribute =
      queries.attributes[turn.dice.Below(queries.attributes.size())];
  if (turn.dice.Once(8)) {
    Judge(
        Call::kQueryContextAttributes,
        inner().QueryContextAttributesW(turn.side.context, attribute, nullptr));
  } else {
    Judge(Call::kQueryContextAttributes,
          QueryInto(inner(), turn.side.context, attribute, &view));
  }
  return Proceed(turn);
}

// What a leg makes is sent where the message would have been: an alert, or the
// wish for another handshake.
SECURITY_STATUS Referee::TokenInsteadOfMessage(Turn& turn) {
  if (turn.dice.Once(2)) {
    Control(turn);
  }
  Room room;
  if (Leg(turn.side, nullptr, room.get()) < 0) {
    return Proceed(turn);
  }
  absl::Span<const uint8_t> token = room.written();
  const absl::Span<SecBuffer> parts(turn.call.input->pBuffers,
                                    turn.call.input->cBuffers);
  size_t space = 0;
  for (const SecBuffer& part : parts) {
    space += part.cbBuffer;
  }
  if (token.empty() || token.size() > space) {
    return Proceed(turn);
  }
  // The parts lie one behind the other, and their sizes say how much is sent.
  for (SecBuffer& part : parts) {
    const size_t size = std::min<size_t>(part.cbBuffer, token.size());
    if (size > 0) {
      std::memcpy(part.pvBuffer, token.data(), size);
    }
    part.cbBuffer = static_cast<ULONG>(size);
    token.remove_prefix(size);
  }
  return SEC_E_OK;
}

}  // namespace sspilab::sim

#include "sim/bench/stream_handshake.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace sspilab::sim {
namespace {

absl::Status Unexpected(const char* call, SECURITY_STATUS status) {
  return absl::InternalError(
      absl::StrFormat("%s: 0x%08X", call, static_cast<uint32_t>(status)));
}

}  // namespace

StreamHandshake::StreamHandshake(PSecurityFunctionTableW table, End initiator,
                                 End acceptor, SEC_WCHAR* target)
    : table_(*table), target_(target) {
  initiator_.end = initiator;
  initiator_.is_initiator = true;
  acceptor_.end = acceptor;
}

// After an error there may be something open, and nobody to tell of another.
StreamHandshake::~StreamHandshake() { static_cast<void>(DeleteContexts()); }

SECURITY_STATUS StreamHandshake::Call(Side& side, size_t size) {
  Side& peer = side.is_initiator ? acceptor_ : initiator_;
  SecBuffer in[] = {
      {static_cast<ULONG>(size), SECBUFFER_TOKEN,
       side.inbox.data() + side.inbox_begin},
      {0, SECBUFFER_EMPTY, nullptr},
  };
  SecBuffer out = {static_cast<ULONG>(peer.inbox.size() - peer.inbox_end),
                   SECBUFFER_TOKEN, peer.inbox.data() + peer.inbox_end};
  SecBufferDesc input = {SECBUFFER_VERSION, 2, in};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
  CtxtHandle* current = side.has_context ? &side.context : nullptr;
  ULONG attributes;
  const SECURITY_STATUS status =
      side.is_initiator
          ? table_.InitializeSecurityContextW(
                side.end.credential, current, target_, side.end.requirements, 0,
                0, size != 0 ? &input : nullptr, 0, &side.context, &output,
                &attributes, nullptr)
          : table_.AcceptSecurityContext(
                side.end.credential, current, &input, side.end.requirements, 0,
                &side.context, &output, &attributes, nullptr);
  if (status < 0) return status;
  side.has_context = true;
  const size_t left = in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;
  side.inbox_begin += size - left;
  peer.inbox_end += out.cbBuffer;
  bytes_ += out.cbBuffer;
  return status;
}

absl::Status StreamHandshake::Advance(Side& side, size_t piece) {
  const char* call =
      side.is_initiator ? "InitializeSecurityContext" : "AcceptSecurityContext";
  size_t arrived = 0;
  while (!side.done && side.inbox_begin < side.inbox_end) {
    const size_t waiting = side.inbox_end - side.inbox_begin;
    arrived = piece > waiting - arrived ? waiting : arrived + piece;
    const size_t before = side.inbox_begin;
    ++calls_;
    const SECURITY_STATUS status = Call(side, arrived);
    if (status == SEC_E_INCOMPLETE_MESSAGE && arrived < waiting) continue;
    if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) {
      return Unexpected(call, status);
    }
    side.done = status == SEC_E_OK;
    arrived -= side.inbox_begin - before;
  }
  side.inbox_begin = side.inbox_end = 0;
  return absl::OkStatus();
}

absl::Status StreamHandshake::Connect(size_t piece) {
  for (Side* side : {&initiator_, &acceptor_}) {
    side->done = false;
    side->inbox_begin = side->inbox_end = 0;
  }
  calls_ = bytes_ = 0;
  if (const SECURITY_STATUS status = Call(initiator_, 0);
      status != SEC_I_CONTINUE_NEEDED) {
    return Unexpected("InitializeSecurityContext, first call", status);
  }
  while (acceptor_.inbox_end > 0 || initiator_.inbox_end > 0) {
    for (Side* side : {&acceptor_, &initiator_}) {
      if (absl::Status status = Advance(*side, piece); !status.ok()) {
        return status;
      }
    }
  }
  if (!initiator_.done || !acceptor_.done) {
    return absl::InternalError("the handshake stopped before its end");
  }
  return absl::OkStatus();
}

absl::Status StreamHandshake::DeleteContexts() {
  for (Side* side : {&initiator_, &acceptor_}) {
    if (!std::exchange(side->has_context, false)) continue;
    const SECURITY_STATUS status = table_.DeleteSecurityContext(&side->context);
    if (status != SEC_E_OK) return Unexpected("DeleteSecurityContext", status);
  }
  return absl::OkStatus();
}

}  // namespace sspilab::sim

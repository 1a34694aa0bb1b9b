#include "sim/stream_message.h"

#include <algorithm>
#include <iterator>

namespace sspilab::sim {
namespace {

SecBuffer MakeBuffer(ULONG type, absl::Span<uint8_t> bytes) {
  return {static_cast<ULONG>(bytes.size()), type, bytes.data()};
}

}  // namespace

SECURITY_STATUS ProtectStream(SecurityFunctionTableW& table,
                              CtxtHandle* context,
                              const SecPkgContext_StreamSizes& sizes,
                              std::string_view text,
                              std::vector<uint8_t>* message) {
  message->clear();
  while (!text.empty()) {
    // A package that says 0 gets its text in one piece, and may say no.
    const std::string_view part = text.substr(
        0, sizes.cbMaximumMessage == 0 ? text.size() : sizes.cbMaximumMessage);
    text.remove_prefix(part.size());
    const size_t begin = message->size();
    message->resize(begin + sizes.cbHeader);
    message->insert(message->end(), part.begin(), part.end());
    message->resize(message->size() + sizes.cbTrailer);
    const absl::Span<uint8_t> record = absl::MakeSpan(*message).subspan(begin);
    // The last is Windows' rule: four buffers, the fourth empty.
    SecBuffer buffers[] = {
        MakeBuffer(SECBUFFER_STREAM_HEADER, record.subspan(0, sizes.cbHeader)),
        MakeBuffer(SECBUFFER_DATA, record.subspan(sizes.cbHeader, part.size())),
        MakeBuffer(SECBUFFER_STREAM_TRAILER,
                   record.subspan(sizes.cbHeader + part.size())),
        MakeBuffer(SECBUFFER_EMPTY, {}),
    };
    SecBufferDesc description = {SECBUFFER_VERSION, std::size(buffers),
                                 buffers};
    const SECURITY_STATUS status =
        table.EncryptMessage(context, 0, &description, 0);
    if (status < 0) {
      return status;
    }
    // What is sent is as long as the buffers say now: the trailer, for one, may
    // be shorter than its room.
    size_t used = 0;
    for (const SecBuffer& buffer : buffers) {
      used += buffer.cbBuffer;
    }
    message->resize(std::min(message->size(), begin + used));
  }
  return SEC_E_OK;
}

StreamRead UnprotectStream(SecurityFunctionTableW& table, CtxtHandle* context,
                           absl::Span<uint8_t> stream) {
  SecBuffer buffers[] = {
      MakeBuffer(SECBUFFER_DATA, stream),
      MakeBuffer(SECBUFFER_EMPTY, {}),
      MakeBuffer(SECBUFFER_EMPTY, {}),
      MakeBuffer(SECBUFFER_EMPTY, {}),
  };
  SecBufferDesc description = {SECBUFFER_VERSION, std::size(buffers), buffers};
  ULONG quality = 0;
  StreamRead read;
  read.status = table.DecryptMessage(context, &description, 0, &quality);
  if (read.status < 0) {
    return read;
  }
  for (const SecBuffer& buffer : buffers) {
    if (buffer.BufferType == SECBUFFER_EXTRA) {
      read.extra = std::min<size_t>(buffer.cbBuffer, stream.size());
    } else if (buffer.BufferType == SECBUFFER_DATA && read.status == SEC_E_OK) {
      read.data = {static_cast<const uint8_t*>(buffer.pvBuffer),
                   buffer.cbBuffer};
    }
  }
  return read;
}

}  // namespace sspilab::sim

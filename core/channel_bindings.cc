#include "core/channel_bindings.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "core/sspi.h"
#include "core/wire/writer.h"

namespace sspilab {
namespace {

// The part of `buffer` at [offset, offset + length), if it is inside.
bool Slice(absl::Span<const uint8_t> buffer, ULONG offset, ULONG length,
           absl::Span<const uint8_t>* slice) {
  *slice = {};
  if (length == 0) return true;
  if (offset > buffer.size() || length > buffer.size() - offset) return false;
  *slice = buffer.subspan(offset, length);
  return true;
}

template <typename... Words>
std::array<uint8_t, 4 * sizeof...(Words)> LittleEndian(Words... words) {
  std::array<uint8_t, 4 * sizeof...(Words)> encoded;
  wire::Writer writer(absl::MakeSpan(encoded));
  (writer.WriteU32(words), ...);
  return encoded;
}

}  // namespace

ChannelBindings::Result ChannelBindings::ReadFrom(const BufferList& input,
                                                  MemoryBudget& memory) {
  const SecBuffer* buffer = input.Find(SECBUFFER_CHANNEL_BINDINGS);
  if (buffer == nullptr) return Result::kNone;
  const absl::Span<const uint8_t> given = BytesOf(*buffer);
  SEC_CHANNEL_BINDINGS header;
  if (given.data() == nullptr || given.size() < sizeof(header)) {
    return Result::kMalformed;
  }
  std::memcpy(&header, given.data(), sizeof(header));
  absl::Span<const uint8_t> initiator;
  absl::Span<const uint8_t> acceptor;
  absl::Span<const uint8_t> application;
  if (!Slice(given, header.dwInitiatorOffset, header.cbInitiatorLength,
             &initiator) ||
      !Slice(given, header.dwAcceptorOffset, header.cbAcceptorLength,
             &acceptor) ||
      !Slice(given, header.dwApplicationDataOffset,
             header.cbApplicationDataLength, &application)) {
    return Result::kMalformed;
  }
  // What was known before stays until this cannot fail any more.
  BudgetBytes copy;
  if (!copy.Assign(memory, given)) return Result::kOutOfMemory;
  bytes_ = std::move(copy);
  application_ = application.empty()
                     ? application
                     : bytes().subspan(header.dwApplicationDataOffset,
                                       header.cbApplicationDataLength);
  hash_ = crypto::Md5(
      {LittleEndian(header.dwInitiatorAddrType, header.cbInitiatorLength),
       initiator,
       LittleEndian(header.dwAcceptorAddrType, header.cbAcceptorLength),
       acceptor, LittleEndian(header.cbApplicationDataLength), application_});
  return Result::kRead;
}

bool ChannelBindings::HasPrefix(std::string_view prefix) const {
  return application_.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), application_.begin());
}

}  // namespace sspilab

#include "core/ntlm/av_pairs.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/wire/reader.h"

namespace sspilab::ntlm {
namespace {

using Bytes = absl::Span<const uint8_t>;
using wire::Reader;

constexpr size_t kHeaderSize = 4;  // AvId and AvLen

struct Kind {
  std::string_view name;
  // Bytes of the value; nothing when they vary.
  std::optional<uint16_t> size;
};

// By AvId.
constexpr Kind kKinds[] = {
    {"MsvAvEOL", 0},
    {"MsvAvNbComputerName", std::nullopt},
    {"MsvAvNbDomainName", std::nullopt},
    {"MsvAvDnsComputerName", std::nullopt},
    {"MsvAvDnsDomainName", std::nullopt},
    {"MsvAvDnsTreeName", std::nullopt},
    {"MsvAvFlags", 4},
    {"MsvAvTimestamp", 8},
    // Not checked: its Size field allows for longer ones.
    {"MsvAvSingleHost", std::nullopt},
    {"MsvAvTargetName", std::nullopt},
    {"MsvAvChannelBindings", 16},
};

uint64_t LittleEndian(Bytes bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | bytes[i];
  }
  return value;
}

// The pair at the front of bytes that are known to begin with a whole one.
AvPair FrontPair(Bytes bytes) {
  const size_t size = bytes[2] | bytes[3] << 8;
  return {static_cast<AvId>(bytes[0] | bytes[1] << 8),
          bytes.subspan(kHeaderSize, size)};
}

}  // namespace

std::string_view AvIdName(AvId id) {
  const auto index = static_cast<size_t>(id);
  return index < std::size(kKinds) ? kKinds[index].name : std::string_view();
}

AvPair AvPairs::Iterator::operator*() const { return FrontPair(rest_); }

AvPairs::Iterator& AvPairs::Iterator::operator++() {
  rest_.remove_prefix(kHeaderSize + FrontPair(rest_).value.size());
  return *this;
}

absl::StatusOr<AvPairs> AvPairs::Parse(absl::Span<const uint8_t> bytes) {
  Reader reader(bytes);
  for (;;) {
    const size_t at = reader.position();
    uint16_t id = 0;
    uint16_t size = 0;
    Bytes value;
    if (!reader.ReadU16(&id) || !reader.ReadU16(&size)) {
      return absl::InvalidArgumentError(
          absl::StrCat("AV pairs: no MsvAvEOL before the end at byte ", at));
    }
    if (id < std::size(kKinds) && kKinds[id].size.value_or(size) != size) {
      return absl::InvalidArgumentError(
          absl::StrCat("AV pairs: ", kKinds[id].name, " at byte ", at, " has ",
                       size, " bytes, not ", *kKinds[id].size));
    }
    if (!reader.ReadBytes(size, &value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("AV pairs: the pair with id ", id, " at byte ", at,
                       " says ", size, " bytes, but the list ends before"));
    }
    if (static_cast<AvId>(id) == AvId::kEol) {
      AvPairs pairs;
      pairs.bytes_ = bytes.subspan(0, reader.position());
      return pairs;
    }
  }
}

std::optional<absl::Span<const uint8_t>> AvPairs::Find(AvId id) const {
  for (const AvPair pair : *this) {
    if (pair.id == id) {
      return pair.value;
    }
  }
  return std::nullopt;
}

uint32_t AvPairs::Flags() const {
  const std::optional<Bytes> value = Find(AvId::kFlags);
  return value ? static_cast<uint32_t>(LittleEndian(*value)) : 0;
}

std::optional<uint64_t> AvPairs::Timestamp() const {
  const std::optional<Bytes> value = Find(AvId::kTimestamp);
  return value ? std::optional<uint64_t>(LittleEndian(*value)) : std::nullopt;
}

std::optional<SingleHostData> SingleHostData::Parse(
    absl::Span<const uint8_t> value) {
  SingleHostData data;
  Reader reader(value);
  // Size and Z4 say nothing.
  if (!reader.Skip(8) || !reader.CopyBytes(absl::MakeSpan(data.custom_data)) ||
      !reader.CopyBytes(absl::MakeSpan(data.machine_id))) {
    return std::nullopt;
  }
  return data;
}

void AvPairsWriter::WriteHeader(AvId id, size_t size) {
  too_long_ = too_long_ || size > std::numeric_limits<uint16_t>::max();
  writer_.WriteU16(static_cast<uint16_t>(id));
  writer_.WriteU16(static_cast<uint16_t>(size));
}

void AvPairsWriter::Add(AvId id, absl::Span<const uint8_t> value) {
  WriteHeader(id, value.size());
  writer_.WriteBytes(value);
}

void AvPairsWriter::AddFlags(uint32_t flags) {
  WriteHeader(AvId::kFlags, sizeof(flags));
  writer_.WriteU32(flags);
}

void AvPairsWriter::AddTimestamp(uint64_t file_time) {
  WriteHeader(AvId::kTimestamp, sizeof(file_time));
  writer_.WriteU64(file_time);
}

void AvPairsWriter::AddSingleHost(const SingleHostData& data) {
  WriteHeader(AvId::kSingleHost, SingleHostData::kSize);
  writer_.WriteU32(SingleHostData::kSize);
  writer_.WriteU32(0);
  writer_.WriteBytes(data.custom_data);
  writer_.WriteBytes(data.machine_id);
}

void AvPairsWriter::Copy(const AvPairs& pairs,
                         std::initializer_list<AvId> except) {
  for (const AvPair pair : pairs) {
    if (std::find(except.begin(), except.end(), pair.id) == except.end()) {
      Add(pair.id, pair.value);
    }
  }
}

absl::StatusOr<size_t> AvPairsWriter::Finish() {
  WriteHeader(AvId::kEol, 0);
  if (too_long_) {
    return absl::InvalidArgumentError(
        "AV pairs: a value is longer than 65535 bytes");
  }
  if (!writer_.ok()) {
    return absl::OutOfRangeError(absl::StrCat(
        "AV pairs: do not fit, ", writer_.size(), " bytes were written"));
  }
  return writer_.size();
}

}  // namespace sspilab::ntlm

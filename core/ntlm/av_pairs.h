#ifndef SSPILAB_CORE_NTLM_AV_PAIRS_H_
#define SSPILAB_CORE_NTLM_AV_PAIRS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/wire/writer.h"

// The attribute-value pairs by which the acceptor describes itself and the
// initiator answers (MS-NLMP 2.2.2.1).
namespace sspilab::ntlm {

enum class AvId : uint16_t {
  kEol = 0,
  // Names, UTF-16LE whatever is negotiated, without a terminator.
  kNbComputerName = 1,
  kNbDomainName = 2,
  kDnsComputerName = 3,
  kDnsDomainName = 4,
  kDnsTreeName = 5,
  // 4 bytes, the kAvFlag constants.
  kFlags = 6,
  // 8 bytes, the acceptor's clock as a FILETIME.
  kTimestamp = 7,
  // SingleHostData.
  kSingleHost = 8,
  // The SPN of the target, UTF-16LE.
  kTargetName = 9,
  // 16 bytes, the MD5 of the channel bindings; zeros for none.
  kChannelBindings = 10,
};

// MS-NLMP's name of `id`, e.g. "MsvAvTimestamp"; "" for an id it does not name.
std::string_view AvIdName(AvId id);

// Account authentication is constrained.
inline constexpr uint32_t kAvFlagConstrained = 0x00000001;
// The AUTHENTICATE message has a MIC.
inline constexpr uint32_t kAvFlagMicProvided = 0x00000002;
// The SPN came from an untrusted source.
inline constexpr uint32_t kAvFlagUntrustedSpn = 0x00000004;

struct AvPair {
  AvId id;
  absl::Span<const uint8_t> value;
};

// A view of a well-formed list. The bytes must outlive it.
class AvPairs {
 public:
  class Iterator {
   public:
    explicit Iterator(absl::Span<const uint8_t> rest) : rest_(rest) {}
    AvPair operator*() const;
    Iterator& operator++();
    bool operator!=(const Iterator& other) const {
      return rest_.size() != other.rest_.size();
    }

   private:
    // From this pair on, without MsvAvEOL.
    absl::Span<const uint8_t> rest_;
  };

  // The list that is not there: no pairs, no bytes.
  AvPairs() = default;

  // Checks that every pair lies inside `bytes`, that the list ends with an
  // MsvAvEOL, and that MsvAvFlags, MsvAvTimestamp and MsvAvChannelBindings have
  // their size. Bytes after MsvAvEOL do not belong to the list. Ids that
  // MS-NLMP does not name are let through. InvalidArgument, with the place.
  static absl::StatusOr<AvPairs> Parse(absl::Span<const uint8_t> bytes);

  // In the order of the list, without MsvAvEOL.
  Iterator begin() const { return Iterator(pairs()); }
  Iterator end() const { return Iterator(pairs().subspan(pairs().size())); }

  // The value of the first pair with this id.
  std::optional<absl::Span<const uint8_t>> Find(AvId id) const;
  // MsvAvFlags, 0 when there are none.
  uint32_t Flags() const;
  // MsvAvTimestamp: 100 ns units since 1601.
  std::optional<uint64_t> Timestamp() const;

  // The list, MsvAvEOL included.
  absl::Span<const uint8_t> bytes() const { return bytes_; }

 private:
  absl::Span<const uint8_t> pairs() const {
    return bytes_.subspan(0, bytes_.empty() ? 0 : bytes_.size() - 4);
  }

  absl::Span<const uint8_t> bytes_;
};

// MS-NLMP 2.2.2.2: who an initiator is, so that an acceptor on the same machine
// can tell.
struct SingleHostData {
  static constexpr size_t kSize = 48;

  std::array<uint8_t, 8> custom_data{};
  std::array<uint8_t, 32> machine_id{};

  // Nothing when `value` is shorter than kSize.
  static std::optional<SingleHostData> Parse(absl::Span<const uint8_t> value);
  friend bool operator==(const SingleHostData&,
                         const SingleHostData&) = default;
};

// Writes a list into memory that the caller owns. A pair that does not fit is
// remembered, and Finish fails.
class AvPairsWriter {
 public:
  explicit AvPairsWriter(absl::Span<uint8_t> out) : writer_(out) {}

  // `id` is not kEol. `value` does not overlap the memory written to.
  void Add(AvId id, absl::Span<const uint8_t> value);
  void AddFlags(uint32_t flags);
  void AddTimestamp(uint64_t file_time);
  void AddSingleHost(const SingleHostData& data);
  // Every pair of `pairs` in its order, but for those with an id in `except`.
  void Copy(const AvPairs& pairs, std::initializer_list<AvId> except = {});

  // Ends the list with MsvAvEOL and returns its size in bytes. OutOfRange when
  // it does not fit, InvalidArgument when a value was longer than 65535 bytes.
  absl::StatusOr<size_t> Finish();

 private:
  void WriteHeader(AvId id, size_t size);

  wire::Writer writer_;
  bool too_long_ = false;
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_AV_PAIRS_H_

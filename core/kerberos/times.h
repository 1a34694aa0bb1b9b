#ifndef SSPILAB_CORE_KERBEROS_TIMES_H_
#define SSPILAB_CORE_KERBEROS_TIMES_H_

#include <array>
#include <cstdint>

#include "absl/types/span.h"
#include "core/kerberos/messages.h"

namespace sspilab::kerberos {

// RFC 4120 5.2.3: "YYYYMMDDHHMMSSZ", nothing else.
inline constexpr size_t kTimeTextSize = 15;
[[nodiscard]] bool ParseTime(Bytes text, KerberosTime* time);
// `time` is within the years 0 to 9999.
std::array<uint8_t, kTimeTextSize> FormatTime(KerberosTime time);

// So many seconds later, within the same years.
KerberosTime Shifted(KerberosTime time, int64_t seconds);

// A time and its microseconds, as they go side by side in messages.
struct PreciseTime {
  KerberosTime time;
  int32_t microseconds = 0;
  friend auto operator<=>(const PreciseTime&, const PreciseTime&) = default;
};
// To and from what Windows counts: 100 ns since 1601. Times before 1601 are
// its beginning.
PreciseTime FromFileTime(uint64_t file_time);
uint64_t ToFileTime(KerberosTime time, int32_t microseconds = 0);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_TIMES_H_

#include "core/kerberos/times.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sspilab::kerberos {
namespace {

// 1970 as Windows counts.
constexpr int64_t kUnixEpoch = 11'644'473'600;
constexpr int64_t kTicksPerSecond = 10'000'000;
constexpr int64_t kTicksPerMicrosecond = 10;
// Of the years 0 and 9999.
constexpr int64_t kFirst = -62'167'219'200;
constexpr int64_t kLast = 253'402'300'799;

// The digits [at, at + count), or -1.
int ReadDigits(Bytes text, size_t at, size_t count) {
  int value = 0;
  for (const uint8_t digit : text.subspan(at, count)) {
    if (digit < '0' || digit > '9') return -1;
    value = 10 * value + (digit - '0');
  }
  return value;
}

void WriteDigits(int64_t value, size_t at, size_t count,
                 std::array<uint8_t, kTimeTextSize>* text) {
  for (size_t i = at + count; i-- > at; value /= 10) {
    (*text)[i] = static_cast<uint8_t>('0' + value % 10);
  }
}

}  // namespace

bool ParseTime(Bytes text, KerberosTime* time) {
  if (text.size() != kTimeTextSize || text.back() != 'Z') return false;
  const int year = ReadDigits(text, 0, 4);
  const int month = ReadDigits(text, 4, 2);
  const int day = ReadDigits(text, 6, 2);
  const int hour = ReadDigits(text, 8, 2);
  const int minute = ReadDigits(text, 10, 2);
  const int second = ReadDigits(text, 12, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 59) {
    return false;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return false;
  const int64_t days =
      std::chrono::sys_days(date).time_since_epoch() / std::chrono::days(1);
  time->seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
  return true;
}

std::array<uint8_t, kTimeTextSize> FormatTime(KerberosTime time) {
  const std::chrono::sys_seconds instant{std::chrono::seconds(time.seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const int64_t seconds = (instant - day) / std::chrono::seconds(1);
  std::array<uint8_t, kTimeTextSize> text;
  WriteDigits(static_cast<int>(date.year()), 0, 4, &text);
  WriteDigits(static_cast<unsigned>(date.month()), 4, 2, &text);
  WriteDigits(static_cast<unsigned>(date.day()), 6, 2, &text);
  WriteDigits(seconds / 3600, 8, 2, &text);
  WriteDigits(seconds / 60 % 60, 10, 2, &text);
  WriteDigits(seconds % 60, 12, 2, &text);
  text.back() = 'Z';
  return text;
}

KerberosTime Shifted(KerberosTime time, int64_t seconds) {
  return {std::clamp(time.seconds + seconds, kFirst, kLast)};
}

PreciseTime FromFileTime(uint64_t file_time) {
  const int64_t ticks =
      static_cast<int64_t>(std::min<uint64_t>(file_time, uint64_t{INT64_MAX}));
  // Windows counts beyond the year 9999, Kerberos does not.
  return {{std::min(ticks / kTicksPerSecond - kUnixEpoch, kLast)},
          static_cast<int32_t>(ticks % kTicksPerSecond / kTicksPerMicrosecond)};
}

uint64_t ToFileTime(KerberosTime time, int32_t microseconds) {
  const int64_t seconds = std::max<int64_t>(time.seconds + kUnixEpoch, 0);
  return static_cast<uint64_t>(seconds * kTicksPerSecond +
                               microseconds * kTicksPerMicrosecond);
}

}  // namespace sspilab::kerberos

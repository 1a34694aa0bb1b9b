#include "core/schannel/certificate_check.h"

#include <openssl/asn1.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>

namespace sspilab::schannel {
namespace {

// 1601-01-01 to 1970-01-01.
constexpr int64_t kUnixEpochSeconds = 11'644'473'600;
constexpr auto kTicks = static_cast<int64_t>(kFileTimeSecond);

// What OpenSSL finds wrong, by the status of it. Anything else is something in
// the certificate that could not be processed.
struct ErrorRow {
  int error;
  Event event;
};
constexpr ErrorRow kErrors[] = {
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, Event::kUntrustedRoot},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, Event::kUntrustedRoot},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, Event::kUntrustedRoot},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, Event::kUntrustedRoot},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, Event::kUntrustedRoot},
    {X509_V_ERR_CERT_UNTRUSTED, Event::kUntrustedRoot},
    {X509_V_ERR_INVALID_PURPOSE, Event::kCertificateWrongUsage},
    {X509_V_ERR_CERT_HAS_EXPIRED, Event::kCertificateExpired},
    {X509_V_ERR_CERT_NOT_YET_VALID, Event::kCertificateExpired},
};

// The gravest first: the order in which Windows' SSL chain policy looks.
constexpr std::array kByGravity = {
    Event::kCertificateUnknown,
    Event::kUntrustedRoot,
    Event::kCertificateWrongUsage,
    Event::kCertificateExpired,
};

Event EventOf(int error) {
  for (const ErrorRow& row : kErrors) {
    if (row.error == error) return row.event;
  }
  return Event::kCertificateUnknown;
}

// The first error of each kind.
using Errors = std::array<int, kByGravity.size()>;

int NoteError(int ok, X509_STORE_CTX* chain) {
  if (ok == 1) return 1;
  auto& errors = *static_cast<Errors*>(X509_STORE_CTX_get_app_data(chain));
  const int error = X509_STORE_CTX_get_error(chain);
  const Event event = EventOf(error);
  for (size_t i = 0; i < kByGravity.size(); ++i) {
    if (kByGravity[i] == event && errors[i] == X509_V_OK) errors[i] = error;
  }
  return 1;  // On to the next.
}

bool IsNamed(X509* certificate, const std::string& target) {
  return X509_check_host(certificate, target.data(), target.size(), 0,
                         nullptr) == 1 ||
         X509_check_ip_asc(certificate, target.c_str(), 0) == 1;
}

}  // namespace

std::optional<Event> CheckCertificates(X509_STORE_CTX* chain, FileTime now,
                                       const std::string& target) {
  Errors errors{};
  X509_VERIFY_PARAM_set_time(
      X509_STORE_CTX_get0_param(chain),
      static_cast<int64_t>(now) / kTicks - kUnixEpochSeconds);
  X509_STORE_CTX_set_app_data(chain, &errors);
  X509_STORE_CTX_set_verify_cb(chain, NoteError);
  const int verified = X509_verify_cert(chain);
  X509_STORE_CTX_set_app_data(chain, nullptr);
  for (size_t i = 0; i < kByGravity.size(); ++i) {
    if (errors[i] == X509_V_OK) continue;
    X509_STORE_CTX_set_error(chain, errors[i]);
    return kByGravity[i];
  }
  if (verified != 1) return Event::kCertificateUnknown;
  if (!target.empty() && !IsNamed(X509_STORE_CTX_get0_cert(chain), target)) {
    X509_STORE_CTX_set_error(chain, X509_V_ERR_HOSTNAME_MISMATCH);
    return Event::kWrongPrincipal;
  }
  X509_STORE_CTX_set_error(chain, X509_V_OK);
  return std::nullopt;
}

FileTime FileTimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return kFileTimeNever;
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::sys_days;
  using std::chrono::year;
  const sys_days date = year(parts.tm_year + 1900) /
                        month(static_cast<unsigned>(parts.tm_mon) + 1) /
                        day(static_cast<unsigned>(parts.tm_mday));
  const int64_t seconds = int64_t{date.time_since_epoch().count()} * 86'400 +
                          parts.tm_hour * 3600 + parts.tm_min * 60 +
                          parts.tm_sec;
  return static_cast<FileTime>((seconds + kUnixEpochSeconds) * kTicks);
}

}  // namespace sspilab::schannel

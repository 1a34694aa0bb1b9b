#include "sim/peers/winpr.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace sspilab::sim {
namespace {

// WinPR's own attribute numbers, and the struct that goes with one of them
// (winpr/sspi.h of 2.11).
constexpr ULONG kAttrNtlmHash = 1003;
constexpr ULONG kAttrNtlmSamFile = 1004;

struct WinPrNtlmHash {
  int32_t version;
  uint8_t hash[16];
};

// The flag of InitSecurityInterfaceEx for WinPR's own table, whatever the
// environment says.
constexpr DWORD kInterfaceWinPr = 1;

}  // namespace

absl::StatusOr<WinPr> WinPr::Load() {
  // Else it reports on standard output whatever goes wrong.
  setenv("WLOG_LEVEL", "OFF", 1);
  // RTLD_LOCAL: it defines functions of the same names as ours.
  void* const library = dlopen("libwinpr2.so.2", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return absl::NotFoundError(dlerror());
  const auto init = reinterpret_cast<SecurityFunctionTableW* (*)(DWORD)>(
      dlsym(library, "InitSecurityInterfaceExW"));
  WinPr winpr;
  winpr.nt_owf_v1_ =
      reinterpret_cast<decltype(nt_owf_v1_)>(dlsym(library, "NTOWFv1W"));
  if (init == nullptr || winpr.nt_owf_v1_ == nullptr) {
    return absl::NotFoundError("libwinpr2.so.2 lacks a function");
  }
  winpr.table_ = init(kInterfaceWinPr);
  if (winpr.table_ == nullptr) {
    return absl::NotFoundError("libwinpr2.so.2 has no function table");
  }
  return winpr;
}

WinPr::NtHash WinPr::Hash(std::u16string_view password) const {
  std::u16string copy(password);
  NtHash hash{};
  nt_owf_v1_(copy.data(), static_cast<uint32_t>(copy.size() * sizeof(char16_t)),
             hash.data());
  return hash;
}

SECURITY_STATUS WinPr::SetSamFile(CtxtHandle* acceptor,
                                  std::string path) const {
  return table_->SetContextAttributesW(acceptor, kAttrNtlmSamFile, path.data(),
                                       static_cast<ULONG>(path.size() + 1));
}

SECURITY_STATUS WinPr::SetHash(CtxtHandle* acceptor, const NtHash& hash) const {
  WinPrNtlmHash value = {.version = 1, .hash = {}};
  std::copy(hash.begin(), hash.end(), std::begin(value.hash));
  return table_->SetContextAttributesW(acceptor, kAttrNtlmHash, &value,
                                       sizeof(value));
}

std::string WinPr::SamLine(std::string_view user, std::string_view domain,
                           const NtHash& hash) {
  return absl::StrCat(
      user, ":", domain, "::",
      absl::BytesToHexString(std::string_view(
          reinterpret_cast<const char*>(hash.data()), hash.size())),
      ":::\n");
}

}  // namespace sspilab::sim

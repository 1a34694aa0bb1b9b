#include "core/status.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "core/status_legality.h"
#include "core/status_table.h"

namespace sspilab {
namespace {

constexpr std::array<std::string_view, kCallCount> kCallNames = {
    "EnumerateSecurityPackages",
    "QuerySecurityPackageInfo",
    "AcquireCredentialsHandle",
    "AddCredentials",
    "FreeCredentialsHandle",
    "QueryCredentialsAttributes",
    "SetCredentialsAttributes",
    "ChangeAccountPassword",
    "InitializeSecurityContext",
    "AcceptSecurityContext",
    "CompleteAuthToken",
    "ApplyControlToken",
    "DeleteSecurityContext",
    "QueryContextAttributes",
    "SetContextAttributes",
    "FreeContextBuffer",
    "ImpersonateSecurityContext",
    "RevertSecurityContext",
    "QuerySecurityContextToken",
    "ExportSecurityContext",
    "ImportSecurityContext",
    "MakeSignature",
    "VerifySignature",
    "EncryptMessage",
    "DecryptMessage",
};
static_assert(!kCallNames[static_cast<int>(Call::kDecryptMessage)].empty());

constexpr std::array<std::string_view, kPackageCount> kPackageNames = {
    "Negotiate", "NTLM", "Kerberos", "Schannel", "CREDSSP",
};
static_assert(!kPackageNames[static_cast<int>(Package::kCredSsp)].empty());

constexpr size_t kStatusCount = std::size(kStatuses);

// All statuses but success are 0x8009nnnn (error) or 0x0009nnnn, with nnnn from
// 0x0300 to 0x036B: few enough for a table from value to place in kStatuses.
constexpr uint32_t kFirstCode = 0x00090300;
constexpr uint32_t kCodes = 0x70;
constexpr uint8_t kNone = 0xFF;
static_assert(kStatusCount < kNone);

constexpr uint32_t kNoSlot = 2 * kCodes;

constexpr uint32_t SlotOf(SECURITY_STATUS status) {
  const uint32_t bits = static_cast<uint32_t>(status);
  const uint32_t code = (bits & 0x7FFFFFFF) - kFirstCode;
  return code < kCodes ? 2 * code + (bits >> 31) : kNoSlot;
}

consteval std::array<uint8_t, kNoSlot + 1> BuildIndex() {
  std::array<uint8_t, kNoSlot + 1> index{};
  index.fill(kNone);
  for (size_t i = 0; i < kStatusCount; ++i) {
    if (kStatuses[i].value == SEC_E_OK) {
      continue;
    }
    const uint32_t slot = SlotOf(kStatuses[i].value);
    if (slot == kNoSlot) {
      throw "a status outside the range of SSPI's";
    }
    if (index.at(slot) != kNone) {
      throw "a status twice in kStatuses";
    }
    index.at(slot) = static_cast<uint8_t>(i);
  }
  return index;
}

constexpr auto kIndex = BuildIndex();
static_assert(kStatuses[0].value == SEC_E_OK);

constexpr uint8_t IndexOf(SECURITY_STATUS status) {
  return status == SEC_E_OK ? uint8_t{0} : kIndex[SlotOf(status)];
}

// One bit a status for each call and package.
class StatusSet {
 public:
  constexpr void Add(uint8_t i) { words_.at(i / 64) |= uint64_t{1} << i % 64; }
  constexpr bool Has(uint8_t i) const { return words_[i / 64] >> i % 64 & 1; }

 private:
  std::array<uint64_t, (kStatusCount + 63) / 64> words_{};
};

using LegalityMatrix =
    std::array<std::array<StatusSet, kPackageCount>, kCallCount>;

consteval LegalityMatrix BuildMatrix() {
  LegalityMatrix matrix{};
  for (const LegalityRow& row : legality::kRows) {
    for (const SECURITY_STATUS status : row.statuses) {
      const uint8_t i = IndexOf(status);
      if (i == kNone) {
        throw "a status that kStatuses does not have";
      }
      for (int package = 0; package < kPackageCount; ++package) {
        if (!row.covers(Package{static_cast<uint8_t>(package)})) {
          continue;
        }
        matrix.at(static_cast<size_t>(row.call))
            .at(static_cast<size_t>(package))
            .Add(i);
      }
    }
  }
  return matrix;
}

constexpr LegalityMatrix kMatrix = BuildMatrix();

}  // namespace

absl::Span<const StatusInfo> AllStatuses() { return kStatuses; }

absl::Span<const StatusAlias> StatusAliases() { return kStatusAliases; }

absl::Span<const LegalityRow> StatusLegality() { return legality::kRows; }

const StatusInfo* FindStatus(SECURITY_STATUS status) {
  const uint8_t i = IndexOf(status);
  return i == kNone ? nullptr : &kStatuses[i];
}

const StatusInfo* FindStatusByName(std::string_view name) {
  for (const StatusAlias& alias : kStatusAliases) {
    if (alias.alias == name) {
      name = alias.name;
    }
  }
  for (const StatusInfo& status : kStatuses) {
    if (status.name == name) {
      return &status;
    }
  }
  return nullptr;
}

std::string StatusName(SECURITY_STATUS status) {
  const StatusInfo* info = FindStatus(status);
  if (info != nullptr) {
    return std::string(info->name);
  }
  return absl::StrFormat("0x%08X", static_cast<uint32_t>(status));
}

bool MayReturn(Call call, Package package, SECURITY_STATUS status) {
  const uint8_t i = IndexOf(status);
  return i != kNone && kMatrix.at(static_cast<size_t>(call))
                           .at(static_cast<size_t>(package))
                           .Has(i);
}

std::string_view CallName(Call call) {
  return kCallNames.at(static_cast<size_t>(call));
}

std::string_view PackageName(Package package) {
  return kPackageNames.at(static_cast<size_t>(package));
}

}  // namespace sspilab

#ifndef SSPILAB_CORE_STATUS_H_
#define SSPILAB_CORE_STATUS_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/sspi_status.h"

namespace sspilab {

// What every SECURITY_STATUS means, and who may return it when. The data are in
// status_table.h and status_legality.h; lookups, documents, checks and fuzz
// oracles all read these.

// The functions of the function table. The A, W and Ex forms of a function are
// one Call.
enum class Call : uint8_t {
  kEnumerateSecurityPackages,
  kQuerySecurityPackageInfo,
  kAcquireCredentialsHandle,
  kAddCredentials,
  kFreeCredentialsHandle,
  kQueryCredentialsAttributes,
  kSetCredentialsAttributes,
  kChangeAccountPassword,
  kInitializeSecurityContext,
  kAcceptSecurityContext,
  kCompleteAuthToken,
  kApplyControlToken,
  kDeleteSecurityContext,
  kQueryContextAttributes,
  kSetContextAttributes,
  kFreeContextBuffer,
  kImpersonateSecurityContext,
  kRevertSecurityContext,
  kQuerySecurityContextToken,
  kExportSecurityContext,
  kImportSecurityContext,
  kMakeSignature,
  kVerifySignature,
  kEncryptMessage,
  kDecryptMessage,
};
inline constexpr int kCallCount = 25;

enum class Package : uint8_t {
  kNegotiate,
  kNtlm,
  kKerberos,
  kSchannel,
  kCredSsp,
};
inline constexpr int kPackageCount = 5;

// What the sign of a status says: zero, positive, negative.
enum class Severity : uint8_t { kSuccess, kInformational, kError };

struct StatusInfo {
  SECURITY_STATUS value;
  std::string_view name;
  // One sentence: what it means for the caller who gets it.
  std::string_view meaning;

  constexpr Severity severity() const {
    return value == 0  ? Severity::kSuccess
           : value > 0 ? Severity::kInformational
                       : Severity::kError;
  }
};

// A second name that winerror.h gives to a status.
struct StatusAlias {
  std::string_view alias;
  std::string_view name;
};

// Some statuses that `call` may return for each of `packages`, and who says so.
// What a call may return is the union of its rows.
struct LegalityRow {
  Call call;
  uint8_t packages;  // bit n for Package{n}
  std::initializer_list<SECURITY_STATUS> statuses;
  std::string_view source;

  constexpr bool covers(Package package) const {
    return (packages >> static_cast<int>(package) & 1) != 0;
  }
};

// One entry a value: success, then what informs, then what fails, each by code.
// Static storage, as all that these return.
absl::Span<const StatusInfo> AllStatuses();
absl::Span<const StatusAlias> StatusAliases();
absl::Span<const LegalityRow> StatusLegality();

// Null where there is no such status.
[[nodiscard]] const StatusInfo* FindStatus(SECURITY_STATUS status);
// "SEC_E_OK", "SEC_E_NOT_SUPPORTED" (an alias).
[[nodiscard]] const StatusInfo* FindStatusByName(std::string_view name);

// The name, or "0x8009FFFF" where there is none.
[[nodiscard]] std::string StatusName(SECURITY_STATUS status);

// Whether `package` may return `status` from `call`. Constant time, allocates
// nothing: it is asked after every call of a fuzz run.
[[nodiscard]] bool MayReturn(Call call, Package package,
                             SECURITY_STATUS status);

// "InitializeSecurityContext".
[[nodiscard]] std::string_view CallName(Call call);
// "NTLM", as SecPkgInfo.Name has it. Schannel's is "Schannel", although its
// full name on Windows is "Microsoft Unified Security Protocol Provider".
[[nodiscard]] std::string_view PackageName(Package package);

}  // namespace sspilab

#endif  // SSPILAB_CORE_STATUS_H_

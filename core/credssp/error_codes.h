#ifndef SSPILAB_CORE_CREDSSP_ERROR_CODES_H_
#define SSPILAB_CORE_CREDSSP_ERROR_CODES_H_

#include <cstdint>

#include "core/sspi.h"

// TSRequest.errorCode (MS-CSSP 2.2.1): an NTSTATUS (MS-ERREF 2.3) for what the
// SSPI has its own statuses for.
namespace sspilab::credssp {

// What a server tells its client of a failure with `status`.
[[nodiscard]] uint32_t ErrorCodeOf(SECURITY_STATUS status);

// What a client whose server says `error_code` tells its caller:
// SEC_E_INTERNAL_ERROR where the SSPI has no word for it.
[[nodiscard]] SECURITY_STATUS StatusOf(uint32_t error_code);

// Whether peers that speak `version` to each other use the field at all: there
// is none in version 2, and version 5 leaves it out.
[[nodiscard]] constexpr bool HasErrorCode(uint32_t version) {
  return version == 3 || version == 4 || version == 6;
}

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_ERROR_CODES_H_

#ifndef SSPILAB_CORE_CREDSSP_INTERACTIVE_LOGON_H_
#define SSPILAB_CORE_CREDSSP_INTERACTIVE_LOGON_H_

#include <cstddef>
#include <cstdint>

#include "core/sspi.h"

// The part of Windows' ntsecapi.h that SECPKG_ATTR_CREDS needs: how a password
// logon is packed, as CredPackAuthenticationBuffer and LsaLogonUser have it.
// In AuthBuffer, the strings' Buffer is an offset from the structure's
// beginning and not an address.

inline constexpr int32_t KerbInteractiveLogon = 2;

struct KERB_INTERACTIVE_LOGON {
  int32_t MessageType;  // KerbInteractiveLogon
  UNICODE_STRING LogonDomainName;
  UNICODE_STRING UserName;
  UNICODE_STRING Password;
};

static_assert(offsetof(KERB_INTERACTIVE_LOGON, LogonDomainName) == 8 &&
              offsetof(KERB_INTERACTIVE_LOGON, UserName) == 24 &&
              offsetof(KERB_INTERACTIVE_LOGON, Password) == 40 &&
              sizeof(KERB_INTERACTIVE_LOGON) == 56);

#endif  // SSPILAB_CORE_CREDSSP_INTERACTIVE_LOGON_H_

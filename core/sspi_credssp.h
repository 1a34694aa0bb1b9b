// What CredSSP adds to the SSPI (Windows' credssp.h): its credential, and the
// attribute struct by which a server reads what was delegated to it. Windows'
// names, values and layout. Valid C11 and C++20.
#ifndef SSPILAB_CORE_SSPI_CREDSSP_H_
#define SSPILAB_CORE_SSPI_CREDSSP_H_

// The names and types are Windows', the language is C:
// NOLINTBEGIN(bugprone-reserved-identifier,google-runtime-int,modernize-use-using)

#include "core/sspi_types.h"

#ifdef __cplusplus
extern "C" {
#endif

// The package's names: the second is its terminal service half's.
#define CREDSSP_NAME u"CREDSSP"
#define TS_SSP_NAME_A "TSSSP"
#define TS_SSP_NAME u"TSSSP"

// The attribute numbers; the high bit marks CredSSP's own.
#define SECPKG_ALT_ATTR 0x80000000u
#define SECPKG_ATTR_CREDS 0x80000080u  // SecPkgContext_ClientCreds
#define SECPKG_ATTR_NEGOTIATION_PACKAGE 0x80000081u
#define SECPKG_ATTR_C_ACCESS_TOKEN 0x80000012u
#define SECPKG_ATTR_C_FULL_ACCESS_TOKEN 0x80000082u
#define SECPKG_ATTR_SERVER_AUTH_FLAGS 0x80000083u
#define SECPKG_ATTR_CERT_TRUST_STATUS 0x80000084u

// SECPKG_ATTR_SERVER_AUTH_FLAGS: how the server was authenticated.
#define CREDSSP_SERVER_AUTH_NEGOTIATE 0x1
#define CREDSSP_SERVER_AUTH_CERTIFICATE 0x2

// What CREDSSP_CRED.pSpnegoCred points to. The type's name is Windows' own
// slip.
typedef enum _CREDSSP_SUBMIT_TYPE {
  CredsspPasswordCreds = 2,
  CredsspSchannelCreds = 4,
  CredsspCertificateCreds = 13,
  CredsspSubmitBufferBoth = 50,
  CredsspSubmitBufferBothOld = 51
} CREDSPP_SUBMIT_TYPE;

// The pAuthData of AcquireCredentialsHandle.
typedef struct _CREDSSP_CRED {
  CREDSPP_SUBMIT_TYPE Type;
  PVOID pSchannelCred;  // SCHANNEL_CRED or SCH_CREDENTIALS, for the TLS part
  PVOID pSpnegoCred;    // what Negotiate takes: SEC_WINNT_AUTH_IDENTITY...
} CREDSSP_CRED, *PCREDSSP_CRED;

typedef struct _SecPkgContext_ClientCreds {
  ULONG AuthBufferLen;
  PUCHAR AuthBuffer;
} SecPkgContext_ClientCreds, *PSecPkgContext_ClientCreds;

#ifdef __cplusplus
}  // extern "C"
#endif

// NOLINTEND(bugprone-reserved-identifier,google-runtime-int,modernize-use-using)

#endif  // SSPILAB_CORE_SSPI_CREDSSP_H_

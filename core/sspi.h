// The Security Support Provider Interface as Windows has it (sspi.h,
// schannel.h, credssp.h): names, values, struct layouts and signatures, for C11
// and C++20. Include this file; the sspi_*.h beside it are its parts.
//
// What the platform makes different: SEC_WCHAR is char16_t (wchar_t has 32 bits
// on Linux), ULONG is uint32_t (unsigned long has 64), and there is no calling
// convention. Layout on the wire and in memory is that of 64-bit Windows, so
// function tables can be exchanged with other implementations in one process.
// tests/core/sspi_layout_test compares all of it with the mingw-w64 headers.
#ifndef SSPILAB_CORE_SSPI_H_
#define SSPILAB_CORE_SSPI_H_

// The names and types are Windows', the language is C:
// NOLINTBEGIN(bugprone-reserved-identifier,google-runtime-int,modernize-use-using)

#include "core/sspi_attributes.h"
#include "core/sspi_credssp.h"
#include "core/sspi_flags.h"
#include "core/sspi_schannel.h"
#include "core/sspi_status.h"
#include "core/sspi_types.h"
#include "core/sspi_wincrypt.h"

// Other implementations of the SSPI define functions of the same names. Hidden,
// ours are found by the program that links them and by nobody else in the
// process; define SSPILAB_SHARED to export them from a shared library.
#ifdef SSPILAB_SHARED
#define SSPILAB_API __attribute__((visibility("default")))
#else
#define SSPILAB_API __attribute__((visibility("hidden")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Packages: what is installed.
SSPILAB_API SECURITY_STATUS SEC_ENTRY
EnumerateSecurityPackagesW(ULONG* pcPackages, PSecPkgInfoW* ppPackageInfo);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
EnumerateSecurityPackagesA(ULONG* pcPackages, PSecPkgInfoA* ppPackageInfo);
SSPILAB_API SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoW(
    SEC_WCHAR* pszPackageName, PSecPkgInfoW* ppPackageInfo);
SSPILAB_API SECURITY_STATUS SEC_ENTRY QuerySecurityPackageInfoA(
    SEC_CHAR* pszPackageName, PSecPkgInfoA* ppPackageInfo);

typedef SECURITY_STATUS(SEC_ENTRY* ENUMERATE_SECURITY_PACKAGES_FN_W)(
    ULONG*, PSecPkgInfoW*);
typedef SECURITY_STATUS(SEC_ENTRY* ENUMERATE_SECURITY_PACKAGES_FN_A)(
    ULONG*, PSecPkgInfoA*);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_SECURITY_PACKAGE_INFO_FN_W)(
    SEC_WCHAR*, PSecPkgInfoW*);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_SECURITY_PACKAGE_INFO_FN_A)(
    SEC_CHAR*, PSecPkgInfoA*);

// Credentials: who we are. SEC_GET_KEY_FN lets a caller supply a server's key.
typedef void(SEC_ENTRY* SEC_GET_KEY_FN)(void* Arg, void* Principal,
                                        ULONG KeyVer, void** Key,
                                        SECURITY_STATUS* Status);

SSPILAB_API SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleW(
    SEC_WCHAR* pszPrincipal, SEC_WCHAR* pszPackage, ULONG fCredentialUse,
    void* pvLogonId, void* pAuthData, SEC_GET_KEY_FN pGetKeyFn,
    void* pvGetKeyArgument, PCredHandle phCredential, PTimeStamp ptsExpiry);
SSPILAB_API SECURITY_STATUS SEC_ENTRY AcquireCredentialsHandleA(
    SEC_CHAR* pszPrincipal, SEC_CHAR* pszPackage, ULONG fCredentialUse,
    void* pvLogonId, void* pAuthData, SEC_GET_KEY_FN pGetKeyFn,
    void* pvGetKeyArgument, PCredHandle phCredential, PTimeStamp ptsExpiry);
SSPILAB_API SECURITY_STATUS SEC_ENTRY AddCredentialsW(
    PCredHandle hCredentials, SEC_WCHAR* pszPrincipal, SEC_WCHAR* pszPackage,
    ULONG fCredentialUse, void* pAuthData, SEC_GET_KEY_FN pGetKeyFn,
    void* pvGetKeyArgument, PTimeStamp ptsExpiry);
SSPILAB_API SECURITY_STATUS SEC_ENTRY AddCredentialsA(
    PCredHandle hCredentials, SEC_CHAR* pszPrincipal, SEC_CHAR* pszPackage,
    ULONG fCredentialUse, void* pAuthData, SEC_GET_KEY_FN pGetKeyFn,
    void* pvGetKeyArgument, PTimeStamp ptsExpiry);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
FreeCredentialsHandle(PCredHandle phCredential);
SSPILAB_API SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesW(
    PCredHandle phCredential, ULONG ulAttribute, void* pBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesA(
    PCredHandle phCredential, ULONG ulAttribute, void* pBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExW(
    PCredHandle phCredential, ULONG ulAttribute, void* pBuffer, ULONG cbBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY QueryCredentialsAttributesExA(
    PCredHandle phCredential, ULONG ulAttribute, void* pBuffer, ULONG cbBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesW(
    PCredHandle phCredential, ULONG ulAttribute, void* pBuffer, ULONG cbBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY SetCredentialsAttributesA(
    PCredHandle phCredential, ULONG ulAttribute, void* pBuffer, ULONG cbBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
ChangeAccountPasswordW(SEC_WCHAR* pszPackageName, SEC_WCHAR* pszDomainName,
                       SEC_WCHAR* pszAccountName, SEC_WCHAR* pszOldPassword,
                       SEC_WCHAR* pszNewPassword, BOOLEAN bImpersonating,
                       ULONG dwReserved, PSecBufferDesc pOutput);
SSPILAB_API SECURITY_STATUS SEC_ENTRY ChangeAccountPasswordA(
    SEC_CHAR* pszPackageName, SEC_CHAR* pszDomainName, SEC_CHAR* pszAccountName,
    SEC_CHAR* pszOldPassword, SEC_CHAR* pszNewPassword, BOOLEAN bImpersonating,
    ULONG dwReserved, PSecBufferDesc pOutput);

typedef SECURITY_STATUS(SEC_ENTRY* ACQUIRE_CREDENTIALS_HANDLE_FN_W)(
    SEC_WCHAR*, SEC_WCHAR*, ULONG, void*, void*, SEC_GET_KEY_FN, void*,
    PCredHandle, PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY* ACQUIRE_CREDENTIALS_HANDLE_FN_A)(
    SEC_CHAR*, SEC_CHAR*, ULONG, void*, void*, SEC_GET_KEY_FN, void*,
    PCredHandle, PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY* ADD_CREDENTIALS_FN_W)(PCredHandle,
                                                         SEC_WCHAR*, SEC_WCHAR*,
                                                         ULONG, void*,
                                                         SEC_GET_KEY_FN, void*,
                                                         PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY* ADD_CREDENTIALS_FN_A)(PCredHandle, SEC_CHAR*,
                                                         SEC_CHAR*, ULONG,
                                                         void*, SEC_GET_KEY_FN,
                                                         void*, PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY* FREE_CREDENTIALS_HANDLE_FN)(PCredHandle);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_CREDENTIALS_ATTRIBUTES_FN_W)(
    PCredHandle, ULONG, void*);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_CREDENTIALS_ATTRIBUTES_FN_A)(
    PCredHandle, ULONG, void*);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W)(
    PCredHandle, ULONG, void*, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A)(
    PCredHandle, ULONG, void*, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* SET_CREDENTIALS_ATTRIBUTES_FN_W)(PCredHandle,
                                                                    ULONG,
                                                                    void*,
                                                                    ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* SET_CREDENTIALS_ATTRIBUTES_FN_A)(PCredHandle,
                                                                    ULONG,
                                                                    void*,
                                                                    ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* CHANGE_PASSWORD_FN_W)(SEC_WCHAR*, SEC_WCHAR*,
                                                         SEC_WCHAR*, SEC_WCHAR*,
                                                         SEC_WCHAR*, BOOLEAN,
                                                         ULONG, PSecBufferDesc);
typedef SECURITY_STATUS(SEC_ENTRY* CHANGE_PASSWORD_FN_A)(SEC_CHAR*, SEC_CHAR*,
                                                         SEC_CHAR*, SEC_CHAR*,
                                                         SEC_CHAR*, BOOLEAN,
                                                         ULONG, PSecBufferDesc);

// The handshake: a token goes in, a status and perhaps a token come out.
SSPILAB_API SECURITY_STATUS SEC_ENTRY InitializeSecurityContextW(
    PCredHandle phCredential, PCtxtHandle phContext, SEC_WCHAR* pszTargetName,
    ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep,
    PSecBufferDesc pInput, ULONG Reserved2, PCtxtHandle phNewContext,
    PSecBufferDesc pOutput, ULONG* pfContextAttr, PTimeStamp ptsExpiry);
SSPILAB_API SECURITY_STATUS SEC_ENTRY InitializeSecurityContextA(
    PCredHandle phCredential, PCtxtHandle phContext, SEC_CHAR* pszTargetName,
    ULONG fContextReq, ULONG Reserved1, ULONG TargetDataRep,
    PSecBufferDesc pInput, ULONG Reserved2, PCtxtHandle phNewContext,
    PSecBufferDesc pOutput, ULONG* pfContextAttr, PTimeStamp ptsExpiry);
SSPILAB_API SECURITY_STATUS SEC_ENTRY AcceptSecurityContext(
    PCredHandle phCredential, PCtxtHandle phContext, PSecBufferDesc pInput,
    ULONG fContextReq, ULONG TargetDataRep, PCtxtHandle phNewContext,
    PSecBufferDesc pOutput, ULONG* pfContextAttr, PTimeStamp ptsExpiry);
SSPILAB_API SECURITY_STATUS SEC_ENTRY CompleteAuthToken(PCtxtHandle phContext,
                                                        PSecBufferDesc pToken);
SSPILAB_API SECURITY_STATUS SEC_ENTRY ApplyControlToken(PCtxtHandle phContext,
                                                        PSecBufferDesc pInput);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
DeleteSecurityContext(PCtxtHandle phContext);

typedef SECURITY_STATUS(SEC_ENTRY* INITIALIZE_SECURITY_CONTEXT_FN_W)(
    PCredHandle, PCtxtHandle, SEC_WCHAR*, ULONG, ULONG, ULONG, PSecBufferDesc,
    ULONG, PCtxtHandle, PSecBufferDesc, ULONG*, PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY* INITIALIZE_SECURITY_CONTEXT_FN_A)(
    PCredHandle, PCtxtHandle, SEC_CHAR*, ULONG, ULONG, ULONG, PSecBufferDesc,
    ULONG, PCtxtHandle, PSecBufferDesc, ULONG*, PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY* ACCEPT_SECURITY_CONTEXT_FN)(
    PCredHandle, PCtxtHandle, PSecBufferDesc, ULONG, ULONG, PCtxtHandle,
    PSecBufferDesc, ULONG*, PTimeStamp);
typedef SECURITY_STATUS(SEC_ENTRY* COMPLETE_AUTH_TOKEN_FN)(PCtxtHandle,
                                                           PSecBufferDesc);
typedef SECURITY_STATUS(SEC_ENTRY* APPLY_CONTROL_TOKEN_FN)(PCtxtHandle,
                                                           PSecBufferDesc);
typedef SECURITY_STATUS(SEC_ENTRY* DELETE_SECURITY_CONTEXT_FN)(PCtxtHandle);

// The finished context: what was agreed, and acting as the client.
SSPILAB_API SECURITY_STATUS SEC_ENTRY QueryContextAttributesW(
    PCtxtHandle phContext, ULONG ulAttribute, void* pBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY QueryContextAttributesA(
    PCtxtHandle phContext, ULONG ulAttribute, void* pBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY QueryContextAttributesExW(
    PCtxtHandle phContext, ULONG ulAttribute, void* pBuffer, ULONG cbBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY QueryContextAttributesExA(
    PCtxtHandle phContext, ULONG ulAttribute, void* pBuffer, ULONG cbBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY SetContextAttributesW(
    PCtxtHandle phContext, ULONG ulAttribute, void* pBuffer, ULONG cbBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY SetContextAttributesA(
    PCtxtHandle phContext, ULONG ulAttribute, void* pBuffer, ULONG cbBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY FreeContextBuffer(void* pvContextBuffer);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
ImpersonateSecurityContext(PCtxtHandle phContext);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
RevertSecurityContext(PCtxtHandle phContext);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
QuerySecurityContextToken(PCtxtHandle phContext, HANDLE* Token);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
ExportSecurityContext(PCtxtHandle phContext, ULONG fFlags,
                      PSecBuffer pPackedContext, void** pToken);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
ImportSecurityContextW(SEC_WCHAR* pszPackage, PSecBuffer pPackedContext,
                       void* Token, PCtxtHandle phContext);
SSPILAB_API SECURITY_STATUS SEC_ENTRY
ImportSecurityContextA(SEC_CHAR* pszPackage, PSecBuffer pPackedContext,
                       void* Token, PCtxtHandle phContext);

typedef SECURITY_STATUS(SEC_ENTRY* QUERY_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle,
                                                                  ULONG, void*);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle,
                                                                  ULONG, void*);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_CONTEXT_ATTRIBUTES_EX_FN_W)(
    PCtxtHandle, ULONG, void*, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_CONTEXT_ATTRIBUTES_EX_FN_A)(
    PCtxtHandle, ULONG, void*, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* SET_CONTEXT_ATTRIBUTES_FN_W)(PCtxtHandle,
                                                                ULONG, void*,
                                                                ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* SET_CONTEXT_ATTRIBUTES_FN_A)(PCtxtHandle,
                                                                ULONG, void*,
                                                                ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* FREE_CONTEXT_BUFFER_FN)(void*);
typedef SECURITY_STATUS(SEC_ENTRY* IMPERSONATE_SECURITY_CONTEXT_FN)(
    PCtxtHandle);
typedef SECURITY_STATUS(SEC_ENTRY* REVERT_SECURITY_CONTEXT_FN)(PCtxtHandle);
typedef SECURITY_STATUS(SEC_ENTRY* QUERY_SECURITY_CONTEXT_TOKEN_FN)(PCtxtHandle,
                                                                    HANDLE*);
typedef SECURITY_STATUS(SEC_ENTRY* EXPORT_SECURITY_CONTEXT_FN)(PCtxtHandle,
                                                               ULONG,
                                                               PSecBuffer,
                                                               void**);
typedef SECURITY_STATUS(SEC_ENTRY* IMPORT_SECURITY_CONTEXT_FN_W)(SEC_WCHAR*,
                                                                 PSecBuffer,
                                                                 void*,
                                                                 PCtxtHandle);
typedef SECURITY_STATUS(SEC_ENTRY* IMPORT_SECURITY_CONTEXT_FN_A)(SEC_CHAR*,
                                                                 PSecBuffer,
                                                                 void*,
                                                                 PCtxtHandle);

// Messages under the context's protection.
SSPILAB_API SECURITY_STATUS SEC_ENTRY MakeSignature(PCtxtHandle phContext,
                                                    ULONG fQOP,
                                                    PSecBufferDesc pMessage,
                                                    ULONG MessageSeqNo);
SSPILAB_API SECURITY_STATUS SEC_ENTRY VerifySignature(PCtxtHandle phContext,
                                                      PSecBufferDesc pMessage,
                                                      ULONG MessageSeqNo,
                                                      ULONG* pfQOP);
SSPILAB_API SECURITY_STATUS SEC_ENTRY EncryptMessage(PCtxtHandle phContext,
                                                     ULONG fQOP,
                                                     PSecBufferDesc pMessage,
                                                     ULONG MessageSeqNo);
SSPILAB_API SECURITY_STATUS SEC_ENTRY DecryptMessage(PCtxtHandle phContext,
                                                     PSecBufferDesc pMessage,
                                                     ULONG MessageSeqNo,
                                                     ULONG* pfQOP);

typedef SECURITY_STATUS(SEC_ENTRY* MAKE_SIGNATURE_FN)(PCtxtHandle, ULONG,
                                                      PSecBufferDesc, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* VERIFY_SIGNATURE_FN)(PCtxtHandle,
                                                        PSecBufferDesc, ULONG,
                                                        ULONG*);
typedef SECURITY_STATUS(SEC_ENTRY* ENCRYPT_MESSAGE_FN)(PCtxtHandle, ULONG,
                                                       PSecBufferDesc, ULONG);
typedef SECURITY_STATUS(SEC_ENTRY* DECRYPT_MESSAGE_FN)(PCtxtHandle,
                                                       PSecBufferDesc, ULONG,
                                                       ULONG*);

// An old spelling, which the A table's slot still has in Windows' source.
#define FreeCredentialHandle FreeCredentialsHandle

// The function tables: one slot a function, in Windows' order. dwVersion says
// how far the table reaches: see SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION*.
// Reserved3 and Reserved4 hold EncryptMessage and DecryptMessage under the
// names that they had first.
typedef struct _SECURITY_FUNCTION_TABLE_W {
  ULONG dwVersion;
  ENUMERATE_SECURITY_PACKAGES_FN_W EnumerateSecurityPackagesW;
  QUERY_CREDENTIALS_ATTRIBUTES_FN_W QueryCredentialsAttributesW;
  ACQUIRE_CREDENTIALS_HANDLE_FN_W AcquireCredentialsHandleW;
  FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
  void* Reserved2;
  INITIALIZE_SECURITY_CONTEXT_FN_W InitializeSecurityContextW;
  ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
  COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
  DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
  APPLY_CONTROL_TOKEN_FN ApplyControlToken;
  QUERY_CONTEXT_ATTRIBUTES_FN_W QueryContextAttributesW;
  IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
  REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
  MAKE_SIGNATURE_FN MakeSignature;
  VERIFY_SIGNATURE_FN VerifySignature;
  FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
  QUERY_SECURITY_PACKAGE_INFO_FN_W QuerySecurityPackageInfoW;
  void* Reserved3;
  void* Reserved4;
  EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
  IMPORT_SECURITY_CONTEXT_FN_W ImportSecurityContextW;
  ADD_CREDENTIALS_FN_W AddCredentialsW;
  void* Reserved8;
  QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
  ENCRYPT_MESSAGE_FN EncryptMessage;
  DECRYPT_MESSAGE_FN DecryptMessage;
  SET_CONTEXT_ATTRIBUTES_FN_W SetContextAttributesW;
  SET_CREDENTIALS_ATTRIBUTES_FN_W SetCredentialsAttributesW;
  CHANGE_PASSWORD_FN_W ChangeAccountPasswordW;
  QUERY_CONTEXT_ATTRIBUTES_EX_FN_W QueryContextAttributesExW;
  QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_W QueryCredentialsAttributesExW;
} SecurityFunctionTableW, *PSecurityFunctionTableW;

typedef struct _SECURITY_FUNCTION_TABLE_A {
  ULONG dwVersion;
  ENUMERATE_SECURITY_PACKAGES_FN_A EnumerateSecurityPackagesA;
  QUERY_CREDENTIALS_ATTRIBUTES_FN_A QueryCredentialsAttributesA;
  ACQUIRE_CREDENTIALS_HANDLE_FN_A AcquireCredentialsHandleA;
  FREE_CREDENTIALS_HANDLE_FN FreeCredentialsHandle;
  void* Reserved2;
  INITIALIZE_SECURITY_CONTEXT_FN_A InitializeSecurityContextA;
  ACCEPT_SECURITY_CONTEXT_FN AcceptSecurityContext;
  COMPLETE_AUTH_TOKEN_FN CompleteAuthToken;
  DELETE_SECURITY_CONTEXT_FN DeleteSecurityContext;
  APPLY_CONTROL_TOKEN_FN ApplyControlToken;
  QUERY_CONTEXT_ATTRIBUTES_FN_A QueryContextAttributesA;
  IMPERSONATE_SECURITY_CONTEXT_FN ImpersonateSecurityContext;
  REVERT_SECURITY_CONTEXT_FN RevertSecurityContext;
  MAKE_SIGNATURE_FN MakeSignature;
  VERIFY_SIGNATURE_FN VerifySignature;
  FREE_CONTEXT_BUFFER_FN FreeContextBuffer;
  QUERY_SECURITY_PACKAGE_INFO_FN_A QuerySecurityPackageInfoA;
  void* Reserved3;
  void* Reserved4;
  EXPORT_SECURITY_CONTEXT_FN ExportSecurityContext;
  IMPORT_SECURITY_CONTEXT_FN_A ImportSecurityContextA;
  ADD_CREDENTIALS_FN_A AddCredentialsA;
  void* Reserved8;
  QUERY_SECURITY_CONTEXT_TOKEN_FN QuerySecurityContextToken;
  ENCRYPT_MESSAGE_FN EncryptMessage;
  DECRYPT_MESSAGE_FN DecryptMessage;
  SET_CONTEXT_ATTRIBUTES_FN_A SetContextAttributesA;
  SET_CREDENTIALS_ATTRIBUTES_FN_A SetCredentialsAttributesA;
  CHANGE_PASSWORD_FN_A ChangeAccountPasswordA;
  QUERY_CONTEXT_ATTRIBUTES_EX_FN_A QueryContextAttributesExA;
  QUERY_CREDENTIALS_ATTRIBUTES_EX_FN_A QueryCredentialsAttributesExA;
} SecurityFunctionTableA, *PSecurityFunctionTableA;

// Each version adds slots at the end: 1 up to DecryptMessage, 2 adds
// SetContextAttributes, 3 SetCredentialsAttributes, 4 ChangeAccountPassword,
// 5 the two Query...Ex.
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION 1
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_2 2
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_3 3
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_4 4
#define SECURITY_SUPPORT_PROVIDER_INTERFACE_VERSION_5 5

// The way in: the one function that a caller looks up by name. The table lives
// as long as the process.
#define SECURITY_ENTRYPOINT_ANSIW "InitSecurityInterfaceW"
#define SECURITY_ENTRYPOINT_ANSIA "InitSecurityInterfaceA"
#define SECURITY_ENTRYPOINTW SEC_TEXT("InitSecurityInterfaceW")
#define SECURITY_ENTRYPOINTA SEC_TEXT("InitSecurityInterfaceA")
#define SECURITY_ENTRYPOINT SSPILAB_NAME_AW(SECURITY_ENTRYPOINT)
#define SECURITY_ENTRYPOINT_ANSI SSPILAB_NAME_AW(SECURITY_ENTRYPOINT_ANSI)

SSPILAB_API PSecurityFunctionTableW SEC_ENTRY InitSecurityInterfaceW(void);
SSPILAB_API PSecurityFunctionTableA SEC_ENTRY InitSecurityInterfaceA(void);

typedef PSecurityFunctionTableW(SEC_ENTRY* INIT_SECURITY_INTERFACE_W)(void);
typedef PSecurityFunctionTableA(SEC_ENTRY* INIT_SECURITY_INTERFACE_A)(void);

// The names without a suffix.
#define EnumerateSecurityPackages SSPILAB_NAME_AW(EnumerateSecurityPackages)
#define QuerySecurityPackageInfo SSPILAB_NAME_AW(QuerySecurityPackageInfo)
#define AcquireCredentialsHandle SSPILAB_NAME_AW(AcquireCredentialsHandle)
#define AddCredentials SSPILAB_NAME_AW(AddCredentials)
#define QueryCredentialsAttributes SSPILAB_NAME_AW(QueryCredentialsAttributes)
#define QueryCredentialsAttributesEx \
  SSPILAB_NAME_AW(QueryCredentialsAttributesEx)
#define SetCredentialsAttributes SSPILAB_NAME_AW(SetCredentialsAttributes)
#define ChangeAccountPassword SSPILAB_NAME_AW(ChangeAccountPassword)
#define InitializeSecurityContext SSPILAB_NAME_AW(InitializeSecurityContext)
#define QueryContextAttributes SSPILAB_NAME_AW(QueryContextAttributes)
#define QueryContextAttributesEx SSPILAB_NAME_AW(QueryContextAttributesEx)
#define SetContextAttributes SSPILAB_NAME_AW(SetContextAttributes)
#define ImportSecurityContext SSPILAB_NAME_AW(ImportSecurityContext)
#define InitSecurityInterface SSPILAB_NAME_AW(InitSecurityInterface)
#define SecurityFunctionTable SSPILAB_NAME_AW(SecurityFunctionTable)
#define PSecurityFunctionTable SSPILAB_NAME_AW(PSecurityFunctionTable)

#define ENUMERATE_SECURITY_PACKAGES_FN \
  SSPILAB_NAME_UAW(ENUMERATE_SECURITY_PACKAGES_FN)
#define QUERY_SECURITY_PACKAGE_INFO_FN \
  SSPILAB_NAME_UAW(QUERY_SECURITY_PACKAGE_INFO_FN)
#define ACQUIRE_CREDENTIALS_HANDLE_FN \
  SSPILAB_NAME_UAW(ACQUIRE_CREDENTIALS_HANDLE_FN)
#define ADD_CREDENTIALS_FN SSPILAB_NAME_UAW(ADD_CREDENTIALS_FN)
#define QUERY_CREDENTIALS_ATTRIBUTES_FN \
  SSPILAB_NAME_UAW(QUERY_CREDENTIALS_ATTRIBUTES_FN)
#define QUERY_CREDENTIALS_ATTRIBUTES_EX_FN \
  SSPILAB_NAME_UAW(QUERY_CREDENTIALS_ATTRIBUTES_EX_FN)
#define SET_CREDENTIALS_ATTRIBUTES_FN \
  SSPILAB_NAME_UAW(SET_CREDENTIALS_ATTRIBUTES_FN)
#define CHANGE_PASSWORD_FN SSPILAB_NAME_UAW(CHANGE_PASSWORD_FN)
#define INITIALIZE_SECURITY_CONTEXT_FN \
  SSPILAB_NAME_UAW(INITIALIZE_SECURITY_CONTEXT_FN)
#define QUERY_CONTEXT_ATTRIBUTES_FN \
  SSPILAB_NAME_UAW(QUERY_CONTEXT_ATTRIBUTES_FN)
#define QUERY_CONTEXT_ATTRIBUTES_EX_FN \
  SSPILAB_NAME_UAW(QUERY_CONTEXT_ATTRIBUTES_EX_FN)
#define SET_CONTEXT_ATTRIBUTES_FN SSPILAB_NAME_UAW(SET_CONTEXT_ATTRIBUTES_FN)
#define IMPORT_SECURITY_CONTEXT_FN SSPILAB_NAME_UAW(IMPORT_SECURITY_CONTEXT_FN)
#define INIT_SECURITY_INTERFACE SSPILAB_NAME_UAW(INIT_SECURITY_INTERFACE)

#ifdef __cplusplus
}  // extern "C"
#endif

// NOLINTEND(bugprone-reserved-identifier,google-runtime-int,modernize-use-using)

#endif  // SSPILAB_CORE_SSPI_H_

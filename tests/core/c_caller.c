// A caller in C11: includes the one header, links the one library, and takes
// the first steps through the function table.

#include <stdio.h>
#include <string.h>

#include "core/sspi.h"

static int failures = 0;

static void Check(int right, const char* what) {
  if (right) return;
  fprintf(stderr, "c_caller: %s\n", what);
  ++failures;
}

int main(void) {
  PSecurityFunctionTableW sspi = InitSecurityInterfaceW();
  Check(sspi != NULL, "there is no function table");
  Check(InitSecurityInterfaceA()->dwVersion == sspi->dwVersion,
        "the two function tables differ");

  ULONG count = 0;
  PSecPkgInfoW packages = NULL;
  Check(sspi->EnumerateSecurityPackagesW(&count, &packages) == SEC_E_OK,
        "EnumerateSecurityPackages failed");
  Check(count >= 1 && packages[0].Name[0] == u'N', "the first is not NTLM");
  Check(sspi->FreeContextBuffer(packages) == SEC_E_OK,
        "FreeContextBuffer failed");

  unsigned char user[] = "alice";
  unsigned char domain[] = "EXAMPLE";
  unsigned char password[] = "Sesame1!";
  SEC_WINNT_AUTH_IDENTITY_A identity = {
      user,
      (ULONG)strlen((const char*)user),
      domain,
      (ULONG)strlen((const char*)domain),
      password,
      (ULONG)strlen((const char*)password),
      SEC_WINNT_AUTH_IDENTITY_ANSI,
  };
  SEC_WCHAR package[] = u"NTLM";
  CredHandle credential;
  SecInvalidateHandle(&credential);
  TimeStamp expiry;
  Check(sspi->AcquireCredentialsHandleW(NULL, package, SECPKG_CRED_OUTBOUND,
                                        NULL, &identity, NULL, NULL,
                                        &credential, &expiry) == SEC_E_OK,
        "AcquireCredentialsHandle failed");
  Check(SecIsValidHandle(&credential), "the credential is not valid");

  unsigned char token[64];
  SecBuffer buffer = {sizeof(token), SECBUFFER_TOKEN, token};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &buffer};
  CtxtHandle context;
  ULONG attributes = 0;
  Check(sspi->InitializeSecurityContextW(
            &credential, NULL, NULL, ISC_REQ_CONFIDENTIALITY, 0,
            SECURITY_NATIVE_DREP, NULL, 0, &context, &output, &attributes,
            NULL) == SEC_I_CONTINUE_NEEDED,
        "InitializeSecurityContext failed");
  Check(buffer.cbBuffer == 40 && memcmp(token, "NTLMSSP", 8) == 0,
        "the token is no NEGOTIATE");

  Check(sspi->DeleteSecurityContext(&context) == SEC_E_OK,
        "DeleteSecurityContext failed");
  Check(sspi->FreeCredentialsHandle(&credential) == SEC_E_OK,
        "FreeCredentialsHandle failed");
  return failures;
}

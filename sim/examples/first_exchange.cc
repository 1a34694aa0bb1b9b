// A client and a server authenticate each other over NTLM, in one process.

#include <cstdio>

#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"

int main() {
  // The server's authority knows alice. So does the client: it is she.
  sspilab::World::Default().accounts().Add(u"alice", u"EXAMPLE", u"secret");
  char16_t user[] = u"alice", domain[] = u"EXAMPLE", password[] = u"secret";
  const auto text = [](char16_t* s) {
    return reinterpret_cast<unsigned short*>(s);
  };
  SEC_WINNT_AUTH_IDENTITY_W alice = {text(user),
                                     5,
                                     text(domain),
                                     7,
                                     text(password),
                                     6,
                                     SEC_WINNT_AUTH_IDENTITY_UNICODE};

  char16_t package[] = u"NTLM", target[] = u"host/server";
  CredHandle ours, theirs;
  TimeStamp expiry;
  if (AcquireCredentialsHandleW(nullptr, package, SECPKG_CRED_OUTBOUND, nullptr,
                                &alice, nullptr, nullptr, &ours, &expiry) < 0 ||
      AcquireCredentialsHandleW(nullptr, package, SECPKG_CRED_INBOUND, nullptr,
                                nullptr, nullptr, nullptr, &theirs,
                                &expiry) < 0) {
    return 1;
  }

  CtxtHandle client, server;
  unsigned char forth[4096], back[4096];
  SecBuffer answer = {0, SECBUFFER_TOKEN, back};
  SecBufferDesc answers = {SECBUFFER_VERSION, 1, &answer};
  SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
  for (bool first = true; status == SEC_I_CONTINUE_NEEDED; first = false) {
    ULONG attributes;
    SecBuffer token = {sizeof(forth), SECBUFFER_TOKEN, forth};
    SecBufferDesc tokens = {SECBUFFER_VERSION, 1, &token};
    status = InitializeSecurityContextW(
        &ours, first ? nullptr : &client, target, ISC_REQ_CONFIDENTIALITY, 0,
        SECURITY_NATIVE_DREP, first ? nullptr : &answers, 0, &client, &tokens,
        &attributes, &expiry);
    std::printf("client: %s, a token of %u bytes\n",
                sspilab::StatusName(status).c_str(), token.cbBuffer);
    if (status < 0) {
      return 1;
    }
    answer.cbBuffer = sizeof(back);
    status = AcceptSecurityContext(
        &theirs, first ? nullptr : &server, &tokens, ASC_REQ_CONFIDENTIALITY,
        SECURITY_NATIVE_DREP, &server, &answers, &attributes, &expiry);
    std::printf("server: %s, a token of %u bytes\n",
                sspilab::StatusName(status).c_str(), answer.cbBuffer);
  }
  return status == SEC_E_OK ? 0 : 1;
}

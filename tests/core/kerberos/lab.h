#ifndef SSPILAB_TESTS_CORE_KERBEROS_LAB_H_
#define SSPILAB_TESTS_CORE_KERBEROS_LAB_H_

#include <string>
#include <utility>
#include <vector>

#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/world.h"
#include "tests/core/handshake.h"

namespace sspilab::testing {

// A client's machine and a server's in the domain EXAMPLE.TEST, which has alice
// (password "secret") and the server LAB$ with its services.
struct KerberosLab {
  explicit KerberosLab(std::vector<kerberos::Etype> etypes =
                           {kerberos::Etype::kAes256CtsHmacSha1})
      : KerberosLab(std::move(etypes), {}) {}
  KerberosLab(std::vector<kerberos::Etype> etypes, WorldOptions options)
      : client_world(options), server_world(options) {
    for (World* const world : {&client_world, &server_world}) {
      world->options().kerberos.etypes = etypes;
      Entropy entropy(9, 9);
      kerberos::Realm& realm =
          world->realms().Add("EXAMPLE.TEST", entropy, {.etypes = etypes});
      realm.AddFromPassword("alice", "secret");
      realm.AddFromPassword("LAB$", "machine's secret").aliases = {
          "cifs/lab.example.test", "HTTP/lab.example.test"};
    }
    client.package = server.package = u"Kerberos";
  }

  SECURITY_STATUS Acquire(const char16_t* password = u"secret") {
    const SECURITY_STATUS status =
        client.AcquireOutbound(client_world, u"alice", u"EXAMPLE", password);
    return status == SEC_E_OK ? server.AcquireInbound(server_world) : status;
  }

  // The whole exchange, with credentials acquired anew where there are none.
  // The first status that is neither success nor CONTINUE_NEEDED, else the
  // last.
  SECURITY_STATUS Establish() {
    SECURITY_STATUS status = client.has_credential ? SEC_E_OK : Acquire();
    if (status != SEC_E_OK) return status;
    Bytes token;
    for (;;) {
      status = client.Initialize(&token);
      if (status < 0 || token.empty()) return status;
      const bool client_done = status == SEC_E_OK;
      status = server.Accept(&token);
      if (status < 0 || (client_done && status == SEC_E_OK)) return status;
    }
  }

  kerberos::Realm& realm() {
    return *client_world.realms().Find("EXAMPLE.TEST");
  }

  World client_world;
  World server_world;
  End client;
  End server;
};

// Both ends' legs until one fails, whose status this is, or no token is left to
// hand over. Counts the tokens.
inline SECURITY_STATUS RunLegs(End& initiator, End& acceptor,
                               int* tokens = nullptr) {
  Bytes token;
  int count = 0;
  for (;;) {
    const SECURITY_STATUS sent = initiator.Initialize(&token);
    if (tokens != nullptr) *tokens = count;
    if (sent < 0 || token.empty()) return sent;
    const SECURITY_STATUS accepted = acceptor.Accept(&token);
    count += token.empty() ? 1 : 2;
    if (tokens != nullptr) *tokens = count;
    if (accepted < 0 || token.empty()) return accepted;
  }
}

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_KERBEROS_LAB_H_

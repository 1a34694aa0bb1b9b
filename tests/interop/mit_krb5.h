#ifndef SSPILAB_TESTS_INTEROP_MIT_KRB5_H_
#define SSPILAB_TESTS_INTEROP_MIT_KRB5_H_

#include <krb5.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/entropy.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"

// MIT's Kerberos library, whose KDC is ours: what it would send goes to a
// kerberos::Kdc in this process, and nothing to a network.
namespace sspilab::interop {

// A client with a credential cache in memory.
class MitClient {
 public:
  // The clock is `now`'s. All must outlive the object.
  MitClient(const kerberos::Realms& realms, kerberos::PreciseTime now);
  ~MitClient();
  MitClient(const MitClient&) = delete;
  MitClient& operator=(const MitClient&) = delete;

  // "alice@EXAMPLE.TEST". Asks for these session keys, where there are any.
  // Zero, or MIT's error code.
  krb5_error_code LogOn(std::string_view principal, std::string_view password,
                        std::vector<krb5_enctype> enctypes = {},
                        bool forwardable = false);
  // A ticket for "HTTP/lab.example.test@EXAMPLE.TEST", into the cache, too.
  krb5_error_code GetTicket(std::string_view service);

  // What MIT's acceptor says to what MIT's client says: krb5_mk_req with the
  // last ticket, krb5_rd_req with `keys`.
  krb5_error_code Present(const kerberos::Principal& service,
                          std::string_view realm);

  krb5_context context() const { return context_; }
  krb5_ccache cache() const { return cache_; }
  // "MEMORY:1"
  std::string cache_name() const;
  // Of LogOn or GetTicket, whichever was last.
  const krb5_creds& last() const { return last_; }
  std::string Words(krb5_error_code code) const;
  // Requests that the KDC has seen.
  int requests() const { return requests_; }
  void set_reachable(bool reachable) { reachable_ = reachable; }

 private:
  static krb5_error_code Send(krb5_context context, void* self,
                              const krb5_data* realm, const krb5_data* message,
                              krb5_data** new_message, krb5_data** reply);

  const kerberos::Realms& realms_;
  const kerberos::PreciseTime now_;
  Entropy entropy_{1, 1};
  krb5_context context_ = nullptr;
  krb5_ccache cache_ = nullptr;
  krb5_principal principal_ = nullptr;
  krb5_creds last_{};
  int requests_ = 0;
  bool reachable_ = true;
};

// Writes a krb5.conf that knows of the two realms and asks nobody, and has
// KRB5_CONFIG name it. `kdc` is where EXAMPLE.TEST's KDC is; nobody listens
// where it is unless it is given.
void UseTestKrb5Conf(std::string_view kdc = "127.0.0.1:1");

// A keytab file with the keys of the principal under all of its names, written
// by us; its name for krb5_kt_resolve, "FILE:...".
std::string WriteKeytab(const kerberos::Principal& principal,
                        std::string_view realm);

// The name of a replay cache that nobody has used. Without one MIT's acceptors
// have none: it waits for the disk at each context.
std::string NewReplayCache();

}  // namespace sspilab::interop

#endif  // SSPILAB_TESTS_INTEROP_MIT_KRB5_H_

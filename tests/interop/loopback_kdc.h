#ifndef SSPILAB_TESTS_INTEROP_LOOPBACK_KDC_H_
#define SSPILAB_TESTS_INTEROP_LOOPBACK_KDC_H_

#include <string>
#include <thread>

#include "core/entropy.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"

namespace sspilab::interop {

// Our KDC behind a TCP socket on loopback (RFC 4120 7.2.2), for what MIT's
// GSSAPI asks by itself: it has no hook, as its krb5_context has.
class LoopbackKdc {
 public:
  // Serves one realm, one request a connection, until it goes. All must outlive
  // the object.
  LoopbackKdc(const kerberos::Realms& realms, std::string realm,
              kerberos::PreciseTime now);
  ~LoopbackKdc();
  LoopbackKdc(const LoopbackKdc&) = delete;
  LoopbackKdc& operator=(const LoopbackKdc&) = delete;

  // "127.0.0.1:12345"
  const std::string& address() const { return address_; }

 private:
  void Serve();
  void Answer(int connection);

  const kerberos::Realms& realms_;
  const std::string realm_;
  const kerberos::PreciseTime now_;
  Entropy entropy_{2, 2};
  int listener_ = -1;
  std::string address_;
  std::thread thread_;
};

}  // namespace sspilab::interop

#endif  // SSPILAB_TESTS_INTEROP_LOOPBACK_KDC_H_

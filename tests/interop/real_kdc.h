#ifndef SSPILAB_TESTS_INTEROP_REAL_KDC_H_
#define SSPILAB_TESTS_INTEROP_REAL_KDC_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

// MIT's krb5kdc on loopback, with a database of its own in TEST_TMPDIR. Needs
// the packages krb5-kdc and krb5-admin-server.
namespace sspilab::interop {

class RealKdc {
 public:
  // Makes the database of EXAMPLE.TEST, runs kadmin.local's commands, one a
  // line, and starts the daemon. What fails there fails the test.
  explicit RealKdc(std::string_view commands);
  // However the test ends, the daemon does not outlive it.
  ~RealKdc();
  RealKdc(const RealKdc&) = delete;
  RealKdc& operator=(const RealKdc&) = delete;

  // Where kadmin.local's commands may put keytabs.
  static std::string Path(std::string_view name);

  // The daemon again, after Stop. False where it ended at once: another took
  // the port, say.
  bool Start();
  void Stop();
  // Over TCP (RFC 4120 7.2.2). Nothing where nobody answers.
  std::vector<uint8_t> Exchange(absl::Span<const uint8_t> request) const;

 private:
  uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace sspilab::interop

#endif  // SSPILAB_TESTS_INTEROP_REAL_KDC_H_

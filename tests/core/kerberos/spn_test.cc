#include "core/kerberos/spn.h"

#include "gtest/gtest.h"

namespace sspilab::kerberos {
namespace {

TEST(Spn, AddressesAreTold) {
  for (const char* spn :
       {"cifs/192.0.2.1", "TERMSRV/192.0.2.1:3389", "192.0.2.1",
        "HTTP/192.0.2.1/example.test", "cifs/2001:db8::1",
        "cifs/::ffff:1.2.3.4", "cifs/[2001:db8::1]:445"}) {
    EXPECT_TRUE(NamesAddress(spn)) << spn;
  }
}

TEST(Spn, NamesAreNot) {
  for (const char* spn :
       {"", "/", "cifs/", "cifs/lab.example.test", "cifs/lab:445",
        "cifs/192.0.2", "cifs/192.0.2.1.5", "cifs/192.0.2.256",
        "cifs/1.2.3.0004", "cifs/1.2.3.", "cifs/1.2.3.x", "cifs/face",
        "cifs/[lab]", "192.0.2.1/lab"}) {
    EXPECT_FALSE(NamesAddress(spn)) << spn;
  }
}

}  // namespace
}  // namespace sspilab::kerberos

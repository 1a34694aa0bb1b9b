// The floor does the true work: what it comes to is what a real exchange came
// to.

#include "sim/bench/kerberos_floor.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "sim/bench/handshake.h"

namespace sspilab::sim {
namespace {

using kerberos::Etype;
using kerberos::Key;
using kerberos::KeyUsage;
using Bytes = std::vector<uint8_t>;

class KerberosFloorTest : public ::testing::TestWithParam<Etype> {
 protected:
  KerberosFloorTest() {
    const std::vector<Etype> etypes = {GetParam()};
    world_.options().kerberos.etypes = etypes;
    Entropy entropy(1, 1);
    kerberos::Realm& realm =
        world_.realms().Add("EXAMPLE.TEST", entropy, {.etypes = etypes});
    realm.AddFromPassword("administrator", "Sesame, open!");
    kerberos::Principal& server = realm.AddFromPassword("LAB$", "machine");
    server.aliases = {"cifs/lab.example.test"};
    service_key_ = server.keys[0];
  }

  void Run(ULONG requirements) {
    Handshake handshake(InitSecurityInterfaceW(), u"Kerberos", requirements);
    ASSERT_EQ(handshake.AcquireCredentials(), absl::OkStatus());
    ASSERT_EQ(handshake.Authenticate(), absl::OkStatus());
    exchange_ = KerberosExchange::Of(handshake, service_key_);
  }

  // What is encrypted, confounder included, and its MAC.
  static Bytes Opened(Bytes message, const Key& key, KeyUsage usage) {
    const size_t mac = key.type().trailer_size;
    const Bytes sealed = message;
    EXPECT_TRUE(kerberos::Cipher(key, usage)
                    .Decrypt(absl::MakeSpan(message))
                    .has_value());
    std::copy(sealed.end() - static_cast<std::ptrdiff_t>(mac), sealed.end(),
              message.end() - static_cast<std::ptrdiff_t>(mac));
    return message;
  }

  World world_;
  ScopedWorld bound_{&world_};
  Key service_key_;
  absl::StatusOr<KerberosExchange> exchange_;
};

using KerberosFloorOfAes256Test = KerberosFloorTest;
TEST_P(KerberosFloorOfAes256Test, ComesToWhatWasSentAndFound) {
  ASSERT_NO_FATAL_FAILURE(Run(ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY));
  ASSERT_TRUE(exchange_.ok()) << exchange_.status();
  const auto floor = KerberosFloor::New(*exchange_, service_key_);
  ASSERT_TRUE(floor.ok()) << floor.status();
  // Twice: what is at hand stays as it is.
  (*floor)->Compute();
  const KerberosFloor::Computed& computed = (*floor)->Compute();

  EXPECT_EQ(computed.authenticator, exchange_->authenticator);
  EXPECT_EQ(computed.ap_rep_part, exchange_->ap_rep_part);
  EXPECT_EQ(computed.opened_ticket_part,
            Opened(exchange_->ticket_part, service_key_, KeyUsage::kTicket));
  EXPECT_EQ(computed.opened_authenticator,
            Opened(exchange_->authenticator, exchange_->session_key,
                   KeyUsage::kApReqAuthenticator));
  EXPECT_EQ(computed.opened_ap_rep_part,
            Opened(exchange_->ap_rep_part, exchange_->session_key,
                   KeyUsage::kApRepPart));
}

// Without mutual authentication there is no second token.
TEST_P(KerberosFloorOfAes256Test, RefusesAnExchangeThatIsAnother) {
  ASSERT_NO_FATAL_FAILURE(Run(ISC_REQ_CONFIDENTIALITY));
  EXPECT_TRUE(absl::IsInvalidArgument(exchange_.status()));
}

INSTANTIATE_TEST_SUITE_P(, KerberosFloorOfAes256Test,
                         ::testing::Values(Etype::kAes256CtsHmacSha1,
                                           Etype::kAes256CtsHmacSha384));

using KerberosFloorOfAes128Test = KerberosFloorTest;
TEST_P(KerberosFloorOfAes128Test, IsNone) {
  ASSERT_NO_FATAL_FAILURE(Run(ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY));
  ASSERT_TRUE(exchange_.ok()) << exchange_.status();
  EXPECT_TRUE(absl::IsInvalidArgument(
      KerberosFloor::New(*exchange_, service_key_).status()));
}

INSTANTIATE_TEST_SUITE_P(, KerberosFloorOfAes128Test,
                         ::testing::Values(Etype::kAes128CtsHmacSha1));

}  // namespace
}  // namespace sspilab::sim

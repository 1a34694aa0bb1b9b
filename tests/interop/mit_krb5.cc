#include "tests/interop/mit_krb5.h"

#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/kerberos/kdc.h"
#include "gtest/gtest.h"
#include "sim/keytab.h"
#include "tests/interop/peer.h"

namespace sspilab::interop {

void UseTestKrb5Conf(std::string_view kdc) {
  setenv(
      "KRB5_CONFIG",
      WriteTestFile("krb5.conf",
                    absl::StrCat("[libdefaults]\n"
                                 "default_realm = EXAMPLE.TEST\n"
                                 "dns_canonicalize_hostname = false\n"
                                 "dns_lookup_kdc = false\n"
                                 "dns_lookup_realm = false\n"
                                 "rdns = false\n"
                                 "udp_preference_limit = 1\n"
                                 "allow_weak_crypto = true\n"
                                 "allow_rc4 = true\n"
                                 "default_ccache_name = MEMORY:unused\n"
                                 "default_rcache_name = none:\n"
                                 "[domain_realm]\n"
                                 ".example.test = EXAMPLE.TEST\n"
                                 "example.test = EXAMPLE.TEST\n"
                                 // Without an address MIT asks nobody, not even
                                 // the hook. Nothing is ever sent there.
                                 "[realms]\n"
                                 "EXAMPLE.TEST = {\n kdc = ",
                                 kdc,
                                 "\n}\n"
                                 "PARTNER.TEST = {\n kdc = 127.0.0.1:1\n}\n"))
          .c_str(),
      1);
}

std::string WriteKeytab(const kerberos::Principal& principal,
                        std::string_view realm) {
  static int count = 0;
  return absl::StrCat("FILE:",
                      WriteTestFile(absl::StrCat("keytab", ++count),
                                    sim::PrincipalToKeytab(principal, realm)));
}

std::string NewReplayCache() {
  static int count = 0;
  return absl::StrCat("file2:",
                      WriteTestFile(absl::StrCat("rcache", ++count), ""));
}

MitClient::MitClient(const kerberos::Realms& realms, kerberos::PreciseTime now)
    : realms_(realms), now_(now) {
  EXPECT_EQ(krb5_init_context(&context_), 0);
  krb5_set_kdc_send_hook(context_, Send, this);
  EXPECT_EQ(krb5_set_real_time(context_,
                               static_cast<krb5_timestamp>(now.time.seconds),
                               now.microseconds),
            0);
  EXPECT_EQ(krb5_cc_new_unique(context_, "MEMORY", nullptr, &cache_), 0);
}

MitClient::~MitClient() {
  krb5_free_cred_contents(context_, &last_);
  krb5_free_principal(context_, principal_);
  krb5_cc_destroy(context_, cache_);
  krb5_free_context(context_);
}

krb5_error_code MitClient::Send(krb5_context context, void* self,
                                const krb5_data* realm,
                                const krb5_data* message,
                                krb5_data** /*new_message*/,
                                krb5_data** reply) {
  auto* const client = static_cast<MitClient*>(self);
  ++client->requests_;
  if (!client->reachable_) return KRB5_KDC_UNREACH;
  kerberos::Kdc kdc(client->realms_, client->now_, client->entropy_);
  std::vector<uint8_t> answer =
      kdc.Answer(std::string_view(realm->data, realm->length),
                 absl::MakeSpan(reinterpret_cast<const uint8_t*>(message->data),
                                message->length));
  if (answer.empty()) return KRB5_KDC_UNREACH;
  krb5_data data{};
  data.length = static_cast<unsigned>(answer.size());
  data.data = reinterpret_cast<char*>(answer.data());
  return krb5_copy_data(context, &data, reply);
}

krb5_error_code MitClient::LogOn(std::string_view principal,
                                 std::string_view password,
                                 std::vector<krb5_enctype> enctypes,
                                 bool forwardable) {
  krb5_free_principal(context_, principal_);
  principal_ = nullptr;
  krb5_error_code code =
      krb5_parse_name(context_, std::string(principal).c_str(), &principal_);
  if (code != 0) return code;
  krb5_get_init_creds_opt* options = nullptr;
  code = krb5_get_init_creds_opt_alloc(context_, &options);
  if (code != 0) return code;
  if (!enctypes.empty()) {
    krb5_get_init_creds_opt_set_etype_list(options, enctypes.data(),
                                           static_cast<int>(enctypes.size()));
  }
  krb5_get_init_creds_opt_set_forwardable(options, forwardable ? 1 : 0);
  krb5_free_cred_contents(context_, &last_);
  last_ = {};
  code = krb5_get_init_creds_password(context_, &last_, principal_,
                                      std::string(password).c_str(), nullptr,
                                      nullptr, 0, nullptr, options);
  krb5_get_init_creds_opt_free(context_, options);
  if (code != 0) return code;
  code = krb5_cc_initialize(context_, cache_, principal_);
  if (code != 0) return code;
  return krb5_cc_store_cred(context_, cache_, &last_);
}

krb5_error_code MitClient::GetTicket(std::string_view service) {
  krb5_creds wanted{};
  wanted.client = principal_;
  krb5_error_code code =
      krb5_parse_name(context_, std::string(service).c_str(), &wanted.server);
  if (code != 0) return code;
  krb5_creds* got = nullptr;
  code = krb5_get_credentials(context_, 0, cache_, &wanted, &got);
  krb5_free_principal(context_, wanted.server);
  if (code != 0) return code;
  krb5_free_cred_contents(context_, &last_);
  // The contents go over; only the structure itself is left to free.
  last_ = *got;
  std::free(got);
  return 0;
}

krb5_error_code MitClient::Present(const kerberos::Principal& service,
                                   std::string_view realm) {
  krb5_auth_context sender = nullptr;
  krb5_data request{};
  krb5_error_code code = krb5_mk_req_extended(
      context_, &sender, AP_OPTS_MUTUAL_REQUIRED | AP_OPTS_USE_SUBKEY, nullptr,
      &last_, &request);
  krb5_auth_con_free(context_, sender);
  if (code != 0) return code;
  krb5_keytab keytab;
  code =
      krb5_kt_resolve(context_, WriteKeytab(service, realm).c_str(), &keytab);
  if (code != 0) return code;
  krb5_auth_context receiver = nullptr;
  code = krb5_rd_req(context_, &receiver, &request, nullptr, keytab, nullptr,
                     nullptr);
  krb5_auth_con_free(context_, receiver);
  krb5_kt_close(context_, keytab);
  krb5_free_data_contents(context_, &request);
  return code;
}

std::string MitClient::cache_name() const {
  return absl::StrCat(krb5_cc_get_type(context_, cache_), ":",
                      krb5_cc_get_name(context_, cache_));
}

std::string MitClient::Words(krb5_error_code code) const {
  const char* const text = krb5_get_error_message(context_, code);
  std::string words = absl::StrCat(code, ": ", text);
  krb5_free_error_message(context_, text);
  return words;
}

}  // namespace sspilab::interop

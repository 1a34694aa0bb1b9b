// Our Kerberos and MIT's GSSAPI at the two ends of one context, with tickets of
// our KDC: bare and under SPNEGO.

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/lab.h"
#include "tests/interop/loopback_kdc.h"
#include "tests/interop/mit_krb5.h"

namespace sspilab::interop {
namespace {

using kerberos::Etype;
using sspilab::testing::Bytes;
using sspilab::testing::End;
using sspilab::testing::KerberosLab;

constexpr std::string_view kService = "HTTP/lab.example.test";

// MIT's GSSAPI has no other clock than the system's.
WorldOptions Now() {
  return {.now = kerberos::ToFileTime({std::time(nullptr)})};
}

gss_buffer_desc Buffer(const Bytes& bytes) {
  return {bytes.size(), const_cast<uint8_t*>(bytes.data())};
}

Bytes Take(gss_buffer_desc* buffer) {
  const auto* const data = static_cast<const uint8_t*>(buffer->value);
  Bytes bytes(data, data + buffer->length);
  OM_uint32 minor;
  gss_release_buffer(&minor, buffer);
  return bytes;
}

std::string Words(OM_uint32 major, OM_uint32 minor) {
  std::string text = absl::StrFormat("0x%08X", major);
  for (const auto& [code, type] :
       {std::pair(major, GSS_C_GSS_CODE), std::pair(minor, GSS_C_MECH_CODE)}) {
    OM_uint32 ignored;
    OM_uint32 more = 0;
    gss_buffer_desc words = GSS_C_EMPTY_BUFFER;
    gss_display_status(&ignored, code, type, GSS_C_NO_OID, &more, &words);
    const Bytes bytes = Take(&words);
    text += "; " + std::string(bytes.begin(), bytes.end());
  }
  return text;
}

// One end that is MIT's.
class MitEnd {
 public:
  ~MitEnd() {
    OM_uint32 minor;
    gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &credential);
    gss_release_cred(&minor, &delegated);
    gss_release_name(&minor, &target);
    gss_release_name(&minor, &source);
  }

  // `key` is "ccache" or "keytab", and `value` its name.
  void Acquire(gss_cred_usage_t usage, const char* key,
               const std::string& value) {
    gss_key_value_element_desc element = {key, value.c_str()};
    const gss_key_value_set_desc store = {1, &element};
    gss_OID_set_desc mechanisms = {1, mechanism};
    OM_uint32 minor;
    OM_uint32 major = gss_acquire_cred_from(
        &minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms, usage, &store,
        &credential, nullptr, nullptr);
    ASSERT_EQ(major, GSS_S_COMPLETE) << Words(major, minor);
    gss_buffer_desc name = {21, const_cast<char*>("HTTP@lab.example.test")};
    ASSERT_EQ(
        gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &target),
        GSS_S_COMPLETE);
  }

  OM_uint32 Initialize(Bytes* token, OM_uint32 wanted) {
    gss_buffer_desc in = Buffer(*token);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    const OM_uint32 major = gss_init_sec_context(
        &minor, credential, &context, target, mechanism, wanted,
        GSS_C_INDEFINITE, GSS_C_NO_CHANNEL_BINDINGS, &in, nullptr, &out, &flags,
        nullptr);
    if (GSS_ERROR(major)) ADD_FAILURE() << Words(major, minor);
    *token = Take(&out);
    return major;
  }

  OM_uint32 Accept(Bytes* token) {
    gss_buffer_desc in = Buffer(*token);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    const OM_uint32 major = gss_accept_sec_context(
        &minor, &context, credential, &in, GSS_C_NO_CHANNEL_BINDINGS, &source,
        nullptr, &out, &flags, nullptr, &delegated);
    if (GSS_ERROR(major)) ADD_FAILURE() << Words(major, minor);
    *token = Take(&out);
    return major;
  }

  gss_OID mechanism = gss_mech_krb5;
  gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
  gss_cred_id_t delegated = GSS_C_NO_CREDENTIAL;
  gss_ctx_id_t context = GSS_C_NO_CONTEXT;
  gss_name_t target = GSS_C_NO_NAME;
  gss_name_t source = GSS_C_NO_NAME;
  OM_uint32 flags = 0;
};

// EncryptMessage's buffers one after the other are a Wrap token.
Bytes Encrypt(End& end, Bytes data, ULONG qop) {
  SecPkgContext_Sizes sizes = {};
  EXPECT_EQ(QueryContextAttributesW(&end.context, SECPKG_ATTR_SIZES, &sizes),
            SEC_E_OK);
  Bytes token(sizes.cbSecurityTrailer);
  SecBuffer buffers[] = {
      {static_cast<ULONG>(token.size()), SECBUFFER_TOKEN, token.data()},
      {static_cast<ULONG>(data.size()), SECBUFFER_DATA, data.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  EXPECT_EQ(EncryptMessage(&end.context, qop, &descriptor, 0), SEC_E_OK);
  token.resize(buffers[0].cbBuffer);
  token.insert(token.end(), data.begin(), data.end());
  return token;
}

Bytes Decrypt(End& end, Bytes stream) {
  SecBuffer buffers[] = {
      {static_cast<ULONG>(stream.size()), SECBUFFER_STREAM, stream.data()},
      {0, SECBUFFER_DATA, nullptr}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  EXPECT_EQ(DecryptMessage(&end.context, &descriptor, 0, nullptr), SEC_E_OK);
  const auto* const data = static_cast<const uint8_t*>(buffers[1].pvBuffer);
  return Bytes(data, data + buffers[1].cbBuffer);
}

void ExpectMessagesPass(End& ours, MitEnd& mit) {
  for (const size_t size : {0, 1, 16, 100, 5000}) {
    const Bytes text(size, 0x42);
    for (const bool encrypt : {true, false}) {
      OM_uint32 minor;
      gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
      int encrypted = -1;
      const Bytes token =
          Encrypt(ours, text, encrypt ? 0 : SECQOP_WRAP_NO_ENCRYPT);
      gss_buffer_desc in = Buffer(token);
      OM_uint32 major =
          gss_unwrap(&minor, mit.context, &in, &out, &encrypted, nullptr);
      ASSERT_EQ(major, GSS_S_COMPLETE) << Words(major, minor);
      EXPECT_EQ(encrypted != 0, encrypt);
      EXPECT_EQ(Take(&out), text);

      in = Buffer(text);
      major = gss_wrap(&minor, mit.context, encrypt ? 1 : 0, GSS_C_QOP_DEFAULT,
                       &in, nullptr, &out);
      ASSERT_EQ(major, GSS_S_COMPLETE) << Words(major, minor);
      EXPECT_EQ(Decrypt(ours, Take(&out)), text);
    }
    SecPkgContext_Sizes sizes = {};
    ASSERT_EQ(QueryContextAttributesW(&ours.context, SECPKG_ATTR_SIZES, &sizes),
              SEC_E_OK);
    Bytes token(sizes.cbMaxSignature);
    Bytes data = text;
    SecBuffer buffers[] = {
        {static_cast<ULONG>(token.size()), SECBUFFER_TOKEN, token.data()},
        {static_cast<ULONG>(data.size()), SECBUFFER_DATA, data.data()}};
    SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
    ASSERT_EQ(MakeSignature(&ours.context, 0, &descriptor, 0), SEC_E_OK);
    gss_buffer_desc message = Buffer(text);
    gss_buffer_desc mic = Buffer(token);
    OM_uint32 minor;
    OM_uint32 major =
        gss_verify_mic(&minor, mit.context, &message, &mic, nullptr);
    EXPECT_EQ(major, GSS_S_COMPLETE) << Words(major, minor);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    ASSERT_EQ(
        gss_get_mic(&minor, mit.context, GSS_C_QOP_DEFAULT, &message, &out),
        GSS_S_COMPLETE);
    token = Take(&out);
    buffers[0] = {static_cast<ULONG>(token.size()), SECBUFFER_TOKEN,
                  token.data()};
    EXPECT_EQ(VerifySignature(&ours.context, &descriptor, 0, nullptr),
              SEC_E_OK);
  }
}

// 1.3.6.1.5.5.2.
char kSpnegoBytes[] = "\x2b\x06\x01\x05\x05\x02";
gss_OID_desc kSpnego = {6, kSpnegoBytes};

class Krb5GssTest : public ::testing::TestWithParam<std::tuple<Etype, bool>> {
 protected:
  Krb5GssTest() : lab_({std::get<0>(GetParam())}, Now()) {
    UseTestKrb5Conf();
    lab_.client.target = u"HTTP/lab.example.test";
  }
  bool mutual() const { return std::get<1>(GetParam()); }

  // To and fro until both are done, or one has failed.
  void RunLegs(MitEnd& mit, OM_uint32 wanted, End& ours, bool ours_begins) {
    Bytes token;
    bool ours_done = false;
    bool mit_done = false;
    bool ours_next = ours_begins;
    for (int leg = 0; leg < 8 && !(ours_done && mit_done); ++leg) {
      if (ours_next) {
        const SECURITY_STATUS status =
            ours_begins ? ours.Initialize(&token) : ours.Accept(&token);
        ASSERT_GE(status, 0) << StatusName(status);
        ours_done = status == SEC_E_OK;
      } else {
        const OM_uint32 major =
            ours_begins ? mit.Accept(&token) : mit.Initialize(&token, wanted);
        ASSERT_FALSE(GSS_ERROR(major));
        mit_done = major == GSS_S_COMPLETE;
      }
      ours_next = !ours_next;
    }
    EXPECT_TRUE(ours_done && mit_done);
  }

  KerberosLab lab_;
};

TEST_P(Krb5GssTest, MitsInitiatorAndOurAcceptor) {
  MitClient client(lab_.client_world.realms(),
                   kerberos::FromFileTime(lab_.client_world.now()));
  krb5_error_code code = client.LogOn("alice@EXAMPLE.TEST", "secret");
  ASSERT_EQ(code, 0) << client.Words(code);
  code = client.GetTicket("HTTP/lab.example.test@EXAMPLE.TEST");
  ASSERT_EQ(code, 0) << client.Words(code);
  MitEnd initiator;
  initiator.Acquire(GSS_C_INITIATE, "ccache", client.cache_name());
  ASSERT_EQ(lab_.server.AcquireInbound(lab_.server_world), SEC_E_OK);

  Bytes token;
  const OM_uint32 wanted = GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG |
                           GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |
                           (mutual() ? GSS_C_MUTUAL_FLAG : 0);
  ASSERT_EQ(initiator.Initialize(&token, wanted),
            mutual() ? GSS_S_CONTINUE_NEEDED : GSS_S_COMPLETE);
  ASSERT_EQ(lab_.server.Accept(&token), SEC_E_OK);
  if (mutual()) {
    ASSERT_EQ(initiator.Initialize(&token, wanted), GSS_S_COMPLETE);
  }
  EXPECT_EQ(lab_.server.Name(), u"EXAMPLE\\alice");
  ExpectMessagesPass(lab_.server, initiator);
}

TEST_P(Krb5GssTest, OurInitiatorAndMitsAcceptor) {
  MitClient mit(lab_.client_world.realms(),
                kerberos::FromFileTime(lab_.client_world.now()));
  const std::string keytab = MakeKeytab(
      mit.context(), *lab_.realm().Find(kService), kService, "EXAMPLE.TEST");
  MitEnd acceptor;
  acceptor.Acquire(GSS_C_ACCEPT, "keytab", keytab);
  ASSERT_EQ(lab_.Acquire(), SEC_E_OK);
  lab_.client.requirements = ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |
                             ISC_REQ_SEQUENCE_DETECT |
                             (mutual() ? ISC_REQ_MUTUAL_AUTH : 0);
  Bytes token;
  ASSERT_EQ(lab_.client.Initialize(&token),
            mutual() ? SEC_I_CONTINUE_NEEDED : SEC_E_OK);
  ASSERT_EQ(acceptor.Accept(&token), GSS_S_COMPLETE);
  if (mutual()) {
    ASSERT_EQ(lab_.client.Initialize(&token), SEC_E_OK);
  }
  OM_uint32 minor;
  gss_buffer_desc name = GSS_C_EMPTY_BUFFER;
  ASSERT_EQ(gss_display_name(&minor, acceptor.source, &name, nullptr),
            GSS_S_COMPLETE);
  const Bytes text = Take(&name);
  EXPECT_EQ(std::string(text.begin(), text.end()), "alice@EXAMPLE.TEST");
  EXPECT_EQ((acceptor.flags & GSS_C_MUTUAL_FLAG) != 0, mutual());
  ExpectMessagesPass(lab_.client, acceptor);
}

// With what the one delegates the other reaches a further service as the
// client.
TEST_P(Krb5GssTest, MitDelegatesToUs) {
  const kerberos::PreciseTime now =
      kerberos::FromFileTime(lab_.client_world.now());
  LoopbackKdc kdc(lab_.client_world.realms(), "EXAMPLE.TEST", now);
  UseTestKrb5Conf(kdc.address());
  MitClient client(lab_.client_world.realms(), now);
  ASSERT_EQ(client.LogOn("alice@EXAMPLE.TEST", "secret", {}, true), 0);
  ASSERT_EQ(client.GetTicket("HTTP/lab.example.test@EXAMPLE.TEST"), 0);
  MitEnd initiator;
  initiator.Acquire(GSS_C_INITIATE, "ccache", client.cache_name());
  ASSERT_EQ(lab_.server.AcquireInbound(lab_.server_world), SEC_E_OK);
  Bytes token;
  const OM_uint32 wanted =
      GSS_C_DELEG_FLAG | (mutual() ? GSS_C_MUTUAL_FLAG : 0);
  ASSERT_FALSE(GSS_ERROR(initiator.Initialize(&token, wanted)));
  EXPECT_NE(initiator.flags & GSS_C_DELEG_FLAG, 0);
  ASSERT_EQ(lab_.server.Accept(&token), SEC_E_OK);
  EXPECT_NE(lab_.server.attributes & ASC_RET_DELEGATE, 0);

  ASSERT_EQ(ImpersonateSecurityContext(&lab_.server.context), SEC_E_OK);
  End onwards;
  End third;
  onwards.package = third.package = u"Kerberos";
  const SECURITY_STATUS acquired =
      onwards.AcquireOutbound(lab_.server_world, nullptr, nullptr, nullptr);
  ASSERT_EQ(RevertSecurityContext(&lab_.server.context), SEC_E_OK);
  ASSERT_EQ(acquired, SEC_E_OK);
  token.clear();
  ASSERT_EQ(onwards.Initialize(&token), SEC_E_OK);
  ASSERT_EQ(third.AcquireInbound(lab_.server_world), SEC_E_OK);
  ASSERT_EQ(third.Accept(&token), SEC_E_OK);
  EXPECT_EQ(third.Name(), u"EXAMPLE\\alice");
}

TEST_P(Krb5GssTest, WeDelegateToMit) {
  const kerberos::PreciseTime now =
      kerberos::FromFileTime(lab_.client_world.now());
  LoopbackKdc kdc(lab_.client_world.realms(), "EXAMPLE.TEST", now);
  UseTestKrb5Conf(kdc.address());
  MitClient mit(lab_.client_world.realms(), now);
  lab_.realm().Find(kService)->trusted_for_delegation = true;
  const std::string keytab = MakeKeytab(
      mit.context(), *lab_.realm().Find(kService), kService, "EXAMPLE.TEST");
  MitEnd acceptor;
  acceptor.Acquire(GSS_C_ACCEPT, "keytab", keytab);
  ASSERT_EQ(lab_.Acquire(), SEC_E_OK);
  lab_.client.requirements =
      ISC_REQ_DELEGATE | (mutual() ? ISC_REQ_MUTUAL_AUTH : 0);
  Bytes token;
  ASSERT_GE(lab_.client.Initialize(&token), 0);
  EXPECT_NE(lab_.client.attributes & ISC_RET_DELEGATE, 0);
  ASSERT_EQ(acceptor.Accept(&token), GSS_S_COMPLETE);
  EXPECT_NE(acceptor.flags & GSS_C_DELEG_FLAG, 0);
  ASSERT_NE(acceptor.delegated, GSS_C_NO_CREDENTIAL);
  OM_uint32 minor;
  gss_name_t owner = GSS_C_NO_NAME;
  OM_uint32 lifetime = 0;
  ASSERT_EQ(gss_inquire_cred(&minor, acceptor.delegated, &owner, &lifetime,
                             nullptr, nullptr),
            GSS_S_COMPLETE);
  gss_buffer_desc name = GSS_C_EMPTY_BUFFER;
  ASSERT_EQ(gss_display_name(&minor, owner, &name, nullptr), GSS_S_COMPLETE);
  gss_release_name(&minor, &owner);
  const Bytes text = Take(&name);
  EXPECT_EQ(std::string(text.begin(), text.end()), "alice@EXAMPLE.TEST");
  EXPECT_GT(lifetime, 9 * 3600);

  // MIT's own initiator goes on with it, and back to us.
  MitEnd onwards;
  onwards.credential = std::exchange(acceptor.delegated, GSS_C_NO_CREDENTIAL);
  gss_buffer_desc target = {21, const_cast<char*>("HTTP@lab.example.test")};
  ASSERT_EQ(gss_import_name(&minor, &target, GSS_C_NT_HOSTBASED_SERVICE,
                            &onwards.target),
            GSS_S_COMPLETE);
  token.clear();
  ASSERT_EQ(onwards.Initialize(&token, 0), GSS_S_COMPLETE);
  ASSERT_EQ(lab_.server.Accept(&token), SEC_E_OK);
  EXPECT_EQ(lab_.server.Name(), u"EXAMPLE\\alice");
}

// Which is always mutual.
class Krb5DceTest : public Krb5GssTest {};

TEST_P(Krb5DceTest, BothWays) {
  MitClient mit(lab_.client_world.realms(),
                kerberos::FromFileTime(lab_.client_world.now()));
  ASSERT_EQ(mit.LogOn("alice@EXAMPLE.TEST", "secret"), 0);
  ASSERT_EQ(mit.GetTicket("HTTP/lab.example.test@EXAMPLE.TEST"), 0);
  MitEnd initiator;
  initiator.Acquire(GSS_C_INITIATE, "ccache", mit.cache_name());
  ASSERT_EQ(lab_.server.AcquireInbound(lab_.server_world), SEC_E_OK);
  Bytes token;
  const OM_uint32 wanted =
      GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE;
  ASSERT_EQ(initiator.Initialize(&token, wanted), GSS_S_CONTINUE_NEEDED);
  ASSERT_EQ(lab_.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(initiator.Initialize(&token, wanted), GSS_S_COMPLETE);
  ASSERT_EQ(lab_.server.Accept(&token), SEC_E_OK);

  const std::string keytab = MakeKeytab(
      mit.context(), *lab_.realm().Find(kService), kService, "EXAMPLE.TEST");
  MitEnd acceptor;
  acceptor.Acquire(GSS_C_ACCEPT, "keytab", keytab);
  ASSERT_EQ(lab_.client.AcquireOutbound(lab_.client_world, u"alice", u"EXAMPLE",
                                        u"secret"),
            SEC_E_OK);
  lab_.client.requirements = ISC_REQ_CONFIDENTIALITY | ISC_REQ_USE_DCE_STYLE;
  token.clear();
  ASSERT_EQ(lab_.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(acceptor.Accept(&token), GSS_S_CONTINUE_NEEDED);
  ASSERT_EQ(lab_.client.Initialize(&token), SEC_E_OK);
  EXPECT_EQ(acceptor.Accept(&token), GSS_S_COMPLETE);
}

TEST_P(Krb5GssTest, UnderSpnegoMitBegins) {
  MitClient mit(lab_.client_world.realms(),
                kerberos::FromFileTime(lab_.client_world.now()));
  ASSERT_EQ(mit.LogOn("alice@EXAMPLE.TEST", "secret"), 0);
  ASSERT_EQ(mit.GetTicket("HTTP/lab.example.test@EXAMPLE.TEST"), 0);
  MitEnd initiator;
  initiator.mechanism = &kSpnego;
  initiator.Acquire(GSS_C_INITIATE, "ccache", mit.cache_name());
  lab_.server.package = u"Negotiate";
  ASSERT_EQ(lab_.server.AcquireInbound(lab_.server_world), SEC_E_OK);
  RunLegs(initiator,
          GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG | GSS_C_REPLAY_FLAG |
              GSS_C_SEQUENCE_FLAG | (mutual() ? GSS_C_MUTUAL_FLAG : 0),
          lab_.server, false);
  EXPECT_EQ(lab_.server.Name(), u"EXAMPLE\\alice");
  ExpectMessagesPass(lab_.server, initiator);
}

TEST_P(Krb5GssTest, UnderSpnegoWeBegin) {
  MitClient mit(lab_.client_world.realms(),
                kerberos::FromFileTime(lab_.client_world.now()));
  const std::string keytab = MakeKeytab(
      mit.context(), *lab_.realm().Find(kService), kService, "EXAMPLE.TEST");
  MitEnd acceptor;
  acceptor.mechanism = &kSpnego;
  acceptor.Acquire(GSS_C_ACCEPT, "keytab", keytab);
  lab_.client.package = u"Negotiate";
  ASSERT_EQ(lab_.client.AcquireOutbound(lab_.client_world, u"alice", u"EXAMPLE",
                                        u"secret"),
            SEC_E_OK);
  lab_.client.requirements = ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |
                             ISC_REQ_SEQUENCE_DETECT |
                             (mutual() ? ISC_REQ_MUTUAL_AUTH : 0);
  RunLegs(acceptor, 0, lab_.client, true);
  ExpectMessagesPass(lab_.client, acceptor);
}

std::string NameOf(
    const ::testing::TestParamInfo<std::tuple<Etype, bool>>& info) {
  std::string name(kerberos::Find(std::get<0>(info.param)).name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name + (std::get<1>(info.param) ? "_mutual" : "_one_way");
}

const auto kEtypes =
    ::testing::Values(Etype::kAes256CtsHmacSha1, Etype::kAes128CtsHmacSha1,
                      Etype::kAes256CtsHmacSha384, Etype::kAes128CtsHmacSha256);

INSTANTIATE_TEST_SUITE_P(All, Krb5GssTest,
                         ::testing::Combine(kEtypes, ::testing::Bool()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(All, Krb5DceTest,
                         ::testing::Combine(kEtypes, ::testing::Values(true)),
                         NameOf);

}  // namespace
}  // namespace sspilab::interop

#include "tests/interop/krb5_pair.h"

#include <ctime>
#include <iterator>
#include <utility>

#include "core/kerberos/times.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/interop/sspi_peer.h"

namespace sspilab::interop {
namespace {

// What our initiator is to require for what MIT's calls these.
struct FlagRow {
  OM_uint32 gss;
  ULONG requirement;
};
constexpr FlagRow kFlags[] = {
    {GSS_C_MUTUAL_FLAG, ISC_REQ_MUTUAL_AUTH},
    {GSS_C_REPLAY_FLAG, ISC_REQ_REPLAY_DETECT},
    {GSS_C_SEQUENCE_FLAG, ISC_REQ_SEQUENCE_DETECT},
    {GSS_C_CONF_FLAG, ISC_REQ_CONFIDENTIALITY},
    {GSS_C_INTEG_FLAG, ISC_REQ_INTEGRITY},
    {GSS_C_DCE_STYLE, ISC_REQ_USE_DCE_STYLE},
    {GSS_C_DELEG_FLAG, ISC_REQ_DELEGATE},
};

// MIT's GSSAPI has no other clock than the system's.
WorldOptions Now() {
  return {.now = kerberos::ToFileTime({std::time(nullptr)})};
}

}  // namespace

Krb5Pair::Krb5Pair(PairTerms terms)
    : terms_(std::move(terms)), lab_({terms_.etype}, Now()), mit_(mechanism()) {
  const kerberos::Realms& realms = lab_.client_world.realms();
  const kerberos::PreciseTime now =
      kerberos::FromFileTime(lab_.client_world.now());
  if ((terms_.flags & GSS_C_DELEG_FLAG) != 0) {
    kdc_ = std::make_unique<LoopbackKdc>(realms, "EXAMPLE.TEST", now);
    UseTestKrb5Conf(kdc_->address());
  } else {
    UseTestKrb5Conf();
  }
  client_ = std::make_unique<MitClient>(realms, now);
  lab_.client.target = u"HTTP/lab.example.test";
  ours().package = terms_.negotiate ? u"Negotiate" : u"Kerberos";
  ours().requirements = terms_.requirements;
  const bool initiator = terms_.ours == Role::kInitiator;
  if (initiator) {
    for (const FlagRow& row : kFlags) {
      if ((terms_.flags & row.gss) != 0) {
        ours().requirements |= row.requirement;
      }
    }
  }
  mit_.set_bindings(initiator ? terms_.acceptor_bindings
                              : terms_.initiator_bindings);
  bindings_ = MarshalBindings(initiator ? terms_.initiator_bindings
                                        : terms_.acceptor_bindings);
  if (!bindings_.empty()) {
    ours().extra_input = {{static_cast<ULONG>(bindings_.size()),
                           SECBUFFER_CHANNEL_BINDINGS, bindings_.data()}};
  }
}

void Krb5Pair::Acquire(const kerberos::Principal* keys) {
  if (terms_.ours == Role::kInitiator) {
    ASSERT_EQ(lab_.client.AcquireOutbound(lab_.client_world, u"alice",
                                          u"EXAMPLE", u"secret"),
              SEC_E_OK);
    if (keys == nullptr) keys = lab_.realm().Find("HTTP/lab.example.test");
    mit_.Acquire(GSS_C_ACCEPT,
                 {{"keytab", WriteKeytab(*keys, "EXAMPLE.TEST")}});
    return;
  }
  const bool forwardable = (terms_.flags & GSS_C_DELEG_FLAG) != 0;
  krb5_error_code code =
      client_->LogOn("alice@EXAMPLE.TEST", "secret", {}, forwardable);
  ASSERT_EQ(code, 0) << client_->Words(code);
  code = client_->GetTicket("HTTP/lab.example.test@EXAMPLE.TEST");
  ASSERT_EQ(code, 0) << client_->Words(code);
  mit_.Acquire(GSS_C_INITIATE, {{"ccache", client_->cache_name()}});
  ASSERT_EQ(lab_.server.AcquireInbound(lab_.server_world), SEC_E_OK);
}

bool Krb5Pair::OurLeg(Bytes* token) {
  our_status_ = terms_.ours == Role::kInitiator ? ours().Initialize(token)
                                                : ours().Accept(token);
  // Of a leg that fails the token is what it was, unless there is one that says
  // why.
  const ULONG error_token = terms_.ours == Role::kInitiator
                                ? ISC_RET_EXTENDED_ERROR
                                : ASC_RET_EXTENDED_ERROR;
  if (our_status_ < 0 && (ours().attributes & error_token) == 0) token->clear();
  return !token->empty();
}

bool Krb5Pair::MitLeg(Bytes* token) {
  mit_outcome_ = terms_.ours == Role::kInitiator
                     ? mit_.Accept(token)
                     : mit_.Initialize(token, terms_.flags);
  return !token->empty();
}

void Krb5Pair::RunLegs() {
  constexpr int kMostLegs = 8;
  Bytes token;
  bool our_turn = terms_.ours == Role::kInitiator;
  for (int leg = 0; leg < kMostLegs; ++leg) {
    // MIT's SPNEGO answers a reject with one of its own, for nobody to hear.
    if (our_turn ? our_status_ < 0 : GSS_ERROR(mit_outcome_.major) != 0) return;
    const bool more = our_turn ? OurLeg(&token) : MitLeg(&token);
    if (leg == 0) first_token_ = token;
    if (watcher_) watcher_(token);
    if (!more) return;
    our_turn = !our_turn;
  }
  FAIL() << "no end after " << kMostLegs << " legs";
}

void Krb5Pair::Connect() {
  ASSERT_NO_FATAL_FAILURE(Acquire());
  ASSERT_NO_FATAL_FAILURE(RunLegs());
  ASSERT_EQ(our_status_, SEC_E_OK) << StatusName(our_status_);
  ASSERT_EQ(mit_outcome_.major, GSS_S_COMPLETE) << mit_outcome_.words();
}

Sealed Krb5Pair::WrapInPlace(const Bytes& text, bool encrypt) {
  Sealed message{{}, text, {}};
  const SECURITY_STATUS status = sspilab::testing::Encrypt(
      ours(), &message, encrypt ? 0 : SECQOP_WRAP_NO_ENCRYPT);
  EXPECT_EQ(status, SEC_E_OK) << StatusName(status);
  return message;
}

// EncryptMessage's buffers one after the other are a Wrap token.
Bytes Krb5Pair::Wrap(const Bytes& text, bool encrypt) {
  Sealed message = WrapInPlace(text, encrypt);
  for (const Bytes& part : {message.data, message.padding}) {
    message.token.insert(message.token.end(), part.begin(), part.end());
  }
  return message.token;
}

Krb5Pair::Opened Krb5Pair::Unwrap(Bytes token) {
  SecBuffer buffers[] = {
      {static_cast<ULONG>(token.size()), SECBUFFER_STREAM, token.data()},
      {0, SECBUFFER_DATA, nullptr}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, std::size(buffers), buffers};
  ULONG qop = 0;
  Opened opened{
      DecryptMessage(&ours().context, &descriptor, 0, &qop), {}, false};
  if (opened.status != SEC_E_OK) return opened;
  const auto* const data = static_cast<const uint8_t*>(buffers[1].pvBuffer);
  opened.text.assign(data, data + buffers[1].cbBuffer);
  opened.encrypted = qop != SECQOP_WRAP_NO_ENCRYPT;
  return opened;
}

Krb5Pair::Opened Krb5Pair::UnwrapInPlace(Sealed message) {
  ULONG qop = 0;
  const SECURITY_STATUS status =
      sspilab::testing::Decrypt(ours(), &message, &qop);
  return {status, std::move(message.data), qop != SECQOP_WRAP_NO_ENCRYPT};
}

Bytes Krb5Pair::Sign(const Bytes& text) {
  SecPkgContext_Sizes sizes = {};
  EXPECT_EQ(QueryContextAttributesW(&ours().context, SECPKG_ATTR_SIZES, &sizes),
            SEC_E_OK);
  Bytes token(sizes.cbMaxSignature);
  Bytes data = text;
  SecBuffer buffers[] = {
      {static_cast<ULONG>(token.size()), SECBUFFER_TOKEN, token.data()},
      {static_cast<ULONG>(data.size()), SECBUFFER_DATA, data.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, std::size(buffers), buffers};
  const SECURITY_STATUS status =
      MakeSignature(&ours().context, 0, &descriptor, 0);
  EXPECT_EQ(status, SEC_E_OK) << StatusName(status);
  token.resize(buffers[0].cbBuffer);
  return token;
}

SECURITY_STATUS Krb5Pair::Verify(Bytes text, Bytes token) {
  SecBuffer buffers[] = {
      {static_cast<ULONG>(token.size()), SECBUFFER_TOKEN, token.data()},
      {static_cast<ULONG>(text.size()), SECBUFFER_DATA, text.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, std::size(buffers), buffers};
  return VerifySignature(&ours().context, &descriptor, 0, nullptr);
}

}  // namespace sspilab::interop

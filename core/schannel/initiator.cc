#include "core/schannel/initiator.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cstring>
#include <utility>

#include "core/schannel/certificate_check.h"
#include "core/schannel/sessions.h"
#include "core/tls/library.h"
#include "core/tls/server_name.h"
#include "core/wire/utf.h"

namespace sspilab::schannel {
namespace {

char16_t ToLower(char16_t c) {
  return c >= u'A' && c <= u'Z' ? static_cast<char16_t>(c + (u'a' - u'A')) : c;
}

std::u16string_view TextOf(const BudgetBytes& text) {
  return {reinterpret_cast<const char16_t*>(text.span().data()),
          text.size() / sizeof(char16_t)};
}

// Names in certificates are ASCII; one with other letters matches none.
std::string AsciiOf(std::u16string_view text) {
  std::string ascii;
  for (const char16_t c : text) {
    ascii += c < 0x80 ? static_cast<char>(c) : '?';
  }
  return ascii;
}

// RFC 6066 3: addresses are no server names.
bool IsAddress(const std::string& name) {
  const tls::OpenSslPtr<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> address(
      a2i_IPADDRESS(name.c_str()));
  return address != nullptr;
}

}  // namespace

SECURITY_STATUS Initiator::Take(Event event) {
  return machine_.Take(event, world().observer());
}

bool Initiator::validates() const {
  return (requirements() & ISC_REQ_MANUAL_CRED_VALIDATION) == 0 &&
         !schannel_credential().has_flag(SCH_CRED_MANUAL_CRED_VALIDATION);
}

// Schannel always gives these, and says back what it was asked for of the
// others.
uint32_t Initiator::Granted(uint32_t requirements) const {
  static_assert(ISC_REQ_EXTENDED_ERROR == ISC_RET_EXTENDED_ERROR &&
                ISC_REQ_USE_SUPPLIED_CREDS == ISC_RET_USED_SUPPLIED_CREDS &&
                ISC_REQ_MANUAL_CRED_VALIDATION ==
                    ISC_RET_MANUAL_CRED_VALIDATION &&
                ISC_REQ_MUTUAL_AUTH == ISC_RET_MUTUAL_AUTH);
  uint32_t granted = ISC_RET_SEQUENCE_DETECT | ISC_RET_REPLAY_DETECT |
                     ISC_RET_CONFIDENTIALITY | ISC_RET_STREAM;
  granted |=
      requirements & (ISC_REQ_EXTENDED_ERROR | ISC_REQ_USE_SUPPLIED_CREDS |
                      ISC_REQ_MANUAL_CRED_VALIDATION);
  if (established() && validates())
    granted |= requirements & ISC_REQ_MUTUAL_AUTH;
  return granted;
}

Event Initiator::Begin(Leg& leg, absl::Span<const uint8_t> input) {
  if (std::optional<Event> failure = Open(leg)) return *failure;
  return Handshake(leg, {}, input, 0);
}

std::optional<Event> Initiator::Prepare(const Leg& leg) {
  if (!target_.Allocate(world().memory(),
                        leg.target.size() * sizeof(char16_t))) {
    return Event::kOutOfMemory;
  }
  char16_t* out = reinterpret_cast<char16_t*>(target_.span().data());
  for (const char16_t c : leg.target) *out++ = ToLower(c);
  const std::string name = AsciiOf(leg.target);
  if (!name.empty() && !IsAddress(name) && !tls::SetServerName(ssl(), name)) {
    return Event::kOutOfMemory;
  }
  const absl::Span<const uint8_t> alpn = protocols();
  if (!alpn.empty() &&
      SSL_set_alpn_protos(ssl(), alpn.data(),
                          static_cast<unsigned int>(alpn.size())) != 0) {
    return Event::kOutOfMemory;
  }
  // Whoever names no target resumes nothing.
  if (!leg.target.empty()) {
    if (SSL_SESSION* session = LoadSession(world(), Key())) {
      if (SSL_set_session(ssl(), session) != 1) ERR_clear_error();
      SSL_SESSION_free(session);
    }
  }
  return std::nullopt;
}

SessionKey Initiator::Key() const {
  const WorldOptions& options = world().options();
  return {.target = std::u16string(TextOf(target_)),
          .process_id = options.process_id,
          .logon_session = options.logon_session,
          .credential = schannel_credential().cache_id()};
}

void Initiator::SaveSession(SSL_SESSION* session) {
  if (!target_.empty()) KeepSession(Key(), session);
}

void Initiator::ForgetSession() { world().tls_sessions().Erase(Key()); }

bool Initiator::VerifyPeer(X509_STORE_CTX* chain) {
  if (!validates()) return true;
  const bool names =
      !schannel_credential().has_flag(SCH_CRED_NO_SERVERNAME_CHECK);
  return Judge(CheckCertificates(chain, world().now(),
                                 names ? AsciiOf(TextOf(target_)) : ""));
}

const OwnCertificate* Initiator::Suitable(
    SSL* ssl, const SchannelCredential& credential) const {
  const STACK_OF(X509_NAME)* authorities = SSL_get0_peer_CA_list(ssl);
  for (const OwnCertificate& certificate : credential.certificates()) {
    if (certificate.IsIssuedByOneOf(authorities)) return &certificate;
  }
  return nullptr;
}

std::optional<OwnCertificate> Initiator::Default(SSL* ssl) const {
  if (schannel_credential().has_flag(SCH_CRED_NO_DEFAULT_CREDS)) {
    return std::nullopt;
  }
  const STACK_OF(X509_NAME)* authorities = SSL_get0_peer_CA_list(ssl);
  for (const OwnedCertificate& owned : world().certificates().owned()) {
    std::optional<OwnCertificate> certificate = OwnCertificate::Parse(owned);
    if (certificate.has_value() && certificate->IsForClients() &&
        certificate->IsIssuedByOneOf(authorities)) {
      return certificate;
    }
  }
  return std::nullopt;
}

TlsDelegate::CertificateChoice Initiator::Show(
    SSL* ssl, const OwnCertificate* certificate) {
  SSL_certs_clear(ssl);
  shows_certificate_ = certificate != nullptr;
  if (certificate != nullptr && !certificate->UseIn(ssl)) {
    return CertificateChoice::kOutOfMemory;
  }
  return CertificateChoice::kReady;
}

// Page "InitializeSecurityContext (Schannel)", SEC_I_INCOMPLETE_CREDENTIALS:
// the caller is asked once; who comes back without a certificate, or has said
// beforehand that there is none, goes on without one.
TlsDelegate::CertificateChoice Initiator::ChooseCertificate(SSL* ssl) {
  const SchannelCredential& first = schannel_credential();
  if (const OwnCertificate* certificate = Suitable(ssl, first)) {
    return Show(ssl, certificate);
  }
  if (second_credential_.has_value()) {
    return Show(ssl, Suitable(ssl, static_cast<const SchannelCredential&>(
                                       **second_credential_)));
  }
  if (asked_for_credential_ ||
      (requirements() & ISC_REQ_USE_SUPPLIED_CREDS) != 0) {
    return Show(ssl, nullptr);
  }
  if (const std::optional<OwnCertificate> found = Default(ssl)) {
    return Show(ssl, &*found);
  }
  asked_for_credential_ = true;
  return CertificateChoice::kNotYet;
}

void Initiator::TakeCredential(CredentialTable::Pin* credential) {
  if (credential != nullptr) second_credential_.emplace(std::move(*credential));
}

const X509* Initiator::own_certificate() const {
  return shows_certificate_ ? SSL_get_certificate(ssl()) : nullptr;
}

}  // namespace sspilab::schannel

#include "core/schannel/ssl_context.h"

#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/schannel/tls_channel.h"
#include "core/tls/library.h"

namespace sspilab::schannel {
namespace {

// The elliptic curves of Windows 10 and later, in its order.
constexpr std::array kGroups = {NID_X25519, NID_X9_62_prime256v1,
                                NID_secp384r1};

// Servers take up sessions only within one context; each channel adds what
// must match, too.
constexpr unsigned char kSessionContext[] = {'S'};

TlsDelegate& DelegateOf(const SSL* ssl) { return ChannelOf(ssl).delegate(); }

int VerifyChain(X509_STORE_CTX* chain, void* /*argument*/) {
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  return DelegateOf(ssl).VerifyPeer(chain) ? 1 : 0;
}

int ChooseCertificate(SSL* ssl, void* /*argument*/) {
  switch (DelegateOf(ssl).ChooseCertificate(ssl)) {
    case TlsDelegate::CertificateChoice::kReady:
      return 1;
    case TlsDelegate::CertificateChoice::kNotYet:
      return -1;
    case TlsDelegate::CertificateChoice::kOutOfMemory:
      break;
  }
  return 0;
}

int SaveSession(SSL* ssl, SSL_SESSION* session) {
  DelegateOf(ssl).SaveSession(session);
  return 0;  // It stays OpenSSL's.
}

SSL_SESSION* FindSession(SSL* ssl, const unsigned char* id, int size,
                         int* copy) {
  *copy = 0;  // It becomes OpenSSL's.
  return DelegateOf(ssl).FindSession({id, static_cast<size_t>(size)});
}

// RFC 7301 3.2: no overlap is fatal.
int SelectProtocol(SSL* ssl, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size,
                   void* /*argument*/) {
  const absl::Span<const uint8_t> ours = DelegateOf(ssl).protocols();
  if (ours.empty()) return SSL_TLSEXT_ERR_NOACK;
  unsigned char* selected = nullptr;
  if (SSL_select_next_proto(&selected, out_size, ours.data(),
                            static_cast<unsigned int>(ours.size()), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

void LogKey(const SSL* ssl, const char* line) { DelegateOf(ssl).LogKey(line); }

// OpenSSL tells of every message, in and out. Encrypted are all after the
// hellos in TLS 1.3 (RFC 8446 2), and Finished in TLS 1.2 (RFC 5246 7.3).
void TellMessage(int sent, int /*version*/, int type, const void* bytes,
                 size_t size, SSL* ssl, void* /*argument*/) {
  if (sent == 0 || type != SSL3_RT_HANDSHAKE || size == 0) return;
  const auto* message = static_cast<const uint8_t*>(bytes);
  const bool encrypted = SSL_version(ssl) == TLS1_3_VERSION
                             ? message[0] != SSL3_MT_CLIENT_HELLO &&
                                   message[0] != SSL3_MT_SERVER_HELLO
                             : message[0] == SSL3_MT_FINISHED;
  if (encrypted) DelegateOf(ssl).TellHandshake({message, size});
}

std::string SuiteNames(const Settings& settings, bool tls13) {
  std::string names;
  for (const CipherSuite* suite : settings.suites) {
    if (suite->tls13 != tls13) continue;
    if (!names.empty()) names += ':';
    names += suite->name;
  }
  return names;
}

bool SetProtocols(SSL_CTX* ssl_ctx, const Settings& settings) {
  std::array groups = kGroups;  // OpenSSL's parameter is not const.
  const bool tls12 = (settings.protocols & SP_PROT_TLS1_2) != 0;
  const bool tls13 = (settings.protocols & SP_PROT_TLS1_3) != 0;
  return SSL_CTX_set_min_proto_version(
             ssl_ctx, tls12 ? TLS1_2_VERSION : TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(
             ssl_ctx, tls13 ? TLS1_3_VERSION : TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_ciphersuites(ssl_ctx,
                                  SuiteNames(settings, true).c_str()) == 1 &&
         (!tls12 || SSL_CTX_set_cipher_list(
                        ssl_ctx, SuiteNames(settings, false).c_str()) == 1) &&
         SSL_CTX_set1_groups(ssl_ctx, groups.data(), groups.size()) == 1;
}

// Sessions are kept by the World and not by OpenSSL, whose clock is another.
void SetSessions(SSL_CTX* ssl_ctx, Role role, const Settings& settings,
                 const SchannelPolicy& policy) {
  const bool keeps = policy.maximum_cache_size != 0 &&
                     (settings.flags & SCH_CRED_DISABLE_RECONNECTS) == 0;
  const long mode =
      role == Role::kInitiator ? SSL_SESS_CACHE_CLIENT : SSL_SESS_CACHE_SERVER;
  SSL_CTX_set_session_cache_mode(
      ssl_ctx,
      keeps ? mode | SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR
            : SSL_SESS_CACHE_OFF);
  // RFC 8446 4.6.1. The ticket's lifetime that clients are told is this.
  SSL_CTX_set_num_tickets(ssl_ctx, keeps ? 1 : 0);
  SSL_CTX_set_timeout(ssl_ctx,
                      static_cast<long>(settings.session_lifespan / 1000));
  SSL_CTX_sess_set_new_cb(ssl_ctx, SaveSession);
  SSL_CTX_sess_set_get_cb(ssl_ctx, FindSession);
}

}  // namespace

SslContextPtr NewSslContext(Role role, const Settings& settings,
                            const SchannelPolicy& policy, bool observed) {
  SslContextPtr ssl_ctx(SSL_CTX_new_ex(tls::Library(), nullptr, TLS_method()));
  if (ssl_ctx == nullptr || !SetProtocols(ssl_ctx.get(), settings) ||
      SSL_CTX_set_session_id_context(ssl_ctx.get(), kSessionContext,
                                     sizeof(kSessionContext)) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  // Windows has no encrypt_then_mac (RFC 7366), and says which suite it likes.
  uint64_t options = SSL_OP_NO_ENCRYPT_THEN_MAC | SSL_OP_NO_COMPRESSION |
                     SSL_OP_CIPHER_SERVER_PREFERENCE;
  if (role == Role::kInitiator) {
    if (policy.disable_renegotiation_on_client) {
      options |= SSL_OP_NO_RENEGOTIATION;
    }
    SSL_CTX_set_cert_cb(ssl_ctx.get(), ChooseCertificate, nullptr);
    SSL_CTX_set_verify(ssl_ctx.get(), SSL_VERIFY_PEER, nullptr);
  } else {
    // Tickets are names of sessions here: what is in others depends on more
    // than entropy.
    options |= SSL_OP_NO_TICKET;
    options |= policy.disable_renegotiation_on_server
                   ? SSL_OP_NO_RENEGOTIATION
                   : SSL_OP_ALLOW_CLIENT_RENEGOTIATION;
    SSL_CTX_set_alpn_select_cb(ssl_ctx.get(), SelectProtocol, nullptr);
  }
  SSL_CTX_set_options(ssl_ctx.get(), options);
  SSL_CTX_set_mode(ssl_ctx.get(), SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_cert_verify_callback(ssl_ctx.get(), VerifyChain, nullptr);
  SetSessions(ssl_ctx.get(), role, settings, policy);
  if (observed) {
    SSL_CTX_set_keylog_callback(ssl_ctx.get(), LogKey);
    SSL_CTX_set_msg_callback(ssl_ctx.get(), TellMessage);
  }
  return ssl_ctx;
}

}  // namespace sspilab::schannel

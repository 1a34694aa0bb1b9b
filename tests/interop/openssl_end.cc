#include "tests/interop/openssl_end.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <ctime>
#include <utility>

#include "core/tls/server_name.h"

namespace sspilab::interop {
namespace {

using X509Ptr = tls::OpenSslPtr<X509, X509_free>;

// A minute after kFileTimeGenesis, for Unix.
constexpr time_t kNow = 1'704'067'260;

X509Ptr ParseCertificate(const DerBytes& der) {
  const unsigned char* at = der.data();
  return X509Ptr(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

void UseCertificate(SSL_CTX* context, const OwnedCertificate& owned) {
  SSL_CTX_use_certificate(context, ParseCertificate(owned.certificate).get());
  const unsigned char* at = owned.private_key.data();
  const tls::OpenSslPtr<EVP_PKEY, EVP_PKEY_free> key(d2i_AutoPrivateKey(
      nullptr, &at, static_cast<long>(owned.private_key.size())));
  SSL_CTX_use_PrivateKey(context, key.get());
  for (const DerBytes& link : owned.chain) {
    SSL_CTX_add1_chain_cert(context, ParseCertificate(link).get());
  }
}

// RFC 7301 3.1: each name behind its length.
std::string WireProtocols(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& name : protocols) {
    wire.push_back(static_cast<char>(name.size()));
    wire += name;
  }
  return wire;
}

const unsigned char* Unsigned(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int SelectProtocol(SSL* /*ssl*/, const unsigned char** out,
                   unsigned char* out_size, const unsigned char* offered,
                   unsigned int offered_size, void* settings) {
  const auto* wanted = static_cast<const OpenSslSettings*>(settings);
  // OpenSSL gives back a pointer into one of the two lists.
  static thread_local std::string wire;
  wire = WireProtocols(wanted->protocols);
  unsigned char* selected = nullptr;
  const int result = SSL_select_next_proto(&selected, out_size, Unsigned(wire),
                                           static_cast<unsigned>(wire.size()),
                                           offered, offered_size);
  *out = selected;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                          : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A connection's own session is good for nothing any more once that has ended
// without a close_notify.
tls::OpenSslPtr<SSL_SESSION, SSL_SESSION_free> Copy(SSL_SESSION* session) {
  return tls::OpenSslPtr<SSL_SESSION, SSL_SESSION_free>(
      SSL_SESSION_dup(session));
}

}  // namespace

OpenSslMachine::OpenSslMachine(OpenSslSettings settings)
    : settings_(std::move(settings)), context_(SSL_CTX_new(TLS_method())) {
  SSL_CTX* context = context_.get();
  SSL_CTX_set_min_proto_version(context, settings_.version);
  SSL_CTX_set_max_proto_version(context, settings_.version);
  SSL_CTX_set_options(context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  if (settings_.certificate != nullptr) {
    UseCertificate(context, *settings_.certificate);
  }
  if (!settings_.root.empty()) {
    const X509Ptr root = ParseCertificate(settings_.root);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get());
    SSL_CTX_add_client_CA(context, root.get());
  }
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), kNow);
  SSL_CTX_set_session_id_context(context, Unsigned("interop"), 7);
  SSL_CTX_set_app_data(context, this);
  if (settings_.role == Role::kAcceptor) {
    if (settings_.wants_certificate) {
      SSL_CTX_set_verify(
          context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    if (!settings_.protocols.empty()) {
      SSL_CTX_set_alpn_select_cb(context, SelectProtocol, &settings_);
    }
    return;
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  const std::string wire = WireProtocols(settings_.protocols);
  SSL_CTX_set_alpn_protos(context, Unsigned(wire),
                          static_cast<unsigned>(wire.size()));
  SSL_CTX_set_session_cache_mode(
      context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
    auto* machine = static_cast<OpenSslMachine*>(
        SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    machine->session_ = Copy(session);
    return 0;
  });
}

OpenSslMachine::~OpenSslMachine() = default;

std::unique_ptr<OpenSslEnd> OpenSslMachine::Connect() {
  return std::unique_ptr<OpenSslEnd>(new OpenSslEnd(*this));
}

OpenSslEnd::OpenSslEnd(OpenSslMachine& machine)
    : ssl_(SSL_new(machine.context_.get())) {
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_info_callback(ssl_.get(), [](const SSL* ssl, int where, int value) {
    if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT) return;
    static_cast<OpenSslEnd*>(SSL_get_app_data(ssl))->alert_ = value & 0xFF;
  });
  if (machine.settings().role == Role::kAcceptor) {
    SSL_set_accept_state(ssl_.get());
    return;
  }
  SSL_set_connect_state(ssl_.get());
  const std::string& host = machine.settings().host;
  if (!tls::SetServerName(ssl_.get(), host) ||
      SSL_set1_host(ssl_.get(), host.c_str()) != 1) {
    error_ = "the host's name cannot be set";
  }
  if (machine.session_ != nullptr) {
    SSL_set_session(ssl_.get(), Copy(machine.session_.get()).get());
  }
}

void OpenSslEnd::Feed(absl::Span<const uint8_t> bytes) {
  BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(),
            static_cast<int>(bytes.size()));
}

TlsBytes OpenSslEnd::Take() {
  BIO* out = SSL_get_wbio(ssl_.get());
  TlsBytes bytes(BIO_ctrl_pending(out));
  if (!bytes.empty()) {
    BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
  }
  return bytes;
}

void OpenSslEnd::Judge(int result) {
  const int reason = SSL_get_error(ssl_.get(), result);
  if (result <= 0 && reason != SSL_ERROR_WANT_READ &&
      reason != SSL_ERROR_ZERO_RETURN) {
    std::array<char, 256> words{};
    ERR_error_string_n(ERR_peek_error(), words.data(), words.size());
    error_ = words.data();
  }
  ERR_clear_error();
}

void OpenSslEnd::Handshake() { Judge(SSL_do_handshake(ssl_.get())); }

bool OpenSslEnd::done() const {
  return SSL_is_init_finished(ssl_.get()) == 1 && error_.empty();
}

void OpenSslEnd::Write(std::string_view message) {
  // OpenSSL sends nothing for nothing; an empty record is for others to send.
  if (message.empty()) return;
  Judge(
      SSL_write(ssl_.get(), message.data(), static_cast<int>(message.size())));
}

std::string OpenSslEnd::Read() {
  std::string all;
  std::array<char, 16'384> part;
  for (;;) {
    const int size = SSL_read(ssl_.get(), part.data(), part.size());
    Judge(size);
    if (size <= 0) return all;
    all.append(part.data(), static_cast<size_t>(size));
  }
}

// 0: sent, and the other end's is still to come.
void OpenSslEnd::Close() {
  const int result = SSL_shutdown(ssl_.get());
  if (result < 0) Judge(result);
}

void OpenSslEnd::Renegotiate() {
  SSL_renegotiate(ssl_.get());
  Handshake();
}

void OpenSslEnd::UpdateKeys() {
  SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
  Handshake();
}

bool OpenSslEnd::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

bool OpenSslEnd::peer_closed() const {
  return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

std::string OpenSslEnd::protocol() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return size == 0 ? "" : std::string(name, name + size);
}

DerBytes OpenSslEnd::peer_certificate() const {
  X509* x509 = SSL_get0_peer_certificate(ssl_.get());
  if (x509 == nullptr) return {};
  unsigned char* der = nullptr;
  const int size = i2d_X509(x509, &der);
  if (size <= 0) return {};
  DerBytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

TlsBytes OpenSslEnd::Finished(bool by_this_end) const {
  TlsBytes bytes(64);
  bytes.resize(
      by_this_end
          ? SSL_get_finished(ssl_.get(), bytes.data(), bytes.size())
          : SSL_get_peer_finished(ssl_.get(), bytes.data(), bytes.size()));
  return bytes;
}

}  // namespace sspilab::interop

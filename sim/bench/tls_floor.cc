#include "sim/bench/tls_floor.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/tls/server_name.h"

namespace sspilab::sim {
namespace {

using Context = tls::OpenSslPtr<SSL_CTX, SSL_CTX_free>;
using Connection = tls::OpenSslPtr<SSL, SSL_free>;
using Certificate = tls::OpenSslPtr<X509, X509_free>;
using Pipe = tls::OpenSslPtr<BIO, BIO_free>;

absl::Status Failed(const char* what) {
  std::array<char, 256> words{};
  ERR_error_string_n(ERR_peek_last_error(), words.data(), words.size());
  ERR_clear_error();
  return absl::InternalError(
      absl::StrCat("plain OpenSSL, ", what, ": ", words.data()));
}

Certificate Parse(const DerBytes& der) {
  const unsigned char* at = der.data();
  return Certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

// No sessions: what is measured is the whole handshake.
absl::StatusOr<Context> NewContext(const SSL_METHOD* method,
                                   const TlsFloor::Options& options) {
  Context context(SSL_CTX_new(method));
  if (context == nullptr) return Failed("SSL_CTX_new");
  SSL_CTX* ctx = context.get();
  const bool tls13 = options.version == TLS1_3_VERSION;
  const char* suite = options.cipher_suite.c_str();
  std::string groups = options.groups;
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  if (!SSL_CTX_set_min_proto_version(ctx, options.version) ||
      !SSL_CTX_set_max_proto_version(ctx, options.version) ||
      !(tls13 ? SSL_CTX_set_ciphersuites(ctx, suite)
              : SSL_CTX_set_cipher_list(ctx, suite)) ||
      !SSL_CTX_set1_groups_list(ctx, groups.data()) ||
      !SSL_CTX_set_num_tickets(ctx, 0)) {
    return Failed("settings");
  }
  return context;
}

// The other end's half is a reference of its own.
void Attach(SSL* ssl, BIO* in, BIO* out) {
  BIO_up_ref(in);
  BIO_up_ref(out);
  SSL_set_bio(ssl, in, out);
}

}  // namespace

TlsFloor::TlsFloor(Context client, Context server, std::string host)
    : client_(std::move(client)),
      server_(std::move(server)),
      host_(std::move(host)) {}

absl::StatusOr<TlsFloor> TlsFloor::New(const Options& options) {
  absl::StatusOr<Context> client = NewContext(TLS_client_method(), options);
  if (!client.ok()) return client.status();
  SSL_CTX_set_verify(client->get(), SSL_VERIFY_PEER, nullptr);
  X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(client->get()), options.now);
  const Certificate root = Parse(*options.root);
  if (root == nullptr ||
      !X509_STORE_add_cert(SSL_CTX_get_cert_store(client->get()), root.get())) {
    return Failed("the root");
  }

  absl::StatusOr<Context> server = NewContext(TLS_server_method(), options);
  if (!server.ok()) return server.status();
  const Certificate certificate = Parse(options.certificate->certificate);
  const unsigned char* at = options.certificate->private_key.data();
  const tls::OpenSslPtr<EVP_PKEY, EVP_PKEY_free> key(d2i_AutoPrivateKey(
      nullptr, &at,
      static_cast<long>(options.certificate->private_key.size())));
  if (certificate == nullptr || key == nullptr ||
      !SSL_CTX_use_certificate(server->get(), certificate.get()) ||
      !SSL_CTX_use_PrivateKey(server->get(), key.get())) {
    return Failed("the server's certificate");
  }
  return TlsFloor(*std::move(client), *std::move(server), options.host);
}

absl::Status TlsFloor::Connect() {
  const Pipe to_server(BIO_new(BIO_s_mem()));
  const Pipe to_client(BIO_new(BIO_s_mem()));
  const Connection client(SSL_new(client_.get()));
  const Connection server(SSL_new(server_.get()));
  if (to_server == nullptr || to_client == nullptr || client == nullptr ||
      server == nullptr) {
    return Failed("SSL_new");
  }
  Attach(client.get(), to_client.get(), to_server.get());
  Attach(server.get(), to_server.get(), to_client.get());
  SSL_set_connect_state(client.get());
  SSL_set_accept_state(server.get());
  if (!tls::SetServerName(client.get(), host_) ||
      !SSL_set1_host(client.get(), host_.c_str())) {
    return Failed("the host's name");
  }
  for (;;) {
    bool done = true;
    for (SSL* ssl : {client.get(), server.get()}) {
      const int result = SSL_do_handshake(ssl);
      if (result == 1) continue;
      done = false;
      if (SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ) {
        return Failed("SSL_do_handshake");
      }
    }
    if (done) break;
  }
  bytes_ =
      BIO_number_written(to_server.get()) + BIO_number_written(to_client.get());
  return absl::OkStatus();
}

}  // namespace sspilab::sim

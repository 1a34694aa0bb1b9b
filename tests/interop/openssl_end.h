#ifndef SSPILAB_TESTS_INTEROP_OPENSSL_END_H_
#define SSPILAB_TESTS_INTEROP_OPENSSL_END_H_

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/certificates.h"
#include "core/role.h"
#include "core/tls/openssl_ptr.h"

// OpenSSL as it is, in its default library context, over memory BIOs.
namespace sspilab::interop {

using TlsBytes = std::vector<uint8_t>;

struct OpenSslSettings {
  Role role = Role::kInitiator;
  int version = TLS1_3_VERSION;  // Only this one.
  // What it shows of itself; null for nothing. Not owned.
  const OwnedCertificate* certificate = nullptr;
  // Whom it believes.
  DerBytes root;
  // An acceptor's: that the initiator has a certificate.
  bool wants_certificate = false;
  // An initiator's: whom it wants to speak to.
  std::string host;
  // In order of preference.
  std::vector<std::string> protocols;
};

class OpenSslEnd;

// One machine: what its connections have in common.
class OpenSslMachine {
 public:
  explicit OpenSslMachine(OpenSslSettings settings);
  ~OpenSslMachine();
  OpenSslMachine(const OpenSslMachine&) = delete;
  OpenSslMachine& operator=(const OpenSslMachine&) = delete;

  // An initiator's connection takes up the last session that it was given,
  // unless there is none. The machine must outlive it.
  std::unique_ptr<OpenSslEnd> Connect();

  const OpenSslSettings& settings() const { return settings_; }

 private:
  friend class OpenSslEnd;

  OpenSslSettings settings_;
  tls::OpenSslPtr<SSL_CTX, SSL_CTX_free> context_;
  tls::OpenSslPtr<SSL_SESSION, SSL_SESSION_free> session_;
};

// One end of one connection. What is called wrong is left in `error`.
class OpenSslEnd {
 public:
  OpenSslEnd(const OpenSslEnd&) = delete;
  OpenSslEnd& operator=(const OpenSslEnd&) = delete;

  void Feed(absl::Span<const uint8_t> bytes);
  // What is to be sent.
  TlsBytes Take();

  // As far as it goes with what was fed.
  void Handshake();
  bool done() const;

  void Write(std::string_view message);
  // All that has come, in one piece.
  std::string Read();
  void Close();
  // Asks for another handshake (TLS 1.2) or for new keys (TLS 1.3).
  void Renegotiate();
  void UpdateKeys();

  bool resumed() const;
  bool peer_closed() const;
  // The last one that came, as TLS numbers them.
  std::optional<int> alert() const { return alert_; }
  std::string protocol() const;
  // Of the other end; empty for none.
  DerBytes peer_certificate() const;
  // What was in the Finished message of the last handshake that this end or the
  // other one sent: tls-unique (RFC 5929 3.1) is one of them.
  TlsBytes Finished(bool by_this_end) const;

  // What went wrong, in OpenSSL's words; empty when nothing did.
  const std::string& error() const { return error_; }

 private:
  friend class OpenSslMachine;
  explicit OpenSslEnd(OpenSslMachine& machine);

  // Remembers what is wrong, unless all is well after `result`.
  void Judge(int result);

  tls::OpenSslPtr<SSL, SSL_free> ssl_;
  std::optional<int> alert_;
  std::string error_;
};

}  // namespace sspilab::interop

#endif  // SSPILAB_TESTS_INTEROP_OPENSSL_END_H_

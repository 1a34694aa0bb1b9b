#ifndef SSPILAB_CORE_SCHANNEL_TLS_CHANNEL_H_
#define SSPILAB_CORE_SCHANNEL_TLS_CHANNEL_H_

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "core/memory.h"
#include "core/role.h"
#include "core/tls/openssl_ptr.h"

namespace sspilab::schannel {

// What a TlsChannel asks its owner in the middle of a handshake.
class TlsDelegate {
 public:
  enum class CertificateChoice : uint8_t { kReady, kNotYet, kOutOfMemory };

  virtual ~TlsDelegate() = default;
  // Whether the peer's certificates are good. Sets the error of `chain` where
  // they are not.
  virtual bool VerifyPeer(X509_STORE_CTX* chain) = 0;
  // The server wants a certificate: gives `ssl` one, or takes away what it has.
  // After kNotYet it is asked again when the handshake goes on.
  virtual CertificateChoice ChooseCertificate(SSL* ssl) = 0;
  // A session that can be taken up again.
  virtual void SaveSession(SSL_SESSION* session) = 0;
  // Acceptor: the session that the client wants to take up, the caller's then;
  // null where it is unknown.
  virtual SSL_SESSION* FindSession(absl::Span<const uint8_t> id) = 0;
  // Acceptor: the application protocols that it speaks (RFC 7301 3.1
  // ProtocolNameList, without its length). Empty: does not care.
  virtual absl::Span<const uint8_t> protocols() const = 0;
  // A line of a key log file, without its end.
  virtual void LogKey(std::string_view line) = 0;
  // A handshake message that is about to be encrypted.
  virtual void TellHandshake(absl::Span<const uint8_t> message) = 0;
};

// TLS without a connection: records go in one at a time, what is to be sent is
// collected. All calls need a tls::EntropyScope.
class TlsChannel {
 public:
  enum class Progress : uint8_t {
    // The record was dealt with, and the next one is awaited.
    kWantsInput,
    kWantsCertificate,
    kHandshakeDone,
    kData,
    kPeerClosed,
    kFailed,
  };
  // Where an outgoing record's parts go. `size` is what was used of the
  // trailer.
  struct Scatter {
    absl::Span<uint8_t> header;
    absl::Span<uint8_t> body;
    absl::Span<uint8_t> trailer;
    size_t trailer_used = 0;
  };

  // Both must outlive the channel.
  TlsChannel(MemoryBudget& budget, TlsDelegate& delegate)
      : budget_(budget), delegate_(delegate) {}
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  // Makes an SSL of `ssl_ctx`, for one handshake. False for lack of memory.
  [[nodiscard]] bool Open(SSL_CTX* ssl_ctx, Role role);
  bool is_open() const { return ssl_ != nullptr; }
  SSL* ssl() const { return ssl_.get(); }
  TlsDelegate& delegate() const { return delegate_; }

  // Goes on with the handshake, with `record` (whole, or empty where none is
  // due).
  [[nodiscard]] Progress Handshake(absl::Span<const uint8_t> record);

  // Opens a record. kData: `*size` bytes are in `out`, which may be the
  // record's own memory, from its kRecordHeaderSize on. Any other record has
  // been dealt with, and handshake() says whether it was one of a handshake.
  [[nodiscard]] Progress Read(absl::Span<const uint8_t> record,
                              absl::Span<uint8_t> out, size_t* size);
  bool handshake() const { return handshake_; }

  // Seals `data` (not empty) as one record. `scatter->body` may be the same
  // memory and is as long.
  [[nodiscard]] bool Write(absl::Span<const uint8_t> data, Scatter* scatter);

  // Queues a close_notify.
  void Shutdown();
  // Begins another handshake (TLS 1.2). An acceptor only asks for it.
  [[nodiscard]] bool Renegotiate();

  // To be sent: whole records. Cleared when they are with the caller.
  absl::Span<const uint8_t> pending() const {
    return pending_.span().subspan(0, pending_size_);
  }
  void ClearPending() { pending_size_ = 0; }
  // Gives the memory back, too.
  void ReleasePending();
  // Queues bytes that are a record already.
  [[nodiscard]] bool Queue(absl::Span<const uint8_t> bytes);

  // The handshake is done: records are counted from here.
  void CountSealedRecords();
  // Sealed under the keys in force, of which the next one is this number.
  uint64_t sealed_records() const { return sealed_records_; }

  // After kFailed: why.
  bool out_of_memory() const { return out_of_memory_; }
  std::optional<uint8_t> alert_received() const { return alert_received_; }
  std::optional<uint8_t> alert_sent() const { return alert_sent_; }

 private:
  friend struct TlsBio;

  // Looks at what OpenSSL's function returned.
  Progress Outcome(int result);
  // Queues the news of new keys where the peer has asked for them.
  bool UpdateKeys();
  void OnAlert(int where, int value);
  void OnContentType(uint8_t type);
  static void OnInfo(const SSL* ssl, int where, int value);
  static void OnMessage(int write, int version, int type, const void* bytes,
                        size_t size, SSL* ssl, void* argument);

  MemoryBudget& budget_;
  TlsDelegate& delegate_;
  tls::OpenSslPtr<SSL, SSL_free> ssl_;
  absl::Span<const uint8_t> input_;
  Scatter* scatter_ = nullptr;
  BudgetBytes pending_;
  size_t pending_size_ = 0;
  uint64_t sealed_records_ = 0;
  bool out_of_memory_ = false;
  bool handshake_ = false;
  std::optional<uint8_t> alert_received_;
  std::optional<uint8_t> alert_sent_;
};

// The channel that `ssl` belongs to.
[[nodiscard]] TlsChannel& ChannelOf(const SSL* ssl);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_TLS_CHANNEL_H_

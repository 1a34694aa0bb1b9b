#include "core/schannel/tls_channel.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/schannel/record.h"

namespace sspilab::schannel {

TlsChannel& ChannelOf(const SSL* ssl) {
  return *static_cast<TlsChannel*>(SSL_get_app_data(ssl));
}

// The ends of a channel as OpenSSL sees them: reads give the one record that is
// there, writes collect.
struct TlsBio {
  static TlsChannel& ChannelOf(BIO* bio) {
    return *static_cast<TlsChannel*>(BIO_get_data(bio));
  }

  static int Read(BIO* bio, char* out, size_t size, size_t* read) {
    BIO_clear_retry_flags(bio);
    absl::Span<const uint8_t>& input = ChannelOf(bio).input_;
    if (input.empty()) {
      BIO_set_retry_read(bio);
      return 0;
    }
    *read = std::min(size, input.size());
    std::memcpy(out, input.data(), *read);
    input.remove_prefix(*read);
    return 1;
  }

  static int Write(BIO* bio, const char* bytes, size_t size, size_t* written) {
    BIO_clear_retry_flags(bio);
    TlsChannel& channel = ChannelOf(bio);
    const absl::Span<const uint8_t> record(
        reinterpret_cast<const uint8_t*>(bytes), size);
    *written = size;
    ++channel.sealed_records_;
    if (channel.scatter_ == nullptr) return channel.Queue(record) ? 1 : 0;
    TlsChannel::Scatter& scatter = *channel.scatter_;
    const size_t before = scatter.header.size() + scatter.body.size();
    if (size < before || size - before > scatter.trailer.size()) return 0;
    std::memcpy(scatter.header.data(), record.data(), scatter.header.size());
    std::memcpy(scatter.body.data(), record.data() + scatter.header.size(),
                scatter.body.size());
    scatter.trailer_used = size - before;
    if (scatter.trailer_used != 0) {
      std::memcpy(scatter.trailer.data(), record.data() + before,
                  scatter.trailer_used);
    }
    return 1;
  }

  static long Control(BIO* /*bio*/, int command, long /*number*/,
                      void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static const BIO_METHOD* Method() {
    static const BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(
          BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sspilab records");
      if (made != nullptr) {
        BIO_meth_set_read_ex(made, Read);
        BIO_meth_set_write_ex(made, Write);
        BIO_meth_set_ctrl(made, Control);
      }
      return made;
    }();
    return method;
  }
};

bool TlsChannel::Open(SSL_CTX* ssl_ctx, Role role) {
  ssl_.reset(SSL_new(ssl_ctx));
  if (ssl_ == nullptr) return false;
  const BIO_METHOD* method = TlsBio::Method();
  BIO* bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr || SSL_set_app_data(ssl_.get(), this) != 1) {
    BIO_free(bio);
    ssl_.reset();
    return false;
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_info_callback(ssl_.get(), OnInfo);
  if (role == Role::kInitiator) {
    SSL_set_connect_state(ssl_.get());
  } else {
    SSL_set_accept_state(ssl_.get());
  }
  return true;
}

void TlsChannel::OnInfo(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_ALERT) != 0) ChannelOf(ssl).OnAlert(where, value);
}

void TlsChannel::OnAlert(int where, int value) {
  const auto number = static_cast<uint8_t>(value & 0xFF);
  if ((where & SSL_CB_READ) != 0) {
    alert_received_ = number;
  } else {
    alert_sent_ = number;
  }
}

void TlsChannel::OnMessage(int write, int /*version*/, int type,
                           const void* bytes, size_t size, SSL* ssl,
                           void* /*argument*/) {
  if (write == 0 && type == SSL3_RT_INNER_CONTENT_TYPE && size == 1) {
    ChannelOf(ssl).OnContentType(*static_cast<const uint8_t*>(bytes));
  }
}

// RFC 5246 7.4.9: the Finished message was the first; RFC 8446 7.2: keys for
// data are new after it, and tickets are sealed under them.
void TlsChannel::CountSealedRecords() {
  sealed_records_ = SSL_version(ssl_.get()) == TLS1_2_VERSION ? 1 : 0;
}

void TlsChannel::OnContentType(uint8_t type) {
  handshake_ = type == static_cast<uint8_t>(ContentType::kHandshake);
}

TlsChannel::Progress TlsChannel::Handshake(absl::Span<const uint8_t> record) {
  input_ = record;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Progress::kHandshakeDone : Outcome(result);
}

TlsChannel::Progress TlsChannel::Read(absl::Span<const uint8_t> record,
                                      absl::Span<uint8_t> out, size_t* size) {
  // TLS 1.3 has the type inside (RFC 8446 5.2), and tells it in passing.
  SSL_set_msg_callback(ssl_.get(), OnMessage);
  OnContentType(record[0]);
  input_ = record;
  ERR_clear_error();
  const int result = SSL_read_ex(ssl_.get(), out.data(), out.size(), size);
  if (result == 1) return Progress::kData;
  const Progress progress = Outcome(result);
  return progress == Progress::kFailed || UpdateKeys() ? progress
                                                       : Progress::kFailed;
}

// RFC 8446 4.6.3: the peer may ask for new keys of ours. OpenSSL would tell it
// in front of the next data, where Write has no room for another record.
bool TlsChannel::UpdateKeys() {
  if (SSL_get_key_update_type(ssl_.get()) == SSL_KEY_UPDATE_NONE) return true;
  const bool updated =
      SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
      SSL_do_handshake(ssl_.get()) == 1;
  ERR_clear_error();
  return updated;
}

bool TlsChannel::Write(absl::Span<const uint8_t> data, Scatter* scatter) {
  scatter_ = scatter;
  ERR_clear_error();
  size_t written = 0;
  const bool went =
      SSL_write_ex(ssl_.get(), data.data(), data.size(), &written) == 1;
  scatter_ = nullptr;
  if (!went) ERR_clear_error();
  return went && written == data.size();
}

void TlsChannel::Shutdown() {
  ERR_clear_error();
  // 0 is success: ours is on its way, theirs has not come.
  if (SSL_shutdown(ssl_.get()) < 0) ERR_clear_error();
}

bool TlsChannel::Renegotiate() {
  if (SSL_renegotiate(ssl_.get()) != 1) {
    ERR_clear_error();
    return false;
  }
  return Handshake({}) != Progress::kFailed;
}

TlsChannel::Progress TlsChannel::Outcome(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  // OpenSSL sends no alert behind a close_notify, but this one is meant.
  if (ERR_GET_REASON(ERR_peek_last_error()) ==
      SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC) {
    alert_sent_ = SSL_AD_BAD_RECORD_MAC;
  }
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_WANT_READ:
      return Progress::kWantsInput;
    case SSL_ERROR_WANT_X509_LOOKUP:
      return Progress::kWantsCertificate;
    case SSL_ERROR_ZERO_RETURN:
      return Progress::kPeerClosed;
    default:
      return Progress::kFailed;
  }
}

bool TlsChannel::Queue(absl::Span<const uint8_t> bytes) {
  constexpr size_t kFirstSize = 4096;
  const size_t needed = pending_size_ + bytes.size();
  if (needed > pending_.size()) {
    BudgetBytes larger;
    if (!larger.Allocate(budget_,
                         std::max({needed, pending_.size() * 2, kFirstSize}))) {
      out_of_memory_ = true;
      return false;
    }
    if (pending_size_ != 0) {
      std::memcpy(larger.span().data(), pending_.span().data(), pending_size_);
    }
    pending_ = std::move(larger);
  }
  std::memcpy(pending_.span().data() + pending_size_, bytes.data(),
              bytes.size());
  pending_size_ = needed;
  return true;
}

void TlsChannel::ReleasePending() {
  pending_.Clear();
  pending_size_ = 0;
}

}  // namespace sspilab::schannel

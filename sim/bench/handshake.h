#ifndef SSPILAB_SIM_BENCH_HANDSHAKE_H_
#define SSPILAB_SIM_BENCH_HANDSHAKE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/sspi.h"

namespace sspilab::sim {

// Who logs on in every handshake that is measured.
inline constexpr std::u16string_view kBenchUser = u"administrator";
inline constexpr std::u16string_view kBenchUserUpcased = u"ADMINISTRATOR";
inline constexpr std::u16string_view kBenchDomain = u"EXAMPLE";
inline constexpr std::u16string_view kBenchPassword = u"Sesame, open!";

// The identity of those, as AcquireCredentialsHandle takes it.
struct BenchIdentity {
  BenchIdentity();

  SEC_WINNT_AUTH_IDENTITY_W windows = {};
};

// Both ends of one exchange with confidentiality, through a function table and
// with the fewest calls that there can be: of NTLM, of Negotiate around it, or
// of Kerberos.
// Nothing here allocates.
//
// The steps stand in their order. An error says which call gave which status;
// the destructor closes what is open.
class Handshake {
 public:
  // Told once a handshake, between the acceptor's two calls: some
  // implementations learn of their accounts through the context.
  using OnAccepting = std::function<SECURITY_STATUS(CtxtHandle* acceptor)>;

  static constexpr size_t kMaxToken = 4096;
  // What each end seals for the other.
  static constexpr size_t kMessageSize = 128;
  // What a sealed message may have besides.
  static constexpr size_t kMaxSignature = 128;

  // `package` must outlive it. `requirements` are the initiator's, ISC_REQ_*.
  Handshake(PSecurityFunctionTableW table, std::u16string_view package,
            ULONG requirements = ISC_REQ_CONFIDENTIALITY,
            OnAccepting on_accepting = nullptr)
      : table_(*table),
        package_(package),
        requirements_(requirements),
        on_accepting_(std::move(on_accepting)) {}
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;
  ~Handshake() { Close(); }

  absl::Status AcquireCredentials();
  absl::Status Authenticate();
  // One sealed message each way.
  absl::Status ExchangeMessages();
  // One signature each way of a few bytes: what SPNEGO has its mechanism do
  // (RFC 4178 5).
  absl::Status ExchangeSignatures();
  absl::Status DeleteContexts();
  absl::Status FreeCredentials();

  // What Authenticate sent; valid until it is called again.
  absl::Span<const uint8_t> token(size_t leg) const {
    return absl::MakeConstSpan(tokens_[leg]).first(sizes_[leg]);
  }
  // NTLM's names.
  absl::Span<const uint8_t> negotiate() const { return token(0); }
  absl::Span<const uint8_t> challenge() const { return token(1); }
  absl::Span<const uint8_t> authenticate() const { return token(2); }

  CtxtHandle* initiator() { return &initiator_.context; }
  CtxtHandle* acceptor() { return &acceptor_.context; }

 private:
  struct End {
    CredHandle credential = {};
    CtxtHandle context = {};
    bool has_credential = false;
    bool has_context = false;
  };

  // One end's call of many; there are more than kMaxLegs in no exchange.
  static constexpr size_t kMaxLegs = 8;

  // The call that makes the token of `leg` from the one before it.
  SECURITY_STATUS Initialize(size_t leg);
  SECURITY_STATUS Accept(size_t leg);
  absl::Status Send(End& from, End& to);
  absl::Status Sign(End& from, End& to);
  void Close();

  SecurityFunctionTableW& table_;
  std::u16string_view package_;
  ULONG requirements_;
  OnAccepting on_accepting_;
  End initiator_;
  End acceptor_;
  // By turns the initiator's and the acceptor's; the last one is what the call
  // that ends it leaves.
  std::array<std::array<uint8_t, kMaxToken>, kMaxLegs> tokens_;
  std::array<ULONG, kMaxLegs> sizes_{};
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_HANDSHAKE_H_

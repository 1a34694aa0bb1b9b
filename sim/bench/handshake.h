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

// Both ends of one exchange with confidentiality, through a function table and
// with the fewest calls that there can be. Nothing here allocates.
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

  explicit Handshake(PSecurityFunctionTableW table,
                     OnAccepting on_accepting = nullptr)
      : table_(*table), on_accepting_(std::move(on_accepting)) {}
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;
  ~Handshake() { Close(); }

  absl::Status AcquireCredentials();
  absl::Status Authenticate();
  // One sealed message each way.
  absl::Status ExchangeMessages();
  absl::Status DeleteContexts();
  absl::Status FreeCredentials();

  // What Authenticate sent; valid until it is called again.
  absl::Span<const uint8_t> negotiate() const { return Token(0); }
  absl::Span<const uint8_t> challenge() const { return Token(1); }
  absl::Span<const uint8_t> authenticate() const { return Token(2); }

  CtxtHandle* initiator() { return &initiator_.context; }
  CtxtHandle* acceptor() { return &acceptor_.context; }

 private:
  struct End {
    CredHandle credential = {};
    CtxtHandle context = {};
    bool has_credential = false;
    bool has_context = false;
  };

  absl::Span<const uint8_t> Token(size_t leg) const {
    return absl::MakeConstSpan(tokens_[leg]).first(sizes_[leg]);
  }
  // The call that makes the token of `leg` from the one before it.
  SECURITY_STATUS Initialize(size_t leg);
  SECURITY_STATUS Accept(size_t leg);
  absl::Status Send(End& from, End& to);
  void Close();

  SecurityFunctionTableW& table_;
  OnAccepting on_accepting_;
  End initiator_;
  End acceptor_;
  // NEGOTIATE, CHALLENGE, AUTHENTICATE, and what the acceptor's last call
  // leaves.
  std::array<std::array<uint8_t, kMaxToken>, 4> tokens_;
  std::array<ULONG, 4> sizes_{};
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_HANDSHAKE_H_

#ifndef SSPILAB_TESTS_INTEROP_PEER_H_
#define SSPILAB_TESTS_INTEROP_PEER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

// One face for several implementations of NTLM and SPNEGO, so that any two of
// them can be put at the two ends of one exchange. Every error carries the
// implementation's own code and words in its message.
namespace sspilab::interop {

using Bytes = std::vector<uint8_t>;
using ByteView = absl::Span<const uint8_t>;

// MS-NLMP 2.2.2.5, as far as the tests speak of them.
inline constexpr uint32_t kUnicode = 0x00000001;
inline constexpr uint32_t kSign = 0x00000010;
inline constexpr uint32_t kSeal = 0x00000020;
inline constexpr uint32_t kDatagram = 0x00000040;
inline constexpr uint32_t kLmKey = 0x00000080;
inline constexpr uint32_t kExtendedSessionSecurity = 0x00080000;
inline constexpr uint32_t k128 = 0x20000000;
inline constexpr uint32_t kKeyExchange = 0x40000000;
inline constexpr uint32_t k56 = 0x80000000;

// What both ends are set up with.
struct Terms {
  std::u16string user = u"alice";
  std::u16string domain = u"EXAMPLE";
  std::u16string password = u"secret";
  // What the acceptor has on file.
  std::u16string account_password = u"secret";
  // Both ends ask for sealing, or else for signing alone.
  bool seal = true;
  // No NEGOTIATE; each message says its own number.
  bool connectionless = false;
  // SPNEGO around NTLM.
  bool negotiate = false;
  // What only our own ends can be told: flags to behave as if they had never
  // been heard of, and to leave each token to CompleteAuthToken.
  uint32_t unsupported_flags = 0;
  bool complete_auth_token = false;
  // An acceptor that gives no time, so that there are no MICs (ours), and one
  // that asks for mechListMICs all the same.
  bool send_timestamp = true;
  bool request_mic = false;
  // LmCompatibilityLevel of both ends; below 3 the initiator speaks NTLMv1.
  int lm_compatibility_level = 3;
  // Application data of the channel bindings; empty for none.
  std::string initiator_bindings;
  std::string acceptor_bindings;
};

// Who the acceptor says it has authenticated.
struct Name {
  std::u16string user;
  std::u16string domain;
};

// One end of one exchange.
class Context {
 public:
  virtual ~Context() = default;

  // Takes the peer's token (empty: there is none yet) and gives the answer
  // (empty: there is none). done() says whether this end expects more.
  virtual absl::StatusOr<Bytes> Step(ByteView token) = 0;
  bool done() const { return done_; }

  // The MS-NLMP 2.2.2.9 signature (16 bytes), followed by the sealed message.
  virtual absl::StatusOr<Bytes> Seal(ByteView message) = 0;
  virtual absl::StatusOr<Bytes> Unseal(ByteView sealed) = 0;
  // The signature alone.
  virtual absl::StatusOr<Bytes> Sign(ByteView message) = 0;
  virtual absl::Status Verify(ByteView message, ByteView signature) = 0;

  // Empty where the implementation does not give it away.
  virtual std::optional<Bytes> SessionKey() = 0;
  virtual absl::StatusOr<Name> Initiator() = 0;

 protected:
  bool done_ = false;
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual absl::StatusOr<std::unique_ptr<Context>> NewInitiator(
      const Terms& terms) = 0;
  virtual absl::StatusOr<std::unique_ptr<Context>> NewAcceptor(
      const Terms& terms) = 0;
};

// WinPR's SSPI, from libwinpr2.so.2.
std::unique_ptr<Peer> NewWinPr();
// gss-ntlmssp behind MIT's GSSAPI.
std::unique_ptr<Peer> NewGssNtlmssp();
// The one under test, through its function table.
std::unique_ptr<Peer> NewOurs();

// Some peers compare and convert names by the locale, which must then be one
// that knows more than ASCII.
void UseUtf8Locale();

// Of the Basic Multilingual Plane, and valid: what the tests' names are made
// of.
std::string ToUtf8(std::u16string_view text);
std::u16string ToUtf16(std::string_view text);

// A file of this content, in the directory that is the test's to write in.
std::string WriteTestFile(const std::string& name, const std::string& content);

}  // namespace sspilab::interop

#endif  // SSPILAB_TESTS_INTEROP_PEER_H_

#include "core/ntlm/response_check.h"

#include <algorithm>
#include <string>

#include "absl/container/inlined_vector.h"
#include "core/accounts.h"
#include "core/crypto/bytes.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/ntlmv2_response.h"
#include "core/wire/oem.h"
#include "core/wire/upcase.h"
#include "core/wire/utf.h"

namespace sspilab::ntlm {
namespace {

// MS-NLMP 3.1.1.1 MaxLifetime: how far apart the two clocks may be. 36 hours
// since Windows 7, 30 minutes before.
constexpr FileTime kMaxLifetime = 36 * 3600 * kFileTimeSecond;

// The names of an AUTHENTICATE message as text, and as the UTF-16LE bytes that
// NTOWFv2 takes. In a token they need not lie at an even place.
class Names {
 public:
  Names(const AuthenticateMessage& message, bool unicode)
      : user_(Decode(message.user, unicode)),
        domain_(Decode(message.domain, unicode)) {}

  std::u16string_view user() const { return {user_.data(), user_.size()}; }
  std::u16string_view domain() const {
    return {domain_.data(), domain_.size()};
  }

 private:
  // Names that people have need no memory of their own.
  using Text = absl::InlinedVector<char16_t, 64>;

  static Text Decode(absl::Span<const uint8_t> bytes, bool unicode) {
    Text text;
    if (unicode) {
      text.resize(bytes.size() / sizeof(char16_t));
      std::copy_n(bytes.begin(), text.size() * sizeof(char16_t),
                  reinterpret_cast<uint8_t*>(text.data()));
    } else {
      const std::u16string decoded = wire::OemToUtf16(bytes);
      text.assign(decoded.begin(), decoded.end());
    }
    return text;
  }

  Text user_;
  Text domain_;
};

enum class Lookup : uint8_t { kFound, kUnknown, kUnreachable };

// Where Windows looks: in the authority that the message names; then, when
// that is none it knows, in its own domain and in the machine's own accounts.
// Accounts of a domain need its controller, those of the machine do not.
Lookup FindAccount(const World& world, const Names& names,
                   const Account** account) {
  const MachineNames& machine = world.options().names;
  // user@domain, with an empty domain.
  std::u16string_view user = names.user();
  std::u16string_view domain = names.domain();
  const size_t at = user.rfind(u'@');
  if (domain.empty() && at != std::u16string_view::npos) {
    domain = user.substr(at + 1);
    user = user.substr(0, at);
    // The DNS name of our own domain is the same authority.
    if (wire::EqualIgnoringCase(domain, machine.dns_domain))
      domain = machine.domain;
  }
  bool unreachable = false;
  for (const std::u16string_view authority :
       {domain, std::u16string_view(machine.domain),
        std::u16string_view(machine.computer)}) {
    if (authority.empty()) continue;
    if (!wire::EqualIgnoringCase(authority, machine.computer) &&
        !world.options().authority_reachable) {
      unreachable = true;
      continue;
    }
    *account = world.accounts().Find(user, authority);
    if (*account != nullptr) return Lookup::kFound;
  }
  return unreachable ? Lookup::kUnreachable : Lookup::kUnknown;
}

FileTime Distance(FileTime a, FileTime b) { return a > b ? a - b : b - a; }

class ResponseChecker {
 public:
  ResponseChecker(const World& world, const AuthenticateMessage& message,
                  uint32_t flags, const Challenge& server_challenge,
                  const Names& names, const Account& account)
      : world_(world),
        message_(message),
        flags_(flags),
        server_challenge_(server_challenge),
        names_(names),
        account_(account),
        level_(world.options().ntlm.lm_compatibility_level) {}

  // What kind of response it is shows in nothing but its size.
  Verdict Check(CheckedResponse* response) const {
    if (message_.nt_response.size() > kResponseV1Size) return CheckV2(response);
    if (message_.nt_response.size() == kResponseV1Size) {
      return CheckV1(response);
    }
    if (message_.lm_response.size() == kResponseV1Size) {
      return CheckLm(response);
    }
    return Verdict::kDenied;
  }

 private:
  // Permissive Worlds let any proof pass.
  bool Matches(absl::Span<const uint8_t> expected,
               absl::Span<const uint8_t> actual) const {
    return crypto::ConstantTimeEqual(expected, actual) ||
           world_.options().verification == Verification::kPermissive;
  }

  crypto::HmacMd5 OwfV2(std::u16string_view domain) const {
    return crypto::HmacMd5(NtOwfV2(account_.nt_hash,
                                   wire::Utf16LeBytes(names_.user()),
                                   wire::Utf16LeBytes(domain)));
  }

  // MS-NLMP 3.3.2.
  Verdict CheckV2(CheckedResponse* response) const {
    const absl::StatusOr<NtlmV2Response> parsed =
        NtlmV2Response::Parse(message_.nt_response);
    if (!parsed.ok()) return Verdict::kMalformed;
    ProofV2 proof =
        ComputeProofV2(OwfV2(names_.domain()), server_challenge_, parsed->temp);
    if (!crypto::ConstantTimeEqual(proof.nt_proof, parsed->proof)) {
      // MS-NLMP 3.2.5.1.2: initiators are known that leave the domain out of
      // the key, although they name it.
      const ProofV2 without_domain =
          ComputeProofV2(OwfV2(u""), server_challenge_, parsed->temp);
      if (crypto::ConstantTimeEqual(without_domain.nt_proof, parsed->proof)) {
        proof = without_domain;
      } else if (!Matches(proof.nt_proof, parsed->proof)) {
        return Verdict::kDenied;
      }
    }
    if (Distance(parsed->client_challenge.timestamp, world_.now()) >
        kMaxLifetime) {
      return Verdict::kDenied;
    }
    response->key_exchange_key = proof.session_base_key;
    response->av_pairs = parsed->client_challenge.av_pairs;
    return Verdict::kAccepted;
  }

  // MS-NLMP 3.3.1, with either kind of challenge.
  Verdict CheckV1(CheckedResponse* response) const {
    if (level_ >= 5) return Verdict::kDenied;
    ResponsesV1 expected;
    if ((flags_ & kNegotiateExtendedSessionSecurity) != 0 &&
        message_.lm_response.size() == kResponseV1Size) {
      Challenge client_challenge;
      std::copy_n(message_.lm_response.begin(), client_challenge.size(),
                  client_challenge.begin());
      expected = ComputeResponsesV1WithClientChallenge(
          account_.nt_hash, server_challenge_, client_challenge);
    } else {
      expected = ComputeResponsesV1(account_.nt_hash, account_.lm_hash,
                                    server_challenge_);
    }
    if (!Matches(expected.nt, message_.nt_response)) return Verdict::kDenied;
    return SetKeyV1(response);
  }

  // An LM response alone: LMv2, or the oldest kind of all.
  Verdict CheckLm(CheckedResponse* response) const {
    Challenge client_challenge;
    std::copy_n(message_.lm_response.begin() + sizeof(Key),
                client_challenge.size(), client_challenge.begin());
    const crypto::HmacMd5 owf = OwfV2(names_.domain());
    const ResponseV1 v2 =
        ComputeLmResponseV2(owf, server_challenge_, client_challenge);
    if (crypto::ConstantTimeEqual(v2, message_.lm_response)) {
      // 3.3.2: the session base key is made of the proof, which here is
      // LMv2's.
      response->key_exchange_key =
          owf.Of({absl::MakeConstSpan(v2).subspan(0, sizeof(Key))});
      return Verdict::kAccepted;
    }
    if (level_ >= 4 || !account_.lm_hash.has_value()) return Verdict::kDenied;
    const ResponsesV1 v1 = ComputeResponsesV1(
        account_.nt_hash, account_.lm_hash, server_challenge_);
    if (!Matches(v1.lm, message_.lm_response)) return Verdict::kDenied;
    return SetKeyV1(response);
  }

  Verdict SetKeyV1(CheckedResponse* response) const {
    if (message_.lm_response.size() < sizeof(Challenge)) {
      return Verdict::kMalformed;
    }
    response->key_exchange_key = KeyExchangeKeyV1(
        flags_, SessionBaseKeyV1(account_.nt_hash), message_.lm_response,
        server_challenge_, account_.lm_hash);
    return Verdict::kAccepted;
  }

  const World& world_;
  const AuthenticateMessage& message_;
  const uint32_t flags_;
  const Challenge& server_challenge_;
  const Names& names_;
  const Account& account_;
  const int level_;
};

}  // namespace

Verdict CheckResponse(const World& world, const AuthenticateMessage& message,
                      uint32_t flags, const Challenge& server_challenge,
                      CheckedResponse* response) {
  const Names names(message, (flags & kNegotiateUnicode) != 0);
  const Account* account = nullptr;
  switch (FindAccount(world, names, &account)) {
    case Lookup::kUnreachable:
      return Verdict::kNoAuthority;
    case Lookup::kUnknown:
      return Verdict::kDenied;
    case Lookup::kFound:
      break;
  }
  const Verdict verdict =
      ResponseChecker(world, message, flags, server_challenge, names, *account)
          .Check(response);
  // Only who knows the password may learn that the account is locked.
  if (verdict == Verdict::kAccepted &&
      account->state != AccountState::kEnabled) {
    return Verdict::kDenied;
  }
  return verdict;
}

}  // namespace sspilab::ntlm

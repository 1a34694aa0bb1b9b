#ifndef SSPILAB_CORE_CREDSSP_DELEGATION_H_
#define SSPILAB_CORE_CREDSSP_DELEGATION_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/credssp/policy.h"

// Who may get whose credentials (MS-CSSP 3.1.1 and <23>).
namespace sspilab::credssp {

// A target's name: a service principal name, "class/host:port/service", or a
// host's name alone. Views of the whole.
struct Target {
  std::u16string_view spn;
  std::u16string_view host;

  // Nothing where the name is no such thing.
  static std::optional<Target> Parse(std::u16string_view name);
};

// Where credentials come from (MS-CSSP <2>).
enum class Source : uint8_t {
  kFresh,    // The caller.
  kDefault,  // The logon session.
};

enum class Delegation : uint8_t {
  kAllowed,
  // Only to servers whose identity does not rest on NTLM alone.
  kNotWhenNtlmOnly,
  kForbidden,
};

// Whether `spn` is one of those that `pattern` stands for.
[[nodiscard]] bool MatchesSpn(std::u16string_view pattern,
                              std::u16string_view spn);

// `mutual`: the server is authenticated by more than NTLM.
[[nodiscard]] Delegation MayDelegate(const CredSspPolicy& policy, Source source,
                                     std::u16string_view spn, bool mutual);

// Whether there is a server identity for which `spn` may get credentials: what
// can be said before the server is known.
[[nodiscard]] inline bool MayEverDelegate(const CredSspPolicy& policy,
                                          Source source,
                                          std::u16string_view spn) {
  return MayDelegate(policy, source, spn, true) == Delegation::kAllowed ||
         MayDelegate(policy, source, spn, false) == Delegation::kAllowed;
}

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_DELEGATION_H_

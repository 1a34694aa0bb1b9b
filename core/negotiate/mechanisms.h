#ifndef SSPILAB_CORE_NEGOTIATE_MECHANISMS_H_
#define SSPILAB_CORE_NEGOTIATE_MECHANISMS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/security_package.h"

namespace sspilab::negotiate {

// A package that Negotiate can choose, under one of its names.
struct Mechanism {
  absl::Span<const uint8_t> oid;
  const SecurityPackage& (*package)();
  // The most bytes that its signatures have; at most kMaxMicSize.
  size_t mic_size;
  // Whether a machine of this World has it to offer, or to accept.
  bool (*available)(const CredentialRequest& request) =
      [](const CredentialRequest&) { return true; };
  // Whether members of Protected Users may be authenticated by it.
  bool for_protected_users = false;
};

inline constexpr size_t kMaxMechanisms = 4;

// Those that there are, first choice first; at most kMaxMechanisms.
absl::Span<const Mechanism> Mechanisms();

}  // namespace sspilab::negotiate

#endif  // SSPILAB_CORE_NEGOTIATE_MECHANISMS_H_

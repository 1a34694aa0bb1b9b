#ifndef SSPILAB_CORE_KERBEROS_OPEN_RESULT_H_
#define SSPILAB_CORE_KERBEROS_OPEN_RESULT_H_

#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::kerberos {

// What a per-message token turned out to be.
enum class OpenResult : uint8_t {
  kOk,
  kMalformed,
  kAltered,
  kOutOfSequence,
};

// A Wrap token that was opened where it stood: the message is a view of it.
struct OpenedToken {
  OpenResult result;
  absl::Span<uint8_t> message;
  bool encrypted;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_OPEN_RESULT_H_

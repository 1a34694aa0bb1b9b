#ifndef SSPILAB_CORE_ACCOUNT_STATE_H_
#define SSPILAB_CORE_ACCOUNT_STATE_H_

#include <cstdint>

namespace sspilab {

// Why an account that exists may still not log on.
enum class AccountState : uint8_t {
  kEnabled,
  kDisabled,
  kLocked,
  kExpired,
  kPasswordExpired,
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_ACCOUNT_STATE_H_

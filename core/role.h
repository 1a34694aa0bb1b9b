#ifndef SSPILAB_CORE_ROLE_H_
#define SSPILAB_CORE_ROLE_H_

#include <cstdint>

namespace sspilab {

// Which end of an exchange: the client's, or the server's.
enum class Role : uint8_t { kInitiator, kAcceptor };

}  // namespace sspilab

#endif  // SSPILAB_CORE_ROLE_H_

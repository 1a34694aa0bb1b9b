#ifndef SSPILAB_CORE_SCHANNEL_SESSIONS_H_
#define SSPILAB_CORE_SCHANNEL_SESSIONS_H_

#include <openssl/ssl.h>

#include "core/schannel/session_cache.h"
#include "core/world.h"

namespace sspilab::schannel {

// OpenSSL's sessions in the World's cache.

// Keeps a copy of `session` for as long as `lifespan`. One that there is no
// memory for is not kept.
void StoreSession(World& world, SessionKey key, const SSL_SESSION* session,
                  FileTime lifespan);

// A copy for one handshake, the caller's; null where there is none.
[[nodiscard]] SSL_SESSION* LoadSession(World& world, const SessionKey& key);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_SESSIONS_H_

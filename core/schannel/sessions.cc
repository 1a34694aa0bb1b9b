#include "core/schannel/sessions.h"

#include <openssl/ssl.h>

#include <utility>

namespace sspilab::schannel {

void StoreSession(World& world, SessionKey key, const SSL_SESSION* session,
                  FileTime lifespan) {
  // A copy: OpenSSL takes sessions out of use when their connection ends
  // without a close_notify.
  SSL_SESSION* copy = SSL_SESSION_dup(session);
  if (copy == nullptr) return;
  const auto free = [copy](const void*) { SSL_SESSION_free(copy); };
  world.tls_sessions().Put(std::move(key), SessionCache::Session(copy, free),
                           world.now() + lifespan,
                           world.options().schannel.maximum_cache_size);
}

SSL_SESSION* LoadSession(World& world, const SessionKey& key) {
  const SessionCache::Session kept =
      world.tls_sessions().Find(key, world.now());
  if (kept == nullptr) return nullptr;
  SSL_SESSION* copy =
      SSL_SESSION_dup(static_cast<const SSL_SESSION*>(kept.get()));
  // OpenSSL would expire it by its own clock, and tell the server its age (RFC
  // 8446 4.2.11). The World's clock has judged already; for OpenSSL each
  // session is as old as one that it makes now.
  SSL_SESSION* newborn = SSL_SESSION_new();
  if (copy != nullptr && newborn != nullptr) {
    SSL_SESSION_set_time(copy, SSL_SESSION_get_time(newborn));
  }
  SSL_SESSION_free(newborn);
  return copy;
}

}  // namespace sspilab::schannel

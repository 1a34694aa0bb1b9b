#include "core/kerberos/kdc.h"

#include "absl/status/statusor.h"
#include "core/kerberos/as_exchange.h"
#include "core/kerberos/tgs_exchange.h"

namespace sspilab::kerberos {

std::vector<uint8_t> Kdc::Answer(std::string_view realm_name, Bytes request) {
  const Realm* const realm = realms_.Find(realm_name);
  if (realm == nullptr || !realm->reachable()) return {};
  if (realm->exchange()) return realm->exchange()(request);
  if (const absl::StatusOr<AsReq> as = Parse<AsReq>(request); as.ok()) {
    return AsExchange(*realm, now_, entropy_).Answer(*as);
  }
  if (const absl::StatusOr<TgsReq> tgs = Parse<TgsReq>(request); tgs.ok()) {
    return TgsExchange(*realm, now_, entropy_).Answer(*tgs);
  }
  return KdcExchange(*realm, now_, entropy_).Refuse(ErrorCode::kMessageType);
}

}  // namespace sspilab::kerberos

#include "core/credssp/identity.h"

#include <optional>

#include "core/crypto/bytes.h"
#include "core/negotiate/package.h"
#include "core/wire/utf.h"
#include "core/wire/writer.h"

namespace sspilab::credssp {

ClientIdentity::~ClientIdentity() { crypto::Wipe(text_.span()); }

SECURITY_STATUS ClientIdentity::Acquire(World& world, uint32_t use,
                                        const void* auth_data) {
  CallerIdentity caller;
  SECURITY_STATUS status = caller.Read(auth_data);
  if (status != SEC_E_OK) return status;
  if (const std::optional<AuthIdentity> identity = caller.get()) {
    source_ = Source::kFresh;
    if (!Keep(world, *identity)) return SEC_E_INSUFFICIENT_MEMORY;
  } else if (const std::optional<Logon>& logon = world.options().logon) {
    source_ = Source::kDefault;
    if (!Keep(world, {logon->user, logon->domain, logon->password})) {
      return SEC_E_INSUFFICIENT_MEMORY;
    }
  }
  return negotiate::NegotiatePackage().AcquireCredential(
      {.world = world, .principal = {}, .use = use, .auth_data = auth_data},
      &negotiate_);
}

bool ClientIdentity::Keep(World& world, const AuthIdentity& identity) {
  const std::array<Bytes, 3> parts = {wire::Utf16LeBytes(identity.domain),
                                      wire::Utf16LeBytes(identity.user),
                                      wire::Utf16LeBytes(identity.password)};
  for (size_t i = 0; i < parts.size(); ++i) sizes_[i] = parts[i].size();
  if (!text_.Allocate(world.memory(), sizes_[0] + sizes_[1] + sizes_[2])) {
    return false;
  }
  wire::Writer writer(text_.span());
  for (const Bytes part : parts) writer.WriteBytes(part);
  present_ = true;
  return true;
}

TsPasswordCreds ClientIdentity::credentials() const {
  const Bytes text = text_.span();
  return {.domain_name = text.first(sizes_[0]),
          .user_name = text.subspan(sizes_[0], sizes_[1]),
          .password = text.subspan(sizes_[0] + sizes_[1])};
}

}  // namespace sspilab::credssp

#include "core/kerberos/credential.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/crypto/bytes.h"
#include "core/kerberos/names.h"
#include "core/wire/utf.h"

namespace sspilab::kerberos {
namespace {

// A ticket that ends so soon is not used for a new context.
constexpr int64_t kSecondsLeft = 60;

}  // namespace

KerberosCredential::~KerberosCredential() {
  crypto::Wipe(
      absl::MakeSpan(reinterpret_cast<uint8_t*>(identity_.password.data()),
                     identity_.password.size()));
}

void KerberosCredential::SetIdentity(const AuthIdentity& identity) {
  identity_.user = wire::Utf16ToUtf8Lossy(identity.user);
  identity_.realm = wire::Utf16ToUtf8Lossy(identity.domain);
  identity_.password = wire::Utf16ToUtf8Lossy(identity.password);
  const size_t at = identity_.user.find('@');
  if (identity_.realm.empty() && at != std::string::npos) {
    identity_.realm = identity_.user.substr(at + 1);
    identity_.user.resize(at);
  }
  if (identity_.realm.empty()) {
    identity_.realm =
        wire::Utf16ToUtf8Lossy(world().options().names.authority());
  }
  // Tickets have the realm's own name in them, not the domain's.
  const Realm* const realm = world().realms().Find(identity_.realm);
  if (realm != nullptr) identity_.realm = realm->name();
  has_identity_ = true;
}

SECURITY_STATUS KerberosCredential::QueryAttribute(ULONG attribute,
                                                   AttributeWriter& out) const {
  if (attribute != SECPKG_CRED_ATTR_NAMES) return SEC_E_UNSUPPORTED_FUNCTION;
  if (!has_identity_) return SEC_E_NO_CREDENTIALS;
  void* name = out.NewString(wire::Utf8ToUtf16Lossy(
      DomainName(world(), identity_.user, identity_.realm)));
  if (name == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  return out.PutText<SecPkgCredentials_NamesW, SecPkgCredentials_NamesA>(
      [name](auto& names) {
        names.sUserName = static_cast<decltype(names.sUserName)>(name);
      });
}

TicketFailure KerberosCredential::GetTicket(std::string_view target,
                                            HeldTicket* ticket) {
  const absl::MutexLock lock(&mutex_);
  const KerberosTime needed{FromFileTime(world().now()).time.seconds +
                            kSecondsLeft};
  const std::string name = absl::AsciiStrToLower(target);
  if (const auto held = tickets_.find(name);
      held != tickets_.end() && held->second.endtime >= needed) {
    *ticket = held->second;
    return TicketFailure::kNone;
  }
  if (!entropy_.has_value()) entropy_ = world().ForkEntropy();
  TicketClient client(world(), identity_, *entropy_);
  if (!tgt_.has_value() || tgt_->endtime < needed) {
    HeldTicket tgt;
    const TicketFailure failure = client.LogOn(&tgt);
    if (failure != TicketFailure::kNone) return failure;
    tgt_ = std::move(tgt);
  }
  const TicketFailure failure = client.GetTicket(*tgt_, target, ticket);
  if (failure == TicketFailure::kNone) tickets_[name] = *ticket;
  return failure;
}

std::vector<Key> KerberosCredential::AcceptorKeys(
    std::string_view realm_name) const {
  const Realm* const realm = world().realms().Find(realm_name);
  if (realm == nullptr) return {};
  const std::string machine = absl::StrCat(
      wire::Utf16ToUtf8Lossy(world().options().names.computer), "$");
  const Principal* const account =
      realm->Find(has_identity_ ? identity_.user : machine);
  if (account == nullptr) return {};
  if (!has_identity_) return account->keys;
  return KeysFromPassword(world().options().kerberos.etypes, identity_.password,
                          account->salt);
}

}  // namespace sspilab::kerberos

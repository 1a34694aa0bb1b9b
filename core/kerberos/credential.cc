#include "core/kerberos/credential.h"

#include <algorithm>
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

// LAB$, of the machine's own domain.
ClientIdentity MachineIdentity(const World& world) {
  const MachineNames& names = world.options().names;
  ClientIdentity identity{
      .user = absl::StrCat(wire::Utf16ToUtf8Lossy(names.computer), "$"),
      .realm = wire::Utf16ToUtf8Lossy(names.authority())};
  const Realm* const realm = world.realms().Find(identity.realm);
  if (realm == nullptr) return identity;
  identity.realm = realm->name();
  const Principal* const account = realm->Find(identity.user);
  if (account != nullptr) identity.keys = account->keys;
  return identity;
}

}  // namespace

const Cipher* AcceptorKeys::Find(int32_t etype) const {
  const absl::MutexLock lock(&mutex_);
  const auto made = ciphers_.find(etype);
  if (made != ciphers_.end()) return &made->second;
  const Key* const key = account.Find(etype);
  if (key == nullptr) return nullptr;
  Cipher& cipher =
      ciphers_.try_emplace(etype, *key, KeyUsage::kTicket).first->second;
  cipher.MakeReady();
  return &cipher;
}

bool KerberosCredential::IgnoringCase::operator()(std::string_view a,
                                                  std::string_view b) const {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return absl::ascii_tolower(static_cast<unsigned char>(x)) <
               absl::ascii_tolower(static_cast<unsigned char>(y));
      });
}

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

void KerberosCredential::SetDelegated(const HeldTicket& tgt) {
  identity_.user = tgt.cname;
  identity_.realm = tgt.crealm;
  has_identity_ = delegated_ = true;
  const absl::MutexLock lock(&mutex_);
  tgt_ = tgt;
}

bool KerberosCredential::IsGood(const HeldTicket& ticket) const {
  return ticket.local_endtime().seconds >=
         FromFileTime(world().now()).time.seconds + kSecondsLeft;
}

Entropy& KerberosCredential::entropy() {
  if (!entropy_.has_value()) entropy_ = world().ForkEntropy();
  return *entropy_;
}

TicketFailure KerberosCredential::Renew(TicketClient& client) {
  if (tgt_.has_value() && IsGood(*tgt_)) return TicketFailure::kNone;
  if (delegated_) return TicketFailure::kNoCredentials;
  HeldTicket tgt;
  const TicketFailure failure = client.LogOn(&tgt);
  if (failure == TicketFailure::kNone) tgt_ = std::move(tgt);
  return failure;
}

TicketFailure KerberosCredential::GetTicket(
    std::string_view target, std::shared_ptr<const ServiceTicket>* ticket) {
  const absl::MutexLock lock(&mutex_);
  const auto held = tickets_.find(target);
  if (held != tickets_.end() && IsGood(*held->second)) {
    *ticket = held->second;
    return TicketFailure::kNone;
  }
  TicketClient client(world(), identity_, entropy());
  TicketFailure failure = Renew(client);
  if (failure != TicketFailure::kNone) return failure;
  HeldTicket got;
  failure = client.GetTicket(*tgt_, target, &got);
  if (failure != TicketFailure::kNone) return failure;
  *ticket = std::make_shared<const ServiceTicket>(std::move(got));
  tickets_.insert_or_assign(std::string(target), *ticket);
  return TicketFailure::kNone;
}

TicketFailure KerberosCredential::GetUserToUserTicket(std::string_view target,
                                                      const Ticket& theirs,
                                                      HeldTicket* ticket) {
  const absl::MutexLock lock(&mutex_);
  TicketClient client(world(), identity_, entropy());
  const TicketFailure failure = Renew(client);
  if (failure != TicketFailure::kNone) return failure;
  return client.GetUserToUserTicket(*tgt_, target, theirs, ticket);
}

TicketFailure KerberosCredential::GetOwnTicket(HeldTicket* tgt) {
  const absl::MutexLock lock(&mutex_);
  const ClientIdentity account =
      has_identity_ ? identity_ : MachineIdentity(world());
  TicketClient client(world(), account, entropy());
  const TicketFailure failure = Renew(client);
  if (failure == TicketFailure::kNone) *tgt = *tgt_;
  return failure;
}

TicketFailure KerberosCredential::GetForwardedTicket(HeldTicket* forwarded) {
  const absl::MutexLock lock(&mutex_);
  if (!forwarded_.has_value() || !IsGood(*forwarded_)) {
    TicketClient client(world(), identity_, entropy());
    TicketFailure failure = Renew(client);
    if (failure != TicketFailure::kNone) return failure;
    HeldTicket tgt;
    failure = client.Forward(*tgt_, &tgt);
    if (failure != TicketFailure::kNone) return failure;
    forwarded_ = std::move(tgt);
  }
  *forwarded = *forwarded_;
  return TicketFailure::kNone;
}

std::shared_ptr<const AcceptorKeys> KerberosCredential::GetAcceptorKeys(
    std::string_view realm_name) {
  const Realm* const realm = world().realms().Find(realm_name);
  if (realm == nullptr) return nullptr;
  const Principal* const account =
      realm->Find(has_identity_ ? identity_.user : MachineAccount(world()));
  if (account == nullptr) return nullptr;
  const std::vector<Etype>& etypes = world().options().kerberos.etypes;

  const absl::MutexLock lock(&mutex_);
  if (acceptor_keys_ != nullptr &&
      (has_identity_ ? acceptor_keys_->salt == account->salt &&
                           acceptor_keys_->etypes == etypes
                     : acceptor_keys_->account.IsCopyOf(account->keys))) {
    return acceptor_keys_;
  }
  auto made = std::make_shared<AcceptorKeys>();
  made->salt = account->salt;
  made->etypes = etypes;
  made->account = has_identity_ ? AccountKeys::FromPassword(
                                      etypes, identity_.password, account->salt)
                                : account->keys;
  acceptor_keys_ = std::move(made);
  return acceptor_keys_;
}

}  // namespace sspilab::kerberos

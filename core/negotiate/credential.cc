#include "core/negotiate/credential.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/auth_identity.h"
#include "core/wire/upcase.h"

namespace sspilab::negotiate {
namespace {

std::u16string_view Trim(std::u16string_view text) {
  while (!text.empty() && text.front() == u' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == u' ') text.remove_suffix(1);
  return text;
}

}  // namespace

bool IsListed(std::u16string_view package_list, std::u16string_view package) {
  bool names_any = false;
  bool named = false;
  bool excluded = false;
  while (!package_list.empty()) {
    const size_t comma = package_list.find(u',');
    std::u16string_view entry = Trim(package_list.substr(0, comma));
    package_list.remove_prefix(
        comma == std::u16string_view::npos ? package_list.size() : comma + 1);
    if (entry.empty()) continue;
    const bool excludes = entry.front() == u'!';
    if (excludes) entry = Trim(entry.substr(1));
    const bool meant = wire::EqualIgnoringCase(entry, package);
    names_any |= !excludes;
    (excludes ? excluded : named) |= meant;
  }
  return !excluded && (named || !names_any);
}

SECURITY_STATUS NegotiateCredential::Acquire(
    absl::Span<const Mechanism> mechanisms, const CredentialRequest& request) {
  CallerIdentity caller;
  SECURITY_STATUS status = caller.Read(request.auth_data);
  if (status != SEC_E_OK) return status;
  const std::optional<Logon>& logon = request.world.options().logon;
  const bool of_protected_user = outbound() && !caller.get().has_value() &&
                                 logon.has_value() && logon->is_protected;
  for (const Mechanism& mechanism : mechanisms) {
    if (!mechanism.available(request)) continue;
    const SecurityPackage& package = mechanism.package();
    if (!IsListed(caller.package_list(), package.info().name)) continue;
    if (of_protected_user && !mechanism.for_protected_users) {
      is_protected_ = true;
      continue;
    }
    const auto same = std::find_if(
        choices_.begin(), choices_.begin() + size_, [&](const Choice& choice) {
          return &choice.credential->package() == &package;
        });
    Credential* credential = nullptr;
    if (same != choices_.begin() + size_) {
      credential = same->credential;
    } else {
      status = package.AcquireCredential(request, &owned_[size_]);
      if (status == SEC_E_NO_CREDENTIALS) continue;
      if (status != SEC_E_OK) return status;
      credential = owned_[size_].get();
    }
    choices_[size_++] = {&mechanism, credential};
  }
  // The page's word for a package without credentials. Windows always has a
  // Kerberos to name, and says the same at the first InitializeSecurityContext
  // when that has none either.
  return size_ != 0 ? SEC_E_OK : SEC_E_NO_CREDENTIALS;
}

const NegotiateCredential::Choice* NegotiateCredential::Find(
    absl::Span<const uint8_t> oid) const {
  for (const Choice& choice : choices()) {
    if (choice.mechanism->oid == oid) return &choice;
  }
  return nullptr;
}

void NegotiateCredential::WriteMechTypes(absl::Span<const Choice> choices,
                                         wire::DerWriter* writer) {
  writer->Write(wire::DerTag::kSequence, [&] {
    for (size_t i = choices.size(); i-- > 0;) {
      writer->WriteOid(choices[i].mechanism->oid);
    }
  });
}

SECURITY_STATUS NegotiateCredential::QueryAttribute(
    ULONG attribute, AttributeWriter& out) const {
  return choices().front().credential->QueryAttribute(attribute, out);
}

}  // namespace sspilab::negotiate

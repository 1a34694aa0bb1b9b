#include "core/accounts.h"

#include <utility>

#include "core/ntlm/keys.h"
#include "core/wire/upcase.h"

namespace sspilab {
void AccountDatabase::Add(Account account) {
  Account* existing = Find(account.user, account.domain);
  if (existing != nullptr) {
    *existing = std::move(account);
  } else {
    accounts_.push_back(std::move(account));
  }
}

void AccountDatabase::Add(std::u16string_view user, std::u16string_view domain,
                          std::u16string_view password) {
  Add({.user = std::u16string(user),
       .domain = std::u16string(domain),
       .nt_hash = ntlm::NtOwfV1(password),
       .lm_hash = ntlm::LmOwfV1(password)});
}

const Account* AccountDatabase::Find(std::u16string_view user,
                                     std::u16string_view domain) const {
  for (const Account& account : accounts_) {
    if (wire::EqualIgnoringCase(account.user, user) &&
        wire::EqualIgnoringCase(account.domain, domain)) {
      return &account;
    }
  }
  return nullptr;
}

Account* AccountDatabase::Find(std::u16string_view user,
                               std::u16string_view domain) {
  return const_cast<Account*>(std::as_const(*this).Find(user, domain));
}

}  // namespace sspilab

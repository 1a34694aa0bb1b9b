#ifndef SSPILAB_CORE_ACCOUNTS_H_
#define SSPILAB_CORE_ACCOUNTS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/account_state.h"

namespace sspilab {

// What an authority knows of one of its accounts. It keeps digests, not
// passwords, as a SAM does.
struct Account {
  using Hash = std::array<uint8_t, 16>;

  std::u16string user;
  // NetBIOS name of the account's authority: a domain, or a machine.
  std::u16string domain;
  // MS-NLMP 3.3.1 NTOWFv1 and LMOWFv1. An authority may keep no LM hash.
  Hash nt_hash = {};
  std::optional<Hash> lm_hash;
  AccountState state = AccountState::kEnabled;
};

// The accounts that a World's authorities know, in the order they were added.
class AccountDatabase {
 public:
  // Adds an account, or replaces the one of the same name.
  void Add(Account account);
  // The same from a password.
  void Add(std::u16string_view user, std::u16string_view domain,
           std::u16string_view password);

  // Names compare as Windows compares them, without regard to case. Null when
  // there is none; valid until the next Add.
  [[nodiscard]] const Account* Find(std::u16string_view user,
                                    std::u16string_view domain) const;
  [[nodiscard]] Account* Find(std::u16string_view user,
                              std::u16string_view domain);

 private:
  std::vector<Account> accounts_;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_ACCOUNTS_H_

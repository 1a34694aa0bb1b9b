#ifndef SSPILAB_FUZZ_PEOPLE_H_
#define SSPILAB_FUZZ_PEOPLE_H_

#include <cstdint>
#include <string_view>

#include "core/accounts.h"
#include "core/world.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {

// Whose name the initiator comes with.
struct CredentialKind {
  std::u16string_view user;
  std::u16string_view domain;
  std::u16string_view password;
  enum class Given : uint8_t { kByCaller, kByCallerAnsi, kByLogon, kNot };
  Given given = Given::kByCaller;
  // The name that the acceptor's World knows it by: "" for not at all.
  std::u16string_view known_as;
  std::u16string_view authority;
  std::u16string_view known_password;
  AccountState state = AccountState::kEnabled;

  bool IsRight() const {
    return !known_as.empty() && password == known_password &&
           state == AccountState::kEnabled;
  }
  bool is_given() const {
    return given == Given::kByCaller || given == Given::kByCallerAnsi;
  }
};
const CredentialKind& CredentialOf(const sim::Settings& settings);

// The account in the acceptor's World that the initiator comes as; null where
// there is none.
const Account* AccountOf(const sim::Settings& settings, const World& world);

// The accounts of the acceptor's World.
void AddAccounts(const sim::Settings& settings, World& world);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_PEOPLE_H_

#ifndef SSPILAB_CORE_KERBEROS_ACCOUNT_KEYS_H_
#define SSPILAB_CORE_KERBEROS_ACCOUNT_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"

namespace sspilab::kerberos {

// The keys of an account, at most one of an encryption type, strongest first.
// One from a password is made when it is first asked for: the types of RFC 8009
// take tens of milliseconds. Copies share what has been made. Safe to use from
// several threads.
class AccountKeys {
 public:
  AccountKeys() = default;
  // NOLINTBEGIN(google-explicit-constructor): keys are keys.
  AccountKeys(const std::vector<Key>& keys);
  AccountKeys(std::initializer_list<Key> keys);
  // NOLINTEND(google-explicit-constructor)

  // Of the types, in their order, by RFC 3961's string-to-key.
  static AccountKeys FromPassword(absl::Span<const Etype> etypes,
                                  std::string_view password,
                                  std::string_view salt);

  // Of the types, in their order; not from a password, but of bytes that
  // `entropy` gives.
  static AccountKeys Random(absl::Span<const Etype> etypes, Entropy& entropy);

  size_t size() const;
  bool empty() const { return size() == 0; }
  // What operator[] is of, without making it.
  const EncryptionType& type(size_t i) const;
  // Good for as long as any copy is there.
  const Key& operator[](size_t i) const;
  // Null where there is none of the type.
  const Key* Find(int32_t etype) const;
  // Likewise, and makes none.
  const EncryptionType* FindType(int32_t etype) const;
  // Makes all that have not been.
  std::vector<Key> All() const;

  // Whether one is a copy of the other.
  bool IsCopyOf(const AccountKeys& other) const { return made_ == other.made_; }

 private:
  struct Made;
  // size() where there is none.
  size_t IndexOf(int32_t etype) const;
  explicit AccountKeys(std::shared_ptr<const Made> made)
      : made_(std::move(made)) {}

  std::shared_ptr<const Made> made_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_ACCOUNT_KEYS_H_

#include "core/kerberos/account_keys.h"

#include <array>
#include <deque>
#include <string>
#include <utility>

#include "absl/base/call_once.h"
#include "core/crypto/bytes.h"

namespace sspilab::kerberos {
namespace {

struct Slot {
  explicit Slot(const EncryptionType& its_type) : type(&its_type) {}
  explicit Slot(const Key& its_key) : type(&its_key.type()), key(its_key) {}

  const EncryptionType* type;
  absl::once_flag once;
  // Not present until it is made.
  Key key;
};

}  // namespace

struct AccountKeys::Made {
  ~Made() {
    crypto::Wipe(absl::MakeSpan(reinterpret_cast<uint8_t*>(password.data()),
                                password.size()));
  }

  std::string password;
  std::string salt;
  // Slots do not move.
  mutable std::deque<Slot> slots;
};

AccountKeys::AccountKeys(const std::vector<Key>& keys) {
  auto made = std::make_shared<Made>();
  for (const Key& key : keys) made->slots.emplace_back(key);
  made_ = std::move(made);
}

AccountKeys::AccountKeys(std::initializer_list<Key> keys)
    : AccountKeys(std::vector<Key>(keys)) {}

AccountKeys AccountKeys::FromPassword(absl::Span<const Etype> etypes,
                                      std::string_view password,
                                      std::string_view salt) {
  auto made = std::make_shared<Made>();
  made->password = password;
  made->salt = salt;
  for (const Etype etype : etypes) {
    made->slots.emplace_back(kerberos::Find(etype));
  }
  return AccountKeys(std::move(made));
}

AccountKeys AccountKeys::Random(absl::Span<const Etype> etypes,
                                Entropy& entropy) {
  std::vector<Key> keys;
  for (const Etype etype : etypes) {
    std::array<uint8_t, kMaxKeySize> storage;
    const absl::Span<uint8_t> bytes =
        absl::MakeSpan(storage).first(kerberos::Find(etype).key_size);
    entropy.Fill(bytes);
    keys.push_back(*Key::Of(static_cast<int32_t>(etype), bytes));
  }
  return keys;
}

size_t AccountKeys::size() const {
  return made_ != nullptr ? made_->slots.size() : 0;
}

const EncryptionType& AccountKeys::type(size_t i) const {
  return *made_->slots[i].type;
}

const Key& AccountKeys::operator[](size_t i) const {
  Slot& slot = made_->slots[i];
  absl::call_once(slot.once, [this, &slot] {
    if (slot.key.present()) return;
    slot.key = Key::FromPassword(*slot.type, made_->password, made_->salt);
  });
  return slot.key;
}

size_t AccountKeys::IndexOf(int32_t etype) const {
  size_t i = 0;
  while (i < size() && static_cast<int32_t>(type(i).etype) != etype) ++i;
  return i;
}

const Key* AccountKeys::Find(int32_t etype) const {
  const size_t i = IndexOf(etype);
  return i < size() ? &(*this)[i] : nullptr;
}

const EncryptionType* AccountKeys::FindType(int32_t etype) const {
  const size_t i = IndexOf(etype);
  return i < size() ? &type(i) : nullptr;
}

std::vector<Key> AccountKeys::All() const {
  std::vector<Key> keys;
  for (size_t i = 0; i < size(); ++i) keys.push_back((*this)[i]);
  return keys;
}

}  // namespace sspilab::kerberos

#ifndef SSPILAB_SIM_RENDER_KERBEROS_OPENED_H_
#define SSPILAB_SIM_RENDER_KERBEROS_OPENED_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// Keys by which the encrypted parts of Kerberos' messages can be read: those
// that one begins with, and those found in what they open.
class KerberosKeys {
 public:
  KerberosKeys() = default;
  // Of all principals.
  explicit KerberosKeys(const kerberos::Realms& realms);

  void Add(const kerberos::Key& key);
  bool empty() const { return accounts_.empty() && keys_.empty(); }

  // Nothing where no key fits one of the usages.
  std::optional<std::vector<uint8_t>> Open(
      const kerberos::EncryptedData& data,
      absl::Span<const kerberos::KeyUsage> usages) const;

 private:
  std::vector<kerberos::AccountKeys> accounts_;
  // The others.
  std::vector<kerberos::Key> keys_;
};

// An encrypted part of a message, read.
struct OpenedPart {
  std::vector<uint8_t> bytes;
  // An EncTicketPart, say. Offsets are of `bytes`.
  FieldTree tree;
};

// What can be read of the Kerberos messages in a token, whose fields `tree`
// has, in the order in which it stands there; what is inside a part stands
// behind it. Keys that are found are added to `*keys`.
std::vector<OpenedPart> OpenKerberosParts(absl::Span<const uint8_t> token,
                                          const FieldTree& tree,
                                          KerberosKeys* keys);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_KERBEROS_OPENED_H_

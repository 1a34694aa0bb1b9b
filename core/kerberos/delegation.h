#ifndef SSPILAB_CORE_KERBEROS_DELEGATION_H_
#define SSPILAB_CORE_KERBEROS_DELEGATION_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/sealed_part.h"
#include "core/kerberos/ticket_client.h"
#include "core/kerberos/times.h"
#include "core/memory.h"

// Delegation: a forwarded ticket-granting ticket with its session key, as the
// KRB-CRED that goes into the authenticator's checksum (RFC 4120 3.6, 5.8; RFC
// 4121 4.1.1).
namespace sspilab::kerberos {

// What the checksum has two bytes to say.
inline constexpr size_t kMaxKrbCredSize = 0xFFFF;

// Makes `message` as large as the KRB-CRED with `tgt` will be. `session_key` is
// that of the ticket that it goes with. False when the budget refuses.
[[nodiscard]] bool AllocateKrbCred(const HeldTicket& tgt,
                                   const Key& session_key, PreciseTime now,
                                   MemoryBudget& memory, BudgetBytes* message);
// Then writes it there.
[[nodiscard]] bool WriteKrbCred(const HeldTicket& tgt, const Key& session_key,
                                PreciseTime now, Entropy& entropy,
                                MemoryBudget& memory,
                                absl::Span<uint8_t> message);

// Back again. One that is not encrypted at all is taken, too: the authenticator
// around it is.
[[nodiscard]] OpenedPart ReadKrbCred(Bytes message, const Key& session_key,
                                     bool check_integrity, MemoryBudget& memory,
                                     HeldTicket* tgt);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_DELEGATION_H_

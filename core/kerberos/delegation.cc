#include "core/kerberos/delegation.h"

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/kerberos/realm.h"
#include "core/wire/der.h"

namespace sspilab::kerberos {
namespace {

// Encrypted with nothing.
constexpr int32_t kNullEtype = 0;

EncKrbCredPart Describe(const HeldTicket& tgt, PreciseTime now) {
  return {.ticket_info = {{.key = ViewOf(tgt.key),
                           .prealm = tgt.crealm,
                           .pname = SplitName(tgt.cname, NameType::kPrincipal),
                           .flags = Flags{tgt.flags},
                           .starttime = tgt.starttime,
                           .endtime = tgt.endtime,
                           .renew_till = tgt.renew_till,
                           .srealm = tgt.srealm,
                           .sname = SplitName(tgt.sname,
                                              NameType::kServiceInstance)}},
          .timestamp = now.time,
          .usec = now.microseconds};
}

KrbCred Outside(const HeldTicket& tgt, const EncryptionType& type,
                Bytes sealed) {
  return {.tickets = {{tgt.ticket}},
          .enc_part = {.etype = static_cast<int32_t>(type.etype),
                       .cipher = sealed}};
}

}  // namespace

bool AllocateKrbCred(const HeldTicket& tgt, const Key& session_key,
                     PreciseTime now, MemoryBudget& memory,
                     BudgetBytes* message) {
  const EncryptionType& type = session_key.type();
  BudgetBytes sealed;
  return sealed.Allocate(memory, SealedSize(Describe(tgt, now), type)) &&
         message->Allocate(memory, SizeOf(Outside(tgt, type, sealed.span())));
}

bool WriteKrbCred(const HeldTicket& tgt, const Key& session_key,
                  PreciseTime now, Entropy& entropy, MemoryBudget& memory,
                  absl::Span<uint8_t> message) {
  BudgetBytes sealed;
  if (!Seal(Describe(tgt, now), session_key, KeyUsage::kKrbCredPart, entropy,
            memory, &sealed)) {
    return false;
  }
  wire::DerWriter writer(message);
  Write(Outside(tgt, session_key.type(), sealed.span()), &writer);
  return true;
}

OpenedPart ReadKrbCred(Bytes message, const Key& session_key,
                       bool check_integrity, MemoryBudget& memory,
                       HeldTicket* tgt) {
  const absl::StatusOr<KrbCred> cred = Parse<KrbCred>(message);
  if (!cred.ok() || cred->tickets.size() != 1) return OpenedPart::kNotAuthentic;
  BudgetBytes storage;
  Bytes plain = cred->enc_part.cipher;
  if (cred->enc_part.etype != kNullEtype) {
    const OpenedPart opened =
        Open(cred->enc_part, session_key, KeyUsage::kKrbCredPart,
             check_integrity, memory, &storage, &plain);
    if (opened != OpenedPart::kOk) return opened;
  }
  const absl::StatusOr<EncKrbCredPart> part = Parse<EncKrbCredPart>(plain);
  if (!part.ok() || part->ticket_info.size() != 1) {
    return OpenedPart::kNotAuthentic;
  }
  const KrbCredInfo& info = part->ticket_info.front();
  const std::optional<Key> key = Key::Of(info.key.keytype, info.key.keyvalue);
  // 5.8.1 has everything but the key optional; of no use is a ticket without a
  // client or an end.
  if (!key.has_value() || !info.prealm.has_value() || !info.pname.has_value() ||
      !info.srealm.has_value() || !info.sname.has_value() ||
      !info.endtime.has_value()) {
    return OpenedPart::kNotAuthentic;
  }
  const Bytes ticket = cred->tickets.front().der;
  *tgt = {.ticket = {ticket.begin(), ticket.end()},
          .key = *key,
          .crealm = std::string(*info.prealm),
          .cname = JoinName(*info.pname),
          .srealm = std::string(*info.srealm),
          .sname = JoinName(*info.sname),
          .flags = info.flags.value_or(Flags()).bits,
          .starttime = info.starttime.value_or(KerberosTime()),
          .endtime = *info.endtime,
          .renew_till = info.renew_till};
  return OpenedPart::kOk;
}

}  // namespace sspilab::kerberos

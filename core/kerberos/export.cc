#include "core/kerberos/export.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "core/context_buffer.h"
#include "core/wire/reader.h"
#include "core/wire/utf.h"
#include "core/wire/writer.h"

namespace sspilab::kerberos {
namespace {

// Layout, little-endian: magic; role, gss_flag::*, attributes and what of the
// terms is yes or no; start and end of the ticket; the numbers of both
// directions, first and now; the key; and the names, each as a length and that
// many bytes.
constexpr uint32_t kMagic = 0x314B4C53;  // "SLK1"
constexpr size_t kFixedSize = 4 * 5 + 8 * 2 + 8 * 5 + 4 + kMaxKeySize;
// The year 10000, which no ticket has.
constexpr uint64_t kTimesEnd = 253'402'300'800;

struct TermRow {
  uint32_t bit;
  bool MessageProtection::Terms::*term;
};
constexpr TermRow kTerms[] = {
    {1, &MessageProtection::Terms::acceptor_subkey},
    {2, &MessageProtection::Terms::dce_style},
    {4, &MessageProtection::Terms::detect_replay},
    {8, &MessageProtection::Terms::detect_sequence},
};

// A context that came out of bytes. There is nothing left to negotiate.
class ImportedContext : public KerberosContext {
 public:
  using KerberosContext::KerberosContext;

  SECURITY_STATUS Advance(Leg&) override { return SEC_E_OUT_OF_SEQUENCE; }

  ContextNames names() const override { return names_; }

  void Fill(const Agreement& agreement, ContextNames names,
            const MessageProtection& protection) {
    names_ = std::move(names);
    Agree(agreement, protection);
    // Confounders need not go on where they were.
    entropy_ = world().ForkEntropy();
    SetEstablished();
  }

 private:
  ContextNames names_;
};

bool ReadTime(wire::Reader& reader, KerberosTime* time) {
  uint64_t seconds;
  if (!reader.ReadU64(&seconds) || seconds >= kTimesEnd) return false;
  time->seconds = static_cast<int64_t>(seconds);
  return true;
}

bool ReadTerms(wire::Reader& reader, Agreement* agreement,
               MessageProtection::Terms* terms) {
  uint32_t role;
  uint32_t yes;
  if (!reader.ReadU32(&role) || role > 1 ||
      !reader.ReadU32(&agreement->flags) ||
      !reader.ReadU32(&agreement->attributes) || !reader.ReadU32(&yes)) {
    return false;
  }
  terms->role = role == 0 ? Role::kInitiator : Role::kAcceptor;
  for (const TermRow& row : kTerms) {
    terms->*row.term = (yes & row.bit) != 0;
    yes &= ~row.bit;
  }
  return yes == 0 && ReadTime(reader, &agreement->starttime) &&
         ReadTime(reader, &agreement->endtime) &&
         reader.ReadU64(&terms->send_number) &&
         reader.ReadU64(&terms->receive_number);
}

// The key has room for the longest; what it does not need is zero.
bool ReadKey(wire::Reader& reader, Key* key) {
  uint32_t etype;
  absl::Span<const uint8_t> bytes;
  if (!reader.ReadU32(&etype) || !reader.ReadBytes(kMaxKeySize, &bytes)) {
    return false;
  }
  const EncryptionType* const type =
      FindEncryptionType(static_cast<int32_t>(etype));
  if (type == nullptr) return false;
  for (const uint8_t byte : bytes.subspan(type->key_size)) {
    if (byte != 0) return false;
  }
  *key = *Key::Of(static_cast<int32_t>(etype), bytes.first(type->key_size));
  return true;
}

bool ReadName(wire::Reader& reader, std::u16string* name) {
  uint32_t size;
  absl::Span<const uint8_t> bytes;
  if (!reader.ReadU32(&size) || size % sizeof(char16_t) != 0 ||
      !reader.ReadBytes(size, &bytes)) {
    return false;
  }
  for (size_t i = 0; i < bytes.size(); i += 2) {
    name->push_back(static_cast<char16_t>(bytes[i] | bytes[i + 1] << 8));
  }
  return true;
}

}  // namespace

SECURITY_STATUS ExportContext(const KerberosContext& context, bool fresh,
                              absl::Span<uint8_t>* packed) {
  const Agreement& agreement = context.agreement();
  const MessageProtection::Terms& terms = context.protection().terms();
  const MessageProtection::Progress progress =
      fresh ? MessageProtection(terms).progress()
            : context.protection().progress();
  const ContextNames texts = context.names();
  const absl::Span<const uint8_t> names[] = {wire::Utf16LeBytes(texts.client),
                                             wire::Utf16LeBytes(texts.service),
                                             wire::Utf16LeBytes(texts.realm)};
  size_t size = kFixedSize;
  for (const auto name : names) size += 4 + name.size();
  auto* memory = static_cast<uint8_t*>(NewContextBuffer(context.world(), size));
  if (memory == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  *packed = absl::MakeSpan(memory, size);

  uint32_t yes = 0;
  for (const TermRow& row : kTerms) {
    if (terms.*row.term) yes |= row.bit;
  }
  wire::Writer writer(*packed);
  writer.WriteU32(kMagic);
  writer.WriteU32(terms.role == Role::kInitiator ? 0 : 1);
  writer.WriteU32(agreement.flags);
  writer.WriteU32(agreement.attributes);
  writer.WriteU32(yes);
  writer.WriteU64(static_cast<uint64_t>(agreement.starttime.seconds));
  writer.WriteU64(static_cast<uint64_t>(agreement.endtime.seconds));
  writer.WriteU64(terms.send_number);
  writer.WriteU64(terms.receive_number);
  writer.WriteU64(progress.sent);
  writer.WriteU64(progress.window.next());
  writer.WriteU64(progress.window.seen());
  writer.WriteU32(static_cast<uint32_t>(terms.key.type().etype));
  writer.WriteBytes(terms.key.bytes());
  writer.WriteZeros(kMaxKeySize - terms.key.bytes().size());
  for (const auto name : names) {
    writer.WriteU32(static_cast<uint32_t>(name.size()));
    writer.WriteBytes(name);
  }
  return writer.ok() ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

SECURITY_STATUS ImportContext(World& world, const SecurityPackage& package,
                              absl::Span<const uint8_t> packed,
                              BudgetPtr<Context>* context) {
  wire::Reader reader(packed);
  uint32_t magic;
  Agreement agreement;
  ContextNames names;
  MessageProtection::Terms terms;
  uint64_t sent;
  uint64_t next;
  uint64_t seen;
  if (!reader.ReadU32(&magic) || magic != kMagic ||
      !ReadTerms(reader, &agreement, &terms) || !reader.ReadU64(&sent) ||
      !reader.ReadU64(&next) || !reader.ReadU64(&seen) ||
      !ReadKey(reader, &terms.key) || !ReadName(reader, &names.client) ||
      !ReadName(reader, &names.service) || !ReadName(reader, &names.realm) ||
      reader.remaining() != 0) {
    return SEC_E_INVALID_TOKEN;
  }
  auto imported =
      NewIn<ImportedContext>(world.memory(), world, package, terms.role,
                             CredentialTable::Pin(HandleError::kInvalid));
  if (imported == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  MessageProtection protection(terms);
  protection.Resume(sent, next, seen);
  imported->Fill(agreement, std::move(names), protection);
  *context = std::move(imported);
  return SEC_E_OK;
}

}  // namespace sspilab::kerberos

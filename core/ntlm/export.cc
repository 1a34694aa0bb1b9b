#include "core/ntlm/export.h"

#include <cstring>
#include <utility>

#include "core/context_buffer.h"
#include "core/wire/reader.h"
#include "core/wire/utf.h"
#include "core/wire/writer.h"

namespace sspilab::ntlm {
namespace {

// Layout, little-endian: magic, attributes, time established; then each of the
// parties' strings and the target information as a length and that many bytes;
// then the message protection's snapshot, which has role, flags and session key
// too. The strings are at even places, since they are read there.
constexpr uint32_t kMagic = 0x31504C53;  // "SLP1"
constexpr size_t kFixedSize =
    4 + 4 + 8 + 4 * 4 + MessageProtection::kSnapshotSize;

// A context that came out of bytes. There is nothing left to negotiate.
class ImportedContext : public NtlmContext {
 public:
  using NtlmContext::NtlmContext;

  SECURITY_STATUS Advance(Leg&) override { return SEC_E_OUT_OF_SEQUENCE; }

  // Takes over `strings`, which `parties` points into.
  void Fill(BudgetBytes strings, const Agreement& agreement,
            const Parties& parties, const MessageProtection& protection) {
    strings_ = std::move(strings);
    Agree(agreement, parties, protection);
    SetEstablished();
  }

 private:
  BudgetBytes strings_;
};

bool ReadBlock(wire::Reader& reader, absl::Span<const uint8_t>* block) {
  uint32_t size;
  return reader.ReadU32(&size) && reader.ReadBytes(size, block);
}

bool ReadString(wire::Reader& reader, std::u16string_view* string) {
  absl::Span<const uint8_t> block;
  if (!ReadBlock(reader, &block) || block.size() % sizeof(char16_t) != 0) {
    return false;
  }
  *string = {reinterpret_cast<const char16_t*>(block.data()),
             block.size() / sizeof(char16_t)};
  return true;
}

}  // namespace

SECURITY_STATUS ExportContext(const NtlmContext& context, bool fresh,
                              absl::Span<uint8_t>* packed) {
  const Agreement& agreement = context.agreement();
  const Parties& parties = context.parties();
  const absl::Span<const uint8_t> strings[] = {
      wire::Utf16LeBytes(parties.user), wire::Utf16LeBytes(parties.domain),
      wire::Utf16LeBytes(parties.target), parties.target_info};
  size_t size = kFixedSize;
  for (const auto string : strings) size += string.size();
  auto* memory = static_cast<uint8_t*>(NewContextBuffer(context.world(), size));
  if (memory == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  *packed = absl::MakeSpan(memory, size);

  const MessageProtection& protection = context.protection();
  wire::Writer writer(*packed);
  writer.WriteU32(kMagic);
  writer.WriteU32(agreement.attributes);
  writer.WriteU64(agreement.established);
  for (const auto string : strings) {
    writer.WriteU32(static_cast<uint32_t>(string.size()));
    writer.WriteBytes(string);
  }
  writer.WriteBytes((fresh ? protection.Fresh() : protection).Snapshot());
  return writer.ok() ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

SECURITY_STATUS ImportContext(World& world, const SecurityPackage& package,
                              absl::Span<const uint8_t> packed,
                              BudgetPtr<Context>* context) {
  // Copied first: the strings of the new context are views of this.
  BudgetBytes bytes;
  if (!bytes.Assign(world.memory(), packed)) return SEC_E_INSUFFICIENT_MEMORY;
  wire::Reader reader(std::as_const(bytes).span());
  uint32_t magic;
  Agreement agreement;
  absl::Span<const uint8_t> snapshot;
  Parties parties;
  if (!reader.ReadU32(&magic) || magic != kMagic ||
      !reader.ReadU32(&agreement.attributes) ||
      !reader.ReadU64(&agreement.established) ||
      !ReadString(reader, &parties.user) ||
      !ReadString(reader, &parties.domain) ||
      !ReadString(reader, &parties.target) ||
      !ReadBlock(reader, &parties.target_info) ||
      !reader.ReadBytes(MessageProtection::kSnapshotSize, &snapshot) ||
      reader.remaining() != 0) {
    return SEC_E_INVALID_TOKEN;
  }
  const absl::StatusOr<MessageProtection> protection =
      MessageProtection::Restore(snapshot);
  if (!protection.ok()) return SEC_E_INVALID_TOKEN;
  agreement.flags = protection->flags();
  agreement.session_key = protection->exported_session_key();
  auto imported =
      NewIn<ImportedContext>(world.memory(), world, package, protection->role(),
                             CredentialTable::Pin(HandleError::kInvalid));
  if (imported == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  imported->Fill(std::move(bytes), agreement, parties, *protection);
  *context = std::move(imported);
  return SEC_E_OK;
}

}  // namespace sspilab::ntlm

#include "core/negotiate/context.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "core/context_buffer.h"
#include "core/negotiate/attributes.h"

namespace sspilab::negotiate {
namespace {

static_assert(ISC_REQ_DATAGRAM == ASC_REQ_DATAGRAM);

SecBuffer ReadOnlyBuffer(ULONG type, absl::Span<const uint8_t> bytes) {
  return {.cbBuffer = static_cast<ULONG>(bytes.size()),
          .BufferType = type,
          .pvBuffer = const_cast<uint8_t*>(bytes.data())};
}

// A list of buffers that this file made itself.
BufferList ViewOf(absl::Span<SecBuffer> buffers) {
  SecBufferDesc descriptor = {.ulVersion = SECBUFFER_VERSION,
                              .cBuffers = static_cast<ULONG>(buffers.size()),
                              .pBuffers = buffers.data()};
  BufferList list;
  (void)BufferList::View(&descriptor, &list);
  return list;
}

// A context that came out of bytes: there is nothing left to negotiate.
class ImportedContext : public NegotiateContext {
 public:
  using NegotiateContext::NegotiateContext;
  SECURITY_STATUS Advance(Leg&) override { return SEC_E_OUT_OF_SEQUENCE; }
  ULONG negotiation_state() const override {
    return SECPKG_NEGOTIATION_COMPLETE;
  }
};

}  // namespace

NegotiateContext::Step NegotiateContext::Run(Context& inner,
                                             std::optional<Bytes> token,
                                             Leg& leg, OutputToken& out) {
  Step step = RunAlone(inner, token, leg, out);
  if (step.status < 0) return step;
  SecBuffer made = ReadOnlyBuffer(SECBUFFER_TOKEN, step.token);
  step.status = CompleteInside(inner, step.status, ViewOf({&made, 1}));
  return step;
}

NegotiateContext::Step NegotiateContext::RunAlone(Context& inner,
                                                  std::optional<Bytes> token,
                                                  Leg& leg, OutputToken& out) {
  absl::InlinedVector<SecBuffer, 4> buffers;
  for (const SecBuffer& buffer : leg.input.buffers()) {
    if (TypeOf(buffer) != SECBUFFER_TOKEN) buffers.push_back(buffer);
  }
  if (token.has_value()) {
    buffers.push_back(
        ReadOnlyBuffer(SECBUFFER_TOKEN | SECBUFFER_READONLY, *token));
  }
  // Signatures are asked for, since mechListMICs are signatures; Windows' NTLM
  // offers under Negotiate what it does not offer alone. Datagrams are not:
  // SPNEGO's first token has a mechanism's first one in it.
  const uint32_t integrity =
      inner.role() == Role::kInitiator ? ISC_REQ_INTEGRITY : ASC_REQ_INTEGRITY;
  Leg inside{.credential = nullptr,
             .requirements =
                 (leg.requirements | integrity) & ~uint32_t{ISC_REQ_DATAGRAM},
             .target = leg.target,
             .input = ViewOf(absl::MakeSpan(buffers)),
             .output = out};
  Step step;
  step.status = inner.Advance(inside);
  if (step.status < 0) {
    if (inside.error_token) step.token = out.reserved();
    return step;
  }
  step.token = out.reserved();
  leg.attributes = inside.attributes;
  leg.expiry = inside.expiry;
  return step;
}

SECURITY_STATUS NegotiateContext::NewInner(const Choice& choice,
                                           BudgetPtr<Context>* inner) const {
  return choice.credential->package().NewContext(
      role(), CredentialTable::Pin::Borrow(choice.credential), inner);
}

void NegotiateContext::Keep(const Leg& leg, const Step& step) {
  attributes_ = leg.attributes;
  expiry_ = leg.expiry;
  inner_done_ = step.done();
}

void NegotiateContext::Report(Leg& leg) const {
  leg.attributes = attributes_;
  leg.expiry = expiry_;
}

bool NegotiateContext::has_integrity() const {
  return (attributes_ & (role() == Role::kInitiator ? ISC_RET_INTEGRITY
                                                    : ASC_RET_INTEGRITY)) != 0;
}

bool NegotiateContext::ReceivedMic::Assign(const std::optional<Bytes>& mic) {
  if (!mic.has_value()) return true;
  if (mic->size() > bytes_.size()) return false;
  present_ = true;
  size_ = mic->size();
  std::copy(mic->begin(), mic->end(), bytes_.begin());
  return true;
}

bool NegotiateContext::VerifyMic(Bytes mech_types, const ReceivedMic& mic) {
  SecBuffer buffers[] = {ReadOnlyBuffer(SECBUFFER_DATA, mech_types),
                         ReadOnlyBuffer(SECBUFFER_TOKEN, mic.bytes())};
  ULONG qop = 0;
  const SECURITY_STATUS status =
      inner_->VerifySignature(ViewOf(buffers), 0, &qop);
  inner_->RestartKeystreams();
  return status == SEC_E_OK;
}

std::optional<absl::Span<const uint8_t>> NegotiateContext::MakeMic(
    Bytes mech_types, OwnMic* storage) {
  SecBuffer buffers[] = {
      ReadOnlyBuffer(SECBUFFER_DATA, mech_types),
      ReadOnlyBuffer(SECBUFFER_TOKEN, absl::MakeConstSpan(*storage).first(
                                          mechanism_->mic_size))};
  const SECURITY_STATUS status = inner_->MakeSignature(0, ViewOf(buffers), 0);
  inner_->RestartKeystreams();
  if (status != SEC_E_OK) return std::nullopt;
  return absl::MakeConstSpan(*storage).first(buffers[1].cbBuffer);
}

SECURITY_STATUS NegotiateContext::QueryAttribute(ULONG attribute,
                                                 AttributeWriter& out) const {
  std::optional<SECURITY_STATUS> answered = AnswerItself(*this, attribute, out);
  if (answered.has_value()) return *answered;
  if (inner_ == nullptr || (!established_ && attribute != SECPKG_ATTR_SIZES)) {
    return SEC_E_INVALID_HANDLE;
  }
  return inner_->QueryAttribute(attribute, out);
}

SECURITY_STATUS NegotiateContext::SetAttribute(ULONG attribute, Bytes value) {
  return established_ ? inner_->SetAttribute(attribute, value)
                      : SEC_E_INVALID_HANDLE;
}

SECURITY_STATUS NegotiateContext::MakeSignature(ULONG qop,
                                                const BufferList& message,
                                                ULONG sequence) {
  return established_ ? inner_->MakeSignature(qop, message, sequence)
                      : SEC_E_INVALID_HANDLE;
}

SECURITY_STATUS NegotiateContext::VerifySignature(const BufferList& message,
                                                  ULONG sequence, ULONG* qop) {
  return established_ ? inner_->VerifySignature(message, sequence, qop)
                      : SEC_E_INVALID_HANDLE;
}

SECURITY_STATUS NegotiateContext::Encrypt(ULONG qop, const BufferList& message,
                                          ULONG sequence) {
  return established_ ? inner_->Encrypt(qop, message, sequence)
                      : SEC_E_INVALID_HANDLE;
}

SECURITY_STATUS NegotiateContext::Decrypt(const BufferList& message,
                                          ULONG sequence, ULONG* qop) {
  return established_ ? inner_->Decrypt(message, sequence, qop)
                      : SEC_E_INVALID_HANDLE;
}

SECURITY_STATUS NegotiateContext::PeerIdentity(std::u16string* name) const {
  return established_ ? inner_->PeerIdentity(name) : SEC_E_NO_IMPERSONATION;
}

std::shared_ptr<const kerberos::HeldTicket> NegotiateContext::DelegatedTicket()
    const {
  return established_ ? inner_->DelegatedTicket() : nullptr;
}

SECURITY_STATUS NegotiateContext::Export(bool fresh,
                                         absl::Span<uint8_t>* packed) const {
  if (!established_) return SEC_E_INVALID_HANDLE;
  absl::Span<uint8_t> inside;
  const SECURITY_STATUS status = inner_->Export(fresh, &inside);
  if (status != SEC_E_OK) return status;
  const auto write = [&](wire::DerWriter* writer) {
    writer->WriteBytes(inside);
    writer->WriteOid(mechanism_->oid);
  };
  wire::DerWriter counter;
  write(&counter);
  auto* memory =
      static_cast<uint8_t*>(NewContextBuffer(world(), counter.size()));
  if (memory != nullptr) {
    *packed = absl::MakeSpan(memory, counter.size());
    wire::DerWriter writer(*packed);
    write(&writer);
  }
  (void)FreeContextBufferMemory(inside.data());
  return memory != nullptr ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
}

SECURITY_STATUS ImportContext(World& world, const SecurityPackage& package,
                              absl::Span<const Mechanism> mechanisms,
                              absl::Span<const uint8_t> packed,
                              BudgetPtr<Context>* context) {
  wire::DerReader reader(packed, wire::DerRules::kDer);
  absl::Span<const uint8_t> oid;
  if (!reader.ReadOid(&oid)) return SEC_E_INVALID_TOKEN;
  const auto mechanism =
      std::find_if(mechanisms.begin(), mechanisms.end(),
                   [&](const Mechanism& one) { return one.oid == oid; });
  if (mechanism == mechanisms.end()) return SEC_E_INVALID_TOKEN;
  BudgetPtr<Context> inner;
  const SECURITY_STATUS status = mechanism->package().Import(
      world, packed.subspan(reader.position()), &inner);
  if (status != SEC_E_OK) return status;
  auto imported =
      NewIn<ImportedContext>(world.memory(), world, package, inner->role(),
                             CredentialTable::Pin(HandleError::kInvalid));
  if (imported == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  NegotiateContext& filled = *imported;
  filled.inner_ = std::move(inner);
  filled.mechanism_ = mechanism;
  filled.established_ = true;
  *context = std::move(imported);
  return SEC_E_OK;
}

}  // namespace sspilab::negotiate

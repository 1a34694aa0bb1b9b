#include "sim/deviant_call.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace sspilab::sim {
namespace {

static_assert(ISC_REQ_ALLOCATE_MEMORY == ASC_REQ_ALLOCATE_MEMORY);

// The largest TLS flight that a package here makes has less.
constexpr size_t kOutputRoom = 65536;
// More than any structure has that a pointer argument is taken for.
constexpr size_t kStructureRoom = 256;
// No table gives out such a handle: ours count up, others take addresses.
constexpr SecHandle kWrongHandle = {0xDEAD, 0xBEEF};

// Where an attribute's structure has pointers to what FreeContextBuffer frees.
struct PointerRow {
  Call call;
  ULONG attribute;
  size_t offset;
};
constexpr PointerRow kPointers[] = {
    // clang-format off
    {Call::kQueryCredentialsAttributes, SECPKG_CRED_ATTR_NAMES, offsetof(SecPkgCredentials_NamesW, sUserName)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_NAMES, offsetof(SecPkgContext_NamesW, sUserName)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_NATIVE_NAMES, offsetof(SecPkgContext_NativeNamesW, sClientName)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_NATIVE_NAMES, offsetof(SecPkgContext_NativeNamesW, sServerName)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_DCE_INFO, offsetof(SecPkgContext_DceInfo, pPac)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_KEY_INFO, offsetof(SecPkgContext_KeyInfoW, sSignatureAlgorithmName)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_KEY_INFO, offsetof(SecPkgContext_KeyInfoW, sEncryptAlgorithmName)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_AUTHORITY, offsetof(SecPkgContext_AuthorityW, sAuthorityName)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_SESSION_KEY, offsetof(SecPkgContext_SessionKey, SessionKey)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_PACKAGE_INFO, offsetof(SecPkgContext_PackageInfoW, PackageInfo)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_NEGOTIATION_INFO, offsetof(SecPkgContext_NegotiationInfoW, PackageInfo)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_NEGOTIATION_PACKAGE, offsetof(SecPkgContext_NegotiationInfoW, PackageInfo)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_TARGET_INFORMATION, offsetof(SecPkgContext_TargetInformation, MarshalledTargetInfo)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, offsetof(SecPkgContext_ClientSpecifiedTarget, sTargetName)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_UNIQUE_BINDINGS, offsetof(SecPkgContext_Bindings, Bindings)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_ENDPOINT_BINDINGS, offsetof(SecPkgContext_Bindings, Bindings)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_REMOTE_CERT_CONTEXT, 0},
    {Call::kQueryContextAttributes, SECPKG_ATTR_LOCAL_CERT_CONTEXT, 0},
    {Call::kQueryContextAttributes, SECPKG_ATTR_KEYING_MATERIAL, offsetof(SecPkgContext_KeyingMaterial, pbKeyingMaterial)},
    {Call::kQueryContextAttributes, SECPKG_ATTR_CREDS, offsetof(SecPkgContext_ClientCreds, AuthBuffer)},
    // clang-format on
};

ULONG TypeOf(ULONG type) {
  return type & ~static_cast<ULONG>(SECBUFFER_ATTRMASK);
}

SecBuffer* FindBuffer(const SecBufferDesc* list, ULONG type) {
  if (list == nullptr) {
    return nullptr;
  }
  SecBuffer* const end = list->pBuffers + list->cBuffers;
  SecBuffer* const found =
      std::find_if(list->pBuffers, end, [&](const SecBuffer& buffer) {
        return TypeOf(buffer.BufferType) == TypeOf(type);
      });
  return found == end ? nullptr : found;
}

std::vector<uint8_t> BytesOf(const SecBuffer& buffer) {
  const auto* const bytes = static_cast<const uint8_t*>(buffer.pvBuffer);
  return bytes == nullptr
             ? std::vector<uint8_t>()
             : std::vector<uint8_t>(bytes, bytes + buffer.cbBuffer);
}

bool IsLeg(Call call) {
  return call == Call::kInitializeSecurityContext ||
         call == Call::kAcceptSecurityContext;
}

bool SameBuffer(const SecBuffer& a, const SecBuffer& b) {
  return a.cbBuffer == b.cbBuffer && a.BufferType == b.BufferType &&
         a.pvBuffer == b.pvBuffer;
}

bool HasCallers(const std::vector<DeviantBuffer>& buffers) {
  return std::any_of(
      buffers.begin(), buffers.end(),
      [](const DeviantBuffer& buffer) { return buffer.of == "caller"; });
}

}  // namespace

DeviantCall::DeviantCall(const SspiCall& call, const DeviationMemory& memory,
                         Side side, SecHandle* new_context)
    : memory_(memory),
      side_(side),
      own_(new_context == nullptr),
      base_(call),
      call_(call) {
  if (own_) {
    return;
  }
  const bool opens = call.call == Call::kAcquireCredentialsHandle;
  if (opens || call.credential != nullptr) {
    call_.credential = NewHandle(opens ? SecHandle{} : *call.credential);
  }
  if (call.context != nullptr) {
    call_.context = NewHandle(*call.context);
  }
  if (IsLeg(call.call) || call.call == Call::kImportSecurityContext) {
    *new_context = call.context == nullptr ? SecHandle{} : *call.context;
    call_.new_context = new_context;
  }
  call_.attributes = &attributes_;
  call_.expiry = &expiry_;
  if (call.input != nullptr) {
    CopyList(call.input, &input_);
    call_.input = Describe(&input_);
  }
  if (IsLeg(call.call)) {
    call_.number &= ~static_cast<ULONG>(ISC_REQ_ALLOCATE_MEMORY);
    output_.buffers = {{kOutputRoom, SECBUFFER_TOKEN,
                        NewRoom(std::vector<uint8_t>(kOutputRoom))}};
    output_.callers = {nullptr};
    call_.output = Describe(&output_);
  }
  switch (call.call) {
    case Call::kEnumerateSecurityPackages:
    case Call::kQuerySecurityPackageInfo:
      call_.memory = &info_;
      break;
    case Call::kQuerySecurityContextToken:
      call_.memory = &token_;
      break;
    case Call::kExportSecurityContext:
    case Call::kImportSecurityContext:
      call_.memory = &packed_;
      break;
    case Call::kAcquireCredentialsHandle:
    case Call::kAddCredentials:
      break;
    default:
      call_.memory = value_.data();
      break;
  }
}

uint8_t* DeviantCall::NewRoom(std::vector<uint8_t> contents) {
  return rooms_.emplace_back(std::move(contents)).data();
}

SecHandle* DeviantCall::NewHandle(const SecHandle& handle) {
  return &handles_.emplace_back(handle);
}

SecHandle* DeviantCall::FindHandle(const std::string& name,
                                   SecHandle DeviationMemory::Saved::*saved,
                                   SecHandle DeviationMemory::Handles::*known) {
  if (name == "wrong") {
    return NewHandle(kWrongHandle);
  }
  if (name == "peer") {
    const size_t peer = side_ == Side::kClient ? 1 : 0;
    return NewHandle(memory_.handles.at(peer).*known);
  }
  const auto it = memory_.saved.find(name);
  return NewHandle(it == memory_.saved.end() ? SecHandle{} : it->second.*saved);
}

SecBufferDesc* DeviantCall::Describe(List* list) {
  list->given = list->buffers;
  list->descriptor = {SECBUFFER_VERSION,
                      static_cast<ULONG>(list->buffers.size()),
                      list->buffers.data()};
  return &list->descriptor;
}

void DeviantCall::CopyList(const SecBufferDesc* from, List* to) {
  to->buffers.assign(from->pBuffers, from->pBuffers + from->cBuffers);
  to->callers.assign(from->cBuffers, nullptr);
  for (SecBuffer& buffer : to->buffers) {
    if (buffer.pvBuffer != nullptr) {
      buffer.pvBuffer = NewRoom(BytesOf(buffer));
    }
  }
}

// The caller's memory serves again where it is the caller's own call and there
// is enough of it.
SecBuffer DeviantCall::MakeBuffer(const DeviantBuffer& wanted,
                                  SecBuffer* callers) {
  if (wanted.of == "null") {
    return {wanted.size.value_or(0), wanted.type, nullptr};
  }
  std::vector<uint8_t> contents = wanted.bytes;
  if (wanted.of == "caller") {
    contents = callers == nullptr ? std::vector<uint8_t>() : BytesOf(*callers);
  } else if (const auto it = memory_.saved.find(wanted.of);
             it != memory_.saved.end()) {
    for (const DeviantBuffer& buffer : it->second.buffers) {
      if (buffer.type == TypeOf(wanted.type)) {
        contents = buffer.bytes;
        break;
      }
    }
  }
  const bool in_place = own_ && callers != nullptr &&
                        wanted.size.value_or(0) <= callers->cbBuffer;
  const ULONG size = wanted.size.value_or(
      in_place ? callers->cbBuffer : static_cast<ULONG>(contents.size()));
  uint8_t* bytes;
  if (in_place) {
    bytes = static_cast<uint8_t*>(callers->pvBuffer);
  } else {
    contents.resize(size);
    bytes = NewRoom(std::move(contents));
  }
  if (wanted.flip.has_value() && *wanted.flip < size && bytes != nullptr) {
    bytes[*wanted.flip] ^= 1;
  }
  return {size, wanted.type, bytes};
}

void DeviantCall::ChangeList(const std::vector<DeviantBuffer>& wanted,
                             const SecBufferDesc* callers, List* list) {
  list->buffers.clear();
  list->callers.clear();
  for (const DeviantBuffer& buffer : wanted) {
    SecBuffer* const source =
        buffer.of == "caller" ? FindBuffer(callers, buffer.type) : nullptr;
    list->buffers.push_back(MakeBuffer(buffer, source));
    const bool in_place = own_ && source != nullptr &&
                          list->buffers.back().pvBuffer == source->pvBuffer;
    list->callers.push_back(in_place ? source : nullptr);
  }
}

void DeviantCall::ChangeMemory(const Deviation& deviation) {
  if (deviation.memory.has_value()) {
    // Who takes it for a structure must not read past its end.
    std::vector<uint8_t> room = *deviation.memory;
    room.resize(std::max(room.size(), kStructureRoom));
    call_.memory = NewRoom(std::move(room));
    packed_ = {static_cast<ULONG>(deviation.memory->size()), SECBUFFER_EMPTY,
               call_.memory};
    const bool sets = call_.call == Call::kSetContextAttributes ||
                      call_.call == Call::kSetCredentialsAttributes;
    if (sets) {
      call_.size = static_cast<ULONG>(deviation.memory->size());
    }
  }
  if (const auto it = memory_.saved.find(deviation.packed);
      it != memory_.saved.end()) {
    packed_ = {static_cast<ULONG>(it->second.packed.size()), SECBUFFER_EMPTY,
               NewRoom(it->second.packed)};
  }
  if (call_.call == Call::kImportSecurityContext) {
    call_.memory = &packed_;
  }
  if (deviation.size.has_value()) {
    call_.size = deviation.size;
    if (call_.memory == value_.data() && *deviation.size > value_.size()) {
      call_.memory = NewRoom(std::vector<uint8_t>(*deviation.size));
    }
  }
}

void DeviantCall::SetNull(NullableArgument argument) {
  switch (argument) {
    case NullableArgument::kName:
      call_.name = nullptr;
      break;
    case NullableArgument::kCredential:
      call_.credential = nullptr;
      break;
    case NullableArgument::kContext:
      call_.context = nullptr;
      break;
    case NullableArgument::kNewContext:
      call_.new_context = nullptr;
      break;
    case NullableArgument::kInput:
      call_.input = nullptr;
      break;
    case NullableArgument::kOutput:
      call_.output = nullptr;
      break;
    case NullableArgument::kAttributes:
      call_.attributes = nullptr;
      break;
    case NullableArgument::kMemory:
      call_.memory = nullptr;
      break;
  }
}

void DeviantCall::Change(const Deviation& deviation) {
  if (deviation.name.has_value()) {
    name_ = *deviation.name;
    call_.name = name_.c_str();
  }
  if (deviation.attribute.has_value()) {
    call_.number = deviation.attribute->value;
  }
  if (deviation.number.has_value()) {
    call_.number = *deviation.number;
  }
  if (deviation.sequence.has_value()) {
    call_.sequence = *deviation.sequence;
  }
  if (deviation.reserved != 0) {
    call_.reserved[0] = deviation.reserved;
    call_.reserved[1] = deviation.reserved;
  }
  if (deviation.logon_id != 0) {
    auto* const luid = NewRoom(std::vector<uint8_t>(sizeof(uint64_t)));
    std::memcpy(luid, &deviation.logon_id, sizeof(deviation.logon_id));
    call_.logon_id = luid;
  }
  if (!deviation.credential.empty()) {
    call_.credential =
        FindHandle(deviation.credential, &DeviationMemory::Saved::credential,
                   &DeviationMemory::Handles::credential);
  }
  if (!deviation.context.empty()) {
    call_.context =
        FindHandle(deviation.context, &DeviationMemory::Saved::context,
                   &DeviationMemory::Handles::context);
  }
  if (deviation.input.has_value()) {
    ChangeList(*deviation.input, base_.input, &input_);
    call_.input = Describe(&input_);
  }
  if (deviation.output.has_value()) {
    ChangeList(*deviation.output, base_.output, &output_);
    call_.output = Describe(&output_);
    if (!deviation.number.has_value() &&
        (!own_ || !HasCallers(*deviation.output))) {
      call_.number &= ~static_cast<ULONG>(ISC_REQ_ALLOCATE_MEMORY);
    }
  }
  if (deviation.descriptor_version != 0) {
    input_.descriptor.ulVersion = deviation.descriptor_version;
    output_.descriptor.ulVersion = deviation.descriptor_version;
  }
  ChangeMemory(deviation);
  for (const NullableArgument argument : deviation.null) {
    SetNull(argument);
  }
}

void DeviantCall::TellCaller() {
  for (List* const list : {&input_, &output_}) {
    for (size_t i = 0; i < list->callers.size(); ++i) {
      if (list->callers[i] != nullptr &&
          !SameBuffer(list->buffers[i], list->given[i])) {
        *list->callers[i] = list->buffers[i];
      }
    }
  }
}

DeviationMemory::Saved DeviantCall::ToSave() const {
  DeviationMemory::Saved saved;
  if (call_.credential != nullptr) {
    saved.credential = *call_.credential;
  }
  const SecHandle* const context =
      call_.new_context != nullptr ? call_.new_context : call_.context;
  if (context != nullptr) {
    saved.context = *context;
  }
  const SecBufferDesc* const list =
      IsLeg(call_.call) ? call_.output : call_.input;
  for (ULONG i = 0; list != nullptr && i < list->cBuffers; ++i) {
    const SecBuffer& buffer = list->pBuffers[i];
    DeviantBuffer& copy = saved.buffers.emplace_back();
    copy.type = TypeOf(buffer.BufferType);
    copy.bytes = BytesOf(buffer);
  }
  saved.packed = BytesOf(packed_);
  return saved;
}

std::vector<void*> DeviantCall::Allocated() const {
  std::vector<void*> allocated;
  const auto add = [&](void* memory) {
    if (memory != nullptr) {
      allocated.push_back(memory);
    }
  };
  if (call_.memory == value_.data()) {
    for (const PointerRow& row : kPointers) {
      if (row.call == call_.call && row.attribute == call_.number) {
        void* pointer;
        std::memcpy(&pointer, value_.data() + row.offset, sizeof(pointer));
        add(pointer);
      }
    }
  }
  if (call_.memory == &info_) {
    add(info_);
  }
  if (call_.call == Call::kExportSecurityContext) {
    add(packed_.pvBuffer);
  }
  if (IsLeg(call_.call) && (call_.number & ISC_REQ_ALLOCATE_MEMORY) != 0) {
    for (size_t i = 0; i < output_.buffers.size(); ++i) {
      if (output_.buffers[i].pvBuffer != output_.given[i].pvBuffer) {
        add(output_.buffers[i].pvBuffer);
      }
    }
  }
  return allocated;
}

}  // namespace sspilab::sim

// The calls of a run to its contexts.

#include <algorithm>
#include <cstring>
#include <iterator>

#include "core/sspi.h"
#include "fuzz/answer_parts.h"
#include "fuzz/api_run.h"
#include "fuzz/message_buffers.h"
#include "sim/input/api_operation.h"

namespace sspilab::fuzz {
namespace {

namespace variation = sim::api_variation;
using sim::ApiOperation;
using Writes = ApiBuffers::Writes;

const char* const kNarrowTargets[] = {
    "HTTP/lab.ex", nullptr, "", "\xFF\xFE", "TERMSRV/lab.ex",
    // An address; beyond the first plane of Unicode; cut off within a
    // character.
    "HTTP/[fe80::1]:80", "HTTP/\xF0\x9F\x98\x80", "HTTP/\xE2\x82"};

// Of a message that is to be protected: each buffer's.
constexpr size_t kMessageRoom = 160;

// Of a token that is taken to its end.
constexpr int kMostRecords = 12;

bool IsRetryable(SECURITY_STATUS status) {
  return status == SEC_E_BUFFER_TOO_SMALL || status == SEC_E_INCOMPLETE_MESSAGE;
}

bool Has(const ApiOperation& operation, uint8_t bit) {
  return (operation.variation & bit) != 0;
}

}  // namespace

void ApiRun::Legs(Role role, bool first, const ApiOperation& operation) {
  const size_t flight = kept_count_;
  SECURITY_STATUS status = Leg(role, first, operation, BytesFor(operation));
  const auto source =
      static_cast<sim::ByteSource>((operation.bytes >> 4) % sim::kByteSources);
  if (source != sim::ByteSource::kKeptToEnd || first) return;
  for (int i = 0;
       i < kMostRecords && status == SEC_I_CONTINUE_NEEDED && rest_size_ != 0;
       ++i) {
    const size_t left = rest_size_;
    const size_t before = kept_count_;
    status = Leg(role, first, operation,
                 absl::MakeConstSpan(rest_).first(rest_size_));
    if (before != flight && kept_count_ != before) JoinKept();
    if (rest_size_ == left) return;
  }
}

SECURITY_STATUS ApiRun::Leg(Role role, bool first,
                            const ApiOperation& operation, Bytes given) {
  if (first && contexts_.full()) return SEC_E_OK;
  // A first leg is called with a credential, a later one with a context.
  PickedHandle context;
  if (first) {
    context.is_null = true;
  } else {
    context = PickContext(operation.handle);
    // A null pointer would make it a first one.
    if (context.is_null) return SEC_E_OK;
  }
  PickedHandle credential =
      PickCredential(first ? operation.handle : operation.other);
  PickedHandle& picked = first ? credential : context;
  const Profile& profile =
      picked.opened != nullptr ? *picked.opened->profile : NtlmProfile();
  const bool initiates = role == Role::kInitiator;
  sim::Settings asks = {};
  std::copy(
      std::begin(operation.number), std::end(operation.number),
      initiates ? asks.initiator.requirements : asks.acceptor.requirements);
  const bool allocates = Has(operation, variation::kAllocate);
  const ULONG requirements = profile.RequirementsOf(asks, role) |
                             (allocates ? ISC_REQ_ALLOCATE_MEMORY : 0u);
  const bool wrong_version = Has(operation, variation::kWrongVersion);
  in_.Lay(ApiListOf(operation.list), wrong_version, given, 64);
  out_.Lay(ApiListOf(operation.output),
           wrong_version && (operation.place & 1) != 0, {},
           Has(operation, variation::kLittleRoom) ? operation.place
                                                  : ApiBuffers::kRoom);
  if (allocates) out_.OfferNothing();

  CtxtHandle other;
  SecInvalidateHandle(&other);
  const bool to_other = first || Has(operation, variation::kOtherHandle);
  const bool lacks = Has(operation, variation::kNullNeeded);
  CtxtHandle* const new_context = lacks && (operation.place & 1) == 0 ? nullptr
                                  : to_other                          ? &other
                                             : context.get();
  ULONG attributes = 0;
  ULONG* const to_attributes =
      lacks && (operation.place & 1) != 0 ? nullptr : &attributes;
  TimeStamp time;
  TimeStamp* const expiry =
      Has(operation, variation::kNullOptional) ? nullptr : &time;
  const ULONG reserved = Has(operation, variation::kReserved) ? 1 : 0;
  SecBufferDesc* const input = in_.descriptor();
  SecBufferDesc* const output = out_.descriptor();
  const Call call = initiates ? Call::kInitializeSecurityContext
                              : Call::kAcceptSecurityContext;
  const auto leg = [&] {
    if (!initiates) {
      return AcceptSecurityContext(credential.get(), context.get(), input,
                                   requirements, SECURITY_NATIVE_DREP,
                                   new_context, output, to_attributes, expiry);
    }
    if (Has(operation, variation::kAnsi)) {
      const char* const target =
          kNarrowTargets[operation.place % std::size(kNarrowTargets)];
      return InitializeSecurityContextA(
          credential.get(), context.get(), const_cast<char*>(target),
          requirements, reserved, SECURITY_NATIVE_DREP, input, 0, new_context,
          output, to_attributes, expiry);
    }
    const char16_t* const target =
        profile.targets[operation.place % profile.targets.size()];
    return InitializeSecurityContextW(
        credential.get(), context.get(), const_cast<char16_t*>(target),
        requirements, 0, SECURITY_NATIVE_DREP, input, reserved, new_context,
        output, to_attributes, expiry);
  };
  const SECURITY_STATUS status = Run(picked, call, [&] {
    return first ? leg() : second_thread_.During(context.value, leg);
  });
  if (!first && !credential.is_null) RequireClosed(credential, status);

  in_.Judge(watch_, Writes::kNothing, profile.stream, false);
  out_.Judge(watch_, Writes::kOutput, false, allocates);
  if (status < 0) {
    watch_.Require(!to_other || !SecIsValidHandle(&other),
                   Rule::kFailureIsSilent, "a context");
    JudgeFailedLeg(status, profile, requirements);
  } else if (first) {
    contexts_.Add({other, true, &profile, role});
  } else if (new_context == &other) {
    watch_.Require(other.dwLower == context.value.dwLower &&
                       other.dwUpper == context.value.dwUpper,
                   Rule::kClosedIsClosed, "a leg gave another context");
  }
  for (const SecBuffer& buffer : out_.buffers()) {
    const SecBuffer& before = out_.before(buffer);
    const bool is_new =
        buffer.pvBuffer != nullptr && buffer.pvBuffer != before.pvBuffer;
    if (status >= 0 && buffer.pvBuffer != nullptr &&
        &buffer == out_.Find(SECBUFFER_TOKEN)) {
      Keep({static_cast<const uint8_t*>(buffer.pvBuffer), buffer.cbBuffer});
    }
    if (is_new) Own(buffer.pvBuffer);
  }
  const SecBuffer* const extra = in_.Find(SECBUFFER_EXTRA);
  const size_t left =
      status == SEC_I_INCOMPLETE_CREDENTIALS || IsRetryable(status)
          ? given.size()
      : extra != nullptr ? std::min<size_t>(extra->cbBuffer, given.size())
                         : 0;
  // It may be what is left already.
  if (left != 0)
    std::memmove(rest_.data(), given.data() + (given.size() - left), left);
  rest_size_ = left;
  return status;
}

void ApiRun::JudgeFailedLeg(SECURITY_STATUS status, const Profile& profile,
                            ULONG requirements) {
  static_assert(ISC_REQ_ALLOCATE_MEMORY == ASC_REQ_ALLOCATE_MEMORY);
  const bool asks =
      (requirements & (ISC_REQ_EXTENDED_ERROR | ASC_REQ_EXTENDED_ERROR)) != 0;
  const bool tells_peer =
      profile.failures == Profile::Failures::kTold ||
      (profile.failures == Profile::Failures::kToldWhenAsked && asks);
  const SecBuffer* const token = out_.Find(SECBUFFER_TOKEN);
  if (tells_peer || token == nullptr) return;
  watch_.Require(token->pvBuffer == out_.before(*token).pvBuffer,
                 Rule::kFailureIsSilent, "memory");
  // Who is not asked, and who may be asked again, touches nothing.
  watch_.Require(watch_.transition() == nullptr || IsRetryable(status) ||
                     token->cbBuffer == 0,
                 Rule::kFailureIsSilent, "a length");
}

void ApiRun::Complete(const ApiOperation& operation) {
  PickedHandle picked = PickContext(operation.handle);
  in_.Lay(ApiListOf(operation.list), Has(operation, variation::kWrongVersion),
          BytesFor(operation), 64);
  const SECURITY_STATUS status = Run(picked, Call::kCompleteAuthToken, [&] {
    return CompleteAuthToken(picked.get(), in_.descriptor());
  });
  in_.Judge(watch_, Writes::kOutput, false, false);
  // It is the token that is to be sent now.
  const SecBuffer* const token = in_.Find(SECBUFFER_TOKEN);
  if (status == SEC_E_OK && token != nullptr && token->pvBuffer != nullptr) {
    Keep({static_cast<const uint8_t*>(token->pvBuffer), token->cbBuffer});
  }
}

void ApiRun::Control(const ApiOperation& operation) {
  PickedHandle picked = PickContext(operation.handle);
  // SCHANNEL_SHUTDOWN and its like, which are all the beginning of an alert's,
  // or anything.
  const SCHANNEL_ALERT_TOKEN token = {operation.number[0], operation.place,
                                      operation.number[1]};
  const Bytes bytes =
      (operation.bytes & 0x80) != 0
          ? BytesFor(operation)
          : Bytes(reinterpret_cast<const uint8_t*>(&token), sizeof(token));
  in_.Lay(ApiListOf(operation.list), Has(operation, variation::kWrongVersion),
          bytes, 64);
  Run(picked, Call::kApplyControlToken,
      [&] { return ApplyControlToken(picked.get(), in_.descriptor()); });
  in_.Judge(watch_, Writes::kNothing, false, false);
}

void ApiRun::Message(Call call, const ApiOperation& operation) {
  PickedHandle picked = PickContext(operation.handle);
  const bool protects =
      call == Call::kEncryptMessage || call == Call::kMakeSignature;
  const bool stream =
      picked.opened != nullptr && picked.opened->profile->stream;
  in_.Lay(ApiListOf(operation.list), Has(operation, variation::kWrongVersion),
          protects ? Bytes() : BytesFor(operation),
          !protects || Has(operation, variation::kLittleRoom) ? operation.place
                                                              : kMessageRoom);
  SecBufferDesc* const list = in_.descriptor();
  const ULONG qop = operation.number[0];
  const ULONG sequence = operation.number[1];
  ULONG found_qop = 0;
  ULONG* const to_qop =
      Has(operation, variation::kNullOptional) ? nullptr : &found_qop;
  const SECURITY_STATUS status = Run(picked, call, [&] {
    switch (call) {
      case Call::kEncryptMessage:
        return EncryptMessage(picked.get(), qop, list, sequence);
      case Call::kMakeSignature:
        return MakeSignature(picked.get(), qop, list, sequence);
      case Call::kVerifySignature:
        return VerifySignature(picked.get(), list, sequence, to_qop);
      default:
        return DecryptMessage(picked.get(), list, sequence, to_qop);
    }
  });
  const Writes writes = call == Call::kMakeSignature     ? Writes::kOutput
                        : call == Call::kVerifySignature ? Writes::kNothing
                                                         : Writes::kAny;
  in_.Judge(watch_, writes, !protects || stream, false);
  if (!protects || status != SEC_E_OK) return;
  // In one piece, as a stream has it.
  size_t size = 0;
  for (const SecBuffer& buffer : in_.buffers()) {
    if (buffer.pvBuffer == nullptr) continue;
    std::copy_n(static_cast<const uint8_t*>(buffer.pvBuffer), buffer.cbBuffer,
                scratch_.begin() + static_cast<std::ptrdiff_t>(size));
    size += buffer.cbBuffer;
  }
  Keep(absl::MakeConstSpan(scratch_).first(size));
}

void ApiRun::Query(const ApiOperation& operation) {
  PickedHandle picked = PickContext(operation.handle);
  const bool ansi = Has(operation, variation::kAnsi);
  const bool ex = Has(operation, variation::kEx);
  const ULONG attribute =
      operation.number[0] | ((operation.number[1] & 0x80u) << 24);
  const bool stream =
      picked.opened != nullptr && picked.opened->profile->stream;
  // Those of streams are large.
  GuardedBuffer<1024> memory;
  const absl::Span<uint8_t> answer = memory.Lay(ex       ? operation.place
                                                : stream ? 1024
                                                         : 128);
  std::fill(answer.begin(), answer.end(), uint8_t{0});
  void* const where =
      Has(operation, variation::kNullNeeded) ? nullptr : answer.data();
  const auto size = static_cast<ULONG>(answer.size());
  const SECURITY_STATUS status =
      Run(picked, Call::kQueryContextAttributes, [&] {
        if (ex) {
          return (ansi ? QueryContextAttributesExA : QueryContextAttributesExW)(
              picked.get(), attribute, where, size);
        }
        return (ansi ? QueryContextAttributesA : QueryContextAttributesW)(
            picked.get(), attribute, where);
      });
  watch_.Require(memory.intact(), Rule::kOnlyItsOwnBytes, "an attribute");
  if (status == SEC_E_OK) {
    ForEachPart(attribute, answer, [this](void* part) { Own(part); });
    return;
  }
  watch_.Require(std::all_of(answer.begin(), answer.end(),
                             [](uint8_t byte) { return byte == 0; }),
                 Rule::kOnlyItsOwnBytes, "an attribute that there is not");
}

void ApiRun::Set(const ApiOperation& operation) {
  PickedHandle picked = PickContext(operation.handle);
  const ULONG attribute = operation.number[0];
  Bytes bytes = BytesFor(operation);
  // The one that has pointers in it.
  char label[] = "EXPORTER-lab";
  BYTE value[] = {1, 2, 3};
  SecPkgContext_KeyingMaterialInfo info = {};
  if (attribute == SECPKG_ATTR_KEYING_MATERIAL_INFO) {
    info.cbLabel = static_cast<WORD>(
        std::min<size_t>(operation.place & 0x1F, sizeof(label)));
    info.pszLabel = label;
    info.cbContextValue = operation.number[1] & 3;
    info.pbContextValue = value;
    info.cbKeyingMaterial = operation.place;
    bytes = {reinterpret_cast<const uint8_t*>(&info), sizeof(info)};
  }
  in_.Lay(ApiListOf(1), false, bytes, 0);
  const SecBuffer& buffer = in_.buffers()[0];
  void* const where =
      Has(operation, variation::kNullNeeded) ? nullptr : buffer.pvBuffer;
  Run(picked, Call::kSetContextAttributes, [&] {
    return (Has(operation, variation::kAnsi) ? SetContextAttributesA
                                             : SetContextAttributesW)(
        picked.get(), attribute, where, buffer.cbBuffer);
  });
  in_.Judge(watch_, Writes::kNothing, false, false);
}

void ApiRun::ActAs(Call call, const ApiOperation& operation) {
  PickedHandle picked = PickContext(operation.handle);
  HANDLE token = nullptr;
  const bool gives = !Has(operation, variation::kNullNeeded);
  const SECURITY_STATUS status = Run(picked, call, [&] {
    switch (call) {
      case Call::kImpersonateSecurityContext:
        return ImpersonateSecurityContext(picked.get());
      case Call::kRevertSecurityContext:
        return RevertSecurityContext(picked.get());
      default:
        return QuerySecurityContextToken(picked.get(),
                                         gives ? &token : nullptr);
    }
  });
  watch_.Require(call != Call::kRevertSecurityContext || !picked.is_open() ||
                     status == SEC_E_OK,
                 Rule::kClosedIsClosed, "a context that is open");
  watch_.Require(status == SEC_E_OK || token == nullptr, Rule::kFailureIsSilent,
                 "an access token");
}

void ApiRun::Export(const ApiOperation& operation) {
  PickedHandle picked = PickContext(operation.handle);
  const ULONG flags = operation.number[0];
  SecBuffer packed = {};
  const bool gives = !Has(operation, variation::kNullNeeded);
  void* token = nullptr;
  void** const to_token =
      Has(operation, variation::kNullOptional) ? nullptr : &token;
  const SECURITY_STATUS status = Run(picked, Call::kExportSecurityContext, [&] {
    return ExportSecurityContext(picked.get(), flags, gives ? &packed : nullptr,
                                 to_token);
  });
  if (status != SEC_E_OK) {
    watch_.Require(packed.pvBuffer == nullptr, Rule::kFailureIsSilent,
                   "a packed context");
    return;
  }
  Keep({static_cast<const uint8_t*>(packed.pvBuffer), packed.cbBuffer});
  Own(packed.pvBuffer);
  if ((flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) != 0) {
    picked.opened->is_open = false;
  }
}

void ApiRun::Import(const ApiOperation& operation) {
  if (contexts_.full()) return;
  const Named package = NameOf(operation.other);
  const Profile& profile =
      package.profile != nullptr ? *package.profile : NtlmProfile();
  watch_.set_package(profile.package);
  in_.Lay(ApiListOf(1), false, BytesFor(operation), 0);
  SecBuffer packed = in_.buffers()[0];
  SecBuffer* const from =
      Has(operation, variation::kNullNeeded) ? nullptr : &packed;
  CtxtHandle handle;
  SecInvalidateHandle(&handle);
  CtxtHandle* const to =
      Has(operation, variation::kReserved) ? nullptr : &handle;
  const SECURITY_STATUS status =
      watch_.Run(Role::kInitiator, Call::kImportSecurityContext, [&] {
        return Has(operation, variation::kAnsi)
                   ? ImportSecurityContextA(package.narrow, from, nullptr, to)
                   : ImportSecurityContextW(package.wide, from, nullptr, to);
      });
  in_.Judge(watch_, Writes::kNothing, false, false);
  if (status == SEC_E_OK) {
    contexts_.Add({handle, true, &profile, Role::kInitiator});
  } else {
    watch_.Require(!SecIsValidHandle(&handle), Rule::kFailureIsSilent,
                   "an imported context");
  }
}

}  // namespace sspilab::fuzz

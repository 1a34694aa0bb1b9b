#include "fuzz/caller.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "fuzz/answer_parts.h"
#include "fuzz/records.h"

namespace sspilab::fuzz {
namespace {

// What the caller has at hand of SEC_CHANNEL_BINDINGS.
class BindingsBytes {
 public:
  explicit BindingsBytes(sim::Bindings kind) {
    constexpr std::string_view kUnique = "tls-unique:0123456789";
    constexpr std::string_view kEndpoint = "tls-server-end-point:0123456789";
    SEC_CHANNEL_BINDINGS header = {};
    std::string_view data =
        kind == sim::Bindings::kEndpoint ? kEndpoint : kUnique;
    if (kind == sim::Bindings::kEmpty || kind == sim::Bindings::kTooShort)
      data = {};
    header.cbApplicationDataLength = static_cast<ULONG>(data.size());
    header.dwApplicationDataOffset = sizeof(header);
    if (kind == sim::Bindings::kInitiatorOutside) {
      header.cbInitiatorLength = 8;
      header.dwInitiatorOffset = 0xFFFFFFFC;
    }
    if (kind == sim::Bindings::kApplicationOutside) {
      ++header.cbApplicationDataLength;
    }
    std::memcpy(bytes_.data(), &header, sizeof(header));
    std::copy(data.begin(), data.end(), bytes_.begin() + sizeof(header));
    size_ = kind == sim::Bindings::kTooShort ? sizeof(header) - 1
                                             : sizeof(header) + data.size();
  }
  absl::Span<const uint8_t> bytes() const {
    return absl::MakeConstSpan(bytes_).subspan(0, size_);
  }
  // Of those that are as they should be. Both addresses have type and length
  // zero; the application data follow their length.
  crypto::Digest16 hash() const {
    constexpr std::array<uint8_t, 16> kNoAddresses{};
    const auto data =
        bytes().subspan(std::min(bytes().size(), sizeof(SEC_CHANNEL_BINDINGS)));
    const auto size = static_cast<uint8_t>(data.size());
    return crypto::Md5({kNoAddresses, {size, 0, 0, 0}, data});
  }

 private:
  std::array<uint8_t, 96> bytes_;
  size_t size_;
};

// Errors that leave a context as it was.
bool LeavesContext(SECURITY_STATUS status) {
  return status == SEC_E_BUFFER_TOO_SMALL ||
         status == SEC_E_INCOMPLETE_MESSAGE || status == SEC_E_OUT_OF_SEQUENCE;
}

// Statuses after which the same input comes again.
bool MustRepeat(SECURITY_STATUS status) {
  return status == SEC_I_INCOMPLETE_CREDENTIALS ||
         status == SEC_E_BUFFER_TOO_SMALL;
}

// What the room for an output is filled with, to see whether a call that may
// not touch it did.
constexpr std::array<uint8_t, 64> kUntouched = [] {
  std::array<uint8_t, 64> bytes{};
  bytes.fill(0xA7);
  return bytes;
}();

bool IsSame(const SecBuffer& after, const SecBuffer& before) {
  return after.cbBuffer == before.cbBuffer &&
         after.BufferType == before.BufferType &&
         after.pvBuffer == before.pvBuffer;
}

// Of a stream: an empty buffer may have become word of what is missing or
// extra.
bool IsSameOrTellsOfRest(const SecBuffer& after, const SecBuffer& before) {
  return IsSame(after, before) || (before.BufferType == SECBUFFER_EMPTY &&
                                   (after.BufferType == SECBUFFER_EXTRA ||
                                    after.BufferType == SECBUFFER_MISSING));
}

}  // namespace

Caller::Caller(Role role, World& world, const Profile& profile,
               const sim::Settings& settings, Watch& watch)
    : role_(role),
      world_(world),
      profile_(profile),
      settings_(settings),
      side_(settings.side(role)),
      watch_(watch),
      tells_peer_(
          profile.failures == Profile::Failures::kTold ||
          (profile.failures == Profile::Failures::kToldWhenAsked &&
           (profile.RequirementsOf(settings, role) &
            (role == Role::kInitiator ? ISC_REQ_EXTENDED_ERROR
                                      : ASC_REQ_EXTENDED_ERROR)) != 0)) {
  world_.set_observer(&watch);
  world_.memory().FailAt(side_.refused_allocation);
}

bool Caller::Acquire() {
  const ScopedWorld bind(&world_);
  const SECURITY_STATUS status = profile_.with_auth_data(
      settings_, role_, world_, [this](void* auth_data) {
        return watch_.Run(role_, Call::kAcquireCredentialsHandle, [&] {
          return AcquireCredentialsHandleW(
              nullptr, const_cast<char16_t*>(profile_.name),
              role_ == Role::kInitiator ? SECPKG_CRED_OUTBOUND
                                        : SECPKG_CRED_INBOUND,
              nullptr, auth_data, nullptr, nullptr, &credential_, nullptr);
        });
      });
  has_credential_ = status == SEC_E_OK;
  return has_credential_;
}

SECURITY_STATUS Caller::Advance(absl::Span<const uint8_t> token) {
  const sim::OutputShape output = offered_.value_or(side_.output_shape());
  const bool small = output == sim::OutputShape::kTooSmall;
  SECURITY_STATUS status =
      Leg(token, output,
          small ? side_.small_room * sim::kSmallRoomUnit : kAmpleRoom);
  if (small && status == SEC_E_BUFFER_TOO_SMALL) {
    status = Leg(token, output, kAmpleRoom);
    const bool refused =
        profile_.room_comes_first && status != SEC_E_BUFFER_TOO_SMALL;
    watch_.Require(status >= 0 || refused || side_.refused_allocation != 0 ||
                       token.size() > kLongToken,
                   Rule::kRoomCanBeMade);
  }
  ++legs_;
  Complete(status);
  if ((side_.options & sim::kFreesCredentialEarly) != 0) FreeCredential();
  return status;
}

SECURITY_STATUS Caller::Leg(absl::Span<const uint8_t> token,
                            sim::OutputShape output, size_t room) {
  const sim::InputShape input = side_.input_shape();
  const absl::Span<uint8_t> given = in_.Fill(token);
  const SecBuffer given_token = {
      static_cast<ULONG>(given.size()),
      SECBUFFER_TOKEN |
          (input == sim::InputShape::kReadOnly ? SECBUFFER_READONLY : 0u),
      input == sim::InputShape::kNullPointer ? nullptr : given.data()};
  std::array<SecBuffer, 6> in;
  ULONG ins = 0;
  // The caller who begins has no token to pass.
  if (role_ == Role::kAcceptor || has_context_ ||
      (profile_.acceptor_begins != nullptr && !token.empty())) {
    constexpr SecBuffer kEmpty = {0, SECBUFFER_EMPTY, nullptr};
    if (input == sim::InputShape::kAmongOthers) in[ins++] = kEmpty;
    if (input != sim::InputShape::kNoTokenBuffer) in[ins++] = given_token;
    if (input == sim::InputShape::kTwoTokens) {
      in[ins++] = {0, SECBUFFER_TOKEN, given.data()};
    } else if (profile_.stream) {
      in[ins++] = kEmpty;
    }
    if (profile_.stream && input == sim::InputShape::kAmongOthers) {
      in[ins++] = kEmpty;
    }
  }
  const sim::Bindings kind = side_.BindingsOf(legs_);
  const BindingsBytes bindings(kind);
  if (kind != sim::Bindings::kNone) {
    const absl::Span<uint8_t> bytes = bindings_.Fill(bindings.bytes());
    in[ins++] = {static_cast<ULONG>(bytes.size()), SECBUFFER_CHANNEL_BINDINGS,
                 kind == sim::Bindings::kNullPointer ? nullptr : bytes.data()};
  }
  const std::array<SecBuffer, 6> in_before = in;
  SecBufferDesc in_list = {
      input == sim::InputShape::kWrongVersion ? 7u : SECBUFFER_VERSION, ins,
      in.data()};

  const bool allocated = output == sim::OutputShape::kAllocated;
  const absl::Span<uint8_t> offered = out_.Lay(room);
  if (profile_.stream) {
    std::fill_n(offered.begin(), std::min(offered.size(), kUntouched.size()),
                kUntouched[0]);
  }
  const void* const unchanged = nullptr;
  SecBuffer out = {
      allocated ? 0 : static_cast<ULONG>(offered.size()),
      SECBUFFER_TOKEN |
          (output == sim::OutputShape::kReadOnly ? SECBUFFER_READONLY : 0u),
      allocated || output == sim::OutputShape::kNullPointer ? nullptr
                                                            : offered.data()};
  if (output == sim::OutputShape::kNoTokenBuffer)
    out.BufferType = SECBUFFER_EMPTY;
  const SecBuffer out_before = out;
  SecBufferDesc out_list = {
      output == sim::OutputShape::kWrongVersion ? 7u : SECBUFFER_VERSION, 1,
      &out};

  SecBufferDesc* const in_argument =
      ins == 0 || input == sim::InputShape::kNoDescriptor ? nullptr : &in_list;
  SecBufferDesc* const out_argument =
      output == sim::OutputShape::kNoDescriptor ? nullptr : &out_list;
  const ULONG wanted =
      requirements() | (allocated ? ISC_REQ_ALLOCATE_MEMORY : 0u);
  CredHandle* const credential = has_credential_ ? &credential_ : nullptr;
  CtxtHandle* const current = has_context_ ? &context_ : nullptr;
  ULONG attributes;
  TimeStamp expiry;
  const SECURITY_STATUS status =
      role_ == Role::kInitiator
          ? watch_.Run(
                role_, Call::kInitializeSecurityContext,
                [&] {
                  return InitializeSecurityContextW(
                      credential, current,
                      const_cast<char16_t*>(profile_.TargetOf(settings_)),
                      wanted, 0, SECURITY_NATIVE_DREP, in_argument, 0,
                      &context_, out_argument, &attributes, &expiry);
                })
          : watch_.Run(role_, Call::kAcceptSecurityContext, [&] {
              return AcceptSecurityContext(credential, current, in_argument,
                                           wanted, SECURITY_NATIVE_DREP,
                                           &context_, out_argument, &attributes,
                                           &expiry);
            });

  if (kind != sim::Bindings::kNone && status >= 0) {
    bindings_hash_ = bindings.hash();
  }
  watch_.Require(in_.intact() && bindings_.intact() && out_.intact(),
                 Rule::kOnlyItsOwnBytes, "a guard");
  watch_.Require(given == token.subspan(0, given.size()) &&
                     std::equal(in.begin(), in.begin() + ins, in_before.begin(),
                                profile_.stream ? IsSameOrTellsOfRest : IsSame),
                 Rule::kOnlyItsOwnBytes, "the input");
  extra_ = 0;
  if (profile_.stream) {
    const bool is_passed = input != sim::InputShape::kNoDescriptor &&
                           input != sim::InputShape::kNoTokenBuffer &&
                           input != sim::InputShape::kNullPointer;
    JudgeRest(status, is_passed ? given : absl::Span<uint8_t>(),
              {in.data(), ins});
    watch_.Require(
        status != SEC_E_INCOMPLETE_MESSAGE ||
            (out.cbBuffer == out_before.cbBuffer &&
             out.pvBuffer == out_before.pvBuffer &&
             std::equal(
                 offered.begin(),
                 offered.begin() + std::min(offered.size(), kUntouched.size()),
                 kUntouched.begin())),
        Rule::kMissingIsRight, "the output was touched");
  }
  const bool asked = watch_.transition() != nullptr;
  Judge(status);
  token_ = {};
  if (status < 0) {
    const bool hands_out = status != SEC_E_BUFFER_TOO_SMALL &&
                           status != SEC_E_INCOMPLETE_MESSAGE &&
                           out.cbBuffer != 0;
    const bool says_why = tells_peer_ && status != SEC_E_INCOMPLETE_MESSAGE;
    if (!says_why) {
      watch_.Require(!asked || !hands_out || out_argument == nullptr ||
                         output == sim::OutputShape::kNoTokenBuffer,
                     Rule::kFailureIsSilent, "a length");
      watch_.Require(!allocated || out.pvBuffer == unchanged,
                     Rule::kFailureIsSilent, "memory");
      return status;
    }
    if (!asked || !hands_out) return status;
  }
  if (out_argument == nullptr || output == sim::OutputShape::kNoTokenBuffer) {
    return status;
  }
  watch_.Require(allocated || out.cbBuffer <= offered.size(),
                 Rule::kOnlyItsOwnBytes, "more output than room");
  if (allocated && out.pvBuffer != nullptr) {
    const size_t size = std::min<size_t>(out.cbBuffer, offered.size());
    std::memcpy(offered.data(), out.pvBuffer, size);
    FreeBuffer(out.pvBuffer);
  }
  if (out.pvBuffer != nullptr) token_ = offered.subspan(0, out.cbBuffer);
  watch_.Digest(token_);
  return status;
}

void Caller::JudgeRest(SECURITY_STATUS status, absl::Span<const uint8_t> token,
                       absl::Span<const SecBuffer> input) {
  const auto find = [&](ULONG type) {
    return std::find_if(
        input.begin(), input.end(),
        [type](const SecBuffer& buffer) { return buffer.BufferType == type; });
  };
  const auto missing = find(SECBUFFER_MISSING);
  const auto rest = find(SECBUFFER_EXTRA);
  watch_.Require(missing == input.end() || status == SEC_E_INCOMPLETE_MESSAGE,
                 Rule::kMissingIsRight, "nothing was");
  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    watch_.Require(rest == input.end(), Rule::kMissingIsRight,
                   "some was extra");
    watch_.Require(
        missing == input.end() || missing->cbBuffer == MissingFrom(token),
        Rule::kMissingIsRight);
  }
  if (status == SEC_E_INCOMPLETE_MESSAGE || MustRepeat(status)) {
    extra_ = token.size();
  } else if (status >= 0 && !token.empty()) {
    extra_ = rest == input.end() ? 0 : rest->cbBuffer;
    // The last word of this end is no answer to what came.
    const bool could_tell =
        (rest != input.end() || find(SECBUFFER_EMPTY) != input.end()) &&
        IsEstablished();
    watch_.Require(!could_tell || extra_ == token.size() - RecordSize(token),
                   Rule::kExtraIsExact);
  }
}

void Caller::Judge(SECURITY_STATUS status) {
  watch_.Require(status < 0 || !failed_, Rule::kFailureIsFinal);
  const TransitionTaken* transition = watch_.transition();
  if (transition != nullptr) {
    watch_.Require(transition->from == state_, Rule::kDeclaredTransition,
                   "the state changed between calls");
    // Failures that leave the context where it was are none of its own.
    failed_ =
        failed_ || (has_context_ && status < 0 && !LeavesContext(status) &&
                    transition->to != transition->from);
  }
  if (status >= 0) has_context_ = true;
  // A context whose first leg failed is none.
  if (transition != nullptr && has_context_) state_ = transition->to;
  if (profile_.authenticates_again && transition != nullptr) {
    // Until that is done, the context is as one that never was.
    const std::string_view state = transition->machine->states[transition->to];
    done_ = done_ && (state == "Done" || state == "ShutDown");
  }
  done_ = done_ || (status == SEC_E_OK && IsEstablished());
}

bool Caller::IsEstablished() const {
  const TransitionTaken* transition = watch_.transition();
  return !profile_.stream || transition == nullptr ||
         transition->machine->states[transition->to] != "ShutDown";
}

void Caller::SawTransition() {
  const TransitionTaken* transition = watch_.transition();
  if (transition == nullptr) return;
  watch_.Require(transition->from == state_, Rule::kDeclaredTransition,
                 "the state changed between calls");
  state_ = transition->to;
}

void Caller::Complete(SECURITY_STATUS leg) {
  const bool needed =
      leg == SEC_I_COMPLETE_NEEDED || leg == SEC_I_COMPLETE_AND_CONTINUE;
  const auto completing =
      static_cast<sim::Completing>(side_.completing % sim::kCompletings);
  if (!has_context_ || completing == sim::Completing::kNever ||
      (!needed && completing != sim::Completing::kAlways) ||
      (leg == SEC_I_COMPLETE_NEEDED &&
       completing == sim::Completing::kNotTheLast)) {
    return;
  }
  const bool was_done = done_;
  SECURITY_STATUS status = SEC_E_INVALID_TOKEN;
  if (completing == sim::Completing::kWrongTokenFirst && !token_.empty()) {
    status = CompleteWith(token_.size() - 1);
  }
  if (status != SEC_E_OK) status = CompleteWith(token_.size());
  done_ = was_done || (status == SEC_E_OK && leg == SEC_I_COMPLETE_NEEDED);
}

SECURITY_STATUS Caller::CompleteWith(size_t size) {
  SecBuffer buffer = {static_cast<ULONG>(size), SECBUFFER_TOKEN, token_.data()};
  SecBufferDesc list = {SECBUFFER_VERSION, 1, &buffer};
  const SECURITY_STATUS status =
      watch_.Run(role_, Call::kCompleteAuthToken,
                 [&] { return CompleteAuthToken(&context_, &list); });
  watch_.Require(out_.intact(), Rule::kOnlyItsOwnBytes, "a guard");
  SawTransition();
  watch_.Require(status < 0 || !failed_, Rule::kFailureIsFinal);
  return status;
}

void Caller::CallOthers(uint8_t choice) {
  if (!has_context_) return;
  constexpr ULONG kAttributes = 40;
  const bool ansi = (choice & 0x40) != 0;
  // Those of streams begin at 0x50.
  const ULONG attribute = profile_.stream && (choice & 0x20) != 0
                              ? 0x50u + (choice & 0x1F)
                              : choice % kAttributes;
  const SECURITY_STATUS queried = (choice & 0x80) != 0
                                      ? Query(attribute, ansi, choice % 48u)
                                      : Query(attribute, ansi);
  (void)queried;
  if (Query(SECPKG_ATTR_SESSION_KEY, ansi) == SEC_E_OK) {
    watch_.Require(done_, Rule::kFailureIsFinal, "it has a session key");
  }

  std::array<uint8_t, 16 + 8> bytes = {1};
  const auto with_message = [&](Call call, auto function) {
    SecBuffer buffers[] = {{16, SECBUFFER_TOKEN, bytes.data()},
                           {8, SECBUFFER_DATA, bytes.data() + 16}};
    SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
    const SECURITY_STATUS status =
        watch_.Run(role_, call, [&] { return function(&list); });
    SawTransition();
    // What controls a stream may come before the stream.
    watch_.Require(status < 0 || done_ || call == Call::kApplyControlToken,
                   Rule::kFailureIsFinal, "it protects messages");
  };
  if ((choice & 1) != 0) {
    with_message(Call::kMakeSignature, [&](SecBufferDesc* list) {
      return MakeSignature(&context_, choice & 2, list, 0);
    });
    with_message(Call::kVerifySignature, [&](SecBufferDesc* list) {
      return VerifySignature(&context_, list, 0, nullptr);
    });
  } else {
    with_message(Call::kEncryptMessage, [&](SecBufferDesc* list) {
      return EncryptMessage(&context_, choice & 2, list, 0);
    });
    with_message(Call::kDecryptMessage, [&](SecBufferDesc* list) {
      return DecryptMessage(&context_, list, 0, nullptr);
    });
  }
  with_message(Call::kApplyControlToken, [&](SecBufferDesc* list) {
    return ApplyControlToken(&context_, list);
  });
  const SECURITY_STATUS impersonated =
      watch_.Run(role_, Call::kImpersonateSecurityContext,
                 [&] { return ImpersonateSecurityContext(&context_); });
  watch_.Require(impersonated < 0 || done_, Rule::kFailureIsFinal,
                 "it can be impersonated");
  watch_.Run(role_, Call::kRevertSecurityContext,
             [&] { return RevertSecurityContext(&context_); });
}

SECURITY_STATUS Caller::Query(ULONG attribute, bool ansi,
                              std::optional<ULONG> size) {
  // Room for every structure; where a size is said, no more may be written.
  // Those of streams are large.
  GuardedBuffer<1024> answer;
  const absl::Span<uint8_t> bytes =
      answer.Lay(size.value_or(profile_.stream ? 1024 : 128));
  std::fill(bytes.begin(), bytes.end(), uint8_t{0});
  const SECURITY_STATUS status =
      watch_.Run(role_, Call::kQueryContextAttributes, [&] {
        if (size.has_value()) {
          return (ansi ? QueryContextAttributesExA : QueryContextAttributesExW)(
              &context_, attribute, bytes.data(), *size);
        }
        return (ansi ? QueryContextAttributesA : QueryContextAttributesW)(
            &context_, attribute, bytes.data());
      });
  watch_.Require(answer.intact(), Rule::kOnlyItsOwnBytes, "an attribute");
  if (status != SEC_E_OK) return status;
  ForEachPart(attribute, bytes, [this](void* part) { FreeBuffer(part); });
  return status;
}

std::optional<Caller::Key> Caller::SessionKey() {
  SecPkgContext_SessionKey key = {};
  const SECURITY_STATUS status =
      watch_.Run(role_, Call::kQueryContextAttributes, [&] {
        return QueryContextAttributesW(&context_, SECPKG_ATTR_SESSION_KEY,
                                       &key);
      });
  if (status != SEC_E_OK) return std::nullopt;
  const Key copy(key.SessionKey, key.SessionKey + key.SessionKeyLength);
  FreeBuffer(key.SessionKey);
  return copy;
}

std::optional<Caller::Key> Caller::BindingsFor(ULONG attribute) {
  SecPkgContext_Bindings bindings = {};
  const SECURITY_STATUS status = watch_.Run(
      role_, Call::kQueryContextAttributes,
      [&] { return QueryContextAttributesW(&context_, attribute, &bindings); });
  if (status != SEC_E_OK) return std::nullopt;
  const auto* const bytes = reinterpret_cast<const uint8_t*>(bindings.Bindings);
  const Key copy(bytes, bytes + bindings.BindingsLength);
  FreeBuffer(bindings.Bindings);
  return copy;
}

std::optional<std::vector<uint8_t>> Caller::DelegatedCredentials() {
  SecPkgContext_ClientCreds creds = {};
  const SECURITY_STATUS status =
      watch_.Run(role_, Call::kQueryContextAttributes, [&] {
        return QueryContextAttributesW(&context_, SECPKG_ATTR_CREDS, &creds);
      });
  if (status != SEC_E_OK) return std::nullopt;
  std::vector<uint8_t> copy(creds.AuthBuffer,
                            creds.AuthBuffer + creds.AuthBufferLen);
  FreeBuffer(creds.AuthBuffer);
  return copy;
}

std::optional<Caller::Name> Caller::ClientName() {
  SecPkgContext_NamesW names = {};
  const SECURITY_STATUS status =
      watch_.Run(role_, Call::kQueryContextAttributes, [&] {
        return QueryContextAttributesW(&context_, SECPKG_ATTR_NAMES, &names);
      });
  if (status != SEC_E_OK) return std::nullopt;
  const std::u16string_view name(names.sUserName);
  Name copy(name.begin(), name.end());
  FreeBuffer(names.sUserName);
  return copy;
}

std::optional<ULONG> Caller::Attributes() {
  SecPkgContext_Flags flags = {};
  const SECURITY_STATUS status =
      watch_.Run(role_, Call::kQueryContextAttributes, [&] {
        return QueryContextAttributesW(&context_, SECPKG_ATTR_FLAGS, &flags);
      });
  if (status != SEC_E_OK) return std::nullopt;
  return flags.Flags;
}

SecPkgContext_Sizes Caller::Sizes() {
  SecPkgContext_Sizes sizes = {};
  const SECURITY_STATUS status =
      watch_.Run(role_, Call::kQueryContextAttributes, [&] {
        return QueryContextAttributesW(&context_, SECPKG_ATTR_SIZES, &sizes);
      });
  return status == SEC_E_OK ? sizes : SecPkgContext_Sizes{};
}

void Caller::FreeBuffer(void* buffer) {
  const SECURITY_STATUS status =
      watch_.Run(role_, Call::kFreeContextBuffer,
                 [&] { return FreeContextBuffer(buffer); });
  watch_.Require(status == SEC_E_OK, Rule::kClosedIsClosed,
                 "a buffer that came from the package");
}

void Caller::FreeCredential() {
  if (!has_credential_) return;
  for (const SECURITY_STATUS expected : {SEC_E_OK, SEC_E_INVALID_HANDLE}) {
    const SECURITY_STATUS status =
        watch_.Run(role_, Call::kFreeCredentialsHandle,
                   [&] { return FreeCredentialsHandle(&credential_); });
    watch_.Require(status == expected, Rule::kClosedIsClosed, "a credential");
  }
  has_credential_ = false;
}

void Caller::Close() {
  if (has_context_) {
    for (const SECURITY_STATUS expected : {SEC_E_OK, SEC_E_INVALID_HANDLE}) {
      const SECURITY_STATUS status =
          watch_.Run(role_, Call::kDeleteSecurityContext,
                     [&] { return DeleteSecurityContext(&context_); });
      watch_.Require(status == expected, Rule::kClosedIsClosed, "a context");
    }
  }
  has_context_ = done_ = false;
  FreeCredential();
}

}  // namespace sspilab::fuzz

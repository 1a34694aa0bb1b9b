#include "fuzz/api_run.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>

#include "core/impersonation.h"
#include "core/sspi.h"
#include "fuzz/answer_parts.h"
#include "fuzz/kerberos_world.h"
#include "fuzz/lab_certificates.h"
#include "fuzz/ntlm_world.h"
#include "fuzz/people.h"
#include "fuzz/ready_contexts.h"

namespace sspilab::fuzz {
namespace {

namespace variation = sim::api_variation;
using sim::ApiCall;
using sim::ApiOperation;
using sim::ByteSource;
using sim::HandleChoice;

// The cheap ones first.
const Profile* const* Profiles() {
  static const Profile* const profiles[] = {
      &NtlmProfile(), &NegotiateProfile(), &KerberosProfile(),
      &SchannelProfile(), &CredSspProfile()};
  return profiles;
}
constexpr unsigned kPackages = 5, kCheapPackages = 3;

struct Name {
  const char16_t* wide;
  const char* narrow;
};
// In the order of Profiles().
constexpr Name kPackageNames[] = {{u"NTLM", "ntlm"},
                                  {u"Negotiate", "NEGOTIATE"},
                                  {u"Kerberos", "Kerberos"},
                                  {u"Schannel", "Schannel"},
                                  {u"CREDSSP", "CREDSSP"}};
// From here on ApiOperation::other names none.
constexpr uint8_t kNoSuchPackage = 0xF0;
constexpr Name kOtherNames[] = {{u"", ""},
                                {nullptr, nullptr},
                                {u"NTLMSSP", "NTLMSSP"},
                                {u"\xD800", "\xFF\xFE"}};

constexpr ULONG kUses[] = {SECPKG_CRED_OUTBOUND, SECPKG_CRED_INBOUND,
                           SECPKG_CRED_BOTH, 0};

// The World's machine, as the acceptor's has it, for whom comes from there.
sim::Settings SettingsOf(const sim::ApiSettings& api) {
  sim::Settings settings = {};
  settings.acceptor.refused_allocation = api.refused_allocation;
  if ((api.world & sim::kApiCompletesTokens) != 0) {
    settings.acceptor.options |= sim::kCompletesTokens;
  }
  if ((api.world & sim::kApiNoAuthority) != 0) {
    settings.acceptor.options |= sim::kAuthorityUnreachable;
  }
  return settings;
}

}  // namespace

bool HasAllPackages(const sim::RecordInput& input) {
  const auto add = [](unsigned sum, const sim::Record& record) {
    return std::accumulate(record.begin(), record.end(), sum);
  };
  return std::accumulate(input.operations.begin(), input.operations.end(),
                         add(0, input.settings), add) %
             kApiSeldom ==
         0;
}

void SecondThread::OnTransition(const TransitionTaken& transition) {
  watch_.OnTransition(transition);
  if (context_ == nullptr) return;
  CtxtHandle context = *context_;
  const int before = reports_;
  SecPkgContext_Sizes sizes;
  watch_.Require(QueryContextAttributesW(&context, SECPKG_ATTR_SIZES, &sizes) ==
                         SEC_E_INTERNAL_ERROR &&
                     DeleteSecurityContext(&context) == SEC_E_INTERNAL_ERROR &&
                     reports_ == before + 2,
                 Rule::kClosedIsClosed, "a context that another thread is in");
}

ApiRun::ApiRun(const sim::Settings& settings, bool two_threads,
               bool all_packages, World& world, Watch& watch)
    : settings_(settings),
      all_packages_(all_packages),
      world_(world),
      watch_(watch),
      second_thread_(watch) {
  world_.set_observer(&watch);
  if (two_threads) world_.set_observer(&second_thread_);
  world_.memory().FailAt(settings.acceptor.refused_allocation);
}

ApiRun::~ApiRun() {
  // It is the thread's, and not a context's.
  StopImpersonating();
  world_.set_observer(&watch_);
  const auto close = [this](OpenedHandles& handles, Call call, auto function) {
    for (size_t i = 0; i < handles.count(); ++i) {
      OpenedHandle& opened = handles[i];
      watch_.set_package(opened.profile->package);
      const SECURITY_STATUS expected =
          opened.is_open ? SEC_E_OK : SEC_E_INVALID_HANDLE;
      const SECURITY_STATUS status = watch_.Run(
          opened.role, call, [&] { return function(&opened.handle); });
      watch_.Require(status == expected, Rule::kClosedIsClosed, "at the end");
    }
  };
  close(contexts_, Call::kDeleteSecurityContext, DeleteSecurityContext);
  close(credentials_, Call::kFreeCredentialsHandle, FreeCredentialsHandle);
  while (void* const memory = owned_.Last()) FreeOwned(memory);
}

ApiRun::Left ApiRun::Leave() {
  owned_ = {};
  return {std::exchange(contexts_, {}), std::exchange(credentials_, {})};
}

ApiRun::Named ApiRun::NameOf(uint8_t choice) const {
  const auto named = [](const Profile* profile, const Name& name) {
    return Named{profile, const_cast<char16_t*>(name.wide),
                 const_cast<char*>(name.narrow)};
  };
  if (choice >= kNoSuchPackage) {
    return named(nullptr, kOtherNames[choice % std::size(kOtherNames)]);
  }
  const unsigned number = choice % (all_packages_ ? kPackages : kCheapPackages);
  return named(Profiles()[number], kPackageNames[number]);
}

ApiRun::Bytes ApiRun::BytesFor(const ApiOperation& operation) {
  const uint8_t number = operation.bytes & 0x0F;
  const auto source =
      static_cast<ByteSource>((operation.bytes >> 4) % sim::kByteSources);
  Bytes bytes;
  switch (source) {
    case ByteSource::kNone:
      return {};
    case ByteSource::kRest:
      return absl::MakeConstSpan(rest_).first(rest_size_);
    case ByteSource::kFilled: {
      const absl::Span<uint8_t> filled =
          absl::MakeSpan(scratch_).first(operation.place);
      std::fill(filled.begin(), filled.end(), number);
      return filled;
    }
    case ByteSource::kBindings: {
      SEC_CHANNEL_BINDINGS header = {};
      header.cbApplicationDataLength = number;
      header.dwApplicationDataOffset =
          sizeof(header) + (operation.place & 0x80u);
      constexpr char kData[] = "tls-unique:0123";
      std::memcpy(scratch_.data(), &header, sizeof(header));
      std::memcpy(scratch_.data() + sizeof(header), kData, sizeof(kData));
      return absl::MakeConstSpan(scratch_).first(sizeof(header) +
                                                 sizeof(kData));
    }
    case ByteSource::kReady:
    case ByteSource::kReadyFlipped:
      bytes = ReadyPairOf(number).packed[operation.place & 1];
      break;
    default:
      if (kept_count_ == 0) return {};
      const size_t at =
          (kept_count_ - 1 - number % std::min(kept_count_, kKept)) % kKept;
      bytes = absl::MakeConstSpan(kept_[at]).first(kept_sizes_[at]);
  }
  bytes = bytes.first(std::min(bytes.size(), scratch_.size()));
  if (source == ByteSource::kKeptCut) {
    return bytes.first(std::min<size_t>(bytes.size(), operation.place));
  }
  if ((source != ByteSource::kKeptFlipped &&
       source != ByteSource::kReadyFlipped) ||
      bytes.empty()) {
    return bytes;
  }
  std::copy(bytes.begin(), bytes.end(), scratch_.begin());
  scratch_[operation.place % bytes.size()] ^=
      static_cast<uint8_t>(1 + operation.number[0]);
  return absl::MakeConstSpan(scratch_).first(bytes.size());
}

void ApiRun::Keep(Bytes bytes) {
  if (bytes.empty()) return;
  const size_t at = kept_count_++ % kKept;
  kept_sizes_[at] = std::min(bytes.size(), kept_[at].size());
  std::copy_n(bytes.begin(), kept_sizes_[at], kept_[at].begin());
  watch_.Digest(bytes);
}

void ApiRun::JoinKept() {
  const size_t last = --kept_count_ % kKept;
  const size_t at = (kept_count_ - 1) % kKept;
  const size_t size =
      std::min(kept_sizes_[last], kept_[at].size() - kept_sizes_[at]);
  std::copy_n(kept_[last].begin(), size, kept_[at].data() + kept_sizes_[at]);
  kept_sizes_[at] += size;
}

void ApiRun::Own(void* memory) {
  if (memory != nullptr && !owned_.Add(memory)) FreeOwned(memory);
}

void ApiRun::FreeOwned(void* memory) {
  const SECURITY_STATUS status =
      watch_.Run(Role::kInitiator, Call::kFreeContextBuffer,
                 [&] { return FreeContextBuffer(memory); });
  watch_.Require(status == SEC_E_OK, Rule::kClosedIsClosed,
                 "a buffer that came from a package");
  owned_.Forget(memory);
}

void ApiRun::Take(const ApiOperation& operation) {
  switch (static_cast<ApiCall>(operation.call % sim::kApiCalls)) {
    case ApiCall::kAcquireCredentialsHandle:
      return Acquire(operation);
    case ApiCall::kInitializeFirst:
      return Legs(Role::kInitiator, true, operation);
    case ApiCall::kAcceptFirst:
      return Legs(Role::kAcceptor, true, operation);
    case ApiCall::kInitializeNext:
      return Legs(Role::kInitiator, false, operation);
    case ApiCall::kAcceptNext:
      return Legs(Role::kAcceptor, false, operation);
    case ApiCall::kCompleteAuthToken:
      return Complete(operation);
    case ApiCall::kQueryContextAttributes:
      return Query(operation);
    case ApiCall::kEncryptMessage:
      return Message(Call::kEncryptMessage, operation);
    case ApiCall::kDecryptMessage:
      return Message(Call::kDecryptMessage, operation);
    case ApiCall::kMakeSignature:
      return Message(Call::kMakeSignature, operation);
    case ApiCall::kVerifySignature:
      return Message(Call::kVerifySignature, operation);
    case ApiCall::kDeleteSecurityContext:
    case ApiCall::kFreeCredentialsHandle:
      return Close(operation);
    case ApiCall::kExportSecurityContext:
      return Export(operation);
    case ApiCall::kImportSecurityContext:
      return Import(operation);
    case ApiCall::kFreeContextBuffer:
      return Free(operation);
    case ApiCall::kApplyControlToken:
      return Control(operation);
    case ApiCall::kSetContextAttributes:
      return Set(operation);
    case ApiCall::kImpersonateSecurityContext:
      return ActAs(Call::kImpersonateSecurityContext, operation);
    case ApiCall::kRevertSecurityContext:
      return ActAs(Call::kRevertSecurityContext, operation);
    case ApiCall::kQuerySecurityContextToken:
      return ActAs(Call::kQuerySecurityContextToken, operation);
    case ApiCall::kQueryCredentialsAttributes:
    case ApiCall::kSetCredentialsAttributes:
      return UseCredential(operation);
    case ApiCall::kAddCredentials:
      return AddToCredential(operation);
    case ApiCall::kEnumerateSecurityPackages:
    case ApiCall::kQuerySecurityPackageInfo:
      return ShowPackages(operation);
    case ApiCall::kChangeAccountPassword:
      return ChangePassword(operation);
  }
}

void ApiRun::Acquire(const ApiOperation& operation) {
  if (credentials_.full()) return;
  const Named package = NameOf(operation.other);
  // Who names none has no say in what the authentication data are.
  const Profile& profile =
      package.profile != nullptr ? *package.profile : NtlmProfile();
  watch_.set_package(profile.package);
  const ULONG use = kUses[operation.number[0] % std::size(kUses)];
  const Role role =
      use == SECPKG_CRED_INBOUND ? Role::kAcceptor : Role::kInitiator;
  sim::Settings settings = settings_;
  settings.credential = operation.number[1];
  uint8_t* const policy =
      (role == Role::kInitiator ? settings.initiator : settings.acceptor)
          .policy;
  policy[1] = operation.list;
  policy[2] = operation.output;
  CredHandle handle = {};
  CredHandle* const where =
      (operation.variation & variation::kNullNeeded) != 0 ? nullptr : &handle;
  LUID logon = {};
  void* const logon_id =
      (operation.variation & variation::kReserved) != 0 ? &logon : nullptr;
  TimeStamp time;
  TimeStamp* const expiry =
      (operation.variation & variation::kNullOptional) != 0 ? nullptr : &time;
  const SECURITY_STATUS status =
      profile.with_auth_data(settings, role, world_, [&](void* auth_data) {
        return watch_.Run(role, Call::kAcquireCredentialsHandle, [&] {
          return (operation.variation & variation::kAnsi) != 0
                     ? AcquireCredentialsHandleA(nullptr, package.narrow, use,
                                                 logon_id, auth_data, nullptr,
                                                 nullptr, where, expiry)
                     : AcquireCredentialsHandleW(nullptr, package.wide, use,
                                                 logon_id, auth_data, nullptr,
                                                 nullptr, where, expiry);
        });
      });
  if (status == SEC_E_OK) {
    credentials_.Add({handle, true, &profile, role});
  } else {
    watch_.Require(where == nullptr || !SecIsValidHandle(where),
                   Rule::kFailureIsSilent, "a credential");
  }
}

void ApiRun::AddToCredential(const ApiOperation& operation) {
  PickedHandle picked = PickCredential(operation.handle);
  const Named package = NameOf(operation.other);
  TimeStamp expiry;
  Run(picked, Call::kAddCredentials, [&] {
    return (operation.variation & variation::kAnsi) != 0
               ? AddCredentialsA(picked.get(), nullptr, package.narrow,
                                 operation.number[0], nullptr, nullptr, nullptr,
                                 &expiry)
               : AddCredentialsW(picked.get(), nullptr, package.wide,
                                 operation.number[0], nullptr, nullptr, nullptr,
                                 &expiry);
  });
}

// Queries and sets.
void ApiRun::UseCredential(const ApiOperation& operation) {
  PickedHandle picked = PickCredential(operation.handle);
  const bool ansi = (operation.variation & variation::kAnsi) != 0;
  const bool ex = (operation.variation & variation::kEx) != 0;
  const ULONG attribute = operation.number[0];
  GuardedBuffer<256> memory;
  const absl::Span<uint8_t> answer = memory.Lay(ex ? operation.place : 128);
  std::fill(answer.begin(), answer.end(), uint8_t{0});
  void* const where = (operation.variation & variation::kNullNeeded) != 0
                          ? nullptr
                          : answer.data();
  const auto size = static_cast<ULONG>(answer.size());
  const bool sets = static_cast<ApiCall>(operation.call % sim::kApiCalls) ==
                    ApiCall::kSetCredentialsAttributes;
  const SECURITY_STATUS status =
      sets ? Run(picked, Call::kSetCredentialsAttributes,
                 [&] {
                   return (ansi ? SetCredentialsAttributesA
                                : SetCredentialsAttributesW)(
                       picked.get(), attribute, where, size);
                 })
           : Run(picked, Call::kQueryCredentialsAttributes, [&] {
               if (ex) {
                 return (ansi ? QueryCredentialsAttributesExA
                              : QueryCredentialsAttributesExW)(
                     picked.get(), attribute, where, size);
               }
               return (ansi ? QueryCredentialsAttributesA
                            : QueryCredentialsAttributesW)(picked.get(),
                                                           attribute, where);
             });
  watch_.Require(!picked.is_open() || status != SEC_E_INVALID_HANDLE,
                 Rule::kClosedIsClosed, "a credential that is open");
  watch_.Require(memory.intact(), Rule::kOnlyItsOwnBytes, "an attribute");
  watch_.Require((status == SEC_E_OK && !sets) ||
                     std::all_of(answer.begin(), answer.end(),
                                 [](uint8_t byte) { return byte == 0; }),
                 Rule::kOnlyItsOwnBytes, "an attribute that there is not");
  if (status == SEC_E_OK && !sets && attribute == SECPKG_CRED_ATTR_NAMES) {
    void* name;
    std::memcpy(&name, answer.data(), sizeof(name));
    Own(name);
  }
}

void ApiRun::Close(const ApiOperation& operation) {
  const bool is_context =
      static_cast<ApiCall>(operation.call % sim::kApiCalls) ==
      ApiCall::kDeleteSecurityContext;
  PickedHandle picked = is_context ? PickContext(operation.handle)
                                   : PickCredential(operation.handle);
  const SECURITY_STATUS status =
      is_context ? Run(picked, Call::kDeleteSecurityContext,
                       [&] { return DeleteSecurityContext(picked.get()); })
                 : Run(picked, Call::kFreeCredentialsHandle,
                       [&] { return FreeCredentialsHandle(picked.get()); });
  if (!picked.is_open()) return;
  watch_.Require(status == SEC_E_OK, Rule::kClosedIsClosed,
                 "a handle that is open");
  picked.opened->is_open = false;
}

void ApiRun::Free(const ApiOperation& operation) {
  uint8_t none = 0;
  void* memory = owned_.Pick(operation.handle & 7);
  const auto choice = static_cast<HandleChoice>(operation.handle >> 3);
  if (choice == HandleChoice::kNull) {
    memory = nullptr;
  } else if (choice >= HandleChoice::kZeros) {
    memory = &none;
  } else if (choice > HandleChoice::kNull && memory != nullptr) {
    // Inside of it.
    memory = static_cast<uint8_t*>(memory) + 1;
  }
  if (owned_.Owns(memory)) return FreeOwned(memory);
  const SECURITY_STATUS status =
      watch_.Run(Role::kInitiator, Call::kFreeContextBuffer,
                 [&] { return FreeContextBuffer(memory); });
  watch_.Require(
      status == (memory == nullptr ? SEC_E_OK : SEC_E_INVALID_HANDLE),
      Rule::kClosedIsClosed, "no buffer, or not any more");
}

void ApiRun::ShowPackages(const ApiOperation& operation) {
  const bool ansi = (operation.variation & variation::kAnsi) != 0;
  const bool gives = (operation.variation & variation::kNullNeeded) == 0;
  ULONG count = 0;
  SecPkgInfoW* wide = nullptr;
  SecPkgInfoA* narrow = nullptr;
  SecPkgInfoW** const to_wide = gives ? &wide : nullptr;
  SecPkgInfoA** const to_narrow = gives ? &narrow : nullptr;
  const Named package = NameOf(operation.other);
  if (static_cast<ApiCall>(operation.call % sim::kApiCalls) ==
      ApiCall::kEnumerateSecurityPackages) {
    watch_.Run(Role::kInitiator, Call::kEnumerateSecurityPackages, [&] {
      return ansi ? EnumerateSecurityPackagesA(&count, to_narrow)
                  : EnumerateSecurityPackagesW(&count, to_wide);
    });
  } else {
    watch_.Run(Role::kInitiator, Call::kQuerySecurityPackageInfo, [&] {
      return ansi ? QuerySecurityPackageInfoA(package.narrow, to_narrow)
                  : QuerySecurityPackageInfoW(package.wide, to_wide);
    });
  }
  Own(wide);
  Own(narrow);
}

void ApiRun::ChangePassword(const ApiOperation& operation) {
  const Named package = NameOf(operation.other);
  out_.Lay(ApiListOf(operation.output),
           (operation.variation & variation::kWrongVersion) != 0, {}, 64);
  char16_t wide[] = u"x";
  char narrow[] = "x";
  watch_.Run(Role::kInitiator, Call::kChangeAccountPassword, [&] {
    return (operation.variation & variation::kAnsi) != 0
               ? ChangeAccountPasswordA(package.narrow, narrow, narrow, narrow,
                                        narrow, 0, 0, out_.descriptor())
               : ChangeAccountPasswordW(package.wide, wide, wide, wide, wide, 0,
                                        0, out_.descriptor());
  });
  out_.Judge(watch_, ApiBuffers::Writes::kNothing, /*may_redescribe=*/false,
             /*allocates=*/false);
}

uint64_t RunApi(absl::Span<const uint8_t> bytes) {
  const auto input = sim::RecordInput::Decode(sim::kApiFormat, bytes);
  const bool all_packages = HasAllPackages(input);
  const auto api = sim::As<sim::ApiSettings>(input.settings);
  const sim::Settings settings = SettingsOf(api);
  Watch watch(Package::kNtlm);
  WorldOptions options =
      NtlmOptionsOf(settings, Role::kAcceptor, Verification::kStrict);
  const bool has_realm = (api.world & sim::kApiHasRealm) != 0;
  if (has_realm) {
    const auto etypes = EtypeList(0);
    options.kerberos.etypes.assign(etypes.begin(), etypes.end());
  }
  options.credssp.complete_auth_token =
      (api.world & sim::kApiCompletesTokens) != 0;
  std::optional<World> world(std::in_place, std::move(options));
  AddAccounts(settings, *world);
  if (has_realm) FurnishWithRealms(settings, Role::kAcceptor, *world);
  if (all_packages) {
    FurnishWithCertificates(0, Role::kAcceptor, *world);
    FurnishWithCertificates(0, Role::kInitiator, *world);
  }
  ApiRun::Left left;
  {
    const ScopedWorld bind(&*world);
    ApiRun run(settings, (api.world & sim::kApiTwoThreads) != 0, all_packages,
               *world, watch);
    for (const sim::Record& operation : input.operations) {
      run.Take(sim::As<ApiOperation>(operation));
    }
    if ((api.world & sim::kApiLeavesOpen) != 0) left = run.Leave();
  }
  if ((api.world & sim::kApiLeavesOpen) == 0) {
    watch.Require(world->memory().live_allocations() == 0, Rule::kBalance);
  }
  world.reset();
  const auto require_closed = [&watch](OpenedHandles& handles, auto close) {
    for (size_t i = 0; i < handles.count(); ++i) {
      watch.Require(close(&handles[i].handle) == SEC_E_INVALID_HANDLE,
                    Rule::kClosedIsClosed, "its World has gone");
    }
  };
  require_closed(left.contexts, DeleteSecurityContext);
  require_closed(left.credentials, FreeCredentialsHandle);
  return watch.digest();
}

}  // namespace sspilab::fuzz

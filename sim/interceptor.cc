#include "sim/interceptor.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <type_traits>
#include <utility>

namespace sspilab::sim {
namespace {

// Who stands behind which set of functions.
std::array<std::atomic<Interceptor*>, Interceptor::kMaxAlive> interceptors{};

}  // namespace

// What a table's functions do. Each says what it was given by the common names,
// and how to call the inner one.
struct Interceptor::Functions {
  using Table = SecurityFunctionTableW;

  // The arguments are the function's own, so what OnCall does to them counts.
  template <auto kFunction, typename... Arguments>
  static SECURITY_STATUS Pass(Interceptor& self, const SspiCall& call,
                              Arguments&... arguments) {
    return self.OnCall(call,
                       [&] { return (self.inner_->*kFunction)(arguments...); });
  }

  static SECURITY_STATUS EnumeratePackages(Interceptor& self, ULONG* count,
                                           PSecPkgInfoW* infos) {
    return Pass<&Table::EnumerateSecurityPackagesW>(
        self, {.call = Call::kEnumerateSecurityPackages, .memory = infos},
        count, infos);
  }
  static SECURITY_STATUS QueryPackage(Interceptor& self, SEC_WCHAR* name,
                                      PSecPkgInfoW* info) {
    return Pass<&Table::QuerySecurityPackageInfoW>(
        self,
        {.call = Call::kQuerySecurityPackageInfo, .name = name, .memory = info},
        name, info);
  }

  static SECURITY_STATUS Acquire(Interceptor& self, SEC_WCHAR* principal,
                                 SEC_WCHAR* package, ULONG use, void* logon_id,
                                 void* auth_data, SEC_GET_KEY_FN get_key,
                                 void* argument, PCredHandle credential,
                                 PTimeStamp expiry) {
    return Pass<&Table::AcquireCredentialsHandleW>(
        self,
        {.call = Call::kAcquireCredentialsHandle,
         .credential = credential,
         .name = package,
         .number = use,
         .expiry = expiry,
         .memory = auth_data,
         .logon_id = logon_id},
        principal, package, use, logon_id, auth_data, get_key, argument,
        credential, expiry);
  }
  static SECURITY_STATUS Add(Interceptor& self, PCredHandle credential,
                             SEC_WCHAR* principal, SEC_WCHAR* package,
                             ULONG use, void* auth_data, SEC_GET_KEY_FN get_key,
                             void* argument, PTimeStamp expiry) {
    return Pass<&Table::AddCredentialsW>(self,
                                         {.call = Call::kAddCredentials,
                                          .credential = credential,
                                          .name = package,
                                          .number = use,
                                          .expiry = expiry,
                                          .memory = auth_data},
                                         credential, principal, package, use,
                                         auth_data, get_key, argument, expiry);
  }
  static SECURITY_STATUS Free(Interceptor& self, PCredHandle credential) {
    return Pass<&Table::FreeCredentialsHandle>(
        self, {.call = Call::kFreeCredentialsHandle, .credential = credential},
        credential);
  }
  static SECURITY_STATUS QueryCredential(Interceptor& self,
                                         PCredHandle credential,
                                         ULONG attribute, void* buffer) {
    return Pass<&Table::QueryCredentialsAttributesW>(
        self,
        {.call = Call::kQueryCredentialsAttributes,
         .credential = credential,
         .number = attribute,
         .memory = buffer},
        credential, attribute, buffer);
  }
  static SECURITY_STATUS QueryCredentialEx(Interceptor& self,
                                           PCredHandle credential,
                                           ULONG attribute, void* buffer,
                                           ULONG size) {
    return Pass<&Table::QueryCredentialsAttributesExW>(
        self,
        {.call = Call::kQueryCredentialsAttributes,
         .credential = credential,
         .number = attribute,
         .memory = buffer,
         .size = size},
        credential, attribute, buffer, size);
  }
  static SECURITY_STATUS SetCredential(Interceptor& self,
                                       PCredHandle credential, ULONG attribute,
                                       void* buffer, ULONG size) {
    return Pass<&Table::SetCredentialsAttributesW>(
        self,
        {.call = Call::kSetCredentialsAttributes,
         .credential = credential,
         .number = attribute,
         .memory = buffer,
         .size = size},
        credential, attribute, buffer, size);
  }
  static SECURITY_STATUS ChangePassword(Interceptor& self, SEC_WCHAR* package,
                                        SEC_WCHAR* domain, SEC_WCHAR* account,
                                        SEC_WCHAR* old_password,
                                        SEC_WCHAR* new_password,
                                        BOOLEAN impersonating, ULONG reserved,
                                        PSecBufferDesc output) {
    return Pass<&Table::ChangeAccountPasswordW>(
        self,
        {.call = Call::kChangeAccountPassword,
         .name = package,
         .reserved = {reserved, 0},
         .output = output},
        package, domain, account, old_password, new_password, impersonating,
        reserved, output);
  }

  static SECURITY_STATUS Initialize(Interceptor& self, PCredHandle credential,
                                    PCtxtHandle context, SEC_WCHAR* target,
                                    ULONG requirements, ULONG reserved1,
                                    ULONG representation, PSecBufferDesc input,
                                    ULONG reserved2, PCtxtHandle new_context,
                                    PSecBufferDesc output, ULONG* attributes,
                                    PTimeStamp expiry) {
    return Pass<&Table::InitializeSecurityContextW>(
        self,
        {.call = Call::kInitializeSecurityContext,
         .credential = credential,
         .context = context,
         .new_context = new_context,
         .name = target,
         .number = requirements,
         .reserved = {reserved1, reserved2},
         .input = input,
         .output = output,
         .attributes = attributes,
         .expiry = expiry},
        credential, context, target, requirements, reserved1, representation,
        input, reserved2, new_context, output, attributes, expiry);
  }
  static SECURITY_STATUS Accept(Interceptor& self, PCredHandle credential,
                                PCtxtHandle context, PSecBufferDesc input,
                                ULONG requirements, ULONG representation,
                                PCtxtHandle new_context, PSecBufferDesc output,
                                ULONG* attributes, PTimeStamp expiry) {
    return Pass<&Table::AcceptSecurityContext>(
        self,
        {.call = Call::kAcceptSecurityContext,
         .credential = credential,
         .context = context,
         .new_context = new_context,
         .number = requirements,
         .input = input,
         .output = output,
         .attributes = attributes,
         .expiry = expiry},
        credential, context, input, requirements, representation, new_context,
        output, attributes, expiry);
  }
  static SECURITY_STATUS Complete(Interceptor& self, PCtxtHandle context,
                                  PSecBufferDesc token) {
    return Pass<&Table::CompleteAuthToken>(
        self,
        {.call = Call::kCompleteAuthToken, .context = context, .input = token},
        context, token);
  }
  static SECURITY_STATUS Control(Interceptor& self, PCtxtHandle context,
                                 PSecBufferDesc input) {
    return Pass<&Table::ApplyControlToken>(
        self,
        {.call = Call::kApplyControlToken, .context = context, .input = input},
        context, input);
  }
  static SECURITY_STATUS Delete(Interceptor& self, PCtxtHandle context) {
    return Pass<&Table::DeleteSecurityContext>(
        self, {.call = Call::kDeleteSecurityContext, .context = context},
        context);
  }

  static SECURITY_STATUS Query(Interceptor& self, PCtxtHandle context,
                               ULONG attribute, void* buffer) {
    return Pass<&Table::QueryContextAttributesW>(
        self,
        {.call = Call::kQueryContextAttributes,
         .context = context,
         .number = attribute,
         .memory = buffer,
         .memory_place = &buffer},
        context, attribute, buffer);
  }
  static SECURITY_STATUS QueryEx(Interceptor& self, PCtxtHandle context,
                                 ULONG attribute, void* buffer, ULONG size) {
    return Pass<&Table::QueryContextAttributesExW>(
        self,
        {.call = Call::kQueryContextAttributes,
         .context = context,
         .number = attribute,
         .memory = buffer,
         .memory_place = &buffer,
         .size = size},
        context, attribute, buffer, size);
  }
  static SECURITY_STATUS Set(Interceptor& self, PCtxtHandle context,
                             ULONG attribute, void* buffer, ULONG size) {
    return Pass<&Table::SetContextAttributesW>(
        self,
        {.call = Call::kSetContextAttributes,
         .context = context,
         .number = attribute,
         .memory = buffer,
         .size = size},
        context, attribute, buffer, size);
  }
  static SECURITY_STATUS FreeBuffer(Interceptor& self, void* buffer) {
    return Pass<&Table::FreeContextBuffer>(
        self, {.call = Call::kFreeContextBuffer, .memory = buffer}, buffer);
  }
  static SECURITY_STATUS Impersonate(Interceptor& self, PCtxtHandle context) {
    return Pass<&Table::ImpersonateSecurityContext>(
        self, {.call = Call::kImpersonateSecurityContext, .context = context},
        context);
  }
  static SECURITY_STATUS Revert(Interceptor& self, PCtxtHandle context) {
    return Pass<&Table::RevertSecurityContext>(
        self, {.call = Call::kRevertSecurityContext, .context = context},
        context);
  }
  static SECURITY_STATUS QueryToken(Interceptor& self, PCtxtHandle context,
                                    HANDLE* token) {
    return Pass<&Table::QuerySecurityContextToken>(
        self,
        {.call = Call::kQuerySecurityContextToken,
         .context = context,
         .memory = token},
        context, token);
  }
  static SECURITY_STATUS Export(Interceptor& self, PCtxtHandle context,
                                ULONG flags, PSecBuffer packed, void** token) {
    return Pass<&Table::ExportSecurityContext>(
        self,
        {.call = Call::kExportSecurityContext,
         .context = context,
         .number = flags,
         .memory = packed},
        context, flags, packed, token);
  }
  static SECURITY_STATUS Import(Interceptor& self, SEC_WCHAR* package,
                                PSecBuffer packed, void* token,
                                PCtxtHandle context) {
    return Pass<&Table::ImportSecurityContextW>(
        self,
        {.call = Call::kImportSecurityContext,
         .new_context = context,
         .name = package,
         .memory = packed},
        package, packed, token, context);
  }

  static SECURITY_STATUS Sign(Interceptor& self, PCtxtHandle context,
                              ULONG quality, PSecBufferDesc message,
                              ULONG sequence) {
    return Pass<&Table::MakeSignature>(self,
                                       {.call = Call::kMakeSignature,
                                        .context = context,
                                        .number = quality,
                                        .input = message,
                                        .sequence = sequence},
                                       context, quality, message, sequence);
  }
  static SECURITY_STATUS Verify(Interceptor& self, PCtxtHandle context,
                                PSecBufferDesc message, ULONG sequence,
                                ULONG* quality) {
    return Pass<&Table::VerifySignature>(self,
                                         {.call = Call::kVerifySignature,
                                          .context = context,
                                          .input = message,
                                          .sequence = sequence},
                                         context, message, sequence, quality);
  }
  static SECURITY_STATUS Encrypt(Interceptor& self, PCtxtHandle context,
                                 ULONG quality, PSecBufferDesc message,
                                 ULONG sequence) {
    return Pass<&Table::EncryptMessage>(self,
                                        {.call = Call::kEncryptMessage,
                                         .context = context,
                                         .number = quality,
                                         .input = message,
                                         .sequence = sequence},
                                        context, quality, message, sequence);
  }
  static SECURITY_STATUS Decrypt(Interceptor& self, PCtxtHandle context,
                                 PSecBufferDesc message, ULONG sequence,
                                 ULONG* quality) {
    return Pass<&Table::DecryptMessage>(self,
                                        {.call = Call::kDecryptMessage,
                                         .context = context,
                                         .input = message,
                                         .sequence = sequence},
                                        context, message, sequence, quality);
  }

  // One of these as a slot's table has it.
  template <size_t kSlot, auto kFunction>
  struct InSlot;
  template <size_t kSlot, typename... Arguments,
            SECURITY_STATUS (*kFunction)(Interceptor&, Arguments...)>
  struct InSlot<kSlot, kFunction> {
    static SECURITY_STATUS Call(Arguments... arguments) {
      return kFunction(*interceptors[kSlot].load(std::memory_order_acquire),
                       arguments...);
    }
  };

  template <size_t kSlot, auto kFunction, typename Slot>
  static void Replace(Slot& function) {
    if (function == nullptr) {
      return;
    }
    if constexpr (std::is_same_v<Slot, void*>) {
      function = reinterpret_cast<void*>(InSlot<kSlot, kFunction>::Call);
    } else {
      function = InSlot<kSlot, kFunction>::Call;
    }
  }

  // `inner` with every function that it has replaced by the slot's.
  template <size_t kSlot>
  static SecurityFunctionTableW Around(const SecurityFunctionTableW& inner) {
    SecurityFunctionTableW table = inner;
    Replace<kSlot, EnumeratePackages>(table.EnumerateSecurityPackagesW);
    Replace<kSlot, QueryPackage>(table.QuerySecurityPackageInfoW);
    Replace<kSlot, Acquire>(table.AcquireCredentialsHandleW);
    Replace<kSlot, Add>(table.AddCredentialsW);
    Replace<kSlot, Free>(table.FreeCredentialsHandle);
    Replace<kSlot, QueryCredential>(table.QueryCredentialsAttributesW);
    Replace<kSlot, QueryCredentialEx>(table.QueryCredentialsAttributesExW);
    Replace<kSlot, SetCredential>(table.SetCredentialsAttributesW);
    Replace<kSlot, ChangePassword>(table.ChangeAccountPasswordW);
    Replace<kSlot, Initialize>(table.InitializeSecurityContextW);
    Replace<kSlot, Accept>(table.AcceptSecurityContext);
    Replace<kSlot, Complete>(table.CompleteAuthToken);
    Replace<kSlot, Control>(table.ApplyControlToken);
    Replace<kSlot, Delete>(table.DeleteSecurityContext);
    Replace<kSlot, Query>(table.QueryContextAttributesW);
    Replace<kSlot, QueryEx>(table.QueryContextAttributesExW);
    Replace<kSlot, Set>(table.SetContextAttributesW);
    Replace<kSlot, FreeBuffer>(table.FreeContextBuffer);
    Replace<kSlot, Impersonate>(table.ImpersonateSecurityContext);
    Replace<kSlot, Revert>(table.RevertSecurityContext);
    Replace<kSlot, QueryToken>(table.QuerySecurityContextToken);
    Replace<kSlot, Export>(table.ExportSecurityContext);
    Replace<kSlot, Import>(table.ImportSecurityContextW);
    Replace<kSlot, Sign>(table.MakeSignature);
    Replace<kSlot, Verify>(table.VerifySignature);
    Replace<kSlot, Encrypt>(table.EncryptMessage);
    Replace<kSlot, Decrypt>(table.DecryptMessage);
    // The same two again, under the names that they had first.
    Replace<kSlot, Encrypt>(table.Reserved3);
    Replace<kSlot, Decrypt>(table.Reserved4);
    return table;
  }
};

Interceptor::Interceptor(SecurityFunctionTableW* inner) : inner_(inner) {
  using Make = SecurityFunctionTableW (*)(const SecurityFunctionTableW&);
  static constexpr auto kMake =
      []<size_t... kSlots>(std::index_sequence<kSlots...>) {
    return std::array<Make, kMaxAlive>{&Functions::Around<kSlots>...};
  }
  (std::make_index_sequence<kMaxAlive>());
  for (slot_ = 0; slot_ < kMaxAlive; ++slot_) {
    Interceptor* expected = nullptr;
    if (interceptors[slot_].compare_exchange_strong(
            expected, this, std::memory_order_acq_rel)) {
      table_ = kMake[slot_](*inner);
      return;
    }
  }
  std::fprintf(stderr, "sspilab: more than %zu function tables in a row\n",
               kMaxAlive);
  std::abort();
}

Interceptor::~Interceptor() {
  interceptors[slot_].store(nullptr, std::memory_order_release);
}

}  // namespace sspilab::sim

#include "sim/interceptor.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace sspilab::sim {
namespace {

// Who stands behind which set of functions.
std::array<std::atomic<Interceptor*>, Interceptor::kMaxAlive> interceptors{};

}  // namespace

// One table's functions. Each says what it was given by the common names, and
// how to call the inner one.
template <size_t kSlot>
struct Interceptor::Functions {
  using Table = SecurityFunctionTableW;

  // The arguments are the function's own, so what OnCall does to them counts.
  template <auto kFunction, typename... Arguments>
  static SECURITY_STATUS Pass(const SspiCall& call, Arguments&... arguments) {
    Interceptor& self = *interceptors[kSlot].load(std::memory_order_acquire);
    return self.OnCall(call,
                       [&] { return (self.inner_->*kFunction)(arguments...); });
  }

  static SECURITY_STATUS EnumeratePackages(ULONG* count, PSecPkgInfoW* infos) {
    return Pass<&Table::EnumerateSecurityPackagesW>(
        {.call = Call::kEnumerateSecurityPackages, .memory = infos}, count,
        infos);
  }
  static SECURITY_STATUS QueryPackage(SEC_WCHAR* name, PSecPkgInfoW* info) {
    return Pass<&Table::QuerySecurityPackageInfoW>(
        {.call = Call::kQuerySecurityPackageInfo, .name = name, .memory = info},
        name, info);
  }

  static SECURITY_STATUS Acquire(SEC_WCHAR* principal, SEC_WCHAR* package,
                                 ULONG use, void* logon_id, void* auth_data,
                                 SEC_GET_KEY_FN get_key, void* argument,
                                 PCredHandle credential, PTimeStamp expiry) {
    return Pass<&Table::AcquireCredentialsHandleW>(
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
  static SECURITY_STATUS Add(PCredHandle credential, SEC_WCHAR* principal,
                             SEC_WCHAR* package, ULONG use, void* auth_data,
                             SEC_GET_KEY_FN get_key, void* argument,
                             PTimeStamp expiry) {
    return Pass<&Table::AddCredentialsW>({.call = Call::kAddCredentials,
                                          .credential = credential,
                                          .name = package,
                                          .number = use,
                                          .expiry = expiry,
                                          .memory = auth_data},
                                         credential, principal, package, use,
                                         auth_data, get_key, argument, expiry);
  }
  static SECURITY_STATUS Free(PCredHandle credential) {
    return Pass<&Table::FreeCredentialsHandle>(
        {.call = Call::kFreeCredentialsHandle, .credential = credential},
        credential);
  }
  static SECURITY_STATUS QueryCredential(PCredHandle credential,
                                         ULONG attribute, void* buffer) {
    return Pass<&Table::QueryCredentialsAttributesW>(
        {.call = Call::kQueryCredentialsAttributes,
         .credential = credential,
         .number = attribute,
         .memory = buffer},
        credential, attribute, buffer);
  }
  static SECURITY_STATUS QueryCredentialEx(PCredHandle credential,
                                           ULONG attribute, void* buffer,
                                           ULONG size) {
    return Pass<&Table::QueryCredentialsAttributesExW>(
        {.call = Call::kQueryCredentialsAttributes,
         .credential = credential,
         .number = attribute,
         .memory = buffer,
         .size = size},
        credential, attribute, buffer, size);
  }
  static SECURITY_STATUS SetCredential(PCredHandle credential, ULONG attribute,
                                       void* buffer, ULONG size) {
    return Pass<&Table::SetCredentialsAttributesW>(
        {.call = Call::kSetCredentialsAttributes,
         .credential = credential,
         .number = attribute,
         .memory = buffer,
         .size = size},
        credential, attribute, buffer, size);
  }
  static SECURITY_STATUS ChangePassword(SEC_WCHAR* package, SEC_WCHAR* domain,
                                        SEC_WCHAR* account,
                                        SEC_WCHAR* old_password,
                                        SEC_WCHAR* new_password,
                                        BOOLEAN impersonating, ULONG reserved,
                                        PSecBufferDesc output) {
    return Pass<&Table::ChangeAccountPasswordW>(
        {.call = Call::kChangeAccountPassword,
         .name = package,
         .reserved = {reserved, 0},
         .output = output},
        package, domain, account, old_password, new_password, impersonating,
        reserved, output);
  }

  static SECURITY_STATUS Initialize(PCredHandle credential, PCtxtHandle context,
                                    SEC_WCHAR* target, ULONG requirements,
                                    ULONG reserved1, ULONG representation,
                                    PSecBufferDesc input, ULONG reserved2,
                                    PCtxtHandle new_context,
                                    PSecBufferDesc output, ULONG* attributes,
                                    PTimeStamp expiry) {
    return Pass<&Table::InitializeSecurityContextW>(
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
  static SECURITY_STATUS Accept(PCredHandle credential, PCtxtHandle context,
                                PSecBufferDesc input, ULONG requirements,
                                ULONG representation, PCtxtHandle new_context,
                                PSecBufferDesc output, ULONG* attributes,
                                PTimeStamp expiry) {
    return Pass<&Table::AcceptSecurityContext>(
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
  static SECURITY_STATUS Complete(PCtxtHandle context, PSecBufferDesc token) {
    return Pass<&Table::CompleteAuthToken>(
        {.call = Call::kCompleteAuthToken, .context = context, .input = token},
        context, token);
  }
  static SECURITY_STATUS Control(PCtxtHandle context, PSecBufferDesc input) {
    return Pass<&Table::ApplyControlToken>(
        {.call = Call::kApplyControlToken, .context = context, .input = input},
        context, input);
  }
  static SECURITY_STATUS Delete(PCtxtHandle context) {
    return Pass<&Table::DeleteSecurityContext>(
        {.call = Call::kDeleteSecurityContext, .context = context}, context);
  }

  static SECURITY_STATUS Query(PCtxtHandle context, ULONG attribute,
                               void* buffer) {
    return Pass<&Table::QueryContextAttributesW>(
        {.call = Call::kQueryContextAttributes,
         .context = context,
         .number = attribute,
         .memory = buffer,
         .memory_place = &buffer},
        context, attribute, buffer);
  }
  static SECURITY_STATUS QueryEx(PCtxtHandle context, ULONG attribute,
                                 void* buffer, ULONG size) {
    return Pass<&Table::QueryContextAttributesExW>(
        {.call = Call::kQueryContextAttributes,
         .context = context,
         .number = attribute,
         .memory = buffer,
         .memory_place = &buffer,
         .size = size},
        context, attribute, buffer, size);
  }
  static SECURITY_STATUS Set(PCtxtHandle context, ULONG attribute, void* buffer,
                             ULONG size) {
    return Pass<&Table::SetContextAttributesW>(
        {.call = Call::kSetContextAttributes,
         .context = context,
         .number = attribute,
         .memory = buffer,
         .size = size},
        context, attribute, buffer, size);
  }
  static SECURITY_STATUS FreeBuffer(void* buffer) {
    return Pass<&Table::FreeContextBuffer>(
        {.call = Call::kFreeContextBuffer, .memory = buffer}, buffer);
  }
  static SECURITY_STATUS Impersonate(PCtxtHandle context) {
    return Pass<&Table::ImpersonateSecurityContext>(
        {.call = Call::kImpersonateSecurityContext, .context = context},
        context);
  }
  static SECURITY_STATUS Revert(PCtxtHandle context) {
    return Pass<&Table::RevertSecurityContext>(
        {.call = Call::kRevertSecurityContext, .context = context}, context);
  }
  static SECURITY_STATUS QueryToken(PCtxtHandle context, HANDLE* token) {
    return Pass<&Table::QuerySecurityContextToken>(
        {.call = Call::kQuerySecurityContextToken,
         .context = context,
         .memory = token},
        context, token);
  }
  static SECURITY_STATUS Export(PCtxtHandle context, ULONG flags,
                                PSecBuffer packed, void** token) {
    return Pass<&Table::ExportSecurityContext>(
        {.call = Call::kExportSecurityContext,
         .context = context,
         .number = flags,
         .memory = packed},
        context, flags, packed, token);
  }
  static SECURITY_STATUS Import(SEC_WCHAR* package, PSecBuffer packed,
                                void* token, PCtxtHandle context) {
    return Pass<&Table::ImportSecurityContextW>(
        {.call = Call::kImportSecurityContext,
         .new_context = context,
         .name = package,
         .memory = packed},
        package, packed, token, context);
  }

  static SECURITY_STATUS Sign(PCtxtHandle context, ULONG quality,
                              PSecBufferDesc message, ULONG sequence) {
    return Pass<&Table::MakeSignature>({.call = Call::kMakeSignature,
                                        .context = context,
                                        .number = quality,
                                        .input = message,
                                        .sequence = sequence},
                                       context, quality, message, sequence);
  }
  static SECURITY_STATUS Verify(PCtxtHandle context, PSecBufferDesc message,
                                ULONG sequence, ULONG* quality) {
    return Pass<&Table::VerifySignature>({.call = Call::kVerifySignature,
                                          .context = context,
                                          .input = message,
                                          .sequence = sequence},
                                         context, message, sequence, quality);
  }
  static SECURITY_STATUS Encrypt(PCtxtHandle context, ULONG quality,
                                 PSecBufferDesc message, ULONG sequence) {
    return Pass<&Table::EncryptMessage>({.call = Call::kEncryptMessage,
                                         .context = context,
                                         .number = quality,
                                         .input = message,
                                         .sequence = sequence},
                                        context, quality, message, sequence);
  }
  static SECURITY_STATUS Decrypt(PCtxtHandle context, PSecBufferDesc message,
                                 ULONG sequence, ULONG* quality) {
    return Pass<&Table::DecryptMessage>({.call = Call::kDecryptMessage,
                                         .context = context,
                                         .input = message,
                                         .sequence = sequence},
                                        context, message, sequence, quality);
  }

  // `inner` with every function that it has replaced by ours.
  static SecurityFunctionTableW Around(const SecurityFunctionTableW& inner) {
    SecurityFunctionTableW table = inner;
    const auto replace = [](auto& function, auto ours) {
      if (function != nullptr) function = ours;
    };
    replace(table.EnumerateSecurityPackagesW, EnumeratePackages);
    replace(table.QuerySecurityPackageInfoW, QueryPackage);
    replace(table.AcquireCredentialsHandleW, Acquire);
    replace(table.AddCredentialsW, Add);
    replace(table.FreeCredentialsHandle, Free);
    replace(table.QueryCredentialsAttributesW, QueryCredential);
    replace(table.QueryCredentialsAttributesExW, QueryCredentialEx);
    replace(table.SetCredentialsAttributesW, SetCredential);
    replace(table.ChangeAccountPasswordW, ChangePassword);
    replace(table.InitializeSecurityContextW, Initialize);
    replace(table.AcceptSecurityContext, Accept);
    replace(table.CompleteAuthToken, Complete);
    replace(table.ApplyControlToken, Control);
    replace(table.DeleteSecurityContext, Delete);
    replace(table.QueryContextAttributesW, Query);
    replace(table.QueryContextAttributesExW, QueryEx);
    replace(table.SetContextAttributesW, Set);
    replace(table.FreeContextBuffer, FreeBuffer);
    replace(table.ImpersonateSecurityContext, Impersonate);
    replace(table.RevertSecurityContext, Revert);
    replace(table.QuerySecurityContextToken, QueryToken);
    replace(table.ExportSecurityContext, Export);
    replace(table.ImportSecurityContextW, Import);
    replace(table.MakeSignature, Sign);
    replace(table.VerifySignature, Verify);
    replace(table.EncryptMessage, Encrypt);
    replace(table.DecryptMessage, Decrypt);
    // The same two again, under the names that they had first.
    const auto replace_old = [](void*& function, auto ours) {
      if (function != nullptr) function = reinterpret_cast<void*>(ours);
    };
    replace_old(table.Reserved3, Encrypt);
    replace_old(table.Reserved4, Decrypt);
    return table;
  }
};

Interceptor::Interceptor(SecurityFunctionTableW* inner) : inner_(inner) {
  using Make = SecurityFunctionTableW (*)(const SecurityFunctionTableW&);
  static constexpr auto kMake =
      []<size_t... kSlots>(std::index_sequence<kSlots...>) {
    return std::array<Make, kMaxAlive>{&Functions<kSlots>::Around...};
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

#ifndef SSPILAB_TESTS_CORE_CONTEXT_FUNCTIONS_H_
#define SSPILAB_TESTS_CORE_CONTEXT_FUNCTIONS_H_

#include <cstdint>

#include "core/sspi.h"
#include "core/status.h"

namespace sspilab::testing {

// Every function that takes a context, called with arguments that nobody could
// object to but for the context.
struct ContextFunction {
  const char* name;
  Call call;
  SECURITY_STATUS (*run)(PCtxtHandle);
};

namespace context_functions_internal {

// A TOKEN and a DATA buffer, with room for what any function might write.
struct Buffers {
  uint8_t token[64] = {};
  uint8_t data[8] = {};
  SecBuffer buffers[2] = {{sizeof(token), SECBUFFER_TOKEN, token},
                          {sizeof(data), SECBUFFER_DATA, data}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
};

inline SECURITY_STATUS Query(PCtxtHandle handle,
                             SECURITY_STATUS (*function)(PCtxtHandle, ULONG,
                                                         void*)) {
  SecPkgContext_Sizes sizes;
  return function(handle, SECPKG_ATTR_SIZES, &sizes);
}

inline SECURITY_STATUS QueryEx(PCtxtHandle handle,
                               SECURITY_STATUS (*function)(PCtxtHandle, ULONG,
                                                           void*, ULONG)) {
  SecPkgContext_Sizes sizes = {};
  return function(handle, SECPKG_ATTR_SIZES, &sizes, sizeof(sizes));
}

template <auto kFunction>
SECURITY_STATUS Initialize(PCtxtHandle handle) {
  Buffers in;
  Buffers out;
  CtxtHandle made;
  ULONG attributes;
  return kFunction(nullptr, handle, nullptr, 0, 0, 0, &in.descriptor, 0, &made,
                   &out.descriptor, &attributes, nullptr);
}

}  // namespace context_functions_internal

inline constexpr ContextFunction kContextFunctions[] = {
    {"InitializeSecurityContextW", Call::kInitializeSecurityContext,
     context_functions_internal::Initialize<InitializeSecurityContextW>},
    {"InitializeSecurityContextA", Call::kInitializeSecurityContext,
     context_functions_internal::Initialize<InitializeSecurityContextA>},
    {"AcceptSecurityContext", Call::kAcceptSecurityContext,
     [](PCtxtHandle handle) {
       context_functions_internal::Buffers in;
       context_functions_internal::Buffers out;
       CtxtHandle made;
       ULONG attributes;
       return AcceptSecurityContext(nullptr, handle, &in.descriptor, 0, 0,
                                    &made, &out.descriptor, &attributes,
                                    nullptr);
     }},
    {"CompleteAuthToken", Call::kCompleteAuthToken,
     [](PCtxtHandle handle) {
       context_functions_internal::Buffers token;
       return CompleteAuthToken(handle, &token.descriptor);
     }},
    {"ApplyControlToken", Call::kApplyControlToken,
     [](PCtxtHandle handle) {
       context_functions_internal::Buffers token;
       return ApplyControlToken(handle, &token.descriptor);
     }},
    {"DeleteSecurityContext", Call::kDeleteSecurityContext,
     DeleteSecurityContext},
    {"QueryContextAttributesW", Call::kQueryContextAttributes,
     [](PCtxtHandle handle) {
       return context_functions_internal::Query(handle,
                                                QueryContextAttributesW);
     }},
    {"QueryContextAttributesA", Call::kQueryContextAttributes,
     [](PCtxtHandle handle) {
       return context_functions_internal::Query(handle,
                                                QueryContextAttributesA);
     }},
    {"QueryContextAttributesExW", Call::kQueryContextAttributes,
     [](PCtxtHandle handle) {
       return context_functions_internal::QueryEx(handle,
                                                  QueryContextAttributesExW);
     }},
    {"QueryContextAttributesExA", Call::kQueryContextAttributes,
     [](PCtxtHandle handle) {
       return context_functions_internal::QueryEx(handle,
                                                  QueryContextAttributesExA);
     }},
    {"SetContextAttributesW", Call::kSetContextAttributes,
     [](PCtxtHandle handle) {
       return context_functions_internal::QueryEx(handle,
                                                  SetContextAttributesW);
     }},
    {"SetContextAttributesA", Call::kSetContextAttributes,
     [](PCtxtHandle handle) {
       return context_functions_internal::QueryEx(handle,
                                                  SetContextAttributesA);
     }},
    {"ImpersonateSecurityContext", Call::kImpersonateSecurityContext,
     ImpersonateSecurityContext},
    {"RevertSecurityContext", Call::kRevertSecurityContext,
     RevertSecurityContext},
    {"QuerySecurityContextToken", Call::kQuerySecurityContextToken,
     [](PCtxtHandle handle) {
       HANDLE token;
       return QuerySecurityContextToken(handle, &token);
     }},
    {"ExportSecurityContext", Call::kExportSecurityContext,
     [](PCtxtHandle handle) {
       SecBuffer packed;
       void* token;
       return ExportSecurityContext(handle, 0, &packed, &token);
     }},
    {"MakeSignature", Call::kMakeSignature,
     [](PCtxtHandle handle) {
       context_functions_internal::Buffers message;
       return MakeSignature(handle, 0, &message.descriptor, 0);
     }},
    {"VerifySignature", Call::kVerifySignature,
     [](PCtxtHandle handle) {
       context_functions_internal::Buffers message;
       return VerifySignature(handle, &message.descriptor, 0, nullptr);
     }},
    {"EncryptMessage", Call::kEncryptMessage,
     [](PCtxtHandle handle) {
       context_functions_internal::Buffers message;
       return EncryptMessage(handle, 0, &message.descriptor, 0);
     }},
    {"DecryptMessage", Call::kDecryptMessage,
     [](PCtxtHandle handle) {
       context_functions_internal::Buffers message;
       return DecryptMessage(handle, &message.descriptor, 0, nullptr);
     }},
};

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_CONTEXT_FUNCTIONS_H_

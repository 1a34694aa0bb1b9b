#include "sim/call_maker.h"

#include <array>
#include <cstddef>

namespace sspilab::sim {
namespace {

using Table = SecurityFunctionTableW;
using Maker = SECURITY_STATUS (*)(Table&, const SspiCall&);

// Calls a function that may not be there.
template <typename Function, typename... Arguments>
SECURITY_STATUS Do(Function function, Arguments... arguments) {
  return function == nullptr ? SEC_E_UNSUPPORTED_FUNCTION
                             : function(arguments...);
}

// The interface takes names that it does not change without const.
SEC_WCHAR* NameOf(const SspiCall& call) {
  return const_cast<SEC_WCHAR*>(call.name);
}

PSecPkgInfoW* InfoOf(const SspiCall& call) {
  return static_cast<PSecPkgInfoW*>(call.memory);
}

PSecBuffer PackedOf(const SspiCall& call) {
  return static_cast<PSecBuffer>(call.memory);
}

SECURITY_STATUS Enumerate(Table& table, const SspiCall& call) {
  ULONG count = 0;
  return Do(table.EnumerateSecurityPackagesW, &count, InfoOf(call));
}
SECURITY_STATUS QueryPackage(Table& table, const SspiCall& call) {
  return Do(table.QuerySecurityPackageInfoW, NameOf(call), InfoOf(call));
}
SECURITY_STATUS Acquire(Table& table, const SspiCall& call) {
  return Do(table.AcquireCredentialsHandleW, nullptr, NameOf(call), call.number,
            call.logon_id, call.memory, nullptr, nullptr, call.credential,
            call.expiry);
}
SECURITY_STATUS Add(Table& table, const SspiCall& call) {
  return Do(table.AddCredentialsW, call.credential, nullptr, NameOf(call),
            call.number, call.memory, nullptr, nullptr, call.expiry);
}
SECURITY_STATUS Free(Table& table, const SspiCall& call) {
  return Do(table.FreeCredentialsHandle, call.credential);
}
SECURITY_STATUS QueryCredential(Table& table, const SspiCall& call) {
  return call.size.has_value()
             ? Do(table.QueryCredentialsAttributesExW, call.credential,
                  call.number, call.memory, *call.size)
             : Do(table.QueryCredentialsAttributesW, call.credential,
                  call.number, call.memory);
}
SECURITY_STATUS SetCredential(Table& table, const SspiCall& call) {
  return Do(table.SetCredentialsAttributesW, call.credential, call.number,
            call.memory, call.size.value_or(0));
}
SECURITY_STATUS ChangePassword(Table& table, const SspiCall& call) {
  return Do(table.ChangeAccountPasswordW, NameOf(call), nullptr, nullptr,
            nullptr, nullptr, BOOLEAN{0}, call.reserved[0], call.output);
}

SECURITY_STATUS Initialize(Table& table, const SspiCall& call) {
  return Do(table.InitializeSecurityContextW, call.credential, call.context,
            NameOf(call), call.number, call.reserved[0],
            ULONG{SECURITY_NATIVE_DREP}, call.input, call.reserved[1],
            call.new_context, call.output, call.attributes, call.expiry);
}
SECURITY_STATUS Accept(Table& table, const SspiCall& call) {
  return Do(table.AcceptSecurityContext, call.credential, call.context,
            call.input, call.number, ULONG{SECURITY_NATIVE_DREP},
            call.new_context, call.output, call.attributes, call.expiry);
}
SECURITY_STATUS Complete(Table& table, const SspiCall& call) {
  return Do(table.CompleteAuthToken, call.context, call.input);
}
SECURITY_STATUS Control(Table& table, const SspiCall& call) {
  return Do(table.ApplyControlToken, call.context, call.input);
}
SECURITY_STATUS Delete(Table& table, const SspiCall& call) {
  return Do(table.DeleteSecurityContext, call.context);
}

SECURITY_STATUS Query(Table& table, const SspiCall& call) {
  return call.size.has_value()
             ? Do(table.QueryContextAttributesExW, call.context, call.number,
                  call.memory, *call.size)
             : Do(table.QueryContextAttributesW, call.context, call.number,
                  call.memory);
}
SECURITY_STATUS Set(Table& table, const SspiCall& call) {
  return Do(table.SetContextAttributesW, call.context, call.number, call.memory,
            call.size.value_or(0));
}
SECURITY_STATUS FreeBuffer(Table& table, const SspiCall& call) {
  return Do(table.FreeContextBuffer, call.memory);
}
SECURITY_STATUS Impersonate(Table& table, const SspiCall& call) {
  return Do(table.ImpersonateSecurityContext, call.context);
}
SECURITY_STATUS Revert(Table& table, const SspiCall& call) {
  return Do(table.RevertSecurityContext, call.context);
}
SECURITY_STATUS QueryToken(Table& table, const SspiCall& call) {
  return Do(table.QuerySecurityContextToken, call.context,
            static_cast<HANDLE*>(call.memory));
}
SECURITY_STATUS Export(Table& table, const SspiCall& call) {
  void* token = nullptr;
  return Do(table.ExportSecurityContext, call.context, call.number,
            PackedOf(call), &token);
}
SECURITY_STATUS Import(Table& table, const SspiCall& call) {
  return Do(table.ImportSecurityContextW, NameOf(call), PackedOf(call), nullptr,
            call.new_context);
}

SECURITY_STATUS Sign(Table& table, const SspiCall& call) {
  return Do(table.MakeSignature, call.context, call.number, call.input,
            call.sequence);
}
SECURITY_STATUS Verify(Table& table, const SspiCall& call) {
  ULONG quality = 0;
  return Do(table.VerifySignature, call.context, call.input, call.sequence,
            &quality);
}
SECURITY_STATUS Encrypt(Table& table, const SspiCall& call) {
  return Do(table.EncryptMessage, call.context, call.number, call.input,
            call.sequence);
}
SECURITY_STATUS Decrypt(Table& table, const SspiCall& call) {
  ULONG quality = 0;
  return Do(table.DecryptMessage, call.context, call.input, call.sequence,
            &quality);
}

// By the number of the Call.
constexpr std::array<Maker, kCallCount> kMakers = {
    Enumerate,       QueryPackage,  Acquire,        Add,        Free,
    QueryCredential, SetCredential, ChangePassword, Initialize, Accept,
    Complete,        Control,       Delete,         Query,      Set,
    FreeBuffer,      Impersonate,   Revert,         QueryToken, Export,
    Import,          Sign,          Verify,         Encrypt,    Decrypt,
};

}  // namespace

SECURITY_STATUS MakeCall(SecurityFunctionTableW& table, const SspiCall& call) {
  return kMakers[static_cast<size_t>(call.call)](table, call);
}

}  // namespace sspilab::sim

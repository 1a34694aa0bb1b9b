#ifndef SSPILAB_TESTS_CORE_HANDSHAKE_H_
#define SSPILAB_TESTS_CORE_HANDSHAKE_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "core/world.h"

namespace sspilab::testing {

using Bytes = std::vector<uint8_t>;

// One end of an exchange, through the C interface, with what a test wants to
// vary left open.
class End {
 public:
  ~End() { Close(); }
  End() = default;
  End(const End&) = delete;
  End& operator=(const End&) = delete;

  // `user` null: the World's own identity.
  SECURITY_STATUS AcquireOutbound(World& world, const char16_t* user,
                                  const char16_t* domain,
                                  const char16_t* password) {
    return AcquireAs(SECPKG_CRED_OUTBOUND, world, user, domain, password);
  }

  SECURITY_STATUS AcquireInbound(World& world) {
    world_ = &world;
    ScopedWorld bind(world_);
    return Acquire(SECPKG_CRED_INBOUND, nullptr);
  }

  // The same for either use, SECPKG_CRED_*.
  SECURITY_STATUS AcquireAs(ULONG use, World& world, const char16_t* user,
                            const char16_t* domain, const char16_t* password) {
    world_ = &world;
    ScopedWorld bind(world_);
    const auto text = [](const char16_t* string, ULONG* length) {
      *length = static_cast<ULONG>(std::u16string_view(string).size());
      return reinterpret_cast<decltype(SEC_WINNT_AUTH_IDENTITY_W::User)>(
          const_cast<char16_t*>(string));
    };
    SEC_WINNT_AUTH_IDENTITY_EXW identity = {};
    identity.Version = SEC_WINNT_AUTH_IDENTITY_VERSION;
    identity.Length = sizeof(identity);
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    if (user != nullptr) {
      identity.User = text(user, &identity.UserLength);
      identity.Domain = text(domain, &identity.DomainLength);
      identity.Password = text(password, &identity.PasswordLength);
      identity.PackageList =
          text(package_list.c_str(), &identity.PackageListLength);
    }
    return Acquire(use, user != nullptr ? &identity : nullptr);
  }

  // One leg. `token` goes in and, where there is one, comes out; of a leg that
  // fails, the error token.
  SECURITY_STATUS Initialize(Bytes* token) {
    return Leg(/*initiator=*/true, token);
  }
  SECURITY_STATUS Accept(Bytes* token) {
    return Leg(/*initiator=*/false, token);
  }

  SECURITY_STATUS Complete(Bytes* token) {
    SecBuffer buffer = {static_cast<ULONG>(token->size()), SECBUFFER_TOKEN,
                        token->data()};
    SecBufferDesc descriptor = {SECBUFFER_VERSION, 1, &buffer};
    return CompleteAuthToken(&context, &descriptor);
  }

  Bytes SessionKey() {
    SecPkgContext_SessionKey key = {};
    if (QueryContextAttributesW(&context, SECPKG_ATTR_SESSION_KEY, &key) !=
        SEC_E_OK) {
      return {};
    }
    Bytes copy(key.SessionKey, key.SessionKey + key.SessionKeyLength);
    FreeContextBuffer(key.SessionKey);
    return copy;
  }

  std::u16string Name() {
    SecPkgContext_NamesW names = {};
    if (QueryContextAttributesW(&context, SECPKG_ATTR_NAMES, &names) !=
        SEC_E_OK) {
      return u"";
    }
    std::u16string copy = names.sUserName;
    FreeContextBuffer(names.sUserName);
    return copy;
  }

  void Close() {
    if (has_context) DeleteSecurityContext(&context);
    if (has_credential) FreeCredentialsHandle(&credential);
    has_context = has_credential = false;
  }

  std::u16string package = u"NTLM";
  // Which packages Negotiate may use.
  std::u16string package_list;
  CredHandle credential = {};
  CtxtHandle context = {};
  bool has_credential = false;
  bool has_context = false;
  std::u16string target = u"cifs/lab.example.test";
  ULONG requirements = 0;
  ULONG attributes = 0;
  size_t output_size = 4096;
  ULONG output_type = SECBUFFER_TOKEN;
  // More input buffers, after the token.
  std::vector<SecBuffer> extra_input;

 private:
  SECURITY_STATUS Acquire(ULONG use, void* identity) {
    const SECURITY_STATUS status = AcquireCredentialsHandleW(
        nullptr, package.data(), use, nullptr, identity, nullptr, nullptr,
        &credential, nullptr);
    has_credential = status == SEC_E_OK;
    return status;
  }

  SECURITY_STATUS Leg(bool initiator, Bytes* token) {
    std::vector<SecBuffer> in = {
        {static_cast<ULONG>(token->size()), SECBUFFER_TOKEN, token->data()}};
    in.insert(in.end(), extra_input.begin(), extra_input.end());
    SecBufferDesc input = {SECBUFFER_VERSION, static_cast<ULONG>(in.size()),
                           in.data()};
    Bytes out(output_size);
    SecBuffer buffer = {static_cast<ULONG>(out.size()), output_type,
                        out.data()};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &buffer};
    CtxtHandle* current = has_context ? &context : nullptr;
    const SECURITY_STATUS status =
        initiator
            ? InitializeSecurityContextW(&credential, current, target.data(),
                                         requirements, 0, SECURITY_NATIVE_DREP,
                                         &input, 0, &context, &output,
                                         &attributes, nullptr)
            : AcceptSecurityContext(&credential, current, &input, requirements,
                                    SECURITY_NATIVE_DREP, &context, &output,
                                    &attributes, nullptr);
    const ULONG error_token =
        initiator ? ISC_RET_EXTENDED_ERROR : ASC_RET_EXTENDED_ERROR;
    if (status < 0 && (attributes & error_token) == 0) return status;
    has_context |= status >= 0;
    const auto* bytes = static_cast<const uint8_t*>(buffer.pvBuffer);
    token->assign(bytes, bytes + buffer.cbBuffer);
    if ((requirements & ISC_REQ_ALLOCATE_MEMORY) != 0) {
      FreeContextBuffer(buffer.pvBuffer);
    }
    return status;
  }

  World* world_ = nullptr;
};

// The three legs of NTLM, as far as they go.
struct Outcome {
  SECURITY_STATUS negotiate, challenge, authenticate, accept;
};

inline Outcome RunNtlm(End& client, End& server) {
  Outcome outcome = {SEC_E_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR,
                     SEC_E_INTERNAL_ERROR, SEC_E_INTERNAL_ERROR};
  Bytes token;
  outcome.negotiate = client.Initialize(&token);
  if (outcome.negotiate < 0) return outcome;
  outcome.challenge = server.Accept(&token);
  if (outcome.challenge < 0) return outcome;
  outcome.authenticate = client.Initialize(&token);
  if (outcome.authenticate < 0) return outcome;
  outcome.accept = server.Accept(&token);
  return outcome;
}

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_HANDSHAKE_H_

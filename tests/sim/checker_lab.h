#ifndef SSPILAB_TESTS_SIM_CHECKER_LAB_H_
#define SSPILAB_TESTS_SIM_CHECKER_LAB_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "sim/checker.h"
#include "sim/scripted.h"

namespace sspilab::sim {

using Token = std::vector<uint8_t>;

inline constexpr ULONG kProtectsMessages =
    ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;

// What a test may do otherwise than it should.
struct LegOptions {
  ULONG room = 4096;
  ULONG reserved = 0;
  ULONG version = SECBUFFER_VERSION;
  ULONG requirements = 0;
  bool room_for_extra = true;
  Token bindings = {};
};

// One side, led by hand.
struct Party {
  Side side;
  SecurityFunctionTableW* table = nullptr;
  World* world = nullptr;
  CredHandle credential = {};
  CtxtHandle context = {};
  bool has_context = false;
  SECURITY_STATUS status = SEC_E_OK;
  ULONG attributes = 0;
  // What the last leg gave; and how much of its input it left.
  Token token = {};
  ULONG extra = 0;
  SecBuffer output = {};
  // Whom a client means.
  std::u16string target = u"host/server";

  void Acquire(const char16_t* package = u"NTLM") {
    SEC_WINNT_AUTH_IDENTITY_W identity = {};
    std::u16string user = u"alice", domain = u"EXAMPLE", password = u"secret";
    const auto text = [](std::u16string& string) {
      return reinterpret_cast<unsigned short*>(string.data());
    };
    identity.User = text(user);
    identity.UserLength = static_cast<ULONG>(user.size());
    identity.Domain = text(domain);
    identity.DomainLength = static_cast<ULONG>(domain.size());
    identity.Password = text(password);
    identity.PasswordLength = static_cast<ULONG>(password.size());
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    AcquireFor(package, side == Side::kClient ? &identity : nullptr);
  }

  void AcquireFor(const char16_t* package, void* auth_data) {
    ScopedWorld bind(world);
    std::u16string name = package;
    TimeStamp expiry = {};
    ASSERT_EQ(
        table->AcquireCredentialsHandleW(
            nullptr, name.data(),
            side == Side::kClient ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND,
            nullptr, auth_data, nullptr, nullptr, &credential, &expiry),
        SEC_E_OK);
  }

  SECURITY_STATUS Leg(Token input, const LegOptions& options = {}) {
    Token memory(options.room);
    output = {options.room, SECBUFFER_TOKEN, memory.data()};
    if ((options.requirements & ISC_REQ_ALLOCATE_MEMORY) != 0) {
      output = {0, SECBUFFER_TOKEN, nullptr};
    }
    SecBufferDesc outputs = {SECBUFFER_VERSION, 1, &output};
    std::vector<SecBuffer> in = {
        {static_cast<ULONG>(input.size()), SECBUFFER_TOKEN, input.data()}};
    if (options.room_for_extra) {
      in.push_back({0, SECBUFFER_EMPTY, nullptr});
    }
    Token bindings = options.bindings;
    if (!bindings.empty()) {
      in.push_back({static_cast<ULONG>(bindings.size()),
                    SECBUFFER_CHANNEL_BINDINGS, bindings.data()});
    }
    SecBufferDesc inputs = {options.version, static_cast<ULONG>(in.size()),
                            in.data()};
    SecBufferDesc* const given =
        input.empty() && bindings.empty() ? nullptr : &inputs;
    CtxtHandle* const old = has_context ? &context : nullptr;
    TimeStamp expiry = {};
    if (side == Side::kClient) {
      status = table->InitializeSecurityContextW(
          &credential, old, target.data(), options.requirements,
          options.reserved, SECURITY_NATIVE_DREP, given, 0, &context, &outputs,
          &attributes, &expiry);
    } else {
      status = table->AcceptSecurityContext(
          &credential, old, given, options.requirements, SECURITY_NATIVE_DREP,
          &context, &outputs, &attributes, &expiry);
    }
    has_context |= status >= 0;
    extra = in.size() > 1 && in[1].BufferType == SECBUFFER_EXTRA
                ? in[1].cbBuffer
                : 0;
    token.clear();
    if (status >= 0 && output.pvBuffer != nullptr) {
      const auto* bytes = static_cast<const uint8_t*>(output.pvBuffer);
      token.assign(bytes, bytes + output.cbBuffer);
    }
    return status;
  }

  SECURITY_STATUS Complete() {
    Token bytes = token;
    SecBuffer buffer = {static_cast<ULONG>(bytes.size()), SECBUFFER_TOKEN,
                        bytes.data()};
    SecBufferDesc buffers = {SECBUFFER_VERSION, 1, &buffer};
    return table->CompleteAuthToken(&context, &buffers);
  }

  // `*token` holds a signature.
  SECURITY_STATUS Protect(Call call, std::string text, ULONG number,
                          Token* signature) {
    signature->resize(64);
    SecBuffer buffers[] = {
        {static_cast<ULONG>(signature->size()), SECBUFFER_TOKEN,
         signature->data()},
        {static_cast<ULONG>(text.size()), SECBUFFER_DATA, text.data()}};
    SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
    const SECURITY_STATUS result =
        call == Call::kMakeSignature
            ? table->MakeSignature(&context, 0, &message, number)
            : table->EncryptMessage(&context, 0, &message, number);
    signature->resize(buffers[0].cbBuffer);
    return result;
  }
  SECURITY_STATUS Verify(std::string text, ULONG number, Token signature) {
    SecBuffer buffers[] = {
        {static_cast<ULONG>(signature.size()), SECBUFFER_TOKEN,
         signature.data()},
        {static_cast<ULONG>(text.size()), SECBUFFER_DATA, text.data()}};
    SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
    return table->VerifySignature(&context, &message, number, nullptr);
  }

  // A stream's message; what it leaves over is in `extra`.
  SECURITY_STATUS Decrypt(Token record) {
    SecBuffer buffers[4] = {
        {static_cast<ULONG>(record.size()), SECBUFFER_DATA, record.data()}};
    SecBufferDesc message = {SECBUFFER_VERSION, 4, buffers};
    const SECURITY_STATUS result =
        table->DecryptMessage(&context, &message, 0, nullptr);
    extra = 0;
    for (const SecBuffer& buffer : buffers) {
      extra += buffer.BufferType == SECBUFFER_EXTRA ? buffer.cbBuffer : 0;
    }
    return result;
  }

  void Delete() {
    table->DeleteSecurityContext(&context);
    has_context = false;
  }
  void Free() { table->FreeCredentialsHandle(&credential); }
  void Close() {
    if (has_context) {
      Delete();
    }
    Free();
  }
};

// Two parties with a World each, a checker before them, and behind it the
// scripts that make packages misbehave.
struct CheckerLab {
  explicit CheckerLab(std::vector<ScriptStep> client_script = {},
                      std::vector<ScriptStep> server_script = {})
      : client_package(InitSecurityInterfaceW(), std::move(client_script)),
        server_package(InitSecurityInterfaceW(), std::move(server_script)),
        checker(client_package.table(), server_package.table()),
        client{Side::kClient, checker.table(Side::kClient), &client_world},
        server{Side::kServer, checker.table(Side::kServer), &server_world} {
    server_world.accounts().Add(u"alice", u"EXAMPLE", u"secret");
    checker.Watch(Side::kClient, &client_world);
    checker.Watch(Side::kServer, &server_world);
  }

  void Acquire() {
    client.Acquire();
    server.Acquire();
  }
  ~CheckerLab() {
    for (void* memory : kept) {
      InitSecurityInterfaceW()->FreeContextBuffer(memory);
    }
  }
  CheckerLab(const CheckerLab&) = delete;
  CheckerLab& operator=(const CheckerLab&) = delete;

  // As it should be.
  void Handshake(ULONG requirements = kProtectsMessages) {
    LegOptions options = {.requirements = requirements};
    client.Leg({}, options);
    server.Leg(client.token, options);
    client.Leg(server.token, options);
    server.Leg(client.token, options);
    ASSERT_EQ(client.status, SEC_E_OK);
    ASSERT_EQ(server.status, SEC_E_OK);
  }
  void Close() {
    client.Close();
    server.Close();
  }

  // The rules that were broken, each once.
  std::set<std::string> Broken() {
    checker.Finish();
    std::set<std::string> names;
    for (const RuleBroken& broken : checker.broken()) {
      names.insert(std::string(RuleOf(broken.rule).name));
    }
    return names;
  }
  std::string Report() const {
    std::string report;
    for (const RuleBroken& broken : checker.broken()) {
      report += "  " + ToString(broken) + "\n";
    }
    return report;
  }

  World client_world{WorldOptions{.seed = 2}};
  World server_world{WorldOptions{.seed = 3}};
  Scripted client_package;
  Scripted server_package;
  Checker checker;
  Party client;
  Party server;
  // What a case leaks; given back when it is over.
  std::vector<void*> kept;
};

// A case breaks one rule, and no other.
struct RuleCase {
  RuleId rule;
  const char* how;
  std::vector<ScriptStep> client_script;
  std::vector<ScriptStep> server_script;
  void (*act)(CheckerLab& lab);
};

// One leg of the client's script, played without a package.
inline ScriptStep Plays(size_t nth, SECURITY_STATUS status, Token token = {}) {
  return {.call = Call::kInitializeSecurityContext,
          .nth = nth,
          .status = status,
          .token = std::move(token)};
}
inline ScriptStep PlaysAcquire() {
  return {.call = Call::kAcquireCredentialsHandle, .status = SEC_E_OK};
}

inline void ExpectOnly(const RuleCase& test) {
  CheckerLab lab(test.client_script, test.server_script);
  test.act(lab);
  EXPECT_EQ(lab.Broken(),
            std::set<std::string>{std::string(RuleOf(test.rule).name)})
      << test.how << "\n"
      << lab.Report();
}

}  // namespace sspilab::sim

#endif  // SSPILAB_TESTS_SIM_CHECKER_LAB_H_

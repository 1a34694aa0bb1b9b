#ifndef SSPILAB_TESTS_CORE_SCHANNEL_TLS_END_H_
#define SSPILAB_TESTS_CORE_SCHANNEL_TLS_END_H_

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/tls/lab_certificates.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"

namespace sspilab::testing {

// What one leg left in the caller's buffers.
struct TlsCall {
  SECURITY_STATUS status = SEC_E_OK;
  Bytes token;
  // The second input buffer, afterwards.
  ULONG note = SECBUFFER_EMPTY;
  ULONG note_size = 0;
  ULONG attributes = 0;
  Bytes alert;
};

// The SCHANNEL_CRED that a test varies.
inline SCHANNEL_CRED NewSchannelCred() {
  SCHANNEL_CRED cred = {};
  cred.dwVersion = SCHANNEL_CRED_VERSION;
  return cred;
}

// One end of a TLS exchange, through the C interface.
class TlsEnd {
 public:
  TlsEnd(bool is_client, World& home) : client(is_client), world(home) {
    requirements = is_client ? ISC_REQ_STREAM | ISC_REQ_CONFIDENTIALITY
                             : ASC_REQ_STREAM | ASC_REQ_CONFIDENTIALITY;
  }
  TlsEnd(const TlsEnd&) = delete;
  TlsEnd& operator=(const TlsEnd&) = delete;
  ~TlsEnd() { Close(); }

  SECURITY_STATUS Acquire(void* auth_data = nullptr) {
    const ScopedWorld bind(&world);
    char16_t package[] = UNISP_NAME_W;
    const SECURITY_STATUS status = AcquireCredentialsHandleW(
        nullptr, package, client ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND,
        nullptr, auth_data, nullptr, nullptr, &credential, nullptr);
    has_credential = status == SEC_E_OK;
    return status;
  }
  // For the versions SP_PROT_*.
  SECURITY_STATUS AcquireFor(DWORD protocols, DWORD flags = 0) {
    SCHANNEL_CRED cred = NewSchannelCred();
    cred.grbitEnabledProtocols = protocols;
    cred.dwFlags = flags;
    return Acquire(&cred);
  }

  // One leg with `input`.
  TlsCall Leg(absl::Span<const uint8_t> input) {
    Bytes copy(input.begin(), input.end());
    std::vector<SecBuffer> in = {
        {static_cast<ULONG>(copy.size()), SECBUFFER_TOKEN, copy.data()}};
    for (int i = 0; i < empty_buffers; ++i) {
      in.push_back({0, SECBUFFER_EMPTY, nullptr});
    }
    in.insert(in.end(), extra_input.begin(), extra_input.end());
    SecBufferDesc input_desc = {SECBUFFER_VERSION,
                                static_cast<ULONG>(in.size()), in.data()};
    Bytes room(output_size);
    Bytes alert_room(alert_size);
    std::vector<SecBuffer> out = {
        {static_cast<ULONG>(room.size()), output_type, room.data()}};
    if (alert_size != 0) {
      out.push_back({static_cast<ULONG>(alert_room.size()), SECBUFFER_ALERT,
                     alert_room.data()});
    }
    SecBufferDesc output_desc = {SECBUFFER_VERSION,
                                 static_cast<ULONG>(out.size()), out.data()};
    CtxtHandle* current = has_context ? &context : nullptr;
    CredHandle* with = second != nullptr ? &second->credential : &credential;
    const bool no_input =
        current == nullptr && input.empty() && extra_input.empty();
    TlsCall call;
    ULONG given = 0;
    call.status =
        client ? InitializeSecurityContextW(
                     with, current, target.data(), requirements, 0,
                     SECURITY_NATIVE_DREP, no_input ? nullptr : &input_desc, 0,
                     &context, &output_desc, &given, &expiry)
               : AcceptSecurityContext(with, current, &input_desc, requirements,
                                       SECURITY_NATIVE_DREP, &context,
                                       &output_desc, &given, &expiry);
    call.attributes = given;
    if (call.status >= 0) has_context = true;
    if (call.status == SEC_E_INCOMPLETE_MESSAGE ||
        call.status == SEC_E_BUFFER_TOO_SMALL) {
      EXPECT_EQ(out[0].cbBuffer, output_size);
    } else {
      EXPECT_LE(out[0].cbBuffer, size_t{0x6000});
      const auto* bytes = static_cast<const uint8_t*>(out[0].pvBuffer);
      call.token.assign(bytes, bytes + out[0].cbBuffer);
      if ((requirements & ISC_REQ_ALLOCATE_MEMORY) != 0 &&
          out[0].pvBuffer != room.data()) {
        FreeContextBuffer(out[0].pvBuffer);
      }
    }
    if (alert_size != 0 && call.status != SEC_E_INCOMPLETE_MESSAGE) {
      call.alert.assign(alert_room.begin(),
                        alert_room.begin() + out[1].cbBuffer);
    }
    if (empty_buffers > 0) {
      call.note = in[1].BufferType;
      call.note_size = in[1].cbBuffer;
    }
    return call;
  }

  SECURITY_STATUS Control(std::vector<DWORD> words) {
    SecBuffer buffer = {static_cast<ULONG>(words.size() * sizeof(DWORD)),
                        SECBUFFER_TOKEN, words.data()};
    SecBufferDesc desc = {SECBUFFER_VERSION, 1, &buffer};
    return ApplyControlToken(&context, &desc);
  }

  // The record of `text`; empty where that failed, with `encrypted` saying why.
  Bytes Encrypt(std::string_view text) {
    SecPkgContext_StreamSizes sizes = {};
    EXPECT_EQ(
        QueryContextAttributesW(&context, SECPKG_ATTR_STREAM_SIZES, &sizes),
        SEC_E_OK);
    Bytes record(sizes.cbHeader + text.size() + sizes.cbTrailer);
    uint8_t* at = record.data() + sizes.cbHeader;
    std::copy(text.begin(), text.end(), at);
    SecBuffer buffers[] = {
        {sizes.cbHeader, SECBUFFER_STREAM_HEADER, record.data()},
        {static_cast<ULONG>(text.size()), SECBUFFER_DATA, at},
        {sizes.cbTrailer, SECBUFFER_STREAM_TRAILER, at + text.size()},
        {0, SECBUFFER_EMPTY, nullptr}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, buffers};
    encrypted = EncryptMessage(&context, 0, &desc, 0);
    if (encrypted != SEC_E_OK) return {};
    EXPECT_EQ(buffers[1].cbBuffer, text.size());
    record.resize(size_t{buffers[0].cbBuffer} + buffers[1].cbBuffer +
                  buffers[2].cbBuffer);
    return record;
  }

  struct Opened {
    SECURITY_STATUS status;
    std::string text;
    // Of the EXTRA buffer, of the MISSING one.
    size_t extra = 0;
    size_t missing = 0;
    // Where the data lie in the input.
    size_t offset = 0;
  };
  Opened Decrypt(absl::Span<const uint8_t> input) {
    Bytes copy(input.begin(), input.end());
    SecBuffer buffers[] = {
        {static_cast<ULONG>(copy.size()), SECBUFFER_DATA, copy.data()},
        {0, SECBUFFER_EMPTY, nullptr},
        {0, SECBUFFER_EMPTY, nullptr},
        {0, SECBUFFER_EMPTY, nullptr}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 4, buffers};
    Opened opened{.status = DecryptMessage(&context, &desc, 0, nullptr)};
    for (const SecBuffer& buffer : buffers) {
      const auto* bytes = static_cast<const uint8_t*>(buffer.pvBuffer);
      switch (buffer.BufferType) {
        case SECBUFFER_DATA:
          if (opened.status == SEC_E_OK && buffer.cbBuffer != 0) {
            opened.text.assign(bytes, bytes + buffer.cbBuffer);
            opened.offset = static_cast<size_t>(bytes - copy.data());
          }
          break;
        case SECBUFFER_EXTRA:
          opened.extra = buffer.cbBuffer;
          // What is left is untouched, and where it was.
          EXPECT_EQ(bytes, copy.data() + copy.size() - buffer.cbBuffer);
          EXPECT_TRUE(std::equal(bytes, bytes + buffer.cbBuffer,
                                 input.end() - buffer.cbBuffer));
          break;
        case SECBUFFER_MISSING:
          opened.missing = buffer.cbBuffer;
          EXPECT_TRUE(std::equal(input.begin(), input.end(), copy.begin()));
          break;
        default:
          break;
      }
    }
    return opened;
  }

  template <typename T>
  SECURITY_STATUS Query(ULONG attribute, T* value) {
    return QueryContextAttributesW(&context, attribute, value);
  }

  void CloseContext() {
    if (has_context) DeleteSecurityContext(&context);
    has_context = false;
  }
  void Close() {
    CloseContext();
    if (has_credential) FreeCredentialsHandle(&credential);
    has_credential = false;
  }

  const bool client;
  World& world;
  CredHandle credential = {};
  CtxtHandle context = {};
  bool has_credential = false;
  bool has_context = false;
  // Whose credential legs are called with instead, where there is one.
  TlsEnd* second = nullptr;
  std::u16string target = u"lab.example.test";
  ULONG requirements;
  size_t output_size = 0x6000;
  ULONG output_type = SECBUFFER_TOKEN;
  size_t alert_size = 0;
  int empty_buffers = 1;
  std::vector<SecBuffer> extra_input;
  TimeStamp expiry = {};
  SECURITY_STATUS encrypted = SEC_E_OK;
};

// Brings all of `input` to `end`, call after call, as long as that goes on.
// What it sends is appended to `output`.
inline SECURITY_STATUS Feed(TlsEnd& end, Bytes input, Bytes* output) {
  while (true) {
    const TlsCall call = end.Leg(input);
    output->insert(output->end(), call.token.begin(), call.token.end());
    if (call.status != SEC_I_CONTINUE_NEEDED || call.note != SECBUFFER_EXTRA) {
      return call.status;
    }
    input.erase(input.begin(), input.end() - call.note_size);
  }
}

struct TlsOutcome {
  // What both ends came to.
  SECURITY_STATUS client = SEC_I_CONTINUE_NEEDED;
  SECURITY_STATUS server = SEC_I_CONTINUE_NEEDED;
  // What each sent in all, and what lies unread before the client.
  Bytes from_client, from_server, unread;
};

// Runs a handshake to its end, or to the first failure.
inline TlsOutcome RunTls(TlsEnd& client, TlsEnd& server) {
  TlsOutcome outcome;
  Bytes to_server, to_client;
  outcome.client = Feed(client, {}, &to_server);
  while (outcome.client >= 0 && !to_server.empty()) {
    outcome.from_client.insert(outcome.from_client.end(), to_server.begin(),
                               to_server.end());
    outcome.server = Feed(server, std::exchange(to_server, {}), &to_client);
    outcome.from_server.insert(outcome.from_server.end(), to_client.begin(),
                               to_client.end());
    if (outcome.server < 0) break;
    if (outcome.client == SEC_E_OK) {
      outcome.unread = to_client;
      break;
    }
    outcome.client = Feed(client, std::exchange(to_client, {}), &to_server);
  }
  return outcome;
}

// A World with a certificate and the belief in its root, and two ends in it.
struct TlsLab {
  explicit TlsLab(WorldOptions options = {}) : world(std::move(options)) {
    EXPECT_TRUE(tls::GiveServerCertificate(world, world).ok());
  }

  // The versions that both ends may speak; 0 is all.
  void Acquire(DWORD protocols = 0) {
    ASSERT_EQ(client.AcquireFor(protocols), SEC_E_OK);
    ASSERT_EQ(server.AcquireFor(protocols), SEC_E_OK);
  }
  // A whole handshake, with what TLS 1.3 sends behind it.
  void Establish(DWORD protocols = 0) {
    Acquire(protocols);
    Shake();
  }
  void Shake() {
    outcome = RunTls(client, server);
    ASSERT_EQ(outcome.client, SEC_E_OK);
    ASSERT_EQ(outcome.server, SEC_E_OK);
    if (!outcome.unread.empty()) TakeTicket(outcome.unread);
  }
  // TLS 1.3's NewSessionTicket, which comes as a message.
  void TakeTicket(const Bytes& ticket) {
    const TlsEnd::Opened opened = client.Decrypt(ticket);
    ASSERT_EQ(opened.status, SEC_I_RENEGOTIATE);
    ASSERT_EQ(opened.extra, ticket.size());
    const TlsCall call = client.Leg(ticket);
    ASSERT_EQ(call.status, SEC_E_OK);
    ASSERT_TRUE(call.token.empty());
  }
  void ExpectMessagesPass() {
    EXPECT_EQ(server.Decrypt(client.Encrypt("there")).text, "there");
    EXPECT_EQ(client.Decrypt(server.Encrypt("and back")).text, "and back");
  }

  World world;
  TlsEnd client{true, world};
  TlsEnd server{false, world};
  TlsOutcome outcome;
};

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_SCHANNEL_TLS_END_H_

#ifndef SSPILAB_TESTS_CORE_CREDSSP_LAB_H_
#define SSPILAB_TESTS_CORE_CREDSSP_LAB_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/entropy.h"
#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/tls/lab_certificates.h"
#include "core/world.h"
#include "gtest/gtest.h"

namespace sspilab::testing {

using Bytes = std::vector<uint8_t>;

// SEC_WINNT_AUTH_IDENTITY and its strings.
struct Identity {
  Identity(std::u16string_view user, std::u16string_view domain,
           std::u16string_view password)
      : texts{std::u16string(user), std::u16string(domain),
              std::u16string(password)} {
    auth.User = Text(0, &auth.UserLength);
    auth.Domain = Text(1, &auth.DomainLength);
    auth.Password = Text(2, &auth.PasswordLength);
    auth.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  SEC_WINNT_AUTH_IDENTITY_W auth = {};

 private:
  unsigned short* Text(int i, ULONG* length) {
    *length = static_cast<ULONG>(texts[i].size());
    return reinterpret_cast<unsigned short*>(texts[i].data());
  }
  std::u16string texts[3];
};

inline Package PackageOf(std::u16string_view name) {
  if (name == u"Schannel") return Package::kSchannel;
  return name == u"Negotiate" ? Package::kNegotiate : Package::kCredSsp;
}

inline bool IsComplete(SECURITY_STATUS status) {
  return status == SEC_I_COMPLETE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

// One end of an exchange, through the C interface, as a caller with a stream
// has it: bytes pile up in `inbox`, a call takes what it wants of them.
class StreamEnd {
 public:
  StreamEnd(World& world, const char16_t* package, bool initiator)
      : world_(world), package_(package), initiator_(initiator) {}
  ~StreamEnd() { Close(); }
  StreamEnd(const StreamEnd&) = delete;
  StreamEnd& operator=(const StreamEnd&) = delete;

  World& world() { return world_; }

  SECURITY_STATUS Acquire(void* auth_data = nullptr) {
    ScopedWorld bind(&world_);
    const SECURITY_STATUS acquired = AcquireCredentialsHandleW(
        nullptr, package_.data(),
        initiator_ ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND, nullptr,
        auth_data, nullptr, nullptr, &credential, nullptr);
    has_credential = acquired == SEC_E_OK;
    return acquired;
  }

  // One call. What it did not use of `inbox` stays there; `token` is what it
  // gave. The status is kept, too.
  SECURITY_STATUS Call(Bytes* token) {
    Bytes in = inbox;
    std::vector<SecBuffer> buffers = {
        {static_cast<ULONG>(in.size()), SECBUFFER_TOKEN, in.data()},
        {0, SECBUFFER_EMPTY, nullptr}};
    buffers.insert(buffers.end(), more_input.begin(), more_input.end());
    SecBufferDesc input = {SECBUFFER_VERSION,
                           static_cast<ULONG>(buffers.size()), buffers.data()};
    const bool no_input = initiator_ && in.empty() && more_input.empty();
    const bool allocate = (requirements & ISC_REQ_ALLOCATE_MEMORY) != 0;
    Bytes room(output_size);
    SecBuffer out = {allocate ? 0 : static_cast<ULONG>(room.size()),
                     output_type, allocate ? nullptr : room.data()};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle* current = has_context ? &context : nullptr;
    CredHandle* with = has_context && !pass_credential ? nullptr : &credential;
    attributes = 0;
    status = initiator_
                 ? InitializeSecurityContextW(
                       with, current, target.empty() ? nullptr : target.data(),
                       requirements, 0, SECURITY_NATIVE_DREP,
                       no_input ? nullptr : &input, 0, &context, &output,
                       &attributes, nullptr)
                 : AcceptSecurityContext(with, current, &input, requirements,
                                         SECURITY_NATIVE_DREP, &context,
                                         &output, &attributes, nullptr);
    ++calls;
    EXPECT_TRUE(MayReturn(initiator_ ? Call::kInitializeSecurityContext
                                     : Call::kAcceptSecurityContext,
                          PackageOf(package_), status))
        << StatusName(status);
    missing =
        buffers[1].BufferType == SECBUFFER_MISSING ? buffers[1].cbBuffer : 0;
    const ULONG extra =
        buffers[1].BufferType == SECBUFFER_EXTRA ? buffers[1].cbBuffer : 0;
    if (status >= 0 && status != SEC_I_INCOMPLETE_CREDENTIALS) {
      inbox.erase(inbox.begin(), inbox.end() - extra);
    }
    if (status >= 0) has_context = true;
    token->clear();
    const bool given = status >= 0 || attributes != 0;
    if (given && out.cbBuffer != 0) {
      const auto* bytes = static_cast<const uint8_t*>(out.pvBuffer);
      token->assign(bytes, bytes + out.cbBuffer);
    }
    if (allocate && out.pvBuffer != nullptr) {
      EXPECT_EQ(FreeContextBuffer(out.pvBuffer), SEC_E_OK);
    }
    if (complete && IsComplete(status)) {
      EXPECT_EQ(Complete(token), SEC_E_OK);
    }
    return status;
  }

  SECURITY_STATUS Complete(Bytes* token) {
    SecBuffer buffer = {static_cast<ULONG>(token->size()), SECBUFFER_TOKEN,
                        token->data()};
    SecBufferDesc descriptor = {SECBUFFER_VERSION, 1, &buffer};
    return CompleteAuthToken(&context, &descriptor);
  }

  // Whether there is another call to be made with what is there.
  bool wants_call() const {
    if (calls == 0) return initiator_ || !inbox.empty();
    switch (status) {
      case SEC_I_CONTINUE_NEEDED:
      case SEC_I_COMPLETE_AND_CONTINUE:
        return !inbox.empty();
      case SEC_I_INCOMPLETE_CREDENTIALS:
        return true;
      case SEC_E_INCOMPLETE_MESSAGE:
        return inbox.size() > seen_;
      default:
        return false;
    }
  }
  // Whatever comes next, the last call has seen what there is.
  void NoteSeen() { seen_ = inbox.size(); }

  // One message, as EncryptMessage makes it of `text`.
  Bytes Seal(std::string_view text) {
    SecPkgContext_StreamSizes sizes = {};
    EXPECT_EQ(
        QueryContextAttributesW(&context, SECPKG_ATTR_STREAM_SIZES, &sizes),
        SEC_E_OK);
    Bytes record(sizes.cbHeader + text.size() + sizes.cbTrailer);
    std::copy(text.begin(), text.end(), record.begin() + sizes.cbHeader);
    SecBuffer buffers[4] = {
        {sizes.cbHeader, SECBUFFER_STREAM_HEADER, record.data()},
        {static_cast<ULONG>(text.size()), SECBUFFER_DATA,
         record.data() + sizes.cbHeader},
        {sizes.cbTrailer, SECBUFFER_STREAM_TRAILER,
         record.data() + sizes.cbHeader + text.size()},
        {0, SECBUFFER_EMPTY, nullptr}};
    SecBufferDesc message = {SECBUFFER_VERSION, 4, buffers};
    EXPECT_EQ(EncryptMessage(&context, 0, &message, 0), SEC_E_OK);
    record.resize(buffers[0].cbBuffer + buffers[1].cbBuffer +
                  buffers[2].cbBuffer);
    return record;
  }
  // The next message of `inbox`.
  SECURITY_STATUS Open(std::string* text) {
    Bytes in = inbox;
    SecBuffer buffers[4] = {
        {static_cast<ULONG>(in.size()), SECBUFFER_DATA, in.data()}};
    SecBufferDesc message = {SECBUFFER_VERSION, 4, buffers};
    const SECURITY_STATUS opened =
        DecryptMessage(&context, &message, 0, nullptr);
    text->clear();
    ULONG extra = 0;
    for (const SecBuffer& buffer : buffers) {
      if (buffer.BufferType == SECBUFFER_DATA && opened == SEC_E_OK) {
        text->assign(static_cast<const char*>(buffer.pvBuffer),
                     buffer.cbBuffer);
      }
      if (buffer.BufferType == SECBUFFER_EXTRA) extra = buffer.cbBuffer;
    }
    if (opened >= 0) inbox.erase(inbox.begin(), inbox.end() - extra);
    return opened;
  }

  void Close() {
    if (has_context) DeleteSecurityContext(&context);
    if (has_credential) FreeCredentialsHandle(&credential);
    has_context = has_credential = false;
    inbox.clear();
    calls = 0;
  }

  CredHandle credential = {};
  CtxtHandle context = {};
  bool has_credential = false;
  bool has_context = false;
  std::u16string target;
  ULONG requirements = 0;
  ULONG attributes = 0;
  SECURITY_STATUS status = SEC_E_OK;
  ULONG missing = 0;
  int calls = 0;
  Bytes inbox;
  // After the two buffers that there have to be.
  std::vector<SecBuffer> more_input;
  size_t output_size = 1 << 17;
  ULONG output_type = SECBUFFER_TOKEN;
  // Later calls name the credential, too.
  bool pass_credential = true;
  // CompleteAuthToken is called where it is asked for.
  bool complete = true;

 private:
  World& world_;
  std::u16string package_;
  bool initiator_;
  size_t seen_ = 0;
};

// Carries tokens to and fro until neither end has a call to make. Returns what
// each call gave, and whose it was.
struct Sent {
  bool by_client;
  Bytes token;

  bool operator==(const Sent&) const = default;
};
// May change, split or drop a token.
using Tamper = std::function<void(bool by_client, Bytes* token)>;

inline std::vector<Sent> Converse(StreamEnd& client, StreamEnd& server,
                                  const Tamper& tamper = nullptr) {
  std::vector<Sent> sent;
  for (int calls = 0; calls < 2000; ++calls) {
    const bool by_client = client.wants_call();
    if (!by_client && !server.wants_call()) break;
    StreamEnd& from = by_client ? client : server;
    StreamEnd& to = by_client ? server : client;
    Bytes token;
    from.NoteSeen();
    (void)from.Call(&token);
    if (tamper) tamper(by_client, &token);
    to.inbox.insert(to.inbox.end(), token.begin(), token.end());
    if (!token.empty()) sent.push_back({by_client, std::move(token)});
  }
  return sent;
}

// A server with a certificate and an account for EXAMPLE\alice, and a client of
// hers that believes in the certificate: a World each.
struct CredSspLab {
  explicit CredSspLab(uint64_t seed = 0)
      : server_world(Options(seed, u"LAB", u"lab.example.test")),
        client_world(Options(seed + 1, u"DESK", u"desk.example.test")),
        client(client_world, u"CREDSSP", true),
        server(server_world, u"CREDSSP", false) {
    EXPECT_TRUE(tls::GiveServerCertificate(server_world, client_world).ok());
    server_world.accounts().Add(u"alice", u"EXAMPLE", u"Sesame1!");
    client.target = u"TERMSRV/lab.example.test";
    client.requirements = ISC_REQ_DELEGATE | ISC_REQ_STREAM;
    server.requirements = ASC_REQ_STREAM;
  }

  void AcquireServer() { ASSERT_EQ(server.Acquire(), SEC_E_OK); }
  void AcquireClient(std::u16string_view password = u"Sesame1!") {
    Identity identity(u"alice", u"EXAMPLE", password);
    ASSERT_EQ(client.Acquire(&identity.auth), SEC_E_OK);
  }
  std::vector<Sent> Run(const Tamper& tamper = nullptr) {
    if (!server.has_credential) AcquireServer();
    if (!client.has_credential) AcquireClient();
    return Converse(client, server, tamper);
  }
  // Expects that all goes well.
  void Establish() {
    Run();
    ASSERT_EQ(client.status, SEC_E_OK) << StatusName(client.status);
    ASSERT_EQ(server.status, SEC_E_OK) << StatusName(server.status);
  }

  // Both machines are in the domain EXAMPLE.TEST, which has alice and the
  // server.
  void JoinDomain() {
    // Copied: what costs time is making keys of passwords.
    static const kerberos::Realms& domain = *[] {
      auto* realms = new kerberos::Realms;
      Entropy entropy(9, 9);
      kerberos::Realm& realm = realms->Add("EXAMPLE.TEST", entropy);
      realm.AddFromPassword("alice", "Sesame1!");
      realm.AddFromPassword("LAB$", "the machine's").aliases = {
          "TERMSRV/lab.example.test"};
      return realms;
    }();
    server_world.realms() = domain;
    client_world.realms() = domain;
  }
  kerberos::Realm& realm(World& world) {
    return *world.realms().Find("EXAMPLE.TEST");
  }

  CredSspPolicy& client_policy() { return client_world.options().credssp; }
  CredSspPolicy& server_policy() { return server_world.options().credssp; }
  // TLS in this version only; the default is both.
  void SetTls(uint32_t protocol) {
    server_world.options().schannel.enabled_protocols = protocol;
  }
  // The client does not believe in the server's certificate.
  void DistrustServer() { client_world.certificates() = {}; }

  static WorldOptions Options(uint64_t seed, std::u16string computer,
                              std::u16string dns_computer) {
    WorldOptions options;
    options.seed = seed;
    options.names.computer = std::move(computer);
    options.names.dns_computer = std::move(dns_computer);
    return options;
  }

  World server_world;
  World client_world;
  StreamEnd client;
  StreamEnd server;
};

// What the server has under SECPKG_ATTR_CREDS: "DOMAIN\user:password", or the
// status in its place.
std::string DelegatedTo(StreamEnd& server);

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_CREDSSP_LAB_H_

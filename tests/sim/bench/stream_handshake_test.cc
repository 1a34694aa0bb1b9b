// What a handshake costs that arrives in pieces: counted, not timed.

#include "sim/bench/stream_handshake.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/certificates.h"
#include "core/sspi.h"
#include "core/tls/lab_certificates.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "sim/bench/allocations.h"

namespace sspilab::sim {
namespace {

SEC_WCHAR target[] = u"lab.example.test";
SEC_WCHAR package[] = u"Schannel";

// A few bytes that nothing readable follows.
class LastBytes {
 public:
  explicit LastBytes(absl::Span<const uint8_t> bytes)
      : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))),
        memory_(static_cast<uint8_t*>(
            mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))),
        data_(memory_ + page_ - bytes.size()) {
    EXPECT_EQ(mprotect(memory_ + page_, page_, PROT_NONE), 0);
    std::copy(bytes.begin(), bytes.end(), data_);
  }
  ~LastBytes() { munmap(memory_, 2 * page_); }
  LastBytes(const LastBytes&) = delete;
  LastBytes& operator=(const LastBytes&) = delete;

  uint8_t* data() const { return data_; }

 private:
  size_t page_;
  uint8_t* memory_;
  uint8_t* data_;
};

class StreamHandshakeTest : public ::testing::Test {
 protected:
  StreamHandshakeTest() : bound_(&world_) {
    EXPECT_TRUE(tls::GiveServerCertificate(world_, world_).ok());
    Acquire(SECPKG_CRED_OUTBOUND, nullptr, &client_);
    Acquire(SECPKG_CRED_INBOUND, world_.certificates().Default(), &server_);
  }

  ~StreamHandshakeTest() override {
    FreeCredentialsHandle(&client_);
    FreeCredentialsHandle(&server_);
  }

  static void Acquire(ULONG use, const OwnedCertificate* certificate,
                      CredHandle* credential) {
    CERT_CONTEXT context = {};
    PCCERT_CONTEXT contexts[] = {&context};
    SCHANNEL_CRED wanted = {};
    wanted.dwVersion = SCHANNEL_CRED_VERSION;
    wanted.dwFlags = SCH_CRED_DISABLE_RECONNECTS;
    if (certificate != nullptr) {
      context.pbCertEncoded =
          const_cast<BYTE*>(certificate->certificate.data());
      context.cbCertEncoded =
          static_cast<DWORD>(certificate->certificate.size());
      wanted.cCreds = 1;
      wanted.paCred = contexts;
    }
    ASSERT_EQ(AcquireCredentialsHandleW(nullptr, package, use, nullptr, &wanted,
                                        nullptr, nullptr, credential, nullptr),
              SEC_E_OK);
  }

  StreamHandshake NewHandshake() {
    return {InitSecurityInterfaceW(),
            {&client_, ISC_REQ_STREAM},
            {&server_, ASC_REQ_STREAM},
            target};
  }

  // Of the initiator's first token.
  ULONG HelloSize() {
    uint8_t room[1024];
    SecBuffer out = {sizeof(room), SECBUFFER_TOKEN, room};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle context;
    ULONG attributes;
    EXPECT_EQ(InitializeSecurityContextW(
                  &client_, nullptr, target, ISC_REQ_STREAM, 0, 0, nullptr, 0,
                  &context, &output, &attributes, nullptr),
              SEC_I_CONTINUE_NEEDED);
    DeleteSecurityContext(&context);
    return out.cbBuffer;
  }

  World world_;
  ScopedWorld bound_;
  CredHandle client_ = {};
  CredHandle server_ = {};
};

// A first call that lacks bytes leaves no context, so it costs one allocation
// to try.
TEST_F(StreamHandshakeTest, OneCallTakesOneByteAndAllocatesNothingForIt) {
  StreamHandshake handshake = NewHandshake();
  // Of whole delivery, after the first, in which tables grow.
  uint64_t whole_allocations = 0;
  uint64_t whole_bytes = 0;
  for (int i = 0; i < 2; ++i) {
    const uint64_t before = HeapAllocations();
    ASSERT_EQ(handshake.Connect(), absl::OkStatus());
    ASSERT_EQ(handshake.DeleteContexts(), absl::OkStatus());
    whole_allocations = HeapAllocations() - before;
    whole_bytes = handshake.bytes();
  }
  EXPECT_LT(handshake.calls(), 20u) << "one a record";

  const uint64_t before = HeapAllocations();
  ASSERT_EQ(handshake.Connect(1), absl::OkStatus());
  ASSERT_EQ(handshake.DeleteContexts(), absl::OkStatus());
  const uint64_t allocations = HeapAllocations() - before;
  EXPECT_NEAR(static_cast<double>(allocations),
              static_cast<double>(whole_allocations + HelloSize()), 3);
  EXPECT_NEAR(static_cast<double>(handshake.bytes()),
              static_cast<double>(whole_bytes), 4)
      << "but for a signature's length";
  EXPECT_EQ(handshake.calls(), handshake.bytes());
}

// An incomplete record's body may lie where nobody can read it.
TEST_F(StreamHandshakeTest, OfAnIncompleteRecordTheHeaderAloneIsRead) {
  const uint8_t client_hello[] = {22, 3, 1, 1, 0};  // Of 256 bytes.
  const LastBytes header(client_hello);
  for (ULONG size = 5; size < 5 + 256; ++size) {
    SecBuffer in[] = {{size, SECBUFFER_TOKEN, header.data()},
                      {0, SECBUFFER_EMPTY, nullptr}};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, in};
    uint8_t room[64];
    SecBuffer out = {sizeof(room), SECBUFFER_TOKEN, room};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
    CtxtHandle context;
    ULONG attributes;
    const uint64_t before = HeapAllocations();
    ASSERT_EQ(AcceptSecurityContext(&server_, nullptr, &input, ASC_REQ_STREAM,
                                    0, &context, &output, &attributes, nullptr),
              SEC_E_INCOMPLETE_MESSAGE);
    EXPECT_EQ(in[1].BufferType, ULONG{SECBUFFER_MISSING});
    EXPECT_EQ(in[1].cbBuffer, 5 + 256 - size);
    EXPECT_LE(HeapAllocations() - before, 1u) << "the context that is given up";
  }
}

}  // namespace
}  // namespace sspilab::sim

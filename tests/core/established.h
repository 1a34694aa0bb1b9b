#ifndef SSPILAB_TESTS_CORE_ESTABLISHED_H_
#define SSPILAB_TESTS_CORE_ESTABLISHED_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"

namespace sspilab::testing {

// A World with EXAMPLE\alice in it, and the two ends of an exchange of hers.
struct Lab {
  explicit Lab(ULONG requirements = ISC_REQ_CONFIDENTIALITY,
               WorldOptions options = {})
      : world(std::move(options)) {
    world.accounts().Add(u"alice", u"EXAMPLE", u"Sesame1!");
    client.requirements = requirements;
  }

  void Acquire() {
    ASSERT_EQ(client.AcquireOutbound(world, u"alice", u"EXAMPLE", u"Sesame1!"),
              SEC_E_OK);
    ASSERT_EQ(server.AcquireInbound(world), SEC_E_OK);
  }

  World world;
  End client, server;
};

// The same, with the exchange behind it.
struct Established : Lab {
  explicit Established(ULONG requirements = ISC_REQ_CONFIDENTIALITY,
                       WorldOptions options = {})
      : Lab(requirements, std::move(options)) {
    Acquire();
    const Outcome outcome = RunNtlm(client, server);
    EXPECT_EQ(outcome.authenticate, SEC_E_OK);
    EXPECT_EQ(outcome.accept, SEC_E_OK);
  }
};

// A SecBufferDesc with its buffers and their bytes.
class Message {
 public:
  struct Part {
    ULONG type;
    std::string bytes;
  };

  explicit Message(std::vector<Part> parts) : parts_(std::move(parts)) {
    for (Part& part : parts_) {
      buffers_.push_back({static_cast<ULONG>(part.bytes.size()), part.type,
                          part.bytes.data()});
    }
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  SecBufferDesc* descriptor() {
    descriptor_ = {SECBUFFER_VERSION, static_cast<ULONG>(buffers_.size()),
                   buffers_.data()};
    return &descriptor_;
  }
  SecBuffer& buffer(size_t i) { return buffers_[i]; }
  // What the i-th buffer is of now, wherever it points.
  std::string text(size_t i) const {
    return {static_cast<const char*>(buffers_[i].pvBuffer),
            buffers_[i].cbBuffer};
  }

 private:
  std::vector<Part> parts_;
  std::vector<SecBuffer> buffers_;
  SecBufferDesc descriptor_ = {};
};

// Room for a signature, to be overwritten.
inline std::string SignatureRoom() { return std::string(16, '?'); }

// One sealed message through both contexts.
inline void ExpectSealedMessageArrives(CtxtHandle* from, CtxtHandle* to,
                                       const std::string& text) {
  Message message({{SECBUFFER_TOKEN, SignatureRoom()}, {SECBUFFER_DATA, text}});
  ASSERT_EQ(EncryptMessage(from, 0, message.descriptor(), 0), SEC_E_OK);
  EXPECT_NE(message.text(1), text);
  ASSERT_EQ(DecryptMessage(to, message.descriptor(), 0, nullptr), SEC_E_OK);
  EXPECT_EQ(message.text(1), text);
}

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_ESTABLISHED_H_

#ifndef SSPILAB_TESTS_CORE_NEGOTIATE_FAKE_MECHANISM_H_
#define SSPILAB_TESTS_CORE_NEGOTIATE_FAKE_MECHANISM_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "core/negotiate/mechanisms.h"
#include "core/security_package.h"

// A mechanism that takes as many tokens as a test wants, so that Negotiate
// meets more than NTLM's three, and a second one to choose from.
namespace sspilab::negotiate {

inline constexpr uint8_t kFakeOid[] = {0x2A, 0x03, 0x04};
inline constexpr size_t kFakeMicSize = 3;

// Of all fakes; a test sets it before it begins.
struct FakeBehaviour {
  // Sent by turns, the initiator's first.
  int tokens = 2;
  bool integrity = true;
  bool wants_mic = false;
  // What AcquireCredential says, and what the initiator says to begin.
  SECURITY_STATUS acquire = SEC_E_OK;
  SECURITY_STATUS begin = SEC_E_OK;
};
inline FakeBehaviour& Fake() {
  static FakeBehaviour behaviour;
  return behaviour;
}

// The n-th token is 'F' and n; a signature says who signed, and what it sums up
// to.
class FakeContext : public Context {
 public:
  using Context::Context;

  SECURITY_STATUS Advance(Leg& leg) override {
    const FakeBehaviour& fake = Fake();
    leg.attributes = !fake.integrity              ? 0
                     : role() == Role::kInitiator ? ISC_RET_INTEGRITY
                                                  : ASC_RET_INTEGRITY;
    const bool begins = role() == Role::kInitiator && next_ == 0;
    if (begins && fake.begin != SEC_E_OK) return fake.begin;
    int next = next_;
    if (!begins) {
      const SecBuffer* input = leg.input.Find(SECBUFFER_TOKEN);
      if (input == nullptr || BytesOf(*input).size() != 2 ||
          BytesOf(*input)[0] != 'F' || BytesOf(*input)[1] != next) {
        return SEC_E_INVALID_TOKEN;
      }
      ++next;
    }
    if (next < fake.tokens) {
      absl::Span<uint8_t> token;
      const SECURITY_STATUS status = leg.output.Reserve(2, &token);
      if (status != SEC_E_OK) return status;
      token[0] = 'F';
      token[1] = static_cast<uint8_t>(next++);
    }
    next_ = next;
    return next_ == fake.tokens ? SEC_E_OK : SEC_I_CONTINUE_NEEDED;
  }

  SECURITY_STATUS MakeSignature(ULONG, const BufferList& message,
                                ULONG) override {
    SecBuffer& token = *message.Find(SECBUFFER_TOKEN);
    const auto mic = Mic(role(), message);
    std::copy(mic.begin(), mic.end(), BytesOf(token).begin());
    token.cbBuffer = kFakeMicSize;
    return SEC_E_OK;
  }
  SECURITY_STATUS VerifySignature(const BufferList& message, ULONG,
                                  ULONG*) override {
    const Role peer =
        role() == Role::kInitiator ? Role::kAcceptor : Role::kInitiator;
    const auto mic = BytesOf(*message.Find(SECBUFFER_TOKEN));
    return mic == absl::MakeConstSpan(Mic(peer, message))
               ? SEC_E_OK
               : SEC_E_MESSAGE_ALTERED;
  }
  bool WantsMechListMic() const override { return Fake().wants_mic; }

 private:
  static std::vector<uint8_t> Mic(Role signer, const BufferList& message) {
    uint16_t sum = 0;
    for (const uint8_t byte : BytesOf(*message.Find(SECBUFFER_DATA))) {
      sum = static_cast<uint16_t>(sum * 31 + byte);
    }
    return {static_cast<uint8_t>(signer), static_cast<uint8_t>(sum >> 8),
            static_cast<uint8_t>(sum)};
  }

  int next_ = 0;
};

class FakeCredential : public Credential {
 public:
  using Credential::Credential;
};

class FakePackage : public SecurityPackage {
 public:
  const PackageInfo& info() const override {
    static constexpr PackageInfo kInfo = {.id = Package::kKerberos,
                                          .capabilities = 0,
                                          .version = 1,
                                          .rpc_id = 0,
                                          .max_token = 2,
                                          .name = u"Fake",
                                          .comment = u"Fake"};
    return kInfo;
  }
  SECURITY_STATUS AcquireCredential(
      const CredentialRequest& request,
      BudgetPtr<Credential>* credential) const override {
    if (Fake().acquire != SEC_E_OK) return Fake().acquire;
    *credential = NewIn<FakeCredential>(request.world.memory(), request.world,
                                        *this, request.use);
    return *credential != nullptr ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
  }
  SECURITY_STATUS NewContext(Role role, CredentialTable::Pin credential,
                             BudgetPtr<Context>* context) const override {
    World& world = credential->world();
    *context = NewIn<FakeContext>(world.memory(), world, *this, role,
                                  std::move(credential));
    return *context != nullptr ? SEC_E_OK : SEC_E_INSUFFICIENT_MEMORY;
  }
};

inline const SecurityPackage& TheFakePackage() {
  static const FakePackage package;
  return package;
}

inline constexpr Mechanism kFakeMechanism = {kFakeOid, TheFakePackage,
                                             kFakeMicSize};

}  // namespace sspilab::negotiate

#endif  // SSPILAB_TESTS_CORE_NEGOTIATE_FAKE_MECHANISM_H_

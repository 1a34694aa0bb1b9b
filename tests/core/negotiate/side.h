#ifndef SSPILAB_TESTS_CORE_NEGOTIATE_SIDE_H_
#define SSPILAB_TESTS_CORE_NEGOTIATE_SIDE_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/context_buffer.h"
#include "core/negotiate/messages.h"
#include "core/negotiate/package.h"
#include "core/sspi.h"
#include "core/wire/der.h"
#include "core/world.h"
#include "gtest/gtest.h"

namespace sspilab::negotiate {

using TokenBytes = std::vector<uint8_t>;

// The bytes of a NegTokenInit or NegTokenResp.
template <typename Message>
TokenBytes Written(const Message& message) {
  wire::DerWriter counter;
  message.WriteTo(&counter);
  TokenBytes bytes(counter.size());
  wire::DerWriter writer(absl::MakeSpan(bytes));
  message.WriteTo(&writer);
  EXPECT_TRUE(writer.ok());
  return bytes;
}

// One end of an exchange, over the mechanisms that a test chooses: below the C
// interface, which knows only the package over those that there are.
class Side {
 public:
  Side(World& world, Role role, std::vector<Mechanism> mechanisms)
      : world_(world),
        role_(role),
        mechanisms_(std::move(mechanisms)),
        package_(mechanisms_) {}

  SECURITY_STATUS Acquire(const char16_t* password = u"Sesame1!") {
    const auto text = [](const char16_t* string, ULONG* length) {
      *length = static_cast<ULONG>(std::u16string_view(string).size());
      return reinterpret_cast<decltype(SEC_WINNT_AUTH_IDENTITY_W::User)>(
          const_cast<char16_t*>(string));
    };
    SEC_WINNT_AUTH_IDENTITY_W identity = {};
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    identity.User = text(u"alice", &identity.UserLength);
    identity.Domain = text(u"EXAMPLE", &identity.DomainLength);
    identity.Password = text(password, &identity.PasswordLength);
    return package_.AcquireCredential(
        {.world = world_,
         .principal = {},
         .use = static_cast<uint32_t>(role_ == Role::kInitiator
                                          ? SECPKG_CRED_OUTBOUND
                                          : SECPKG_CRED_INBOUND),
         .auth_data =
             role_ == Role::kInitiator && !use_logon ? &identity : nullptr},
        &credential_);
  }

  // One leg, as the C interface runs it: a first one that fails leaves no
  // context.
  SECURITY_STATUS Step(TokenBytes* token) {
    const bool first = context_ == nullptr;
    if (first) {
      const SECURITY_STATUS made = package_.NewContext(
          role_, CredentialTable::Pin::Borrow(credential_.get()), &context_);
      if (made != SEC_E_OK) return made;
    }
    SecBuffer in = {static_cast<ULONG>(token->size()), SECBUFFER_TOKEN,
                    token->data()};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &in};
    TokenBytes room(output_size);
    SecBuffer out = {static_cast<ULONG>(room.size()), output_type, room.data()};
    BufferList input;
    EXPECT_TRUE(BufferList::View(&in_desc, &input));
    OutputToken output(world_, &out, allocate);
    Leg leg{.requirements = requirements,
            .target = target,
            .input = input,
            .output = output};
    const SECURITY_STATUS status = context_->Advance(leg);
    if (status < 0) {
      if (first) context_.reset();
      return status;
    }
    output.Commit();
    const auto* bytes = static_cast<const uint8_t*>(out.pvBuffer);
    token->assign(bytes, bytes + out.cbBuffer);
    if (allocate) {
      EXPECT_TRUE(FreeContextBufferMemory(out.pvBuffer));
    }
    return status;
  }

  Context& context() { return *context_; }

  uint32_t requirements = 0;
  std::u16string target = u"t";
  size_t output_size = 4096;
  ULONG output_type = SECBUFFER_TOKEN;
  bool allocate = false;
  // Who is logged on at the World initiates.
  bool use_logon = false;

 private:
  World& world_;
  const Role role_;
  const std::vector<Mechanism> mechanisms_;
  const Negotiate package_;
  BudgetPtr<Credential> credential_;
  BudgetPtr<Context> context_;
};

}  // namespace sspilab::negotiate

#endif  // SSPILAB_TESTS_CORE_NEGOTIATE_SIDE_H_

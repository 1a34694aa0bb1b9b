#include "sim/examples/repaired_service.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sspilab::sim {
namespace {

constexpr int kMaxLegs = 32;

// One client. What it opens it closes.
class Conversation {
 public:
  Conversation(SecurityFunctionTableW* functions, ULONG wanted,
               Transport* connection)
      : functions_(*functions), wanted_(wanted), connection_(*connection) {}
  ~Conversation() {
    if (has_context_) {
      functions_.DeleteSecurityContext(&context_);
    }
    if (has_credential_) {
      functions_.FreeCredentialsHandle(&credential_);
    }
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // A service with many clients does this once, for all of them.
  bool Prepare(SEC_WCHAR* package) {
    SecPkgInfoW* info = nullptr;
    if (functions_.QuerySecurityPackageInfoW(package, &info) != SEC_E_OK) {
      return false;
    }
    answer_.resize(info->cbMaxToken);
    functions_.FreeContextBuffer(info);
    TimeStamp lifetime = {};
    has_credential_ =
        functions_.AcquireCredentialsHandleW(
            nullptr, package, SECPKG_CRED_INBOUND, nullptr, nullptr, nullptr,
            nullptr, &credential_, &lifetime) == SEC_E_OK;
    return has_credential_;
  }

  bool Run() {
    bool needs_more = true;
    for (int legs = 0; legs < kMaxLegs;) {
      if (needs_more && !ReceiveMore()) {
        return false;
      }
      switch (Leg()) {
        case SEC_E_OK:
        case SEC_I_COMPLETE_NEEDED:
        case SEC_I_LOCAL_LOGON:
          // What the last leg granted is what counts.
          return (attributes_ & wanted_) == wanted_;
        case SEC_I_CONTINUE_NEEDED:
        case SEC_I_COMPLETE_AND_CONTINUE:
          needs_more = received_.empty();
          ++legs;
          break;
        case SEC_E_INCOMPLETE_MESSAGE:
          needs_more = true;  // No leg: it ends when the bytes do.
          break;
        default:
          return false;
      }
    }
    return false;
  }

 private:
  bool ReceiveMore() {
    std::array<uint8_t, 4096> bytes;
    const size_t size = connection_.Receive(absl::MakeSpan(bytes));
    received_.insert(received_.end(), bytes.begin(),
                     bytes.begin() + static_cast<ptrdiff_t>(size));
    return size > 0;
  }

  // The package's own status, or CompleteAuthToken's where that failed.
  SECURITY_STATUS Leg() {
    SecBuffer out = {static_cast<ULONG>(answer_.size()), SECBUFFER_TOKEN,
                     answer_.data()};
    SecBufferDesc outputs = {SECBUFFER_VERSION, 1, &out};
    SecBuffer in[] = {{static_cast<ULONG>(received_.size()), SECBUFFER_TOKEN,
                       received_.data()},
                      {0, SECBUFFER_EMPTY, nullptr}};
    SecBufferDesc inputs = {SECBUFFER_VERSION, 2, in};
    TimeStamp lifetime = {};
    attributes_ = 0;
    const SECURITY_STATUS status = functions_.AcceptSecurityContext(
        &credential_, has_context_ ? &context_ : nullptr, &inputs,
        wanted_ | ASC_REQ_EXTENDED_ERROR, SECURITY_NATIVE_DREP, &context_,
        &outputs, &attributes_, &lifetime);
    if (status == SEC_E_INCOMPLETE_MESSAGE) {
      return status;
    }
    if (status < 0) {
      if ((attributes_ & ASC_RET_EXTENDED_ERROR) != 0) {
        SendAnswer(out);
      }
      return status;
    }
    has_context_ = true;
    const size_t left =
        in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;
    received_.erase(received_.begin(),
                    received_.end() - static_cast<ptrdiff_t>(left));
    if (status == SEC_I_COMPLETE_NEEDED ||
        status == SEC_I_COMPLETE_AND_CONTINUE) {
      if (functions_.CompleteAuthToken == nullptr) {
        return SEC_E_UNSUPPORTED_FUNCTION;
      }
      const SECURITY_STATUS completed =
          functions_.CompleteAuthToken(&context_, &outputs);
      if (completed < 0) {
        return completed;
      }
    }
    SendAnswer(out);
    return status;
  }

  void SendAnswer(const SecBuffer& out) {
    if (out.cbBuffer > 0) {
      connection_.Send(absl::MakeSpan(answer_).subspan(0, out.cbBuffer));
    }
  }

  SecurityFunctionTableW& functions_;
  const ULONG wanted_;
  Transport& connection_;
  CredHandle credential_ = {};
  CtxtHandle context_ = {};
  bool has_credential_ = false;
  bool has_context_ = false;
  ULONG attributes_ = 0;
  std::vector<uint8_t> received_;
  std::vector<uint8_t> answer_;
};

}  // namespace

bool AuthenticateClient(SecurityFunctionTableW* functions,
                        const SEC_WCHAR* package, ULONG wanted,
                        Transport& connection) {
  Conversation conversation(functions, wanted, &connection);
  // The interface takes text that it does not change without const.
  return conversation.Prepare(const_cast<SEC_WCHAR*>(package)) &&
         conversation.Run();
}

}  // namespace sspilab::sim

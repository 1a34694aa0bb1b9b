#include "sim/examples/sample_service.h"

#include <array>
#include <cstdint>

namespace sspilab::sim {
namespace {

// Mistake 10: of no package's cbMaxToken.
constexpr size_t kMaxMessage = 4000;
using Message = std::array<uint8_t, kMaxMessage>;

// What the service keeps of a client between its messages.
struct Conversation {
  bool is_new = true;
  CredHandle credential = {};
  CtxtHandle context = {};
};

// One message of the client in, one of the service out. False when something
// failed; `*done` when the client is authenticated.
bool MakeServerContext(SecurityFunctionTableW* functions,
                       const SEC_WCHAR* package, Conversation* conversation,
                       Message& received, size_t received_size, Message& answer,
                       size_t* answer_size, bool* done) {
  TimeStamp lifetime = {};  // Mistake 12: never looked at.
  if (conversation->is_new) {
    // Mistake 8: for each connection.
    const SECURITY_STATUS status = functions->AcquireCredentialsHandleW(
        nullptr, const_cast<SEC_WCHAR*>(package), SECPKG_CRED_INBOUND, nullptr,
        nullptr, nullptr, nullptr, &conversation->credential, &lifetime);
    if (status < 0) {
      return false;
    }
  }
  SecBuffer out = {static_cast<ULONG>(*answer_size), SECBUFFER_TOKEN,
                   answer.data()};
  SecBufferDesc outputs = {SECBUFFER_VERSION, 1, &out};
  // Mistake 9: no second buffer for what is missing or too much.
  SecBuffer in = {static_cast<ULONG>(received_size), SECBUFFER_TOKEN,
                  received.data()};
  SecBufferDesc inputs = {SECBUFFER_VERSION, 1, &in};
  ULONG attributes = 0;
  SECURITY_STATUS status = functions->AcceptSecurityContext(
      &conversation->credential,
      conversation->is_new ? nullptr : &conversation->context, &inputs,
      ASC_REQ_MUTUAL_AUTH,  // Mistake 13: and nothing else.
      SECURITY_NATIVE_DREP, &conversation->context, &outputs, &attributes,
      &lifetime);
  if (status < 0) {
    return false;  // Mistakes 5, 7 and 9: silently, for good, and too soon.
  }
  // The sample has && where & is meant (mistake 1), so that any attribute will
  // do, and where there is none it prints a line and goes on (mistake 2).
  [[maybe_unused]] const bool mutual = attributes != 0;

  if (status == SEC_I_COMPLETE_NEEDED ||
      status == SEC_I_COMPLETE_AND_CONTINUE) {
    if (functions->CompleteAuthToken == nullptr) {
      return false;
    }
    // Mistake 3: what decides about the next leg is overwritten.
    status = functions->CompleteAuthToken(&conversation->context, &outputs);
    if (status < 0) {
      return false;
    }
  }
  *answer_size = out.cbBuffer;
  conversation->is_new = false;
  *done =
      status != SEC_I_CONTINUE_NEEDED && status != SEC_I_COMPLETE_AND_CONTINUE;
  return true;
}

}  // namespace

bool AuthenticateClientAsTheSampleDoes(SecurityFunctionTableW* functions,
                                       const SEC_WCHAR* package,
                                       Transport& connection) {
  Conversation conversation;
  Message received;
  Message answer;
  bool done = false;
  do {  // Mistake 11: as long as the client likes.
    const size_t received_size = connection.Receive(absl::MakeSpan(received));
    if (received_size == 0) {
      return false;
    }
    size_t answer_size = answer.size();
    if (!MakeServerContext(functions, package, &conversation, received,
                           received_size, answer, &answer_size, &done)) {
      return false;
    }
    // Mistake 4: also where there is nothing to send.
    connection.Send(absl::MakeSpan(answer).subspan(0, answer_size));
  } while (!done);
  return true;  // Mistakes 6 and 7: nothing is said, nothing is freed.
}

}  // namespace sspilab::sim

#include "sim/examples/sample_service.h"

#include <array>
#include <cstdint>

namespace sspilab::sim {
namespace {

constexpr size_t kMaxMessage = 4000;  // Mistake 10: of no package's cbMaxToken.
using Message = std::array<uint8_t, kMaxMessage>;

// What the service keeps of a client between its messages.
struct Conversation {
  bool is_new = true;
  CredHandle credential = {};
  CtxtHandle context = {};
};

// The sample's SEC_SUCCESS.
bool Succeeded(SECURITY_STATUS status) { return status >= 0; }

// One message of the client in, one of the service out. False when something
// failed; `*done` when the client is authenticated.
bool MakeServerContext(SecurityFunctionTableW* functions,
                       const SEC_WCHAR* package, Conversation* conversation,
                       Message& received, size_t received_size, Message& answer,
                       size_t* answer_size, bool* done) {
  SECURITY_STATUS status = SEC_E_OK;
  TimeStamp lifetime = {};  // Mistake 12: never looked at.
  if (conversation->is_new) {
    status = functions->AcquireCredentialsHandleW(  // Mistake 8: for each.
        nullptr, const_cast<SEC_WCHAR*>(package), SECPKG_CRED_INBOUND, nullptr,
        nullptr, nullptr, nullptr, &conversation->credential, &lifetime);
    if (!Succeeded(status)) {
      return false;
    }
  }
  SecBuffer out = {static_cast<ULONG>(*answer_size), SECBUFFER_TOKEN,
                   answer.data()};
  SecBufferDesc outputs = {SECBUFFER_VERSION, 1, &out};
  SecBuffer in = {static_cast<ULONG>(received_size), SECBUFFER_TOKEN,
                  received.data()};
  SecBufferDesc inputs = {SECBUFFER_VERSION, 1, &in};  // Mistake 9b: only one.
  ULONG attributes = 0;
  status = functions->AcceptSecurityContext(
      &conversation->credential,
      conversation->is_new ? nullptr : &conversation->context, &inputs,
      ASC_REQ_MUTUAL_AUTH,  // Mistake 13: and nothing else.
      SECURITY_NATIVE_DREP, &conversation->context, &outputs, &attributes,
      &lifetime);
  if (!Succeeded(status)) {  // Mistake 9a: also where more bytes are wanted.
    return false;            // Mistake 5: with a token that says why unsent.
  }
  // (clang warns of a constant beside &&, where it is no comparison.)
  if (!(attributes && ASC_RET_MUTUAL_AUTH != 0)) {  // Mistake 1: & is meant.
    // Mistake 2: the sample prints a line here, after any leg, and goes on.
  }
  if (status == SEC_I_COMPLETE_NEEDED ||
      status == SEC_I_COMPLETE_AND_CONTINUE) {
    if (functions->CompleteAuthToken == nullptr) {
      return false;
    }
    status = functions->CompleteAuthToken(  // Mistake 3: what decides is lost.
        &conversation->context, &outputs);
    if (!Succeeded(status)) {
      return false;
    }
  }
  *answer_size = out.cbBuffer;
  conversation->is_new = false;
  *done = !(status == SEC_I_CONTINUE_NEEDED ||  // Mistake 15: all others.
            status == SEC_I_COMPLETE_AND_CONTINUE);
  return true;
}

}  // namespace

bool AuthenticateClientAsTheSampleDoes(SecurityFunctionTableW* functions,
                                       const SEC_WCHAR* package,
                                       Transport& connection) {
  Conversation conversation;  // Mistake 7: nothing ends what it has.
  Message received;
  Message answer;
  bool done = false;
  do {
    const size_t received_size = connection.Receive(absl::MakeSpan(received));
    if (received_size == 0) {
      return false;
    }
    size_t answer_size = answer.size();
    if (!MakeServerContext(functions, package, &conversation, received,
                           received_size, answer, &answer_size, &done)) {
      return false;
    }
    connection.Send(  // Mistake 4: also where there is nothing to send.
        absl::MakeSpan(answer).subspan(0, answer_size));
  } while (!done);  // Mistake 11: as long as the client likes.
  return true;      // Mistake 6: nobody tells the client.
}

}  // namespace sspilab::sim

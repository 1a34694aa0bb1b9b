#include "sim/examples/callers/stream_client.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

namespace sspilab::sim {
namespace {

constexpr ULONG kWanted =
    ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;
constexpr int kMaxLegs = 32;
constexpr size_t kSmallRoom = 16;
// Less than a server's flight, so that most handshakes need several reads.
constexpr size_t kRead = 512;

class StreamClient {
 public:
  StreamClient(SecurityFunctionTableW* table, const SEC_WCHAR* package,
               Mistake mistake, Transport* connection)
      : table_(*table),
        package_(const_cast<SEC_WCHAR*>(package)),
        mistake_(mistake),
        connection_(*connection) {}
  ~StreamClient() {
    if (has_context_) {
      table_.DeleteSecurityContext(&context_);
    }
    if (has_credential_) {
      table_.FreeCredentialsHandle(&credential_);
    }
  }
  StreamClient(const StreamClient&) = delete;
  StreamClient& operator=(const StreamClient&) = delete;

  bool Run() {
    TimeStamp expiry = {};
    if (!AskForRoom() ||
        table_.AcquireCredentialsHandleW(
            nullptr, package_, SECPKG_CRED_OUTBOUND, nullptr, nullptr, nullptr,
            nullptr, &credential_, &expiry) < 0) {
      return false;
    }
    has_credential_ = true;
    if (!Handshake(/*needs_input=*/false)) {
      return false;
    }
    if ((attributes_ & kWanted) != kWanted) {
      return false;
    }
    if (mistake_ == Mistake::kExtraIsFailure && !input_.empty()) {
      return false;
    }
    if (mistake_ == Mistake::kExtraToHandshake && !input_.empty()) {
      return Leg() >= 0;
    }
    if (mistake_ == Mistake::kExtraKept && !input_.empty()) {
      // They stay in the handshake's buffer, and others are waited for.
      return ReceiveMore(), true;
    }
    return (attributes_ & ISC_RET_STREAM) == 0 || ReadMessage();
  }

 private:
  bool AskForRoom() {
    SecPkgInfoW* info = nullptr;
    if (table_.QuerySecurityPackageInfoW(package_, &info) < 0) {
      return false;
    }
    room_.resize(mistake_ == Mistake::kSmallBuffer ? kSmallRoom
                                                   : info->cbMaxToken);
    table_.FreeContextBuffer(info);
    return true;
  }

  bool ReceiveMore() {
    std::array<uint8_t, kRead> bytes;
    const size_t size = connection_.Receive(absl::MakeSpan(bytes));
    input_.insert(input_.end(), bytes.begin(),
                  bytes.begin() + static_cast<ptrdiff_t>(size));
    return size > 0;
  }

  // What the package did not take stays.
  void Keep(const SecBuffer& second) {
    const size_t extra = second.BufferType == SECBUFFER_EXTRA
                             ? std::min<size_t>(second.cbBuffer, input_.size())
                             : 0;
    input_.erase(input_.begin(), input_.end() - static_cast<ptrdiff_t>(extra));
  }

  SECURITY_STATUS Leg() {
    SecBuffer token = {static_cast<ULONG>(room_.size()), SECBUFFER_TOKEN,
                       room_.data()};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &token};
    SecBuffer in[] = {
        {static_cast<ULONG>(input_.size()), SECBUFFER_TOKEN, input_.data()},
        {0, SECBUFFER_EMPTY, nullptr}};
    SecBufferDesc input = {
        SECBUFFER_VERSION,
        mistake_ == Mistake::kNoRoomForExtra ? ULONG{1} : ULONG{2}, in};
    SEC_WCHAR target[] = u"server.example.test";
    TimeStamp expiry = {};
    const SECURITY_STATUS status = table_.InitializeSecurityContextW(
        &credential_, has_context_ ? &context_ : nullptr, target, kWanted, 0,
        SECURITY_NATIVE_DREP, has_context_ ? &input : nullptr, 0, &context_,
        &output, &attributes_, &expiry);
    if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE &&
        (attributes_ & ISC_RET_EXTENDED_ERROR) != 0 && token.cbBuffer > 0) {
      // What is wrong, for the other end.
      connection_.Send(absl::MakeSpan(room_).subspan(0, token.cbBuffer));
    }
    if (status < 0 || status == SEC_I_INCOMPLETE_CREDENTIALS) {
      has_context_ |= status >= 0;
      return status;
    }
    has_context_ = true;
    Keep(in[1]);
    if ((status == SEC_I_COMPLETE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE) &&
        mistake_ != Mistake::kCompleteNeverCalled) {
      const SECURITY_STATUS completed =
          table_.CompleteAuthToken(&context_, &output);
      if (completed < 0) {
        return completed;
      }
    }
    if (token.cbBuffer > 0) {
      connection_.Send(absl::MakeSpan(room_).subspan(0, token.cbBuffer));
    }
    return status;
  }

  // Whether the package says that it is done.
  bool Handshake(bool needs_input) {
    for (int legs = 0; legs < kMaxLegs;) {
      if (needs_input && !ReceiveMore()) {
        return false;
      }
      switch (Leg()) {
        case SEC_E_OK:
        case SEC_I_COMPLETE_NEEDED:
          return true;
        case SEC_I_CONTINUE_NEEDED:
        case SEC_I_COMPLETE_AND_CONTINUE:
          needs_input = input_.empty();
          ++legs;
          break;
        case SEC_I_INCOMPLETE_CREDENTIALS:
          // Without a certificate, then: the same once more.
          needs_input = mistake_ == Mistake::kMoreCredentialsUnknown;
          ++legs;
          break;
        case SEC_E_INCOMPLETE_MESSAGE:
          if (mistake_ == Mistake::kIncompleteIsFatal) {
            return false;
          }
          needs_input = true;  // No leg: it ends when the bytes do.
          break;
        default:
          return false;
      }
    }
    return false;
  }

  // False where the peer turns out not to be who it was any more: the context
  // failed, or handshaking again gave less.
  bool ReadMessage() {
    for (int records = 0; records < kMaxLegs;) {
      if (input_.empty() && !ReceiveMore()) {
        return true;
      }
      SecBuffer buffers[4] = {
          {static_cast<ULONG>(input_.size()), SECBUFFER_DATA, input_.data()}};
      SecBufferDesc message = {SECBUFFER_VERSION, std::size(buffers), buffers};
      const SECURITY_STATUS status =
          table_.DecryptMessage(&context_, &message, 0, nullptr);
      if (status == SEC_E_INCOMPLETE_MESSAGE) {
        if (!ReceiveMore()) {
          return true;
        }
        continue;
      }
      ++records;
      const auto extra = std::find_if(
          std::begin(buffers), std::end(buffers), [](const SecBuffer& buffer) {
            return buffer.BufferType == SECBUFFER_EXTRA;
          });
      Keep(extra == std::end(buffers) ? SecBuffer{} : *extra);
      if (status != SEC_I_RENEGOTIATE) {
        return status >= 0;
      }
      if (mistake_ == Mistake::kRenegotiationUnfinished) {
        Leg();  // One leg is taken for all of it.
      } else if (!Handshake(/*needs_input=*/input_.empty()) ||
                 (attributes_ & kWanted) != kWanted) {
        return false;
      }
    }
    return true;
  }

  SecurityFunctionTableW& table_;
  SEC_WCHAR* const package_;
  const Mistake mistake_;
  Transport& connection_;
  CredHandle credential_ = {};
  CtxtHandle context_ = {};
  bool has_credential_ = false;
  bool has_context_ = false;
  ULONG attributes_ = 0;
  std::vector<uint8_t> room_;
  std::vector<uint8_t> input_;
};

}  // namespace

bool AuthenticateServer(SecurityFunctionTableW* table, const SEC_WCHAR* package,
                        Mistake mistake, Transport& connection) {
  return StreamClient(table, package, mistake, &connection).Run();
}

}  // namespace sspilab::sim

#include "sim/loop_run.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <utility>

#include "sim/auth_data.h"
#include "sim/checker.h"

namespace sspilab::sim {
namespace {

// Calls and receives after which a loop gets only failures, and those after
// which it is beyond help.
constexpr size_t kPatience = 1000;
constexpr size_t kEndOfPatience = 10 * kPatience;
// Receives after the end that a loop may need to see that it is the end.
constexpr size_t kReceivesAfterEnd = 8;

constexpr char16_t kUser[] = u"alice";
constexpr char16_t kDomain[] = u"EXAMPLE";
constexpr char16_t kPassword[] = u"correct horse";

Side OtherOf(Side side) {
  return side == Side::kClient ? Side::kServer : Side::kClient;
}

// Whom the loop talks to: bytes in, messages out, by the rules.
class LoopPeer {
 public:
  LoopPeer(Side side, World* world, std::u16string package, ULONG requirements)
      : side_(side),
        world_(world),
        package_(std::move(package)),
        requirements_(requirements) {
    ScopedWorld bind(world_);
    AuthData auth_data(package_, nullptr, {}, world_->certificates().Default());
    TimeStamp expiry = {};
    has_credential_ =
        table_->AcquireCredentialsHandleW(
            nullptr, package_.data(),
            side == Side::kClient ? SECPKG_CRED_OUTBOUND : SECPKG_CRED_INBOUND,
            nullptr, auth_data.get(), nullptr, nullptr, &credential_,
            &expiry) >= 0;
    if (has_credential_ && side == Side::kClient) {
      Leg();
    }
  }
  ~LoopPeer() {
    if (has_context_) {
      table_->DeleteSecurityContext(&context_);
    }
    if (has_credential_) {
      table_->FreeCredentialsHandle(&credential_);
    }
  }
  LoopPeer(const LoopPeer&) = delete;
  LoopPeer& operator=(const LoopPeer&) = delete;

  void Take(absl::Span<const uint8_t> bytes) {
    if (over_ || !has_credential_) {
      return;
    }
    input_.insert(input_.end(), bytes.begin(), bytes.end());
    while (!over_ && !input_.empty() && Leg()) {
    }
  }
  // What it has said since the last time.
  std::vector<std::vector<uint8_t>> TakeMessages() {
    return std::exchange(messages_, {});
  }

 private:
  // Whether another leg may follow with what input is left.
  bool Leg() {
    std::vector<uint8_t> room(size_t{1} << 16);
    SecBuffer token = {static_cast<ULONG>(room.size()), SECBUFFER_TOKEN,
                       room.data()};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &token};
    SecBuffer in[] = {
        {static_cast<ULONG>(input_.size()), SECBUFFER_TOKEN, input_.data()},
        {0, SECBUFFER_EMPTY, nullptr}};
    SecBufferDesc input = {SECBUFFER_VERSION, 2, in};
    CtxtHandle* const old = has_context_ ? &context_ : nullptr;
    SEC_WCHAR target[] = u"host/server.example.test";
    ULONG attributes = 0;
    TimeStamp expiry = {};
    const SECURITY_STATUS status =
        side_ == Side::kClient
            ? table_->InitializeSecurityContextW(
                  &credential_, old, target, requirements_, 0,
                  SECURITY_NATIVE_DREP, input_.empty() ? nullptr : &input, 0,
                  &context_, &output, &attributes, &expiry)
            : table_->AcceptSecurityContext(&credential_, old, &input,
                                            requirements_, SECURITY_NATIVE_DREP,
                                            &context_, &output, &attributes,
                                            &expiry);
    if (status == SEC_E_INCOMPLETE_MESSAGE) {
      return false;
    }
    over_ = status < 0 || status == SEC_E_OK;
    if (status < 0) {
      return false;
    }
    has_context_ = true;
    if (token.cbBuffer > 0) {
      room.resize(token.cbBuffer);
      messages_.push_back(std::move(room));
    }
    const size_t left =
        in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;
    input_.erase(input_.begin(), input_.end() - static_cast<ptrdiff_t>(left));
    return !over_;
  }

  SecurityFunctionTableW* const table_ = InitSecurityInterfaceW();
  const Side side_;
  World* const world_;
  std::u16string package_;
  const ULONG requirements_;
  CredHandle credential_ = {};
  CtxtHandle context_ = {};
  bool has_credential_ = false;
  bool has_context_ = false;
  bool over_ = false;
  std::vector<uint8_t> input_;
  std::vector<std::vector<uint8_t>> messages_;
};

[[noreturn]] void GiveUp(const char* what) {
  std::fprintf(stderr, "sspilab: the loop under test hangs: %s\n", what);
  std::abort();
}

// Lists the calls, and refuses them when there are too many.
class Listing final : public Interceptor {
 public:
  Listing(SecurityFunctionTableW* inner, LoopOutcome* outcome,
          const size_t* messages)
      : Interceptor(inner), outcome_(outcome), messages_(messages) {}

  bool out_of_patience() const { return made_ > kPatience; }

 private:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    if (++made_ > kEndOfPatience) {
      GiveUp("it calls SSPI without end");
    }
    const bool closes = call.call == Call::kDeleteSecurityContext ||
                        call.call == Call::kFreeCredentialsHandle ||
                        call.call == Call::kFreeContextBuffer;
    if (out_of_patience() && !closes) {
      return SEC_E_INTERNAL_ERROR;
    }
    const bool has_input = call.input != nullptr;
    const SECURITY_STATUS status = proceed();
    outcome_->calls.push_back(
        {call.call, ++nth_[static_cast<size_t>(call.call)], status, has_input,
         call.number, call.attributes == nullptr ? 0 : *call.attributes,
         *messages_});
    return status;
  }

  LoopOutcome* const outcome_;
  const size_t* const messages_;
  std::array<size_t, kCallCount> nth_ = {};
  size_t made_ = 0;
};

class LoopTransport final : public Transport {
 public:
  LoopTransport(const LoopUnderTest& loop, const LoopFault& fault,
                LoopPeer* peer, Checker* checker, LoopOutcome* outcome)
      : side_(loop.side),
        fault_(fault),
        peer_(peer),
        checker_(checker),
        outcome_(outcome) {
    if (loop.peer_says.has_value()) {
      for (const std::vector<uint8_t>& message : *loop.peer_says) {
        Deliver(message);
      }
    }
    Hear();
  }

  void Send(absl::Span<const uint8_t> bytes) override {
    if (++uses_ > kEndOfPatience) {
      GiveUp("it sends without end");
    }
    checker_->OnSend(side_, bytes);
    if (peer_ != nullptr) {
      peer_->Take(bytes);
      Hear();
    }
  }

  size_t Receive(absl::Span<uint8_t> room) override {
    if (++uses_ > kEndOfPatience) {
      GiveUp("it receives without end");
    }
    if (pieces_.empty()) {
      ++after_end_;
      checker_->OnReceive(side_, {});
      return 0;
    }
    Piece& piece = pieces_.front();
    const size_t size = std::min(room.size(), piece.bytes.size());
    std::copy_n(piece.bytes.begin(), size, room.begin());
    checker_->OnReceive(side_, room.subspan(0, size));
    begun_ = piece.message;
    piece.bytes.erase(piece.bytes.begin(),
                      piece.bytes.begin() + static_cast<ptrdiff_t>(size));
    if (piece.bytes.empty()) {
      pieces_.pop_front();
    }
    return size;
  }

  bool out_of_patience() const {
    return uses_ > kPatience || after_end_ > kReceivesAfterEnd;
  }
  const size_t* begun() const { return &begun_; }

 private:
  struct Piece {
    size_t message;
    std::vector<uint8_t> bytes;
  };

  void Hear() {
    if (peer_ == nullptr) {
      return;
    }
    for (const std::vector<uint8_t>& message : peer_->TakeMessages()) {
      Deliver(message);
    }
  }

  void Deliver(const std::vector<uint8_t>& message) {
    outcome_->messages.push_back(message.size());
    const size_t number = outcome_->messages.size();
    size_t cut = message.size();
    if (fault_.split.has_value() && fault_.split->message == number) {
      cut = std::min(cut, fault_.split->offset);
    }
    if (fault_.bytewise) {
      for (const uint8_t byte : message) {
        pieces_.push_back({number, {byte}});
      }
      return;
    }
    const auto middle = message.begin() + static_cast<ptrdiff_t>(cut);
    pieces_.push_back({number, {message.begin(), middle}});
    if (middle != message.end()) {
      pieces_.push_back({number, {middle, message.end()}});
    }
  }

  const Side side_;
  const LoopFault& fault_;
  LoopPeer* const peer_;
  Checker* const checker_;
  LoopOutcome* const outcome_;
  std::deque<Piece> pieces_;
  // The message of which something was received last.
  size_t begun_ = 0;
  size_t uses_ = 0;
  size_t after_end_ = 0;
};

}  // namespace

LoopOutcome RunLoopWith(const LoopUnderTest& loop, const LoopFault& fault) {
  LoopOutcome outcome;
  WorldOptions client_options = {.seed = 2};
  client_options.names.computer = u"CLIENT";
  client_options.logon = Logon{kUser, kDomain, kPassword};
  WorldOptions server_options = {.seed = 3};
  server_options.names.computer = u"SERVER";
  World client_world(std::move(client_options));
  World server_world(std::move(server_options));
  server_world.accounts().Add(kUser, kDomain, kPassword);
  if (loop.prepare) {
    loop.prepare(client_world, server_world);
  }
  const bool is_client = loop.side == Side::kClient;
  World& world = is_client ? client_world : server_world;
  World& peer_world = is_client ? server_world : client_world;

  // The fault's steps come first, where both are for one call.
  std::vector<ScriptStep> script = fault.steps;
  script.insert(script.end(), loop.script.begin(), loop.script.end());
  Scripted package(InitSecurityInterfaceW(), std::move(script));
  Checker checker(is_client ? package.table() : nullptr,
                  is_client ? nullptr : package.table());
  checker.Watch(loop.side, &world);
  // Whoever watches only one side must be told what is sent.
  std::unique_ptr<LoopPeer> peer;
  if (!loop.peer_says.has_value()) {
    peer = std::make_unique<LoopPeer>(OtherOf(loop.side), &peer_world,
                                      loop.package, loop.peer_requirements);
  }
  {
    LoopTransport transport(loop, fault, peer.get(), &checker, &outcome);
    Listing listing(checker.table(loop.side), &outcome, transport.begun());
    const uint64_t before = world.memory().allocations();
    world.memory().FailAt(fault.failing_allocation);
    {
      ScopedWorld bind(&world);
      outcome.authenticated = loop.run(listing.table(), transport);
    }
    world.memory().FailAt(0);
    outcome.allocations = world.memory().allocations() - before;
    checker.OnClaim(loop.side, outcome.authenticated);
    checker.Finish();
    outcome.broken = checker.broken();
    if (listing.out_of_patience() || transport.out_of_patience()) {
      outcome.broken.push_back(
          {RuleId::kHangs, loop.side, checker.calls(),
           is_client ? Call::kInitializeSecurityContext
                     : Call::kAcceptSecurityContext,
           listing.out_of_patience()
               ? "the loop calls and calls"
               : "the loop goes on receiving after the connection's end"});
    }
  }
  return outcome;
}

}  // namespace sspilab::sim

#include "sim/loop_run.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "core/entropy.h"
#include "core/kerberos/realm.h"
#include "core/tls/lab_certificates.h"
#include "sim/checker.h"
#include "sim/loop_peer.h"

namespace sspilab::sim {
namespace {

// Calls and receives after which a loop gets only failures, and those after
// which it is beyond help.
constexpr size_t kPatience = 1000;
constexpr size_t kEndOfPatience = 10 * kPatience;
// Receives after the end that a loop may need to see that it is the end.
constexpr size_t kReceivesAfterEnd = 8;
// What an endless peer has to say: more than a loop should listen to.
constexpr uint64_t kEndlessMessages = 2 * Checker::kMaxLegs;

constexpr char16_t kUser[] = u"alice";
constexpr char16_t kDomain[] = u"EXAMPLE";
constexpr char16_t kPassword[] = u"correct horse";

// A certificate for server.example.test, made once: that takes longer than a
// handshake.
const World& CertificateShop() {
  static const World* const shop = [] {
    WorldOptions options;
    options.names.dns_computer = u"server.example.test";
    auto* world = new World(options);
    if (const absl::Status made = tls::GiveServerCertificate(*world, *world);
        !made.ok()) {
      std::fprintf(stderr, "sspilab: no certificate for the server: %s\n",
                   std::string(made.message()).c_str());
      std::abort();
    }
    return world;
  }();
  return *shop;
}

// The domain of both machines, made once as well.
const kerberos::Realms& Domain() {
  static const kerberos::Realms* const realms = [] {
    auto* made = new kerberos::Realms;
    Entropy entropy(/*seed=*/0, /*stream=*/0);
    kerberos::Realm& realm = made->Add("EXAMPLE.TEST", entropy);
    realm.AddFromPassword("alice", "correct horse");
    realm.AddFromPassword("SERVER$", "the machine's own").aliases = {
        "host/server.example.test"};
    return made;
  }();
  return *realms;
}

bool SpeaksTls(const std::u16string& package) {
  return package == SCHANNEL_NAME_W || package == CREDSSP_NAME;
}

[[noreturn]] void GiveUp(const char* what) {
  std::fprintf(stderr, "sspilab: the loop under test hangs: %s\n", what);
  std::abort();
}

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
    if (++sends_ > kEndOfPatience) {
      GiveUp("it sends without end");
    }
    checker_->OnSend(side_, bytes);
    if (peer_ != nullptr) {
      peer_->Take(bytes);
      Hear();
    }
  }

  size_t Receive(absl::Span<uint8_t> room) override {
    if (pieces_.empty() && fault_.endless_peer && said_ < kEndlessMessages) {
      // Of the size of a small token, and never the same.
      std::vector<uint8_t> message(sizeof(said_));
      std::memcpy(message.data(), &++said_, sizeof(said_));
      Deliver(message);
    }
    if (pieces_.empty()) {
      if (++after_end_ > kEndOfPatience) {
        GiveUp("it receives without end");
      }
      checker_->OnReceive(side_, {});
      return 0;
    }
    Piece& piece = pieces_.front();
    const size_t size = std::min(room.size(), piece.bytes.size());
    std::copy_n(piece.bytes.begin(), size, room.begin());
    checker_->OnReceive(side_, room.subspan(0, size));
    begun_ = piece.message;
    ++pieces_received_;
    piece.bytes.erase(piece.bytes.begin(),
                      piece.bytes.begin() + static_cast<ptrdiff_t>(size));
    if (piece.bytes.empty()) {
      pieces_.pop_front();
    }
    return size;
  }

  bool out_of_patience() const {
    return sends_ > kPatience || after_end_ > kReceivesAfterEnd;
  }
  // The message of which something was received last, counted from 1.
  size_t begun() const { return begun_; }
  size_t pieces_received() const { return pieces_received_; }

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
  size_t begun_ = 0;
  size_t pieces_received_ = 0;
  size_t sends_ = 0;
  size_t after_end_ = 0;
  uint64_t said_ = 0;
};

// Lists the calls, and refuses them when there are too many.
class Listing final : public Interceptor {
 public:
  Listing(SecurityFunctionTableW* inner, LoopOutcome* outcome,
          const LoopTransport* transport)
      : Interceptor(inner), outcome_(outcome), transport_(transport) {}

  // A loop may call for every piece that arrives.
  bool out_of_patience() const {
    return made_ > kPatience + transport_->pieces_received();
  }

 private:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    if (++made_ > kEndOfPatience + transport_->pieces_received()) {
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
         transport_->begun()});
    return status;
  }

  LoopOutcome* const outcome_;
  const LoopTransport* const transport_;
  std::array<size_t, kCallCount> nth_ = {};
  size_t made_ = 0;
};

}  // namespace

LoopOutcome RunLoopWith(const LoopUnderTest& loop, const LoopFault& fault) {
  LoopOutcome outcome;
  WorldOptions client_options = {.seed = 2};
  client_options.names.computer = u"CLIENT";
  client_options.logon = Logon{kUser, kDomain, kPassword};
  WorldOptions server_options = {.seed = 3};
  server_options.names.computer = u"SERVER";
  server_options.names.dns_computer = u"server.example.test";
  World client_world(std::move(client_options));
  World server_world(std::move(server_options));
  server_world.accounts().Add(kUser, kDomain, kPassword);
  if (SpeaksTls(loop.package)) {
    const CertificateStore& shop = CertificateShop().certificates();
    server_world.certificates().Add(*shop.Default());
    client_world.certificates().Trust(shop.roots().front());
  }
  if (loop.package == u"Kerberos") {
    client_world.realms() = Domain();
    server_world.realms() = Domain();
  }
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
  checker.WatchTransport(loop.side);
  std::unique_ptr<LoopPeer> peer;
  if (!loop.peer_says.has_value()) {
    peer = std::make_unique<LoopPeer>(loop, &peer_world);
  }
  {
    LoopTransport transport(loop, fault, peer.get(), &checker, &outcome);
    Listing listing(checker.table(loop.side), &outcome, &transport);
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

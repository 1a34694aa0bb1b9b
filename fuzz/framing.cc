#include "fuzz/framing.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "core/world.h"
#include "fuzz/caller.h"
#include "fuzz/oracles.h"
#include "fuzz/party.h"
#include "fuzz/stream.h"
#include "fuzz/stream_records.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

// What one end came to, whatever came when.
struct Result {
  std::vector<uint8_t> sent;
  // Of legs and of DecryptMessage, but for those that lacked bytes.
  std::vector<SECURITY_STATUS> statuses;
  std::vector<uint8_t> opened;
  bool done = false;
};

// One end. What it does depends on what it was given, never on when: when its
// handshake is done it sends messages, and when it has got all of the other's
// it ends the stream.
class End {
 public:
  static constexpr std::array<size_t, 3> kTexts = {1, 0, 100};

  explicit End(Caller& caller) : caller_(caller) {}

  Result& result() { return result_; }
  Stream& outbox() { return outbox_; }

  bool Begin() {
    if (!caller_.Acquire()) return false;
    if (caller_.role() == Role::kInitiator) Leg();
    return true;
  }

  void Receive(Bytes bytes) {
    if (!inbox_.Append(bytes)) ended_ = true;
    while (!ended_ && !inbox_.bytes().empty()) {
      if (!(caller_.done() ? Open() : Leg())) break;
    }
  }

 private:
  // Both return false when there is nothing to go on with.
  bool Leg() {
    const size_t before = inbox_.bytes().size();
    const bool was_done = caller_.done();
    const SECURITY_STATUS status = caller_.Advance(inbox_.bytes());
    Send(caller_.token());
    if (status == SEC_E_INCOMPLETE_MESSAGE) return false;
    result_.statuses.push_back(status);
    if (status < 0) {
      ended_ = true;
      return false;
    }
    inbox_.KeepLast(caller_.extra());
    if (caller_.done() && !was_done) {
      result_.done = true;
      SendMessages();
    }
    // What took nothing twice would never take anything.
    const bool took = inbox_.bytes().size() != before;
    if (!took && !took_) ended_ = true;
    took_ = took;
    return true;
  }

  bool Open() {
    const Records::Opened opened = records_.Open(caller_, inbox_.bytes());
    if (opened.status == SEC_E_INCOMPLETE_MESSAGE) return false;
    result_.statuses.push_back(opened.status);
    if (opened.status < 0) {
      ended_ = true;
      return false;
    }
    result_.opened.insert(result_.opened.end(), opened.text.begin(),
                          opened.text.end());
    inbox_.KeepLast(opened.rest);
    if (opened.status == SEC_I_RENEGOTIATE) return Leg();
    if (opened.status == SEC_I_CONTEXT_EXPIRED) ended_ = true;
    constexpr size_t kAll = kTexts[0] + kTexts[1] + kTexts[2];
    if (!said_end_ && result_.opened.size() >= kAll) SayEnd();
    return true;
  }

  void SendMessages() {
    uint8_t next = 0;
    for (const size_t size : kTexts) {
      std::array<uint8_t, 128> text;
      for (size_t i = 0; i < size; ++i) text[i] = next++;
      Stream sealed;
      if (records_.Seal(caller_, absl::MakeConstSpan(text).subspan(0, size),
                        sealed) == Records::Sealed::kWhole) {
        Send(sealed.bytes());
      }
    }
  }

  void SayEnd() {
    said_end_ = true;
    if (ApplyControl(caller_, SCHANNEL_SHUTDOWN) != SEC_E_OK) return;
    result_.statuses.push_back(caller_.Advance({}));
    Send(caller_.token());
  }

  void Send(Bytes bytes) {
    result_.sent.insert(result_.sent.end(), bytes.begin(), bytes.end());
    if (!outbox_.Append(bytes)) ended_ = true;
  }

  Caller& caller_;
  Records records_;
  Stream inbox_;
  Stream outbox_;
  Result result_;
  bool said_end_ = false;
  bool ended_ = false;
  bool took_ = true;
};

struct Outcome {
  Result initiator;
  Result acceptor;
  uint64_t digest;
};

// How much arrives at a time, at most; 0 for all there is.
std::vector<size_t> SizesOf(absl::Span<const sim::Operation> operations) {
  std::vector<size_t> sizes;
  for (const sim::Operation& operation : operations) {
    if (operation.kind == sim::OperationKind::kSplit) {
      sizes.push_back(operation.place);
    } else if (operation.kind == sim::OperationKind::kCoalesce) {
      sizes.push_back(0);
    }
  }
  return sizes;
}

// Runs it with these sizes; none is whole delivery.
Outcome Run(const Profile& profile, const sim::Settings& settings,
            absl::Span<const size_t> sizes) {
  Watch watch(profile.package);
  Outcome outcome;
  {
    Party client(Role::kInitiator, profile, settings, Verification::kStrict,
                 watch);
    Party server(Role::kAcceptor, profile, settings, Verification::kStrict,
                 watch);
    End initiator(client.caller());
    End acceptor(server.caller());
    if (initiator.Begin() && acceptor.Begin()) {
      size_t turn = 0;
      while (!initiator.outbox().bytes().empty() ||
             !acceptor.outbox().bytes().empty()) {
        const bool to_acceptor = turn % 2 == 0;
        End& from = to_acceptor ? initiator : acceptor;
        End& to = to_acceptor ? acceptor : initiator;
        const size_t most = sizes.empty() ? 0 : sizes[turn % sizes.size()];
        ++turn;
        const size_t waiting = from.outbox().bytes().size();
        const size_t size = most == 0 ? waiting : std::min(most, waiting);
        to.Receive(from.outbox().bytes().subspan(0, size));
        from.outbox().KeepLast(waiting - size);
      }
    }
    outcome.initiator = std::move(initiator.result());
    outcome.acceptor = std::move(acceptor.result());
    const bool both_done = outcome.initiator.done && outcome.acceptor.done;
    watch.Require(both_done || !profile.must_complete(settings),
                  Rule::kUnharmedCompletes);
  }
  outcome.digest = watch.digest();
  return outcome;
}

void RequireSame(const Result& framed, const Result& whole,
                 std::string_view side) {
  const auto require = [&](bool same, std::string_view what) {
    if (!same) Fail(Rule::kSameAsWhole, absl::StrCat(side, ": ", what));
  };
  require(framed.statuses == whole.statuses, "statuses");
  require(framed.sent == whole.sent, "bytes sent");
  require(framed.opened == whole.opened, "messages");
  require(framed.done == whole.done, "result");
}

}  // namespace

uint64_t RunFraming(const Profile& profile, Bytes bytes) {
  sim::Input input = sim::Input::Decode(bytes);
  sim::Settings& settings = input.settings;
  // A refused allocation is another one when there are more calls, a descriptor
  // without bytes hides what arrived, and bindings go with the number of a
  // call.
  for (sim::SideSettings* side : {&settings.initiator, &settings.acceptor}) {
    side->refused_allocation = 0;
    side->bindings = 0;
    side->options &= static_cast<uint8_t>(~sim::kFreesCredentialEarly);
    side->input %= static_cast<uint8_t>(sim::InputShape::kTwoTokens);
  }
  const Outcome framed = Run(profile, settings, SizesOf(input.operations));
  const Outcome whole = Run(profile, settings, {});
  RequireSame(framed.initiator, whole.initiator, "initiator");
  RequireSame(framed.acceptor, whole.acceptor, "acceptor");
  return framed.digest;
}

}  // namespace sspilab::fuzz

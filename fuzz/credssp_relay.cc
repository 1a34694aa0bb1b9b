#include "fuzz/credssp_relay.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/credssp/messages.h"
#include "core/role.h"
#include "core/sspi.h"
#include "fuzz/caller.h"
#include "fuzz/oracles.h"
#include "fuzz/party.h"
#include "fuzz/profile.h"
#include "fuzz/stream.h"
#include "fuzz/stream_records.h"
#include "fuzz/wire_edit.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;
using credssp::TsRequest;

// Of CredSSP's and of Schannel's SideSettings, the byte with the certificate.
constexpr size_t kCredSspCertificate = 1, kSchannelCertificate = 0;
constexpr uint8_t kCertificateBits = 0x0F;
// Schannel's policy[1]. The one between wants no tickets for later, which TLS
// 1.3 has a server send at any time.
constexpr uint8_t kTls12 = 1;

// Settings of the one between: ordinary in all else.
sim::Settings SettingsBetween(const sim::Settings& ends) {
  sim::Settings settings = {};
  settings.seed = ends.seed;
  settings.initiator.policy[1] = kTls12;
  // The certificate after the acceptor's is for the same name.
  settings.acceptor.policy[kSchannelCertificate] = static_cast<uint8_t>(
      (ends.acceptor.policy[kCredSspCertificate] & kCertificateBits) +
      (ends.seed & 1));
  return settings;
}

// One of the two connections.
struct Connection {
  Caller& end;
  Caller& between;
  Stream to_end = {};
  Stream to_between = {};
};

class Relay {
 public:
  Relay(const sim::Input& input, Caller& initiator, Caller& acceptor,
        Caller& to_initiator, Caller& to_acceptor)
      : input_(input),
        client_{.end = initiator, .between = to_initiator},
        server_{.end = acceptor, .between = to_acceptor} {}

  void Run();
  void Judge(bool same_key) const;

 private:
  static constexpr size_t kMostRequests = 16;
  static constexpr int kMostTurns = 48;

  // Each end of a connection takes what has come for it, and the requests that
  // come out go to the other connection. False where nothing happened, or
  // nothing can happen any more.
  bool Turn(Connection& from, Connection& to);
  bool PassOn(Connection& from, Connection& to);
  // The one between asks for another handshake of TLS 1.2, which an end that is
  // done goes through, too.
  void Renegotiate(Connection& connection);
  void Send(Role from, Bytes request, Connection& to);

  const sim::Input& input_;
  Connection client_;
  Connection server_;
  Records records_;
  std::array<WireToken, kMostRequests> sent_;
  std::array<WireToken, kMostRequests> arrived_;
  std::array<Role, kMostRequests> from_;
  size_t count_ = 0;
  bool altered_ = false;
};

void Relay::Run() {
  for (Caller* const caller :
       {&client_.end, &client_.between, &server_.end, &server_.between}) {
    if (!caller->Acquire()) return;
  }
  if (client_.end.Advance({}) < 0 || server_.between.Advance({}) < 0) return;
  if (!client_.to_between.Append(client_.end.token()) ||
      !server_.to_end.Append(server_.between.token())) {
    return;
  }
  for (int turn = 0; turn < kMostTurns; ++turn) {
    const bool client = Turn(client_, server_);
    const bool server = Turn(server_, client_);
    if (!client && !server) break;
  }
  for (const sim::Operation& operation : input_.operations) {
    if (operation.kind != sim::OperationKind::kRenegotiate) continue;
    Renegotiate((operation.target & 1) == 0 ? client_ : server_);
  }
}

void Relay::Renegotiate(Connection& connection) {
  Caller& end = connection.end;
  Caller& between = connection.between;
  if (!end.done() || !between.done() ||
      ApplyControl(between, SCHANNEL_RENEGOTIATE) != SEC_E_OK) {
    return;
  }
  between.Advance({});
  bool goes_on = connection.to_end.Append(between.token());
  // One leg a record; each call takes one, or there is no next one.
  const auto take_all = [&goes_on](Caller& caller, Stream& stream,
                                   Stream& reply) {
    while (goes_on && !stream.bytes().empty()) {
      const size_t before = stream.bytes().size();
      const SECURITY_STATUS status = caller.Advance(stream.bytes());
      stream.KeepLast(caller.extra());
      goes_on = status >= 0 && reply.Append(caller.token()) &&
                stream.bytes().size() < before;
    }
  };
  while (goes_on && !(connection.to_end.bytes().empty() &&
                      connection.to_between.bytes().empty())) {
    take_all(end, connection.to_end, connection.to_between);
    take_all(between, connection.to_between, connection.to_end);
  }
}

bool Relay::Turn(Connection& from, Connection& to) {
  const auto take = [](Caller& caller, Stream& stream, Stream& reply) {
    if (stream.bytes().empty() || caller.done()) return false;
    const size_t before = stream.bytes().size();
    const SECURITY_STATUS status = TakeAll(caller, stream, reply);
    if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE) {
      // Nobody reads on after a failure.
      stream.KeepLast(0);
    }
    return stream.bytes().size() != before;
  };
  const bool end = take(from.end, from.to_end, from.to_between);
  const bool between = take(from.between, from.to_between, from.to_end);
  return PassOn(from, to) || end || between;
}

bool Relay::PassOn(Connection& from, Connection& to) {
  if (!from.between.done() || !to.between.done() ||
      from.to_between.bytes().empty()) {
    return false;
  }
  const Records::Opened opened =
      records_.Open(from.between, from.to_between.bytes());
  if (opened.status == SEC_E_INCOMPLETE_MESSAGE) return false;
  if (opened.status == SEC_E_OK && count_ < kMostRequests) {
    const std::vector<uint8_t> request(opened.text.begin(), opened.text.end());
    from.to_between.KeepLast(opened.rest);
    Send(from.end.role(), request, to);
    return true;
  }
  from.to_between.KeepLast(0);
  return false;
}

void Relay::Send(Role from, Bytes request, Connection& to) {
  const size_t number = count_++;
  WireToken& arrived = arrived_[number];
  from_[number] = from;
  sent_[number].Assign(request);
  arrived.Assign(request);
  size_t first = SIZE_MAX;
  for (const sim::Operation& operation : input_.operations) {
    if (!IsTo(number, operation, kMostRequests)) continue;
    if (operation.kind == sim::OperationKind::kSplit) first = operation.place;
    arrived.Edit(operation, absl::MakeConstSpan(sent_).first(count_));
  }
  const bool changed = arrived.bytes() != request;
  altered_ = altered_ || changed;
  to.end.watch().Passed(from, request.size(), arrived.bytes().size(), changed);
  // Cut in two, it is in two records. The first has its tag and length at least
  // (MS-CSSP <8>).
  constexpr size_t kTagAndLength = 6;
  const Bytes bytes = arrived.bytes();
  first = std::min(first, bytes.size());
  altered_ = altered_ || (first != 0 && first < kTagAndLength);
  for (const Bytes part : {bytes.first(first), bytes.subspan(first)}) {
    if (!part.empty()) records_.Seal(to.between, part, to.to_end);
  }
}

void Relay::Judge(bool same_key) const {
  Watch& watch = client_.end.watch();
  const bool both_done = client_.end.done() && server_.end.done();
  if (!same_key) {
    watch.Require(!client_.end.done() && !server_.end.done(), Rule::kNoForgery,
                  "the key is of somebody between the two");
    return;
  }
  watch.Require(
      both_done || altered_ || !CredSspProfile().must_complete(input_.settings),
      Rule::kUnharmedCompletes);
  if (!both_done) return;
  std::array<std::optional<uint32_t>, 2> versions;
  bool proved = false;
  for (size_t i = 0; i < count_; ++i) {
    const auto sent = TsRequest::Parse(sent_[i].bytes());
    const auto arrived = TsRequest::Parse(arrived_[i].bytes());
    if (!arrived.ok()) continue;
    auto& version = versions[from_[i] == Role::kInitiator ? 0 : 1];
    watch.Require(!version.has_value() || *version == arrived->version,
                  Rule::kNoForgery, "a version that changes");
    version = arrived->version;
    if (!sent.ok()) continue;
    watch.Require(arrived->pub_key_auth == sent->pub_key_auth &&
                      arrived->auth_info == sent->auth_info,
                  Rule::kNoForgery, "what is sealed was changed");
    const bool proves = from_[i] == Role::kInitiator &&
                        arrived->pub_key_auth.has_value() && !proved;
    if (!proves) continue;
    proved = true;
    watch.Require(arrived->version < credssp::kVersionWithNonce ||
                      arrived->client_nonce == sent->client_nonce,
                  Rule::kNoForgery, "another nonce");
  }
}

}  // namespace

uint64_t RunCredSspRelay(Bytes bytes) {
  const sim::Input input = sim::Input::Decode(bytes);
  const sim::Settings between = SettingsBetween(input.settings);
  Watch ends(Package::kCredSsp);
  Watch schannel(Package::kSchannel);
  {
    const auto strict = Verification::kStrict;
    Party initiator(Role::kInitiator, CredSspProfile(), input.settings, strict,
                    ends);
    Party acceptor(Role::kAcceptor, CredSspProfile(), input.settings, strict,
                   ends);
    Party to_initiator(Role::kAcceptor, SchannelProfile(), between, strict,
                       schannel);
    Party to_acceptor(Role::kInitiator, SchannelProfile(), between, strict,
                      schannel);
    Relay relay(input, initiator.caller(), acceptor.caller(),
                to_initiator.caller(), to_acceptor.caller());
    relay.Run();
    relay.Judge((input.settings.seed & 1) == 0);
  }
  return ends.digest() ^ schannel.digest();
}

}  // namespace sspilab::fuzz

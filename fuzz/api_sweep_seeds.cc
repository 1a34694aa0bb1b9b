// Calls of the interface in every state that a context can come to: what a
// caller might do there, each by itself.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/sspi.h"
#include "fuzz/api_calls.h"
#include "fuzz/api_run.h"
#include "fuzz/seeds.h"
#include "sim/input/api_operation.h"

namespace sspilab::fuzz {
namespace {

using sim::ApiCall;
using sim::ByteSource;

// Two ends, and the World that they are in.
struct Exchanged {
  std::string_view name;
  uint8_t world;
  Ends ends;
  // What is like another exchange's is not gone through again.
  bool differs_little = false;

  bool is_stream() const {
    return ends.package == kSchannel || ends.package == kCredSsp;
  }
  Calls After(int legs) const {
    Ends some = ends;
    some.legs = legs;
    return Calls(world).Handshake(some);
  }
};
// Requirements: a bit each, as the package's Profile has them.
constexpr std::array<std::array<uint8_t, 2>, 2> kSeals = {{{0x03}}},
                                                kAllOfKerberos = {{{0x1F}}},
                                                kDceStyle = {{{0x3F}}},
                                                kUserToUser = {{{0x1F, 0x02}}},
                                                kStreams = {{{0x01}}},
                                                kWantsCertificate = {
                                                    {{0x21}, {0x08}}};
constexpr uint8_t kTls12 = 0x01, kTls13 = 0x02;
// SideSettings::policy[1] of CredSSP.
constexpr uint8_t kTls12InCredSsp = 0x10;
constexpr Exchanged kExchanges[] = {
    {"ntlm", 0, {.package = kNtlm, .asks = kSeals, .legs = 2}},
    {"ntlm_completes",
     sim::kApiCompletesTokens,
     {.package = kNtlm, .asks = kSeals, .legs = 2}},
    {"negotiate", 0, {.package = kNegotiate, .asks = kSeals, .legs = 3}},
    {"negotiate_kerberos",
     sim::kApiHasRealm,
     {.package = kNegotiate, .asks = kSeals, .legs = 2}},
    {"kerberos",
     sim::kApiHasRealm,
     {.package = kKerberos, .asks = kAllOfKerberos, .legs = 1}},
    {"kerberos_dce",
     sim::kApiHasRealm,
     {.package = kKerberos, .asks = kDceStyle, .legs = 2}},
    {"kerberos_user_to_user",
     sim::kApiHasRealm,
     {.package = kKerberos, .asks = kUserToUser, .legs = 3}},
    {"tls12",
     0,
     {.package = kSchannel,
      .asks = kStreams,
      .legs = 3,
      .list = kTokenAndEmpty,
      .policy = kTls12}},
    {"tls13",
     0,
     {.package = kSchannel,
      .asks = kStreams,
      .legs = 2,
      .list = kTokenAndEmpty,
      .policy = kTls13}},
    {"credssp",
     0,
     {.package = kCredSsp,
      .asks = kStreams,
      .legs = 6,
      .list = kTokenAndEmpty}},
    {"credssp_kerberos",
     sim::kApiHasRealm,
     {.package = kCredSsp, .asks = kStreams, .legs = 6, .list = kTokenAndEmpty},
     /*differs_little=*/true},
    {"credssp_certificate",
     0,
     {.package = kCredSsp,
      .asks = kWantsCertificate,
      .legs = 2,
      .list = kTokenAndEmpty},
     /*differs_little=*/true},
    {"credssp_tls12",
     0,
     {.package = kCredSsp,
      .asks = kStreams,
      .legs = 8,
      .list = kTokenAndEmpty,
      .policy = kTls12InCredSsp}},
    {"credssp_completes",
     sim::kApiCompletesTokens,
     {.package = kCredSsp,
      .asks = kStreams,
      .legs = 8,
      .list = kTokenAndEmpty,
      .policy = kTls12InCredSsp},
     /*differs_little=*/true},
};

constexpr uint8_t kNothing = From(ByteSource::kNone);
constexpr uint8_t kLast = From(ByteSource::kKept);
constexpr uint8_t kToEnd = From(ByteSource::kKeptToEnd);
constexpr uint8_t kRest = From(ByteSource::kRest);

// What one of them does, `end` or the other.
class End {
 public:
  End(const Exchanged& exchange, uint8_t end, Calls& calls)
      : exchange_(exchange), end_(end), calls_(calls) {}

  End Other() const {
    return {exchange_, end_ == kInitiator ? kAcceptor : kInitiator, calls_};
  }
  // A leg with these bytes.
  void Leg(uint8_t bytes, uint8_t place = 0, uint8_t output = kToken,
           uint8_t variation = 0) const {
    calls_.Leg(
        end_,
        {.number = {exchange_.ends.asks[end_][0], exchange_.ends.asks[end_][1]},
         .list = bytes == kNothing ? kEmptyAlone : exchange_.ends.list,
         .output = output,
         .bytes = bytes,
         .place = place,
         .variation = variation});
  }
  void Decrypt(uint8_t bytes, uint8_t place = 0) const {
    calls_.Add(ApiCall::kDecryptMessage,
               {.handle = end_,
                .list = exchange_.is_stream() ? kDataAndEmpty : kStreamAndData,
                .bytes = bytes,
                .place = place});
  }
  void Encrypt() const {
    calls_.Add(ApiCall::kEncryptMessage,
               {.handle = end_,
                .list = exchange_.is_stream() ? kRecord : kTokenAndData});
  }
  // SCHANNEL_SHUTDOWN and its like, with the number and, of an alert, the level
  // or, of a session, the flags.
  void Control(uint8_t type, uint8_t number = 0, uint8_t place = 0) const {
    calls_.Add(ApiCall::kApplyControlToken, {.handle = end_,
                                             .number = {type, number},
                                             .list = kToken,
                                             .place = place});
  }
  void Complete(uint8_t bytes, uint8_t place) const {
    calls_.Add(
        ApiCall::kCompleteAuthToken,
        {.handle = end_, .list = kToken, .bytes = bytes, .place = place});
  }

 private:
  const Exchanged& exchange_;
  const uint8_t end_;
  Calls& calls_;
};

constexpr uint8_t kLastButOne = From(ByteSource::kKept, 1);
constexpr uint8_t kFlipped = From(ByteSource::kKeptFlipped);
constexpr uint8_t kCut = From(ByteSource::kKeptCut);
constexpr uint8_t kGarbage = From(ByteSource::kFilled, 7);

struct Doing {
  std::string_view name;
  void (*with)(const End& end);
};

// How a stream goes on when all legs are over.
constexpr Doing kWays[] = {
    {"asks", [](const End& end) { end.Leg(kNothing); }},
    {"asked",
     [](const End& end) {
       end.Other().Leg(kNothing);
       end.Decrypt(kLast);
     }},
    // Of TLS 1.3, a ticket.
    {"told", [](const End& end) { end.Decrypt(kLast); }},
    {"closes",
     [](const End& end) {
       end.Control(SCHANNEL_SHUTDOWN);
       end.Leg(kNothing);
     }},
    {"closed",
     [](const End& end) {
       end.Other().Control(SCHANNEL_SHUTDOWN);
       end.Other().Leg(kNothing);
       end.Decrypt(kLast);
     }},
};

constexpr uint8_t kFatal = TLS1_ALERT_FATAL;
constexpr uint8_t kInternalError = TLS1_ALERT_INTERNAL_ERROR;

// Of all packages.
constexpr Doing kDoings[] = {
    {"leg", [](const End& end) { end.Leg(kNothing); }},
    {"leg_last", [](const End& end) { end.Leg(kLast); }},
    {"leg_last_but_one", [](const End& end) { end.Leg(kLastButOne); }},
    {"leg_cut", [](const End& end) { end.Leg(kCut, 3); }},
    {"leg_flipped", [](const End& end) { end.Leg(kFlipped, 20); }},
    {"leg_garbage", [](const End& end) { end.Leg(kGarbage, 40); }},
    {"leg_garbage_and_on",
     [](const End& end) {
       end.Leg(kGarbage, 40);
       end.Complete(kLast, 0);
       end.Leg(kLast);
     }},
    {"leg_no_output",
     [](const End& end) { end.Leg(kToEnd, 0, kTokenWithoutMemory); }},
    {"leg_little_room",
     [](const End& end) {
       end.Leg(kToEnd, 1, kToken, variation::kLittleRoom);
       end.Leg(kRest);
     }},
    {"leg_little_room_no_output",
     [](const End& end) {
       end.Leg(kToEnd, 1, kToken, variation::kLittleRoom);
       end.Leg(kRest, 0, kTokenWithoutMemory);
     }},
    {"complete", [](const End& end) { end.Complete(kLast, 0); }},
    {"complete_another", [](const End& end) { end.Complete(kGarbage, 9); }},
};
// Of streams.
constexpr Doing kStreamDoings[] = {
    {"nothing_no_output",
     [](const End& end) { end.Leg(kNothing, 0, kTokenWithoutMemory); }},
    {"nothing_little_room",
     [](const End& end) {
       end.Leg(kNothing, 1, kToken, variation::kLittleRoom);
       end.Leg(kNothing);
     }},
    {"decrypt_cut", [](const End& end) { end.Decrypt(kCut, 3); }},
    {"decrypt_garbage", [](const End& end) { end.Decrypt(kGarbage, 40); }},
    {"talk",
     [](const End& end) {
       end.Other().Encrypt();
       end.Leg(kLast);
       end.Decrypt(kLast);
     }},
    {"talk_flipped",
     [](const End& end) {
       end.Other().Encrypt();
       end.Decrypt(kFlipped, 20);
     }},
    {"shut_down",
     [](const End& end) {
       end.Control(SCHANNEL_SHUTDOWN);
       end.Leg(kNothing);
       end.Leg(kNothing);
     }},
    {"shut_down_no_output",
     [](const End& end) {
       end.Control(SCHANNEL_SHUTDOWN);
       end.Leg(kNothing, 0, kTokenWithoutMemory);
     }},
    {"shut_down_little_room",
     [](const End& end) {
       end.Control(SCHANNEL_SHUTDOWN);
       end.Leg(kNothing, 1, kToken, variation::kLittleRoom);
       end.Leg(kNothing);
     }},
    {"gives_up",
     [](const End& end) {
       end.Control(SCHANNEL_ALERT, kInternalError, kFatal);
       end.Leg(kNothing);
       end.Control(SCHANNEL_ALERT, kInternalError, kFatal);
     }},
    {"gives_up_no_output",
     [](const End& end) {
       end.Control(SCHANNEL_ALERT, kInternalError, kFatal);
       end.Leg(kNothing, 0, kTokenWithoutMemory);
     }},
    {"gives_up_little_room",
     [](const End& end) {
       end.Control(SCHANNEL_ALERT, kInternalError, kFatal);
       end.Leg(kNothing, 1, kToken, variation::kLittleRoom);
       end.Leg(kNothing);
     }},
    {"other_shut_down",
     [](const End& end) {
       end.Other().Control(SCHANNEL_SHUTDOWN);
       end.Other().Leg(kNothing);
       end.Decrypt(kLast);
       end.Leg(kNothing);
     }},
    {"other_shut_down_to_leg",
     [](const End& end) {
       end.Other().Control(SCHANNEL_SHUTDOWN);
       end.Other().Leg(kNothing);
       end.Leg(kLast);
     }},
    {"other_warns",
     [](const End& end) {
       end.Other().Control(SCHANNEL_ALERT, TLS1_ALERT_USER_CANCELED,
                           TLS1_ALERT_WARNING);
       end.Other().Leg(kNothing);
       end.Leg(kLast);
       end.Decrypt(kLast);
     }},
    {"renegotiate",
     [](const End& end) {
       end.Control(SCHANNEL_RENEGOTIATE);
       end.Leg(kNothing);
       end.Other().Leg(kLast);
     }},
    {"sessions",
     [](const End& end) {
       end.Control(SCHANNEL_SESSION, 0, SSL_SESSION_DISABLE_RECONNECTS);
       end.Control(SCHANNEL_SESSION, 0, SSL_SESSION_ENABLE_RECONNECTS);
       end.Control(SCHANNEL_SESSION, 0, 3);
       end.Control(SCHANNEL_ALERT, kInternalError, 3);
       end.Control(9);
     }},
};

// All that mean something (core/schannel/alerts.h), and one that does not.
constexpr uint8_t kAlerts[] = {
    TLS1_ALERT_BAD_RECORD_MAC,   TLS1_ALERT_DECRYPTION_FAILED,
    TLS1_ALERT_BAD_CERTIFICATE,  TLS1_ALERT_CERTIFICATE_EXPIRED,
    TLS1_ALERT_UNKNOWN_CA,       TLS1_ALERT_ACCESS_DENIED,
    TLS1_ALERT_PROTOCOL_VERSION, TLS1_ALERT_INSUFFIENT_SECURITY,
    TLS1_ALERT_INTERNAL_ERROR,   TLS1_ALERT_USER_CANCELED,
    TLS1_ALERT_NO_APP_PROTOCOL,  TLS1_ALERT_UNEXPECTED_MESSAGE};

void AddSweep(const Exchanged& exchange, std::string_view state,
              const Calls& before, Seeds& seeds) {
  for (const uint8_t end : {kInitiator, kAcceptor}) {
    const auto add = [&](std::string_view name, auto with) {
      Calls calls = before;
      with(End(exchange, end, calls));
      seeds[absl::StrCat("api/", exchange.name, "_", state,
                         end == kInitiator ? "_initiator_" : "_acceptor_",
                         name)] = calls.Bytes(exchange.is_stream());
    };
    for (const Doing& doing : kDoings) add(doing.name, doing.with);
    if (!exchange.is_stream()) continue;
    for (const Doing& doing : kStreamDoings) add(doing.name, doing.with);
    if (exchange.differs_little) continue;
    for (const uint8_t alert : kAlerts) {
      add(absl::StrCat("alert_", alert), [alert](const End& one) {
        one.Other().Control(SCHANNEL_ALERT, alert, kFatal);
        one.Other().Leg(kNothing);
        one.Decrypt(kLast);
        one.Leg(kLast);
      });
    }
  }
}

// Each allocation refused that was not made before.
void AddRefusals(const Exchanged& exchange, std::string_view name,
                 const Calls& before, const Calls& calls, Seeds& seeds) {
  constexpr int kUnnoticed = 8;
  constexpr unsigned kMostAllocations = 0xFF;
  const auto bytes = [&](const Calls& whole, unsigned refused) {
    Calls with = whole;
    with.RefuseAllocation(static_cast<uint8_t>(refused));
    return with.Bytes(exchange.is_stream());
  };
  const uint64_t digest = RunApi(bytes(calls, 0));
  const uint64_t digest_before = RunApi(bytes(before, 0));
  int unnoticed = 0;
  for (unsigned i = 1; i <= kMostAllocations && unnoticed < kUnnoticed; ++i) {
    if (RunApi(bytes(before, i)) != digest_before) continue;
    if (RunApi(bytes(calls, i)) == digest) {
      ++unnoticed;
      continue;
    }
    unnoticed = 0;
    seeds[absl::StrFormat("api/%s_refused_%03u", name, i)] = bytes(calls, i);
  }
}

}  // namespace

void RecordApiSweeps(Seeds& seeds) {
  for (const Exchanged& exchange : kExchanges) {
    for (int legs = 0; legs < exchange.ends.legs; ++legs) {
      AddSweep(exchange, absl::StrCat("leg_", legs), exchange.After(legs),
               seeds);
    }
    const Calls all = exchange.After(exchange.ends.legs);
    AddSweep(exchange, "done", all, seeds);
    if (!exchange.is_stream() || exchange.differs_little) continue;
    for (const uint8_t end : {kInitiator, kAcceptor}) {
      for (const Doing& way : kWays) {
        Calls calls = all;
        const End one(exchange, end, calls);
        way.with(one);
        const std::string state = absl::StrCat(
            way.name, end == kInitiator ? "_initiator" : "_acceptor");
        AddSweep(exchange, state, calls, seeds);
        one.Leg(kNothing);
        one.Leg(kLast);
        one.Control(SCHANNEL_ALERT, kInternalError, kFatal);
        one.Leg(kNothing);
        AddRefusals(exchange, absl::StrCat(exchange.name, "_", state), all,
                    calls, seeds);
      }
    }
  }
}

}  // namespace sspilab::fuzz

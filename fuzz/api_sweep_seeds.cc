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

// Two ends, as Calls::Handshake makes them.
struct Ends {
  std::string_view name;
  uint8_t package;
  uint8_t world;
  uint8_t asks;
  int legs;
  uint8_t policy = 0;

  bool is_stream() const { return package == kSchannel || package == kCredSsp; }
  uint8_t list() const { return is_stream() ? kTokenAndEmpty : kToken; }
  Calls After(int some_legs) const {
    return Calls(world).Handshake(package, asks, some_legs, list(), 0, policy);
  }
};
constexpr uint8_t kTls12 = 0x01, kTls13 = 0x02;
// SideSettings::policy[1] of CredSSP.
constexpr uint8_t kTls12InCredSsp = 0x10;
constexpr Ends kEnds[] = {
    {"ntlm", kNtlm, 0, 0x03, 2},
    {"ntlm_completes", kNtlm, sim::kApiCompletesTokens, 0x03, 2},
    {"negotiate", kNegotiate, 0, 0x03, 3},
    {"negotiate_kerberos", kNegotiate, sim::kApiHasRealm, 0x03, 2},
    {"kerberos", kKerberos, sim::kApiHasRealm, 0x1F, 1},
    {"tls12", kSchannel, 0, 0x01, 3, kTls12},
    {"tls13", kSchannel, 0, 0x01, 2, kTls13},
    {"credssp", kCredSsp, 0, 0x01, 8},
    {"credssp_tls12", kCredSsp, 0, 0x01, 9, kTls12InCredSsp},
    {"credssp_completes", kCredSsp, sim::kApiCompletesTokens, 0x01, 9,
     kTls12InCredSsp},
};

constexpr uint8_t kNothing = From(ByteSource::kNone);
constexpr uint8_t kLast = From(ByteSource::kKept);
constexpr uint8_t kToEnd = From(ByteSource::kKeptToEnd);
constexpr uint8_t kRest = From(ByteSource::kRest);

// What one of them does, `end` or the other.
class End {
 public:
  End(const Ends& ends, uint8_t end, Calls& calls)
      : ends_(ends), end_(end), calls_(calls) {}

  End Other() const {
    return {ends_, end_ == kInitiator ? kAcceptor : kInitiator, calls_};
  }
  // A leg with these bytes.
  void Leg(uint8_t bytes, uint8_t place = 0, uint8_t output = kToken,
           uint8_t variation = 0) const {
    calls_.Leg(end_, {.number = {ends_.asks, 0},
                      .list = bytes == kNothing ? kEmptyAlone : ends_.list(),
                      .output = output,
                      .bytes = bytes,
                      .place = place,
                      .variation = variation});
  }
  void Decrypt(uint8_t bytes, uint8_t place = 0) const {
    calls_.Add(ApiCall::kDecryptMessage,
               {.handle = end_,
                .list = ends_.is_stream() ? kDataAndEmpty : kStreamAndData,
                .bytes = bytes,
                .place = place});
  }
  void Encrypt() const {
    calls_.Add(
        ApiCall::kEncryptMessage,
        {.handle = end_, .list = ends_.is_stream() ? kRecord : kTokenAndData});
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
  const Ends& ends_;
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
    {"done", [](const End&) {}},
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

void AddSweep(const Ends& ends, std::string_view state, const Calls& before,
              Seeds& seeds) {
  for (const uint8_t end : {kInitiator, kAcceptor}) {
    const auto add = [&](std::string_view name, auto with) {
      Calls calls = before;
      with(End(ends, end, calls));
      seeds[absl::StrCat("api/", ends.name, "_", state,
                         end == kInitiator ? "_initiator_" : "_acceptor_",
                         name)] = calls.Bytes(ends.is_stream());
    };
    for (const Doing& doing : kDoings) add(doing.name, doing.with);
    if (!ends.is_stream()) continue;
    for (const Doing& doing : kStreamDoings) add(doing.name, doing.with);
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
void AddRefusals(const Ends& ends, std::string_view name, const Calls& before,
                 const Calls& calls, Seeds& seeds) {
  constexpr int kUnnoticed = 8;
  constexpr unsigned kMostAllocations = 0xFF;
  const auto is_noticed = [&ends](const Calls& whole, unsigned number) {
    Calls refused = whole;
    refused.RefuseAllocation(static_cast<uint8_t>(number));
    return RunApi(refused.Bytes(ends.is_stream())) !=
           RunApi(whole.Bytes(ends.is_stream()));
  };
  int unnoticed = 0;
  for (unsigned i = 1; i <= kMostAllocations && unnoticed < kUnnoticed; ++i) {
    if (!is_noticed(calls, i)) {
      ++unnoticed;
      continue;
    }
    unnoticed = 0;
    if (is_noticed(before, i)) continue;
    Calls refused = calls;
    refused.RefuseAllocation(static_cast<uint8_t>(i));
    seeds[absl::StrFormat("api/%s_refused_%03u", name, i)] =
        refused.Bytes(ends.is_stream());
  }
}

}  // namespace

void RecordApiSweeps(Seeds& seeds) {
  for (const Ends& ends : kEnds) {
    for (int legs = 0; legs < ends.legs; ++legs) {
      AddSweep(ends, absl::StrCat("leg_", legs), ends.After(legs), seeds);
    }
    const Calls all = ends.After(ends.legs);
    if (!ends.is_stream()) {
      AddSweep(ends, "done", all, seeds);
      continue;
    }
    for (const uint8_t end : {kInitiator, kAcceptor}) {
      for (const Doing& way : kWays) {
        Calls calls = all;
        way.with(End(ends, end, calls));
        const std::string state = absl::StrCat(
            way.name, end == kInitiator ? "_initiator" : "_acceptor");
        AddSweep(ends, state, calls, seeds);
        const End one(ends, end, calls);
        one.Leg(kNothing);
        one.Control(SCHANNEL_ALERT, kInternalError, kFatal);
        one.Leg(kNothing);
        AddRefusals(ends, absl::StrCat(ends.name, "_", state), all, calls,
                    seeds);
      }
    }
  }
}

}  // namespace sspilab::fuzz

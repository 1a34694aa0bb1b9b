#include "sim/render/pcapng.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/world.h"

namespace sspilab::sim {
namespace {

using Bytes = std::vector<uint8_t>;

void Put16Big(Bytes* out, uint32_t value) {
  out->push_back(static_cast<uint8_t>(value >> 8));
  out->push_back(static_cast<uint8_t>(value));
}

void Put32Big(Bytes* out, uint32_t value) {
  Put16Big(out, value >> 16);
  Put16Big(out, value);
}

void Put32Little(Bytes* out, uint64_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out->push_back(static_cast<uint8_t>(value >> shift));
  }
}

void PutText(Bytes* out, std::string_view text) {
  out->insert(out->end(), text.begin(), text.end());
}

// RFC 1071: the one's complement sum of 16-bit words, begun with `sum`.
uint32_t AddWords(uint32_t sum, absl::Span<const uint8_t> bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    sum += uint32_t{bytes[i]} << (i % 2 == 0 ? 8 : 0);
  }
  return sum;
}

uint16_t Checksum(uint32_t sum) {
  while (sum > 0xFFFF) {
    sum = (sum & 0xFFFF) + (sum >> 16);
  }
  return static_cast<uint16_t>(~sum);
}

void PatchBig(Bytes* out, size_t offset, uint16_t value) {
  (*out)[offset] = static_cast<uint8_t>(value >> 8);
  (*out)[offset + 1] = static_cast<uint8_t>(value);
}

// TCP flags.
constexpr uint8_t kFin = 0x01;
constexpr uint8_t kSyn = 0x02;
constexpr uint8_t kPush = 0x08;
constexpr uint8_t kAck = 0x10;

constexpr uint32_t kLargestSegment = 1460;

// One end of the TCP connection. Addresses are from RFC 5737's block for
// documentation; the server's port makes dissectors expect its protocol.
struct End {
  uint8_t mac_last;
  uint8_t address_last;
  uint16_t port;
  uint32_t next;  // Sequence number.
};

// A TCP connection.
struct Connection {
  End client;
  End server;
};

// Writes a capture of TCP connections, packet by packet.
class Capture {
 public:
  Capture() {
    // Section Header Block: byte order, version 1.0, length not given.
    Bytes body;
    Put32Little(&body, 0x1A2B3C4D);
    Put32Little(&body, 0x00000001);
    Put32Little(&body, 0xFFFFFFFF);
    Put32Little(&body, 0xFFFFFFFF);
    Block(0x0A0D0D0A, body);
    // Interface Description Block: Ethernet, no snapshot length, times in
    // units of 100 ns (if_tsresol 7), which is what a FILETIME counts.
    body.clear();
    Put32Little(&body, 1);
    Put32Little(&body, 0);
    Put32Little(&body, 9 | 1 << 16);
    Put32Little(&body, 7);
    Put32Little(&body, 0);
    Block(1, body);
  }

  // A Decryption Secrets Block with a TLS key log, which must stand before the
  // packets that it is for.
  void AddKeyLog(std::string_view lines) {
    constexpr uint32_t kTlsKeyLog = 0x544C534B;
    Bytes body;
    Put32Little(&body, kTlsKeyLog);
    Put32Little(&body, lines.size());
    PutText(&body, lines);
    Block(0x0000000A, body);
  }

  void Connect(Connection* connection, FileTime time) {
    auto& [client, server] = *connection;
    Packet(client, server, kSyn, "", time);
    ++client.next;
    Packet(server, client, kSyn | kAck, "", time);
    ++server.next;
    Packet(client, server, kAck, "", time);
  }

  void Send(Connection* connection, Direction direction,
            std::string_view payload, FileTime time) {
    const bool to_server = direction == Direction::kToServer;
    End& from = to_server ? connection->client : connection->server;
    End& to = to_server ? connection->server : connection->client;
    while (!payload.empty()) {
      const std::string_view segment = payload.substr(0, kLargestSegment);
      Packet(from, to, kPush | kAck, segment, time);
      from.next += static_cast<uint32_t>(segment.size());
      payload.remove_prefix(segment.size());
    }
  }

  // Both sides do.
  void Close(Connection* connection, FileTime time) {
    auto& [client, server] = *connection;
    Packet(client, server, kFin | kAck, "", time);
    ++client.next;
    Packet(server, client, kAck, "", time);
    Packet(server, client, kFin | kAck, "", time);
    ++server.next;
    Packet(client, server, kAck, "", time);
  }

  std::string Finish() const { return std::string(out_.begin(), out_.end()); }

 private:
  void Block(uint32_t type, const Bytes& body) {
    constexpr size_t kAround = 12;
    const size_t padding = (4 - body.size() % 4) % 4;
    const size_t length = body.size() + padding + kAround;
    Put32Little(&out_, type);
    Put32Little(&out_, length);
    out_.insert(out_.end(), body.begin(), body.end());
    out_.insert(out_.end(), padding, 0);
    Put32Little(&out_, length);
  }

  // An Enhanced Packet Block with Ethernet, IPv4 (RFC 791), TCP (RFC 9293).
  void Packet(const End& from, const End& to, uint8_t flags,
              std::string_view payload, FileTime time) {
    constexpr size_t kIp = 14;
    constexpr size_t kTcp = kIp + 20;
    constexpr uint32_t kProtocolTcp = 6;
    const auto tcp_size = static_cast<uint32_t>(20 + payload.size());

    Bytes packet;
    for (const End* end : {&to, &from}) {
      const std::array<uint8_t, 6> mac = {0x02, 0, 0, 0, 0, end->mac_last};
      packet.insert(packet.end(), mac.begin(), mac.end());
    }
    Put16Big(&packet, 0x0800);
    Put16Big(&packet, 0x4500);
    Put16Big(&packet, 20 + tcp_size);
    Put16Big(&packet, ++identification_);
    Put16Big(&packet, 0x4000);  // Do not fragment.
    Put16Big(&packet, 64 << 8 | kProtocolTcp);
    Put16Big(&packet, 0);
    for (const End* end : {&from, &to}) {
      Put32Big(&packet, 0xC0000200U | end->address_last);
    }
    const absl::Span<const uint8_t> ip =
        absl::MakeConstSpan(packet).subspan(kIp);
    const uint32_t pseudo_header =
        AddWords(kProtocolTcp + tcp_size, ip.subspan(12, 8));
    PatchBig(&packet, kIp + 10, Checksum(AddWords(0, ip)));

    Put16Big(&packet, from.port);
    Put16Big(&packet, to.port);
    Put32Big(&packet, from.next);
    Put32Big(&packet, (flags & kAck) != 0 ? to.next : 0);
    Put16Big(&packet, 0x5000U | flags);
    Put16Big(&packet, 65535);
    Put32Big(&packet, 0);
    PutText(&packet, payload);
    PatchBig(&packet, kTcp + 16,
             Checksum(AddWords(pseudo_header,
                               absl::MakeConstSpan(packet).subspan(kTcp))));

    // 100 ns units since 1970.
    constexpr FileTime kUnixEpoch = 116'444'736'000'000'000;
    const uint64_t ticks = time - std::min(time, kUnixEpoch);
    Bytes body;
    Put32Little(&body, 0);
    Put32Little(&body, ticks >> 32);
    Put32Little(&body, ticks);
    Put32Little(&body, packet.size());
    Put32Little(&body, packet.size());
    body.insert(body.end(), packet.begin(), packet.end());
    Block(6, body);
  }

  uint32_t identification_ = 0;
  Bytes out_;
};

std::string Base64(const Bytes& bytes) {
  return absl::Base64Escape(std::string_view(
      reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::string Message(std::string_view first_lines, std::string_view headers,
                    std::string_view body) {
  return absl::StrCat(first_lines, "\r\n", headers,
                      "Content-Length: ", body.size(), "\r\n\r\n", body);
}

std::string Request(std::string_view method, std::string_view headers,
                    std::string_view body) {
  return Message(
      absl::StrCat(method, " / HTTP/1.1\r\nHost: server.example.test"), headers,
      body);
}

std::string_view TextOf(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What a piece is in HTTP. The client's messages are requests, the server's
// are responses.
std::string InHttp(const TraceWire& event, std::string_view scheme) {
  const bool to_server = event.direction == Direction::kToServer;
  const std::string_view bytes = TextOf(event.bytes);
  const bool accepted = event.bytes.size() == 1 && event.bytes[0] == 1;
  switch (event.kind) {
    case MessageKind::kToken: {
      const std::string token =
          absl::StrCat(": ", scheme, " ", Base64(event.bytes), "\r\n");
      return to_server
                 ? Request("GET", absl::StrCat("Authorization", token), "")
                 : Message("HTTP/1.1 401 Unauthorized",
                           absl::StrCat("WWW-Authenticate", token), "");
    }
    case MessageKind::kVerdict:
      // The client gives up: there is nothing in HTTP that says so better.
      return to_server ? Request("DELETE", "", "")
                       : Message(accepted ? "HTTP/1.1 200 OK"
                                          : "HTTP/1.1 403 Forbidden",
                                 "", "");
    case MessageKind::kProtected: {
      constexpr std::string_view kType =
          "Content-Type: application/octet-stream\r\n";
      return to_server ? Request("POST", kType, bytes)
                       : Message("HTTP/1.1 200 OK", kType, bytes);
    }
  }
  return "";
}

// TLS needs no envelope, and has no verdicts: who gives up sends an alert or
// closes the connection.
std::string AsItIs(const TraceWire& event, std::string_view /*scheme*/) {
  return event.kind == MessageKind::kVerdict ? ""
                                             : std::string(TextOf(event.bytes));
}

// What carries a package's tokens. TLS is on a port that no dissector claims,
// so that what is inside it is found by its looks.
struct Carrier {
  std::u16string_view package;
  uint16_t port;
  std::string_view scheme;
  std::string (*envelope)(const TraceWire& event, std::string_view scheme);
};
constexpr Carrier kCarriers[] = {
    {u"NTLM", 80, "NTLM", InHttp},
    {u"Negotiate", 80, "Negotiate", InHttp},
    // RFC 4559 has no name of its own for Kerberos without SPNEGO.
    {u"Kerberos", 80, "Negotiate", InHttp},
    {u"Schannel", 4433, "", AsItIs},
    {u"CREDSSP", 4433, "", AsItIs},
};

const Carrier& CarrierOf(const Trace& trace) {
  const std::u16string& package = trace.scenario.exchange.client.caller.package;
  const auto* it =
      std::find_if(std::begin(kCarriers), std::end(kCarriers),
                   [&](const Carrier& c) { return c.package == package; });
  return it == std::end(kCarriers) ? kCarriers[0] : *it;
}

// Each line once: both sides tell them.
std::string KeyLogOf(const Trace& trace) {
  std::vector<std::string_view> lines;
  for (const TraceEvent& event : trace.events) {
    const auto* key = std::get_if<TraceKeyLog>(&event);
    if (key != nullptr &&
        std::find(lines.begin(), lines.end(), key->line) == lines.end()) {
      lines.push_back(key->line);
    }
  }
  std::string text;
  for (const std::string_view line : lines) {
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

// The two machines; KDCs come behind them, in the order in which they are
// asked.
constexpr uint8_t kMachines[] = {1, 2};
constexpr uint8_t kFirstKdc = 88;

// A machine's exchanges with the KDC of a realm: each message with its length
// before it (RFC 4120 7.2.2).
class KdcConnections {
 public:
  explicit KdcConnections(Capture* capture) : capture_(*capture) {}

  void Show(const TraceKdc& message) {
    constexpr size_t kLength = 4;
    if (message.bytes.empty()) {
      return;
    }
    Bytes payload;
    payload.reserve(kLength + message.bytes.size());
    Put32Big(&payload, static_cast<uint32_t>(message.bytes.size()));
    payload.insert(payload.end(), message.bytes.begin(), message.bytes.end());
    capture_.Send(Find(message),
                  message.what == TraceKdc::What::kRequest
                      ? Direction::kToServer
                      : Direction::kToClient,
                  TextOf(payload), message.time);
  }

  void Close() {
    for (Open& open : open_) {
      capture_.Close(&open.connection, open.last_time);
    }
  }

 private:
  struct Open {
    Side side;
    std::string realm;
    Connection connection;
    FileTime last_time;
  };

  Connection* Find(const TraceKdc& message) {
    for (Open& open : open_) {
      if (open.side == message.side && open.realm == message.realm) {
        open.last_time = message.time;
        return &open.connection;
      }
    }
    const auto number = static_cast<uint8_t>(open_.size());
    const uint8_t machine = kMachines[static_cast<size_t>(message.side)];
    const auto kdc = static_cast<uint8_t>(kFirstKdc + number);
    constexpr uint16_t kFirstPort = 50000;
    constexpr uint16_t kKerberosPort = 88;
    Open& open = open_.emplace_back(
        Open{message.side,
             message.realm,
             {{machine, machine, static_cast<uint16_t>(kFirstPort + number), 1},
              {kdc, kdc, kKerberosPort, 1}},
             message.time});
    capture_.Connect(&open.connection, message.time);
    return &open.connection;
  }

  Capture& capture_;
  std::vector<Open> open_;
};

}  // namespace

std::string TraceToPcapng(const Trace& trace) {
  // Of a stream the pieces are no tokens: what was sent is shown.
  const TraceWire::What shown =
      trace.scenario.exchange.form == WireForm::kMessage
          ? TraceWire::What::kReceive
          : TraceWire::What::kSend;
  const Carrier& carrier = CarrierOf(trace);
  Capture capture;
  Connection connection = {{kMachines[0], kMachines[0], 49152, 1},
                           {kMachines[1], kMachines[1], carrier.port, 1}};
  KdcConnections kdcs(&capture);
  if (const std::string key_log = KeyLogOf(trace); !key_log.empty()) {
    capture.AddKeyLog(key_log);
  }
  bool connected = false;
  FileTime last_time = 0;
  for (const TraceEvent& event : trace.events) {
    if (const auto* kdc = std::get_if<TraceKdc>(&event)) {
      kdcs.Show(*kdc);
    }
    const auto* wire = std::get_if<TraceWire>(&event);
    if (wire == nullptr) {
      continue;
    }
    if (!connected) {
      capture.Connect(&connection, wire->time);
      connected = true;
    }
    if (wire->what == shown) {
      capture.Send(&connection, wire->direction,
                   carrier.envelope(*wire, carrier.scheme), wire->time);
    }
    last_time = wire->time;
  }
  // A side may close before what it sent arrives; a capture must not show that
  // order.
  if (connected) {
    capture.Close(&connection, last_time);
  }
  kdcs.Close();
  return capture.Finish();
}

}  // namespace sspilab::sim

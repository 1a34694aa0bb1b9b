#include "sim/trace_json.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "sim/json_archive.h"
#include "sim/json_line.h"
#include "sim/scenario_fields.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kFormat = "sspilab trace";

constexpr std::array<std::string_view, 3> kInnerNames = {
    "TLS handshake", "TSRequest", "TSCredentials"};
constexpr std::array<std::string_view, 2> kKdcNames = {"request", "answer"};
constexpr std::array<std::string_view, 4> kWhatNames = {"send", "fault",
                                                        "receive", "close"};

}  // namespace

// The scenario, as far as it is not in scenario_fields.h.

template <typename Archive, Either<Identity> T>
void Fields(Archive& archive, T& value) {
  archive("user", value.user);
  archive("domain", value.domain);
  archive("password", value.password);
}

template <typename Archive, Either<CallerOptions> T>
void Fields(Archive& archive, T& value) {
  archive("package", value.package);
  archive("requirements", value.requirements);
  archive("insists_on", value.insists_on);
  CallerFields(archive, value);
}

template <typename Archive, Either<ClientOptions> T>
void Fields(Archive& archive, T& value) {
  archive("caller", value.caller);
  archive("identity", value.identity);
  archive("target", value.target);
}

template <typename Archive, Either<ExchangeOptions> T>
void Fields(Archive& archive, T& value) {
  archive("client", value.client);
  archive("server", value.server);
  WireFields(archive, value);
}

template <typename Archive, Either<Scenario> T>
void Fields(Archive& archive, T& value) {
  archive("seed", value.seed);
  archive("client", value.client);
  archive("server", value.server);
  archive("accounts", value.accounts);
  archive.Optional("realms", value.realms);
  archive("server_certificate", value.server_certificate);
  archive.Optional("server_certificate_flaw", value.server_certificate_flaw);
  archive("client_certificate", value.client_certificate);
  archive.Optional("client_certificate_flaw", value.client_certificate_flaw);
  archive("exchange", value.exchange);
  archive.Optional("deviations", value.deviations);
}

// The events. The first key says which it is.

template <typename Archive, Either<TraceBuffer> T>
void Fields(Archive& archive, T& value) {
  archive.Text("type", value.type, JsonBufferType());
  archive("size", value.size);
  archive.Optional("bytes", value.bytes);
}

template <typename Archive, Either<TraceCall> T>
void Fields(Archive& archive, T& value) {
  archive("call", value.function);
  archive.Name("side", value.side, kSideNames);
  archive.Optional("name", value.name);
  archive.Optional("argument", value.argument);
  archive.Optional("input", value.input);
  archive.Text("status", value.status, JsonStatus());
  archive.Optional("output", value.output);
  archive.Optional("attributes", value.attributes);
  archive.Optional("expiry", value.expiry);
}

template <typename Archive, Either<TraceWire> T>
void Fields(Archive& archive, T& value) {
  archive.Name("wire", value.what, kWhatNames);
  archive.Name("direction", value.direction, kDirectionNames);
  archive("time", value.time);
  switch (value.what) {
    case TraceWire::What::kSend:
      archive("leg", value.leg);
      archive.Name("kind", value.kind, kMessageKindNames);
      archive("bytes", value.bytes);
      break;
    case TraceWire::What::kFault:
      archive("leg", value.leg);
      archive("fault", value.fault);
      break;
    case TraceWire::What::kReceive:
      archive.Name("kind", value.kind, kMessageKindNames);
      archive("bytes", value.bytes);
      break;
    case TraceWire::What::kClose:
      break;
  }
}

template <typename Archive, Either<TraceTransition> T>
void Fields(Archive& archive, T& value) {
  archive("transition", value.machine);
  archive.Name("side", value.side, kSideNames);
  archive("from", value.from);
  archive("event", value.event);
  archive("to", value.to);
  archive.Text("status", value.status, JsonStatus());
  archive("declared", value.declared);
}

template <typename Archive, Either<TraceInner> T>
void Fields(Archive& archive, T& value) {
  archive.Name("inner", value.kind, kInnerNames);
  archive.Name("side", value.side, kSideNames);
  archive("bytes", value.bytes);
}

template <typename Archive, Either<TraceKdc> T>
void Fields(Archive& archive, T& value) {
  archive.Name("kdc", value.what, kKdcNames);
  archive.Name("side", value.side, kSideNames);
  archive("realm", value.realm);
  archive("time", value.time);
  archive("bytes", value.bytes);
}

template <typename Archive, Either<TraceKeyLog> T>
void Fields(Archive& archive, T& value) {
  archive("key_log", value.line);
  archive.Name("side", value.side, kSideNames);
}

template <typename Archive, Either<TraceEnd> T>
void Fields(Archive& archive, T& value) {
  archive.Name("end", value.ending, kEndingNames);
  archive.Name("side", value.side, kSideNames);
  archive.Text("status", value.status, JsonStatus());
  archive("key_fingerprint", value.key_fingerprint);
  archive("identity", value.identity);
}

namespace {

// One kind of event: its first key, and how it is read.
template <typename Event>
absl::Status ReadAs(const Json& json, TraceEvent* event) {
  JsonReader reader(json, "");
  Fields(reader, event->emplace<Event>());
  return reader.Finish();
}

struct EventKind {
  const char* key;
  absl::Status (*read)(const Json& json, TraceEvent* event);
};
constexpr EventKind kEventKinds[] = {
    {"call", ReadAs<TraceCall>},
    {"wire", ReadAs<TraceWire>},
    {"transition", ReadAs<TraceTransition>},
    {"inner", ReadAs<TraceInner>},
    {"kdc", ReadAs<TraceKdc>},
    {"key_log", ReadAs<TraceKeyLog>},
    {"end", ReadAs<TraceEnd>},
};

absl::Status ReadEvent(const Json& json, TraceEvent* event) {
  for (const EventKind& kind : kEventKinds) {
    if (json.is_object() && json.contains(kind.key)) {
      return kind.read(json, event);
    }
  }
  return absl::InvalidArgumentError(
      "the line is no event: it has none of call, wire, transition, inner, "
      "kdc, key_log, end");
}

absl::Status ReadHeader(const Json& json, Scenario* scenario) {
  std::string format;
  int version = 0;
  JsonReader reader(json, "");
  reader("format", format);
  reader("version", version);
  reader("scenario", *scenario);
  if (format != kFormat) {
    return absl::InvalidArgumentError(
        absl::StrCat("the first line is not that of a trace: format is '",
                     format, "', not '", kFormat, "'"));
  }
  if (version != kTraceVersion) {
    return absl::InvalidArgumentError(
        absl::StrCat("version ", version, " of the format is not known, only ",
                     kTraceVersion));
  }
  return reader.Finish();
}

}  // namespace

absl::StatusOr<std::string> TraceToJson(const Trace& trace) {
  JsonWriter header;
  header("format", std::string(kFormat));
  header("version", kTraceVersion);
  header("scenario", trace.scenario);
  absl::Status status = header.status();
  std::string text = absl::StrCat(header.TakeText(), "\n");
  for (const TraceEvent& event : trace.events) {
    JsonWriter writer;
    std::visit([&](const auto& e) { Fields(writer, e); }, event);
    status.Update(writer.status());
    absl::StrAppend(&text, writer.TakeText(), "\n");
  }
  if (!status.ok()) {
    return status;
  }
  return text;
}

absl::StatusOr<Trace> TraceFromJson(std::string_view text,
                                    std::string_view file) {
  Trace trace;
  size_t number = 0;
  for (const std::string_view line :
       absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
    const std::string place = absl::StrCat(file, ":", ++number);
    const absl::StatusOr<Json> json = ParseJsonLine(line, place);
    if (!json.ok()) {
      return json.status();
    }
    const absl::Status status =
        number == 1 ? ReadHeader(*json, &trace.scenario)
                    : ReadEvent(*json, &trace.events.emplace_back());
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": ", status.message()));
    }
  }
  return trace;
}

}  // namespace sspilab::sim

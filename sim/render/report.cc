#include "sim/render/report.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/status.h"
#include "core/wire/utf.h"
#include "sim/context_flags.h"
#include "sim/render/ladder.h"
#include "sim/render/text.h"
#include "sim/render/tls_names.h"
#include "sim/render/x509_fields.h"

namespace sspilab::sim {
namespace {

constexpr size_t kLabelColumns = 15;
constexpr size_t kIndent = 2;

std::string EndingText(const PartyView& view) {
  const std::string_view name = kEndingNames[static_cast<size_t>(view.ending)];
  if (view.ending != Ending::kCallFailed) {
    return std::string(name);
  }
  return absl::StrCat(view.call, " said ", StatusName(view.status));
}

std::string KeyText(const PartyView& view) {
  return view.session_key.empty()
             ? "none"
             : absl::StrFormat("%u bits, SHA-256 %s…",
                               8 * view.session_key.size(),
                               KeyFingerprint(view.session_key).substr(0, 16));
}

std::string NameText(const std::u16string& name) {
  return name.empty() ? "not told" : Printable(wire::Utf16ToUtf8Lossy(name));
}

// "TLS 1.3, TLS_AES_256_GCM_SHA384".
std::string ProtocolText(const StreamView& stream) {
  return stream.protocol == 0
             ? "not told"
             : absl::StrCat(
                   TlsVersionName(static_cast<uint16_t>(stream.protocol)), ", ",
                   wire::Utf16ToUtf8Lossy(stream.cipher_suite));
}

std::string SubjectText(const StreamView& stream) {
  return stream.peer_certificate.empty()
             ? "none"
             : Printable(X509Subject(stream.peer_certificate));
}

std::string TextOrNone(std::string text) {
  return text.empty() ? "none" : Printable(text);
}

std::string RecordText(const StreamView& stream) {
  return absl::StrCat("header ", stream.sizes.cbHeader, ", data up to ",
                      stream.sizes.cbMaximumMessage, ", trailer ",
                      stream.sizes.cbTrailer, " bytes");
}

// A label, and a value for each side.
class Table {
 public:
  explicit Table(const TextStyle& style)
      : style_(style),
        cell_((style.columns - kIndent - kLabelColumns - kGap) / 2) {
    Row("", "client", "server", Tone::kPlain, Tone::kPlain);
  }

  void Row(std::string_view label, std::string_view client,
           std::string_view server, Tone client_tone = Tone::kPlain,
           Tone server_tone = Tone::kPlain) {
    const std::vector<std::string> left = WrapWords(client, cell_);
    const std::vector<std::string> right = WrapWords(server, cell_);
    for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
      const std::string l = i < left.size() ? left[i] : "";
      const std::string r = i < right.size() ? right[i] : "";
      const std::string gap(cell_ - std::min(cell_, Columns(l)) + kGap, ' ');
      absl::StrAppend(
          &text_, std::string(kIndent, ' '),
          Faint(style_, PadRight(i == 0 ? label : "", kLabelColumns)),
          Coloured(style_, client_tone, l), r.empty() ? "" : gap,
          Coloured(style_, server_tone, r), "\n");
    }
  }

  std::string TakeText() { return std::move(text_); }

 private:
  static constexpr size_t kGap = 2;

  const TextStyle& style_;
  const size_t cell_;
  std::string text_;
};

std::string TextOf(const TraceBuffer& buffer) {
  return Printable(std::string_view(
      reinterpret_cast<const char*>(buffer.bytes.data()), buffer.bytes.size()));
}

const TraceBuffer* Find(const std::vector<TraceBuffer>& buffers, ULONG type) {
  const auto it =
      std::find_if(buffers.begin(), buffers.end(),
                   [&](const TraceBuffer& b) { return b.type == type; });
  return it == buffers.end() ? nullptr : &*it;
}

// The line "  LABEL  VALUE" of a message.
std::string Line(const TextStyle& style, std::string_view label,
                 std::string_view value, Tone tone = Tone::kPlain) {
  return absl::StrCat(
      std::string(kIndent, ' '), Faint(style, PadRight(label, kLabelColumns)),
      Coloured(style, tone,
               Fit(value, style.columns - kIndent - kLabelColumns)),
      "\n");
}

std::string Verdict(const Outcome& outcome) {
  const PartyView& client = outcome.client;
  const PartyView& server = outcome.server;
  if (!outcome.impossible.empty()) {
    return absl::StrCat("The scenario cannot be made: ", outcome.impossible);
  }
  if (outcome.ok) {
    return "Both sides are authenticated and hold the same key.";
  }
  if (client.authenticated() && server.authenticated()) {
    return outcome.same_key
               ? "Both sides think that all is well, but a message did not "
                 "arrive as it was sent."
               : "Both sides think that all is well, but their keys differ.";
  }
  // Who gave up first says why; the other one only heard of it.
  const bool client_first = outcome.gave_up_first == Side::kClient;
  const PartyView& cause = client_first ? client : server;
  std::string text = absl::StrCat(
      client_first ? "Client: " : "Server: ", EndingText(cause), ".");
  if (const StatusInfo* info = FindStatus(cause.status);
      cause.ending == Ending::kCallFailed && info != nullptr) {
    absl::StrAppend(&text, " ", info->meaning);
  }
  return text;
}

}  // namespace

std::string ViewsToText(const Outcome& outcome, const TextStyle& style) {
  const PartyView& client = outcome.client;
  const PartyView& server = outcome.server;
  const auto tone = [](const PartyView& view) {
    return view.authenticated() ? Tone::kGood : Tone::kBad;
  };
  Table table(style);
  table.Row("ended", EndingText(client), EndingText(server), tone(client),
            tone(server));
  // Of a context that did not come to be there is nothing more to say.
  if (client.session_key.empty() && server.session_key.empty()) {
    return table.TakeText();
  }
  table.Row("package", NameText(client.package), NameText(server.package));
  table.Row("identity", NameText(client.identity), NameText(server.identity));
  table.Row("granted",
            FlagsToText(GrantedFlags(Side::kClient), client.attributes),
            FlagsToText(GrantedFlags(Side::kServer), server.attributes));
  const Tone key_tone = outcome.same_key ? Tone::kGood : Tone::kBad;
  const bool is_stream = client.stream.has_value() && server.stream.has_value();
  table.Row(is_stream ? "exported key" : "session key", KeyText(client),
            KeyText(server), key_tone, key_tone);
  table.Row("expires", FileTimeToText(client.expiry),
            FileTimeToText(server.expiry));
  if (!is_stream) {
    table.Row("signature", absl::StrCat(client.sizes.cbMaxSignature, " bytes"),
              absl::StrCat(server.sizes.cbMaxSignature, " bytes"));
    return table.TakeText();
  }
  const StreamView& ours = *client.stream;
  const StreamView& theirs = *server.stream;
  table.Row("protocol", ProtocolText(ours), ProtocolText(theirs));
  table.Row("ALPN", TextOrNone(ours.application_protocol),
            TextOrNone(theirs.application_protocol));
  table.Row("peer's cert", SubjectText(ours), SubjectText(theirs));
  if (!theirs.delegated.empty()) {
    table.Row("delegated", "", NameText(theirs.delegated));
  }
  table.Row("record", RecordText(ours), RecordText(theirs));
  return table.TakeText();
}

std::string ProtectedMessagesToText(const Trace& trace,
                                    const TextStyle& style) {
  std::string text;
  for (const TraceEvent& event : trace.events) {
    const auto* call = std::get_if<TraceCall>(&event);
    if (call == nullptr) {
      continue;
    }
    const TraceBuffer* in = Find(call->input, SECBUFFER_DATA);
    const TraceBuffer* out = Find(call->output, SECBUFFER_DATA);
    const TraceBuffer* token = Find(call->output, SECBUFFER_TOKEN);
    const std::string heading = absl::StrCat(
        kSideNames[static_cast<size_t>(call->side)], ": ", call->function,
        " → ", Coloured(style, ToneOf(call->status), StatusName(call->status)),
        "\n");
    const bool seals = call->function == "EncryptMessage";
    if (seals || call->function == "MakeSignature") {
      absl::StrAppend(&text, text.empty() ? "" : "\n", heading);
      if (in != nullptr) {
        absl::StrAppend(&text, Line(style, "plaintext", TextOf(*in)));
      }
      if (const TraceBuffer* header =
              Find(call->output, SECBUFFER_STREAM_HEADER)) {
        absl::StrAppend(&text, Line(style, "header", Hex(header->bytes)));
      }
      if (seals && out != nullptr) {
        absl::StrAppend(&text, Line(style, "ciphertext", Hex(out->bytes)));
      }
      if (const TraceBuffer* trailer =
              Find(call->output, SECBUFFER_STREAM_TRAILER)) {
        absl::StrAppend(&text, Line(style, "trailer", Hex(trailer->bytes)));
      }
      if (token != nullptr) {
        absl::StrAppend(&text, Line(style, "signature", Hex(token->bytes)));
      }
    } else if (call->function == "DecryptMessage" ||
               call->function == "VerifySignature") {
      // A record without data is no message: a ticket, the end.
      const bool is_message = out != nullptr && !out->bytes.empty();
      if ((call->status >= 0 || call->status == SEC_E_INCOMPLETE_MESSAGE) &&
          !is_message) {
        continue;
      }
      absl::StrAppend(&text, heading);
      if (is_message) {
        absl::StrAppend(&text,
                        Line(style, "plaintext", TextOf(*out), Tone::kGood));
      }
    }
  }
  return text;
}

std::string VerdictToText(const Outcome& outcome, const TextStyle& style) {
  std::string text;
  for (const std::string& line : WrapWords(Verdict(outcome), style.columns)) {
    absl::StrAppend(
        &text, text.empty() ? "" : "\n",
        Coloured(style, outcome.ok ? Tone::kGood : Tone::kBad, line));
  }
  return text;
}

}  // namespace sspilab::sim

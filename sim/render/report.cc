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
#include "sim/render/text.h"
#include "sim/render/tls_names.h"
#include "sim/render/x509_fields.h"

namespace sspilab::sim {
namespace {

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

}  // namespace

std::vector<ReportRow> PartyRows(const Outcome& outcome) {
  const PartyView& client = outcome.client;
  const PartyView& server = outcome.server;
  const auto tone = [](const PartyView& view) {
    return view.authenticated() ? Tone::kGood : Tone::kBad;
  };
  std::vector<ReportRow> rows = {{"ended", EndingText(client),
                                  EndingText(server), tone(client),
                                  tone(server)}};
  const auto add = [&rows](std::string label, std::string ours,
                           std::string theirs, Tone felt = Tone::kPlain) {
    rows.push_back(
        {std::move(label), std::move(ours), std::move(theirs), felt, felt});
  };
  // Of a context that did not come to be there is nothing more to say.
  if (client.session_key.empty() && server.session_key.empty()) {
    return rows;
  }
  add("package", NameText(client.package), NameText(server.package));
  add("identity", NameText(client.identity), NameText(server.identity));
  add("granted", FlagsToText(GrantedFlags(Side::kClient), client.attributes),
      FlagsToText(GrantedFlags(Side::kServer), server.attributes));
  const bool is_stream = client.stream.has_value() && server.stream.has_value();
  add(is_stream ? "exported key" : "session key", KeyText(client),
      KeyText(server), outcome.same_key ? Tone::kGood : Tone::kBad);
  add("expires", FileTimeToText(client.expiry), FileTimeToText(server.expiry));
  if (!is_stream) {
    add("signature", absl::StrCat(client.sizes.cbMaxSignature, " bytes"),
        absl::StrCat(server.sizes.cbMaxSignature, " bytes"));
    return rows;
  }
  const StreamView& ours = *client.stream;
  const StreamView& theirs = *server.stream;
  add("protocol", ProtocolText(ours), ProtocolText(theirs));
  add("ALPN", TextOrNone(ours.application_protocol),
      TextOrNone(theirs.application_protocol));
  add("peer's cert", SubjectText(ours), SubjectText(theirs));
  if (!theirs.delegated.empty()) {
    add("delegated", "", NameText(theirs.delegated));
  }
  add("record", RecordText(ours), RecordText(theirs));
  return rows;
}

std::vector<ProtectedCall> ProtectedCalls(const Trace& trace) {
  std::vector<ProtectedCall> calls;
  for (const TraceEvent& event : trace.events) {
    const auto* call = std::get_if<TraceCall>(&event);
    if (call == nullptr) {
      continue;
    }
    const TraceBuffer* in = Find(call->input, SECBUFFER_DATA);
    const TraceBuffer* out = Find(call->output, SECBUFFER_DATA);
    const TraceBuffer* token = Find(call->output, SECBUFFER_TOKEN);
    ProtectedCall made = {call->side, call->function, call->status, {}};
    const bool seals = call->function == "EncryptMessage";
    if (seals || call->function == "MakeSignature") {
      if (in != nullptr) {
        made.lines.push_back({"plaintext", TextOf(*in)});
      }
      if (const TraceBuffer* header =
              Find(call->output, SECBUFFER_STREAM_HEADER)) {
        made.lines.push_back({"header", Hex(header->bytes)});
      }
      if (seals && out != nullptr) {
        made.lines.push_back({"ciphertext", Hex(out->bytes)});
      }
      if (const TraceBuffer* trailer =
              Find(call->output, SECBUFFER_STREAM_TRAILER)) {
        made.lines.push_back({"trailer", Hex(trailer->bytes)});
      }
      if (token != nullptr) {
        made.lines.push_back({"signature", Hex(token->bytes)});
      }
    } else if (call->function == "DecryptMessage" ||
               call->function == "VerifySignature") {
      // A record without data is no message: a ticket, the end.
      const bool is_message = out != nullptr && !out->bytes.empty();
      if ((call->status >= 0 || call->status == SEC_E_INCOMPLETE_MESSAGE) &&
          !is_message) {
        continue;
      }
      if (is_message) {
        made.lines.push_back({"plaintext", TextOf(*out), Tone::kGood});
      }
    } else {
      continue;
    }
    calls.push_back(std::move(made));
  }
  return calls;
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

}  // namespace sspilab::sim

#include "sim/render/html_token.h"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "sim/render/field_tree.h"
#include "sim/render/text.h"
#include "sim/render/token_fields.h"

namespace sspilab::sim {
namespace {

using Json = nlohmann::json;
using Bytes = absl::Span<const uint8_t>;

// Numbers with bits that have names are no longer.
constexpr size_t kLongestNumber = 4;

void AddFields(const Field& field, const Field* parent, size_t depth,
               Json* fields) {
  const bool is_bit = field.size == 0 && parent != nullptr &&
                      parent->size > 0 && parent->size <= kLongestNumber &&
                      parent->offset == field.offset;
  fields->push_back({depth, field.name, Printable(field.value), field.offset,
                     is_bit ? parent->size : field.size, is_bit});
  for (const Field& child : field.children) {
    AddFields(child, &field, depth + 1, fields);
  }
}

Json Part(std::string title, Bytes bytes, const FieldTree& tree,
          std::optional<Bytes> sent) {
  Json part = {{"title", std::move(title)},
               {"bytes", Hex(bytes)},
               {"fields", Json::array()},
               {"error", Printable(tree.error)},
               {"changed", Json::array()}};
  AddFields(tree.root, nullptr, 0, &part["fields"]);
  if (sent.has_value() && sent->size() == bytes.size()) {
    for (size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] != (*sent)[i]) {
        part["changed"].push_back(i);
      }
    }
  }
  return part;
}

// What the callers send as a protected message, where it is no TLS record: see
// protected_message.h.
FieldTree ProtectedFields(Bytes bytes) {
  if (IsKnownToken(bytes)) {
    return TokenFields(bytes);
  }
  FieldTree tree;
  tree.root = {"protected message", "", 0, bytes.size(), {}};
  constexpr size_t kLength = 4;
  if (bytes.size() < kLength) {
    return tree;
  }
  const size_t signature = bytes[0] | bytes[1] << 8;
  if (bytes[2] != 0 || bytes[3] != 0 || signature > bytes.size() - kLength) {
    return tree;
  }
  const size_t data = kLength + signature;
  tree.root.children = {
      {"length of the signature", absl::StrCat(signature), 0, kLength, {}},
      {"signature",
       Hex(bytes.subspan(kLength, signature)),
       kLength,
       signature,
       {}},
      {"data", "", data, bytes.size() - data, {}}};
  return tree;
}

// What Kerberos' keys open, each as a part of its own.
void AddOpened(Bytes token, const FieldTree& tree, KerberosKeys* keys,
               Json* parts) {
  for (const OpenedPart& part : OpenKerberosParts(token, tree, keys)) {
    parts->push_back(
        Part(absl::StrCat("encrypted in it: ", part.tree.root.name), part.bytes,
             part.tree, std::nullopt));
  }
}

}  // namespace

Json HtmlToken(const Trace& trace, const LadderRow& row,
               std::optional<Bytes> sent, KerberosKeys* keys) {
  Json parts = Json::array();
  const TraceEvent& shown = trace.events[row.events.back()];
  const auto* const wire = std::get_if<TraceWire>(&shown);
  const Bytes bytes =
      wire != nullptr ? wire->bytes : std::get<TraceKdc>(shown).bytes;
  const FieldTree tree =
      wire != nullptr && wire->kind == MessageKind::kProtected
          ? ProtectedFields(bytes)
          : TokenFields(bytes);
  parts.push_back(Part(
      row.kind == LadderRow::Kind::kArrival ? "as it arrives" : "on the wire",
      bytes, tree, sent));
  AddOpened(bytes, tree, keys, &parts);
  for (const size_t event : row.events) {
    const auto* inner = std::get_if<TraceInner>(&trace.events[event]);
    if (inner != nullptr) {
      const FieldTree fields = InnerFields(inner->kind, inner->bytes);
      parts.push_back(Part(absl::StrCat("encrypted in it: ", fields.root.name),
                           inner->bytes, fields, std::nullopt));
      AddOpened(inner->bytes, fields, keys, &parts);
    }
  }
  return parts;
}

}  // namespace sspilab::sim

// Any bytes can be shown, field by field within them; what a package takes,
// without an error.

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/credssp/messages.h"
#include "core/ntlm/messages.h"
#include "core/world.h"
#include "fuzz/rules.h"
#include "sim/render/credssp_fields.h"
#include "sim/render/field_tree.h"
#include "sim/render/ntlm_fields.h"
#include "sim/render/tls_fields.h"
#include "sim/render/token_fields.h"
#include "sim/render/token_summary.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

void Require(bool holds, std::string_view what) {
  if (!holds) Fail(Rule::kShownAsItIs, what);
}

void RequireWithin(Bytes token, const sim::Field& field) {
  Require(
      field.offset <= token.size() && field.size <= token.size() - field.offset,
      absl::StrCat(field.name, " is not within the token"));
  for (const sim::Field& child : field.children) RequireWithin(token, child);
}

// `is_right`: a package's parser takes the token.
void Show(Bytes token, const sim::FieldTree& tree, bool is_right) {
  // One that is malformed may point anywhere.
  if (tree.error.empty()) RequireWithin(token, tree.root);
  Require(!is_right || tree.error.empty(), tree.error);
  const std::string text = sim::FieldTreeToText(tree, 80);
  Require(!text.empty(), "there is no text");
  // Nothing in it acts on a terminal.
  Require(std::none_of(text.begin(), text.end(),
                       [](char c) { return c >= 0 && c < ' ' && c != '\n'; }),
          "a control character");
}

// Whether the package's parsers take the token and, where a field of it is
// shown in parts, those parts, too.
bool IsRightRequest(Bytes token) {
  const auto request = credssp::TsRequest::Parse(token);
  return request.ok() && request->nego_tokens.empty();
}

bool AreRightCredentials(Bytes token) {
  const auto outer = credssp::TsCredentials::Parse(token);
  if (!outer.ok()) return false;
  const Bytes inside = outer->credentials;
  switch (outer->type) {
    case static_cast<int64_t>(credssp::CredentialType::kPassword):
      return credssp::TsPasswordCreds::Parse(inside).ok();
    case static_cast<int64_t>(credssp::CredentialType::kSmartCard):
      return credssp::TsSmartCardCreds::Parse(inside).ok();
    case static_cast<int64_t>(credssp::CredentialType::kRemoteGuard):
      return credssp::TsRemoteGuardCreds::Parse(inside).ok();
    default:
      return false;
  }
}

}  // namespace
}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab;
  using namespace sspilab::fuzz;
  const Bytes token(data, size);
  Show(token, sim::TokenFields(token), false);
  Show(token, sim::TlsHandshakeFields(token), false);
  Show(token, sim::NtlmFields(token),
       ntlm::NegotiateMessage::Parse(token).ok());
  Show(token, sim::TsRequestFields(token), IsRightRequest(token));
  Show(token, sim::TsCredentialsFields(token), AreRightCredentials(token));
  sim::SummarizeToken(token);
  for (const InnerMessage kind :
       {InnerMessage::kTlsHandshake, InnerMessage::kTsRequest,
        InnerMessage::kTsCredentials}) {
    sim::SummarizeInner(kind, token);
  }
  return 0;
}

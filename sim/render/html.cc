#include "sim/render/html.h"

#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/types/span.h"
#include "core/status.h"
#include "core/wire/utf.h"
#include "sim/digest.h"
#include "sim/render/page_assets.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

// A source expression of Content Security Policy 3, 2.3.1, for an inline block
// with exactly this text.
std::string HashSource(std::string_view text) {
  const std::string hex = Sha256Hex(absl::MakeSpan(
      reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  return absl::StrCat("'sha256-",
                      absl::Base64Escape(absl::HexStringToBytes(hex)), "'");
}

// JSON that may stand in a script element: nothing in it ends one or begins a
// comment, and all of it is ASCII.
std::string JsonForHtml(const nlohmann::json& json) {
  return absl::StrReplaceAll(
      json.dump(-1, ' ', /*ensure_ascii=*/true,
                nlohmann::json::error_handler_t::replace),
      {{"<", "\\u003c"}, {">", "\\u003e"}, {"&", "\\u0026"}});
}

}  // namespace

std::string HtmlText(std::string_view text) {
  // There and back, and what is no UTF-8 is U+FFFD.
  const std::string utf8 =
      wire::Utf16ToUtf8Lossy(wire::Utf8ToUtf16Lossy(Printable(text)));
  return absl::StrReplaceAll(utf8, {{"&", "&amp;"},
                                    {"<", "&lt;"},
                                    {">", "&gt;"},
                                    {"\"", "&quot;"},
                                    {"'", "&#39;"}});
}

std::string_view ToneClass(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "plain";
    case Tone::kGood:
      return "good";
    case Tone::kWaiting:
      return "wait";
    case Tone::kBad:
      return "bad";
  }
  return "";
}

std::string HtmlSpan(std::string_view css, std::string_view text) {
  return absl::StrCat("<span class=\"", css, "\">", HtmlText(text), "</span>");
}

std::string HtmlStatus(SECURITY_STATUS status) {
  const StatusInfo* info = FindStatus(status);
  return absl::StrCat(
      "<b class=\"status ", ToneClass(ToneOf(status)), "\"",
      info == nullptr
          ? ""
          : absl::StrCat(" title=\"", HtmlText(info->meaning), "\""),
      ">", HtmlText(StatusName(status)), "</b>");
}

std::string HtmlFacts(
    const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string text = "<dl class=\"facts\">";
  for (const auto& [term, markup] : facts) {
    absl::StrAppend(&text, "<div><dt>", HtmlText(term), "</dt><dd>", markup,
                    "</dd></div>");
  }
  return absl::StrCat(text, "</dl>\n");
}

std::string HtmlCommand(std::string_view command) {
  return absl::StrCat("<code class=\"command\">", HtmlText(command), "</code>");
}

std::string HtmlPageToText(const HtmlPage& page) {
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
      "<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
      "'none'; base-uri 'none'; form-action 'none'; style-src ",
      HashSource(kPageCss), "; script-src ", HashSource(kPageJs),
      "\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<title>",
      HtmlText(page.title), " · SSPI Lab</title>\n<style>", kPageCss,
      "</style>\n</head>\n<body>\n<header>\n<div><h1>", HtmlText(page.title),
      "</h1>\n<p class=\"lead ", ToneClass(page.tone), "\">",
      HtmlText(page.lead),
      "</p></div>\n<button id=\"theme\" type=\"button\" "
      "title=\"Light or dark\">◐ light / dark</button>\n</header>\n<main>\n",
      page.body, "</main>\n<script type=\"application/json\" id=\"tokens\">",
      JsonForHtml(page.tokens), "</script>\n<script>", kPageJs,
      "</script>\n</body>\n</html>\n");
}

}  // namespace sspilab::sim

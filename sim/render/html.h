#ifndef SSPILAB_SIM_RENDER_HTML_H_
#define SSPILAB_SIM_RENDER_HTML_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/render/ladder.h"

namespace sspilab::sim {

// Pages that stand alone: style and script are in them, and their policy
// forbids everything else, so that they ask for nothing from anywhere and run
// nothing that a name or a token has brought in.

// `text` (UTF-8; what is none, and control characters, made visible) for the
// page's text and for attributes in double quotes.
std::string HtmlText(std::string_view text);

// The class of the style sheet for a tone.
std::string_view ToneClass(Tone tone);

// <span class="CSS">`text`</span>.
std::string HtmlSpan(std::string_view css, std::string_view text);

// A status by name, in its tone, with its meaning as a tooltip.
std::string HtmlStatus(SECURITY_STATUS status);

// A list of terms and what is to be said about each, which is markup already.
std::string HtmlFacts(
    const std::vector<std::pair<std::string, std::string>>& facts);

// A command line, to be copied.
std::string HtmlCommand(std::string_view command);

struct HtmlPage {
  // Of the window and the heading.
  std::string title;
  // One sentence below it, and how it is to be felt.
  std::string lead;
  Tone tone = Tone::kPlain;
  // Markup.
  std::string body;
  // What the page's script unfolds: an array of tokens, see html_token.h.
  nlohmann::json tokens = nlohmann::json::array();
};

// The whole file.
std::string HtmlPageToText(const HtmlPage& page);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_HTML_H_

#ifndef SSPILAB_TESTS_SIM_RENDER_BROWSER_H_
#define SSPILAB_TESTS_SIM_RENDER_BROWSER_H_

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sspilab::sim {

// A headless Chromium with one page, spoken to through pipes in the DevTools
// protocol. What goes wrong between us and it is a failure of the test, and
// every answer after it is empty.
class Browser {
 public:
  Browser();
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  // The size of the page's window, and whether the system likes it dark.
  void Resize(int width, int height, bool dark = false);
  // Loads the page from a file of its own, and forgets errors and requests.
  void Open(std::string_view html);

  // The value of a JavaScript expression.
  nlohmann::json Evaluate(std::string_view expression);

  // Real input: the mouse at the middle of the first element that a selector
  // finds, scrolled into view; and a key by its name ("Enter").
  void Click(std::string_view selector);
  void Hover(std::string_view selector);
  void Press(std::string_view key);

  // What the page complained about since it was opened, and what it asked for
  // besides itself.
  std::vector<std::string> Errors();
  std::vector<std::string> Requests();

 private:
  using Json = nlohmann::json;

  Json Send(std::string_view method, Json parameters = Json::object());
  Json Read();
  void Take(const Json& event);
  void MoveTo(std::string_view selector);

  pid_t process_ = 0;
  int to_ = -1;
  int from_ = -1;
  std::string unread_;
  int last_id_ = 0;
  std::string session_;
  std::string url_;
  bool loaded_ = false;
  double x_ = 0;
  double y_ = 0;
  std::vector<std::string> errors_;
  std::vector<std::string> requests_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_TESTS_SIM_RENDER_BROWSER_H_

#include "tests/sim/render/browser.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace sspilab::sim {
namespace {

// The ends that --remote-debugging-pipe reads from and writes to.
constexpr int kChildReads = 3;
constexpr int kChildWrites = 4;
// Starting takes a second or two on an idle machine.
constexpr int kPatienceMs = 60'000;

std::string TempFile(std::string_view name) {
  return absl::StrCat(::testing::TempDir(), "/", name);
}

}  // namespace

Browser::Browser() {
  // A write to a browser that is gone is an error, not the end of the test.
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> there{};
  std::array<int, 2> back{};
  if (pipe2(there.data(), O_CLOEXEC) != 0 ||
      pipe2(back.data(), O_CLOEXEC) != 0) {
    ADD_FAILURE() << "no pipes";
    return;
  }
  // Away from the numbers that the child wants them to have.
  const int child_reads = fcntl(there[0], F_DUPFD_CLOEXEC, 10);
  const int child_writes = fcntl(back[1], F_DUPFD_CLOEXEC, 10);
  close(there[0]);
  close(back[1]);
  to_ = fcntl(there[1], F_DUPFD_CLOEXEC, 10);
  from_ = fcntl(back[0], F_DUPFD_CLOEXEC, 10);
  close(there[1]);
  close(back[0]);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_reads, kChildReads);
  posix_spawn_file_actions_adddup2(&actions, child_writes, kChildWrites);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                   TempFile("chromium.log").c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own: it has children.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);

  // Tests run as root in containers, where neither its sandbox nor much of
  // /dev/shm is to be had.
  std::string profile = absl::StrCat("--user-data-dir=", TempFile("chromium"));
  std::array<std::string, 11> words = {"chromium",
                                       "--headless",
                                       "--no-sandbox",
                                       "--disable-gpu",
                                       "--disable-dev-shm-usage",
                                       "--no-first-run",
                                       "--disable-background-networking",
                                       "--disable-extensions",
                                       "--remote-debugging-pipe",
                                       profile,
                                       "about:blank"};
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  std::string home = absl::StrCat("HOME=", ::testing::TempDir());
  std::string path = "PATH=/usr/local/bin:/usr/bin:/bin";
  std::array<char*, 3> environment = {home.data(), path.data(), nullptr};
  const int error = posix_spawnp(&process_, "chromium", &actions, &attributes,
                                 arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(child_reads);
  close(child_writes);
  if (error != 0) {
    process_ = 0;
    ADD_FAILURE() << "chromium does not start (bazel/setup tests installs it): "
                  << error;
    return;
  }

  const Json target = Send("Target.createTarget", {{"url", "about:blank"}});
  const Json attached =
      Send("Target.attachToTarget",
           {{"targetId", target.value("targetId", "")}, {"flatten", true}});
  session_ = attached.value("sessionId", "");
  EXPECT_NE(session_, "");
  for (const char* domain :
       {"Page.enable", "Runtime.enable", "Log.enable", "Network.enable"}) {
    Send(domain);
  }
}

Browser::~Browser() {
  if (process_ > 0) {
    kill(-process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  close(to_);
  close(from_);
}

void Browser::Resize(int width, int height, bool dark) {
  Send("Emulation.setDeviceMetricsOverride", {{"width", width},
                                              {"height", height},
                                              {"deviceScaleFactor", 1},
                                              {"mobile", false}});
  Send("Emulation.setEmulatedMedia",
       {{"features",
         {{{"name", "prefers-color-scheme"},
           {"value", dark ? "dark" : "light"}}}}});
}

void Browser::Open(std::string_view html) {
  const std::string file = TempFile("page.html");
  std::ofstream(file, std::ios::binary) << html;
  url_ = absl::StrCat("file://", file);
  loaded_ = false;
  errors_.clear();
  requests_.clear();
  Send("Page.navigate", {{"url", url_}});
  while (!loaded_) {
    const Json event = Read();
    if (event.is_null()) {
      return;
    }
    Take(event);
  }
}

nlohmann::json Browser::Evaluate(std::string_view expression) {
  const Json answer =
      Send("Runtime.evaluate", {{"expression", std::string(expression)},
                                {"returnByValue", true},
                                {"awaitPromise", true}});
  if (answer.contains("exceptionDetails")) {
    ADD_FAILURE() << expression << "\n" << answer.dump(1);
  }
  return answer.value("result", Json::object()).value("value", Json());
}

void Browser::MoveTo(std::string_view selector) {
  const Json place = Evaluate(absl::StrCat(
      "(() => { const e = document.querySelector(", Json(selector).dump(),
      "); if (!e) return null; e.scrollIntoView({block: 'center'}); "
      "const r = e.getBoundingClientRect(); "
      "return [r.x + r.width / 2, r.y + r.height / 2]; })()"));
  if (!place.is_array()) {
    ADD_FAILURE() << "nothing is " << selector;
    return;
  }
  x_ = place[0];
  y_ = place[1];
  Send("Input.dispatchMouseEvent",
       {{"type", "mouseMoved"}, {"x", x_}, {"y", y_}});
}

void Browser::Hover(std::string_view selector) { MoveTo(selector); }

void Browser::Click(std::string_view selector) {
  MoveTo(selector);
  for (const char* type : {"mousePressed", "mouseReleased"}) {
    Send("Input.dispatchMouseEvent", {{"type", type},
                                      {"x", x_},
                                      {"y", y_},
                                      {"button", "left"},
                                      {"clickCount", 1}});
  }
  // What follows, an element that unfolds, say, is an event of its own.
  Evaluate("new Promise(r => requestAnimationFrame(() => setTimeout(r)))");
}

void Browser::Press(std::string_view key) {
  constexpr int kCarriageReturn = 13;
  Json event = {{"key", std::string(key)}, {"code", std::string(key)}};
  if (key == "Enter") {
    event["text"] = "\r";
    event["windowsVirtualKeyCode"] = kCarriageReturn;
  }
  for (const char* type : {"keyDown", "keyUp"}) {
    event["type"] = type;
    Send("Input.dispatchKeyEvent", event);
  }
}

std::vector<std::string> Browser::Errors() {
  Evaluate("0");  // What it had to say is before its answer.
  return errors_;
}

std::vector<std::string> Browser::Requests() {
  Evaluate("0");
  return requests_;
}

void Browser::Take(const Json& event) {
  const std::string method = event.value("method", "");
  const Json parameters = event.value("params", Json::object());
  if (method == "Page.loadEventFired") {
    loaded_ = true;
  } else if (method == "Runtime.exceptionThrown") {
    errors_.push_back(parameters.dump());
  } else if (method == "Log.entryAdded") {
    const Json entry = parameters.value("entry", Json::object());
    if (entry.value("level", "") == "error") {
      errors_.push_back(entry.value("text", ""));
    }
  } else if (method == "Network.requestWillBeSent") {
    const std::string url =
        parameters.value("request", Json::object()).value("url", "");
    if (url != url_) {
      requests_.push_back(url);
    }
  }
}

nlohmann::json Browser::Send(std::string_view method, Json parameters) {
  Json message = {{"id", ++last_id_},
                  {"method", std::string(method)},
                  {"params", std::move(parameters)}};
  if (!session_.empty()) {
    message["sessionId"] = session_;
  }
  // Messages end with a zero byte, which c_str has.
  const std::string text = message.dump();
  size_t sent = 0;
  while (sent < text.size() + 1) {
    const ssize_t wrote =
        write(to_, text.c_str() + sent, text.size() + 1 - sent);
    if (wrote <= 0) {
      ADD_FAILURE() << "chromium is gone";
      return Json::object();
    }
    sent += static_cast<size_t>(wrote);
  }
  while (true) {
    const Json answer = Read();
    if (answer.is_null()) {
      return Json::object();
    }
    if (answer.value("id", 0) != last_id_) {
      Take(answer);
      continue;
    }
    if (answer.contains("error")) {
      ADD_FAILURE() << method << ": " << answer.dump();
    }
    return answer.value("result", Json::object());
  }
}

nlohmann::json Browser::Read() {
  while (unread_.find('\0') == std::string::npos) {
    pollfd waits = {from_, POLLIN, 0};
    std::array<char, 65536> block;
    const bool came = poll(&waits, 1, kPatienceMs) == 1;
    const ssize_t got = came ? read(from_, block.data(), block.size()) : 0;
    if (got <= 0) {
      ADD_FAILURE() << "chromium says nothing";
      return nullptr;
    }
    unread_.append(block.data(), static_cast<size_t>(got));
  }
  const size_t end = unread_.find('\0');
  Json message = Json::parse(unread_.substr(0, end), nullptr,
                             /*allow_exceptions=*/false);
  unread_.erase(0, end + 1);
  return message;
}

}  // namespace sspilab::sim

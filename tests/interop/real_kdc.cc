#include "tests/interop/real_kdc.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/interop/mit_krb5.h"
#include "tests/interop/peer.h"

namespace sspilab::interop {
namespace {

// Runs a shell's command, which must succeed; gives what it says.
std::string Run(const std::string& command) {
  FILE* const pipe = popen(absl::StrCat(command, " 2>&1").c_str(), "r");
  if (pipe == nullptr) {
    ADD_FAILURE() << "cannot run " << command;
    return "";
  }
  std::string output;
  std::array<char, 4096> block;
  while (const size_t got = fread(block.data(), 1, block.size(), pipe)) {
    output.append(block.data(), got);
  }
  EXPECT_EQ(pclose(pipe), 0) << command << "\n" << output;
  return output;
}

size_t CountOf(std::string_view what, std::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size())) {
    ++count;
  }
  return count;
}

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A socket that is closed with the object.
class Socket {
 public:
  Socket() : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    constexpr timeval kPatience = {20, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &kPatience,
               sizeof(kPatience));
  }
  ~Socket() { close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  bool Connect(uint16_t port) {
    const sockaddr_in address = Loopback(port);
    return connect(descriptor_, reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address)) == 0;
  }
  // A port that nobody has.
  uint16_t BindAny() {
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof(address);
    if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) !=
            0 ||
        getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address),
                    &size) != 0) {
      return 0;
    }
    return ntohs(address.sin_port);
  }
  bool Send(absl::Span<const uint8_t> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent =
          send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  bool Receive(absl::Span<uint8_t> bytes) {
    while (!bytes.empty()) {
      const ssize_t got = recv(descriptor_, bytes.data(), bytes.size(), 0);
      if (got <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(got));
    }
    return true;
  }

 private:
  const int descriptor_;
};

}  // namespace

std::string RealKdc::Path(std::string_view name) {
  return absl::StrCat(::testing::TempDir(), "/kdc_", name);
}

RealKdc::RealKdc(std::string_view commands) {
  constexpr int kMostStarts = 5;
  for (int start = 0; start < kMostStarts; ++start) {
    port_ = Socket().BindAny();
    const std::string address = absl::StrCat("127.0.0.1:", port_);
    UseTestKrb5Conf(address);
    setenv("KRB5_KDC_PROFILE",
           WriteTestFile(
               "kdc.conf",
               absl::StrCat(
                   "[kdcdefaults]\n"
                   "kdc_listen = ",
                   address, "\nkdc_tcp_listen = ", address,
                   "\n[realms]\n"
                   "EXAMPLE.TEST = {\n"
                   " database_name = ",
                   Path("principal"), "\n key_stash_file = ", Path("stash"),
                   "\n acl_file = ", Path("acl"),
                   "\n max_life = 10h\n"
                   " max_renewable_life = 7d\n"
                   " supported_enctypes = aes256-cts:normal "
                   "aes128-cts:normal aes256-sha2:normal "
                   "aes128-sha2:normal rc4-hmac:normal\n"
                   "}\n"
                   "[logging]\n"
                   "kdc = FILE:",
                   Path("log"), "\nadmin_server = FILE:", Path("log"), "\n"))
               .c_str(),
           1);
    if (start == 0) {
      Run("/usr/sbin/kdb5_util create -s -r EXAMPLE.TEST -P master");
      const std::string said = Run(
          absl::StrCat("/usr/sbin/kadmin.local -r EXAMPLE.TEST <",
                       WriteTestFile("kdc_commands", std::string(commands))));
      // It goes on after a command that failed, and ends with 0: each one says
      // that it has done what it should.
      EXPECT_EQ(CountOf(" created.\n", said) + CountOf(" added to key", said),
                CountOf("\n", commands))
          << said;
    }
    if (Start()) return;
  }
  ADD_FAILURE() << "krb5kdc does not run; its log is " << Path("log");
}

bool RealKdc::Start() {
  process_ = fork();
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int log = open(Path("output").c_str(),
                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execl("/usr/sbin/krb5kdc", "krb5kdc", "-n", "-r", "EXAMPLE.TEST",
          static_cast<char*>(nullptr));
    _exit(127);
  }
  // It listens after a moment, or has ended.
  for (int tries = 0; process_ > 0 && tries < 2000; ++tries) {
    if (Socket().Connect(port_)) return true;
    if (waitpid(process_, nullptr, WNOHANG) == process_) break;
    usleep(10'000);
  }
  process_ = -1;
  return false;
}

void RealKdc::Stop() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

RealKdc::~RealKdc() { Stop(); }

std::vector<uint8_t> RealKdc::Exchange(
    absl::Span<const uint8_t> request) const {
  Socket socket;
  std::array<uint8_t, 4> size;
  for (size_t i = 0; i < size.size(); ++i) {
    size[i] = static_cast<uint8_t>(request.size() >> (24 - 8 * i));
  }
  if (!socket.Connect(port_) || !socket.Send(size) || !socket.Send(request) ||
      !socket.Receive(absl::MakeSpan(size))) {
    return {};
  }
  size_t announced = 0;
  for (const uint8_t byte : size) announced = announced << 8 | byte;
  constexpr size_t kMost = 1 << 20;
  if (announced > kMost) {
    ADD_FAILURE() << "krb5kdc announces " << announced << " bytes";
    return {};
  }
  std::vector<uint8_t> reply(announced);
  return socket.Receive(absl::MakeSpan(reply)) ? reply : std::vector<uint8_t>();
}

}  // namespace sspilab::interop

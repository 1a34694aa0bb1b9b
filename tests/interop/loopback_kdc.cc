#include "tests/interop/loopback_kdc.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/kerberos/kdc.h"
#include "gtest/gtest.h"

namespace sspilab::interop {
namespace {

bool Receive(int connection, absl::Span<uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = recv(connection, bytes.data(), bytes.size(), 0);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace

LoopbackKdc::LoopbackKdc(const kerberos::Realms& realms, std::string realm,
                         kerberos::PreciseTime now)
    : realms_(realms), realm_(std::move(realm)), now_(now) {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(listener_, generic, size), 0);
  EXPECT_EQ(listen(listener_, 8), 0);
  EXPECT_EQ(getsockname(listener_, generic, &size), 0);
  address_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  thread_ = std::thread([this] { Serve(); });
}

LoopbackKdc::~LoopbackKdc() {
  // Wakes accept().
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void LoopbackKdc::Serve() {
  for (;;) {
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    Answer(connection);
    close(connection);
  }
}

// Four bytes of length, then the message; both ways.
void LoopbackKdc::Answer(int connection) {
  uint32_t size;
  if (!Receive(connection, {reinterpret_cast<uint8_t*>(&size), sizeof(size)})) {
    return;
  }
  constexpr uint32_t kMost = 1 << 16;
  std::vector<uint8_t> request(std::min(ntohl(size), kMost));
  if (!Receive(connection, absl::MakeSpan(request))) return;
  kerberos::Kdc kdc(realms_, now_, entropy_);
  std::vector<uint8_t> reply = kdc.Answer(realm_, request);
  size = htonl(static_cast<uint32_t>(reply.size()));
  const auto* const header = reinterpret_cast<const uint8_t*>(&size);
  reply.insert(reply.begin(), header, header + sizeof(size));
  EXPECT_EQ(send(connection, reply.data(), reply.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(reply.size()));
}

}  // namespace sspilab::interop

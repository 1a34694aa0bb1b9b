#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/sspi.h"
#include "core/world.h"
#include "tests/interop/peer.h"
#include "tests/interop/sspi_peer.h"

namespace sspilab::interop {
namespace {

// The peers go by the system's clock, and want ours near it.
FileTime Now() {
  // 1601-01-01 to 1970-01-01.
  constexpr FileTime kUnixEpoch = 11'644'473'600 * kFileTimeSecond;
  return kUnixEpoch +
         static_cast<FileTime>(absl::ToUnixMicros(absl::Now())) * 10;
}

WorldOptions OptionsFor(const Terms& terms) {
  WorldOptions options;
  options.now = Now();
  options.ntlm.lm_compatibility_level = terms.lm_compatibility_level;
  options.ntlm.unsupported_flags = terms.unsupported_flags;
  options.ntlm.complete_auth_token = terms.complete_auth_token;
  options.ntlm.send_timestamp = terms.send_timestamp;
  options.negotiate.request_mic = terms.request_mic;
  if ((terms.unsupported_flags & k128) != 0) {
    options.ntlm.minimum_client_security = 0;
    options.ntlm.minimum_server_security = 0;
  }
  return options;
}

class OursContext : public SspiContext {
 public:
  OursContext(bool is_initiator, const Terms& terms)
      : SspiContext(InitSecurityInterfaceW(), is_initiator, terms),
        world_(OptionsFor(terms)) {
    if (is_initiator) return;
    world_.accounts().Add(terms.user,
                          terms.domain.empty()
                              ? world_.options().names.authority()
                              : terms.domain,
                          terms.account_password);
  }
  ~OursContext() override { Close(); }

  absl::Status AcquireInWorld() {
    const ScopedWorld bound(&world_);
    return AcquireCredentials();
  }

 private:
  World world_;
};

class Ours : public Peer {
 public:
  absl::StatusOr<std::unique_ptr<Context>> NewInitiator(
      const Terms& terms) override {
    return New(true, terms);
  }
  absl::StatusOr<std::unique_ptr<Context>> NewAcceptor(
      const Terms& terms) override {
    return New(false, terms);
  }

 private:
  static absl::StatusOr<std::unique_ptr<Context>> New(bool initiator,
                                                      const Terms& terms) {
    auto context = std::make_unique<OursContext>(initiator, terms);
    if (const absl::Status status = context->AcquireInWorld(); !status.ok()) {
      return status;
    }
    return context;
  }
};

}  // namespace

std::unique_ptr<Peer> NewOurs() { return std::make_unique<Ours>(); }

}  // namespace sspilab::interop

#ifndef SSPILAB_SIM_EXPLORE_ONE_SIDE_H_
#define SSPILAB_SIM_EXPLORE_ONE_SIDE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/accounts.h"
#include "core/certificates.h"
#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "sim/caller.h"
#include "sim/coverage.h"
#include "sim/invariant.h"
#include "sim/scenario.h"

namespace sspilab::sim {

enum class Standing : uint8_t { kOpen, kDone, kFailed };

// What a context tells that is done; what the package does not tell is empty.
struct Agreed {
  // ISC_RET_* or ASC_RET_*.
  uint32_t attributes = 0;
  uint32_t key_bits = 0;
  // Of a stream, keying material.
  std::vector<uint8_t> session_key;
  std::u16string identity;
  std::u16string package;
  // Of streams.
  uint32_t protocol = 0;
  std::u16string cipher_suite;
  std::string application_protocol;
  std::vector<uint8_t> peer_certificate;
  std::u16string delegated;
};

// What the last token of a history led to.
struct Reply {
  Standing standing = Standing::kFailed;
  // That all of it was taken, nothing kept until more comes.
  bool took_all = false;
  // Whether it is a stream: one reads on when it is done.
  bool is_stream = false;
  // The tokens for the peer, by each call that gave one.
  std::vector<std::vector<uint8_t>> tokens;
  // For kDone.
  Agreed agreed;
  // What did not hold, if something did not.
  std::optional<Invariant> broken;
};

// Runs one side of an exchange through the function table, over and over, each
// time from its beginning and in a World of its own: what a side does is a
// function of the tokens that it was given, and of nothing else.
class OneSide {
 public:
  // `machine` has the accounts, certificates and realms. The arguments are not
  // owned; all but `machine` must outlive it.
  OneSide(Side side, const Scenario& scenario, const World& machine,
          Package package, SecurityFunctionTableW* table, Coverage* coverage);

  // Gives a new context each of `tokens` in turn, a client's first call, which
  // has no input, coming before them. All but the last are known to be taken.
  // A context that has failed, or needs no more tokens, is given `undisturbed`
  // (what the last of them would have been without an attacker) afterwards, and
  // has to refuse it. `*reply` is overwritten.
  void Run(absl::Span<const absl::Span<const uint8_t>> tokens,
           absl::Span<const uint8_t> undisturbed, Reply* reply);

 private:
  class Conversation;

  const Side side_;
  const Package package_;
  SecurityFunctionTableW& table_;
  Coverage& coverage_;
  const ExchangeOptions& exchange_;
  const WorldOptions options_;
  const AccountDatabase accounts_;
  const CertificateStore certificates_;
  const kerberos::Realms realms_;
  // For ALPN, as the interface takes it; empty for none.
  std::vector<uint8_t> application_protocols_;
  std::vector<uint8_t> output_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_ONE_SIDE_H_

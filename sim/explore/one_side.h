#ifndef SSPILAB_SIM_EXPLORE_ONE_SIDE_H_
#define SSPILAB_SIM_EXPLORE_ONE_SIDE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "sim/caller.h"
#include "sim/coverage.h"
#include "sim/invariant.h"
#include "sim/scenario.h"

namespace sspilab::sim {

enum class Standing : uint8_t { kOpen, kDone, kFailed };

// What a context tells that is done.
struct Agreed {
  // ISC_RET_* or ASC_RET_*.
  uint32_t attributes = 0;
  uint32_t key_bits = 0;
  std::vector<uint8_t> session_key;
  std::u16string identity;
  std::u16string package;
};

// What the last call of a history gave.
struct Reply {
  SECURITY_STATUS status = SEC_E_OK;
  Standing standing = Standing::kFailed;
  // Empty where there is none.
  std::vector<uint8_t> token;
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
  // The arguments are not owned and must outlive it.
  OneSide(Side side, const Scenario& scenario, Package package,
          SecurityFunctionTableW* table, Coverage* coverage);

  // Gives a new context each of `tokens` in turn, a client's first call, which
  // has no input, coming before them. All but the last are known to be taken.
  // A context that is not open afterwards is given `undisturbed` (what the last
  // of them would have been without an attacker) and has to refuse it.
  // `*reply` is overwritten.
  void Run(absl::Span<const absl::Span<const uint8_t>> tokens,
           absl::Span<const uint8_t> undisturbed, Reply* reply);

 private:
  class Conversation;

  const Side side_;
  const Package package_;
  SecurityFunctionTableW& table_;
  Coverage& coverage_;
  const ExchangeOptions& exchange_;
  WorldOptions options_;
  std::vector<Account> accounts_;
  std::vector<uint8_t> output_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_ONE_SIDE_H_

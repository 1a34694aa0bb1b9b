#ifndef SSPILAB_SIM_DEVIATOR_H_
#define SSPILAB_SIM_DEVIATOR_H_

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "core/world.h"
#include "sim/caller.h"
#include "sim/deviation.h"
#include "sim/interceptor.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// What deviating calls know of the calls before them.
struct DeviationMemory {
  struct Saved {
    SecHandle credential = {};
    SecHandle context = {};
    // The output of a leg; of other calls their only descriptor's buffers.
    std::vector<DeviantBuffer> buffers;
    std::vector<uint8_t> packed;
  };
  // What the callers' own calls gave, by side, also after they gave it back.
  struct Handles {
    SecHandle credential = {};
    SecHandle context = {};
    bool has_context = false;
  };

  std::map<std::string, Saved> saved;
  std::array<Handles, 2> handles;
};

// Two callers who deviate: a function table each, between them and theirs, that
// does what the Scenario's deviations say at the calls that come by. Calls that
// are added go to the inner table only, so a Recorder behind it sees them and
// no place is counted by them.
//
// For one thread, like the callers.
class DeviatingCallers {
 public:
  // The Endpoints are the callers'; they must outlive it, as `scenario` must.
  DeviatingCallers(const Scenario& scenario, const Endpoint& client,
                   const Endpoint& server);
  ~DeviatingCallers();

  SecurityFunctionTableW* table(Side side);
  // Gives back the credentials and contexts that added calls opened and none
  // closed. To be called while the Worlds live.
  void CloseAll();
  // By deviation.
  std::vector<DeviationSurprise> Surprises() const;

 private:
  class Deviator;

  const std::vector<Deviation>& deviations_;
  DeviationMemory memory_;
  // By deviation: what its call returned, once it was done.
  std::vector<std::optional<SECURITY_STATUS>> returned_;
  std::array<std::unique_ptr<Deviator>, 2> deviators_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_DEVIATOR_H_

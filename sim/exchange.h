#ifndef SSPILAB_SIM_EXCHANGE_H_
#define SSPILAB_SIM_EXCHANGE_H_

#include <optional>
#include <vector>

#include "core/world.h"
#include "sim/caller.h"
#include "sim/client.h"
#include "sim/service.h"
#include "sim/wire.h"

namespace sspilab::sim {

struct ExchangeOptions {
  ClientOptions client;
  CallerOptions server;
  WireForm form = WireForm::kMessage;
  std::vector<Fault> faults;
  // By how much the Worlds' clocks advance each time that one side has done
  // what it can and the other's turn comes.
  FileTime latency = kFileTimeSecond / 1000;
};

// A client and a service, one wire between them, in one thread. The sides take
// turns, each running until it waits; so one set of options, in Worlds of one
// seed, is one run.
//
// Light: built once, it runs any number of exchanges, one after the other, with
// its memory kept. The service acquires its credentials for the first one.
class Exchange {
 public:
  Exchange(const Endpoint& client, const Endpoint& server);

  // Runs until both sides have finished, which they always do: a wire on which
  // nothing can move any more is cut. `options` and the package in it are the
  // same for all runs of an object, or at least outlive each.
  void Run(const ExchangeOptions& options);
  // Ends the service; its status.
  SECURITY_STATUS StopService() { return service_.Stop(); }

  Wire& wire() { return wire_; }
  const PartyView& client() const { return client_.view(); }
  const PartyView& server() const { return connection_.view(); }

  // Of the last Run: whether the wire was cut because both sides waited.
  bool stalled() const { return stalled_; }
  // Who was the first to give up, where one did.
  std::optional<Side> gave_up_first() const { return gave_up_first_; }
  // Whether both ended authenticated.
  bool authenticated() const {
    return client().authenticated() && server().authenticated();
  }
  // Whether both have the same session key, and have one.
  bool same_key() const {
    return !client().session_key.empty() &&
           client().session_key == server().session_key;
  }
  // Whether each side got what the other one sent under protection.
  bool messages_arrived(const ExchangeOptions& options) const;

 private:
  // Whether anything moved.
  bool RunUntilWaiting(Side side, Caller* caller);
  void AdvanceClocks(FileTime by);

  const Endpoint client_endpoint_;
  const Endpoint server_endpoint_;
  Wire wire_;
  Client client_;
  Service service_;
  ServiceConnection connection_;
  bool stalled_ = false;
  std::optional<Side> gave_up_first_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXCHANGE_H_

#include "sim/exchange.h"

#include <algorithm>

namespace sspilab::sim {
Exchange::Exchange(const Endpoint& client, const Endpoint& server)
    : client_endpoint_(client),
      server_endpoint_(server),
      client_(client, &wire_),
      service_(server),
      connection_(&service_, &wire_) {}

bool Exchange::RunUntilWaiting(Side side, Caller* caller) {
  bool moved = false;
  while (caller->Step() == Progress::kMoved) {
    moved = true;
  }
  const Ending ending = caller->view().ending;
  if (ending != Ending::kUnfinished && ending != Ending::kAuthenticated &&
      !gave_up_first_.has_value()) {
    gave_up_first_ = side;
  }
  return moved;
}

void Exchange::Run(const ExchangeOptions& options) {
  stalled_ = false;
  gave_up_first_.reset();
  wire_.Reset(options.form, options.faults);
  client_.Begin(&options.client);
  connection_.Begin(&options.server);
  while (!client_.finished() || !connection_.finished()) {
    const bool client_moved = RunUntilWaiting(Side::kClient, &client_);
    if (client_moved) {
      AdvanceClocks(options.latency + wire_.TakeDelay());
    }
    const bool server_moved = RunUntilWaiting(Side::kServer, &connection_);
    if (server_moved) {
      AdvanceClocks(options.latency + wire_.TakeDelay());
    }
    if (!client_moved && !server_moved && !wire_.Flush()) {
      // A real wire would time out.
      stalled_ = true;
      wire_.Close(Direction::kToServer);
      wire_.Close(Direction::kToClient);
    }
  }
}

bool Exchange::messages_arrived(const ExchangeOptions& options) const {
  const auto arrived = [](const PartyView& from, const PartyView& to,
                          const std::string& message) {
    return !from.sent_message ||
           std::equal(to.received.begin(), to.received.end(), message.begin(),
                      message.end());
  };
  return arrived(client(), server(), options.client.caller.message) &&
         arrived(server(), client(), options.server.message);
}

void Exchange::AdvanceClocks(FileTime by) {
  if (client_endpoint_.world != nullptr) {
    client_endpoint_.world->Advance(by);
  }
  if (server_endpoint_.world != nullptr &&
      server_endpoint_.world != client_endpoint_.world) {
    server_endpoint_.world->Advance(by);
  }
}

}  // namespace sspilab::sim

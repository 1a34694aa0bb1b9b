#ifndef SSPILAB_SIM_RECORDER_H_
#define SSPILAB_SIM_RECORDER_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/sspi.h"
#include "core/world.h"
#include "sim/caller.h"
#include "sim/trace.h"
#include "sim/wire.h"

namespace sspilab::sim {

// Writes down what happens: calls through a function table that it puts around
// another one, and as their observer the wire and the Worlds: state machines,
// what goes encrypted, and the keys for it.
//
// The functions of a table have nowhere to keep a pointer, so a Recorder works
// on the thread that made it, and one at a time there.
class Recorder final : public WireObserver {
 public:
  Recorder();
  ~Recorder() override;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // A table that records what `side` calls and lets `inner` do it. Valid for
  // the recorder's life; `inner` must be for as long.
  SecurityFunctionTableW* Wrap(Side side, SecurityFunctionTableW* inner);
  // Watches the World, and takes its clock for the side's; until Unwatch, the
  // World must live.
  void Watch(Side side, World* world);
  void Unwatch();

  void Add(TraceEvent event) { events_.push_back(std::move(event)); }
  const std::vector<TraceEvent>& events() const { return events_; }
  std::vector<TraceEvent> TakeEvents() { return std::move(events_); }

  // WireObserver:
  void OnSend(Direction direction, uint32_t leg, MessageKind kind,
              absl::Span<const uint8_t> payload) override;
  void OnFault(const Fault& fault) override;
  void OnReceive(Direction direction, const Delivery& delivery) override;
  void OnClose(Direction direction) override;

 private:
  struct Calls;  // The functions of the tables.

  class SideObserver final : public WorldObserver {
   public:
    SideObserver(Recorder* recorder, Side side)
        : recorder_(recorder), side_(side) {}
    void OnTransition(const TransitionTaken& transition) override;
    void OnTlsKeyLogLine(std::string_view line) override;
    void OnInnerMessage(InnerMessage kind,
                        absl::Span<const uint8_t> message) override;
    void OnKdcExchange(std::string_view realm,
                       absl::Span<const uint8_t> request,
                       absl::Span<const uint8_t> answer) override;

   private:
    Recorder* const recorder_;
    const Side side_;
  };

  FileTime Now(Side side) const;
  // An event on the wire, with what all of them have.
  TraceWire Event(TraceWire::What what, Direction direction) const;

  std::vector<TraceEvent> events_;
  std::array<SecurityFunctionTableW, 2> tables_ = {};
  std::array<SecurityFunctionTableW*, 2> inner_ = {};
  std::array<World*, 2> worlds_ = {};
  std::array<SideObserver, 2> observers_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RECORDER_H_

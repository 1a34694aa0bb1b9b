#ifndef SSPILAB_SIM_COMMANDS_STOPWATCH_H_
#define SSPILAB_SIM_COMMANDS_STOPWATCH_H_

namespace sspilab::sim {

// Measures what a command has cost, for its figures; nothing that it runs sees
// it. In seconds of one processor, over all threads, so that a figure does not
// depend on what else the machine does.
class Stopwatch {
 public:
  Stopwatch();

  double seconds() const;

 private:
  double begin_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_STOPWATCH_H_

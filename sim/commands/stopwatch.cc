#include "sim/commands/stopwatch.h"

#include <ctime>

namespace sspilab::sim {
namespace {

double ProcessorSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

Stopwatch::Stopwatch() : begin_(ProcessorSeconds()) {}

double Stopwatch::seconds() const { return ProcessorSeconds() - begin_; }

}  // namespace sspilab::sim

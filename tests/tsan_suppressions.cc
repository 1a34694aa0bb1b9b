// ThreadSanitizer looks this function up by name.
//
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __tsan_default_suppressions() {
  // absl::Mutex hides its own synchronization from ThreadSanitizer, but not the
  // mmap() of the memory that a waiting thread is known by: waking a thread
  // that has waited for the first time looks like a race with that.
  return "race:absl::*::synchronization_internal::Waiter::Post\n";
}

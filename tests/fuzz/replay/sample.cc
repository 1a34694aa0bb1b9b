// A fuzz target that does what its input says.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

// A target with a mutator of its own must link without libFuzzer too.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size,
                                          unsigned int /*seed*/) {
  return LLVMFuzzerMutate(data, size, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::printf("[%.*s]", static_cast<int>(size), input.data());
  if (input == "abort") {
    std::abort();
  }
  if (input == "trap") {
    __builtin_trap();
  }
  return 0;
}

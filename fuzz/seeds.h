#ifndef SSPILAB_FUZZ_SEEDS_H_
#define SSPILAB_FUZZ_SEEDS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sspilab::fuzz {

// Every seed of the NTLM targets, by its path below corpus/. All come from
// exchanges that are run for it, and are the same every time.
std::map<std::string, std::vector<uint8_t>> RecordSeeds();

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_SEEDS_H_

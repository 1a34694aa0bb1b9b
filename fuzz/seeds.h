#ifndef SSPILAB_FUZZ_SEEDS_H_
#define SSPILAB_FUZZ_SEEDS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "fuzz/profile.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {

// By their paths below corpus/.
using Seeds = std::map<std::string, std::vector<uint8_t>>;

// Every seed. All come from exchanges and messages that are made for it, and
// are the same every time.
Seeds RecordSeeds();

// What RecordSeeds asks for, one function a protocol.
void RecordNtlm(Seeds& seeds);
void RecordNegotiate(Seeds& seeds);
void RecordKerberos(Seeds& seeds);
void RecordSchannel(Seeds& seeds);
void RecordCredSsp(Seeds& seeds);
void RecordDer(Seeds& seeds);
void RecordCredSspMessages(Seeds& seeds);
void RecordKerberosMessages(Seeds& seeds);
void RecordKdc(Seeds& seeds);
void RecordApi(Seeds& seeds);
void RecordApiSweeps(Seeds& seeds);
void RecordApiCallers(Seeds& seeds);
void RecordSealing(Seeds& seeds);
void RecordTexts(Seeds& seeds);

// One exchange worth recording: what is not as all zeros have it.
struct Exchange {
  std::string name;
  sim::Settings settings = {};
  std::vector<sim::Operation> operations = {};
};

// Makes variants of some of them, whose names have kVariant before what is
// otherwise.
inline constexpr std::string_view kVariant = ".";
void AddVariants(Seeds& seeds);

// The sides of operations.
inline constexpr uint8_t kInitiator = 0, kAcceptor = 1;

// A sealed and a signed message each way, one of them as a stream.
std::vector<sim::Operation> SealedMessages();

// Makes seeds of `prefix`_session: the exchange with each allocation refused
// once, with each room too small by a little, and with every variation of the
// other calls.
void RecordSweeps(const Profile& profile, std::string_view prefix,
                  const Exchange& exchange, Seeds& seeds);
// Of these, each operation of a context that is done behind each other one.
void RecordSequences(std::string_view prefix, const Exchange& exchange,
                     Seeds& seeds);

// Makes seeds of `prefix`_framing: an exchange in single bytes, in headers and
// bodies, and in pieces one way only.
void RecordFraming(std::string_view prefix, const Exchange& exchange,
                   Seeds& seeds);

// Runs an exchange, and makes it a seed of `prefix`_session, _initiator and
// _acceptor, and of the permissive ones where there are such. Returns the
// tokens that were sent.
std::vector<std::vector<uint8_t>> RecordExchange(const Profile& profile,
                                                 std::string_view prefix,
                                                 const Exchange& exchange,
                                                 bool permissive, Seeds& seeds);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_SEEDS_H_

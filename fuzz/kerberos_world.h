#ifndef SSPILAB_FUZZ_KERBEROS_WORLD_H_
#define SSPILAB_FUZZ_KERBEROS_WORLD_H_

#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/realm.h"
#include "core/role.h"
#include "core/world.h"
#include "sim/input/settings.h"

// What Kerberos makes of the settings: machines in the domain EXAMPLE, which is
// the realm EX, with whoever the initiator comes as and the acceptor's machine
// LAB$; or inside another package.
namespace sspilab::fuzz {

// People have keys of RC4 alone, as accounts do whose password is older than
// AES is there: it hashes a password once, and AES thousands of times, in every
// run. Machines have all.
//
// SideSettings::policy[0]: the machine's encryption types, of EtypeList.
// policy[1]: those of the keys in the realm, and these.
inline constexpr uint8_t kNoPreauthentication = 0x08;
inline constexpr uint8_t kMayNotBeDelegated = 0x10;
inline constexpr uint8_t kTrustedForDelegation = 0x20;
inline constexpr uint8_t kNoRealm = 0x40;
// EX trusts OTHER, which has a machine of the same name.
inline constexpr uint8_t kTwoRealms = 0x80;
// The same bits, of the acceptor.
inline constexpr uint8_t kOtherPassword = 0x08;
inline constexpr uint8_t kNoMachineAccount = 0x10;
inline constexpr uint8_t kNamesItself = 0x20;
// policy[2]: how far the clock is off in the lower three bits, how far clocks
// may be off in the next two, and these.
inline constexpr uint8_t kShortTickets = 0x20;
inline constexpr uint8_t kNothingRenewable = 0x40;
// The initiator has a key of AES, too.
inline constexpr uint8_t kHasAes = 0x80;

inline constexpr int kEtypeLists = 8;
absl::Span<const kerberos::Etype> EtypeList(uint8_t choice);

// Names, clock, logon and Kerberos' policy of one side's machine.
WorldOptions KerberosOptionsOf(const sim::Settings& settings, Role role,
                               Verification verification);

// The realms as one side's machine has them.
void FurnishWithRealms(const sim::Settings& settings, Role role, World& world);

// What is in the realm EX.
inline constexpr std::string_view kRealm = "EX";
inline constexpr std::string_view kMachine = "LAB$";
inline constexpr std::u16string_view kMachinePassword = u"machine";

// Realm::Trust, but with keys between the two that are of no password, so that
// none has to be hashed.
void Trust(kerberos::Realm& from, kerberos::Realm& to, Entropy& entropy);
// Asks for every key once: copies of the realms share that they were asked for.
void TakeUpKeys(const kerberos::Realms& realms);
// The machine's, of all types: of its password, or of another. Made once.
const std::vector<kerberos::Key>& KeysOfMachine(bool other_password = false);
// The keys of the password that the acceptor's caller gives; none where it
// leaves the credential to its machine.
absl::Span<const kerberos::Key> KeysThatCallerGave(
    const sim::SideSettings& acceptor);
// Those of the keys that are of the types.
std::vector<kerberos::Key> OfTypes(absl::Span<const kerberos::Key> keys,
                                   absl::Span<const kerberos::Etype> etypes);

// Whether the realm knows the initiator by what it comes with.
bool RealmKnows(const sim::Settings& settings);
// Whether that is so, both callers are ordinary, and nothing that they ask for
// or that the Worlds are can stand in the way.
bool KerberosMustComplete(const sim::Settings& settings,
                          uint32_t initiator_requirements,
                          uint32_t acceptor_requirements);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_KERBEROS_WORLD_H_

#include "fuzz/world_change.h"

#include <utility>

#include "core/account_state.h"
#include "core/kerberos/realm.h"
#include "core/wire/utf.h"
#include "fuzz/kerberos_world.h"
#include "fuzz/people.h"

namespace sspilab::fuzz {
namespace {

using kerberos::Principal;
using kerberos::Realm;

void Disable(Principal* principal) {
  if (principal != nullptr) principal->state = AccountState::kDisabled;
}

// The services of the machine's account become another's.
void MoveServices(Realm& realm) {
  Principal* const machine = realm.Find(kMachine);
  if (machine == nullptr) return;
  Principal other = *machine;
  other.name = "OTHER$";
  machine->aliases.clear();
  realm.Add(std::move(other));
}

}  // namespace

void ChangeWorld(const sim::Operation& operation, const sim::Settings& settings,
                 World& world) {
  Realm* const realm = world.realms().Find(kRealm);
  switch (static_cast<sim::WorldChange>(operation.value % sim::kWorldChanges)) {
    case sim::WorldChange::kClock:
      world.Advance(FileTime{operation.place} * 60 * kFileTimeSecond);
      break;
    case sim::WorldChange::kNobodyAnswers:
      world.options().authority_reachable = false;
      break;
    case sim::WorldChange::kAccountDisabled:
      if (realm == nullptr) break;
      Disable(
          realm->Find(wire::Utf16ToUtf8Lossy(CredentialOf(settings).known_as)));
      break;
    case sim::WorldChange::kServiceDisabled:
      if (realm != nullptr) Disable(realm->Find(kMachine));
      break;
    case sim::WorldChange::kServiceMoves:
      if (realm != nullptr) MoveServices(*realm);
      break;
  }
}

}  // namespace sspilab::fuzz

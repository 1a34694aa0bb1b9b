#include "core/handles.h"

namespace sspilab {

CredentialTable& Credentials() {
  static CredentialTable& table = *new CredentialTable(1);
  return table;
}

ContextTable& Contexts() {
  static ContextTable& table = *new ContextTable(2);
  return table;
}

void CloseHandlesOf(World& world) {
  const auto is_of_world = [&world](const auto& object) {
    return &object.world() == &world;
  };
  // Contexts first: they hold on to their credentials.
  Contexts().RemoveIf(is_of_world);
  Credentials().RemoveIf(is_of_world);
}

}  // namespace sspilab

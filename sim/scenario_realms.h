#ifndef SSPILAB_SIM_SCENARIO_REALMS_H_
#define SSPILAB_SIM_SCENARIO_REALMS_H_

#include "core/kerberos/realm.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// The realms of `scenario` with all their keys. What is drawn for them comes
// from the scenario's seed and from no World's, so that whoever has the
// scenario has the keys.
kerberos::Realms MakeRealms(const Scenario& scenario);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SCENARIO_REALMS_H_

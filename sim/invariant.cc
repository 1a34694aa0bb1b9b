#include "sim/invariant.h"

#include <array>

namespace sspilab::sim {
namespace {

struct Row {
  std::string_view name;
  std::string_view sentence;
};

// In Invariant's order.
constexpr std::array<Row, kInvariantCount> kRows = {{
    {"LegalStatus", "A call returns only what the status table lets it."},
    {"DeclaredTransition", "A machine takes only transitions of its table."},
    {"Repeatable", "The same calls in the same World have the same outcome."},
    {"FailureIsSilent",
     "A call that fails leaves no token, unless it says EXTENDED_ERROR."},
    {"FailureIsFinal", "A context that failed never succeeds afterwards."},
    {"NothingLeaked", "When all handles are closed, no memory is left."},
    {"AlwaysAnEnd", "Each side is done or has failed after a few legs."},
    {"SameKey", "When both sides are done, they hold the same session key."},
    {"SameIdentity", "When both sides are done, they name the same client."},
    {"SamePackage", "When both sides are done, they used the same package."},
    {"SameFlags",
     "When both sides are done, both protect messages or neither does."},
    {"NoDowngrade",
     "When both sides are done, they protect messages no less than they would "
     "have, undisturbed, and by what they would have chosen."},
    {"SameProtocol",
     "When both sides are done, they speak one version, with one cipher suite "
     "and application protocol."},
    {"SealIsChecked",
     "A sealed record, an encrypted part of Kerberos or a mechListMIC in which "
     "a bit is wrong is never taken."},
}};

}  // namespace

std::string_view InvariantName(Invariant invariant) {
  return kRows[static_cast<size_t>(invariant)].name;
}

std::string_view InvariantSentence(Invariant invariant) {
  return kRows[static_cast<size_t>(invariant)].sentence;
}

}  // namespace sspilab::sim

#ifndef SSPILAB_SIM_COMMANDS_PACKAGE_ARGUMENT_H_
#define SSPILAB_SIM_COMMANDS_PACKAGE_ARGUMENT_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/status.h"

namespace sspilab::sim {

// The row of a table of packages (each has a `package`) that `name` names, or
// an error that says which there are. `what` is what the command does.
template <typename Row>
absl::StatusOr<const Row*> FindPackageRow(absl::Span<const Row> rows,
                                          std::string_view name,
                                          std::string_view what) {
  for (const Row& row : rows) {
    if (absl::EqualsIgnoreCase(PackageName(row.package), name)) {
      return &row;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "cannot ", what, " package '", name, "', only ",
      absl::StrJoin(rows, ", ", [](std::string* out, const Row& row) {
        absl::StrAppend(out, PackageName(row.package));
      })));
}

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_PACKAGE_ARGUMENT_H_

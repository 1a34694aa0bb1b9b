#ifndef SSPILAB_SIM_RENDER_HTML_STATUSES_H_
#define SSPILAB_SIM_RENDER_HTML_STATUSES_H_

#include <optional>
#include <string>

#include "absl/types/span.h"
#include "core/status.h"
#include "sim/status_matrix.h"

namespace sspilab::sim {

// The matrix, or what of it is about one package, as a page: a table for each
// call, a status a row and a package a column; each cell tells what it stands
// for. `command` makes it again.
std::string StatusesToHtml(const StatusMatrix& matrix,
                           absl::Span<const NamedScenario> scenarios,
                           std::optional<Package> only,
                           const std::string& command);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_HTML_STATUSES_H_

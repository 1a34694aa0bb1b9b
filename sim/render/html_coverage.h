#ifndef SSPILAB_SIM_RENDER_HTML_COVERAGE_H_
#define SSPILAB_SIM_RENDER_HTML_COVERAGE_H_

#include <string>

#include "sim/coverage.h"

namespace sspilab::sim {

// The machines of a package as drawings that say which of their steps were
// taken how often, and below each its table.
std::string CoverageToHtml(const Coverage& coverage);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_HTML_COVERAGE_H_

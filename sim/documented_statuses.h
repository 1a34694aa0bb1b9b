#ifndef SSPILAB_SIM_DOCUMENTED_STATUSES_H_
#define SSPILAB_SIM_DOCUMENTED_STATUSES_H_

#include <string_view>

#include "absl/types/span.h"
#include "core/sspi_status.h"
#include "core/status.h"

namespace sspilab::sim {

// A status that a document names for a call of a package.
struct DocumentedStatus {
  Call call;
  Package package;
  SECURITY_STATUS status;
  // The document's title in Microsoft's reference.
  std::string_view source;
};

// Of the two documents that the project began with: the service's loop over
// AcceptSecurityContext, which uses Negotiate, and the client's function as
// CredSSP has it. All that they name, in their order.
absl::Span<const DocumentedStatus> DocumentedStatuses();

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_DOCUMENTED_STATUSES_H_

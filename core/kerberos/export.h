#ifndef SSPILAB_CORE_KERBEROS_EXPORT_H_
#define SSPILAB_CORE_KERBEROS_EXPORT_H_

#include "absl/types/span.h"
#include "core/kerberos/context.h"
#include "core/security_package.h"

// An established context as bytes, and back (ExportSecurityContext,
// ImportSecurityContext). The format is ours: Windows does not document its
// own, which never leaves the machine. A delegated ticket stays behind.
namespace sspilab::kerberos {

// `packed` is memory of the context's World (NewContextBuffer). `fresh` packs
// the context as it was before its first message.
SECURITY_STATUS ExportContext(const KerberosContext& context, bool fresh,
                              absl::Span<uint8_t>* packed);

// SEC_E_INVALID_TOKEN for anything that ExportContext cannot have written.
SECURITY_STATUS ImportContext(World& world, const SecurityPackage& package,
                              absl::Span<const uint8_t> packed,
                              BudgetPtr<Context>* context);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_EXPORT_H_

#ifndef SSPILAB_CORE_KERBEROS_ATTRIBUTES_H_
#define SSPILAB_CORE_KERBEROS_ATTRIBUTES_H_

#include "core/attribute_writer.h"
#include "core/kerberos/context.h"

namespace sspilab::kerberos {

// QueryContextAttributes for Kerberos: one table row an attribute.
SECURITY_STATUS QueryAttribute(const KerberosContext& context, ULONG attribute,
                               AttributeWriter& out);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_ATTRIBUTES_H_

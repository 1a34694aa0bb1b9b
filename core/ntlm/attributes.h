#ifndef SSPILAB_CORE_NTLM_ATTRIBUTES_H_
#define SSPILAB_CORE_NTLM_ATTRIBUTES_H_

#include "core/attribute_writer.h"
#include "core/ntlm/context.h"

namespace sspilab::ntlm {

// QueryContextAttributes for NTLM: one table row an attribute.
SECURITY_STATUS QueryAttribute(const NtlmContext& context, ULONG attribute,
                               AttributeWriter& out);

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_ATTRIBUTES_H_

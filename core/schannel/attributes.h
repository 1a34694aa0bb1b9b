#ifndef SSPILAB_CORE_SCHANNEL_ATTRIBUTES_H_
#define SSPILAB_CORE_SCHANNEL_ATTRIBUTES_H_

#include "core/attribute_writer.h"
#include "core/sspi.h"

namespace sspilab::schannel {

class SchannelContext;

// QueryContextAttributes.
SECURITY_STATUS QueryAttribute(const SchannelContext& context, ULONG attribute,
                               AttributeWriter& out);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_ATTRIBUTES_H_

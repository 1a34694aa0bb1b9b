#ifndef SSPILAB_CORE_COMMON_ATTRIBUTES_H_
#define SSPILAB_CORE_COMMON_ATTRIBUTES_H_

#include "core/attribute_writer.h"
#include "core/channel_bindings.h"
#include "core/package_info.h"
#include "core/sspi.h"

// Attributes that more than one package answers, each in the same way.
namespace sspilab {

// SECPKG_ATTR_PACKAGE_INFO.
SECURITY_STATUS PutPackageInfo(const PackageInfo& package,
                               AttributeWriter& out);

// SECPKG_ATTR_NEGOTIATION_INFO; `state` is a SECPKG_NEGOTIATION_*.
SECURITY_STATUS PutNegotiationInfo(const PackageInfo& package, ULONG state,
                                   AttributeWriter& out);

// SECPKG_ATTR_UNIQUE_BINDINGS and ..._ENDPOINT_BINDINGS: the caller's own
// SEC_CHANNEL_BINDINGS back, when they are of the kind that the attribute names
// (RFC 5929). SEC_E_UNSUPPORTED_FUNCTION for others, and other attributes.
SECURITY_STATUS PutBindings(const ChannelBindings& bindings, ULONG attribute,
                            AttributeWriter& out);

}  // namespace sspilab

#endif  // SSPILAB_CORE_COMMON_ATTRIBUTES_H_
